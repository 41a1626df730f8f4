"""Finding what is wrong with the books: what the database promises is looked at again, and what it cannot promise too.

A superuser, or a connection with its foreign keys off, can write what no constraint would let through, and change what
no trigger would let change. Everything is computed again from the rows: the digest of each entry, its leaf, the roots and
heads of the seals, their signatures, the balances that were kept. What cannot be seen from inside is that the last seals
and all that they hold were cut off, or that an older copy of the database was put back: for that, give a head that left
the house before.

Everything here streams. A fault names the book and the entry.
"""

from __future__ import annotations

from collections import deque
from itertools import groupby, islice
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from recruitment.core import merkle
from recruitment.core.actor import Permission
from recruitment.core.canonical import instant
from recruitment.core.currencies import EXPONENTS
from recruitment.database.bulk import fewer_collections
from recruitment.ledger import queries, rules, signing
from recruitment.ledger.errors import AccountCodeInvalid
from recruitment.ledger.queries import checkpoints, faults, seals
from recruitment.ledger.rules import Fault
from recruitment.ledger.services.verifying_holds import faults_of_holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.ledger.queries.seals import PlainEntry
    from recruitment.ledger.rules import Seal
    from recruitment.ledger.signing import Head

_CHUNK = 1000

Chart: TypeAlias = dict[str, tuple[str, str, str]]
"""Code, currency and basis of each account, by its id."""

Posting: TypeAlias = tuple[str, str, int, int, int | None, str, str, str, str, int]


def verify(
    session: Session, actor: Actor, *, anchors: Sequence[bytes] = (), heads: Sequence[Head] = ()
) -> Iterator[Fault]:
    """Yield every fault of the books.

    ``anchors`` are public keys that are trusted, besides those of ``heads``: heads that left the house before. Who may:
    whoever may read the ledger.
    """
    actor.require(Permission.READ_LEDGER)
    try:
        with fewer_collections():
            yield from _all_faults(session, anchors, heads)
    except ValueError as error:  # an id, a day or an instant that nobody could have written through us
        yield Fault(
            None, None, f"a row holds something that cannot be read ({error}); what follows it was not looked at"
        )


def _all_faults(session: Session, anchors: Sequence[bytes], heads: Sequence[Head]) -> Iterator[Fault]:
    sealed = list(seals.seals(session))
    chart = seals.chart(session)
    yield from _faults_of_the_chart(session, chart)
    watch = rules.LateWatch(sealed)
    yield from _faults_of_books(session, watch)
    unused = set(chart)
    yield from _faults_of_entries(session, chart, watch, unused)
    yield from faults_of_holds(session, chart, watch, unused)
    for code, currency, _ in sorted(chart[key] for key in unused):
        what = f"the account {code} in {currency} is used by no posting: something was taken out, or put in"
        yield Fault(None, None, what)
    for book, entry in faults.entries_without_book(session):
        yield Fault(book, entry, "stands in a book that does not exist")
    for book, entry, number in seals.leaves_without_subject(session):
        yield Fault(book, entry, f"is in seal {number}, but it is not in the books any more")
    yield from _faults_of_reversals(session)
    keys = seals.seal_keys(session)
    if [key.number for key in keys] != list(range(1, len(keys) + 1)):
        yield Fault(None, None, "the seal keys are not numbered 1, 2, 3 any more: one was taken out, or put in")
    trusted = signing.trusted_history(keys, [*anchors, *(head.public_key for head in heads)])
    yield from _faults_of_seals(session, sealed, trusted)
    yield from _faults_against_heads(sealed, heads)
    numbers = {seal.number for seal in sealed}
    movements = checkpoints.sealed_movements(session)
    for book_id, number in rules.unfounded_balances(checkpoints.kept_balances(session), movements, numbers):
        yield Fault(book_id, None, f"has balances kept with seal {number} that its postings do not bear out")
    # Books without kept balances leave movements over; a cursor of the server is closed when it has been read.
    deque(movements, maxlen=0)


