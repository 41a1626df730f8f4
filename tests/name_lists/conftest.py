"""The small world, and the desk of each party that stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field as data_field
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from recruitment.core.actor import LOCAL_OPERATOR, THE_HOUSE, Role
from recruitment.intake.errors import NothingKept
from recruitment.intake.rules import FileKind, ImportRequest
from recruitment.intake.service import import_file
from recruitment.journeys import queries as journeys
from recruitment.name_lists import queries
from recruitment.organisations import queries as organisations
from recruitment.sheets.reading import open_sheet
from recruitment.work import Summary, Worker
from tests.factories.actors import actor_of
from tests.factories.field import Field, field, small_worlds, sqlite_field

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.intake.rules import Outcome
    from recruitment.name_lists.rules import SentLine

__all__ = ["field", "small_worlds", "sqlite_field"]


@dataclass
class Desk:
    """Everybody's desk in one world."""

    field: Field
    actors: dict[str, Actor] = data_field(default_factory=dict)

    def actor(self, role: Role, code: str) -> Actor:
        """Return an actor of a role in an organisation; the same each time."""
        key = f"{role}/{code}"
        if key not in self.actors:
            with self.field.database.read_session() as session:
                organisation = organisations.by_code(session, [code])[code]
            self.actors[key] = actor_of(role, organisation.id)
        return self.actors[key]

    @property
    def agency(self) -> Actor:
        return self.actor(Role.AGENCY_OFFICER, "AG-1")

    @property
    def employer(self) -> Actor:
        return self.actor(Role.EMPLOYER_OFFICER, "EM-1")

    @property
    def supervisor(self) -> Actor:
        return self.actor(Role.CSO_SUPERVISOR, "CSO-1")

    @contextmanager
    def session(self, actor: Actor) -> Iterator[Session]:
        """Open a session for reading as ``actor``."""
        with self.field.database.read_session(actor.scope) as session:
            yield session

    def send(self, kind: str, rows: list[dict[str, Any]], actor: Actor, *, dry_run: bool = False) -> Outcome:
        """Send rows as ``actor``, in a session of that scope."""
        sheet = open_sheet(self.field.file(rows))
        try:
            with self.field.database.unit_of_work(actor.scope) as session:
                return import_file(session, actor, sheet, ImportRequest(FileKind(kind)), dry_run=dry_run)
        except NothingKept as ended:
            return ended.outcome
        finally:
            sheet.close()

    def send_list(self, rows: list[dict[str, Any]], actor: Actor | None = None) -> list[SentLine]:
        """Send a name list and return its lines as the sender reads them."""
        actor = actor or self.agency
        outcome = self.send("name-lists", rows, actor)
        assert outcome.reference
        with self.session(actor) as session:
            return queries.lines_of(session, outcome.reference)

    def work(self) -> None:
        """Let the house deliver its messages."""
        summary = Worker(self.field.database).drain(Summary())
        assert (summary.put_off, summary.given_up) == (0, 0)

    def matches(self, actor: Actor = THE_HOUSE) -> list[tuple[str, str, int]]:
        """Return the possible matches: journey, reason and likeness."""
        with self.session(actor) as session:
            found = journeys.matches_for(session, after=None, limit=1000)
        return sorted((each.journey, each.reason.value, each.likeness) for each in found)

    def decide(self, decision: str = "same", actor: Actor = LOCAL_OPERATOR, journey: str | None = None) -> None:
        """Decide about every open match (of one journey)."""
        from recruitment.journeys.rules import MatchDecision
        from recruitment.name_lists import service

        with self.session(actor) as session:
            found = journeys.matches_for(session, after=None, limit=1000, undecided=True)
        for match in found:
            if journey in {None, match.journey}:
                with self.field.database.unit_of_work(actor.scope) as session:
                    service.decide(session, actor, match.reference, MatchDecision(decision))

    def decide_one(self) -> None:
        """Say of one open match, the likeliest, that both are one; others of the same line are then different."""
        from recruitment.journeys.rules import MatchDecision
        from recruitment.name_lists import service

        with self.session(LOCAL_OPERATOR) as session:
            found = journeys.matches_for(session, after=None, limit=1000, undecided=True)
        if not found:
            return
        best = max(found, key=lambda match: (match.likeness, match.reference))
        for match in found:
            if match.listed_journey_id == best.listed_journey_id:
                decision = MatchDecision.SAME if match is best else MatchDecision.DIFFERENT
                with self.field.database.unit_of_work() as session:
                    service.decide(session, LOCAL_OPERATOR, match.reference, decision)

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """Count the statements that reach the database inside the block."""
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(self.field.database.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(self.field.database.engine, "before_cursor_execute", note)


@pytest.fixture
def desk(field: Field) -> Desk:
    """Everybody's desk, on both engines."""
    return Desk(field)


@pytest.fixture
def sqlite_desk(sqlite_field: Field) -> Desk:
    """The same on SQLite alone."""
    return Desk(sqlite_field)
