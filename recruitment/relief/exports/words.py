"""A receipt in words: which sentences of the catalogue stand on it, in which order. Nothing is drawn here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.relief.rules.kinds import Instrument
from recruitment.typesetting.saying import Amount, Said, Section

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

_WITHOUT_MONEY = {Instrument.CANCELLATION: "written_off", Instrument.TAKE_OVER: "taken_over"}
_DUE_AT_ONCE = frozenset({Instrument.REIMBURSEMENT, Instrument.ADVANCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was paid to the worker, or written off, in minor units.

    ``payer``: fund, employer, agency or creditor. What the worker said of it is not here: who takes a paper away from
    somebody must not read that they complained.
    """

    reference: str
    instrument: Instrument
    payer: str
    amount_minor: int
    currency: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What was agreed, and what of it is still to come: day and minor units. ``unsigned``: a signature is missing."""

    instrument: Instrument
    payer: str
    amount_minor: int
    currency: str
    to_come: tuple[tuple[date, int], ...] = ()
    unsigned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """All that a receipt says. ``organisation``: whom the worker tells; ``name``: of the worker, where they want it there.

    No employer, agency or creditor is named, nor any other worker.
    """

    reference: str
    made_on: date
    organisation: str
    given: tuple[Given, ...]
    agreed: tuple[Agreed, ...]
    name: str | None = None


def head_of(contents: Receipt) -> tuple[Said, ...]:
    """Return the lines below the title, but for the name."""
    return (
        Said("receipt.about", {"date": contents.made_on}),
        Said("receipt.keep", {"organisation": contents.organisation}),
    )


def sections_of(contents: Receipt) -> list[Section]:
    """Return all parts of a receipt in order. Of a paragraph with several sentences, the first one leads.

    What matters to somebody who holds the money stands before the days of what is still to come.
    """
    return [
        Section(Said("receipt.heading.given"), tuple(_given(contents))),
        Section(
            Said("receipt.heading.yours"),
            tuple((Said(f"receipt.yours.{each}"),) for each in ("part", "wages", "back", "rights")),
        ),
        Section(
            Said("receipt.heading.tell"),
            (
                (Said("receipt.tell.organisation", {"organisation": contents.organisation}),),
                (Said("receipt.tell.outside"),),
                (Said("receipt.tell.anyway"),),
            ),
        ),
        Section(Said("receipt.heading.agreed"), tuple(_agreed(contents))),
    ]


def _given(contents: Receipt) -> Iterator[tuple[Said, ...]]:
    if not contents.given:
        yield (Said("receipt.given.nothing"),)
    for each in contents.given:
        values = {"amount": Amount(each.amount_minor, each.currency), "date": each.on, "reference": each.reference}
        if each.instrument in _WITHOUT_MONEY:
            yield (Said(f"receipt.{_WITHOUT_MONEY[each.instrument]}", values), Said("receipt.for.debt"))
        else:
            yield (Said(f"receipt.paid.{each.payer}", values), Said(f"receipt.for.{each.instrument}"))


def _agreed(contents: Receipt) -> Iterator[tuple[Said, ...]]:
    if not contents.agreed:
        yield (Said("receipt.agreed.nothing"),)
    for each in contents.agreed:
        key = _WITHOUT_MONEY.get(each.instrument, each.payer)
        lead = Said(f"receipt.agreed.{key}", {"amount": Amount(each.amount_minor, each.currency)})
        further = [
            Said("receipt.come", {"amount": Amount(minor, each.currency), "date": on}) for on, minor in each.to_come
        ]
        if each.unsigned:
            further.append(Said("receipt.come.signature"))
        yield (lead, *(further or [Said("receipt.come.nothing")]))
    if any(each.to_come and each.instrument in _DUE_AT_ONCE for each in contents.agreed):
        yield (Said("receipt.leave"),)
