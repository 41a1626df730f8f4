"""Folders of import files with what must come out of them: the shared cases, the worked example, random worlds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.database.unit_of_work import Database
from recruitment.verification import queries, service
from tests.factories.field import imported
from tests.oracle.check_cases import differences

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "first-mile"
SHARED_CASES = ROOT.parent / "shared" / "cases"

_BEFORE = (
    "rates", "organisations", "jobseekers", "demand-letters", "commitments", "journeys", "stages", "supply-chains",
)  # fmt: skip
_AFTER = ("reports", "repayments", "debts", "collateral", "earnings")


def files_of(folder: Path, sender: str) -> Iterator[tuple[str, Path, dict[str, str]]]:
    """Yield kind, file and sender of every file of a folder, in the order in which they are to be imported."""
    for kind in _BEFORE:
        if (folder / f"{kind}.csv").exists():
            yield kind, folder / f"{kind}.csv", {}
    for file in sorted(folder.glob("declarations-*.csv")):
        yield "declarations", file, {"agency": file.stem.removeprefix("declarations-")}
    for kind in _AFTER:
        if (folder / f"{kind}.csv").exists():
            yield kind, folder / f"{kind}.csv", {"by": sender}


def import_folder(database: Database, folder: Path, sender: str = "OP-1") -> None:
    """Import a folder through the service."""
    for kind, file, senders in files_of(folder, sender):
        imported(database, kind, file, **senders)


def refresh_all(database: Database) -> list[int]:
    """Bring every comparison up to date and return how many journeys each batch had."""
    batches: list[int] = []
    while True:
        with database.unit_of_work() as session:
            count = service.refresh(session, LOCAL_OPERATOR)
        if not count:
            return batches
        batches.append(count)


def compared(database: Database) -> list[dict[str, Any]]:
    """Compare every journey and return the documents, in order of reference."""
    refresh_all(database)
    with database.read_session() as session:
        return [json.loads(document) for document in queries.documents(session)]


def expected(folder: Path) -> list[dict[str, Any]]:
    """Return what must come out of a folder."""
    lines = (folder / "expected.ndjson").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


OF_LAW = frozenset({"legal_breach", "deduction_over_limit"})
"""Kinds of finding that the shared cases leave out of what is expected."""

_MAY_BE_REVIEWED = frozenset({"unverified", "remediated", "debt_free"})


def all_differences(wanted: list[dict[str, Any]], found: list[dict[str, Any]], *, with_law: bool = True) -> list[str]:
    """Name every field in which two lists of documents differ, journey by journey, their order included.

    Without the law, its findings are not looked at; and where one of them that is not advisory was found, a status that
    comes after ``review`` may have become it.
    """
    told = list(differences([each["journey"] for each in wanted], [each["journey"] for each in found], "journeys"))
    for left, right in zip(wanted, found, strict=False):
        told += differences(left, right if with_law else _without_law(right, left["status"]), left["journey"])
    return told


def _without_law(document: dict[str, Any], wanted_status: str) -> dict[str, Any]:
    """Return a document without what the law found, with the status that it would have had, when that is the wanted one."""
    of_law = [each for each in document["findings"] if each["kind"] in OF_LAW]
    rest = {**document, "findings": [each for each in document["findings"] if each["kind"] not in OF_LAW]}
    is_due_to_law = any(each["kind"] == "deduction_over_limit" or not each.get("advisory") for each in of_law)
    if document["status"] == "review" and wanted_status in _MAY_BE_REVIEWED and is_due_to_law:
        rest["status"] = wanted_status
    return rest


def faults(database: Database) -> list[str]:
    """Return what does not reconcile between the statements and the books."""
    with database.read_session() as session:
        return service.reconcile(session, LOCAL_OPERATOR)
