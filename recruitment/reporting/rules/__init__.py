"""What the pages call things, what may be asked of them, and the measures of what recruitment costs. Pure."""

from recruitment.reporting.rules.words import (
    ASKED_LENGTH_MAX,
    CHANNEL_WORDS,
    NOT_COMPARED,
    PAGE_LINES,
    STATUS_WORDS,
    JourneyFilter,
    StatusWord,
    beside_the_findings,
    channel_words,
    status_word,
    without_rate,
)

__all__ = [
    "ASKED_LENGTH_MAX",
    "CHANNEL_WORDS",
    "NOT_COMPARED",
    "PAGE_LINES",
    "STATUS_WORDS",
    "JourneyFilter",
    "StatusWord",
    "beside_the_findings",
    "channel_words",
    "status_word",
    "without_rate",
]
