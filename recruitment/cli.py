"""The command line: ``recruitment``, with the commands of every room gathered."""

from __future__ import annotations

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from recruitment import __version__, demo
from recruitment.app import upgrade_database
from recruitment.core.settings import Settings
from recruitment.fees.cli import fees
from recruitment.intake.cli import import_command
from recruitment.journeys.cli import journeys
from recruitment.ledger.cli import ledger
from recruitment.verification.cli import verification
from recruitment.web.terminal import told

SERVER_THREADS = 4
"""How many requests are answered at once."""


@click.group()
@click.version_option(__version__, prog_name="recruitment")
def cli() -> None:
    """First Mile: the system of record for honest recruitment."""


@cli.group()
def database() -> None:
    """Make and migrate the database."""


@database.command()
@told
def upgrade() -> None:
    """Make the database that DATABASE_URL names, or bring it up to date. Safe to repeat."""
    settings = Settings.from_environment()
    if upgrade_database(settings):
        click.echo(
            f"A new key file was made: {settings.key_path}\n"
            "It guards every personal field. Keep a copy of it in a safe place, apart from the database."
        )
    click.echo("The database is up to date.")


@cli.command("demo")
@told
def run_demo() -> None:
    """Show First Mile on the worked example, in a database of its own, and print what it found."""
    demo.run(Settings.from_environment())


@cli.command()
@told
def serve() -> None:
    """Serve the pages on 127.0.0.1 (PORT, 8000 by default) until stopped. There is no sign-in yet: this machine only."""
    settings = Settings.from_environment()
    click.echo(f"First Mile is at http://127.0.0.1:{settings.port}/ (stop it with Ctrl-C)")
    Granian(
        "recruitment.wsgi:app",
        address="127.0.0.1",
        port=settings.port,
        interface=Interfaces.WSGI,
        blocking_threads=SERVER_THREADS,
        log_level=LogLevels.warning,
    ).serve()


cli.add_command(fees)
cli.add_command(import_command)
cli.add_command(journeys)
cli.add_command(ledger)
cli.add_command(verification)


def main() -> None:
    """Run the command line."""
    cli()
