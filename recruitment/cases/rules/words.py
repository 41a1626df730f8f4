"""What the pages call the codes of cases, where the code with blanks would not be understood. Pure.

"Minor" would say that a case is a small one, and "asked" does not say of whom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.cases.rules.kinds import Action, CaseKind, LateReason, ReopenReason
from recruitment.cases.rules.states import State

if TYPE_CHECKING:
    from collections.abc import Mapping

CASE_WORDS: Mapping[type[str], Mapping[str, str]] = {
    CaseKind: {
        CaseKind.MINOR: "Somebody under 18",
        CaseKind.SUPPRESSION: "Kept from speaking",
        CaseKind.RETALIATION: "Punished for speaking",
    },
    State: {
        State.ASKED: "Somebody was asked to put it right",
        State.ACTIONED: "Something was done",
        State.AWAITING_WORKER_VALIDATION: "The workers are being asked",
    },
    Action: {
        Action.REPAID: "Money was paid back",
        Action.DEBT_CANCELLED: "A debt was let go",
        Action.DOCUMENTS_RETURNED: "Papers were given back",
        Action.POLICY_CHANGED: "The business changed how it works",
        Action.CONTRACT_MENDED: "A contract was made right",
        Action.PERSON_REMOVED: "Who did the harm has no say any more",
        Action.SAFE_PLACE: "The worker is in a safe place",
        Action.OTHER: "Something else: say what in the note",
    },
    LateReason: {
        LateReason.SAFETY_FIRST: "Asking sooner would have endangered somebody",
        LateReason.OUT_OF_REACH: "Nobody could be reached",
        LateReason.NO_INTERPRETER: "Nobody spoke the language",
        LateReason.SHORT_OF_STAFF: "There was nobody to do it",
        LateReason.TOLD_LATE: "Whoever heard of it told us late",
        LateReason.SYSTEM_DOWN: "First Mile or the net was down",
        LateReason.OTHER: "Something else: say what in the note",
    },
    ReopenReason: {
        ReopenReason.VALIDATION_NEGATIVE: "A worker said no",
        ReopenReason.FOUND_AGAIN: "It was found again",
        ReopenReason.WORKER_DISAGREES: "A worker told us otherwise",
        ReopenReason.ACTION_NOT_DONE: "What was said to be done was not",
        ReopenReason.HAPPENED_AGAIN: "It happened again",
        ReopenReason.WORKERS_NOT_REACHED: "The workers who were drawn cannot be reached",
        ReopenReason.MOVED_BY_MISTAKE: "A step was recorded that was none",
    },
}
"""By enum, then by member: members of two enums that have the same code are equal."""
