"""The files of what follows a payment: repayments, debts, and things taken as security."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.fees.files.vocabulary import CHANNEL, CURRENCY, JOURNEY, WITNESSED, blank, fee_item
from recruitment.fees.rules import Collateral, Confirmation, Creditor, Debt, Repayment, RepaymentPayer
from recruitment.sheets import columns
from recruitment.sheets.columns import Column, Grammar, minor_units

if TYPE_CHECKING:
    from recruitment.sheets.columns import Cells, Report

_REFERENCE = Column(
    "reference", columns.reference, required=True, about="what you call it; the same again updates the earlier one"
)


def _read_repayment(cells: Cells, report: Report) -> Repayment | None:
    amount = minor_units(cells, report, amount="amount", currency="currency")
    confirmed_minor = minor_units(cells, report, amount="confirmed_amount", currency="currency")
    if cells.get("confirmed") is Confirmation.LESS:
        if "confirmed_amount" in cells and cells["confirmed_amount"] is None:
            report("confirmed_amount", "missing_value", "The worker received less: write how much.")
        elif amount is not None and confirmed_minor is not None and confirmed_minor > amount:
            report(
                "confirmed_amount", "more_than_paid", "The worker cannot have received more than was paid. Check both."
            )
    if amount is None or blank(cells, "reference", "journey", "paid_by", "paid_on"):
        return None
    return Repayment(
        reference=cells["reference"],
        journey=cells["journey"],
        fee_item=cells.get("fee_item"),
        paid_by=cells["paid_by"],
        amount_minor=amount,
        currency=cells["currency"],
        paid_on=cells["paid_on"],
        confirmed=cells.get("confirmed"),
        confirmed_minor=confirmed_minor,
        confirmed_on=cells.get("confirmed_on"),
        channel=cells.get("channel"),
        witnessed=cells.get("witnessed"),
    )


REPAYMENTS: Grammar[Repayment] = Grammar(
    "repayments",
    (
        _REFERENCE,
        JOURNEY,
        Column("fee_item", fee_item(), about="what the money was once paid for, where that is known"),
        Column(
            "paid_by",
            columns.member_of(RepaymentPayer, "a payer of repayments", "unknown_paid_by"),
            required=True,
            about="who paid the worker back",
        ),
        Column("amount", columns.amount, required=True, about="how much was paid back, in major units"),
        CURRENCY,
        Column("paid_on", columns.day, required=True, about="the day on which it was paid back"),
        Column(
            "confirmed",
            columns.member_of(Confirmation, "a confirmation", "unknown_confirmed"),
            about="what the worker says of it; blank while nobody has asked. Only what was confirmed counts",
        ),
        Column("confirmed_amount", columns.amount, about="with less: how much the worker received, at most the amount"),
        Column("confirmed_on", columns.day, about="the day on which the worker said so"),
        CHANNEL,
        WITNESSED,
    ),
    _read_repayment,
    order_matters=True,
)


def _read_debt(cells: Cells, report: Report) -> Debt | None:
    principal = minor_units(cells, report, amount="principal", currency="currency")
    outstanding = minor_units(cells, report, amount="outstanding", currency="currency")
    needed = ("reference", "journey", "creditor", "taken_on", "recruitment_linked", "as_of")
    if principal is None or outstanding is None or blank(cells, *needed):
        return None
    return Debt(
        reference=cells["reference"],
        journey=cells["journey"],
        creditor=cells["creditor"],
        principal_minor=principal,
        currency=cells["currency"],
        taken_on=cells["taken_on"],
        recruitment_linked=cells["recruitment_linked"],
        outstanding_minor=outstanding,
        as_of=cells["as_of"],
    )


DEBTS: Grammar[Debt] = Grammar(
    "debts",
    (
        _REFERENCE,
        JOURNEY,
        Column(
            "creditor",
            columns.member_of(Creditor, "a creditor", "unknown_creditor"),
            required=True,
            about="to whom the worker owes",
        ),
        Column("principal", columns.amount, required=True, about="how much was borrowed, in major units"),
        CURRENCY,
        Column("taken_on", columns.day, required=True, about="the day on which it was borrowed"),
        Column(
            "recruitment_linked",
            columns.yes_no,
            required=True,
            about="whether it was borrowed to pay for the recruitment",
        ),
        Column("outstanding", columns.amount, required=True, about="how much is still owed, in major units"),
        Column("as_of", columns.day, required=True, about="the day for which that holds"),
    ),
    _read_debt,
    order_matters=True,
)


def _read_collateral(cells: Cells, report: Report) -> Collateral | None:
    taken_on, returned_on = cells.get("taken_on"), cells.get("returned_on")
    if taken_on and returned_on and returned_on < taken_on:
        report("returned_on", "ends_before_start", "It was returned before it was taken. Check both dates.")
    if blank(cells, "reference", "journey", "what", "holder", "taken_on"):
        return None
    return Collateral(
        reference=cells["reference"],
        journey=cells["journey"],
        what=cells["what"],
        holder=cells["holder"],
        taken_on=cells["taken_on"],
        returned_on=returned_on,
    )


COLLATERAL: Grammar[Collateral] = Grammar(
    "collateral",
    (
        _REFERENCE,
        JOURNEY,
        Column("what", columns.words(), required=True, about="the thing that was taken, such as a deed of land"),
        Column("holder", columns.words(), required=True, about="who has it now"),
        Column("taken_on", columns.day, required=True, about="the day on which it was taken"),
        Column("returned_on", columns.day, about="the day on which the worker got it back; blank while it is held"),
    ),
    _read_collateral,
    order_matters=True,
)
