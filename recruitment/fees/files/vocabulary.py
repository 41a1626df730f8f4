"""Columns that several files about money share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from recruitment.fees.reference import fee_item_facts
from recruitment.fees.rules import COLLATERAL, NONE, Payee, StatementChannel
from recruitment.sheets import columns
from recruitment.sheets.columns import Column
from recruitment.sheets.errors import CellRefused

if TYPE_CHECKING:
    from datetime import date

    from recruitment.sheets.columns import Cells, Parse, Report

FEE_ITEMS = frozenset(fact.code for fact in fee_item_facts())
_payee = columns.member_of(Payee, "a receiver of money", "unknown_payee")
_channel = columns.member_of(StatementChannel, "a channel", "unknown_channel")

JOURNEY = Column(
    "journey", columns.reference, required=True, refers_to="journey", about="whose recruitment it is about"
)
CURRENCY = Column("currency", columns.currency, required=True, about="in which the amounts of the row are")
PAYEE = Column("payee", _payee, about="who received the money")
CHANNEL = Column("channel", _channel, about="by which way the worker said it; some of them are never independent")
CHANNEL_NEEDED = Column(
    "channel", _channel, required=True, about="by which way the worker said it; some of them are never independent"
)
WITNESSED = Column(
    "witnessed",
    columns.yes_no,
    about="whether somebody of the agency or employer was present; then it is not independent",
)


def fee_item(*also: str, collateral: bool = True) -> Parse:
    """Return the reader of a fee item, or of one of ``also``; ``collateral`` says whether that item may be named."""
    known = columns.one_of("a fee item", [*sorted(FEE_ITEMS), *also], "unknown_fee_item")

    kind = columns.kind_of(known)

    @columns.described(replace(kind, values=tuple(code for code in kind.values if collateral or code != COLLATERAL)))
    def parse(cell: str, today: date) -> str:
        if cell == COLLATERAL and not collateral:
            raise CellRefused(
                "collateral_is_not_money",
                "Collateral is not money and has a file of its own: import it with: recruitment import collateral FILE",
            )
        return str(known(cell, today))

    return parse


def check_none(cells: Cells, report: Report) -> None:
    """Report a ``none`` that names an amount: it says that there is nothing more."""
    if cells.get("fee_item") == NONE and cells.get("amount"):
        report(
            "amount", "none_with_amount", "The item 'none' says that nothing more was paid, so its amount must be 0."
        )


def blank(cells: Cells, *names: str) -> bool:
    """Say whether one of the columns is blank or was refused."""
    return any(cells.get(name) is None for name in names)
