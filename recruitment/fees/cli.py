"""``recruitment fees``: the reference data, with sources and confidence as they are."""

from __future__ import annotations

import click

from recruitment.core.actor import LOCAL_OPERATOR, Permission
from recruitment.fees import queries
from recruitment.web.terminal import open_database, table, told


@click.group("fees")
def fees() -> None:
    """Look at fee items and at the rules of corridors."""


@fees.command()
@told
def items() -> None:
    """Show every fee item with its two verdicts: the ILO's class, and who pays under the Employer Pays Principle."""
    LOCAL_OPERATOR.require(Permission.READ_REFERENCE_DATA)
    with open_database().read_session() as session:
        rows = [(item.code, item.label, item.ilo, item.epp, item.confidence) for item in queries.fee_items(session)]
    click.echo(table(("item", "what it is", "ILO", "Employer Pays", "confidence"), rows))


@fees.command()
@click.option("--corridor", metavar="CODE", help="Only rules of this corridor and of its destination, such as MM-TH.")
@told
def rules(corridor: str | None) -> None:
    """Show what is known of the law of each corridor. What is unknown is said to be unknown; it is not allowed by that."""
    LOCAL_OPERATOR.require(Permission.READ_REFERENCE_DATA)
    with open_database().read_session() as session:
        found = queries.corridor_rules(session, corridor)
    rows = [
        (
            rule.id, rule.scope, rule.kind, rule.status, rule.valid_from or "unknown", rule.valid_until or "unknown",
            rule.confidence, "yes" if rule.computable else f"no: {rule.why_not}",
        )
        for rule in found
    ]  # fmt: skip
    click.echo(table(("rule", "scope", "kind", "status", "from", "until", "confidence", "can be computed"), rows))
