"""Legal rules as they hold: the data file's, unless an operator revised them; and how they came to be as they are.

Facts are JSON, as ``reference.plain_rule`` writes and ``reference.kept_rule`` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import literal, select

from recruitment.access.models import Person
from recruitment.fees.models import CorridorRule, RuleRevision
from recruitment.journeys.models import Journey

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class RuleRead:
    """A rule as it holds. ``number`` counts its revisions: 0 is the data file's own text."""

    id: str
    scope: str
    number: int
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RevisionRead:
    """A rule as it was left at one time. ``edited_by`` is blank for the operator of the machine, and for the data file."""

    rule_id: str
    number: int
    facts: dict[str, Any]
    reason: str | None
    edited_by: str | None
    recorded_at: datetime | None


def rules_in_force(
    session: Session,
    scopes: Collection[str] | None = None,
    *,
    rule_id: str | None = None,
    as_of: datetime | None = None,
) -> list[RuleRead]:
    """Return the rules of ``scopes``, or all, or the one of an id, in order of scope and id.

    With an instant: as they stood then. Rules that were added later are not among them.
    """
    row, revision = CorridorRule, RuleRevision
    query = select(row.id, row.scope, literal(0), row.facts)
    later = select(revision.rule_id, revision.scope, revision.number, revision.facts).order_by(revision.number)
    if scopes is not None:
        query, later = query.where(row.scope.in_(scopes)), later.where(revision.scope.in_(scopes))
    if rule_id is not None:
        query, later = query.where(row.id == rule_id), later.where(revision.rule_id == rule_id)
    if as_of is not None:
        later = later.where(revision.recorded_at <= as_of)
    found = {read[0]: RuleRead(*read) for read in session.execute(query)}
    found |= {read[0]: RuleRead(*read) for read in session.execute(later)}
    return sorted(found.values(), key=lambda rule: (rule.scope, rule.id))


def rule_in_force(session: Session, rule_id: str) -> RuleRead | None:
    """Return one rule as it holds; None when there is none of that id."""
    return next(iter(rules_in_force(session, rule_id=rule_id)), None)


def rule_history(session: Session, rule_id: str) -> list[RevisionRead]:
    """Return every state of a rule, the first one first: that of the data file, when it has one, then each revision."""
    row, revision = CorridorRule, RuleRevision
    found = [
        RevisionRead(rule_id, 0, facts, None, None, None)
        for facts in session.scalars(select(row.facts).where(row.id == rule_id))
    ]
    query = (
        select(
            revision.rule_id,
            revision.number,
            revision.facts,
            revision.reason,
            Person.display_name,
            revision.recorded_at,
        )
        .outerjoin(Person, Person.id == revision.edited_by_id)
        .where(revision.rule_id == rule_id)
        .order_by(revision.number)
    )
    return [*found, *(RevisionRead(*read) for read in session.execute(query))]


def in_scope(scope: str) -> ColumnElement[bool]:
    """Return the condition that a journey is one for which a rule of ``scope`` holds, whether or not its corridor is described."""
    side, _, place = scope.partition(":")
    return Journey.corridor == place if side == "origin" else Journey.corridor.endswith(f"-{place}")


def to_count_up(scope: str) -> Any:
    """Return the query of the journeys of a scope as the rows of a first count of their facts, in order of id."""
    return select(Journey.id, literal(1)).where(in_scope(scope)).order_by(Journey.id)
