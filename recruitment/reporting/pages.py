"""Pages for who hears workers: all journeys, one journey with what stands behind it, and what recruitment costs.

They change nothing, but that what a worker said was opened is recorded.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from recruitment.audit.rules import Purpose
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.corridors import Corridor
from recruitment.core.dates import parse_day
from recruitment.fees.reference import corridor_facts
from recruitment.journeys.errors import JourneyUnknown
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.reporting import queries
from recruitment.reporting.errors import FilterInvalid
from recruitment.reporting.rules import (
    ASKED_LENGTH_MAX,
    STATUS_WORDS,
    JourneyFilter,
    beside_the_findings,
    channel_words,
    status_word,
    without_rate,
)
from recruitment.reporting.rules.measures import (
    BASIS_WORDS,
    GROUPING_WORDS,
    PERSONS_MIN,
    RANKS_MIN,
    STATISTIC_WORDS,
    Basis,
    Grouping,
    MeasureAsked,
    told_months,
)
from recruitment.reporting.service import measures_of
from recruitment.verification.rules import FindingKind
from recruitment.verification.service import explain
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow

if TYPE_CHECKING:
    from collections.abc import Collection

    from flask.typing import ResponseReturnValue

pages = Blueprint("reporting", __name__)
pages.add_app_template_filter(status_word)
pages.add_app_template_filter(channel_words)
pages.add_app_template_filter(told_months)


@pages.get("/journeys")
@allow(Permission.READ_COMPARISONS)
def journey_list() -> ResponseReturnValue:
    """Show the journeys with status and amounts, as they were last compared."""
    wanted = JourneyFilter(
        status=_one_of("status", STATUS_WORDS),
        corridor=_asked("corridor"),
        agency=_asked("agency"),
        finding=_one_of("finding", list(FindingKind)),
        search=_asked("search"),
    )
    after, before = _asked("after"), _asked("before")
    with read_session() as session:
        found = queries.journey_list(session, actor(), wanted, after=after, before=before)
        totals = queries.status_totals(session, actor())
        agencies = organisations.of_kind(session, OrganisationKind.AGENCY)
    return render_template(
        "reporting/journey_list.html",
        found=found,
        wanted=wanted,
        filters={name: value for name, value in asdict(wanted).items() if value},
        totals=totals,
        statuses=list(STATUS_WORDS),
        corridors=[corridor.code for corridor in corridor_facts()],
        agencies=agencies,
        findings=[kind.value for kind in FindingKind],
        may_open=actor().may(Permission.READ_STATEMENTS),
    )


@pages.get("/measures")
@allow(Permission.READ_MEASURES)
def measures_show() -> ResponseReturnValue:
    """Show what recruitment cost the workers of a corridor, in months of their earnings."""
    corridor = _one_of("corridor", [each.code for each in corridor_facts()])
    grouping = Grouping(_one_of("by", list(Grouping)) or Grouping.CORRIDOR)
    basis = Basis(_one_of("basis", list(Basis)) or Basis.STATED)
    found = None
    if corridor is not None:
        as_of = _asked("as_of")
        asked = MeasureAsked(Corridor.parse(corridor), basis, grouping, parse_day(as_of) if as_of else clock.today())
        with read_session() as session:
            found = measures_of(session, actor(), asked)
    return render_template(
        "reporting/measures.html",
        found=found,
        corridor=corridor,
        grouping=grouping,
        basis=basis,
        corridors=[each.code for each in corridor_facts()],
        bases=BASIS_WORDS,
        groupings=GROUPING_WORDS,
        statistics=STATISTIC_WORDS,
        workers_min=PERSONS_MIN,
        ranks_min=RANKS_MIN,
    )


# A reference may hold a slash: it is whatever its sender made.
@pages.get("/journeys/<path:reference>", merge_slashes=False)
@allow(Permission.READ_STATEMENTS)
def journey_show(reference: str) -> ResponseReturnValue:
    """Show one journey: stages, the three accounts, findings with their evidence, and the entries behind them.

    ``?purpose=`` says why; it stands in the audit record.
    """
    if not _is_askable(reference):
        raise JourneyUnknown("There is no journey of such a reference.")
    purpose = _purpose()
    with unit_of_work() as session:
        explanation = explain(session, actor(), reference, purpose=purpose)
        page = queries.journey_page(session, actor(), reference)
    if page is None:
        raise JourneyUnknown(f"There is no journey {reference}.")
    return render_template(
        "reporting/journey_show.html",
        page=page,
        explanation=explanation,
        comparison=explanation.comparison,
        without_rate=without_rate(explanation),
        others=beside_the_findings(explanation),
    )


def _asked(name: str) -> str | None:
    """Return a filter of the address; None when it is empty. Raises ``FilterInvalid`` for what no reference can be."""
    text = request.args.get(name, "").strip()
    if not _is_askable(text):
        raise FilterInvalid(
            f"The filter {name!r} has at most {ASKED_LENGTH_MAX} visible characters. Shorten it, or leave it out.",
            **{name: "too long, or not visible"},
        )
    return text or None


def _one_of(name: str, known: Collection[str]) -> str | None:
    text = _asked(name)
    if text is not None and text not in known:
        raise FilterInvalid(
            f"Journeys cannot be filtered by the {name} {text!r}. Choose one of: {', '.join(known)}.",
            **{name: "not one of those that there are"},
        )
    return text


def _purpose() -> Purpose:
    """Return why the journey is opened: casework unless the address says otherwise. Raises ``FilterInvalid``."""
    text = _asked("purpose") or Purpose.CASEWORK.value
    if text not in set(Purpose):
        raise FilterInvalid(
            f"A journey is not opened for the purpose {text!r}. Choose one of: {', '.join(Purpose)}.",
            purpose="not one of those that there are",
        )
    return Purpose(text)


def _is_askable(text: str) -> bool:
    # PostgreSQL refuses a character nought with an error of its own, which would look like a mistake of ours.
    return len(text) <= ASKED_LENGTH_MAX and text.isprintable()
