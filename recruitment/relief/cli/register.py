"""Commands about debts and what is owed: creditors, the register, rates of cohorts, entitlements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from recruitment.audit.rules import Purpose
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.fees.rules import Creditor
from recruitment.relief import queries
from recruitment.relief.cli.group import (
    as_json,
    choice,
    day,
    do,
    every,
    given,
    money,
    purpose_option,
    relief,
    tell_json,
)
from recruitment.relief.errors import DebtUnknown
from recruitment.relief.queries import listed
from recruitment.relief.rules.kinds import CohortStatistic, RegisterLine, Security
from recruitment.relief.schemas import sent
from recruitment.relief.schemas.documents import without_claims
from recruitment.relief.schemas.told import CohortRateSchema, CreditorSchema
from recruitment.relief.services import entitling, reading, register
from recruitment.web.terminal import open_database, table, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from recruitment.relief.services.entitling import Recomputed
    from recruitment.relief.services.register import DebtRecorded


@relief.command()
@click.argument("name")
@click.option("--operator", metavar="CODE", required=True, help="The fund operator.")
@click.option("--kind", type=choice(Creditor), required=True, help="Who it is to the worker.")
@click.option("--vessel", metavar="NAME", help="The vessel of an owner.")
@click.option("--organisation", metavar="CODE", help="Its code, where it is an organisation that we know.")
@told
def creditor(name: str, operator: str, kind: str, vessel: str | None, organisation: str | None) -> None:
    """Enter NAME, to whom workers owe. The name is sealed."""
    new = given(
        sent.NewCreditorSchema, name=name, operator=operator, kind=kind, vessel=vessel, organisation=organisation
    )
    click.echo(do(register.enter_creditor, new))


@relief.command()
@click.option("--operator", metavar="CODE", help="Only those of this fund operator.")
@as_json
@told
def creditors(operator: str | None, as_json: bool) -> None:
    """List creditors, without their names."""
    rows = every(queries.creditor_page, lambda row: row.reference, operator=operator)
    if as_json:
        tell_json(CreditorSchema().dump(row) for row in rows)
        return
    click.echo(table(
        ("creditor", "operator", "kind", "vessel", "organisation", "announced on"),
        [
            (row.reference, row.operator, row.kind, row.vessel or "", row.organisation or "", row.announced_on or "")
            for row in rows
        ],
    ))  # fmt: skip


@relief.command()
@click.argument("reference")
@day("--on", "The day on which the creditor was told of the programme")
@told
def announce(reference: str, on: str) -> None:
    """Record when the creditor REFERENCE was told of the programme. Once; later debts are flagged."""
    do(register.announce, reference, given(sent.AnnouncementSchema, announced_on=on)["announced_on"])
    click.echo(f"Debts to {reference} from {on} on are looked at again.")


_DEBT_OPTIONS = (
    click.option("--creditor", metavar="REF", required=True, help="To whom, such as CR-7Q2M-9KXR-4T."),
    click.option("--principal", metavar="AMOUNT", required=True, help="What was lent, such as 30000.00."),
    click.option("--linked", metavar="AMOUNT", required=True, help="The part of it that is no genuine advance."),
    click.option("--currency", metavar="CODE", required=True, help="The currency of both."),
    day("--taken-on", "The day on which it was taken"),
    click.option("--security", type=choice(Security), help="What the creditor holds for it."),
    click.option("--interest", metavar="PERCENT", help="A year's interest as it was stated, such as 36."),
    click.option("--as-reported", metavar="REF", help="The reference of the debt as the worker reported it."),
)


def _debt_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_DEBT_OPTIONS):
        command = option(command)
    return command


@relief.command()
@click.argument("reference")
@_debt_options
@click.option("--corrects", metavar="DEBT", help="The debt in whose place it stands, such as RD-7Q2M-9KXR-4T.")
@told
def debt(reference: str, corrects: str | None, interest: str | None, as_reported: str | None, **fields: Any) -> None:
    """Record a debt of the worker of the case REFERENCE, or correct one."""
    new = given(sent.NewDebtSchema, **fields, interest_percent=interest, debt_reference=as_reported)
    made: DebtRecorded = (
        do(register.correct_debt, corrects, new) if corrects else do(register.record_debt, reference, new)
    )
    click.echo(made.reference)
    if made.is_flagged:
        click.echo("It is younger than the announcement to its creditor: look at it again.")
    for case in made.reopened:
        click.echo(f"{case} was reopened: its creditor made debt again.")


@relief.command()
@click.argument("reference")
@click.argument("kind", type=choice(RegisterLine))
@click.argument("amount")
@day("--on", "The day on which it happened")
@click.option("--corrects", metavar="NUMBER", type=click.IntRange(1), help="The line in whose place it stands.")
@told
def line(reference: str, kind: str, amount: str, on: str, corrects: int | None) -> None:
    """Record what changed the debt REFERENCE: KIND and AMOUNT, in the currency of the debt."""
    read = given(sent.NewLineSchema, kind=kind, amount=amount, happened_on=on)
    with open_database().unit_of_work() as session:
        currency = listed.currency_of_debt(session, reference)
        if currency is None:
            raise DebtUnknown(f"There is no debt {reference} in the register.")
        new = sent.line_of(read, currency)
        if corrects:
            register.correct_line(session, LOCAL_OPERATOR, reference, corrects, new)
            click.echo(f"Line {corrects} was taken back, and this one put in its place.")
            return
        number = register.add_line(session, LOCAL_OPERATOR, reference, new)
    click.echo(f"Line {number} of {reference}.")


@relief.command("take-back")
@click.argument("reference")
@click.argument("number", type=click.IntRange(1))
@told
def take_back(reference: str, number: int) -> None:
    """Take line NUMBER of the debt REFERENCE back, with nothing in its place."""
    do(register.correct_line, reference, number, None)
    click.echo(f"Line {number} of {reference} was taken back.")


_PARAMETERS = (
    click.option("--currency", metavar="CODE", help="The currency; that of the corridor, unless it is said."),
    click.option("--interest-cap", metavar="PERCENT", help="No more interest a year than this."),
    click.option("--interest-unknown", metavar="PERCENT", help="A year's interest where nobody knows it."),
    click.option("--interviews", metavar="NUMBER", type=click.IntRange(1), help="How many interviews a cohort needs."),
    click.option("--statistic", type=choice(CohortStatistic), help="Which number of a cohort stands for it."),
)


def _parameters(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_PARAMETERS):
        command = option(command)
    return command


def _of_governance(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the currency, and the parameters that differ from those of the house; None when none does."""
    named = {
        "interest_cap_percent": fields["interest_cap"],
        "interest_unknown_percent": fields["interest_unknown"],
        "interviews_min": fields["interviews"],
        "statistic": fields["statistic"],
    }
    said = {name: value for name, value in named.items() if value is not None}
    return {"currency": fields["currency"], "parameters": given(sent.ParametersSchema, **said) if said else None}


