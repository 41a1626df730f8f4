"""A document is made of what was drawn and nothing else: no clock, no author, nothing that acts."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

import pypdfium2

from recruitment.typesetting.document import write_document
from recruitment.typesetting.lines import Style
from recruitment.typesetting.paragraph import ShapedParagraph

DAY = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)


def _document(text: str = "ខ្ញុំ 25", *, made_at: datetime = DAY) -> bytes:
    def draw(canvas):
        paragraph = ShapedParagraph(text, Style("km", 9))
        paragraph.wrap(200)
        paragraph.drawOn(canvas, 40, 400)
        canvas.showPage()

    return write_document("A title", subject="A subject", made_at=made_at, language="en", draw=draw)


def test_the_same_gives_the_same_bytes(monkeypatch):
    first = _document()
    _document("អ្វីផ្សេងទៀត")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    monkeypatch.setenv("TZ", "Asia/Yangon")
    time.tzset()
    assert _document() == first
    monkeypatch.undo()
    time.tzset()
    assert _document(made_at=DAY.replace(day=2)) != first


def test_its_data_are_the_title_the_day_and_no_author():
    document = pypdfium2.PdfDocument(_document())
    assert document.get_metadata_dict() == {
        "Title": "A title",
        "Author": "",
        "Subject": "A subject",
        "Keywords": "",
        "Creator": "First Mile",
        "Producer": "ReportLab",
        "CreationDate": "D:20261201083000+00'00'",
        "ModDate": "D:20261201083000+00'00'",
    }
    document.close()


def test_nothing_in_it_acts():
    names = set(re.findall(rb"/[A-Za-z]+", _document()))
    assert not names & {
        b"/JS",
        b"/JavaScript",
        b"/OpenAction",
        b"/AA",
        b"/Launch",
        b"/URI",
        b"/SubmitForm",
        b"/AcroForm",
    }
