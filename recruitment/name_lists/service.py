"""What may be done with name lists: send them, look for people whom a CSO knows too, and decide about those.

Sending looks for nobody. Each line opens a person and a journey of its own, whoever is known already, with the same
statements in the same number; so neither the answer nor its time tells the sender whom a CSO knows.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.audit.rules import Purpose
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id, new_reference
from recruitment.database import outbox
from recruitment.database.bulk import insert_many
from recruitment.employers import queries as employers
from recruitment.jobseekers import queries as jobseekers
from recruitment.jobseekers.service import register_listed
from recruitment.journeys import queries as journeys
from recruitment.journeys import service as journeys_service
from recruitment.journeys.rules import ListedJourney, MatchDecision, NewMatch
from recruitment.name_lists import queries, rules
from recruitment.name_lists.errors import MatchJoinedElsewhere, MatchUnknown
from recruitment.name_lists.models import NameList, NameListLine
from recruitment.sheets.importing import Filing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.jobseekers.rules import PersonRead
    from recruitment.name_lists.rules import ListLine
    from recruitment.organisations.rules import OrganisationRead
    from recruitment.sheets.importing import Report, Row, Tally

SENT = "name_lists.sent"
"""The topic of a name list that was sent: ``name_list`` is its id."""

_LIST_COLUMNS = ("id", "reference", "demand_letter_id", "sender_id", "rows", "recorded_at")
_LINE_COLUMNS = ("id", "name_list_id", "sender_id", "line", "worker_number", "journey_id")


def filing_of_name_list(session: Session, actor: Actor, sender: OrganisationRead) -> Filing[ListLine]:
    """Return how a name list of ``sender`` is filed; its reference is that of the import.

    Who may: whoever may send name lists, for a demand letter that names the sender; any other is not found.
    """
    actor.require(Permission.SEND_NAME_LISTS)
    kept: list[Row[ListLine]] = []
    numbers: dict[str, int] = {}

    def find(_what: str, codes: Collection[str]) -> Mapping[str, object]:
        found = employers.by_reference(session, codes)
        return {code: letter for code, letter in found.items() if sender.id in {letter.agency_id, letter.employer_id}}

    def file(rows: Sequence[Row[ListLine]], tally: Tally, report: Report) -> None:
        for row in rows:
            letter, number = row.value.letter, row.value.worker_number
            if kept and kept[0].value.letter.id != letter.id:
                report(
                    row.line, "demand_letter", "another_letter",
                    f"This list began with the demand letter {kept[0].value.letter.reference}. Send a list for each letter.",
                )  # fmt: skip
            elif number is not None and number in numbers:
                report(
                    row.line, "worker_number", "repeated_worker_number",
                    f"The worker number {number} stands on line {numbers[number]} already. Leave one of the rows out.",
                )  # fmt: skip
            else:
                if number:
                    numbers[number] = row.line
                kept.append(row)
                tally.added += 1

    return Filing(find, file, lambda: _save(session, actor, sender, kept) if kept else None)


def _save(session: Session, actor: Actor, sender: OrganisationRead, rows: Sequence[Row[ListLine]]) -> str:
    letter = rows[0].value.letter
    people = register_listed(session, actor, [row.value.person for row in rows])
    opened = journeys_service.open_listed(
        session, actor, sender.id,
        [
            # A digest at random: one of the row could be guessed, and nothing is ever compared with it.
            ListedJourney(person, letter.corridor, letter.agency_id, letter.id, letter.issued_on, secrets.token_bytes(32))
            for person in people
        ],
    )  # fmt: skip
    list_id, reference = new_id(), new_reference("NL")
    header = (list_id, reference, letter.id, sender.id, len(rows), clock.now())
    insert_many(session, NameList.__table__, _LIST_COLUMNS, [header])
    lines = [
        (new_id(), list_id, sender.id, row.line, row.value.worker_number, journey)
        for row, (journey, _) in zip(rows, opened, strict=True)
    ]
    insert_many(session, NameListLine.__table__, _LINE_COLUMNS, lines)
    outbox.emit(session, SENT, name_list=list_id)
    return reference


def match_list(session: Session, actor: Actor, name_list: UUID) -> int:
    """Look for the people of a name list among those whom a CSO or the other party named; return how many were found.

    For the house, behind the scenes. Who may: whoever may review twins and read persons.
    """
    return sum(_match(session, actor, ids) for ids in queries.journeys_of_list(session, name_list))


def match_started(session: Session, actor: Actor, first: UUID, last: UUID) -> int:
    """Look for the people of new journeys on name lists. Like ``match_list``."""
    if not queries.any_list(session):
        return 0
    return sum(_match(session, actor, ids) for ids in queries.journeys_between(session, first, last))


def match_people(session: Session, actor: Actor, people: Collection[UUID]) -> int:
    """Look for people whose telephone number changed on name lists. Like ``match_list``."""
    if not queries.any_list(session):
        return 0
    theirs = queries.candidates(session, [journey.id for journey in journeys.of_jobseekers(session, people)])
    # Those of a list are looked for when the list is sent.
    return _match(session, actor, [each.journey_id for each in theirs if not each.is_listed])


def _match(session: Session, actor: Actor, ids: Collection[UUID]) -> int:
    ones = queries.candidates(session, ids)
    others = queries.candidates_near(session, ones) if ones else []
    if not others:
        return 0
    people = jobseekers.persons(session, actor, {each.jobseeker_id for each in (*ones, *others)})
    found = rules.proposals(ones, others, people)
    return journeys_service.propose(
        session, actor,
        [
            NewMatch(each.listed.journey_id, each.other.journey_id, each.other.cso_id, each.reason, each.likeness)
            for each in found
        ],
    )  # fmt: skip


def side_by_side(session: Session, actor: Actor, *, after: str | None, limit: int) -> list[rules.BothSides]:
    """Return undecided matches with what is known of both people, in order of reference; the reading is recorded.

    A supervisor reads the person of the own CSO; who stands on a name list alone only who sees everybody. Who may: whoever
    may review twins and read persons.
    """
    actor.require(Permission.REVIEW_TWINS)
    found = journeys.matches_for(session, after=after, limit=limit, undecided=True)
    ids = {each.journey_id for each in found} | {each.listed_journey_id for each in found}
    owners = {each.id: each.jobseeker_id for each in journeys.by_id(session, ids).values()}
    people = jobseekers.persons(session, actor, set(owners.values()))
    audit.record_many(
        session, actor, "journey_matches.read", [("journey_match", each.id) for each in found], purpose=Purpose.CASEWORK
    )

    def person(journey: UUID) -> PersonRead | None:
        owner = owners.get(journey)
        return people.get(owner) if owner else None

    return [rules.BothSides(each, person(each.listed_journey_id), person(each.journey_id)) for each in found]


def decide(session: Session, actor: Actor, reference: str, decision: MatchDecision) -> None:
    """Say of a possible match whether both are the same recruitment of the same person. It may be decided anew.

    ``same`` joins the listed journey to the other: they are compared, and counted in the cohort, as one. Its sender sees
    what it saw before. Who may: whoever may review twins; a supervisor those of the own CSO. Raises ``MatchUnknown``,
    ``MatchJoinedElsewhere``.
    """
    actor.require(Permission.REVIEW_TWINS)
    match = journeys.match_by_reference(session, reference)
    if match is None or _is_gone(session, match.journey_id):
        raise MatchUnknown("There is no such match, or it is not one that you may know of.")
    if match.decision is decision:
        return
    if decision is MatchDecision.SAME and journeys.roots_of(session, [match.listed_journey_id]):
        raise MatchJoinedElsewhere(
            "This line of the name list is joined to another journey already. Decide that other match first."
        )
    journeys_service.decide(session, actor, match.id, decision)
    audit.record(session, actor, "journey_matches.decided", ("journey_match", match.id), decision=decision.value)
    outbox.emit(session, "facts.changed", match=match.id)


def _is_gone(session: Session, journey: UUID) -> bool:
    """Say whether the person of a journey was erased."""
    people = [each.jobseeker_id for each in journeys.by_id(session, [journey]).values()]
    return not jobseekers.by_id(session, people)
