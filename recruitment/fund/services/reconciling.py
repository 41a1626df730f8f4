"""Reading what a bank answers: every line is kept, what fits moves its payment, and what nobody can match is in suspense."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.banking.answers import AnswerKind, AnswerLine, Direction, LineStatus
from recruitment.banking.statements import read_camt053
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id, new_reference
from recruitment.core.money import AMOUNT_CAP
from recruitment.database.bulk import fewer_collections, insert_many
from recruitment.fund import posting_rules, queries
from recruitment.fund.errors import AnswerNotTaken, AnswerReadBefore, SuspensePotMissing
from recruitment.fund.models import BankAnswer, BankAnswerLine
from recruitment.fund.rules.kinds import PotKind
from recruitment.fund.rules.machine import PaymentEvent
from recruitment.fund.rules.matching import Known, Matched, match, outcomes, unfolded
from recruitment.fund.rules.matching import moving as moved_by
from recruitment.fund.rules.reads import AnswerRead
from recruitment.fund.services import knowing, moving
from recruitment.fund.services.moving import Move
from recruitment.ledger import service as ledger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.banking.answers import Answer
    from recruitment.core.actor import Actor
    from recruitment.fund.rules.matching import SentPayment
    from recruitment.organisations.rules import OrganisationRead

_COLUMNS = (
    "id", "reference", "operator_id", "kind", "bank_account", "content_sha256", "lines", "read_by", "recorded_at",
)  # fmt: skip
_LINE_COLUMNS = (
    "id", "answer_id", "operator_id", "bank_account", "number", "entry_reference", "end_to_end", "direction", "status",
    "currency", "amount_minor", "booked_on", "reason", "outcome", "detail", "payment_id", "recorded_at",
)  # fmt: skip
_AHEAD = timedelta(days=1)
"""A bank in another time zone may be a day ahead."""
_REFERENCE_MAX = 80
_OURS, _CODE = re.compile(r"[A-Z]{2}(-[0-9A-Z]{2,4}){3}"), re.compile(r"[A-Za-z0-9_]{1,20}")
"""What a reference of ours looks like, and what a reason of a bank may: anything else could name a person."""


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer that came, in which form, and to which operator (by code; the actor's own without one)."""

    kind: AnswerKind
    operator: str | None = None


def take_answer(session: Session, actor: Actor, new: NewAnswer, content: bytes) -> list[AnswerRead]:
    """Read a camt.053 file, and settle, fail or return the payments that it tells of. All of it, or nothing.

    One answer for each statement in the file. Who may: whoever reconciles payments. Raises ``OperatorUnknown``,
    ``AnswerReadBefore`` (the same content again), ``AnswerNotTaken``, ``SuspensePotMissing``, ``MovedMeanwhile``, and the
    errors of ``banking`` for a file that cannot be read.
    """
    actor.require(Permission.RECONCILE_PAYMENTS)
    operator = knowing.operator_of(session, actor, new.operator)
    if new.kind is not AnswerKind.CAMT053:
        raise AnswerNotTaken(
            "Only camt.053 is read as it comes. Send a list as a file of the kind bank-answers.", kind="csv"
        )
    _refuse_replay(session, operator, content)
    return _take(session, actor, operator, read_camt053(content), content)


def take_read(
    session: Session, actor: Actor, new: NewAnswer, answers: Sequence[Answer], content: bytes
) -> list[AnswerRead]:
    """Take answers that were read already from ``content`` (a CSV). Else like ``take_answer``."""
    actor.require(Permission.RECONCILE_PAYMENTS)
    operator = knowing.operator_of(session, actor, new.operator)
    _refuse_replay(session, operator, content)
    return _take(session, actor, operator, answers, content)


def _refuse_replay(session: Session, operator: OrganisationRead, content: bytes) -> None:
    before = queries.answer_by_digest(session, operator.id, hashlib.sha256(content).digest())
    if before is not None:
        reference, at = before
        raise AnswerReadBefore(
            f"This very file was read before, on {at:%Y-%m-%d at %H:%M} UTC, as {reference}. Nothing was changed.",
            answer=reference,
        )


def _take(
    session: Session, actor: Actor, operator: OrganisationRead, answers: Sequence[Answer], content: bytes
) -> list[AnswerRead]:
    if not answers:
        raise AnswerNotTaken("There is no statement in this file.", content="empty")
    with fewer_collections():
        taken = [
            _take_one(session, actor, operator, answer, _digest(content, number))
            for number, answer in enumerate(answers)
        ]
    audit.record(
        session, actor, "fund.answer_read", ("answer", taken[0].id), answers=len(taken),
        lines=sum(each.lines for each in taken),
    )  # fmt: skip
    return taken


def _digest(content: bytes, number: int) -> bytes:
    """Return the digest under which a statement is known: that of the file; of a later one in it, of both."""
    whole = hashlib.sha256(content).digest()
    return whole if number == 0 else hashlib.sha256(whole + number.to_bytes(4, "big")).digest()


