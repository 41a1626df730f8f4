"""What a check of many came to, a row for each, for programmes and for spreadsheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from recruitment.certificates import services
from recruitment.sheets.writing import write_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor

CSV = "text/csv"
_HEADER = (
    "input", "word", "reason", "agency", "employer", "demand_letter", "corridor", "cohort_quarter", "valid_until",
)  # fmt: skip
_SCOPE = ("agency", "employer", "demand_letter", "corridor", "cohort_quarter")


class Checked(NamedTuple):
    """What was asked, the word, why, what it is about, and until when (``2026-12-01T00:00:00Z``)."""

    input: str
    word: str
    reason: str
    scope: Mapping[str, Any] | None
    valid_until: str | None


def checked_codes(session: Session, actor: Actor, codes: Sequence[str]) -> list[Checked]:
    """Return what codes came to, in their order. Who may: whoever may check many at once."""
    found = services.check_batch(session, actor, codes)
    return [
        Checked(code, each.told.word, each.reason, *_about(each.statement))
        for code, each in zip(codes, found, strict=True)
    ]


def checked_papers(session: Session, actor: Actor, papers: Sequence[tuple[str, bytes]]) -> list[Checked]:
    """Return what files came to, in their order, by name. Who may: whoever may check many at once."""
    found = services.check_batch_of_papers(session, actor, [content for _name, content in papers])
    return [
        Checked(name, each.word, each.reason, *_about(each.statement))
        for (name, _content), each in zip(papers, found, strict=True)
    ]


def as_csv(rows: Iterable[Checked]) -> str:
    """Return the rows as a table for a spreadsheet, with formulas defused."""
    lines = (
        (row.input, row.word, row.reason, *(row.scope[name] if row.scope else None for name in _SCOPE), row.valid_until)
        for row in rows
    )
    return "".join(write_csv(_HEADER, lines))


def _about(statement: Mapping[str, Any] | None) -> tuple[Mapping[str, Any] | None, str | None]:
    return (statement["scope"], statement["valid_until"]) if statement else (None, None)
