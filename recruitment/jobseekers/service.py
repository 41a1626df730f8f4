"""What may be done for a person: register them, under a key of their own, with what they agreed to; keep that true."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz, process
from sqlalchemy import update

from recruitment.audit.service import record
from recruitment.core import clock
from recruitment.core.actor import Audience, Permission
from recruitment.core.ids import new_id, new_reference
from recruitment.core.text import normalise_phone, tidy
from recruitment.database import outbox
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change as alter
from recruitment.jobseekers import queries
from recruitment.jobseekers.errors import JobseekerUnknown, NothingToChange, NotToAssign
from recruitment.jobseekers.models import Consent, Jobseeker
from recruitment.jobseekers.rules import SEARCH_MAX, SIMILAR_NAME, NewConsent
from recruitment.ledger.service import open_books
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.sheets.importing import Filing, import_rows, new_rows, refuse_problems
from recruitment.sheets.reading import Sheet

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.audit.rules import Purpose
    from recruitment.core.actor import Actor
    from recruitment.database.key_store import KeysOfSession
    from recruitment.database.vault import Vault
    from recruitment.jobseekers.rules import (
        Changes,
        ConsentMode,
        JobseekerRead,
        ListedPerson,
        NewJobseeker,
        PersonRead,
        Search,
        Sex,
    )
    from recruitment.sheets.columns import Grammar
    from recruitment.sheets.importing import Report, Row, Tally

_NO_COUNTRY = "ZZ"
"""No country at all: a number that is looked for is written with its country code."""

REGISTERED = "jobseekers.registered"
"""The topic of the message that tells who was registered: ``p0``, ``p1``, … are the ids of persons."""

_PERSON_COLUMNS = (
    "id", "reference", "cso_id", "assigned_to", "registered_on", "country", "sex", "language", "name_sealed",
    "birth_year_sealed", "village_sealed", "district_sealed", "phone_sealed", "phone_hash", "debt_book_id", "row_digest",
    "recorded_at",
)  # fmt: skip
_CONSENT_COLUMNS = (
    "id", "jobseeker_id", "purpose", "given", "stated_on", "language", "mode", "witness_sealed", "recorded_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Registration:
    """A person on the way into the tables: what a CSO's record and a line of a name list have in common."""

    reference: str
    name: str
    country: str
    registered_on: date
    row_digest: bytes
    cso_id: UUID | None = None
    assigned_to: UUID | None = None
    birth_year: int | None = None
    phone: str | None = None
    sex: Sex | None = None
    language: str | None = None
    village: str | None = None
    district: str | None = None
    consents: Sequence[NewConsent] = ()


def filing_of_jobseekers(session: Session, actor: Actor) -> Filing[NewJobseeker]:
    """Return how jobseekers are filed. Who may: whoever may register jobseekers; for their own CSO, unless inside.

    Whom a fieldworker registers comes into the fieldworker's own caseload.
    """
    actor.require(Permission.REGISTER_JOBSEEKERS)
    vault: Vault = session.info["vault"]
    assigned_to = actor.scope.person if actor.scope.audience is Audience.FIELDWORKER else None

    def find(what: str, codes: Collection[str]) -> Mapping[str, object]:
        found = organisations.ids_by_code(session, codes, OrganisationKind(what))
        if actor.scope.is_limited:
            found = {code: cso for code, cso in found.items() if cso == actor.organisation_id}
        return found

    def file(rows: Sequence[Row[NewJobseeker]], tally: Tally, report: Report) -> None:
        known = queries.digests(session, [row.value.reference for row in rows])
        fresh = new_rows(
            rows, known, tally, report,
            key=lambda new: new.reference, name=lambda new: f"The jobseeker {new.reference}", columns="reference",
            seal=lambda digest: vault.keyed_hash("jobseekers.row", digest.hex()),
        )  # fmt: skip
        _register(session, actor, [_of_cso(row.value, stored, assigned_to) for row, stored in fresh])

    return Filing(find, file)


def register_one(
    session: Session,
    actor: Actor,
    grammar: Grammar[NewJobseeker],
    cells: Mapping[str, str],
    *,
    mode: ConsentMode | None = None,
    witness: str | None = None,
) -> None:
    """Register one person from the cells of a row of the import file, by its rules (``grammar``).

    The same row twice is one person. Who may: whoever may register jobseekers. Raises ``FileRefused`` with everything
    that is wrong.
    """
    filing = filing_of_jobseekers(session, actor)

    def file(rows: Sequence[Row[NewJobseeker]], tally: Tally, report: Report) -> None:
        told = [replace(row, value=replace(row.value, consent_mode=mode, witness=witness)) for row in rows]
        filing.file(told, tally, report)

    sheet = Sheet(iter([list(cells), list(cells.values())]), 0)
    imported = import_rows(sheet, grammar, replace(filing, file=file), today=clock.today())
    refuse_problems(imported)
    if imported.tally.added:
        (person,) = queries.ids_by_reference(session, [cells["reference"]]).values()
        record(session, actor, "jobseekers.registered", ("jobseeker", person))


