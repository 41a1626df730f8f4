"""The kinds of column that import files have, and the grammar of a file.

A column turns the text of a cell into a value or refuses it (``CellRefused``) with a cure. A grammar is the list of
columns and one function that reads a whole row: it checks what no single cell can show and builds the room's dataclass.

Each reader of a cell says beside itself what it reads (``CellKind``), so that the document of the API can tell it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from rapidfuzz import process

from recruitment.core import money, text
from recruitment.core.corridors import Corridor, CorridorUnknown
from recruitment.core.currencies import EXPONENTS
from recruitment.core.dates import DateInvalid, PartialDate, Precision, parse_day
from recruitment.sheets.errors import CellRefused

if TYPE_CHECKING:
    from collections.abc import Collection
    from enum import StrEnum

Parse: TypeAlias = Callable[[str, date], Any]
"""From the text of a cell and the day of the import to a value."""

Cells: TypeAlias = dict[str, Any]
"""The values of a row by column: None where the cell is blank, no key where it was refused."""

Report: TypeAlias = Callable[[str | None, str, str], None]
"""Tell a problem of the row at hand: column, code, message."""

T = TypeVar("T")
P = TypeVar("P", bound=Parse)

_AMOUNT = re.compile(r"\d+(\.\d+)?")
_SIMILAR_ENOUGH = 60
_DIGITS_MAX = 30


class CellType(Enum):
    """What a cell holds, as far as JSON can tell it apart."""

    TEXT = auto()
    WHOLE_NUMBER = auto()
    AMOUNT = auto()
    YES_NO = auto()


@dataclass(frozen=True, slots=True)
class CellKind:
    """What a reader of cells reads, for who writes them. ``values`` are all codes that it knows, in order."""

    about: str = "text"
    type: CellType = CellType.TEXT
    example: str = ""
    format: str | None = None
    longest: int | None = None
    values: tuple[str, ...] = ()
    lowest: int | None = None
    highest: int | None = None


_KIND = "__kind__"


def described(kind: CellKind) -> Callable[[P], P]:
    """Say of a reader of cells what it reads."""

    def describe(parse: P) -> P:
        setattr(parse, _KIND, kind)
        return parse

    return describe


def kind_of(parse: Parse) -> CellKind:
    """Return what a reader of cells says of itself."""
    kind = getattr(parse, _KIND, None)
    return kind if isinstance(kind, CellKind) else CellKind()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an import file. ``refers_to`` names what its codes point at; they are looked up in bulk.

    ``about`` is a short meaning, where the name and the kind do not tell it. ``otherwise`` is the code that a blank cell
    stands for.
    """

    name: str
    parse: Parse
    required: bool = False
    refers_to: str | None = None
    about: str = ""
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class Grammar(Generic[T]):
    """How the rows of one kind of file are read. ``read`` returns None when it reported a problem.

    ``order_matters`` where a lower row corrects a higher one with the same reference.
    """

    kind: str
    columns: tuple[Column, ...]
    read: Callable[[Cells, Report], T | None]
    order_matters: bool = False


def nearest(code: str, valid: Collection[str]) -> str:
    """Return a sentence that offers the nearest valid code, or lists the codes when there are few."""
    by_small_letters = {each.lower(): each for each in sorted(valid)}
    found = process.extractOne(code.lower(), list(by_small_letters), score_cutoff=_SIMILAR_ENOUGH)
    if found:
        return f" Did you mean {by_small_letters[found[0]]!r}?"
    return f" Use one of: {', '.join(sorted(valid))}." if 0 < len(valid) <= 12 else ""


def one_of(what: str, valid: Collection[str], code: str) -> Parse:
    """Return the reader of a code out of ``valid``; ``what`` names it in the sentence, ``code`` in the error."""
    known = frozenset(valid)

    @described(CellKind(what, values=tuple(sorted(known))))
    def parse(cell: str, _today: date) -> str:
        if cell in known:
            return cell
        raise CellRefused(code, f"{cell!r} is not {what}.{nearest(cell, known)}")

    return parse


def member_of(enum: type[StrEnum], what: str, code: str) -> Parse:
    """Return the reader of a member of ``enum``."""
    check = one_of(what, [member.value for member in enum], code)

    @described(replace(kind_of(check), values=tuple(member.value for member in enum)))
    def parse(cell: str, today: date) -> StrEnum:
        return enum(check(cell, today))

    return parse


def words(longest: int = 200) -> Parse:
    """Return the reader of free text, tidied to NFC, at most ``longest`` characters."""

    @described(CellKind("free text", longest=longest))
    def parse(cell: str, _today: date) -> str:
        tidy = text.tidy(cell)
        if len(tidy) > longest:
            raise CellRefused("too_long", f"This text has {len(tidy)} characters; at most {longest} fit.")
        return tidy

    return parse


@described(CellKind("a reference or code", longest=80))
def reference(cell: str, _today: date) -> str:
    """Read a reference or code that a sender made: up to 80 characters, no control characters."""
    if len(cell) > 80 or not cell.isprintable():
        raise CellRefused("invalid_reference", "A reference has at most 80 visible characters.")
    return cell


@described(CellKind("a day that is not in the future", format="date", example="2024-03-17"))
def day(cell: str, today: date) -> date:
    """Read a day that is not after the day of the import."""
    found = any_day(cell, today)
    if found > today:
        raise CellRefused("future_date", f"{cell} lies in the future. Check the year; today is {today}.")
    return found


