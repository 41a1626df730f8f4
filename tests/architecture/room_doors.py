"""A contract for import-linter: a room is entered by its doors.

Other rooms may import a room's doors (its services, queries, rules, errors, file grammars, reference data) and nothing
else of it. Its tables may be imported by the queries of another room, for joins. Foundations (core, database and such)
have no doors; the composition root may import anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from importlinter import Contract, ContractCheck, fields, output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grimp import ImportGraph


class RoomDoors(Contract):
    """A room is entered only by its doors: other rooms may import these modules and no others."""

    root: Any = fields.StringField()
    doors: Any = fields.SetField(subfield=fields.StringField())
    read_doors: Any = fields.SetField(subfield=fields.StringField())
    readers: Any = fields.SetField(subfield=fields.StringField())
    foundations: Any = fields.SetField(subfield=fields.StringField())
    composition: Any = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Collect every import that goes past a door."""
        broken = sorted(self._broken(graph))
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each import that goes past a door."""
        for importer, imported in check.metadata["broken"]:
            output.print_error(f"{importer} reaches past the door into {imported}")

    def _broken(self, graph: ImportGraph) -> Iterator[tuple[str, str]]:
        for imported in graph.modules:
            root, *inner = imported.split(".")
            if root != self.root or len(inner) < 2 or inner[0] in self.foundations:
                continue
            room, file = inner[:2]
            if file in self.doors:
                continue
            for importer in graph.find_modules_that_directly_import(imported):
                # The root package itself and a room's __init__ have fewer parts; they open no door either.
                _, other_room, other_file = (*importer.split("."), "", "")[:3]
                if other_room == room or other_room in self.composition:
                    continue
                if file in self.read_doors and other_file in self.readers:
                    continue
                yield importer, imported
