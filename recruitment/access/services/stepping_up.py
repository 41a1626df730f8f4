"""Stepping up: whoever approves or releases money shows their second factor for that one act, however they came in.

A code counts once and for half a minute (RFC 6238), so what it opened cannot be opened again with it. Guesses are made
slow like those at the door. Source: OWASP ASVS 5.0, 7.5.3 (a further factor before highly sensitive transactions).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from recruitment.access import queries
from recruitment.access.errors import CodeWrong, PersonUnknown, TooManyAttempts
from recruitment.access.rules.people import actor_of
from recruitment.access.services import second_factor, throttle
from recruitment.audit.service import record
from recruitment.core import clock

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from recruitment.core.actor import Actor
    from recruitment.database.unit_of_work import Database

GOOD_FOR = timedelta(minutes=5)
"""How long a step counts. It is meant for the act that follows at once."""


@dataclass(frozen=True, slots=True)
class StepUp:
    """That a person showed their second factor just now. Made here alone."""

    person: UUID
    at: datetime

    def covers(self, actor: Actor) -> bool:
        """Say whether it is this actor's own, and fresh."""
        return self.person == actor.id and timedelta() <= clock.now() - self.at <= GOOD_FOR


def step_up(database: Database, actor: Actor, code: str, *, address: str) -> StepUp:
    """Use up the code of ``actor`` for one act that follows, and return the step.

    In units of work of its own, because an attempt counts, and a code is used up, also when the act is refused. Who may:
    whoever is signed in. Raises ``TooManyAttempts``, ``CodeWrong``.
    """
    with database.unit_of_work() as session:
        attempt = throttle.attempt(session, "code", str(actor.id), address)
    if isinstance(attempt, timedelta):
        raise TooManyAttempts(f"Too many attempts. Wait {int(attempt.total_seconds()) + 1} seconds, then try again.")
    with database.unit_of_work() as session:
        is_right = second_factor.use(session, actor.id, code)
        if is_right:
            throttle.was_right(session, attempt)
        else:
            record(session, actor, "access.second_factor_refused", ("person", actor.id))
    if not is_right:
        raise CodeWrong(
            "This is not the code that your app shows now, or it was used before. Wait for the next one, and type that."
        )
    return StepUp(actor.id, clock.now())


def as_person(database: Database, login: str, code: str) -> tuple[Actor, StepUp]:
    """Return who acts at the machine in their own name, after their second factor, and the step that it was.

    Whoever sits at the machine could do everything as nobody; what needs several people is done as each of them. Raises
    ``PersonUnknown`` (also for who is not active), and the errors of ``step_up``.
    """
    with database.read_session() as session:
        person = queries.person_by_login(session, login)
    if person is None or not person.is_active:
        raise PersonUnknown(f"Nobody signs in as {login!r}. recruitment access people lists who does.")
    actor = actor_of(person)
    return actor, step_up(database, actor, code, address="the machine")
