"""Each fact about money has one entry, balanced, under its own id; zero has none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from recruitment.core.dates import PartialDate, Precision
from recruitment.fees import posting_rules
from recruitment.fees.rules import (
    Confirmation,
    Creditor,
    Debt,
    DeclaredLine,
    Payee,
    Payer,
    Repayment,
    RepaymentPayer,
    ReportedPayment,
    StatementChannel,
)
from recruitment.journeys.rules import JourneyRead, RecruitmentChannel
from recruitment.ledger.rules import EntryDraft, check

DAY = date(2024, 3, 1)
ROW = uuid4()
JOURNEY = JourneyRead(uuid4(), "J-1", uuid4(), "MM-TH", RecruitmentChannel.MOU, None, None, DAY, uuid4())
LINE = DeclaredLine(JOURNEY, "visa_fee", Payer.EMPLOYER, Payee.OFFICIAL, 500_00, "THB", DAY, "R-1")
REPORT = ReportedPayment(
    "RP-1", JOURNEY, "broker_fee", None, 2000_00, "MMK", PartialDate.parse("2024-03"), date(2024, 5, 1),
    StatementChannel.AGENCY_FORM, None, None, None, None,
)  # fmt: skip
REPAYMENT = Repayment(
    "RE-1", JOURNEY, None, RepaymentPayer.FUND, 300_00, "THB", DAY, Confirmation.LESS, 200_00, DAY,
    StatementChannel.HOTLINE, None,
)  # fmt: skip
DEBT = Debt("DE-1", JOURNEY, Creditor.LENDER, 9000_00, "THB", DAY, True, 9000_00, date(2024, 6, 1))
DEBT_BOOK = uuid4()


def postings(draft: EntryDraft | None) -> list[tuple[str, str, str, int]]:
    assert draft is not None
    check(draft)
    return [(each.debit, each.credit, each.currency, each.amount_minor) for each in draft.postings]


class TestDeclaredFee:
    def test_is_a_cost_borne_by_its_payer(self):
        found = posting_rules.declared_fee(ROW, LINE)
        assert postings(found) == [("declared:cost:visa_fee", "declared:borne:employer", "THB", 500_00)]
        assert found
        assert (found.id, found.source_id, found.book_id, found.effective_on) == (ROW, ROW, JOURNEY.book_id, DAY)

    @pytest.mark.parametrize("payer", Payer)
    def test_has_an_account_for_every_payer(self, payer):
        found = postings(posting_rules.declared_fee(ROW, replace(LINE, payer=payer)))
        assert found[0][1] == f"declared:borne:{payer.value}"

    def test_of_zero_has_none(self):
        assert posting_rules.declared_fee(ROW, replace(LINE, amount_minor=0)) is None


class TestReportedPayment:
    def test_is_a_cost_borne_by_the_worker_as_exactly_dated_as_it_was_said(self):
        found = posting_rules.reported_payment(ROW, REPORT)
        assert postings(found) == [("reported:cost:broker_fee", "reported:borne:worker", "MMK", 2000_00)]
        assert found
        assert (found.effective_on, found.precision) == (date(2024, 3, 31), Precision.MONTH)

    def test_of_an_unknown_day_says_so(self):
        found = posting_rules.reported_payment(ROW, replace(REPORT, paid=None))
        assert found
        assert (found.effective_on, found.precision) == (date(2024, 5, 1), Precision.UNKNOWN)

    @pytest.mark.parametrize("facts", [{"amount_minor": 0}, {"fee_item": "none", "amount_minor": 0, "currency": None}])
    def test_of_no_money_has_none(self, facts):
        assert posting_rules.reported_payment(ROW, replace(REPORT, **facts)) is None


class TestReceivedRepayment:
    def test_is_what_the_worker_confirmed(self):
        found = posting_rules.received_repayment(ROW, REPAYMENT)
        assert postings(found) == [("remedy:owed", "remedy:paid:fund", "THB", 200_00)]

    @pytest.mark.parametrize(
        "facts",
        [{"confirmed": None}, {"confirmed": Confirmation.NOTHING}, {"confirmed_minor": 0}, {"witnessed": True},
         {"channel": StatementChannel.EMPLOYER_FORM}, {"channel": None}],
    )  # fmt: skip
    def test_of_what_was_not_confirmed_freely_has_none(self, facts):
        assert posting_rules.received_repayment(ROW, replace(REPAYMENT, **facts)) is None


class TestOwedDebt:
    @pytest.mark.parametrize(
        ("principal", "outstanding", "drawn", "repaid"),
        [(9000, 9000, 9000, 0), (9000, 4000, 9000, 5000), (9000, 0, 9000, 9000), (9000, 11000, 11000, 0)],
    )
    def test_is_drawn_and_what_is_paid_off_is_taken_from_it(self, principal, outstanding, drawn, repaid):
        debt = replace(DEBT, principal_minor=principal, outstanding_minor=outstanding)
        found = posting_rules.owed_debt(ROW, debt, DEBT_BOOK)
        wanted = [("debt:drawn:lender", "debt:owed:lender", "THB", drawn)]
        if repaid:
            wanted.append(("debt:owed:lender", "debt:repaid", "THB", repaid))
        assert postings(found) == wanted
        assert found
        assert (found.book_id, found.effective_on) == (DEBT_BOOK, date(2024, 6, 1))
        owed = sum(amount * ((credit == "debt:owed:lender") - (debit == "debt:owed:lender"))
                   for debit, credit, _, amount in wanted)  # fmt: skip
        assert owed == outstanding

    def test_of_zero_has_none(self):
        assert posting_rules.owed_debt(ROW, replace(DEBT, principal_minor=0, outstanding_minor=0), DEBT_BOOK) is None


def test_no_narrative_names_a_person_or_a_reference():
    drafts = [
        posting_rules.declared_fee(ROW, LINE), posting_rules.reported_payment(ROW, REPORT),
        posting_rules.received_repayment(ROW, REPAYMENT), posting_rules.owed_debt(ROW, DEBT, DEBT_BOOK),
    ]  # fmt: skip
    for draft in drafts:
        assert draft
        assert not any(word in draft.narrative for word in ("J-1", "RP-1", "RE-1", "DE-1", "R-1"))
