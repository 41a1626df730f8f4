"""Pages of a list that follow each other by a cursor: the thousandth costs as much as the first.

    page = paged(rows, asked, key=lambda row: row.reference)
    return page.answer({"demand_letters": …})

A cursor is the key of the last thing on a page, so it says nothing that the page did not say. Lists are ordered by that
key, never by a time or a state: for an agency the order of a list must tell nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flask import request, url_for
from marshmallow import Schema, fields, post_load, validate

from recruitment.core.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")

LIMIT_DEFAULT = 50
LIMIT_MAX = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page is asked for: at most ``limit`` things whose key comes after ``after``.

    ``filters`` hold what else the list was asked for, None for what was left out.
    """

    after: str | None
    limit: int
    filters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fetch(self) -> int:
        """How many rows to read: one more than are shown, to see whether there is a next page."""
        return self.limit + 1

    def after_parts(self, *readers: Callable[[Any], Any]) -> tuple[Any, ...] | None:
        """Return the parts of a cursor that ``cursor_of`` made, each through its reader; None at the beginning.

        Raises ``CursorUnreadable``.
        """
        if self.after is None:
            return None
        try:
            return tuple(read(part) for read, part in zip(readers, _parts(self.after), strict=True))
        except (AttributeError, TypeError, ValueError):
            raise CursorUnreadable(
                "'after' is not a cursor of this list. Take it from the Link header of the page before, or leave it out.",
                after="not a cursor of this list",
            ) from None


class CursorUnreadable(InvalidInput):
    """The cursor of a list was not made by it."""

    code = "web.cursor_unreadable"


_WHOLE_MAX = 2**31 - 1


def cursor_of(*parts: str | int) -> str:
    """Return the cursor of a list that is ordered by more than one column."""
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def _parts(cursor: str) -> list[str | int]:
    """Return the parts of a cursor. Raises ``ValueError`` for what is none."""
    parts = json.loads(cursor)
    if not isinstance(parts, list) or not all(_fits(part) for part in parts):
        raise ValueError("no list of texts and numbers")
    return parts


def _fits(part: object) -> bool:
    """Say whether a part of a cursor is text or a number that a column can be compared with."""
    return (isinstance(part, str) and part.isprintable()) or (type(part) is int and abs(part) <= _WHOLE_MAX)


class PageArguments(Schema):
    """The query of a list: ``?after=…&limit=…``."""

    after = fields.String(
        load_default=None,
        validate=[validate.Length(min=1, max=400), validate.Predicate("isprintable", error="Not a cursor.")],
        metadata={"description": "the cursor of the page before, from its Link header"},
    )
    limit = fields.Integer(
        load_default=LIMIT_DEFAULT,
        validate=validate.Range(1, LIMIT_MAX),
        metadata={"description": "how many things a page has at most"},
    )

    @post_load
    def _make(self, data: dict[str, object], **_options: object) -> Asked:
        after, limit = data.pop("after"), data.pop("limit")
        return Asked(after, limit, data)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a list, and the cursor of the next one."""

    items: Sequence[T]
    next: str | None

    @property
    def headers(self) -> dict[str, str]:
        """The ``Link`` header (RFC 8288) that leads to the next page; none on the last."""
        if self.next is None or request.endpoint is None:
            return {}
        query: dict[str, Any] = {name: value for name, value in request.args.items() if name != "after"}
        address = url_for(request.endpoint, **(request.view_args or {}), **query, after=self.next)
        return {"Link": f'<{address}>; rel="next"'}


def paged(rows: Sequence[T], asked: Asked, *, key: Callable[[T], str]) -> Page[T]:
    """Return the page of ``rows``, of which ``asked.fetch`` were read in order of ``key``."""
    items = rows[: asked.limit]
    return Page(items, key(items[-1]) if len(rows) > asked.limit else None)