@described(CellKind("a day", format="date", example="2024-03-17"))
def any_day(cell: str, _today: date) -> date:
    """Read a day, the future included (the end of a validity)."""
    try:
        return parse_day(cell)
    except DateInvalid as error:
        raise CellRefused("invalid_date", error.detail) from None


@described(CellKind("a day, a month or a year, as exactly as it is known", example="2024-03"))
def partial_day(cell: str, today: date) -> PartialDate:
    """Read a day, a month or a year that has begun by the day of the import."""
    try:
        found = PartialDate.parse(cell)
    except DateInvalid as error:
        raise CellRefused("invalid_date", error.detail) from None
    if found.first > today:
        raise CellRefused("future_date", f"{cell} lies in the future. Check the year; today is {today}.")
    return found


@described(CellKind("a month that has begun", example="2024-03"))
def month(cell: str, today: date) -> PartialDate:
    """Read a month that has begun by the day of the import."""
    found = partial_day(cell, today)
    if found.precision is not Precision.MONTH:
        raise CellRefused("invalid_month", f"{cell!r} is not a month. Write year-month, like 2024-03.")
    return found


@described(CellKind("yes or no", CellType.YES_NO, values=("yes", "no")))
def yes_no(cell: str, _today: date) -> bool:
    """Read ``yes`` or ``no``."""
    if cell in {"yes", "no"}:
        return cell == "yes"
    raise CellRefused("invalid_yes_no", f"{cell!r} is neither yes nor no.")


@described(CellKind("an amount in major units, a dot for decimals", CellType.AMOUNT, "1250.00", format="decimal"))
def amount(cell: str, _today: date) -> Decimal:
    """Read an amount in major units, as written: a dot for decimals, no signs, no separators of thousands."""
    if cell.isascii() and _AMOUNT.fullmatch(cell):
        return Decimal(cell)
    if cell.startswith("-"):
        raise CellRefused("negative_amount", "An amount cannot be negative. Write what was paid, without a sign.")
    raise CellRefused(
        "invalid_amount", f"{cell!r} is not an amount. Write digits with a dot for decimals, like 1250.00."
    )


@described(CellKind("a rate of exchange above zero", CellType.AMOUNT, "0.0365", format="decimal"))
def rate(cell: str, _today: date) -> Decimal:
    """Read a rate of exchange above zero, at most 20 digits."""
    if cell.isascii() and _AMOUNT.fullmatch(cell) and len(cell) <= 21 and Decimal(cell) > 0:
        return Decimal(cell)
    raise CellRefused("invalid_rate", f"{cell!r} is not a rate. Write digits with a dot for decimals, like 0.0365.")


@described(CellKind("a currency of ISO 4217", example="THB", values=tuple(sorted(EXPONENTS))))
def currency(cell: str, _today: date) -> str:
    """Read a currency code of ISO 4217."""
    if cell in EXPONENTS:
        return cell
    raise CellRefused("unknown_currency", f"{cell!r} is not a currency code.{nearest(cell.upper(), EXPONENTS)}")


@described(CellKind("a country of ISO 3166-1, two capitals", example="MM"))
def country(cell: str, _today: date) -> str:
    """Read a country code of ISO 3166-1, two letters."""
    if text.is_country(cell):
        return cell
    raise CellRefused("unknown_country", f"{cell!r} is not a country code. Write two capitals, like MM or TH.")


@described(CellKind("a corridor: origin and destination", example="MM-TH"))
def corridor(cell: str, _today: date) -> Corridor:
    """Read a corridor such as ``MM-TH`` whose destination has a comparison currency."""
    try:
        found = Corridor.parse(cell)
    except CorridorUnknown as error:
        raise CellRefused("unknown_corridor", error.detail) from None
    if not text.is_country(found.origin):
        raise CellRefused("unknown_corridor", f"{found.origin!r} is not a country code. Corridors look like MM-TH.")
    return found


def whole_number(lowest: int, highest: int) -> Parse:
    """Return the reader of a whole number between two bounds, both allowed."""

    @described(CellKind("a whole number", CellType.WHOLE_NUMBER, lowest=lowest, highest=highest))
    def parse(cell: str, _today: date) -> int:
        if cell.isascii() and cell.isdigit() and len(cell) <= 9 and lowest <= int(cell) <= highest:
            return int(cell)
        raise CellRefused("invalid_number", f"{cell!r} is not a whole number between {lowest} and {highest}.")

    return parse


def minor_units(cells: Cells, report: Report, *, amount: str, currency: str) -> int | None:
    """Return the amount of a row in minor units of its currency; None when one of them is blank or was refused.

    Reports an amount with more decimals than its currency has, or larger than the books bear.
    """
    value, code = cells.get(amount), cells.get(currency)
    if value is None or code is None:
        return None
    places = money.exponent(code)
    if -value.as_tuple().exponent > places:
        allowed = f"{places} decimals" if places else "no decimals"
        report(amount, "too_many_decimals", f"{value} has more decimals than {code} has: write at most {allowed}.")
        return None
    minor = money.to_minor(value, code) if value.adjusted() < _DIGITS_MAX else None
    if minor is None or minor > money.AMOUNT_CAP:
        report(amount, "amount_too_large", f"{value} {code} is larger than any payment. Check the digits.")
        return None
    return minor


def spell(value: object) -> str | None:
    """Spell a value so that equal values of different files are equal text; None for blank."""
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)
