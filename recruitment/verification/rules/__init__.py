"""The comparison of the three accounts, pure: what is compared, at which rate, what it means in words."""

from recruitment.verification.rules.comparison import compare
from recruitment.verification.rules.document import RULES_VERSION, document
from recruitment.verification.rules.explanation import ExplainedFinding, Explanation, Statement, StatementKind, explain
from recruitment.verification.rules.facts import Adjudicated, JourneyFacts, Verdict
from recruitment.verification.rules.findings import (
    Authority,
    Comparison,
    Finding,
    FindingKind,
    FindingState,
    ItemComparison,
    Status,
)
from recruitment.verification.rules.law import Breach, LegalRule, Outcome, RuleState, WhyNotComputed, outcomes
from recruitment.verification.rules.rates import Convert, RateBook
from recruitment.verification.rules.told_law import ToldRule, tell_law

__all__ = [
    "RULES_VERSION",
    "Adjudicated",
    "Authority",
    "Breach",
    "Comparison",
    "Convert",
    "ExplainedFinding",
    "Explanation",
    "Finding",
    "FindingKind",
    "FindingState",
    "ItemComparison",
    "JourneyFacts",
    "LegalRule",
    "Outcome",
    "RateBook",
    "RuleState",
    "Statement",
    "StatementKind",
    "Status",
    "ToldRule",
    "Verdict",
    "WhyNotComputed",
    "compare",
    "document",
    "explain",
    "outcomes",
    "tell_law",
]
