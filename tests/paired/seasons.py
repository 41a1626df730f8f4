"""Seasons: histories of months over which releases are made, with a crowd that is large enough for some of them to speak.

Two worlds live through the same months; in one of them one more worker speaks once. Up to a release they look the same.
At one, a cell may differ only where it may be told in the world that shows it, which is worked out here once more, from the
rows of the database and in another way than the house does it.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from recruitment.access.services import tokens
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, THE_HOUSE
from recruitment.fees.models import ReportedPaymentRow
from recruitment.journeys.models import Journey
from recruitment.organisations.models import Organisation
from recruitment.releases import services
from recruitment.releases.models import Release, ReleaseArtefact, ReleaseContributor
from recruitment.releases.rules import Calendar
from tests.factories.rows import row
from tests.paired.reproducible import BEGINNING
from tests.paired.worlds import Step, World

if TYPE_CHECKING:
    from collections.abc import Iterator

MONTHS = 4
PERIODS = ("2026-03", "2026-04", "2026-05", "2026-06")
"""The releases of a season; the first is due a month after the beginning."""

CODES = {"agency": "AG-1", "employer": "EM-1"}
_ITEMS = ("broker_fee", "visa_fee")
_CALENDAR = Calendar(1, Decimal("0.5"))
_DELAY = timedelta(days=14)
_FEWEST = 5


@dataclass(frozen=True)
class Season:
    """The steps of a season with their hours since the beginning, and the word of one more worker."""

    steps: list[tuple[int, Step]]
    word: tuple[int, Step]

    @property
    def end(self) -> int:
        """The hour after all that happens."""
        return max(hour for hour, _ in self.steps) + 10


def season(seed: int, people: int = 16) -> Season:
    """Return a random season of a crowd. With four people nothing may ever be told."""
    rng = random.Random(f"season {seed}")
    steps = [(0, Step("people", let_in)), (1, Step("crowd", lambda world: _arrive(world, people)))]
    silent = [str(number) for number in range(people)]
    rng.shuffle(silent)
    one = silent.pop()
    for month in range(MONTHS):
        due = hours(due_of(month))
        before = hours(due_of(month - 1)) if month else 2
        for number in range(rng.randint(1, 2)):
            speaking = [silent.pop() for _ in range(min(len(silent), rng.choice((2, 3, 4, 5))))]
            if speaking:
                hour = rng.randint(before + 2, due - 24)
                steps.append((hour, _speak(rng, f"{month}-{number}", speaking, hour)))
        steps.append((due, Step(f"release-{month}", release)))
    hour = rng.randint(3, hours(due_of(MONTHS - 1)) - 24)
    return Season(sorted(steps, key=lambda step: step[0]), (hour, _speak(rng, "more", [one], hour)))


def live(world: World, lived: Season, *, with_word: bool) -> None:
    """Let a season happen, each step at its hour."""
    steps = [*lived.steps, lived.word] if with_word else lived.steps
    for hour, step in sorted(steps, key=lambda each: each[0]):
        world.take(hour, step)


def due_of(month: int) -> datetime:
    return datetime(2026, 4 + month, 1, tzinfo=UTC)


def hours(instant: datetime) -> int:
    """Return the first full hour of the season at which an instant has come."""
    return -int((BEGINNING - instant) // timedelta(hours=1))


def let_in(world: World) -> None:
    """Open the register at the beginning, whenever the small world was filled, and let people in for the whole season."""
    with world.database.unit_of_work() as session:
        session.execute(update(Organisation).values(recorded_at=clock.now()))
    world.let_in()
    for name, (person, _) in world._people.items():
        with world.database.unit_of_work() as session:
            _, secret = tokens.make_token_for(session, LOCAL_OPERATOR, person, label="a season", days=300)
        world._people[name] = person, {"Authorization": f"Bearer {secret}"}


def _arrive(world: World, people: int) -> None:
    numbers = range(people)
    world.send("demand-letters", [row("demand-letters", reference="DL-8", headcount=20)])
    world.send(
        "jobseekers",
        [row("jobseekers", reference=f"S-{n}", consent_aggregate="yes", consent_contact="yes") for n in numbers],
    )
    letters = ("DL-1", "DL-2", "DL-8")
    world.send(
        "journeys",
        [
            row("journeys", reference=f"SJ-{n}", jobseeker=f"S-{n}", agency="AG-1", demand_letter=letters[n % 3])
            for n in numbers
        ],
    )


def _speak(rng: random.Random, name: str, people: list[str], hour: int) -> Step:
    said_on = (BEGINNING + timedelta(hours=hour)).date()
    rows = [
        row(
            "reports", reference=f"S-{name}-{number}", journey=f"SJ-{number}", fee_item=rng.choice((_ITEMS[0], _ITEMS[0], _ITEMS[1])),
            amount=f"{rng.randint(100, 9000)}.00", paid_on="2026-01-05", stated_on=said_on - timedelta(days=rng.randint(0, 6)),
            channel=rng.choice(("hotline", "community_visit", "hotline", "hotline", "agency_form")),
        )
        for number in people
    ]  # fmt: skip
    return Step(f"speak-{name}", lambda world: world.send("reports", rows, by="CSO-1"))


def release(world: World) -> None:
    with world.database.unit_of_work() as session:
        services.make_due(session, THE_HOUSE, _CALENDAR)


def told(world: World, who: str, period: str) -> dict[str, Any]:
    """Return the artefact of an outsider's organisation."""
    query = (
        select(ReleaseArtefact.body)
        .join(Organisation, Organisation.id == ReleaseArtefact.organisation_id)
        .where(Organisation.code == CODES[who], ReleaseArtefact.period == period)
    )
    with world.database.read_session() as session:
        found: dict[str, Any] = json.loads(session.scalars(query).one())
    return found


