"""The comparison of the three accounts, pure: what is compared, at which rate, what it means in words."""

from recruitment.verification.rules.comparison import (
    Comparison,
    Finding,
    FindingKind,
    ItemComparison,
    JourneyFacts,
    Status,
    Verdict,
    compare,
)
from recruitment.verification.rules.document import RULES_VERSION, document
from recruitment.verification.rules.explanation import ExplainedFinding, Explanation, Statement, StatementKind, explain
from recruitment.verification.rules.rates import Convert, RateBook

__all__ = [
    "RULES_VERSION",
    "Comparison",
    "Convert",
    "ExplainedFinding",
    "Explanation",
    "Finding",
    "FindingKind",
    "ItemComparison",
    "JourneyFacts",
    "RateBook",
    "Statement",
    "StatementKind",
    "Status",
    "Verdict",
    "compare",
    "document",
    "explain",
]
