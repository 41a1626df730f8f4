"""What was said about money: by the agency, by the worker, by the employer, and by those who lent and repaid.

The words of each file are enums here; a row of a file becomes a frozen dataclass. Amounts are in minor units of the
currency beside them. The reserved item ``none`` is no fee: it says that there is nothing more to say up to a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from recruitment.core.dates import PartialDate, Precision

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from recruitment.journeys.rules import JourneyRead

NONE = "none"
"""The item of a statement that nothing more was paid."""

EVERY_ITEM = "*"
"""The item of a commitment for every item that is not named."""

COLLATERAL = "collateral"
"""An item that is no money: it is returned rather than repaid, and has a file of its own."""


class Payer(StrEnum):
    """Who bore a cost, as the agency declares it."""

    WORKER = "worker"
    EMPLOYER = "employer"
    AGENCY = "agency"
    FUND = "fund"
    GOVERNMENT = "government"
    OTHER = "other"


WORKER_SIDE = frozenset({Payer.WORKER, Payer.OTHER})
"""Whose payments count as the worker's own: who else pays for a worker lends to them, as far as anybody knows."""


class CommittedPayer(StrEnum):
    """Who is to bear a cost, as the employer promises it."""

    EMPLOYER = "employer"
    AGENCY = "agency"
    WORKER = "worker"


class RepaymentPayer(StrEnum):
    """Who pays a worker back."""

    EMPLOYER = "employer"
    AGENCY = "agency"
    FUND = "fund"
    OTHER = "other"


class Payee(StrEnum):
    """Who took the money."""

    AGENCY = "agency"
    SUB_AGENT = "sub_agent"
    EMPLOYER = "employer"
    OFFICIAL = "official"
    CLINIC = "clinic"
    TRANSPORT = "transport"
    INSURER = "insurer"
    LENDER = "lender"
    OTHER = "other"
    UNKNOWN = "unknown"


class Creditor(StrEnum):
    """To whom a worker owes."""

    SUB_AGENT = "sub_agent"
    AGENCY = "agency"
    EMPLOYER = "employer"
    VESSEL_OWNER = "vessel_owner"
    LENDER = "lender"
    FAMILY = "family"
    OTHER = "other"


class StatementChannel(StrEnum):
    """How a worker's word reached us."""

    HOTLINE = "hotline"
    CHAT = "chat"
    APP = "app"
    CSO_INTERVIEW = "cso_interview"
    COMMUNITY_VISIT = "community_visit"
    AMBASSADOR = "ambassador"
    WORKPLACE_INTERVIEW = "workplace_interview"
    AGENCY_FORM = "agency_form"
    EMPLOYER_FORM = "employer_form"
    MANAGEMENT_INTERVIEW = "management_interview"


NEVER_INDEPENDENT = frozenset(
    {StatementChannel.AGENCY_FORM, StatementChannel.EMPLOYER_FORM, StatementChannel.MANAGEMENT_INTERVIEW}
)
"""Channels in the hands of those whom the statement is about."""


class Checkpoint(StrEnum):
    """When, on the way, a worker was asked."""

    FIRST_CONTACT = "first_contact"
    SELECTION = "selection"
    PRE_DEPARTURE = "pre_departure"
    ARRIVAL = "arrival"
    POST_PLACEMENT = "post_placement"


class Evidence(StrEnum):
    """What stands behind a statement: A a document, B a detailed account, C a lump sum. Never whether it counts."""

    A = "A"
    B = "B"
    C = "C"


class Confirmation(StrEnum):
    """What the worker says of a repayment."""

    ALL = "all"
    LESS = "less"
    NOTHING = "nothing"


def is_independent(channel: StatementChannel | None, *, witnessed: bool | None) -> bool:
    """Say whether a worker could speak freely: a channel of their own, and nobody of the business present."""
    return channel is not None and channel not in NEVER_INDEPENDENT and not witnessed


def dated_on(paid: PartialDate | None, stated_on: date) -> date:
    """Return the day that a reported payment counts from: the last day of what was said, at most the day of saying.

    A full day stands as it was said; an unknown day is the day of saying.
    """
    if paid is None:
        return stated_on
    return paid.last if paid.precision is Precision.DAY else min(paid.last, stated_on)