def differing(one: World, two: World, who: str) -> Iterator[tuple[str, World, dict[str, Any]]]:
    """Yield each finding that only one of two worlds shows to an outsider: the period, that world, and the finding."""
    for period in PERIODS:
        first, second = (told(world, who, period) for world in (one, two))
        assert {**first, "findings": 0} == {**second, "findings": 0}
        for world, own, other in ((one, first, second), (two, second, first)):
            yield from ((period, world, each) for each in own["findings"] if each not in other["findings"])


def may_be_told(world: World, who: str, finding: dict[str, Any]) -> bool:
    """Say whether those who are newly counted when a finding last changed are five people who may be told of together.

    Counted by what they said of the item, to a CSO and alone, recorded 14 days before that release was due.
    """
    due = due_of(PERIODS.index(finding["since"]))
    before = _earlier(world, who, finding)
    everybody = [each for each in _heard(world, finding["fee_item"], due - _DELAY) if each[0] not in before]
    letters = {letter for _, letter, _ in everybody}
    days = Counter(day for _, _, day in everybody)
    persons = {person for person, _, _ in everybody}
    return len(persons) >= _FEWEST and len(letters) > 1 and max(days.values()) * 2 <= len(persons)


def _heard(world: World, item: str | None, until: datetime) -> set[tuple[Any, Any, date]]:
    said = ReportedPaymentRow
    query = (
        select(Journey.jobseeker_id, Journey.demand_letter_id, said.stated_on)
        .join(Journey, Journey.id == said.journey_id)
        .where(said.channel != "agency_form", said.recorded_at <= until)
    )
    if item is not None:  # else it is about a total
        query = query.where(said.fee_item == item)
    with world.database.read_session() as session:
        return {tuple(each) for each in session.execute(query)}  # type: ignore[misc]


def _earlier(world: World, who: str, finding: dict[str, Any]) -> set[Any]:
    """Return who was counted in a cell by releases before the one that last changed it."""
    kept = ReleaseContributor
    query = (
        select(kept.jobseeker_id)
        .join(Organisation, Organisation.id == kept.organisation_id)
        .join(Release, Release.id == kept.release_id)
        .where(
            Organisation.code == CODES[who], kept.kind == finding["kind"], kept.fee_item == (finding["fee_item"] or ""),
            Release.period < finding["since"],
        )
    )  # fmt: skip
    with world.database.read_session() as session:
        return set(session.scalars(query))
