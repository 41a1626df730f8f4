"""``python -m benchmarks.profile NAME --engine E``: where the time of our side of one bench goes."""

from __future__ import annotations

import argparse
import pstats
from cProfile import Profile

from benchmarks.catalogue import BENCHES
from benchmarks.measuring import Stopwatch
from benchmarks.scratch import ENGINES, scratch
from benchmarks.sizes import FULL, QUICK


def main() -> None:
    """Profile one round of our side and print the functions that took most by themselves."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("name", choices=list(BENCHES))
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--top", type=int, default=30, help="how many functions")
    parser.add_argument("--sort", choices=["tottime", "cumtime", "ncalls"], default="tottime")
    given = parser.parse_args()
    profiler = Profile()
    with (
        scratch(given.engine) as databases,
        BENCHES[given.name].prepare(databases, QUICK if given.quick else FULL) as trial,
    ):
        trial.ours(Stopwatch(profiler))
    pstats.Stats(profiler).sort_stats(given.sort).print_stats(given.top)


if __name__ == "__main__":
    main()
