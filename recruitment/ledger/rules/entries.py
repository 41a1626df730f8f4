"""Double entry, pure: accounts, drafts, pairing, and what may be posted.

One posting is one debit AND one credit of one amount, so an unbalanced entry cannot even be written down. In our books
the debit says what the money was for and the credit who bore it. Not here: what a fee item or a payer is; rooms above
translate their facts into drafts (``posting_rules.py``).
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from recruitment.core.canonical import trusted_digest
from recruitment.core.dates import Precision
from recruitment.core.errors import InvariantViolated
from recruitment.core.money import AMOUNT_CAP, exponent
from recruitment.ledger.errors import (
    AccountCodeInvalid,
    AmountOutOfRange,
    BasisMixed,
    EntryEmpty,
    LegsUnbalanced,
    SameAccountTwice,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

_ACCOUNTS = UUID("6b1c2f5e-9f0e-5d55-8a53-0d2f6f4c1a11")
_GUARDABLE = "fund:"
_CODE = re.compile(r"[a-z][a-z0-9_]*(:[a-z0-9][a-z0-9_]*)*")


class Basis(StrEnum):
    """On whose word money stands in the books. One never mixes with another, so each balances alone."""

    DECLARED = "declared"
    REPORTED = "reported"
    VERIFIED = "verified"
    MONEY = "money"


class Side(StrEnum):
    """The two sides of an account."""

    DEBIT = "debit"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the chart in one currency. Its id follows from both, so nobody needs to look it up."""

    id: UUID
    code: str
    currency: str
    basis: Basis


@lru_cache(maxsize=65536)
def account(code: str, currency: str) -> Account:
    """Return the account of ``code`` (such as ``declared:cost:visa_fee``) in ``currency``.

    Raises ``AccountCodeInvalid``. The first segment decides the basis; all but the three accounts are real money.
    """
    if len(code) > 80 or not _CODE.fullmatch(code):
        raise AccountCodeInvalid(f"{code!r} is not an account. Codes look like declared:cost:visa_fee.")
    family = code.partition(":")[0]
    basis = Basis(family) if family in {Basis.DECLARED, Basis.REPORTED, Basis.VERIFIED} else Basis.MONEY
    return Account(uuid5(_ACCOUNTS, f"{code}|{currency}"), code, currency, basis)


def may_be_guarded(code: str) -> bool:
    """Say whether accounts of a code can be guarded: those of a fund (``fund:…``) alone.

    Everything else says what was paid, or who owes, and is never taken from. So whoever posts fees, reports and debts need
    not even ask.
    """
    return code.startswith(_GUARDABLE)


@dataclass(frozen=True, slots=True)
class PostingDraft:
    """One amount, from one account to another, in one currency. ``amount_minor`` is in minor units."""

    debit: str
    credit: str
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """An entry to be posted. The maker chooses ``id``; ``scope`` and ``key`` make it idempotent within its book.

    ``effective_on`` is the day in the world, with its precision; the day of the books is the clock's. ``source_type``
    and ``source_id`` point at the fact in the room above. No text here may name a person.
    """

    id: UUID
    book_id: UUID
    postings: tuple[PostingDraft, ...]
    effective_on: date
    scope: str
    key: str
    source_type: str
    source_id: UUID
    narrative: str
    precision: Precision = Precision.DAY
    reverses_id: UUID | None = None
    metadata: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a draft: the entry's id, and whether the books had it already."""

    entry_id: UUID
    replayed: bool


