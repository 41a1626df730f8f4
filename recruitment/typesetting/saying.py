"""What a paper says, apart from how it looks: keys of the catalogue, what is put into them, and in which languages.

A text that no speaker has reviewed stands on a paper only where a draft was asked for (docs/decisions/0033).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from recruitment.core.money import to_text
from recruitment.typesetting.catalogue import SOURCE, Catalogue
from recruitment.typesetting.errors import LanguageUnknown
from recruitment.typesetting.lines import Style

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_POINT = "•\u00a0"


class Country(NamedTuple):
    """A country by its code (ISO 3166-1); its name comes from the CLDR, in the language of the paper."""

    code: str


class Amount(NamedTuple):
    """So many minor units of a currency, written alike in every language: ``THB 12,000.00``."""

    minor: int
    currency: str


@dataclass(frozen=True)
class Said:
    """A text of the catalogue, by its key, and what is put into it."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


class Section(NamedTuple):
    """A part of a paper: its heading and its paragraphs, each of one or more sentences."""

    heading: Said
    paragraphs: tuple[tuple[Said, ...], ...]


def spoken(said: Said, catalogue: Catalogue, *, draft: bool) -> str:
    """Return a text in the language of ``catalogue``, with days and countries as they are written in it."""
    values = {
        name: spoken(value, catalogue, draft=draft) if isinstance(value, Said) else _value(value, catalogue.language)
        for name, value in said.values.items()
    }
    return catalogue.text(said.key, draft=draft, **values)


def keys_of(said: Said) -> set[str]:
    """Return the keys of a text and of those that are put into it."""
    return {said.key}.union(*(keys_of(value) for value in said.values.values() if isinstance(value, Said)))


def keys_of_sections(sections: Collection[Section]) -> set[str]:
    """Return the keys of everything that stands in parts of a paper."""
    paragraphs = [paragraph for section in sections for paragraph in ((section.heading,), *section.paragraphs)]
    return {key for paragraph in paragraphs for said in paragraph for key in keys_of(said)}


def grouped(amount: Amount) -> str:
    """Return the number of an amount with all decimals of its currency, its thousands apart, in Latin digits."""
    whole, point, decimals = to_text(abs(amount.minor), amount.currency).partition(".")
    return f"{'−' if amount.minor < 0 else ''}{int(whole):,}{point}{decimals}"


def _value(value: object, language: str) -> str:
    if isinstance(value, Amount):
        return f"{value.currency}\u00a0{grouped(value)}"
    locale = "en_GB" if language == SOURCE else language
    if isinstance(value, datetime):
        return f"{format_date(value, 'long', locale)}, {value:%H:%M}\u00a0UTC"
    if isinstance(value, date):
        return format_date(value, "long", locale)
    if isinstance(value, Country):
        return str(Locale.parse(locale).territories.get(value.code, value.code))
    return str(value)


class Tongue(NamedTuple):
    """A language of a paper, and whether its drafts may be used."""

    catalogue: Catalogue
    draft: bool

    def say(self, *sentences: Said) -> str:
        """Return sentences in this language, as a list with points if there are more: not every script has a full stop."""
        texts = [spoken(said, self.catalogue, draft=self.draft) for said in sentences]
        return "  ".join(f"{_POINT}{text}" for text in texts) if len(texts) > 1 else texts[0]

    def style(self, size: float, *, bold: bool = False, colour: str = "#000000") -> Style:
        """Return how this language is set, in letters of ``size`` points."""
        return Style(self.catalogue.language, size, bold, colour)


def tongues(language: str, keys: Collection[str], *, draft: bool) -> tuple[list[Tongue], str | None]:
    """Return the languages that may stand on a paper that needs ``keys``, and a remark when the worker's is not among them.

    English is always the first.
    """
    english = Tongue(Catalogue.of(SOURCE), draft=False)
    try:
        theirs = Catalogue.of(language)
    except LanguageUnknown:
        return [english], f"In English only: there is no translation into {_called(language)} yet."
    if theirs.language == SOURCE:
        return [english], None
    if draft or theirs.is_reviewed(keys):
        return [english, Tongue(theirs, draft)], None
    return [english], f"In English only: no speaker has reviewed the translation into {_called(language)} yet."


def _called(language: str) -> str:
    try:
        return str(Locale.parse(language.replace("-", "_")).get_display_name("en") or language)
    except (UnknownLocaleError, ValueError):
        return "the worker's language"