@relief.command()
@click.argument("reference")
@day("--as-of", "The day as of which it is computed")
@_parameters
@told
def rate(reference: str, as_of: str, **fields: Any) -> None:
    """Compute the rate of the cohort of the case REFERENCE."""
    on = given(sent.NewRateSchema, case=reference, as_of=as_of)["as_of"]
    made = do(entitling.make_cohort_rate, reference, on, **_of_governance(fields))
    click.echo(f"{made.reference}: {money(made.rate_minor, made.currency)}")


@relief.command()
@as_json
@told
def rates(as_json: bool) -> None:
    """List rates of cohorts."""
    rows = every(queries.cohort_rate_page, lambda row: row.reference)
    if as_json:
        tell_json(CohortRateSchema().dump(without_claims(row)) for row in rows)
        return
    click.echo(table(
        ("rate", "as of", "corridor", "agency", "half-year", "amount", "step", "people"),
        [
            (
                row.reference, row.as_of, row.corridor, row.agency or "", row.half_year,
                money(row.rate_minor, row.currency), (row.document["rate"] or {}).get("step", ""),
                (row.document["rate"] or {}).get("n", ""),
            )
            for row in rows
        ],
        numbers=(5, 7),
    ))  # fmt: skip


@relief.command()
@click.argument("reference")
@day("--as-of", "The day as of which it is computed")
@click.option("--unreached", is_flag=True, help="The worker could not be reached, or does not wish to say.")
@_parameters
@told
def entitle(reference: str, as_of: str, unreached: bool, **fields: Any) -> None:
    """Compute what the worker of the case REFERENCE is owed."""
    on = given(sent.NewEntitlementSchema, as_of=as_of)["as_of"]
    made = do(entitling.entitle, reference, on, unreached=unreached, **_of_governance(fields))
    click.echo(f"{made.reference}, version {made.version}")
    for each in made.amounts:
        click.echo(
            f"  owed {money(each.owed_minor, each.currency)}, repaid {money(each.repaid_minor, each.currency)}, "
            f"due {money(each.due_minor, each.currency)}"
        )


@relief.command()
@click.argument("reference")
@purpose_option
@as_json
@told
def recompute(reference: str, purpose: str, as_json: bool) -> None:
    """Compute the entitlement REFERENCE again from its stored inputs, and say whether it is the same. That is recorded."""
    found: Recomputed = do(reading.recompute, reference, purpose=Purpose(purpose))
    if as_json:
        tell_json([{"reference": found.reference, "is_same": found.is_same, "document": found.document}])
        return
    same = "the same, to the byte" if found.is_same else "NOT the same"
    click.echo(f"{found.reference}: {same} ({found.sha256})")
