"""What the database itself refuses, on both engines, whoever asks: another way to the end, another clock, another past."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

from recruitment.cases.models import Case, CaseEvent, CaseStanding, ValidationAnswer, ValidationMember, ValidationRound
from recruitment.cases.rules import CaseKind, State
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.ids import new_id
from recruitment.journeys import queries as journeys

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID


@contextmanager
def refused(bench, match: str | None = None) -> Iterator[Any]:
    """Give a connection past the package; what is done in the block, the database refuses."""
    with pytest.raises(DBAPIError, match=match), bench.field.database.engine.begin() as connection:
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql("SELECT set_config('app.audience', 'inside', true)")
        yield connection


@contextmanager
def past_the_package(bench) -> Iterator[Any]:
    """Give a connection past the package, to whoever can get one."""
    with bench.field.database.engine.begin() as connection:
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql("SELECT set_config('app.audience', 'inside', true)")
        yield connection


def event(case_id: UUID, number: int, before: str | None, after: str, **more: Any) -> dict[str, Any]:
    """Return an event that fits but for where it leads."""
    by_state: dict[str, dict[str, Any]] = {
        "asked": {"asked": "agency"}, "actioned": {"action": "repaid", "acted_on": clock.today()},
        "opened": {"reason": "worker_disagrees"} if number > 1 else {},
    }  # fmt: skip
    needed = by_state.get(after, {})
    return {
        "id": new_id(), "case_id": case_id, "number": number, "previous_number": number - 1 or None,
        "from_state": before, "to_state": after, "occurred_at": clock.now(), "actor_id": LOCAL_OPERATOR.id,
    } | needed | more  # fmt: skip


def ids(bench) -> tuple[UUID, UUID]:
    """Return the id of the only case and that of its last round, or any."""
    with bench.field.database.read_session() as session:
        round_id = session.scalars(select(ValidationRound.id).order_by(ValidationRound.action_number.desc())).first()
        return session.scalars(select(Case.id)).one(), round_id or new_id()


def test_no_event_goes_a_way_that_there_is_not(bench):
    reference = bench.raised()
    bench.ask(reference)
    case_id, round_id = ids(bench)
    for after in set(State) - {State.OPENED, State.ACTIONED}:
        with refused(bench) as connection:
            connection.execute(insert(CaseEvent), event(case_id, 3, "asked", after.value, round_id=round_id))
    with past_the_package(bench) as connection:
        connection.execute(insert(CaseEvent), event(case_id, 3, "asked", "actioned"))
        occurred = select(CaseEvent.occurred_at).where(CaseEvent.number == 3).scalar_subquery()
        connection.execute(update(CaseStanding).values(number=3, state="actioned", last_event_at=occurred))


def test_no_event_lies_about_where_the_case_stands(bench):
    reference = bench.raised()
    bench.ask(reference)
    case_id, round_id = ids(bench)
    lies = [
        event(case_id, 3, "actioned", "awaiting_worker_validation", round_id=round_id),
        event(case_id, 3, "awaiting_worker_validation", "closed", round_id=round_id),
        event(case_id, 4, "asked", "actioned"),
        event(case_id, 2, "opened", "asked"),
        event(case_id, 1, None, "opened"),
        event(case_id, 3, None, "opened"),
        event(case_id, 3, "asked", "actioned", previous_number=None),
        event(case_id, 3, "asked", "actioned", previous_number=1),
        event(case_id, 3, "asked", "opened", reason=None),
        event(new_id(), 1, None, "opened"),
    ]
    for lie in lies:
        with refused(bench) as connection:
            connection.execute(insert(CaseEvent), lie)


def to_the_workers(bench, *names: str) -> tuple[str, UUID, UUID]:
    reference = bench.raised(CaseKind.THREATS, *names)
    bench.waiting(reference)
    return reference, *ids(bench)


def closing(case_id: UUID, round_id: UUID | None) -> dict[str, Any]:
    return event(case_id, 5, "awaiting_worker_validation", "closed", round_id=round_id)


def test_nobody_writes_closed_without_the_workers(bench):
    reference, case_id, round_id = to_the_workers(bench, "J-1", "J-2")
    with refused(bench) as connection:
        connection.execute(insert(CaseEvent), closing(case_id, None))
    with refused(bench) as connection:
        connection.execute(insert(CaseEvent), closing(case_id, new_id()))
    with refused(bench, "its workers say") as connection:
        connection.execute(insert(CaseEvent), closing(case_id, round_id))
    bench.answer(reference, "J-1")
    bench.answer(reference, "J-2", witnessed=True)
    with refused(bench, "its workers say") as connection:
        connection.execute(insert(CaseEvent), closing(case_id, round_id))
    bench.answer(reference, "J-2")
    bench.close(reference)


def test_an_earlier_round_closes_nothing(bench):
    reference, case_id, first = to_the_workers(bench)
    bench.answer(reference)
    bench.close(reference)
    from recruitment.cases import services
    from recruitment.cases.rules import ReopenReason
    from recruitment.cases.services import Reopening

    bench.do(bench.worker, services.reopen, reference, 5, Reopening(ReopenReason.HAPPENED_AGAIN))
    bench.waiting(reference)
    again = event(case_id, 10, "awaiting_worker_validation", "closed", round_id=first)
    with refused(bench, "its workers say") as connection:
        connection.execute(insert(CaseEvent), again)


def test_a_no_that_somebody_slips_past_the_package_still_holds_it_open(bench):
    reference, case_id, round_id = to_the_workers(bench)
    bench.answer(reference)
    with bench.field.database.read_session() as session:
        journey = journeys.by_reference(session, ["J-1"])["J-1"].id
    no = {
        "id": new_id(), "round_id": round_id, "journey_id": journey, "right_action": True, "well_done": False,
        "effective": True, "channel": "hotline", "witnessed": False, "is_independent": False, "asked_on": clock.today(),
        "asked_by": new_id(), "recorded_at": clock.now(),
    }  # fmt: skip
    with refused(bench, "its workers say") as connection:
        connection.execute(insert(ValidationAnswer), no)
        connection.execute(insert(CaseEvent), closing(case_id, round_id))
    for lie in ({"is_independent": True, "witnessed": True}, {"is_independent": True, "channel": "employer_form"}):
        with refused(bench) as connection:
            connection.execute(insert(ValidationAnswer), no | {"well_done": True} | lie)


def test_a_round_asks_enough_workers(bench):
    reference = bench.raised()
    bench.ask(reference)
    bench.act(reference)
    case_id, _ = ids(bench)
    round_ = {
        "id": new_id(), "case_id": case_id, "action_number": 3, "acted_on": clock.today(), "seed": "x",
        "started_at": clock.now(), "started_by": new_id(),
    }  # fmt: skip
    for concerned, sample in ((0, 0), (2, 1), (6, 4), (30, 5), (5, 6)):
        with refused(bench) as connection:
            connection.execute(insert(ValidationRound), round_ | {"concerned": concerned, "sample_size": sample})
    # One that says that it asks two, and asks one.
    with bench.field.database.read_session() as session:
        journey = journeys.by_reference(session, ["J-1"])["J-1"].id
    with refused(bench, "its workers say") as connection:
        connection.execute(insert(ValidationRound), round_ | {"concerned": 2, "sample_size": 2})
        connection.execute(insert(ValidationMember), {"round_id": round_["id"], "journey_id": journey})
        connection.execute(
            insert(CaseEvent), event(case_id, 4, "actioned", "awaiting_worker_validation", round_id=round_["id"])
        )
        connection.execute(
            insert(ValidationAnswer),
            {
                "id": new_id(), "round_id": round_["id"], "journey_id": journey, "right_action": True, "well_done": True,
                "effective": True, "channel": "hotline", "witnessed": False, "is_independent": True,
                "asked_on": clock.today(), "asked_by": new_id(), "recorded_at": clock.now(),
            },
        )  # fmt: skip
        connection.execute(insert(CaseEvent), closing(case_id, round_["id"]))


def test_no_case_has_another_clock_than_its_kind(bench):
    at = clock.now()
    fits = {
        "id": new_id(), "reference": "CA-X", "kind": "threats", "is_serious": True, "source": "raised",
        "identified_at": at, "due_at": at + timedelta(hours=72), "opened_at": at, "opened_by": new_id(),
    }  # fmt: skip
    for wrong in (
        {"due_at": at + timedelta(hours=73)}, {"due_at": at + timedelta(hours=72, microseconds=1)}, {"due_at": None},
        {"is_serious": False}, {"kind": "recruitment_costs"}, {"kind": "gossip"},
    ):  # fmt: skip
        with refused(bench) as connection:
            connection.execute(insert(Case), fits | wrong)


def test_nothing_that_happened_is_edited_away(bench):
    with clock.stopped_at(clock.now() - timedelta(days=9)):
        bench.raised()
    for change in (
        "UPDATE cases SET due_at = NULL", "UPDATE cases SET identified_at = opened_at", "DELETE FROM cases",
        "UPDATE case_events SET late_reason = 'other'", "DELETE FROM case_events", "DELETE FROM case_journeys",
    ):  # fmt: skip
        with refused(bench, "append-only") as connection:
            connection.exec_driver_sql(change)
    assert bench.the().is_breached
