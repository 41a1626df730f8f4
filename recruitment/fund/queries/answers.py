"""Answers of banks, their lines, and what is in suspense."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from recruitment.fund.models import BankAnswer, BankAnswerLine, Payment, SuspenseEnding
from recruitment.fund.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.fund.queries.payees import chunks
from recruitment.fund.rules.kinds import AnswerOutcome, SuspenseEnd
from recruitment.fund.rules.matching import Detail
from recruitment.fund.rules.reads import AnswerRead, LineRead

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

WAITING = (AnswerOutcome.UNKNOWN.value, AnswerOutcome.PARTLY.value)
"""Outcomes that somebody has to explain."""


def answer_by_digest(session: Session, operator: UUID, digest: bytes) -> tuple[str, datetime] | None:
    """Return reference and instant of the answer of exactly this content; None when it is new."""
    row = session.execute(
        select(BankAnswer.reference, BankAnswer.recorded_at).where(
            BankAnswer.operator_id == operator, BankAnswer.content_sha256 == digest
        )
    ).first()
    return (row[0], row[1]) if row else None


def known_entries(session: Session, operator: UUID, bank_account: str, references: Iterable[str]) -> set[str]:
    """Return those of the bank's own references that were read before, in whichever statement."""
    row = BankAnswerLine
    found: set[str] = set()
    for wanted in chunks(dict.fromkeys(references)):
        query = select(row.entry_reference).where(
            row.operator_id == operator, row.bank_account == bank_account, row.entry_reference.in_(wanted)
        )
        found.update(session.scalars(query))
    return found


@cache
def _answers() -> Any:
    row = BankAnswer
    return select(row.id, row.reference, row.operator_id, row.kind, row.bank_account, row.recorded_at, row.lines)


def answers_page(
    session: Session, *, operator: UUID | None = None, after: str | None = None, limit: int = 50
) -> list[AnswerRead]:
    """Return answers, the newest first; the page after the answer ``after``."""
    row = BankAnswer
    query = _answers().order_by(row.recorded_at.desc(), row.reference).limit(limit)
    if operator is not None:
        query = query.where(row.operator_id == operator)
    if after is not None:
        at = session.scalar(select(row.recorded_at).where(row.reference == after))
        query = query.where(or_(row.recorded_at < at, and_(row.recorded_at == at, row.reference > after)))
    return _with_outcomes(session, session.execute(query).all())


def answer(session: Session, reference: str) -> AnswerRead | None:
    """Return an answer; None when there is none for this session."""
    found = _with_outcomes(session, session.execute(_answers().where(BankAnswer.reference == reference)).all())
    return found[0] if found else None


def _with_outcomes(session: Session, rows: Any) -> list[AnswerRead]:
    outcomes: dict[UUID, dict[AnswerOutcome, int]] = defaultdict(dict)
    line = BankAnswerLine
    query = (
        select(line.answer_id, line.outcome, func.count())
        .where(line.answer_id.in_([row.id for row in rows]))
        .group_by(line.answer_id, line.outcome)
    )
    for answer_id, outcome, count in session.execute(query) if rows else ():
        outcomes[answer_id][AnswerOutcome(outcome)] = count
    return [
        AnswerRead(
            row.id, row.reference, row.operator_id, row.kind, row.bank_account, row.recorded_at, row.lines,
            outcomes[row.id],
        )
        for row in rows
    ]  # fmt: skip


@cache
def _lines() -> Any:
    row = BankAnswerLine
    return (
        select(
            row.id, BankAnswer.reference.label("answer"), row.number, row.bank_account, row.entry_reference,
            row.end_to_end, row.direction, row.status, row.currency, row.amount_minor, row.booked_on, row.reason,
            row.outcome, row.detail, Payment.reference.label("payment"), SuspenseEnding.ended_as,
        )
        .join(BankAnswer, BankAnswer.id == row.answer_id)
        .outerjoin(Payment, Payment.id == row.payment_id)
        .outerjoin(SuspenseEnding, SuspenseEnding.line_id == row.id)
    )  # fmt: skip


def _line(row: Any) -> LineRead:
    return LineRead(
        row.id, f"{row.answer}/{row.number}", row.number, row.bank_account, row.entry_reference, row.end_to_end,
        row.direction, row.status, row.currency, row.amount_minor, row.booked_on, row.reason, AnswerOutcome(row.outcome),
        Detail(row.detail) if row.detail else None, row.payment, SuspenseEnd(row.ended_as) if row.ended_as else None,
    )  # fmt: skip


def lines_of(
    session: Session, answer: str, *, outcome: AnswerOutcome | None = None, after: int | None = None, limit: int = 100
) -> list[LineRead]:
    """Return the lines of an answer in their order, after the line of a number."""
    query = _lines().where(BankAnswer.reference == answer).order_by(BankAnswerLine.number).limit(limit)
    if outcome is not None:
        query = query.where(BankAnswerLine.outcome == outcome.value)
    if after is not None:
        query = query.where(BankAnswerLine.number > after)
    return [_line(row) for row in session.execute(query)]


def suspense_page(
    session: Session, *, operator: UUID | None = None, after: str | None = None, limit: int = 100
) -> list[LineRead]:
    """Return the lines that somebody has yet to explain, in order of answer and number; after the line ``after``."""
    row = BankAnswerLine
    query = (
        _lines()
        .where(row.outcome.in_(WAITING), SuspenseEnding.line_id.is_(None))
        .order_by(BankAnswer.reference, row.number)
        .limit(limit)
    )
    if operator is not None:
        query = query.where(row.operator_id == operator)
    if after is not None:
        reference, _, number = after.rpartition("/")
        later = and_(BankAnswer.reference == reference, row.number > (int(number) if number.isdecimal() else 0))
        query = query.where(or_(BankAnswer.reference > reference, later))
    return [_line(each) for each in session.execute(query)]


def line(session: Session, name: str) -> tuple[LineRead, UUID] | None:
    """Return a line by the name ``answer/number``, and its operator; None when there is none for this session."""
    reference, _, number = name.rpartition("/")
    if not (number.isascii() and number.isdecimal() and len(number) <= 9):
        return None
    query = _lines().add_columns(BankAnswerLine.operator_id)
    row = session.execute(query.where(BankAnswer.reference == reference, BankAnswerLine.number == int(number))).first()
    return (_line(row), row.operator_id) if row else None
