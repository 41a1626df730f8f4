"""The law of each corridor as the API tells it and takes it: a rule as it holds, its history, and a change of it."""

from __future__ import annotations

from dataclasses import fields as dataclass_fields
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

from recruitment.fees.reference import Basis, Confidence, RuleKind, RuleStatus, kept_rule
from recruitment.fees.schemas import CorridorRuleFactSchema
from recruitment.web.pagination import PageArguments
from recruitment.web.reading import page_schema
from recruitment.web.schemas import MoneySchema

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from recruitment.fees.queries import RevisionRead, RuleRead

_CODE = [validate.Length(min=1, max=80), validate.Predicate("isprintable", error="Not a code.")]
_CURRENCY = validate.Regexp(r"([A-Z]{3})?\Z", error="Not a currency code.")
_LINE = [validate.Length(max=1000), validate.Predicate("isprintable", error="Holds what cannot be seen.")]
_NUMBER = validate.Regexp(r"[0-9]{1,15}(\.[0-9]{1,6})?\Z", error="Not a number such as 12.5.")
_LINES = fields.String(validate=_LINE)


class LegalRuleArguments(PageArguments):
    """Which legal rules: all, or those of both sides of a corridor; ``standing`` is told for the day ``on``, else today."""

    corridor = fields.String(load_default=None, validate=_CODE, metadata={"example": "MM-TH"})
    on = fields.Date(load_default=None)


class OneLegalRuleArguments(Schema):
    """On which day ``standing`` is told; today when it is left out."""

    on = fields.Date(load_default=None)


class LegalRuleSchema(CorridorRuleFactSchema):
    """A legal rule as it holds, with the revisions of operators."""

    revision = fields.Integer(metadata={"description": "0 is the text that came with the programme"})
    is_computed = fields.Boolean(metadata={"description": "whether payments of workers are held against it"})
    standing = fields.String(
        metadata={"description": "holds, information (limits nothing, allows nothing) or not_then"}
    )


class PartyRevisionSchema(Schema):
    """A revision as whoever stands outside reads it."""

    revision = fields.Integer()
    reason = fields.String(allow_none=True, metadata={"description": "null for the text that came with the programme"})
    changed = fields.List(fields.String(), metadata={"description": "the fields that are other than before"})
    rule = fields.Nested(CorridorRuleFactSchema)


class RevisionSchema(PartyRevisionSchema):
    """A revision as the house reads it."""

    edited_by = fields.String(allow_none=True, metadata={"description": "null for the operator of the machine"})
    recorded_at = fields.AwareDateTime(allow_none=True, metadata={"description": "when it was filed here, in UTC"})


class RuleHistorySchema(Schema):
    """How a rule came to be as it is, the first state first."""

    revisions = fields.List(fields.Nested(RevisionSchema))


class LegalRuleChangeSchema(Schema):
    """What is to be other than before; null or an empty text takes away what was there."""

    amount = fields.Nested(MoneySchema, allow_none=True)
    currency = fields.String(validate=_CURRENCY)
    percent = fields.String(validate=_NUMBER, allow_none=True)
    percent_total = fields.String(validate=_NUMBER, allow_none=True)
    multiple = fields.String(validate=_NUMBER, allow_none=True, metadata={"description": "how many monthly wages"})
    fee_items = fields.List(fields.String(validate=_CODE), validate=validate.Length(max=100))
    includes = fields.List(fields.String(validate=_CODE), validate=validate.Length(max=100))
    payees = fields.List(fields.String(validate=_CODE), validate=validate.Length(max=20))
    valid_from = fields.Date(allow_none=True)
    valid_until = fields.Date(allow_none=True)
    date_note = fields.String(validate=_LINE)
    status = fields.Enum(RuleStatus, by_value=True)
    sources = fields.List(_LINES, validate=validate.Length(max=20))
    basis = fields.Enum(Basis, by_value=True)
    confidence = fields.Enum(Confidence, by_value=True)
    computable = fields.Boolean()
    why_not = fields.String(validate=_LINE)
    lifted_by = fields.String(validate=_LINE)
    note = fields.String(validate=_LINE)


class NewLegalRuleFactsSchema(LegalRuleChangeSchema):
    """A rule that is not there yet."""

    id = fields.String(required=True, validate=_CODE, metadata={"example": "mm_th_400k"})
    scope = fields.String(required=True, validate=_CODE, metadata={"example": "origin:MM-TH"})
    kind = fields.Enum(RuleKind, by_value=True, required=True)
    detail = fields.String(required=True, validate=[validate.Length(min=1), *_LINE])
    payer = fields.String(validate=_CODE)
    law = fields.String(validate=_LINE)
    condition = fields.String(validate=_LINE)


class NewLegalRuleSchema(Schema):
    """A rule to be added, and why."""

    reason = fields.String(required=True, validate=[validate.Length(min=1, max=500), *_LINE[1:]])
    rule = fields.Nested(NewLegalRuleFactsSchema, required=True)


class LegalRulePreviewSchema(Schema):
    """A change to be looked at before it is made."""

    change = fields.Nested(LegalRuleChangeSchema, required=True)


class LegalRuleRevisionSchema(LegalRulePreviewSchema):
    """A change of a rule, why, and the revision that was read."""

    reason = fields.String(required=True, validate=[validate.Length(min=1, max=500), *_LINE[1:]])
    revision = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=10**9))


LegalRulePageSchema = page_schema("legal_rules", LegalRuleSchema)


def told_rule(rule: RuleRead, day: date) -> SimpleNamespace:
    """Return a rule as ``LegalRuleSchema`` tells it: its facts, its revision, and what it is on a day."""
    fact = kept_rule(rule.facts)
    told = {each.name: getattr(fact, each.name) for each in dataclass_fields(fact)}
    return SimpleNamespace(**told, revision=rule.number, is_computed=fact.is_computed, standing=fact.on(day).value)


def told_history(history: Sequence[RevisionRead]) -> list[dict[str, Any]]:
    """Return the states of a rule as ``RevisionSchema`` tells them, each with the fields that it changed."""
    before: dict[str, Any] = {}
    told = []
    for state in history:
        changed = [name for name, value in state.facts.items() if before and before.get(name) != value]
        told.append({
            "revision": state.number, "reason": state.reason, "changed": changed, "rule": kept_rule(state.facts),
            "edited_by": state.edited_by, "recorded_at": state.recorded_at,
        })  # fmt: skip
        before = state.facts
    return told
