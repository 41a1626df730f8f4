"""What the fund tells: pots, receipts, payees, dues, plans, payments and answers, as people read them. Minor units."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from recruitment.fund.rules.matching import NextStep, next_step

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from recruitment.banking.instructions import FileFormat, Method
    from recruitment.fund.rules.allocation import RecoveredFrom
    from recruitment.fund.rules.fitting import DueState, Hindrance
    from recruitment.fund.rules.kinds import (
        AnswerOutcome,
        CallBack,
        DonorClass,
        DueEnd,
        PotKind,
        Purpose,
        ReceiptKind,
        SuspenseEnd,
    )
    from recruitment.fund.rules.machine import PaymentState, PlanState
    from recruitment.fund.rules.matching import Detail
    from recruitment.fund.rules.payees import PayeeStanding


@dataclass(frozen=True, slots=True)
class PotRead:
    """A pot. Its id is the id of its book."""

    id: UUID
    reference: str
    operator_id: UUID
    kind: PotKind
    name: str
    institution: str
    bank_account: str
    earmarked_for: UUID | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class PotBalance:
    """What is in a pot now, in one currency. ``available``: at the bank, and not reserved."""

    pot: str
    name: str
    kind: PotKind
    currency: str
    bank_minor: int
    in_transit_minor: int
    reserved_minor: int

    @property
    def available_minor(self) -> int:
        """What a plan may still reserve."""
        return self.bank_minor - self.reserved_minor


@dataclass(frozen=True, slots=True)
class ReceiptRead:
    """Money that came in, and into which pots. ``taken_back``: why it was reversed."""

    id: UUID
    reference: str
    operator_id: UUID
    pot: str
    kind: ReceiptKind
    donor_class: DonorClass
    contributor: str | None
    recovered_from: RecoveredFrom | None
    currency: str
    amount_minor: int
    received_on: date
    bank_reference: str | None
    recorded_at: datetime
    taken_back: str | None = None
    parts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PayeeRead:
    """An account of somebody, masked. ``usable_from``: when it may be paid to, if the payee confirms it where needed."""

    id: UUID
    reference: str
    party_id: UUID
    version: int
    method: Method
    institution: str | None
    account: str | None
    standing: PayeeStanding
    usable_from: datetime
    call_back: CallBack | None
    recorded_by: UUID
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class DueRead:
    """Something to be paid. ``payment`` is the living one, or the last."""

    id: UUID
    reference: str
    operator_id: UUID
    party_id: UUID
    case_reference: str
    source_id: UUID
    purpose: Purpose
    earmark: UUID | None
    currency: str
    amount_minor: int
    due_on: date
    state: DueState
    ended: DueEnd | None
    payment: str | None
    payment_state: PaymentState | None


@dataclass(frozen=True, slots=True)
class LockRead:
    """What is locked. Digests in 64 hexadecimal digits."""

    lock_hash: str
    locked_by: UUID
    locked_at: datetime
    approvals_needed: int
    executed_on: date
    file_name: str
    file_sha256: str
    file_size: int
    hold_id: UUID


@dataclass(frozen=True, slots=True)
class ApprovalRead:
    """An approval; by whom and when is blank for who has still to make up their own mind."""

    approved_by: UUID | None
    recorded_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlanRead:
    """A plan of payments. ``payments`` and ``total_minor`` are those of the draft, or of what is locked."""

    id: UUID
    reference: str
    operator_id: UUID
    pot: str
    pot_name: str
    currency: str
    method: Method
    file_format: FileFormat
    follows: str | None
    state: PlanState
    version: int
    number: int
    prepared_by: UUID
    drafted_at: datetime
    payments: int
    total_minor: int
    lock: LockRead | None = None
    approvals: tuple[ApprovalRead, ...] = ()
    released_by: UUID | None = None
    released_at: datetime | None = None
    counts: dict[PaymentState, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanEventRead:
    """A move of a plan."""

    number: int
    event: str | None
    from_state: PlanState | None
    to_state: PlanState
    reason: str | None
    actor_id: UUID
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentRead:
    """A payment, with the account masked. ``occurred_on`` and ``reason`` are those of its last event."""

    id: UUID
    reference: str
    plan: str | None
    due: str
    case_reference: str
    purpose: Purpose
    method: Method
    currency: str
    amount_minor: int
    institution: str | None
    account: str | None
    state: PaymentState
    number: int
    occurred_on: date
    reason: str | None


@dataclass(frozen=True, slots=True)
class PaymentEventRead:
    """A move of a payment."""

    number: int
    event: str | None
    to_state: PaymentState
    occurred_on: date
    reason: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class AnswerRead:
    """An answer of a bank. ``known_before`` and ``left_aside`` (not booked yet, or of nothing) are told as it is read."""

    id: UUID
    reference: str
    operator_id: UUID
    kind: str
    bank_account: str
    read_at: datetime
    lines: int
    outcomes: dict[AnswerOutcome, int]
    known_before: int = 0
    left_aside: int = 0


@dataclass(frozen=True, slots=True)
class LineRead:
    """A line of an answer. ``line`` names it: the reference of the answer, a slash, its number."""

    id: UUID
    line: str
    number: int
    bank_account: str
    entry_reference: str
    end_to_end: str | None
    direction: str
    status: str
    currency: str
    amount_minor: int
    booked_on: date
    reason: str | None
    outcome: AnswerOutcome
    detail: Detail | None
    payment: str | None
    ended: SuspenseEnd | None

    @property
    def next_step(self) -> NextStep:
        """What somebody does next about it."""
        return NextStep.NOTHING if self.ended else next_step(self.outcome, self.detail)


class AgeBucket(StrEnum):
    """For how long something has been due, in days."""

    NOT_YET = "not_yet"
    UP_TO_30 = "up_to_30"
    UP_TO_60 = "up_to_60"
    UP_TO_90 = "up_to_90"
    OVER_90 = "over_90"


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is open of one age in one currency."""

    currency: str
    bucket: AgeBucket
    dues: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, in days, over ``n`` payments: the median, and what nine of ten did not exceed."""

    n: int
    median_days: int
    p90_days: int


@dataclass(frozen=True, slots=True)
class TimeToMoney:
    """From the day on which it was due until the bank paid it, and until the worker confirmed it."""

    settled: Spread | None
    confirmed: Spread | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What does not fit a plan, and why."""

    due: str
    reason: Hindrance


@dataclass(frozen=True, slots=True)
class Added:
    """What was added to a draft, and what was left out of it."""

    plan: PlanRead
    added: int
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """The file that the bank gets, as it was locked. ``is_first``: it was exported just now, for the first time."""

    content: bytes
    name: str
    sha256: str
    is_first: bool


def spread_of(days: list[int]) -> Spread | None:
    """Return the spread of durations: the lower median and the nearest-rank ninth decile; None of nothing."""
    if not days:
        return None
    ordered = sorted(days)
    return Spread(len(ordered), ordered[(len(ordered) - 1) // 2], ordered[-(-9 * len(ordered) // 10) - 1])