def _faults_of_the_chart(session: Session, chart: Chart) -> Iterator[Fault]:
    if seals.currencies(session) != EXPONENTS:
        yield Fault(None, None, "the frozen currencies are not those of ISO 4217 any more")
    for key, (code, currency, basis) in chart.items():
        try:
            account = rules.account(code, currency)
            is_right = account.id.hex == key and account.basis == basis
        except AccountCodeInvalid:
            is_right = False
        if not is_right:
            yield Fault(None, None, f"the account {code} in {currency} ({basis}) was changed")


def _faults_of_books(session: Session, watch: rules.LateWatch) -> Iterator[Fault]:
    for book_id, kind, opened_at, sealed_leaf, seal_number in seals.plain_books(session):
        if sealed_leaf is not None and rules.book_leaf(book_id, kind, opened_at) != sealed_leaf:
            yield Fault(UUID(book_id), None, "was changed after it was sealed")
        elif missed := watch.missed_by(opened_at, seal_number):
            yield Fault(UUID(book_id), None, rules.PUT_IN_LATER.format(missed))


def _faults_of_entries(session: Session, chart: Chart, watch: rules.LateWatch, unused: set[str]) -> Iterator[Fault]:
    """Walk entries and postings side by side, both in order of book and entry; take the accounts met off ``unused``.

    A posting debits and credits one amount. So a book balances in every currency and basis as long as both accounts of
    each of its postings are of the posting's own, which is looked at here.
    """
    grouped = groupby(seals.plain_postings(session), key=lambda posting: (posting[0], posting[1]))
    upcoming = next(grouped, None)
    for entry in seals.plain_entries(session):
        place = (entry.book_id, entry.id)
        while upcoming is not None and upcoming[0] < place:
            yield _fault(upcoming[0], "has postings, but no entry")
            upcoming = next(grouped, None)
        postings: list[Posting] = []
        if upcoming is not None and upcoming[0] == place:
            postings = list(upcoming[1])
            unused.difference_update([posting[5] for posting in postings], [posting[6] for posting in postings])
            upcoming = next(grouped, None)
        what = _wrong_with(entry, postings, chart)
        if what is None and (missed := watch.missed_by(entry.recorded_at, entry.seal_number)):
            what = rules.PUT_IN_LATER.format(missed)
        if what is not None:
            yield _fault(place, what)
    while upcoming is not None:
        yield _fault(upcoming[0], "has postings, but no entry")
        upcoming = next(grouped, None)


def _wrong_with(entry: PlainEntry, postings: list[Posting], chart: Chart) -> str | None:
    """Say what is wrong with an entry, if anything is."""
    what = _wrong_with_postings(entry.last_seq, postings, chart)
    if what is not None:
        return what
    if not isinstance(entry.details, dict):
        return "was changed: its details are not what they can be"
    request = rules.request_digest(
        entry.book_id,
        [[chart[row[5]][0], chart[row[6]][0], row[7], row[9]] for row in postings],
        entry.effective_on,
        entry.precision,
        (entry.scope, entry.key),
        (entry.source_type, entry.source_id),
        entry.narrative,
        entry.reverses_id,
        entry.details,
    )
    if request != entry.request_hash:
        return "was changed: its digest is not that of what it says"
    leaf = rules.leaf(request, entry.id, entry.posted_by, entry.recorded_at)
    if leaf != entry.leaf:
        return "was changed: who posted it, when, or under which id"
    if entry.sealed_leaf is not None and entry.sealed_leaf != leaf:
        return f"is not what seal {entry.seal_number} holds of it"
    return None


def _wrong_with_postings(last: int, postings: list[Posting], chart: Chart) -> str | None:
    """Say whether an entry is incomplete, or one of its postings stands where it cannot."""
    if len(postings) != last:
        return f"is incomplete: it has {len(postings)} of {last} postings"
    for number, (_, _, seq, last_seq, prev_seq, debit, credit, currency, basis, _) in enumerate(postings, start=1):
        if seq != number or last_seq != last or prev_seq != (number - 1 or None):
            return "has a posting out of its chain"
        from_account, to_account = chart.get(debit), chart.get(credit)
        if from_account is None or to_account is None:
            return "has a posting whose account is not in the chart"
        if from_account[1:] != (currency, basis) or to_account[1:] != (currency, basis):
            return "has a posting whose account is of another currency or basis"
    return None


