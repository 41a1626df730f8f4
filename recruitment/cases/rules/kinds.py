"""The kinds of case, the clock of serious ones, and the codes that a case is told in."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class CaseKind(StrEnum):
    """What a case is about. All but the first are serious: related to trafficking or forced labour."""

    RECRUITMENT_COSTS = "recruitment_costs"
    DEBT_BONDAGE = "debt_bondage"
    DOCUMENTS_WITHHELD = "documents_withheld"
    THREATS = "threats"
    VIOLENCE = "violence"
    MINOR = "minor"
    SUPPRESSION = "suppression"
    RETALIATION = "retaliation"


SERIOUS = frozenset(CaseKind) - {CaseKind.RECRUITMENT_COSTS}
"""The kinds with a clock. That workers are kept from speaking, or punished for it, is serious in itself (C1, D1)."""


class CaseSource(StrEnum):
    """What opened a case."""

    FINDINGS = "findings"
    RAISED = "raised"


class AskedParty(StrEnum):
    """Who was asked to put it right."""

    AGENCY = "agency"
    EMPLOYER = "employer"
    VESSEL_OWNER = "vessel_owner"
    SUB_AGENT = "sub_agent"
    AUTHORITY = "authority"
    OTHER = "other"


class Action(StrEnum):
    """What was done about it, as whoever did it says."""

    REPAID = "repaid"
    DEBT_CANCELLED = "debt_cancelled"
    DOCUMENTS_RETURNED = "documents_returned"
    POLICY_CHANGED = "policy_changed"
    CONTRACT_MENDED = "contract_mended"
    PERSON_REMOVED = "person_removed"
    SAFE_PLACE = "safe_place"
    OTHER = "other"


class LateReason(StrEnum):
    """Why nobody was asked within the time that a serious case leaves. A note goes with it."""

    SAFETY_FIRST = "safety_first"
    OUT_OF_REACH = "out_of_reach"
    NO_INTERPRETER = "no_interpreter"
    SHORT_OF_STAFF = "short_of_staff"
    TOLD_LATE = "told_late"
    SYSTEM_DOWN = "system_down"
    OTHER = "other"


class ReopenReason(StrEnum):
    """Why a case went back to its beginning. The first two only the house gives."""

    VALIDATION_NEGATIVE = "validation_negative"
    FOUND_AGAIN = "found_again"
    WORKER_DISAGREES = "worker_disagrees"
    ACTION_NOT_DONE = "action_not_done"
    HAPPENED_AGAIN = "happened_again"
    WORKERS_NOT_REACHED = "workers_not_reached"
    MOVED_BY_MISTAKE = "moved_by_mistake"

    @property
    def is_for_people(self) -> bool:
        """Whether a person may give it."""
        return self not in {ReopenReason.VALIDATION_NEGATIVE, ReopenReason.FOUND_AGAIN}


RESPONSE_HOURS = 72
"""Within how many calendar hours a serious case is responded to. No weekend pauses them.

Source: the issue reports of Issara's Strategic Partners Program (Handbook): within 72 hours of an issue being identified.
"""

FOLLOW_UP_DAYS = 14
"""After how many days an open serious case is to be looked at again.

Ours: the Handbook promises follow-up reports until an issue is resolved, and names no number of days.
"""


def due_at(kind: CaseKind, identified_at: datetime) -> datetime | None:
    """Return until when a case is to be responded to; None for one without a clock."""
    return identified_at + timedelta(hours=RESPONSE_HOURS) if kind in SERIOUS else None


def hours_left(due: datetime, at: datetime) -> int:
    """Return the whole hours from ``at`` to ``due``; below zero, by how many it was missed. A begun hour is counted late."""
    return (due - at) // timedelta(hours=1)
