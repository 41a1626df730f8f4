"""``recruitment measures``: what recruitment cost the workers of a corridor, in months of earnings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.corridors import Corridor
from recruitment.core.dates import parse_day
from recruitment.reporting.rules.measures import (
    BASIS_WORDS,
    Basis,
    Grouping,
    MeasureAsked,
    Statistic,
    told_months,
)
from recruitment.reporting.schemas import measures_document
from recruitment.reporting.service import measures_of
from recruitment.verification.service import refresh
from recruitment.web.terminal import open_database, table, told

if TYPE_CHECKING:
    from recruitment.reporting.rules.measures import Figure

_HEADER = ("", "workers, about", *(statistic.value.replace("_", " ") for statistic in Statistic), "repaid")


@click.command("measures")
@click.option("--corridor", required=True, metavar="CODE", help="The corridor, such as MM-TH.")
@click.option(
    "--by", type=click.Choice([each.value for each in Grouping]), default=Grouping.CORRIDOR.value, show_default=True,
    help="Tell cohorts apart: cohort is by demand letter, agency by agency and half-year of the start.",
)  # fmt: skip
@click.option(
    "--basis", type=click.Choice([each.value for each in Basis]), default=Basis.STATED.value, show_default=True,
    help="Divide by what workers say to have earned (SDG 10.7.1), or by the wage that was promised.",
)  # fmt: skip
@click.option("--as-of", "day", metavar="DATE", help="The last day of the three years of starts; today by itself.")
@click.option("--json", "as_json", is_flag=True, help="Print the document of the API.")
@told
def measures(corridor: str, by: str, basis: str, day: str | None, as_json: bool) -> None:
    """Show how many months of earnings recruitment cost the workers of a corridor (SDG indicator 10.7.1)."""
    as_of = parse_day(day) if day else clock.today()
    asked = MeasureAsked(Corridor.parse(corridor), Basis(basis), Grouping(by), as_of)
    database = open_database()
    more = True
    while more:
        with database.unit_of_work() as session:
            more = bool(refresh(session, LOCAL_OPERATOR))
    with database.read_session() as session:
        found = measures_of(session, LOCAL_OPERATOR, asked)
    if as_json:
        click.echo(json.dumps(measures_document(found), ensure_ascii=False))
        return
    click.echo(f"{BASIS_WORDS[asked.basis]}. {corridor}, starts of three years up to {as_of}, in months.\n")
    rows = [_row("all", found.sdg.total)]
    if asked.grouping is not Grouping.CORRIDOR:
        rows += [_row(name, figure) for name, figure in found.sdg.groups.items()]
    rows.append(_row("regularised, apart", found.regularised))
    click.echo(table(_HEADER, rows, numbers=range(1, len(_HEADER))))


def _row(name: str, figure: Figure) -> tuple[str, ...]:
    if figure.months is None or figure.repaid is None:
        return (name, "not enough data", *[""] * (len(_HEADER) - 2))
    numbers = (figure.months.get(statistic) for statistic in Statistic)
    return (
        name,
        str(figure.workers),
        *("" if each is None else told_months(each) for each in numbers),
        told_months(figure.repaid),
    )
