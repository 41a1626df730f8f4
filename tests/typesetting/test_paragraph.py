"""Paragraphs as pictures: narrow columns in six languages, with names and numbers of other scripts in them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.textobject import PDFTextObject
from reportlab.platypus import Paragraph

from recruitment.typesetting import paragraph as module
from recruitment.typesetting.catalogue import Catalogue, languages
from recruitment.typesetting.document import PAGE_HEIGHT, write_document
from recruitment.typesetting.faces import Family, face_name
from recruitment.typesetting.lines import FAMILY_OF_LANGUAGE, Style
from recruitment.typesetting.paragraph import ShapedParagraph
from tests.typesetting.pictures import assert_golden, looks_alike, pages

GOLDEN = Path(__file__).parent / "golden"
DAY = datetime(2026, 12, 1, tzinfo=UTC)
WIDTH = 130.0
NAMES = {
    "en": "Đặng Thị Zoë",
    "km": "សុខ ចាន់ថា",
    "lo": "ສົມພອນ ແກ້ວມະນີ",
    "my": "ကိုမောင်မောင်",
    "ne": "राम बहादुर श्रेष्ठ",
    "th": "สมชาย ใจดี",
}
TEXTS = ("says.confirmed.remediated", "numbers.drawn", "check.words")
VALUES = {"chosen": 15, "population": "1,250", "heard": 10}


def _paragraphs(language: str) -> list[ShapedParagraph]:
    words = Catalogue.of(language)
    texts = [words.text(key, draft=True, **VALUES) for key in TEXTS]
    texts.append(f"{words.text('paper.name', draft=True, name=NAMES[language])} / Aung San Htay (THB 12,500.00)")
    styles = [Style(language, 9), Style(language, 9), Style(language, 9, bold=True), Style(language, 12)]
    return [ShapedParagraph(text, style) for text, style in zip(texts, styles, strict=True)]


def _document(flowables) -> bytes:
    def draw(canvas):
        top = PAGE_HEIGHT - 6
        for flowable in flowables:
            _width, height = flowable.wrap(WIDTH, 1000)
            flowable.drawOn(canvas, 6, top - height)
            top -= height + 4
        canvas.showPage()

    return write_document("Columns", subject="", made_at=DAY, language="en", draw=draw)


def _column(flowables):
    return pages(_document(flowables), 2.0)[0].crop((0, 0, int(2 * (WIDTH + 12)), 1000))


@pytest.mark.parametrize("language", languages())
def test_a_narrow_column_looks_as_it_was_looked_at(language):
    assert_golden(_column(_paragraphs(language)), GOLDEN / f"column-{language}.png")


@pytest.mark.parametrize("language", ["km", "my", "ne"])
def test_reportlabs_own_paragraph_looks_otherwise(language):
    found = _paragraphs(language)
    face = face_name(FAMILY_OF_LANGUAGE[language])
    theirs = [
        Paragraph(each.text, ParagraphStyle("x", fontName=face, fontSize=each.style.size, leading=each.style.leading))
        for each in found[:1]
    ]
    assert not looks_alike(_column(theirs), _column(found[:1]))
    assert looks_alike(_column(found[:1]), _column(_paragraphs(language)[:1]))


class _Forgetful(PDFTextObject):
    """ReportLab's own, which forgets the rise when two changes of it follow each other."""


def test_without_the_remembered_rise_khmer_drifts(monkeypatch):
    straight = _column(_paragraphs("km")[:1])
    module._known_operators.cache_clear()
    monkeypatch.setattr(module, "_SteadyText", _Forgetful)
    drifted = _column(_paragraphs("km")[:1])
    module._known_operators.cache_clear()
    assert not looks_alike(straight, drifted)


def test_a_paragraph_splits_between_lines():
    whole = ShapedParagraph("one two three four five six seven", Style(size=10))
    _width, height = whole.wrap(50)
    first, rest = whole.split(50, height - 1)
    for part in (first, rest):
        part.wrap(50)
    assert first.lines + rest.lines == whole.lines
    assert len(rest.lines) == 1
    assert whole.split(50, 3) == []
    assert whole.split(50, height) == [whole]


def test_what_is_private_is_not_kept():
    from recruitment.typesetting import lines

    before = [
        each.cache_info().currsize for each in (lines._shape_known, lines._set_known_lines, module._known_operators)
    ]
    _document([ShapedParagraph("Maung Htay Nobody Else", Style("my", 9), private=True)])
    after = [
        each.cache_info().currsize for each in (lines._shape_known, lines._set_known_lines, module._known_operators)
    ]
    assert before == after


def test_the_text_as_typed_goes_with_it():
    from recruitment.typesetting import document

    assert face_name(Family.KHMER)
    recorded = []

    class Writer(module._SteadyText):
        def __init__(self, canvas):
            super().__init__(canvas)
            recorded.append(self)

    original, module._SteadyText = module._SteadyText, Writer
    try:
        assert document.write_document(
            "x", subject="", made_at=DAY, language="en", draw=lambda canvas: _draw_one(canvas, "ក្រ")
        )
    finally:
        module._SteadyText = original
    code = "\n".join(recorded[0]._code)
    assert f"/ActualText <FEFF{'ក្រ'.encode('utf-16-be').hex().upper()}>" in code
    assert code.count("BDC") == code.count("EMC") == 1


def _draw_one(canvas, text):
    paragraph = ShapedParagraph(text, Style("km", 9))
    paragraph.wrap(100)
    paragraph.drawOn(canvas, 10, 10)
    canvas.showPage()
