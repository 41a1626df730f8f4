"""Each kind of legal rule, computed on the days on which the law of a corridor changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from recruitment.fees.reference import RuleKind, corridor_facts
from recruitment.verification.rules import Adjudicated, FindingKind, RuleState, WhyNotComputed
from recruitment.verification.rules.law import decisive
from tests.factories.law import FACTS, broken, declared, journey, law, outcome, paid, rule, told

MMK = ("MMK", "THB", date(2022, 5, 1), "0.02")


class TestNothingMayBeTaken:
    """Thailand: the decree of 2016 until 2017-06-22, section 42 of the ordinance of 2017 from the day after."""

    THAI = (rule("th_2559_zero_fee"), rule("th_2560_s42"))

    @pytest.mark.parametrize(
        ("day", "rules"),
        [
            (date(2016, 8, 15), []),
            (date(2016, 8, 16), ["th_2559_zero_fee"]),
            (date(2017, 6, 22), ["th_2559_zero_fee"]),
            (date(2017, 6, 23), ["th_2560_s42"]),
            (date(2024, 1, 1), ["th_2560_s42"]),
        ],
    )
    def test_there_is_no_gap_between_the_decree_and_the_ordinance(self, day, rules):
        found = told(journey(paid(500_00, "THB", day), law=self.THAI))
        assert found == [(name, "agency_service_fee", 500_00, "THB") for name in rules]

    def test_only_these_hands_and_each_item_by_itself(self):
        day = date(2024, 1, 1)
        found = told(
            journey(
                paid(500_00, "THB", day), paid(200_00, "THB", day, "visa_fee"), paid(50_00, "THB", day, "visa_fee"),
                paid(900_00, "THB", day, "medical_exam_origin", payee="clinic"), law=self.THAI,
            )
        )  # fmt: skip
        assert found == [
            ("th_2560_s42", "agency_service_fee", 500_00, "THB"),
            ("th_2560_s42", "visa_fee", 250_00, "THB"),
        ]

    def test_the_larger_account_counts_and_what_others_paid_does_not(self):
        day = date(2024, 1, 1)
        lines = [declared(700_00, "THB", day), declared(9_000_00, "THB", day, payer="employer")]
        assert told(journey(paid(500_00, "THB", day), declared=lines, law=self.THAI)) == [
            ("th_2560_s42", "agency_service_fee", 700_00, "THB")
        ]

    def test_it_names_rule_side_source_and_confidence(self):
        (found,) = broken(journey(paid(1, "THB", date(2024, 1, 1)), law=self.THAI))
        assert found.kind is FindingKind.LEGAL_BREACH
        assert found.authority.side == "destination"
        assert found.authority.source.startswith("https://www.skyinterlegal.com/")
        assert (found.authority.confidence, found.authority.advisory) == ("medium", False)


class TestALimitForAnItem:
    """Myanmar: MMK 150,000 until 2022-05-08, MMK 300,000 from the day after."""

    BOTH = (rule("mm_th_150k"), rule("mm_th_300k"))

    @pytest.mark.parametrize(
        ("day", "amount", "rules"),
        [
            (date(2022, 5, 8), 150_000, []),
            (date(2022, 5, 8), 200_000, [("mm_th_150k", 50_000)]),
            (date(2022, 5, 9), 200_000, []),
            (date(2022, 5, 9), 300_000, []),
            (date(2022, 5, 9), 300_001, [("mm_th_300k", 1)]),
            (date(2022, 5, 9), 400_000, [("mm_th_300k", 100_000)]),
        ],
    )
    def test_the_day_of_the_payment_decides(self, day, amount, rules):
        found = told(journey(paid(amount * 100, "MMK", day), currency="MMK", law=self.BOTH))
        assert found == [(name, "agency_service_fee", excess * 100, "MMK") for name, excess in rules]

    def test_payments_of_both_times_are_held_each_against_its_own_limit(self):
        reports = paid(140_000_00, "MMK", date(2022, 5, 8)), paid(290_000_00, "MMK", date(2022, 5, 9))
        assert told(journey(*reports, currency="MMK", law=self.BOTH)) == []

    def test_in_its_own_currency_no_rate_is_needed_and_only_the_excess_is_converted(self):
        facts = journey(paid(400_000_00, "MMK", date(2022, 5, 9)), law=self.BOTH)
        assert told(facts, MMK) == [("mm_th_300k", "agency_service_fee", 2_000_00, "THB")]
        assert told(facts) == [("mm_th_300k", "agency_service_fee", 100_000_00, "MMK")]

    def test_a_limit_in_kyat_and_a_payment_in_baht(self):
        facts = journey(paid(7_000_00, "THB", date(2022, 5, 9)), law=self.BOTH)
        assert told(facts, MMK) == [("mm_th_300k", "agency_service_fee", 1_000_00, "THB")]
        assert told(facts) == []
        assert outcome(facts)["mm_th_300k"].why is WhyNotComputed.RATE_MISSING
        assert outcome(facts)["mm_th_300k"].state is RuleState.NOT_COMPUTED

    def test_a_limit_in_baht_and_a_payment_in_kyat(self):
        edited = rule(
            "mm_th_10k_baht_proposal", status=FACTS["mm_th_300k"].status, valid_from=date(2024, 2, 8), computable=True,
            why_not="",
        )  # fmt: skip
        facts = journey(paid(600_000_00, "MMK", date(2024, 3, 1)), law=(edited,))
        rate = ("MMK", "THB", date(2024, 2, 20), "0.02")
        assert told(facts, rate) == [("mm_th_10k_baht_proposal", "agency_service_fee", 2_000_00, "THB")]
        assert told(facts) == []

    def test_mixed_currencies_each_row_by_its_own_day_and_the_limit_by_the_last(self):
        facts = journey(
            paid(200_000_00, "MMK", date(2022, 5, 9)), paid(3_500_00, "THB", date(2022, 6, 20)), law=self.BOTH
        )
        later = ("MMK", "THB", date(2022, 6, 15), "0.01")
        # 200,000 at 0.02 and 3,500 are 7,500; the limit of that day, 300,000 at 0.01, is 3,000.
        assert told(facts, MMK, later) == [("mm_th_300k", "agency_service_fee", 4_500_00, "THB")]
        # Without the first rate that row is left out, and the rest is over the limit still.
        assert told(facts, later) == [("mm_th_300k", "agency_service_fee", 500_00, "THB")]

    def test_what_is_over_the_limit_in_its_own_currency_is_so_without_a_rate_for_the_rest(self):
        facts = journey(paid(350_000_00, "MMK", date(2022, 5, 9)), paid(1_00, "THB", date(2022, 5, 10)), law=self.BOTH)
        assert told(facts) == [("mm_th_300k", "agency_service_fee", 50_000_00, "MMK")]

    def test_nepal_allows_ten_thousand_from_free_visa_free_ticket_and_the_condition_does_not_lift_it(self):
        law_of = (rule("np_pre_fvft"), rule("np_fvft_cap"))
        before = journey(paid(90_000_00, "NPR", date(2015, 7, 5)), currency="NPR", law=law_of)
        after = journey(paid(90_000_00, "NPR", date(2015, 7, 6)), currency="NPR", law=law_of)
        assert told(before) == [("np_pre_fvft", None, 10_000_00, "NPR")]
        assert told(after) == [("np_fvft_cap", "agency_service_fee", 80_000_00, "NPR")]
        assert not broken(after)[0].authority.advisory


class TestALimitForATotal:
    """Bangladesh: BDT 160,000 for all until 2022-07-05, BDT 78,990 for what is named from the day after."""

    BOTH = (rule("bd_my_160000"), rule("bd_my_78990"))

    def facts(self, day: date):
        return journey(
            paid(70_000_00, "BDT", day), paid(30_000_00, "BDT", day, "passport_fee"),
            paid(90_000_00, "BDT", day, "travel_international"), currency="BDT", law=self.BOTH,
        )  # fmt: skip

    def test_until_the_last_day_everything_counts(self):
        (found,) = broken(self.facts(date(2022, 7, 5)))
        assert (found.authority.rule, found.fee_item, found.amount_minor) == ("bd_my_160000", None, 30_000_00)
        assert found.fee_items == {"agency_service_fee", "passport_fee", "travel_international"}

    def test_from_the_next_day_only_what_is_named(self):
        (found,) = broken(self.facts(date(2022, 7, 6)))
        assert (found.authority.rule, found.fee_item, found.amount_minor) == ("bd_my_78990", None, 21_010_00)
        assert found.fee_items == {"agency_service_fee", "passport_fee"}

    def test_what_the_worker_bore_of_each_item_is_added_up(self):
        day = date(2022, 7, 6)
        facts = journey(
            paid(50_000_00, "BDT", day), currency="BDT", law=self.BOTH,
            declared=[declared(20_000_00, "BDT", day), declared(40_000_00, "BDT", day, "passport_fee")],
        )  # fmt: skip
        assert told(facts) == [("bd_my_78990", None, 11_010_00, "BDT")]


class TestWhatTheEmployerPays:
    def test_the_memorandum_of_nepal_and_malaysia_from_its_first_day(self):
        the_list = (rule("np_mou_my"),)
        assert told(journey(paid(50_00, "MYR", date(2019, 9, 11)), currency="MYR", law=the_list)) == []
        assert told(
            journey(
                paid(50_00, "MYR", date(2019, 9, 12)), paid(9_00, "MYR", date(2019, 9, 12), "personal_home_trip"),
                currency="MYR", law=the_list,
            )
        ) == [("np_mou_my", "agency_service_fee", 50_00, "MYR")]  # fmt: skip

    @pytest.mark.parametrize(("day", "found"), [(date(2017, 12, 31), []), (date(2018, 1, 1), [185_000])])
    def test_the_levy_of_malaysia_from_2018(self, day, found):
        facts = journey(
            paid(1_850_00, "MYR", day, "levy_passthrough", payee="employer"), currency="MYR",
            law=(rule("my_levy_employer"),),
        )  # fmt: skip
        assert [amount for _rule, _item, amount, _currency in told(facts)] == found


class TestAMultipleOfTheWage:
    RULE = rule(
        "np_cap_debate", status=FACTS["np_mou_my"].status, valid_from=date(2024, 1, 1), computable=True, why_not=""
    )

    def test_what_is_over_one_months_wage(self):
        facts = journey(
            paid(2_000_00, "MYR", date(2024, 1, 1)), currency="MYR", law=(self.RULE,), monthly_wage=(1_500_00, "MYR")
        )
        assert told(facts) == [("np_cap_debate", "agency_service_fee", 500_00, "MYR")]
        assert told(replace(facts, law=(replace(self.RULE, multiple=Decimal("0.5")),))) == [
            ("np_cap_debate", "agency_service_fee", 1_250_00, "MYR")
        ]
        assert told(replace(facts, reported=[paid(2_000_00, "MYR", date(2023, 12, 31))])) == []

    def test_without_a_wage_nothing_can_be_said(self):
        facts = journey(paid(2_000_00, "MYR", date(2024, 1, 1)), currency="MYR", law=(self.RULE,))
        (found,) = outcome(facts).values()
        assert (found.state, found.why) == (RuleState.NOT_COMPUTED, WhyNotComputed.WAGE_UNKNOWN)

    def test_a_multiple_that_the_employer_pays_is_not_held_against_workers_payments(self):
        edited = replace(
            FACTS["th_dest_agency_cap"], status=FACTS["np_mou_my"].status, valid_from=date(2024, 1, 1), computable=True,
            why_not="",
        )  # fmt: skip
        assert law("MM-TH", [edited]) == ()


class TestDeductions:
    WAGE = (10_000_00, "THB")
    S49, S76 = rule("th_2560_s49"), rule("th_lpa_s76")

    def month(self, month: str, *amounts: int, item: str = "visa_fee", **other):
        return [
            paid(amount, "THB", f"{month}-15", item, payee="employer", deducted=True, **other) for amount in amounts
        ]

    def test_a_tenth_of_the_months_wage_for_what_an_employer_laid_out(self):
        facts = journey(*self.month("2024-01", 700_00, 400_00), law=(self.S49,), monthly_wage=self.WAGE)
        (found,) = broken(facts)
        assert found.kind is FindingKind.DEDUCTION_OVER_LIMIT
        assert (found.fee_item, found.amount_minor, found.authority.rule) == ("visa_fee", 100_00, "th_2560_s49")
        assert not found.authority.advisory

    @pytest.mark.parametrize(("month", "found"), [("2018-02", []), ("2018-04", [500_00])])
    def test_from_its_first_day(self, month, found):
        facts = journey(*self.month(month, 1_500_00), law=(self.S49,), monthly_wage=self.WAGE)
        assert [each.amount_minor for each in broken(facts)] == found

    def test_the_day_before_and_the_day(self):
        for day, count in ((date(2018, 3, 27), 0), (date(2018, 3, 28), 1)):
            row = paid(1_500_00, "THB", day, "visa_fee", deducted=True)
            assert len(broken(journey(row, law=(self.S49,), monthly_wage=self.WAGE))) == count

    def test_each_month_has_its_own_limit_and_the_excesses_add_up(self):
        rows = [*self.month("2024-01", 1_000_00), *self.month("2024-02", 1_300_00), *self.month("2024-03", 1_200_00)]
        assert told(journey(*rows, law=(self.S49,), monthly_wage=self.WAGE)) == [
            ("th_2560_s49", "visa_fee", 500_00, "THB")
        ]

    def test_several_items_count_together_and_name_none(self):
        rows = [*self.month("2024-01", 700_00), *self.month("2024-01", 700_00, item="passport_fee")]
        (found,) = broken(journey(*rows, law=(self.S49,), monthly_wage=self.WAGE))
        assert (found.fee_item, found.fee_items, found.amount_minor) == (None, {"visa_fee", "passport_fee"}, 400_00)

    def test_what_was_not_deducted_or_is_of_no_known_month_is_not_counted(self):
        rows = [
            paid(5_000_00, "THB", "2024-01-15", "visa_fee"),
            *self.month("2024-01", 5_000_00, said="2024"),
            *self.month("2024-01", 5_000_00, said=None),
        ]
        facts = journey(*rows, law=(self.S49,), monthly_wage=self.WAGE)
        assert told(facts) == []
        assert outcome(facts)["th_2560_s49"].why is WhyNotComputed.MONTH_UNKNOWN

    def test_whether_it_was_deducted_is_not_known_where_nobody_asked(self):
        facts = journey(paid(5_000_00, "THB", "2024-01-15", "visa_fee", deducted=None), law=(self.S49,))
        assert outcome(facts)["th_2560_s49"].why is WhyNotComputed.DEDUCTION_UNKNOWN

    def test_the_labour_protection_act_says_what_would_lift_it_and_is_for_a_person_to_look_at(self):
        facts = journey(*self.month("2024-01", 1_500_00), law=(self.S76,), monthly_wage=self.WAGE)
        (found,) = broken(facts)
        assert found.amount_minor == 500_00
        assert not found.authority.advisory
        assert found.authority.unless == "the worker had consented in writing before"

    def test_a_tenth_for_each_and_a_fifth_for_all(self):
        rows = [
            paid(900_00, "THB", "2024-01-15", item, deducted=True)
            for item in ("visa_fee", "passport_fee", "work_permit_fee")
        ]
        assert [one.amount_minor for one in broken(journey(*rows, law=(self.S76,), monthly_wage=self.WAGE))] == [700_00]

    def test_a_wage_in_another_currency(self):
        facts = journey(*self.month("2024-01", 1_500_00), law=(self.S49,), monthly_wage=(500_000_00, "MMK"))
        assert told(facts, ("MMK", "THB", date(2024, 1, 10), "0.02")) == [("th_2560_s49", "visa_fee", 500_00, "THB")]
        assert told(facts) == []
        assert outcome(facts)["th_2560_s49"].why is WhyNotComputed.RATE_MISSING

    def test_without_a_wage_nothing_can_be_said(self):
        facts = journey(*self.month("2024-01", 5_000_00), law=(self.S49,))
        assert outcome(facts)["th_2560_s49"].why is WhyNotComputed.WAGE_UNKNOWN


class TestWhatIsNeverComputed:
    """A rule that is proposed or planned, or of which neither day nor amount is known, is information."""

    @pytest.mark.parametrize(
        "rule_id",
        [
            "kh_49",
            "mm_th_10k_baht_proposal",
            "mm_th_total_230usd",
            "la_service_fee",
            "np_cap_debate",
            "th_dest_agency_cap",
        ],
    )
    def test_no_payment_is_held_against_it(self, rule_id):
        scope = FACTS[rule_id].scope.partition(":")[2]
        corridors = [each.code for each in corridor_facts() if scope in {each.code, each.destination}]
        assert corridors
        for corridor in corridors:
            assert rule_id not in {each.authority.rule for each in law(corridor)}

    def test_a_high_total_breaks_no_limit_that_nobody_can_date(self):
        facts = journey(paid(600_00, "USD", date(2014, 7, 1), "passport_fee"), currency="USD", law=law("KH-TH"))
        assert "kh_49" not in {name for name, *_ in told(facts)}

    def test_only_kinds_with_a_computation_are_computed(self):
        for corridor in corridor_facts():
            assert {each.kind for each in law(corridor.code)} <= {
                RuleKind.ZERO_FEE, RuleKind.CAP_ITEM, RuleKind.CAP_TOTAL, RuleKind.CAP_WAGE_MULTIPLE,
                RuleKind.DEDUCTION_LIMIT, RuleKind.EMPLOYER_PAYS_LIST,
            }  # fmt: skip


class TestSeveralRulesAtOnce:
    DAY = date(2024, 3, 1)

    def facts(self):
        return journey(paid(600_000_00, "MMK", self.DAY), currency="MMK", law=law("MM-TH"))

    def test_both_sides_and_overlapping_rules_are_findings_of_their_own(self):
        assert told(self.facts()) == [
            ("mm_500k_report", "agency_service_fee", 100_000_00, "MMK"),
            ("mm_th_300k", "agency_service_fee", 300_000_00, "MMK"),
            ("th_2560_s42", "agency_service_fee", 600_000_00, "MMK"),
        ]

    def test_a_report_of_low_confidence_is_advisory(self):
        assert {one.authority.rule: one.authority.advisory for one in broken(self.facts())} == {
            "mm_500k_report": True, "mm_th_300k": False, "th_2560_s42": False,
        }  # fmt: skip

    def test_the_stricter_decides(self):
        assert decisive(broken(self.facts()), "MMK")["agency_service_fee"].authority.rule == "th_2560_s42"
        without = [one for one in broken(self.facts()) if one.authority.rule != "th_2560_s42"]
        assert decisive(without, "MMK")["agency_service_fee"].authority.rule == "mm_th_300k"

    def test_a_sure_rule_goes_before_an_advisory_one_that_asks_more(self):
        sure, weak = broken(self.facts())[1], broken(self.facts())[0]._replace(amount_minor=10**9)
        assert decisive([sure, weak], "MMK") == {"agency_service_fee": sure}


class TestWhatEachRuleCameTo:
    def test_broken_kept_and_not_computed(self):
        facts = journey(paid(200_000_00, "MMK", date(2024, 3, 1)), currency="MMK", law=law("MM-TH"))
        found = {name: (each.state, each.why) for name, each in outcome(facts).items()}
        assert found == {
            "th_2559_zero_fee": (RuleState.NOT_COMPUTED, WhyNotComputed.NOT_IN_FORCE),
            "th_2560_s42": (RuleState.BROKEN, None),
            "th_2560_s49": (RuleState.NOT_COMPUTED, WhyNotComputed.NO_PAYMENT),
            "th_lpa_s76": (RuleState.KEPT, None),
            "mm_500k_report": (RuleState.KEPT, None),
            "mm_th_150k": (RuleState.NOT_COMPUTED, WhyNotComputed.NOT_IN_FORCE),
            "mm_th_300k": (RuleState.KEPT, None),
        }

    def test_hands_that_nobody_knows_keep_no_rule(self):
        facts = journey(paid(5_00, "THB", date(2024, 3, 1), payee=None), law=(rule("th_2560_s42"),))
        (found,) = outcome(facts).values()
        assert (found.state, found.why) == (RuleState.NOT_COMPUTED, WhyNotComputed.PAYEE_UNKNOWN)


class TestWhatAPersonDecided:
    RULES = (rule("th_2560_s42"), rule("mm_th_300k"))

    def facts(self, verified: int):
        return journey(
            paid(400_000_00, "MMK", date(2022, 6, 1)), law=self.RULES,
            adjudicated={"agency_service_fee": Adjudicated(verified, validated=True)},
        )  # fmt: skip

    def test_no_more_than_that_is_held_against_a_rule(self):
        rate = ("MMK", "THB", date(2022, 5, 25), "0.02")
        assert told(self.facts(7_000_00), rate) == [
            ("mm_th_300k", "agency_service_fee", 1_000_00, "THB"),
            ("th_2560_s42", "agency_service_fee", 7_000_00, "THB"),
        ]
        assert told(self.facts(9_999_00), rate)[1][2] == 8_000_00

    def test_nothing_paid_breaks_nothing(self):
        assert told(self.facts(0), ("MMK", "THB", date(2022, 5, 25), "0.02")) == []
