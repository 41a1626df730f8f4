"""The audit record over the API: auditors read all of it, supervisors the acts of their organisation's people."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from recruitment.audit import queries
from recruitment.audit.rules import EventFilter
from recruitment.audit.schemas import EventArguments, EventsSchema
from recruitment.core.actor import Permission
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session
from recruitment.web.gate import allow
from recruitment.web.pagination import cursor_of, paged

if TYPE_CHECKING:
    from typing import Any

    from recruitment.web.pagination import Asked

api = ApiBlueprint("audit-events", "Who did what with what, when and why.")


@api.get("/audit-events")
@allow(Permission.READ_AUDIT)
@api.arguments(EventArguments, location="query")
@api.response(200, EventsSchema)
def list_audit_events(asked: Asked) -> Any:
    """List events, the newest first."""
    after = asked.after_parts(UUID)
    with read_session() as session:
        rows = queries.events_of(
            session, actor(), EventFilter(**asked.filters), after=after[0] if after else None, limit=asked.fetch
        )
    page = paged(rows, asked, key=lambda event: cursor_of(str(event.id)))
    return {"audit_events": page.items}, 200, page.headers
