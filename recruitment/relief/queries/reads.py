"""What is read of relief, as plain values. Amounts are in minor units of the currency beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recruitment.fund.rules.machine import PaymentState
from recruitment.relief.rules.instruments import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID

    from recruitment.relief.rules.kinds import Instrument
    from recruitment.relief.rules.machine import CaseState
    from recruitment.relief.rules.register import Standing

DELIVERED = frozenset({PaymentState.SETTLED, PaymentState.CONTESTED, PaymentState.CONFIRMED})
"""Payments that reached the worker as far as the bank knows."""

ON_THE_WAY = frozenset({PaymentState.RESERVED, PaymentState.SENT})
"""Payments of which nobody knows yet whether they arrive."""


@dataclass(frozen=True, slots=True)
class CaseRead:
    """A relief case as it stands. ``operator``, ``jobseeker`` and ``journey`` are their references."""

    id: UUID
    reference: str
    operator: str
    operator_id: UUID
    jobseeker_id: UUID
    jobseeker: str
    journey_id: UUID
    journey: str
    book_id: UUID
    crew: str | None
    state: CaseState
    number: int
    nominated_on: date


@dataclass(frozen=True, slots=True)
class EventRead:
    """A move of a case. Who moved it stays inside."""

    number: int
    event: str | None
    from_state: str | None
    to_state: str
    occurred_on: date
    reason: str | None


@dataclass(frozen=True, slots=True)
class CreditorRead:
    """A creditor. ``name`` only where it was opened."""

    id: UUID
    reference: str
    operator: str
    operator_id: UUID
    kind: str
    vessel: str | None
    organisation: str | None
    announced_on: date | None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class LineRead:
    """A line of a debt. ``takes_back``: the number of the line that it takes back; ``is_flagged``: after the announcement."""

    id: UUID
    number: int
    kind: str
    amount_minor: int
    happened_on: date
    takes_back: int | None
    is_flagged: bool


@dataclass(frozen=True, slots=True)
class DebtRead:
    """A debt of the register with everything that changed it. Only the current one of a chain of corrections counts."""

    id: UUID
    root_id: UUID
    reference: str
    case_id: UUID
    creditor: str
    creditor_id: UUID
    creditor_kind: str
    corrects: str | None
    debt_reference: str | None
    principal_minor: int
    linked_minor: int
    currency: str
    taken_on: date
    interest_percent: str | None
    security: str
    is_current: bool
    is_flagged: bool
    lines: tuple[LineRead, ...]
    standing: Standing


@dataclass(frozen=True, slots=True)
class CohortRateRead:
    """A cohort rate as it was computed. ``rate_minor`` is None where too few people paid."""

    id: UUID
    reference: str
    as_of: date
    corridor: str
    agency: str | None
    half_year: str
    currency: str
    rate_minor: int | None
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EntitledAmount:
    """What is owed in a currency, what of it had been repaid, and what is left."""

    currency: str
    owed_minor: int
    repaid_minor: int
    due_minor: int


@dataclass(frozen=True, slots=True)
class EntitlementRead:
    """An entitlement, with its document and the digest of that in hexadecimal."""

    id: UUID
    reference: str
    case: str
    case_id: UUID
    version: int
    as_of: date
    method: str
    cohort_rate: str | None
    document: Mapping[str, Any]
    sha256: str
    amounts: tuple[EntitledAmount, ...]


@dataclass(frozen=True, slots=True)
class InstalmentRead:
    """An instalment, and the payment of the fund for it: the living one, else the last."""

    id: UUID
    number: int
    amount_minor: int
    due_on: date
    ended: str | None
    due: str | None
    payment: str | None
    payment_id: UUID | None
    payment_state: PaymentState | None
    paid_on: date | None = None
    """The day on which the payment arrived."""

    @property
    def is_alive(self) -> bool:
        """Whether a payment for it is on its way, or arrived."""
        return self.payment_state in DELIVERED | ON_THE_WAY

    @property
    def is_delivered(self) -> bool:
        """Whether it was paid, as far as the bank knows."""
        return self.payment_state in DELIVERED


@dataclass(frozen=True, slots=True)
class OutsideRead:
    """What a party says to have paid to the worker itself."""

    id: UUID
    reference: str
    amount_minor: int
    currency: str
    paid_on: date


@dataclass(frozen=True, slots=True)
class SignatureRead:
    """That a creditor signed, and when the worker was given a copy."""

    id: UUID
    signed_on: date
    worker_copy_on: date


@dataclass(frozen=True, slots=True)
class AgreementRead:
    """An agreement with its instalments and what was delivered of it.

    ``chain_id`` is the first of the agreements that superseded one another; what was paid for an earlier one counts for
    the later.
    """

    id: UUID
    reference: str
    chain_id: UUID
    case_id: UUID
    instrument: Instrument
    payer: str
    organisation: str | None
    organisation_id: UUID | None
    creditor: str | None
    creditor_id: UUID | None
    debt: str | None
    debt_id: UUID | None
    entitlement: str | None
    supersedes: str | None
    is_superseded: bool
    currency: str
    amount_minor: int
    matched_percent: int | None
    agreed_on: date
    instalments: tuple[InstalmentRead, ...]
    signature: SignatureRead | None
    outside: tuple[OutsideRead, ...]

    @property
    def signed_on(self) -> date | None:
        """When the creditor signed."""
        return self.signature.signed_on if self.signature else None

    @property
    def worker_copy_on(self) -> date | None:
        """When the worker was given a copy."""
        return self.signature.worker_copy_on if self.signature else None

    @property
    def is_for_worker(self) -> bool:
        """Whether money of it goes to the worker."""
        return RULES[self.instrument].paid_to.value == "worker"

    @property
    def ends_debt(self) -> bool:
        """Whether it takes a debt away, by a signature."""
        return RULES[self.instrument].ends_debt

    @property
    def is_by_fund(self) -> bool:
        """Whether the fund pays it."""
        return self.payer == "fund"

    @property
    def counts(self) -> bool:
        """Whether it makes less of what the worker is owed."""
        return RULES[self.instrument].counts

    @property
    def waits_for_confirmation(self) -> bool:
        """Whether it is paid only after the worker confirmed everything else."""
        return RULES[self.instrument].after_confirmation


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that was delivered and that the worker is asked about, with the last word that counts.

    ``kind``: payment, outside or signature. ``received_minor``: what counts as received, None while nobody answered freely.
    """

    id: UUID
    reference: str
    kind: str
    agreement: AgreementRead
    amount_minor: int
    currency: str
    on: date
    confirmation_id: UUID | None = None
    received_minor: int | None = None
    is_full: bool = False
    was_asked_for_part: bool = False

    @property
    def arrived_minor(self) -> int:
        """What counts as arrived: what the worker said, and until then what was sent."""
        return self.amount_minor if self.received_minor is None else self.received_minor

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is to be asked: all of it came; or less, freely kept, so that the rest is owed elsewhere."""
        if self.is_full or self.kind == "signature" or self.received_minor is None:
            return self.is_full
        return not self.was_asked_for_part and self.received_minor < self.amount_minor


@dataclass(frozen=True, slots=True)
class ConfirmationRead:
    """What the worker said of one thing."""

    id: UUID
    reference: str
    case_id: UUID
    thing_id: UUID
    thing: str
    answer: str
    received_minor: int
    asked_for_part: str
    channel: str
    witnessed: bool
    is_independent: bool
    is_full: bool
    stated_on: date
    heard_by: str


@dataclass(frozen=True, slots=True)
class QuestionRead:
    """What a worker is still to be asked."""

    case: str
    crew: str | None
    thing: str
    kind: str
    amount_minor: int
    currency: str
    on: date


@dataclass(frozen=True, slots=True)
class RecoveryRead:
    """What a party owes the fund for an advance, and what of it came back; ``notice``: in which notice it stands."""

    id: UUID
    reference: str
    agreement: str
    case: str
    liable: str
    organisation: str
    organisation_id: UUID
    currency: str
    amount_minor: int
    recovered_minor: int
    claimed_on: date
    notice: str | None


@dataclass(frozen=True, slots=True)
class NoticeRead:
    """A notice to a party: a sum for so many people."""

    reference: str
    operator: str
    organisation: str
    currency: str
    people: int
    amount_minor: int
    made_on: date


@dataclass(frozen=True, slots=True)
class RecoveredRead:
    """Money that came back."""

    organisation: str
    receipt: str
    currency: str
    amount_minor: int
