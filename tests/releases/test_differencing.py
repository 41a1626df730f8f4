"""What is to be learnt from two releases, or from those of two organisations: nothing about fewer than five people."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from itertools import combinations

from recruitment.jobseekers.rules import ConsentPurpose
from recruitment.organisations import queries as organisations
from recruitment.releases.rules import CellState, HoldingReason
from tests.factories.crowd import ITEM, cut_off_of, due_of
from tests.factories.rows import row


def test_a_cell_is_repeated_to_the_byte_until_five_new_people_were_heard(crowd):
    numbers = crowd.heard(8, cut_off_of(1))
    crowd.releases(1)
    crowd.heard(4, cut_off_of(2))
    for number in numbers[:3]:
        crowd.consent(number, ConsentPurpose.AGGREGATE, False, cut_off_of(2))
    crowd.releases(2)
    first, second = (json.loads(crowd.body("AG-1", period))["findings"] for period in ("2026-01", "2026-02"))
    assert first == second
    assert crowd.worked("AG-1", "2026-02").state is CellState.REPEATED
    crowd.heard(1, cut_off_of(3))
    crowd.releases(3)
    assert crowd.breach("AG-1", "2026-03")["since"] == "2026-03"
    assert crowd.worked("AG-1", "2026-03").contributors == 10


def test_once_told_a_cell_stays_when_everybody_has_withdrawn(crowd):
    numbers = crowd.heard(8, cut_off_of(1))
    crowd.releases(1)
    for number in numbers:
        crowd.consent(number, ConsentPurpose.AGGREGATE, False, cut_off_of(2))
    crowd.releases(2, 3)
    assert crowd.breach("AG-1", "2026-03") == crowd.breach("AG-1", "2026-01")
    assert crowd.worked("AG-1", "2026-03").contributors == 0


def test_the_employer_waits_where_a_few_of_the_agency_would_be_left_over(crowd):
    crowd.heard(8, cut_off_of(1))
    crowd.heard(2, cut_off_of(1), letters=[None])
    crowd.releases(1)
    assert crowd.breach("AG-1", "2026-01")["workers"] == 10
    assert crowd.breach("EM-1", "2026-01") is None
    assert crowd.worked("EM-1", "2026-01").reasons == (HoldingReason.COMBINES_WITH_ANOTHER,)
    crowd.heard(5, cut_off_of(2), letters=[None], started_on="2025-07-01")
    crowd.heard(1, cut_off_of(2), letters=[None], started_on="2025-01-01")
    crowd.releases(2)
    assert crowd.worked("AG-1", "2026-02").contributors == 16, "now eight are left over"
    assert crowd.breach("EM-1", "2026-02") is None, "but of those whom the agency read of in January it would be two"
    crowd.heard(5, cut_off_of(3))
    crowd.releases(3)
    assert crowd.breach("EM-1", "2026-03")["workers"] == 15, "now each side has five whom the other had not"


def test_every_two_releases_of_a_random_year_differ_by_five_people_or_by_nothing(sqlite_crowd):
    """All pairs of releases are laid beside each other, for every cell and organisation, and both sides together."""
    crowd, rng = sqlite_crowd, random.Random(5)
    with_two = [row("organisations", code="EM-2", kind="employer", name="Harbour", country="TH")]
    crowd.send("organisations", with_two)
    crowd.open()
    crowd.send("demand-letters", [row("demand-letters", reference=each, employer="EM-2") for each in ("DL-3", "DL-4")])
    heard: list[str] = []
    for month in range(1, 9):
        arriving = rng.choice((1, 2, 4, 5, 9))
        letters = rng.choice((["DL-1", "DL-2"], ["DL-3", "DL-4"], ["DL-1", "DL-3", None, "DL-4"]))
        heard += crowd.heard(arriving, cut_off_of(month), letters=letters, amounts=[rng.randint(100, 9999)])
        for number in rng.sample(heard, min(len(heard), 2)):
            crowd.consent(number, ConsentPurpose.AGGREGATE, rng.random() < 0.5, cut_off_of(month))
        crowd.releases(month)
    periods = [f"2026-{month:02d}" for month in range(1, 9)]
    counted: dict[tuple[str, str], set[object]] = {}
    changes = 0
    with crowd.database.read_session() as session:
        known = organisations.by_code(session, ["AG-1", "EM-1", "EM-2"])
    releases = _periods_by_id(crowd)
    for organisation, _kind, item, person, release in crowd.counted():
        if item == ITEM and _kind == "principle_breach":
            counted.setdefault((organisation, releases[release]), set()).add(person)
    for code, found in known.items():
        for one, two in combinations(periods, 2):
            first, second = crowd.breach(code, one), crowd.breach(code, two)
            new = set().union(*(counted.get((found.id, period), set()) for period in periods if one < period <= two))
            if first != second:
                changes += 1
                assert len(new) >= 5
            else:
                assert first is None or not new or second["since"] > one
            assert first is None or second is not None
    assert changes > 10
    ever = {
        code: set().union(*(counted.get((found.id, period), set()) for period in periods))
        for code, found in known.items()
    }
    assert all(ever.values())
    for employer in ("EM-1", "EM-2"):
        assert not 0 < len(ever["AG-1"] - ever[employer]) < 5
        assert not 0 < len(ever[employer] - ever["AG-1"]) < 5
    assert not 0 < len(ever["AG-1"] - ever["EM-1"] - ever["EM-2"]) < 5


def _periods_by_id(crowd):
    with crowd.database.engine.connect() as connection:
        from sqlalchemy import select

        from recruitment.releases.models import Release

        return {id_: period for id_, period in connection.execute(select(Release.id, Release.period))}


def test_a_release_that_is_late_says_what_it_would_have_said_on_its_day(crowd):
    crowd.heard(8, cut_off_of(1))
    crowd.heard(30, cut_off_of(1) + timedelta(days=1))
    crowd.release(due_of(1) + timedelta(days=25))
    assert crowd.breach("AG-1", "2026-01")["workers"] == 10
