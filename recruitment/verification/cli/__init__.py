"""``recruitment verification``: compare the accounts, explain, decide, and reconcile with the books."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from recruitment.audit.rules import Purpose
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.money import to_text
from recruitment.fees.rules import StatementChannel
from recruitment.journeys.errors import JourneyUnknown
from recruitment.verification import queries, service
from recruitment.verification.errors import EvidenceMissing
from recruitment.verification.rules.adjudication import (
    AdjudicationReason,
    Evidence,
    EvidenceKind,
    NewAdjudication,
    NewValidation,
    SecondAnswer,
    WorkersAnswer,
)
from recruitment.verification.schemas import WaitingSchema, adjudications_document
from recruitment.verification.services import adjudications as deciding
from recruitment.web.terminal import open_database, table, told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from recruitment.database.unit_of_work import Database
    from recruitment.verification.rules import ExplainedFinding, Statement, ToldRule
    from recruitment.verification.rules.adjudication import AdjudicationRead, JourneyToDecide, WaitingRead


@click.group("verification")
def verification() -> None:
    """Compare what was declared, reported and promised."""


@verification.command()
@click.option("--journey", "reference", metavar="REF", help="Compare one journey.")
@click.option("--all", "everything", is_flag=True, help="Compare every journey.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a journey, one a line.")
@told
def compare(reference: str | None, everything: bool, as_json: bool) -> None:
    """Compare the three accounts of one journey or of all; only what changed is computed again."""
    if (reference is None) == (not everything):
        raise click.UsageError("Name a journey with --journey REF, or take all with --all.")
    references = [reference] if reference else None
    database = open_database()
    try:
        refresh_all(database, references)
        with database.read_session() as session:
            if as_json:
                write, found = sys.stdout.write, False
                for document in queries.documents(session, references):
                    found = True
                    write(document + "\n")
                sys.stdout.flush()
            else:
                rows = queries.summaries(session, references)
                found = bool(rows)
                click.echo(
                    table(
                        ("journey", "status", "worker bore", "repaid", "still due", "", "complete up to"),
                        [row.cells() for row in rows],
                        numbers=(2, 3, 4),
                    )
                )
            if reference and not found:
                raise JourneyUnknown(f"There is no journey {reference}.")
    finally:
        database.dispose()


def refresh_all(database: Database, references: Sequence[str] | None = None) -> int:
    """Bring comparisons up to date, a batch in a unit of work; return how many journeys were compared."""
    return database.until_nothing_is_left(
        lambda session: service.refresh(session, LOCAL_OPERATOR, references=references)
    )


@verification.command()
@click.argument("journey")
@click.option(
    "--purpose", type=click.Choice([purpose.value for purpose in Purpose]), default=Purpose.SUPPORT.value,
    show_default=True, help="Why: it is kept in the audit record.",
)  # fmt: skip
@told
def explain(journey: str, purpose: str) -> None:
    """Say in plain words why a journey has its status, with the reference of every statement behind it."""
    database = open_database()
    try:
        with database.unit_of_work() as session:
            explanation = service.explain(session, LOCAL_OPERATOR, journey, purpose=Purpose(purpose))
    finally:
        database.dispose()
    comparison = explanation.comparison
    click.echo(f"{comparison.journey}: {comparison.status}")
    for reason in explanation.reasons:
        click.echo(f"  {reason}")
    for item in comparison.items:
        declared = ", ".join(
            f"{payer} {to_text(amount, comparison.currency)}" for payer, amount in item.declared_minor.items()
        )
        reported = "nothing named" if item.reported_minor is None else to_text(item.reported_minor, comparison.currency)
        promised = item.commitment[0] if item.commitment else "nobody"
        click.echo(
            f"\n{item.fee_item} ({comparison.currency}): declared {declared or 'nothing'}; reported {reported}; "
            f"promised by {promised}; the worker bore {to_text(item.worker_borne_minor, comparison.currency)}"
        )
    for found in explanation.findings:
        click.echo(f"\n{found.finding.kind}: {found.sentence}")
        for statement in found.evidence:
            click.echo(f"  - {statement.reference}: {statement.text}")
    _tell_law(explanation.law)
    others = [statement for statement in explanation.statements if not _is_evidence(statement, explanation.findings)]
    if others:
        click.echo("\nAlso on record:")
        for statement in others:
            item_of = f" ({statement.fee_item})" if statement.fee_item else ""
            click.echo(f"  - {statement.reference}{item_of}: {statement.text}")


def _tell_law(law: Sequence[ToldRule]) -> None:
    """Print what each rule of both sides came to; of those that are information only, how many there are."""
    computed = [each for each in law if each.computed]
    if computed:
        click.echo("\nThe law of both sides; where they differ, the stricter decides:")
    for rule in computed:
        decides = ", ".join(item or "all items together" for item in rule.decides)
        stricter = f" It decides for {decides}." if decides else ""
        click.echo(f"  - {rule.fact.id} ({rule.side}, {rule.fact.confidence} confidence): {rule.sentence}{stricter}")
    if information := len(law) - len(computed):
        click.echo(f"  - {information} more for information only, of which nobody knows that they are kept")


def _is_evidence(statement: Statement, findings: Sequence[ExplainedFinding]) -> bool:
    return any(statement in found.evidence for found in findings)


@verification.command()
@told
def reconcile() -> None:
    """Check that what was declared and reported is in the books, to the minor unit. Exit code 1 when it is not."""
    database = open_database()
    try:
        with database.read_session() as session:
            differences = service.reconcile(session, LOCAL_OPERATOR)
    finally:
        database.dispose()
    for difference in differences:
        click.echo(difference)
    if differences:
        sys.exit(1)
    click.echo("The books hold exactly what was declared, reported, repaid and owed.")


_WAITING_AT_ONCE = 200


@verification.command()
@click.argument("journey", required=False)
@click.option(
    "--purpose", type=click.Choice([purpose.value for purpose in Purpose]), default=Purpose.SUPPORT.value,
    show_default=True, help="Why a journey is read: it is kept in the audit record.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON: one object, or one a line for decisions that wait.")
@told
def adjudications(journey: str | None, purpose: str, as_json: bool) -> None:
    """Show what there is to decide about JOURNEY; without one, the decisions that wait for somebody."""
    database = open_database()
    if journey is not None:
        with database.unit_of_work() as session:
            found = deciding.read_decisions(session, LOCAL_OPERATOR, journey, purpose=Purpose(purpose))
        if as_json:
            click.echo(json.dumps(adjudications_document(found, LOCAL_OPERATOR.id), ensure_ascii=False))
        else:
            _show_items(found)
        return
    rows: list[WaitingRead] = []
    with database.read_session() as session:
        while page := queries.waiting(
            session, LOCAL_OPERATOR.id, after=rows[-1].reference if rows else None, limit=_WAITING_AT_ONCE
        ):
            rows += page
    if as_json:
        for each in rows:
            click.echo(json.dumps(WaitingSchema().dump(each), ensure_ascii=False))
        return
    lines = [
        (each.reference, each.journey, each.fee_item, to_text(each.verified_minor, each.currency), each.currency,
         each.state.value, each.decided_on)
        for each in rows
    ]  # fmt: skip
    click.echo(table(("decision", "journey", "item", "amount", "", "state", "decided on"), lines, numbers=(3,)))


def _show_items(found: JourneyToDecide) -> None:
    for item in found.items:
        declared = ", ".join(f"{p} {to_text(a, found.currency)}" for p, a in item.claims.declared_minor.items())
        reported = item.claims.reported_minor
        said = "nothing named" if reported is None else to_text(reported, found.currency)
        click.echo(
            f"{item.fee_item} ({found.currency}): declared {declared or 'nothing'}; reported {said}; basis {item.basis}"
        )
        for decision, state in item.decisions:
            click.echo(f"  {decision.reference}: {to_text(decision.verified_minor, decision.currency)}, {state.value}")
            if decision.is_erased:
                click.echo("    evidence and note: erased")
            for kind, reference in decision.evidence or ():
                click.echo(f"    {kind.value}: {reference}")
            if decision.note:
                click.echo(f"    note: {decision.note}")


@verification.command()
@click.argument("journey")
@click.argument("item")
@click.argument("amount")
@click.option(
    "--reason", required=True, type=click.Choice([reason.value for reason in AdjudicationReason]),
    help="Why this amount.",
)  # fmt: skip
@click.option(
    "--evidence", "pieces", multiple=True, metavar="KIND:REFERENCE", help="What it rests on; may be repeated."
)
@click.option("--note", help="What else there is to say; it is sealed under the person's key.")
@click.option("--basis", help="The basis of the item as you read it; without it, what is there now.")
@told
def adjudicate(
    journey: str, item: str, amount: str, reason: str, pieces: tuple[str, ...], note: str | None, basis: str | None
) -> None:
    """Decide that the worker bore AMOUNT for ITEM of JOURNEY, in the currency of comparison.

    Kinds of evidence: receipt, payslip, bank_transfer, contract, chat, interview, third_party, none_possible.
    """
    with open_database().unit_of_work() as session:
        found = deciding.read_decisions(session, LOCAL_OPERATOR, journey, purpose=Purpose.CASEWORK)
        now = next((each.basis for each in found.items if each.fee_item == item), deciding.EMPTY_BASIS)
        new = NewAdjudication(
            journey, item, amount, found.currency, AdjudicationReason(reason), [_piece(each) for each in pieces],
            basis or now, note,
        )  # fmt: skip
        decision = deciding.adjudicate(session, LOCAL_OPERATOR, new)
    _tell(decision)
    if decision.needs_second:
        click.echo("It waits for a second person: a case worker who signs in and confirms it.")
    if decision.needs_worker:
        click.echo(
            "It is below what the worker says: the journey stays in_dispute until the worker agrees, freely asked."
        )


def _piece(text: str) -> Evidence:
    kind, _, reference = text.partition(":")
    if kind not in set(EvidenceKind):
        raise EvidenceMissing(
            f"{kind!r} is no kind of evidence. Write KIND:REFERENCE with one of: {', '.join(EvidenceKind)}.",
            evidence="not one of those that there are",
        )
    return Evidence(EvidenceKind(kind), reference)


def _tell(decision: AdjudicationRead) -> None:
    stands = "in force" if decision.is_in_force else "not in force"
    amount = f"{to_text(decision.verified_minor, decision.currency)} {decision.currency}"
    click.echo(f"{decision.reference}: {amount} for {decision.fee_item}, {stands}.")


@verification.command()
@click.argument("decision")
@click.option("--refuse", is_flag=True, help="Refuse it instead.")
@told
def confirm(decision: str, refuse: bool) -> None:
    """Say why a second person cannot confirm DECISION here: that needs an account of one's own.

    At the machine everybody is the same local operator. A case worker signs in and confirms on the page, or by the API.
    """
    answer = SecondAnswer.REFUSED if refuse else SecondAnswer.CONFIRMED
    with open_database().unit_of_work() as session:
        _tell(deciding.confirm(session, LOCAL_OPERATOR, decision, answer, basis=""))


@verification.command()
@click.argument("decision")
@click.argument("answer", type=click.Choice([answer.value for answer in WorkersAnswer]))
@click.option(
    "--channel", required=True, type=click.Choice([channel.value for channel in StatementChannel]),
    help="How the worker was asked.",
)  # fmt: skip
@click.option("--asked-on", type=click.DateTime(["%Y-%m-%d"]), help="On which day; today when not given.")
@click.option("--witnessed/--unwitnessed", default=None, help="Whether somebody of the agency or employer was there.")
@told
def validate(decision: str, answer: str, channel: str, asked_on: datetime | None, witnessed: bool | None) -> None:
    """Record what the worker says of DECISION. Not for one that was decided at the machine, by this same operator."""
    day = asked_on.date() if asked_on else clock.today()
    new = NewValidation(WorkersAnswer(answer), StatementChannel(channel), day, witnessed)
    with open_database().unit_of_work() as session:
        made = deciding.validate(session, LOCAL_OPERATOR, decision, new)
    click.echo(f"{made.reference}: the worker {'agrees' if made.is_validated else 'has not agreed'}.")
