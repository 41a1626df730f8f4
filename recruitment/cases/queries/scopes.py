"""Whose cases exist for whom.

A case shows that a worker spoke: it exists for who hears workers, and for nobody outside. Of a case that also names
journeys of others a CSO sees the case and its own journeys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.cases.models import (
    Case,
    CaseEvent,
    CaseFinding,
    CaseJourney,
    CaseMark,
    CaseStanding,
    ValidationAnswer,
    ValidationMember,
    ValidationRound,
)
from recruitment.core.actor import Audience
from recruitment.database.scoping import guard, seen, within
from recruitment.journeys.models import Journey

if TYPE_CHECKING:
    from recruitment.database.scoping import Expected

_CASELOAD = (Audience.SUPERVISOR, Audience.FIELDWORKER)
_of_seen_journeys = dict.fromkeys(_CASELOAD, within("journey_id", Journey))
_of_seen_cases = dict.fromkeys(_CASELOAD, within("case_id", CaseJourney, "case_id"))

_any_row: dict[Audience, dict[str, Expected]] = {audience: {} for audience in _CASELOAD}
_of_a_seen_journey: dict[Audience, dict[str, Expected]] = {
    audience: {"journey_id": seen(Journey)} for audience in _CASELOAD
}
_of_a_seen_case: dict[Audience, dict[str, Expected]] = {
    audience: {"case_id": seen(CaseJourney, "case_id")} for audience in _CASELOAD
}

# A case without a journey is seen by nobody, so a new one may be written before its journeys are.
guard(Case, read=dict.fromkeys(_CASELOAD, within("id", CaseJourney, "case_id")), write=_any_row)
guard(CaseJourney, read=_of_seen_journeys, write=_of_a_seen_journey)
guard(CaseFinding, read=_of_seen_journeys)
for _of_case in (CaseEvent, CaseStanding):
    guard(_of_case, read=_of_seen_cases, write=_of_a_seen_case)
guard(CaseMark)
guard(ValidationRound, read=_of_seen_cases)
guard(ValidationMember, read=_of_seen_journeys)
guard(ValidationAnswer, read=_of_seen_journeys, write=_of_a_seen_journey)
