"""Later rows that correct earlier ones: reports, repayments, debts and collateral share how.

A reference names one thing of one sender. The row posted last counts; the earlier stays beside it. In one file, lower
is later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from recruitment.core.ids import new_id
from recruitment.fees import rules

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from recruitment.fees.rules import Current
    from recruitment.journeys.rules import JourneyRead
    from recruitment.sheets.importing import Report, Row, Tally


class _Referenced(Protocol):
    @property
    def reference(self) -> str: ...
    @property
    def journey(self) -> JourneyRead: ...


T = TypeVar("T", bound=_Referenced)


@dataclass(frozen=True, slots=True)
class Revision(Generic[T]):
    """A row to be saved: new, or in place of ``supersedes_id``."""

    id: UUID
    version: int
    supersedes_id: UUID | None
    value: T
    row_digest: bytes


def revise(
    rows: Sequence[Row[T]],
    current: dict[str, Current],
    tally: Tally,
    report: Report,
    *,
    traits: Callable[[T], tuple[Any, ...]] = lambda _value: (),
    refuse: Callable[[Current, T], tuple[str, str, str] | None] = lambda _current, _value: None,
) -> list[Revision[T]]:
    """Return what is to be saved of ``rows``, in their order. ``current`` is kept up to date, row by row.

    A row equal to the current one is skipped. A row that moves to another journey is a problem, and so is one that
    ``refuse`` gives a reason against (column, code, message).
    """
    revisions: list[Revision[T]] = []
    for row in rows:
        value = row.value
        before = current.get(value.reference)
        if before is not None and before.row_digest == row.digest:
            tally.skipped += 1
            continue
        if before is not None and before.journey_id != value.journey.id:
            report(
                row.line, "journey", "moved_to_another_journey",
                f"{value.reference} belongs to another journey already. Give this row a reference of its own.",
            )  # fmt: skip
            continue
        if before is not None and (reason := refuse(before, value)):
            report(row.line, *reason)
            continue
        revision = Revision(
            new_id(), before.version + 1 if before else 1, before.id if before else None, value, row.digest
        )
        current[value.reference] = rules.Current(
            revision.id, revision.version, value.journey.id, row.digest, traits(value)
        )
        tally.corrected += before is not None
        tally.added += before is None
        revisions.append(revision)
    return revisions
