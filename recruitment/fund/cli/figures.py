"""``recruitment fund balances|statement|ageing|time-to-money``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.money import to_text
from recruitment.fund import queries
from recruitment.fund.cli.acting import as_json
from recruitment.fund.exports.statement import draw, workbook
from recruitment.fund.forms.named import all_pots, operator_id
from recruitment.fund.schemas.answers import AgeSchema, FundStatementSchema, TimeToMoneySchema
from recruitment.fund.schemas.pots import BalanceSchema
from recruitment.fund.services.statements import fund_statement
from recruitment.web.terminal import open_database, table, told

if TYPE_CHECKING:
    from datetime import datetime

    from recruitment.fund.rules.reads import Spread

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("balances")
@click.option("--operator", metavar="CODE", help="Only the pots of this operator.")
@click.option("--json", "json_lines", is_flag=True, help="Print one JSON object a pot and currency, one a line.")
@told
def balances(operator: str | None, json_lines: bool) -> None:
    """Show what is in each pot now: at the bank, in transit, reserved, available."""
    with open_database().read_session() as session:
        found = queries.balances(session, all_pots(session, operator_id(session, operator)))
    if json_lines:
        for each in found:
            click.echo(as_json(BalanceSchema(), each))
        return
    rows = [
        (
            each.pot, each.name, each.currency,
            *(
                to_text(minor, each.currency)
                for minor in (each.bank_minor, each.in_transit_minor, each.reserved_minor, each.available_minor)
            ),
        )
        for each in found
    ]  # fmt: skip
    header = ("pot", "name", "", "bank", "in transit", "reserved", "available")
    click.echo(table(header, rows, numbers=(3, 4, 5, 6)))


@click.command("statement")
@click.option("--from", "first", type=_DAY, required=True, help="The first day.")
@click.option("--until", "last", type=_DAY, required=True, help="The last day, included.")
@click.option("--pot", help="Of one pot. Of all pots of the operator, unless it is said.")
@click.option("--operator", metavar="CODE", help="Of this operator.")
@click.option("--pdf", type=click.Path(path_type=Path, dir_okay=False), help="Write it into this file, as PDF.")
@click.option("--xlsx", type=click.Path(path_type=Path, dir_okay=False), help="Write it into this file, as a workbook.")
@click.option("--json", "json_lines", is_flag=True, help="Print it as JSON.")
@told
def statement(
    first: datetime, last: datetime, pot: str | None, operator: str | None, pdf: Path | None, xlsx: Path | None,
    json_lines: bool,
) -> None:  # fmt: skip
    """Show the statement of the fund: opening, in, out and closing by currency, tied to the books."""
    with open_database().read_session() as session:
        found = fund_statement(session, LOCAL_OPERATOR, first.date(), last.date(), pot=pot, operator=operator)
    now, name = clock.now(), LOCAL_OPERATOR.name
    if pdf is not None:
        pdf.write_bytes(draw(found, now, name))
    if xlsx is not None:
        xlsx.write_bytes(workbook(found, now, name))
    if json_lines:
        click.echo(as_json(FundStatementSchema(), found))
        return
    click.echo(f"{found.name} ({found.of}), {found.first} to {found.last}")
    for line in found.lines:
        rows = [
            ("opening", line.opening_minor), ("contributions", line.contributions_minor),
            ("recovered", line.recovered_minor), ("returned", line.returned_minor), ("other", line.other_minor),
            *((f"paid out: {purpose}", -minor) for purpose, minor in line.disbursed), ("closing", line.closing_minor),
            ("  at the bank", line.closing_bank_minor), ("  in transit", line.in_transit_minor),
            ("  reserved", line.reserved_minor), ("  available", line.available_minor),
        ]  # fmt: skip
        told_rows = [(what, to_text(minor, line.currency)) for what, minor in rows]
        click.echo(table((line.currency, ""), told_rows, numbers=(1,)))


@click.command("ageing")
@click.option("--operator", metavar="CODE", help="Of this operator.")
@click.option("--json", "json_lines", is_flag=True, help="Print one JSON object an age and currency, one a line.")
@told
def ageing(operator: str | None, json_lines: bool) -> None:
    """Show for how long what is not paid has been due."""
    with open_database().read_session() as session:
        found = queries.ageing(session, clock.today(), operator=operator_id(session, operator))
    if json_lines:
        for each in found:
            click.echo(as_json(AgeSchema(), each))
        return
    rows = [(each.bucket.value, each.dues, to_text(each.amount_minor, each.currency), each.currency) for each in found]
    click.echo(table(("due for", "dues", "amount", ""), rows, numbers=(1, 2)))


@click.command("time-to-money")
@click.option("--from", "first", type=_DAY, required=True, help="The first day.")
@click.option("--until", "last", type=_DAY, required=True, help="The last day, included.")
@click.option("--operator", metavar="CODE", help="Of this operator.")
@click.option("--json", "json_lines", is_flag=True, help="Print it as JSON.")
@told
def time_to_money(first: datetime, last: datetime, operator: str | None, json_lines: bool) -> None:
    """Show how many days it took from what was due to the money."""
    with open_database().read_session() as session:
        named = operator_id(session, operator)
        found = queries.time_to_money(session, first.date(), last.date(), operator=named)
    if json_lines:
        click.echo(json.dumps(TimeToMoneySchema().dump(found)))
        return
    click.echo(f"settled by the bank: {_spread(found.settled)}\nconfirmed by the worker: {_spread(found.confirmed)}")


def _spread(found: Spread | None) -> str:
    if found is None:
        return "nothing yet"
    return f"half within {found.median_days} days, nine of ten within {found.p90_days} (payments: {found.n})"
