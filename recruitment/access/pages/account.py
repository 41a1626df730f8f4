"""One's own account: password, second factor, tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import segno
from flask import make_response, render_template, request, url_for
from markupsafe import Markup

from recruitment.access import forms
from recruitment.access.errors import TooManyAttempts
from recruitment.access.pages.doorkeeper import home as address_of_home
from recruitment.access.pages.doorkeeper import lead_to, pages, refused, visit_here
from recruitment.access.rules.passwords import LENGTH_MIN
from recruitment.access.services import accounts, second_factor, throttle, tokens, visits
from recruitment.core.actor import Permission
from recruitment.core.errors import RecruitmentError
from recruitment.web import identity
from recruitment.web.context import actor
from recruitment.web.gate import allow
from recruitment.web.identity import house_reading, house_work

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_ACCOUNT, _SECOND_FACTOR = "access/account.html", "access/second_factor.html"


@pages.get("/")
@allow(Permission.MANAGE_OWN_ACCOUNT)
def home() -> ResponseReturnValue:
    """Lead to where this person begins."""
    return lead_to(address_of_home())


@pages.get("/account")
@allow(Permission.MANAGE_OWN_ACCOUNT)
def account() -> ResponseReturnValue:
    """Show the own account."""
    return _show()


@pages.post("/account/password")
@allow(Permission.MANAGE_OWN_ACCOUNT)
def change_password() -> ResponseReturnValue:
    """Change the password; other stays end."""
    try:
        before, after = forms.text(request.form, "password"), forms.text(request.form, "new_password")
        attempt = _attempt()
        with house_work() as session:
            accounts.change_password(session, actor(), before, after, here=visit_here())
            throttle.was_right(session, attempt)
    except RecruitmentError as error:
        return _show(error)
    return _show(done="The password is changed. You were signed out everywhere else.")


@pages.get("/account/second-factor")
@allow(Permission.MANAGE_OWN_ACCOUNT)
def second_factor_show() -> ResponseReturnValue:
    """Show a picture to scan, of a new secret. Nothing is kept before a code confirms it."""
    return _show_second_factor(None)


@pages.post("/account/second-factor")
@allow(Permission.MANAGE_OWN_ACCOUNT)
def second_factor_send() -> ResponseReturnValue:
    """Keep the new second factor. The password is asked for once more."""
    try:
        with house_reading() as session:
            person = accounts.me(session, actor())
            secret = second_factor.opened_offer(session, person.id, forms.text(request.form, "offer"))
        attempt = _attempt()
        with house_work() as session:
            accounts.check_password(session, actor(), forms.text(request.form, "password"))
            throttle.was_right(session, attempt)
            second_factor.enrol(session, person, secret, forms.text(request.form, "code"))
            visits.end_all(session, person.id, but=visit_here())
            renewed = visits.start(session, person.id, instead_of=visit_here(), with_second_factor=True)
    except RecruitmentError as error:
        return _show_second_factor(error)
    response = make_response(lead_to(url_for("access.account")))
    identity.set_cookie(response, renewed)
    return response


@pages.post("/account/tokens")
@allow(Permission.MANAGE_OWN_ACCOUNT)
def make_token() -> ResponseReturnValue:
    """Make a token, and show it this once."""
    try:
        with house_work() as session:
            made, text = tokens.make_token(
                session,
                actor(),
                label=forms.text(request.form, "label"),
                scopes=forms.scopes(request.form.getlist("scopes")),
                days=forms.days(request.form),
            )
    except RecruitmentError as error:
        return _show(error)
    return _show(token=text, done=f"The token {made.label} is made.")


@pages.post("/account/tokens/<reference>/revoke")
@allow(Permission.MANAGE_OWN_ACCOUNT)
def revoke_token(reference: str) -> ResponseReturnValue:
    """Revoke a token of one's own."""
    with house_work() as session:
        tokens.revoke_token(session, actor(), reference)
    return lead_to(url_for("access.account"))


def _show(error: RecruitmentError | None = None, **values: object) -> ResponseReturnValue:
    with house_reading() as session:
        person = accounts.me(session, actor())
        found = tokens.tokens(session, actor())
    shown = {
        "person": person,
        "tokens": found,
        "permissions": sorted(actor().permissions),
        "length_min": LENGTH_MIN,
        "days_max": tokens.DAYS_MAX,
        "given": request.form if error else {},
        "ticked": request.form.getlist("scopes") if error else [],
        "token": None,
        "done": None,
    } | values
    return refused(_ACCOUNT, error, **shown) if error else render_template(_ACCOUNT, error=None, **shown)


def _show_second_factor(error: RecruitmentError | None) -> ResponseReturnValue:
    with house_reading() as session:
        person = accounts.me(session, actor())
        secret, sealed = second_factor.offer(session, person.id)
    code = segno.make(second_factor.address_of(secret, person.login), error="m", micro=False)
    shown = {
        "person": person,
        "offer": sealed,
        # Made of modules and numbers by the library; nothing of it comes from outside but black and white squares.
        "picture": Markup(code.svg_inline(scale=5, dark="black", light="white", omitsize=False)),  # noqa: S704
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    }
    return refused(_SECOND_FACTOR, error, **shown) if error else render_template(_SECOND_FACTOR, error=None, **shown)


def _attempt() -> throttle.Attempt:
    """Count an attempt at the own password, kept though what follows fails. Raises ``TooManyAttempts``."""
    who = str(actor().id)
    with house_work() as session:
        found = throttle.attempt(session, "own_password", who, f"the sessions of {who}")
    if isinstance(found, timedelta):
        raise TooManyAttempts(f"Too many attempts. Wait {int(found.total_seconds()) + 1} seconds, then try again.")
    return found
