"""``recruitment audit``: seal the audit record, look for what is wrong with it, and read it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from recruitment.audit import queries, services
from recruitment.audit.rules import EventFilter
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.canonical import instant
from recruitment.database.unit_of_work import WriteConflict
from recruitment.web.terminal import open_database, table, told

if TYPE_CHECKING:
    from uuid import UUID

_FAULTS_SHOWN = 50


class _Head(click.ParamType[tuple[int, bytes]]):
    name = "head"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, bytes]:
        number, _, head = str(value).partition(":")
        try:
            found = int(number), bytes.fromhex(head)
        except ValueError:
            found = 0, b""
        if found[0] < 1 or len(found[1]) != 32:
            self.fail(f"{value!r} is not a head. Write it as 'audit seal' printed it: 3:9f86d0…", param, ctx)
        return found


@click.group("audit")
def audit() -> None:
    """Seal, verify and read the record of who did what."""


@audit.command()
@told
def seal() -> None:
    """Seal every event that is not yet sealed, 2,000 at a time, with the seal key of the books."""
    database = open_database()
    count = 0
    while True:
        try:
            with database.unit_of_work() as session:
                made = services.seal(session, LOCAL_OPERATOR, database.settings.seal_key_path)
        except WriteConflict:
            continue  # another sealer made this number; what it left is ours
        if made is None:
            break
        count += made.leaves
        click.echo(f"seal {made.number}: {made.leaves} events, head {made.number}:{made.head.hex()}")
    click.echo(f"Sealed {count} events." if count else "Everything is sealed already.")


@audit.command()
@click.option(
    "--head", "heads", type=_Head(), multiple=True, metavar="NUMBER:HEAD",
    help="A head that was noted outside when the seal was made; may be given more than once.",
)  # fmt: skip
@told
def verify(heads: tuple[tuple[int, bytes], ...]) -> None:
    """Look for what is wrong with the audit record. Exit code 1 when anything is; every fault is a sentence."""
    database = open_database()
    count = 0
    with database.read_session() as session:
        for fault in services.verify(session, LOCAL_OPERATOR, database.settings.seal_key_path, heads=dict(heads)):
            count += 1
            if count <= _FAULTS_SHOWN:
                click.echo(fault)
        unsealed = services.unsealed_count(session, LOCAL_OPERATOR)
    if unsealed:
        click.echo(f"Not sealed yet: {unsealed} events. Run: recruitment audit seal")
    if count:
        click.echo(f"{count} faults.", err=True)
        sys.exit(1)
    click.echo("The audit record is what was recorded and sealed.")


@audit.command("list")
@click.option("--subject", nargs=2, metavar="KIND ID", help="Only what was done with this, such as: journey 0195…")
@click.option("--actor", "actor_id", type=click.UUID, metavar="ID", help="Only what this person did.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="At most so many.")
@told
def list_events(subject: tuple[str, str] | None, actor_id: UUID | None, limit: int) -> None:
    """Show the newest events: who did what with what, and why."""
    kind, key = subject or (None, None)
    with open_database().read_session() as session:
        found = queries.events_of(session, LOCAL_OPERATOR, EventFilter(kind, key, None, actor_id), limit=limit)
    rows = [
        (
            instant(event.occurred_at)[:19], event.action, f"{event.subject_kind} {event.subject_id}",
            event.actor_role or "house", str(event.actor_id), event.purpose or "",
            ", ".join(f"{name}={value}" for name, value in sorted(event.facts.items())),
        )
        for event in found
    ]  # fmt: skip
    click.echo(table(("at (UTC)", "action", "subject", "role", "actor", "purpose", "facts"), rows))
