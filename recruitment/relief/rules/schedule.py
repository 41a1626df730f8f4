"""Instalments, exact to the minor unit: how a sum is shared out, brought forward and replaced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.relief.errors import ScheduleInvalid
from recruitment.relief.rules.interest import months_after

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


@dataclass(frozen=True, slots=True)
class Instalment:
    """One part of a sum, due on a day. Numbers begin at 1."""

    number: int
    due_on: date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Superseded:
    """A schedule that takes the place of another: what was paid is credited, and never asked back."""

    total_minor: int
    credited_minor: int
    overpaid_minor: int
    instalments: tuple[Instalment, ...]


def apportion(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Share a sum by weights in whole minor units; the parts add up to it exactly (largest remainder, Hamilton).

    Each gets its share rounded down; what is left goes, one unit each, to the largest remainders, of equal ones to the
    first. Raises ``ScheduleInvalid`` for a sum or weight below zero, and for weights of nothing.
    """
    whole = sum(weights)
    if total_minor < 0 or min(weights, default=-1) < 0 or whole == 0:
        raise ScheduleInvalid("A sum of zero or more can be shared out among one or more, by weights above zero.")
    parts, remainders = zip(*(divmod(total_minor * weight, whole) for weight in weights), strict=True)
    shares = list(parts)
    left = total_minor - sum(shares)
    for place in sorted(range(len(shares)), key=lambda place: (-remainders[place], place))[:left]:
        shares[place] += 1
    return shares


def instalments(total_minor: int, months: int, first_on: date) -> tuple[Instalment, ...]:
    """Return equal instalments, one a month from ``first_on``; the first ones carry the units that do not divide.

    Instalments of nothing are left out. Raises ``ScheduleInvalid`` for less than one month or less than nothing.
    """
    if months < 1:
        raise ScheduleInvalid(f"{months} months make no schedule. Give one or more; one is a payment at once.")
    shares = apportion(total_minor, [1] * months)
    return tuple(
        Instalment(number, months_after(first_on, number - 1), amount)
        for number, amount in enumerate(shares, start=1)
        if amount
    )


def remaining_at_once(planned: Sequence[Instalment], paid_minor: int, left_on: date) -> Instalment | None:
    """Return the one instalment that stands when a worker leaves: everything not paid yet, due that day; None: nothing."""
    left = sum(instalment.amount_minor for instalment in planned) - paid_minor
    if left <= 0:
        return None
    return Instalment(max(instalment.number for instalment in planned) + 1, left_on, left)


def supersede(total_minor: int, paid_minor: int, months: int, first_on: date) -> Superseded:
    """Return the schedule of a new estimate. What was paid counts; where it was more, nothing stands and nothing is asked.

    Raises ``ScheduleInvalid``.
    """
    if paid_minor < 0:
        raise ScheduleInvalid("What was paid is zero or more.")
    credited = min(paid_minor, total_minor)
    return Superseded(
        total_minor, credited, paid_minor - credited, instalments(total_minor - credited, months, first_on)
    )
