"""``recruitment import``: files from the field."""

from __future__ import annotations

import json
import sys
from contextlib import closing, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.errors import RecruitmentError
from recruitment.intake.errors import NothingKept
from recruitment.intake.rules import HEARD_BY_SOMEBODY, FileKind, ImportRequest, Outcome
from recruitment.intake.service import import_file
from recruitment.sheets.errors import FileRefused
from recruitment.sheets.reading import open_sheet
from recruitment.web.terminal import open_database

if TYPE_CHECKING:
    from recruitment.database.unit_of_work import Database

_LONG_FILE = 2_000_000
_SHOWN_WARNINGS = 20


@click.command("import")
@click.argument("kind", type=click.Choice([kind.value for kind in FileKind]))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--agency", metavar="CODE", help="Whose declaration it is (declarations only).")
@click.option(
    "--by",
    metavar="CODE",
    help="Who heard, recorded or sent it (reports, repayments, debts, collateral, earnings, stages, name-lists).",
)
@click.option("--supersedes", metavar="DECLARATION", help="The declaration that this one takes the place of.")
@click.option("--dry-run", is_flag=True, help="Check everything, save nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome, or the problems, as JSON.")
def import_command(
    kind: str,
    file: Path,
    agency: str | None,
    by: str | None,
    supersedes: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import a CSV or XLSX file: all of it, or nothing when anything is wrong with it."""
    request = ImportRequest(FileKind(kind), agency, by, supersedes)
    database = open_database()
    try:
        outcome = run_import(database, file, request, dry_run=dry_run, show_progress=not as_json)
    except FileRefused as refusal:
        _print_problems(refusal, as_json=as_json)
        sys.exit(1)
    except RecruitmentError as error:
        if as_json:
            problem = {"line": None, "column": None, "code": error.code, "message": error.detail}
            click.echo(json.dumps({"errors": [problem]}, ensure_ascii=False))
        else:
            click.echo(f"Error: {error.detail}", err=True)
        sys.exit(1)
    finally:
        database.dispose()
    _print_outcome(outcome, dry_run=dry_run, as_json=as_json)


def run_import(
    database: Database, file: Path, request: ImportRequest, *, dry_run: bool = False, show_progress: bool = False
) -> Outcome:
    """Import one file in a unit of work of its own. Raises what ``import_file`` raises, but for ``NothingKept``."""
    sheet = open_sheet(file)
    bar: Any = nullcontext()
    if show_progress and sys.stderr.isatty() and file.stat().st_size > _LONG_FILE:
        bar = click.progressbar(length=sheet.size, label=f"Importing {file.name}", file=sys.stderr)
    try:
        with closing(sheet), bar as shown, database.unit_of_work() as session:
            seen = 0

            def progress(done: int) -> None:
                nonlocal seen
                if shown is not None:
                    shown.update(done - seen)
                seen = done

            return import_file(session, LOCAL_OPERATOR, sheet, request, dry_run=dry_run, progress=progress)
    except NothingKept as ended:
        return ended.outcome


def _print_problems(refusal: FileRefused, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"errors": [asdict(problem) for problem in refusal.problems]}, ensure_ascii=False))
        return
    for problem in refusal.problems:
        where = f"line {problem.line}" + (f", column {problem.column}" if problem.column else "")
        click.echo(f"{where}: {problem.message}", err=True)
    click.echo(refusal.detail + " Mend the file and import it again.", err=True)


def _print_outcome(outcome: Outcome, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        fields = {**asdict(outcome), "dry_run": dry_run}
        click.echo(json.dumps(fields, ensure_ascii=False))
        return
    for warning in outcome.warnings[:_SHOWN_WARNINGS]:
        click.echo(f"note, line {warning.line}: {warning.message}", err=True)
    if len(outcome.warnings) > _SHOWN_WARNINGS:
        click.echo(f"… and {len(outcome.warnings) - _SHOWN_WARNINGS} notes more (all of them with --json).", err=True)
    if not outcome.rows:
        click.echo(f"{outcome.kind}: the file has no rows; nothing was changed.")
        return
    if outcome.replayed:
        earlier = f"imported before as {outcome.reference}" if outcome.reference else "there already"
        click.echo(f"{outcome.kind}: all {outcome.rows} rows are {earlier}; nothing was changed.")
        if outcome.kind in HEARD_BY_SOMEBODY:
            click.echo("If somebody took a later word back, send that word with the day on which it was said again.")
        return
    counts = (
        f"{outcome.rows} rows: {outcome.added} new, {outcome.corrected} corrections, {outcome.skipped} there before"
    )
    if dry_run:
        click.echo(f"{outcome.kind}: {counts}. Nothing is wrong with the file; nothing was saved (dry run).")
    else:
        click.echo(f"{outcome.kind}: {counts}. Reference {outcome.reference}")
