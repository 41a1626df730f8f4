"""What workers report, and what follows a payment: corrections, and what may not correct what."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from recruitment.fees.models import ReportedPaymentRow
from recruitment.sheets import importing
from tests.factories.rows import nothing_more, row

FIRST = row("reports", amount="2000.00")
SECOND = row("reports", amount="2500.00", stated_on="2024-06-01")


def codes(errors: list[dict[str, Any]]) -> list[tuple[int, str | None, str]]:
    return [(error["line"], error["column"], error["code"]) for error in errors]


def reported(field: Any) -> int:
    return int(field.balances().get(("reported:cost:broker_fee", "THB"), 0))


class TestCorrections:
    def test_a_later_row_with_the_same_reference_corrects_the_earlier_and_both_are_kept(self, field):
        field.send("reports", FIRST)
        outcome = field.send("reports", SECOND)
        assert (outcome["added"], outcome["corrected"], outcome["skipped"]) == (0, 1, 0)
        assert reported(field) == 2500_00
        with field.database.read_session() as session:
            query = select(ReportedPaymentRow.version, ReportedPaymentRow.amount_minor)
            assert sorted(map(tuple, session.execute(query))) == [(1, 2000_00), (2, 2500_00)]
        assert field.count("ledger_entries") == 3
        field.verify()

    def test_in_one_file_the_lower_row_is_the_later(self, field):
        outcome = field.send("reports", FIRST, SECOND)
        assert (outcome["added"], outcome["corrected"]) == (1, 1)
        assert reported(field) == 2500_00
        assert field.count("ledger_entries") == 3

    def test_so_it_is_across_chunks(self, field, monkeypatch):
        monkeypatch.setattr(importing, "CHUNK_ROWS", 1)
        field.send("reports", FIRST, SECOND, FIRST)
        assert reported(field) == 2000_00
        assert field.count("reported_payments") == 3
        field.verify()

    def test_a_correction_and_its_correction_in_one_chunk_leave_the_last(self, field):
        outcome = field.send("reports", FIRST, SECOND, row("reports", amount=0), FIRST)
        assert outcome["corrected"] == 3
        assert reported(field) == 2000_00
        field.verify()

    def test_the_first_account_said_again_after_another_is_a_correction_back(self, field):
        again = {**FIRST, "stated_on": "2024-07-01"}
        for line in (FIRST, SECOND, again):
            assert field.send("reports", line)["replayed"] is False
        assert reported(field) == 2000_00
        assert field.count("reported_payments") == 3

    def test_the_very_file_of_the_first_account_sent_again_changes_nothing(self, field):
        for line in (FIRST, SECOND):
            field.send("reports", line)
        before = field.everything()
        assert field.send("reports", FIRST)["replayed"] is True
        assert field.everything() == before

    def test_the_same_file_of_two_accounts_again_is_a_replay(self, field):
        field.send("reports", FIRST, SECOND)
        before = field.everything()
        assert field.send("reports", FIRST, SECOND)["replayed"] is True
        assert field.everything() == before

    def test_the_same_reference_of_another_sender_is_another_payment(self, field):
        field.send("reports", FIRST, by="CSO-1")
        assert field.send("reports", SECOND, by="CSO-2")["corrected"] == 0
        assert reported(field) == 4500_00

    def test_another_item_may_be_meant(self, field):
        field.send("reports", FIRST)
        field.send("reports", row("reports", fee_item="extortion", amount="1.00"))
        assert field.balances() == {("reported:cost:extortion", "THB"): 100, ("reported:borne:worker", "THB"): -100}

    def test_a_correction_to_nothing_takes_the_payment_back(self, field):
        field.send("reports", FIRST)
        field.send("reports", row("reports", amount="0.00"))
        assert field.balances() == {}

    def test_a_payment_may_take_the_place_of_none(self, field):
        field.send("reports", nothing_more(reference="RP-1"))
        assert field.send("reports", FIRST)["corrected"] == 1
        assert reported(field) == 2000_00


class TestNotACorrection:
    @pytest.mark.parametrize("kind", ["reports", "repayments", "debts", "collateral", "earnings"])
    def test_a_row_does_not_move_to_another_journey(self, field, kind):
        field.send(kind, row(kind))
        assert codes(field.refused(kind, row(kind, journey="J-2"))) == [(2, "journey", "moved_to_another_journey")]

    def test_nor_in_one_file(self, sqlite_field):
        errors = sqlite_field.refused("reports", FIRST, {**FIRST, "journey": "J-2"})
        assert codes(errors) == [(3, "journey", "moved_to_another_journey")]

    @pytest.mark.parametrize("channel", ["agency_form", "employer_form", "management_interview"])
    def test_what_was_said_freely_is_not_taken_back_through_a_channel_of_the_business(self, sqlite_field, channel):
        sqlite_field.send("reports", FIRST)
        errors = sqlite_field.refused("reports", row("reports", amount=1, channel=channel))
        assert codes(errors) == [(2, "channel", "less_independent")]

    def test_nor_with_somebody_of_the_business_present(self, field):
        field.send("reports", FIRST)
        errors = field.refused("reports", row("reports", amount=1, witnessed="yes"))
        assert [code for _, _, code in codes(errors)] == ["less_independent"]
        assert field.send("reports", row("reports", amount=1, witnessed="no"))["corrected"] == 1

    def test_the_other_way_round_is_a_correction(self, field):
        field.send("reports", row("reports", channel="agency_form"))
        assert field.send("reports", row("reports", witnessed="yes"))["corrected"] == 1
        assert field.send("reports", row("reports", witnessed="no"))["corrected"] == 1

    def test_none_does_not_take_the_place_of_a_payment(self, field):
        field.send("reports", FIRST)
        errors = field.refused("reports", nothing_more(reference="RP-1"))
        assert codes(errors) == [(2, "fee_item", "none_over_payment")]

    def test_nor_in_one_file_across_chunks(self, field, monkeypatch):
        monkeypatch.setattr(importing, "CHUNK_ROWS", 1)
        errors = field.refused("reports", FIRST, nothing_more(reference="RP-1"))
        assert codes(errors) == [(3, "fee_item", "none_over_payment")]

    def test_all_of_it_is_reported_at_once(self, sqlite_field):
        sqlite_field.send("reports", FIRST, row("reports", reference="RP-2"), row("reports", reference="RP-3"))
        errors = sqlite_field.refused(
            "reports", row("reports", journey="J-2"), row("reports", reference="RP-2", witnessed="yes"),
            nothing_more(reference="RP-3"),
        )  # fmt: skip
        assert [code for _, _, code in codes(errors)] == [
            "moved_to_another_journey", "less_independent", "none_over_payment",
        ]  # fmt: skip


class TestNone:
    @pytest.mark.parametrize("amount", ["1", "0.01"])
    def test_has_no_amount(self, sqlite_field, amount):
        errors = sqlite_field.refused("reports", nothing_more(amount=amount, currency="THB"))
        assert codes(errors) == [(2, "amount", "none_with_amount")]

    def test_needs_no_currency_and_may_have_one(self, sqlite_field):
        lines = [nothing_more(), nothing_more(reference="RP-2", currency="THB", amount="0.00")]
        assert sqlite_field.send("reports", *lines)["added"] == 2

    def test_with_an_amount_and_no_currency_is_an_error_too(self, sqlite_field):
        assert (2, "amount", "none_with_amount") in codes(sqlite_field.refused("reports", nothing_more(amount="1")))


class TestFollowUps:
    @pytest.mark.parametrize("kind", ["repayments", "debts", "collateral", "earnings"])
    def test_a_later_row_updates_the_earlier_and_both_are_kept(self, field, kind):
        later = {
            "repayments": {"confirmed": "all", "channel": "hotline", "confirmed_on": "2024-08-09"},
            "debts": {"outstanding": "1000.00", "as_of": "2024-07-01"},
            "collateral": {"returned_on": "2024-07-01"},
            "earnings": {"amount": "8000.00"},
        }[kind]
        field.send(kind, row(kind))
        assert field.send(kind, row(kind, **later))["corrected"] == 1
        assert field.count(kind) == 2
        field.verify()

    @pytest.mark.parametrize("confirmed", ["300.00", "299.99", "0"])
    def test_less_is_at_most_the_amount(self, sqlite_field, confirmed):
        line = row("repayments", confirmed="less", confirmed_amount=confirmed, channel="chat")
        assert sqlite_field.send("repayments", line)["added"] == 1

    def test_more_than_the_amount_is_an_error(self, sqlite_field):
        line = row("repayments", confirmed="less", confirmed_amount="300.01", channel="chat")
        assert codes(sqlite_field.refused("repayments", line)) == [(2, "confirmed_amount", "more_than_paid")]

    def test_none_is_no_item_of_a_repayment(self, sqlite_field):
        errors = sqlite_field.refused("repayments", row("repayments", fee_item="none"))
        assert codes(errors) == [(2, "fee_item", "unknown_fee_item")]

    def test_the_star_is_an_item_of_a_commitment_and_of_nothing_else(self, sqlite_field):
        assert sqlite_field.send("commitments", row("commitments", fee_item="*"))["added"] == 1
        for kind in ("declarations", "reports", "repayments"):
            assert codes(sqlite_field.refused(kind, row(kind, fee_item="*"))) == [(2, "fee_item", "unknown_fee_item")]
