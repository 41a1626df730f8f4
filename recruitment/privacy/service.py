"""What a person may ask of us, and what we do by ourselves so that nothing is kept for longer than said.

A copy of everything that is kept; erasure; looking for registrations that may be one person; the schedule of retention.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, or_, update

from recruitment.audit.rules import Purpose
from recruitment.audit.service import record, record_many
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id
from recruitment.database import outbox
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change
from recruitment.interviews import queries as interviews
from recruitment.jobseekers import queries as jobseekers
from recruitment.jobseekers import service as jobseekers_service
from recruitment.organisations import queries as organisations
from recruitment.privacy import queries, rules
from recruitment.privacy.errors import ErasureUnknown, KeysNotOurs, NotConfirmed, TwinDecided, TwinUnknown
from recruitment.privacy.models import Erasure, PossibleTwin
from recruitment.privacy.rules import ErasureRead, ErasureReason, TwinReason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.database.key_store import KeysOfSession
    from recruitment.jobseekers.rules import JobseekerRead, PersonRead
    from recruitment.privacy.rules import Pair, TwinDecision, TwinRead

ERASE_KEY = "privacy.erase_key"
"""The topic of the message that finishes an erasure."""

_ERASURE_COLUMNS = ("id", "jobseeker_id", "erased_on", "reason", "decided_by", "backups_past_on", "recorded_at")
_TWIN_COLUMNS = ("id", "first_id", "second_id", "reason", "found_on")


def copy(session: Session, actor: Actor, reference: str) -> dict[str, Any]:
    """Return everything that is kept of a person, as plain data, for the person.

    Who may: whoever may copy persons. It is recorded as read at the worker's request. Raises ``JobseekerUnknown``.
    """
    actor.require(Permission.COPY_PERSONS)
    found, person = jobseekers_service.read(session, actor, reference, Purpose.WORKER_REQUEST)
    cso = organisations.by_id(session, [found.cso_id]).get(found.cso_id) if found.cso_id else None
    consents = jobseekers.consent_history(session, actor, found.id)
    return {
        "copied_on": clock.today().isoformat(),
        "person": {
            "reference": person.reference, "name": person.name, "birth_year": person.birth_year, "sex": person.sex,
            "language": person.language, "village": person.village, "district": person.district,
            "country": person.country, "phone": person.phone, "registered_on": found.registered_on.isoformat(),
            "registered_by": cso.code if cso else None,
        },
        "consents": [
            {
                "purpose": consent.purpose, "given": consent.given, "stated_on": consent.stated_on.isoformat(),
                "language": consent.language, "mode": consent.mode, "witness": witness,
            }
            for consent, witness in consents
        ],
        **_reach(session, actor, found.id),
        **queries.copy_of(session, found.id),
    }  # fmt: skip


def _reach(session: Session, actor: Actor, jobseeker: UUID) -> dict[str, Any]:
    """Return how a person said that they can be reached, and when they could not, also what was corrected."""
    return {
        "safe_contacts": [
            {
                "recorded_on": told.recorded_on.isoformat(), "channel": told.contact.channel,
                "who_else_reads": told.contact.who_else_reads, "hours_from": told.contact.hours_from,
                "hours_until": told.contact.hours_until, "weekdays": " ".join(told.contact.weekdays) or None,
                "zone": told.contact.zone, "words": told.contact.words,
            }
            for told in interviews.safe_contact_history(session, actor, jobseeker)
        ],
        "absences": [
            {
                "recorded_on": told.recorded_on.isoformat(), "reference": told.reference,
                "from_on": told.from_on.isoformat(), "until_on": told.until_on.isoformat() if told.until_on else None,
                "reason": told.reason, "is_current": told.is_current,
            }
            for told in interviews.absence_history(session, jobseeker)
        ],
    }  # fmt: skip


def erase(session: Session, actor: Actor, reference: str, reason: ErasureReason, *, confirmed: bool) -> ErasureRead:
    """Erase a person: blank the record, delete the key after the commit, keep that it was done.

    What was said about money stays, and so does the ledger: neither holds personal fields, and their sums must add up. The
    key is deleted right after the commit; a message finishes that if we are stopped in between. Who may: whoever may
    erase persons. Raises ``NotConfirmed``, ``JobseekerUnknown`` (also for who was erased before).
    """
    actor.require(Permission.ERASE_PERSONS)
    if not confirmed:
        raise NotConfirmed(
            "An erasure cannot be undone: nobody can read this person's fields after it. Say that you mean it (confirm)."
        )
    found = jobseekers_service.known(session, reference)
    today = _erase(session, found.id, reason, actor.id)
    record(session, actor, "persons.erased", ("jobseeker", found.id), reason=reason.value)
    return ErasureRead(reference, today, reason, rules.backups_past_on(today))


def _erase(session: Session, jobseeker: UUID, reason: ErasureReason, decided_by: UUID) -> date:
    today = clock.today()
    row = (new_id(), jobseeker, today, reason.value, decided_by, rules.backups_past_on(today), clock.now())
    insert_many(session, Erasure.__table__, _ERASURE_COLUMNS, [row])
    _forget_twins(session, jobseeker)
    jobseekers_service.erase(session, jobseeker, today)
    outbox.emit(session, ERASE_KEY, jobseeker=jobseeker)
    return today


def finish_erasure(session: Session, actor: Actor, jobseeker: UUID) -> None:
    """Delete what an erasure may have left: the key, and what its session did not see. Bears repeating.

    That is pairs of possible twins, and the lines of name lists that somebody found to be the same person: whoever sent
    them reads no person, so nothing changes for them. For the house's own work.
    """
    _forget_twins(session, jobseeker)
    decision = queries.erasure_decided(session, jobseeker)
    if decision is not None:
        reason, decided_by = decision
        for listed in queries.listed_as(session, jobseeker):
            _erase(session, listed, reason, decided_by)
            record(session, actor, "persons.erased", ("jobseeker", listed), reason=reason.value)
    store: KeysOfSession = session.info["key_store"]
    store.delete_at_once([jobseeker])


def erasure(session: Session, actor: Actor, reference: str) -> ErasureRead:
    """Return the erasure of a person. Who may: whoever may read the audit record. Raises ``ErasureUnknown``."""
    actor.require(Permission.READ_AUDIT)
    found = queries.erasure_of(session, reference)
    if found is None:
        raise ErasureUnknown(f"No erasure of {reference} is known.")
    return found


def _forget_twins(session: Session, jobseeker: UUID) -> None:
    row = PossibleTwin
    change(session, delete(row).where(or_(row.first_id == jobseeker, row.second_id == jobseeker)))


def find_twins(session: Session, actor: Actor, people: Collection[UUID]) -> int:
    """Flag who among ``people``, just registered, may be registered already; return how many pairs are new.

    Equal telephone numbers count across CSOs; names only inside one CSO's caseload. For the house's own work: it looks at
    everybody, so nobody who registers somebody may wait for it.
    """
    fresh = queries.fresh_people(session, people)
    found: dict[Pair, TwinReason] = {}
    groups = queries.same_numbers(session, fresh)
    csos = {person: cso for group in groups for person, cso in group.items()}
    for pair in rules.pairs_by_phone(fresh, groups):
        if any(csos[person] for person in pair):  # two lines of name lists are no two registrations
            found[pair] = TwinReason.PHONE if all(csos[person] for person in pair) else TwinReason.LIST
    for cso in {cso for cso in fresh.values() if cso}:
        new = [person for person, of in fresh.items() if of == cso]
        for pair in rules.pairs_by_name(new, queries.caseload(session, actor, cso, rules.CASELOAD_MAX)):
            found.setdefault(pair, TwinReason.NAME)
    return _flag(session, found, fresh)


def _flag(session: Session, found: dict[Pair, TwinReason], fresh: Iterable[UUID]) -> int:
    known, today = queries.known_pairs(session, list(fresh)), clock.today()
    rows = [(new_id(), *pair, reason.value, today) for pair, reason in found.items() if pair not in known]
    insert_many(session, PossibleTwin.__table__, _TWIN_COLUMNS, rows)
    return len(rows)


def decide_twin(session: Session, actor: Actor, twin_id: UUID, decision: TwinDecision) -> TwinRead:
    """Keep what somebody who looked at a pair says; nothing is merged by it.

    Who may: whoever may review twins. Raises ``TwinUnknown``, ``TwinDecided``.
    """
    actor.require(Permission.REVIEW_TWINS)
    found = _pair(session, twin_id)
    if found.decision is not None:
        raise TwinDecided(f"This pair was decided on {found.decided_on}: {found.decision.value}.")
    decided = (
        update(PossibleTwin)
        .where(PossibleTwin.id == twin_id, PossibleTwin.decision.is_(None))
        .values(decision=decision.value, decided_by=actor.id, decided_on=clock.today())
    )
    if not change(session, decided):
        raise TwinDecided("Somebody else decided about this pair just now.")
    record(session, actor, "possible_twins.decided", ("possible_twin", twin_id), decision=decision.value)
    return _pair(session, twin_id)


def _pair(session: Session, twin_id: UUID) -> TwinRead:
    found = queries.twin(session, twin_id)
    if found is None:
        raise TwinUnknown("There is no such pair.")
    return found


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two registrations as somebody looks at them."""

    pair: TwinRead
    people: tuple[tuple[JobseekerRead, PersonRead], ...]


