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
        Column(
            "demand_letter",
            columns.reference,
            required=True,
            refers_to="demand letter",
            about="for whose workers the promise is made",
        ),
        Column(
            "fee_item",
            fee_item(EVERY_ITEM),
            required=True,
            about="what the promise is about; * for every item that the letter does not name",
        ),
        Column(
            "payer",
            columns.member_of(CommittedPayer, "a payer of commitments", "unknown_payer"),
            required=True,
            about="who promises to pay",
        ),
        Column(
            "limit_amount",
            columns.amount,
            about="the most that is borne for one item of one journey; everything when blank",
        ),
        Column("currency", columns.currency, about="of the limit; needed with it"),
        Column("committed_on", columns.day, required=True, about="the day of the promise"),
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
        Column(
            "fee_item",
            fee_item(NONE, collateral=False),
            required=True,
            about="what was paid for; none with amount 0 says that this is complete up to paid_on",
        ),
        Column(
            "payer",
            columns.member_of(Payer, "a payer", "unknown_payer"),
            required=True,
            about="who bore it, as the agency says",
        ),
        PAYEE,
        Column(
            "amount",
            columns.amount,
            required=True,
            about="in major units; 0 says that this payer paid nothing for the item",
        ),
        CURRENCY,
        Column("paid_on", columns.day, required=True, about="the day of the payment"),
        Column(
            "receipt", columns.reference, about="the number on the receipt; the same one in two journeys is a finding"
        ),
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
        Column(
            "reference",
            columns.reference,
            required=True,
            about="what you call the report; the same again corrects the earlier one",
        ),
        JOURNEY,
        Column(
            "fee_item",
            fee_item(NONE, collateral=False),
            required=True,
            about="what was paid for; none with amount 0 says that there is nothing more up to stated_on",
        ),
        PAYEE,
        Column("amount", columns.amount, required=True, about="in major units, as the worker said it"),
        Column("currency", columns.currency, about="needed with every payment"),
        Column(
            "paid_on",
            columns.partial_day,
            about="a day, a month or a year, as exactly as the worker knows it; stated_on when blank",
        ),
        Column("stated_on", columns.day, required=True, about="the day on which the worker said it"),
        CHANNEL_NEEDED,
        Column(
            "checkpoint",
            columns.member_of(Checkpoint, "a checkpoint", "unknown_checkpoint"),
            about="at which point of the journey the worker was asked",
        ),
        WITNESSED,
        Column(
            "evidence",
            columns.member_of(Evidence, "a grade of evidence", "unknown_evidence"),
            about="what the worker could show for it",
        ),
        Column("deducted", columns.yes_no, about="whether it was taken from the wage"),
    ),
    _read_report,
    order_matters=True,
)
