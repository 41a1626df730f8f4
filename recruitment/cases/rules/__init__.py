"""What a case is, how it moves, when it is late and when it may be closed; pure.

How serious it is and how long one may take: safeguard F. That workers close it: safeguard E. See docs/cases.md.
"""

from recruitment.cases.rules.kinds import (
    FOLLOW_UP_DAYS,
    RESPONSE_HOURS,
    SERIOUS,
    Action,
    AskedParty,
    CaseKind,
    CaseSource,
    LateReason,
    ReopenReason,
    due_at,
    hours_left,
)
from recruitment.cases.rules.opening import (
    BONDING_CREDITORS,
    MONEY_FINDINGS,
    TO_BE_ACTED_ON,
    Bond,
    FoundThing,
    Looked,
    is_bond,
)
from recruitment.cases.rules.reads import (
    AnswerRead,
    CaseFilter,
    CaseOfPerson,
    CaseRead,
    EventRead,
    MemberRead,
    RoundRead,
    WholeCase,
)
from recruitment.cases.rules.states import TRANSITIONS, Standing, State, fold, is_allowed
from recruitment.cases.rules.validation import (
    Answer,
    OpenBecause,
    Reason,
    counts_as_free,
    drawn,
    reasons_of_moves,
    reasons_of_validation,
    sample_size,
)
from recruitment.cases.rules.words import CASE_WORDS

__all__ = [
    "BONDING_CREDITORS",
    "CASE_WORDS",
    "FOLLOW_UP_DAYS",
    "MONEY_FINDINGS",
    "RESPONSE_HOURS",
    "SERIOUS",
    "TO_BE_ACTED_ON",
    "TRANSITIONS",
    "Action",
    "Answer",
    "AnswerRead",
    "AskedParty",
    "Bond",
    "CaseFilter",
    "CaseKind",
    "CaseOfPerson",
    "CaseRead",
    "CaseSource",
    "EventRead",
    "FoundThing",
    "LateReason",
    "Looked",
    "MemberRead",
    "OpenBecause",
    "Reason",
    "ReopenReason",
    "RoundRead",
    "Standing",
    "State",
    "WholeCase",
    "counts_as_free",
    "drawn",
    "due_at",
    "fold",
    "hours_left",
    "is_allowed",
    "is_bond",
    "reasons_of_moves",
    "reasons_of_validation",
    "sample_size",
]
