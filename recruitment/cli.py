"""The command line: ``recruitment``, with the commands of every room gathered."""

from __future__ import annotations

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from recruitment import __version__, demo
from recruitment.access.cli import access
from recruitment.app import upgrade_database, why_nothing_can_be_signed
from recruitment.audit.cli import audit
from recruitment.cases.cli import cases
from recruitment.certificates.cli import certificates
from recruitment.core.settings import Settings
from recruitment.database import granting
from recruitment.fees.cli import fees
from recruitment.fund.cli import fund
from recruitment.intake.cli import import_command
from recruitment.interviews.cli import interviews
from recruitment.journeys.cli import journeys
from recruitment.ledger.cli import ledger
from recruitment.privacy.cli import privacy
from recruitment.releases.cli import releases
from recruitment.relief.cli import relief
from recruitment.reporting.cli import measures
from recruitment.verification.cli import verification
from recruitment.verification.cli.rules import rules
from recruitment.web.logs import FOR_GRANIAN
from recruitment.web.terminal import open_database, told
from recruitment.webhooks.cli import webhooks
from recruitment.work import work

SERVER_THREADS = 4
"""How many requests are answered at once, unless --threads says otherwise."""


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


@database.command("grant")
@click.argument("role")
@told
def grant_role(role: str) -> None:
    """Give the existing PostgreSQL role ROLE what the service needs, and no more. Repeat it after each upgrade."""
    granting.grant(open_database().engine, role)
    click.echo(f"{role} may serve this database; row-level security holds for it.")


@cli.command("demo")
@click.option("--code", metavar="NAME", help="Only print the code with which somebody of the demo signs in now.")
@told
def run_demo(code: str | None) -> None:
    """Show First Mile on the worked example, in a database of its own, and print what it found."""
    if code is not None:
        demo.show_code(Settings.from_environment(), code)
        return
    demo.run(Settings.from_environment())


@cli.command()
@click.option(
    "--threads",
    type=click.IntRange(1, 128),
    default=SERVER_THREADS,
    show_default=True,
    help="Requests answered at once.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 16),
    default=1,
    show_default=True,
    help="Processes that answer. The metrics of more than one tell only of whichever was asked.",
)
@told
def serve(threads: int, workers: int) -> None:
    """Serve on 127.0.0.1 (PORT, 8000 by default) until stopped; a proxy in front may serve others. Logs to stderr."""
    settings = Settings.from_environment()
    click.echo(f"First Mile is at http://127.0.0.1:{settings.port}/ (stop it with Ctrl-C)")
    opened = open_database()
    for warning in (granting.warning(opened.engine), why_nothing_can_be_signed(opened)):
        if warning:
            click.echo(f"Warning: {warning}", err=True)
    Granian(
        "recruitment.wsgi:app",
        address="127.0.0.1",
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        log_level=LogLevels.warning,
        log_dictconfig=FOR_GRANIAN,
        log_access=False,
    ).serve()


cli.add_command(audit)
cli.add_command(access)
cli.add_command(cases)
cli.add_command(certificates)
cli.add_command(fees)
cli.add_command(fund)
cli.add_command(rules)
cli.add_command(import_command)
cli.add_command(interviews)
cli.add_command(journeys)
cli.add_command(ledger)
cli.add_command(measures)
cli.add_command(privacy)
cli.add_command(releases)
cli.add_command(relief)
cli.add_command(verification)
cli.add_command(webhooks)
cli.add_command(work)


def main() -> None:
    """Run the command line."""
    cli()
