"""The import files of journeys and of their stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.journeys.reference import stages
from recruitment.journeys.rules import NewJourney, NewStage, RecruitmentChannel, StageOutcome
from recruitment.sheets import columns
from recruitment.sheets.columns import Column, Grammar

if TYPE_CHECKING:
    from recruitment.sheets.columns import Cells, Report


def _read_journey(cells: Cells, _report: Report) -> NewJourney | None:
    if any(cells.get(name) is None for name in ("reference", "jobseeker", "corridor", "channel", "started_on")):
        return None
    return NewJourney(
        reference=cells["reference"],
        jobseeker_id=cells["jobseeker"],
        corridor=str(cells["corridor"]),
        channel=cells["channel"],
        agency_id=cells.get("agency"),
        demand_letter_id=cells.get("demand_letter"),
        worksite=cells.get("worksite"),
        started_on=cells["started_on"],
    )


JOURNEYS: Grammar[NewJourney] = Grammar(
    "journeys",
    (
        Column("reference", columns.reference, required=True, about="what you call the journey, once for all time"),
        Column("jobseeker", columns.reference, required=True, refers_to="jobseeker", about="whose recruitment it is"),
        Column("corridor", columns.corridor, required=True, about="from which country to which"),
        Column(
            "channel",
            columns.member_of(RecruitmentChannel, "a way of recruiting", "unknown_channel"),
            required=True,
            about="by which way the person is recruited",
        ),
        Column(
            "agency", columns.reference, refers_to="agency", about="who recruits the person; blank where nobody does"
        ),
        Column(
            "demand_letter", columns.reference, refers_to="demand letter", about="for which letter; blank without one"
        ),
        Column("worksite", columns.words(), about="the place of work"),
        Column(
            "started_on",
            columns.day,
            required=True,
            about="the day on which the recruitment began; limits of promises are converted at it",
        ),
    ),
    _read_journey,
)


def _read_stage(cells: Cells, _report: Report) -> NewStage | None:
    if any(cells.get(name) is None for name in ("journey", "stage", "occurred_on", "outcome")):
        return None
    return NewStage(cells["journey"], cells["stage"], cells["occurred_on"], cells["outcome"])


STAGES: Grammar[NewStage] = Grammar(
    "stages",
    (
        Column(
            "journey",
            columns.reference,
            required=True,
            refers_to="journey",
            about="which recruitment reached the stage",
        ),
        Column(
            "stage",
            columns.one_of("a stage", [fact.code for fact in stages()], "unknown_stage"),
            required=True,
            about="what was reached; an unusual order gives a warning and no error",
        ),
        Column("occurred_on", columns.day, required=True, about="the day on which it happened"),
        Column(
            "outcome",
            columns.member_of(StageOutcome, "an outcome", "unknown_outcome"),
            required=True,
            about="how it ended",
        ),
    ),
    _read_stage,
)
