"""Every read of the register of organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from recruitment.organisations.models import Organisation
from recruitment.organisations.rules import OrganisationKind, OrganisationRead

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy.orm import Session

_organisations = Organisation.__table__.c
_READ = (_organisations.id, _organisations.code, _organisations.kind, _organisations.name, _organisations.country)


def by_code(session: Session, codes: Collection[str], *kinds: OrganisationKind) -> dict[str, OrganisationRead]:
    """Return the organisations of ``kinds`` (of any kind when none is named) among ``codes``, by code."""
    query = select(*_READ).where(_organisations.code.in_(codes))
    if kinds:
        query = query.where(_organisations.kind.in_([kind.value for kind in kinds]))
    return {row.code: _read(*row) for row in session.execute(query)}


def ids_by_code(session: Session, codes: Collection[str], kind: OrganisationKind) -> dict[str, UUID]:
    """Return the ids of the organisations of ``kind`` among ``codes``, by code."""
    return {code: found.id for code, found in by_code(session, codes, kind).items()}


def by_id(session: Session, ids: Collection[UUID]) -> dict[UUID, OrganisationRead]:
    """Return the organisations among ``ids``, by id."""
    return {row.id: _read(*row) for row in session.execute(select(*_READ).where(_organisations.id.in_(ids)))}


def of_kind(session: Session, kind: OrganisationKind) -> list[OrganisationRead]:
    """Return every organisation of a kind, in order of code."""
    query = select(*_READ).where(_organisations.kind == kind.value).order_by(_organisations.code)
    return [_read(*row) for row in session.execute(query)]


def digests(session: Session, codes: Collection[str]) -> dict[str, bytes]:
    """Return the digests of the rows that brought ``codes``, by code."""
    query = select(_organisations.code, _organisations.row_digest).where(_organisations.code.in_(codes))
    return {code: digest for code, digest in session.execute(query)}


def _read(id: UUID, code: str, kind: str, name: str, country: str) -> OrganisationRead:  # noqa: A002 - the column's name
    return OrganisationRead(id, code, OrganisationKind(kind), name, country)
