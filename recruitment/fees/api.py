"""What was said about money: declarations, commitments, rates; the statements of workers, with a purpose; reference data.

What a worker said is read in a unit of work, because the reading itself is kept in the audit record.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from recruitment.audit.service import record
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.corridors import Corridor
from recruitment.fees import queries, reference, schemas
from recruitment.fees.errors import CorridorUnknown, DeclarationUnknown, LegalRuleUnknown
from recruitment.fees.schemas import legal_rules as rule_schemas
from recruitment.fees.services import legal_rules as revising
from recruitment.journeys import queries as journeys
from recruitment.journeys.errors import JourneyUnknown
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.idempotency import answer, idempotent
from recruitment.web.pagination import PageArguments, cursor_of, paged
from recruitment.web.reading import is_party, one_answer, page_answer, reads, seen_by

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Response
    from flask.typing import ResponseReturnValue
    from marshmallow import Schema

    from recruitment.web.pagination import Asked

commitments = ApiBlueprint("commitments", "What employers promise to pay.")
declarations = ApiBlueprint("fee-declarations", "What agencies declare that a recruitment costs.")
statements = ApiBlueprint(
    "statements", "What workers said: payments, repayments, debts, collateral, earnings. Every reading is kept."
)
rates = ApiBlueprint("rates", "Rates of exchange.")
reference_data = ApiBlueprint("reference-data", "Fee items, corridors and their rules, with sources.")
legal_rules = ApiBlueprint("legal-rules", "The law of each corridor as it holds, with the revisions of operators.")


@reads(
    commitments,
    "/commitments",
    Permission.READ_COMMITMENTS,
    asks=schemas.CommitmentArguments,
    answers=schemas.CommitmentPageSchema,
)
def list_commitments(asked: Asked) -> ResponseReturnValue:
    """List commitments.

    In order of demand letter and fee item. An employer sees its own.
    """
    after = asked.after_parts(str, str)
    with read_session() as session:
        rows = queries.commitment_page(session, letter=asked.filters["demand_letter"], after=after, limit=asked.fetch)
    schema = seen_by(actor(), schemas.CommitmentSchema, schemas.PartyCommitmentSchema)
    return page_answer(
        "commitments", schema, paged(rows, asked, key=lambda row: cursor_of(row.demand_letter, row.fee_item))
    )


@reads(
    declarations,
    "/fee-declarations",
    Permission.READ_DECLARATIONS,
    asks=PageArguments,
    answers=schemas.DeclarationPageSchema,
)
def list_declarations(asked: Asked) -> ResponseReturnValue:
    """List fee declarations.

    In order of reference, which is random. An agency sees its own.
    """
    with read_session() as session:
        rows = queries.declaration_page(session, after=asked.after, limit=asked.fetch)
    schema = seen_by(actor(), schemas.DeclarationSchema, schemas.PartyDeclarationSchema)
    return page_answer("fee_declarations", schema, paged(rows, asked, key=lambda row: row.reference))


@reads(
    declarations,
    "/fee-declarations/<reference:declaration>",
    Permission.READ_DECLARATIONS,
    asks=PageArguments,
    answers=schemas.DeclarationWithLinesSchema,
)
def show_declaration(asked: Asked, declaration: str) -> ResponseReturnValue:
    """Read one fee declaration with its lines.

    The lines come in pages, in order of line. An agency reads its own references of the journeys.
    """
    after = asked.after_parts(int)
    party = actor().organisation_id if is_party(actor()) else None
    with read_session() as session:
        found = queries.told_declaration(session, declaration)
        if found is None:
            raise DeclarationUnknown("There is no such declaration, or it is not one that you may know of.")
        rows = queries.line_page(session, found.id, party=party, after=after[0] if after else None, limit=asked.fetch)
    page = paged(rows, asked, key=lambda row: cursor_of(row.line))
    head = seen_by(actor(), schemas.DeclarationSchema, schemas.PartyDeclarationSchema).dump(found)
    lines = schemas.DeclarationLineSchema(many=True).dump(page.items)
    return {**head, "lines": lines}, 200, page.headers


def _statements(kind: str, schema: Schema, asked: Asked) -> Response:
    """Answer statements of one kind about one journey, and record that they were read, and why."""
    after, wanted = asked.after_parts(str, str, int), asked.filters
    with unit_of_work() as session:
        journey = journeys.by_reference(session, [wanted["journey"]]).get(wanted["journey"])
        if journey is None:
            raise JourneyUnknown("There is no such journey, or it is not one that you may know of.")
        record(session, actor(), "statements.read", ("journey", journey.id), purpose=wanted["purpose"], kind=kind)
        rows = queries.statement_page(
            session, kind, journey.id, all_versions=wanted["all_versions"], after=after, limit=asked.fetch
        )
    page = paged(rows, asked, key=lambda row: cursor_of(row.reference, row.sender, row.version))
    return page_answer(kind, schema, page)


@reads(
    statements,
    "/reports",
    Permission.READ_STATEMENTS,
    asks=schemas.StatementArguments,
    answers=schemas.ReportPageSchema,
)
def list_reports(asked: Asked) -> ResponseReturnValue:
    """List what a worker reported of one journey.

    Needs the journey and a purpose; the reading is kept in the audit record. In order of reference; as it stands now,
    or with every earlier version beside it.
    """
    return _statements("reports", schemas.ReportSchema(), asked)


@reads(
    statements,
    "/repayments",
    Permission.READ_STATEMENTS,
    asks=schemas.StatementArguments,
    answers=schemas.RepaymentPageSchema,
)
def list_repayments(asked: Asked) -> ResponseReturnValue:
    """List what was paid back to a worker, and what the worker says of it.

    Needs the journey and a purpose; the reading is kept in the audit record.
    """
    return _statements("repayments", schemas.RepaymentSchema(), asked)


@reads(
    statements, "/debts", Permission.READ_STATEMENTS, asks=schemas.StatementArguments, answers=schemas.DebtPageSchema
)
def list_debts(asked: Asked) -> ResponseReturnValue:
    """List the debts of a worker on one journey.

    Needs the journey and a purpose; the reading is kept in the audit record.
    """
    return _statements("debts", schemas.DebtSchema(), asked)


@reads(
    statements,
    "/collateral",
    Permission.READ_STATEMENTS,
    asks=schemas.StatementArguments,
    answers=schemas.CollateralPageSchema,
)
def list_collateral(asked: Asked) -> ResponseReturnValue:
    """List what was taken from a worker as security.

    Needs the journey and a purpose; the reading is kept in the audit record.
    """
    return _statements("collateral", schemas.CollateralSchema(), asked)


@reads(
    statements,
    "/earnings",
    Permission.READ_STATEMENTS,
    asks=schemas.StatementArguments,
    answers=schemas.EarningsPageSchema,
)
def list_earnings(asked: Asked) -> ResponseReturnValue:
    """List what a worker earned in the job, month by month.

    Needs the journey and a purpose; the reading is kept in the audit record.
    """
    return _statements("earnings", schemas.EarningsSchema(), asked)


@reads(rates, "/rates", Permission.READ_RATES, asks=schemas.RateArguments, answers=schemas.RatePageSchema)
def list_rates(asked: Asked) -> ResponseReturnValue:
    """List rates of exchange.

    In order of base, quote and day; of one base or quote, and between two days, if the query says so.
    """
    after = asked.after_parts(str, str, date.fromisoformat)
    with read_session() as session:
        rows = queries.rate_page(session, **asked.filters, after=after, limit=asked.fetch)
    return page_answer("rates", schemas.RateSchema(), paged(rows, asked, key=_rate_cursor))


def _rate_cursor(row: Any) -> str:
    return cursor_of(row.base, row.quote, row.rated_on.isoformat())


@reads(
    reference_data,
    "/reference-data/fee-items",
    Permission.READ_REFERENCE_DATA,
    asks=PageArguments,
    answers=schemas.FeeItemFactPageSchema,
)
def list_fee_items(asked: Asked) -> ResponseReturnValue:
    """List the fee items.

    In order of code. Each with its ILO class, its verdict under the Employer Pays Principle, sources and confidence.
    """
    return _facts("fee_items", reference.fee_item_facts(), schemas.FeeItemFactSchema(), asked, lambda fact: fact.code)


@reads(
    reference_data,
    "/reference-data/corridor-rules",
    Permission.READ_REFERENCE_DATA,
    asks=schemas.CorridorRuleArguments,
    answers=schemas.CorridorRuleFactPageSchema,
)
def list_corridor_rules(asked: Asked) -> ResponseReturnValue:
    """List the rules of countries and corridors.

    In order of id; with `corridor` those of both its sides. What nobody knows stays `unknown` or null: it is never
    "no limit".
    """
    facts = reference.corridor_rule_facts()
    corridor = asked.filters["corridor"]
    if corridor is not None:
        known = {each.code: each for each in reference.corridor_facts()}
        if corridor not in known:
            raise CorridorUnknown(
                f"There is no corridor {corridor!r}. Choose one of: {', '.join(sorted(known))}.", corridor="not known"
            )
        facts = reference.rules_of(known[corridor])
    return _facts("corridor_rules", facts, schemas.CorridorRuleFactSchema(), asked, lambda fact: fact.id)


@reads(
    reference_data,
    "/reference-data/corridors",
    Permission.READ_REFERENCE_DATA,
    asks=PageArguments,
    answers=schemas.CorridorPageSchema,
)
def list_corridors(asked: Asked) -> ResponseReturnValue:
    """List the corridors.

    In order of code. Each with its currency of comparison and the agreements on which it stands.
    """
    return _facts("corridors", reference.corridor_facts(), schemas.CorridorSchema(), asked, lambda fact: fact.code)


def _facts(name: str, facts: Sequence[Any], schema: Schema, asked: Asked, key: Callable[[Any], str]) -> Response:
    rows = [fact for fact in sorted(facts, key=key) if asked.after is None or key(fact) > asked.after]
    return page_answer(name, schema, paged(rows[: asked.fetch], asked, key=key))


@reads(
    legal_rules,
    "/legal-rules",
    Permission.READ_REFERENCE_DATA,
    asks=rule_schemas.LegalRuleArguments,
    answers=rule_schemas.LegalRulePageSchema,
)
def list_legal_rules(asked: Asked) -> ResponseReturnValue:
    """List the legal rules as they hold, with the revisions of operators.

    In order of id; with `corridor` those of both its sides. `standing` says whether a rule holds `on` a day, is information
    only, or is of other days. Information only is not "allowed".
    """
    corridor, on = asked.filters["corridor"], asked.filters["on"] or clock.today()
    scopes = None
    if corridor is not None:
        parsed = Corridor.parse(corridor)
        scopes = [f"destination:{parsed.destination}", f"origin:{parsed}"]
    with read_session() as session:
        rules = [rule_schemas.told_rule(rule, on) for rule in queries.rules_in_force(session, scopes)]
    return _facts("legal_rules", rules, rule_schemas.LegalRuleSchema(), asked, lambda rule: rule.id)


@reads(
    legal_rules,
    "/legal-rules/<reference:rule>",
    Permission.READ_REFERENCE_DATA,
    asks=rule_schemas.OneLegalRuleArguments,
    answers=rule_schemas.LegalRuleSchema,
)
def show_legal_rule(wanted: dict[str, Any], rule: str) -> ResponseReturnValue:
    """Read one legal rule as it holds, with its sources."""
    with read_session() as session:
        found = queries.rule_in_force(session, rule)
    if found is None:
        raise LegalRuleUnknown("There is no such legal rule.")
    return one_answer(rule_schemas.LegalRuleSchema(), rule_schemas.told_rule(found, wanted["on"] or clock.today()))


@reads(
    legal_rules,
    "/legal-rules/<reference:rule>/history",
    Permission.READ_REFERENCE_DATA,
    answers=rule_schemas.RuleHistorySchema,
)
def show_rule_history(rule: str) -> ResponseReturnValue:
    """Read how a legal rule came to be as it is, the first state first, with the reason of each revision."""
    with read_session() as session:
        found = queries.rule_history(session, rule)
    if not found:
        raise LegalRuleUnknown("There is no such legal rule.")
    schema = seen_by(actor(), rule_schemas.RevisionSchema, rule_schemas.PartyRevisionSchema)
    return {"revisions": schema.dump(rule_schemas.told_history(found), many=True)}


@legal_rules.post("/legal-rules/<reference:rule>/revisions")
@allow(Permission.EDIT_LEGAL_RULES)
@idempotent
@legal_rules.arguments(rule_schemas.LegalRuleRevisionSchema)
@legal_rules.alt_response(201, schema=rule_schemas.LegalRuleSchema, success=True)
def revise_legal_rule(given: dict[str, Any], rule: str) -> ResponseReturnValue:
    """Revise a legal rule.

    With a reason, and the revision that you read: 409 when somebody else revised it since. The journeys of its corridors are
    compared again. Look at the preview first.
    """
    with unit_of_work() as session:
        kept = revising.revise_rule(
            session, actor(), rule, given["change"], reason=given["reason"], number=given["revision"]
        )
        return answer(session, rule_schemas.LegalRuleSchema().dump(rule_schemas.told_rule(kept, clock.today())), 201)


@legal_rules.post("/legal-rules")
@allow(Permission.EDIT_LEGAL_RULES)
@idempotent
@legal_rules.arguments(rule_schemas.NewLegalRuleSchema)
@legal_rules.alt_response(201, schema=rule_schemas.LegalRuleSchema, success=True)
def add_legal_rule(given: dict[str, Any]) -> ResponseReturnValue:
    """Add a legal rule.

    With what its kind needs, its source, how sure we are of it, and a reason. The journeys of its corridors are compared
    again.
    """
    with unit_of_work() as session:
        kept = revising.add_rule(session, actor(), given["rule"], reason=given["reason"])
        return answer(session, rule_schemas.LegalRuleSchema().dump(rule_schemas.told_rule(kept, clock.today())), 201)
