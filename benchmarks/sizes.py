"""How much each bench does: the sizes of the targets, and small ones to see that everything still runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of a run."""

    commits: int = 150
    commit_rounds: int = 9
    bulk_entries: int = 100_000
    bulk_chunk: int = 2_000
    bulk_rounds: int = 3
    book_entries: int = 2_000
    other_books: int = 300
    other_entries: int = 100
    balance_calls: int = 40
    balance_rounds: int = 9
    csv_lines: int = 100_000
    csv_rounds: int = 3
    journeys: int = 20_000
    compare_rounds: int = 3
    again_rounds: int = 1
    papers: int = 100
    paper_rounds: int = 3
    certificates: int = 10_000
    payments: int = 10_000


FULL = Sizes()
QUICK = Sizes(
    commits=30,
    commit_rounds=3,
    bulk_entries=6_000,
    bulk_rounds=2,
    other_books=20,
    balance_calls=10,
    balance_rounds=3,
    csv_lines=4_000,
    csv_rounds=2,
    journeys=1_200,
    compare_rounds=2,
    papers=10,
    paper_rounds=2,
    certificates=500,
    payments=500,
)
