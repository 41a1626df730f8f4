"""What typesetting refuses.

NotFound     LanguageUnknown
RuleBroken   TextNotReviewed
"""

from __future__ import annotations

from recruitment.core.errors import NotFound, RuleBroken


class LanguageUnknown(NotFound):
    """There is no catalogue for this language."""

    code = "typesetting.language_unknown"


class TextNotReviewed(RuleBroken):
    """The text is a draft that no speaker has reviewed, and a draft was not asked for."""

    code = "typesetting.text_not_reviewed"
