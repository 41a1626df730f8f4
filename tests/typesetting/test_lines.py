"""Lines end where they may: never inside what is written as one, and never beyond the width."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icu4py.breakers import CharacterBreaker

from recruitment.typesetting.catalogue import Catalogue, languages
from recruitment.typesetting.lines import Style, clusters, opportunities, set_lines, shape_line
from recruitment.typesetting.printable import printable

LANGUAGES = languages()
WORDS = {language: list(Catalogue.of(language)._texts.values()) for language in LANGUAGES}
NAMES = ["Aung San Htay", "ကိုမောင်မောင်", "សុខ ចាន់ថា", "ສົມພອນ", "สมชาย ใจดี", "राम बहादुर", "Đặng Thị Zoë", "THB 12,500.00"]


@st.composite
def mixed(draw):
    """A language, a text of several scripts in it, and a width that is often too narrow for a word."""
    language = draw(st.sampled_from(LANGUAGES))
    pieces = st.one_of(
        st.sampled_from(WORDS[language]),
        st.sampled_from(NAMES),
        st.text(st.characters(max_codepoint=0x1FFFF), max_size=12),
    )
    text = draw(st.lists(pieces, min_size=1, max_size=3).map("".join))
    return language, text, draw(st.sampled_from([40.0, 75.0, 240.0]))


def _icu_clusters(text: str, language: str) -> set[int]:
    units = {0: 0}
    for place, character in enumerate(text, start=1):
        units[max(units) + len(character.encode("utf-16-be")) // 2] = place
    return {units[end] for _begin, end in CharacterBreaker(text, language).segments()}


@given(mixed())
def test_lines_fit_and_end_between_clusters_and_lose_nothing(world):
    language, text, width = world
    lines = set_lines(text, width, Style(language, 8.0), private=True)
    safe = printable(text)
    whole = "".join(safe.replace("\u200b", "").split())
    assert "".join("".join(line.text.split()) for line in lines) == whole
    edges = _icu_clusters(safe, language)
    place = 0
    for line in lines:
        # What is not drawn (blanks at an end, U+200B) may stand between a line and the next.
        cut = [len(safe[:end].replace("\u200b", "").replace(" ", "").replace("\u00a0", "")) for end in edges]
        place += len("".join(line.text.split()))
        assert place in cut
        assert line.width <= width or len(clusters(line.text, language)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_begins_with_a_mark(language):
    for text in WORDS[language]:
        for width in (30.0, 90.0):
            for line in set_lines(text, width, Style(language, 8.0)):
                assert not unicodedata.category(line.text[0]).startswith("M"), text
                assert line.text[-1] not in "\u1039\u17d2", text


def test_words_of_scripts_without_blanks_stay_whole():
    text = "แรงงานไทยไม่ได้จ่ายเงินค่านายหน้า"
    words = [
        text[begin:end] for begin, end in zip([0, *opportunities(text, "th")], opportunities(text, "th"), strict=False)
    ]
    assert words[:3] == ["แรงงาน", "ไทย", "ไม่"]
    width = shape_line("แรงงานไทย", Style("th", 8.0)).width + 1
    assert set_lines(text, width, Style("th", 8.0))[0].text == "แรงงานไทย"


def test_conjoined_letters_are_never_parted():
    text = "ក្រ្ដា" * 10
    assert all(text[place - 1] != "\u17d2" for place in clusters(text, "km"))


def test_a_word_wider_than_the_column_is_cut_and_still_all_there():
    lines = set_lines("A" * 300, 100.0, Style("en", 8.0))
    assert len(lines) > 5
    assert "".join(line.text for line in lines) == "A" * 300


def test_no_text_is_no_lines():
    assert set_lines("", 100.0, Style()) == set_lines(" \u200b", 100.0, Style())[:0] == ()


def test_places_count_characters_beyond_the_first_plane_once():
    assert opportunities("𝒳 abc def", "en") == [2, 6, 9]
