"""What workers report. The worker's word is never overwritten: a correction is posted beside what it corrects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.database.bulk import insert_many
from recruitment.fees import queries
from recruitment.fees.models import ReportedPaymentRow
from recruitment.fees.posting_rules import reported_payment
from recruitment.fees.rules import NONE
from recruitment.fees.services.facts import count_up
from recruitment.fees.services.versions import revise
from recruitment.journeys import queries as journeys
from recruitment.ledger.service import post, reverse
from recruitment.sheets.importing import Filing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.fees.rules import Current, ReportedPayment
    from recruitment.fees.services.versions import Revision
    from recruitment.organisations.rules import OrganisationRead
    from recruitment.sheets.importing import Report, Row, Tally

_COLUMNS = (
    "id", "sender_id", "reference", "version", "supersedes_id", "journey_id", "row_digest", "recorded_at", "fee_item",
    "payee", "amount_minor", "currency", "paid_on", "dated_on", "stated_on", "channel", "checkpoint", "witnessed",
    "is_independent", "evidence", "deducted",
)  # fmt: skip


def filing_of_reports(session: Session, actor: Actor, sender: OrganisationRead) -> Filing[ReportedPayment]:
    """Return how the reports that ``sender`` heard are filed. Who may: whoever may record statements."""
    actor.require(Permission.RECORD_STATEMENTS)

    def find(_what: str, codes: Collection[str]) -> Mapping[str, object]:
        return journeys.by_reference_for(session, actor, codes)

    def file(rows: Sequence[Row[ReportedPayment]], tally: Tally, report: Report) -> None:
        current = queries.current_reports(session, sender.id, {row.value.reference for row in rows})
        amounts = {found.id: found.traits[2] for found in current.values()}
        revisions = revise(rows, current, tally, report, traits=_traits, refuse=_refuse)
        _save(session, sender, revisions)
        drafts = [draft for each in revisions if (draft := reported_payment(each.id, each.value))]
        post(session, actor, drafts)
        amounts |= {each.id: each.value.amount_minor for each in revisions}
        books = [
            (each.value.journey.book_id, each.supersedes_id)
            for each in revisions
            if each.supersedes_id and amounts[each.supersedes_id] > 0
        ]
        reverse(session, actor, books, "corrected by the worker's later word")
        count_up(session, {each.value.journey.id for each in revisions})

    return Filing(find, file)


def _traits(report: ReportedPayment) -> tuple[bool, bool, int]:
    return report.is_independent, report.fee_item == NONE, report.amount_minor


def _refuse(current: Current, later: ReportedPayment) -> tuple[str, str, str] | None:
    """Say why a correction may not stand: pressure must not take back what was said freely."""
    independent, was_none, _ = current.traits
    if independent and not later.is_independent:
        return (
            "channel",
            "less_independent",
            f"{later.reference} was said through an independent channel, and this row was not: it cannot correct it.",
        )
    if later.fee_item == NONE and not was_none:
        return (
            "fee_item",
            "none_over_payment",
            f"{later.reference} names a payment; 'none' cannot take its place. Give 'none' a reference of its own.",
        )
    return None


def _save(session: Session, sender: OrganisationRead, revisions: Sequence[Revision[ReportedPayment]]) -> None:
    recorded_at = clock.now()
    rows = [
        (
            each.id, sender.id, value.reference, each.version, each.supersedes_id, value.journey.id, each.row_digest,
            recorded_at, value.fee_item, value.payee, value.amount_minor, value.currency,
            str(value.paid) if value.paid else None, value.dated_on, value.stated_on, value.channel.value,
            value.checkpoint, value.witnessed, value.is_independent, value.evidence, value.deducted,
        )
        for each, value in ((revision, revision.value) for revision in revisions)
    ]  # fmt: skip
    insert_many(session, ReportedPaymentRow.__table__, _COLUMNS, rows)