def register_listed(session: Session, actor: Actor, people: Sequence[ListedPerson]) -> list[UUID]:
    """Register the people of a name list, whom no CSO has seen, and return their ids in order.

    They have agreed to nothing yet, so nothing but their place on the list may be used. The work is the same whether or
    not somebody is known already: nobody is looked for. Who may: whoever may send name lists.
    """
    actor.require(Permission.SEND_NAME_LISTS)
    today = clock.today()
    return _register(
        session, actor,
        [
            _Registration(
                reference=new_reference("JS"), name=person.name, country=person.country, registered_on=today,
                row_digest=secrets.token_bytes(32), birth_year=person.birth_year, phone=person.phone, sex=person.sex,
            )
            for person in people
        ],
    )  # fmt: skip


def _of_cso(new: NewJobseeker, stored: bytes, assigned_to: UUID | None) -> _Registration:
    return _Registration(
        reference=new.reference, name=new.name, country=new.country, registered_on=new.registered_on, row_digest=stored,
        cso_id=new.cso_id, assigned_to=assigned_to, birth_year=new.birth_year, phone=new.phone, sex=new.sex,
        language=new.language, village=new.village, district=new.district,
        consents=[
            NewConsent(purpose, given, new.registered_on, new.language, new.consent_mode, new.witness)
            for purpose, given in new.consents.items()
        ],
    )  # fmt: skip


def _register(session: Session, actor: Actor, people: Sequence[_Registration]) -> list[UUID]:
    if not people:
        return []
    vault: Vault = session.info["vault"]
    store: KeysOfSession = session.info["key_store"]
    recorded_at = clock.now()
    persons, books = [], []
    consents: list[tuple[Any, ...]] = []
    for new in people:
        person_id, book_id = new_id(), new_id()
        key, wrapped = vault.new_person_key(person_id)
        store.add(person_id, wrapped)

        def sealed(column: str, text: str | None, key: Any = key, person_id: Any = person_id) -> bytes | None:
            return key.seal(text, f"jobseekers.{column}", person_id)  # type: ignore[no-any-return]

        persons.append((
            person_id, new.reference, new.cso_id, new.assigned_to, new.registered_on, new.country, new.sex, new.language,
            sealed("name", new.name), sealed("birth_year", str(new.birth_year) if new.birth_year else None),
            sealed("village", new.village), sealed("district", new.district), sealed("phone", new.phone),
            vault.keyed_hash("phone", new.phone) if new.phone else None, book_id, new.row_digest, recorded_at,
        ))  # fmt: skip
        consents.extend(_consent_row(consent, person_id, key, recorded_at) for consent in new.consents)
        books.append((book_id, "debts"))
    insert_many(session, Jobseeker.__table__, _PERSON_COLUMNS, persons)
    insert_many(session, Consent.__table__, _CONSENT_COLUMNS, consents)
    open_books(session, actor, books)
    ids = [row[0] for row in persons]
    outbox.emit(session, REGISTERED, **{f"p{number}": person for number, person in enumerate(ids)})
    return ids


def _consent_row(new: NewConsent, person_id: UUID, key: Any, recorded_at: Any) -> tuple[Any, ...]:
    consent_id = new_id()
    return (
        consent_id, person_id, new.purpose.value, new.given, new.stated_on, new.language,
        new.mode.value if new.mode else None, key.seal(new.witness, "consents.witness", consent_id), recorded_at,
    )  # fmt: skip


def record_consent(session: Session, actor: Actor, reference: str, new: NewConsent) -> JobseekerRead:
    """Add what a person said to one purpose; the latest answer counts, for every release after it.

    Who may: whoever may record consents. Raises ``JobseekerUnknown``. Of who withdrew that a record is kept nothing is
    erased here: the one who recorded it is told to offer it.
    """
    actor.require(Permission.RECORD_CONSENTS)
    found = known(session, reference)
    key = queries.key_of(session, found.id)
    if key is None:
        raise JobseekerUnknown(_unknown(reference))
    row = _consent_row(new, found.id, key, clock.now())
    insert_many(session, Consent.__table__, _CONSENT_COLUMNS, [row])
    action = "consents.given" if new.given else "consents.withdrawn"
    record(session, actor, action, ("jobseeker", found.id), purpose_of_consent=new.purpose.value)
    return found


def known(session: Session, reference: str) -> JobseekerRead:
    """Return the jobseeker of a reference. Raises ``JobseekerUnknown`` when there is none for this session."""
    found = queries.by_reference(session, reference)
    if found is None:
        raise JobseekerUnknown(_unknown(reference))
    return found


