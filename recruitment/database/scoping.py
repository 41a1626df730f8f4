"""Whose rows a session may see and write: one mechanism under every query, on both engines.

A session is opened for one scope and keeps it to its end. Each room says in its queries what a scope means for a table
that it owns:

    guard(
        Journey,
        read={Audience.SUPERVISOR: within("jobseeker_id", Jobseeker)},
        write={Audience.SUPERVISOR: {"jobseeker_id": seen(Jobseeker)}},
    )

In a session of a limited scope every statement then sees only these rows of the table, joins, sub-queries, aliases and
counts included; for an audience that is not named the table is empty. What could go around that is refused
(``InvariantViolated``, our mistake): see ``statements.py``. On PostgreSQL row-level security stands below it once more
(``row_security.py``).

A session of the scope ``EVERYTHING`` (the command line, the house's own work) is not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import Delete, Insert, Table, Update, event, false, select, true
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.sql import util as sql_util

from recruitment.core.actor import Audience, Scope
from recruitment.core.errors import InvariantViolated
from recruitment.database.statements import guarded_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement, Connection, FromClause
    from sqlalchemy.orm import ORMExecuteState
    from sqlalchemy.orm.interfaces import ORMOption

Criterion: TypeAlias = "Callable[[Any], ColumnElement[bool]]"
"""From a mapped class to the condition that a row of it is within the scope.

Its sub-queries see every row of their tables: they say themselves what they look for, or leave it to ``within``.
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """Asks that a column of a new row names a row of ``model`` that the session sees, or is blank."""

    model: type[Any]
    column: str = "id"


Expected: TypeAlias = "Callable[[Scope], UUID | frozenset[UUID | None] | Seen | None]"
"""What a column of a new row must hold for a scope: a value, one of several, or the id of a row that is seen."""

