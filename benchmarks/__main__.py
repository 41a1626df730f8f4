"""``python -m benchmarks``: measure ours beside the raw driver, and print a table and one JSON object a bench.

How to read ``ratio`` is told in ``measuring.py``. ``--only`` may be given more than once.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.catalogue import BENCHES, engines
from benchmarks.measuring import run
from benchmarks.scratch import ENGINES, scratch
from benchmarks.sizes import FULL, QUICK

if TYPE_CHECKING:
    from benchmarks.measuring import Result

_ROW = "{:<20} {:<10} {:>10} {:>10}  {:<9} {:>7}  {:<8} {:<8} {}"


def main() -> int:
    """Run what the command line asks for. Returns 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--engine", choices=[*ENGINES, "both"], default="both")
    parser.add_argument("--only", choices=list(BENCHES), action="append", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--quick", action="store_true", help="small sizes: to see that it runs, not how fast")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the JSON lines here instead of printing them")
    given = parser.parse_args()
    sizes = QUICK if given.quick else FULL
    print(f"Python {platform.python_version()}, {platform.platform()}; {'small' if given.quick else 'full'} sizes")
    print(_ROW.format("bench", "engine", "ours", "raw", "unit", "ratio", "target", "wish", ""), flush=True)
    results: list[Result] = []
    for engine in engines(given.engine):
        with scratch(engine) as databases:
            for name in given.only or BENCHES:
                results.append(run(BENCHES[name], databases, sizes))
                _print(results[-1])
    lines = "".join(json.dumps(result.as_json()) + "\n" for result in results)
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(lines)
    else:
        sys.stdout.write(lines)
    return 0 if given.quick or all(result.met for result in results) else 1


def _print(result: Result) -> None:
    sign = ">=" if BENCHES[result.name].is_speed else "<="
    notes = [] if result.met else ["MISSED"]
    if "memory_mb" in result.facts:
        notes.append(f"{result.facts['memory_mb']:.0f} MB (limit {result.facts['memory_limit_mb']})")
    print(
        _ROW.format(
            result.name, result.engine, _number(result.ours), _number(result.raw), result.unit, f"{result.ratio:.3f}",
            *("" if limit is None else f"{sign} {limit:g}" for limit in (result.target, result.wish)), " ".join(notes),
        ),
        flush=True,
    )  # fmt: skip


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


if __name__ == "__main__":
    sys.exit(main())
