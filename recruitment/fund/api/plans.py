"""``/payment-plans``: from a draft to a file that a bank pays, through the hands of three people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from recruitment.access.services.stepping_up import step_up
from recruitment.core.actor import Permission
from recruitment.fund import queries
from recruitment.fund.errors import FileNotSent
from recruitment.fund.forms.named import after_plan, operator_id, the_plan
from recruitment.fund.rules.machine import PlanState
from recruitment.fund.schemas.fields import StepSchema
from recruitment.fund.schemas.plans import (
    AddedSchema,
    AdditionSchema,
    LockingSchema,
    NewPlanSchema,
    PaymentArguments,
    PaymentPageSchema,
    PaymentSchema,
    PaymentsSchema,
    PlanArguments,
    PlanEventsSchema,
    PlanPageSchema,
    PlanSchema,
    RemovalSchema,
)
from recruitment.fund.schemas.pots import BackSchema, DuePageSchema, DueSchema, MadeSchema
from recruitment.fund.services import approving, locking, planning, releasing
from recruitment.web import identity
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, database, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.idempotency import answer, answer_unkept, idempotent
from recruitment.web.pagination import PageArguments, paged
from recruitment.web.reading import one_answer, page_answer, reads

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from recruitment.access.services.stepping_up import StepUp
    from recruitment.fund.rules.reads import PaymentFile, PlanRead
    from recruitment.fund.services.planning import NewPlan
    from recruitment.web.pagination import Asked

plans = ApiBlueprint("payment-plans", "Plans of payments: prepared, approved and released by three people.")

FILE = "application/octet-stream"
SHA256_HEADER = "X-Content-SHA256"


@reads(plans, "/payment-plans", Permission.READ_FUND, asks=PlanArguments, answers=PlanPageSchema)
def list_plans(asked: Asked) -> ResponseReturnValue:
    """List payment plans.

    The newest first; those in a state, if the query says so.
    """
    with read_session() as session:
        rows = queries.plans_page(
            session, actor(), state=asked.filters["state"], operator=operator_id(session, asked.filters["operator"]),
            after=after_plan(session, actor(), asked.after), limit=asked.fetch,
        )  # fmt: skip
    return page_answer("payment_plans", PlanSchema(), paged(rows, asked, key=lambda row: row.reference))


@reads(plans, "/payment-plans/<reference:reference>", Permission.READ_FUND, answers=PlanSchema)
def show_plan(reference: str) -> ResponseReturnValue:
    """Read a plan, with the digests that its approvers and its releaser name.

    Who approves does not see who else did, until they have decided themselves.
    """
    with read_session() as session:
        found = the_plan(session, actor(), reference)
    return one_answer(PlanSchema(), found)


@plans.post("/payment-plans")
@allow(Permission.PREPARE_PLANS)
@idempotent
@plans.arguments(NewPlanSchema)
@plans.response(201, MadeSchema)
def draft_plan(new: NewPlan) -> ResponseReturnValue:
    """Draft a plan: out of one pot, in one currency, by one method."""
    with unit_of_work() as session:
        return answer(session, {"reference": planning.draft_plan(session, actor(), new)})


@plans.post("/payment-plans/<reference:reference>/additions")
@allow(Permission.PREPARE_PLANS)
@idempotent
@plans.arguments(AdditionSchema)
@plans.alt_response(200, schema=AddedSchema, success=True)
def add_dues(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Add dues to a draft, by name or all that fit.

    What does not fit is left out, and told with its reason.
    """
    with unit_of_work() as session:
        found = planning.add_to_plan(session, actor(), reference, given["dues"], executed_on=given["executed_on"])
        return answer(session, AddedSchema().dump(found), 200)