def side_by_side(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[SideBySide]:
    """Return pairs that nobody has decided about, with the personal fields of both, and record that they were read.

    Who may: whoever may review twins and read persons.
    """
    actor.require(Permission.REVIEW_TWINS)
    pairs = queries.twins(session, decided=False, after=after, limit=limit)
    ids = list(dict.fromkeys(person for pair in pairs for person in (pair.first_id, pair.second_id)))
    records, persons = jobseekers.by_id(session, ids), jobseekers.persons(session, actor, ids)
    record_many(session, actor, "persons.read", [("jobseeker", each) for each in persons], purpose=Purpose.CASEWORK)
    return [
        SideBySide(pair, tuple((records[each], persons[each]) for each in (pair.first_id, pair.second_id)))
        for pair in pairs
        if pair.first_id in persons and pair.second_id in persons
    ]


def past_their_time(session: Session, actor: Actor) -> list[str]:
    """Return the references of people of whom nothing was recorded for so long that somebody is to decide.

    Who may: whoever may erase persons.
    """
    actor.require(Permission.ERASE_PERSONS)
    return queries.persons_at_rest(session, rules.kept("persons").cutoff(clock.now()))


def sweep_keys(session: Session, actor: Actor, *, apply: bool) -> int:
    """Delete keys that belong to no person; without ``apply`` only count them.

    Raises ``KeysNotOurs`` when they are so many that the store must be that of another database.
    """
    actor.require(Permission.ERASE_PERSONS)
    store: KeysOfSession = session.info["key_store"]
    orphans = queries.orphan_keys(session, rules.born_before(rules.kept("orphan_keys").cutoff(clock.now())))
    if not rules.keys_are_ours(len(orphans), store.count()):
        raise KeysNotOurs(
            f"{len(orphans)} keys of the store belong to nobody in this database. Check that DATABASE_URL and "
            "RECRUITMENT_KEY_STORE belong together; nothing was deleted."
        )
    if apply and orphans:
        store.delete_at_once(orphans)
    return len(orphans)
