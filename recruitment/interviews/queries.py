"""Every read of safe ways and absences, and of what the list of interviews is made of: one statement for each part of it.

Who sees whom: a supervisor the people of their CSO, a fieldworker those in the own caseload, the house and case workers
everybody. For an agency, an employer or a partner there is nothing here: who is asked when would tell them who speaks.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import aliased

from recruitment.core.actor import Audience, Permission
from recruitment.core.corridors import Corridor
from recruitment.database.scoping import guard, organisation_of, seen, within
from recruitment.fees.models import ReportedPaymentRow
from recruitment.fees.queries import is_current
from recruitment.fees.rules import Checkpoint
from recruitment.interviews.models import AbsenceRow, SafeContactRow
from recruitment.interviews.rules import (
    CHECKPOINTS,
    STAGES,
    AbsenceReason,
    AbsenceTold,
    JourneyToAsk,
    NewSafeContact,
    SafeChannel,
    SafeContactTold,
    WhoElseReads,
)
from recruitment.jobseekers import queries as jobseekers
from recruitment.jobseekers.models import Consent, Jobseeker
from recruitment.jobseekers.rules import ConsentPurpose
from recruitment.journeys.models import Journey, JourneyMatch, JourneyStage
from recruitment.journeys.rules import MatchDecision, StageOutcome
from recruitment.organisations.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor

_CASELOADS = (Audience.SUPERVISOR, Audience.FIELDWORKER)
for _model in (SafeContactRow, AbsenceRow):
    guard(
        _model,
        read=dict.fromkeys(_CASELOADS, within("jobseeker_id", Jobseeker)),
        write={
            audience: {"jobseeker_id": seen(Jobseeker), "organisation_id": organisation_of} for audience in _CASELOADS
        },
    )

_REACHED = (StageOutcome.DONE.value, StageOutcome.REPEATED.value)
_ASKED_FOR = (ConsentPurpose.RECORD.value, ConsentPurpose.CONTACT.value)
_SAME = MatchDecision.SAME.value
_AT_ONCE = 500


def journeys_to_ask(session: Session, cso: str | None) -> list[JourneyToAsk]:
    """Return the journeys of people of a CSO (of one, by its code) who were not erased.

    Lines of name lists are nobody's to ask; where one is joined to a journey here, what it tells counts there.
    """
    query = (
        select(
            Journey.id, Journey.reference, Journey.jobseeker_id, Jobseeker.reference, Organisation.code,
            Journey.corridor, Jobseeker.country,
        )
        .join(Jobseeker, Jobseeker.id == Journey.jobseeker_id)
        .join(Organisation, Organisation.id == Jobseeker.cso_id)
        .where(Jobseeker.erased_on.is_(None))
    )  # fmt: skip
    if cso is not None:
        query = query.where(Organisation.code == cso)
    return [
        JourneyToAsk(*row[:5], Corridor.parse(row.corridor).destination, row.country) for row in session.execute(query)
    ]


def may_be_asked(session: Session, cso: str | None) -> set[UUID]:
    """Return the people who agreed that we contact them, and who did not take back that a record of them is kept."""
    query = (
        select(Consent.jobseeker_id, Consent.purpose, Consent.given)
        .where(Consent.purpose.in_(_ASKED_FOR), *_of_cso(Consent.jobseeker_id, cso))
        .order_by(Consent.stated_on, Consent.id)
    )
    latest: dict[UUID, dict[str, bool]] = defaultdict(dict)
    for jobseeker, purpose, given in session.execute(query):
        latest[jobseeker][purpose] = given
    record, contact = _ASKED_FOR
    return {person for person, said in latest.items() if said.get(contact) and said.get(record, True)}


def stages_reached(session: Session, cso: str | None, on: date) -> dict[UUID, dict[str, date]]:
    """Return the first day, up to ``on``, of each stage that a journey reached; a joined listed journey is its root's."""
    stage = JourneyStage
    query = (
        select(stage.journey_id, stage.stage, func.min(stage.occurred_on))
        .where(stage.stage.in_(STAGES), stage.outcome.in_(_REACHED), stage.occurred_on <= on)
        .where(*_of_journeys(stage.journey_id, cso))
        .group_by(stage.journey_id, stage.stage)
    )
    roots, found = _roots(session), defaultdict[Any, dict[str, Any]](dict)
    for journey, code, day in session.execute(query):
        reached = found[roots.get(journey, journey)]
        reached[code] = min(day, reached.get(code, day))
    return found


def last_asked(session: Session, cso: str | None, on: date) -> dict[UUID, dict[Checkpoint, date]]:
    """Return the last day, up to ``on``, of an independent statement that counts, by journey and checkpoint."""
    said = ReportedPaymentRow
    query = (
        select(said.journey_id, said.checkpoint, func.max(said.stated_on))
        .where(said.is_independent.is_(True), said.checkpoint.in_([each.value for each in CHECKPOINTS]))
        .where(said.stated_on <= on, is_current(said), *_of_journeys(said.journey_id, cso))
        .group_by(said.journey_id, said.checkpoint)
    )
    roots, found = _roots(session), defaultdict[Any, dict[Checkpoint, Any]](dict)
    for journey, code, day in session.execute(query):
        asked, checkpoint = found[roots.get(journey, journey)], Checkpoint(str(code))
        asked[checkpoint] = max(day, asked.get(checkpoint, day))
    return found


