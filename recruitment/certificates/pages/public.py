"""What everybody may ask, without signing in: the check by code, link or file, and what a verifier elsewhere needs.

Nobody is asked who they are, no cookie is given, and nothing is kept of who looked at what. A code stands in a form or in
the path of its own page, never in a query: those land in the logs of proxies. How often one address may ask: ``web/rate.py``.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, render_template, request

from recruitment.certificates import services
from recruitment.certificates.errors import CheckUnreadable
from recruitment.certificates.exports.words import sections_of
from recruitment.certificates.rules import CertificateState
from recruitment.certificates.schemas import PublicCheckSchema
from recruitment.typesetting.catalogue import SOURCE, Catalogue
from recruitment.typesetting.saying import spoken
from recruitment.web.context import public_session
from recruitment.web.errors import wants_json
from recruitment.web.gate import public as open_to_all
from recruitment.web.headers import KEPT_FOR_MINUTES
from recruitment.web.navigation import has_public_name
from recruitment.web.rate import CHECKING, READING, paced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from recruitment.certificates.services import PaperCheck, PublicCheck

public = Blueprint("certificate_check", __name__)

PAGES_KEPT = 2048
"""How many pages of cohorts' certificates are kept in memory, so that a busy one is not set anew each time."""

LEAVES_AT_ONCE = 2048
"""How many leaves of the log are told at once: eight batches."""

_TONES = {
    "valid": "good", "VALID": "good", "re_check": "warn", "CANNOT TELL": "warn", "revoked": "bad", "not_found": "bad",
    "NOT VALID": "bad", "superseded": "plain", "expired": "plain",
}  # fmt: skip
_SAYS_NOTHING_MORE = frozenset({CertificateState.REVOKED, CertificateState.RE_CHECK})
"""Where a certificate stands so, the page tells what it is about and no more: nobody shall rely on what it said."""

_HOW_TO = frozenset({"heading.check", "heading.signature"})
"""Parts of the paper that the page says in its own words."""

_BRIEF = frozenset({"heading.scope", "heading.dates"})


@public.get("/check")
@open_to_all("it is a form, the same for everybody")
@paced(READING)
def check_form() -> ResponseReturnValue:
    """Show the form that asks for a code, and the one that asks for a file."""
    return render_template("certificates/check_form.html")


@public.post("/check")
@open_to_all("who has a code may know what it stands for; it tells of no person")
@paced(CHECKING)
def check_ask() -> ResponseReturnValue:
    """Tell of the certificate with the code of the form."""
    return _told(request.form.get("code", ""))


@public.get("/check/<text>")
@open_to_all("who has a code or link may know what it stands for; it tells of no person")
@paced(CHECKING)
def check_show(text: str) -> ResponseReturnValue:
    """Tell of the certificate with this code or token, as a page, or as JSON to who prefers it."""
    return _told(text)


@public.get("/check/paper")
@open_to_all("it is a form, the same for everybody")
@paced(READING)
def paper_form() -> ResponseReturnValue:
    """Show the form that asks for a file."""
    return render_template("certificates/check_form.html")


@public.post("/check/paper")
@open_to_all("who has a paper may know whether it is ours and stands; it tells of no person")
@paced(CHECKING)
def paper_check() -> ResponseReturnValue:
    """Tell of a paper (PDF) or a credential (JSON) that is sent. Nothing of it is kept."""
    sent = request.files.get("file")
    content = sent.read() if sent is not None else b""
    if not content:
        raise CheckUnreadable("No file was sent. Choose the PDF or the credential, and send it again.", file="missing")
    with public_session() as session:
        found = services.check_paper(session, content)
    if wants_json():
        return jsonify(word=found.word, reason=found.reason, sentence=found.sentence, statement=_without_subject(found))
    sections = _sections(found.statement, brief=found.word != "VALID") if found.statement else []
    return render_template(
        "certificates/check_show.html",
        word=found.word,
        sentence=found.sentence,
        tone=_TONES[found.word],
        sections=sections,
    )


@public.get("/.well-known/did.json")
@open_to_all("public keys are there to be read by everybody")
@paced(READING)
def identity_show() -> ResponseReturnValue:
    """Tell our did:web document: every key that ever signed, and until when."""
    with public_session() as session:
        document = services.document_of_identity(session)
    return _kept(json.dumps(document, sort_keys=True, separators=(",", ":")), "application/did+json")


