"""What may be asked of the measures: how many months of earnings a recruitment cost, by corridor and cohort."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.journeys.rules import RecruitmentChannel
from recruitment.reporting.errors import MeasureInvalid
from recruitment.reporting.queries import measures as queries
from recruitment.reporting.rules.measures import (
    Basis,
    Burden,
    Grouping,
    Measures,
    figure_of,
    half_year,
    measure,
    window_start,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.reporting.queries.measures import Cost
    from recruitment.reporting.rules.measures import Letter, MeasureAsked

NO_LETTER, NO_AGENCY = "no demand letter", "no agency"
"""What stands in place of a code, which has no blank in it where it comes from a register of codes."""

FIRST_DAY = date(1990, 1, 1)
"""Nobody's recruitment is kept from before."""

_Earned: TypeAlias = tuple[int, str, date]


def measures_of(session: Session, actor: Actor, asked: MeasureAsked) -> Measures:
    """Return how many months of earnings recruitments of a corridor cost, as far as that may be told.

    By SDG indicator 10.7.1 (basis ``stated``), or by what demand letters promised. A worker counts once, with the first
    journey, when cost and earnings are both known. Who may: whoever may read measures. Raises
    ``MeasureInvalid`` for a day that cannot be asked for.
    """
    actor.require(Permission.READ_MEASURES)
    if not FIRST_DAY <= asked.as_of <= clock.today():
        raise MeasureInvalid(
            f"Measures are made as of a day from {FIRST_DAY} to today, not {asked.as_of}. Choose another day.",
            as_of="too early, or in the future",
        )
    corridor, currency = str(asked.corridor), asked.corridor.comparison.code
    links = queries.joined(session, corridor)
    costs = queries.costs(session, corridor, currency, since=window_start(asked.as_of), until=asked.as_of, links=links)
    letters = queries.letters(session, corridor)
    earned = _promised(costs, letters)
    if asked.basis is Basis.STATED:
        said = queries.last_earnings(session, corridor, until=asked.as_of, roots=links.roots)
        earned = {
            journey: (month.before_deductions_minor, month.currency, month.counts_on) for journey, month in said.items()
        }
    agencies = queries.agency_codes(session)
    convert = queries.rates_for(session, currency, {each[1:] for each in earned.values()}).converter(currency)
    groups: dict[str, list[Burden]] = {}
    regularised: list[Burden] = []
    for cost in costs:
        income = convert(*earned[cost.journey_id]) if cost.journey_id in earned else None
        if not income:
            continue
        burden = Burden(cost.cost_minor, income, cost.repaid_minor)
        if cost.channel == RecruitmentChannel.REGULARISATION.value:
            regularised.append(burden)
        else:
            groups.setdefault(_group(cost, asked, letters, agencies), []).append(burden)
    return Measures(asked, currency, measure(groups), figure_of(regularised))


def _promised(costs: list[Cost], letters: Mapping[UUID, Letter]) -> dict[UUID, _Earned]:
    """Return the wage that each journey's letter promised; converted at its start, as the limits of promises are."""
    found: dict[UUID, _Earned] = {}
    for cost in costs:
        letter = letters.get(cost.letter_id) if cost.letter_id else None
        if letter is not None and letter.wage_minor and letter.currency:
            found[cost.journey_id] = (letter.wage_minor, letter.currency, cost.started_on)
    return found


def _group(cost: Cost, asked: MeasureAsked, letters: Mapping[UUID, Letter], agencies: Mapping[UUID, str]) -> str:
    """Return the name of the cohort that a journey is counted in."""
    if asked.grouping is Grouping.CORRIDOR:
        return str(asked.corridor)
    if asked.grouping is Grouping.COHORT:
        letter = letters.get(cost.letter_id) if cost.letter_id else None
        return letter.reference if letter else NO_LETTER
    agency = agencies.get(cost.agency_id) if cost.agency_id else None
    return f"{agency or NO_AGENCY}, {half_year(cost.started_on)}"
