"""The fund's statement and figures: what is in the pots, how old what is due is, and how long money takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.fund import queries
from recruitment.fund.exports.statement import draw, file_name, workbook
from recruitment.fund.forms.named import all_pots, operator_id
from recruitment.fund.schemas.answers import (
    AgeingSchema,
    FundStatementSchema,
    OperatorArguments,
    PeriodArguments,
    StatementArguments,
    TimeToMoneySchema,
)
from recruitment.fund.schemas.pots import BalancesSchema
from recruitment.fund.services.statements import fund_statement
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session
from recruitment.web.gate import allow
from recruitment.web.reading import one_answer, reads

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from recruitment.fund.rules.statement import FundStatement

figures = ApiBlueprint("fund-figures", "The statement of the fund, its balances, and how long money takes.")

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILE: Any = {"schema": {"type": "string", "format": "binary"}, "success": True}


@reads(figures, "/fund-balances", Permission.READ_FUND, asks=OperatorArguments, answers=BalancesSchema)
def list_balances(asked: dict[str, Any]) -> ResponseReturnValue:
    """Read what is in each pot now, by currency: at the bank, in transit, reserved, available."""
    with read_session() as session:
        operator = operator_id(session, asked["operator"])
        found = queries.balances(session, all_pots(session, operator))
    return one_answer(BalancesSchema(), {"balances": found})


@reads(figures, "/fund-statement", Permission.READ_FUND, asks=StatementArguments, answers=FundStatementSchema)
def show_statement(asked: dict[str, Any]) -> ResponseReturnValue:
    """Read the statement of a pot or of a whole operator: opening, in, out and closing by currency.

    It ties to the books to the minor unit.
    """
    return one_answer(FundStatementSchema(), _statement(asked))


@figures.get("/fund-statement/paper")
@allow(Permission.READ_FUND)
@figures.arguments(StatementArguments, location="query", unknown="raise")
@figures.alt_response(200, content_type=PDF, description="The statement as PDF", **_FILE)
def draw_statement(asked: dict[str, Any]) -> ResponseReturnValue:
    """Get the statement on paper."""
    found = _statement(asked)
    return statement_file(found, draw(found, clock.now(), actor().name), "pdf")


@figures.get("/fund-statement/table")
@allow(Permission.READ_FUND)
@figures.arguments(StatementArguments, location="query", unknown="raise")
@figures.alt_response(200, content_type=XLSX, description="The statement as XLSX", **_FILE)
def tabulate_statement(asked: dict[str, Any]) -> ResponseReturnValue:
    """Get the statement as a workbook."""
    found = _statement(asked)
    return statement_file(found, workbook(found, clock.now(), actor().name), "xlsx")


def statement_file(found: FundStatement, content: bytes, extension: str) -> Response:
    """Answer with the file of a statement, by its name."""
    response = Response(content, mimetype=PDF if extension == "pdf" else XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(found, extension)}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@reads(figures, "/fund-ageing", Permission.READ_FUND, asks=OperatorArguments, answers=AgeingSchema)
def show_ageing(asked: dict[str, Any]) -> ResponseReturnValue:
    """Read for how long what is not paid has been due, by currency."""
    with read_session() as session:
        found = queries.ageing(session, clock.today(), operator=operator_id(session, asked["operator"]))
    return one_answer(AgeingSchema(), {"ageing": found})


@reads(figures, "/time-to-money", Permission.READ_FUND, asks=PeriodArguments, answers=TimeToMoneySchema)
def show_time_to_money(asked: dict[str, Any]) -> ResponseReturnValue:
    """Read how many days it took from what was due to the money: settled by the bank, confirmed by the worker."""
    with read_session() as session:
        operator = operator_id(session, asked["operator"])
        found = queries.time_to_money(session, asked["first"], asked["last"], operator=operator)
    return one_answer(TimeToMoneySchema(), found)


def _statement(asked: dict[str, Any]) -> FundStatement:
    with read_session() as session:
        return fund_statement(
            session, actor(), asked["first"], asked["last"], pot=asked["pot"], operator=asked["operator"]
        )
