"""The command line: ``recruitment``, with the commands of every room gathered."""

from __future__ import annotations

import click

from recruitment import __version__
from recruitment.app import upgrade_database
from recruitment.core.settings import Settings
from recruitment.intake.cli import import_command
from recruitment.verification.cli import verification
from recruitment.web.terminal import told


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


cli.add_command(import_command)
cli.add_command(verification)


def main() -> None:
    """Run the command line."""
    cli()
