"""The words of every paper, by language: gettext files, English being the source.

``catalogues/messages.pot`` holds each text under a key (``msgctxt``) in English (``msgid``); ``catalogues/<language>.po``
holds its translation. An entry marked ``#, fuzzy`` is what fuzzy means everywhere in gettext: not yet looked at by somebody
who speaks the language. Machine-made drafts are fuzzy and carry the comment ``unreviewed``. A speaker who has read an entry
takes the mark away; nothing else does. A draft is given out only when it is asked for by name (``draft=True``).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.pofile import read_po

from recruitment.core.errors import InvariantViolated
from recruitment.typesetting.errors import LanguageUnknown, TextNotReviewed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from babel.messages.catalog import Catalog

CATALOGUES = Path(__file__).parent / "catalogues"
SOURCE = "en"

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def languages() -> list[str]:
    """Return the languages that have a catalogue, English first."""
    return [SOURCE, *sorted(path.stem for path in CATALOGUES.glob("*.po"))]


def placeholders(text: str) -> frozenset[str]:
    """Return the names of the places in ``text`` that are filled in, ``{name}``."""
    return frozenset(_PLACEHOLDER.findall(text))


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


@cache
def _source() -> dict[str, str]:
    return {str(entry.context): str(entry.id) for entry in _read(CATALOGUES / "messages.pot") if entry.id}


class Catalogue:
    """The texts of one language. Ask for it with ``Catalogue.of("my")``; English is always reviewed."""

    def __init__(self, language: str, texts: dict[str, str], reviewed: frozenset[str]) -> None:
        self.language = language
        self._texts = texts
        self._reviewed = reviewed

    @staticmethod
    def of(language: str) -> Catalogue:
        """Return the catalogue of ``language`` (BCP 47; a region is left aside). Raises ``LanguageUnknown``."""
        return _catalogue(language.replace("_", "-").split("-")[0].lower())

    def keys(self) -> frozenset[str]:
        """Return the keys that have a text, reviewed or not."""
        return frozenset(self._texts)

    def is_reviewed(self, keys: Iterable[str]) -> bool:
        """Say whether a speaker has reviewed the texts of all ``keys``."""
        return self._reviewed.issuperset(keys)

    def text(self, key: str, *, draft: bool = False, **values: object) -> str:
        """Return the text of ``key`` with its places filled in by ``values``.

        Raises ``TextNotReviewed`` for a text that no speaker has reviewed, unless ``draft`` is asked for.
        """
        if key not in self._texts:
            raise InvariantViolated(f"The catalogue {self.language} has no text {key}.")
        if key not in self._reviewed and not draft:
            raise TextNotReviewed(
                f"The text {key} in the catalogue {self.language} is a draft that no speaker has reviewed. "
                "Let a speaker review it and take away its mark 'fuzzy', or ask for a draft."
            )
        return fill(self._texts[key], values)


def fill(text: str, values: dict[str, object]) -> str:
    """Put ``values`` into the places of ``text``. What a value holds is never read as a place itself."""
    if missing := placeholders(text) - values.keys():
        raise InvariantViolated(f"No value for {', '.join(sorted(missing))} in: {text}")
    return _PLACEHOLDER.sub(lambda found: str(values[found[1]]), text)


@cache
def _catalogue(language: str) -> Catalogue:
    source = _source()
    if language == SOURCE:
        return Catalogue(SOURCE, dict(source), frozenset(source))
    path = CATALOGUES / f"{language}.po"
    if language not in languages():
        raise LanguageUnknown(
            f"There is no catalogue for the language {language!r}. There are: {', '.join(languages())}."
        )
    entries = [entry for entry in _read(path) if entry.id and entry.string]
    # A translation of what English said before is none: the source has moved on.
    current = [entry for entry in entries if source.get(str(entry.context)) == entry.id]
    texts = {str(entry.context): str(entry.string) for entry in current}
    reviewed = frozenset(str(entry.context) for entry in current if not entry.fuzzy)
    return Catalogue(language, texts, reviewed)
