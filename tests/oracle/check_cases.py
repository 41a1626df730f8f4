"""Check the oracle against the expected results of the shared cases, field by field.

Run it from the project's root: python -m tests.oracle.check_cases CASES_FOLDER FEES_YAML
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.oracle.comparison import compare_folder

ITEM_LINE = re.compile(r"^\s*- \{code: (?P<code>\w+),.*?\bilo: (?P<ilo>\w+),.*?\bepp: (?P<epp>\w+)")


def load_fee_verdicts(fees: Path) -> dict[str, tuple[str, str]]:
    """Read (ilo, epp) of every fee item from the `items:` lines of a fees.yaml."""
    verdicts: dict[str, tuple[str, str]] = {}
    inside = False
    for line in fees.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith((" ", "#")):
            inside = line.startswith("items:")
        match = ITEM_LINE.match(line) if inside else None
        if match:
            verdicts[match["code"]] = (match["ilo"], match["epp"])
    return verdicts


def differences(expected: Any, actual: Any, path: str = "") -> Iterator[str]:
    """Name every field in which two results differ."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in [*expected, *(key for key in actual if key not in expected)]:
            if key not in expected:
                yield f"{path}.{key}: not expected, got {actual[key]!r}"
            elif key not in actual:
                yield f"{path}.{key}: expected {expected[key]!r}, got no such field"
            else:
                yield from differences(expected[key], actual[key], f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            yield f"{path}: expected {len(expected)} entries, got {len(actual)}: {expected!r} / {actual!r}"
        for index, (left, right) in enumerate(zip(expected, actual, strict=False)):
            yield from differences(left, right, f"{path}[{index}]")
    elif expected != actual:
        yield f"{path}: expected {expected!r}, got {actual!r}"


def check_case(folder: Path, verdicts: dict[str, tuple[str, str]]) -> list[str]:
    """Compare one case and give its differences; the order of journeys counts."""
    lines = (folder / "expected.ndjson").read_text(encoding="utf-8").splitlines()
    expected = [json.loads(line) for line in lines if line.strip()]
    actual = compare_folder(folder, verdicts)
    found = list(differences([row["journey"] for row in expected], [row["journey"] for row in actual], "journeys"))
    for left, right in zip(expected, actual, strict=False):
        found += differences(left, right, left["journey"])
    return found


def main(arguments: list[str] | None = None) -> int:
    """Check every case of a folder; exit 1 when one differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path, help="folder with one folder a case")
    parser.add_argument("fees", type=Path, help="fees.yaml")
    options = parser.parse_args(arguments)
    verdicts = load_fee_verdicts(options.fees)
    failed = False
    for expected in sorted(options.cases.glob("*/expected.ndjson")):
        found = check_case(expected.parent, verdicts)
        failed = failed or bool(found)
        print(f"{expected.parent.name}: {'equal' if not found else f'{len(found)} differences'}")
        for line in found:
            print("  " + line)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
