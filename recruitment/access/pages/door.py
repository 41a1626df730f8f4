"""Sign in, the code of the second factor, sign out, take up an invitation, come back by a recovery."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from flask import make_response, render_template, request, url_for

from recruitment.access import forms
from recruitment.access.pages.doorkeeper import (
    CODE_PAGE,
    ENROLMENT_PAGE,
    lead_to,
    pages,
    refused,
    safe_next,
    visit_here,
)
from recruitment.access.services import accounts, people, second_factor, signing_in, throttle, visits
from recruitment.core.errors import InvalidInput, NotFound
from recruitment.web import identity
from recruitment.web.gate import public
from recruitment.web.identity import house_work

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from recruitment.access.rules.visits import Step

_SIGN_IN, _CODE = "access/sign_in.html", "access/code.html"
_INVITATION, _RECOVERY = "access/invitation.html", "access/recovery.html"

_WRONG = "The name or the password is wrong, or the access has ended. Type both again; capitals count in the password."
_WRONG_CODE = "The code is wrong or was used already. Wait for the next one in your app, and type that."


@pages.get("/sign-in")
@public("before it is known who comes, everybody may say who they are")
def sign_in() -> ResponseReturnValue:
    """Ask for name and password."""
    return render_template(_SIGN_IN, error=None, following=safe_next(request.args.get("next")), login="")


@pages.post("/sign-in")
@public("before it is known who comes, everybody may say who they are")
def sign_in_send() -> ResponseReturnValue:
    """Let in whoever knows the password. Whoever does not is told the same, whether the name is there or not."""
    login, password = forms.text(request.form, "login"), forms.text(request.form, "password")
    shown = {"following": safe_next(request.form.get("next")), "login": login}
    with house_work() as session:
        knocked = signing_in.knock(session, login, identity.address())
    if isinstance(knocked, timedelta):
        return _wait(_SIGN_IN, knocked, **shown)
    right = signing_in.is_right(knocked, password)
    with house_work() as session:
        secret = signing_in.enter(session, knocked, right, visit_here())
        visit = visits.find(session, secret) if secret else None
    if secret is None or visit is None:
        return render_template(_SIGN_IN, error=_WRONG, **shown), 422
    return _with_cookie(_after_password(visit.step, shown["following"]), secret)


@pages.get(CODE_PAGE)
@public("it asks for the code of whoever gave the password just before, and leads others to the sign-in")
def code() -> ResponseReturnValue:
    """Ask for the code of the second factor."""
    visit = visit_here()
    if visit is None or visit.step != "code":
        return lead_to(url_for("access.sign_in"))
    return render_template(_CODE, error=None, following=safe_next(request.args.get("next")))


@pages.post(CODE_PAGE)
@public("it takes the code of whoever gave the password just before, and leads others to the sign-in")
def code_send() -> ResponseReturnValue:
    """Complete the sign-in: a new session takes the place of the half one."""
    visit, following = visit_here(), safe_next(request.form.get("next"))
    if visit is None or visit.step != "code":
        return lead_to(url_for("access.sign_in"))
    with house_work() as session:
        attempt = throttle.attempt(session, "code", visit.person.login, identity.address())
    if isinstance(attempt, timedelta):
        return _wait(_CODE, attempt, following=following)
    with house_work() as session:
        secret = None
        if second_factor.pass_code(session, visit, forms.text(request.form, "code")):
            throttle.was_right(session, attempt)
            secret = visits.start(session, visit.person.id, instead_of=visit, with_second_factor=True)
    if secret is None:
        return render_template(_CODE, error=_WRONG_CODE, following=following), 422
    return _with_cookie(following or url_for("access.home"), secret)


@pages.post("/sign-out")
@public("whoever is in may leave, and nobody else is affected")
def sign_out() -> ResponseReturnValue:
    """End the session, and let the browser forget what it kept of it."""
    visit = visit_here()
    if visit is not None:
        with house_work() as session:
            visits.sign_out(session, visit)
    response = make_response(lead_to(url_for("access.sign_in")))
    identity.forget(response)
    return response


@pages.get("/invitation")
@public("it asks for a code of 140 random bits, and says nothing about anybody")
def invitation() -> ResponseReturnValue:
    """Ask for the code of an invitation, and the first password."""
    return render_template(_INVITATION, error=None, code="")


@pages.post("/invitation")
@public("it takes a code of 140 random bits, and says nothing to who has none")
def invitation_send() -> ResponseReturnValue:
    """Set the first password; then sign in."""
    given = forms.text(request.form, "code")
    try:
        with house_work() as session:
            people.accept_invitation(session, given, forms.text(request.form, "password"))
    except (InvalidInput, NotFound) as error:
        return refused(_INVITATION, error, code=given)
    return lead_to(url_for("access.sign_in"))


@pages.get("/recovery")
@public("it asks for a code of 140 random bits, and says nothing about anybody")
def recovery() -> ResponseReturnValue:
    """Ask for the code of a recovery, and a new password; say how to get a code."""
    return render_template(_RECOVERY, error=None, code="")


@pages.post("/recovery")
@public("it takes a code of 140 random bits, and says nothing to who has none")
def recovery_send() -> ResponseReturnValue:
    """Set the new password; then sign in."""
    given = forms.text(request.form, "code")
    try:
        with house_work() as session:
            accounts.recover(session, given, forms.text(request.form, "password"))
    except (InvalidInput, NotFound) as error:
        return refused(_RECOVERY, error, code=given)
    return lead_to(url_for("access.sign_in"))


def _after_password(step: Step | None, following: str | None) -> str:
    if step == "code":
        return url_for("access.code", next=following) if following else CODE_PAGE
    return ENROLMENT_PAGE if step == "enrol" else following or url_for("access.home")


def _with_cookie(address: str, secret: str) -> ResponseReturnValue:
    response = make_response(lead_to(address))
    identity.set_cookie(response, secret)
    return response


def _wait(template: str, wait: timedelta, **values: object) -> ResponseReturnValue:
    """Say how long to wait. It is the same for a name that is not there."""
    seconds = ceil(wait.total_seconds())
    error = (
        f"Too many attempts with this name. Wait {seconds} seconds, then try again: the right one works as before. "
        "Nobody is shut out."
    )
    return render_template(template, error=error, **values), 429, {"Retry-After": str(seconds)}
