"""The files of the three accounts: what the employer promises, what the agency declares, what the worker reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.fees.files.vocabulary import (
    CHANNEL_NEEDED,
    CURRENCY,
    JOURNEY,
    PAYEE,
    WITNESSED,
    blank,
    check_none,
    fee_item,
)
from recruitment.fees.rules import (
    EVERY_ITEM,
    NONE,
    Checkpoint,
    CommittedPayer,
    DeclaredLine,
    Evidence,
    NewCommitment,
    Payer,
    ReportedPayment,
)
from recruitment.sheets import columns
from recruitment.sheets.columns import Column, Grammar, minor_units

if TYPE_CHECKING:
    from recruitment.sheets.columns import Cells, Report


def _read_commitment(cells: Cells, report: Report) -> NewCommitment | None:
    limit = minor_units(cells, report, amount="limit_amount", currency="currency")
    if cells.get("limit_amount") is not None and "currency" in cells and cells["currency"] is None:
        report("currency", "missing_value", "A limit needs its currency, such as THB.")
    if blank(cells, "demand_letter", "fee_item", "payer", "committed_on"):
        return None
    letter = cells["demand_letter"]
    return NewCommitment(
        demand_letter_id=letter.id,
        demand_letter=letter.reference,
        fee_item=cells["fee_item"],
        payer=cells["payer"],
        limit_minor=limit,
        limit_currency=cells.get("currency") if limit is not None else None,
        committed_on=cells["committed_on"],
    )


COMMITMENTS: Grammar[NewCommitment] = Grammar(
    "commitments",
    (
        Column("demand_letter", columns.reference, required=True, refers_to="demand letter"),
        Column("fee_item", fee_item(EVERY_ITEM), required=True),
        Column("payer", columns.member_of(CommittedPayer, "a payer of commitments", "unknown_payer"), required=True),
        Column("limit_amount", columns.amount),
        Column("currency", columns.currency),
        Column("committed_on", columns.day, required=True),
    ),
    _read_commitment,
)


def _read_line(cells: Cells, report: Report) -> DeclaredLine | None:
    check_none(cells, report)
    amount = minor_units(cells, report, amount="amount", currency="currency")
    if amount is None or blank(cells, "journey", "fee_item", "payer", "paid_on"):
        return None
    return DeclaredLine(
        journey=cells["journey"],
        fee_item=cells["fee_item"],
        payer=cells["payer"],
        payee=cells.get("payee"),
        amount_minor=amount,
        currency=cells["currency"],
        paid_on=cells["paid_on"],
        receipt=cells.get("receipt"),
    )


DECLARATIONS: Grammar[DeclaredLine] = Grammar(
    "declarations",
    (
        JOURNEY,
        Column("fee_item", fee_item(NONE, collateral=False), required=True),
        Column("payer", columns.member_of(Payer, "a payer", "unknown_payer"), required=True),
        PAYEE,
        Column("amount", columns.amount, required=True),
        CURRENCY,
        Column("paid_on", columns.day, required=True),
        Column("receipt", columns.reference),
    ),
    _read_line,
)


def _read_report(cells: Cells, report: Report) -> ReportedPayment | None:
    check_none(cells, report)
    amount = minor_units(cells, report, amount="amount", currency="currency")
    is_none = cells.get("fee_item") == NONE
    if is_none and cells.get("amount") is not None:
        amount = 0
    elif "fee_item" in cells and "currency" in cells and cells["currency"] is None:
        report("currency", "missing_value", "A payment needs its currency, such as THB or MMK.")
    if amount is None or blank(cells, "reference", "journey", "fee_item", "stated_on", "channel"):
        return None
    return ReportedPayment(
        reference=cells["reference"],
        journey=cells["journey"],
        fee_item=cells["fee_item"],
        payee=cells.get("payee"),
        amount_minor=amount,
        currency=cells.get("currency"),
        paid=cells.get("paid_on"),
        stated_on=cells["stated_on"],
        channel=cells["channel"],
        checkpoint=cells.get("checkpoint"),
        witnessed=cells.get("witnessed"),
        evidence=cells.get("evidence"),
        deducted=cells.get("deducted"),
    )


REPORTS: Grammar[ReportedPayment] = Grammar(
    "reports",
    (
        Column("reference", columns.reference, required=True),
        JOURNEY,
        Column("fee_item", fee_item(NONE, collateral=False), required=True),
        PAYEE,
        Column("amount", columns.amount, required=True),
        Column("currency", columns.currency),
        Column("paid_on", columns.partial_day),
        Column("stated_on", columns.day, required=True),
        CHANNEL_NEEDED,
        Column("checkpoint", columns.member_of(Checkpoint, "a checkpoint", "unknown_checkpoint")),
        WITNESSED,
        Column("evidence", columns.member_of(Evidence, "a grade of evidence", "unknown_evidence")),
        Column("deducted", columns.yes_no),
    ),
    _read_report,
    order_matters=True,
)
