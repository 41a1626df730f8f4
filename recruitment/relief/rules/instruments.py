"""Six ways in which a debt goes away or money comes back, kept apart: who pays, who signs, and what follows.

There is no seventh in which a worker gives up a claim for money, and nothing here asks a worker for anything but their
own copy. Where the fund goes ahead, what it may have back is a receivable of its own against who should have paid: the
worker never waits for it. Money without conditions stands beside all that and is never set against anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from recruitment.relief.rules.kinds import Instrument
from recruitment.relief.rules.parameters import Parameters
from recruitment.relief.rules.register import flagged_after_announcement

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date


class AgreedPayer(StrEnum):
    """Whose money moves under an instrument."""

    NOBODY = "nobody"
    EMPLOYER = "employer"
    FUND = "fund"


class Beneficiary(StrEnum):
    """To whom it moves."""

    NOBODY = "nobody"
    WORKER = "worker"
    CREDITOR = "creditor"
    EMPLOYER = "employer"


class Signature(StrEnum):
    """What has to be there before an instrument is agreed."""

    CREDITOR = "creditor"
    EMPLOYER = "employer"
    WORKER_COPY = "worker_copy"


class IncentiveHindrance(StrEnum):
    """Why an owner gets no share from the fund."""

    NOT_CONFIRMED = "not_confirmed"
    DEBT_MADE_AGAIN = "debt_made_again"
    DEBT_AFTER_ANNOUNCEMENT = "debt_after_announcement"


@dataclass(frozen=True, slots=True)
class InstrumentRule:
    """What an instrument does. ``counts``: whether it makes less of what the worker is still due."""

    paid_by: AgreedPayer
    paid_to: Beneficiary
    signatures: frozenset[Signature]
    ends_debt: bool
    makes_receivable: bool
    after_confirmation: bool
    counts: bool

    @property
    def moves_cash(self) -> bool:
        """Whether anybody pays."""
        return self.paid_by is not AgreedPayer.NOBODY


_CREDITOR_SIGNS = frozenset({Signature.CREDITOR, Signature.WORKER_COPY})
_EMPLOYER_SIGNS = frozenset({Signature.EMPLOYER, Signature.WORKER_COPY})
_UNSIGNED: frozenset[Signature] = frozenset()

RULES: Mapping[Instrument, InstrumentRule] = {
    Instrument.CANCELLATION: InstrumentRule(
        AgreedPayer.NOBODY,
        Beneficiary.NOBODY,
        _CREDITOR_SIGNS,
        ends_debt=True,
        makes_receivable=False,
        after_confirmation=False,
        counts=False,
    ),
    Instrument.TAKE_OVER: InstrumentRule(
        AgreedPayer.EMPLOYER,
        Beneficiary.CREDITOR,
        _CREDITOR_SIGNS | _EMPLOYER_SIGNS,
        ends_debt=True,
        makes_receivable=False,
        after_confirmation=False,
        counts=False,
    ),
    Instrument.REIMBURSEMENT: InstrumentRule(
        AgreedPayer.EMPLOYER,
        Beneficiary.WORKER,
        _EMPLOYER_SIGNS,
        ends_debt=False,
        makes_receivable=False,
        after_confirmation=False,
        counts=True,
    ),
    Instrument.ADVANCE: InstrumentRule(
        AgreedPayer.FUND,
        Beneficiary.WORKER,
        _UNSIGNED,
        ends_debt=False,
        makes_receivable=True,
        after_confirmation=False,
        counts=True,
    ),
    Instrument.CO_FINANCING: InstrumentRule(
        AgreedPayer.FUND,
        Beneficiary.EMPLOYER,
        frozenset({Signature.EMPLOYER}),
        ends_debt=False,
        makes_receivable=False,
        after_confirmation=True,
        counts=False,
    ),
    Instrument.UNCONDITIONAL_CASH: InstrumentRule(
        AgreedPayer.FUND,
        Beneficiary.WORKER,
        _UNSIGNED,
        ends_debt=False,
        makes_receivable=False,
        after_confirmation=False,
        counts=False,
    ),
}
"""Every instrument. What ends a debt is not money in hand, so it counts against the debt and not against what was paid.

An advance and money without conditions wait for nobody's signature: the fund's own three people decide on them.
"""


@dataclass(frozen=True, slots=True)
class CreditorDebt:
    """A debt to somebody. ``reviewed_genuine``: a person looked at it and found it wished for and free of recruitment."""

    creditor: str
    taken_on: date
    reviewed_genuine: bool = False


def missing_signatures(instrument: Instrument, given: Collection[Signature]) -> tuple[Signature, ...]:
    """Return what an agreement still lacks, in a fixed order; empty when it stands."""
    return tuple(signature for signature in Signature if signature in RULES[instrument].signatures - set(given))


def co_financing(
    confirmed_minor: int, granted_person_minor: int, granted_vessel_minor: int, parameters: Parameters
) -> int:
    """Return the fund's share of what an owner paid back and the worker confirmed, in minor units, rounded down.

    What was already granted is the fund's share until now: for this person, so that the match of all confirmed money
    is never passed, and for the whole crew of the vessel. ``confirmed_minor`` is all that was confirmed for the person.
    """
    matched = confirmed_minor * parameters.match_percent // 100
    limits = [matched - granted_person_minor]
    if parameters.cap_person_minor is not None:
        limits.append(parameters.cap_person_minor - granted_person_minor)
    if parameters.cap_vessel_minor is not None:
        limits.append(parameters.cap_vessel_minor - granted_vessel_minor)
    return max(0, min(limits))


def still_owed(entitled_minor: int, received: Mapping[Instrument, int]) -> int:
    """Return what a worker is still due, in minor units. Money without conditions never makes less of it."""
    counted = sum(amount for instrument, amount in received.items() if RULES[instrument].counts)
    return max(0, entitled_minor - counted)


def incentive_hindrance(
    creditor: str,
    *,
    confirmed_on: date | None,
    debts: Iterable[CreditorDebt],
    announced_on: date | None,
    parameters: Parameters | None = None,
) -> IncentiveHindrance | None:
    """Say why an owner gets no share from the fund; None: they may.

    ``debts`` are those of the whole crew that are not the ones written off. A debt to the same owner within the days of
    monitoring (90) after the worker confirmed is a debt made again, whatever it is called, unless a person reviewed it;
    one made since the programme was announced stands in the way as well until it is reviewed.
    """
    if confirmed_on is None:
        return IncentiveHindrance.NOT_CONFIRMED
    last = confirmed_on + timedelta(days=(parameters or Parameters()).monitoring_days)
    in_doubt = [debt.taken_on for debt in debts if debt.creditor == creditor and not debt.reviewed_genuine]
    if any(confirmed_on <= day <= last for day in in_doubt):
        return IncentiveHindrance.DEBT_MADE_AGAIN
    if any(flagged_after_announcement(day, announced_on) for day in in_doubt):
        return IncentiveHindrance.DEBT_AFTER_ANNOUNCEMENT
    return None
