"""What a person decides that a worker bore for an item: reasons, evidence, who has to agree, and whether it still holds.

Pure. A decision stands on the words that were there when it was made (its *basis*). It stays on record and in the books
until another takes its place, but the comparison uses it only while nobody said anything new about the item.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid5

from recruitment.core.money import AMOUNT_CAP, AmountNotExact, to_minor
from recruitment.fees.rules import COLLATERAL, EVERY_ITEM, NONE, WORKER_SIDE
from recruitment.verification.errors import AmountInvalid

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from recruitment.fees.rules import StatementChannel
    from recruitment.verification.rules.facts import JourneyFacts
    from recruitment.verification.rules.rates import Convert

_QUESTIONS = UUID("5d0c7c1e-3f83-5b0e-9a57-6f1f3f0f2a15")
_NO_ITEMS = frozenset({NONE, EVERY_ITEM, COLLATERAL})
_BASIS_LETTERS = 16
_AMOUNT = re.compile(r"[0-9]{1,16}(\.[0-9]{1,4})?", re.ASCII)

TEXT_MAX = 200
"""How long the reference of a piece of evidence may be."""

NOTE_MAX = 1000
"""How long a note may be."""

EVIDENCE_MAX = 10
"""How many pieces of evidence a decision names at most."""


class AdjudicationReason(StrEnum):
    """Why this amount."""

    DOCUMENTS_AGREE = "documents_agree"
    WORKER_CONFIRMS = "worker_confirms"
    AGENCY_ADMITS = "agency_admits"
    STATEMENT_WITHDRAWN = "statement_withdrawn"
    DOUBLE_COUNTED = "double_counted"
    REPAID_MISFILED = "repaid_misfiled"
    OTHER = "other"


class EvidenceKind(StrEnum):
    """What a decision rests on."""

    RECEIPT = "receipt"
    PAYSLIP = "payslip"
    BANK_TRANSFER = "bank_transfer"
    CONTRACT = "contract"
    CHAT = "chat"
    INTERVIEW = "interview"
    THIRD_PARTY = "third_party"
    NONE_POSSIBLE = "none_possible"


class SecondAnswer(StrEnum):
    """What the second person says of a decision."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"


class WorkersAnswer(StrEnum):
    """What the worker says of a decision."""

    AGREES = "agrees"
    DISAGREES = "disagrees"


class AdjudicationState(StrEnum):
    """What became of a decision."""

    AWAITS_SECOND = "awaits_second"
    REFUSED = "refused"
    AWAITS_WORKER = "awaits_worker"
    HOLDS = "holds"
    REOPENED = "reopened"
    SUPERSEDED = "superseded"


class Evidence(NamedTuple):
    """A piece of evidence: its kind, and by what words it is found again (a number, a day, where it lies)."""

    kind: EvidenceKind
    reference: str


@dataclass(frozen=True, slots=True)
class NewAdjudication:
    """A decision as it is made. ``basis`` is that of the item as the decider saw it; ``amount`` in major units."""

    journey: str
    fee_item: str
    amount: str
    currency: str
    reason: AdjudicationReason
    evidence: Sequence[Evidence]
    basis: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class NewValidation:
    """What a worker said of a decision, and how they were asked."""

    answer: WorkersAnswer
    channel: StatementChannel
    asked_on: date
    witnessed: bool | None = None


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """What a second person said of a decision."""

    answer: SecondAnswer
    by: UUID
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ValidationRead:
    """What the worker said of a decision."""

    answer: WorkersAnswer
    channel: str
    witnessed: bool | None
    is_independent: bool
    asked_on: date


@dataclass(frozen=True, slots=True)
class AdjudicationRead:
    """A decision with what others said of it, oldest answer first.

    ``question_id`` and ``version``: which decision about the same item of the same journey it is. ``is_last``: no later one
    was made; ``stands``: it is the last that is in force, so it is in the books. ``evidence`` and ``note`` are None where
    they were not opened; ``is_erased`` says that nobody can open them any more.
    """

    id: UUID
    reference: str
    journey_id: UUID
    fee_item: str
    question_id: UUID
    version: int
    verified_minor: int
    currency: str
    reason: AdjudicationReason
    evidence_kinds: Sequence[EvidenceKind]
    basis_digest: bytes
    stake_minor: int
    needs_second: bool
    needs_worker: bool
    decided_by: UUID
    recorded_at: datetime
    second: SecondPerson | None = None
    validations: Sequence[ValidationRead] = ()
    is_last: bool = True
    stands: bool = False
    evidence: Sequence[Evidence] | None = None
    note: str | None = None
    is_erased: bool = False

    @property
    def is_in_force(self) -> bool:
        """Whether it counts: nobody else had to agree, or somebody did."""
        return not self.needs_second or (self.second is not None and self.second.answer is SecondAnswer.CONFIRMED)

    @property
    def is_validated(self) -> bool:
        """Whether the worker, last asked freely, agrees."""
        return is_validated((each.answer, each.is_independent) for each in self.validations)


class Claims(NamedTuple):
    """What both accounts say of an item, in the currency of comparison. ``lacks_rate``: some of it cannot be counted.

    ``reported_minor`` is None when the worker named no payment; ``report_lacks_rate``: some of the worker's own word.
    """

    declared_minor: dict[str, int]
    side_minor: int
    reported_minor: int | None
    lacks_rate: bool
    report_lacks_rate: bool


