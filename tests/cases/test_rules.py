"""The pure rules: no way to the end but by the workers, the draw, the clock."""

from __future__ import annotations

import math
import re
from collections import deque
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.cases import models
from recruitment.cases.rules import (
    BONDING_CREDITORS,
    RESPONSE_HOURS,
    SERIOUS,
    TO_BE_ACTED_ON,
    TRANSITIONS,
    Answer,
    CaseKind,
    OpenBecause,
    State,
    counts_as_free,
    drawn,
    due_at,
    fold,
    hours_left,
    is_allowed,
    is_bond,
    reasons_of_moves,
    reasons_of_validation,
    sample_size,
)
from recruitment.fees.rules import NEVER_INDEPENDENT, Creditor, StatementChannel
from recruitment.organisations.rules import OrganisationKind
from recruitment.verification.rules import Status

START = datetime(2026, 3, 6, 17, 30, tzinfo=UTC)
answers = st.builds(Answer, st.booleans(), st.booleans(), st.booleans(), st.booleans())
YES, UNFREE, NO = Answer(True, True, True, True), Answer(True, True, True, False), Answer(True, False, True, True)


class TestTheWay:
    def test_only_one_thing_leads_to_the_end(self):
        assert {before for before, after in TRANSITIONS if after is State.CLOSED} == {State.AWAITING_WORKER_VALIDATION}
        assert {before for before, after in TRANSITIONS if after is State.AWAITING_WORKER_VALIDATION} == {
            State.ACTIONED
        }

    def test_everything_leads_back_to_the_beginning(self):
        assert {before for before, after in TRANSITIONS if after is State.OPENED} == {None, *State} - {State.OPENED}

    def test_whoever_comes_to_the_end_went_the_whole_way(self):
        """Whatever the moves, the four before ``closed`` are the four states in order."""
        ways: deque[tuple[State, ...]] = deque([(State.OPENED,)])
        while ways:
            way = ways.popleft()
            if way[-1] is State.CLOSED:
                assert way[-5:] == tuple(State)
            if len(way) < 9:
                ways.extend((*way, after) for after in State if is_allowed(way[-1], after))

    def test_the_database_holds_the_same_list(self):
        text = models.ON_THE_WAY
        held = {(None, State.OPENED)} if "number = 1 AND from_state IS NULL" in text else set()
        for before, after in re.findall(r"\(from_state = '(\w+)' AND to_state = '(\w+)'\)", text):
            held.add((State(before), State(after)))
        several = re.search(r"from_state IN \(([^)]*)\) AND to_state = 'opened'", text)
        assert several
        held |= {(State(each), State.OPENED) for each in re.findall(r"\w+", several[1])}
        assert held == TRANSITIONS
        assert set(re.findall(r"'(\w+)'", models.KNOWN)) == set(CaseKind)
        assert set(re.findall(r"'(\w+)'", models.NEVER_FREE)) == {each.value for each in NEVER_INDEPENDENT}

    @given(st.lists(st.sampled_from(State), max_size=12))
    def test_the_fold_counts_and_keeps_the_first_response(self, states):
        events = [(state, START + timedelta(hours=n)) for n, state in enumerate([State.OPENED, *states])]
        standing = fold(events)
        assert standing
        left = [at for state, at in events if state is not State.OPENED]
        assert (standing.number, standing.state) == (len(events), events[-1][0])
        assert standing.responded_at == (left[0] if left else None)


def replay(moves: list[tuple[str, object]]) -> list[tuple[State, list[list[Answer]]]]:
    """Play moves by the rules alone, for a case of two workers; return each state with the answers that stood then."""
    state: State = State.OPENED
    round_: dict[str, list[Answer]] = {}
    seen = []
    for kind, what in moves:
        if kind == "move" and isinstance(what, State) and is_allowed(state, what):
            open_still = reasons_of_moves(state, CaseKind.THREATS, round_, [], [])
            if what is State.CLOSED and open_still:
                continue
            if what is State.AWAITING_WORKER_VALIDATION:
                round_ = {"J-1": [], "J-2": []}
            state = what
        elif kind in {"J-1", "J-2"} and isinstance(what, Answer) and state is State.AWAITING_WORKER_VALIDATION:
            round_[kind].append(what)
            if not what.is_yes:
                state = State.OPENED
        seen.append((state, [list(each) for each in round_.values()]))
    return seen


_moves = st.one_of(
    st.tuples(st.just("move"), st.sampled_from(State)),
    st.tuples(st.sampled_from(["J-1", "J-2"]), st.one_of(st.just(YES), answers)),
)
_forward = [("move", state) for state in State if state is not State.OPENED]


