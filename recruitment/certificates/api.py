"""``/certificates`` for partners and the inside, ``/certificate-cohorts`` for the inside, ``/certificate-shares`` for CSOs.

Nothing here is for agencies and employers. What a certificate says of one person is never here: that is checked by a code
that the person gives away.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from flask import Response, request

from recruitment.certificates import services
from recruitment.certificates.exports.checked import CSV, as_csv, checked_codes, checked_papers
from recruitment.certificates.exports.issued import PDF, paper_of_share, signed_paper
from recruitment.certificates.files import codes_in, codes_of, papers_of
from recruitment.certificates.schemas import (
    CertificateListedSchema,
    CertificatePageSchema,
    CertificatesAsked,
    CertificateSchema,
    ChecksSchema,
    CodesSchema,
    CohortAssessmentsSchema,
    CohortPageSchema,
    CohortSchema,
    IssueOutcomeSchema,
    NewCertificateSchema,
    NewReviewSchema,
    NewSampleSchema,
    NewShareSchema,
    PaperArguments,
    ReviewSchema,
    ReviewsSchema,
    RevocationSchema,
    RevokedSchema,
    SampleSchema,
    ShareMadeSchema,
    SharesArguments,
    ShareSchema,
    SharesSchema,
)
from recruitment.core.actor import Permission
from recruitment.web import json_bodies
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, house_unit_of_work, public_session, read_session, unit_of_work
from recruitment.web.errors import ContentTypeUnknown
from recruitment.web.gate import allow
from recruitment.web.idempotency import answer, answer_unkept, idempotent
from recruitment.web.pagination import PageArguments, paged
from recruitment.web.reading import one_answer, page_answer, reads

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from recruitment.certificates.services import Assessed
    from recruitment.web.pagination import Asked

JSON, FORM = "application/json", "multipart/form-data"

api = ApiBlueprint("certificates", "Certificates of cohorts: what was issued, on which evidence, and where it stands.")
cohorts = ApiBlueprint(
    "certificate-cohorts", "Cohorts that certificates are about, and what releases came to for them."
)
checks = ApiBlueprint("certificate-checks", "Checking many certificates at once.")
shares = ApiBlueprint("certificate-shares", "That a worker lets somebody check their certificate.")


@reads(api, "/certificates", Permission.READ_CERTIFICATES, asks=CertificatesAsked, answers=CertificatePageSchema)
def list_certificates(asked: Asked) -> ResponseReturnValue:
    """List certificates of cohorts.

    In order of their random references. A partner sees those of the employers in its supply chain.
    """
    level = asked.filters["level"]
    with read_session() as session:
        rows = services.list_certificates(
            session, actor(), after=asked.after, limit=asked.fetch, state=asked.filters["state"],
            level=level.value if level else None, employer=asked.filters["employer"],
        )  # fmt: skip
    page = paged(rows, asked, key=lambda row: row.reference)
    return page_answer("certificates", CertificateListedSchema(), page)


@reads(api, "/certificates/<reference:reference>", Permission.READ_CERTIFICATES, answers=CertificateSchema)
def show_certificate(reference: str) -> ResponseReturnValue:
    """Read the certificate of a cohort with its evidence, in told numbers, and the reviews of it."""
    with read_session() as session:
        found = services.show_certificate(session, actor(), reference)
    return one_answer(CertificateSchema(), found)


@api.get("/certificates/<reference:reference>/credential")
@allow(Permission.READ_CERTIFICATES)
@api.alt_response(
    200, schema={"type": "object"}, content_type="application/vc", success=True, description="A W3C credential (VC 2.0)"
)
def show_credential(reference: str) -> ResponseReturnValue:
    """Read the signed credential of a cohort's certificate, to the byte."""
    with read_session() as session:
        body = services.credential_of(session, actor(), reference)
    return Response(body, content_type="application/vc")


