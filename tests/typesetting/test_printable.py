"""What a reader could not see is spelled; what they can see is left alone."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.typesetting.faces import family_of
from recruitment.typesetting.printable import MARKS_IN_A_ROW, printable


@pytest.mark.parametrize(
    "name",
    [
        "Đặng Thị Zoë",
        "ကိုမောင်မောင်",
        "សុខ ចាន់ថា",
        "ສົມພອນ",
        "สมชาย ใจดี",
        "राम बहादुर क्\u200dष",
        "<script>alert(1)</script>",
        "%%EOF endobj <img src=http://127.0.0.1>",
        "Robert'); DROP TABLE (x)\\",
    ],
)
def test_names_stand_as_they_are_written(name):
    assert printable(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ali \u202egpj.exe", "Ali [U+202E]gpj.exe"),
        ("A\u0000B\u2066C\u2069", "A[U+0000]B[U+2066]C[U+2069]"),
        ("so\u00adft \ufeff x", "so[U+00AD]ft [U+FEFF] x"),
        ("x\u200dy", "x[U+200D]y"),
        ("\u200dက", "[U+200D]က"),
        ("রহিম", "[U+09B0][U+09B9][U+09BF][U+09AE]"),
        ("ក\u17b4", "ក[U+17B4]"),
        ("\ud800", "[U+D800]"),
        ("\ue000", "[U+E000]"),
        ("a  b\tc\nd\u2029e", "a b c d e"),
    ],
)
def test_what_cannot_be_seen_is_spelled(name, shown):
    assert printable(name) == shown


def test_marks_do_not_pile_up():
    shown = printable("x" + "\u0301" * 50)
    assert shown.count("\u0301") == MARKS_IN_A_ROW
    assert shown.count("[U+0301]") == 50 - MARKS_IN_A_ROW


@given(st.text(max_size=40))
def test_everything_that_is_left_has_a_glyph_and_no_direction_of_its_own(text):
    shown = printable(text)
    for character in shown:
        assert family_of(character) or character in "\u200b\u200c\u200d"
        assert unicodedata.bidirectional(character) not in {
            "R",
            "AL",
            "RLE",
            "RLO",
            "RLI",
            "LRE",
            "LRO",
            "LRI",
            "FSI",
            "PDI",
        }


@given(st.text(max_size=40))
def test_twice_is_once(text):
    assert printable(printable(text)) == printable(text)