class TestTheWorkers:
    @given(st.lists(st.one_of(_moves, st.sampled_from(_forward)), max_size=40))
    def test_no_sequence_closes_without_a_free_yes_of_each(self, moves):
        for state, given_answers in replay(moves):
            if state is State.CLOSED:
                assert len(given_answers) == 2
                for each in given_answers:
                    assert any(answer == YES for answer in each)
                    assert all(answer.is_yes for answer in each)

    def test_a_sequence_that_does_closes(self):
        moves = [*_forward[:3], ("J-1", YES), ("J-2", UNFREE), ("J-2", YES), _forward[3]]
        assert replay(moves)[-1][0] is State.CLOSED

    def test_each_gap_has_its_reason(self):
        found = reasons_of_validation({"J-1": [YES], "J-2": [], "J-3": [UNFREE], "J-4": [YES, NO]})
        assert [(reason.journey, reason.code) for reason in found] == [
            ("J-2", OpenBecause.VALIDATION_MISSING), ("J-3", OpenBecause.VALIDATION_NOT_FREE),
            ("J-4", OpenBecause.VALIDATION_NEGATIVE),
        ]  # fmt: skip
        assert reasons_of_validation({}) != []

    @pytest.mark.parametrize("status", [*Status, None])
    def test_what_the_comparison_knows_keeps_a_case_of_costs_open_and_no_other(self, status):
        state, members = State.AWAITING_WORKER_VALIDATION, {"J-1": [YES]}
        costs = reasons_of_moves(state, CaseKind.RECRUITMENT_COSTS, members, [("J-1", status)], [])
        assert bool(costs) == (status is None or status in TO_BE_ACTED_ON)
        assert reasons_of_moves(state, CaseKind.THREATS, members, [("J-1", status)], ["J-1"]) == []

    def test_a_debt_that_stands_keeps_a_case_of_bondage_open(self):
        state, members = State.AWAITING_WORKER_VALIDATION, {"J-1": [YES]}
        found = reasons_of_moves(state, CaseKind.DEBT_BONDAGE, members, [], ["J-1"])
        assert [str(reason.code) for reason in found] == ["debt_stands"]

    def test_freely_is_a_channel_of_their_own_a_free_asker_and_no_witness(self):
        for channel, witnessed, asker, acted in product(
            StatementChannel, (True, False), (*OrganisationKind, None), (True, False)
        ):
            free = counts_as_free(channel, witnessed=witnessed, asker=asker, acted_themselves=acted)
            assert free == (
                channel not in NEVER_INDEPENDENT and not witnessed and not acted
                and asker in {OrganisationKind.CSO, OrganisationKind.FUND_OPERATOR}
            )  # fmt: skip


class TestTheDraw:
    @given(st.integers(0, 10_000))
    def test_all_of_up_to_five_then_the_root_at_least_five(self, concerned):
        wanted = concerned if concerned <= 5 else max(5, math.ceil(math.sqrt(concerned)))
        assert sample_size(concerned) == wanted

    @given(st.sets(st.uuids(), max_size=60), st.text(max_size=10))
    def test_the_seed_draws_the_same_ones_again_whatever_the_order(self, journeys, seed):
        once = drawn(seed, journeys)
        assert once == drawn(seed, sorted(journeys, reverse=True))
        assert len(set(once)) == len(once) == sample_size(len(journeys))
        assert set(once) <= journeys

    def test_another_seed_draws_others(self):
        journeys = [UUID(int=n) for n in range(100)]
        assert len({tuple(sorted(drawn(str(seed), journeys))) for seed in range(20)}) == 20


class TestTheClock:
    @given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - the zone is given
    def test_is_seventy_two_calendar_hours_for_serious_kinds(self, at):
        for kind in CaseKind:
            due = due_at(kind, at)
            assert (due is not None) == (kind in SERIOUS)
            assert due is None or due - at == timedelta(hours=RESPONSE_HOURS)

    def test_all_but_one_kind_are_serious(self):
        assert set(CaseKind) - SERIOUS == {CaseKind.RECRUITMENT_COSTS}

    @pytest.mark.parametrize(("minutes", "hours"), [(0, 0), (59, 0), (60, 1), (-1, -1), (-60, -1), (-61, -2)])
    def test_a_begun_hour_is_late(self, minutes, hours):
        assert hours_left(START + timedelta(minutes=minutes), START) == hours


def test_bonds_are_those_of_recruitment_to_who_has_power():
    for creditor, linked, outstanding in product(Creditor, (True, False), (0, 1)):
        binds = is_bond(creditor.value, outstanding, recruitment_linked=linked)
        assert binds == (creditor in BONDING_CREDITORS and linked and outstanding > 0)
    assert set(Creditor) - BONDING_CREDITORS == {Creditor.LENDER, Creditor.FAMILY, Creditor.OTHER}
