"""Prints the stack of rooms, top to bottom, with what each imports from the rooms below: ``make map``."""

from __future__ import annotations

import sys
import tomllib
from collections import Counter

import grimp

from tests.architecture.sources import ROOT


def stack() -> list[list[str]]:
    """Return the rooms of each layer, from the top, as the contract has them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (layers,) = (
        contract["layers"] for contract in settings["tool"]["importlinter"]["contracts"] if contract["id"] == "rooms"
    )
    return [[room.strip(" ()") for room in layer.split("|")] for layer in layers]


def imports_between_rooms() -> dict[str, Counter[str]]:
    """Return, for each room, how many imports it has of each other room."""
    graph = grimp.build_graph("recruitment", exclude_type_checking_imports=True, cache_dir=None)
    found: dict[str, Counter[str]] = {}
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            above, below = ((*name.split("."), "")[1] for name in (importer, imported))
            if above and below and above != below:
                found.setdefault(above, Counter())[below] += 1
    return found


def main() -> None:
    """Print the map."""
    imports = imports_between_rooms()
    for layer in stack():
        for room in layer:
            below = ", ".join(f"{name} {count}" for name, count in sorted(imports.get(room, Counter()).items()))
            sys.stdout.write(f"{room:<14} {below}\n")
        sys.stdout.write("\n" if layer != stack()[-1] else "")


if __name__ == "__main__":
    main()
