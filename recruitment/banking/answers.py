"""What a bank answers: a statement of account, line by line, whatever kind of file it came in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


class AnswerKind(StrEnum):
    """In which form the bank answered."""

    CAMT053 = "camt053"
    CSV = "csv"


class Direction(StrEnum):
    """Whether money came to the account (credit) or left it (debit)."""

    CREDIT = "credit"
    DEBIT = "debit"


class LineStatus(StrEnum):
    """What the bank says of a line.

    ``booked``: it counts. ``returned``: it counts, and brings back a payment that could not be delivered. ``failed``:
    it counts, and undoes a booking of the bank's own. ``pending``: announced, in no balance yet.
    """

    BOOKED = "booked"
    RETURNED = "returned"
    FAILED = "failed"
    PENDING = "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """One payment in a statement, in minor units of the account's currency, never below zero.

    ``entry_reference`` is the bank's own and stands once in an answer; ``end_to_end`` is ours, where the bank repeats
    it. ``reason`` is a code of ISO 20022 (AC04: the account is closed) or the bank's own. ``text`` may name people. A
    batch that the bank booked as one sum has ``batch_count``, and ``batch_reference`` where it says whose file it was.
    """

    number: int
    entry_reference: str
    end_to_end: str | None
    direction: Direction
    amount_minor: int
    currency: str
    booked_on: date
    status: LineStatus
    reason: str | None
    text: str
    batch_reference: str | None = None
    batch_count: int | None = None

    @property
    def signed_minor(self) -> int:
        """The amount as it changes the balance: nothing while it is pending."""
        if self.status is LineStatus.PENDING:
            return 0
        return self.amount_minor if self.direction is Direction.CREDIT else -self.amount_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A statement of one account in one currency. Balances in minor units, below zero when overdrawn."""

    kind: AnswerKind
    account: str
    currency: str
    statement_id: str
    opening_minor: int | None
    closing_minor: int | None
    created_at: datetime | None
    lines: tuple[AnswerLine, ...]
