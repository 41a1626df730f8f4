"""What the fees room refuses, beyond the problems of files.

InvalidInput   CorridorUnknown
               LegalRuleInvalid
NotFound       DeclarationUnknown
               LegalRuleUnknown
Conflict       AlreadySuperseded
               LegalRuleRevised
"""

from __future__ import annotations

from recruitment.core.errors import Conflict, InvalidInput, NotFound


class DeclarationUnknown(NotFound):
    """The agency has no declaration of that reference."""

    code = "fees.declaration_unknown"


class AlreadySuperseded(Conflict):
    """The declaration was superseded before."""

    code = "fees.already_superseded"


class CorridorUnknown(InvalidInput):
    """The reference data have no corridor of that code."""

    code = "fees.corridor_unknown"


class LegalRuleUnknown(NotFound):
    """There is no legal rule of that id."""

    code = "fees.legal_rule_unknown"


class LegalRuleInvalid(InvalidInput):
    """A legal rule contradicts itself, or lacks what it needs. Says of each field what is wrong and how to mend it."""

    code = "fees.legal_rule_invalid"

    def __init__(self, sentence: str, /, **fields: str) -> None:
        """Keep what is wrong of each field; one of a rule's fields is called ``detail``, as is our own sentence."""
        super().__init__(sentence)
        self.facts = dict(fields)


class LegalRuleRevised(Conflict):
    """Somebody revised the rule since it was read, or it is there already."""

    code = "fees.legal_rule_revised"
