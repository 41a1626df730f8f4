"""Every read of jobseekers. Personal fields are opened in one place, ``persons``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from recruitment.core.actor import Permission
from recruitment.database.vault import Vault, WrappedKey
from recruitment.jobseekers.models import Jobseeker, JobseekerKey
from recruitment.jobseekers.rules import PersonRead, Sex

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.database.vault import PersonKey

_jobseekers = Jobseeker.__table__.c


def ids_by_reference(session: Session, references: Collection[str]) -> dict[str, UUID]:
    """Return the ids of the jobseekers among ``references``, by reference."""
    query = select(_jobseekers.reference, _jobseekers.id).where(_jobseekers.reference.in_(references))
    return {reference: jobseeker for reference, jobseeker in session.execute(query)}


def anybody(session: Session) -> bool:
    """Say whether any person is registered."""
    return session.scalar(select(_jobseekers.id).limit(1)) is not None


def debt_books(session: Session, jobseekers: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the debt book of each of ``jobseekers``."""
    query = select(_jobseekers.id, _jobseekers.debt_book_id).where(_jobseekers.id.in_(jobseekers))
    return {jobseeker: book for jobseeker, book in session.execute(query)}


def digests(session: Session, references: Collection[str]) -> dict[str, bytes]:
    """Return the keyed digests of the rows that brought ``references``, by reference."""
    query = select(_jobseekers.reference, _jobseekers.row_digest).where(_jobseekers.reference.in_(references))
    return {reference: digest for reference, digest in session.execute(query)}


def ids_by_phone(session: Session, phone: str) -> list[UUID]:
    """Return the jobseekers registered with exactly this telephone number (E.164)."""
    vault: Vault = session.info["vault"]
    return list(
        session.scalars(select(_jobseekers.id).where(_jobseekers.phone_hash == vault.keyed_hash("phone", phone)))
    )


def persons(session: Session, actor: Actor, jobseekers: Collection[UUID]) -> dict[UUID, PersonRead]:
    """Return the opened personal fields of ``jobseekers``. A person whose key is gone is left out.

    Raises ``NotPermitted`` without the permission ``read_persons``, and the vault's errors when a key is wrong.
    """
    actor.require(Permission.READ_PERSONS)
    vault: Vault = session.info["vault"]
    query = (
        select(Jobseeker, JobseekerKey.kek_id, JobseekerKey.wrapped)
        .join(JobseekerKey, JobseekerKey.jobseeker_id == Jobseeker.id)
        .where(Jobseeker.id.in_(jobseekers))
    )
    return {
        row.id: _opened(row, vault.person_key(WrappedKey(kek_id, wrapped), row.id))
        for row, kek_id, wrapped in session.execute(query)
    }


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
