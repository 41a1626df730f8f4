"""The fonts: all letters of all texts are in them, they are small enough to commit, and their codes never depend on history."""

from __future__ import annotations

import pytest
from reportlab.pdfbase.ttfonts import TTFont, shapeStr

from recruitment.typesetting.catalogue import Catalogue, languages
from recruitment.typesetting.faces import FONTS, Family, _SteadyFont, face_name, family_of, runs
from recruitment.typesetting.lines import Style, shape_line

SAMPLE = "ស្ត្រីខ្មែរ ក្រុមហ៊ុន"


def test_the_fonts_are_all_there_with_their_licence():
    names = {path.name for path in FONTS.iterdir()}
    assert names == {f"{family}-{weight}.ttf" for family in Family for weight in ("Regular", "Bold")} | {"OFL.txt"}
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 2_500_000
    assert (FONTS / "OFL.txt").read_text(encoding="utf-8").count("Noto Project Authors") == len(Family)


@pytest.mark.parametrize("language", languages())
def test_no_glyph_of_any_text_is_missing(language):
    from reportlab.pdfbase import pdfmetrics

    for key, text in Catalogue.of(language)._texts.items():
        for bold in (False, True):
            for run in shape_line(text, Style(language, 8, bold)).runs:
                glyphs = pdfmetrics.getFont(run.face).face.charToGlyph
                assert all(glyphs.get(ord(character)) for character in run.shaped), key


def test_a_missing_glyph_would_be_seen():
    from reportlab.pdfbase import pdfmetrics

    face = face_name(Family.LATIN)
    glyphs = pdfmetrics.getFont(face).face.charToGlyph
    assert not all(glyphs.get(ord(character)) for character in shapeStr("ក", face, 8))


def test_runs_take_the_font_of_their_script_and_blanks_stay():
    assert runs("ខ្ញុំ Sok 25", Family.KHMER) == [(Family.KHMER, "ខ្ញុំ "), (Family.LATIN, "Sok 25")]
    assert runs("DL-7 မြန်မာ", Family.LATIN) == [(Family.LATIN, "DL-7 "), (Family.MYANMAR, "မြန်မာ")]
    assert runs("", Family.LAO) == []


def test_what_no_font_has_has_no_family():
    assert family_of("ক") is None
    assert family_of("\ue000") is None
    assert family_of("é") is Family.LATIN


def _private(font: TTFont) -> dict[int, int]:
    return {code: glyph for code, glyph in font.face.charToGlyph.items() if 0xE000 <= code < 0xF900}


def test_private_codes_do_not_depend_on_what_was_shaped_before():
    path = FONTS / "NotoSansKhmer-Regular.ttf"
    before = _private(_SteadyFont("Steady", path))
    face_name(Family.KHMER)
    shape_line(SAMPLE, Style("km", 8))
    assert _private(_SteadyFont("Steady again", path)) == before


def test_reportlabs_own_codes_do_depend_on_it():
    from reportlab.pdfbase import pdfmetrics

    path = str(FONTS / "NotoSansKhmer-Regular.ttf")
    fonts = [TTFont(name, path) for name in ("Plain one", "Plain two")]
    for font, text in zip(fonts, (SAMPLE, SAMPLE[::-1]), strict=True):
        pdfmetrics.registerFont(font)
        shapeStr(text, font.fontName, 8)
        font.unregister()
    assert _private(fonts[0]) != _private(fonts[1])
