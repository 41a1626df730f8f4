"""``recruitment journeys``: what the terminal shows of a journey."""

from __future__ import annotations

import click

from recruitment.core.actor import LOCAL_OPERATOR, Permission
from recruitment.journeys import queries
from recruitment.journeys.errors import JourneyUnknown
from recruitment.web.terminal import open_database, table, told


@click.group("journeys")
def journeys() -> None:
    """Look at journeys."""


@journeys.command()
@click.argument("reference")
@told
def book(reference: str) -> None:
    """Print the id of the book of a journey, for ``recruitment ledger``."""
    LOCAL_OPERATOR.require(Permission.READ_LEDGER)
    with open_database().read_session() as session:
        found = queries.by_reference(session, [reference]).get(reference)
    if found is None:
        raise JourneyUnknown(f"There is no journey {reference}.")
    click.echo(str(found.book_id))


@journeys.command()
@click.argument("reference")
@told
def stages(reference: str) -> None:
    """Show the stages that a journey reached."""
    LOCAL_OPERATOR.require(Permission.READ_REFERENCE_DATA)
    with open_database().read_session() as session:
        found = queries.by_reference(session, [reference]).get(reference)
        if found is None:
            raise JourneyUnknown(f"There is no journey {reference}.")
        reached = queries.stages_of(session, [found.id])[found.id]
    click.echo(table(("day", "stage", "outcome"), [(str(s.occurred_on), s.stage, s.outcome) for s in reached]))
