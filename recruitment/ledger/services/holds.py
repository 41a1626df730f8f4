"""Guarding an account, holding what is on it, and settling or releasing what was held.

A guarded account never goes below zero less its open holds, whoever posts, holds or settles at the same time. A hold is
resolved once: settled by an entry that takes no more than was held, the rest going back, or released. Who may: whoever may
post entries. Callers are services of higher rooms, inside a unit of work that they did not open themselves.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.canonical import instant
from recruitment.core.errors import InvariantViolated
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.database.savepoint import savepoint
from recruitment.ledger import queries as books
from recruitment.ledger import rules
from recruitment.ledger.errors import (
    AccountNotGuarded,
    BookUnknown,
    FundsInsufficient,
    HoldExceeded,
    HoldResolved,
    HoldUnknown,
    KeyReused,
)
from recruitment.ledger.models import LedgerGuardedBalance, LedgerHold, LedgerHoldResolution
from recruitment.ledger.queries import holds as queries
from recruitment.ledger.services.guarding import keep_guarded, move_balances
from recruitment.ledger.services.posting import accounts_in, insert_entries, opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.ledger.rules import Held, HoldDraft, HoldRead, Moves, Posted, Settlement

_HOLD_COLUMNS = (
    "book_id", "id", "account_id", "amount_minor", "scope", "key", "request_hash", "leaf", "source_type", "source_id",
    "recorded_at", "recorded_by",
)  # fmt: skip
_END_COLUMNS = (
    "book_id", "hold_id", "id", "kind", "held_minor", "posted_minor", "entry_id", "reason", "recorded_at",
    "recorded_by", "leaf",
)  # fmt: skip


def guard_account(session: Session, actor: Actor, book_id: UUID, code: str, currency: str) -> None:
    """Guard an account of a fund (``fund:…``) in a book, from what is posted to it; nothing happens when it is guarded.

    Do it before anything is posted to the account: in the unit of work that opens the book, or in each one that posts to
    a currency which may be new. An entry that another transaction posts without it, not yet committed, is not counted on
    PostgreSQL (``ledger verify`` finds that). Raises ``AccountCodeInvalid``, ``CurrencyUnknown``, ``AccountNotGuarded`` (no
    account of a fund), ``BookUnknown``, ``FundsInsufficient`` (it is below zero).
    """
    actor.require(Permission.POST_ENTRIES)
    account = rules.guardable(code, currency)
    if queries.guarded_among(session, [(book_id, account.id)]):
        return
    if not books.book_exists(session, book_id):
        raise BookUnknown(f"There is no book {book_id}.")
    available = queries.posted_minor(session, book_id, account.id)
    if available < 0:
        raise FundsInsufficient(f"The account {code} in {currency} of the book {book_id} is below zero already.")
    with opened(session, [account]):
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        row = {"book_id": book_id, "account_id": account.id, "available_minor": available}
        session.execute(dialect.insert(LedgerGuardedBalance).on_conflict_do_nothing(), [row])


def hold(session: Session, actor: Actor, drafts: Sequence[HoldDraft]) -> list[Held]:
    """Hold amounts on guarded accounts and return what became of each draft, in their order: all of them, or none.

    A draft whose key the book knows already is answered from there and marked replayed, when it asks for the same; the
    hold may be resolved since. Raises ``AmountOutOfRange``, ``AccountNotGuarded``, ``KeyReused``, ``BookUnknown``,
    ``FundsInsufficient``, in the order written in ``errors.py``; then nothing is held, even if the caller goes on.
    """
    actor.require(Permission.POST_ENTRIES)
    for draft in drafts:
        rules.check_hold(draft)
    try:
        with savepoint(session):
            _insert_holds(session, actor, drafts)
            move_balances(session, _held_by(drafts))
    except IntegrityError:
        with savepoint(session):
            done = [_hold_alone(session, actor, draft) for draft in drafts]
            move_balances(session, _held_by(d for d, held in zip(drafts, done, strict=True) if not held.replayed))
            return done
    return [rules.Held(draft.id, replayed=False) for draft in drafts]


def settle(session: Session, actor: Actor, settlements: Sequence[Settlement]) -> list[Posted]:
    """Settle holds, each by an entry that takes at most what was held from its account; all of them, or none.

    What the entry does not take goes back at once. Asked again with the same hold and entry, it answers from the books,
    marked replayed. The entry is no reversal. Raises what ``post`` raises for a draft, and ``HoldUnknown``,
    ``HoldExceeded``, ``HoldResolved``, in the order written in ``errors.py``; then nothing is posted.
    """
    actor.require(Permission.POST_ENTRIES)
    for settlement in settlements:
        rules.check(settlement.draft)
        if settlement.draft.book_id != settlement.book_id or settlement.draft.reverses_id is not None:
            raise InvariantViolated("a hold is settled by an entry of its own book that takes nothing back")
    found = _known(session, [(each.book_id, each.hold_id) for each in settlements])
    for each in settlements:
        _check_amount(found[each.book_id, each.hold_id], each)
    drafts = [each.draft for each in settlements]
    try:
        with savepoint(session), opened(session, accounts_in(drafts)):
            insert_entries(session, actor, drafts)
            _insert_ends(session, actor, [_settled(found, each) for each in settlements])
            keep_guarded(session, _settled_moves(found, settlements))
    except IntegrityError:
        with savepoint(session), opened(session, accounts_in(drafts)):
            done = [_settle_alone(session, actor, found, each) for each in settlements]
            new = [each for each, posted in zip(settlements, done, strict=True) if not posted.replayed]
            keep_guarded(session, _settled_moves(found, new))
            return done
    return [rules.Posted(draft.id, replayed=False) for draft in drafts]


def release(session: Session, actor: Actor, holds: Sequence[tuple[UUID, UUID]], reason: str) -> None:
    """Release holds, each given by book and id: what they hold goes back, of all of them or of none.

    ``reason`` names no person. A hold that was released for the same reason before stays as it is. Raises
    ``HoldUnknown``, ``HoldResolved``.
    """
    actor.require(Permission.POST_ENTRIES)
    found = _known(session, holds)
    try:
        with savepoint(session):
            _insert_ends(session, actor, [_released(found[place], reason) for place in holds])
            move_balances(session, _moves(found[place] for place in holds))
    except IntegrityError:
        with savepoint(session):
            new = [found[place] for place in holds if _release_alone(session, actor, found[place], reason)]
            move_balances(session, _moves(new))


def _insert_holds(session: Session, actor: Actor, drafts: Iterable[HoldDraft]) -> None:
    recorded_at = clock.now()
    rows = []
    for draft in drafts:
        request = rules.hold_hash(draft)
        leaf = rules.leaf(request, draft.id.hex, actor.id.hex, instant(recorded_at))
        rows.append((
            draft.book_id, draft.id, rules.account(draft.account, draft.currency).id, draft.amount_minor, draft.scope,
            draft.key, request, leaf, draft.source_type, draft.source_id, recorded_at, actor.id,
        ))  # fmt: skip
    insert_many(session, LedgerHold.__table__, _HOLD_COLUMNS, rows)


def _held_by(drafts: Iterable[HoldDraft]) -> Moves:
    moves: Moves = defaultdict(int)
    for draft in drafts:
        moves[draft.book_id, rules.account(draft.account, draft.currency).id] -= draft.amount_minor
    return moves


def _hold_alone(session: Session, actor: Actor, draft: HoldDraft) -> Held:
    """Hold one draft of a bulk that the database refused, and say precisely what is wrong with it if it is this one."""
    known = queries.known_hold(session, draft.book_id, draft.scope, draft.key)
    if known is not None:
        hold_id, request_hash = known
        if request_hash == rules.hold_hash(draft):
            return rules.Held(hold_id, replayed=True)
        raise KeyReused(f"The key {draft.scope}/{draft.key} already stands for another hold of this book.")
    if not books.book_exists(session, draft.book_id):
        raise BookUnknown(f"There is no book {draft.book_id}.")
    if not queries.guarded_among(session, [(draft.book_id, rules.account(draft.account, draft.currency).id)]):
        raise AccountNotGuarded(
            f"The account {draft.account} in {draft.currency} of the book {draft.book_id} is not guarded, so nothing can be "
            "held on it."
        )
    _insert_holds(session, actor, [draft])
    return rules.Held(draft.id, replayed=False)


def _known(session: Session, holds: Sequence[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], HoldRead]:
    found = queries.holds_by_id(session, holds)
    for place in holds:
        if place not in found:
            raise HoldUnknown(f"The book {place[0]} has no hold {place[1]}.")
    return found


def _check_amount(held: HoldRead, settlement: Settlement) -> None:
    taken = _taken(held, settlement)
    if not 0 < taken <= held.amount_minor:
        raise HoldExceeded(
            f"The hold {held.id} is of {held.amount_minor} minor units of {held.currency}; an entry that takes {taken} from "
            f"{held.account} cannot settle it. Take between 1 and what is held, or release the hold."
        )


def _taken(held: HoldRead, settlement: Settlement) -> int:
    return rules.taken_from(rules.account(held.account, held.currency).id, settlement.draft.postings)


def _moves(holds: Iterable[HoldRead]) -> Moves:
    """Return what goes back when these holds end."""
    moves: Moves = defaultdict(int)
    for held in holds:
        moves[held.book_id, rules.account(held.account, held.currency).id] += held.amount_minor
    return moves


def _settled_moves(found: dict[tuple[UUID, UUID], HoldRead], settlements: Sequence[Settlement]) -> Moves:
    moves = _moves(found[each.book_id, each.hold_id] for each in settlements)
    for place, amount in rules.moves_of(each.draft for each in settlements).items():
        moves[place] += amount
    return moves


_End = tuple["HoldRead", rules.HoldResolution]


def _settled(found: dict[tuple[UUID, UUID], HoldRead], each: Settlement) -> _End:
    held = found[each.book_id, each.hold_id]
    kind, taken = rules.HoldEnd.SETTLED, _taken(held, each)
    return held, rules.HoldResolution(new_id(), kind, held.amount_minor, taken, each.draft.id, "")


def _released(held: HoldRead, reason: str) -> _End:
    return held, rules.HoldResolution(new_id(), rules.HoldEnd.RELEASED, held.amount_minor, 0, None, reason)


def _insert_ends(session: Session, actor: Actor, ends: Iterable[_End]) -> None:
    recorded_at = clock.now()
    rows = []
    for held, end in ends:
        digest = rules.resolution_digest(held.book_id.hex, held.id.hex, end)
        leaf = rules.leaf(digest, end.id.hex, actor.id.hex, instant(recorded_at))
        rows.append((
            held.book_id, held.id, end.id, end.kind.value, end.held_minor, end.posted_minor, end.entry_id, end.reason,
            recorded_at, actor.id, leaf,
        ))  # fmt: skip
    insert_many(session, LedgerHoldResolution.__table__, _END_COLUMNS, rows)


def _settle_alone(session: Session, actor: Actor, found: dict[tuple[UUID, UUID], HoldRead], each: Settlement) -> Posted:
    """Settle one hold of a bulk that the database refused, and say precisely what is wrong with it if it is this one."""
    draft = each.draft
    end = queries.resolution_of(session, each.book_id, each.hold_id)
    known = books.known_keys(session, draft.book_id, draft.scope, draft.key)
    if known is not None:
        entry_id, request_hash = known
        if request_hash == rules.request_hash(draft) and end is not None and end.entry_id == entry_id:
            return rules.Posted(entry_id, replayed=True)
        raise KeyReused(
            f"The key {draft.scope}/{draft.key} already stands for another entry of this book, or for one that did not "
            f"settle the hold {each.hold_id}."
        )
    if end is not None:
        raise _resolved(each.hold_id, end)
    insert_entries(session, actor, [draft])
    _insert_ends(session, actor, [_settled(found, each)])
    return rules.Posted(draft.id, replayed=False)


def _release_alone(session: Session, actor: Actor, held: HoldRead, reason: str) -> bool:
    """Release one hold; say whether it was open until now."""
    end = queries.resolution_of(session, held.book_id, held.id)
    if end is None:
        _insert_ends(session, actor, [_released(held, reason)])
        return True
    if end.kind is rules.HoldEnd.RELEASED and end.reason == reason:
        return False
    raise _resolved(held.id, end)


def _resolved(hold_id: UUID, end: rules.HoldResolution) -> HoldResolved:
    return HoldResolved(f"The hold {hold_id} was {end.kind} before. It can be neither settled nor released again.")
