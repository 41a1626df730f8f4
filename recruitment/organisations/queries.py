"""Every read of the register of organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from recruitment.core.actor import Audience
from recruitment.database.scoping import all_rows, guard
from recruitment.organisations.models import Organisation
from recruitment.organisations.rules import OrganisationKind, OrganisationRead

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Scope
    from recruitment.database.scoping import Criterion

_READ = (Organisation.id, Organisation.code, Organisation.kind, Organisation.name, Organisation.country)
_IN_PUBLIC = tuple(
    kind.value for kind in (OrganisationKind.AGENCY, OrganisationKind.EMPLOYER, OrganisationKind.PUBLIC_OFFICE)
)


def _own_and_public(scope: Scope) -> Criterion:
    """Let see oneself, and whom demand letters and stages name. Who helps workers is not for who may take revenge."""
    return lambda row: or_(row.id == scope.organisation, row.kind.in_(_IN_PUBLIC))


guard(
    Organisation,
    read={
        Audience.SUPERVISOR: all_rows,
        Audience.FIELDWORKER: all_rows,
        Audience.STAFF: all_rows,
        Audience.AGENCY: _own_and_public,
        Audience.EMPLOYER: _own_and_public,
        Audience.PARTNER: _own_and_public,
    },
    write={Audience.STAFF: {}},
)


def by_code(session: Session, codes: Collection[str], *kinds: OrganisationKind) -> dict[str, OrganisationRead]:
    """Return the organisations of ``kinds`` (of any kind when none is named) among ``codes``, by code."""
    query = select(*_READ).where(Organisation.code.in_(codes))
    if kinds:
        query = query.where(Organisation.kind.in_([kind.value for kind in kinds]))
    return {row.code: _read(*row) for row in session.execute(query)}


def ids_by_code(session: Session, codes: Collection[str], kind: OrganisationKind) -> dict[str, UUID]:
    """Return the ids of the organisations of ``kind`` among ``codes``, by code."""
    return {code: found.id for code, found in by_code(session, codes, kind).items()}


def by_id(session: Session, ids: Collection[UUID]) -> dict[UUID, OrganisationRead]:
    """Return the organisations among ``ids``, by id."""
    return {row.id: _read(*row) for row in session.execute(select(*_READ).where(Organisation.id.in_(ids)))}


def of_kind(session: Session, kind: OrganisationKind) -> list[OrganisationRead]:
    """Return every organisation of a kind, in order of code."""
    query = select(*_READ).where(Organisation.kind == kind.value).order_by(Organisation.code)
    return [_read(*row) for row in session.execute(query)]


def digests(session: Session, codes: Collection[str]) -> dict[str, bytes]:
    """Return the digests of the rows that brought ``codes``, by code."""
    query = select(Organisation.code, Organisation.row_digest).where(Organisation.code.in_(codes))
    return {code: digest for code, digest in session.execute(query)}


def _read(id: UUID, code: str, kind: str, name: str, country: str) -> OrganisationRead:  # noqa: A002 - the column's name
    return OrganisationRead(id, code, OrganisationKind(kind), name, country)


def page(session: Session, *, kind: OrganisationKind | None, after: str | None, limit: int) -> list[OrganisationRead]:
    """Return at most ``limit`` organisations (of ``kind``, if one is named) after the code ``after``, in order of code."""
    row = Organisation
    query = select(row.id, row.code, row.kind, row.name, row.country).order_by(row.code).limit(limit)
    if kind is not None:
        query = query.where(row.kind == kind.value)
    if after is not None:
        query = query.where(row.code > after)
    return [_read(*found) for found in session.execute(query)]
