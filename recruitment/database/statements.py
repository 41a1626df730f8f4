"""What a statement reads, and whether a criterion would reach it: the look that a limited session takes before it executes.

SQLAlchemy adds a criterion to every *mapped class* that a statement of the ORM names, wherever it names it. What it does
not reach is refused here: a table without its mapped class, text and all else whose tables cannot be seen, a class in a
part of a statement that is compiled without the ORM, a second class in an UPDATE or DELETE.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, NoReturn

from sqlalchemy import ColumnClause, ColumnElement, CompoundSelect, Delete, Insert, Select, Table, TextClause, Update
from sqlalchemy.orm.context import FromStatement
from sqlalchemy.sql.selectable import Alias, FromClause, TableClause, TextualSelect
from sqlalchemy.sql.visitors import HasTraverseInternals

from recruitment.core.errors import InvariantViolated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

# What SQLAlchemy itself writes as text: count(*), exists (select * …), and exists (select 1 …).
_LITERALS = frozenset({"*", "1"})
_MAPPED = "parententity"


class _Part(Enum):
    """Of what a piece of a statement is a part: of what the ORM compiles, of what Core does, of an UPDATE or DELETE."""

    ORM = 1
    CORE = 2
    WRITING = 3


def guarded_in(statement: Any, guarded: AbstractSet[str], open_to_all: AbstractSet[str]) -> frozenset[str]:
    """Return the names of the ``guarded`` tables that a statement, or a condition, reads or writes.

    Raises ``InvariantViolated`` when criteria would not reach all of them, or when a table is neither ``guarded`` nor
    ``open_to_all``.
    """
    look = _Look(guarded, open_to_all)
    if isinstance(statement, Insert | Update | Delete):
        look.at_writing(statement)
    elif isinstance(statement, FromStatement | TextualSelect):
        refuse("executes a statement that was compiled for it")
    elif not isinstance(statement, Select | CompoundSelect) and hasattr(statement, "execution_options"):
        refuse(f"executes {type(statement).__name__}")
    else:
        look.at(statement, _Part.ORM)
    if look.found and isinstance(statement, Select | CompoundSelect | Update | Delete) and not _is_orm(statement):
        refuse(f"reads {', '.join(sorted(look.found))} outside the ORM")
    return frozenset(look.found)


def refuse(what: str) -> NoReturn:
    """Refuse what a session does. Raises ``InvariantViolated``."""
    raise InvariantViolated(f"A session of a limited scope {what}.")


@dataclass(slots=True)
class _Look:
    guarded: AbstractSet[str]
    open_to_all: AbstractSet[str]
    found: set[str] = field(default_factory=set)
    target: str | None = None

    def at_writing(self, statement: Any) -> None:
        self.target = _name_of(statement.table)
        if isinstance(statement, Insert) and statement.select is not None:
            refuse("inserts what it selects")
        for child in statement.get_children():
            if child is not statement.table:
                self.at(child, _Part.WRITING)
        self._add(statement.table, self.target, _Part.WRITING)

    def at(self, whole: Any, part: _Part) -> None:
        waiting: list[tuple[Any, _Part, frozenset[str | None]]] = [(whole, part, frozenset())]
        while waiting:
            element, part, read = waiting.pop()
            if isinstance(element, Select):
                part, read = _Part.ORM if _is_orm(element) else _Part.CORE, _mapped_froms(element)
                self._refuse_hidden(element)
                waiting.extend((each, part, read) for each in _parts(element))
            elif isinstance(element, ColumnClause):
                if element.is_literal and element.name not in _LITERALS:
                    refuse("executes text")
                name = _name_of(element.table)
                # For what it asks for itself (a get, before an UPDATE) SQLAlchemy names bare columns of a class that is there.
                self._add(element, name, part, is_read=name in read)
            elif isinstance(element, FromClause) and not _is_subquery(element):
                name = _name_of(element)
                if name is None:
                    refuse("reads a table without its mapped class")
                self._add(element, name, part)
            elif isinstance(element, TextClause | TextualSelect | FromStatement):
                refuse("executes text")
            elif isinstance(element, Insert | Update | Delete):
                refuse("writes inside another statement")
            else:
                waiting.extend((child, part, read) for child in element.get_children())

    def _refuse_hidden(self, select: Any) -> None:
        """Refuse a class that a SELECT names nowhere but inside a function of its WHERE: there SQLAlchemy overlooks it."""
        plain: set[Any] = set()
        hidden: set[Any] = set()
        waiting = [(each, plain) for each in select._where_criteria]  # noqa: SLF001 - nothing public tells it
        while waiting:
            element, seen_at = waiting.pop()
            if isinstance(element, Select):
                continue
            entity = element._annotations.get(_MAPPED)  # noqa: SLF001 - nothing public tells it
            if entity is not None and entity.mapper.local_table.name in self.guarded:
                seen_at.add(entity)
            below = seen_at if isinstance(element, ColumnElement) else hidden
            waiting.extend((child, below) for child in element.get_children())
        hidden -= plain
        if hidden and not hidden <= _named_outside_where(select):
            refuse("names a class only inside a function: name it in select_from() or correlate() too")

    def _add(self, element: Any, name: str | None, part: _Part, *, is_read: bool = False) -> None:
        if name is None or name in self.open_to_all:
            return
        if name not in self.guarded:
            refuse(f"meets {name}, of which no room has said whose it is")
        if part is _Part.WRITING:
            if name != self.target:
                refuse(f"reads {name} beside the table that it writes")
        elif part is _Part.CORE or (not is_read and _MAPPED not in element._annotations):  # noqa: SLF001 - nothing public tells it
            refuse(f"reads {name} without its mapped class")
        self.found.add(name)


def _mapped_froms(select: Any) -> frozenset[str | None]:
    named = (*select._from_obj, *select._raw_columns)  # noqa: SLF001 - nothing public tells it
    return frozenset(
        _name_of(each)
        for each in named
        if isinstance(each, FromClause) and _MAPPED in each._annotations  # noqa: SLF001 - nothing public tells it
    )


def _named_outside_where(select: Any) -> set[Any]:
    found: set[Any] = set()
    omitted = ("_where_criteria", "_correlate_except")
    waiting: list[Any] = list(HasTraverseInternals.get_children(select, omit_attrs=omitted))
    while waiting:
        element = waiting.pop()
        if not isinstance(element, Select):
            found.add(element._annotations.get(_MAPPED))  # noqa: SLF001 - nothing public tells it
            waiting.extend(element.get_children())
    return found


def _parts(select: Any) -> Iterator[Any]:
    """Yield what a SELECT was made of, and the sub-queries that it reads because it names their columns.

    The tables that it reads because it names their columns are seen at these columns.
    """
    yield from HasTraverseInternals.get_children(select, omit_attrs=("_correlate", "_correlate_except"))
    yield from (each for each in select._iterate_from_elements() if _is_subquery(each))  # noqa: SLF001 - nothing public


def _is_subquery(element: FromClause) -> bool:
    """Say whether what is read is made of something else than one table."""
    return not isinstance(element, TableClause) and not (
        isinstance(element, Alias) and isinstance(element.element, TableClause)
    )


def _name_of(table: Any) -> str | None:
    table = table.element if isinstance(table, Alias) else table
    return table.name if isinstance(table, Table) else None


def _is_orm(statement: Any) -> bool:
    return bool(statement._propagate_attrs.get("compile_state_plugin") == "orm")  # noqa: SLF001 - nothing public
