"""Rates of exchange, as somebody published them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.database.bulk import insert_many
from recruitment.fees import queries
from recruitment.fees.models import ExchangeRate
from recruitment.fees.services.facts import count_up_rated
from recruitment.sheets.importing import Filing, new_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.fees.rules import NewRate
    from recruitment.sheets.importing import Report, Row, Tally

_COLUMNS = ("base", "quote", "rated_on", "rate", "source", "row_digest", "recorded_at")


def filing_of_rates(session: Session, actor: Actor) -> Filing[NewRate]:
    """Return how rates are filed. A new rate touches the journeys with an amount that it may convert.

    Who may: whoever may record rates.
    """
    actor.require(Permission.RECORD_RATES)

    def file(rows: Sequence[Row[NewRate]], tally: Tally, report: Report) -> None:
        known = queries.rate_digests(session, {row.value.base for row in rows}, {row.value.on for row in rows})
        fresh = new_rows(
            rows, known, tally, report,
            key=lambda new: (new.on, new.base, new.quote),
            name=lambda new: f"The rate of {new.base} in {new.quote} on {new.on}", columns="rate",
        )  # fmt: skip
        recorded_at = clock.now()
        values = [
            (row.value.base, row.value.quote, row.value.on, row.value.rate, row.value.source, row_digest, recorded_at)
            for row, row_digest in fresh
        ]
        insert_many(session, ExchangeRate.__table__, _COLUMNS, values)
        days: dict[str, list[date]] = defaultdict(list)
        for row, _ in fresh:
            days[row.value.base].append(row.value.on)
        for base, found in days.items():
            count_up_rated(session, base, min(found), max(found))

    return Filing(lambda _what, _codes: {}, file)
