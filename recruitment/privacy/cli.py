"""``recruitment privacy``: what a person may ask of us, and what is past its time."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import click

from recruitment.access.services import throttle, visits
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.database import outbox
from recruitment.privacy import rules, service
from recruitment.privacy.rules import ErasureReason
from recruitment.web.terminal import open_database, table, told


@click.group()
def privacy() -> None:
    """Give people a copy of what is kept of them, erase them, and keep nothing for longer than said."""


@privacy.command("copy")
@click.argument("reference")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write.")
@told
def copy_person(reference: str, out: Path) -> None:
    """Write everything that is kept of a person, as JSON, into a file that only you can read."""
    with open_database().unit_of_work() as session:
        document = service.copy(session, LOCAL_OPERATOR, reference)
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        try:
            descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise click.ClickException(f"The file {out} cannot be written: {error.strerror}.") from None
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    click.echo(f"The copy of {reference} is in {out}. Hand it over, and delete the file.")


@privacy.command("erase")
@click.argument("reference")
@click.option("--reason", type=click.Choice([reason.value for reason in ErasureReason]), required=True, help="Why.")
@click.option("--confirm", is_flag=True, help="Say that you mean it: there is no way back.")
@told
def erase_person(reference: str, reason: str, confirm: bool) -> None:
    """Erase a person: blank the record, delete the key. What was said about money stays, without the person."""
    with open_database().unit_of_work() as session:
        made = service.erase(session, LOCAL_OPERATOR, reference, ErasureReason(reason), confirmed=confirm)
    click.echo(
        f"{reference} was erased on {made.erased_on}. Backups of the key store hold the key until they are thrown away, "
        f"which must be by {made.backups_past_on}."
    )


@privacy.command()
@click.option("--apply", is_flag=True, help="Sweep what is past its time. People are only listed, whatever you say.")
@told
def retention(apply: bool) -> None:
    """Show how long anything is kept, and list the people of whom nothing was recorded for longer than that."""
    lines = [(line.what, f"{line.days} days", line.since, line.then.value) for line in rules.SCHEDULE]
    click.echo(table(("what", "is kept for", "after", "and then"), lines))
    with open_database().unit_of_work() as session:
        resting = service.past_their_time(session, LOCAL_OPERATOR)
        orphans = service.sweep_keys(session, LOCAL_OPERATOR, apply=apply)
        if apply:
            visits.forget_old(session, timedelta(days=rules.kept("sessions").days))
            throttle.forget_old(session)
            outbox.forget_done(session, before=rules.kept("outbox").cutoff(clock.now()))
    click.echo(f"\nKeys that belong to no person: {orphans}{', deleted' if apply and orphans else ''}.")
    click.echo("\n".join(["People to decide about:", *resting]) if resting else "No person is past their time.")
