"""Commands about what was agreed, and what comes back to the fund."""

from __future__ import annotations

from typing import Any

import click

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.relief import queries
from recruitment.relief.cli.group import as_json, choice, day, do, every, given, money, relief, tell_json
from recruitment.relief.errors import AgreementUnknown
from recruitment.relief.rules.kinds import Instrument
from recruitment.relief.schemas import sent
from recruitment.relief.schemas.told import NoticeSchema, RecoverySchema
from recruitment.relief.services import agreeing, recovering
from recruitment.relief.services.agreeing import Payer
from recruitment.relief.services.recovering import Liable
from recruitment.web.terminal import open_database, table, told


@relief.command()
@click.argument("reference")
@click.argument("instrument", type=choice(Instrument))
@click.option("--payer", type=choice(Payer), required=True, help="Who gives it.")
@click.option("--amount", metavar="AMOUNT", required=True, help="How much, such as 6700.00.")
@click.option("--currency", metavar="CODE", required=True, help="The currency of the amount.")
@day("--on", "The day on which it was agreed")
@day("--first-on", "The day on which the first part is due")
@click.option("--months", type=click.IntRange(1), default=1, show_default=True, help="In how many monthly parts.")
@click.option("--organisation", metavar="CODE", help="The employer or agency that pays or takes over.")
@click.option("--creditor", metavar="REF", help="Of co-financing: whose share it is.")
@click.option("--debt", metavar="REF", help="The debt that goes away.")
@click.option("--entitlement", metavar="REF", help="What a reimbursement or an advance pays.")
@click.option("--matched", metavar="PERCENT", type=click.IntRange(1, 100), help="Of co-financing: the matched share.")
@told
def agree(reference: str, on: str, matched: int | None, **fields: Any) -> None:
    """Record what was agreed for the case REFERENCE, by which INSTRUMENT."""
    new = given(sent.NewAgreementSchema, case=reference, agreed_on=on, matched_percent=matched, **fields)
    click.echo(do(agreeing.agree, new))


@relief.command()
@click.argument("reference")
@click.option("--signer", metavar="NAME", required=True, help="Who signed. It is sealed.")
@day("--on", "The day of the signature")
@day("--worker-copy-on", "The day on which the worker was given a copy")
@told
def sign(reference: str, signer: str, on: str, worker_copy_on: str) -> None:
    """Record that a creditor signed the agreement REFERENCE."""
    do(
        agreeing.sign,
        reference,
        given(sent.SignatureSchema, signer=signer, signed_on=on, worker_copy_on=worker_copy_on),
    )
    click.echo(f"{reference} is signed. Ask the worker about it.")


@relief.command()
@click.argument("reference")
@click.option("--amount", metavar="AMOUNT", required=True, help="The new total, in the currency of the agreement.")
@day("--on", "The day of the new estimate")
@day("--first-on", "The day on which the first part of the rest is due")
@click.option("--months", type=click.IntRange(1), default=1, show_default=True, help="In how many monthly parts.")
@click.option("--entitlement", metavar="REF", help="The entitlement of the new estimate.")
@told
def supersede(reference: str, on: str, **fields: Any) -> None:
    """Put a new estimate in the place of the agreement REFERENCE. What was paid counts."""
    read = given(sent.NewEstimateSchema, agreed_on=on, **fields)
    with open_database().unit_of_work() as session:
        found = queries.agreement(session, reference)
        if found is None:
            raise AgreementUnknown(f"There is no agreement {reference}.")
        made = agreeing.supersede(session, LOCAL_OPERATOR, reference, sent.estimate_of(read, found.currency))
    click.echo(made)


@relief.command()
@click.argument("reference")
@day("--on", "The day on which the worker left the job")
@told
def leave(reference: str, on: str) -> None:
    """Record that the worker of the case REFERENCE left: all that is unpaid is due at once."""
    count = do(agreeing.leave, reference, given(sent.DepartureSchema, left_on=on)["left_on"])
    click.echo(f"{count} {'instalment is' if count == 1 else 'instalments are'} due at once.")


@relief.command()
@click.argument("reference")
@click.option("--amount", metavar="AMOUNT", required=True, help="How much, such as 6700.00.")
@click.option("--currency", metavar="CODE", required=True, help="The currency of the amount.")
@day("--on", "The day of the payment")
@told
def outside(reference: str, amount: str, currency: str, on: str) -> None:
    """Record what an employer or agency says to have paid to the worker itself, for the agreement REFERENCE."""
    new = given(sent.OutsidePaymentSentSchema, amount=amount, currency=currency, paid_on=on)
    click.echo(do(agreeing.record_outside_payment, reference, new))


@relief.command()
@click.argument("reference")
@click.option("--liable", type=choice(Liable), required=True, help="Who is to pay it back.")
@click.option("--organisation", metavar="CODE", required=True, help="Its code.")
@day("--on", "The day of the claim")
@told
def claim(reference: str, liable: str, organisation: str, on: str) -> None:
    """Claim the advance of the agreement REFERENCE back. The worker never waits for it."""
    new = given(sent.NewClaimSchema, liable=liable, organisation=organisation, claimed_on=on)
    click.echo(do(recovering.claim, reference, new))


@relief.command()
@click.option("--organisation", metavar="CODE", help="Only what this party is to pay back.")
@as_json
@told
def recoveries(organisation: str | None, as_json: bool) -> None:
    """List what employers and agencies owe the fund."""
    rows = every(queries.recovery_page, lambda row: row.reference, organisation=organisation)
    if as_json:
        tell_json(RecoverySchema().dump(row) for row in rows)
        return
    click.echo(table(
        ("recovery", "agreement", "liable", "organisation", "claimed", "came back", "notice"),
        [
            (
                row.reference, row.agreement, row.liable, row.organisation, money(row.amount_minor, row.currency),
                money(row.recovered_minor, row.currency), row.notice or "",
            )
            for row in rows
        ],
        numbers=(4, 5),
    ))  # fmt: skip


@relief.command()
@click.argument("organisation")
@click.option("--operator", metavar="CODE", required=True, help="The fund operator that it comes from.")
@click.option("--currency", metavar="CODE", required=True, help="Of which amounts.")
@told
def notice(organisation: str, operator: str, currency: str) -> None:
    """Make a notice to ORGANISATION of what no notice names yet: a sum for five people or more, and nobody named."""
    made = do(recovering.make_notice, operator, organisation, currency)
    click.echo(f"{made.reference}: {money(made.amount_minor, made.currency)} for {made.people} people.")


@relief.command()
@as_json
@told
def notices(as_json: bool) -> None:
    """List notices to parties."""
    rows = every(queries.notice_page, lambda row: row.reference)
    if as_json:
        tell_json(NoticeSchema().dump(row) for row in rows)
        return
    click.echo(table(
        ("notice", "operator", "organisation", "people", "amount", "made on"),
        [
            (row.reference, row.operator, row.organisation, row.people, money(row.amount_minor, row.currency),
             row.made_on)
            for row in rows
        ],
        numbers=(3, 4),
    ))  # fmt: skip


@relief.command()
@click.argument("organisation")
@click.argument("receipt")
@told
def recovered(organisation: str, receipt: str) -> None:
    """Record that the fund's RECEIPT is money that ORGANISATION paid back."""
    made = do(recovering.record_recovered, organisation, receipt)
    click.echo(f"{money(made.amount_minor, made.currency)} came back from {made.organisation}.")
