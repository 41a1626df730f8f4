"""What workers earned in the job abroad. It is no fee, no debt and no claim, so nothing is posted and nothing compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.database.bulk import insert_many
from recruitment.fees import queries
from recruitment.fees.models import EarningsRow
from recruitment.fees.services.versions import revise
from recruitment.journeys import queries as journeys
from recruitment.sheets.importing import Filing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.fees.rules import Current, Earnings
    from recruitment.fees.services.versions import Revision
    from recruitment.organisations.rules import OrganisationRead
    from recruitment.sheets.importing import Report, Row, Tally

_COLUMNS = (
    "id", "sender_id", "reference", "version", "supersedes_id", "journey_id", "row_digest", "recorded_at", "month",
    "amount_minor", "deducted_minor", "currency", "stated_on", "channel", "witnessed", "is_independent",
)  # fmt: skip


def filing_of_earnings(session: Session, actor: Actor, sender: OrganisationRead) -> Filing[Earnings]:
    """Return how the earnings that ``sender`` heard of are filed. Who may: whoever may record earnings."""
    actor.require(Permission.RECORD_EARNINGS)

    def find(_what: str, codes: Collection[str]) -> Mapping[str, object]:
        return journeys.by_reference_for(session, actor, codes)

    def file(rows: Sequence[Row[Earnings]], tally: Tally, report: Report) -> None:
        references = {row.value.reference for row in rows}
        traits = (EarningsRow.is_independent,)
        current = queries.current_versions(session, EarningsRow, sender.id, references, traits)
        revisions = revise(rows, current, tally, report, traits=lambda said: (said.is_independent,), refuse=_refuse)
        _save(session, sender, revisions)

    return Filing(find, file)


def _refuse(current: Current, later: Earnings) -> tuple[str, str, str] | None:
    """Say why a correction may not stand: pressure must not take back what was said freely."""
    if current.traits == (True,) and not later.is_independent:
        return (
            "channel",
            "less_independent",
            f"{later.reference} was said through an independent channel, and this row was not: it cannot correct it.",
        )
    return None


def _save(session: Session, sender: OrganisationRead, revisions: Sequence[Revision[Earnings]]) -> None:
    recorded_at = clock.now()
    rows = [
        (
            each.id, sender.id, value.reference, each.version, each.supersedes_id, value.journey.id, each.row_digest,
            recorded_at, str(value.month), value.amount_minor, value.deducted_minor, value.currency, value.stated_on,
            value.channel.value, value.witnessed, value.is_independent,
        )
        for each, value in ((revision, revision.value) for revision in revisions)
    ]  # fmt: skip
    insert_many(session, EarningsRow.__table__, _COLUMNS, rows)
