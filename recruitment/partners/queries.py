"""Every read of supply chains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import aliased

from recruitment.core.actor import Audience
from recruitment.database.scoping import all_rows, guard, own_organisation
from recruitment.organisations.models import Organisation
from recruitment.partners.models import SupplyChain

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

guard(
    SupplyChain,
    read={Audience.STAFF: all_rows, Audience.PARTNER: own_organisation("partner_id")},
    write={Audience.STAFF: {}},
)


def digests(session: Session, partners: Collection[UUID]) -> dict[tuple[UUID, UUID, date], bytes]:
    """Return the digests of the rows that brought the chains of ``partners``, by partner, employer and first day."""
    query = select(
        SupplyChain.partner_id, SupplyChain.employer_id, SupplyChain.valid_from, SupplyChain.row_digest
    ).where(SupplyChain.partner_id.in_(partners))
    return {(row[0], row[1], row[2]): row[3] for row in session.execute(query)}


def buying_from(session: Session, employers: Collection[UUID], on: date) -> set[UUID]:
    """Return the partners that buy from any of ``employers`` on a day."""
    chain = SupplyChain
    query = (
        select(chain.partner_id)
        .distinct()
        .where(
            chain.employer_id.in_(employers),
            chain.valid_from <= on,
            or_(chain.valid_until.is_(None), chain.valid_until >= on),
        )
    )
    return set(session.scalars(query))


def page(session: Session, *, after: tuple[str, str, date] | None, limit: int) -> Sequence[Any]:
    """Return at most ``limit`` supply chains after partner, employer and first day, in order of these three.

    Columns: those of ``SupplyChainSchema``.
    """
    chain, partner, employer = SupplyChain, aliased(Organisation), aliased(Organisation)
    key = (partner.code, employer.code, chain.valid_from)
    query = (
        select(
            partner.code.label("partner"), employer.code.label("employer"), chain.tier, chain.valid_from,
            chain.valid_until,
        )
        .join(partner, partner.id == chain.partner_id)
        .join(employer, employer.id == chain.employer_id)
        .order_by(*key)
        .limit(limit)
    )  # fmt: skip
    if after is not None:
        query = query.where(tuple_(*key) > after)
    return session.execute(query).all()
