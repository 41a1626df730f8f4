"""``recruitment fund pot|receipt|payee|call-back|dues``: money that comes in, and what is to be paid to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from recruitment.banking.instructions import Method
from recruitment.core import clock
from recruitment.fund import queries
from recruitment.fund.cli.acting import acting, as_json, choice, every, in_own_name, minor_of, money
from recruitment.fund.forms.named import all_pots
from recruitment.fund.rules.allocation import RecoveredFrom
from recruitment.fund.rules.fitting import DueState
from recruitment.fund.rules.kinds import CallBack, DonorClass, PotKind, ReceiptKind
from recruitment.fund.schemas.pots import DueSchema, PayeeSchema, PotSchema, ReceiptSchema
from recruitment.fund.services import payees, pots, receipts
from recruitment.fund.services.payees import NewPayee
from recruitment.fund.services.pots import NewPot
from recruitment.fund.services.receipts import NewReceipt
from recruitment.web.terminal import open_database, table, told

if TYPE_CHECKING:
    from datetime import datetime

    from recruitment.fund.rules.reads import PayeeRead


@click.group()
def pot() -> None:
    """Pots: money of one purpose, each in a book of its own."""


@pot.command("open")
@click.argument("kind", type=choice(PotKind))
@click.argument("name")
@click.option("--institution", required=True, help="The bank: its BIC, or its own code.")
@click.option("--account", "bank_account", required=True, help="The number of the account at the bank.")
@click.option("--operator", metavar="CODE", help="Whose pot it is. Your own, unless it is said.")
@click.option("--earmarked-for", metavar="CODE", help="The partner for whose supply chain alone it pays.")
@in_own_name
@told
def open_pot(
    kind: str, name: str, institution: str, bank_account: str, operator: str | None, earmarked_for: str | None,
    login: str | None, code: str | None,
) -> None:  # fmt: skip
    """Open a pot of KIND that is called NAME."""
    who = acting(login, code)
    new = NewPot(
        kind=PotKind(kind), name=name, institution=institution, bank_account=bank_account, operator=operator,
        earmarked_for=earmarked_for,
    )  # fmt: skip
    with who.unit_of_work() as session:
        reference = pots.open_pot(session, who.actor, new)
    click.echo(reference)


@pot.command("list")
@click.option("--json", "json_lines", is_flag=True, help="Print one JSON object a pot, one a line.")
@told
def list_pots(json_lines: bool) -> None:
    """List pots."""
    with open_database().read_session() as session:
        found = all_pots(session)
    if json_lines:
        for each in found:
            click.echo(as_json(PotSchema(), each))
        return
    rows = [(each.reference, each.kind.value, each.name, each.institution, each.bank_account) for each in found]
    click.echo(table(("pot", "kind", "name", "institution", "account"), rows))


@click.group()
def receipt() -> None:
    """Receipts: money that came into the pots."""


@receipt.command("record")
@click.argument("pot")
@click.argument("amount")
@click.argument("currency")
@click.option(
    "--kind", type=choice(ReceiptKind), default=ReceiptKind.ONE_OFF.value, show_default=True, help="Why it came."
)
@click.option("--donor", type=choice(DonorClass), required=True, help="Who gave it, as far as the books know.")
@click.option("--on", "received_on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day it came.")
@click.option("--bank-reference", help="What the bank calls it. The same again is the same money.")
@click.option("--contributor", metavar="CODE", help="The organisation that gave it.")
@click.option("--recovered-from", type=choice(RecoveredFrom), help="Who paid back what the fund had advanced.")
@in_own_name
@told
def record_receipt(
    pot: str, amount: str, currency: str, kind: str, donor: str, received_on: datetime, bank_reference: str | None,
    contributor: str | None, recovered_from: str | None, login: str | None, code: str | None,
) -> None:  # fmt: skip
    """Record that AMOUNT of CURRENCY came into POT. Of a partner's annual contribution a share goes to victim support."""
    amount_minor = minor_of(amount, currency)
    who = acting(login, code)
    new = NewReceipt(
        pot=pot, kind=ReceiptKind(kind), donor_class=DonorClass(donor), currency=currency, amount_minor=amount_minor,
        received_on=received_on.date(), bank_reference=bank_reference, contributor=contributor,
        recovered_from=RecoveredFrom(recovered_from) if recovered_from else None,
    )  # fmt: skip
    with who.unit_of_work() as session:
        found = receipts.record_receipt(session, who.actor, new)
    shares = ", ".join(f"{money(part, found.currency)} in {into}" for into, part in found.parts)
    click.echo(f"{found.reference}: {shares}")


