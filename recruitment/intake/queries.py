"""Every read of past imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from recruitment.intake.models import Import

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


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
