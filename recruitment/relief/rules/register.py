"""A debt of the register: what stands of it, and which part of that nobody may ask a worker for.

A debt has two parts: what is linked to the recruitment, and a genuine voluntary advance. What was paid back or deducted
counts against the advance first. It changes nothing in what the worker is due in all, and leaves the worker owing least:
what still stands is then the part that must be cancelled, and nobody has to pay out first what another may not ask for.
A cancellation or take-over counts against the linked part first, because that is what it is for. Within a part, money
counts against the principal before the interest, so that less interest runs. Where nobody said which part an addition
belongs to, it is linked: doubt is resolved for the worker.

Interest that lines state is not counted twice: only what the computation finds beyond it is added. An advance bears
interest at a rate that was stated, or none; a linked part at the stated or the parameter's rate, since all of it goes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from recruitment.relief.errors import DebtLineWrong
from recruitment.relief.rules.interest import half_down, half_up, interest, percent_in_force, years_between
from recruitment.relief.rules.kinds import RegisterLine
from recruitment.relief.rules.parameters import Parameters

if TYPE_CHECKING:
    from datetime import date


class Part(StrEnum):
    """Which part of a debt."""

    LINKED = "linked"
    ADVANCE = "advance"


@dataclass(frozen=True, slots=True)
class DebtLine:
    """What changed a debt on a day. ``linked_minor``: how much of an addition or of interest is linked; None: not said."""

    kind: RegisterLine
    on: date
    amount_minor: int
    linked_minor: int | None = None


@dataclass(frozen=True, slots=True)
class RegisterDebt:
    """A debt as it was told, and what changed it since. ``percent``: the yearly interest that was stated, as text."""

    currency: str
    taken_on: date
    principal_minor: int
    linked_minor: int
    lines: tuple[DebtLine, ...] = ()
    percent: str | None = None

    def __post_init__(self) -> None:
        """Refuse amounts below zero and parts beyond the whole. Raises ``DebtLineWrong``."""
        told = [
            (self.principal_minor, self.linked_minor),
            *((line.amount_minor, line.linked_minor) for line in self.lines),
        ]
        for amount, linked in told:
            if not 0 <= (linked or 0) <= amount:
                raise DebtLineWrong(
                    f"Of a debt or a line of {amount}, {linked} cannot be linked to the recruitment. "
                    "Both are zero or more, and the part is at most the whole."
                )


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of a debt on a day, in minor units.

    ``linked_minor`` and ``advance_minor`` are what stands by the lines, as the case's book has it; ``accrued_…`` is the
    interest that no line states yet. ``linked_repaid_minor`` is what the worker paid or lost in wages for the linked
    part and is due back, ``overpaid_minor`` what was paid beyond the whole debt.
    """

    currency: str
    as_of: date
    drawn_minor: int
    interest_stated_minor: int
    repaid_minor: int
    cancelled_minor: int
    taken_over_minor: int
    linked_minor: int
    advance_minor: int
    accrued_linked_minor: int
    accrued_advance_minor: int
    linked_repaid_minor: int
    overpaid_minor: int

    @property
    def outstanding_minor(self) -> int:
        """What stands by the lines."""
        return self.linked_minor + self.advance_minor

    @property
    def owed_minor(self) -> int:
        """What stands with the interest that no line states yet."""
        return self.outstanding_minor + self.accrued_linked_minor + self.accrued_advance_minor


_DRAWN = frozenset({RegisterLine.ADDITION, RegisterLine.INTEREST})
_BY_WORKER = frozenset({RegisterLine.REPAYMENT, RegisterLine.DEDUCTION})
_ORDER = {kind: place for place, kind in enumerate(RegisterLine)}

_ADVANCE_FIRST = (Part.ADVANCE, Part.LINKED)
_LINKED_FIRST = (Part.LINKED, Part.ADVANCE)