def _roots(session: Session) -> dict[UUID, UUID]:
    """Return the journey at the end of the way of each joined one. One query, however many there are."""
    match = JourneyMatch
    query = select(match.listed_journey_id, match.journey_id).where(match.decision == _SAME)
    leads = {listed: journey for listed, journey in session.execute(query)}
    found = {}
    for listed, journey in leads.items():
        end = journey
        while end in leads:
            end = leads[end]
        found[listed] = end
    return found


def _of_cso(column: Any, cso: str | None) -> Iterable[Any]:
    """Return the condition that a column names a person of a CSO; none when every CSO is meant."""
    if cso is None:
        return ()
    of_cso = select(Jobseeker.id).join(Organisation, Organisation.id == Jobseeker.cso_id)
    return (column.in_(of_cso.where(Organisation.code == cso)),)


def _of_journeys(column: Any, cso: str | None) -> Iterable[Any]:
    if cso is None:
        return ()
    own = select(Journey.id).where(*_of_cso(Journey.jobseeker_id, cso))
    joined = select(JourneyMatch.listed_journey_id).where(JourneyMatch.decision == _SAME)
    return (or_(column.in_(own), column.in_(joined)),)


def absences(session: Session, cso: str | None = None) -> dict[UUID, list[AbsenceTold]]:
    """Return the absences that nothing corrects, by person."""
    query = _absences().where(_is_current(AbsenceRow), *_of_cso(AbsenceRow.jobseeker_id, cso))
    found: dict[UUID, list[AbsenceTold]] = defaultdict(list)
    for row, is_last in session.execute(query):
        found[row.jobseeker_id].append(_absence(row, is_last=is_last))
    return found


def absence_history(session: Session, jobseeker: UUID) -> list[AbsenceTold]:
    """Return everything that was recorded of a person's absences, oldest first, corrected ones too."""
    query = _absences().where(AbsenceRow.jobseeker_id == jobseeker).order_by(AbsenceRow.from_on, AbsenceRow.id)
    return [_absence(row, is_last=is_last) for row, is_last in session.execute(query)]


def absence_ids(session: Session, jobseeker: UUID) -> dict[str, UUID]:
    """Return the ids of a person's absences, by reference."""
    query = select(AbsenceRow.reference, AbsenceRow.id).where(AbsenceRow.jobseeker_id == jobseeker)
    return {reference: id_ for reference, id_ in session.execute(query)}


def _absences() -> Any:
    return select(AbsenceRow, _is_current(AbsenceRow).label("is_last"))


def _is_current(row: Any) -> Any:
    later = aliased(AbsenceRow)
    return ~exists().where(later.supersedes_id == row.id)


def _absence(row: AbsenceRow, *, is_last: bool) -> AbsenceTold:
    return AbsenceTold(
        row.reference, row.from_on, row.until_on, AbsenceReason(row.reason), bool(is_last), row.recorded_at.date()
    )


def safe_contacts(session: Session, people: Collection[UUID]) -> dict[UUID, NewSafeContact]:
    """Return the latest safe way to each of ``people``, without its words."""
    row, asked = SafeContactRow, sorted(people)
    found: dict[UUID, NewSafeContact] = {}
    for start in range(0, len(asked), _AT_ONCE):
        some = row.jobseeker_id.in_(asked[start : start + _AT_ONCE])
        told = session.scalars(select(row).where(some).order_by(row.recorded_at, row.id))
        found.update((each.jobseeker_id, _contact(each, None)) for each in told)
    return found


def safe_contact_history(session: Session, actor: Actor, jobseeker: UUID) -> list[SafeContactTold]:
    """Return every safe way that a person ever told, oldest first, with its words opened.

    Raises ``NotPermitted`` without the permission ``read_persons``.
    """
    actor.require(Permission.READ_PERSONS)
    key = jobseekers.key_of(session, jobseeker)
    row = SafeContactRow
    query = select(row).where(row.jobseeker_id == jobseeker).order_by(row.recorded_at, row.id)
    return [
        SafeContactTold(
            _contact(found, key.open(found.words_sealed, "safe_contacts.words", found.id) if key else None),
            found.recorded_at.date(),
        )
        for found in session.scalars(query)
    ]


def _contact(row: SafeContactRow, words: str | None) -> NewSafeContact:
    return NewSafeContact(
        SafeChannel(row.channel), WhoElseReads(row.who_else_reads), row.hours_from, row.hours_until,
        tuple((row.weekdays or "").split()), row.zone, words,
    )  # fmt: skip
