"""Processes that write to the books: forked from one that has imported everything, so that a thousand cost little.

Run as a programme it reads orders, one JSON object a line, and forks a worker for each; as a module it is how tests give
those orders. A worker tells what it did by lines in a file of its own, each written before it goes on.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from recruitment.core.settings import Settings
from tests.databases import environment_in

ROOT = Path(__file__).parents[2]


class Worker:
    """A process that the nursery forked."""

    def __init__(self, nursery: Nursery, pid: int, out: Path) -> None:
        self._nursery = nursery
        self.pid = pid
        self._out = out

    def told(self) -> list[str]:
        """Return the lines it has written so far, whole ones only."""
        return self._out.read_text().split("\n")[:-1] if self._out.exists() else []

    def kill(self) -> None:
        """End this process, and no other, at once."""
        os.kill(self.pid, 9)
        self.wait()

    def wait(self) -> int:
        """Return how it ended."""
        return int(self._nursery.ordered({"wait": self.pid}))

    def until(self, lines: int, *, seconds: float = 20) -> None:
        """Wait until it has told so many lines."""
        deadline = time.monotonic() + seconds
        while len(self.told()) < lines:
            assert time.monotonic() < deadline, f"only {len(self.told())} of {lines} lines in {seconds} seconds"
            time.sleep(0.001)


class Nursery:
    """The process that forks workers."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.sealing.nursery"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip

    def ordered(self, order: dict[str, Any]) -> str:
        """Give an order and return the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        assert answer, "the nursery has ended"
        return answer

    def born(self, role: str, settings: Settings, out: Path, **order: Any) -> Worker:
        """Fork a worker of this role on the database of ``settings``; it tells its lines to ``out``."""
        environment = environment_in(settings.key_path.parent, settings.database_url)
        pid = self.ordered({"role": role, "environment": environment, "out": str(out), **order})
        return Worker(self, int(pid), out)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)
        assert self._process.stdout is not None
        self._process.stdout.close()


def _serve(roles: dict[str, Callable[..., None]]) -> None:
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            _work(roles, order)
        print(pid, flush=True)


def _work(roles: dict[str, Callable[..., None]], order: dict[str, Any]) -> None:
    code = 1
    try:
        out = os.open(order.pop("out"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        random.seed()
        settings = Settings.from_environment(order.pop("environment"))
        roles[order.pop("role")](settings, lambda line: os.write(out, f"{line}\n".encode()), **order)
        code = 0
    finally:
        sys.stderr.flush()
        if code:
            import traceback

            traceback.print_exc()
        os._exit(code)


if __name__ == "__main__":
    from tests.sealing import writers

    _serve(writers.ROLES)
