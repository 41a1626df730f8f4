"""``recruitment interviews``: whom to ask now, how people are reached, and when they cannot be."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.dates import parse_day
from recruitment.core.errors import InvalidInput
from recruitment.fees.rules import Checkpoint
from recruitment.interviews import service
from recruitment.interviews.errors import InterviewFilterInvalid
from recruitment.interviews.rules import (
    CHECKPOINTS,
    LISTED,
    WEEKDAYS,
    AbsenceReason,
    InterviewState,
    NewAbsence,
    NewSafeContact,
    Reach,
    SafeChannel,
    Wanted,
    WhoElseReads,
)
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.web.terminal import open_database, table, told

if TYPE_CHECKING:
    from datetime import date

    from recruitment.interviews.rules import InterviewDue

_ALL = 1_000_000_000
_NO_SAFE_WAY = {
    Reach.NOT_RECORDED: "no safe way recorded: ask in person",
    Reach.NOT_SAFE: "not safe: ask in person",
}


class _Day(click.ParamType["date"]):
    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return parse_day(str(value))
        except InvalidInput as error:
            self.fail(error.detail, param, ctx)


def _choice(members: Any) -> click.Choice[str]:
    return click.Choice([member.value for member in members])


@click.group()
def interviews() -> None:
    """Show whom to ask now, and record how people are reached and when they cannot be."""


@interviews.command()
@click.option("--cso", metavar="CODE", help="Only the people of this CSO.")
@click.option("--on", type=_Day(), metavar="DATE", help="As of this day; today unless it is given.")
@click.option("--checkpoint", type=_choice(CHECKPOINTS), help="Only this checkpoint.")
@click.option("--state", type=_choice([*LISTED, InterviewState.MISSED]), help="Only interviews in this state.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an interview, one a line.")
@told
def due(cso: str | None, on: date | None, checkpoint: str | None, state: str | None, as_json: bool) -> None:
    """List whom to ask: overdue first, then due soonest, then who is out of reach. It names nobody."""
    wanted = Wanted(
        on or clock.today(),
        cso,
        Checkpoint(checkpoint) if checkpoint else None,
        InterviewState(state) if state else None,
    )
    with open_database().read_session() as session:
        if cso is not None and cso not in organisations.by_code(session, [cso], OrganisationKind.CSO):
            raise InterviewFilterInvalid(f"There is no CSO {cso}. Give the code of one.")
        found = service.due(session, LOCAL_OPERATOR, wanted, after=None, limit=_ALL)
    if as_json:
        for line in found:
            click.echo(json.dumps(_document(line), sort_keys=True))
        return
    if not found:
        click.echo("Nobody is to be asked.")
        return
    header = ("state", "due on", "days overdue", "checkpoint", "journey", "jobseeker", "CSO", "how")
    click.echo(table(header, [_cells(line) for line in found], numbers=(2,)))


def _document(line: InterviewDue) -> dict[str, Any]:
    told = {name: value for name, value in asdict(line).items() if name not in {"jobseeker_id", "place"}}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in told.items()}


def _cells(line: InterviewDue) -> tuple[str, ...]:
    due_on = str(line.due_on) if line.due_on else "not known"
    if line.state is InterviewState.OUT_OF_REACH:
        due_on = f"back {line.back_on}" if line.back_on else "expected back unknown"
    hours = f" {line.hours_from}-{line.hours_until}" if line.hours_from else ""
    days = f" {','.join(line.weekdays)}" if line.weekdays else ""
    how = _NO_SAFE_WAY.get(line.reach) or f"{line.channel}{days}{hours} {line.zone or ''}".rstrip()
    overdue = str(line.days_overdue or "")
    return (line.state, due_on, overdue, line.checkpoint, line.journey, line.jobseeker, line.cso, how)


@interviews.command()
@click.argument("jobseeker")
@click.option("--from", "from_on", type=_Day(), required=True, metavar="DATE", help="The first day away.")
@click.option("--until", "until_on", type=_Day(), metavar="DATE", help="The last day away; leave it out when unknown.")
@click.option("--reason", type=_choice(AbsenceReason), required=True, help="Why the person cannot be reached.")
@click.option("--instead-of", metavar="REF", help="The absence that this corrects, such as by its end.")
@told
def absent(jobseeker: str, from_on: date, until_on: date | None, reason: str, instead_of: str | None) -> None:
    """Record that JOBSEEKER cannot be reached, such as on a fishing trip, or correct what was recorded."""
    new = NewAbsence(from_on, until_on, AbsenceReason(reason), instead_of)
    with open_database().unit_of_work() as session:
        made = service.record_absence(session, LOCAL_OPERATOR, jobseeker, new)
    click.echo(f"{made} was recorded. Name it with --instead-of to correct it.")


@interviews.command()
@click.argument("jobseeker")
@click.option("--channel", type=_choice(SafeChannel), required=True, help="How the person wants to be reached.")
@click.option("--read-by", type=_choice(WhoElseReads), required=True, help="Who else hears or reads along.")
@click.option("--hours", nargs=2, metavar="FROM UNTIL", help="Between which hours, local time, such as: 18:30 21:00")
@click.option(
    "--weekday", "weekdays", type=click.Choice(WEEKDAYS), multiple=True, help="On which days; may be repeated."
)
@click.option(
    "--zone", metavar="ZONE", help="The time zone of the hours; that of the country of stay unless it is given."
)
@told
def reach(
    jobseeker: str,
    channel: str,
    read_by: str,
    hours: tuple[str, str] | None,
    weekdays: tuple[str, ...],
    zone: str | None,
) -> None:
    """Record how JOBSEEKER can be reached safely. Words of their own go in over the pages, not over a terminal."""
    first, last = hours or (None, None)
    new = NewSafeContact(SafeChannel(channel), WhoElseReads(read_by), first, last, weekdays, zone)
    with open_database().unit_of_work() as session:
        found = service.record_safe_contact(session, LOCAL_OPERATOR, jobseeker, new)
    click.echo(
        "It was recorded." if found is Reach.SAFE else "It was recorded, and is not safe: nobody is told to use it."
    )
