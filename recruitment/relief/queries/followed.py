"""Which cases the house has to look at: found in a few statements, looked at closely by the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import aliased

from recruitment.fees.models import DebtRow
from recruitment.fees.queries import is_current
from recruitment.fund.models import Due, Payment
from recruitment.organisations.models import Organisation
from recruitment.relief.models import (
    Agreement,
    Confirmation,
    Instalment,
    InstalmentEnding,
    OutsidePayment,
    RegisterDebt,
    ReliefCase,
    Signature,
)
from recruitment.relief.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.relief.queries.reads import DELIVERED
from recruitment.relief.rules.instruments import RULES
from recruitment.relief.rules.kinds import Answer, Instrument
from recruitment.relief.rules.machine import CaseState

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

_ENDING_DEBTS = [each.value for each in Instrument if RULES[each].ends_debt]
_LATER = [each.value for each in Instrument if RULES[each].after_confirmation]
_MOVING = (CaseState.AGREED, CaseState.FUNDED, CaseState.CONFIRMED, CaseState.MONITORED)
_RUNNING = (*_MOVING, CaseState.VERIFIED, CaseState.REOPENED)


def to_advance(session: Session) -> list[UUID]:
    """Return cases whose money may have moved them: agreed ones that lack nothing, and later ones that lack something."""
    lacks = or_(_unpaid(), _unsigned(), _less_from_outside())
    waits_for = exists().where(Agreement.case_id == ReliefCase.id)
    query = select(ReliefCase.id).where(
        waits_for,
        or_(
            (ReliefCase.state == CaseState.AGREED.value) & ~lacks,
            (ReliefCase.state == CaseState.FUNDED.value) & (lacks | ~_unanswered()),
            ReliefCase.state.in_([CaseState.CONFIRMED.value, CaseState.MONITORED.value]) & lacks,
        ),
    )
    return sorted(session.scalars(query))


def _of_case() -> Any:
    later = aliased(Agreement)
    return (Agreement.case_id == ReliefCase.id) & ~exists().where(later.supersedes_id == Agreement.id)


def _unpaid() -> Any:
    """Return the condition that an instalment of the fund for the worker was not delivered."""
    delivered = (
        exists()
        .where(Due.source_id == Instalment.id)
        .where(Payment.due_id == Due.id, Payment.state.in_(sorted(state.value for state in DELIVERED)))
    )
    return (
        exists()
        .where(Agreement.case_id == ReliefCase.id, Agreement.payer == "fund", Agreement.instrument.not_in(_LATER))
        .where(Instalment.agreement_id == Agreement.id)
        .where(~exists().where(InstalmentEnding.instalment_id == Instalment.id), ~delivered)
    )


def _unsigned() -> Any:
    return exists().where(
        _of_case(), Agreement.instrument.in_(_ENDING_DEBTS), ~exists().where(Signature.agreement_id == Agreement.id)
    )


def _less_from_outside() -> Any:
    """Return the condition that an employer or agency has not recorded as much as was agreed, superseded ones aside."""
    paid = (
        select(func.coalesce(func.sum(OutsidePayment.amount_minor), 0))
        .where(OutsidePayment.agreement_id == Agreement.id)
        .scalar_subquery()
    )
    return exists().where(
        _of_case(),
        Agreement.instrument == Instrument.REIMBURSEMENT.value,
        Agreement.payer != "fund",
        Agreement.supersedes_id.is_(None),
        paid < Agreement.amount_minor,
    )


def _unanswered() -> Any:
    """Return the condition that something of the case has no word of the worker at all."""
    payment, outside, signed = aliased(Payment), aliased(OutsidePayment), aliased(Signature)
    agreement, said = aliased(Agreement), Confirmation
    return or_(
        exists()
        .where(Due.case_reference == ReliefCase.reference, Due.jobseeker_id.is_not(None))
        .where(payment.due_id == Due.id, payment.state == "settled"),
        exists()
        .where(agreement.case_id == ReliefCase.id, outside.agreement_id == agreement.id)
        .where(~exists().where(said.outside_payment_id == outside.id)),
        exists()
        .where(agreement.case_id == ReliefCase.id, signed.agreement_id == agreement.id)
        .where(~exists().where(said.signature_id == signed.id)),
    )


def to_balance(session: Session) -> list[UUID]:
    """Return running cases of which a worker once said that not all of a payment of the fund came."""
    row = Confirmation
    query = (
        select(row.case_id)
        .distinct()
        .join(ReliefCase, ReliefCase.id == row.case_id)
        .where(
            row.answer != Answer.ALL.value,
            row.is_independent,
            row.payment_id.is_not(None),
            ReliefCase.state.in_([state.value for state in _RUNNING]),
        )
    )
    return sorted(session.scalars(query))


def to_share(session: Session) -> list[UUID]:
    """Return confirmed cases with a share for an owner that has no instalment yet."""
    query = select(ReliefCase.id).where(
        ReliefCase.state.in_([CaseState.CONFIRMED.value, CaseState.MONITORED.value, CaseState.CLOSED.value]),
        exists()
        .where(_of_case(), Agreement.instrument.in_(_LATER))
        .where(~exists().where(Instalment.agreement_id == Agreement.id)),
    )
    return sorted(session.scalars(query))


def filed_debts_to_end(session: Session) -> list[Any]:
    """Return filed debts of which the worker confirmed, later than they were recorded, that the creditor let go of something.

    Columns: of the filed debt what it says; case and debt of the register; the day and the channel do not matter.
    """
    said, debt, row = Confirmation, RegisterDebt, DebtRow
    query = (
        select(
            row.id, row.sender_id, row.reference, row.journey_id, row.creditor, row.principal_minor, row.currency,
            row.taken_on, row.recruitment_linked, row.outstanding_minor, row.as_of, ReliefCase.id.label("case_id"),
            debt.id.label("debt_id"), said.stated_on, Organisation.code.label("sender"), Agreement.amount_minor,
        )
        .select_from(said)
        .join(Signature, Signature.id == said.signature_id)
        .join(Agreement, Agreement.id == Signature.agreement_id)
        .join(debt, debt.id == Agreement.debt_id)
        .join(ReliefCase, ReliefCase.id == said.case_id)
        .join(row, (row.reference == debt.debt_reference) & (row.currency == debt.currency))
        .join(Organisation, Organisation.id == row.sender_id)
        .where(said.is_full, is_current(row), row.recorded_at < said.recorded_at, row.outstanding_minor > 0)
        .order_by(said.id)
    )  # fmt: skip
    return list(session.execute(query))
