"""Listed journeys that are one with another: what facts take in from them.

One query for a batch when there are none. Rows of one sender's list and of a CSO meet only here, on the inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from recruitment.fees.models import DeclarationLine, FactVersion, FeeDeclaration
from recruitment.journeys.models import Journey, JourneyMatch
from recruitment.journeys.rules import MatchDecision

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

_JOINED = JourneyMatch.decision == MatchDecision.SAME.value


@dataclass(frozen=True, slots=True)
class Joined:
    """A listed journey that is one with another; ``key`` is its id as the driver gives it."""

    id: UUID
    key: Any
    agency_id: UUID | None
    demand_letter_id: UUID | None


@dataclass(frozen=True, slots=True)
class Change:
    """A match of which the other journey has not heard: since it was decided, or since the listed one's facts changed.

    ``version`` is that of the listed journey's facts; None when the two are no longer one.
    """

    match_id: UUID
    listed_journey_id: UUID
    journey_id: UUID
    version: int | None


def driver_key(session: Session) -> Callable[[UUID], Any]:
    """Return from an id what the driver gives for it in a column that is not made a UUID: text on SQLite."""
    return attrgetter("hex") if session.get_bind().dialect.name == "sqlite" else lambda journey: journey


def is_joined(journey: Any) -> ColumnElement[bool]:
    """Return the condition that a journey is listed and one with another."""
    match = aliased(JourneyMatch)
    return exists().where(match.listed_journey_id == journey, match.decision == MatchDecision.SAME.value)


def joined(session: Session, keys: Mapping[UUID, Any]) -> dict[Any, list[Joined]]:
    """Return the listed journeys that are one with those of ``keys`` (id to key), also by way of another, by key."""
    found: dict[Any, list[Joined]] = {}
    level, key_of = dict(keys), driver_key(session)
    while level:
        query = (
            select(JourneyMatch.journey_id, Journey.id, Journey.agency_id, Journey.demand_letter_id)
            .join(Journey, Journey.id == JourneyMatch.listed_journey_id)
            .where(JourneyMatch.journey_id.in_(level), _JOINED)
            .order_by(Journey.id)
        )  # fmt: skip
        following: dict[UUID, Any] = {}
        for journey, listed, agency, letter in session.execute(query):
            found.setdefault(level[journey], []).append(Joined(listed, key_of(listed), agency, letter))
            following[listed] = level[journey]
        level = following
    return found


def share_receipts(session: Session, ids: Collection[UUID]) -> bool:
    """Say whether journeys that are one have a receipt that the same agency declared for yet another journey."""
    line, declaration = aliased(DeclarationLine), aliased(FeeDeclaration)
    other, other_declaration = aliased(DeclarationLine), aliased(FeeDeclaration)
    query = (
        select(line.id)
        .join(declaration, declaration.id == line.declaration_id)
        .join(other, and_(other.receipt == line.receipt, other.journey_id.not_in(ids)))
        .join(
            other_declaration,
            and_(other_declaration.id == other.declaration_id, other_declaration.agency_id == declaration.agency_id),
        )
        .where(line.journey_id.in_(ids), line.receipt.is_not(None))
        .where(~exists().where(aliased(FeeDeclaration, name="after_one").supersedes_id == line.declaration_id))
        .where(~exists().where(aliased(FeeDeclaration, name="after_other").supersedes_id == other.declaration_id))
        .limit(1)
    )
    return session.scalar(query) is not None


def changes(session: Session) -> list[Change]:
    """Return the matches of which the other journey has still to hear. One query, and no row without matches."""
    version = func.coalesce(FactVersion.version, 0)
    is_new = or_(JourneyMatch.carried_version.is_(None), JourneyMatch.carried_version != version)
    query = (
        select(JourneyMatch.id, JourneyMatch.listed_journey_id, JourneyMatch.journey_id, JourneyMatch.decision, version)
        .outerjoin(FactVersion, FactVersion.journey_id == JourneyMatch.listed_journey_id)
        .where(or_(and_(_JOINED, is_new), and_(~_JOINED, JourneyMatch.carried_version.is_not(None))))
        .order_by(JourneyMatch.id)
    )
    return [
        Change(match, listed, journey, int(facts) if decision == MatchDecision.SAME.value else None)
        for match, listed, journey, decision, facts in session.execute(query)
    ]