_IDS_AT_ONCE = 500
_OF_AN_ORGANISATION = frozenset({
    Audience.SUPERVISOR, Audience.FIELDWORKER, Audience.AGENCY, Audience.EMPLOYER, Audience.PARTNER,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Guarded:
    model: type[Any]
    read: Mapping[Audience, Callable[[Scope], Criterion]]
    write: Mapping[Audience, Mapping[str, Expected]]
    upserted: bool


_guarded: dict[str, _Guarded] = {}
_open_to_all: dict[str, str] = {}


def guard(
    model: type[Any],
    *,
    read: Mapping[Audience, Callable[[Scope], Criterion]] | None = None,
    write: Mapping[Audience, Mapping[str, Expected]] | None = None,
    upserted: bool = False,
) -> None:
    """Guard the table of ``model``: an audience sees what ``read`` says for it, and may write as ``write`` says.

    ``write`` names columns and what each row must hold in them after it was added or changed; an empty mapping lets any
    row in. An audience that is not named sees nothing, and writes nothing; what it changes or deletes it must see.
    ``upserted``: who may add any row may also change, in the same statement, the one that is there already and unseen.
    """
    _guarded[model.__table__.name] = _Guarded(model, dict(read or {}), dict(write or {}), upserted)
    _criterion.cache_clear()


def open_to_all(*models: type[Any], because: str) -> None:
    """Leave the tables of ``models`` to every session. A table that is neither guarded nor open is closed to limited ones."""
    for model in models:
        _open_to_all[model.__tablename__] = because


def guarded_tables() -> frozenset[str]:
    """Return the names of all guarded tables."""
    return frozenset(_guarded)


def open_tables() -> Mapping[str, str]:
    """Return the tables that are open to every session, with the reason."""
    return dict(_open_to_all)


def all_rows(_scope: Scope) -> Criterion:
    """Let an audience see every row of a table that is about nobody."""
    return lambda _row: true()


def own_organisation(column: str) -> Callable[[Scope], Criterion]:
    """Let an audience see the rows whose ``column`` names its organisation."""
    return lambda scope: lambda row: getattr(row, column) == scope.organisation


def within(column: str, model: type[Any], key: str = "id") -> Callable[[Scope], Criterion]:
    """Let an audience see the rows whose ``column`` names a row of ``model`` (by its ``key``) that the audience sees."""

    def of(scope: Scope) -> Criterion:
        other = aliased(model)
        return lambda row: getattr(row, column).in_(select(getattr(other, key)).where(_condition(model, scope, other)))

    return of


def organisation_of(scope: Scope) -> UUID | None:
    """Return the organisation of a scope: what a column of a row that is written must hold."""
    return scope.organisation


def person_of(scope: Scope) -> UUID | None:
    """Return the person of a scope: what a column of a row that is written must hold."""
    return scope.person


def own_organisation_or_blank(scope: Scope) -> frozenset[UUID | None]:
    """Ask that a column of a row that is written names the organisation of the scope, or nobody."""
    return frozenset({scope.organisation, None})


def nothing_in(_scope: Scope) -> None:
    """Ask that a column of a row that is written is blank."""


def seen(model: type[Any], column: str = "id") -> Expected:
    """Ask that a column of a row that is written names a row of ``model`` that the session sees, or is blank."""
    return lambda _scope: Seen(model, column)


class ScopedSession(Session):
    """A session of one scope. When that is limited, it hands out nothing that would go around it."""

    def __init__(self, bind: Any, scope: Scope, **options: Any) -> None:
        """Open a session of ``scope`` on an engine."""
        self._scope = scope
        super().__init__(bind, **options)

    @property
    def scope(self) -> Scope:
        """The scope that the session was opened for."""
        return self._scope

    def connection(self, *arguments: Any, **options: Any) -> Connection:
        """Return the connection. Raises ``InvariantViolated`` in a limited session: no criterion reaches a connection."""
        self._refuse_if_limited("hands out its connection")
        return super().connection(*arguments, **options)

    def bulk_save_objects(self, *arguments: Any, **options: Any) -> None:
        """Refuse in a limited session; else as always."""
        self._refuse_if_limited("writes rows past insert_many")
        super().bulk_save_objects(*arguments, **options)

    def bulk_insert_mappings(self, *arguments: Any, **options: Any) -> None:
        """Refuse in a limited session; else as always."""
        self._refuse_if_limited("writes rows past insert_many")
        super().bulk_insert_mappings(*arguments, **options)

    def bulk_update_mappings(self, *arguments: Any, **options: Any) -> None:
        """Refuse in a limited session; else as always."""
        self._refuse_if_limited("writes rows past update()")
        super().bulk_update_mappings(*arguments, **options)

    def _refuse_if_limited(self, what: str) -> None:
        if self._scope.is_limited:
            raise InvariantViolated(f"A session of {self._scope.audience} {what}.")


def _belongs_somewhere(scope: Scope) -> bool:
    """Say whether a scope names the organisation and person by which it is limited: blanks would match blank columns."""
    if scope.audience in _OF_AN_ORGANISATION and scope.organisation is None:
        return False
    return scope.audience is not Audience.FIELDWORKER or scope.person is not None


def scope_of(session: Session) -> Scope:
    """Return the scope that a session was opened for."""
    if not isinstance(session, ScopedSession):
        raise InvariantViolated("A session was opened without a scope.")
    return session.scope


def bare_connection(session: Session) -> Connection:
    """Return the connection of a session, whatever its scope. For this room alone, which looks at what it writes."""
    return Session.connection(session)


def is_guarded(table: FromClause) -> bool:
    """Say whether a table is guarded."""
    return isinstance(table, Table) and table.name in _guarded


def check_write(session: Session, table: FromClause, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Refuse rows that are not the session's to write. Raises ``InvariantViolated``."""
    scope, name = scope_of(session), str(getattr(table, "name", ""))
    if not scope.is_limited or name in _open_to_all:
        return
    expected = _expected(scope, name)
    for column, value_of in expected.items():
        if column not in columns:
            raise InvariantViolated(f"A session of {scope.audience} writes {name} without {column}.")
        position = columns.index(column)
        _check_values(session, f"{name}.{column}", value_of(scope), {row[position] for row in rows})


def _expected(scope: Scope, table: str) -> Mapping[str, Expected]:
    expected = _guarded[table].write.get(scope.audience) if table in _guarded else None
    if expected is None or not _belongs_somewhere(scope):
        raise InvariantViolated(f"A session of {scope.audience} writes to {table}.")
    return expected


def _check_values(session: Session, name: str, wanted: object, values: set[Any]) -> None:
    if isinstance(wanted, Seen):
        allowed: set[Any] = {None} | _seen_among(session, wanted, sorted(values - {None}))
    else:
        allowed = set(wanted) if isinstance(wanted, frozenset) else {wanted}
    if not values <= allowed:
        raise InvariantViolated(f"A session of {scope_of(session).audience} writes {name} of somebody else.")


def _seen_among(session: Session, wanted: Seen, values: list[Any]) -> set[Any]:
    column = getattr(wanted.model, wanted.column)
    found: set[Any] = set()
    for start in range(0, len(values), _IDS_AT_ONCE):
        found.update(session.scalars(select(column).where(column.in_(values[start : start + _IDS_AT_ONCE]))))
    return found


class _Criterion(LoaderCriteriaOption):
    """A criterion that is true of aliases in joins too: SQLAlchemy itself turns only lambdas to them there.

    An expression and no lambda, because what it binds is then part of what SQLAlchemy takes out of a statement before it
    looks for the compiled one, like every other value.
    """

    inherit_cache = True
    _cache_key_traversal = LoaderCriteriaOption._traverse_internals  # noqa: SLF001 - what inheriting should give

    def _resolve_where_criteria(self, ext_info: Any) -> ColumnElement[bool]:
        condition = super()._resolve_where_criteria(ext_info)
        return ext_info._adapter.traverse(condition) if ext_info.is_aliased_class else condition  # noqa: SLF001


@event.listens_for(Session, "do_orm_execute")
def _limit(state: ORMExecuteState) -> None:
    scope = scope_of(state.session)
    if not scope.is_limited:
        return
    statement: Any = state.statement
    names = guarded_in(statement, _guarded.keys(), _open_to_all.keys())
    if isinstance(statement, Insert | Update | Delete) and is_guarded(statement.table):
        _check_statement(state, scope, statement)
    if names and not isinstance(statement, Insert):
        # In a steady order, because they are part of the statement's key.
        state.statement = statement.options(*(_criterion(name, scope) for name in sorted(names)))


def _check_statement(state: ORMExecuteState, scope: Scope, statement: Any) -> None:
    """Refuse a statement that would write what ``insert_many`` refuses, or that moves a row to somebody else."""
    table = statement.table.name
    expected = _expected(scope, table)
    if isinstance(statement, Insert):
        is_upsert = getattr(statement, "_post_values_clause", None) is not None
        if expected or (is_upsert and not _guarded[table].upserted):
            raise InvariantViolated(f"A session of {scope.audience} writes {table} past insert_many.")
    elif isinstance(statement, Update):
        if state.parameters:
            raise InvariantViolated(f"A session of {scope.audience} updates {table} by parameters: use values().")
        changed = {column.name: value for column, value in (getattr(statement, "_values", None) or {}).items()}
        for column in changed.keys() & expected.keys():
            value = getattr(changed[column], "value", changed[column])
            _check_values(state.session, f"{table}.{column}", expected[column](scope), {value})


@lru_cache(maxsize=4096)
def _criterion(name: str, scope: Scope) -> ORMOption:
    """Return the criterion of a table for a scope.

    Without what marks classes in it: to its own sub-queries SQLAlchemy then adds nothing.
    """
    model = _guarded[name].model
    condition: Any = sql_util._deep_deannotate(_condition(model, scope, model))  # noqa: SLF001 - nothing public does it
    return _Criterion(model, condition, include_aliases=True)


def _condition(model: type[Any], scope: Scope, row: Any) -> ColumnElement[bool]:
    rule = _guarded[model.__table__.name].read.get(scope.audience)
    return rule(scope)(row) if rule and _belongs_somewhere(scope) else false()


@event.listens_for(Session, "before_flush")
def _refuse_flush(session: Session, _context: object, _instances: object) -> None:
    if scope_of(session).is_limited and (session.new or session.dirty or session.deleted):
        raise InvariantViolated("A session of a limited scope writes rows through insert_many, which looks at them.")
