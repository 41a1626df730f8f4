"""Every read of jobseekers. Personal fields are opened in one place, ``persons`` and what stands on it.

Who sees whom: a supervisor the people of their CSO, a fieldworker those of them in the own caseload, the house and case
workers everybody, and nobody else anybody. An agency or employer may add people of a name list and reads none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from recruitment.core.actor import Audience, Permission
from recruitment.database.scoping import guard, nothing_in, organisation_of, own_organisation, person_of, seen, within
from recruitment.jobseekers.models import Consent, Jobseeker
from recruitment.jobseekers.rules import ConsentMode, ConsentPurpose, ConsentRead, JobseekerRead, PersonRead, Sex

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor, Scope
    from recruitment.database.key_store import KeysOfSession
    from recruitment.database.scoping import Criterion
    from recruitment.database.vault import PersonKey, Vault


def _of_fieldworker(scope: Scope) -> Criterion:
    return lambda row: (row.cso_id == scope.organisation) & (row.assigned_to == scope.person)


guard(
    Jobseeker,
    read={Audience.SUPERVISOR: own_organisation("cso_id"), Audience.FIELDWORKER: _of_fieldworker},
    write={
        Audience.SUPERVISOR: {"cso_id": organisation_of},
        Audience.FIELDWORKER: {"cso_id": organisation_of, "assigned_to": person_of},
        Audience.AGENCY: {"cso_id": nothing_in, "assigned_to": nothing_in},
        Audience.EMPLOYER: {"cso_id": nothing_in, "assigned_to": nothing_in},
    },
)
_CASELOADS = (Audience.SUPERVISOR, Audience.FIELDWORKER)
guard(
    Consent,
    read=dict.fromkeys(_CASELOADS, within("jobseeker_id", Jobseeker)),
    write={audience: {"jobseeker_id": seen(Jobseeker)} for audience in _CASELOADS},
)

_is_there = Jobseeker.erased_on.is_(None)


def ids_by_reference(session: Session, references: Collection[str]) -> dict[str, UUID]:
    """Return the ids of the jobseekers among ``references``, by reference. Who was erased is not there."""
    query = select(Jobseeker.reference, Jobseeker.id).where(Jobseeker.reference.in_(references), _is_there)
    return {reference: jobseeker for reference, jobseeker in session.execute(query)}


def references(session: Session, jobseekers: Collection[UUID]) -> dict[UUID, str]:
    """Return the references of ``jobseekers``, by id; of who was erased too."""
    query = select(Jobseeker.id, Jobseeker.reference).where(Jobseeker.id.in_(jobseekers))
    return {jobseeker: reference for jobseeker, reference in session.execute(query)}


def anybody(session: Session) -> bool:
    """Say whether any person is registered."""
    return session.scalar(select(Jobseeker.id).limit(1)) is not None


def debt_books(session: Session, jobseekers: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the debt book of each of ``jobseekers``."""
    query = select(Jobseeker.id, Jobseeker.debt_book_id).where(Jobseeker.id.in_(jobseekers))
    return {jobseeker: book for jobseeker, book in session.execute(query)}


def digests(session: Session, references: Collection[str]) -> dict[str, bytes]:
    """Return the keyed digests of the rows that brought ``references``, by reference."""
    query = select(Jobseeker.reference, Jobseeker.row_digest).where(Jobseeker.reference.in_(references))
    return {reference: digest for reference, digest in session.execute(query)}


def ids_by_phone(session: Session, phone: str) -> list[UUID]:
    """Return the jobseekers registered with exactly this telephone number (E.164)."""
    vault: Vault = session.info["vault"]
    query = select(Jobseeker.id).where(Jobseeker.phone_hash == vault.keyed_hash("phone", phone), _is_there)
    return list(session.scalars(query.order_by(Jobseeker.reference)))


def by_reference(session: Session, reference: str) -> JobseekerRead | None:
    """Return the jobseeker of a reference, without personal fields; None when there is none for this session."""
    query = _jobseekers().where(Jobseeker.reference == reference, _is_there)
    found = session.execute(query).first()
    return JobseekerRead(*found) if found else None


def by_id(session: Session, jobseekers: Collection[UUID]) -> dict[UUID, JobseekerRead]:
    """Return the jobseekers among ``jobseekers`` who were not erased, without personal fields, by id."""
    query = _jobseekers().where(Jobseeker.id.in_(jobseekers), _is_there)
    return {row.id: JobseekerRead(*row) for row in session.execute(query)}


def _jobseekers() -> Any:
    row = Jobseeker
    return select(row.id, row.reference, row.cso_id, row.assigned_to, row.registered_on, row.country, row.recorded_at)


def caseload_ids(session: Session, cso_id: UUID) -> list[UUID]:
    """Return who is in the caseload of a CSO, as far as the session sees it."""
    return list(session.scalars(select(Jobseeker.id).where(Jobseeker.cso_id == cso_id, _is_there)))