@dataclass(frozen=True, slots=True)
class Balance:
    """The balance of one account in one currency, in minor units: debits less credits."""

    account: str
    currency: str
    debits_minor: int
    credits_minor: int

    @property
    def balance_minor(self) -> int:
        """Debits less credits: positive for what was paid for, negative for who bore it."""
        return self.debits_minor - self.credits_minor


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of an entry as bookkeepers write it."""

    account: str
    side: Side
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class EntryRead:
    """An entry as the books hold it, with its postings in order."""

    id: UUID
    book_id: UUID
    effective_on: date
    precision: Precision
    recorded_at: datetime
    narrative: str
    source_type: str
    source_id: UUID
    reverses_id: UUID | None
    postings: tuple[PostingDraft, ...]


def check(draft: EntryDraft) -> None:
    """Refuse a draft that no book may hold. Raises the errors of ``errors.py``, in the order written there."""
    if any(not isinstance(value, str | int) for value in draft.metadata.values()):
        raise InvariantViolated(
            "metadata holds text and whole numbers only: two programs may spell one float differently"
        )
    if not draft.postings:
        raise EntryEmpty("An entry needs at least one posting.")
    for posting in draft.postings:
        if not 0 < posting.amount_minor <= AMOUNT_CAP:
            raise AmountOutOfRange(
                f"A posting's amount must lie between 1 and {AMOUNT_CAP} minor units; this one is {posting.amount_minor}."
            )
        if posting.debit == posting.credit:
            raise SameAccountTwice(f"A posting cannot debit and credit {posting.debit} at once.")
        exponent(posting.currency)  # raises CurrencyUnknown
        debit, credit = account(posting.debit, posting.currency), account(posting.credit, posting.currency)
        if debit.basis is not credit.basis:
            raise BasisMixed(f"{debit.code} is {debit.basis}, {credit.code} is {credit.basis}: they never meet.")


def request_hash(draft: EntryDraft) -> bytes:
    """Return the digest of what the draft asks for: everything but the id that its maker gave it."""
    return request_digest(
        draft.book_id.hex,
        [[p.debit, p.credit, p.currency, p.amount_minor] for p in draft.postings],
        draft.effective_on.isoformat(),
        draft.precision.value,
        (draft.scope, draft.key),
        (draft.source_type, draft.source_id.hex),
        draft.narrative,
        draft.reverses_id.hex if draft.reverses_id else None,
        dict(draft.metadata),
    )


def request_digest(
    book_id: str,
    postings: list[list[str | int]],
    effective_on: str,
    precision: str,
    idempotency: tuple[str, str],
    source: tuple[str, str],
    narrative: str,
    reverses_id: str | None,
    metadata: Mapping[str, str | int],
) -> bytes:
    """Return SHA-256 of the canonical JSON of a request. Ids are 32 hexadecimal digits, postings codes and amounts."""
    return trusted_digest(
        [book_id, postings, effective_on, precision, *idempotency, *source, narrative, reverses_id, metadata]
    )


def leaf(request: bytes, entry_id: str, posted_by: str, recorded_at: str) -> bytes:
    """Return the leaf that a seal commits to: the request (its digest holds the postings), its id, who, and when.

    ``SHA-256(0x00 ‖ request ‖ id ‖ actor ‖ instant)``; ids are 32 hexadecimal digits, the instant is UTC to the
    microsecond. The first byte keeps leaves and nodes of the tree apart (RFC 9162, section 2.1.1).
    """
    return hashlib.sha256(b"\x00" + request + f"{entry_id}{posted_by}{recorded_at}".encode()).digest()


def mirror(original: EntryRead, entry_id: UUID, reason: str) -> EntryDraft:
    """Return the draft that takes ``original`` back: debit and credit exchanged, on the same day of the world.

    The day is the original's, so that a balance as of any day shows neither; when we knew is in ``recorded_at``.
    """
    return EntryDraft(
        id=entry_id,
        book_id=original.book_id,
        postings=tuple(PostingDraft(p.credit, p.debit, p.currency, p.amount_minor) for p in original.postings),
        effective_on=original.effective_on,
        precision=original.precision,
        scope="reversal",
        key=str(original.id),
        source_type=original.source_type,
        source_id=original.source_id,
        narrative=reason,
        reverses_id=original.id,
    )


def is_mirror(original: tuple[PostingDraft, ...], reversal: tuple[PostingDraft, ...]) -> bool:
    """Say whether ``reversal`` takes back exactly ``original``."""
    return reversal == tuple(PostingDraft(p.credit, p.debit, p.currency, p.amount_minor) for p in original)


def pair(legs: Iterable[Leg]) -> tuple[PostingDraft, ...]:
    """Turn the legs of an entry into paired postings, at most n-1 for n legs of a currency, always the same way.

    Both sides are sorted and matched with two fingers. Raises ``LegsUnbalanced`` when the sides differ.
    """
    sides: dict[str, dict[Side, list[tuple[str, int]]]] = defaultdict(lambda: {Side.DEBIT: [], Side.CREDIT: []})
    for leg in legs:
        sides[leg.currency][leg.side].append((leg.account, leg.amount_minor))
    postings: list[PostingDraft] = []
    for currency in sorted(sides):
        debits, credits = (sorted(sides[currency][side]) for side in Side)
        if sum(amount for _, amount in debits) != sum(amount for _, amount in credits):
            raise LegsUnbalanced(f"The debits and the credits in {currency} differ.")
        postings.extend(_match(debits, credits, currency))
    return tuple(postings)


def _match(debits: list[tuple[str, int]], credits: list[tuple[str, int]], currency: str) -> Iterable[PostingDraft]:
    right = iter(credits)
    credit, credit_left = "", 0
    for debit, debited in debits:
        left = debited
        while left > 0:
            if credit_left == 0:
                credit, credit_left = next(right)
                continue
            amount = min(left, credit_left)
            yield PostingDraft(debit, credit, currency, amount)
            left -= amount
            credit_left -= amount


def legs_of(postings: Iterable[PostingDraft]) -> list[Leg]:
    """Return the legs that bookkeepers would write: amounts of one account, side and currency added up, in order."""
    sums: dict[tuple[str, Side, str], int] = defaultdict(int)
    for posting in postings:
        sums[posting.debit, Side.DEBIT, posting.currency] += posting.amount_minor
        sums[posting.credit, Side.CREDIT, posting.currency] += posting.amount_minor
    return [Leg(code, side, currency, amount) for (code, side, currency), amount in sums.items()]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the books: where (an entry of a book, a book, or neither), and what."""

    book_id: UUID | None
    entry_id: UUID | None
    what: str

    def __str__(self) -> str:
        if self.book_id is None:
            return self.what
        where = f"entry {self.entry_id} of book {self.book_id}" if self.entry_id else f"book {self.book_id}"
        return f"{where} {self.what}"
