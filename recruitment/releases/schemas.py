"""Releases, assessments and disclosures as the API tells and takes them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from recruitment.releases.rules import (
    CellState,
    DisclosureState,
    Explanation,
    HeldReason,
    HoldingReason,
    ReleasedKind,
    RetaliationRisk,
    RetaliationTrigger,
)
from recruitment.web.reading import page_schema
from recruitment.web.schemas import MoneyOf, MoneySchema, StrictSchema

_CODE = validate.And(
    validate.Length(1, 80), validate.Predicate("isprintable", error="This holds characters that cannot be seen.")
)
_PERIOD = {"example": "2026-11"}


class ReleaseListedSchema(Schema):
    """A release as its reader finds it: the month, and the day from which on it could be read."""

    period = fields.String(required=True, metadata=_PERIOD)
    released_on = fields.Date(required=True)


class ReleasedFindingSchema(Schema):
    """What is told of one kind of finding: coarse numbers, the same until enough other workers were heard."""

    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in ReleasedKind]))
    fee_item = fields.String(required=True, allow_none=True)
    workers = fields.Raw(required=True, metadata={"description": "`some` (fewer than 8), or a number to the nearest 5"})
    median = fields.Nested(MoneySchema, required=True, allow_none=True)
    percent = fields.Integer(required=True, allow_none=True, metadata={"description": "of those who were asked"})
    since = fields.String(required=True, metadata={"description": "the release that changed it last"})


class NamedRemedySchema(Schema):
    """What is due to one person who agreed to be named, by your own reference of the journey."""

    journey = fields.String(required=True, metadata={"example": "WJ-7Q2M-9KXR-4T"})
    fee_items = fields.List(fields.String(), required=True)
    remedy_due = fields.Nested(MoneySchema, required=True)


class ArtefactSchema(Schema):
    """What a release told your organisation. It never changes."""

    period = fields.String(required=True, metadata=_PERIOD)
    released_on = fields.Date(required=True)
    findings = fields.List(fields.Nested(ReleasedFindingSchema), required=True)
    re_checks = fields.List(fields.String(), required=True, metadata={"description": "demand letters drawn by lot"})
    recheck_rate = fields.String(required=True)
    disclosures = fields.List(fields.Nested(NamedRemedySchema), required=True)
    what_this_is = fields.List(
        fields.String(validate=validate.OneOf([each.value for each in Explanation])), required=True
    )


class WorkingsArguments(Schema):
    """Whose cells: those of one agency or employer, by its code, or all."""

    organisation = fields.String(load_default=None, validate=_CODE)


class WorkedCellSchema(Schema):
    """A cell as the inside sees it: what was told, and the exact counts and reasons that never are."""

    organisation = fields.String(required=True)
    kind = fields.String(required=True)
    fee_item = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf([state.value for state in CellState]))
    workers = fields.Integer(required=True, allow_none=True)
    median = MoneyOf("median_minor", required=True)
    percent = fields.Integer(required=True, allow_none=True)
    since = fields.String(required=True, allow_none=True)
    contributors = fields.Integer(required=True)
    new_contributors = fields.Integer(required=True)
    cohorts = fields.Integer(required=True)
    reasons = fields.List(
        fields.String(validate=validate.OneOf([reason.value for reason in HoldingReason])), required=True
    )


class ReleaseDisclosureSchema(Schema):
    """What the release did with a disclosure."""

    reference = fields.String(required=True)
    organisation = fields.String(required=True)
    state = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)


class ReleaseMadeSchema(Schema):
    """A release as the command line lists it."""

    period = fields.String(required=True)
    due_at = fields.AwareDateTime(required=True)
    cut_off_at = fields.AwareDateTime(required=True)
    made_at = fields.AwareDateTime(required=True)
    recheck_rate = fields.String(required=True)


class WorkingsSchema(Schema):
    """A release from the inside. ``seed`` is what the lots of the re-checks were drawn with."""

    period = fields.String(required=True, attribute="release.period", metadata=_PERIOD)
    due_at = fields.AwareDateTime(required=True, attribute="release.due_at")
    cut_off_at = fields.AwareDateTime(required=True, attribute="release.cut_off_at")
    made_at = fields.AwareDateTime(required=True, attribute="release.made_at")
    seed = fields.Function(lambda found: found.release.seed.hex(), metadata={"type": "string"})
    recheck_rate = fields.String(required=True, attribute="release.recheck_rate")
    cells = fields.List(fields.Nested(WorkedCellSchema), required=True)
    disclosures = fields.List(fields.Nested(ReleaseDisclosureSchema), required=True)


class NewAssessmentSchema(StrictSchema):
    """How dangerous it is for the worker of a journey to be named to an organisation."""

    journey = fields.String(required=True, validate=_CODE)
    organisation = fields.String(required=True, validate=_CODE)
    risk = fields.Enum(RetaliationRisk, by_value=True, required=True)
    triggers = fields.List(
        fields.Enum(RetaliationTrigger, by_value=True),
        required=True,
        validate=validate.Length(max=len(RetaliationTrigger)),
    )
    plan = fields.String(
        load_default=None,
        validate=validate.Length(1, 2000),
        metadata={"description": "how the worker is kept safe; sealed under the worker's own key, and not told again"},
    )


class AssessmentSchema(Schema):
    """An assessment of retaliation that was recorded."""

    reference = fields.String(required=True, metadata={"example": "RA-7Q2M-9KXR-4T"})


class NewDisclosureSchema(StrictSchema):
    """That the next release shall name the worker of a journey to an organisation, for what is due for these items."""

    journey = fields.String(required=True, validate=_CODE)
    organisation = fields.String(required=True, validate=_CODE)
    fee_items = fields.List(fields.String(validate=_CODE), required=True, validate=validate.Length(1, 60))


class DisclosureSchema(Schema):
    """A disclosure, and what became of it."""

    reference = fields.String(required=True, metadata={"example": "ND-7Q2M-9KXR-4T"})
    journey = fields.String(required=True)
    organisation = fields.String(required=True)
    fee_items = fields.List(fields.String(), required=True)
    state = fields.String(required=True, validate=validate.OneOf([state.value for state in DisclosureState]))
    reason = fields.String(
        required=True, allow_none=True, validate=validate.OneOf([reason.value for reason in HeldReason])
    )
    period = fields.String(required=True, allow_none=True)


ReleasePageSchema = page_schema("releases", ReleaseListedSchema)
DisclosurePageSchema = page_schema("disclosures", DisclosureSchema)
