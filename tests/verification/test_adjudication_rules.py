"""What a decision changes in a comparison, by examples and for every journey; pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.core.ids import new_id
from recruitment.core.money import exponent
from recruitment.verification.rules import Adjudicated, Comparison, FindingKind, RateBook, Status, document
from recruitment.verification.rules import adjudication as rules
from recruitment.verification.rules.adjudication import WorkersAnswer
from tests.verification.test_rules import (
    COMPLETE,
    DAY,
    MAY_PAY,
    MUST_PAY,
    NOTHING_MORE,
    amounts,
    compared,
    declared,
    items,
    journeys,
    kinds,
    reported,
    result,
    some_rates,
)

DIFFERENCES = {FindingKind.UNDECLARED_PAYMENT, FindingKind.UNCONFIRMED_DECLARATION}
TOLD = {"declared": [declared(500_00), COMPLETE], "reported": [reported(900_00), NOTHING_MORE]}


def decided(amount: int, *, validated: bool = False, item: str = MUST_PAY, **facts: Any) -> Comparison:
    return compared(**({"adjudicated": {item: Adjudicated(amount, validated)}} | facts))


class TestExamples:
    def test_the_difference_keeps_its_amount_and_says_that_it_was_decided(self):
        found = document(decided(900_00, **TOLD))
        assert found["findings"][0] == {
            "kind": "undeclared_payment", "fee_item": MUST_PAY, "amount": "400.00", "currency": "THB",
            "state": "adjudicated",
        }  # fmt: skip
        assert found["items"][0]["verified"] == "900.00"
        assert found["status"] == "remedy_due"

    @pytest.mark.parametrize(
        ("amount", "validated", "status", "due"),
        [
            (899_99, False, Status.IN_DISPUTE, 899_99), (899_99, True, Status.REMEDY_DUE, 899_99),
            (900_00, False, Status.REMEDY_DUE, 900_00), (1500_00, False, Status.REMEDY_DUE, 1500_00),
            (0, False, Status.IN_DISPUTE, 0), (0, True, Status.DEBT_FREE, 0),
        ],
    )  # fmt: skip
    def test_below_the_workers_own_account_it_needs_the_worker(self, amount, validated, status, due):
        found = decided(amount, validated=validated, **TOLD)
        assert (found.status, found.remedy_due_minor) == (status, due)
        assert found.items[0].awaits_worker is (status is Status.IN_DISPUTE)

    def test_below_the_agencys_account_alone_it_does_not(self):
        found = decided(100_00, declared=[declared(500_00), COMPLETE], reported=[reported(100_00), NOTHING_MORE])
        assert found.status is Status.REMEDY_DUE
        assert [each.state for each in found.findings if each.kind in DIFFERENCES] == ["adjudicated"]

    def test_other_findings_use_what_was_decided(self):
        found = decided(700_00, validated=True, **TOLD)
        said = {each.kind: each.amount_minor for each in found.findings}
        assert said[FindingKind.PRINCIPLE_BREACH] == said[FindingKind.COMMITMENT_BREACH] == 700_00
        assert all(each.state is None for each in found.findings if each.kind not in DIFFERENCES)

    def test_an_item_that_is_only_decided_is_listed(self):
        found = decided(300_00)
        assert [(each.fee_item, each.worker_borne_minor, each.reported_minor) for each in found.items] == [
            (MUST_PAY, 300_00, None)
        ]
        assert kinds(found) == ["commitment_breach", "principle_breach"]
        assert document(found)["items"][0]["declared"] == {}

    def test_what_was_misfiled_is_at_most_what_was_decided(self):
        told = {"declared": [declared(500_00, MAY_PAY, payee="agency"), COMPLETE], "commitments": {},
                "reported": [reported(500_00, MAY_PAY, payee="agency"), NOTHING_MORE]}  # fmt: skip
        for amount, wanted in ((0, []), (200_00, [200_00]), (900_00, [500_00])):
            found = decided(amount, validated=True, item=MAY_PAY, **told)
            assert [each.amount_minor for each in found.findings if each.kind is FindingKind.MISFILED_COST] == wanted

    def test_a_rate_that_is_missing_no_longer_matters_but_for_what_the_worker_says(self):
        lines = {"declared": [declared(10_00, currency="USD"), COMPLETE]}
        assert "rate_missing" not in kinds(decided(300_00, **lines))
        words = {"reported": [reported(10_00, currency="USD"), NOTHING_MORE]}
        assert decided(300_00, **words).status is Status.IN_DISPUTE
        assert decided(300_00, validated=True, **words).status is Status.REMEDY_DUE

    def test_a_limit_without_a_rate_still_does(self):
        limited = {MUST_PAY: ("employer", 10_00, "USD", DAY)}
        assert "rate_missing" in kinds(decided(300_00, commitments=limited))


deciding = st.tuples(items, amounts, st.booleans())


class TestProperties:
    @given(journeys, some_rates, deciding)
    def test_nobody_is_decided_out_of_a_dispute_below_their_own_word(self, facts, rates, decision):
        item, amount, validated = decision
        before = result(facts, rates)
        after = result(replace(facts, adjudicated={item: Adjudicated(amount, validated)}), rates)
        claims = rules.claims_of(facts, item, RateBook(rates, exponent).converter("THB"))
        if before.status is Status.IN_DISPUTE and after.status is not Status.IN_DISPUTE:
            assert validated or not rules.falls_below(amount, claims)
        awaits = next(each.awaits_worker for each in after.items if each.fee_item == item)
        assert awaits is (rules.falls_below(amount, claims) and not validated)

    @given(journeys, some_rates, items)
    def test_deciding_on_the_larger_account_changes_no_amount(self, facts, rates, item):
        claims = rules.claims_of(facts, item, RateBook(rates, exponent).converter("THB"))
        amount = max(claims.side_minor, claims.reported_minor or 0)
        before = result(facts, rates)
        after = result(replace(facts, adjudicated={item: Adjudicated(amount, validated=True)}), rates)

        def told(found: Comparison) -> list[Any]:
            return [
                (each.kind, each.fee_item, each.amount_minor, each.currency)
                for each in found.findings
                if each.kind is not FindingKind.RATE_MISSING
            ]

        assert told(after) == told(before)
        for name in ("worker_borne_minor", "remedy_due_minor", "repaid_minor", "covered_until"):
            assert getattr(after, name) == getattr(before, name)

    @given(journeys, some_rates, deciding)
    def test_what_was_decided_is_what_was_borne_and_no_other_item_changes(self, facts, rates, decision):
        item, amount, validated = decision
        before = {each.fee_item: each for each in result(facts, rates).items}
        found = result(replace(facts, adjudicated={item: Adjudicated(amount, validated)}), rates)
        after = {each.fee_item: each for each in found.items}
        assert (after[item].worker_borne_minor, after[item].verified_minor) == (amount, amount)
        assert {code: each for code, each in after.items() if code != item} == {
            code: each for code, each in before.items() if code != item
        }
        for finding in found.findings:
            assert (finding.state is not None) is (finding.fee_item == item and finding.kind in DIFFERENCES)
            if finding.fee_item == item and finding.kind not in DIFFERENCES and finding.currency == "THB":
                assert finding.kind is FindingKind.RATE_MISSING or finding.amount_minor <= amount

    @given(journeys, some_rates, items)
    def test_both_accounts_are_counted_as_the_comparison_counts_them(self, facts, rates, item):
        claims = rules.claims_of(facts, item, RateBook(rates, exponent).converter("THB"))
        found = next((each for each in result(facts, rates).items if each.fee_item == item), None)
        wanted = (found.declared_minor, found.reported_minor) if found else ({}, None)
        assert (claims.declared_minor, claims.reported_minor) == wanted
        assert rules.stake_of(0, claims) == (found.worker_borne_minor if found else 0)


class TestBasis:
    @given(st.lists(st.uuids(), unique=True), st.randoms(use_true_random=False))
    def test_is_the_same_in_whatever_order_and_another_with_any_other_word(self, ids, random):
        basis = rules.basis_of(ids)
        assert rules.basis_of(random.sample(ids, len(ids))) == basis
        assert rules.basis_of([*ids, new_id()]) != basis
        assert not ids or rules.basis_of(ids[1:]) != basis


class TestTheWorkersAnswer:
    @given(st.lists(st.tuples(st.sampled_from(WorkersAnswer), st.booleans())))
    def test_the_last_free_one_counts(self, answers):
        free = [answer for answer, is_free in answers if is_free]
        assert rules.is_validated(answers) is (free[-1:] == [WorkersAnswer.AGREES])


class TestAmounts:
    @given(st.integers(0, 10**15), st.sampled_from(["THB", "MYR", "JPY"]))
    def test_are_read_as_they_are_spelled(self, minor, currency):
        from recruitment.core.money import to_text

        assert rules.minor_of(to_text(minor, currency), currency) == minor

    @pytest.mark.parametrize(
        "text", ["", " ", "-1", "+1", "1,000", "1e3", ".5", "5.", "NaN", "٣", "1.5", "10000000000000000"]
    )
    def test_nothing_else_is_one(self, text):
        from recruitment.verification.errors import AmountInvalid

        with pytest.raises(AmountInvalid):
            rules.minor_of(text, "JPY")
