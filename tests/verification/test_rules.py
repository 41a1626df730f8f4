"""The rules of the comparison by themselves: no database, and properties that hold for every journey."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from recruitment.agencies.rules import Licence
from recruitment.core.money import exponent
from recruitment.fees.reference import EppVerdict, IloClass, fee_item_facts
from recruitment.verification.rules import (
    Comparison,
    FindingKind,
    JourneyFacts,
    RateBook,
    Status,
    Verdict,
    compare,
    document,
)
from recruitment.verification.rules.comparison import covered_until, differ

VERDICTS = {fact.code: Verdict(IloClass(fact.ilo.value), EppVerdict(fact.epp.value)) for fact in fee_item_facts()}
MUST_PAY, NEVER, MAY_PAY = "visa_fee", "broker_fee", "personal_home_trip"
DAY = date(2024, 3, 1)
SAID = date(2024, 9, 1)
LICENCE = Licence("L-1", date(2024, 1, 1), date(2024, 12, 31))
BLANK = JourneyFacts(
    reference="J-1", currency="THB", floor_minor=20_00, started_on=date(2024, 2, 1), has_agency=True,
    has_demand_letter=True, licence=LICENCE, shares_receipt=False, declared=[], reported=[],
    commitments={"*": ("employer", None, None, date(2024, 1, 1))}, repayments=[], has_open_debt=False,
    has_open_collateral=False,
)  # fmt: skip
COMPLETE = ("none", "worker", None, 0, "THB", date(2024, 8, 1))
NOTHING_MORE = ("none", None, 0, None, None, SAID, SAID, True, "post_placement")


def declared(amount: int, item: str = MUST_PAY, payer: str = "worker", **other: Any) -> tuple[Any, ...]:
    return item, payer, other.get("payee"), amount, other.get("currency", "THB"), other.get("on", DAY)


def reported(amount: int, item: str = MUST_PAY, **other: Any) -> tuple[Any, ...]:
    on = other.get("on", DAY)
    return (
        item, other.get("payee"), amount, other.get("currency", "THB"), other.get("said", str(on)), on, SAID, True, None,
    )  # fmt: skip


def compared(rates: list[tuple[str, str, date, str]] | None = None, **facts: Any) -> Comparison:
    given_facts: dict[str, Any] = {"declared": [COMPLETE], "reported": [NOTHING_MORE]} | facts
    return compare(replace(BLANK, **given_facts), VERDICTS, RateBook(rates or [], exponent).converter("THB"))


def kinds(comparison: Comparison) -> list[str]:
    return [finding.kind.value for finding in comparison.findings]


class TestTolerance:
    @pytest.mark.parametrize(
        ("larger", "smaller", "floor", "told"),
        [
            (20_00, 0, 20_00, False), (20_01, 0, 20_00, True), (3_00, 0, 3_00, False), (3_01, 0, 3_00, True),
            (100, 0, 100, False), (101, 0, 100, True),
            # 1 % of the larger, 10,000.00, is 100.00.
            (10_000_00, 9_900_00, 20_00, False), (10_000_00, 9_899_99, 20_00, True),
            # It is not rounded: 1 % of 2,000.50 is 20.005.
            (2_000_50, 1_980_50, 20_00, False), (2_000_50, 1_980_49, 20_00, True),
            (2_000_99, 1_980_99, 20_00, False), (2_000_00, 1_980_00, 20_00, False),
            (5_00, 5_00, 20_00, False), (0, 500_00, 20_00, False),
        ],
    )  # fmt: skip
    def test_a_difference_equal_to_it_raises_nothing(self, larger, smaller, floor, told):
        assert differ(larger, smaller, floor) is told

    @pytest.mark.parametrize(("report", "told"), [(520_00, False), (520_01, True)])
    def test_holds_for_undeclared_payments(self, report, told):
        found = compared(declared=[declared(500_00), COMPLETE], reported=[reported(report), NOTHING_MORE])
        assert ("undeclared_payment" in kinds(found)) is told

    @pytest.mark.parametrize(("line", "told"), [(520_00, False), (520_01, True)])
    def test_holds_for_unconfirmed_declarations(self, line, told):
        found = compared(declared=[declared(line), COMPLETE], reported=[reported(500_00), NOTHING_MORE])
        assert ("unconfirmed_declaration" in kinds(found)) is told

    @pytest.mark.parametrize(("repaid", "due"), [(480_01, 0), (480_00, 20_00), (500_00, 0), (900_00, 0)])
    def test_what_is_left_of_a_remedy_below_the_floor_is_nothing(self, repaid, due):
        found = compared(
            declared=[declared(500_00), COMPLETE], reported=[reported(500_00), NOTHING_MORE],
            repayments=[(None, repaid, "THB", DAY)],
        )  # fmt: skip
        assert found.remedy_due_minor == due


class TestCoveredUntil:
    def test_is_the_latest_day_on_which_it_was_said(self):
        earlier = (*NOTHING_MORE[:5], SAID - timedelta(9), SAID - timedelta(9), True, "arrival")
        assert covered_until([NOTHING_MORE, earlier]) == SAID

    @pytest.mark.parametrize(
        ("independent", "checkpoint", "covers"),
        [(True, "pre_departure", True), (True, "arrival", True), (True, "post_placement", True), (True, None, False),
         (True, "selection", False), (True, "first_contact", False), (False, "arrival", False)],
    )  # fmt: skip
    def test_needs_an_independent_word_before_departure_or_later(self, independent, checkpoint, covers):
        row = (*NOTHING_MORE[:7], independent, checkpoint)
        assert (covered_until([row]) is not None) is covers

    def test_payment_rows_alone_make_none(self):
        assert covered_until([(*reported(500_00)[:8], "arrival")]) is None

    @pytest.mark.parametrize(("paid_on", "told"), [(SAID, True), (SAID + timedelta(1), False)])
    def test_what_was_paid_later_is_not_unconfirmed(self, paid_on, told):
        found = compared(declared=[declared(500_00, on=paid_on), COMPLETE])
        assert ("unconfirmed_declaration" in kinds(found)) is told
        assert found.worker_borne_minor == 500_00


class TestCommitments:
    def test_a_limit_leaves_the_rest_to_the_worker(self):
        limited = {"*": ("employer", 700_00, "THB", date(2024, 1, 1))}
        lines = [declared(600_00, payer="employer"), declared(500_00), COMPLETE]
        found = compared(declared=lines, reported=[reported(500_00), NOTHING_MORE], commitments=limited)
        breach = next(each for each in found.findings if each.kind is FindingKind.COMMITMENT_BREACH)
        # 1,100 in all, 700 promised: 400 may be the worker's, 100 may not.
        assert breach.amount_minor == 100_00

    def test_the_exact_item_goes_before_the_star(self):
        both = {"*": BLANK.commitments["*"], MUST_PAY: ("worker", None, None, date(2024, 1, 1))}
        found = compared(
            declared=[declared(500_00), COMPLETE], reported=[reported(500_00), NOTHING_MORE], commitments=both
        )
        assert "commitment_breach" not in kinds(found)
        assert found.items[0].commitment == both[MUST_PAY]

    @pytest.mark.parametrize(("on", "said", "late"), [
        (date(2023, 12, 31), "2023-12-31", True), (date(2024, 1, 1), "2024-01-01", False), (date(2023, 12, 31), None, False),
    ])  # fmt: skip
    def test_a_payment_before_the_promise_makes_it_late_and_an_unknown_day_never_does(self, on, said, late):
        found = compared(reported=[reported(500_00, on=on, said=said), NOTHING_MORE])
        assert ("late_commitment" in kinds(found)) is late


RATE = ("USD", "THB", DAY, "36")


class TestRateMissing:
    ROW = declared(10_00, currency="USD")

    def test_what_cannot_be_converted_is_left_out_and_said(self):
        found = compared(declared=[self.ROW, COMPLETE])
        assert [(each.kind, each.amount_minor, each.currency) for each in found.findings] == [
            (FindingKind.RATE_MISSING, 10_00, "USD")
        ]
        assert found.items[0].declared_minor == {"worker": 0}
        assert found.status is Status.UNVERIFIED

    def test_a_rate_mends_it(self):
        found = compared([RATE], declared=[self.ROW, COMPLETE], reported=[reported(360_00), NOTHING_MORE])
        assert "rate_missing" not in kinds(found)
        assert found.worker_borne_minor == 360_00

    def test_a_reported_item_without_a_rate_is_reported_zero(self):
        found = compared(reported=[reported(10_00, currency="USD"), NOTHING_MORE])
        assert found.items[0].reported_minor == 0


class TestStatus:
    """The first that holds: each row below has everything of the rows under it wrong as well."""

    DISPUTE = {"declared": [declared(500_00), COMPLETE], "reported": [reported(900_00), NOTHING_MORE]}
    DUE = {"declared": [declared(500_00), COMPLETE], "reported": [reported(500_00), NOTHING_MORE]}
    MISFILED = {
        "declared": [declared(500_00, MAY_PAY, payee="agency"), COMPLETE],
        "reported": [reported(500_00, MAY_PAY, payee="agency"), NOTHING_MORE], "commitments": {},
    }  # fmt: skip

    def test_a_dispute_comes_before_a_remedy(self):
        assert compared(**self.DISPUTE, has_open_debt=True).status is Status.IN_DISPUTE

    @pytest.mark.parametrize("fact", ["has_open_debt", "has_open_collateral"])
    def test_a_debt_or_a_pawn_is_a_remedy_due(self, fact):
        assert compared(**{fact: True}).status is Status.REMEDY_DUE
        assert compared().status is Status.DEBT_FREE

    def test_a_remedy_comes_before_a_review(self):
        assert compared(**self.MISFILED, has_open_debt=True).status is Status.REMEDY_DUE
        assert compared(**self.DUE).status is Status.REMEDY_DUE

    def test_a_review_comes_before_what_is_not_known(self):
        facts = self.MISFILED | {"declared": self.MISFILED["declared"][:1]}
        assert compared(**facts).status is Status.REVIEW

    def test_a_breach_of_a_promise_for_what_a_worker_may_pay_is_a_review(self):
        lines, word = [declared(500_00, MAY_PAY), COMPLETE], [reported(500_00, MAY_PAY), NOTHING_MORE]
        assert compared(declared=lines, reported=word).status is Status.REVIEW
        assert compared(declared=lines, reported=word, commitments={}).status is Status.DEBT_FREE

    @pytest.mark.parametrize(
        "facts",
        [{"declared": []}, {"declared": [declared(0, payer="employer")]}, {"reported": []},
         {"declared": [declared(1, currency="USD", payer="employer"), COMPLETE]}],
        ids=["no declaration", "not complete", "no statement", "no rate"],
    )  # fmt: skip
    def test_what_is_not_known_is_unverified(self, facts):
        assert compared(**facts).status is Status.UNVERIFIED

    def test_a_journey_without_an_agency_needs_no_declaration(self):
        found = compared(declared=[], has_agency=False, has_demand_letter=False, commitments={}, licence=None)
        assert (found.status, kinds(found)) == (Status.DEBT_FREE, [])

    def test_what_was_paid_back_is_remediated(self):
        paid = compared(**self.DUE, repayments=[(None, 500_00, "THB", DAY)])
        assert paid.status is Status.REMEDIATED
        assert compared(**self.DUE, repayments=[(MAY_PAY, 500_00, "THB", DAY)]).status is Status.REMEDY_DUE


class TestJourneyFindings:
    @pytest.mark.parametrize(
        ("licence", "on", "told"),
        [
            (LICENCE, date(2024, 1, 1), False), (LICENCE, date(2023, 12, 31), True), (LICENCE, date(2024, 12, 31), False),
            (LICENCE, date(2025, 1, 1), True), (Licence(None, None, date(2024, 3, 1)), DAY, False),
            (Licence(None, date(2024, 3, 2), None), DAY, True), (Licence("L", None, None), DAY, True), (None, DAY, True),
        ],
    )  # fmt: skip
    def test_a_payment_outside_the_licence(self, licence, on, told):
        found = compared(declared=[declared(1, payer="employer", on=on), COMPLETE], licence=licence)
        assert ("licence_invalid" in kinds(found)) is told

    def test_zero_outside_the_licence_is_no_payment(self):
        assert "licence_invalid" not in kinds(compared(declared=[declared(0, on=date(2020, 1, 1)), COMPLETE]))

    def test_come_in_the_order_of_the_table(self):
        found = compared(declared=[], reported=[reported(1), reported(1)], commitments={}, shares_receipt=True)
        order = [kind.value for kind in FindingKind]
        assert kinds(found) == sorted(kinds(found), key=order.index)
        assert {"missing_declaration", "missing_statement", "missing_commitment", "duplicate_receipt",
                "possible_duplicate"} <= set(kinds(found))  # fmt: skip

    @pytest.mark.parametrize("other", [{"amount": 2}, {"payee": "agency"}, {"currency": "USD"}, {"said": "2024-03"}])
    def test_two_reports_that_differ_are_no_duplicate(self, other):
        second = reported(other.pop("amount", 1), **other)
        assert "possible_duplicate" not in kinds(compared(reported=[reported(1), second]))


items = st.sampled_from([MUST_PAY, NEVER, MAY_PAY, "interview_prep"])
days = st.integers(0, 250).map(lambda number: date(2023, 12, 1) + timedelta(days=number))
amounts = st.one_of(st.integers(0, 3_000_00), st.sampled_from([0, 20_00, 20_01, 2_000_00, 2_020_20]))
currencies = st.sampled_from(["THB", "THB", "USD", "MMK"])
payees = st.sampled_from([None, "agency", "sub_agent", "official"])
payers = st.sampled_from(["worker", "other", "employer", "agency"])
lines = st.lists(st.tuples(items, payers, payees, amounts, currencies, days), max_size=6)
reports = st.lists(
    st.builds(
        lambda item, payee, amount, currency, day, known, free: (
            item, payee, amount, currency, str(day) if known else None, day, SAID, free, None,
        ),
        items, payees, amounts, currencies, days, st.booleans(), st.booleans(),
    ),
    max_size=6,
)  # fmt: skip
commitments = st.dictionaries(
    st.one_of(st.just("*"), items),
    st.tuples(
        st.sampled_from(["employer", "agency", "worker"]), st.one_of(st.none(), amounts), st.just("THB"), days
    ).map(lambda row: row if row[1] is not None else (row[0], None, None, row[3])),
    max_size=3,
)
journeys = st.builds(
    lambda told, said, promised, complete, asked, repaid: replace(
        BLANK, declared=told + [COMPLETE] * complete, reported=said + [NOTHING_MORE] * asked, commitments=promised,
        repayments=repaid,
    ),
    lines, reports, commitments, st.booleans(), st.booleans(),
    st.lists(st.tuples(st.one_of(st.none(), items), amounts, currencies, days), max_size=2),
)  # fmt: skip
some_rates = st.lists(
    st.tuples(st.sampled_from(["USD", "MMK"]), st.just("THB"), days, st.sampled_from(["36.5", "0.0105", "0.5"])),
    max_size=6, unique_by=lambda row: row[:3],
)  # fmt: skip


def result(facts: JourneyFacts, rates: list[Any]) -> Comparison:
    return compare(facts, VERDICTS, RateBook(rates, exponent).converter("THB"))


class TestProperties:
    @given(journeys, some_rates, st.randoms(use_true_random=False))
    def test_the_order_of_rows_changes_nothing(self, facts, rates, random):
        shuffled = replace(
            facts, declared=random.sample(facts.declared, len(facts.declared)),
            reported=random.sample(facts.reported, len(facts.reported)),
            repayments=random.sample(facts.repayments, len(facts.repayments)),
            commitments=dict(random.sample(sorted(facts.commitments.items()), len(facts.commitments))),
        )  # fmt: skip
        assert document(result(shuffled, rates)) == document(result(facts, rates))

    @given(journeys, some_rates)
    def test_a_doubt_counts_for_the_worker(self, facts, rates):
        found = result(facts, rates)
        for item in found.items:
            side = item.declared_minor.get("worker", 0) + item.declared_minor.get("other", 0)
            assert item.worker_borne_minor == max(side, item.reported_minor or 0)
        assert found.worker_borne_minor == sum(item.worker_borne_minor for item in found.items)
        assert found.remedy_due_minor == 0 or found.remedy_due_minor >= facts.floor_minor

    @given(journeys, some_rates, days, st.sampled_from(["USD", "MMK"]))
    def test_another_rate_never_removes_an_item(self, facts, rates, day, base):
        assume((base, "THB", day) not in {row[:3] for row in rates})
        before = result(facts, rates)
        after = result(facts, [*rates, (base, "THB", day, "2")])
        assert [item.fee_item for item in after.items] == [item.fee_item for item in before.items]

        def missing(found: Comparison) -> int:
            return sum(finding.kind is FindingKind.RATE_MISSING for finding in found.findings)

        assert missing(after) <= missing(before)

    @given(journeys, some_rates)
    def test_findings_stand_by_item_and_then_in_the_order_of_the_table(self, facts, rates):
        found = result(facts, rates).findings
        order = list(FindingKind)
        places = [
            (each.fee_item is None, each.fee_item or "", order.index(each.kind), each.currency or "") for each in found
        ]
        assert places == sorted(places)
        assert all(each.amount_minor is not None and each.amount_minor > 0 for each in found if each.fee_item)

    @given(journeys, some_rates)
    def test_another_payment_reported_is_never_good_for_the_agency(self, facts, rates):
        more = replace(facts, reported=[*facts.reported, reported(100_00, NEVER)])
        before, after = result(facts, rates), result(more, rates)
        assert after.worker_borne_minor >= before.worker_borne_minor
        assert after.remedy_due_minor >= before.remedy_due_minor

    @given(journeys, some_rates)
    def test_debt_free_means_that_nothing_is_open(self, facts, rates):
        found = result(facts, rates)
        if found.status is Status.DEBT_FREE:
            assert found.covered_until is not None
            assert found.remedy_due_minor == 0
            assert not {
                "undeclared_payment",
                "unconfirmed_declaration",
                "rate_missing",
                "incomplete_declaration",
            } & set(kinds(found))
