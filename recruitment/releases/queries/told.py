"""What was told by releases, to whom, and what was held back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from recruitment.organisations.models import Organisation
from recruitment.releases.models import Disclosure, Release, ReleaseArtefact, ReleaseCell, ReleaseDisclosure
from recruitment.releases.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.releases.queries.disclosing import ReleaseDisclosureRead
from recruitment.releases.rules import CellState, DisclosureState, HeldReason, HoldingReason, ReleasedKind

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class ArtefactRead:
    """A release as an organisation finds it in its list."""

    period: str
    released_on: date


@dataclass(frozen=True, slots=True)
class ReleaseRead:
    """A release as the inside sees it."""

    period: str
    due_at: datetime
    cut_off_at: datetime
    made_at: datetime
    seed: bytes
    recheck_rate: str
    rules_version: int


@dataclass(frozen=True, slots=True)
class CellRead:
    """A cell of a release with what is never told outside: exact counts and reasons."""

    organisation: str
    kind: ReleasedKind
    fee_item: str | None
    state: CellState
    workers: int | None
    median_minor: int | None
    currency: str | None
    percent: int | None
    since: str | None
    contributors: int
    new_contributors: int
    cohorts: int
    reasons: tuple[HoldingReason, ...]

    @property
    def is_told(self) -> bool:
        """Whether the organisation reads anything of it."""
        return self.state is not CellState.WITHHELD


def artefacts_page(
    session: Session, organisation: UUID | None, *, before: str | None, limit: int
) -> list[ArtefactRead]:
    """Return the releases of an organisation, the newest first, from before a period."""
    row = ReleaseArtefact
    query = select(row.period, row.released_on).where(row.organisation_id == organisation)
    if before is not None:
        query = query.where(row.period < before)
    return [ArtefactRead(*found) for found in session.execute(query.order_by(row.period.desc()).limit(limit))]


def artefact_of(session: Session, organisation: UUID | None, period: str) -> tuple[str, bytes] | None:
    """Return what an organisation was told by the release of a period, and its SHA-256; None when there is none."""
    row = ReleaseArtefact
    query = select(row.body, row.sha256).where(row.organisation_id == organisation, row.period == period)
    found = session.execute(query).first()
    return (found[0], found[1]) if found else None


def releases_made(session: Session, *, before: str | None = None, limit: int | None = None) -> list[ReleaseRead]:
    """Return the releases that were made, the newest first."""
    query = _releases().order_by(Release.period.desc())
    if before is not None:
        query = query.where(Release.period < before)
    return [ReleaseRead(*row) for row in session.execute(query.limit(limit))]


def release_of(session: Session, period: str) -> ReleaseRead | None:
    """Return the release of a period, if it was made."""
    row = session.execute(_releases().where(Release.period == period)).first()
    return ReleaseRead(*row) if row else None


def _releases() -> Any:
    row = Release
    return select(
        row.period, row.due_at, row.cut_off_at, row.made_at, row.seed, row.recheck_rate, row.rules_version
    )  # fmt: skip


def cells_of(session: Session, period: str, organisation: UUID | None = None) -> list[CellRead]:
    """Return the cells of a release, of one organisation or of all, in order of organisation, kind and item."""
    row, order = ReleaseCell, list(ReleasedKind)
    query = (
        select(
            Organisation.code, row.kind, row.fee_item, row.state, row.workers, row.median_minor, row.currency, row.percent,
            row.since, row.contributors, row.new_contributors, row.cohorts, row.reasons,
        )
        .join(Release, Release.id == row.release_id)
        .join(Organisation, Organisation.id == row.organisation_id)
        .where(Release.period == period)
    )  # fmt: skip
    if organisation is not None:
        query = query.where(row.organisation_id == organisation)
    found = [_cell(each) for each in session.execute(query)]
    return sorted(found, key=lambda cell: (cell.organisation, order.index(cell.kind), cell.fee_item or ""))


def _cell(row: Any) -> CellRead:
    return CellRead(
        row.code, ReleasedKind(row.kind), row.fee_item or None, CellState(row.state), row.workers, row.median_minor,
        row.currency, row.percent, row.since, row.contributors, row.new_contributors, row.cohorts,
        tuple(HoldingReason(reason) for reason in row.reasons.split()),
    )  # fmt: skip


def disclosures_of(session: Session, period: str, organisation: UUID | None = None) -> list[ReleaseDisclosureRead]:
    """Return what a release did with the disclosures that waited, in order of reference."""
    row = ReleaseDisclosure
    query = (
        select(Disclosure.reference, Organisation.code, row.state, row.reason)
        .join(Disclosure, Disclosure.id == row.disclosure_id)
        .join(Organisation, Organisation.id == Disclosure.organisation_id)
        .join(Release, Release.id == row.release_id)
        .where(Release.period == period)
        .order_by(Disclosure.reference)
    )
    if organisation is not None:
        query = query.where(Disclosure.organisation_id == organisation)
    return [
        ReleaseDisclosureRead(reference, code, DisclosureState(state), HeldReason(reason) if reason else None)
        for reference, code, state, reason in session.execute(query)
    ]
