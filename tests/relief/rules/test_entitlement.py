"""What is due to one person: whose word counts, what is taken off, at which rate, and computed again to the byte."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from recruitment.core.canonical import canonical_json
from recruitment.core.errors import InvariantViolated
from recruitment.relief.errors import ClaimTwice, CurrencyMixed, DocumentNotReadable
from recruitment.relief.rules.entitlement import (
    EntitlementInputs,
    OwnWord,
    entitlement,
    owed_of,
    recompute,
)
from recruitment.relief.rules.own_account import PaidItem, RepaidItem
from recruitment.relief.rules.parameters import Parameters
from recruitment.relief.rules.rates import QuotedRate, Quotes

PAID = date(2024, 1, 15)
NOW = date(2025, 7, 15)


def paid(
    amount: int, currency: str = "THB", *, name: str = "r1", item: str = "agency_fee", percent: str = "0"
) -> PaidItem:
    return PaidItem(name, item, amount, currency, PAID, percent)


def back(
    amount: int, currency: str = "THB", *, name: str = "b1", item: str | None = None, on: date = NOW
) -> RepaidItem:
    return RepaidItem(name, item, amount, currency, on)


def rate(text: str, on: date, *, base: str = "MMK", source: str = "central bank") -> QuotedRate:
    return QuotedRate(base, "THB", on, text, source)


def cohort(amount: int, currency: str = "THB") -> dict[str, Any]:
    return {"currency": currency, "amount_minor": amount, "statistic": "p75", "n": 12}


def inputs(*items: PaidItem, word: OwnWord = OwnWord.PAID, **changed: Any) -> EntitlementInputs:
    return replace(EntitlementInputs(NOW, "THB", word, items), **changed)


def owed(*items: PaidItem, **changed: Any) -> dict[str, int]:
    return owed_of(entitlement(inputs(*items, **changed)))


class TestWhoseWordCounts:
    def test_own_account_when_it_is_the_larger(self):
        told = entitlement(inputs(paid(900_00), cohort=cohort(600_00)))
        assert (owed_of(told), told["basis"], told["steps"]["top_up_minor"]) == ({"THB": 900_00}, "own_account", 0)

    def test_the_cohort_rate_when_that_is_larger(self):
        told = entitlement(inputs(paid(500_00), cohort=cohort(600_00)))
        assert (owed_of(told), told["basis"], told["steps"]["top_up_minor"]) == ({"THB": 600_00}, "cohort_rate", 100_00)

    def test_the_cohort_rate_alone_for_who_could_not_be_reached(self):
        assert owed(word=OwnWord.UNREACHED, cohort=cohort(600_00)) == {"THB": 600_00}

    def test_who_paid_and_cannot_say_how_much_has_the_cohort_rate(self):
        assert owed(word=OwnWord.PAID, cohort=cohort(600_00)) == {"THB": 600_00}

    def test_an_independent_none_gives_nothing(self):
        told = entitlement(inputs(word=OwnWord.NONE, cohort=cohort(600_00)))
        assert (owed_of(told), told["basis"]) == ({}, "nothing")

    def test_a_payment_told_beside_a_none_counts_and_is_looked_at(self):
        told = entitlement(inputs(paid(900_00), word=OwnWord.NONE, cohort=cohort(1_000_00)))
        assert (owed_of(told), told["to_review"]) == ({"THB": 1_000_00}, ["none_and_paid"])

    def test_a_payment_of_zero_is_none(self):
        assert owed(paid(0), word=OwnWord.NONE, cohort=cohort(1_000_00)) == {}

    def test_without_a_cohort_rate_the_own_account_stands(self):
        told = entitlement(inputs(paid(500_00)))
        assert (owed_of(told), told["to_review"]) == ({"THB": 500_00}, ["no_cohort_rate"])

    def test_nobody_reached_and_no_rate_is_nothing_yet_and_looked_at(self):
        told = entitlement(inputs(word=OwnWord.UNREACHED))
        assert (owed_of(told), told["to_review"]) == ({}, ["no_cohort_rate"])


class TestInterest:
    def test_the_known_example_of_nepal(self):
        one = PaidItem("r1", "agency_fee", 120_000_00, "NPR", PAID, "36")
        told = entitlement(EntitlementInputs(NOW, "NPR", OwnWord.PAID, [one]))
        assert owed_of(told) == {"NPR": 184_800_00}
        assert (told["steps"]["items"][0]["interest_minor"], told["steps"]["items"][0]["interest_years"]) == (
            64_800_00,
            "3/2",
        )

    def test_it_stops_for_what_came_back_on_the_day_it_came(self):
        half = back(500_00, on=date(2024, 7, 15))
        assert owed(paid(1_000_00, percent="20"), repaid=[half]) == {"THB": 500_00 + 100_00 + 100_00}

    def test_what_came_back_beyond_the_payment_counts_against_its_interest(self):
        assert owed(paid(1_000_00, percent="20"), repaid=[back(1_100_00)]) == {"THB": 200_00}

    def test_a_lender_without_a_cap_is_computed_at_the_cap(self):
        assert owed(paid(1_000_00, percent="120")) == {"THB": 1_540_00}

    def test_where_nobody_knows_the_rate_the_parameter_holds(self):
        one = PaidItem("r1", "agency_fee", 1_000_00, "THB", PAID)
        assert owed(one, parameters=Parameters(interest_unknown_percent="10")) == {"THB": 1_150_00}


class TestRatesOfExchange:
    def test_the_day_of_payment_when_it_was_better(self):
        told = entitlement(inputs(paid(1_000_00, "MMK"), quotes=[rate("0.02", PAID), rate("0.01", NOW)]))
        step = told["steps"]["items"][0]
        assert owed_of(told) == {"THB": 20_00}
        assert (step["rate_chosen"]["on"], step["rate_at_repayment"]["source"]) == ("2024-01-15", "central bank")

    def test_the_day_of_repayment_when_that_is_better(self):
        assert owed(paid(1_000_00, "MMK"), quotes=[rate("0.02", PAID), rate("0.03", NOW)]) == {"THB": 30_00}

    def test_one_rate_is_enough(self):
        assert owed(paid(1_000_00, "MMK"), quotes=[rate("0.03", NOW)]) == {"THB": 30_00}

    def test_without_a_rate_it_is_owed_in_its_own_currency_and_nobody_waits(self):
        told = entitlement(inputs(paid(1_000_00, "MMK"), paid(500_00, name="r2")))
        assert owed_of(told) == {"MMK": 1_000_00, "THB": 500_00}
        assert "no_rate" in told["to_review"]

    def test_it_is_owed_beside_the_cohort_rate(self):
        assert owed(paid(1_000_00, "MMK"), cohort=cohort(600_00)) == {"MMK": 1_000_00, "THB": 600_00}

    def test_a_rate_of_more_than_45_days_ago_is_none(self):
        assert owed(paid(1_000_00, "MMK"), quotes=[rate("0.03", date(2025, 5, 30))]) == {"MMK": 1_000_00}
        assert owed(paid(1_000_00, "MMK"), quotes=[rate("0.03", date(2025, 5, 31))]) == {"THB": 30_00}

    def test_of_two_sources_of_one_day_the_better_one_stands(self):
        two = [rate("0.03", NOW, source="bank"), rate("0.031", NOW, source="street")]
        assert Quotes(two).latest("MMK", "THB", NOW).source == "street"

    def test_currencies_without_decimals_are_converted_in_their_own_units(self):
        yen = QuotedRate("JPY", "THB", NOW, "0.25", "central bank")
        assert owed(paid(1_000, "JPY"), quotes=[yen]) == {"THB": 250_00}


class TestWhatCameBack:
    def test_less_what_was_repaid(self):
        assert owed(paid(900_00), repaid=[back(300_00)], cohort=cohort(600_00)) == {"THB": 600_00}

    def test_never_below_zero(self):
        told = entitlement(inputs(paid(900_00), repaid=[back(1_300_00)], cohort=cohort(600_00)))
        assert (owed_of(told), told["to_review"]) == ({}, ["repaid_beyond"])
        assert told["steps"]["repaid"][0]["left_minor"] == 400_00

    def test_for_one_item_it_never_counts_against_another(self):
        items = [paid(500_00), paid(400_00, name="r2", item="passport")]
        assert owed(*items, repaid=[back(700_00, item="passport")]) == {"THB": 500_00}

    def test_but_against_the_cohort_rate_it_counts_in_full(self):
        items = [paid(100_00), paid(400_00, name="r2", item="passport")]
        told = entitlement(inputs(*items, repaid=[back(700_00, item="passport")], cohort=cohort(900_00)))
        assert (owed_of(told), told["steps"]["cohort_left_minor"]) == ({"THB": 200_00}, 200_00)

    def test_baht_count_against_kyat_at_the_rate_that_the_worker_gets(self):
        quotes = [rate("0.02", PAID), rate("0.01", NOW)]
        assert owed(paid(1_000_00, "MMK"), repaid=[back(5_00)], quotes=quotes) == {"THB": 15_00}

    def test_without_a_rate_it_counts_in_its_own_currency(self):
        assert owed(paid(1_000_00, "MMK"), repaid=[back(400_00, "MMK")]) == {"MMK": 600_00}

    def test_money_is_never_counted_against_two_things(self):
        # The kyat had a rate on the day they came back; the payment has none, and so takes them first.
        quotes = [rate("0.5", date(2024, 10, 1))]
        came = back(400_00, "MMK", on=date(2024, 10, 1))
        told = owed(paid(1_000_00, "MMK"), repaid=[came], quotes=quotes, cohort=cohort(600_00))
        assert told == {"MMK": 600_00, "THB": 600_00}

    def test_of_one_day_what_was_meant_for_an_item_counts_before_what_was_meant_for_the_whole(self):
        items = [paid(100_00), paid(100_00, name="r2", item="passport")]
        came = [back(100_00, name="a"), back(100_00, name="b", item="agency_fee")]
        assert owed(*items, repaid=came) == {}

    def test_it_counts_against_what_has_no_rate_before_what_has_one(self):
        # The day on which the kyat came back has a rate; the day of payment and that of the entitlement have none.
        came = back(1_000_00, "MMK", on=date(2024, 10, 1))
        items = [paid(100_00), paid(1_000_00, "MMK", name="r2")]
        assert owed(*items, repaid=[came], quotes=[rate("0.1", date(2024, 10, 1))]) == {"THB": 100_00}

    def test_what_came_back_before_it_was_paid_bears_no_interest_at_all(self):
        assert owed(paid(1_000_00, percent="36"), repaid=[back(1_000_00, on=date(2023, 12, 1))]) == {}

    def test_what_cannot_be_compared_is_left_and_looked_at(self):
        told = entitlement(inputs(paid(1_000_00, "MMK"), repaid=[back(5_00)], cohort=cohort(600_00)))
        assert owed_of(told) == {"MMK": 1_000_00, "THB": 595_00}
        dollars = entitlement(inputs(paid(900_00), repaid=[back(5_00, "USD")]))
        assert (owed_of(dollars), "repaid_without_rate" in dollars["to_review"]) == ({"THB": 900_00}, True)


class TestTheDocument:
    def told(self) -> dict[str, Any]:
        quotes = [rate("0.0213", PAID), rate("0.0107", NOW), rate("0.5", date(2020, 1, 1))]
        items = [paid(1_000_01, "MMK", percent="12.5"), paid(333_33, name="r2", item="passport", percent="36")]
        return entitlement(inputs(*items, quotes=quotes, repaid=[back(7_77)], cohort=cohort(200_00)))

    def test_it_is_computed_again_to_the_byte(self):
        told = self.told()
        assert canonical_json(recompute(told)) == canonical_json(told)

    def test_only_rates_that_were_looked_at_are_kept(self):
        assert [each["on"] for each in self.told()["inputs"]["rates"]] == ["2024-01-15", "2025-07-15"]

    def test_what_its_items_show_adds_up_to_what_is_owed(self):
        told = self.told()
        assert sum(each["owed_minor"] for each in told["steps"]["items"]) == told["steps"]["own_minor"]
        assert owed_of(told)["THB"] == told["steps"]["own_minor"] + told["steps"]["top_up_minor"]

    def test_a_changed_input_changes_it(self):
        told = self.told()
        told["inputs"]["items"][0]["amount_minor"] += 1_000
        assert canonical_json(recompute(told)) != canonical_json(self.told())

    def test_it_names_its_parameters(self):
        assert self.told()["inputs"]["parameters"]["interest_cap_percent"] == "36"

    @pytest.mark.parametrize("spoil", [{"rules": 0}, {"inputs": {}}, {"word": "perhaps"}, {"as_of": None}])
    def test_one_that_cannot_be_read_is_refused(self, spoil):
        with pytest.raises(DocumentNotReadable):
            recompute(self.told() | spoil)

    def test_two_statements_of_one_reference_are_refused(self):
        with pytest.raises(ClaimTwice, match="r1"):
            entitlement(inputs(paid(1), paid(2)))

    def test_a_cohort_rate_in_another_currency_is_refused(self):
        with pytest.raises(CurrencyMixed):
            entitlement(inputs(paid(1), cohort=cohort(5, "MYR")))

    def test_amounts_below_zero_and_rates_of_nothing_are_a_mistake_of_ours(self):
        with pytest.raises(InvariantViolated):
            entitlement(inputs(paid(-1)))
        with pytest.raises(InvariantViolated):
            Quotes([rate("0", NOW)])
