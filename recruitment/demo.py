"""The worked example as one command: a database of its own, the files of ``examples/first-mile``, the main job, a table.

For somebody who sees First Mile for the first time, and for trying a change. It never touches a database that holds
imports already, but for bringing its comparisons up to date.

A database that the demo filled has invented people too, one of each kind, so that the pages can be seen with their eyes.
There is no default password: each run sets a new one, prints it, and ends what was signed in. Who needs a second factor
has one; ``recruitment demo --code NAME`` shows its code, so that nobody needs an app on a telephone to look around.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import click

import recruitment
from recruitment import demo_relief
from recruitment.access import queries as access
from recruitment.access.rules.people import normal_login
from recruitment.access.rules.policy import POLICY
from recruitment.access.services import people, second_factor
from recruitment.app import upgrade_database
from recruitment.cases import queries as case_queries
from recruitment.cases import services as cases
from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.core.errors import NotFound
from recruitment.database.unit_of_work import Database
from recruitment.intake import queries as intake
from recruitment.intake.cli import run_import
from recruitment.intake.rules import HEARD_BY_SOMEBODY, FileKind, ImportRequest
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.verification import queries as verification
from recruitment.verification.cli import refresh_all
from recruitment.web.terminal import table

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.settings import Settings

SENDER = "CSO-LEAD"
"""The organisation of the example that heard the workers."""

CASELOAD = "CSO-NP"
"""The CSO whose people the supervisor sees; the journey that the README follows is one of theirs."""

ACCOUNTS = (
    ("supervisor", Role.CSO_SUPERVISOR, CASELOAD, "journeys and people of one CSO"),
    ("fieldworker", Role.CSO_FIELDWORKER, CASELOAD, "the people registered by one fieldworker; nobody yet"),
    ("caseworker", Role.CASE_WORKER, SENDER, "every journey, with what workers said; works on cases"),
    ("colleague", Role.CASE_WORKER, SENDER, "the same: the second person who confirms a decision"),
    ("agency", Role.AGENCY_OFFICER, OrganisationKind.AGENCY, "own declarations; nothing that a worker said"),
    ("employer", Role.EMPLOYER_OFFICER, OrganisationKind.EMPLOYER, "own demand letters and promises"),
    ("preparer", Role.FUND_PREPARER, demo_relief.OPERATOR, "an invented fund: drafts and locks payment plans"),
    ("approver", Role.FUND_APPROVER, demo_relief.OPERATOR, "the same fund: approves what another locked"),
    ("releaser", Role.FUND_RELEASER, demo_relief.OPERATOR, "the same fund: releases what both have seen"),
    ("auditor", Role.AUDITOR, None, "books, comparisons and the audit record; no persons"),
    ("operator", Role.OPERATOR, None, "who may sign in; no persons"),
)
"""The invented people: the beginning of the name, the role, the organisation (its code, or the first of a kind)."""

_AT = "@demo.example"

_ORDER = (
    FileKind.ORGANISATIONS, FileKind.RATES, FileKind.JOBSEEKERS, FileKind.DEMAND_LETTERS, FileKind.COMMITMENTS,
    FileKind.JOURNEYS, FileKind.STAGES, FileKind.DECLARATIONS, FileKind.REPORTS, FileKind.REPAYMENTS, FileKind.DEBTS,
    FileKind.COLLATERAL, FileKind.EARNINGS, FileKind.SUPPLY_CHAINS,
)  # fmt: skip


class NoDemoAccount(NotFound):
    """The code of somebody was asked for who is not one of the demo."""

    code = "demo.no_account"


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
        is_ours = not kinds or (begun and _ORDER[-1] not in kinds)  # new, or broken off half-way
        if is_ours:
            for path, request in files_of(example_folder()):
                outcome = run_import(database, path, request)
                click.echo(f"imported {path.name}: {outcome.rows} rows")
        compared = refresh_all(database)
        click.echo(f"compared {compared} journeys" if compared else "no facts have changed since the last comparison")
        opened = _open_cases(database)
        click.echo(f"{opened} cases are open: recruitment cases list shows them")
        with database.read_session() as session:
            rows = verification.summaries(session)
            counts = verification.status_counts(session)
        accounts = _set_up_people(database, is_new=is_ours)
    finally:
        database.dispose()
    header = ("journey", "status", "worker bore", "repaid", "still due", "", "complete up to")
    click.echo("\n" + table(header, [row.cells() for row in rows], numbers=(2, 3, 4)))
    click.echo("\n" + table(("status", "journeys"), sorted(counts.items()), numbers=(1,)))
    if accounts is not None:
        password, lines = accounts
        click.echo("\n" + table(("sign in as", "role", "code", "sees"), lines))
        click.echo(f"\nThe password of all of them, until the next demo: {password}")
        click.echo("Where a code is asked for, in a second terminal: recruitment demo --code caseworker")


def show_code(settings: Settings, name: str) -> None:
    """Print the code of the second factor of somebody of the demo. Raises ``NoDemoAccount`` for anybody else."""
    login = normal_login(name if "@" in name else f"{name}{_AT}")
    database = Database(settings)
    try:
        with database.unit_of_work() as session:
            if login not in _logins() or not _is_demo(session):
                raise NoDemoAccount(f"{name} is nobody of the demo. Its people are: {', '.join(sorted(_logins()))}.")
            code = second_factor.code_now(session, login)
    finally:
        database.dispose()
    click.echo(code)


def _open_cases(database: Database) -> int:
    """Open a case about whatever was found that somebody has to act on; return how many are open."""
    database.until_nothing_is_left(lambda session: cases.open_from_findings(session, LOCAL_OPERATOR))
    with database.read_session() as session:
        return case_queries.how_many_open(session)


def _logins() -> frozenset[str]:
    return frozenset(f"{name}{_AT}" for name, *_ in ACCOUNTS)


def _is_demo(session: Session) -> bool:
    """Say whether the demo filled this database: nobody else invites people of these names."""
    return access.person_by_login(session, f"{ACCOUNTS[0][0]}{_AT}") is not None


def _set_up_people(database: Database, *, is_new: bool) -> tuple[str, list[tuple[str, str, str, str]]] | None:
    """Invite the people of the demo, or give those that are there a new password. Return it, and who they are.

    None, and nothing done, in a database that somebody else filled, and where a public name leads to it.
    """
    password = secrets.token_urlsafe(12)
    lines = []
    with database.unit_of_work() as session:
        if database.settings.public_url or not (is_new or _is_demo(session)):
            return None
        demo_relief.enter_operator(session)
        for name, role, where, sees in ACCOUNTS:
            person = access.person_by_login(session, f"{name}{_AT}")
            if person is None:
                person, _ = people.invite(
                    session, LOCAL_OPERATOR, login=f"{name}{_AT}", role=role, organisation=_organisation(session, where)
                )
            people.set_password_at_the_machine(session, LOCAL_OPERATOR, person, password)
            if person.must_enrol:
                second_factor.enrol_at_the_machine(session, person)
            lines.append((person.login, role.value, "yes" if POLICY[role].second_factor else "no", sees))
            if role is Role.FUND_PREPARER:
                demo_relief.tell(session, person)
    return password, lines


def _organisation(session: Session, where: str | OrganisationKind | None) -> UUID | None:
    if where is None:
        return None
    if isinstance(where, OrganisationKind):
        return organisations.of_kind(session, where)[0].id
    return organisations.by_code(session, [where])[where].id
