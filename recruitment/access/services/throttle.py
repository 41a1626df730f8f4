"""Making guesses slow: every attempt is counted before it is looked at, and taken back when it was right.

Counted first, so that attempts that come at once do not all find the same small number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from recruitment.access import queries
from recruitment.access.models import Throttle
from recruitment.access.rules import throttling
from recruitment.core import clock
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from recruitment.access.rules.credentials import ThrottleRead
    from recruitment.database.vault import Vault

_COLUMNS = ("key", "failures", "last_failed_at", "until", "came_in_at")


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that may be made now, counted as a failure until ``was_right``."""

    pair: bytes
    name: bytes
    place: bytes


def attempt(session: Session, what: str, name: str, address: str) -> Attempt | timedelta:
    """Count an attempt at ``what`` (a password, a code) for ``name`` from ``address``; or say how long to wait first.

    Counted are the two together, the name wherever it is tried, and the address whatever is tried there. Who may:
    everybody. Neither name nor address is kept, only a keyed hash.
    """
    vault: Vault = session.info["vault"]
    pair = vault.keyed_hash("throttle.pair", f"{what}|{name}|{address}")
    alone = vault.keyed_hash("throttle.name", f"{what}|{name}")
    place = vault.keyed_hash("throttle.place", f"{what}|{address}")
    now = clock.now()
    found = queries.throttles(session, (pair, alone, place))
    of_pair, of_name, of_place = found.get(pair), found.get(alone), found.get(place)
    came_in_at = of_pair.came_in_at if of_pair else None
    is_known = came_in_at is not None and now < came_in_at + throttling.KNOWN_FOR
    counted_here = [of_pair] if is_known else [of_pair, of_name, of_place]
    until = max([now, *(each.until for each in counted_here if each)])
    if until > now:
        return until - now
    # Who tries codes knows the password, so the name waits for longer.
    wait_for_it = throttling.wait_for_a_name if what == "password" else throttling.wait_from_one_place
    counted = _count(session, pair, of_pair, now, throttling.wait_from_one_place) and _count(
        session, alone, of_name, now, wait_for_it
    )
    if not counted:
        return timedelta(seconds=1)
    # Two people of one office may come at once: then one of them is not counted here, and neither has to wait.
    _count(session, place, of_place, now, throttling.wait_at_a_place)
    return Attempt(pair, alone, place)


def was_right(session: Session, attempt: Attempt) -> None:
    """Take back an attempt that was right: nothing waits at this address, and the address is known from now on."""
    now = clock.now()
    change(session, update(Throttle).where(Throttle.key == attempt.pair).values(failures=0, until=now, came_in_at=now))
    change(
        session,
        update(Throttle)
        .where(Throttle.key.in_((attempt.name, attempt.place)), Throttle.failures > 0)
        .values(failures=Throttle.failures - 1),
    )


def forget_old(session: Session) -> None:
    """Delete what no longer makes anybody wait and makes nobody known."""
    before = clock.now() - throttling.KNOWN_FOR
    change(session, delete(Throttle).where(Throttle.last_failed_at < before))


def _count(
    session: Session, key: bytes, found: ThrottleRead | None, now: datetime, wait: Callable[[int], timedelta]
) -> bool:
    """Count one more under ``key``; say no when somebody else did so since it was read."""
    fresh = found is None or now >= found.last_failed_at + throttling.FORGOTTEN_AFTER
    failures = 1 if found is None or fresh else found.failures + 1
    until = now + wait(failures)
    if found is None:
        insert_many(session, Throttle.__table__, _COLUMNS, [(key, failures, now, until, None)])
        return True
    done = change(
        session,
        update(Throttle)
        .where(
            Throttle.key == key, Throttle.failures == found.failures, Throttle.last_failed_at == found.last_failed_at
        )
        .values(failures=failures, last_failed_at=now, until=until),
    )
    return done == 1
