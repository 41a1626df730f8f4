"""``/fund-pots``, ``/fund-receipts``, ``/payees`` and ``/dues``: money that comes in, and what is to be paid to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.fund import queries
from recruitment.fund.errors import PayeeUnknown, ReceiptUnknown
from recruitment.fund.forms.named import operator_id, the_pot
from recruitment.fund.schemas.fields import OfOperator
from recruitment.fund.schemas.pots import (
    CallBackSchema,
    DueArguments,
    DuePageSchema,
    DueSchema,
    MadeSchema,
    NewPayeeSchema,
    NewPotSchema,
    NewReceiptSchema,
    PayeePageSchema,
    PayeeSchema,
    PotPageSchema,
    PotSchema,
    ReceiptArguments,
    ReceiptPageSchema,
    ReceiptSchema,
    TakingBackSchema,
)
from recruitment.fund.services import payees as accounts
from recruitment.fund.services import pots as opening
from recruitment.fund.services import receipts as receiving
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.idempotency import answer, idempotent
from recruitment.web.pagination import PageArguments, paged
from recruitment.web.reading import one_answer, page_answer, reads

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from recruitment.fund.services.payees import NewPayee
    from recruitment.fund.services.pots import NewPot
    from recruitment.fund.services.receipts import NewReceipt
    from recruitment.web.pagination import Asked

pots = ApiBlueprint("fund-pots", "The pots of the fund: money of one purpose, each in a book of its own.")
receipts = ApiBlueprint("fund-receipts", "Money that came into the pots.")
payees = ApiBlueprint("payees", "Accounts that are paid to, told masked.")
dues = ApiBlueprint("dues", "What is to be paid, and where it stands.")


@reads(pots, "/fund-pots", Permission.READ_FUND, asks=OfOperator, answers=PotPageSchema)
def list_pots(asked: Asked) -> ResponseReturnValue:
    """List pots.

    In order of reference.
    """
    with read_session() as session:
        operator = operator_id(session, asked.filters["operator"])
        rows = queries.pots_page(session, operator=operator, after=asked.after, limit=asked.fetch)
    return page_answer("pots", PotSchema(), paged(rows, asked, key=lambda row: row.reference))


@reads(pots, "/fund-pots/<reference:reference>", Permission.READ_FUND, answers=PotSchema)
def show_pot(reference: str) -> ResponseReturnValue:
    """Read a pot."""
    with read_session() as session:
        found = the_pot(session, reference)
    return one_answer(PotSchema(), found)


@pots.post("/fund-pots")
@allow(Permission.MANAGE_POTS)
@idempotent
@pots.arguments(NewPotSchema)
@pots.response(201, MadeSchema)
def open_pot(new: NewPot) -> ResponseReturnValue:
    """Open a pot.

    Of the Victim Support Fund and of suspense there is one for each operator.
    """
    with unit_of_work() as session:
        return answer(session, {"reference": opening.open_pot(session, actor(), new)})


@reads(receipts, "/fund-receipts", Permission.READ_FUND, asks=ReceiptArguments, answers=ReceiptPageSchema)
def list_receipts(asked: Asked) -> ResponseReturnValue:
    """List receipts.

    In order of reference; of one pot, if the query says so.
    """
    with read_session() as session:
        rows = queries.receipts_page(session, pot=asked.filters["pot"], after=asked.after, limit=asked.fetch)
    return page_answer("receipts", ReceiptSchema(), paged(rows, asked, key=lambda row: row.reference))


@reads(receipts, "/fund-receipts/<reference:reference>", Permission.READ_FUND, answers=ReceiptSchema)
def show_receipt(reference: str) -> ResponseReturnValue:
    """Read a receipt."""
    with read_session() as session:
        found = queries.receipt(session, reference)
    if found is None:
        raise ReceiptUnknown("There is no such receipt, or none that you may know of.")
    return one_answer(ReceiptSchema(), found)


@receipts.post("/fund-receipts")
@allow(Permission.RECORD_RECEIPTS)
@idempotent
@receipts.arguments(NewReceiptSchema)
@receipts.response(201, ReceiptSchema)
def record_receipt(new: NewReceipt) -> ResponseReturnValue:
    """Record money that came in.

    Of a partner's annual contribution a share goes to the Victim Support Fund. The bank's reference stands for the
    money: the same one again is refused.
    """
    with unit_of_work() as session:
        found = receiving.record_receipt(session, actor(), new)
        return answer(session, ReceiptSchema().dump(found))


@receipts.post("/fund-receipts/<reference:reference>/taking-back")
@allow(Permission.RECORD_RECEIPTS)
@idempotent
@receipts.arguments(TakingBackSchema)
@receipts.alt_response(200, schema=ReceiptSchema, success=True)
def take_back_receipt(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Take back a receipt that was recorded wrongly.

    By a reversal in the books. 409 where its money is reserved or spent.
    """
    with unit_of_work() as session:
        receiving.take_back_receipt(session, actor(), reference, given["reason"])
        return answer(session, ReceiptSchema().dump(queries.receipt(session, reference)), 200)


@reads(payees, "/payees", Permission.RECORD_PAYEES, asks=PageArguments, answers=PayeePageSchema)
def list_payees(asked: Asked) -> ResponseReturnValue:
    """List changed accounts that wait: for 48 hours, and for a call back."""
    with read_session() as session:
        rows = queries.payees_waiting(session, after=asked.after, limit=asked.fetch, now=clock.now())
    return page_answer("payees", PayeeSchema(), paged(rows, asked, key=lambda row: row.reference))


@reads(payees, "/payees/<reference:reference>", Permission.RECORD_PAYEES, answers=PayeeSchema)
def show_payee(reference: str) -> ResponseReturnValue:
    """Read whether an account may be paid to."""
    with read_session() as session:
        found = queries.payee(session, reference, clock.now())
    if found is None:
        raise PayeeUnknown("There is no such account, or none that you may know of.")
    return one_answer(PayeeSchema(), found)


@payees.post("/payees")
@allow(Permission.RECORD_PAYEES)
@idempotent
@payees.arguments(NewPayeeSchema)
@payees.response(201, PayeeSchema)
def record_payee(new: NewPayee) -> ResponseReturnValue:
    """Record the account of somebody who is to be paid.

    A second one takes the place of the first; it waits 48 hours and needs a call back by somebody else.
    """
    with unit_of_work() as session:
        found = accounts.record_payee(session, actor(), new)
        return answer(session, PayeeSchema().dump(found))


@payees.post("/payees/<reference:reference>/call-back")
@allow(Permission.RECORD_PAYEES)
@idempotent
@payees.arguments(CallBackSchema)
@payees.alt_response(200, schema=PayeeSchema, success=True)
def call_back(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Record what the payee said when they were called about a changed account.

    Call a number that was known before, and not as who recorded the account.
    """
    with unit_of_work() as session:
        accounts.record_call_back(session, actor(), reference, given["outcome"])
        return answer(session, PayeeSchema().dump(queries.payee(session, reference, clock.now())), 200)


@reads(dues, "/dues", Permission.READ_FUND, asks=DueArguments, answers=DuePageSchema)
def list_dues(asked: Asked) -> ResponseReturnValue:
    """List what is to be paid, and where it stands.

    In order of reference. Who is paid stands in the case, which the fund does not read.
    """
    with read_session() as session:
        rows = queries.dues_page(
            session, state=asked.filters["state"], currency=asked.filters["currency"],
            operator=operator_id(session, asked.filters["operator"]), after=asked.after, limit=asked.fetch,
        )  # fmt: skip
    return page_answer("dues", DueSchema(), paged(rows, asked, key=lambda row: row.reference))
