"""Three published repayment programmes of glove makers in Malaysia: the public figures, with made-up people.

Figures: press reports and company statements of 2020 to 2022. What a sum of one person was is not public, so people and
their claims are made up around the published rates.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from recruitment.core.canonical import canonical_json
from recruitment.relief.rules.claim_window import ClaimTiming, ClaimWindow, RemedyLine, Tracing, own_word, remedy_lines
from recruitment.relief.rules.cohort_rate import (
    BY_NATIONALITY,
    AgreedRate,
    CohortClaim,
    CohortOf,
    CohortStep,
    agreed_rate,
    cohort_rate,
)
from recruitment.relief.rules.entitlement import EntitlementInputs, OwnWord, entitlement, owed_of, recompute
from recruitment.relief.rules.own_account import PaidItem, RepaidItem
from recruitment.relief.rules.schedule import apportion, instalments, remaining_at_once, supersede

MILLION = 1_000_000_00
"""Of ringgit, in sen."""

POLICY = date(2019, 1, 1)
"""From when an employer said to charge no fees; workers went on to pay, about half."""


class TestAReEstimate:
    """Top Glove, 2020: 53 million ringgit, then 136 million after interviews; ten months from October 2020."""

    PAID_IN_AUGUST = 4_400_000_00
    FIRST = date(2020, 10, 1)

    def test_what_was_paid_in_august_was_shared_out_to_the_sen(self):
        shares = apportion(self.PAID_IN_AUGUST, [1] * 9_204)
        assert (sum(shares), max(shares), min(shares)) == (self.PAID_IN_AUGUST, 478_06, 478_05)

    def test_the_new_schedule_takes_the_place_of_the_old_and_credits_what_was_paid(self):
        old = instalments(53 * MILLION - self.PAID_IN_AUGUST, 10, self.FIRST)
        paid = self.PAID_IN_AUGUST + sum(each.amount_minor for each in old[:2])
        new = supersede(136 * MILLION, paid, 8, date(2020, 12, 1))
        assert (new.credited_minor, new.overpaid_minor) == (paid, 0)
        assert paid + sum(each.amount_minor for each in new.instalments) == 136 * MILLION
        assert len(old) == 10
        assert new.instalments[-1].due_on == old[-1].due_on

    def test_one_worker_gets_what_the_new_estimate_leaves_and_leaves_with_all_of_it(self):
        first = supersede(7_000_00, 478_05, 10, self.FIRST)
        second = supersede(20_000_00, 478_05 + 2 * 652_20, 8, date(2020, 12, 1))
        assert first.instalments[0].amount_minor == 652_20
        left = remaining_at_once(second.instalments, second.instalments[0].amount_minor, date(2020, 12, 20))
        assert left.amount_minor == sum(each.amount_minor for each in second.instalments[1:])

    def test_an_estimate_that_falls_asks_nothing_back(self):
        assert supersede(53 * MILLION, 60 * MILLION, 10, self.FIRST).instalments == ()


class TestRatesByNationalityAndHireDate:
    """Top Glove, 2020: about RM 20,000 for Bangladesh, 7,000 Myanmar, 6,000 Nepal and half of it after the policy."""

    TABLE = (
        AgreedRate("BD", None, None, 20_000_00, "MYR"),
        AgreedRate("MM", None, None, 7_000_00, "MYR"),
        AgreedRate("NP", None, POLICY, 6_000_00, "MYR"),
        AgreedRate("NP", POLICY, None, 3_000_00, "MYR"),
        AgreedRate("VN", None, None, 5_990_00, "MYR"),
        AgreedRate("ID", None, None, 1_000_00, "MYR"),
    )

    @pytest.mark.parametrize(
        ("nationality", "hired_on", "amount"),
        [
            ("BD", date(2017, 5, 1), 20_000_00),
            ("MM", date(2018, 5, 1), 7_000_00),
            ("NP", date(2018, 12, 31), 6_000_00),
            ("NP", POLICY, 3_000_00),
            ("VN", date(2016, 5, 1), 5_990_00),
            ("ID", date(2020, 1, 1), 1_000_00),
        ],
    )
    def test_the_published_table(self, nationality, hired_on, amount):
        assert agreed_rate(self.TABLE, nationality, hired_on).amount_minor == amount

    def test_who_is_not_in_the_table_has_no_rate_and_not_zero(self):
        assert agreed_rate(self.TABLE, "LK", POLICY) is None

    def test_a_rate_of_the_table_is_what_an_entitlement_begins_with(self):
        rate = agreed_rate(self.TABLE, "NP", date(2018, 6, 1)).document()
        one = PaidItem("claim-1", "agency_fee", 4_500_00, "MYR", date(2018, 5, 1), "0")
        told = entitlement(EntitlementInputs(date(2020, 10, 1), "MYR", OwnWord.PAID, [one], cohort=rate))
        assert (owed_of(told), told["basis"]) == ({"MYR": 6_000_00}, "cohort_rate")

    def interviews(self, nationality: str, hired_on: date, rate: int) -> list[CohortClaim]:
        """Return twelve interviews whose upper quartile is the published rate."""
        shares = (60, 70, 80, 85, 90, 95, 98, 100, 100, 103, 110, 130)
        return [
            CohortClaim(
                f"{nationality}{hired_on:%Y}-{n}", rate * share // 100, "NP-MY", None, hired_on, nationality, True
            )
            for n, share in enumerate(shares)
        ]

    def test_interviews_lead_to_the_published_rates(self):
        told = [
            *self.interviews("BD", date(2017, 5, 1), 20_000_00),
            *self.interviews("MM", date(2017, 5, 1), 7_000_00),
            *self.interviews("NP", date(2017, 5, 1), 6_000_00),
            *self.interviews("NP", date(2019, 5, 1), 3_000_00),
        ]
        rates = {
            (nationality, year): cohort_rate(
                told,
                CohortOf("NP-MY", None, date(year, 3, 1), nationality),
                "MYR",
                steps=BY_NATIONALITY,
                boundary=POLICY,
            )
            for nationality, year in (("BD", 2017), ("MM", 2017), ("NP", 2018), ("NP", 2019))
        }
        assert {key: round(rate.amount_minor, -5) for key, rate in rates.items()} == {
            ("BD", 2017): 20_000_00,
            ("MM", 2017): 7_000_00,
            ("NP", 2018): 6_000_00,
            ("NP", 2019): 3_000_00,
        }
        assert {rate.step for rate in rates.values()} == {CohortStep.NATIONALITY_HIRED}

    def test_a_policy_of_no_fees_makes_nobodys_claim_smaller(self):
        one = PaidItem("claim-1", "agency_fee", 5_500_00, "MYR", date(2019, 6, 1), "0")
        rate = agreed_rate(self.TABLE, "NP", date(2019, 6, 1)).document()
        told = entitlement(EntitlementInputs(date(2020, 10, 1), "MYR", OwnWord.PAID, [one], cohort=rate))
        assert owed_of(told) == {"MYR": 5_500_00}


class TestLeaversInAClaimWindow:
    """Supermax, 2022: a window of six months for former workers, an ex-gratia sum of RM 5,000, interest beside it."""

    WINDOW = ClaimWindow(date(2022, 2, 1), date(2022, 7, 31))
    EX_GRATIA = 5_000_00
    RATE = {"currency": "MYR", "amount_minor": 6_000_00, "statistic": "p75", "n": 40}
    AS_OF = date(2022, 9, 1)

    def due(self, tracing: Tracing, heard: OwnWord | None, *items: PaidItem) -> EntitlementInputs:
        return EntitlementInputs(self.AS_OF, "MYR", own_word(tracing, heard), items, cohort=self.RATE)

    def test_who_left_before_the_first_of_october_2019_has_the_same_claim(self):
        long_gone = PaidItem("claim-1", "agency_fee", 8_000_00, "MYR", date(2015, 3, 1), "0")
        assert owed_of(entitlement(self.due(Tracing.CLAIMED, OwnWord.PAID, long_gone))) == {"MYR": 8_000_00}

    def test_fees_interest_and_ex_gratia_stay_apart(self):
        one = PaidItem("claim-1", "agency_fee", 8_000_00, "MYR", date(2017, 9, 1), "12")
        told = entitlement(self.due(Tracing.CLAIMED, OwnWord.PAID, one))
        interest = told["steps"]["items"][0]["interest_minor"]
        lines = remedy_lines(owed_of(told)["MYR"] - interest, interest, self.EX_GRATIA)
        assert lines == (
            (RemedyLine.FEES, 8_000_00),
            (RemedyLine.INTEREST, 4_800_00),
            (RemedyLine.EX_GRATIA, self.EX_GRATIA),
        )

    def test_the_ex_gratia_sum_pays_no_fee_back(self):
        one = PaidItem("claim-1", "agency_fee", 8_000_00, "MYR", date(2017, 9, 1), "0")
        due = self.due(Tracing.CLAIMED, OwnWord.PAID, one)
        # Only what was repaid of fees is given to an entitlement; whoever put the ex-gratia sum there would see it.
        assert owed_of(entitlement(due)) == {"MYR": 8_000_00}
        wrong = replace(due, repaid=[RepaidItem("ex-gratia", None, self.EX_GRATIA, "MYR", self.AS_OF)])
        assert owed_of(entitlement(wrong)) == {"MYR": 3_000_00}

    @pytest.mark.parametrize("tracing", [Tracing.NOT_SOUGHT, Tracing.SOUGHT, Tracing.NOT_FOUND])
    def test_who_was_not_found_has_the_cohort_rate(self, tracing):
        assert owed_of(entitlement(self.due(tracing, None))) == {"MYR": 6_000_00}

    def test_who_was_found_and_paid_nothing_has_nothing_of_it(self):
        assert owed_of(entitlement(self.due(Tracing.FOUND, OwnWord.NONE))) == {}

    def test_a_claim_after_the_window_is_marked_and_worth_the_same(self):
        one = PaidItem("claim-1", "agency_fee", 8_000_00, "MYR", date(2017, 9, 1), "0")
        assert self.WINDOW.timing(date(2022, 8, 20)) is ClaimTiming.LATE
        assert owed_of(entitlement(self.due(Tracing.CLAIMED, OwnWord.PAID, one))) == {"MYR": 8_000_00}

    def test_each_can_be_computed_again(self):
        told = entitlement(self.due(Tracing.NOT_FOUND, None))
        assert canonical_json(recompute(told)) == canonical_json(told)
