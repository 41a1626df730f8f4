"""Corridors, and in which currency accounts of each are compared."""

from __future__ import annotations

import pytest

from recruitment.core.corridors import COMPARISON_CURRENCIES, Corridor, CorridorUnknown
from recruitment.core.currencies import EXPONENTS
from recruitment.core.text import is_country


class TestParse:
    @pytest.mark.parametrize("text", ["MM-TH", "KH-TH", "NP-MY", "MM-JP"])
    def test_reads_a_corridor_and_spells_it_the_same(self, text):
        corridor = Corridor.parse(text)
        assert str(corridor) == text
        assert (corridor.origin, corridor.destination) == tuple(text.split("-"))

    @pytest.mark.parametrize("text", ["", "MM", "MMTH", "MM_TH", "MMR-THA", "M-T", "MM-TH-JP", "M1-TH", "-TH", "MM-"])
    def test_refuses_what_is_none(self, text):
        with pytest.raises(CorridorUnknown, match="is not a corridor"):
            Corridor.parse(text)

    @pytest.mark.parametrize("text", ["mm-th", "Mm-TH", "TH-TH", "ÄÖ-TH"])
    def test_wants_two_countries_in_capitals(self, text):
        with pytest.raises(CorridorUnknown, match="two different countries in capitals"):
            Corridor.parse(text)

    def test_names_the_destinations_that_it_knows(self):
        with pytest.raises(CorridorUnknown, match="The destination SG .* JP, MY, TH"):
            Corridor.parse("MM-SG")


class TestComparison:
    @pytest.mark.parametrize(("text", "code"), [("MM-TH", "THB"), ("NP-MY", "MYR"), ("MM-JP", "JPY")])
    def test_is_in_the_currency_of_the_destination(self, text, code):
        assert Corridor.parse(text).comparison.code == code

    def test_has_a_currency_and_a_floor_for_each_destination(self):
        for country, currency in COMPARISON_CURRENCIES.items():
            assert is_country(country)
            assert currency.code in EXPONENTS
            assert currency.floor_minor > 0
