"""What the house does after money moved, or a worker spoke: cases go on, what is missing is owed again, shares are due."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.database import outbox
from recruitment.fees.rules import Creditor, Debt
from recruitment.fees.services import follow_ups
from recruitment.journeys import queries as journeys_queries
from recruitment.organisations import queries as organisations
from recruitment.relief import queries
from recruitment.relief.rules.instruments import CreditorDebt, co_financing, incentive_hindrance
from recruitment.relief.rules.kinds import Instrument
from recruitment.relief.rules.parameters import Parameters
from recruitment.relief.services import advancing, stopping

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.core.settings import Settings
    from recruitment.relief.queries import AgreementRead, CaseRead

CHANGED = "payments.changed"
"""News of the fund that payments have moved."""


def follow_payments(session: Session, actor: Actor) -> int:
    """Let relief follow what happened to money and what workers said; return how many things changed.

    Delivered cases are funded, returned ones no longer; what a worker did not get is owed again; an owner's share becomes
    due after the worker confirmed; a filed debt of which that was confirmed stands lower. It may be called at any time,
    and again. Who may: the house and the machine (work relief, record statements).
    """
    actor.require(Permission.WORK_RELIEF)
    changed = advancing.balance(session, actor, _cases(session, queries.to_balance(session)))
    changed += advancing.advance(session, actor, _cases(session, queries.to_advance(session)))
    changed += _share(session, actor, _cases(session, queries.to_share(session)))
    return changed + _lower_filed_debts(session, actor)


def _cases(session: Session, ids: Sequence[UUID]) -> list[CaseRead]:
    found = queries.by_id(session, ids)
    return [found[each] for each in ids]


def _share(session: Session, actor: Actor, cases: Sequence[CaseRead]) -> int:
    """Let shares of owners become due where the worker confirmed, and the owner made no debt again."""
    agreements = queries.agreements_of_cases(session, [each.id for each in cases])
    confirmed = queries.confirmed_on(session, [each.id for each in cases])
    made = 0
    for case in cases:
        for share in advancing.shares_of(agreements.get(case.id, ())):
            if case.id not in confirmed or _is_hindered(session, case, share, confirmed[case.id]):
                continue
            amount = min(share.amount_minor, _matched(session, case, share))
            if amount > 0:
                stopping.add_instalments(session, actor, case, share, [(1, amount, clock.today())])
                made += 1
    return made


def _is_hindered(session: Session, case: CaseRead, share: AgreementRead, confirmed_on: date) -> bool:
    """Say whether the owner has a debt of somebody of the crew that stands and was made after the fact."""
    if share.creditor_id is None:
        return False
    crew = queries.of_crew(session, case.operator_id, case.crew) if case.crew else [case]
    debts = [
        CreditorDebt(each.creditor, each.taken_on)
        for each in queries.debts_of_cases(session, [each.id for each in crew], clock.today())
        if each.is_current and each.standing.outstanding_minor > 0
    ]
    creditor = queries.creditor(session, share.creditor or "")
    return (
        incentive_hindrance(
            share.creditor or "",
            confirmed_on=confirmed_on,
            debts=debts,
            announced_on=creditor.announced_on if creditor else None,
        )
        is not None
    )


def _matched(session: Session, case: CaseRead, share: AgreementRead) -> int:
    """Return what of the owner's money may be matched, in the currency of the share, within the caps of the house."""
    received = 0
    things = queries.things_of(session, queries.agreements_of_cases(session, [case.id])).get(case.id, [])
    for each in things:
        by_owner = not each.agreement.is_by_fund and each.currency == share.currency
        received += each.received_minor or 0 if by_owner else 0
    caps: Settings = session.info["settings"]
    parameters = replace(
        Parameters(),
        match_percent=share.matched_percent or 0,
        cap_person_minor=dict(caps.incentive_per_person).get(share.currency, 0),
        cap_vessel_minor=dict(caps.incentive_per_crew).get(share.currency, 0),
    )
    crew = queries.of_crew(session, case.operator_id, case.crew) if case.crew else [case]
    to_person, to_crew = _granted(session, [case], share.currency), _granted(session, crew, share.currency)
    return co_financing(received, to_person, to_crew, parameters)


def _granted(session: Session, cases: Sequence[CaseRead], currency: str) -> int:
    agreements = queries.agreements_of_cases(session, [each.id for each in cases])
    return sum(
        part.amount_minor
        for several in agreements.values()
        for each in several
        if each.instrument is Instrument.CO_FINANCING and each.currency == currency
        for part in each.instalments
        if part.ended is None
    )


def _lower_filed_debts(session: Session, actor: Actor) -> int:
    """Record filed debts anew, lower by what the creditor let go of and the worker confirmed. Relief records through fees."""
    rows = queries.filed_debts_to_end(session)
    if not rows:
        return 0
    journeys = journeys_queries.by_id(session, {row.journey_id for row in rows})
    senders = organisations.by_id(session, {row.sender_id for row in rows})
    for row in rows:
        debt = Debt(
            reference=row.reference,
            journey=journeys[row.journey_id],
            creditor=Creditor(row.creditor),
            principal_minor=row.principal_minor,
            currency=row.currency,
            taken_on=row.taken_on,
            recruitment_linked=row.recruitment_linked,
            outstanding_minor=max(0, row.outstanding_minor - row.amount_minor),
            as_of=max(row.as_of, row.stated_on),
        )
        follow_ups.record_debts(session, actor, senders[row.sender_id], [debt])
    outbox.emit(session, "facts.changed")
    return len(rows)
