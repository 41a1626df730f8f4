"""Every read of demand letters.

An agency sees those that are addressed to it, an employer its own. They are about no person, so CSOs and the staff of the
house see all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from recruitment.core.actor import Audience
from recruitment.database.scoping import all_rows, guard, organisation_of, own_organisation
from recruitment.employers.models import DemandLetter
from recruitment.employers.rules import DemandLetterRead
from recruitment.organisations.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

guard(
    DemandLetter,
    read={
        Audience.SUPERVISOR: all_rows,
        Audience.FIELDWORKER: all_rows,
        Audience.STAFF: all_rows,
        Audience.AGENCY: own_organisation("agency_id"),
        Audience.EMPLOYER: own_organisation("employer_id"),
    },
    write={Audience.STAFF: {}, Audience.EMPLOYER: {"employer_id": organisation_of}},
)

_READ = (
    DemandLetter.id, DemandLetter.reference, DemandLetter.employer_id, DemandLetter.agency_id, DemandLetter.corridor,
    DemandLetter.issued_on,
)  # fmt: skip


def by_reference(session: Session, references: Collection[str]) -> dict[str, DemandLetterRead]:
    """Return the demand letters among ``references``, by reference."""
    query = select(*_READ).where(DemandLetter.reference.in_(references))
    return {row.reference: DemandLetterRead(*row) for row in session.execute(query)}


def by_id(session: Session, ids: Collection[UUID]) -> dict[UUID, DemandLetterRead]:
    """Return the demand letters among ``ids``, by id."""
    return {row.id: DemandLetterRead(*row) for row in session.execute(select(*_READ).where(DemandLetter.id.in_(ids)))}


def digests(session: Session, references: Collection[str]) -> dict[str, bytes]:
    """Return the digests of the rows that brought ``references``, by reference."""
    query = select(DemandLetter.reference, DemandLetter.row_digest).where(DemandLetter.reference.in_(references))
    return {reference: digest for reference, digest in session.execute(query)}


def page(session: Session, *, after: str | None, limit: int) -> Sequence[Any]:
    """Return at most ``limit`` demand letters after the reference ``after``, in order of reference.

    Columns: those of ``DemandLetterSchema``, with the codes of both parties.
    """
    query = _told().order_by(DemandLetter.reference).limit(limit)
    if after is not None:
        query = query.where(DemandLetter.reference > after)
    return session.execute(query).all()


def told(session: Session, reference: str) -> Any:
    """Return one demand letter with the same columns; None when the session sees none of that reference."""
    return session.execute(_told().where(DemandLetter.reference == reference)).first()


def _told() -> Any:
    letter, employer, agency = DemandLetter, aliased(Organisation), aliased(Organisation)
    return (
        select(
            letter.reference, employer.code.label("employer"), agency.code.label("agency"), letter.corridor,
            letter.occupation, letter.headcount, letter.monthly_wage_minor, letter.currency, letter.issued_on,
            letter.recorded_at,
        )
        .outerjoin(employer, employer.id == letter.employer_id)
        .outerjoin(agency, agency.id == letter.agency_id)
    )  # fmt: skip
