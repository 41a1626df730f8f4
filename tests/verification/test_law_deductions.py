"""Deductions with a share for each item and one for all, wages without a rate, and what a person decided of them."""

from __future__ import annotations

from datetime import date

import pytest

from recruitment.verification.rules import Adjudicated, JourneyFacts
from tests.factories.law import broken, journey, paid, rule, told

S49, S76 = rule("th_2560_s49"), rule("th_lpa_s76")
BAHT = (10_000_00, "THB")


def kept(amount: int, on: str, item: str = "visa_fee", currency: str = "THB") -> tuple[object, ...]:
    """Return what was kept back from a wage."""
    return paid(amount, currency, on, item, payee="employer", deducted=True)


class TestEachItemAndAllTogether:
    KYAT = (500_000_00, "MMK")
    RATE = ("MMK", "THB", date(2024, 1, 10), "0.02")

    def test_one_item_over_its_share_is_found_where_all_together_are_not_and_nothing_has_a_rate(self):
        facts = journey(kept(60_000_00, "2024-01-15", currency="MMK"), law=(S76,), monthly_wage=self.KYAT)
        assert told(facts) == [("th_lpa_s76", "visa_fee", 10_000_00, "MMK")]
        assert told(facts, self.RATE) == [("th_lpa_s76", "visa_fee", 200_00, "THB")]

    def test_a_month_is_reckoned_in_one_currency(self):
        # 60,000 kyat are 1,200 baht; a tenth of the wage is 1,000 baht, a fifth 2,000.
        rows = [kept(60_000_00, "2024-01-15", currency="MMK"), kept(500_00, "2024-01-20", "uniform")]
        facts = journey(*rows, law=(S76,), monthly_wage=self.KYAT)
        assert told(facts, self.RATE) == [("th_lpa_s76", None, 200_00, "THB")]

    def test_the_excess_is_converted_by_the_last_day_of_all_of_the_month(self):
        rows = [kept(60_000_00, "2024-01-15", currency="MMK"), kept(1, "2024-01-20", "uniform", "MMK")]
        facts = journey(*rows, law=(S76,), monthly_wage=self.KYAT)
        later = ("MMK", "THB", date(2024, 1, 20), "0.03")
        assert told(facts, self.RATE, later) == [("th_lpa_s76", None, 300_00, "THB")]


class TestWhatWasDecided:
    """A person decides of an item, not of months: the months in which most was kept back come first."""

    def facts(self, verified: int, *rows: tuple[object, ...]) -> JourneyFacts:
        decided = {"visa_fee": Adjudicated(verified, validated=True)}
        return journey(*rows, law=(S49,), monthly_wage=BAHT, adjudicated=decided)

    @pytest.mark.parametrize(
        ("verified", "excess"),
        [(10_000_00, 1_300_00), (3_300_00, 1_300_00), (2_100_00, 800_00), (1_500_00, 500_00), (1_000_00, None)],
    )
    def test_all_months_together_never_come_to_more(self, verified, excess):
        rows = [kept(1_500_00, "2024-01-15"), kept(1_800_00, "2024-02-15")]
        found = [one.amount_minor for one in broken(self.facts(verified, *rows))]
        assert found == ([] if excess is None else [excess])

    def test_of_two_items_only_the_one_that_was_decided_is_cut(self):
        rows = [kept(900_00, "2024-01-15"), kept(900_00, "2024-01-15", "passport_fee"), kept(900_00, "2024-02-15")]
        assert [one.amount_minor for one in broken(self.facts(1_000_00, *rows))] == [800_00]
        assert [one.amount_minor for one in broken(self.facts(300_00, *rows))] == [200_00]


def test_the_month_is_the_one_that_the_worker_named():
    """Also when it was told before that month was over, or before it began."""
    early = paid(800_00, "THB", date(2024, 1, 31), "visa_fee", payee="employer", deducted=True, said="2024-02")
    facts = journey(early, kept(800_00, "2024-02-15"), law=(S49,), monthly_wage=BAHT)
    assert [one.amount_minor for one in broken(facts)] == [600_00]
