"""The small world with findings in it, and whoever works on the cases about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from recruitment.cases import queries, services
from recruitment.cases.models import Case, CaseEvent, CaseStanding
from recruitment.cases.rules import (
    Action,
    AskedParty,
    CaseFilter,
    CaseKind,
    CaseSource,
    State,
    WholeCase,
    fold,
)
from recruitment.cases.services import Asking, Doing, NewAnswer, NewCase
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, THE_HOUSE, Role
from recruitment.fees.rules import StatementChannel
from tests.factories.caseload import Caseload, caseload, sqlite_caseload
from tests.factories.cases import refresh_all
from tests.factories.field import field, small_worlds, sqlite_field
from tests.factories.rows import row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recruitment.cases.rules import CaseRead
    from recruitment.core.actor import Actor

__all__ = ["caseload", "field", "small_worlds", "sqlite_caseload", "sqlite_field"]


@dataclass
class Bench:
    """Whoever works on cases, each in sessions of their own scope."""

    caseload: Caseload

    @property
    def field(self) -> Any:
        return self.caseload.field

    @property
    def worker(self) -> Actor:
        """A case worker of the fund."""
        return self.caseload.actor(Role.CASE_WORKER, "OP-1")

    @property
    def supervisor(self) -> Actor:
        return self.caseload.actor(Role.CSO_SUPERVISOR, "CSO-1")

    def do(self, actor: Actor, verb: Any, *arguments: Any) -> Any:
        """Let somebody do something in a unit of work of their scope."""
        with self.field.database.unit_of_work(actor.scope) as session:
            return verb(session, actor, *arguments)

    def open(self) -> None:
        """Compare what is new, and open cases about it."""
        refresh_all(self.field.database)
        while self.do(THE_HOUSE, services.open_from_findings):
            pass

    def dispute(self, journey: str = "J-1") -> None:
        """Let a worker report what the agency did not declare."""
        self.field.send("declarations", row("declarations", journey=journey))
        self.field.send("reports", row("reports", reference=f"RP-{journey}", journey=journey))

    def raised(self, kind: CaseKind = CaseKind.THREATS, *journeys: str, actor: Actor | None = None, **more: Any) -> str:
        """Raise a case about journeys (J-1), known since now unless it is said."""
        new = NewCase(kind, journeys or ("J-1",), more.get("identified_at", clock.now()), more.get("note"))
        found: str = self.do(actor or self.supervisor, services.raise_case, new)
        return found

    def all(self, actor: Actor = LOCAL_OPERATOR, **wanted: Any) -> list[CaseRead]:
        """Return the cases that somebody sees, as of now."""
        with self.field.database.read_session(actor.scope) as session:
            return queries.page(session, CaseFilter(**wanted), clock.now(), after=None, limit=100)

    def the(self, reference: str | None = None, actor: Actor = LOCAL_OPERATOR) -> CaseRead:
        """Return a case, or the only one."""
        (found,) = [each for each in self.all(actor) if reference in {None, each.reference}]
        return found

    def whole(self, reference: str, actor: Actor = LOCAL_OPERATOR) -> WholeCase:
        found: WholeCase = self.do(actor, services.read, reference)
        return found

    def ask(self, reference: str, actor: Actor | None = None, **more: Any) -> None:
        asking = Asking(AskedParty.AGENCY, **more)
        self.do(actor or self.worker, services.ask, reference, self.the(reference).number, asking)

    def act(self, reference: str, on: date | None = None, actor: Actor | None = None) -> None:
        doing = Doing(Action.REPAID, on or clock.today())
        self.do(actor or self.worker, services.act, reference, self.the(reference).number, doing)

    def begin_round(self, reference: str) -> None:
        self.do(self.worker, services.start_round, reference, self.the(reference).number)

    def waiting(self, reference: str) -> None:
        """Bring a case from its beginning to where its workers are asked."""
        self.ask(reference)
        self.act(reference)
        self.begin_round(reference)

    def answer(self, reference: str, journey: str = "J-1", actor: Actor | None = None, **more: Any) -> bool:
        """Let a worker answer, three times yes unless it is said, asked freely by the supervisor today."""
        said: dict[str, Any] = {
            "right_action": True, "well_done": True, "effective": True, "channel": StatementChannel.HOTLINE,
            "witnessed": False, "asked_on": clock.today(),
        } | more  # fmt: skip
        new = NewAnswer(journey, **said)
        return bool(self.do(actor or self.supervisor, services.record_answer, reference, new))

    def close(self, reference: str, actor: Actor | None = None) -> None:
        self.do(actor or self.worker, services.close, reference, self.the(reference).number)

    def closed(self, reference: str) -> None:
        """Bring a case about one worker from its beginning to its end."""
        self.waiting(reference)
        self.answer(reference)
        self.close(reference)

    def check(self) -> None:
        """Expect that every standing is the fold of its events, and every clock 72 hours."""
        with self.field.database.read_session() as session:
            standings = {row.case_id: row for row in session.scalars(select(CaseStanding))}
            cases = session.scalars(select(Case)).all()
            assert standings.keys() == {case.id for case in cases}
            for case in cases:
                query = select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.number)
                events = session.scalars(query).all()
                folded = fold([(State(event.to_state), event.occurred_at) for event in events])
                kept = standings[case.id]
                assert folded is not None
                assert (folded.state.value, folded.number) == (kept.state, kept.number)
                assert (folded.responded_at, folded.last_event_at) == (kept.responded_at, kept.last_event_at)
                assert CaseSource(case.source)
                assert case.due_at == (case.identified_at + timedelta(hours=72) if case.is_serious else None)


def _bench(of: Caseload) -> Iterator[Bench]:
    made = Bench(of)
    yield made
    made.check()


@pytest.fixture
def bench(caseload) -> Iterator[Bench]:
    yield from _bench(caseload)


@pytest.fixture
def sqlite_bench(sqlite_caseload) -> Iterator[Bench]:
    """The same on SQLite alone."""
    yield from _bench(sqlite_caseload)
