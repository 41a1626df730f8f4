"""How much a request may bring. More is refused with 413, before it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

_MEGABYTE = 1024 * 1024

UPLOAD_BYTES_MAX = 5 * _MEGABYTE
"""The largest file that may be sent."""

BODY_BYTES_MAX = 6 * _MEGABYTE
"""The largest request: a file and the form around it. The proxy in front says the same (``deploy/``)."""

FORM_BYTES_MAX = _MEGABYTE // 2
"""How much of a form with a file may be text, which is kept in memory; a plain form is limited as a whole request."""

FORM_PARTS_MAX = 200
"""How many fields a form with a file may have."""


def install(app: Flask) -> None:
    """Set the limits of every request of ``app``."""
    app.config.update(
        MAX_CONTENT_LENGTH=BODY_BYTES_MAX,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES_MAX,
        MAX_FORM_PARTS=FORM_PARTS_MAX,
    )
