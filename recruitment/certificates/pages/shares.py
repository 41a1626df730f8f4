"""The page on which a worker, with their CSO, lets somebody check their certificate, and ends it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno
from flask import Blueprint, Response, redirect, render_template, request, url_for
from markupsafe import Markup

from recruitment.certificates import services
from recruitment.certificates.errors import NothingToShare
from recruitment.certificates.exports.issued import PDF, paper_of_share
from recruitment.certificates.rules import TOLD
from recruitment.core.actor import Permission
from recruitment.journeys.errors import JourneyUnknown
from recruitment.typesetting.catalogue import languages
from recruitment.web.context import actor, house_unit_of_work, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.reading import REFERENCE_LENGTH_MAX

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from recruitment.certificates.services import MadeShare

pages = Blueprint("certificate_pages", __name__)


@pages.get("/certificate-shares")
@allow(Permission.SHARE_CERTIFICATES)
def share_list() -> ResponseReturnValue:
    """Show where the certificate of a journey's person stands, who may check it until when, and the way to let somebody."""
    return _page(_journey(request.args.get("journey", "")))


@pages.post("/certificate-shares")
@allow(Permission.SHARE_CERTIFICATES)
def share_make() -> ResponseReturnValue:
    """Let somebody check the certificate for 30 days: show code and link this once, or give the paper with them on it."""
    journey = _journey(request.form.get("journey", ""))
    try:
        if request.form.get("paper"):
            return _paper(journey, request.form.get("language", "en"))
        with unit_of_work() as session:
            made = services.share(session, actor(), journey)
    except NothingToShare as error:
        return _page(journey, problem=error.detail), 422
    return _page(journey, made=made)


@pages.post("/certificate-shares/<reference:reference>/end")
@allow(Permission.SHARE_CERTIFICATES)
def share_end(reference: str) -> ResponseReturnValue:
    """End a share now, and show the page again."""
    with unit_of_work() as session:
        ended = services.end_share(session, actor(), reference)
    return redirect(url_for("certificate_pages.share_list", journey=ended.journey), 303)


def _page(journey: str, *, made: MadeShare | None = None, problem: str | None = None) -> str:
    with read_session() as session:
        standing = services.standing_of_person(session, actor(), journey)
    return render_template(
        "certificates/share_list.html",
        standing=standing,
        told=TOLD[standing.state] if standing.state else None,
        made=made,
        picture=_picture(made.link) if made else None,
        problem=problem,
        languages=languages(),
    )


def _paper(journey: str, language: str) -> Response:
    """Draw the paper first, then make the share that it is for: a share without its paper would be of no use."""
    with read_session() as session:
        secret = services.prepare_share(session, actor(), journey)
    with house_unit_of_work() as session:
        paper = paper_of_share(session, actor(), secret, language)
    with unit_of_work() as session:
        made = services.share(session, actor(), journey, secret=secret)
    response = Response(paper, mimetype=PDF)
    response.headers["Content-Disposition"] = f'attachment; filename="{made.reference}.pdf"'
    return response


def _journey(text: str) -> str:
    if not (0 < len(text) <= REFERENCE_LENGTH_MAX and text.isprintable()):
        raise JourneyUnknown("Name a journey: come here from its page.")
    return text


def _picture(address: str) -> Markup:
    code = segno.make(address, error="m", micro=False)
    # Made of modules and numbers by the library; nothing of it comes from outside but black and white squares.
    return Markup(code.svg_inline(scale=5, dark="black", light="white", omitsize=False))  # noqa: S704
