"""``/creditors`` and ``/relief-debts``: to whom workers owe, how much, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recruitment.core.actor import Permission
from recruitment.relief import queries
from recruitment.relief.api.posting import posts
from recruitment.relief.errors import DebtUnknown
from recruitment.relief.queries import listed
from recruitment.relief.schemas import documents, sent, told
from recruitment.relief.services import register
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.idempotency import answer
from recruitment.web.pagination import paged
from recruitment.web.reading import page_answer, reads

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from recruitment.relief.services.register import NewCreditor, NewDebt
    from recruitment.web.pagination import Asked

debts = ApiBlueprint("relief-register", "Creditors and the debt register.")


@reads(debts, "/creditors", Permission.READ_RELIEF, asks=sent.CreditorArguments, answers=told.CreditorPageSchema)
def list_creditors(asked: Asked) -> ResponseReturnValue:
    """List creditors, without their names.

    In order of reference. They are for case workers and auditors: they tell of more people than one.
    """
    with read_session() as session:
        rows = queries.creditor_page(session, operator=asked.filters["operator"], after=asked.after, limit=asked.fetch)
    return page_answer("creditors", told.CreditorSchema(), paged(rows, asked, key=lambda row: row.reference))


@posts(debts, "/creditors", Permission.WORK_RELIEF, sent.NewCreditorSchema, told.MadeSchema)
def enter_creditor(new: NewCreditor) -> ResponseReturnValue:
    """Enter a creditor.

    The name is sealed.
    """
    with unit_of_work() as session:
        return answer(session, {"reference": register.enter_creditor(session, actor(), new)})


@posts(
    debts,
    "/creditors/<reference:reference>/announcement",
    Permission.WORK_RELIEF,
    sent.AnnouncementSchema,
    told.MadeSchema,
)
def announce_programme(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Record when a creditor was told of the programme.

    Once. Debts from that day on are flagged for another look; they take nothing from the worker.
    """
    with unit_of_work() as session:
        register.announce(session, actor(), reference, given["announced_on"])
        return answer(session, {"reference": reference})


@posts(
    debts,
    "/relief-cases/<reference:reference>/debts",
    Permission.WORK_RELIEF,
    sent.NewDebtSchema,
    told.DebtRecordedSchema,
)
def record_register_debt(new: NewDebt, reference: str) -> ResponseReturnValue:
    """Record a debt of the worker."""
    with unit_of_work() as session:
        return answer(session, documents.recorded(register.record_debt(session, actor(), reference, new)))


@posts(
    debts,
    "/relief-debts/<reference:reference>/correction",
    Permission.WORK_RELIEF,
    sent.NewDebtSchema,
    told.DebtRecordedSchema,
)
def correct_register_debt(new: NewDebt, reference: str) -> ResponseReturnValue:
    """Put a debt in the place of another. Its lines go with it."""
    with unit_of_work() as session:
        return answer(session, documents.recorded(register.correct_debt(session, actor(), reference, new)))


@posts(
    debts,
    "/relief-debts/<reference:reference>/lines",
    Permission.WORK_RELIEF,
    sent.NewLineSchema,
    told.LineMadeSchema,
)
def add_debt_line(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Record what changed a debt."""
    with unit_of_work() as session:
        new = sent.line_of(given, _currency(listed.currency_of_debt(session, reference)))
        return answer(session, {"number": register.add_line(session, actor(), reference, new)})


@posts(
    debts,
    "/relief-debts/<reference:reference>/lines/<int:number>/correction",
    Permission.WORK_RELIEF,
    sent.CorrectionSchema,
    told.MadeSchema,
)
def correct_debt_line(given: dict[str, Any], reference: str, number: int) -> ResponseReturnValue:
    """Take a line back, and put another in its place or none."""
    with unit_of_work() as session:
        currency = _currency(listed.currency_of_debt(session, reference))
        new = sent.line_of(given["line"], currency) if given["line"] else None
        register.correct_line(session, actor(), reference, number, new)
        return answer(session, {"reference": reference})


def _currency(found: str | None) -> str:
    if found is None:
        raise DebtUnknown("There is no such debt in the register, or it is not one that you may know of.")
    return found
