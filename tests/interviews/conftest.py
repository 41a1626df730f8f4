"""The small world, in which two people agreed to be contacted and are on their way, and an app upon it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.interviews import service
from recruitment.interviews.rules import Wanted
from tests.factories.caseload import caseload, sqlite_caseload
from tests.factories.field import field, small_worlds, sqlite_field
from tests.factories.rows import row

__all__ = ["caseload", "field", "small_worlds", "sqlite_caseload", "sqlite_field"]

PLACED = date(2024, 6, 1)
TODAY = date(2024, 9, 20)
"""111 days after the placement of J-4: six days overdue."""


@pytest.fixture(autouse=True)
def _september():
    with clock.stopped_at(datetime(2024, 9, 20, 8, tzinfo=UTC)):
        yield


def people_who_agree(field) -> None:
    """Register JS-4 and JS-5 of CSO-1 and JS-6 of CSO-2, who agree to be contacted; each with a journey that has stages."""
    people = {"JS-4": "CSO-1", "JS-5": "CSO-1", "JS-6": "CSO-2"}
    field.send(
        "jobseekers",
        *(
            row("jobseekers", reference=each, cso=cso, name=f"Zanzibara {each}", consent_contact="yes")
            for each, cso in people.items()
        ),
    )
    letter = {"agency": "AG-1", "demand_letter": "DL-1"}
    field.send(
        "journeys", *(row("journeys", reference=each.replace("JS", "J"), jobseeker=each, **letter) for each in people)
    )
    field.send(
        "stages",
        row("stages", journey="J-4", stage="placement", occurred_on=PLACED),
        row("stages", journey="J-5", stage="contract_signing", occurred_on="2024-09-15"),
        row("stages", journey="J-6", stage="arrival", occurred_on="2024-09-01"),
    )


@pytest.fixture
def asked(field):
    """The field with these people; ``listed(field)`` tells what is due."""
    people_who_agree(field)
    return field


@pytest.fixture
def sqlite_asked(sqlite_field):
    people_who_agree(sqlite_field)
    return sqlite_field


def lines(field, on: date = TODAY, actor=LOCAL_OPERATOR, **wanted):
    """Return the list of a day as ``actor`` reads it."""
    with field.database.read_session(actor.scope) as session:
        return service.due(session, actor, Wanted(on, **wanted), after=None, limit=100)


def listed(field, on: date = TODAY, actor=LOCAL_OPERATOR, **wanted) -> list[tuple[str, str, str]]:
    """Return journey, checkpoint and state of each line."""
    return [(line.journey, line.checkpoint.value, line.state.value) for line in lines(field, on, actor, **wanted)]