@api.get("/certificates/<reference:reference>/paper")
@allow(Permission.READ_CERTIFICATES)
@api.arguments(PaperArguments, location="query", unknown="raise")
@api.alt_response(
    200, schema={"type": "string", "format": "binary"}, content_type=PDF, success=True, description="A signed PDF"
)
def show_paper(asked: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Get a cohort's certificate on paper: signed, with the credential attached, in English and another language.

    A language that no speaker has reviewed yet is left out of the paper.
    """
    with read_session() as session:
        certificate = services.seen_certificate(session, actor(), reference)
    with house_unit_of_work() as session:
        material = services.material_of_cohort(session, actor(), certificate)
        paper = signed_paper(session, actor(), material, asked["language"])
    return Response(paper, mimetype=PDF)


@api.post("/certificates")
@allow(Permission.ISSUE_CERTIFICATES)
@idempotent
@api.arguments(NewCertificateSchema)
@api.alt_response(201, schema=IssueOutcomeSchema, success=True)
def issue_certificate(given: dict[str, Any]) -> ResponseReturnValue:
    """Enrol a cohort, and issue its certificate by what the last release knew.

    Where something stands against it, all reasons are told and none is issued; the next release looks again.
    """
    with unit_of_work() as session:
        outcome = services.issue(session, actor(), _enrolled(session, given))
        return answer(session, IssueOutcomeSchema().dump(outcome_of(outcome)))


@api.post("/certificates/<reference:reference>/revocation")
@allow(Permission.REVOKE_CERTIFICATES)
@idempotent
@api.arguments(RevocationSchema)
@api.alt_response(201, schema=RevokedSchema, success=True)
def revoke_certificate(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Revoke a certificate at once, for an error of ours or a forged document.

    With that of a cohort those of its people fall; that of a person falls alone.
    """
    with unit_of_work() as session:
        services.revoke(session, actor(), reference, given["reason"])
        return answer(session, {"reference": reference, "state": "revoked"})


@api.post("/certificates/<reference:reference>/reviews")
@allow(Permission.REVIEW_CERTIFICATES)
@idempotent
@api.arguments(NewReviewSchema)
@api.alt_response(201, schema=ReviewSchema, success=True)
def review_certificate(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Record that your organisation accepts a certificate, asks about it, or objects to it, and why.

    Each decision is kept; the last one counts.
    """
    with unit_of_work() as session:
        found = services.review(session, actor(), reference, given["decision"], given["reason"])
        return answer(session, ReviewSchema().dump(found))


@reads(api, "/certificates/<reference:reference>/reviews", Permission.READ_CERTIFICATES, answers=ReviewsSchema)
def list_reviews(reference: str) -> ResponseReturnValue:
    """List the decisions about a certificate.

    In order of partner and number. A partner reads its own.
    """
    with read_session() as session:
        found = services.list_reviews(session, actor(), reference)
    return one_answer(ReviewsSchema(), {"reviews": found})


@reads(
    cohorts, "/certificate-cohorts", Permission.READ_CERTIFICATE_WORKINGS, asks=PageArguments, answers=CohortPageSchema
)  # fmt: skip
def list_cohorts(asked: Asked) -> ResponseReturnValue:
    """List the enrolled cohorts, and where their newest certificates stand.

    In order of their random references.
    """
    with read_session() as session:
        rows = services.list_cohorts(session, actor(), after=asked.after, limit=asked.fetch)
    return page_answer("cohorts", CohortSchema(), paged(rows, asked, key=lambda row: row.reference))


@reads(
    cohorts, "/certificate-cohorts/<reference:reference>/assessments", Permission.READ_CERTIFICATE_WORKINGS,
    answers=CohortAssessmentsSchema,
)  # fmt: skip
def list_assessments(reference: str) -> ResponseReturnValue:
    """Read what each release came to for a cohort: exact numbers, and every reason."""
    with read_session() as session:
        found = services.list_assessments(session, actor(), reference)
    return one_answer(CohortAssessmentsSchema(), {"assessments": found})


@cohorts.post("/certificate-samples")
@allow(Permission.DRAW_SAMPLES)
@idempotent
@cohorts.arguments(NewSampleSchema)
@cohorts.alt_response(201, schema=SampleSchema, success=True)
def draw_sample(given: dict[str, Any]) -> ResponseReturnValue:
    """Draw by lot whom of a cohort to ask, so that nobody who paid among them bounds the share that paid.

    The seed of a cohort is drawn once: drawing again asks the same people, and then more.
    """
    with unit_of_work() as session:
        cohort = _enrolled(session, given)
        drawn = services.draw_sample(session, actor(), cohort, percent=given["bound_percent"])
        return answer(session, SampleSchema().dump(drawn))


@shares.post("/certificate-shares")
@allow(Permission.SHARE_CERTIFICATES)
@idempotent
@shares.arguments(NewShareSchema)
@shares.alt_response(201, schema=ShareMadeSchema, success=True)
def make_share(given: dict[str, Any]) -> ResponseReturnValue:
    """Let anybody who has a code or link check a worker's certificate for some days.

    Code and link are told this once. With `paper` the answer has the signed paper with them on it, in base 64.
    """
    secret, paper = None, None
    if given["paper"]:
        with read_session() as session:
            secret = services.prepare_share(session, actor(), given["journey"])
        with house_unit_of_work() as session:
            drawn = paper_of_share(session, actor(), secret, given["language"])
        paper = base64.b64encode(drawn).decode()
    with unit_of_work() as session:
        made = services.share(session, actor(), given["journey"], given["days"], secret=secret)
        kept = {"reference": made.reference, "journey": made.journey, "expires_at": made.expires_at}
        hidden = dict.fromkeys(("code", "link", "paper"))
        dump = ShareMadeSchema().dump
        told = dump(kept | {"code": made.code, "link": made.link, "paper": paper})
        return answer(session, told, kept=dump(kept | hidden))


@shares.post("/certificate-shares/<reference:reference>/end")
@allow(Permission.SHARE_CERTIFICATES)
@idempotent
@shares.alt_response(201, schema=ShareSchema, success=True)
def end_share(reference: str) -> ResponseReturnValue:
    """End a share now: its code and link tell nothing any more."""
    with unit_of_work() as session:
        return answer(session, ShareSchema().dump(services.end_share(session, actor(), reference)))


@reads(shares, "/certificate-shares", Permission.SHARE_CERTIFICATES, asks=SharesArguments, answers=SharesSchema)
def list_shares(asked: dict[str, Any]) -> ResponseReturnValue:
    """Read where a worker's newest certificate stands, and who may check it until when."""
    with read_session() as session:
        found = services.standing_of_person(session, actor(), asked["journey"])
    return one_answer(SharesSchema(), found)


@checks.post("/certificate-checks")
@allow(Permission.CHECK_CERTIFICATES)
@idempotent
@checks.doc(
    requestBody={
        "required": True,
        "content": {
            JSON: {"schema": CodesSchema},
            CSV: {"schema": {"type": "string", "format": "binary"}},
            FORM: {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                }
            },
        },
    }
)
@checks.alt_response(200, schema=ChecksSchema, success=True)
def check_many() -> ResponseReturnValue:
    """Check many certificates at once: codes, a file with a column `code`, or papers.

    At most 500 codes, or 20 files of 5 megabytes together. With `Accept: text/csv` the answer is a table for a spreadsheet.
    Nothing is kept of what was asked.
    """
    codes, papers = _asked()
    with public_session() as session:
        rows = checked_papers(session, actor(), papers) if papers else checked_codes(session, actor(), codes)
    response = answer_unkept(ChecksSchema().dump({"checks": rows}))
    if request.accept_mimetypes.best_match((JSON, CSV), default=JSON) == CSV:
        return Response(as_csv(rows), content_type=f"{CSV}; charset=utf-8")
    return response


def _asked() -> tuple[list[str], list[tuple[str, bytes]]]:
    """Return the codes, or the names and contents of the files, that a request brings."""
    if request.mimetype == FORM:
        return [], papers_of([(each.filename or "", each.read()) for each in request.files.getlist("file")])
    content = request.get_data(cache=True)
    if request.mimetype == JSON:
        return codes_in(json_bodies.parse(content)), []
    if request.mimetype != CSV:
        raise ContentTypeUnknown(
            f"Codes are taken as {JSON} or {CSV}, files as {FORM}. Say in Content-Type which of them it is.",
            parameter="Content-Type",
        )
    return codes_of(content), []


def _enrolled(session: Session, given: dict[str, Any]) -> str:
    """Return the reference of the cohort that a request names, enrolled if it was not."""
    named = {"letter": given.get("demand_letter"), "agency": given.get("agency"), "quarter": given.get("quarter")}
    return services.enrol(session, actor(), **named).reference


def outcome_of(outcome: Assessed) -> dict[str, Any]:
    """Return what became of asking for a certificate, with every reason."""
    found = outcome.found
    reasons = found.reasons if found else ()
    return {
        "cohort": outcome.cohort,
        "release": outcome.period,
        "standing": outcome.standing,
        "eligible": found.eligible if found else None,
        "drawn_by_lot": outcome.drawn,
        "reasons": [{"code": each.code.value, "people": each.count, "sentence": each.sentence} for each in reasons],
        "certificate": outcome.certificate,
    }
