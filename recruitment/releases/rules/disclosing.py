"""When a person may be named to a business, for a remedy: never without their word and somebody's look at the danger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

ASSESSMENT_DAYS = 90
"""How long somebody's look at the danger holds: workplaces change."""


class RetaliationRisk(StrEnum):
    """How likely it is that somebody is made to suffer for being named."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class RetaliationTrigger(StrEnum):
    """What makes it dangerous to be named."""

    SMALL_WORKFORCE = "small_workforce"
    DOCUMENTS_HELD = "documents_held"
    AT_SEA = "at_sea"
    DEBT_TO_OWNER = "debt_to_owner"
    UNDOCUMENTED = "undocumented"
    ARMED_LINKS = "armed_links"


class DisclosureState(StrEnum):
    """Where the naming of a person to an organisation stands."""

    WAITING = "waiting"
    HELD = "held"
    CARRIED = "carried"
    WITHDRAWN = "withdrawn"


class HeldReason(StrEnum):
    """Why a person is not named."""

    NO_CONSENT = "no_consent"
    NOT_ASSESSED = "not_assessed"
    ASSESSMENT_OLD = "assessment_old"
    RISK_HIGH = "risk_high"
    ASSESSED_BY_ASKER = "assessed_by_asker"
    NO_REFERENCE = "no_reference"
    NOTHING_DUE = "nothing_due"


@dataclass(frozen=True, slots=True)
class Assessment:
    """The newest look at the danger for a journey and an organisation."""

    id: UUID
    reference: str
    risk: RetaliationRisk
    assessed_by: UUID
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Asking:
    """What is known when somebody asks to name a person, or when a release would name them."""

    asked_by: UUID
    consents: bool
    assessment: Assessment | None
    reference: str | None
    at: datetime


def hindrance(asking: Asking) -> HeldReason | None:
    """Return what stands against naming a person; None when nothing does. The newest assessment counts, and no other."""
    if not asking.consents:
        return HeldReason.NO_CONSENT
    if asking.assessment is None:
        return HeldReason.NOT_ASSESSED
    if asking.assessment.risk is RetaliationRisk.HIGH:
        return HeldReason.RISK_HIGH
    if asking.at - asking.assessment.recorded_at > timedelta(days=ASSESSMENT_DAYS):
        return HeldReason.ASSESSMENT_OLD
    if asking.assessment.assessed_by == asking.asked_by:
        return HeldReason.ASSESSED_BY_ASKER
    return HeldReason.NO_REFERENCE if asking.reference is None else None