@receipt.command("list")
@click.option("--pot", help="Only those of this pot.")
@click.option("--json", "json_lines", is_flag=True, help="Print one JSON object a receipt, one a line.")
@told
def list_receipts(pot: str | None, json_lines: bool) -> None:
    """List receipts."""
    with open_database().read_session() as session:
        found = list(every(lambda after, n: queries.receipts_page(session, pot=pot, after=after, limit=n), _reference))
    if json_lines:
        for each in found:
            click.echo(as_json(ReceiptSchema(), each))
        return
    rows = [
        (
            each.reference, each.pot, str(each.received_on), each.donor_class.value, money(each.amount_minor, each.currency),
            f"taken back: {each.taken_back}" if each.taken_back else "",
        )
        for each in found
    ]  # fmt: skip
    click.echo(table(("receipt", "pot", "on", "from", "amount", ""), rows, numbers=(4,)))


@receipt.command("take-back")
@click.argument("reference")
@click.argument("reason")
@in_own_name
@told
def take_back(reference: str, reason: str, login: str | None, code: str | None) -> None:
    """Take back the receipt REFERENCE, for a REASON in one word such as wrong_pot."""
    who = acting(login, code)
    with who.unit_of_work() as session:
        receipts.take_back_receipt(session, who.actor, reference, reason)
    click.echo(f"{reference} was taken back.")


@click.group()
def payee() -> None:
    """Accounts that are paid to."""


@payee.command("record")
@click.argument("method", type=choice(Method))
@click.option("--jobseeker", metavar="REFERENCE", help="Whose account it is.")
@click.option("--organisation", metavar="CODE", help="The organisation whose account it is.")
@click.option(
    "--holder", prompt="Name of the holder", help="The name of whose account it is. Asked for, unless it is said."
)
@click.option("--account", help="The number. Asked for, unless it is said; cash has none.")
@click.option("--institution", help="The bank or wallet.")
@in_own_name
@told
def record_payee(
    method: str, jobseeker: str | None, organisation: str | None, holder: str, account: str | None,
    institution: str | None, login: str | None, code: str | None,
) -> None:  # fmt: skip
    """Record an account that is paid to by METHOD. A changed one waits 48 hours and needs a call back."""
    if account is None and Method(method) is not Method.CASH:
        account = click.prompt("Number of the account", err=True)
    who = acting(login, code)
    new = NewPayee(
        method=Method(method), holder=holder, account=account, institution=institution, jobseeker=jobseeker,
        organisation=organisation,
    )  # fmt: skip
    with who.unit_of_work() as session:
        click.echo(_payee(payees.record_payee(session, who.actor, new)))


@payee.command("waiting")
@click.option("--json", "json_lines", is_flag=True, help="Print one JSON object an account, one a line.")
@told
def list_payees(json_lines: bool) -> None:
    """List changed accounts that wait: for 48 hours, and for a call back."""
    now = clock.now()
    with open_database().read_session() as session:
        found = list(every(lambda after, n: queries.payees_waiting(session, after=after, limit=n, now=now), _reference))
    for each in found:
        click.echo(as_json(PayeeSchema(), each) if json_lines else _payee(each))
    if not json_lines:
        click.echo(f"{len(found)} {'account waits' if len(found) == 1 else 'accounts wait'}.")


@click.command("call-back")
@click.argument("reference")
@click.argument("outcome", type=choice(CallBack))
@in_own_name
@told
def call_back(reference: str, outcome: str, login: str | None, code: str | None) -> None:
    """Record what the payee said about the account REFERENCE. By somebody else than who recorded it."""
    who = acting(login, code)
    with who.unit_of_work() as session:
        payees.record_call_back(session, who.actor, reference, CallBack(outcome))
        found = queries.payee(session, reference, clock.now())
    click.echo(_payee(found) if found else reference)


@click.command("dues")
@click.option("--state", type=choice(DueState), help="Only those that stand there.")
@click.option("--currency", help="Only those in this currency.")
@click.option("--json", "json_lines", is_flag=True, help="Print one JSON object a due, one a line.")
@told
def dues(state: str | None, currency: str | None, json_lines: bool) -> None:
    """List what is to be paid, and where it stands."""
    wanted = DueState(state) if state else None
    with open_database().read_session() as session:
        found = list(every(
            lambda after, n: queries.dues_page(session, state=wanted, currency=currency, after=after, limit=n), _reference
        ))  # fmt: skip
    if json_lines:
        for each in found:
            click.echo(as_json(DueSchema(), each))
        return
    rows = [
        (
            each.reference, each.case_reference, each.purpose.value, str(each.due_on),
            money(each.amount_minor, each.currency), each.state.value, each.payment or "",
        )
        for each in found
    ]  # fmt: skip
    click.echo(table(("due", "case", "purpose", "due on", "amount", "state", "payment"), rows, numbers=(4,)))


def _payee(found: PayeeRead) -> str:
    where = " ".join(part for part in (found.institution, found.account) if part)
    said = f", {found.call_back.value}" if found.call_back else ""
    until = f" until {found.usable_from:%Y-%m-%d %H:%M} UTC" if found.standing.value == "waiting" and not said else ""
    return f"{found.reference}  {found.method.value}  {where}  version {found.version}: {found.standing.value}{until}{said}"


def _reference(row: object) -> str:
    return str(getattr(row, "reference"))  # noqa: B009 - any of the things that are listed
