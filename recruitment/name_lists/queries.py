"""Every read of name lists, and of the journeys that may be one with listed ones.

A sender sees its own lists, and of them what it sent and its own references. Who else knows these people it never sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from recruitment.core.actor import Audience
from recruitment.database.scoping import guard, organisation_of, own_organisation
from recruitment.employers.models import DemandLetter
from recruitment.jobseekers.models import Jobseeker
from recruitment.journeys import queries as journeys
from recruitment.journeys.models import Journey, JourneyReference
from recruitment.name_lists.models import NameList, NameListLine
from recruitment.name_lists.rules import Candidate, SentLine, SentList

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from uuid import UUID

    from sqlalchemy.orm import Session

for _model in (NameList, NameListLine):
    guard(
        _model,
        read={audience: own_organisation("sender_id") for audience in (Audience.AGENCY, Audience.EMPLOYER)},
        write={audience: {"sender_id": organisation_of} for audience in (Audience.AGENCY, Audience.EMPLOYER)},
    )

_BATCH = 500


def lists_for(session: Session, *, after: str | None, limit: int) -> list[SentList]:
    """Return the name lists within the session's scope, in order of reference, from after ``after``."""
    query = _lists().order_by(NameList.reference).limit(limit)
    if after is not None:
        query = query.where(NameList.reference > after)
    return [SentList(*row) for row in session.execute(query)]


def list_by_reference(session: Session, reference: str) -> SentList | None:
    """Return a name list within the session's scope, if there is one of this reference."""
    row = session.execute(_lists().where(NameList.reference == reference)).first()
    return SentList(*row) if row else None


def _lists() -> Any:
    return select(NameList.reference, DemandLetter.reference.label("letter"), NameList.rows).join(
        DemandLetter, DemandLetter.id == NameList.demand_letter_id
    )


def lines_of(session: Session, reference: str) -> list[SentLine]:
    """Return the lines of a name list within the session's scope, in their order, with the sender's references."""
    query = (
        select(NameListLine.line, NameListLine.worker_number, JourneyReference.reference)
        .join(NameList, NameList.id == NameListLine.name_list_id)
        .join(
            JourneyReference,
            and_(
                JourneyReference.journey_id == NameListLine.journey_id,
                JourneyReference.organisation_id == NameListLine.sender_id,
            ),
        )
        .where(NameList.reference == reference)
        .order_by(NameListLine.line)
    )
    return [SentLine(*row) for row in session.execute(query)]


def any_list(session: Session) -> bool:
    """Say whether anybody ever sent a name list."""
    return session.scalar(select(NameListLine.id).limit(1)) is not None


def journeys_of_list(session: Session, name_list: UUID) -> Iterator[list[UUID]]:
    """Yield the journeys that a name list opened, by some hundreds."""
    query = select(NameListLine.journey_id).where(NameListLine.name_list_id == name_list).order_by(NameListLine.line)
    yield from _batches(list(session.scalars(query)))


def journeys_between(session: Session, first: UUID, last: UUID) -> Iterator[list[UUID]]:
    """Yield the journeys whose ids lie between two, by some hundreds."""
    query = select(Journey.id).where(Journey.id.between(first, last)).order_by(Journey.id)
    yield from _batches(list(session.scalars(query)))


def _batches(found: list[UUID]) -> Iterator[list[UUID]]:
    for start in range(0, len(found), _BATCH):
        yield found[start : start + _BATCH]


def candidates(session: Session, ids: Collection[UUID]) -> list[Candidate]:
    """Return journeys as candidates for a match, without those of people who were erased."""
    return [Candidate(*row) for row in session.execute(_candidates().where(Journey.id.in_(ids)))]


def candidates_near(session: Session, ones: Collection[Candidate]) -> list[Candidate]:
    """Return the other journeys that share a letter, corridor and agency, or a telephone number with one of ``ones``.

    When none of ``ones`` is listed, only listed ones.
    """
    letters = {one.demand_letter_id for one in ones} - {None}
    places = {(one.corridor, one.agency_id) for one in ones if one.agency_id is not None}
    phones = {one.phone_hash for one in ones} - {None}
    near = or_(
        Journey.demand_letter_id.in_(letters),
        Jobseeker.phone_hash.in_(phones),
        *(and_(Journey.corridor == corridor, Journey.agency_id == agency) for corridor, agency in places),
    )
    query = _candidates().where(near, Journey.id.not_in([one.journey_id for one in ones]))
    if not any(one.is_listed for one in ones):
        query = query.where(NameListLine.sender_id.is_not(None))
    return [Candidate(*row) for row in session.execute(query)]


def _candidates() -> Any:
    return (
        select(
            Journey.id, Journey.jobseeker_id, Journey.corridor, Journey.agency_id, Journey.demand_letter_id,
            Jobseeker.cso_id, NameListLine.sender_id, Jobseeker.phone_hash, Journey.started_on,
        )
        .join(Jobseeker, Jobseeker.id == Journey.jobseeker_id)
        .outerjoin(NameListLine, NameListLine.journey_id == Journey.id)
        .where(Jobseeker.erased_on.is_(None))
        .order_by(Journey.id)
    )  # fmt: skip


def cohort_size(session: Session, letter: UUID) -> int:
    """Return how many people a demand letter recruits, as far as anybody named them; one who is joined counts once."""
    ids = journeys.of_demand_letters(session, [letter])
    roots = journeys.roots_of(session, ids)
    return len({roots.get(journey, journey) for journey in ids})
