"""The child of the import bench: imports one file as the command does, and prints seconds, rows and highest memory."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from recruitment.core.settings import Settings
from recruitment.database.unit_of_work import Database
from recruitment.intake.cli import run_import
from recruitment.intake.rules import FileKind, ImportRequest

if TYPE_CHECKING:
    from recruitment.intake.rules import Outcome

AGENCY = "AG-BENCH"


def import_declaration(settings: Settings, file: Path) -> Outcome:
    """Import ``file`` as the declaration of the agency of the fixture."""
    database = Database(settings)
    try:
        return run_import(database, file, ImportRequest(FileKind.DECLARATIONS, agency=AGENCY))
    finally:
        database.dispose()


def main() -> None:
    """Do what the JSON of the first argument says."""
    given = json.loads(sys.argv[1])
    settings = Settings(given["url"], Path(given["key"]), port=0)
    started = perf_counter()
    outcome = import_declaration(settings, Path(given["file"]))
    told = {"seconds": perf_counter() - started, "rows": outcome.rows, "memory_mb": round(_highest_memory() / 1e6, 1)}
    sys.stdout.write(json.dumps(told))


def _highest_memory() -> int:
    """Return the most memory that this process ever had resident, in bytes.

    On Linux from ``VmHWM``: ``ru_maxrss`` of a child begins at that of the parent that started it. Elsewhere there is
    only ``ru_maxrss``, in bytes on macOS.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