@dataclass(frozen=True, slots=True)
class ItemToDecide:
    """An item with both accounts, the basis that a decision would stand on, and the decisions so far, newest first."""

    fee_item: str
    claims: Claims
    basis: str
    decisions: Sequence[tuple[AdjudicationRead, AdjudicationState]] = ()

    @property
    def waiting(self) -> AdjudicationRead | None:
        """The decision that waits for a second person, if any."""
        return next((each for each, state in self.decisions if state is AdjudicationState.AWAITS_SECOND), None)

    @property
    def standing(self) -> AdjudicationRead | None:
        """The decision that is in force, if any; the worker may be asked about it."""
        return next((each for each, _ in self.decisions if each.stands), None)


@dataclass(frozen=True, slots=True)
class JourneyToDecide:
    """The items of a journey about which something was said or decided, in order of code.

    ``limit_minor``: above this much at stake a second person has to agree.
    """

    journey: str
    currency: str
    limit_minor: int
    items: Sequence[ItemToDecide]


@dataclass(frozen=True, slots=True)
class WaitingRead:
    """A decision that waits for a second person or for the worker."""

    reference: str
    journey: str
    fee_item: str
    verified_minor: int
    currency: str
    reason: AdjudicationReason
    state: AdjudicationState
    is_own: bool
    decided_on: date


def is_an_item(code: str, known: Collection[str]) -> bool:
    """Say whether an amount can be decided for an item: a fee item that is money."""
    return code in known and code not in _NO_ITEMS


def question_of(journey: UUID, fee_item: str) -> UUID:
    """Return the id of what is decided: how much the worker bore for an item of a journey."""
    return uuid5(_QUESTIONS, f"{journey}|{fee_item}")


def basis_of(statements: Iterable[UUID]) -> bytes:
    """Return the digest of the statements in force about an item, by their ids. In whatever order, it is the same."""
    return hashlib.sha256("\n".join(sorted(each.hex for each in statements)).encode()).digest()


def basis_text(digest: bytes) -> str:
    """Return a basis as a form or a programme carries it."""
    return digest.hex()[:_BASIS_LETTERS]


def minor_of(amount: str, currency: str) -> int:
    """Return an amount in major units as minor units. Raises ``AmountInvalid``."""
    text = amount.strip()
    try:
        minor = int(to_minor(Decimal(text), currency)) if _AMOUNT.fullmatch(text) else None
    except AmountNotExact:
        minor = None
    if minor is None:
        raise AmountInvalid(
            f"{amount[:40]!r} is no amount in {currency}. Write digits with a dot for decimals, like 3500.00; 0 for nothing.",
            amount="not an amount",
        )
    if minor > AMOUNT_CAP:
        raise AmountInvalid(f"An amount is at most {AMOUNT_CAP} minor units. Check its decimals.", amount="too large")
    return minor


def claims_of(facts: JourneyFacts, fee_item: str, convert: Convert) -> Claims:
    """Return what both accounts say of an item, as the comparison counts it."""
    declared: dict[str, int] = {}
    side, reported = 0, None
    side_lacks = report_lacks = False
    for code, payer, _payee, amount, currency, paid_on in facts.declared:
        if code != fee_item:
            continue
        converted = convert(amount, currency, paid_on)
        declared[payer] = declared.get(payer, 0) + (converted or 0)
        if payer in WORKER_SIDE:
            side += converted or 0
            side_lacks |= converted is None
    for code, _payee, amount, named, _paid_on, dated_on, *_how in facts.reported:
        if code != fee_item or named is None:
            continue
        converted = convert(amount, named, dated_on)
        reported = (reported or 0) + (converted or 0)
        report_lacks |= converted is None
    return Claims(dict(sorted(declared.items())), side, reported, side_lacks or report_lacks, report_lacks)


def stake_of(verified_minor: int, claims: Claims) -> int:
    """Return how much is at stake in a decision: the largest of what is decided and what either account says."""
    return max(verified_minor, claims.side_minor, claims.reported_minor or 0)


def needs_second(verified_minor: int, claims: Claims, limit_minor: int) -> bool:
    """Say whether a second person has to agree: above the limit, or where nobody can count what is at stake."""
    return claims.lacks_rate or stake_of(verified_minor, claims) > limit_minor


def falls_below(verified_minor: int, claims: Claims) -> bool:
    """Say whether a decision is below the worker's own account, or may be: a doubt counts for the worker."""
    return claims.report_lacks_rate or verified_minor < (claims.reported_minor or 0)


def is_validated(answers: Iterable[tuple[WorkersAnswer, bool]]) -> bool:
    """Say whether a worker agrees: the last answer counts of those given freely. ``answers`` come oldest first."""
    free = [answer for answer, is_independent in answers if is_independent]
    return bool(free) and free[-1] is WorkersAnswer.AGREES


def state_of(decision: AdjudicationRead, basis: bytes, claims: Claims) -> AdjudicationState:
    """Return what became of a decision, with the statements in force now."""
    if decision.second is not None and decision.second.answer is SecondAnswer.REFUSED:
        return AdjudicationState.REFUSED
    if not decision.is_in_force and decision.is_last:
        return AdjudicationState.AWAITS_SECOND
    if not decision.stands:
        return AdjudicationState.SUPERSEDED
    if decision.basis_digest != basis:
        return AdjudicationState.REOPENED
    if falls_below(decision.verified_minor, claims) and not decision.is_validated:
        return AdjudicationState.AWAITS_WORKER
    return AdjudicationState.HOLDS


def limit_in(limits: Mapping[str, int], currency: str) -> int:
    """Return above how much a second person is needed; 0 for a currency that the settings do not name."""
    return limits.get(currency, 0)
