"""Who writes, who commits, who reads, what time it is: guards about calls, which import-linter cannot see.

Each guard is a function from a file to complaints. It is run over the package, which must have none, and over a few
lines made up for it, which it must catch.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from tests.architecture.sources import Source, called, made_up, package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Guard = Callable[[Source], Iterator[str]]

_WRITES = {
    "add", "add_all", "bulk_insert_mappings", "bulk_save_objects", "bulk_update_mappings", "delete", "insert",
    "insert_many", "merge", "update",
}  # fmt: skip
_SESSION_WRITES = {"add", "add_all", "delete", "flush", "merge"}
_SQL_READS = {"exists", "literal_column", "select", "text", "union", "union_all"}
_CLOCKS = {
    "datetime.date.today", "datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow",
    "sqlalchemy.func.current_date", "sqlalchemy.func.current_timestamp", "sqlalchemy.func.now", "time.gmtime",
    "time.localtime", "time.time", "time.time_ns",
}  # fmt: skip
_MONEY = re.compile(
    r"amount|balance|collateral|cost|debt|fee|floor|interest|minor|money|owed|paid|payment|price|rate|repay|sum|total"
)


def _row_classes() -> dict[str, str]:
    """Return the room of every class of a table, by its dotted name."""
    return {
        f"recruitment.{source.room}.{name}": source.room
        for source in package()
        if source.file == "models"
        for node in source.tree.body
        if isinstance(node, ast.ClassDef)
        for name in (f"models.{node.name}", f"queries.{node.name}", f"service.{node.name}")
    }


def foreign_rows(source: Source, node: ast.AST) -> set[str]:
    """Return the rows of other rooms that an expression names, through names of its module too."""
    assigned = {
        target.id: statement.value
        for statement in source.tree.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    owners = _row_classes()
    found: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id in assigned and assigned[part.id] is not node:
            found |= {name for name in _meanings(source, assigned[part.id]) if name in owners}
    found |= {name for name in _meanings(source, node) if name in owners}
    return {name for name in found if owners[name] != source.room}


def _meanings(source: Source, node: ast.AST) -> set[str]:
    return {source.meaning(part) for part in ast.walk(node) if isinstance(part, ast.Name | ast.Attribute)}


def rows_built_by_others(source: Source) -> Iterator[str]:
    for call in source.calls():
        owner = _row_classes().get(source.meaning(call.func), source.room)
        if owner != source.room:
            yield f"{source.at(call)} builds a row of {owner}; call a service of {owner} instead"


def rows_written_by_others(source: Source) -> Iterator[str]:
    for call in source.calls():
        if called(call) not in _WRITES:
            continue
        written = [*call.args, *(keyword.value for keyword in call.keywords)]
        if isinstance(call.func, ast.Attribute):
            written.append(call.func.value)
        for name in sorted({name for part in written for name in foreign_rows(source, part)}):
            yield f"{source.at(call)} writes {name}, which belongs to another room"


def writes_in_queries(source: Source) -> Iterator[str]:
    if source.file != "queries":
        return
    for call in source.calls():
        meaning = source.meaning(call.func)
        from_sql = meaning.startswith("sqlalchemy.") and called(call) in _WRITES
        on_session = meaning.partition(".")[0] == "session" and called(call) in _SESSION_WRITES
        if from_sql or on_session or meaning == "recruitment.database.bulk.insert_many":
            yield f"{source.at(call)} writes; queries only read"


def commits(source: Source) -> Iterator[str]:
    if str(source.path) == "database/unit_of_work.py":
        return
    for call in source.calls():
        name = called(call)
        # begin() commits when its block ends; the database room may, for the engine and for migrations.
        if name in {"commit", "rollback"} or (name == "begin" and source.room != "database"):
            yield f"{source.at(call)} calls {name}(); only the unit of work does"


def reads_outside_queries(source: Source) -> Iterator[str]:
    if source.room == "database" or source.file in {"queries", "models", "guards"}:
        return
    for call in source.calls():
        meaning = source.meaning(call.func)
        asks = meaning.startswith("sqlalchemy") and called(call) in _SQL_READS
        if asks or called(call) == "exec_driver_sql" or meaning == "session.query":
            yield f"{source.at(call)} reads the database by {called(call)}(); that belongs into queries.py"


def floats_of_money(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and source.meaning(node.func) == "float" and _about_money(node):
            yield f"{source.at(node)} makes a float of money"
        elif isinstance(node, ast.AnnAssign | ast.arg) and _names_float(node.annotation) and _about_money(node):
            yield f"{source.at(node)} calls money a float"
        elif isinstance(node, ast.FunctionDef) and _names_float(node.returns) and _MONEY.search(node.name):
            yield f"{source.at(node)} returns money as a float"
        elif isinstance(node, ast.BinOp) and _about_money(node):
            sides = [side.value for side in (node.left, node.right) if isinstance(side, ast.Constant)]
            if any(isinstance(value, float) for value in sides):
                yield f"{source.at(node)} reckons money with a float"


def _names_float(annotation: ast.expr | None) -> bool:
    return annotation is not None and any(
        isinstance(part, ast.Name) and part.id == "float" for part in ast.walk(annotation)
    )


def _about_money(node: ast.AST) -> bool:
    return any(_MONEY.search(word) for word in re.findall(r"\w+", ast.unparse(node).lower()))


def other_clocks(source: Source) -> Iterator[str]:
    # The verifier is copied by others, without our clock; run as a programme it must know what day it is.
    if str(source.path) in {"core/clock.py", "core/ids.py", "credentials/verifier/__main__.py"}:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name | ast.Attribute) and source.meaning(node) in _CLOCKS:
            yield f"{source.at(node)} asks {source.meaning(node)}; the clock is core/clock.py"


def other_chance(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        names: set[str] = set()
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
        for name in sorted(names):
            if name.partition(".")[0] == "random" or name in {"uuid.uuid1", "uuid.uuid4", "uuid.uuid7"}:
                yield f"{source.at(node)} imports {name}; chance comes from secrets, identities from core/ids.py"


_CONNECTED = {
    # They read the books or all facts for the house; a session of a limited scope refuses it there too.
    "audit/queries.py", "certificates/queries/checking.py",
    "ledger/queries/books.py", "ledger/queries/checkpoints.py", "ledger/queries/seals.py",
    "verification/queries/facts.py",
}  # fmt: skip
_AROUND = {"bare_connection", "lifted"}
_MAY_GO_AROUND = {
    # Whoever files a fact counts it up and may not see the count.
    "fees/services/facts.py",
}


def connections_outside(source: Source) -> Iterator[str]:
    """What goes around the scope of a session: its connection, the engine under it, what row-level security is lifted for."""
    if source.room == "database":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr
            is_dialect = name == "get_bind" and not _is_dialect_asked(source, node)
            if (name == "connection" and str(source.path) not in _CONNECTED) or is_dialect:
                yield f"{source.at(node)} calls {name}(), which goes around the scope of the session"
        if isinstance(node, ast.ImportFrom) and str(source.path) not in _MAY_GO_AROUND:
            for alias in node.names:
                if alias.name in _AROUND and (node.module or "").startswith("recruitment.database"):
                    yield f"{source.at(node)} imports {alias.name}, which goes around the scope of the session"


def _is_dialect_asked(source: Source, call: ast.Call) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.value is call and node.attr == "dialect"
        for node in ast.walk(source.tree)
    )


GUARDS: tuple[Guard, ...] = (
    connections_outside,
    rows_built_by_others,
    rows_written_by_others,
    writes_in_queries,
    commits,
    reads_outside_queries,
    floats_of_money,
    other_clocks,
    other_chance,
)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.__name__)
def test_the_package_gives_no_cause_for_complaint(guard):
    assert [complaint for source in package() for complaint in guard(source)] == []


_ENTRY = "from recruitment.ledger.models import LedgerEntry\n"
_CAUGHT: tuple[tuple[Guard, str, str], ...] = (
    (rows_built_by_others, "fees/service.py", _ENTRY + "LedgerEntry(id=1)"),
    (rows_built_by_others, "fees/service.py", _ENTRY.replace("Entry\n", "Entry as E\n") + "E(id=1)"),
    (rows_built_by_others, "fees/service.py", "from recruitment.ledger import models\nmodels.LedgerEntry(id=1)"),
    (rows_built_by_others, "fees/service.py", "from recruitment.ledger import queries\nqueries.LedgerEntry(id=1)"),
    (rows_written_by_others, "fees/service.py", _ENTRY + "insert_many(session, LedgerEntry.__table__, (), [])"),
    (rows_written_by_others, "fees/queries.py", _ENTRY + "_t = LedgerEntry.__table__\nx = sqlite.insert(_t)"),
    (rows_written_by_others, "fees/queries.py", _ENTRY + "LedgerEntry.__table__.delete()"),
    (rows_written_by_others, "fees/queries.py", _ENTRY + "from sqlalchemy import update\nupdate(LedgerEntry)"),
    (writes_in_queries, "fees/queries.py", "from sqlalchemy import update\nupdate(Fee)"),
    (writes_in_queries, "fees/queries/debts.py", "session.add(row)"),
    (writes_in_queries, "fees/queries.py", "from recruitment.database.bulk import insert_many\ninsert_many(s, t)"),
    (commits, "fees/service.py", "session.commit()"),
    (commits, "database/bulk.py", "session.connection().rollback()"),
    (commits, "fees/service.py", "with engine.begin() as connection: pass"),
    (reads_outside_queries, "fees/service.py", "from sqlalchemy import select\nselect(1)"),
    (reads_outside_queries, "fees/services/debts.py", "import sqlalchemy as sa\nsa.text('SELECT 1')"),
    (reads_outside_queries, "cli.py", "connection.exec_driver_sql('SELECT 1')"),
    (reads_outside_queries, "fees/service.py", "session.query(Fee)"),
    (floats_of_money, "fees/rules.py", "x = float(amount_minor)"),
    (floats_of_money, "fees/rules.py", "def f(price: float): pass"),
    (floats_of_money, "fees/rules.py", "def total() -> float: pass"),
    (floats_of_money, "fees/rules.py", "x = fee * 0.1"),
    (other_clocks, "fees/service.py", "from datetime import UTC, datetime\ndatetime.now(UTC)"),
    (other_clocks, "fees/service.py", "import datetime\ndatetime.datetime.utcnow()"),
    (other_clocks, "fees/service.py", "from datetime import date\nfield(default_factory=date.today)"),
    (other_clocks, "fees/service.py", "from time import time\ntime()"),
    (other_clocks, "fees/models.py", "from sqlalchemy import func\ncolumn(server_default=func.now())"),
    (connections_outside, "fees/queries.py", "session.connection().execute(query)"),
    (connections_outside, "fees/queries.py", "session.get_bind().connect()"),
    (connections_outside, "jobseekers/service.py", "from recruitment.database.row_security import lifted"),
    (connections_outside, "ledger/service.py", "from recruitment.database.scoping import bare_connection"),
    (other_chance, "fees/service.py", "import random"),
    (other_chance, "fees/service.py", "from random import choice"),
    (other_chance, "fees/service.py", "from uuid import uuid4"),
)


@pytest.mark.parametrize(
    ("guard", "path", "text"), _CAUGHT, ids=[f"{number}-{guard.__name__}" for number, (guard, *_) in enumerate(_CAUGHT)]
)
def test_a_breach_is_caught(guard, path, text):
    assert len(list(guard(made_up(path, text)))) == 1


_LET_BE: tuple[tuple[Guard, str, str], ...] = (
    (connections_outside, "fees/service.py", "session.get_bind().dialect.name"),
    (connections_outside, "database/bulk.py", "session.connection()"),
    (rows_built_by_others, "ledger/service.py", _ENTRY + "LedgerEntry(id=1)"),
    (rows_built_by_others, "fees/service.py", "from recruitment.fees.rules import LedgerEntry\nLedgerEntry(id=1)"),
    (rows_written_by_others, "fees/queries.py", _ENTRY + "select(LedgerEntry).where(LedgerEntry.id.in_(ids))"),
    (rows_written_by_others, "ledger/service.py", _ENTRY + "insert_many(session, LedgerEntry.__table__, (), [])"),
    (writes_in_queries, "fees/queries.py", "seen.add(1); found.update(more)"),
    (reads_outside_queries, "fees/service.py", "from recruitment.core import text\ntext.tidy(name)"),
    (reads_outside_queries, "fees/service.py", "from sqlalchemy.dialects import sqlite\nsqlite.insert(Fee)"),
    (floats_of_money, "sheets/reading.py", "isinstance(value, float)"),
    (other_clocks, "fees/service.py", "from recruitment.core import clock\nclock.now(); clock.today()"),
    (other_chance, "fees/service.py", "from uuid import UUID, uuid5\nimport secrets"),
)


@pytest.mark.parametrize(
    ("guard", "path", "text"), _LET_BE, ids=[f"{number}-{guard.__name__}" for number, (guard, *_) in enumerate(_LET_BE)]
)
def test_what_is_allowed_is_let_be(guard, path, text):
    assert list(guard(made_up(path, text))) == []
