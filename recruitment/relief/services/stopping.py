"""Instalments: how they begin, with a due of the fund for each that it pays, and how they end before they are paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.fund.rules.kinds import DueEnd, Purpose
from recruitment.fund.services import dues
from recruitment.fund.services.dues import NewDue
from recruitment.relief import queries
from recruitment.relief.models import Instalment, InstalmentEnding
from recruitment.relief.rules.kinds import Instrument

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.relief.queries import AgreementRead, CaseRead, InstalmentRead

_COLUMNS = ("id", "agreement_id", "number", "amount_minor", "due_on", "recorded_at")
_ENDING_COLUMNS = ("instalment_id", "reason", "ended_by", "recorded_at")

Planned = tuple[int, int, "date"]
"""Number, amount in minor units, and day of an instalment."""


def add_instalments(
    session: Session, actor: Actor, case: CaseRead, of: AgreementRead, planned: Sequence[Planned]
) -> None:
    """Write instalments of an agreement. Those of the fund become dues under the same ids, known by the case's pseudonym.

    An owner's share is due to the organisation; everything else to the worker, earmarked by the supply chain of the
    employer where exactly one partner buys there.
    """
    at = clock.now()
    made = [(new_id(), *each) for each in planned]
    rows = [(id_, of.id, number, amount, day, at) for id_, number, amount, day in made]
    insert_many(session, Instalment.__table__, _COLUMNS, rows)
    if not of.is_by_fund or not made:
        return
    is_share = of.instrument is Instrument.CO_FINANCING
    earmark = queries.earmark_of(session, case.journey_id, clock.today())
    dues.add_dues(
        session,
        actor,
        [
            NewDue(
                operator_id=case.operator_id,
                case_reference=case.reference,
                source_id=id_,
                purpose=Purpose(of.instrument.value),
                currency=of.currency,
                amount_minor=amount,
                due_on=day,
                jobseeker_id=None if is_share else case.jobseeker_id,
                organisation_id=of.organisation_id if is_share else None,
                earmark=earmark,
            )
            for id_, _, amount, day in made
        ],
    )


def end_instalments(session: Session, actor: Actor, ended: Sequence[InstalmentRead], reason: DueEnd) -> None:
    """End instalments that nobody has paid, and their dues. Those that ended before are left."""
    open_ = [each for each in ended if each.ended is None]
    at = clock.now()
    rows = [(each.id, reason.value, actor.id, at) for each in open_]
    insert_many(session, InstalmentEnding.__table__, _ENDING_COLUMNS, rows)
    if references := [each.due for each in open_ if each.due]:
        dues.end_dues(session, actor, references, reason)


def unpaid(agreements: Iterable[AgreementRead]) -> list[InstalmentRead]:
    """Return the instalments that stand and for which no payment is on its way or arrived."""
    return [each for of in agreements for each in of.instalments if each.ended is None and not each.is_alive]


def uncovered(instalments: Iterable[InstalmentRead], paid_minor: int) -> tuple[list[InstalmentRead], int]:
    """Return the instalments that a sum paid from outside does not cover, the oldest first, and what is left of them."""
    left = sorted(instalments, key=lambda each: (each.due_on, each.number))
    while left and left[0].amount_minor <= paid_minor:
        paid_minor -= left.pop(0).amount_minor
    return left, sum(each.amount_minor for each in left) - (paid_minor if left else 0)


def stop_incentives(session: Session, actor: Actor, creditor: UUID) -> int:
    """End what a creditor was still to get as a share for having paid back, in whosesoever case; return how many instalments."""
    cases = queries.agreements_with(session, creditor, Instrument.CO_FINANCING)
    shares = [
        each
        for several in queries.agreements_of_cases(session, cases).values()
        for each in several
        if each.instrument is Instrument.CO_FINANCING and each.creditor_id == creditor
    ]
    ended = unpaid(shares)
    end_instalments(session, actor, ended, DueEnd.INCENTIVE_STOPPED)
    return len(ended)