def read(session: Session, actor: Actor, reference: str, purpose: Purpose) -> tuple[JobseekerRead, PersonRead]:
    """Return a jobseeker with the personal fields, and record who read them and why.

    Who may: whoever may read persons. Raises ``JobseekerUnknown``.
    """
    actor.require(Permission.READ_PERSONS)
    found = known(session, reference)
    person = queries.persons(session, actor, [found.id]).get(found.id)
    if person is None:
        raise JobseekerUnknown(_unknown(reference))
    record(session, actor, "persons.read", ("jobseeker", found.id), purpose=purpose)
    return found, person


def search(session: Session, actor: Actor, wanted: Search, purpose: Purpose) -> list[PersonRead]:
    """Return who is meant by a reference, by a telephone number, or by much of a name; at most twenty people.

    Reference and number are exact. Names are compared only inside the caseload of the actor's own CSO, which is opened in
    one go; the most similar come first. Who may: whoever may find jobseekers and read persons. Raises ``SearchEmpty``,
    and ``PhoneInvalid`` for what is no number with a country code.
    """
    actor.require(Permission.FIND_JOBSEEKERS)
    actor.require(Permission.READ_PERSONS)
    by = wanted.by
    if wanted.reference:
        ids = list(queries.ids_by_reference(session, [wanted.reference]).values())
    elif wanted.phone:
        ids = queries.ids_by_phone(session, normalise_phone(wanted.phone, _NO_COUNTRY))[:SEARCH_MAX]
    else:
        ids = _alike(session, actor, tidy(wanted.name or ""))
    found = queries.persons(session, actor, ids)
    record(session, actor, "jobseekers.searched", ("search", by), purpose=purpose, found=len(found))
    return [found[each] for each in ids if each in found]


def _alike(session: Session, actor: Actor, name: str) -> list[UUID]:
    if actor.organisation_id is None:
        return []
    names = queries.names(session, actor, actor.organisation_id)
    matches = process.extract(
        name, names, scorer=fuzz.WRatio, processor=str.casefold, limit=SEARCH_MAX, score_cutoff=SIMILAR_NAME
    )
    return [person for _, _, person in matches]


def change(session: Session, actor: Actor, reference: str, changes: Changes) -> None:
    """Change a person's telephone number, village, district or language, or the fieldworker who looks after them.

    Who may: whoever may register jobseekers; only a supervisor (and who sees everything) gives a person to a fieldworker.
    Raises ``JobseekerUnknown``, ``NothingToChange``, ``NotToAssign``, ``PhoneInvalid``.
    """
    actor.require(Permission.REGISTER_JOBSEEKERS)
    if changes.is_empty:
        raise NothingToChange("Nothing is to change. Name phone, village, district, language or assigned_to.")
    if changes.assigned_to and actor.scope.audience not in {Audience.SUPERVISOR, Audience.INSIDE}:
        raise NotToAssign("Only a supervisor gives a person to a fieldworker.")
    found = known(session, reference)
    key = queries.key_of(session, found.id)
    if key is None:
        raise JobseekerUnknown(_unknown(reference))
    values: dict[str, Any] = {"assigned_to": changes.assigned_to} if changes.assigned_to else {}
    for column, given in changes.columns.items():
        if column == "language":
            values["language"] = given
            continue
        text = tidy(given) if given else None
        if column == "phone":
            vault: Vault = session.info["vault"]
            text = normalise_phone(text, found.country) if text else None
            values["phone_hash"] = vault.keyed_hash("phone", text) if text else None
        values[f"{column}_sealed"] = key.seal(text, f"jobseekers.{column}", found.id)
    # Somebody may have erased them since they were read: nothing is written on a blank record.
    if not alter(
        session, update(Jobseeker).where(Jobseeker.id == found.id, Jobseeker.erased_on.is_(None)).values(values)
    ):
        raise JobseekerUnknown(_unknown(reference))
    record(session, actor, "jobseekers.changed", ("jobseeker", found.id), columns=" ".join(sorted(values)))
    if "phone" in changes.columns:
        outbox.emit(session, REGISTERED, p0=found.id)


def erase(session: Session, jobseeker: UUID, on: date) -> None:
    """Blank what is known of a person, and let the key go when the unit of work has committed.

    Only the room of privacy calls this; it decides who may, records it, and leaves a message that finishes the deletion
    of the key. Reference, days and book stay, so that statements and ledger keep their places.
    """
    blank: dict[str, Any] = dict.fromkeys((
        "assigned_to", "sex", "language", "birth_year_sealed", "village_sealed", "district_sealed", "phone_sealed",
        "phone_hash",
    ))  # fmt: skip
    blank |= {"name_sealed": b"", "row_digest": secrets.token_bytes(32), "erased_on": on}
    alter(session, update(Jobseeker).where(Jobseeker.id == jobseeker).values(blank))
    store: KeysOfSession = session.info["key_store"]
    store.delete(jobseeker)


def _unknown(reference: str) -> str:
    return f"There is no jobseeker {reference}."
