"""What a change of the law would change for journeys, counted, pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from recruitment.verification.rules.findings import Comparison, Finding

FEWEST_TOLD = 8
"""Who may not read comparisons is told smaller counts, none among them, as "fewer than 8", and others to the nearest five.

Were none told apart from one, a limit that is moved by little would tell what one worker paid.
"""

_STEP = 5


class LawEffect(StrEnum):
    """What a changed rule does to a journey."""

    STATUS_CHANGED = "status_changed"
    FINDING_GAINED = "finding_gained"
    FINDING_LOST = "finding_lost"
    AMOUNT_CHANGED = "amount_changed"


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that happens to journeys: to their status (from, to), or to a finding (its kind, its rule)."""

    what: LawEffect
    before: str
    after: str
    journeys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change of a rule would do to the journeys of its corridors."""

    journeys: int
    touched: int
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class ToldEffect:
    """An effect as a reader is told it: ``count`` is None for fewer than 8, where small counts are not for this reader."""

    what: LawEffect
    before: str
    after: str
    count: int | None
    journeys: tuple[str, ...]


def effects_of(before: Comparison, after: Comparison) -> Iterator[tuple[LawEffect, str, str]]:
    """Yield what differs between two comparisons of a journey: its status, and what the law found."""
    if before.status is not after.status:
        yield LawEffect.STATUS_CHANGED, before.status.value, after.status.value
    had, has = _of_law(before), _of_law(after)
    for kind, rule in sorted(had.keys() | has.keys()):
        if (kind, rule) not in had:
            yield LawEffect.FINDING_GAINED, kind, rule
        elif (kind, rule) not in has:
            yield LawEffect.FINDING_LOST, kind, rule
        elif had[kind, rule] != has[kind, rule]:
            yield LawEffect.AMOUNT_CHANGED, kind, rule


def _of_law(comparison: Comparison) -> dict[tuple[str, str], list[Finding]]:
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in comparison.findings:
        if finding.law is not None:
            found.setdefault((finding.kind.value, finding.law.rule), []).append(finding)
    return found


def told_effects(effects: Sequence[Effect], *, in_full: bool) -> list[ToldEffect]:
    """Return effects as they are told: in full with references, or counts alone. That there is a small one is not told."""
    return [
        ToldEffect(
            effect.what,
            effect.before,
            effect.after,
            told_count(len(effect.journeys), in_full=in_full),
            effect.journeys if in_full else (),
        )
        for effect in effects
        if in_full or len(effect.journeys) >= FEWEST_TOLD
    ]


def told_count(count: int, *, in_full: bool) -> int | None:
    """Return a count as it is told: None stands for fewer than 8, none among them."""
    if in_full:
        return count
    return None if count < FEWEST_TOLD else round(count / _STEP) * _STEP
