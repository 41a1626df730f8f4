"""Who may be one person, how long anything is kept, when backups are past it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.core.ids import new_id
from recruitment.privacy import rules
from recruitment.privacy.rules import SCHEDULE, ErasureReason, Likeness, Then

people = st.lists(st.uuids(), min_size=2, max_size=8, unique=True)
lives = st.builds(
    Likeness,
    st.text("abc ", min_size=1, max_size=8),
    st.none() | st.integers(1980, 1990),
    st.none() | st.sampled_from("xy"),
)


class TestPairs:
    @given(st.uuids(), st.uuids())
    def test_a_pair_has_no_order(self, one, other):
        assert rules.pair_of(one, other) == rules.pair_of(other, one)

    @given(people, st.data())
    def test_by_phone_each_new_person_meets_everybody_with_the_number_once(self, group, data):
        fresh = data.draw(st.sets(st.sampled_from(group)))
        pairs = list(rules.pairs_by_phone(fresh, [group]))
        assert len(pairs) == len(set(pairs))
        assert all(first < second for first, second in pairs)
        old = len(group) - len(fresh)
        assert len(pairs) == len(fresh) * (len(fresh) - 1) // 2 + len(fresh) * old

    def test_a_number_of_a_whole_village_says_nothing(self):
        group = [new_id() for _ in range(rules.PHONE_SHARED_MAX + 1)]
        assert list(rules.pairs_by_phone(group, [group])) == []
        assert list(rules.pairs_by_phone(group, [group[1:]]))

    @given(st.dictionaries(st.uuids(), lives, max_size=6), st.data())
    def test_by_name_it_is_the_plain_rule_for_each_pair(self, caseload, data):
        fresh = data.draw(st.sets(st.sampled_from(sorted(caseload)))) if caseload else set()
        found = list(rules.pairs_by_name(sorted(fresh), caseload))
        expected = {
            (one, other)
            for one in caseload
            for other in caseload
            if one < other and (one in fresh or other in fresh) and rules.alike(caseload[one], caseload[other])
        }
        assert len(found) == len(set(found))
        assert set(found) == expected


class TestAlike:
    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            (Likeness("Aye Aye Win", 1990, "Bago"), Likeness("Win Aye Aye", 1992, "bago"), True),
            (Likeness("Aye Aye Win", 1990, None), Likeness("Aye Aye Wyn", None, "Bago"), True),
            (Likeness("Aye Aye Win", 1990, None), Likeness("Aye Aye Win", 1993, None), False),
            (Likeness("Aye Aye Win", 1990, "Bago"), Likeness("Aye Aye Win", 1990, "Mon"), False),
            (Likeness("Aye Aye Win", 1990, None), Likeness("Somchai", 1990, None), False),
        ],
    )
    def test_examples(self, one, other, expected):
        assert rules.alike(one, other) is rules.alike(other, one) is expected


class TestRetention:
    def test_people_are_never_swept(self):
        assert rules.kept("persons").then is Then.LISTED
        assert len({line.code for line in SCHEDULE}) == len(SCHEDULE)

    @given(st.dates(date(2020, 1, 1), date(2090, 1, 1)))
    def test_backups_are_past_an_erasure_after_the_time_of_a_backup(self, on):
        assert rules.backups_past_on(on) - on == timedelta(days=rules.KEY_BACKUP_DAYS)

    def test_an_id_tells_before_what_it_was_made(self):
        person, now = new_id(), datetime.now(UTC)
        assert rules.born_before(now - timedelta(seconds=1)) < person < rules.born_before(now + timedelta(seconds=1))
        assert rules.born_before(datetime(1970, 1, 1, tzinfo=UTC)) == UUID(int=0)

    @pytest.mark.parametrize(
        ("orphans", "keys", "ours"), [(0, 0, True), (100, 100, True), (101, 102, False), (101, 5000, True)]
    )
    def test_the_keys_of_another_database_are_noticed(self, orphans, keys, ours):
        assert rules.keys_are_ours(orphans, keys) is ours

    def test_each_reason_is_a_code(self):
        assert {reason.value for reason in ErasureReason} == {"worker_request", "consent_withdrawn", "retention"}
