"""What may stand in a payment is said in words that a person can follow."""

from __future__ import annotations

import pytest
from hypothesis import given

from recruitment.banking.instructions import (
    account_problem,
    agent_of,
    iban_of,
    institution_problem,
    name_problem,
    purpose_problem,
    reference_problem,
    remittance_problem,
)
from tests.banking.payments import BURMESE, HEBREW, MARKUP, accounts, institutions, references, texts


class TestAccounts:
    @pytest.mark.parametrize("account", ["0123456789", "123-4-56789-0", "95 9 123 456", "DE89 3704 0044 0532 0130 00"])
    def test_as_they_stand_on_a_passbook_are_fit(self, account):
        assert account_problem(account) is None

    @pytest.mark.parametrize(
        ("account", "word"),
        [
            ("", "no account"),
            ("+66812345678", "without +"),
            ("=1+1", "letters A to Z"),
            ("012 ", "letters A to Z"),
            ("၁၂၃၄", "letters A to Z"),
            ("1" * 35, "at most 34"),
            ("DE89370400440532013001", "check digits"),
            ("1\n2", "letters A to Z"),
        ],
    )
    def test_what_no_bank_takes_is_refused(self, account, word):
        assert word in (account_problem(account) or "")

    def test_an_iban_is_told_from_a_local_number(self):
        assert iban_of("GB82 WEST 1234 5698 7654 32") == "GB82WEST12345698765432"
        assert iban_of("0123456789") is None

    @pytest.mark.parametrize("place", range(4, 22))
    def test_every_single_wrong_digit_of_an_iban_is_found(self, place):
        iban = "DE89370400440532013000"
        wrong = iban[:place] + str((int(iban[place]) + 1) % 10) + iban[place + 1 :]
        assert account_problem(iban) is None
        assert "check digits" in (account_problem(wrong) or "")


class TestInstitutions:
    def test_are_named_by_bic_by_clearing_system_or_by_their_own_code(self):
        assert agent_of("BKKBTHBK").bic == "BKKBTHBK"
        assert agent_of("AYABMMMY001").bic == "AYABMMMY001"
        thai = agent_of("THCBC/004")
        assert (thai.bic, thai.clearing_system, thai.member) == (None, "THCBC", "004")
        wallet = agent_of("KBZPAY")
        assert (wallet.bic, wallet.clearing_system, wallet.member) == (None, None, "KBZPAY")

    @pytest.mark.parametrize("institution", ["", "THCBC/", "a/b", "ဘဏ်", "x" * 36, " KBZ", "=KBZ"])
    def test_others_are_refused(self, institution):
        assert institution_problem(institution)


class TestNames:
    @pytest.mark.parametrize("name", [BURMESE, HEBREW, MARKUP, "Ma Ei Ei", "ក\u200bខ", "=SUM(A1)"])
    def test_stand_as_they_are_in_any_script(self, name):
        assert name_problem(name) is None

    @pytest.mark.parametrize(
        ("name", "word"),
        [
            ("", "no name"),
            (" Ma Ei", "blank"),
            ("a\nb", "not seen"),
            ("a\x00b", "not seen"),
            ("a\ufffeb", "not seen"),
            ("a\ud800", "not seen"),
            ("a\u2028b", "not seen"),
            ("gnp.\u202etxt", "direction"),
            ("x" * 141, "141 characters"),
        ],
    )
    def test_what_misleads_or_is_too_long_is_refused(self, name, word):
        assert word in (name_problem(name) or "")

    def test_the_longest_is_fit(self):
        assert name_problem("x" * 140) is None


class TestReferences:
    @pytest.mark.parametrize("reference", ["", "x" * 36, "a//b", "/a", "a/", "a_b", "ကခ", "a ", "-a", "+a", "a\nb"])
    def test_what_banks_change_is_refused(self, reference):
        assert reference_problem(reference)


@given(name=texts, account=accounts, institution=institutions, reference=references)
def test_what_the_other_tests_make_is_fit(name, account, institution, reference):
    assert name_problem(name) is None
    assert account_problem(account) is None
    assert institution_problem(institution) is None
    assert reference_problem(reference) is None


def test_a_purpose_is_needed_and_a_text_is_not():
    assert purpose_problem("")
    assert "36 characters" in (purpose_problem("x" * 36) or "")
    assert remittance_problem("") is None
    assert "141 characters" in (remittance_problem("x" * 141) or "")
