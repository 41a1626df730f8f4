"""What a business could arrange so that a release tells it about people whom it chose: none of it may work."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.core import clock
from recruitment.core.actor import Role
from recruitment.jobseekers.rules import ConsentPurpose
from recruitment.releases import rules, services
from recruitment.releases.rules import CellState, Contributor, HoldingReason, RetaliationRisk
from recruitment.releases.services import gathering
from tests.factories.crowd import ITEM, Crowd, cut_off_of, due_of
from tests.factories.rows import row

BARE = "visa_fee"
"""An item that no worker speaks of."""


def _declares(
    crowd: Crowd, numbers: list[str], item: str = BARE, amount: str = "900.00", payer: str = "worker"
) -> None:
    """Let the agency declare a cost of people whom it chose."""
    with clock.stopped_at(cut_off_of(1)):
        crowd.send(
            "declarations",
            [
                row(
                    "declarations", journey=f"CJ-{number}", fee_item=item, payer=payer, amount=amount,
                    paid_on="2025-06-01",
                )
                for number in numbers
            ],
            agency="AG-1",
        )  # fmt: skip


def _says_there_was_no_more(crowd: Crowd, numbers: list[str]) -> None:
    with clock.stopped_at(cut_off_of(1)):
        crowd.speak(
            numbers, fee_item="none", amount=0, currency=None, paid_on=None, payee=None, checkpoint="post_placement"
        )


class TestWhatABusinessDeclares:
    """By declaring that people of its choice paid something, an agency could ask whether they were heard."""

    def test_no_cell_stands_on_what_the_business_itself_declared(self, sqlite_crowd):
        crowd = sqlite_crowd
        chosen = crowd.heard(8, cut_off_of(1))
        _declares(crowd, chosen)
        crowd.releases(1)
        assert crowd.breach("AG-1", "2026-01")["workers"] == 10, "they are told of, by what they said"
        assert {item for _, item in crowd.told("AG-1", "2026-01")} == {ITEM}
        assert crowd.worked("AG-1", "2026-01", item=BARE) is None

    def test_which_is_caught_when_days_of_other_items_count(self, sqlite_crowd, monkeypatch):
        crowd = sqlite_crowd
        monkeypatch.setattr(gathering, "_days_of", lambda _key, _heard, everything: everything)
        monkeypatch.setattr(gathering, "WORKER_SIDE", ())
        _declares(crowd, crowd.heard(8, cut_off_of(1)))
        crowd.releases(1)
        assert BARE in {item for _, item in crowd.told("AG-1", "2026-01")}

    def test_nor_an_amount(self, sqlite_crowd):
        crowd = sqlite_crowd
        _declares(crowd, crowd.heard(8, cut_off_of(1)), item=ITEM, amount="8800.00")
        crowd.releases(1)
        assert crowd.breach("AG-1", "2026-01")["median"]["amount"] == "3500.00"

    def test_that_there_was_no_more_is_a_word_about_what_was_declared(self, sqlite_crowd):
        crowd = sqlite_crowd
        people = crowd.heard(8, cut_off_of(1))
        _declares(crowd, people)
        _says_there_was_no_more(crowd, people)
        crowd.releases(1)
        found = crowd.worked("AG-1", "2026-01", "unconfirmed_declaration", BARE)
        assert (found.contributors, found.reasons) == (8, (HoldingReason.TOO_FEW_OTHERS,))
        assert ("principle_breach", BARE) not in crowd.told("AG-1", "2026-01")

    @pytest.mark.parametrize(("more", "told"), [(4, None), (5, 10)])
    def test_and_is_told_where_five_others_did_not_say_it(self, sqlite_crowd, more, told):
        crowd = sqlite_crowd
        people, others = crowd.heard(8, cut_off_of(1)), crowd.heard(more, cut_off_of(1))
        _declares(crowd, people + others)
        _says_there_was_no_more(crowd, people)
        crowd.releases(1)
        found = crowd.told("AG-1", "2026-01").get(("unconfirmed_declaration", BARE))
        assert (found and found["workers"]) == told

    @pytest.mark.parametrize(("silent", "told"), [(4, None), (5, 10)])
    def test_what_it_left_out_is_told_where_it_left_out_five_others_too(self, sqlite_crowd, silent, told):
        """It knows what everybody paid, declares that of all but eight, and looks whether the eight were heard."""
        crowd = sqlite_crowd
        meant, rest = crowd.heard(8, cut_off_of(1)), crowd.heard(12, cut_off_of(1))
        _declares(crowd, rest, item=ITEM, amount="3500.00")
        with clock.stopped_at(cut_off_of(1)):
            others = crowd.arrive(silent)
            crowd.speak(others, fee_item="visa_fee")
        _declares(crowd, [*meant, *others], item="medical_exam_destination", amount="1.00")
        crowd.releases(1)
        assert crowd.worked("AG-1", "2026-01", "undeclared_payment").contributors == 8
        found = crowd.told("AG-1", "2026-01").get(("undeclared_payment", ITEM))
        assert (found and found["workers"]) == told


class TestWhoIsNamed:
    """Whom a business knows by name cannot hide anybody."""

    def test_counts_no_more(self, sqlite_caseload):
        crowd = Crowd(sqlite_caseload.field.database, sqlite_caseload.field.folder)
        crowd.open()
        numbers = crowd.heard(8, cut_off_of(1))
        named = numbers[:4]
        _declares(crowd, named, item=ITEM, payer="employer")
        one, other = (sqlite_caseload.actor(Role.CASE_WORKER, code) for code in ("CSO-1", "OP-1"))
        before = due_of(1) - timedelta(days=3)
        for number in named:
            journey = f"CJ-{number}"
            with clock.stopped_at(before), crowd.database.unit_of_work(one.scope) as session:
                services.assess(session, one, journey, "AG-1", RetaliationRisk.LOW, [], None)
            with clock.stopped_at(before), crowd.database.unit_of_work(other.scope) as session:
                services.ask_disclosure(session, other, journey, "AG-1", [ITEM])
        crowd.consent(named[0], ConsentPurpose.SHARE_EMPLOYER, False, before)
        crowd.releases(1)
        worked = crowd.worked("AG-1", "2026-01")
        assert (worked.contributors, worked.state) == (5, CellState.PUBLISHED), "the one who is held back counts"
        assert crowd.breach("AG-1", "2026-01")["workers"] == "some"
        crowd.releases(2)
        assert crowd.worked("AG-1", "2026-02").contributors == 5


class TestAMedian:
    """A median is the amount of one person; who took another sum of each worker would know of whom."""

    def test_of_sums_that_all_differ_is_not_told(self, sqlite_crowd):
        crowd = sqlite_crowd
        crowd.heard(9, cut_off_of(1), amounts=[1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000])
        crowd.releases(1)
        told = crowd.breach("AG-1", "2026-01")
        assert (told["workers"], told["median"]) == (10, None)

    def test_is_told_to_one_digit_where_five_are_told_the_same_by_that(self):
        amounts = [310_000, 320_000, 330_000, 340_000, 300_000, 100_000, 500_000, 900_000]
        assert rules.told_median(amounts, same=5) == 300_000
        assert rules.told_median([*amounts[1:], 310_100, 309_900, 310_050, 309_950, 310_000], same=5) == 310_000

    @given(st.lists(st.integers(1, 10**6), min_size=8, max_size=30))
    def test_what_is_told_is_told_of_five_at_least(self, amounts):
        told = rules.told_median(amounts, same=5)
        if told is not None:
            assert max(sum(rules.digits(Fraction(each), n) == told for each in amounts) for n in (1, 2)) >= 5


def _person(number: int, *cohorts: int) -> Contributor:
    return Contributor(
        UUID(int=number), frozenset(cohorts), frozenset({(UUID(int=1), date(2026, 1, 1 + number))}), {"THB": 100}
    )


def test_one_person_in_two_cohorts_makes_no_second_one():
    group = [_person(number, 1) for number in range(5)]
    several = [*group[1:], replace(group[0], cohorts=frozenset({1, 2}))]
    assert rules.held_by(several) == [HoldingReason.TOO_FEW_COHORTS]
    assert rules.held_by([*group[1:], replace(group[0], cohorts=frozenset({2}))]) == []


@pytest.mark.parametrize("shared", [0, 3])
def test_who_is_with_one_employer_alone_is_not_left_over_when_all_the_others_are_taken_away(shared):
    """The third employer has six people of the agency: four of them are with the first one as well."""

    def party(number: int, people: range | list[int], *, employer: bool = True) -> rules.Party:
        everybody = frozenset(UUID(int=each) for each in people)
        return rules.Party(UUID(int=100 + number), employer, frozenset(), everybody)

    first, second = range(10), range(10, 20)
    third = [*range(6, 10), 20, 21] if not shared else [*first, *range(20, 26)]
    everybody = sorted({*first, *second, *third})
    held = rules.held_back([
        party(0, everybody, employer=False), party(1, first), party(2, second), party(3, third),
    ])  # fmt: skip
    assert (UUID(int=103) in held) is (shared == 0)


class TestOlderReleases:
    """Whoever reads a release keeps it, and lays a later one of the other side beside it."""

    AGENCY = frozenset(UUID(int=each) for each in range(10))

    def held(self, employer: range, *, earlier: bool = True) -> bool:
        later = self.AGENCY | {UUID(int=each) for each in range(50, 60)}
        agency = rules.Party(UUID(int=100), False, later, None, (self.AGENCY,) if earlier else ())
        people = frozenset(UUID(int=each) for each in employer)
        return bool(rules.held_back([agency, rules.Party(UUID(int=101), True, frozenset(), people)]))

    def test_a_figure_is_held_against_every_earlier_one(self):
        assert self.held(range(8)), "two were told of in the first one beside these eight"
        assert not self.held(range(8), earlier=False), "which the last figures alone do not show"
        assert not self.held(range(5))
        assert not self.held(range(10)), "the same people"

    def test_nor_is_it_about_a_few_more(self):
        later = rules.Party(
            UUID(int=100), False, frozenset(UUID(int=each) for each in range(5, 30)), None, (self.AGENCY,)
        )
        employer = rules.Party(UUID(int=101), True, frozenset(), frozenset(UUID(int=each) for each in range(12)))
        assert rules.held_back([later, employer]) == {employer.id}
