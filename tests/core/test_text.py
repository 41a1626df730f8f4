"""Text as people write it: one form of Unicode, Zawgyi converted and nothing else touched, telephone numbers."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.core.text import (
    PhoneInvalid,
    has_myanmar_letters,
    is_country,
    looks_like_zawgyi,
    normalise_phone,
    tidy,
)

# The detector opens its model by a function that Python 3.11 and 3.12 call deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:open_binary is deprecated:DeprecationWarning")

# As typed in Zawgyi, and the same in Unicode.
ZAWGYI = [
    ("ေမာင္", "မောင်"),
    ("ေအာင္ေက်ာ္", "အောင်ကျော်"),
    ("ျမန္မာ", "မြန်မာ"),
    ("ခင္ၿမိဳ႕", "ခင်မြို့"),
    ("ပန္းျဖဴ", "ပန်းဖြူ"),
]

UNICODE = [
    "မောင်", "အောင်ကျော်", "မြန်မာ", "ခင်မြို့", "ပန်းဖြူ", "မိုးတိမ်", "မင်္ဂလာပါ", "ဒေါ်အေးအေးမြင့်", "ဦးဘ", "မမ", "စိုးဝင်း",
    "နန်းခမ်းအူ", "စဝ်ၸၢႆး",  # Shan letters
    "သုခ", "ကို", "မ", "၁၂၃",
    "សុខ ចាន់ដារ៉ា", "ស្រីពេជ្រ", "កញ្ញា",  # Khmer
    "ສົມພອນ", "ບຸນມີ", "ແກ້ວມະນີ", "ຄຳ",  # Lao
    "สมชาย", "น้ำฝน", "เพ็ญศรี", "กำธร",  # Thai
    "सीता श्रेष्ठ", "राम बहादुर", "ज्ञानेन्द्र",  # Nepali
    "Nguyễn Thị Ánh", "José",
]  # fmt: skip


class TestTidy:
    @pytest.mark.parametrize(("typed", "meant"), ZAWGYI)
    def test_converts_zawgyi(self, typed, meant):
        assert tidy(typed) == meant

    @pytest.mark.parametrize("name", UNICODE)
    def test_leaves_names_in_unicode_as_they_are(self, name):
        assert tidy(name) == unicodedata.normalize("NFC", name)
        assert not looks_like_zawgyi(name)

    @pytest.mark.parametrize("name", [meant for _, meant in ZAWGYI])
    def test_converts_nothing_twice(self, name):
        assert tidy(tidy(name)) == tidy(name)

    def test_composes_what_was_typed_in_parts(self):
        assert tidy("Jose\N{COMBINING ACUTE ACCENT}") == "José"
        assert tidy("José") == "José"

    @pytest.mark.parametrize("text", ["  Ma  Khin ", "Ma\tKhin\n", "Ma\N{NO-BREAK SPACE}Khin", "Ma\u3000 Khin"])
    def test_folds_blanks(self, text):
        assert tidy(text) == "Ma Khin"

    @given(st.text())
    def test_gives_text_that_is_tidy_already(self, text):
        found = tidy(text)
        assert unicodedata.is_normalized("NFC", found)
        assert " ".join(found.split()) == found

    @given(st.text(st.characters(max_codepoint=0x0FFF, exclude_categories=["Cs"])))
    def test_changes_no_letter_outside_burmese(self, text):
        assert tidy(text) == " ".join(unicodedata.normalize("NFC", text).split())


class TestMyanmarLetters:
    @pytest.mark.parametrize("text", ["\u1000", "\u109f", "Ma မ"])
    def test_are_found(self, text):
        assert has_myanmar_letters(text)

    @pytest.mark.parametrize("text", ["", "Ma", "\u0fff", "\u10a0", "ខ្មែរ"])
    def test_are_not_found_where_there_are_none(self, text):
        assert not has_myanmar_letters(text)


class TestNormalisePhone:
    @pytest.mark.parametrize(
        ("typed", "country", "number"),
        [
            ("081 234 5678", "TH", "+66812345678"),
            ("+66 81-234-5678", "MM", "+66812345678"),
            ("09 421 234 567", "MM", "+959421234567"),
            ("(02) 987 6543", "TH", "+6629876543"),
            ("၀၉၄၂၁၂၃၄၅၆၇", "MM", "+959421234567"),
        ],
    )
    def test_gives_one_form(self, typed, country, number):
        assert normalise_phone(typed, country) == number
        assert normalise_phone(number, "TH") == number

    @pytest.mark.parametrize("typed", ["", "none", "12", "+66 8", "+66 81 234 5678 9012 3456", "+999 123 456"])
    def test_refuses_what_no_network_connects(self, typed):
        with pytest.raises(PhoneInvalid, match=r"\+66"):
            normalise_phone(typed, "TH")

    def test_does_not_say_the_number_again(self):
        """What is refused may be somebody's number with a slip in it; sentences end up in logs."""
        with pytest.raises(PhoneInvalid) as refused:
            normalise_phone("0812345678901234", "TH")
        assert "0812345678901234" not in refused.value.detail

    def test_has_an_example_even_for_a_country_that_there_is_not(self):
        with pytest.raises(PhoneInvalid, match=r"\+66 81 234 5678"):
            normalise_phone("12345", "ZZ")


class TestIsCountry:
    @pytest.mark.parametrize("code", ["TH", "MM", "NP", "HK"])
    def test_knows_countries_and_territories(self, code):
        assert is_country(code)

    @pytest.mark.parametrize("code", ["", "ZZ", "th", "THA", "001"])
    def test_knows_that_others_are_none(self, code):
        assert not is_country(code)
