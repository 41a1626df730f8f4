"""Matches, and the journeys that are one because somebody decided so.

A listed journey that is joined stays as it is for its sender. Only here, on the inside, it leads to the other one. An
employer's may lead to an agency's, and that to a CSO's, never back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from recruitment.journeys.models import Journey, JourneyMatch
from recruitment.journeys.queries import scopes  # noqa: F401 - no match is read before it is said whose it is
from recruitment.journeys.rules import MatchDecision, MatchRead, MatchReason

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

_JOINED = JourneyMatch.decision == MatchDecision.SAME.value


def joined_to(session: Session, journeys: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Return the listed journeys that are joined to ``journeys``, also by way of another, by journey.

    One query when there are none.
    """
    root_of: dict[UUID, UUID] = {}
    level: dict[UUID, UUID] = {journey: journey for journey in journeys}
    while level:
        query = select(JourneyMatch.listed_journey_id, JourneyMatch.journey_id).where(
            JourneyMatch.journey_id.in_(level), _JOINED
        )
        level = {listed: level[journey] for listed, journey in session.execute(query) if listed not in root_of}
        root_of |= level
    found: dict[UUID, list[UUID]] = {}
    for listed, root in sorted(root_of.items()):
        found.setdefault(root, []).append(listed)
    return found


def roots_of(session: Session, journeys: Collection[UUID]) -> dict[UUID, UUID]:
    """Return for each of ``journeys`` that is joined to another the journey at the end of that way."""
    found: dict[UUID, UUID] = {}
    level = {journey: {journey} for journey in journeys}
    while level:
        query = select(JourneyMatch.listed_journey_id, JourneyMatch.journey_id).where(
            JourneyMatch.listed_journey_id.in_(level), _JOINED
        )
        following: dict[UUID, set[UUID]] = {}
        for listed, journey in session.execute(query):
            for start in level[listed]:
                found[start] = journey
                following.setdefault(journey, set()).add(start)
        level = following
    return found


def cso_further_on() -> Any:
    """Return the expression of the CSO to which the other journey of a match leads, when that one is joined too."""
    way = aliased(JourneyMatch)
    return (
        select(way.cso_id)
        .where(way.listed_journey_id == JourneyMatch.journey_id, way.decision == MatchDecision.SAME.value)
        .scalar_subquery()
    )


def known_pairs(session: Session, journeys: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Return the pairs (listed, other) with one of ``journeys`` on either side that were found before."""
    pair = (JourneyMatch.listed_journey_id, JourneyMatch.journey_id)
    query = select(*pair).where(pair[0].in_(journeys) | pair[1].in_(journeys))
    return {(listed, journey) for listed, journey in session.execute(query)}


def matches_for(
    session: Session, *, after: str | None, limit: int, undecided: bool | None = None
) -> Sequence[MatchRead]:
    """Return the matches within the session's scope, in order of reference, from after ``after``."""
    query = _matches().order_by(JourneyMatch.reference).limit(limit)
    if after is not None:
        query = query.where(JourneyMatch.reference > after)
    if undecided is not None:
        is_open = JourneyMatch.decision.is_(None)
        query = query.where(is_open if undecided else ~is_open)
    return [_match(row) for row in session.execute(query)]


def match_by_reference(session: Session, reference: str) -> MatchRead | None:
    """Return a match within the session's scope, if there is one of this reference."""
    row = session.execute(_matches().where(JourneyMatch.reference == reference)).first()
    return _match(row) if row else None


def _matches() -> Any:
    other = aliased(Journey)
    return select(
        JourneyMatch.id, JourneyMatch.reference, other.reference.label("journey"), JourneyMatch.listed_journey_id,
        JourneyMatch.journey_id, JourneyMatch.reason, JourneyMatch.likeness, JourneyMatch.found_on,
        JourneyMatch.decision, JourneyMatch.decided_on,
    ).join(other, other.id == JourneyMatch.journey_id)  # fmt: skip


def _match(row: Any) -> MatchRead:
    return MatchRead(
        row.id, row.reference, row.journey, row.listed_journey_id, row.journey_id, MatchReason(row.reason),
        row.likeness, row.found_on, MatchDecision(row.decision) if row.decision else None, row.decided_on,
    )  # fmt: skip
