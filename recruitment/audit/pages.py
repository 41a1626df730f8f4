"""One page: the audit record, the newest events first. It reads and changes nothing."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, render_template, request

from recruitment.audit import queries
from recruitment.audit.errors import FilterInvalid
from recruitment.audit.rules import TEXT_MAX, EventFilter
from recruitment.core.actor import Permission
from recruitment.web.context import actor, read_session
from recruitment.web.gate import allow
from recruitment.web.pagination import Asked, cursor_of, paged

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

pages = Blueprint("audit", __name__)

_LINES = 50


@pages.get("/audit")
@allow(Permission.READ_AUDIT)
def event_list() -> ResponseReturnValue:
    """Show who did what with what, when and why."""
    wanted = EventFilter(_filter("subject_kind"), _filter("subject_id"), _filter("action"))
    asked = Asked(request.args.get("after") or None, _LINES)
    after = asked.after_parts(UUID)
    with read_session() as session:
        rows = queries.events_of(session, actor(), wanted, after=after[0] if after else None, limit=asked.fetch)
    page = paged(rows, asked, key=lambda event: cursor_of(str(event.id)))
    return render_template(
        "audit/event_list.html",
        page=page,
        wanted=wanted,
        filters={name: value for name, value in asdict(wanted).items() if value},
        is_first=after is None,
        text_max=TEXT_MAX,
    )


def _filter(name: str) -> str | None:
    """Return a filter of the address; None when it is empty. Raises ``FilterInvalid``."""
    text = request.args.get(name, "").strip()
    if len(text) > TEXT_MAX or not text.isprintable():
        raise FilterInvalid(
            f"The filter {name!r} has at most {TEXT_MAX} visible characters. Shorten it, or leave it out.",
            **{name: "too long, or not visible"},
        )
    return text or None
