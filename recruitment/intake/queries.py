"""Every read of past imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from recruitment.core.actor import Audience
from recruitment.database.scoping import guard, own_organisation_or_blank, person_of
from recruitment.intake.models import Import

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from recruitment.core.actor import Scope
    from recruitment.database.scoping import Criterion

# Who may file anything: those who replay a file must find it, and nobody learns what others sent.
_FILERS = (Audience.SUPERVISOR, Audience.FIELDWORKER, Audience.AGENCY, Audience.EMPLOYER, Audience.STAFF)


def _own(scope: Scope) -> Criterion:
    """Let see the files of one's organisation, and those that one brought oneself."""
    if scope.organisation is None:  # an operator: what names no sender is not therefore theirs
        return lambda row: row.imported_by == scope.person
    return lambda row: or_(row.sender_id == scope.organisation, row.imported_by == scope.person)


guard(
    Import,
    read=dict.fromkeys(_FILERS, _own),
    write={audience: {"sender_id": own_organisation_or_blank, "imported_by": person_of} for audience in _FILERS},
)


def reference_of(session: Session, rows_key: bytes, supersedes: str | None) -> str | None:
    """Return the reference of the latest import of the same rows from the same sender.

    With ``supersedes`` only of one that superseded the same declaration, or of that declaration itself.
    """
    query = select(Import.reference).where(Import.rows_key == rows_key).order_by(Import.recorded_at.desc()).limit(1)
    if supersedes is not None:
        query = query.where(or_(Import.supersedes == supersedes, Import.reference == supersedes))
    return session.scalar(query)


def kinds_imported(session: Session) -> set[str]:
    """Return the kinds of file of which anything was ever imported."""
    return set(session.scalars(select(Import.kind).distinct()))
