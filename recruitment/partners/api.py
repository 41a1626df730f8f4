"""``/supply-chains``: which partner buys from which employer."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from recruitment.core.actor import Permission
from recruitment.partners import queries
from recruitment.partners.schemas import SupplyChainPageSchema, SupplyChainSchema
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import read_session
from recruitment.web.pagination import PageArguments, cursor_of, paged
from recruitment.web.reading import page_answer, reads

if TYPE_CHECKING:
    from typing import Any

    from flask.typing import ResponseReturnValue

    from recruitment.web.pagination import Asked

api = ApiBlueprint("supply-chains", "Which partner buys from which employer.")


@reads(api, "/supply-chains", Permission.READ_SUPPLY_CHAINS, asks=PageArguments, answers=SupplyChainPageSchema)
def list_supply_chains(asked: Asked) -> ResponseReturnValue:
    """List supply chains.

    In order of partner, employer and first day. A partner sees its own.
    """
    after = asked.after_parts(str, str, date.fromisoformat)
    with read_session() as session:
        rows = queries.page(session, after=after, limit=asked.fetch)
    return page_answer("supply_chains", SupplyChainSchema(), paged(rows, asked, key=_cursor))


def _cursor(row: Any) -> str:
    return cursor_of(row.partner, row.employer, row.valid_from.isoformat())
