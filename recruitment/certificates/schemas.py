"""Certificates, their reviews, checks and shares as the API tells and takes them."""

from __future__ import annotations

import json

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from recruitment.certificates.rules import (
    TOLD,
    CertificateKind,
    CertificateState,
    Level,
    Result,
    ReviewDecision,
    RevocationReason,
    ShareState,
    Standing,
)
from recruitment.certificates.services import SHARE_DAYS, SHARE_DAYS_MAX
from recruitment.web.pagination import PageArguments
from recruitment.web.reading import page_schema
from recruitment.web.schemas import StrictSchema

_CODE = validate.And(
    validate.Length(1, 80), validate.Predicate("isprintable", error="This holds characters that cannot be seen.")
)
_LANGUAGE = validate.Regexp(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$", error="Write a language like en, my or ne.")
_LEVEL = validate.OneOf([each.value for each in Level])
CODES_MAX = 500


class ScopeSchema(Schema):
    """Which recruitment a certificate is about. Names of businesses, never of people."""

    agency = fields.String(required=True)
    demand_letter = fields.String(required=True, allow_none=True)
    employer = fields.String(required=True, allow_none=True)
    corridor = fields.String(required=True, allow_none=True)
    cohort_quarter = fields.String(required=True, allow_none=True, metadata={"example": "2026-Q3"})


class EvidenceSchema(Schema):
    """How good the evidence is, in four parts of A to D; the level is the worst of them."""

    level = fields.String(required=True, validate=_LEVEL)
    independence = fields.String(required=True, validate=_LEVEL)
    timing = fields.String(required=True, validate=_LEVEL)
    documents = fields.String(required=True, validate=_LEVEL)
    words = fields.String(required=True, validate=_LEVEL)
    heard_by = fields.String(required=True)
    quarter = fields.String(required=True)


class NumbersSchema(Schema):
    """How many of how many were asked, rounded, and what can be said of all."""

    population = fields.Integer(required=True)
    chosen = fields.Raw(required=True, metadata={"description": "`all`, or a number"})
    heard = fields.Raw(required=True, metadata={"description": "`all` who were chosen, or a number"})
    paid = fields.Integer(required=True)
    bound_percent = fields.Integer(required=True)
    confidence_percent = fields.Integer(required=True)


class CertificateListedSchema(Schema):
    """The certificate of a cohort in a list."""

    reference = fields.String(required=True, metadata={"example": "DC-7Q2M-9KXR-4T"})
    state = fields.Enum(CertificateState, by_value=True, required=True)
    result = fields.String(required=True, validate=validate.OneOf([each.value for each in Result]))
    level = fields.String(required=True, validate=_LEVEL)
    scope = fields.Function(
        lambda row: json.loads(row.statement)["scope"], metadata={"type": "object", "description": "see `Scope`"}
    )
    valid_from = fields.AwareDateTime(required=True)
    valid_until = fields.AwareDateTime(required=True)


class ReviewSchema(Schema):
    """What a partner decided about a certificate. The last one counts."""

    certificate = fields.String(required=True)
    partner = fields.String(required=True)
    number = fields.Integer(required=True)
    decision = fields.Enum(ReviewDecision, by_value=True, required=True)
    reason = fields.String(required=True)
    recorded_at = fields.AwareDateTime(required=True)


class CertificateSchema(Schema):
    """The certificate of a cohort: what it says of the group, what stands behind it, and where it stands."""

    reference = fields.String(required=True)
    code = fields.String(required=True, metadata={"example": "7Q2M-9KXR-4T"})
    link = fields.String(required=True)
    state = fields.Enum(CertificateState, by_value=True, required=True)
    word = fields.Function(lambda found: TOLD[found.state].word, metadata={"type": "string"})
    sentence = fields.Function(lambda found: TOLD[found.state].sentence, metadata={"type": "string"})
    result = fields.String(required=True, attribute="statement.result")
    release = fields.String(required=True, attribute="statement.release")
    covered_until = fields.String(required=True, attribute="statement.covered_until")
    valid_from = fields.String(required=True, attribute="statement.valid_from")
    valid_until = fields.String(required=True, attribute="statement.valid_until")
    scope = fields.Nested(ScopeSchema, required=True, attribute="statement.scope")
    evidence = fields.Nested(EvidenceSchema, required=True, attribute="statement.evidence")
    numbers = fields.Nested(NumbersSchema, required=True, attribute="statement.numbers")
    other_findings = fields.List(fields.String(), required=True, attribute="statement.other_findings")
    not_checked = fields.List(fields.String(), required=True, attribute="statement.not_checked")
    supersedes = fields.String(required=True, allow_none=True)
    superseded_by = fields.String(required=True, allow_none=True)
    reviews = fields.List(fields.Nested(ReviewSchema), required=True)


class CertificatesAsked(PageArguments):
    """Which certificates: in a state, of a level, about workers of an employer (by its code)."""

    state = fields.Enum(CertificateState, by_value=True, load_default=None)
    level = fields.Enum(Level, by_value=True, load_default=None)
    employer = fields.String(load_default=None, validate=_CODE)


class PaperArguments(Schema):
    """In which language a paper is, beside English."""

    language = fields.String(load_default="en", validate=_LANGUAGE)


class NewCertificateSchema(StrictSchema):
    """For which cohort: that of a demand letter, or of an agency's quarter."""

    demand_letter = fields.String(validate=_CODE)
    agency = fields.String(validate=_CODE)
    quarter = fields.String(validate=_CODE, metadata={"example": "2026-Q3"})

    @validates_schema
    def _one_of_two(self, data: dict[str, object], **_options: object) -> None:
        if set(data) not in ({"demand_letter"}, {"agency", "quarter"}):
            raise ValidationError("Name a demand letter, or an agency with a quarter.")


class CohortReasonSchema(Schema):
    """What stands against a certificate, and for how many people."""

    code = fields.String(required=True)
    people = fields.Integer(required=True)
    sentence = fields.String(required=True)


class IssueOutcomeSchema(Schema):
    """What became of asking for a certificate. `eligible` is null before the first release."""

    cohort = fields.String(required=True)
    release = fields.String(required=True, allow_none=True)
    standing = fields.Enum(Standing, by_value=True, required=True)
    eligible = fields.Boolean(required=True, allow_none=True)
    drawn_by_lot = fields.Boolean(required=True)
    reasons = fields.List(fields.Nested(CohortReasonSchema), required=True)
    certificate = fields.String(required=True, allow_none=True)


class RevocationSchema(StrictSchema):
    """Why a certificate is taken back at once."""

    reason = fields.Enum(RevocationReason, by_value=True, required=True)


class RevokedSchema(Schema):
    """That a certificate was revoked."""

    reference = fields.String(required=True)
    state = fields.String(required=True, validate=validate.Equal(CertificateState.REVOKED.value))


class NewReviewSchema(StrictSchema):
    """What your organisation decides about a certificate, and why. Name no worker."""

    decision = fields.Enum(ReviewDecision, by_value=True, required=True)
    reason = fields.String(required=True, validate=validate.Length(1, 2000))


class ReviewsSchema(Schema):
    """The decisions about a certificate, in order."""

    reviews = fields.List(fields.Nested(ReviewSchema), required=True)


class CohortSchema(Schema):
    """An enrolled cohort, and where its newest certificate stands."""

    reference = fields.String(required=True, metadata={"example": "CC-7Q2M-9KXR-4T"})
    agency = fields.String(required=True)
    quarter = fields.String(required=True, allow_none=True)
    demand_letter = fields.String(required=True, allow_none=True)
    standing = fields.Enum(Standing, by_value=True, required=True)
    certificate = fields.String(required=True, allow_none=True)
    valid_until = fields.AwareDateTime(required=True, allow_none=True)


class CohortAssessmentSchema(Schema):
    """What a release came to for a cohort, with exact numbers and every reason."""

    release = fields.String(required=True)
    action = fields.String(required=True)
    document = fields.Dict(required=True)


class CohortAssessmentsSchema(Schema):
    """What each release came to for a cohort, the newest first."""

    assessments = fields.List(fields.Nested(CohortAssessmentSchema), required=True)


class NewSampleSchema(NewCertificateSchema):
    """For which cohort, and which bound the sample shall make possible."""

    bound_percent = fields.Integer(required=True, validate=validate.Range(0, 100))

    @validates_schema
    def _one_of_two(self, data: dict[str, object], **_options: object) -> None:
        if set(data) - {"bound_percent"} not in ({"demand_letter"}, {"agency", "quarter"}):
            raise ValidationError("Name a demand letter, or an agency with a quarter.")


class SampleSchema(Schema):
    """Whom a lot drew, in the order of the lot, and who of them was heard already."""

    reference = fields.String(required=True)
    cohort = fields.String(required=True)
    population = fields.Integer(required=True)
    bound_percent = fields.Integer(required=True)
    journeys = fields.List(fields.String(), required=True)
    heard = fields.Function(lambda drawn: sorted(drawn.heard), metadata={"type": "array", "items": {"type": "string"}})


class NewShareSchema(StrictSchema):
    """Whose certificate may be checked, and for how many days; `paper` asks for the paper too."""

    journey = fields.String(required=True, validate=_CODE)
    days = fields.Integer(load_default=SHARE_DAYS, validate=validate.Range(1, SHARE_DAYS_MAX))
    paper = fields.Boolean(load_default=False)
    language = fields.String(load_default="en", validate=_LANGUAGE)


class ShareMadeSchema(Schema):
    """A share that was just made. Code, link and paper are told this once; a repetition has null in their place."""

    reference = fields.String(required=True, metadata={"example": "SH-7Q2M-9KXR-4T"})
    journey = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)
    code = fields.String(required=True, allow_none=True)
    link = fields.String(required=True, allow_none=True)
    paper = fields.String(required=True, allow_none=True, metadata={"description": "a PDF in base 64"})


