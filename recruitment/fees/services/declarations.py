"""What agencies declare."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id, new_reference
from recruitment.database.bulk import insert_many
from recruitment.fees import queries
from recruitment.fees.errors import AlreadySuperseded, DeclarationUnknown
from recruitment.fees.models import DeclarationLine, FeeDeclaration
from recruitment.fees.posting_rules import declared_fee
from recruitment.fees.services.facts import count_up
from recruitment.journeys import queries as journeys
from recruitment.journeys.service import refer
from recruitment.ledger.service import post, reverse
from recruitment.sheets.importing import CHUNK_ROWS, Filing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.fees.rules import DeclaredLine
    from recruitment.organisations.rules import OrganisationRead
    from recruitment.sheets.importing import Report, Row, Tally

_DECLARATION_COLUMNS = ("id", "reference", "agency_id", "supersedes_id", "recorded_at")
_LINE_COLUMNS = (
    "id", "declaration_id", "line", "journey_id", "fee_item", "payer", "payee", "amount_minor", "currency", "paid_on",
    "receipt", "line_digest",
)  # fmt: skip


def filing_of_declarations(
    session: Session, actor: Actor, agency: OrganisationRead, supersedes: str | None = None
) -> Filing[DeclaredLine]:
    """Return how one declaration of ``agency`` is filed, in place of the declaration ``supersedes`` when given.

    Who may: whoever may declare fees. A journey of another agency is not found. Raises ``DeclarationUnknown`` and
    ``AlreadySuperseded``.
    """
    actor.require(Permission.DECLARE_FEES)
    declaration_id, reference = new_id(), new_reference("FD")
    superseded = _take_back(session, actor, agency, supersedes) if supersedes else None
    header = (declaration_id, reference, agency.id, superseded, clock.now())
    insert_many(session, FeeDeclaration.__table__, _DECLARATION_COLUMNS, [header])

    def find(_what: str, codes: Collection[str]) -> Mapping[str, object]:
        return journeys.by_reference_for(session, actor, codes, agency=agency.id)

    def file(rows: Sequence[Row[DeclaredLine]], tally: Tally, report: Report) -> None:
        fresh = _refuse_repeated(session, rows, report)
        lines = [(new_id(), row) for row in fresh]
        insert_many(
            session, DeclarationLine.__table__, _LINE_COLUMNS,
            [
                (
                    line_id, declaration_id, row.line, row.value.journey.id, row.value.fee_item, row.value.payer.value,
                    row.value.payee, row.value.amount_minor, row.value.currency, row.value.paid_on, row.value.receipt,
                    row.digest,
                )
                for line_id, row in lines
            ],
        )  # fmt: skip
        drafts = [draft for line_id, row in lines if (draft := declared_fee(line_id, row.value))]
        post(session, actor, drafts)
        touched = {row.value.journey.id for row in fresh}
        refer(session, agency.id, touched)
        receipts = {row.value.receipt for row in fresh if row.value.receipt}
        count_up(session, touched | queries.journeys_with_receipts(session, agency.id, receipts))
        tally.added += len(fresh)

    return Filing(find, file, lambda: reference)


def looking_only(session: Session, actor: Actor, agency: OrganisationRead | None) -> Filing[DeclaredLine]:
    """Return a filing that looks journeys up and saves nothing."""
    agency_id = agency.id if agency else None

    def find(_what: str, codes: Collection[str]) -> Mapping[str, object]:
        return journeys.by_reference_for(session, actor, codes, agency=agency_id)

    return Filing(find, lambda _rows, _tally, _report: None)


def _refuse_repeated(session: Session, rows: Sequence[Row[DeclaredLine]], report: Report) -> list[Row[DeclaredLine]]:
    """Return the rows that no line in force equals; report the others."""
    in_force = queries.lines_in_force(session, [row.digest for row in rows])
    fresh: list[Row[DeclaredLine]] = []
    for row in rows:
        before = in_force.get(row.digest)
        if before is None:
            in_force[row.digest] = f"line {row.line} of this file"
            fresh.append(row)
        else:
            report(
                row.line, None, "line_in_force",
                f"The same line is in force already ({before}). Leave it out, or correct the declaration that holds it "
                "with --supersedes.",
            )  # fmt: skip
    return fresh


def _take_back(session: Session, actor: Actor, agency: OrganisationRead, reference: str) -> UUID:
    """Reverse the entries of the declaration that is to be superseded, and return its id. Its lines stay readable."""
    found = queries.declaration(session, agency.id, reference)
    if found is None:
        raise DeclarationUnknown(f"{agency.code} has no declaration {reference}.")
    declaration_id, successor = found
    if successor is not None:
        raise AlreadySuperseded(
            f"The declaration {reference} was superseded before, by {successor}. Supersede that one."
        )
    lines = queries.lines_of_declaration(session, declaration_id)
    while chunk := list(islice(lines, CHUNK_ROWS)):
        entries = [(line.book_id, line.id) for line in chunk if line.amount_minor > 0]
        reverse(session, actor, entries, f"declaration {reference} superseded")
        receipts = {line.receipt for line in chunk if line.receipt}
        sharing = queries.journeys_with_receipts(session, agency.id, receipts)
        count_up(session, {line.journey_id for line in chunk} | sharing)
    return declaration_id
