"""The list of journeys: one query for a page of it, whatever is on the page, and two for the totals above.

Pages follow each other by reference, not by number: the next page begins after the last reference of this one, so the
thousandth page costs as much as the first. What a line says of money is the last comparison; nothing is compared here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from recruitment.core.actor import Permission
from recruitment.employers.models import DemandLetter
from recruitment.fees.models import FactVersion
from recruitment.journeys.models import Journey
from recruitment.organisations.models import Organisation
from recruitment.reporting.rules import NOT_COMPARED, PAGE_LINES, STATUS_WORDS, JourneyFilter
from recruitment.verification import queries as verification
from recruitment.verification.models import ComparisonRow, FindingRow
from recruitment.verification.rules import RULES_VERSION

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor


@dataclass(frozen=True, slots=True)
class JourneyLine:
    """A journey in a line. Without a comparison it has neither currency nor amounts."""

    reference: str
    corridor: str
    channel: str
    agency_code: str | None
    agency_name: str | None
    employer_code: str | None
    employer_name: str | None
    status: str
    currency: str | None
    worker_borne_minor: int | None
    repaid_minor: int | None
    remedy_due_minor: int | None
    covered_until: date | None
    finding_count: int
    is_stale: bool


@dataclass(frozen=True, slots=True)
class JourneyList:
    """A page of the list. ``previous`` and ``next`` are the references before and after which the others lie."""

    lines: tuple[JourneyLine, ...]
    previous: str | None
    next: str | None

    @property
    def is_stale(self) -> bool:
        """Whether any line tells of an older state than the facts."""
        return any(line.is_stale for line in self.lines)


def journey_list(
    session: Session,
    actor: Actor,
    wanted: JourneyFilter,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_LINES,
) -> JourneyList:
    """Return a page of journeys in order of reference: the first, that after, or that before a reference.

    Who may: whoever may read comparisons.
    """
    actor.require(Permission.READ_COMPARISONS)
    backwards = before is not None and after is None
    order = Journey.reference.desc() if backwards else Journey.reference.asc()
    chosen = (
        select(Journey.id)
        .outerjoin(ComparisonRow, ComparisonRow.journey_id == Journey.id)
        .where(*_conditions(wanted))
        .order_by(order)
        .limit(size + 1)
    )
    if backwards:
        chosen = chosen.where(Journey.reference < before)
    elif after is not None:
        chosen = chosen.where(Journey.reference > after)
    # The lines of the page are chosen first: what stands in them is then joined to these few, not to all that match.
    page = chosen.subquery()
    query = _lines().join(page, page.c.id == Journey.id).order_by(order)
    found = [JourneyLine(*row) for row in session.execute(query)]
    has_more = len(found) > size
    lines = found[:size]
    if backwards:
        lines.reverse()
    if not lines:
        return JourneyList((), None, None)
    has_previous, has_next = (has_more, True) if backwards else (after is not None, has_more)
    return JourneyList(
        tuple(lines), lines[0].reference if has_previous else None, lines[-1].reference if has_next else None
    )


def status_totals(session: Session, actor: Actor) -> dict[str, int]:
    """Return how many journeys there are of each status, whatever is filtered; those with none are left out.

    Who may: whoever may read comparisons.
    """
    actor.require(Permission.READ_COMPARISONS)
    counted = verification.status_counts(session)
    everything = session.scalar(select(func.count()).select_from(Journey)) or 0
    counted[NOT_COMPARED] = everything - sum(counted.values())
    return {status: counted[status] for status in STATUS_WORDS if counted.get(status)}


def differs_from_facts() -> ColumnElement[bool]:
    """Return the condition that a comparison is older than the facts or the rules, or is not there yet."""
    return or_(
        ComparisonRow.journey_id.is_(None),
        ComparisonRow.facts_version != func.coalesce(FactVersion.version, 0),
        ComparisonRow.rules_version != RULES_VERSION,
    )


def _lines() -> Any:
    agency, employer = aliased(Organisation), aliased(Organisation)
    findings = select(func.count()).where(FindingRow.journey_id == Journey.id).scalar_subquery()
    compared = ComparisonRow
    return (
        select(
            Journey.reference, Journey.corridor, Journey.channel, agency.code, agency.name, employer.code,
            employer.name, func.coalesce(compared.status, NOT_COMPARED), compared.currency,
            compared.worker_borne_minor, compared.repaid_minor, compared.remedy_due_minor, compared.covered_until,
            findings, differs_from_facts(),
        )
        .outerjoin(compared, compared.journey_id == Journey.id)
        .outerjoin(FactVersion, FactVersion.journey_id == Journey.id)
        .outerjoin(agency, agency.id == Journey.agency_id)
        .outerjoin(DemandLetter, DemandLetter.id == Journey.demand_letter_id)
        .outerjoin(employer, employer.id == DemandLetter.employer_id)
    )  # fmt: skip


def _conditions(wanted: JourneyFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.status == NOT_COMPARED:
        found.append(ComparisonRow.journey_id.is_(None))
    elif wanted.status:
        found.append(ComparisonRow.status == wanted.status)
    if wanted.corridor:
        found.append(Journey.corridor == wanted.corridor)
    if wanted.agency:
        # Not through the joined name of the agency: an id is found first, and the index of journeys by agency used.
        found.append(
            Journey.agency_id == select(Organisation.id).where(Organisation.code == wanted.agency).scalar_subquery()
        )
    if wanted.finding:
        # Not by exists(): SQLite would look through all findings of the kind for every journey.
        found.append(Journey.id.in_(select(FindingRow.journey_id).where(FindingRow.kind == wanted.finding)))
    if wanted.search:
        found.append(Journey.reference.istartswith(wanted.search, autoescape=True))
    return found