@dataclass(frozen=True, slots=True)
class NewCommitment:
    """What an employer promised for one item (or every item) of a demand letter. No limit: the payer bears all."""

    demand_letter_id: UUID
    demand_letter: str
    fee_item: str
    payer: CommittedPayer
    limit_minor: int | None
    limit_currency: str | None
    committed_on: date


@dataclass(frozen=True, slots=True)
class DeclaredLine:
    """One line of an agency's declaration. Zero is a statement: this payer paid nothing for this item."""

    journey: JourneyRead
    fee_item: str
    payer: Payer
    payee: Payee | None
    amount_minor: int
    currency: str
    paid_on: date
    receipt: str | None


@dataclass(frozen=True, slots=True)
class ReportedPayment:
    """One statement of a worker, by the reference of whoever heard it."""

    reference: str
    journey: JourneyRead
    fee_item: str
    payee: Payee | None
    amount_minor: int
    currency: str | None
    paid: PartialDate | None
    stated_on: date
    channel: StatementChannel
    checkpoint: Checkpoint | None
    witnessed: bool | None
    evidence: Evidence | None
    deducted: bool | None

    @property
    def is_independent(self) -> bool:
        """Whether the worker could speak freely."""
        return is_independent(self.channel, witnessed=self.witnessed)

    @property
    def dated_on(self) -> date:
        """The day that the payment counts from."""
        return dated_on(self.paid, self.stated_on)


@dataclass(frozen=True, slots=True)
class Repayment:
    """Money that somebody says was paid back, and what the worker says of it."""

    reference: str
    journey: JourneyRead
    fee_item: str | None
    paid_by: RepaymentPayer
    amount_minor: int
    currency: str
    paid_on: date
    confirmed: Confirmation | None
    confirmed_minor: int | None
    confirmed_on: date | None
    channel: StatementChannel | None
    witnessed: bool | None

    @property
    def received_minor(self) -> int:
        """What counts as repaid: what the worker confirmed, freely; nothing until then."""
        if not is_independent(self.channel, witnessed=self.witnessed):
            return 0
        if self.confirmed is Confirmation.ALL:
            return self.amount_minor
        return (self.confirmed_minor or 0) if self.confirmed is Confirmation.LESS else 0


@dataclass(frozen=True, slots=True)
class Debt:
    """A debt of a worker, as of a day."""

    reference: str
    journey: JourneyRead
    creditor: Creditor
    principal_minor: int
    currency: str
    taken_on: date
    recruitment_linked: bool
    outstanding_minor: int
    as_of: date


@dataclass(frozen=True, slots=True)
class Collateral:
    """A thing that was taken as security and must come back."""

    reference: str
    journey: JourneyRead
    what: str
    holder: str
    taken_on: date
    returned_on: date | None


@dataclass(frozen=True, slots=True)
class Earnings:
    """What a worker says to have been paid for a month of the job abroad.

    ``amount_minor`` is what was paid out, after taxes, social security and every deduction, with bonuses and overtime.
    ``deducted_minor`` was kept back from it for costs of the recruitment; None where nobody said.
    """

    reference: str
    journey: JourneyRead
    month: PartialDate
    amount_minor: int
    deducted_minor: int | None
    currency: str
    stated_on: date
    channel: StatementChannel
    witnessed: bool | None

    @property
    def is_independent(self) -> bool:
        """Whether the worker could speak freely."""
        return is_independent(self.channel, witnessed=self.witnessed)


@dataclass(frozen=True, slots=True)
class NewRate:
    """A rate of exchange on a day: one unit of ``base`` is ``rate`` units of ``quote``. ``rate`` is decimal text."""

    on: date
    base: str
    quote: str
    rate: str
    source: str


@dataclass(frozen=True, slots=True)
class Current:
    """The row that counts now for a reference. ``traits`` are whatever the kind's own check compares."""

    id: UUID
    version: int
    journey_id: UUID
    row_digest: bytes
    traits: tuple[Any, ...] = ()
