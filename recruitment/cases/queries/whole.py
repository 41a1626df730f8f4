"""One case with all that belongs to it, what its validation needs, and what the copy for a worker holds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from recruitment.cases.models import (
    Case,
    CaseEvent,
    CaseFinding,
    CaseJourney,
    CaseStanding,
    ValidationAnswer,
    ValidationMember,
    ValidationRound,
)
from recruitment.cases.queries import scopes  # noqa: F401 - no case is read before it is said whose it is
from recruitment.cases.rules import (
    Answer,
    AnswerRead,
    CaseOfPerson,
    EventRead,
    FoundThing,
    MemberRead,
    RoundRead,
    State,
    WholeCase,
)
from recruitment.jobseekers import queries as jobseekers
from recruitment.journeys.models import Journey
from recruitment.organisations.models import Organisation
from recruitment.organisations.rules import OrganisationKind

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.cases.rules import CaseRead
    from recruitment.database.vault import PersonKey

NOTE = "case_events.note"
"""What a note is sealed for."""


def whole(session: Session, case: CaseRead) -> WholeCase:
    """Return a case with its events, rounds and findings, as far as the session sees them. Notes are sealed."""
    return WholeCase(
        case, tuple(events_of(session, case.id)), tuple(rounds_of(session, case.id)), tuple(_found(session, case.id))
    )


def events_of(session: Session, case_id: UUID) -> list[EventRead]:
    """Return what happened to a case, in order."""
    query = (
        select(CaseEvent, Organisation.code)
        .outerjoin(Organisation, Organisation.id == CaseEvent.organisation_id)
        .where(CaseEvent.case_id == case_id)
        .order_by(CaseEvent.number)
    )
    return [
        EventRead(
            row.id, row.number, State(row.from_state) if row.from_state else None, State(row.to_state), row.occurred_at,
            row.actor_id, organisation, row.reason, row.asked, row.action, row.acted_on, row.late_reason, row.round_id,
            row.note_journey_id, row.note_sealed,
        )
        for row, organisation in session.execute(query)
    ]  # fmt: skip


def opened_notes(session: Session, events: Collection[EventRead]) -> list[EventRead]:
    """Return events with their notes opened: those about a journey that the session sees, whose person was not erased."""
    wanted = {each.note_journey_id for each in events if each.note_journey_id}
    found = session.execute(select(Journey.id, Journey.jobseeker_id).where(Journey.id.in_(wanted)))
    owners: dict[UUID, UUID] = {journey: person for journey, person in found}
    keys: dict[UUID, PersonKey | None] = {
        journey: jobseekers.key_of(session, person) for journey, person in owners.items()
    }
    return [
        replace(each, note=key.open(each.note_sealed, NOTE, each.id))
        if each.note_journey_id and (key := keys.get(each.note_journey_id))
        else each
        for each in events
    ]


def rounds_of(session: Session, case_id: UUID) -> list[RoundRead]:
    """Return the rounds of asking the workers of a case, in order."""
    query = select(ValidationRound).where(ValidationRound.case_id == case_id).order_by(ValidationRound.action_number)
    rounds = session.scalars(query).all()
    ids = [row.id for row in rounds]
    members, answers = _members(session, ids), _answers(session, ids)
    return [
        RoundRead(
            row.id, row.action_number, row.acted_on, row.concerned, row.sample_size, row.seed, row.started_at,
            tuple(members[row.id]), tuple(answers[row.id]),
        )
        for row in rounds
    ]  # fmt: skip


def _members(session: Session, rounds: Collection[UUID]) -> dict[UUID, list[MemberRead]]:
    query = (
        select(ValidationMember.round_id, Journey.id, Journey.reference)
        .join(Journey, Journey.id == ValidationMember.journey_id)
        .where(ValidationMember.round_id.in_(rounds))
        .order_by(Journey.reference)
    )
    found: dict[UUID, list[MemberRead]] = defaultdict(list)
    for round_id, journey, reference in session.execute(query):
        found[round_id].append(MemberRead(journey, reference))
    return found


def _answers(session: Session, rounds: Collection[UUID]) -> dict[UUID, list[AnswerRead]]:
    row = ValidationAnswer
    query = (
        select(row, Journey.reference, Organisation.code)
        .join(Journey, Journey.id == row.journey_id)
        .outerjoin(Organisation, Organisation.id == row.organisation_id)
        .where(row.round_id.in_(rounds))
        .order_by(row.recorded_at, row.id)
    )
    found: dict[UUID, list[AnswerRead]] = defaultdict(list)
    for each, journey, organisation in session.execute(query):
        answer = Answer(each.right_action, each.well_done, each.effective, each.is_independent)
        found[each.round_id].append(
            AnswerRead(journey, answer, each.channel, each.witnessed, each.asked_on, organisation)
        )
    return found


def _found(session: Session, case_id: UUID) -> list[tuple[str, FoundThing]]:
    row = CaseFinding
    query = (
        select(Journey.reference, row.kind, row.fee_item, row.rule)
        .join(Journey, Journey.id == row.journey_id)
        .where(row.case_id == case_id)
        .order_by(row.found_at, Journey.reference, row.kind, row.fee_item, row.rule)
    )
    return [(journey, FoundThing(kind, item, rule)) for journey, kind, item, rule in session.execute(query)]


def people_of(session: Session, case_id: UUID) -> list[tuple[UUID, UUID]]:
    """Return the workers concerned who can still be asked: for each person who was not erased the first journey, both ids."""
    query = (
        select(Journey.id, Journey.jobseeker_id)
        .join(CaseJourney, CaseJourney.journey_id == Journey.id)
        .where(CaseJourney.case_id == case_id)
        .order_by(CaseJourney.added_at, Journey.reference)
    )
    first: dict[UUID, UUID] = {}
    for journey, person in session.execute(query):
        first.setdefault(person, journey)
    there = jobseekers.by_id(session, first)
    return [(journey, person) for person, journey in first.items() if person in there]


def kind_of_organisation(session: Session, organisation: UUID | None) -> OrganisationKind | None:
    """Return what an organisation is; None for nobody's."""
    kind = session.scalar(select(Organisation.kind).where(Organisation.id == organisation)) if organisation else None
    return OrganisationKind(kind) if kind else None


def for_the_copy(session: Session, journey: UUID) -> list[CaseOfPerson]:
    """Return the cases about a journey for the worker's own copy: how they stand and what the worker answered."""
    query = (
        select(Case, CaseStanding)
        .join(CaseJourney, CaseJourney.case_id == Case.id)
        .join(CaseStanding, CaseStanding.case_id == Case.id)
        .where(CaseJourney.journey_id == journey)
        .order_by(Case.opened_at, Case.reference)
    )
    rows = session.execute(query).all()
    row = ValidationAnswer
    own = (
        select(row, ValidationRound.case_id, Journey.reference)
        .join(ValidationRound, ValidationRound.id == row.round_id)
        .join(Journey, Journey.id == row.journey_id)
        .where(row.journey_id == journey)
        .order_by(row.recorded_at)
    )
    answers: dict[UUID, list[AnswerRead]] = defaultdict(list)
    for each, case_id, reference in session.execute(own):
        answer = Answer(each.right_action, each.well_done, each.effective, each.is_independent)
        answers[case_id].append(AnswerRead(reference, answer, each.channel, each.witnessed, each.asked_on, None))
    return [
        CaseOfPerson(
            case.reference, case.kind, standing.state, case.identified_at, case.opened_at, standing.last_event_at,
            tuple(answers[case.id]),
        )
        for case, standing in rows
    ]  # fmt: skip