@plans.post("/payment-plans/<reference:reference>/removals")
@allow(Permission.PREPARE_PLANS)
@idempotent
@plans.arguments(RemovalSchema)
@plans.alt_response(200, schema=PlanSchema, success=True)
def remove_dues(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Take dues out of a draft."""
    with unit_of_work() as session:
        return _now(session, planning.remove_from_plan(session, actor(), reference, given["dues"]))


@plans.post("/payment-plans/<reference:reference>/lock")
@allow(Permission.PREPARE_PLANS)
@idempotent
@plans.arguments(LockingSchema)
@plans.alt_response(200, schema=PlanSchema, success=True)
def lock_plan(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Lock a draft: its money is reserved and its file is made.

    What is locked has a digest; any change makes another one, and every approval void. 409 where the pot does not hold
    enough.
    """
    with unit_of_work() as session:
        return _now(session, locking.lock(session, actor(), reference, given["executed_on"]))


@plans.post("/payment-plans/<reference:reference>/unlocking")
@allow(Permission.PREPARE_PLANS)
@idempotent
@plans.arguments(BackSchema)
@plans.alt_response(200, schema=PlanSchema, success=True)
def unlock_plan(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Unlock a plan: its money is free again, and its approvals are void."""
    with unit_of_work() as session:
        return _now(session, locking.unlock(session, actor(), reference, given["reason"]))


@plans.post("/payment-plans/<reference:reference>/cancellation")
@allow(Permission.PREPARE_PLANS)
@idempotent
@plans.arguments(BackSchema)
@plans.alt_response(200, schema=PlanSchema, success=True)
def cancel_plan(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Give up a plan that was not exported."""
    with unit_of_work() as session:
        return _now(session, locking.cancel(session, actor(), reference, given["reason"]))


@plans.post("/payment-plans/<reference:reference>/approvals")
@allow(Permission.APPROVE_PLANS)
@idempotent
@plans.arguments(StepSchema)
@plans.alt_response(200, schema=PlanSchema, success=True)
def approve_plan(given: dict[str, str], reference: str) -> ResponseReturnValue:
    """Approve exactly what is locked, with the code that your app shows now.

    By somebody who neither prepared nor locked it; above a threshold by two. The code is used up even where the approval
    is refused.
    """
    step = _step(given)
    with unit_of_work() as session:
        return _now(session, approving.approve(session, actor(), reference, given["lock_hash"], step))


@plans.post("/payment-plans/<reference:reference>/sending-back")
@allow(Permission.APPROVE_PLANS)
@idempotent
@plans.arguments(BackSchema)
@plans.alt_response(200, schema=PlanSchema, success=True)
def send_back_plan(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Send a plan back to its preparer instead of approving it."""
    with unit_of_work() as session:
        return _now(session, locking.send_back(session, actor(), reference, given["reason"]))


@plans.post("/payment-plans/<reference:reference>/release")
@allow(Permission.RELEASE_PLANS)
@idempotent
@plans.arguments(StepSchema)
@plans.alt_response(200, schema=PlanSchema, success=True)
def release_plan(given: dict[str, str], reference: str) -> ResponseReturnValue:
    """Release an approved plan, with the code that your app shows now.

    By somebody who neither prepared, locked nor approved it.
    """
    step = _step(given)
    with unit_of_work() as session:
        return _now(session, releasing.release_plan(session, actor(), reference, given["lock_hash"], step))


_FILE_ANSWER: Any = {
    "schema": {"type": "string", "format": "binary"}, "content_type": FILE, "success": True,
    "description": f"The file to the byte, with its name, and its SHA-256 in `{SHA256_HEADER}`",
}  # fmt: skip


@plans.post("/payment-plans/<reference:reference>/export")
@allow(Permission.RELEASE_PLANS)
@idempotent
@plans.alt_response(200, **_FILE_ANSWER)
def export_plan(reference: str) -> ResponseReturnValue:
    """Export a released plan: get the file that the bank is to pay.

    The first time its payments are sent. Asked again it is the same file, to the byte, and that is recorded.
    """
    with unit_of_work() as session:
        found = releasing.export(session, actor(), reference)
    answer_unkept({})  # sent again it finds the same bytes: they are kept with the plan, sealed
    return file_answer(found)


@plans.get("/payment-plans/<reference:reference>/file")
@allow(Permission.RELEASE_PLANS)
@plans.alt_response(200, **_FILE_ANSWER)
def fetch_file(reference: str) -> ResponseReturnValue:
    """Get the file of a plan once more that was exported before.

    The same bytes; that somebody got them is recorded. Nothing is sent by it.
    """
    with unit_of_work() as session:
        if the_plan(session, actor(), reference).state not in {PlanState.EXPORTED, PlanState.RECONCILED}:
            raise FileNotSent("This plan was not exported yet. Export it first: POST …/export.")
        found = releasing.export(session, actor(), reference)
    return file_answer(found)


def file_answer(found: PaymentFile) -> Response:
    """Answer with a payment file: its name, its bytes, and their SHA-256."""
    response = Response(found.content, mimetype=FILE)
    response.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    response.headers[SHA256_HEADER] = found.sha256
    response.headers["Cache-Control"] = "no-store"
    return response


@reads(
    plans, "/payment-plans/<reference:reference>/payments", Permission.READ_FUND, asks=PaymentArguments,
    answers=PaymentPageSchema,
)  # fmt: skip
def list_payments_of_plan(asked: Asked, reference: str) -> ResponseReturnValue:
    """List the payments of a plan that was locked.

    In order of reference, with masked accounts.
    """
    with read_session() as session:
        the_plan(session, actor(), reference)
        rows = queries.payments_of(
            session, reference, state=asked.filters["state"], after=asked.after, limit=asked.fetch
        )
    return page_answer("payments", PaymentSchema(), paged(rows, asked, key=lambda row: row.reference))


@reads(
    plans, "/payment-plans/<reference:reference>/dues", Permission.READ_FUND, asks=PageArguments, answers=DuePageSchema
)  # fmt: skip
def list_dues_of_plan(asked: Asked, reference: str) -> ResponseReturnValue:
    """List what a plan is to pay.

    In order of reference.
    """
    with read_session() as session:
        the_plan(session, actor(), reference)
        rows = queries.dues_of_plan(session, reference, after=asked.after, limit=asked.fetch)
    return page_answer("dues", DueSchema(), paged(rows, asked, key=lambda row: row.reference))


@reads(
    plans, "/payment-plans/<reference:reference>/random-payments", Permission.READ_FUND, answers=PaymentsSchema
)  # fmt: skip
def list_random_payments(reference: str) -> ResponseReturnValue:
    """Read five payments of a locked plan, to be looked at one by one before it is approved.

    They are chosen by the digest of what is locked: by nobody's will, and the same for everybody.
    """
    with read_session() as session:
        the_plan(session, actor(), reference)
        found = queries.random_five(session, reference)
    return one_answer(PaymentsSchema(), {"payments": found})


@reads(plans, "/payment-plans/<reference:reference>/events", Permission.READ_FUND, answers=PlanEventsSchema)
def list_plan_events(reference: str) -> ResponseReturnValue:
    """Read what happened to a plan, in order."""
    with read_session() as session:
        the_plan(session, actor(), reference)
        found = queries.plan_events(session, reference)
    return one_answer(PlanEventsSchema(), {"events": found})


def _step(given: dict[str, str]) -> StepUp:
    """Use up the code, before anything else is looked at: an attempt counts whatever becomes of it."""
    return step_up(database(), actor(), given["code"], address=identity.address())


def _now(session: Session, plan: PlanRead) -> ResponseReturnValue:
    """Answer with a plan as it stands now."""
    document: dict[str, Any] = PlanSchema().dump(plan)
    return answer(session, document, 200)
