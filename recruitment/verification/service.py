"""What may be done with comparisons: bring them up to date, and explain one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete

from recruitment.audit import service as audit
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.money import to_text
from recruitment.database.bulk import fewer_collections, insert_many
from recruitment.database.scoping import scope_of
from recruitment.fees.services.facts import count_up
from recruitment.journeys.errors import JourneyUnknown
from recruitment.journeys.service import carried
from recruitment.ledger import queries as ledger
from recruitment.verification import queries, rules
from recruitment.verification.models import ComparisonRow, FindingRow

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.audit.rules import Purpose
    from recruitment.core.actor import Actor
    from recruitment.verification.queries import StaleJourney
    from recruitment.verification.rules import Comparison, Explanation

_COMPARISON_COLUMNS = (
    "journey_id", "facts_version", "rules_version", "status", "currency", "covered_until", "worker_borne_minor",
    "repaid_minor", "remedy_due_minor", "document", "compared_at",
)  # fmt: skip
_FINDING_COLUMNS = (
    "journey_id", "position", "kind", "fee_item", "amount_minor", "currency", "state", "rule", "advisory",
)  # fmt: skip


def refresh(session: Session, actor: Actor, *, references: Collection[str] | None = None) -> int:
    """Compare a batch of the journeys whose facts changed since they were last compared; return how many it was.

    Call it, each time in a unit of work of its own, until it returns 0. Who may: whoever may compare accounts.
    """
    actor.require(Permission.COMPARE_ACCOUNTS)
    _hear_of_joined(session)
    stale = queries.stale_journeys(session, references=references)
    if not stale:
        return 0
    verdicts = queries.verdicts(session)
    with fewer_collections():
        batch = queries.facts_of(session, stale)
        compared = [
            (journey, rules.compare(facts, verdicts, batch.rates.converter(facts.currency)))
            for journey, facts in batch.journeys
        ]
        _save(session, compared)
    return len(compared)


def explain(session: Session, actor: Actor, reference: str, *, purpose: Purpose) -> Explanation:
    """Return why a journey has its status, with the reference of every statement behind it.

    It opens what the worker said, so it is recorded, with its purpose: call it in a unit of work. That a receipt stands
    for a journey which the reader may not see too, the house found; it is told, the other journey is not. Who may: whoever
    may read statements. Raises ``JourneyUnknown``.
    """
    actor.require(Permission.READ_STATEMENTS)
    journey = queries.journey_to_explain(session, reference)
    if journey is None:
        raise JourneyUnknown(f"There is no journey {reference}.")
    audit.record(session, actor, "statements.read", ("journey", journey.id), purpose=purpose)
    batch = queries.facts_of(session, [journey])
    journey, facts = batch.journeys[0]
    if scope_of(session).is_limited and queries.was_found(session, journey.id, rules.FindingKind.DUPLICATE_RECEIPT):
        facts = replace(facts, shares_receipt=True)
    convert = batch.rates.converter(facts.currency)
    comparison = rules.compare(facts, queries.verdicts(session), convert)
    known = queries.law_of(session, [journey.corridor])[journey.corridor].known
    law = rules.tell_law(known, rules.outcomes(facts, convert), facts.currency)
    return rules.explain(comparison, queries.statements_of(session, journey, facts), law)


_SAID = frozenset({"declared", "reported", "verified", "remedy", "debt"})
"""The families of accounts that hold what was said of journeys and their debts."""


def reconcile(session: Session, actor: Actor) -> list[str]:
    """Return a sentence for every account of what was said that does not hold exactly that; none when all do.

    Accounts of other rooms, such as those of the fund, are theirs to hold against what they know.

    Who may: whoever may read the ledger.
    """
    actor.require(Permission.READ_LEDGER)
    stated = queries.stated_sums(session)
    held = {
        (balance.account, balance.currency): balance.balance_minor
        for balance in ledger.balances(session)
        if balance.balance_minor and balance.account.partition(":")[0] in _SAID
    }
    return [
        f"{account} holds {to_text(held.get((account, currency), 0), currency)} {currency}, "
        f"but {to_text(stated.get((account, currency), 0), currency)} was said."
        for account, currency in sorted(stated.keys() | held.keys())
        if stated.get((account, currency), 0) != held.get((account, currency), 0)
    ]


def _hear_of_joined(session: Session) -> None:
    """Count up the journeys that are one with a listed one of which something new was said, or no longer are.

    Whoever files something about a listed journey need not know, and must not learn, that it is one with another.
    """
    while changes := queries.changes(session):
        count_up(session, {change.journey_id for change in changes})
        carried(session, {change.match_id: change.version for change in changes})
        _forget(session, [change.listed_journey_id for change in changes])


def _forget(session: Session, journeys: Collection[UUID]) -> None:
    for model in (FindingRow, ComparisonRow):
        session.execute(delete(model).where(model.journey_id.in_(journeys)))


def _save(session: Session, compared: list[tuple[StaleJourney, Comparison]]) -> None:
    _forget(session, [journey.id for journey, _ in compared])
    compared_at = clock.now()
    rows: list[tuple[Any, ...]] = []
    findings: list[tuple[Any, ...]] = []
    for journey, each in compared:
        text = orjson.dumps(rules.document(each)).decode()
        rows.append((
            journey.id, journey.facts_version, rules.RULES_VERSION, each.status.value, each.currency,
            each.covered_until, each.worker_borne_minor, each.repaid_minor, each.remedy_due_minor, text, compared_at,
        ))  # fmt: skip
        findings.extend(
            (
                journey.id, position, finding.kind.value, finding.fee_item, finding.amount_minor, finding.currency,
                finding.state.value if finding.state else None, finding.law.rule if finding.law else None,
                finding.law.advisory if finding.law else None,
            )
            for position, finding in enumerate(each.findings)
        )  # fmt: skip
    insert_many(session, ComparisonRow.__table__, _COMPARISON_COLUMNS, rows)
    insert_many(session, FindingRow.__table__, _FINDING_COLUMNS, findings)
