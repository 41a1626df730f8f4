"""The file of what workers earned in the job abroad."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.fees.files.vocabulary import CHANNEL_NEEDED, CURRENCY, JOURNEY, WITNESSED, blank
from recruitment.fees.rules import Earnings
from recruitment.sheets import columns
from recruitment.sheets.columns import Column, Grammar, minor_units

if TYPE_CHECKING:
    from recruitment.sheets.columns import Cells, Report


def _read(cells: Cells, report: Report) -> Earnings | None:
    amount = minor_units(cells, report, amount="amount", currency="currency")
    deducted = minor_units(cells, report, amount="deducted_for_recruitment", currency="currency")
    month, stated_on, journey = cells.get("month"), cells.get("stated_on"), cells.get("journey")
    if month and stated_on and month.first > stated_on:
        report(
            "month",
            "month_after_statement",
            f"{month} had not begun when it was said, on {stated_on}. Check both dates.",
        )
    if month and journey and month.last < journey.started_on:
        report(
            "month",
            "month_before_journey",
            f"{month} ended before the journey began, on {journey.started_on}. Check the month and the journey.",
        )
    if amount is None or blank(cells, "reference", "journey", "month", "stated_on", "channel"):
        return None
    return Earnings(
        reference=cells["reference"],
        journey=cells["journey"],
        month=cells["month"],
        amount_minor=amount,
        deducted_minor=deducted,
        currency=cells["currency"],
        stated_on=cells["stated_on"],
        channel=cells["channel"],
        witnessed=cells.get("witnessed"),
    )


EARNINGS: Grammar[Earnings] = Grammar(
    "earnings",
    (
        Column(
            "reference",
            columns.reference,
            required=True,
            about="what you call the statement; the same again corrects the earlier one",
        ),
        JOURNEY,
        Column("month", columns.month, required=True, about="the month of the job that was worked for it"),
        Column(
            "amount",
            columns.amount,
            required=True,
            about="what was paid out for the month: after taxes, social security and every deduction, with bonuses and overtime",
        ),
        CURRENCY,
        Column(
            "deducted_for_recruitment",
            columns.amount,
            about="what was kept back from it for costs of the recruitment; blank when nobody said",
        ),
        Column("stated_on", columns.day, required=True, about="the day on which the worker said it"),
        CHANNEL_NEEDED,
        WITNESSED,
    ),
    _read,
    order_matters=True,
)
