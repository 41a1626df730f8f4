"""An event holds codes and counts, and its leaf commits to all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.audit import rules
from recruitment.audit.rules import Event
from recruitment.core.errors import InvariantViolated
from recruitment.core.ids import new_id

EVENT = Event(
    new_id(), datetime(2024, 5, 1, tzinfo=UTC), new_id(), "auditor", None, "statements.read", "journey", "7", "audit",
    None, {"rows": 1},
)  # fmt: skip
OTHER = {
    "id": new_id(), "occurred_at": EVENT.occurred_at + timedelta(microseconds=1), "actor_id": new_id(),
    "actor_role": None, "organisation_id": new_id(), "action": "statements.reads", "subject_kind": "journeys",
    "subject_id": "8", "purpose": None, "request_id": "R", "facts": {"rows": 2},
}  # fmt: skip


class TestALeaf:
    @pytest.mark.parametrize("name", OTHER)
    def test_is_another_when_anything_is_another(self, name):
        assert rules.leaf(replace(EVENT, **{name: OTHER[name]})) != rules.leaf(EVENT)

    def test_is_told_of_every_field(self):
        assert set(OTHER) == set(Event.__slots__)

    def test_is_the_same_for_the_same(self):
        assert rules.leaf(replace(EVENT, facts={"rows": 1})) == rules.leaf(EVENT)

    def test_tells_a_truth_from_a_count(self):
        assert rules.leaf(replace(EVENT, facts={"rows": True})) != rules.leaf(EVENT)


class TestAnAction:
    @pytest.mark.parametrize("action", ["statements.read", "jobseekers.twin_reviewed", "a.b.c2"])
    def test_is_a_dotted_code(self, action):
        assert rules.check_action(action) == action

    @pytest.mark.parametrize(
        "action", ["", "read", "Statements.read", "statements read", "a..b", "a." + "b" * 80, "ä.b", "a.b\n"]
    )
    def test_is_nothing_else(self, action):
        with pytest.raises(InvariantViolated):
            rules.check_action(action)


class TestASubject:
    def test_is_a_kind_and_an_id(self):
        key = new_id()
        assert rules.subject_of(("journey", key)) == ("journey", str(key))

    @pytest.mark.parametrize("subject", [("Journey", "7"), ("", "7"), ("journey", ""), ("journey", "7" * 81)])
    def test_is_nothing_else(self, subject):
        with pytest.raises(InvariantViolated):
            rules.subject_of(subject)


class TestFacts:
    def test_that_are_none_are_left_out(self):
        assert rules.facts_of({"kind": "reports", "sender": None, "rows": 0, "dry": False}) == {
            "kind": "reports", "rows": 0, "dry": False,
        }  # fmt: skip

    def test_of_a_code_are_its_text(self):
        (found,) = rules.facts_of({"why": rules.Purpose.AUDIT}).values()
        assert type(found) is str

    @pytest.mark.parametrize("value", [1.5, b"x", ["a"], {"a": 1}, "x" * 81, 2**60])
    def test_are_no_story(self, value):
        with pytest.raises(InvariantViolated):
            rules.facts_of({"fact": value})

    def test_have_no_long_keys(self):
        with pytest.raises(InvariantViolated):
            rules.facts_of({"x" * 81: 1})

    @given(st.dictionaries(st.text(max_size=80), st.text(max_size=80) | st.booleans() | st.integers(-(2**53), 2**53)))
    def test_that_fit_are_kept_as_they_are(self, facts):
        assert rules.facts_of(facts) == facts
