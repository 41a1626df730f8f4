"""Finding what is wrong with guarded balances, holds, and what became of holds.

Everything is computed again from the rows, as in ``verifying.py``. A guarded balance that was taken out whole, with no hold
on it, leaves nothing behind that could be found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core.canonical import instant
from recruitment.ledger import rules
from recruitment.ledger.queries import faults
from recruitment.ledger.rules import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from recruitment.ledger.queries.faults import EndFound, HoldFound


def faults_of_holds(
    session: Session, chart: Mapping[str, tuple[str, str, str]], watch: rules.LateWatch, unused: set[str]
) -> Iterator[Fault]:
    """Yield every fault of holds, their ends and guarded balances; take the accounts that are guarded off ``unused``.

    ``chart``: code, currency and basis of each account, by its id.
    """
    for hold in faults.holds(session):
        what = _wrong_with_hold(hold, chart)
        if what is None and (missed := watch.missed_by(instant(hold.recorded_at), hold.seal_number)):
            what = rules.PUT_IN_LATER.format(missed)
        if what is not None:
            yield Fault(hold.book_id, None, f"has a hold {hold.id} that {what}")
    for end in faults.hold_ends(session):
        what = _wrong_with_end(end)
        if what is None and (missed := watch.missed_by(instant(end.recorded_at), end.seal_number)):
            what = rules.PUT_IN_LATER.format(missed)
        if what is not None:
            yield Fault(end.book_id, None, f"has a hold {end.hold_id} whose end {what}")
    for book_id, account_id, available, left in faults.guarded_balances(session):
        unused.discard(account_id.hex)
        if available != left:
            code, currency, _ = chart.get(account_id.hex, (str(account_id), "no currency", ""))
            what = f"has a guarded balance of {code} in {currency} that says {available}"
            yield Fault(book_id, None, f"{what}; postings less open holds leave {left}")


def _wrong_with_hold(hold: HoldFound, chart: Mapping[str, tuple[str, str, str]]) -> str | None:
    account = chart.get(hold.account_id.hex)
    if account is None or not hold.is_guarded:
        return "stands on an account that is not guarded"
    request = rules.hold_digest(
        hold.book_id.hex, account[0], account[1], hold.amount_minor, (hold.scope, hold.key),
        (hold.source_type, hold.source_id.hex),
    )  # fmt: skip
    leaf = rules.leaf(request, hold.id.hex, hold.recorded_by.hex, instant(hold.recorded_at))
    if request != hold.request_hash or leaf != hold.leaf:
        return "was changed"
    return _against_seal(leaf, hold.sealed_leaf, hold.seal_number)


def _wrong_with_end(end: EndFound) -> str | None:
    if end.amount_minor is None:
        return "is of a hold that is not there"
    if not 0 <= end.posted_minor <= end.held_minor or end.held_minor != end.amount_minor:
        return f"is for {end.posted_minor} of {end.held_minor}, where {end.amount_minor} were held"
    if end.kind not in set(rules.HoldEnd):
        return "was changed"
    if end.kind == rules.HoldEnd.SETTLED and end.taken_minor is None:
        return f"names the entry {end.entry_id}, which is not there"
    if end.kind == rules.HoldEnd.SETTLED and end.taken_minor != end.posted_minor:
        return f"says that {end.posted_minor} were posted, where the entry {end.entry_id} took {end.taken_minor}"
    resolution = rules.HoldResolution(
        end.id, rules.HoldEnd(end.kind), end.held_minor, end.posted_minor, end.entry_id, end.reason
    )
    digest = rules.resolution_digest(end.book_id.hex, end.hold_id.hex, resolution)
    leaf = rules.leaf(digest, end.id.hex, end.recorded_by.hex, instant(end.recorded_at))
    if leaf != end.leaf:
        return "was changed"
    return _against_seal(leaf, end.sealed_leaf, end.seal_number)


def _against_seal(leaf: bytes, sealed_leaf: bytes | None, number: int | None) -> str | None:
    return f"is not what seal {number} holds of it" if sealed_leaf is not None and sealed_leaf != leaf else None
