"""Fee items with their verdicts, and the rules of each corridor, as facts from two data files.

Here: the records of `data/fee_items.toml` and `data/corridor_rules.toml`, and what makes them valid. Not here: what a
rule means for a payment (`verification`), and what was declared, committed or reported (`fees.models`). How a file is
read at all stands in `sheets.facts`.

What nobody knows stays visible: an absent date or amount is None, `unknown` is a kind and a status of its own, and a
rule that a machine may not apply says why in `why_not`.
"""

from recruitment.fees.reference.corridors import (
    FIGURE_ROLES,
    NEEDED_TO_COMPUTE,
    PAYEES,
    CorridorFact,
    CorridorRuleFact,
    CorridorRulesFile,
    CurrencyFact,
    Figure,
    Instrument,
    MinimumWage,
    Observed,
    RuleKind,
    RuleStanding,
    RuleStatus,
    corridor_facts,
    corridor_rule_facts,
    corridor_rules_file,
    kept_rule,
    plain_rule,
    rules_of,
    scopes,
)
from recruitment.fees.reference.fee_items import (
    EppVerdict,
    FeeItemFact,
    FeeItemsFile,
    IloClass,
    Principle,
    Source,
    fee_item_facts,
    fee_items_file,
)
from recruitment.sheets.facts import Basis, Confidence, ReferenceDataInvalid

__all__ = [
    "FIGURE_ROLES",
    "NEEDED_TO_COMPUTE",
    "PAYEES",
    "Basis",
    "Confidence",
    "CorridorFact",
    "CorridorRuleFact",
    "CorridorRulesFile",
    "CurrencyFact",
    "EppVerdict",
    "FeeItemFact",
    "FeeItemsFile",
    "Figure",
    "IloClass",
    "Instrument",
    "MinimumWage",
    "Observed",
    "Principle",
    "ReferenceDataInvalid",
    "RuleKind",
    "RuleStanding",
    "RuleStatus",
    "Source",
    "corridor_facts",
    "corridor_rule_facts",
    "corridor_rules_file",
    "fee_item_facts",
    "fee_items_file",
    "kept_rule",
    "plain_rule",
    "rules_of",
    "scopes",
]
