"""Every read of verification: the facts that are compared, the statements behind a finding, and past comparisons."""

from recruitment.verification.queries.facts import (
    Batch,
    StaleJourney,
    facts_of,
    journey_to_explain,
    stale_journeys,
    verdicts,
)
from recruitment.verification.queries.joins import Change, changes
from recruitment.verification.queries.reconciliation import stated_sums
from recruitment.verification.queries.results import Summary, document, documents, status_counts, summaries, was_found
from recruitment.verification.queries.statements import statements_of

__all__ = [
    "Batch",
    "Change",
    "StaleJourney",
    "Summary",
    "changes",
    "document",
    "documents",
    "facts_of",
    "journey_to_explain",
    "stale_journeys",
    "stated_sums",
    "statements_of",
    "status_counts",
    "summaries",
    "verdicts",
    "was_found",
]
