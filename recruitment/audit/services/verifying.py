"""Finding what is wrong with the audit record: everything is computed again from the rows, and every fault is a sentence.

It sees an event that was changed, taken out, exchanged with another or put into the past, and a seal that is not the one
that was made. It cannot see from inside that the last seals were cut off with all that they hold, that an older copy of
the database was put back, or that somebody who may write to the tables added an event of this very hour: for the first
two, give a head that was noted outside.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from recruitment.audit import queries, rules
from recruitment.core import merkle
from recruitment.core.actor import Permission
from recruitment.core.canonical import instant
from recruitment.core.errors import InvariantViolated
from recruitment.database.bulk import fewer_collections
from recruitment.ledger.rules import LateWatch, head_after
from recruitment.ledger.services import signatures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy.orm import Session

    from recruitment.audit.rules import HeldEvent
    from recruitment.core.actor import Actor
    from recruitment.ledger.rules import Seal


def verify(
    session: Session, actor: Actor, key_path: Path, *, heads: Mapping[int, bytes] | None = None
) -> Iterator[str]:
    """Yield a sentence for every fault of the audit record: those of events first, then those of seals.

    The key file vouches for the keys. ``heads``: heads that were noted outside, by the number of their seal. Who may:
    whoever may read the audit record and sees all of it.
    """
    actor.require(Permission.READ_AUDIT)
    try:
        with fewer_collections():
            sealed = queries.seals(session)
            yield from _faults_of_events(session, LateWatch(sealed))
            for event, number in queries.leaves_without_event(session):
                yield f"The event {event} is in seal {number}, but it is not in the record any more."
            yield from _faults_of_seals(session, sealed, signatures.trusted_keys(session, key_path))
            yield from _faults_against_heads(sealed, heads or {})
    except ValueError as error:  # an id or an instant that nobody could have written through us
        yield f"A row holds something that cannot be read ({error}); what follows it was not looked at."


def unsealed_count(session: Session, actor: Actor, limit: int = 10_000) -> int:
    """Return how many events are in no seal yet, at most ``limit``. Who may: whoever may read the audit record."""
    actor.require(Permission.READ_AUDIT)
    return len(queries.unsealed(session, limit))


def _faults_of_events(session: Session, watch: LateWatch) -> Iterator[str]:
    for held in queries.held_events(session):
        what = _wrong_with(held, watch)
        if what is not None:
            yield f"The event {held.event.id if held.event else held.id} {what}."


def _wrong_with(held: HeldEvent, watch: LateWatch) -> str | None:
    """Say what is wrong with an event, if anything is."""
    event = held.event
    if event is None:
        return "was changed: it holds something that cannot be read"
    try:
        is_right = rules.leaf(event) == held.leaf
    except InvariantViolated:
        is_right = False  # bytes or a float, where we write text or a count
    if not is_right:
        return "was changed: its leaf is not that of what it says"
    if held.seal_number is not None and held.sealed_leaf != held.leaf:
        return f"is not what seal {held.seal_number} holds of it"
    if missed := watch.missed_by(instant(event.occurred_at), held.seal_number):
        return f"was put in later: seal {missed} was made after its instant and does not hold it"
    return None


def _faults_of_seals(session: Session, sealed: Sequence[Seal], trusted: Mapping[str, bytes]) -> Iterator[str]:
    """Compute roots, heads and signatures again."""
    places = groupby(queries.sealed_leaves(session), key=lambda place: place[0])
    upcoming = next(places, None)
    before, expected = rules.FIRST_HEAD, 1
    for seal in sealed:
        while upcoming is not None and upcoming[0] < seal.number:
            yield _missing(upcoming[0])
            upcoming = next(places, None)
        held: list[bytes] = []
        if upcoming is not None and upcoming[0] == seal.number:
            numbered = list(upcoming[1])
            in_order = [position for _, position, _ in numbered] == list(range(len(numbered)))
            held = [leaf for _, _, leaf in numbered] if in_order else []
            upcoming = next(places, None)
        if what := _wrong_with_seal(seal, held, before, expected, trusted):
            yield f"The seal {seal.number} {what}."
        before, expected = seal.head, seal.number + 1
    while upcoming is not None:
        yield _missing(upcoming[0])
        upcoming = next(places, None)


def _missing(number: int) -> str:
    return f"The seal {number} is missing, though places of events in it are there."


def _wrong_with_seal(
    seal: Seal, held: list[bytes], before: bytes, expected: int, trusted: Mapping[str, bytes]
) -> str | None:
    if seal.number != expected:
        return f"follows a gap: seal {expected} is missing"
    if len(held) != seal.leaves or merkle.root(held) != seal.root:
        return "does not hold the events that it was made of"
    if head_after(before, seal.root, seal.number, seal.leaves) != seal.head:
        return "does not follow from the seal before it"
    public_key = trusted.get(seal.key_id)
    if public_key is None:
        return f"is signed by the key {seal.key_id}, which the seal key file does not vouch for"
    if not signatures.is_signed(public_key, seal.signature, rules.SEAL_DOMAIN, rules.seal_content(seal)):
        return "has a signature that is not of its key"
    return None


def _faults_against_heads(sealed: Sequence[Seal], heads: Mapping[int, bytes]) -> Iterator[str]:
    by_number = {seal.number: seal.head for seal in sealed}
    for number, head in sorted(heads.items()):
        if number not in by_number:
            yield (
                f"The seal {number} is missing: the last seals were cut off, or an older copy of the database was put "
                "back."
            )
        elif by_number[number] != head:
            yield f"The seal {number} is not the one whose head was noted."
