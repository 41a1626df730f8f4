"""Comparisons as the API tells them: the document of docs/verification.md, and why it says what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

from recruitment.audit.rules import Purpose
from recruitment.verification.rules import FindingKind, StatementKind, Status, document
from recruitment.web.schemas import MoneySchema

if TYPE_CHECKING:
    from recruitment.verification.rules import Explanation, Statement


class ComparisonArguments(Schema):
    """Which comparisons: all that the actor may see, or those of a status or a corridor."""

    status = fields.Enum(Status, by_value=True, load_default=None)
    corridor = fields.String(
        load_default=None,
        validate=[validate.Length(min=1, max=5), validate.Predicate("isprintable", error="Not a code.")],
        metadata={"example": "MM-TH"},
    )


class ExplanationArguments(Schema):
    """Why the statements behind a comparison are read. The reading is kept in the audit record."""

    purpose = fields.Enum(Purpose, by_value=True, required=True, metadata={"description": "why you read it"})


class _CommittedSchema(Schema):
    payer = fields.String()
    limit = fields.Nested(MoneySchema, allow_none=True)


class ComparedItemSchema(Schema):
    """One fee item, with the three accounts beside each other."""

    fee_item = fields.String()
    declared = fields.Dict(keys=fields.String(), values=fields.String(), metadata={"description": "by payer"})
    committed = fields.Nested(_CommittedSchema, allow_none=True)
    reported = fields.String(allow_none=True, metadata={"description": "null when the worker named no payment for it"})
    worker_borne = fields.String()


class FindingSchema(Schema):
    """What the comparison found. Findings about the whole journey name no item and no amount."""

    kind = fields.Enum(FindingKind, by_value=True)
    fee_item = fields.String(allow_none=True)
    amount = fields.String()
    currency = fields.String()


class ComparisonSchema(Schema):
    """The comparison of one journey, in the currency of the destination."""

    journey = fields.String()
    status = fields.Enum(Status, by_value=True)
    currency = fields.String()
    covered_until = fields.Date(allow_none=True, metadata={"description": "null without an independent statement"})
    worker_borne = fields.String()
    repaid = fields.String()
    remedy_due = fields.String()
    items = fields.List(fields.Nested(ComparedItemSchema))
    findings = fields.List(fields.Nested(FindingSchema))


class StatementBehindSchema(Schema):
    """A statement, by the reference by which whoever made it finds it again."""

    kind = fields.Enum(StatementKind, by_value=True)
    reference = fields.String()
    fee_item = fields.String(allow_none=True)
    text = fields.String()


class ExplainedFindingSchema(FindingSchema):
    """A finding, what it means, and what it stands on."""

    sentence = fields.String()
    evidence = fields.List(fields.Nested(StatementBehindSchema))


class ExplanationSchema(Schema):
    """Why a journey has its status."""

    comparison = fields.Nested(ComparisonSchema)
    reasons = fields.List(fields.String())
    findings = fields.List(fields.Nested(ExplainedFindingSchema))
    statements = fields.List(fields.Nested(StatementBehindSchema))


def explanation_document(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as JSON holds it: the comparison as ever, findings with sentence and evidence."""
    compared: dict[str, Any] = document(explanation.comparison)
    return {
        "comparison": compared,
        "reasons": explanation.reasons,
        "findings": [
            {**told, "sentence": found.sentence, "evidence": [_statement(each) for each in found.evidence]}
            for told, found in zip(compared["findings"], explanation.findings, strict=True)
        ],
        "statements": [_statement(each) for each in explanation.statements],
    }


def _statement(statement: Statement) -> dict[str, str | None]:
    return {
        "kind": statement.kind.value, "reference": statement.reference, "fee_item": statement.fee_item,
        "text": statement.text,
    }  # fmt: skip
