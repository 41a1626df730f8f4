"""What an agency is told does not depend on whom a CSO knows: two worlds, one with and one without the same people.

Both begin as copies of one database and use the same randomness, so a byte that differs was made by what the CSO knows.
"""

from __future__ import annotations

import json
import random
import secrets
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from recruitment.database.unit_of_work import Database
from recruitment.jobseekers import queries as jobseekers
from recruitment.journeys import queries as journeys
from recruitment.journeys.models import JourneyStage
from recruitment.name_lists import queries, service
from tests.conftest import runner
from tests.factories.field import Field
from tests.factories.rows import row
from tests.name_lists.conftest import Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAMES = ("Jasmine", "Aye Example", "Kyaw Testing", "Hla Sample", "Moe Fiction", "Su Nobody")


@pytest.fixture
def world(small_worlds, engine_name, tmp_path, monkeypatch) -> Iterator[Callable[[], Desk]]:
    """Make further worlds, each a copy of the small one."""
    made: list[Database] = []
    copies = []

    def make() -> Desk:
        home = tmp_path / f"world-{len(made)}"
        home.mkdir()
        copy = small_worlds.copy(engine_name, home)
        copies.append(copy)
        settings = copy.__enter__()
        made.append(Database(settings))
        return Desk(Field(runner(settings, monkeypatch), made[-1], home))

    yield make
    for database in made:
        database.dispose()
    for copy in copies:
        copy.__exit__(None, None, None)


def names_of(rng: random.Random) -> list[dict[str, str]]:
    """A random name list."""
    return [
        {
            "demand_letter": "DL-1",
            "name": rng.choice(NAMES),
            "birth_year": str(rng.randint(1980, 2004)),
            "phone": f"09 420 000 {rng.randint(100, 120)}",
            "worker_number": f"W-{number}",
        }
        for number in range(rng.randint(2, 4))
    ]


def known_to_a_cso(desk: Desk, listed: list[dict[str, str]]) -> None:
    """Let a CSO register everybody on a list, with journeys, reports and stages."""
    people, started, heard, reached = [], [], [], []
    for number, line in enumerate(listed):
        name = f"K-{number}"
        people.append(
            row("jobseekers", reference=name, **{cell: line[cell] for cell in ("name", "birth_year", "phone")})
        )
        started.append(row("journeys", reference=name, jobseeker=name, agency="AG-1", demand_letter="DL-1"))
        heard.append(row("reports", reference=name, journey=name))
        reached.append(row("stages", journey=name))
    for kind, rows in (("jobseekers", people), ("journeys", started), ("stages", reached), ("reports", heard)):
        desk.field.send(kind, *rows, by="CSO-1" if kind in {"stages", "reports"} else None)


def told_to_the_agency(
    desk: Desk, listed: list[dict[str, str]], monkeypatch, *, decided: bool
) -> tuple[str, list[int]]:
    """Send a list, declarations and stages as the agency; return all that it is told, and how many statements it took."""
    rng = random.Random(7)
    monkeypatch.setattr(secrets, "choice", rng.choice)
    told, counts = [], []

    def step(act: Callable[[], object]) -> None:
        with desk.counted() as seen:
            told.append(act())
        counts.append(len(seen))

    def outcome(kind: str, rows: list[dict[str, str]]) -> dict[str, object]:
        found = asdict(desk.send(kind, rows, desk.agency))
        # The reference of a declaration or import is random, and drawn after what the house drew for itself.
        return {name: value for name, value in found.items() if name != "reference"}

    lines = desk.send_list(listed)
    told.append([asdict(line) for line in lines])
    step(lambda: outcome("name-lists", listed))
    desk.work()
    if decided:
        for _ in range(4):
            desk.decide_one()
    desk.work()
    rng.seed(8)
    step(lambda: outcome("declarations", [row("declarations", journey=line.journey, receipt="R") for line in lines]))
    step(lambda: outcome("stages", [row("stages", journey=line.journey) for line in lines]))
    step(lambda: outcome("stages", [row("stages", journey=line.journey) for line in lines]))
    desk.work()
    assert desk.agency.organisation_id is not None
    with desk.session(desk.agency) as session:
        step(lambda: [asdict(each) for each in queries.lists_for(session, after=None, limit=99)])
        found = journeys.by_reference_for(session, desk.agency, [line.journey for line in lines])
        told.append(sorted(found))
        listed_ids = {each.id for each in found.values()}
        stages = session.execute(
            select(JourneyStage.stage, JourneyStage.outcome).where(JourneyStage.journey_id.in_(listed_ids))
        )
        told.append([tuple(each) for each in stages])
        page = journeys.party_page(
            session, desk.agency.organisation_id, corridor=None, letter=None, after=None, limit=99
        )
        told.append([tuple(each)[1:] for each in page])
    return json.dumps(told, default=str), counts


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("decided", [False, True], ids=["flagged", "joined"])
def test_the_agency_is_told_the_same_byte_for_byte(world, monkeypatch, seed, decided):
    listed = names_of(random.Random(seed))
    without, with_them = world(), world()
    known_to_a_cso(with_them, listed)
    found = told_to_the_agency(with_them, listed, monkeypatch, decided=decided)
    assert with_them.matches(), "nobody was matched, so nothing was shown"
    assert found == told_to_the_agency(without, listed, monkeypatch, decided=decided)


def test_a_stage_that_a_cso_recorded_is_no_reason_to_skip_that_of_the_agency(desk):
    desk.field.send("declarations", row("declarations", journey="J-1"))
    with desk.session(desk.agency) as session:
        (own,) = journeys.party_page(
            session, desk.agency.organisation_id, corridor=None, letter=None, after=None, limit=9
        )
    desk.field.send("stages", row("stages", journey="J-1"), row("stages", journey="J-1", stage="return"), by="CSO-1")
    outcome = desk.send("stages", [row("stages", journey=own.reference)], desk.agency)
    assert (outcome.added, outcome.skipped, outcome.warnings) == (1, 0, [])
    with desk.session(desk.agency) as session:
        assert session.scalars(select(JourneyStage.stage)).all() == ["first_contact"]


def test_a_sending_that_looks_for_people_is_noticed(world, monkeypatch):
    """The negative control: one statement more for somebody whom a CSO knows."""
    listed = names_of(random.Random(1))
    without, with_them = world(), world()
    known_to_a_cso(with_them, listed)
    register = service.register_listed
    counts = []
    for desk in (with_them, without):

        def looking(session, actor, people, desk=desk):
            with desk.field.database.read_session() as inside:
                if jobseekers.ids_by_phone(inside, people[0].phone):
                    queries.lists_for(session, after=None, limit=1)
            return register(session, actor, people)

        monkeypatch.setattr(service, "register_listed", looking)
        with desk.counted() as seen:
            desk.send("name-lists", listed, desk.agency)
        counts.append(len(seen))
    assert counts[0] != counts[1]
