"""Payees: the newest account of each counts. Accounts are opened here alone, and shown masked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from recruitment.banking.instructions import Method
from recruitment.fund.models import Payee, PayeeCallBack
from recruitment.fund.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.fund.rules import payees as rules
from recruitment.fund.rules.kinds import CallBack
from recruitment.fund.rules.reads import PayeeRead
from recruitment.jobseekers import queries as jobseekers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.database.vault import Vault

HOLDER, ACCOUNT = "fund_payees.holder", "fund_payees.account"
IDS_AT_ONCE = 5_000
"""Ids asked for in one statement: both engines bear some 30,000 values."""


@dataclass(frozen=True, slots=True)
class KnownPayee:
    """A version of an account as it is kept, sealed."""

    id: UUID
    reference: str
    jobseeker_id: UUID | None
    party_id: UUID
    version: int
    method: Method
    institution: str | None
    holder_sealed: bytes
    account_sealed: bytes | None
    account_hash: bytes | None
    recorded_by: UUID
    recorded_at: datetime
    call_back: CallBack | None

    def standing(self, now: datetime) -> rules.PayeeStanding:
        """Return whether it may be paid to now."""
        return rules.standing(self.version, self.recorded_at, self.call_back, now)


def chunks(ids: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield ids in as many as one statement bears."""
    remaining = iter(ids)
    while wanted := list(islice(remaining, IDS_AT_ONCE)):
        yield wanted


@cache
def _payees() -> Any:
    row = Payee
    return select(
        row.id, row.reference, row.jobseeker_id, row.party_id, row.version, row.method, row.institution,
        row.holder_sealed, row.account_sealed, row.account_hash, row.recorded_by, row.recorded_at,
        PayeeCallBack.outcome,
    ).outerjoin(PayeeCallBack, PayeeCallBack.payee_id == row.id)  # fmt: skip


@cache
def _newest() -> Any:
    later = aliased(Payee)
    newer = and_(later.party_id == Payee.party_id, later.version > Payee.version)
    return _payees().outerjoin(later, newer).where(later.id.is_(None))


def _known(row: Any) -> KnownPayee:
    return KnownPayee(
        row.id, row.reference, row.jobseeker_id, row.party_id, row.version, Method(row.method), row.institution,
        row.holder_sealed, row.account_sealed, row.account_hash, row.recorded_by, row.recorded_at,
        CallBack(row.outcome) if row.outcome else None,
    )  # fmt: skip


def newest_of(session: Session, parties: Iterable[UUID]) -> dict[UUID, KnownPayee]:
    """Return the newest account of each of ``parties`` (people and organisations), as far as the session sees them."""
    found: dict[UUID, KnownPayee] = {}
    for wanted in chunks(dict.fromkeys(parties)):
        for row in session.execute(_newest().where(Payee.party_id.in_(wanted))):
            found[row.party_id] = _known(row)
    return found


def holders_of(session: Session, hashes: Iterable[bytes]) -> dict[bytes, frozenset[UUID]]:
    """Return whose newest account each of the hashes is."""
    found: dict[bytes, set[UUID]] = defaultdict(set)
    for wanted in chunks(dict.fromkeys(hashes)):
        for row in session.execute(_newest().where(Payee.account_hash.in_(wanted))):
            found[row.account_hash].add(row.party_id)
    return {each: frozenset(parties) for each, parties in found.items()}


def known(session: Session, reference: str) -> KnownPayee | None:
    """Return a version of an account; None when there is none for this session."""
    row = session.execute(_payees().where(Payee.reference == reference)).first()
    return _known(row) if row else None


def payees_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, KnownPayee]:
    """Return versions of accounts by id."""
    found: dict[UUID, KnownPayee] = {}
    for wanted in chunks(dict.fromkeys(ids)):
        found.update({row.id: _known(row) for row in session.execute(_payees().where(Payee.id.in_(wanted)))})
    return found


@dataclass(frozen=True, slots=True)
class OpenedPayee:
    """Who holds an account, and the account itself, for the bank. Never shown to a person."""

    holder: str
    account: str | None


def opened(session: Session, payees: Collection[KnownPayee]) -> dict[UUID, OpenedPayee]:
    """Return holder and account of ``payees`` by id; without those of people who were erased. One query for all keys."""
    vault: Vault = session.info["vault"]
    people = {each.jobseeker_id for each in payees if each.jobseeker_id is not None}
    keys = {person: key for wanted in chunks(people) for person, key in jobseekers.keys_of(session, wanted).items()}
    found: dict[UUID, OpenedPayee] = {}
    for each in payees:
        if each.jobseeker_id is None:
            account = vault.open_secret(ACCOUNT, each.id, each.account_sealed) if each.account_sealed else None
            found[each.id] = OpenedPayee(vault.open_secret(HOLDER, each.id, each.holder_sealed), account)
        elif key := keys.get(each.jobseeker_id):
            holder = key.open(each.holder_sealed, HOLDER, each.id) or ""
            found[each.id] = OpenedPayee(holder, key.open(each.account_sealed, ACCOUNT, each.id))
    return found


def masked(session: Session, payees: Collection[KnownPayee]) -> dict[UUID, str | None]:
    """Return the masked accounts of ``payees`` by id; None for cash, and of who was erased."""
    return {each: rules.masked(found.account) for each, found in opened(session, payees).items()}


def read(session: Session, payees: Collection[KnownPayee], now: datetime) -> list[PayeeRead]:
    """Return ``payees`` as people read them, in their order."""
    accounts = masked(session, payees)
    return [
        PayeeRead(
            each.id, each.reference, each.party_id, each.version, each.method, each.institution, accounts.get(each.id),
            each.standing(now), rules.usable_from(each.version, each.recorded_at), each.call_back, each.recorded_by,
            each.recorded_at,
        )
        for each in payees
    ]  # fmt: skip


def payee(session: Session, reference: str, now: datetime) -> PayeeRead | None:
    """Return an account, masked; None when there is none for this session."""
    found = known(session, reference)
    return read(session, [found], now)[0] if found else None


def payees_of(session: Session, parties: Collection[UUID], now: datetime) -> dict[UUID, PayeeRead]:
    """Return the newest account of each of ``parties``, masked."""
    return {each.party_id: each for each in read(session, list(newest_of(session, parties).values()), now)}


def payees_waiting(session: Session, now: datetime, *, after: str | None = None, limit: int = 100) -> list[PayeeRead]:
    """Return the changed accounts about which nobody has been called yet, in order of reference."""
    query = _newest().where(Payee.version > 1, PayeeCallBack.payee_id.is_(None)).order_by(Payee.reference).limit(limit)
    if after is not None:
        query = query.where(Payee.reference > after)
    return read(session, [_known(row) for row in session.execute(query)], now)