def _take_one(session: Session, actor: Actor, operator: OrganisationRead, answer: Answer, digest: bytes) -> AnswerRead:
    account = _account(session, operator, answer)
    booked = [each for each in answer.lines if each.status is not LineStatus.PENDING and each.amount_minor > 0]
    _check(booked)
    batches = queries.batches_by_reference(
        session, operator.id, {each.batch_reference for each in booked if each.batch_reference and each.batch_count}
    )
    lines = unfolded(booked, batches)
    known = queries.known_entries(session, operator.id, account, [each.entry_reference for each in lines])
    new = [each for each in lines if each.entry_reference not in known]
    matched = match(new, _known(session, operator, account, new))
    answer_id, reference, at = new_id(), new_reference("AN"), clock.now()
    row = (
        answer_id, reference, operator.id, answer.kind.value, account, digest, len(matched), actor.id, at,
    )  # fmt: skip
    insert_many(session, BankAnswer.__table__, _COLUMNS, [row])
    ids = _write_lines(session, (answer_id, operator.id, account), matched)
    _move(session, actor, answer_id, matched)
    _suspend(session, actor, operator, account, ids, matched)
    return AnswerRead(
        answer_id, reference, operator.id, answer.kind.value, account, at, len(matched), outcomes(matched),
        known_before=len(lines) - len(new), left_aside=len(answer.lines) - len(booked),
    )  # fmt: skip


def _account(session: Session, operator: OrganisationRead, answer: Answer) -> str:
    """Return the account of an answer as it is compared. Raises ``AnswerNotTaken`` when no pot lies there."""
    account = _solid(answer.account)
    if account not in {_solid(pot.bank_account) for pot in queries.pots_of(session, operator.id)}:
        raise AnswerNotTaken(
            f"This answer is about an account on which no pot of {operator.code} lies. Nothing was changed. Choose the file of "
            "the fund's own account, or open the pot first.",
            account="not of the fund",
        )
    return account


def _solid(bank_account: str) -> str:
    return posting_rules.at_bank(bank_account).removeprefix("fund:bank:")


def _check(lines: Sequence[AnswerLine]) -> None:
    latest = clock.today() + _AHEAD
    for line in lines:
        if line.booked_on > latest:
            raise AnswerNotTaken(f"Line {line.number} was booked on a day that is still to come. Nothing was changed.")
        if line.amount_minor > AMOUNT_CAP or len(line.entry_reference) > _REFERENCE_MAX:
            raise AnswerNotTaken(f"Line {line.number} says more than can be. Nothing was changed.")


def _known(session: Session, operator: OrganisationRead, account: str, lines: Sequence[AnswerLine]) -> Known:
    references = [each.end_to_end for each in lines if each.end_to_end]
    payments = queries.sent_by_reference(session, operator.id, references)
    incoming = [each.entry_reference for each in lines if each.direction is Direction.CREDIT]
    receipts = queries.receipts_by_bank_reference(session, operator.id, incoming)
    return Known(account, {each: _with_solid(payment) for each, payment in payments.items()}, receipts=receipts)


def _with_solid(payment: SentPayment) -> SentPayment:
    return replace(payment, account=_solid(payment.account))


def _write_lines(session: Session, of: tuple[UUID, UUID, str], matched: Sequence[Matched]) -> list[UUID]:
    answer_id, operator_id, account = of
    at, rows, ids = clock.now(), [], []
    for number, each in enumerate(matched, start=1):
        line = each.line
        ids.append(new_id())
        rows.append((
            ids[-1], answer_id, operator_id, account, number, line.entry_reference, _kept(_OURS, line.end_to_end),
            _direction(line), line.status.value, line.currency, line.amount_minor, line.booked_on,
            _kept(_CODE, line.reason),
            each.outcome.value, each.detail.value if each.detail else None, each.payment, at,
        ))  # fmt: skip
    insert_many(session, BankAnswerLine.__table__, _LINE_COLUMNS, rows)
    return ids


def _direction(line: AnswerLine) -> str:
    return "in" if line.direction is Direction.CREDIT else "out"


def _move(session: Session, actor: Actor, answer_id: UUID, matched: Sequence[Matched]) -> None:
    moves = [
        Move(each.payment, each.event, each.line.booked_on, _reason(each.line), answer_id)
        for each in moved_by(matched)
        if each.payment is not None and each.event is not None
    ]
    if not moves:
        return
    payments = queries.payments_by_id(session, {move.payment for move in moves})
    moving.move_payments(session, actor, payments, moves)
    undone = {payments[move.payment].plan_id for move in moves if move.event is PaymentEvent.RETURN}
    moving.follow(session, actor, {each.plan_id for each in payments.values()}, undone)


def _reason(line: AnswerLine) -> str | None:
    return _kept(_CODE, line.reason) if line.status is not LineStatus.BOOKED else None


def _kept(shape: re.Pattern[str], text: str | None) -> str | None:
    return text if text and shape.fullmatch(text) else None


def _suspend(
    session: Session,
    actor: Actor,
    operator: OrganisationRead,
    account: str,
    ids: Sequence[UUID],
    matched: Sequence[Matched],
) -> None:
    """Bring the money of lines that nobody can match into suspense. Raises ``SuspensePotMissing``."""
    waiting = [(line_id, each.line) for line_id, each in zip(ids, matched, strict=True) if each.is_in_suspense]
    if not waiting:
        return
    pot = queries.pot_of_kind(session, operator.id, PotKind.SUSPENSE)
    if pot is None:
        raise SuspensePotMissing(
            f"{len(waiting)} lines of this answer match nothing, and there is no pot in which their money could wait. Open one "
            "of the kind suspense, then read the answer again. Nothing was changed."
        )
    ledger.post(
        session,
        actor,
        [
            posting_rules.waits(
                pot.id, account, line_id, _direction(line), (line.currency, line.amount_minor), line.booked_on
            )
            for line_id, line in waiting
        ],
    )