@public.get("/status/<purpose>/<int:number>")
@open_to_all("a list of states is random places and bits, signed to be read by everybody")
@paced(READING)
def status_show(purpose: str, number: int) -> ResponseReturnValue:
    """Tell a signed list of states, to the byte."""
    with public_session() as session:
        body = services.status_list(session, purpose, min(number, 2**31 - 1))
    return _kept(body, "application/vc")


@public.get("/certificate-log/head")
@open_to_all("the head of the log is signed to be read by everybody")
@paced(READING)
def log_head() -> ResponseReturnValue:
    """Tell the newest signed head of the log, to the byte."""
    with public_session() as session:
        body = services.log_head(session)
    return _kept(body, "application/json")


@public.get("/certificate-log/leaves")
@open_to_all("leaves are hashes of statements with random numbers in them, and name nobody")
@paced(READING)
def log_leaves() -> ResponseReturnValue:
    """Tell leaves of the log from a position on, 2048 at most, so that everybody can compute its root."""
    first = request.args.get("from", "0")
    if not (first.isascii() and first.isdigit() and len(first) < 10):
        raise CheckUnreadable("`from` is the position of a leaf: a whole number from 0 on.", parameter="from")
    with public_session() as session:
        leaves = services.log_leaves(session, int(first), LEAVES_AT_ONCE)
    return _kept(json.dumps({"from": int(first), "leaves": leaves}, separators=(",", ":")), "application/json")


@public.get("/certificates/trust.json")
@open_to_all("keys, lists and the head of the log are signed to be read by everybody")
@paced(READING)
def trust_show() -> ResponseReturnValue:
    """Tell everything that a verifier needs, in one file."""
    with public_session() as session:
        bundle = services.trust_bundle(session)
    return _kept(json.dumps(bundle, sort_keys=True, separators=(",", ":")), "application/json")


def _told(text: str) -> ResponseReturnValue:
    with public_session() as session:
        found = services.check(session, text)
    status = 200 if found.state else 404
    if wants_json():
        return jsonify(PublicCheckSchema().dump(told_of(found))), status
    # What a cohort's certificate says is the same for everybody; of a person's no trace stays that somebody looked.
    render = _rendered.__wrapped__ if found.is_of_person else _rendered
    return render(found, is_served=has_public_name()), status


@lru_cache(maxsize=PAGES_KEPT)
def _rendered(found: PublicCheck, *, is_served: bool) -> str:  # noqa: ARG001 - the page differs by it
    """Return the page of a check. It hangs on nothing but what was found, and on whether we are served by name."""
    sections: list[tuple[str, list[str]]] = []
    if found.statement is not None:
        sections = _sections(found.statement, brief=found.state in _SAYS_NOTHING_MORE)
    return render_template(
        "certificates/check_show.html", word=found.told.word, sentence=found.told.sentence, tone=_TONES[found.reason],
        sections=sections,
    )  # fmt: skip


def told_of(found: PublicCheck) -> dict[str, Any]:
    """Return what a check comes to as plain data, for programmes: the same that the page says."""
    statement = found.statement
    told: dict[str, Any] = {"word": found.told.word, "reason": found.reason, "sentence": found.told.sentence}
    if statement is None:
        return told
    told["certificate"] = {
        name: statement[name] for name in ("kind", "scope", "covered_until", "valid_from", "valid_until")
    }
    if found.state not in _SAYS_NOTHING_MORE:
        more = ("result", "evidence", "numbers", "other_findings", "not_checked")
        told["certificate"] |= {name: statement[name] for name in more}
    if not found.is_of_person:
        told["certificate"]["reference"] = statement["reference"]
    return told


def _without_subject(found: PaperCheck) -> dict[str, Any] | None:
    if found.statement is None:
        return None
    return {name: value for name, value in found.statement.items() if name != "subject"}


def _sections(statement: Mapping[str, Any], *, brief: bool) -> list[tuple[str, list[str]]]:
    """Return the parts of the paper that the page shows, in English: headings and paragraphs."""
    english = Catalogue.of(SOURCE)
    return [
        (
            spoken(section.heading, english, draft=False),
            [" ".join(spoken(said, english, draft=False) for said in each) for each in section.paragraphs],
        )
        for section in sections_of(statement, code="", link="")
        if section.heading.key not in _HOW_TO and (not brief or section.heading.key in _BRIEF)
    ]


def _kept(body: str, content_type: str) -> Response:
    response = Response(body, content_type=content_type)
    response.headers["Cache-Control"] = KEPT_FOR_MINUTES
    return response
