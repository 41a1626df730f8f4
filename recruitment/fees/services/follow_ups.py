"""What follows a payment: repayments, debts, and things taken as security."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.canonical import digest
from recruitment.database.bulk import insert_many
from recruitment.fees import posting_rules, queries
from recruitment.fees.models import CollateralRow, DebtRow, RepaymentRow
from recruitment.fees.rules import Collateral, Debt, Repayment
from recruitment.fees.services.facts import count_up
from recruitment.fees.services.versions import revise
from recruitment.jobseekers import queries as jobseekers
from recruitment.journeys import queries as journeys
from recruitment.ledger import queries as ledger
from recruitment.ledger.service import post, reverse
from recruitment.sheets.errors import refused
from recruitment.sheets.importing import Filing, Row, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.fees.services.versions import Revision
    from recruitment.ledger.rules import EntryDraft
    from recruitment.organisations.rules import OrganisationRead
    from recruitment.sheets.importing import Report

T = TypeVar("T", Repayment, Debt, Collateral)

_SHARED = ("id", "sender_id", "reference", "version", "supersedes_id", "journey_id", "row_digest", "recorded_at")
_REPAYMENT = (
    "fee_item", "paid_by", "amount_minor", "currency", "paid_on", "confirmed", "confirmed_minor", "confirmed_on",
    "channel", "witnessed", "received_minor",
)  # fmt: skip
_DEBT = (
    "creditor", "principal_minor", "currency", "taken_on", "recruitment_linked", "outstanding_minor", "as_of",
)  # fmt: skip
_COLLATERAL = ("what", "holder", "taken_on", "returned_on")


def filing_of_repayments(session: Session, actor: Actor, sender: OrganisationRead) -> Filing[Repayment]:
    """Return how repayments are filed; only what the worker confirmed is posted. Who may: whoever may record statements."""

    def entries(revisions: Sequence[Revision[Repayment]]) -> list[EntryDraft | None]:
        return [posting_rules.received_repayment(each.id, each.value) for each in revisions]

    return _filing(session, actor, sender, RepaymentRow, _REPAYMENT, entries)


def filing_of_debts(session: Session, actor: Actor, sender: OrganisationRead) -> Filing[Debt]:
    """Return how debts are filed, each in the debt book of its person. Who may: whoever may record statements."""

    def entries(revisions: Sequence[Revision[Debt]]) -> list[EntryDraft | None]:
        books = jobseekers.debt_books(session, {each.value.journey.jobseeker_id for each in revisions})
        return [
            posting_rules.owed_debt(each.id, each.value, books[each.value.journey.jobseeker_id]) for each in revisions
        ]

    return _filing(session, actor, sender, DebtRow, _DEBT, entries)


def filing_of_collateral(session: Session, actor: Actor, sender: OrganisationRead) -> Filing[Collateral]:
    """Return how collateral is filed; it is no money, so nothing is posted. Who may: whoever may record statements."""
    return _filing(session, actor, sender, CollateralRow, _COLLATERAL, lambda revisions: [None] * len(revisions))


def record_repayments(session: Session, actor: Actor, sender: OrganisationRead, repayments: Sequence[Repayment]) -> int:
    """Record repayments that a room above knows of, as a file of ``sender`` would; return how many were new or changed.

    Who may: whoever may record statements. Raises ``FileRefused`` when one belongs to another journey already.
    """
    return _record(filing_of_repayments(session, actor, sender), repayments)


def record_debts(session: Session, actor: Actor, sender: OrganisationRead, debts: Sequence[Debt]) -> int:
    """Record debts as they stand, likewise."""
    return _record(filing_of_debts(session, actor, sender), debts)


def _record(filing: Filing[T], values: Sequence[T]) -> int:
    """File values by the way of their kind. Their digests are of what they say, so the same again changes nothing."""

    def refuse(line: int, _column: str | None, code: str, message: str) -> None:
        raise refused(line, code, message)

    tally = Tally()
    rows = [Row(number, each, digest(_said(each))) for number, each in enumerate(values, start=1)]
    filing.file(rows, tally, refuse)
    return tally.added + tally.corrected


def _said(value: Repayment | Debt | Collateral) -> dict[str, object]:
    said = {each.name: getattr(value, each.name) for each in fields(value)}
    return said | {"journey": value.journey.id}


def _filing(
    session: Session,
    actor: Actor,
    sender: OrganisationRead,
    model: Any,
    columns: tuple[str, ...],
    entries: Callable[[Sequence[Revision[T]]], list[EntryDraft | None]],
) -> Filing[T]:
    """Return how rows of one kind are filed: saved under a new version, what they replace taken back in the books."""
    actor.require(Permission.RECORD_STATEMENTS)

    def find(_what: str, codes: Collection[str]) -> Mapping[str, object]:
        return journeys.by_reference_for(session, actor, codes)

    def file(rows: Sequence[Row[T]], tally: Tally, report: Report) -> None:
        current = queries.current_versions(session, model, sender.id, {row.value.reference for row in rows})
        revisions = revise(rows, current, tally, report)
        _save(session, sender, model, columns, revisions)
        drafts = [draft for draft in entries(revisions) if draft]
        post(session, actor, drafts)
        _reverse_superseded(session, actor, revisions, drafts)
        count_up(session, {each.value.journey.id for each in revisions})

    return Filing(find, file)


def _save(
    session: Session,
    sender: OrganisationRead,
    model: Any,
    columns: tuple[str, ...],
    revisions: Sequence[Revision[Any]],
) -> None:
    recorded_at = clock.now()
    rows = [
        (
            each.id, sender.id, each.value.reference, each.version, each.supersedes_id, each.value.journey.id,
            each.row_digest, recorded_at, *(getattr(each.value, name) for name in columns),
        )
        for each in revisions
    ]  # fmt: skip
    insert_many(session, model.__table__, _SHARED + columns, rows)


def _reverse_superseded(
    session: Session, actor: Actor, revisions: Sequence[Revision[Any]], drafts: Sequence[EntryDraft]
) -> None:
    """Take back the entries of the rows that were replaced. Those that stood for no money have none."""
    replaced = {each.supersedes_id for each in revisions if each.supersedes_id}
    if not replaced:
        return
    journey_books = {each.value.journey.book_id for each in revisions}
    people = {each.value.journey.jobseeker_id for each in revisions}
    books: set[UUID] = journey_books | set(jobseekers.debt_books(session, people).values())
    books |= {draft.book_id for draft in drafts}
    reverse(session, actor, ledger.entries_among(session, books, replaced), "replaced by a later row")
