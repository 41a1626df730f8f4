"""Reads of agreements, with what was paid, signed and confirmed of them: a handful of statements for any number of cases."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from recruitment.fund.models import Due, Payment, PaymentEventRow
from recruitment.fund.rules.machine import LIVE, PaymentState
from recruitment.organisations.models import Organisation
from recruitment.relief.models import (
    Agreement,
    Confirmation,
    Creditor,
    Departure,
    Entitlement,
    Instalment,
    InstalmentEnding,
    OutsidePayment,
    RegisterDebt,
    Signature,
)
from recruitment.relief.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.relief.queries.cases import parts
from recruitment.relief.queries.reads import (
    AgreementRead,
    InstalmentRead,
    OutsideRead,
    SignatureRead,
    Thing,
)
from recruitment.relief.rules.kinds import Instrument

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session


def agreements_of(session: Session, case: UUID) -> list[AgreementRead]:
    """Return the agreements of a case, superseded ones too, in order of recording."""
    return agreements_of_cases(session, [case]).get(case, [])


def agreement(session: Session, reference: str) -> AgreementRead | None:
    """Return an agreement; None when the session sees none of that reference."""
    case = session.scalar(select(Agreement.case_id).where(Agreement.reference == reference))
    if case is None:
        return None
    return next(each for each in agreements_of(session, case) if each.reference == reference)


def agreements_of_cases(session: Session, cases: Collection[UUID]) -> dict[UUID, list[AgreementRead]]:
    """Return the agreements of several cases, by case."""
    found: dict[UUID, list[AgreementRead]] = defaultdict(list)
    for some in parts(cases):
        rows = session.execute(_agreements().where(Agreement.case_id.in_(some)).order_by(Agreement.id)).all()
        ids = [row.id for row in rows]
        by_id = {row.id: row for row in rows}
        superseded = {row.supersedes_id for row in rows if row.supersedes_id}
        instalments, signatures, outside = _instalments(session, ids), _signatures(session, ids), _outside(session, ids)
        for row in rows:
            found[row.case_id].append(
                AgreementRead(
                    row.id, row.reference, _first(row, by_id), row.case_id, Instrument(row.instrument), row.payer,
                    row.organisation, row.organisation_id, row.creditor, row.creditor_id, row.debt, row.debt_id,
                    row.entitlement, by_id[row.supersedes_id].reference if row.supersedes_id else None,
                    row.id in superseded, row.currency, row.amount_minor, row.matched_percent, row.agreed_on,
                    tuple(instalments[row.id]), signatures.get(row.id), tuple(outside[row.id]),
                )
            )  # fmt: skip
    return dict(found)


def agreements_with(session: Session, creditor: UUID, instrument: Instrument) -> list[UUID]:
    """Return the cases with an agreement of an instrument for the good of a creditor."""
    query = select(Agreement.case_id).distinct().where(
        Agreement.creditor_id == creditor, Agreement.instrument == instrument.value
    )  # fmt: skip
    return sorted(session.scalars(query))


def has_left(session: Session, case: UUID) -> bool:
    """Say whether it was recorded that the worker of a case left."""
    return session.scalar(select(Departure.case_id).where(Departure.case_id == case)) is not None


def _first(row: Any, by_id: Mapping[UUID, Any]) -> UUID:
    while row.supersedes_id in by_id:
        row = by_id[row.supersedes_id]
    first: UUID = row.id
    return first


def _agreements() -> Any:
    row = Agreement
    return (
        select(
            row.id, row.reference, row.case_id, row.instrument, row.payer, row.organisation_id, row.creditor_id,
            row.debt_id, row.supersedes_id, row.currency, row.amount_minor, row.matched_percent, row.agreed_on,
            Organisation.code.label("organisation"), Creditor.reference.label("creditor"),
            RegisterDebt.reference.label("debt"), Entitlement.reference.label("entitlement"),
        )
        .outerjoin(Organisation, Organisation.id == row.organisation_id)
        .outerjoin(Creditor, Creditor.id == row.creditor_id)
        .outerjoin(RegisterDebt, RegisterDebt.id == row.debt_id)
        .outerjoin(Entitlement, Entitlement.id == row.entitlement_id)
    )  # fmt: skip


def _instalments(session: Session, agreements: Collection[UUID]) -> dict[UUID, list[InstalmentRead]]:
    row, ended = Instalment, InstalmentEnding
    found: dict[UUID, list[InstalmentRead]] = defaultdict(list)
    rows: list[Any] = []
    for some in parts(agreements):
        query = (
            select(row.id, row.agreement_id, row.number, row.amount_minor, row.due_on, ended.reason, Due.reference)
            .outerjoin(ended, ended.instalment_id == row.id)
            .outerjoin(Due, Due.source_id == row.id)
            .where(row.agreement_id.in_(some))
            .order_by(row.agreement_id, row.number)
        )
        rows += session.execute(query)
    paid = _payments(session, [each.id for each in rows])
    for each in rows:
        payment = paid.get(each.id)
        found[each.agreement_id].append(
            InstalmentRead(
                each.id, each.number, each.amount_minor, each.due_on, each.reason, each.reference,
                payment.reference if payment else None, payment.id if payment else None,
                PaymentState(payment.state) if payment else None, payment.occurred_on if payment else None,
            )
        )  # fmt: skip
    return found


def _payments(session: Session, instalments: Collection[UUID]) -> dict[UUID, Any]:
    """Return the payment for each instalment: the living one, else the last."""
    found: dict[UUID, Any] = {}
    arrived = PaymentEventRow
    for some in parts(instalments):
        query = (
            select(Due.source_id, Payment.id, Payment.reference, Payment.state, arrived.occurred_on)
            .join(Payment, Payment.due_id == Due.id)
            .outerjoin(arrived, (arrived.payment_id == Payment.id) & (arrived.to_state == PaymentState.SETTLED.value))
            .where(Due.source_id.in_(some))
            .order_by(Payment.id)
        )
        for payment in session.execute(query):
            before = found.get(payment.source_id)
            if before is None or PaymentState(before.state) not in LIVE:
                found[payment.source_id] = payment
    return found


def _signatures(session: Session, agreements: Collection[UUID]) -> dict[UUID, SignatureRead]:
    found: dict[UUID, SignatureRead] = {}
    for some in parts(agreements):
        query = select(Signature.agreement_id, Signature.id, Signature.signed_on, Signature.worker_copy_on)
        for row in session.execute(query.where(Signature.agreement_id.in_(some))):
            found[row.agreement_id] = SignatureRead(row.id, row.signed_on, row.worker_copy_on)
    return found


def _outside(session: Session, agreements: Collection[UUID]) -> dict[UUID, list[OutsideRead]]:
    row = OutsidePayment
    found: dict[UUID, list[OutsideRead]] = defaultdict(list)
    for some in parts(agreements):
        query = select(row.agreement_id, row.id, row.reference, row.amount_minor, row.currency, row.paid_on)
        for each in session.execute(query.where(row.agreement_id.in_(some)).order_by(row.id)):
            found[each.agreement_id].append(OutsideRead(*each[1:]))
    return found


def things_of(session: Session, agreements: Mapping[UUID, Iterable[AgreementRead]]) -> dict[UUID, list[Thing]]:
    """Return what was delivered of agreements and the worker is asked about, by case, with the last word that counts.

    Payments that reached the worker, payments from outside, and what a creditor signed. The share of an owner is nothing
    that a worker receives.
    """
    words = _last_words(session, agreements)
    found: dict[UUID, list[Thing]] = {case: [] for case in agreements}
    for case, several in agreements.items():
        for each in several:
            found[case] += [_with_word(thing, words.get(thing.id)) for thing in _things(each)]
    return found


def _things(of: AgreementRead) -> Iterable[Thing]:
    if of.signature is not None:
        yield Thing(
            of.signature.id, of.reference, "signature", of, of.amount_minor, of.currency, of.signature.worker_copy_on
        )
    if not of.is_for_worker:
        return
    for paid in of.instalments:
        if paid.is_delivered and paid.payment_id and paid.payment:
            on = paid.paid_on or paid.due_on
            yield Thing(paid.payment_id, paid.payment, "payment", of, paid.amount_minor, of.currency, on)
    for outside in of.outside:
        yield Thing(
            outside.id, outside.reference, "outside", of, outside.amount_minor, outside.currency, outside.paid_on
        )


def _with_word(thing: Thing, word: Any) -> Thing:
    if word is None:
        return thing
    return Thing(
        thing.id, thing.reference, thing.kind, thing.agreement, thing.amount_minor, thing.currency, thing.on, word.id,
        word.received_minor, word.is_full, word.asked_for_part != "no",
    )  # fmt: skip


def _last_words(session: Session, cases: Iterable[UUID]) -> dict[UUID, Any]:
    """Return the last word that counts about each thing of some cases."""
    row = Confirmation
    thing = func.coalesce(row.payment_id, row.outside_payment_id, row.signature_id).label("thing_id")
    found: dict[UUID, Any] = {}
    for some in parts(cases):
        query = (
            select(row.id, thing, row.received_minor, row.is_full, row.asked_for_part)
            .where(row.case_id.in_(some), row.is_independent)
            .order_by(row.id)
        )
        for word in session.execute(query):
            found[word.thing_id] = word
    return found
