"""What may be done with comparisons: bring them up to date, and explain one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.money import to_text
from recruitment.database.bulk import fewer_collections, insert_many
from recruitment.journeys.errors import JourneyUnknown
from recruitment.ledger import queries as ledger
from recruitment.verification import queries, rules
from recruitment.verification.models import ComparisonRow, FindingRow

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.verification.queries import StaleJourney
    from recruitment.verification.rules import Comparison, Explanation

_COMPARISON_COLUMNS = (
    "journey_id", "facts_version", "rules_version", "status", "currency", "covered_until", "worker_borne_minor",
    "repaid_minor", "remedy_due_minor", "document", "compared_at",
)  # fmt: skip
_FINDING_COLUMNS = ("journey_id", "position", "kind", "fee_item", "amount_minor", "currency")


def refresh(session: Session, actor: Actor, *, references: Collection[str] | None = None) -> int:
    """Compare a batch of the journeys whose facts changed since they were last compared; return how many it was.

    Call it, each time in a unit of work of its own, until it returns 0. Who may: whoever may compare accounts.
    """
    actor.require(Permission.COMPARE_ACCOUNTS)
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


def explain(session: Session, actor: Actor, reference: str) -> Explanation:
    """Return why a journey has its status, with the reference of every statement behind it.

    Who may: whoever may read comparisons. Raises ``JourneyUnknown``.
    """
    actor.require(Permission.READ_COMPARISONS)
    journey = queries.journey_to_explain(session, reference)
    if journey is None:
        raise JourneyUnknown(f"There is no journey {reference}.")
    batch = queries.facts_of(session, [journey])
    _, facts = batch.journeys[0]
    comparison = rules.compare(facts, queries.verdicts(session), batch.rates.converter(facts.currency))
    return rules.explain(comparison, queries.statements_of(session, journey, facts))


def reconcile(session: Session, actor: Actor) -> list[str]:
    """Return a sentence for every account of the books that does not hold exactly what was said; none when all do.

    Who may: whoever may read the ledger.
    """
    actor.require(Permission.READ_LEDGER)
    stated = queries.stated_sums(session)
    held = {
        (balance.account, balance.currency): balance.balance_minor
        for balance in ledger.balances(session)
        if balance.balance_minor
    }
    return [
        f"{account} holds {to_text(held.get((account, currency), 0), currency)} {currency}, "
        f"but {to_text(stated.get((account, currency), 0), currency)} was said."
        for account, currency in sorted(stated.keys() | held.keys())
        if stated.get((account, currency), 0) != held.get((account, currency), 0)
    ]


def _save(session: Session, compared: list[tuple[StaleJourney, Comparison]]) -> None:
    ids = [journey.id for journey, _ in compared]
    for model in (FindingRow, ComparisonRow):
        session.execute(delete(model).where(model.journey_id.in_(ids)))
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
            (journey.id, position, finding.kind.value, finding.fee_item, finding.amount_minor, finding.currency)
            for position, finding in enumerate(each.findings)
        )
    insert_many(session, ComparisonRow.__table__, _COMPARISON_COLUMNS, rows)
    insert_many(session, FindingRow.__table__, _FINDING_COLUMNS, findings)
