"""What is released, when, and what is held back. Pure; the reasons are in docs/releases.md."""

from recruitment.releases.rules.calendar import DELAY_DAYS, Calendar, Due, MadeRelease, due_releases
from recruitment.releases.rules.cells import (
    COHORTS_MIN,
    NEW_MIN,
    WORKERS_MIN,
    CellKey,
    CellState,
    Contributor,
    Figures,
    HoldingReason,
    ReleasedKind,
    WorkedCell,
    figures,
    held_by,
    work_out,
)
from recruitment.releases.rules.disclosing import (
    ASSESSMENT_DAYS,
    Asking,
    Assessment,
    DisclosureState,
    HeldReason,
    RetaliationRisk,
    RetaliationTrigger,
    hindrance,
)
from recruitment.releases.rules.document import EXPLANATIONS, Explanation, NamedRemedy, artefact
from recruitment.releases.rules.joint import Party, held_back
from recruitment.releases.rules.rechecks import RECHECK_PEOPLE_MIN, is_drawn
from recruitment.releases.rules.rounding import FIGURES_FROM, about_percent, about_workers, middle, two_digits

__all__ = [
    "ASSESSMENT_DAYS",
    "COHORTS_MIN",
    "DELAY_DAYS",
    "EXPLANATIONS",
    "FIGURES_FROM",
    "NEW_MIN",
    "RECHECK_PEOPLE_MIN",
    "WORKERS_MIN",
    "Asking",
    "Assessment",
    "Calendar",
    "CellKey",
    "CellState",
    "Contributor",
    "DisclosureState",
    "Due",
    "Explanation",
    "Figures",
    "HeldReason",
    "HoldingReason",
    "MadeRelease",
    "NamedRemedy",
    "Party",
    "ReleasedKind",
    "RetaliationRisk",
    "RetaliationTrigger",
    "WorkedCell",
    "about_percent",
    "about_workers",
    "artefact",
    "due_releases",
    "figures",
    "held_back",
    "held_by",
    "hindrance",
    "is_drawn",
    "middle",
    "two_digits",
    "work_out",
]
