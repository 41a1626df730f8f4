"""Agreements: by which instrument a debt goes away or money comes back, in which instalments, and what replaces it.

A complaint elsewhere has no place here, and no worker gives anything up for it: there is nothing in which that could be
recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id, new_reference
from recruitment.core.money import exponent, to_text
from recruitment.core.text import tidy
from recruitment.database.bulk import insert_many
from recruitment.fund.rules.kinds import DueEnd
from recruitment.jobseekers import queries as jobseekers
from recruitment.relief import queries
from recruitment.relief.errors import (
    AgreementUnknown,
    AgreementWrong,
    AlreadyLeft,
    AlreadySigned,
    AlreadySuperseded,
    DayWrong,
    NotInThisState,
)
from recruitment.relief.models import Agreement, Departure, OutsidePayment, Signature
from recruitment.relief.rules.kinds import Instrument, RegisterLine
from recruitment.relief.rules.machine import CASE, CaseEvent, CaseState
from recruitment.relief.rules.schedule import instalments
from recruitment.relief.rules.schedule import supersede as superseded_by
from recruitment.relief.services import advancing, checking, moves, register, stopping

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.relief.queries import AgreementRead, CaseRead

_COLUMNS = (
    "id", "reference", "case_id", "instrument", "payer", "organisation_id", "creditor_id", "debt_id", "entitlement_id",
    "supersedes_id", "currency", "amount_minor", "matched_percent", "agreed_on", "agreed_by", "recorded_at",
)  # fmt: skip
_SIGNATURE_COLUMNS = (
    "id", "agreement_id", "signed_on", "signer_sealed", "worker_copy_on", "recorded_by", "recorded_at",
)  # fmt: skip
_OUTSIDE_COLUMNS = (
    "id", "reference", "agreement_id", "amount_minor", "currency", "paid_on", "recorded_by", "recorded_at",
)  # fmt: skip
_DEPARTURE_COLUMNS = ("case_id", "left_on", "recorded_by", "recorded_at")

SIGNER = "relief_signatures.signer"
"""For what the name of who signed is sealed, under the key of the worker."""


class Payer(StrEnum):
    """Who gives what was agreed. A creditor gives up; the others pay."""

    CREDITOR = "creditor"
    EMPLOYER = "employer"
    AGENCY = "agency"
    FUND = "fund"


@dataclass(frozen=True, slots=True)
class NewAgreement:
    """What was agreed for a case.

    ``organisation``: the code of who pays or takes over, and of who gets an owner's share. ``debt``: the debt that goes
    away. ``creditor``: whose share it is. ``entitlement``: what a reimbursement or an advance pays. ``first_on`` is the day
    of the first of ``months`` instalments.
    """

    case: str
    instrument: Instrument
    payer: Payer
    amount_minor: int
    currency: str
    agreed_on: date
    first_on: date
    months: int = 1
    organisation: str | None = None
    creditor: str | None = None
    debt: str | None = None
    entitlement: str | None = None
    matched_percent: int | None = None


@dataclass(frozen=True, slots=True)
class NewSignature:
    """That a creditor signed, who it was, and when the worker was given a copy."""

    signed_on: date
    signer: str
    worker_copy_on: date


@dataclass(frozen=True, slots=True)
class NewEstimate:
    """What takes the place of an agreement: a new total, of which what was paid is taken off."""

    amount_minor: int
    agreed_on: date
    first_on: date
    months: int = 1
    entitlement: str | None = None


@dataclass(frozen=True, slots=True)
class NewOutsidePayment:
    """What an employer or agency says to have paid to the worker itself."""

    amount_minor: int
    currency: str
    paid_on: date


def agree(session: Session, actor: Actor, new: NewAgreement) -> str:
    """Record an agreement with its instalments; return the reference. What the fund pays becomes due.

    An owner's share gets its instalments once the worker has confirmed everything. Who may: case workers. Raises
    ``CaseUnknown``, ``NotInThisState``, ``AgreementWrong``, ``OrganisationNotKnown``, ``DebtUnknown``,
    ``EntitlementUnknown``, ``DayWrong``, ``ScheduleInvalid``, ``CurrencyUnknown``.
    """
    actor.require(Permission.WORK_RELIEF)
    case = moves.known(session, new.case)
    if case.state not in {CaseState.VERIFIED, CaseState.AGREED, CaseState.REOPENED}:
        raise NotInThisState(
            f"The case {new.case} is {case.state.value}. Something is agreed for it once its debts are verified, and "
            "before everything is paid.",
            state=case.state.value,
        )
    exponent(new.currency)
    if new.agreed_on > clock.today():
        raise DayWrong("The day of an agreement does not lie in the future.")
    parts = checking.check(session, case, new)
    made, reference = new_id(), new_reference("AG")
    row = (
        made, reference, case.id, new.instrument.value, new.payer.value, parts.organisation, parts.creditor, parts.debt,
        parts.entitlement, None, new.currency, new.amount_minor, new.matched_percent, new.agreed_on, actor.id,
        clock.now(),
    )  # fmt: skip
    insert_many(session, Agreement.__table__, _COLUMNS, [row])
    if checking.has_schedule(new.instrument):
        planned = instalments(new.amount_minor, new.months, new.first_on)
        stopping.add_instalments(
            session, actor, case, _known(session, reference), [(e.number, e.amount_minor, e.due_on) for e in planned]
        )
    if case.state is not CaseState.AGREED:
        case = moves.move(session, actor, case, CaseEvent.AGREE)
    moves.told(session, actor, "agreed", case, instrument=new.instrument.value, payer=new.payer.value)
    return reference


def sign(session: Session, actor: Actor, agreement: str, new: NewSignature) -> None:
    """Record that a creditor signed and the worker has a copy; only then the debt of the register is written off.

    The name of who signed is sealed under the key of the worker. Who may: case workers. Raises ``AgreementUnknown``,
    ``AgreementWrong``, ``AlreadySigned``, ``AlreadySuperseded``, ``NotInThisState``, ``DayWrong``.
    """
    actor.require(Permission.WORK_RELIEF)
    of, case = _open_agreement(session, agreement)
    if not of.ends_debt or of.debt is None:
        raise AgreementWrong("Only a cancellation or a take-over of a debt is signed by the creditor.")
    if of.signature is not None:
        raise AlreadySigned(f"The agreement {agreement} was signed on {of.signature.signed_on}.")
    if not of.agreed_on <= new.signed_on <= new.worker_copy_on <= clock.today():
        raise DayWrong("It is agreed, then signed, then the worker gets a copy; none of it in the future.")
    signer = tidy(new.signer)
    key = jobseekers.key_of(session, case.jobseeker_id)
    if not signer or key is None:
        raise AgreementWrong("Write who signed. Of a person who was erased nothing more is signed.", signer="blank")
    made = new_id()
    sealed = key.seal(signer, SIGNER, made)
    row = (made, of.id, new.signed_on, sealed, new.worker_copy_on, actor.id, clock.now())
    insert_many(session, Signature.__table__, _SIGNATURE_COLUMNS, [row])
    debt = checking.debt_of(session, case, of)
    kind = RegisterLine.CANCELLED if of.instrument is Instrument.CANCELLATION else RegisterLine.TAKEN_OVER
    line = register.NewLine(kind, of.amount_minor, new.signed_on)
    register.write_lines(session, actor, case, [(debt, line)])
    moves.told(session, actor, "signed", case, instrument=of.instrument.value)


def supersede(session: Session, actor: Actor, agreement: str, new: NewEstimate) -> str:
    """Record a re-estimate in place of an agreement; return the reference. What was paid is credited, and never asked back.

    What is on its way counts as paid. Who may: case workers. Raises ``AgreementUnknown``, ``AgreementWrong``,
    ``AlreadySuperseded``, ``NotInThisState``, ``EntitlementUnknown``, ``DayWrong``, ``ScheduleInvalid``.
    """
    actor.require(Permission.WORK_RELIEF)
    of, case = _open_agreement(session, agreement)
    if not of.is_for_worker or not checking.has_schedule(of.instrument):
        raise AgreementWrong("Only what is paid to the worker is estimated anew.")
    if new.amount_minor <= 0:
        raise AgreementWrong("An agreement is about an amount above zero.", amount="not above zero")
    if not of.agreed_on <= new.agreed_on <= clock.today():
        raise DayWrong("A re-estimate comes after what it replaces, and not in the future.")
    # What repays a worker never goes beyond what they were found to be owed, whether or not somebody says by what.
    is_measured = new.entitlement is not None or of.counts
    entitlement = checking.entitlement_of(session, case, new.entitlement) if is_measured else None
    chain = [each for each in queries.agreements_of(session, case.id) if each.chain_id == of.chain_id]
    paid = checking.paid_of(session, case, chain)
    schedule = superseded_by(new.amount_minor, paid, new.months, new.first_on)
    if entitlement is not None:
        checking.refuse_beyond(session, case, entitlement, of, new.amount_minor)
    made, reference = new_id(), new_reference("AG")
    row = (
        made, reference, case.id, of.instrument.value, of.payer, of.organisation_id, of.creditor_id, of.debt_id,
        entitlement.id if entitlement else None, of.id, of.currency, new.amount_minor, of.matched_percent, new.agreed_on,
        actor.id, clock.now(),
    )  # fmt: skip
    insert_many(session, Agreement.__table__, _COLUMNS, [row])
    stopping.end_instalments(session, actor, stopping.unpaid(chain), DueEnd.SUPERSEDED)
    planned = [(each.number, each.amount_minor, each.due_on) for each in schedule.instalments]
    if planned and queries.has_left(session, case.id):
        planned = [(1, sum(amount for _, amount, _ in planned), clock.today())]
    stopping.add_instalments(session, actor, case, _known(session, reference), planned)
    moves.told(
        session, actor, "superseded", case, instrument=of.instrument.value,
        credited=to_text(schedule.credited_minor, of.currency),
    )  # fmt: skip
    return reference


def leave(session: Session, actor: Actor, case: str, left_on: date) -> int:
    """Record that the worker left the job: everything not paid yet is due at once; return how many agreements it concerned.

    Each has one instalment with the rest, due that day, in place of those that were open. Who may: case workers. Raises
    ``CaseUnknown``, ``AlreadyLeft``, ``DayWrong``.
    """
    actor.require(Permission.WORK_RELIEF)
    found = moves.known(session, case)
    if left_on > clock.today():
        raise DayWrong("The day lies in the future. Record it when the worker has left.")
    if queries.has_left(session, found.id):
        raise AlreadyLeft("It was recorded before that the worker of this case left.")
    insert_many(session, Departure.__table__, _DEPARTURE_COLUMNS, [(found.id, left_on, actor.id, clock.now())])
    concerned = 0
    agreements = queries.agreements_of(session, found.id)
    things = queries.things_of(session, {found.id: agreements})[found.id]
    for each in agreements:
        outside = sum(t.arrived_minor for t in things if t.kind == "outside" and t.agreement.id == each.id)
        rest, amount = stopping.uncovered(stopping.unpaid([each]), outside)
        if not rest:
            continue
        concerned += 1
        stopping.end_instalments(session, actor, rest, DueEnd.ALL_AT_ONCE)
        number = max(instalment.number for instalment in each.instalments) + 1
        stopping.add_instalments(session, actor, found, each, [(number, amount, left_on)])
    moves.told(session, actor, "left", found, agreements=concerned)
    return concerned


def take_up(session: Session, actor: Actor, case: str) -> CaseRead:
    """Let a reopened or verified case go on with what was agreed for it before; what was not paid of it is due again.

    Who may: case workers. Raises ``CaseUnknown``, ``MoveNotAllowed``, ``MovedMeanwhile``, ``AgreementWrong`` when nothing
    was agreed.
    """
    actor.require(Permission.WORK_RELIEF)
    found = moves.known(session, case)
    CASE.after(found.state, CaseEvent.AGREE)
    if all(each.is_superseded for each in queries.agreements_of(session, found.id)):
        raise AgreementWrong(f"Nothing was agreed for the case {case} yet. Verify it, then agree on something.")
    moved = moves.move(session, actor, found, CaseEvent.AGREE)
    advancing.balance(session, actor, [moved])
    moves.told(session, actor, "taken_up", moved)
    return moved


def record_outside_payment(session: Session, actor: Actor, agreement: str, new: NewOutsidePayment) -> str:
    """Record what an employer or agency says to have paid itself; return the reference. The worker is asked about it.

    Who may: case workers. Raises ``AgreementUnknown``, ``AgreementWrong``, ``AlreadySuperseded``, ``NotInThisState``,
    ``DayWrong``.
    """
    actor.require(Permission.WORK_RELIEF)
    of, case = _open_agreement(session, agreement)
    if not of.is_for_worker or of.is_by_fund:
        raise AgreementWrong("Only what an employer or agency agreed to pay the worker is paid from outside.")
    if new.amount_minor <= 0 or new.currency != of.currency:
        raise AgreementWrong(f"A payment is above zero, in {of.currency} like the agreement.", amount="not it")
    if new.paid_on > clock.today():
        raise DayWrong("The day of payment lies in the future. Record it when it was paid.")
    made, reference = new_id(), new_reference("OP")
    row = (made, reference, of.id, new.amount_minor, new.currency, new.paid_on, actor.id, clock.now())
    insert_many(session, OutsidePayment.__table__, _OUTSIDE_COLUMNS, [row])
    moves.told(session, actor, "outside_payment_recorded", case, payer=of.payer)
    return reference


def _known(session: Session, reference: str) -> AgreementRead:
    found = queries.agreement(session, reference)
    if found is None:
        raise AgreementUnknown(f"There is no agreement {reference}.")
    return found


def _open_agreement(session: Session, reference: str) -> tuple[AgreementRead, CaseRead]:
    """Return an agreement that counts, with its case. Raises what stands in the way."""
    found = _known(session, reference)
    case = queries.by_id(session, [found.case_id])[found.case_id]
    if found.is_superseded:
        raise AlreadySuperseded(f"The agreement {reference} was superseded by another. Name that one.")
    if case.state not in {CaseState.AGREED, CaseState.REOPENED}:
        raise NotInThisState(
            f"The case {case.reference} is {case.state.value}, so nothing of this agreement changes.",
            state=case.state.value,
        )
    return found, case
