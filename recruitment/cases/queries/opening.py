"""What is read to open cases: comparisons that are new, debts that bind, and the cases that journeys are in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from recruitment.cases.models import Case, CaseEvent, CaseFinding, CaseJourney, CaseMark, CaseStanding
from recruitment.cases.queries import scopes  # noqa: F401 - no case is read before it is said whose it is
from recruitment.cases.rules import BONDING_CREDITORS, MONEY_FINDINGS, Bond, CaseKind, FoundThing, Looked, State
from recruitment.fees.models import DebtRow, FactVersion
from recruitment.fees.queries import is_current
from recruitment.journeys.queries import joined_to
from recruitment.verification.models import ComparisonRow, FindingRow
from recruitment.verification.rules import RULES_VERSION, Status

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

BATCH_JOURNEYS = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """A case that a journey is in, as far as opening must know."""

    case_id: UUID
    reference: str
    kind: CaseKind
    state: State
    number: int
    last_event_at: datetime
    responded_at: datetime | None = None


def newly_compared(session: Session, *, limit: int = BATCH_JOURNEYS) -> list[Looked]:
    """Return journeys whose comparison is newer than what cases looked at, in order of id."""
    query = (
        select(ComparisonRow.journey_id, ComparisonRow.facts_version, ComparisonRow.compared_at, ComparisonRow.status)
        .outerjoin(CaseMark, CaseMark.journey_id == ComparisonRow.journey_id)
        .where(
            or_(
                CaseMark.journey_id.is_(None),
                CaseMark.compared_at != ComparisonRow.compared_at,
                CaseMark.facts_version != ComparisonRow.facts_version,
            )
        )
        .order_by(ComparisonRow.journey_id)
        .limit(limit)
    )
    rows = session.execute(query).all()
    if not rows:
        return []
    ids = [row.journey_id for row in rows]
    findings, joined = _findings(session, ids), joined_to(session, ids)
    return [
        Looked(
            row.journey_id, row.facts_version, row.compared_at, Status(row.status), frozenset(findings[row.journey_id]),
            frozenset(joined.get(row.journey_id, ())),
        )
        for row in rows
    ]  # fmt: skip


def _findings(session: Session, journeys: Collection[UUID]) -> dict[UUID, set[FoundThing]]:
    """Return the findings that a case names, by journey; those that are only for a person to know are none of them."""
    query = select(FindingRow.journey_id, FindingRow.kind, FindingRow.fee_item, FindingRow.rule).where(
        FindingRow.journey_id.in_(journeys),
        FindingRow.kind.in_(sorted(kind.value for kind in MONEY_FINDINGS)),
        or_(FindingRow.advisory.is_(None), FindingRow.advisory.is_(False)),
    )
    found: dict[UUID, set[FoundThing]] = defaultdict(set)
    for journey, kind, item, rule in session.execute(query):
        found[journey].add(FoundThing(kind, item or "", rule or ""))
    return found


def bonds_of(session: Session, journeys: Collection[UUID]) -> list[Bond]:
    """Return the debts of ``journeys`` that may bind the worker and stand now.

    Each is known since the first of its versions that said so.
    """
    row = DebtRow
    binds = and_(
        row.recruitment_linked.is_(True),
        row.outstanding_minor > 0,
        row.creditor.in_(sorted(creditor.value for creditor in BONDING_CREDITORS)),
    )
    wanted = select(row.journey_id, row.sender_id, row.reference, row.recorded_at).where(row.journey_id.in_(journeys))
    standing = session.execute(wanted.where(binds, is_current(row))).all()
    if not standing:
        return []
    since: dict[tuple[UUID, str], datetime] = {}
    for _journey, sender, reference, recorded_at in session.execute(wanted.where(binds).order_by(row.recorded_at)):
        since.setdefault((sender, reference), recorded_at)
    return [
        Bond(journey, since[sender, reference], recorded_at) for journey, sender, reference, recorded_at in standing
    ]


def cases_of(session: Session, journeys: Collection[UUID], kinds: Collection[CaseKind]) -> dict[UUID, list[Standing]]:
    """Return the cases of some kinds that name ``journeys``, by journey, the latest last."""
    query = (
        select(
            CaseJourney.journey_id, Case.id, Case.reference, Case.kind, CaseStanding.state, CaseStanding.number,
            CaseStanding.last_event_at, CaseStanding.responded_at,
        )
        .join(Case, Case.id == CaseJourney.case_id)
        .join(CaseStanding, CaseStanding.case_id == Case.id)
        .where(CaseJourney.journey_id.in_(journeys), Case.kind.in_(sorted(kind.value for kind in kinds)))
        .order_by(Case.opened_at, Case.id)
    )  # fmt: skip
    found: dict[UUID, list[Standing]] = defaultdict(list)
    for journey, case_id, reference, kind, state, number, at, responded_at in session.execute(query):
        standing = Standing(case_id, reference, CaseKind(kind), State(state), number, at, responded_at)
        found[journey].append(standing)
    return found


def with_open_case(session: Session, journeys: Collection[UUID], as_of: datetime) -> set[UUID]:
    """Return those of ``journeys`` that were in a case by ``as_of`` which its workers had not let close by then."""
    row, later = CaseEvent, aliased(CaseEvent)
    last = (
        row.number
        == select(func.max(later.number))
        .where(later.case_id == row.case_id, later.occurred_at <= as_of)
        .correlate(row)
        .scalar_subquery()
    )
    query = (
        select(CaseJourney.journey_id)
        .distinct()
        .join(row, row.case_id == CaseJourney.case_id)
        .where(
            CaseJourney.journey_id.in_(journeys), CaseJourney.added_at <= as_of, last,
            row.to_state != State.CLOSED.value,
        )
    )  # fmt: skip
    return set(session.scalars(query))


def findings_of(session: Session, cases: Collection[UUID]) -> dict[UUID, set[tuple[UUID, FoundThing]]]:
    """Return the findings that cases name already (journey and finding), by case."""
    row = CaseFinding
    query = select(row.case_id, row.journey_id, row.kind, row.fee_item, row.rule).where(row.case_id.in_(cases))
    found: dict[UUID, set[tuple[UUID, FoundThing]]] = defaultdict(set)
    for case_id, journey, kind, item, rule in session.execute(query):
        found[case_id].add((journey, FoundThing(kind, item, rule)))
    return found


def statuses_of(session: Session, journeys: Collection[UUID]) -> dict[UUID, Status]:
    """Return the status of the last comparison of each of ``journeys``, where that looked at the facts as they are now."""
    query = (
        select(ComparisonRow.journey_id, ComparisonRow.status)
        .outerjoin(FactVersion, FactVersion.journey_id == ComparisonRow.journey_id)
        .where(
            ComparisonRow.journey_id.in_(journeys),
            ComparisonRow.facts_version == func.coalesce(FactVersion.version, 0),
            ComparisonRow.rules_version == RULES_VERSION,
        )
    )
    return {journey: Status(status) for journey, status in session.execute(query)}