def _faults_of_reversals(session: Session) -> Iterator[Fault]:
    found_reversals = faults.reversals(session)
    while chunk := list(islice(found_reversals, _CHUNK)):
        wanted = {(book, entry) for book, entry, _ in chunk} | {(book, original) for book, _, original in chunk}
        found = queries.entries_by_id(session, list(wanted))
        for book, entry, original in chunk:
            reversal, reversed_entry = found.get((book, entry)), found.get((book, original))
            if reversal is None or reversed_entry is None:
                yield Fault(book, entry, f"reverses {original}, which is not there")
            elif reversed_entry.reverses_id is not None:
                yield Fault(book, entry, f"reverses {original}, which is a reversal itself")
            elif not rules.is_mirror(reversed_entry.postings, reversal.postings):
                yield Fault(book, entry, f"does not mirror {original}, which it reverses")


def _faults_of_seals(session: Session, sealed: Sequence[Seal], trusted: dict[str, bytes]) -> Iterator[Fault]:
    """Compute roots, heads and signatures again."""
    leaves = _leaves_by_seal(seals.sealed_leaves(session))
    upcoming = next(leaves, None)
    before, expected_number = rules.FIRST_HEAD, 1
    for seal in sealed:
        while upcoming is not None and upcoming[0] < (seal.chain, seal.number):
            yield Fault(None, None, f"seal {upcoming[0][1]} is missing, though leaves of it are there")
            upcoming = next(leaves, None)
        held: list[bytes] = []
        if upcoming is not None and upcoming[0] == (seal.chain, seal.number):
            held = upcoming[1]
            upcoming = next(leaves, None)
        what = _wrong_with_seal(seal, held, before, expected_number, trusted)
        if what is not None:
            yield Fault(None, None, f"seal {seal.number} {what}")
        before, expected_number = seal.head, seal.number + 1
    while upcoming is not None:
        yield Fault(None, None, f"seal {upcoming[0][1]} is missing, though leaves of it are there")
        upcoming = next(leaves, None)


def _leaves_by_seal(rows: Iterable[tuple[int, int, int, bytes]]) -> Iterator[tuple[tuple[int, int], list[bytes]]]:
    for place, group in groupby(rows, key=lambda row: (row[0], row[1])):
        numbered = list(group)
        in_order = [row[2] for row in numbered] == list(range(len(numbered)))
        yield place, [row[3] for row in numbered] if in_order else []


def _wrong_with_seal(
    seal: Seal, held: list[bytes], before: bytes, expected_number: int, trusted: dict[str, bytes]
) -> str | None:
    if seal.number != expected_number:
        return f"follows a gap: seal {expected_number} is missing"
    if len(held) != seal.leaves or merkle.root(held) != seal.root:
        return "does not hold the leaves that it was made of"
    if rules.head_after(before, seal.root, seal.number, seal.leaves) != seal.head:
        return "does not follow from the seal before it"
    public_key = trusted.get(seal.key_id)
    if public_key is None:
        return f"is signed by the key {seal.key_id}, which nobody vouches for: give a head or the seal key"
    message = signing.seal_message(
        seal.chain, seal.number, seal.leaves, seal.head, instant(seal.sealed_at), caught_up=seal.caught_up
    )
    if not signing.is_signed(public_key, seal.signature, message):
        return "has a signature that is not of its key"
    return None


def _faults_against_heads(sealed: Sequence[Seal], heads: Sequence[Head]) -> Iterator[Fault]:
    by_number = {(seal.chain, seal.number): seal for seal in sealed}
    for head in heads:
        seal = by_number.get((head.chain, head.number))
        if seal is None:
            yield Fault(None, None, f"seal {head.number} of {head.sealed_at} is missing: the last seals were cut off, or an "
                        "older copy of the database was put back")  # fmt: skip
        elif seal.head != head.head:
            yield Fault(None, None, f"seal {head.number} is not the one whose head left the house on {head.sealed_at}")


def _fault(place: tuple[str, str], what: str) -> Fault:
    return Fault(UUID(place[0]), UUID(place[1]), what)
