"""Who is to be asked, by whom, and how they are reached: the list, and what people tell of safe ways and of absences."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import itemgetter
from typing import TYPE_CHECKING

from recruitment.audit.rules import Purpose
from recruitment.audit.service import record, record_many
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id, new_reference
from recruitment.core.text import tidy
from recruitment.database.bulk import insert_many
from recruitment.interviews import queries, rules
from recruitment.interviews.errors import AbsenceOpen, AbsenceReplaced, AbsenceUnknown
from recruitment.interviews.models import AbsenceRow, SafeContactRow
from recruitment.interviews.rules import Journeyed
from recruitment.jobseekers import queries as jobseekers
from recruitment.jobseekers import service as jobseekers_service
from recruitment.jobseekers.errors import JobseekerUnknown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.interviews.rules import (
        AbsenceTold,
        InterviewDue,
        NewAbsence,
        NewSafeContact,
        Place,
        Reach,
        SafeContactTold,
        Wanted,
    )
    from recruitment.jobseekers.rules import PersonRead

_CONTACT_COLUMNS = (
    "id", "jobseeker_id", "channel", "who_else_reads", "hours_from", "hours_until", "weekdays", "zone", "words_sealed",
    "recorded_by", "organisation_id", "recorded_at",
)  # fmt: skip
_ABSENCE_COLUMNS = (
    "id", "reference", "jobseeker_id", "from_on", "until_on", "reason", "supersedes_id", "recorded_by",
    "organisation_id", "recorded_at",
)  # fmt: skip


def due(session: Session, actor: Actor, wanted: Wanted, *, after: Place | None, limit: int) -> list[InterviewDue]:
    """Return at most ``limit`` interviews after a place in the list: overdue first, then due soonest, then out of reach.

    Of the actor's scope: people of a CSO who agreed to be contacted and were not erased. An interview is done by an
    independent statement at its checkpoint. Eight statements, however many people there are. Who may: whoever may read
    interviews.
    """
    actor.require(Permission.READ_INTERVIEWS)
    reached = queries.stages_reached(session, wanted.cso, wanted.on)
    asked = queries.last_asked(session, wanted.cso, wanted.on)
    away = queries.absences(session, wanted.cso)
    willing = queries.may_be_asked(session, wanted.cso)
    found = []
    for journey in queries.journeys_to_ask(session, wanted.cso):
        if journey.jobseeker_id in willing and journey.id in reached:
            absences = rules.counting(away.get(journey.jobseeker_id, ()))
            known = Journeyed(reached[journey.id], asked.get(journey.id, {}), absences)
            theirs = filter(wanted.takes, rules.interviews(known, wanted.on))
            found += [(rules.place_of(each, journey.reference), journey, each) for each in theirs]
    found.sort(key=itemgetter(0))
    page = [each for each in found if after is None or each[0] > after][:limit]
    contacts = queries.safe_contacts(session, {journey.jobseeker_id for _, journey, _ in page})
    return [
        rules.line_of(
            interview, journey, contacts.get(journey.jobseeker_id), is_abroad=rules.is_abroad(reached[journey.id])
        )
        for _, journey, interview in page
    ]


def names(session: Session, actor: Actor, lines: Sequence[InterviewDue]) -> dict[UUID, PersonRead]:
    """Return the people of a page of the list, by id, and record who read them. Who may: whoever may read persons."""
    people = jobseekers.persons(session, actor, {line.jobseeker_id for line in lines})
    record_many(session, actor, "persons.read", [("jobseeker", each) for each in people], purpose=Purpose.CASEWORK)
    return people


@dataclass(frozen=True, slots=True)
class ReachOfPerson:
    """What is known of how to reach a person: the latest way (None: none), and all absences, oldest first."""

    jobseeker: str
    person: PersonRead
    reach: Reach
    latest: SafeContactTold | None
    absences: Sequence[AbsenceTold]


def read_reach(session: Session, actor: Actor, reference: str) -> ReachOfPerson:
    """Return how a person is reached, with the words opened, and record who read it.

    Who may: whoever may read interviews and persons. Raises ``JobseekerUnknown``.
    """
    actor.require(Permission.READ_INTERVIEWS)
    found, person = jobseekers_service.read(session, actor, reference, Purpose.CASEWORK)
    told = queries.safe_contact_history(session, actor, found.id)
    latest = told[-1] if told else None
    reach = rules.reach_of(latest.contact if latest else None)
    return ReachOfPerson(found.reference, person, reach, latest, queries.absence_history(session, found.id))


def record_safe_contact(session: Session, actor: Actor, reference: str, new: NewSafeContact) -> Reach:
    """Record how a person says that they can be reached; the latest counts. Returns whether that way is safe.

    The words are sealed under the person's own key. Who may: whoever may record how people are reached. Raises
    ``SafeContactInvalid``, ``JobseekerUnknown``.
    """
    actor.require(Permission.RECORD_REACH)
    new = replace(new, words=(tidy(new.words) or None) if new.words else None)
    rules.check_safe_contact(new)
    found = jobseekers_service.known(session, reference)
    key = jobseekers.key_of(session, found.id)
    if key is None:
        raise JobseekerUnknown(f"There is no jobseeker {reference}.")
    id_ = new_id()
    row = (
        id_, found.id, new.channel.value, new.who_else_reads.value, new.hours_from, new.hours_until,
        " ".join(day for day in rules.WEEKDAYS if day in new.weekdays) or None, new.zone,
        key.seal(new.words, "safe_contacts.words", id_), actor.id, actor.organisation_id, clock.now(),
    )  # fmt: skip
    insert_many(session, SafeContactRow.__table__, _CONTACT_COLUMNS, [row])
    reach = rules.reach_of(new)
    record(
        session, actor, "safe_contacts.recorded", ("jobseeker", found.id), channel=new.channel.value, reach=reach.value
    )
    return reach


def record_absence(session: Session, actor: Actor, reference: str, new: NewAbsence) -> str:
    """Record when a person cannot be reached, or correct what was recorded; return the reference of the absence.

    Who may: whoever may record how people are reached. Raises ``AbsenceInvalid``, ``JobseekerUnknown``, ``AbsenceUnknown``,
    ``AbsenceReplaced``, and ``AbsenceOpen`` while one without an end stands that this does not correct.
    """
    actor.require(Permission.RECORD_REACH)
    rules.check_absence(new, clock.today())
    found = jobseekers_service.known(session, reference)
    superseded = _superseded(session, found.id, reference, new)
    made = new_reference("AB")
    row = (
        new_id(), made, found.id, new.from_on, new.until_on, new.reason.value, superseded, actor.id,
        actor.organisation_id, clock.now(),
    )  # fmt: skip
    insert_many(session, AbsenceRow.__table__, _ABSENCE_COLUMNS, [row])
    record(session, actor, "absences.recorded", ("jobseeker", found.id), absence=made, reason=new.reason.value)
    return made


def _superseded(session: Session, jobseeker: UUID, reference: str, new: NewAbsence) -> UUID | None:
    told = {each.reference: each for each in queries.absence_history(session, jobseeker)}
    if new.supersedes is not None:
        before = told.get(new.supersedes)
        if before is None:
            raise AbsenceUnknown(f"{reference} has no absence {new.supersedes}.")
        if not before.is_current:
            raise AbsenceReplaced(f"The absence {new.supersedes} was corrected already. Correct the newer one.")
    for each in told.values():
        is_open = each.is_current and each.until_on is None and each.reason is not rules.AbsenceReason.MISTAKE
        if is_open and each.reference != new.supersedes:
            raise AbsenceOpen(
                f"{reference} is away since {each.from_on}, and nobody said until when. Say first when they came back: "
                f"correct the absence {each.reference}."
            )
    return queries.absence_ids(session, jobseeker)[new.supersedes] if new.supersedes is not None else None
