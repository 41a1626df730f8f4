"""What a change of the law would change, as the API tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

from recruitment.verification.rules.law_preview import LawEffect, told_count, told_effects

if TYPE_CHECKING:
    from recruitment.verification.services.law import ChangePreview


class LegalRulePreviewSchema(Schema):
    """A change of a legal rule, to be looked at before it is made: the fields of a revision."""

    change = fields.Dict(
        keys=fields.String(validate=validate.Length(max=40)),
        values=fields.Raw(allow_none=True),
        required=True,
        validate=validate.Length(min=1, max=40),
        metadata={"example": {"amount": {"amount": "400000", "currency": "MMK"}}},
    )


class EffectSchema(Schema):
    """What happens to journeys: to their status (before, after), or to a finding (``before`` its kind, ``after`` its rule)."""

    what = fields.Enum(LawEffect, by_value=True)
    before = fields.String()
    after = fields.String()
    count = fields.Integer(allow_none=True, metadata={"description": "to the nearest 5 where comparisons are not read"})
    journeys = fields.List(fields.String(), metadata={"description": "only where comparisons are read"})


class PreviewSchema(Schema):
    """What a change of a legal rule would change."""

    rule = fields.String()
    revision = fields.Integer(metadata={"description": "the revision that was looked at"})
    journeys = fields.Integer(allow_none=True, metadata={"description": "of the corridors; null for fewer than 8"})
    touched = fields.Integer(allow_none=True, metadata={"description": "that would change; null for fewer than 8"})
    effects = fields.List(fields.Nested(EffectSchema))


def preview_document(shown: ChangePreview, *, in_full: bool) -> dict[str, Any]:
    """Return a preview as JSON holds it: with references for who may read comparisons, else rounded counts without small ones."""
    found: dict[str, Any] = PreviewSchema().dump(
        {
            "rule": shown.before.id,
            "revision": shown.before.number,
            "journeys": told_count(shown.found.journeys, in_full=in_full),
            "touched": told_count(shown.found.touched, in_full=in_full),
            "effects": told_effects(shown.found.effects, in_full=in_full),
        }
    )
    return found
