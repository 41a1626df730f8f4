"""The worked example as one command: a database of its own, the files of ``examples/first-mile``, the main job, a table.

For somebody who sees First Mile for the first time, and for trying a change. It never touches a database that holds
imports already, but for bringing its comparisons up to date.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

import recruitment
from recruitment.app import upgrade_database
from recruitment.core.errors import NotFound
from recruitment.database.unit_of_work import Database
from recruitment.intake import queries as intake
from recruitment.intake.cli import run_import
from recruitment.intake.rules import HEARD_BY_SOMEBODY, FileKind, ImportRequest
from recruitment.organisations import queries as organisations
from recruitment.verification import queries as verification
from recruitment.verification.cli import refresh_all
from recruitment.web.terminal import table

if TYPE_CHECKING:
    from recruitment.core.settings import Settings

SENDER = "CSO-LEAD"
"""The organisation of the example that heard the workers."""

_ORDER = (
    FileKind.ORGANISATIONS, FileKind.RATES, FileKind.JOBSEEKERS, FileKind.DEMAND_LETTERS, FileKind.COMMITMENTS,
    FileKind.JOURNEYS, FileKind.STAGES, FileKind.DECLARATIONS, FileKind.REPORTS, FileKind.REPAYMENTS, FileKind.DEBTS,
    FileKind.COLLATERAL, FileKind.SUPPLY_CHAINS,
)  # fmt: skip


class ExampleMissing(NotFound):
    """The files of the worked example are not where they should be."""

    code = "demo.example_missing"


def example_folder() -> Path:
    """Return the folder of the worked example: beside the package in a checkout, inside it in a wheel."""
    package = Path(recruitment.__file__).parent
    for folder in (package / "_example", package.parent / "examples" / "first-mile"):
        if folder.is_dir():
            return folder
    raise ExampleMissing("The worked example did not travel with this installation.")


def files_of(folder: Path) -> list[tuple[Path, ImportRequest]]:
    """Return the files of an example folder with what each is, in the order in which they stand on each other."""
    found: list[tuple[Path, ImportRequest]] = []
    for kind in _ORDER:
        if kind is FileKind.DECLARATIONS:
            found.extend(
                (path, ImportRequest(kind, agency=path.stem.removeprefix("declarations-")))
                for path in sorted(folder.glob("declarations-*.csv"))
            )
            continue
        path = folder / f"{kind.value}.csv"
        if path.exists():
            found.append((path, ImportRequest(kind, by=SENDER if kind in HEARD_BY_SOMEBODY else None)))
    return found


def run(settings: Settings) -> None:
    """Make the database if there is none, import the example into an empty one, compare, and print what was found."""
    if upgrade_database(settings):
        click.echo(f"A key of its own was made for this demo: {settings.key_path}")
    database = Database(settings)
    try:
        with database.read_session() as session:
            kinds = intake.kinds_imported(session)
            begun = SENDER in organisations.by_code(session, [SENDER])
        if not kinds or (begun and _ORDER[-1] not in kinds):  # new, or broken off half-way
            for path, request in files_of(example_folder()):
                outcome = run_import(database, path, request)
                click.echo(f"imported {path.name}: {outcome.rows} rows")
        compared = refresh_all(database)
        click.echo(f"compared {compared} journeys" if compared else "no facts have changed since the last comparison")
        with database.read_session() as session:
            rows = verification.summaries(session)
            counts = verification.status_counts(session)
    finally:
        database.dispose()
    header = ("journey", "status", "worker bore", "repaid", "still due", "", "complete up to")
    click.echo("\n" + table(header, [row.cells() for row in rows], numbers=(2, 3, 4)))
    click.echo("\n" + table(("status", "journeys"), sorted(counts.items()), numbers=(1,)))