@dataclass(slots=True)
class _Running:
    """A debt while its lines are gone through: principal and stated interest by part, and what found nothing yet."""

    principal: dict[Part, int]
    stated: dict[Part, int] = field(default_factory=lambda: dict.fromkeys(Part, 0))
    drawn: dict[Part, int] = field(default_factory=lambda: dict.fromkeys(Part, 0))
    stated_ever: dict[Part, int] = field(default_factory=lambda: dict.fromkeys(Part, 0))
    years_times: dict[Part, Fraction] = field(default_factory=lambda: dict.fromkeys(Part, Fraction(0)))
    linked_repaid: int = 0
    paid: int = 0
    forgiven: int = 0

    def draw(self, line: DebtLine) -> None:
        """Let the debt grow by an addition or by interest that the creditor states."""
        linked = self._linked_of(line)
        for part, amount in ((Part.LINKED, linked), (Part.ADVANCE, line.amount_minor - linked)):
            if line.kind is RegisterLine.ADDITION:
                self.principal[part] += amount
                self.drawn[part] += amount
            else:
                self.stated[part] += amount
                self.stated_ever[part] += amount

    def _linked_of(self, line: DebtLine) -> int:
        if line.linked_minor is not None:
            return line.linked_minor
        if line.kind is RegisterLine.ADDITION:
            return line.amount_minor
        drawn = sum(self.drawn.values())
        # Interest follows what was borrowed; where nothing was, the doubt is the worker's.
        return (
            line.amount_minor if drawn == 0 else half_up(Fraction(line.amount_minor * self.drawn[Part.LINKED], drawn))
        )

    def pay(self, line: DebtLine) -> None:
        """Let the debt shrink by what the worker paid, or by what the creditor gave up or another took over."""
        if line.kind in _BY_WORKER:
            self.paid += line.amount_minor
        else:
            self.forgiven += line.amount_minor

    def settle(self, *buckets: dict[Part, int]) -> None:
        """Set what was paid or given up, and found nothing to pay until now, against what stands."""
        for part in _ADVANCE_FIRST:
            for bucket in buckets:
                taken = min(self.paid, bucket[part])
                bucket[part] -= taken
                self.paid -= taken
                self.linked_repaid += taken if part is Part.LINKED else 0
        for part in _LINKED_FIRST:
            for bucket in buckets:
                taken = min(self.forgiven, bucket[part])
                bucket[part] -= taken
                self.forgiven -= taken


def standing(debt: RegisterDebt, as_of: date, parameters: Parameters | None = None) -> Standing:
    """Return what stands of a debt at the end of a day. Lines of later days do not count yet.

    Interest runs on the principal that is outstanding, by :func:`years_between` from the day the debt was taken. Raises
    ``PercentInvalid``.
    """
    lines = sorted((line for line in debt.lines if line.on <= as_of), key=lambda line: (line.on, _ORDER[line.kind]))
    parts = {Part.LINKED: debt.linked_minor, Part.ADVANCE: debt.principal_minor - debt.linked_minor}
    running = _Running(dict(parts), drawn=dict(parts))
    reached = Fraction(0)
    for line in lines:
        reached = _run_until(running, reached, years_between(debt.taken_on, line.on))
        (running.draw if line.kind in _DRAWN else running.pay)(line)
        running.settle(running.principal, running.stated)
    _run_until(running, reached, years_between(debt.taken_on, as_of))
    accrued = _accrued(debt, running, parameters or Parameters())
    running.settle(accrued)
    sums: dict[RegisterLine, int] = defaultdict(int)
    for line in lines:
        sums[line.kind] += line.amount_minor
    return Standing(
        currency=debt.currency,
        as_of=as_of,
        drawn_minor=debt.principal_minor + sums[RegisterLine.ADDITION],
        interest_stated_minor=sums[RegisterLine.INTEREST],
        repaid_minor=sums[RegisterLine.REPAYMENT] + sums[RegisterLine.DEDUCTION],
        cancelled_minor=sums[RegisterLine.CANCELLED],
        taken_over_minor=sums[RegisterLine.TAKEN_OVER],
        linked_minor=running.principal[Part.LINKED] + running.stated[Part.LINKED],
        advance_minor=running.principal[Part.ADVANCE] + running.stated[Part.ADVANCE],
        accrued_linked_minor=accrued[Part.LINKED],
        accrued_advance_minor=accrued[Part.ADVANCE],
        linked_repaid_minor=running.linked_repaid,
        overpaid_minor=running.paid,
    )


def _run_until(running: _Running, reached: Fraction, until: Fraction) -> Fraction:
    """Let the time go on from ``reached`` to ``until``, in years since the debt was taken."""
    for part, principal in running.principal.items():
        running.years_times[part] += principal * (until - reached)
    return until


def _accrued(debt: RegisterDebt, running: _Running, parameters: Parameters) -> dict[Part, int]:
    """Return the interest by part that no line states."""
    year = Fraction(1)
    linked = half_up(interest(running.years_times[Part.LINKED], percent_in_force(debt.percent, parameters), year))
    percent = "0" if debt.percent is None else percent_in_force(debt.percent, parameters)
    advance = half_down(interest(running.years_times[Part.ADVANCE], percent, year))
    return {
        Part.LINKED: max(0, linked - running.stated_ever[Part.LINKED]),
        Part.ADVANCE: max(0, advance - running.stated_ever[Part.ADVANCE]),
    }


def flagged_after_announcement(taken_on: date, announced_on: date | None) -> bool:
    """Say whether a debt is younger than the programme was to its creditor, the day itself included.

    Such a debt needs another look. It never makes less of what the worker is due.
    """
    return announced_on is not None and taken_on >= announced_on


def flagged_lines(debt: RegisterDebt, announced_on: date | None) -> tuple[DebtLine, ...]:
    """Return the additions and the interest that a creditor wrote down after the programme was announced to them."""
    return tuple(
        line for line in debt.lines if line.kind in _DRAWN and flagged_after_announcement(line.on, announced_on)
    )
