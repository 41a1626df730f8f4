"""Rounds that alternate between ours and the raw driver, and what they came to.

Other programs use the same machine, so no number here stands alone: each round measures both sides one after the other,
and what counts is the ratio. A *speed* is work a second, a *time* is seconds (or milliseconds) of the whole; either way
``ratio`` is ours divided by raw, so a target for speed reads "at least 0.4 of the driver" and one for time "at most
twice the driver".
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from cProfile import Profile

    from benchmarks.scratch import Scratch
    from benchmarks.sizes import Sizes


class Stopwatch:
    """Adds up the time spent inside its ``with`` blocks, and profiles them when it was given a profiler."""

    def __init__(self, profiler: Profile | None = None) -> None:
        self.seconds = 0.0
        self.profiler = profiler
        self._started = 0.0

    def __enter__(self) -> None:
        self._started = perf_counter()
        if self.profiler:
            self.profiler.enable()

    def __exit__(self, *_: object) -> None:
        if self.profiler:
            self.profiler.disable()
        self.seconds += perf_counter() - self._started


class Trial(Protocol):
    """One prepared comparison: each call does ``work`` units of the same work. Only what the watch sees counts."""

    work: int
    facts: dict[str, Any]

    def ours(self, watch: Stopwatch) -> None:
        """Do the work through our services."""

    def raw(self, watch: Stopwatch) -> None:
        """Do the same with the driver alone."""


@contextmanager
def prepared(trial: Any, scratch: Scratch, sizes: Sizes) -> Iterator[Any]:
    """Make a trial for the time of the block, and close it afterwards."""
    found = trial(scratch, sizes)
    try:
        yield found
    finally:
        found.close()


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured, in which unit, and what is wanted of the ratio."""

    name: str
    unit: str
    target: float | None
    prepare: Callable[[Scratch, Sizes], AbstractContextManager[Trial]]
    rounds: Callable[[Sizes], int]
    wish: float | None = None
    is_speed: bool = True

    def value(self, seconds: float, work: int) -> float:
        """Return ``seconds`` in the unit of the bench."""
        if self.is_speed:
            return work / seconds
        return seconds * 1000 / work if self.unit == "ms" else seconds

    def holds(self, ratio: float, limit: float | None) -> bool:
        """Say whether a ratio keeps a limit."""
        if limit is None:
            return True
        return ratio >= limit if self.is_speed else ratio <= limit


@dataclass(frozen=True, slots=True)
class Result:
    """The medians of the rounds; ``ratio`` is the median of the rounds' own ratios, ours divided by raw."""

    name: str
    engine: str
    ours: float
    raw: float
    ratio: float
    unit: str
    target: float | None
    wish: float | None
    met: bool
    work: int
    rounds: int
    ratios: list[float]
    facts: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the result as one flat JSON object."""
        found = asdict(self)
        return {**{name: _short(value) for name, value in found.items() if name != "facts"}, **self.facts}


def run(bench: Bench, scratch: Scratch, sizes: Sizes) -> Result:
    """Measure a bench: a round to warm up is the fixture's business; here every round counts."""
    ours: list[float] = []
    raw: list[float] = []
    with bench.prepare(scratch, sizes) as trial:
        for number in range(bench.rounds(sizes)):
            sides = [(trial.ours, ours), (trial.raw, raw)]
            # Who goes first takes turns, so that neither side always finds the disk warm.
            for side, seconds in sides if number % 2 == 0 else reversed(sides):
                watch = Stopwatch()
                side(watch)
                seconds.append(watch.seconds)
        values = [(bench.value(a, trial.work), bench.value(b, trial.work)) for a, b in zip(ours, raw, strict=True)]
        ratios = [a / b for a, b in values]
        ratio = median(ratios)
        return Result(
            name=bench.name,
            engine=scratch.engine,
            ours=median(a for a, _ in values),
            raw=median(b for _, b in values),
            ratio=ratio,
            unit=bench.unit,
            target=bench.target,
            wish=bench.wish,
            met=bench.holds(ratio, bench.target) and bool(trial.facts.get("memory_met", True)),
            work=trial.work,
            rounds=len(ratios),
            ratios=ratios,
            facts=dict(trial.facts),
        )


def _short(value: Any) -> Any:
    if isinstance(value, list):
        return [_short(each) for each in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value
