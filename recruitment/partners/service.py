"""What may be done with supply chains: file them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.partners import queries
from recruitment.partners.models import SupplyChain
from recruitment.sheets.importing import Filing, new_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.partners.rules import NewSupplyChain
    from recruitment.sheets.importing import Report, Row, Tally

_COLUMNS = ("id", "partner_id", "employer_id", "tier", "valid_from", "valid_until", "row_digest", "recorded_at")


def filing_of_supply_chains(session: Session, actor: Actor) -> Filing[NewSupplyChain]:
    """Return how supply chains are filed. Who may: whoever may record supply chains."""
    actor.require(Permission.RECORD_SUPPLY_CHAINS)

    def find(what: str, codes: Collection[str]) -> Mapping[str, object]:
        return organisations.ids_by_code(session, codes, OrganisationKind(what))

    def file(rows: Sequence[Row[NewSupplyChain]], tally: Tally, report: Report) -> None:
        known = queries.digests(session, {row.value.partner_id for row in rows})
        fresh = new_rows(
            rows, known, tally, report,
            key=lambda new: (new.partner_id, new.employer_id, new.valid_from),
            name=lambda new: f"This partner and employer from {new.valid_from}", columns="valid_from",
        )  # fmt: skip
        recorded_at = clock.now()
        values = [
            (
                new_id(), row.value.partner_id, row.value.employer_id, row.value.tier.value, row.value.valid_from,
                row.value.valid_until, row_digest, recorded_at,
            )
            for row, row_digest in fresh
        ]  # fmt: skip
        insert_many(session, SupplyChain.__table__, _COLUMNS, values)

    return Filing(find, file)
