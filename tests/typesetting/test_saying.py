"""What a paper says: amounts alike in every language, and only reviewed words unless a draft was asked for."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.core.money import to_text
from recruitment.typesetting.catalogue import Catalogue
from recruitment.typesetting.saying import Amount, Said, grouped, spoken, tongues


@pytest.mark.parametrize(
    ("minor", "currency", "told"),
    [
        (0, "THB", "0.00"),
        (-5, "THB", "−0.05"),
        (100_000, "THB", "1,000.00"),
        (99_999, "THB", "999.99"),
        (1_234_567, "VND", "1,234,567"),
        (1_234_567, "KWD", "1,234.567"),
        (10**17 + 12_345, "MMK", "1,000,000,000,000,123.45"),
    ],
)
def test_an_amount_has_its_thousands_apart(minor, currency, told):
    assert grouped(Amount(minor, currency)) == told


@given(st.integers(-(2**63), 2**63), st.sampled_from(["THB", "VND", "KWD"]))
def test_no_amount_loses_a_digit(minor, currency):
    assert grouped(Amount(minor, currency)).replace(",", "").replace("−", "-") == to_text(minor, currency)


def test_a_currency_never_stands_on_another_line_than_its_number():
    said = Said("receipt.agreed.fund", {"amount": Amount(100, "THB")})
    assert "THB\u00a01.00" in spoken(said, Catalogue.of("my"), draft=True)
    assert (
        " 1 "
        in f" {spoken(Said('receipt.foot', {'reference': 'X', 'date': date(2026, 1, 1)}), Catalogue.of('en'), draft=False)} "
    )


def test_english_is_always_the_first_and_a_draft_only_where_it_was_asked_for():
    for language, draft, count in (("my", True, 2), ("my", False, 1), ("en", True, 1), ("shn", True, 1)):
        found, remark = tongues(language, {"receipt.title"}, draft=draft)
        assert found[0].catalogue.language == "en"
        assert len(found) == count
        assert (remark is None) is (count == 2 or language == "en")
