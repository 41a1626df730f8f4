"""The fee items and corridor rules say what the field knows, and a broken copy is refused with all its problems."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from recruitment.fees.reference import (
    NEEDED_TO_COMPUTE,
    CorridorRuleFact,
    EppVerdict,
    FeeItemFact,
    IloClass,
    RuleKind,
    RuleStatus,
    corridor_facts,
    corridor_rule_facts,
    corridor_rules_file,
    fee_item_facts,
    fee_items_file,
    rules_of,
)
from recruitment.journeys.reference import stages
from recruitment.sheets.facts import Basis, Confidence, ReferenceDataInvalid, data_text

_EVERY_ITEM = """
agency_service_fee dest_agency_fee broker_fee referral_fee registration_fee interview_fee placement_recurring
employer_recovery levy_passthrough medical_exam_origin medical_exam_destination medical_repeat vaccination
health_insurance life_insurance welfare_fund social_security_origin skills_test language_test credential_check
pre_departure_training language_training skills_training post_arrival_training uniform ppe tools travel_inland
travel_international travel_destination lodging_transit meals_transit repatriation passport_fee passport_agent
id_documents owic_card visa_fee visa_processing_vendor work_permit_fee residence_permit demand_attestation
contract_legalisation police_clearance exit_permit banking_fee govt_tax_fine loan_interest fx_loss bribe
extortion kickback_demand bond_deposit collateral illicit_recovery inflated_markup undisclosed_fee
vessel_advance_debt worker_loan board_lodging interview_prep passport_replacement_fault personal_home_trip
"""
EVERY_ITEM = _EVERY_ITEM.split()

_EVERY_RULE = """
th_2559_zero_fee th_2560_s42 th_2560_s49 th_lpa_s76 th_doc_retention th_fraud_recruit th_overcharge_penalty
th_dest_agency_cap th_visa_pre2023 th_visa_2023 th_stay_ext_2023 th_work_permit th_insurance_namelist
th_covid_mou_cost th_report_days my_levy_employer my_min_wage my_passport mm_th_150k mm_th_300k mm_500k_report
mm_th_10k_baht_proposal mm_th_total_230usd mm_overcharge mm_passport_thb mm_passport_mmk mm_remit25 mm_quota50
mm_age_male mm_departure_list mm_fisher_ban kh_49 kh_passport kh_cap_planned kh_deposit kh_current_unknown
la_2022_list la_service_fee la_dangerous np_fvft_cap np_fvft_employer np_worker_state_items np_2015_worker_total
np_mou_my np_fea_s53 np_fea_s55 np_pre_fvft np_cap_debate bd_my_78990 bd_my_160000 bd_caps_2017 bd_my_status
mm_my_usd mm_jp
"""
EVERY_RULE = _EVERY_RULE.split()

COMPUTABLE = {
    "th_2559_zero_fee",
    "th_2560_s42",
    "th_2560_s49",
    "th_lpa_s76",
    "my_levy_employer",
    "mm_th_150k",
    "mm_th_300k",
    "mm_500k_report",
    "np_fvft_cap",
    "np_mou_my",
    "np_pre_fvft",
    "bd_my_78990",
    "bd_my_160000",
}


def item(code: str) -> FeeItemFact:
    """Find a fee item."""
    return next(one for one in fee_item_facts() if one.code == code)


def rule(code: str) -> CorridorRuleFact:
    """Find a rule."""
    return next(one for one in corridor_rule_facts() if one.id == code)


def broken(name: str, *changes: tuple[str, str]) -> str:
    """Copy a data file with some places spoilt."""
    text = data_text("recruitment.fees", name)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def with_rule(**values: str) -> str:
    """Add a rule to the corridor rules; what is given replaces a sound default."""
    sound = {
        "id": '"new"',
        "scope": '"origin:MM-TH"',
        "kind": '"cap_item"',
        "fee_items": '["visa_fee"]',
        "amount": '"10.00"',
        "currency": '"THB"',
        "valid_from": "2024-01-01",
        "status": '"in_force"',
        "detail": '"A limit."',
        "basis": '"page"',
        "confidence": '"high"',
        "computable": "true",
        "sources": "[]",
    }
    lines = (f"{key} = {value}" for key, value in {**sound, **values}.items() if value)
    return data_text("recruitment.fees", "corridor_rules.toml") + "\n[[rules]]\n" + "\n".join(lines) + "\n"


class TestFeeItems:
    """Which items there are, and what the standards say of them."""

    def test_all_sixty_three_are_there(self) -> None:
        assert [one.code for one in fee_item_facts()] == EVERY_ITEM
        assert len(EVERY_ITEM) == 63

    def test_classes_and_verdicts_are_those_of_the_research(self) -> None:
        assert Counter(one.ilo for one in fee_item_facts()) == {
            IloClass.RECRUITMENT_FEE: 9,
            IloClass.RELATED_COST: 39,
            IloClass.ILLEGITIMATE_COST: 10,
            IloClass.OUTSIDE_SCOPE: 5,
        }
        assert Counter(one.epp for one in fee_item_facts()) == {
            EppVerdict.EMPLOYER_MUST_PAY: 48,
            EppVerdict.NEVER_LEGITIMATE: 10,
            EppVerdict.WORKER_MAY_PAY: 5,
        }

    @pytest.mark.parametrize(
        ("code", "ilo", "epp"),
        [
            ("broker_fee", "recruitment_fee", "employer_must_pay"),
            ("passport_fee", "related_cost", "employer_must_pay"),
            ("passport_agent", "illegitimate_cost", "never_legitimate"),
            ("vessel_advance_debt", "illegitimate_cost", "never_legitimate"),
            ("worker_loan", "outside_scope", "worker_may_pay"),
        ],
    )
    def test_a_verdict_is_kept_as_it_was_given(self, code: str, ilo: str, epp: str) -> None:
        assert (item(code).ilo, item(code).epp) == (ilo, epp)

    def test_only_collateral_is_not_money(self) -> None:
        assert [one.code for one in fee_item_facts() if not one.is_money] == ["collateral"]

    def test_what_stays_out_of_the_sdg_cost(self) -> None:
        assert {one.code for one in fee_item_facts() if not one.counts_for_sdg} == {
            "repatriation",
            "govt_tax_fine",
            "fx_loss",
            "collateral",
            "vessel_advance_debt",
            "worker_loan",
            "board_lodging",
            "interview_prep",
            "passport_replacement_fault",
            "personal_home_trip",
        }

    def test_less_than_high_confidence_stays_visible(self) -> None:
        doubted = {one.code for one in fee_item_facts() if one.confidence is not Confidence.HIGH}
        assert doubted == {"govt_tax_fine", "board_lodging"}

    def test_what_the_stages_commonly_charge_are_known_items(self) -> None:
        assert {fee for stage in stages() for fee in stage.typical_fees} <= set(EVERY_ITEM)

    def test_principles_say_when_a_worker_may_pay(self) -> None:
        allowed = [one for one in fee_items_file().principles if one.standard == "worker_may_pay"]
        assert len(allowed) == 7
        assert all(one.condition for one in allowed)


class TestCorridorRules:
    """Which rules there are, and which of them a machine may apply."""

    def test_every_rule_of_the_research_is_there(self) -> None:
        assert [one.id for one in corridor_rule_facts()] == EVERY_RULE

    def test_every_corridor_is_there(self) -> None:
        codes = [corridor.code for corridor in corridor_facts()]
        assert codes == ["MM-TH", "KH-TH", "LA-TH", "NP-MY", "BD-MY", "MM-MY", "MM-JP"]
        assert {corridor.currency for corridor in corridor_facts()} == {"THB", "MYR", "JPY"}

    def test_observations_wages_and_currencies_are_there(self) -> None:
        whole = corridor_rules_file()
        assert (len(whole.observed), len(whole.minimum_wages), len(whole.currencies)) == (26, 20, 10)

    def test_a_zero_fee_law_binds_the_agency(self) -> None:
        law = rule("th_2560_s42")
        assert (law.amount, law.payees, law.valid_from) == (Decimal(0), ("agency",), date(2017, 6, 23))
        assert law.confidence is Confidence.MEDIUM
        assert law.basis is Basis.MEMORY

    def test_a_cap_keeps_currency_and_days(self) -> None:
        before, after = rule("mm_th_150k"), rule("mm_th_300k")
        assert (before.amount, before.currency, before.valid_from, before.valid_until) == (
            Decimal(150000),
            "MMK",
            None,
            date(2022, 5, 8),
        )
        assert (after.amount, after.valid_from, after.valid_until) == (Decimal(300000), date(2022, 5, 9), None)

    def test_rules_of_a_corridor_come_from_both_sides(self) -> None:
        corridor = next(one for one in corridor_facts() if one.code == "NP-MY")
        scopes = {one.scope for one in rules_of(corridor)}
        assert scopes == {"destination:MY", "origin:NP-MY"}

    def test_only_dated_limits_with_a_known_figure_are_computable(self) -> None:
        assert {one.id for one in corridor_rule_facts() if one.computable} == COMPUTABLE
        assert {one.kind for one in corridor_rule_facts() if one.computable} <= set(NEEDED_TO_COMPUTE)

    def test_whatever_is_not_computable_says_why(self) -> None:
        assert all(bool(one.why_not) is not one.computable for one in corridor_rule_facts())

    def test_the_only_advisory_rule_is_the_report_of_500_000_kyat(self) -> None:
        low = [one.id for one in corridor_rule_facts() if one.computable and one.confidence is Confidence.LOW]
        assert low == ["mm_500k_report"]


class TestWhatIsUnknown:
    """It stays unknown."""

    def test_the_present_limit_of_cambodia_is_unknown_rather_than_absent(self) -> None:
        unknown = rule("kh_current_unknown")
        assert unknown.kind is RuleKind.UNKNOWN
        assert unknown.status is RuleStatus.UNKNOWN
        assert unknown.amount is None
        assert unknown.confidence is Confidence.LOW

    def test_the_emergency_price_of_2014_is_not_applied_to_later_payments(self) -> None:
        assert rule("kh_49").amount == Decimal(49)
        assert not rule("kh_49").computable

    def test_an_unverified_amount_is_absent(self) -> None:
        assert rule("mm_my_usd").amount is None
        assert rule("la_service_fee").multiple is None

    def test_the_conflicting_confidences_of_a_rule_give_the_lowest_and_a_note(self) -> None:
        assert rule("mm_my_usd").confidence is Confidence.LOW
        assert "high" in rule("mm_my_usd").confidence_note

    def test_proposals_and_plans_are_marked(self) -> None:
        marked = {one.id: one.status for one in corridor_rule_facts() if one.status in {"proposed", "planned"}}
        assert marked == {
            "mm_th_10k_baht_proposal": "proposed",
            "np_cap_debate": "proposed",
            "kh_cap_planned": "planned",
        }


class TestABrokenCopy:
    """What is refused, and how."""

    def test_all_problems_of_fee_items_come_at_once(self) -> None:
        text = broken(
            "fee_items.toml",
            ('code = "dest_agency_fee"', 'code = "agency_service_fee"'),
            ('ilo = "recruitment_fee"', 'ilo = "cheap"'),
            ('stages = ["first_contact", "registration"]', 'stages = ["elsewhere"]'),
            ('sources = ["ilo_def_news", "eicc2015", "issara_er"]', 'sources = ["hearsay"]'),
            ("is_money = false", "is_money = false\nweight = 3"),
            ("version = 1", "version = 2"),
            ('fee_items = ["collateral"]', 'fee_items = ["colateral"]'),
        )
        with pytest.raises(ReferenceDataInvalid) as refused:
            fee_items_file(text, "copy.toml")
        said = "\n".join(refused.value.problems)
        assert refused.value.path == "copy.toml"
        for part in (
            "fee_items: code agency_service_fee appears twice",
            "fee_items[agency_service_fee].ilo: Must be one of",
            "fee_items[broker_fee].stages: unknown elsewhere",
            "fee_items[broker_fee].sources: unknown hearsay",
            "fee_items[collateral].weight: Unknown field.",
            "principles[ledger_collateral].fee_items: unknown colateral",
            "version 2 is not understood",
        ):
            assert part in said

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ('stages = ["first_contact", "registration"]', "stages = []", "names no stage"),
            ("is_money = true", "is_money = false", "although it is not money"),
        ],
    )
    def test_an_item_that_contradicts_itself_is_refused(self, old: str, new: str, said: str) -> None:
        with pytest.raises(ReferenceDataInvalid, match=said):
            fee_items_file(broken("fee_items.toml", (old, new)))

    def test_a_sound_rule_may_be_added(self) -> None:
        assert corridor_rules_file(with_rule()).rules[-1].id == "new"

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"id": '"kh_49"'}, "id kh_49 appears twice"),
            ({"scope": '"origin:XX-TH"'}, "unknown origin:XX-TH"),
            ({"fee_items": '["visa"]'}, r"rules\[new\].fee_items: unknown visa"),
            ({"kind": '"cap"'}, "Must be one of"),
            ({"amount": "10"}, "Not a decimal string"),
            ({"amount": '"1,000"'}, "Not a decimal string"),
            ({"amount": '"10.005"'}, "THB has no more than 2 decimals"),
            ({"currency": '"ZZZ"'}, "unknown currency ZZZ"),
            ({"currency": ""}, "an amount without a currency"),
            ({"valid_until": "2023-12-31"}, "ends on 2023-12-31, before it begins"),
            ({"valid_from": '"2024-01-01"'}, "Not a date"),
            ({"valid_from": "2024-01-01T10:00:00"}, "Not a date"),
            ({"confidence": '"unstated"'}, "states its confidence"),
            ({"sources": '["a friend"]'}, "neither an address"),
            ({"payees": '["uncle"]'}, "unknown payee uncle"),
            ({"percent": '"110"'}, "110 per cent is no share"),
            ({"figures": '[{label = "a", role = "x", amount = "1.00", currency = "THB"}]'}, "unknown role x"),
            (
                {"figures": '[{label = "a", role = "price", amount = "1.00", currency = "THB", fee_item = "b"}]'},
                r"rules\[new\]: figures\[a\].fee_item: unknown b",
            ),
            ({"kind": '"zero_fee"'}, "with an amount above zero"),
            ({"amount": ""}, "computable without amount"),
            ({"fee_items": "[]"}, "computable without fee_items"),
            ({"kind": '"deduction_limit"'}, "computable without percent"),
            ({"kind": '"employer_pays_list"', "fee_items": "[]"}, "computable without fee_items"),
            ({"kind": '"penalty"'}, "is never computable"),
            ({"valid_from": ""}, "computable without a date"),
            ({"status": '"proposed"'}, "computable although proposed"),
            ({"why_not": '"because"'}, "computable, and yet says why not"),
            ({"computable": "false"}, "does not say why"),
        ],
    )
    def test_a_rule_that_contradicts_itself_is_refused(self, values: dict[str, str], said: str) -> None:
        with pytest.raises(ReferenceDataInvalid, match=said):
            corridor_rules_file(with_rule(**values))

    def test_all_problems_of_rules_come_at_once(self) -> None:
        text = with_rule(amount='"10.005"', fee_items='["visa"]', status='"proposed"', valid_from="")
        text = text.replace('code = "KH-TH"', 'code = "KH-MY"', 1).replace(
            'corridor = "LA-TH"', 'corridor = "LA-VN"', 1
        )
        with pytest.raises(ReferenceDataInvalid) as refused:
            corridor_rules_file(text)
        said = "\n".join(refused.value.problems)
        for part in (
            "2 decimals",
            "unknown visa",
            "although proposed",
            "without a date",
            "is not KH-TH",
            "unknown LA-VN",
        ):
            assert part in said
