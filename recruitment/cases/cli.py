"""``recruitment cases``: what is to be done, and until when.

At the machine a case is neither closed nor answered: both need a person with an account, and the workers' own word.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from recruitment.cases import queries, services
from recruitment.cases.rules import Action, AskedParty, CaseFilter, CaseKind, LateReason, ReopenReason, State
from recruitment.cases.schemas import CaseSchema, WholeCaseSchema
from recruitment.cases.schemas import told as told_whole
from recruitment.cases.services import Asking, Doing, NewCase, Reopening
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.web.terminal import open_database, table, told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from enum import StrEnum

    from recruitment.cases.rules import CaseRead, WholeCase

_AT_ONCE = 200


def _choice(codes: Sequence[StrEnum]) -> click.Choice[str]:
    return click.Choice([code.value for code in codes])


@click.group()
def cases() -> None:
    """Act on findings and harm, until the workers say that it is right."""


@cases.command("list")
@click.option("--state", type=_choice(list(State)), help="Only cases that stand there.")
@click.option("--kind", type=_choice(list(CaseKind)), help="Only cases of this kind.")
@click.option("--overdue", is_flag=True, help="Only those that nobody responded to in time.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a case, one a line.")
@told
def list_cases(state: str | None, kind: str | None, overdue: bool, as_json: bool) -> None:
    """List cases with their clocks and why they are open; what is past its time first."""
    wanted = CaseFilter(
        state=State(state) if state else None, kind=CaseKind(kind) if kind else None, overdue=True if overdue else None
    )
    at, after, count, late = clock.now(), None, 0, 0
    with open_database().read_session() as session:
        while True:
            found = queries.page(session, wanted, at, after=after, limit=_AT_ONCE)
            for each in found:
                click.echo(json.dumps(CaseSchema().dump(each), ensure_ascii=False) if as_json else _lines(each))
            count, late = count + len(found), late + sum(each.is_overdue for each in found)
            if len(found) < _AT_ONCE:
                break
            after = queries.after(found[-1])
    if not as_json:
        click.echo(f"{count} {'case' if count == 1 else 'cases'}, {late} past their time.")


def _lines(case: CaseRead) -> str:
    """Return a case in a line, and a line for each reason why it is open."""
    late = f", {case.late_reason}" if case.late_reason else ""
    head = f"{case.reference}  {case.kind.value}  {case.state.value}  {case.clock}{late}  {' '.join(case.journeys)}"
    if case.next_follow_up is not None:
        by = "follow-up was due" if case.is_follow_up_late else "follow up by"
        head += f"  {by} {case.next_follow_up:%Y-%m-%d}"
    return "\n".join([head, *(f"    open because {reason.sentence}" for reason in case.reasons)])


@cases.command("show")
@click.argument("reference")
@click.option("--json", "as_json", is_flag=True, help="Print the case as JSON.")
@told
def show_case(reference: str, as_json: bool) -> None:
    """Show a case with what happened to it and what its workers say. That it was read is recorded."""
    with open_database().unit_of_work() as session:
        found = services.read(session, LOCAL_OPERATOR, reference)
    if as_json:
        click.echo(json.dumps(WholeCaseSchema().dump(told_whole(found)), ensure_ascii=False))
        return
    click.echo(_lines(found.case))
    rows = [
        (event.number, f"{event.occurred_at:%Y-%m-%d %H:%M}", event.after.value, event.told, event.note or "")
        for event in found.events
    ]
    click.echo(table(("", "when (UTC)", "state", "what", "note"), rows, numbers=(0,)))
    _show_round(found)


def _show_round(found: WholeCase) -> None:
    asked = found.last_round
    if asked is None:
        return
    click.echo(f"{asked.sample_size} of {asked.concerned} workers are asked (seed {asked.seed}).")
    answers = [
        (each.journey, *("yes" if part else "no" for part in each.answer), each.channel, str(each.asked_on))
        for each in asked.answers
    ]
    if answers:
        header = ("journey", "right action", "well done", "effective", "free", "channel", "asked on")
        click.echo(table(header, answers))


@cases.command("open")
@told
def open_cases() -> None:
    """Open, widen or reopen cases about what was compared anew. The house does so by itself each minute."""
    total = open_database().until_nothing_is_left(lambda session: services.open_from_findings(session, LOCAL_OPERATOR))
    click.echo(f"{total} comparisons were looked at.")


@cases.command("raise")
@click.argument("kind", type=_choice(list(CaseKind)))
@click.argument("journeys", nargs=-1, required=True)
@click.option(
    "--identified-at",
    type=click.DateTime(["%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z"]),
    help="When it became known, with the zone, such as 2026-03-02T09:30+07:00. Now, unless it is said.",
)
@click.option("--note", help="What is to be remembered. It is sealed.")
@told
def raise_case(kind: str, journeys: tuple[str, ...], identified_at: datetime | None, note: str | None) -> None:
    """Raise a case of KIND about JOURNEYS. The clock of a serious one runs from when it became known."""
    new = NewCase(CaseKind(kind), journeys, identified_at or clock.now(), note)
    with open_database().unit_of_work() as session:
        reference = services.raise_case(session, LOCAL_OPERATOR, new)
    _tell(reference)


@cases.command("ask")
@click.argument("reference")
@click.argument("party", type=_choice(list(AskedParty)))
@click.option("--late-reason", type=_choice(list(LateReason)), help="Why the first response is late, if it is.")
@click.option("--note", help="What is to be remembered. It is sealed.")
@told
def ask(reference: str, party: str, late_reason: str | None, note: str | None) -> None:
    """Record that PARTY was asked to put it right."""
    asking = Asking(AskedParty(party), LateReason(late_reason) if late_reason else None, note)
    _move(services.ask, reference, asking)


@cases.command("act")
@click.argument("reference")
@click.argument("action", type=_choice(list(Action)))
@click.option("--on", "acted_on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day it was done.")
@click.option("--note", help="What is to be remembered. It is sealed.")
@told
def act(reference: str, action: str, acted_on: datetime, note: str | None) -> None:
    """Record what was done. The workers are asked about it by somebody with an account."""
    _move(services.act, reference, Doing(Action(action), acted_on.date(), note))


@cases.command("reopen")
@click.argument("reference")
@click.argument("reason", type=_choice([reason for reason in ReopenReason if reason.is_for_people]))
@click.option("--note", help="What is to be remembered. It is sealed.")
@told
def reopen(reference: str, reason: str, note: str | None) -> None:
    """Let a case begin anew, a closed one too."""
    _move(services.reopen, reference, Reopening(ReopenReason(reason), note))


def _move(do: Any, reference: str, how: object) -> None:
    """Make a move from where the case stands now."""
    with open_database().unit_of_work() as session:
        found = queries.by_reference(session, reference, clock.now())
        do(session, LOCAL_OPERATOR, reference, found.number if found else 0, how)
    _tell(reference)


def _tell(reference: str) -> None:
    with open_database().read_session() as session:
        found = queries.by_reference(session, reference, clock.now())
    if found is not None:
        click.echo(_lines(found))
