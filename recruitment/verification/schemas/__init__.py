"""Comparisons and decisions as the API tells them: the document of docs/verification.md, and why it says what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load, validate

from recruitment.audit.rules import Purpose
from recruitment.core.money import to_text
from recruitment.fees.rules import StatementChannel
from recruitment.verification.rules import (
    FindingKind,
    FindingState,
    RuleState,
    StatementKind,
    Status,
    WhyNotComputed,
    document,
)
from recruitment.verification.rules.adjudication import (
    EVIDENCE_MAX,
    NOTE_MAX,
    TEXT_MAX,
    AdjudicationReason,
    AdjudicationState,
    Evidence,
    EvidenceKind,
    NewAdjudication,
    NewValidation,
    SecondAnswer,
    WorkersAnswer,
)
from recruitment.web.pagination import PageArguments
from recruitment.web.reading import page_schema
from recruitment.web.schemas import MoneyOf, MoneySchema, StrictSchema

if TYPE_CHECKING:
    from uuid import UUID

    from recruitment.verification.rules import Explanation, Statement, ToldRule
    from recruitment.verification.rules.adjudication import AdjudicationRead, JourneyToDecide


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
    verified = fields.String(metadata={"description": "what a person decided; only while it holds"})
    awaits_worker = fields.Boolean(metadata={"description": "the decision is below the worker's own account"})


class FindingSchema(Schema):
    """What the comparison found. Findings about the whole journey name no item and no amount."""

    kind = fields.Enum(FindingKind, by_value=True)
    fee_item = fields.String(allow_none=True)
    amount = fields.String()
    currency = fields.String()
    state = fields.Enum(FindingState, by_value=True, metadata={"description": "left out where nobody decided"})
    rule = fields.String(metadata={"description": "of what the law found: the rule that is broken"})
    side = fields.String(metadata={"description": "destination or origin"})
    source = fields.String()
    confidence = fields.String()
    advisory = fields.Boolean(metadata={"description": "of low confidence; a broken limit then opens no review"})
    unless = fields.String(metadata={"description": "what makes the rule not hold, and what no record here tells"})


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


class RuleOutcomeSchema(Schema):
    """What a rule of the corridor's law came to. What is not computed is not known to be kept."""

    rule = fields.String()
    side = fields.String(metadata={"description": "destination or origin"})
    kind = fields.String()
    state = fields.Enum(RuleState, by_value=True)
    why = fields.Enum(WhyNotComputed, by_value=True, allow_none=True)
    sentence = fields.String()
    decides = fields.List(fields.String(allow_none=True), metadata={"description": "for which items; null for a total"})
    sources = fields.List(fields.String())
    law = fields.String()
    basis = fields.String()
    confidence = fields.String()


class ExplanationSchema(Schema):
    """Why a journey has its status, and what each rule of both sides came to."""

    comparison = fields.Nested(ComparisonSchema)
    reasons = fields.List(fields.String())
    findings = fields.List(fields.Nested(ExplainedFindingSchema))
    statements = fields.List(fields.Nested(StatementBehindSchema))
    law = fields.List(fields.Nested(RuleOutcomeSchema))


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
        "law": [_outcome(each) for each in explanation.law],
    }


def _outcome(told: ToldRule) -> dict[str, object]:
    fact = told.fact
    return {
        "rule": fact.id, "side": told.side, "kind": fact.kind.value, "state": told.state.value,
        "why": told.why.value if told.why else None, "sentence": told.sentence, "decides": list(told.decides),
        "sources": list(fact.sources), "law": fact.law, "basis": fact.basis.value, "confidence": fact.confidence.value,
    }  # fmt: skip


def _statement(statement: Statement) -> dict[str, str | None]:
    return {
        "kind": statement.kind.value, "reference": statement.reference, "fee_item": statement.fee_item,
        "text": statement.text,
    }  # fmt: skip


class AdjudicationsArguments(PageArguments):
    """Which decisions that wait: all of them, those for a second person, or those for the worker."""

    state = fields.String(
        load_default="pending",
        validate=validate.OneOf(["pending", AdjudicationState.AWAITS_SECOND, AdjudicationState.AWAITS_WORKER]),
    )


def _codes(kind: Any) -> validate.OneOf:
    return validate.OneOf([member.value for member in kind])


def _line(longest: int, least: int = 1, **options: Any) -> fields.String:
    visible = validate.Predicate("isprintable", error="This holds characters that cannot be seen.")
    return fields.String(validate=[validate.Length(least, longest), visible], **options)


class EvidenceSchema(StrictSchema):
    """A piece of evidence: its kind, and by what words it is found again."""

    kind = fields.String(required=True, validate=_codes(EvidenceKind))
    reference = _line(TEXT_MAX, 0, load_default="", metadata={"example": "receipt book 4, page 12"})


_BASIS = {"description": "the basis of the item, as it was read", "example": "9f86d081884c7d65"}


class NewAdjudicationSchema(StrictSchema):
    """What the worker bore for an item of a journey, why, and on what it rests."""

    journey = _line(80, required=True)
    fee_item = _line(40, required=True)
    verified = fields.Nested(MoneySchema, required=True)
    reason = fields.String(required=True, validate=_codes(AdjudicationReason))
    evidence = fields.List(fields.Nested(EvidenceSchema), required=True, validate=validate.Length(1, EVIDENCE_MAX))
    basis = _line(16, required=True, metadata=_BASIS)
    note = _line(NOTE_MAX, load_default=None, allow_none=True)

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> NewAdjudication:
        verified, evidence = data.pop("verified"), data.pop("evidence")
        pieces = [Evidence(EvidenceKind(each["kind"]), each["reference"]) for each in evidence]
        reason = AdjudicationReason(data.pop("reason"))
        return NewAdjudication(
            **data, amount=verified["amount"], currency=verified["currency"], reason=reason, evidence=pieces
        )


