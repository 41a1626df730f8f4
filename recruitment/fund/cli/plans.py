"""``recruitment fund plan``: from a draft to the file that the bank pays, through the hands of three people."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recruitment.banking.instructions import FileFormat, Method
from recruitment.fund import queries
from recruitment.fund.cli.acting import acting, as_json, choice, every, in_own_name, in_own_name_only, money, note
from recruitment.fund.errors import FormWrong
from recruitment.fund.forms.named import the_plan
from recruitment.fund.rules.machine import PaymentState, PlanState
from recruitment.fund.rules.segregation import BackReason
from recruitment.fund.rules.words import HINDRANCES
from recruitment.fund.schemas.plans import AddedSchema, PaymentSchema, PlanSchema
from recruitment.fund.services import approving, locking, planning, releasing
from recruitment.fund.services.planning import NewPlan
from recruitment.web.terminal import open_database, table, told

if TYPE_CHECKING:
    from datetime import datetime

    from recruitment.fund.cli.acting import Acting
    from recruitment.fund.rules.reads import PaymentRead, PlanRead

_MANY = 500
_LEFT_OUT_SHOWN = 20


@click.group()
def plan() -> None:
    """Plans of payments: prepared, approved and released by three people."""


@plan.command("draft")
@click.argument("pot")
@click.argument("currency")
@click.option("--method", type=choice(Method), required=True, help="How it is paid.")
@click.option("--format", "file_format", type=choice(FileFormat), required=True, help="The file that the bank takes.")
@click.option("--follows", metavar="PLAN", help="The plan whose failed and returned payments are made anew.")
@in_own_name
@told
def draft(
    pot: str, currency: str, method: str, file_format: str, follows: str | None, login: str | None, code: str | None
) -> None:
    """Draft a plan that pays out of POT in CURRENCY."""
    who = acting(login, code)
    new = NewPlan(
        pot=pot, currency=currency, method=Method(method), file_format=FileFormat(file_format), follows=follows
    )
    with who.unit_of_work() as session:
        reference = planning.draft_plan(session, who.actor, new)
    click.echo(reference)


@plan.command("add")
@click.argument("reference")
@click.argument("dues", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that fit.")
@click.option("--executed-on", type=click.DateTime(["%Y-%m-%d"]), help="The day on which the bank is to pay.")
@click.option("--json", "json_lines", is_flag=True, help="Print what was added and left out as JSON.")
@in_own_name
@told
def add(
    reference: str, dues: tuple[str, ...], everything: bool, executed_on: datetime | None, json_lines: bool,
    login: str | None, code: str | None,
) -> None:  # fmt: skip
    """Add DUES to the draft REFERENCE. What does not fit is left out, and told."""
    if bool(dues) == everything:
        raise click.UsageError("Name dues, or say --all: one of both.")
    who = acting(login, code)
    note("Looking at what is due …")
    with who.unit_of_work() as session:
        found = planning.add_to_plan(
            session, who.actor, reference, None if everything else dues,
            executed_on=executed_on.date() if executed_on else None,
        )  # fmt: skip
    if json_lines:
        click.echo(as_json(AddedSchema(), found))
        return
    for each in found.left_out[:_LEFT_OUT_SHOWN]:
        click.echo(f"left out {each.due}: {HINDRANCES[each.reason]}", err=True)
    if len(found.left_out) > _LEFT_OUT_SHOWN:
        click.echo(f"… and {len(found.left_out) - _LEFT_OUT_SHOWN} more (all of them with --json).", err=True)
    click.echo(f"{found.added} added, {len(found.left_out)} left out. {_line(found.plan)}")


@plan.command("remove")
@click.argument("reference")
@click.argument("dues", nargs=-1, required=True)
@in_own_name
@told
def remove(reference: str, dues: tuple[str, ...], login: str | None, code: str | None) -> None:
    """Take DUES out of the draft REFERENCE."""
    who = acting(login, code)
    with who.unit_of_work() as session:
        found = planning.remove_from_plan(session, who.actor, reference, dues)
    click.echo(_line(found))


@plan.command("lock")
@click.argument("reference")
@click.option("--executed-on", type=click.DateTime(["%Y-%m-%d"]), help="The day on which the bank is to pay. Today, unless it is said.")  # fmt: skip
@in_own_name
@told
def lock(reference: str, executed_on: datetime | None, login: str | None, code: str | None) -> None:
    """Lock the draft REFERENCE: its money is reserved and its file is made."""
    who = acting(login, code)
    with who.unit_of_work() as session:
        before = the_plan(session, who.actor, reference)
        if before.payments > _MANY:
            note(f"Locking {before.payments} payments …")
        day = executed_on.date() if executed_on else None
        found = locking.lock(session, who.actor, reference, executed_on=day)
    _show(found)


@plan.command("unlock")
@click.argument("reference")
@click.argument("reason", type=choice(BackReason))
@in_own_name
@told
def unlock(reference: str, reason: str, login: str | None, code: str | None) -> None:
    """Unlock the plan REFERENCE, for a REASON: its money is free again and its approvals are void."""
    _move(acting(login, code), locking.unlock, reference, BackReason(reason))


@plan.command("cancel")
@click.argument("reference")
@click.argument("reason", type=choice(BackReason))
@in_own_name
@told
def cancel(reference: str, reason: str, login: str | None, code: str | None) -> None:
    """Give up the plan REFERENCE, for a REASON. Not once it was exported."""
    _move(acting(login, code), locking.cancel, reference, BackReason(reason))


@plan.command("send-back")
@click.argument("reference")
@click.argument("reason", type=choice(BackReason))
@in_own_name
@told
def send_back(reference: str, reason: str, login: str | None, code: str | None) -> None:
    """Send the locked plan REFERENCE back to its preparer, for a REASON, instead of approving it."""
    _move(acting(login, code), locking.send_back, reference, BackReason(reason))


@plan.command("approve")
@click.argument("reference")
@click.argument("lock_hash")
@in_own_name_only
@told
def approve(reference: str, lock_hash: str, login: str, code: str | None) -> None:
    """Approve exactly what is locked in REFERENCE: LOCK_HASH is its digest, as `plan show` prints it."""
    who = acting(login, code)
    _move(who, approving.approve, reference, lock_hash, who.step)


@plan.command("release")
@click.argument("reference")
@click.argument("lock_hash")
@in_own_name_only
@told
def release(reference: str, lock_hash: str, login: str, code: str | None) -> None:
    """Release the approved plan REFERENCE, by the digest of what is locked."""
    who = acting(login, code)
    _move(who, releasing.release_plan, reference, lock_hash, who.step)


@plan.command("export")
@click.argument("reference")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="The folder for the file. Here, unless it is said.",
)  # fmt: skip
@in_own_name
@told
def export(reference: str, folder: Path, login: str | None, code: str | None) -> None:
    """Export the released plan REFERENCE: its payments are sent. Again: the same file, to the byte."""
    who = acting(login, code)
    with who.read_session() as session:
        found = the_plan(session, who.actor, reference)
    if found.lock is not None:
        _refuse_another(folder / found.lock.file_name, found.lock.file_sha256)
    if found.payments > _MANY:
        note(f"Sending {found.payments} payments …")
    # The file is written after the commit. If that fails, nothing is lost: the same bytes are given again.
    with who.unit_of_work() as session:
        file = releasing.export(session, who.actor, reference)
    path = folder / file.name
    part = path.with_suffix(path.suffix + ".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
        opened.write(file.content)
    part.replace(path)
    again = "" if file.is_first else " It was exported before: this is the same file."
    click.echo(f"{path}\nSHA-256 {file.sha256}\nGive it to the bank once.{again}")


def _refuse_another(path: Path, sha256: str) -> None:
    """Refuse to write over another file of the same name, before anything is sent."""
    import hashlib

    if not path.parent.is_dir():
        raise FormWrong(f"There is no folder {path.parent}. Make it, or name another one with --to.")
    if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise FormWrong(
            f"{path} is there already, and is another file. Move it away, or name another folder with --to."
        )


@plan.command("list")
@click.option("--state", type=choice(PlanState), help="Only plans that stand there.")
@click.option("--json", "json_lines", is_flag=True, help="Print one JSON object a plan, one a line.")
@told
def list_plans(state: str | None, json_lines: bool) -> None:
    """List plans."""
    who = acting(None, None)
    wanted = PlanState(state) if state else None
    with who.read_session() as session:
        found = list(every(
            lambda after, n: queries.plans_page(session, who.actor, state=wanted, after=after, limit=n),
            lambda row: row.reference,
        ))  # fmt: skip
    for each in found:
        click.echo(as_json(PlanSchema(), each) if json_lines else _line(each))
    if not json_lines:
        click.echo(f"{len(found)} {'plan' if len(found) == 1 else 'plans'}.")


@plan.command("show")
@click.argument("reference")
@click.option("--json", "json_lines", is_flag=True, help="Print the plan as JSON.")
@told
def show(reference: str, json_lines: bool) -> None:
    """Show the plan REFERENCE: where it stands, its digests, and five of its payments to look at."""
    who = acting(None, None)
    with who.read_session() as session:
        found = the_plan(session, who.actor, reference)
        five = queries.random_five(session, reference) if found.lock else []
        events = queries.plan_events(session, reference)
    if json_lines:
        click.echo(as_json(PlanSchema(), found))
        return
    _show(found)
    for event in events:
        reason = f" ({event.reason})" if event.reason else ""
        click.echo(f"{event.number:>3}  {event.recorded_at:%Y-%m-%d %H:%M}  {event.to_state.value}{reason}")
    if five:
        click.echo("Five of its payments, chosen by the digest:")
        click.echo(_payments(five))


@plan.command("payments")
@click.argument("reference")
@click.option("--state", type=choice(PaymentState), help="Only payments that stand there.")
@click.option("--json", "json_lines", is_flag=True, help="Print one JSON object a payment, one a line.")
@told
def payments(reference: str, state: str | None, json_lines: bool) -> None:
    """List the payments of the plan REFERENCE, with masked accounts."""
    wanted = PaymentState(state) if state else None
    with open_database().read_session() as session:
        found = list(every(
            lambda after, n: queries.payments_of(session, reference, state=wanted, after=after, limit=n),
            lambda row: row.reference,
        ))  # fmt: skip
    if json_lines:
        for each in found:
            click.echo(as_json(PaymentSchema(), each))
    else:
        click.echo(_payments(found))


def _move(who: Acting, do: Any, reference: str, *how: object) -> None:
    with who.unit_of_work() as session:
        found = do(session, who.actor, reference, *how)
    _show(found)


def _line(found: PlanRead) -> str:
    count = f"{found.payments} {'payment' if found.payments == 1 else 'payments'}"
    return f"{found.reference}  {found.state.value}  {count}, {money(found.total_minor, found.currency)}  {found.method.value}"


def _show(found: PlanRead) -> None:
    click.echo(_line(found))
    if found.lock is not None:
        given = f"{len(found.approvals)} of {found.lock.approvals_needed}"
        click.echo(f"locked   {found.lock.lock_hash}\nfile     {found.lock.file_name}, {found.lock.file_size} bytes")
        click.echo(f"SHA-256  {found.lock.file_sha256}\napproved by {given}, to be paid on {found.lock.executed_on}")
    counts = ", ".join(f"{count} {state.value}" for state, count in found.counts.items() if count)
    if counts:
        click.echo(counts)


def _payments(found: list[PaymentRead]) -> str:
    rows = [
        (
            each.reference, each.case_reference, each.purpose.value,
            " ".join(part for part in (each.institution, each.account) if part), money(each.amount_minor, each.currency),
            each.state.value,
        )
        for each in found
    ]  # fmt: skip
    return table(("payment", "case", "purpose", "to", "amount", "state"), rows, numbers=(4,))