class ShareSchema(Schema):
    """A share, without its code."""

    reference = fields.String(required=True)
    journey = fields.String(required=True)
    state = fields.Enum(ShareState, by_value=True, required=True)
    expires_at = fields.AwareDateTime(required=True)


class SharesArguments(Schema):
    """Whose shares."""

    journey = fields.String(required=True, validate=_CODE)


class SharesSchema(Schema):
    """Where the newest certificate of a person stands, and their shares."""

    journey = fields.String(required=True)
    kind = fields.String(
        required=True, allow_none=True, validate=validate.OneOf([each.value for each in CertificateKind])
    )
    state = fields.Enum(CertificateState, by_value=True, required=True, allow_none=True)
    valid_until = fields.AwareDateTime(required=True, allow_none=True)
    agrees = fields.Boolean(required=True)
    shares = fields.List(fields.Nested(ShareSchema), required=True)


class CodesSchema(StrictSchema):
    """Codes of certificates, however they are spelled."""

    codes = fields.List(
        fields.String(validate=validate.Length(0, 64)), required=True, validate=validate.Length(1, CODES_MAX)
    )


class CheckedSchema(Schema):
    """What one line of a check came to: what was asked, the word, why, what it is about, and until when."""

    input = fields.String(required=True)
    word = fields.String(required=True)
    reason = fields.String(required=True)
    scope = fields.Nested(ScopeSchema, required=True, allow_none=True)
    valid_until = fields.String(required=True, allow_none=True)


class ChecksSchema(Schema):
    """What a check of several came to, in the order in which they were sent."""

    checks = fields.List(fields.Nested(CheckedSchema), required=True)


class PublicCheckSchema(Schema):
    """What everybody is told who has a code; `certificate` is there when there is one."""

    word = fields.String(required=True)
    reason = fields.String(required=True)
    sentence = fields.String(required=True)
    certificate = fields.Dict()


CertificatePageSchema = page_schema("certificates", CertificateListedSchema)
CohortPageSchema = page_schema("cohorts", CohortSchema)
