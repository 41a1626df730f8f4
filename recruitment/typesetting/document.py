"""A new PDF document: the same drawing gives the same bytes, names no author, and holds nothing that could act.

ReportLab writes no JavaScript and no action unless asked to, and nothing here asks.
"""

from __future__ import annotations

import hashlib
from io import BytesIO
from threading import RLock
from typing import TYPE_CHECKING, Any

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import TimeStamp
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

PAGE_WIDTH: float = A4[0]
PAGE_HEIGHT: float = A4[1]

# Binary streams: spelling them in letters (ASCII 85) makes a paper a quarter larger, and takes a tenth of its time.
rl_config.useA85 = 0

# The fonts read their files through one cursor each, so two threads may not cut subsets at once.
_drawing = RLock()


class _FixedTime(TimeStamp):  # type: ignore[misc]
    """The time that the paper is about, in place of the time at which it is drawn."""

    def __init__(self, moment: datetime) -> None:
        self.t = moment.timestamp()
        self.lt = moment.utctimetuple()
        self.YMDhms = tuple(self.lt)[:6]
        self.dhh = self.dmm = 0
        self.tzname = "UTC"


def write_document(title: str, *, subject: str, made_at: datetime, language: str, draw: Callable[[Any], None]) -> bytes:
    """Return an A4 document in which ``draw(canvas)`` has drawn its pages. ``made_at`` (UTC) is its date.

    The bytes depend on what is given and drawn alone: not on the clock, the machine, or what was drawn before.
    """
    with _drawing:
        file = BytesIO()
        canvas = Canvas(file, pagesize=A4, invariant=1, pageCompression=1, lang=language)
        canvas._doc._timeStamp = _FixedTime(made_at)  # noqa: SLF001
        # The name of the file (ISO 32000-1 §14.4) grows from this; ReportLab begins it with a time from the environment.
        canvas._doc.signature = hashlib.blake2b(made_at.isoformat().encode(), digest_size=16)  # noqa: SLF001
        canvas.setTitle(title)
        canvas.setSubject(subject)
        canvas.setAuthor("")
        canvas.setCreator("First Mile")
        canvas.setProducer("ReportLab")
        canvas.setViewerPreference("DisplayDocTitle", "true")
        draw(canvas)
        canvas.save()
        return file.getvalue()
