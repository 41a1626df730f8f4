"""Every bench by name, in the order in which they run."""

from __future__ import annotations

from benchmarks import certifying, comparing, importing, paying, posting
from benchmarks.scratch import ENGINES

BENCHES = {
    bench.name: bench
    for bench in (
        *posting.BENCHES, *importing.BENCHES, *comparing.BENCHES, *certifying.BENCHES, *paying.BENCHES,
    )
}  # fmt: skip


def engines(choice: str) -> tuple[str, ...]:
    """Return the engines that ``both`` or one name means."""
    return ENGINES if choice == "both" else (choice,)