class SecondAnswerSchema(StrictSchema):
    """What a second person says of a decision, upon what they read."""

    answer = fields.String(required=True, validate=_codes(SecondAnswer))
    basis = _line(16, required=True, metadata=_BASIS)


class NewValidationSchema(StrictSchema):
    """What the worker says of a decision, and how they were asked."""

    answer = fields.String(required=True, validate=_codes(WorkersAnswer))
    channel = fields.String(required=True, validate=_codes(StatementChannel))
    witnessed = fields.Boolean(
        load_default=None, allow_none=True,
        metadata={"description": "whether somebody of the agency or employer was there"},
    )  # fmt: skip
    asked_on = fields.Date(required=True)

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> NewValidation:
        return NewValidation(
            WorkersAnswer(data["answer"]), StatementChannel(data["channel"]), data["asked_on"], data["witnessed"]
        )


class WaitingSchema(Schema):
    """A decision that waits for a second person or for the worker."""

    reference = fields.String(required=True, metadata={"example": "AD-7Q2M-9KXR-4T"})
    journey = fields.String(required=True)
    fee_item = fields.String(required=True)
    verified = MoneyOf("verified_minor", required=True)
    reason = fields.Enum(AdjudicationReason, by_value=True, required=True)
    state = fields.Enum(AdjudicationState, by_value=True, required=True)
    is_own = fields.Boolean(required=True, metadata={"description": "you decided it yourself"})
    decided_on = fields.Date(required=True)


class AdjudicatedSchema(Schema):
    """A decision, as it stands after an act."""

    reference = fields.String(required=True, metadata={"example": "AD-7Q2M-9KXR-4T"})
    fee_item = fields.String(required=True)
    verified = MoneyOf("verified_minor", required=True)
    needs_second = fields.Boolean(required=True)
    needs_worker = fields.Boolean(required=True)
    is_in_force = fields.Boolean(required=True)
    is_validated = fields.Boolean(required=True)


class _SecondSchema(Schema):
    answer = fields.Enum(SecondAnswer, by_value=True)
    recorded_at = fields.DateTime()


class _WorkersAnswerSchema(Schema):
    answer = fields.Enum(WorkersAnswer, by_value=True)
    channel = fields.String()
    witnessed = fields.Boolean(allow_none=True)
    is_independent = fields.Boolean()
    asked_on = fields.Date()


class _DecisionSchema(AdjudicatedSchema):
    state = fields.Enum(AdjudicationState, by_value=True, required=True)
    reason = fields.Enum(AdjudicationReason, by_value=True, required=True)
    evidence = fields.List(
        fields.Nested(EvidenceSchema), allow_none=True, metadata={"description": "null when the person was erased"}
    )
    note = fields.String(allow_none=True)
    stake = MoneyOf("stake_minor", required=True)
    is_own = fields.Boolean(required=True)
    recorded_at = fields.DateTime(required=True)
    second = fields.Nested(_SecondSchema, allow_none=True)
    validations = fields.List(fields.Nested(_WorkersAnswerSchema))


class _ItemToDecideSchema(Schema):
    fee_item = fields.String(required=True)
    declared = fields.Dict(keys=fields.String(), values=fields.String(), metadata={"description": "by payer"})
    side = fields.String(required=True, metadata={"description": "what the agency says that the worker's side bore"})
    reported = fields.String(required=True, allow_none=True)
    lacks_rate = fields.Boolean(required=True, metadata={"description": "some of it cannot be counted"})
    basis = fields.String(required=True, metadata=_BASIS)
    decisions = fields.List(fields.Nested(_DecisionSchema), required=True, metadata={"description": "newest first"})


class JourneyToDecideSchema(Schema):
    """The items of a journey with both accounts, what a decision would stand on, and the decisions so far."""

    journey = fields.String(required=True)
    currency = fields.String(required=True)
    second_person_above = fields.String(required=True)
    items = fields.List(fields.Nested(_ItemToDecideSchema), required=True)


AdjudicationPageSchema = page_schema("adjudications", WaitingSchema)


def adjudications_document(found: JourneyToDecide, reader: UUID) -> dict[str, Any]:
    """Return a journey's items and decisions as JSON holds them; ``reader`` is told which are their own."""
    schema = _DecisionSchema()

    def told(decision: AdjudicationRead, state: AdjudicationState) -> dict[str, Any]:
        document: dict[str, Any] = schema.dump(decision)
        evidence = decision.evidence
        return document | {
            "state": state.value,
            "is_own": decision.decided_by == reader,
            "evidence": None
            if evidence is None
            else [{"kind": e.kind.value, "reference": e.reference} for e in evidence],
        }

    def money(amount: int | None) -> str | None:
        return None if amount is None else to_text(amount, found.currency)

    return {
        "journey": found.journey,
        "currency": found.currency,
        "second_person_above": money(found.limit_minor),
        "items": [
            {
                "fee_item": item.fee_item,
                "declared": {payer: money(amount) for payer, amount in item.claims.declared_minor.items()},
                "side": money(item.claims.side_minor),
                "reported": money(item.claims.reported_minor),
                "lacks_rate": item.claims.lacks_rate,
                "basis": item.basis,
                "decisions": [told(*each) for each in item.decisions],
            }
            for item in found.items
        ],
    }
