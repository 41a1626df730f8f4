"""Every read of verification: the facts that are compared, the statements behind a finding, and past comparisons."""

from recruitment.verification.queries.adjudications import bases, decision, decisions_of, opened, waiting
from recruitment.verification.queries.facts import (
    Batch,
    StaleJourney,
    facts_of,
    journey_to_explain,
    journeys_in_order,
    stale_journeys,
    verdicts,
)
from recruitment.verification.queries.joins import Change, changes
from recruitment.verification.queries.law import Law, authority_of, law_of, laws, scopes_of
from recruitment.verification.queries.reconciliation import stated_sums
from recruitment.verification.queries.results import Summary, document, documents, status_counts, summaries, was_found
from recruitment.verification.queries.statements import statements_of

__all__ = [
    "Batch",
    "Change",
    "Law",
    "StaleJourney",
    "Summary",
    "authority_of",
    "bases",
    "changes",
    "decision",
    "decisions_of",
    "document",
    "documents",
    "facts_of",
    "journey_to_explain",
    "journeys_in_order",
    "law_of",
    "laws",
    "opened",
    "scopes_of",
    "stale_journeys",
    "stated_sums",
    "statements_of",
    "status_counts",
    "summaries",
    "verdicts",
    "waiting",
    "was_found",
]