def consents_of(
    session: Session, jobseekers: Collection[UUID], *, as_of: datetime | None = None
) -> dict[UUID, list[ConsentRead]]:
    """Return the latest answer of each of ``jobseekers`` to each purpose, in order of the purposes.

    With an instant, of those that had been recorded by then.
    """
    query = (
        select(Consent.jobseeker_id, Consent.purpose, Consent.given, Consent.stated_on, Consent.language, Consent.mode)
        .where(Consent.jobseeker_id.in_(jobseekers))
        .order_by(Consent.stated_on, Consent.id)
    )
    if as_of is not None:
        query = query.where(Consent.recorded_at <= as_of)
    latest: dict[UUID, dict[ConsentPurpose, ConsentRead]] = {jobseeker: {} for jobseeker in jobseekers}
    for jobseeker, purpose, given, stated_on, language, mode in session.execute(query):
        read = ConsentRead(ConsentPurpose(purpose), given, stated_on, language, ConsentMode(mode) if mode else None)
        latest[jobseeker][read.purpose] = read
    return {
        jobseeker: [answers[purpose] for purpose in ConsentPurpose if purpose in answers]
        for jobseeker, answers in latest.items()
    }


def consent_history(session: Session, actor: Actor, jobseeker: UUID) -> list[tuple[ConsentRead, str | None]]:
    """Return everything that a person ever answered, oldest first, each with the name of the witness.

    Raises ``NotPermitted`` without the permission ``read_persons``.
    """
    actor.require(Permission.READ_PERSONS)
    key = _keys(session, [jobseeker]).get(jobseeker)
    query = select(Consent).where(Consent.jobseeker_id == jobseeker).order_by(Consent.stated_on, Consent.id)
    return [
        (
            ConsentRead(
                ConsentPurpose(row.purpose), row.given, row.stated_on, row.language,
                ConsentMode(row.mode) if row.mode else None,
            ),
            key.open(row.witness_sealed, "consents.witness", row.id) if key else None,
        )
        for row in session.scalars(query)
    ]  # fmt: skip


def persons(session: Session, actor: Actor, jobseekers: Collection[UUID]) -> dict[UUID, PersonRead]:
    """Return the opened personal fields of ``jobseekers``. A person whose key is gone is left out.

    Raises ``NotPermitted`` without the permission ``read_persons``, and the vault's errors when a key is wrong.
    """
    actor.require(Permission.READ_PERSONS)
    rows = session.scalars(select(Jobseeker).where(Jobseeker.id.in_(jobseekers), _is_there)).all()
    keys = _keys(session, [row.id for row in rows])
    return {row.id: _opened(row, keys[row.id]) for row in rows if row.id in keys}


def names(session: Session, actor: Actor, cso_id: UUID) -> dict[UUID, str]:
    """Return the names of the caseload of a CSO, as far as the session sees it, by id: two queries for everybody.

    Raises ``NotPermitted`` without the permission ``read_persons``.
    """
    actor.require(Permission.READ_PERSONS)
    query = select(Jobseeker.id, Jobseeker.name_sealed).where(Jobseeker.cso_id == cso_id, _is_there)
    rows = session.execute(query).all()
    keys = _keys(session, [id_ for id_, _ in rows])
    return {id_: keys[id_].open(sealed, "jobseekers.name", id_) or "" for id_, sealed in rows if id_ in keys}


def key_of(session: Session, jobseeker: UUID) -> PersonKey | None:
    """Return the open key of a person, to seal what is told about them; None when they were erased."""
    return _keys(session, [jobseeker]).get(jobseeker)


def keys_of(session: Session, jobseekers: Iterable[UUID]) -> dict[UUID, PersonKey]:
    """Return the open keys of several people, by id; without those who were erased. One query for all."""
    return _keys(session, jobseekers)


def _keys(session: Session, jobseekers: Iterable[UUID]) -> dict[UUID, PersonKey]:
    vault: Vault = session.info["vault"]
    store: KeysOfSession = session.info["key_store"]
    return {person: vault.person_key(wrapped, person) for person, wrapped in store.wrapped(list(jobseekers)).items()}


def _opened(row: Jobseeker, key: PersonKey) -> PersonRead:
    year = key.open(row.birth_year_sealed, "jobseekers.birth_year", row.id)
    return PersonRead(
        reference=row.reference,
        name=key.open(row.name_sealed, "jobseekers.name", row.id) or "",
        village=key.open(row.village_sealed, "jobseekers.village", row.id),
        district=key.open(row.district_sealed, "jobseekers.district", row.id),
        phone=key.open(row.phone_sealed, "jobseekers.phone", row.id),
        birth_year=int(year) if year else None,
        sex=Sex(row.sex) if row.sex else None,
        language=row.language,
        country=row.country,
    )
