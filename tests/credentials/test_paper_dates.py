"""A paper is dated with a day: at which hour it was drawn would tell when somebody sat with their CSO."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from recruitment.credentials.keys import IssuingKeyFile
from recruitment.credentials.paper_signature import PaperSigner
from recruitment.typesetting.document import write_document

DAY = datetime(2026, 12, 5, tzinfo=UTC)
_STAMP = re.compile(rb"D:(\d{14})|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)")


def test_no_instant_but_the_day_stands_in_a_signed_paper(tmp_path):
    file = IssuingKeyFile(tmp_path / "keys")
    made = file.make("Test", DAY)
    file.adopt({key.id for key in made})
    drawn = write_document("A paper", subject="", made_at=DAY, language="en", draw=lambda canvas: canvas.showPage())
    signed = PaperSigner(file.newest().paper).sign(drawn, {"credential.vc.json": b"{}"}, DAY)
    stamps = {(plain or spelled).decode() for plain, spelled in _STAMP.findall(signed)}
    assert stamps == {"20261205000000"}
