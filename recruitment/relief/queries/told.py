"""What workers said of what was delivered, what they are still to be asked, and their own copy of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from recruitment.core.money import to_text
from recruitment.fund.models import Payee, PayeeCallBack, Payment, PaymentPlan, PlanApproval, PlanLock, PlanRelease
from recruitment.fund.rules.kinds import CallBack
from recruitment.organisations.models import Organisation
from recruitment.relief.models import Agreement, Confirmation, OutsidePayment, ReliefCase, Signature
from recruitment.relief.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.relief.queries.agreed import agreements_of_cases, things_of
from recruitment.relief.queries.cases import by_id, events_of
from recruitment.relief.queries.entitled import entitlements_of
from recruitment.relief.queries.reads import ConfirmationRead, QuestionRead
from recruitment.relief.queries.register import debts_of
from recruitment.relief.rules.machine import CaseState

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.relief.queries.reads import Thing

_ASKED_IN = tuple(
    state.value
    for state in (
        CaseState.AGREED, CaseState.FUNDED, CaseState.REOPENED, CaseState.CONFIRMED, CaseState.MONITORED,
    )
)  # fmt: skip
_CASES_AT_ONCE = 200


def confirmations_of(session: Session, case: UUID) -> list[ConfirmationRead]:
    """Return what the worker of a case said, in order of recording, earlier answers to the same question too."""
    row = Confirmation
    thing = func.coalesce(row.payment_id, row.outside_payment_id, row.signature_id)
    called = func.coalesce(Payment.reference, OutsidePayment.reference, Agreement.reference)
    query: Any = (
        select(
            row.id, row.reference, row.case_id, thing, called, row.answer, row.received_minor, row.asked_for_part,
            row.channel, row.witnessed, row.is_independent, row.is_full, row.stated_on, Organisation.code,
        )
        .outerjoin(Payment, Payment.id == row.payment_id)
        .outerjoin(OutsidePayment, OutsidePayment.id == row.outside_payment_id)
        .outerjoin(Signature, Signature.id == row.signature_id)
        .outerjoin(Agreement, Agreement.id == Signature.agreement_id)
        .outerjoin(Organisation, Organisation.id == row.heard_by)
        .where(row.case_id == case)
        .order_by(row.id)
    )  # fmt: skip
    return [ConfirmationRead(*found) for found in session.execute(query)]


def questions(
    session: Session, *, case_id: UUID | None = None, after: str | None = None, limit: int | None = None
) -> list[QuestionRead]:
    """Return what workers are still to be asked, in order of case and thing, after ``after`` (``case/thing``).

    What nobody answered freely, and what was not all of it or not kept.
    """
    place: tuple[str, str] = (*(after or "").split("/", 1), "")[:2]  # type: ignore[assignment]
    begins = ReliefCase.reference >= place[0] if case_id is None else ReliefCase.id == case_id
    found: list[QuestionRead] = []
    while True:
        query = select(ReliefCase.id, ReliefCase.reference).where(begins).order_by(ReliefCase.reference)
        if case_id is None:
            query = query.where(ReliefCase.state.in_(_ASKED_IN))
        cases = session.execute(query.limit(_CASES_AT_ONCE)).all()
        listed = _questions(session, {id_: reference for id_, reference in cases})
        found += [each for each in listed if (each.case, each.thing) > place]
        if len(cases) < _CASES_AT_ONCE or (limit is not None and len(found) >= limit):
            return found[:limit]
        begins = ReliefCase.reference > cases[-1].reference


def _questions(session: Session, cases: dict[UUID, str]) -> list[QuestionRead]:
    known = by_id(session, cases)
    things = things_of(session, agreements_of_cases(session, cases))
    open_ = [
        QuestionRead(
            cases[case], known[case].crew, each.reference, each.kind, each.amount_minor, each.currency, each.on
        )
        for case, several in things.items()
        for each in several
        if not each.is_settled
    ]
    return sorted(open_, key=lambda each: (each.case, each.thing))


def hands_of(session: Session, thing: Thing) -> set[UUID]:
    """Return through whose hands a thing went, as far as the session sees them: nobody of them says that it arrived.

    Of a payment: who recorded the account, unless somebody else called the worker back about it, and who prepared, locked,
    approved and released the plan. Of anything else: who recorded it.
    """
    if thing.kind == "outside":
        return set(session.scalars(select(OutsidePayment.recorded_by).where(OutsidePayment.id == thing.id)))
    if thing.kind == "signature":
        return set(session.scalars(select(Signature.recorded_by).where(Signature.id == thing.id)))
    row = Payment
    called_back = select(PayeeCallBack.payee_id).where(PayeeCallBack.outcome == CallBack.CONFIRMED.value)
    found: set[UUID] = set()
    for column, on in (
        (Payee.recorded_by, (Payee.id == row.payee_id) & Payee.id.not_in(called_back)),
        (PaymentPlan.prepared_by, PaymentPlan.id == row.plan_id),
        (PlanLock.locked_by, (PlanLock.plan_id == row.plan_id) & (PlanLock.lock_hash == row.lock_hash)),
        (PlanApproval.approved_by, (PlanApproval.plan_id == row.plan_id) & (PlanApproval.lock_hash == row.lock_hash)),
        (PlanRelease.released_by, PlanRelease.plan_id == row.plan_id),
    ):
        found |= set(session.scalars(select(column).join(row, on).where(row.id == thing.id)))
    return found


def received_of(session: Session, case: UUID) -> dict[str, int]:
    """Return what the worker of a case confirmed of money that counts towards what is owed, by currency."""
    found: dict[str, int] = {}
    for each in things_of(session, agreements_of_cases(session, [case])).get(case, []):
        if each.agreement.counts and each.received_minor:
            found[each.currency] = found.get(each.currency, 0) + each.received_minor
    return found


def for_the_copy(session: Session, journey: UUID, today: date) -> list[dict[str, Any]]:
    """Return the relief cases about a journey as their person is told of them: everything but who worked on them.

    Days are ISO text, amounts decimal text.
    """
    ids = session.scalars(select(ReliefCase.id).where(ReliefCase.journey_id == journey).order_by(ReliefCase.id)).all()
    agreements = agreements_of_cases(session, ids)
    return [
        {
            "reference": case.reference, "state": case.state.value, "crew": case.crew,
            "nominated_on": case.nominated_on.isoformat(),
            "events": [
                {"event": each.event, "state": each.to_state, "on": each.occurred_on.isoformat(), "reason": each.reason}
                for each in events_of(session, case.id)
            ],
            "debts": [
                {
                    "reference": each.reference, "creditor_kind": each.creditor_kind or None, "currency": each.currency,
                    "taken_on": each.taken_on.isoformat(), "principal": to_text(each.principal_minor, each.currency),
                    "for_recruitment": to_text(each.linked_minor, each.currency), "security": each.security,
                    "still_stands": to_text(each.standing.outstanding_minor, each.currency),
                    "corrected": not each.is_current,
                }
                for each in debts_of(session, case.id, today)
            ],
            "entitlements": [
                {
                    "reference": each.reference, "as_of": each.as_of.isoformat(), "method": each.method,
                    "due": {part.currency: to_text(part.due_minor, part.currency) for part in each.amounts},
                }
                for each in entitlements_of(session, case.id)
            ],
            "agreements": [
                {
                    "reference": each.reference, "instrument": each.instrument.value, "payer": each.payer,
                    "amount": to_text(each.amount_minor, each.currency), "currency": each.currency,
                    "agreed_on": each.agreed_on.isoformat(), "superseded": each.is_superseded,
                    "instalments": [
                        {
                            "due_on": part.due_on.isoformat(), "amount": to_text(part.amount_minor, each.currency),
                            "ended": part.ended, "payment": part.payment,
                        }
                        for part in each.instalments
                    ],
                    "your_copy_on": each.worker_copy_on.isoformat() if each.worker_copy_on else None,
                }
                for each in agreements.get(case.id, [])
            ],
            "your_words": [
                {
                    "about": said.thing, "answer": said.answer, "asked_for_part": said.asked_for_part,
                    "stated_on": said.stated_on.isoformat(), "channel": said.channel, "witnessed": said.witnessed,
                }
                for said in confirmations_of(session, case.id)
            ],
        }
        for case in (by_id(session, ids)[each] for each in ids)
    ]  # fmt: skip
