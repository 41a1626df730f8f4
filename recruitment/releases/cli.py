"""``recruitment releases``: make what is due, and look at what was told and what was held back."""

from __future__ import annotations

import json

import click

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.canonical import instant
from recruitment.core.money import to_text
from recruitment.organisations import queries as organisations
from recruitment.releases import queries, services
from recruitment.releases.errors import NothingKept, OrganisationNotParty, ReleaseUnknown
from recruitment.releases.rules import Calendar
from recruitment.releases.schemas import ReleaseMadeSchema, WorkingsSchema
from recruitment.web.terminal import open_database, table, told


@click.group()
def releases() -> None:
    """Tell agencies and employers what may be told, on fixed days, and see what was held back and why."""


@releases.command()
@click.option("--dry-run", is_flag=True, help="Work out what is due, print it, and keep nothing.")
@told
def make(dry_run: bool) -> None:
    """Make the releases that are due and not made yet. Nobody can have one earlier, and none is made twice."""
    database, total = open_database(), 0
    calendar = Calendar(database.settings.release_day, database.settings.recheck_rate)
    while True:
        try:
            with database.unit_of_work() as session:
                made = services.make_due(session, LOCAL_OPERATOR, calendar, at_most=1, dry_run=dry_run)
        except NothingKept as nothing:
            made = list(nothing.made)
        for each in made:
            click.echo(
                f"{each.period}: {each.organisations} organisations; {each.published} cells published, "
                f"{each.repeated} repeated, {each.withheld} withheld"
            )
        total += len(made)
        if dry_run or not made:
            break
    if not total:
        click.echo("No release is due.")
    elif dry_run:
        click.echo("Nothing was kept. This is the first release that is due.")


@releases.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a release, one a line.")
@told
def list_made(as_json: bool) -> None:
    """Show the releases that were made, the newest first."""
    with open_database().read_session() as session:
        found = services.list_releases(session, LOCAL_OPERATOR)
    if as_json:
        for each in found:
            click.echo(json.dumps(ReleaseMadeSchema().dump(each)))
        return
    rows = [
        (
            each.period,
            instant(each.due_at)[:10],
            instant(each.cut_off_at)[:10],
            instant(each.made_at)[:19],
            each.recheck_rate,
        )
        for each in found
    ]
    click.echo(table(("period", "due", "cut-off", "made (UTC)", "re-check rate"), rows))


@releases.command()
@click.argument("period")
@click.argument("organisation")
@told
def show(period: str, organisation: str) -> None:
    """Print what the release of PERIOD told the agency or employer with the code ORGANISATION, to the byte."""
    with open_database().read_session() as session:
        known = organisations.by_code(session, [organisation]).get(organisation)
        found = queries.artefact_of(session, known.id, period) if known else None
    if known is None:
        raise OrganisationNotParty(f"There is no agency or employer {organisation}.")
    if found is None:
        raise ReleaseUnknown(f"There is no release of {period} for {organisation}.")
    click.echo(found[0])


@releases.command()
@click.argument("period")
@click.option("--organisation", metavar="CODE", help="Only the cells of this agency or employer.")
@click.option("--json", "as_json", is_flag=True, help="Print the document of the API.")
@told
def workings(period: str, organisation: str | None, as_json: bool) -> None:
    """Show every cell of the release of PERIOD with exact counts, and why what was held back was held back."""
    with open_database().read_session() as session:
        found = services.workings(session, LOCAL_OPERATOR, period, organisation)
    if as_json:
        click.echo(json.dumps(WorkingsSchema().dump(found), ensure_ascii=False))
        return
    rows = [
        (
            cell.organisation, cell.kind.value, cell.fee_item or "", cell.state.value if cell.is_told else "not enough data",
            ("some" if cell.workers is None else cell.workers) if cell.is_told else "",
            to_text(cell.median_minor, cell.currency) if cell.median_minor is not None and cell.currency else "",
            cell.contributors, cell.new_contributors, cell.cohorts, " ".join(cell.reasons),
        )
        for cell in found.cells
    ]  # fmt: skip
    header = ("organisation", "finding", "item", "state", "told", "median", "workers", "new", "cohorts", "reasons")
    click.echo(table(header, rows, numbers=(5, 6, 7, 8)))
    for each in found.disclosures:
        click.echo(f"{each.reference} to {each.organisation}: {each.state.value} {each.reason or ''}".rstrip())
    click.echo(f"Lots of the re-checks: rate {found.release.recheck_rate}, seed {found.release.seed.hex()}.")
