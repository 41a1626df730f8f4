"""``recruitment verification``: compare the accounts, explain a comparison, reconcile it with the books."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from recruitment.audit.rules import Purpose
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.money import to_text
from recruitment.journeys.errors import JourneyUnknown
from recruitment.verification import queries, service
from recruitment.web.terminal import open_database, table, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recruitment.database.unit_of_work import Database
    from recruitment.verification.rules import ExplainedFinding, Statement


@click.group("verification")
def verification() -> None:
    """Compare what was declared, reported and promised."""


@verification.command()
@click.option("--journey", "reference", metavar="REF", help="Compare one journey.")
@click.option("--all", "everything", is_flag=True, help="Compare every journey.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a journey, one a line.")
@told
def compare(reference: str | None, everything: bool, as_json: bool) -> None:
    """Compare the three accounts of one journey or of all; only what changed is computed again."""
    if (reference is None) == (not everything):
        raise click.UsageError("Name a journey with --journey REF, or take all with --all.")
    references = [reference] if reference else None
    database = open_database()
    try:
        refresh_all(database, references)
        with database.read_session() as session:
            if as_json:
                write, found = sys.stdout.write, False
                for document in queries.documents(session, references):
                    found = True
                    write(document + "\n")
                sys.stdout.flush()
            else:
                rows = queries.summaries(session, references)
                found = bool(rows)
                click.echo(
                    table(
                        ("journey", "status", "worker bore", "repaid", "still due", "", "complete up to"),
                        [row.cells() for row in rows],
                        numbers=(2, 3, 4),
                    )
                )
            if reference and not found:
                raise JourneyUnknown(f"There is no journey {reference}.")
    finally:
        database.dispose()


def refresh_all(database: Database, references: Sequence[str] | None = None) -> int:
    """Bring comparisons up to date, a batch in a unit of work; return how many journeys were compared."""
    total = 0
    while True:
        with database.unit_of_work() as session:
            count = service.refresh(session, LOCAL_OPERATOR, references=references)
        if not count:
            return total
        total += count


@verification.command()
@click.argument("journey")
@click.option(
    "--purpose", type=click.Choice([purpose.value for purpose in Purpose]), default=Purpose.SUPPORT.value,
    show_default=True, help="Why: it is kept in the audit record.",
)  # fmt: skip
@told
def explain(journey: str, purpose: str) -> None:
    """Say in plain words why a journey has its status, with the reference of every statement behind it."""
    database = open_database()
    try:
        with database.unit_of_work() as session:
            explanation = service.explain(session, LOCAL_OPERATOR, journey, purpose=Purpose(purpose))
    finally:
        database.dispose()
    comparison = explanation.comparison
    click.echo(f"{comparison.journey}: {comparison.status}")
    for reason in explanation.reasons:
        click.echo(f"  {reason}")
    for item in comparison.items:
        declared = ", ".join(
            f"{payer} {to_text(amount, comparison.currency)}" for payer, amount in item.declared_minor.items()
        )
        reported = "nothing named" if item.reported_minor is None else to_text(item.reported_minor, comparison.currency)
        promised = item.commitment[0] if item.commitment else "nobody"
        click.echo(
            f"\n{item.fee_item} ({comparison.currency}): declared {declared or 'nothing'}; reported {reported}; "
            f"promised by {promised}; the worker bore {to_text(item.worker_borne_minor, comparison.currency)}"
        )
    for found in explanation.findings:
        click.echo(f"\n{found.finding.kind}: {found.sentence}")
        for statement in found.evidence:
            click.echo(f"  - {statement.reference}: {statement.text}")
    others = [statement for statement in explanation.statements if not _is_evidence(statement, explanation.findings)]
    if others:
        click.echo("\nAlso on record:")
        for statement in others:
            item_of = f" ({statement.fee_item})" if statement.fee_item else ""
            click.echo(f"  - {statement.reference}{item_of}: {statement.text}")


def _is_evidence(statement: Statement, findings: Sequence[ExplainedFinding]) -> bool:
    return any(statement in found.evidence for found in findings)


@verification.command()
@told
def reconcile() -> None:
    """Check that what was declared and reported is in the books, to the minor unit. Exit code 1 when it is not."""
    database = open_database()
    try:
        with database.read_session() as session:
            differences = service.reconcile(session, LOCAL_OPERATOR)
    finally:
        database.dispose()
    for difference in differences:
        click.echo(difference)
    if differences:
        sys.exit(1)
    click.echo("The books hold exactly what was declared, reported, repaid and owed.")
