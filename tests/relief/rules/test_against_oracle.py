"""Entitlements against a second implementation, and what must hold of each whatever was said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from recruitment.core.canonical import canonical_json
from recruitment.relief.rules.entitlement import EntitlementInputs, OwnWord, entitlement, owed_of, recompute
from recruitment.relief.rules.own_account import PaidItem, RepaidItem
from recruitment.relief.rules.rates import QuotedRate
from tests.oracle.relief import entitled

AS_OF = date(2025, 7, 15)
CURRENCIES = st.sampled_from(["THB", "THB", "MMK", "USD", "JPY"])
ITEMS = st.sampled_from(["agency_fee", "passport", "medical"])
DAYS = st.dates(date(2023, 12, 1), AS_OF)
AMOUNTS = st.integers(0, 2_000_00)

PAYMENTS = st.lists(
    st.tuples(ITEMS, AMOUNTS, CURRENCIES, DAYS, st.sampled_from([None, "0", "12.5", "36", "80"])), max_size=4
).map(lambda rows: tuple(PaidItem(f"r{n}", *row) for n, row in enumerate(rows)))
REPAYMENTS = st.lists(st.tuples(st.none() | ITEMS, AMOUNTS, CURRENCIES, DAYS), max_size=3).map(
    lambda rows: tuple(RepaidItem(f"b{n}", *row) for n, row in enumerate(rows))
)
QUOTES = st.lists(
    st.tuples(
        st.sampled_from(["MMK", "USD", "JPY"]),
        st.sampled_from([date(2024, 1, 1), date(2024, 2, 1), date(2024, 9, 1), date(2025, 7, 1), AS_OF]),
        st.sampled_from(["0.0001", "0.0213", "0.25", "33.3", "36.1234"]),
    ),
    max_size=6,
    unique_by=lambda row: row[:2],
).map(lambda rows: tuple(QuotedRate(base, "THB", on, text, "central bank") for base, on, text in rows))
COHORTS = st.none() | st.integers(1, 5_000_00).map(lambda amount: {"currency": "THB", "amount_minor": amount})
INPUTS = st.builds(
    EntitlementInputs,
    as_of=st.just(AS_OF),
    currency=st.just("THB"),
    word=st.sampled_from(OwnWord),
    items=PAYMENTS,
    repaid=REPAYMENTS,
    quotes=QUOTES,
    cohort=COHORTS,
)


def owed(inputs: EntitlementInputs) -> dict[str, int]:
    return owed_of(entitlement(inputs))


def second_reading(inputs: EntitlementInputs) -> dict[str, int]:
    return entitled(
        as_of=inputs.as_of,
        currency=inputs.currency,
        word=inputs.word.value,
        items=[
            {
                "reference": item.reference,
                "fee_item": item.fee_item,
                "amount": item.amount_minor,
                "currency": item.currency,
                "paid_on": item.paid_on,
                "percent": item.percent,
            }
            for item in inputs.items
        ],
        repaid=[
            {
                "reference": each.reference,
                "fee_item": each.fee_item,
                "amount": each.amount_minor,
                "currency": each.currency,
                "paid_on": each.paid_on,
            }
            for each in inputs.repaid
        ],
        rates=[{"base": each.base, "quote": each.quote, "on": each.on, "rate": each.rate} for each in inputs.quotes],
        cohort=None if inputs.cohort is None else inputs.cohort["amount_minor"],
    )


def exceeds(less: dict[str, int], more: dict[str, int]) -> list[str]:
    """Return the currencies in which the first owes more than the second."""
    return [code for code, amount in less.items() if amount > more.get(code, 0)]


class TestTwoReadings:
    @given(INPUTS)
    def test_agree(self, inputs):
        assert owed(inputs) == second_reading(inputs)

    def test_a_wrong_one_would_be_noticed(self):
        item = PaidItem("r0", "agency_fee", 1_000_00, "THB", date(2024, 7, 15), "36")
        inputs = EntitlementInputs(AS_OF, "THB", OwnWord.PAID, [item])
        assert owed(inputs) == second_reading(inputs) == {"THB": 1_360_00}
        assert owed(inputs) != second_reading(replace(inputs, items=[replace(item, percent="0")]))


class TestWhateverWasSaid:
    @given(INPUTS)
    def test_it_is_computed_again_to_the_byte(self, inputs):
        told = entitlement(inputs)
        assert canonical_json(recompute(told)) == canonical_json(told)

    @given(INPUTS, st.randoms())
    def test_the_order_of_the_inputs_does_not_matter(self, inputs, random):
        mixed: dict[str, Any] = {}
        for name in ("items", "repaid", "quotes"):
            rows = list(getattr(inputs, name))
            random.shuffle(rows)
            mixed[name] = rows
        assert canonical_json(entitlement(replace(inputs, **mixed))) == canonical_json(entitlement(inputs))

    @given(INPUTS)
    def test_nothing_is_owed_below_zero_and_parts_add_up(self, inputs):
        told = entitlement(inputs)
        assert all(amount > 0 for amount in owed_of(told).values())
        shown: dict[str, int] = {}
        for item in told["steps"]["items"]:
            assert item["owed_minor"] >= 0
            shown[item["owed_currency"]] = shown.get(item["owed_currency"], 0) + item["owed_minor"]
        shown["THB"] = shown.get("THB", 0) + told["steps"]["top_up_minor"]
        assert {code: amount for code, amount in shown.items() if amount} == owed_of(told)

    @given(INPUTS.filter(lambda each: each.word is not OwnWord.NONE and each.cohort is not None))
    def test_a_payer_never_has_less_than_the_cohort_rate_with_what_came_back(self, inputs):
        told = entitlement(inputs)
        assert owed_of(told).get("THB", 0) + told["steps"]["repaid_minor"] >= inputs.cohort["amount_minor"] - 1

    @given(INPUTS.filter(lambda each: each.word is not OwnWord.NONE and each.cohort is not None))
    def test_nor_less_than_the_cohort_rate_where_nothing_came_back(self, inputs):
        assert owed(replace(inputs, repaid=())).get("THB", 0) >= inputs.cohort["amount_minor"]

    @given(INPUTS, ITEMS, st.integers(1, 2_000_00), CURRENCIES, DAYS)
    def test_another_payment_never_makes_less(self, inputs, item, amount, currency, day):
        more = replace(inputs, items=(*inputs.items, PaidItem("another", item, amount, currency, day, "20")))
        assert exceeds(owed(inputs), owed(more)) == []

    @given(INPUTS.filter(lambda each: each.items), st.integers(1, 1_000_00))
    def test_a_larger_payment_never_makes_less(self, inputs, amount):
        first = inputs.items[0]
        more = replace(first, amount_minor=first.amount_minor + amount)
        assert exceeds(owed(inputs), owed(replace(inputs, items=(more, *inputs.items[1:])))) == []

    @given(INPUTS, st.none() | ITEMS, st.integers(1, 2_000_00), CURRENCIES, DAYS)
    def test_more_that_came_back_never_makes_more(self, inputs, item, amount, currency, day):
        more = replace(inputs, repaid=(*inputs.repaid, RepaidItem("another", item, amount, currency, day)))
        assert exceeds(owed(more), owed(inputs)) == []

    @given(INPUTS, st.integers(1, 100_00))
    def test_a_larger_repayment_never_makes_more(self, inputs, amount):
        if inputs.repaid:
            first = inputs.repaid[0]
            more = (replace(first, amount_minor=first.amount_minor + amount), *inputs.repaid[1:])
            assert exceeds(owed(replace(inputs, repaid=more)), owed(inputs)) == []

    @given(INPUTS.filter(lambda each: each.cohort is not None), st.integers(1, 1_000_00))
    def test_a_higher_cohort_rate_never_makes_less(self, inputs, amount):
        higher = replace(inputs, cohort={**inputs.cohort, "amount_minor": inputs.cohort["amount_minor"] + amount})
        assert exceeds(owed(inputs), owed(higher)) == []

    @given(INPUTS, st.integers(0, 400))
    def test_waiting_never_makes_less_without_rates_of_exchange(self, inputs, days):
        at_home = replace(
            inputs,
            items=tuple(replace(item, currency="THB") for item in inputs.items),
            repaid=tuple(replace(each, currency="THB") for each in inputs.repaid),
        )
        assert exceeds(owed(at_home), owed(replace(at_home, as_of=AS_OF + timedelta(days=days)))) == []
