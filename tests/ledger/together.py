"""Writers that start together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from recruitment.core.errors import RecruitmentError

WRITERS = 6


def at_once(work: Callable[[int], Any], count: int = WRITERS) -> list[Any]:
    """Call ``work`` with 0, 1, 2, … in threads that start together, and return what each returned or raised."""
    barrier = threading.Barrier(count)

    def run(number: int) -> Any:
        barrier.wait()
        try:
            return work(number)
        except RecruitmentError as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def in_time(thread: threading.Thread) -> None:
    """Wait for a thread, but not for ever: a writer that waits for us would wait that long."""
    thread.join(timeout=20)
    assert not thread.is_alive()
