"""Commands about cases: nominating, listing, showing, moving them, and what their workers say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from recruitment.audit.rules import Purpose
from recruitment.core import clock
from recruitment.fees.rules import StatementChannel
from recruitment.relief import queries
from recruitment.relief.cli.group import (
    as_json,
    choice,
    day,
    do,
    every,
    given,
    money,
    named,
    purpose_option,
    relief,
    tell_json,
)
from recruitment.relief.exports.handed import receipt_for
from recruitment.relief.forms import MOVES, move_named
from recruitment.relief.queries import listed
from recruitment.relief.rules.kinds import Answer, AskedForPart, MoveReason
from recruitment.relief.rules.machine import CaseState
from recruitment.relief.schemas import sent
from recruitment.relief.schemas.documents import told_case
from recruitment.relief.schemas.told import QuestionSchema, ReliefCaseSchema
from recruitment.relief.services import confirming, nominating, reading
from recruitment.relief.services.nominating import NewNomination
from recruitment.web.terminal import open_database, table, told

if TYPE_CHECKING:
    from recruitment.relief.queries import CaseRead
    from recruitment.relief.services.reading import WholeCase

_CASE_HEADER = ("case", "state", "since", "days", "journey", "operator", "crew")


@relief.command()
@click.argument("journeys", nargs=-1, required=True)
@click.option("--operator", metavar="CODE", required=True, help="The fund operator that is to look at it.")
@click.option("--crew", metavar="NAME", help="The vessel or group that they are nominated with.")
@told
def nominate(journeys: tuple[str, ...], operator: str, crew: str | None) -> None:
    """Nominate the people of JOURNEYS: all of them, or none."""
    made = do(nominating.nominate, [NewNomination(journey, operator, crew) for journey in journeys])
    for journey, reference in zip(journeys, made, strict=True):
        click.echo(f"{journey}: {reference}")


@relief.command("list")
@click.option("--state", type=choice(CaseState), help="Only cases that stand there.")
@click.option("--crew", metavar="NAME", help="Only cases of this crew.")
@click.option("--operator", metavar="CODE", help="Only cases of this fund operator.")
@click.option("--journey", metavar="REF", help="Only cases about this journey.")
@as_json
@told
def list_cases(state: str | None, crew: str | None, operator: str | None, journey: str | None, as_json: bool) -> None:
    """List relief cases, with since when each stands where it does."""
    rows: list[CaseRead] = every(
        queries.case_page, lambda row: row.reference,
        state=CaseState(state) if state else None, crew=crew, operator=operator, journey=journey,
    )  # fmt: skip
    if as_json:
        tell_json(ReliefCaseSchema().dump(row) for row in rows)
        return
    with open_database().read_session() as session:
        since = listed.since(session, [row.id for row in rows])
    today = clock.today()
    click.echo(table(
        _CASE_HEADER,
        [
            (row.reference, row.state.value, since[row.id], (today - since[row.id]).days, row.journey, row.operator,
             row.crew or "")
            for row in rows
        ],
        numbers=(3,),
    ))  # fmt: skip
    click.echo(f"{len(rows)} {'case' if len(rows) == 1 else 'cases'}.")


@relief.command("show")
@click.argument("reference")
@day("--as-of", "The day as of which debts are computed; today, unless it is said", required=False)
@purpose_option
@as_json
@told
def show_case(reference: str, as_of: str | None, purpose: str, as_json: bool) -> None:
    """Show a case: what happened, its debts, what is owed and agreed, and what the worker says. That is recorded."""
    on = given(sent.DepartureSchema, left_on=as_of)["left_on"] if as_of else clock.today()
    found: WholeCase = do(reading.read, reference, as_of=on, purpose=Purpose(purpose))
    if as_json:
        tell_json([told_case(found)])
        return
    case = found.case
    click.echo(f"{case.reference}  {case.state.value}  {case.journey}  {case.operator}  {case.crew or ''}".rstrip())
    _print("", ("", "day", "event", "state", "reason"), [
        (each.number, each.occurred_on, each.event or "", each.to_state, each.reason or "") for each in found.events
    ])  # fmt: skip
    _print("Debts", ("debt", "creditor", "taken on", "principal", "stands", "linked", ""), [
        (
            each.reference, each.creditor, each.taken_on, money(each.principal_minor, each.currency),
            money(each.standing.outstanding_minor, each.currency), money(each.standing.linked_minor, each.currency),
            "look again" if each.is_flagged else "",
        )
        for each in found.debts if each.is_current
    ])  # fmt: skip
    _print("Owed", ("entitlement", "as of", "owed", "repaid", "due"), [
        (
            each.reference, each.as_of, money(of.owed_minor, of.currency), money(of.repaid_minor, of.currency),
            money(of.due_minor, of.currency),
        )
        for each in found.entitlements for of in each.amounts
    ])  # fmt: skip
    _print("Agreed", ("agreement", "instrument", "payer", "part", "amount", "due on", "payment"), [
        (
            each.reference, each.instrument.value, each.payer, part.number, money(part.amount_minor, each.currency),
            part.due_on, part.ended or (part.payment_state.value if part.payment_state else "none yet"),
        )
        for each in found.agreements if not each.is_superseded for part in each.instalments
    ])  # fmt: skip
    _print("What the worker says", ("of", "answer", "asked for part", "channel", "on", "counts"), [
        (
            each.thing, each.answer, each.asked_for_part, each.channel, each.stated_on,
            "yes" if each.is_independent else "no",
        )
        for each in found.confirmations
    ])  # fmt: skip
    if found.questions:
        click.echo(f"The worker is still to be asked about {', '.join(each.thing for each in found.questions)}.")


def _print(title: str, header: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    if rows:
        click.echo(f"\n{title}".rstrip() if title else "")
        click.echo(table(header, rows))


@relief.command()
@click.argument("reference")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file to write.")
@click.option("--language", default="en", show_default=True, help="Beside English: a language such as my.")
@click.option("--thing", metavar="REF", help="Only this payment, outside payment or signed agreement.")
@purpose_option
@told
def receipt(reference: str, out: Path, language: str, thing: str | None, purpose: str) -> None:
    """Write the receipt for the worker of the case REFERENCE as a PDF. That is recorded."""
    paper: bytes = do(receipt_for, reference, language=language, purpose=Purpose(purpose), thing=thing)
    out.write_bytes(paper)
    click.echo(f"{out} is written.")


@relief.command()
@click.argument("reference")
@click.argument("move", type=click.Choice(MOVES))
@click.option("--reason", type=choice(MoveReason), help="Why it is disputed or reopened.")
@told
def move(reference: str, move: str, reason: str | None) -> None:
    """Move the case REFERENCE. What the bank and the worker say moves it by itself."""
    read = given(sent.MoveSchema, move=move, reason=reason)
    moved: CaseRead = do(move_named(read["move"], read["reason"]), reference)
    click.echo(f"{moved.reference} is {moved.state.value}.")


@relief.command()
@click.argument("reference")
@told
def verify(reference: str) -> None:
    """Record that the debts of the case REFERENCE were looked at, and stand as the register says."""
    moved: CaseRead = do(move_named("verify", None), reference)
    click.echo(f"{moved.reference} is {moved.state.value}.")


@relief.command()
@as_json
@told
def questions(as_json: bool) -> None:
    """List what workers are still to be asked about."""
    rows = every(queries.questions, lambda row: f"{row.case}/{row.thing}")
    if as_json:
        tell_json(QuestionSchema().dump(row) for row in rows)
        return
    click.echo(table(
        ("case", "crew", "about", "kind", "amount", "on"),
        [(row.case, row.crew or "", row.thing, row.kind, money(row.amount_minor, row.currency), row.on) for row in rows],
    ))  # fmt: skip
    click.echo(f"{len(rows)} to ask.")


@relief.command()
@click.argument("reference")
@click.argument("thing")
@click.argument("answer", type=choice(Answer))
@click.option("--received", metavar="AMOUNT", help="How much the worker received, where it was less.")
@click.option(
    "--asked-for-part",
    type=choice(AskedForPart),
    required=True,
    help="Whether anybody asked the worker for part of it.",
)
@click.option("--channel", type=choice(StatementChannel), required=True, help="How the worker was asked.")
@click.option("--witnessed", is_flag=True, help="Somebody of the employer or agency was there.")
@day("--on", "The day on which the worker said it")
@click.option("--by", metavar="CODE", help="The organisation that asked; your own, with --as.")
@click.option("--as", "login", metavar="LOGIN", help="Who records it, in their own name.")
@click.option("--code", metavar="DIGITS", help="The code that your app shows now. Asked for, unless it is said.")
@told
def confirm(
    reference: str,
    thing: str,
    answer: str,
    received: str | None,
    asked_for_part: str,
    channel: str,
    witnessed: bool,
    on: str,
    by: str | None,
    login: str | None,
    code: str | None,
) -> None:
    """Record what the worker of the case REFERENCE says of THING: all of it, less, or nothing."""
    read = given(
        sent.NewConfirmationSchema, thing=thing, answer=answer, received=received, asked_for_part=asked_for_part,
        channel=channel, witnessed=witnessed, stated_on=on,
    )  # fmt: skip
    if login is None and by is None:
        raise click.UsageError("Say with --by which organisation asked, or with --as who records it.")
    database = open_database()
    actor = named(database, login, code)
    with database.unit_of_work(actor.scope) as session:
        currency = listed.currency_of_thing(session, reference, thing)
        done = confirming.confirm(session, actor, reference, sent.confirmation_of(read, currency, by))
    click.echo(done.reference if done.counts else f"{done.reference} (kept; it does not count, it was not free)")
