"""What may be told about a group of workers, and when it may change.

A *cell* is one kind of finding about one fee item, of one agency or employer. It is told when at least five people who
were independently heard stand behind it, of two cohorts or more, and no single day of interviews gave more than half of
them. It changes only when five people who were never counted in it would pass the same by themselves: what changed is then
about them, and they are a group too. Otherwise it is repeated as it was, whoever left, was paid back or withdrew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from recruitment.releases.rules.rounding import FIGURES_FROM, about_percent, about_workers, told_median

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date
    from uuid import UUID

WORKERS_MIN = 5
COHORTS_MIN = 2
NEW_MIN = 5
OTHERS_MIN = 5
"""How many others there must be for whom a business said the same, where what it says makes somebody stand in a cell."""


class ReleasedKind(StrEnum):
    """What a release can tell of: findings of the comparison, and money that workers say they got back."""

    UNDECLARED_PAYMENT = "undeclared_payment"
    UNCONFIRMED_DECLARATION = "unconfirmed_declaration"
    COMMITMENT_BREACH = "commitment_breach"
    PRINCIPLE_BREACH = "principle_breach"
    ILLEGITIMATE_COST = "illegitimate_cost"
    MISFILED_COST = "misfiled_cost"
    LEGAL_BREACH = "legal_breach"
    DEDUCTION_OVER_LIMIT = "deduction_over_limit"
    LATE_COMMITMENT = "late_commitment"
    REMEDY_CONFIRMED = "remedy_confirmed"


class CellState(StrEnum):
    """What became of a cell in a release."""

    PUBLISHED = "published"
    REPEATED = "repeated"
    WITHHELD = "withheld"


class HoldingReason(StrEnum):
    """Why a cell was not told, or was told as it was before."""

    TOO_FEW_WORKERS = "too_few_workers"
    TOO_FEW_COHORTS = "too_few_cohorts"
    ONE_INTERVIEW_DAY = "one_interview_day"
    TOO_FEW_NEW_WORKERS = "too_few_new_workers"
    TOO_FEW_OTHERS = "too_few_others"
    COMBINES_WITH_ANOTHER = "combines_with_another"


class CellKey(NamedTuple):
    """A kind of finding and a fee item; ``fee_item`` is empty for what is about the whole journey."""

    kind: ReleasedKind
    fee_item: str


@dataclass(frozen=True, slots=True)
class Contributor:
    """One person behind a cell: of which cohorts, heard on which days by which CSO, with which amount in which currency."""

    person: UUID
    cohorts: frozenset[object]
    days: frozenset[tuple[UUID, date]]
    amounts: Mapping[str, int]


class Figures(NamedTuple):
    """What is told of a cell. ``workers`` is None for some, fewer than eight; ``since`` the period of the last change."""

    workers: int | None
    median_minor: int | None
    currency: str | None
    percent: int | None
    since: str


@dataclass(frozen=True, slots=True)
class WorkedCell:
    """A cell of a release as the inside sees it. ``told`` is what goes out, None for nothing.

    ``counted``: who is newly counted by what goes out. ``contributors``, ``new`` and ``cohorts`` are exact.
    """

    key: CellKey
    state: CellState
    told: Figures | None
    contributors: int
    new: int
    cohorts: int
    reasons: tuple[HoldingReason, ...]
    counted: frozenset[UUID]


def held_by(group: Collection[Contributor]) -> list[HoldingReason]:
    """Return why nothing may be told about a group of people; empty when it may."""
    reasons = []
    if len(group) < WORKERS_MIN:
        reasons.append(HoldingReason.TOO_FEW_WORKERS)
    cohorts = Counter(cohort for each in group for cohort in each.cohorts)
    # Where one cohort holds them all, that somebody of them was in another one too makes no second.
    if len(cohorts) < COHORTS_MIN or max(cohorts.values()) == len(group):
        reasons.append(HoldingReason.TOO_FEW_COHORTS)
    days = Counter(day for each in group for day in each.days)
    if any(people * 2 > len(group) for people in days.values()):
        reasons.append(HoldingReason.ONE_INTERVIEW_DAY)
    return reasons


def figures(group: Collection[Contributor], asked: int, period: str) -> Figures:
    """Return what is told of a group of people, of ``asked`` who were independently heard.

    The median is that of the currency in which most of them have an amount, when they are enough for it by themselves and
    five of them have an amount that is told the same.
    """
    workers = about_workers(len(group))
    if workers is None:
        return Figures(None, None, None, None, period)
    amounts: dict[str, list[int]] = defaultdict(list)
    for each in group:
        for currency, amount in each.amounts.items():
            amounts[currency].append(amount)
    currency = min(amounts, key=lambda code: (-len(amounts[code]), code), default="")
    if len(amounts[currency]) < FIGURES_FROM:
        return Figures(workers, None, None, about_percent(len(group), asked), period)
    median = told_median(amounts[currency], same=WORKERS_MIN)
    return Figures(workers, median, None if median is None else currency, about_percent(len(group), asked), period)


def work_out(
    key: CellKey,
    group: Collection[Contributor],
    *,
    before: Figures | None,
    counted: Collection[UUID],
    asked: int,
    period: str,
    combines: bool,
    others: int | None = None,
) -> WorkedCell:
    """Return what a release does with a cell.

    ``before`` is what the release before told of it, ``counted`` whoever was ever counted in it. ``combines``: what is new
    must not go out, because with what another organisation reads it would single out a few.
    ``others``: how many more were heard for whom the business said the same; None where what it says decides nothing.
    """
    new = [each for each in group if each.person not in counted]
    reasons = held_by(group)
    if before is not None:
        reasons = [HoldingReason.TOO_FEW_NEW_WORKERS] if len(new) < NEW_MIN else (reasons or held_by(new))
    if not reasons and others is not None and others < OTHERS_MIN:
        reasons = [HoldingReason.TOO_FEW_OTHERS]
    if combines and not reasons:
        reasons = [HoldingReason.COMBINES_WITH_ANOTHER]
    cohorts = len({cohort for each in group for cohort in each.cohorts})
    told: Figures | None
    if not reasons:
        told, state = figures(group, asked, period), CellState.PUBLISHED
        newly = frozenset(each.person for each in new)
    else:
        told, state = before, CellState.WITHHELD if before is None else CellState.REPEATED
        newly = frozenset()
    return WorkedCell(key, state, told, len(group), len(new), cohorts, tuple(reasons), newly)
