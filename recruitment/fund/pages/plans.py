"""``/payment-plans``: all of them, and one with where it stands and what this person may do with it now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from recruitment.access.errors import CodeWrong, TooManyAttempts
from recruitment.access.services.stepping_up import step_up
from recruitment.banking.instructions import FileFormat, Method
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.fund import queries
from recruitment.fund.forms import filled
from recruitment.fund.forms.named import after_plan, all_pots, the_plan
from recruitment.fund.pages.choices import STEPS, choices
from recruitment.fund.pages.shown import REFUSALS, as_file, asked, pages, shown, status, told
from recruitment.fund.rules.kinds import POT_PAYS
from recruitment.fund.rules.machine import PaymentState, PlanState
from recruitment.fund.rules.segregation import BackReason
from recruitment.fund.rules.words import HINDRANCES
from recruitment.fund.services import approving, locking, planning, releasing
from recruitment.web import identity
from recruitment.web.context import actor, database, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.pagination import paged

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from recruitment.core.errors import RecruitmentError
    from recruitment.fund.rules.reads import Added

_PLANS = 50
_PAYMENTS = 50
_LEFT_OUT_SHOWN = 50
FILE = "application/octet-stream"
_REFUSALS = (*REFUSALS, CodeWrong, TooManyAttempts)


@pages.get("/payment-plans")
@allow(Permission.READ_FUND)
def plan_list() -> ResponseReturnValue:
    """List plans, the newest first."""
    return _plans()


@pages.post("/payment-plans")
@allow(Permission.PREPARE_PLANS)
def plan_draft() -> ResponseReturnValue:
    """Draft a plan and show it; or show the form again with what is wrong."""
    try:
        with unit_of_work() as session:
            reference = planning.draft_plan(session, actor(), filled.new_plan(request.form))
    except REFUSALS as refused:
        return _plans(refused), status(refused)
    return redirect(url_for("fund_pages.plan_show", reference=reference), 303)


def _plans(refused: RecruitmentError | None = None) -> str:
    wanted, chosen = asked(_PLANS), shown("state", 40)
    state = PlanState(chosen) if chosen in set(PlanState) else None
    with read_session() as session:
        after = after_plan(session, actor(), wanted.after)
        rows = queries.plans_page(session, actor(), state=state, after=after, limit=wanted.fetch)
        pots = [each for each in all_pots(session) if POT_PAYS[each.kind]]
    return render_template(
        "fund/plan_list.html",
        page=paged(rows, wanted, key=lambda row: row.reference),
        state=state,
        states=list(PlanState),
        pots=pots,
        methods=list(Method),
        formats=list(FileFormat),
        may_draft=actor().may(Permission.PREPARE_PLANS),
        values=request.form if refused else {"follows": shown("follows", 80) or ""},
        **told(refused),
    )


@pages.get("/payment-plans/<reference:reference>")
@allow(Permission.READ_FUND)
def plan_show(reference: str) -> ResponseReturnValue:
    """Show a plan: where it stands, what is locked, its payments, and what this person may do now."""
    return _page(reference)


@pages.post("/payment-plans/<reference:reference>/additions")
@allow(Permission.PREPARE_PLANS)
def plan_add(reference: str) -> ResponseReturnValue:
    """Add dues to a draft: those that are named, or all that fit; tell what was left out."""
    try:
        day = filled.day(request.form, "executed_on") if request.form.get("executed_on") else None
        dues = None if request.form.get("which") == "all" else filled.references(request.form, "dues")
        with unit_of_work() as session:
            added = planning.add_to_plan(session, actor(), reference, dues, executed_on=day)
    except REFUSALS as refused:
        return _page(reference, refused), status(refused)
    if added.left_out:
        return _page(reference, added=added)
    return redirect(url_for("fund_pages.plan_show", reference=reference), 303)


@pages.post("/payment-plans/<reference:reference>/removals")
@allow(Permission.PREPARE_PLANS)
def plan_remove(reference: str) -> ResponseReturnValue:
    """Take dues out of a draft."""
    return _done(
        reference,
        lambda session: planning.remove_from_plan(
            session, actor(), reference, filled.references(request.form, "removed")
        ),
    )


@pages.post("/payment-plans/<reference:reference>/lock")
@allow(Permission.PREPARE_PLANS)
def plan_lock(reference: str) -> ResponseReturnValue:
    """Lock a draft."""
    return _done(
        reference,
        lambda session: locking.lock(session, actor(), reference, filled.day(request.form, "executed_on")),
    )


@pages.post("/payment-plans/<reference:reference>/unlocking")
@allow(Permission.PREPARE_PLANS)
def plan_unlock(reference: str) -> ResponseReturnValue:
    """Make a draft of a plan again."""
    return _done(
        reference, lambda session: locking.unlock(session, actor(), reference, filled.back_reason(request.form))
    )


@pages.post("/payment-plans/<reference:reference>/cancellation")
@allow(Permission.PREPARE_PLANS)
def plan_cancel(reference: str) -> ResponseReturnValue:
    """Give up a plan."""
    return _done(
        reference, lambda session: locking.cancel(session, actor(), reference, filled.back_reason(request.form))
    )


@pages.post("/payment-plans/<reference:reference>/sending-back")
@allow(Permission.APPROVE_PLANS)
def plan_send_back(reference: str) -> ResponseReturnValue:
    """Send a plan back to its preparer."""
    return _done(
        reference, lambda session: locking.send_back(session, actor(), reference, filled.back_reason(request.form))
    )


@pages.post("/payment-plans/<reference:reference>/approvals")
@allow(Permission.APPROVE_PLANS)
def plan_approve(reference: str) -> ResponseReturnValue:
    """Approve what is locked, after the second factor."""
    return _stepped_up(reference, approving.approve)


@pages.post("/payment-plans/<reference:reference>/release")
@allow(Permission.RELEASE_PLANS)
def plan_release(reference: str) -> ResponseReturnValue:
    """Release what is approved, after the second factor."""
    return _stepped_up(reference, releasing.release_plan)


@pages.post("/payment-plans/<reference:reference>/file")
@allow(Permission.RELEASE_PLANS)
def plan_file(reference: str) -> ResponseReturnValue:
    """Give the file for the bank. The first time the payments are sent by it; each time is recorded."""
    try:
        with unit_of_work() as session:
            found = releasing.export(session, actor(), reference)
    except REFUSALS as refused:
        return _page(reference, refused), status(refused)
    return as_file(found.content, found.name, FILE, **{"X-Content-SHA256": found.sha256})


def _done(reference: str, do: Callable[[Session], object]) -> ResponseReturnValue:
    """Do something with a plan and show it; when it is refused, show it with the reason."""
    try:
        with unit_of_work() as session:
            do(session)
    except REFUSALS as refused:
        return _page(reference, refused), status(refused)
    return redirect(url_for("fund_pages.plan_show", reference=reference), 303)


def _stepped_up(reference: str, do: Callable[..., object]) -> ResponseReturnValue:
    """Use up the code first, in units of work of its own, then do what it is for."""
    try:
        digest, code = filled.step(request.form)
        step = step_up(database(), actor(), code, address=identity.address())
        with unit_of_work() as session:
            do(session, actor(), reference, digest, step)
    except _REFUSALS as refused:
        return _page(reference, refused), status(refused)
    return redirect(url_for("fund_pages.plan_show", reference=reference), 303)


def _page(reference: str, refused: RecruitmentError | None = None, *, added: Added | None = None) -> str:
    wanted, chosen = asked(_PAYMENTS), shown("state", 40)
    state = PaymentState(chosen) if chosen in set(PaymentState) else None
    with read_session() as session:
        plan = the_plan(session, actor(), reference)
        may = choices(plan, actor())
        is_draft = plan.lock is None
        dues = queries.dues_of_plan(session, reference, after=wanted.after, limit=wanted.fetch) if is_draft else []
        rows = (
            []
            if is_draft
            else queries.payments_of(session, reference, state=state, after=wanted.after, limit=wanted.fetch)
        )
        five = queries.random_five(session, reference) if may.approve == "" else []
        waits = plan.state in {PlanState.LOCKED, PlanState.APPROVED, PlanState.RELEASED}
        changed = queries.stale(session, plan.id, bytes.fromhex(plan.lock.lock_hash)) if plan.lock and waits else []
        events = queries.plan_events(session, reference)
    return render_template(
        "fund/plan_show.html",
        plan=plan,
        may=may,
        me=actor().id,
        steps=STEPS,
        reached=STEPS.index(plan.state) if plan.state in STEPS else -1,
        page=paged(dues or rows, wanted, key=lambda row: row.reference),
        state=state,
        five=five,
        waits=waits,
        changed=changed,
        events=events,
        reasons=list(BackReason),
        added=added,
        left_out=[(each.due, HINDRANCES[each.reason]) for each in added.left_out[:_LEFT_OUT_SHOWN]] if added else [],
        today=clock.today(),
        values=request.form if refused else {},
        **told(refused),
    )
