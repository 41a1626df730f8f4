"""``recruitment fund answer|answers|suspense|resolve|hand-over|not-handed-over``: what became of payments."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recruitment.banking.statements import ANSWER_BYTES_MAX
from recruitment.fund import queries
from recruitment.fund.cli.acting import acting, as_json, choice, every, in_own_name, money, note
from recruitment.fund.errors import AnswerNotTaken
from recruitment.fund.files import is_xml, take
from recruitment.fund.forms.named import the_answer
from recruitment.fund.rules.kinds import AnswerOutcome, DonorClass, SuspenseEnd
from recruitment.fund.rules.words import NEXT_STEPS
from recruitment.fund.schemas.answers import AnswerReadSchema, AnswerSchema, LineSchema
from recruitment.fund.services import by_hand
from recruitment.fund.services import suspense as explaining
from recruitment.fund.services.by_hand import NewHandover
from recruitment.fund.services.suspense import Resolution
from recruitment.sheets.errors import FileRefused
from recruitment.web.terminal import open_database, told

if TYPE_CHECKING:
    from datetime import datetime

    from recruitment.fund.rules.reads import AnswerRead, LineRead

_LONG_FILE = 2_000_000


@click.command("answer")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--pot", help="Of a CSV or XLSX file: the pot whose account the bank answers about.")
@click.option("--operator", metavar="CODE", help="Whose bank answers. Your own operator, unless it is said.")
@click.option("--json", "json_lines", is_flag=True, help="Print what was read, or the problems, as JSON.")
@in_own_name
@told
def answer(
    file: Path, pot: str | None, operator: str | None, json_lines: bool, login: str | None, code: str | None
) -> None:
    """Read FILE, what a bank answered: camt.053 in XML, or a table as CSV or XLSX. All of it is taken, or nothing."""
    content = _content(file)
    who = acting(login, code)
    bar: Any = nullcontext()
    if len(content) > _LONG_FILE and not json_lines and sys.stderr.isatty():
        if is_xml(content):
            note(f"Reading {file.name} …")
        else:
            bar = click.progressbar(length=len(content), label=f"Reading {file.name}", file=sys.stderr)
    try:
        with bar as shown, who.unit_of_work() as session:
            done = 0

            def progress(read: int) -> None:
                nonlocal done
                if shown is not None:
                    shown.update(read - done)
                done = read

            found = take(session, who.actor, content, pot=pot, operator=operator, progress=progress)
    except FileRefused as refused:
        _tell_problems(refused, json_lines=json_lines)
        sys.exit(1)
    for each in found:
        click.echo(as_json(AnswerReadSchema(), each) if json_lines else _answer(each, just_read=True))


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(ANSWER_BYTES_MAX + 1)
    except OSError as error:
        raise AnswerNotTaken(f"{file} cannot be opened: {error.strerror}.") from None
    if len(content) > ANSWER_BYTES_MAX:
        raise AnswerNotTaken(
            f"{file} is larger than {ANSWER_BYTES_MAX >> 20} megabytes. Ask the bank for it day by day."
        )
    return content


def _tell_problems(refused: FileRefused, *, json_lines: bool) -> None:
    if json_lines:
        problems = [
            {"line": each.line, "column": each.column, "code": each.code, "message": each.message}
            for each in refused.problems
        ]
        click.echo(json.dumps({"errors": problems}, ensure_ascii=False))
        return
    for each in refused.problems:
        click.echo(f"line {each.line}{f', column {each.column}' if each.column else ''}: {each.message}", err=True)
    click.echo(f"Error: {refused.detail} Mend the file and send it again.", err=True)


@click.command("answers")
@click.argument("reference", required=False)
@click.option("--outcome", type=choice(AnswerOutcome), help="Only lines with this outcome.")
@click.option("--json", "json_lines", is_flag=True, help="Print one JSON object a line.")
@told
def answers(reference: str | None, outcome: str | None, json_lines: bool) -> None:
    """List the answers of banks; or the lines of the answer REFERENCE, each with its next step."""
    with open_database().read_session() as session:
        if reference is None:
            for each in every(
                lambda after, n: queries.answers_page(session, after=after, limit=n), lambda row: row.reference
            ):
                click.echo(as_json(AnswerSchema(), each) if json_lines else _answer(each))
            return
        the_answer(session, reference)
        wanted = AnswerOutcome(outcome) if outcome else None
        for line in every(
            lambda after, n: queries.lines_of(session, reference, outcome=wanted, after=after, limit=n),
            lambda row: row.number,
        ):
            click.echo(as_json(LineSchema(), line) if json_lines else _line(line))


@click.command("suspense")
@click.option("--json", "json_lines", is_flag=True, help="Print one JSON object a line.")
@told
def suspense(json_lines: bool) -> None:
    """List the lines of banks that nobody could match yet, each with its next step."""
    count = 0
    with open_database().read_session() as session:
        for each in every(lambda after, n: queries.suspense_page(session, after=after, limit=n), lambda row: row.line):
            click.echo(as_json(LineSchema(), each) if json_lines else _line(each))
            count += 1
    if not json_lines:
        click.echo(f"{count} {'line waits' if count == 1 else 'lines wait'} for an explanation.")


@click.command("resolve")
@click.argument("line")
@click.argument("ended_as", type=choice(SuspenseEnd))
@click.option("--pot", help="A receipt: the pot that it is for.")
@click.option("--donor", type=choice(DonorClass), help="A receipt: who gave it.")
@click.option("--contributor", metavar="CODE", help="A receipt: the organisation that gave it.")
@click.option("--payment", help="A payment: the one that the line is about.")
@click.option(
    "--against", metavar="LINE", help="Given back, or a mistake: the open line of the same money the other way."
)
@in_own_name
@told
def resolve(
    line: str, ended_as: str, pot: str | None, donor: str | None, contributor: str | None, payment: str | None,
    against: str | None, login: str | None, code: str | None,
) -> None:  # fmt: skip
    """Explain LINE, which is in suspense, as ENDED_AS."""
    who = acting(login, code)
    resolution = Resolution(
        ended_as=SuspenseEnd(ended_as), pot=pot, donor_class=DonorClass(donor) if donor else None,
        contributor=contributor, payment=payment, against=against,
    )  # fmt: skip
    with who.unit_of_work() as session:
        explaining.resolve_suspense(session, who.actor, line, resolution)
    click.echo(f"{line} is explained: {ended_as}.")


@click.command("hand-over")
@click.argument("payment")
@click.option("--on", "paid_on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day it was done.")
@click.option("--first-witness", prompt="First witness", help="A name. Asked for, unless it is said.")
@click.option("--second-witness", prompt="Second witness", help="A name. Asked for, unless it is said.")
@in_own_name
@told
def hand_over(
    payment: str, paid_on: datetime, first_witness: str, second_witness: str, login: str | None, code: str | None
) -> None:
    """Record that the cash of PAYMENT was handed over, before two witnesses."""
    who = acting(login, code)
    new = NewHandover(paid_on=paid_on.date(), first_witness=first_witness, second_witness=second_witness)
    with who.unit_of_work() as session:
        found = by_hand.settle_by_hand(session, who.actor, payment, new)
    click.echo(f"{found.reference} {found.state.value}")


@click.command("not-handed-over")
@click.argument("payment")
@click.argument("reason")
@click.option("--on", "failed_on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day it was done.")
@in_own_name
@told
def not_handed_over(payment: str, reason: str, failed_on: datetime, login: str | None, code: str | None) -> None:
    """Record that the cash of PAYMENT was not handed over, for a REASON in one word such as not_reached."""
    who = acting(login, code)
    with who.unit_of_work() as session:
        found = by_hand.fail_by_hand(session, who.actor, payment, failed_on.date(), reason)
    click.echo(f"{found.reference} {found.state.value}")


def _answer(found: AnswerRead, *, just_read: bool = False) -> str:
    counts = ", ".join(f"{count} {outcome.value}" for outcome, count in found.outcomes.items() if count)
    more = f" {found.known_before} known before, {found.left_aside} left aside." if just_read else ""
    return (
        f"{found.reference}  {found.kind}  {found.bank_account}  {found.lines} lines: {counts or 'nothing new'}.{more}"
    )


def _line(found: LineRead) -> str:
    about = f"  {found.payment}" if found.payment else ""
    why = f" ({found.detail.value})" if found.detail else ""
    head = f"{found.line}  {found.direction}  {money(found.amount_minor, found.currency)}  {found.booked_on}{about}"
    return f"{head}  {found.outcome.value}{why}\n    {NEXT_STEPS[found.next_step]}"
