"""Row-level security of PostgreSQL: the same scopes once more, where the rows are.

It stands below ``scoping.py`` and catches what that lets through. Each transaction of a session tells the server for
whom it asks; policies (``migrations/``) compare this with each row. A transaction that tells nothing sees nothing. It
holds for every role but superusers and those with BYPASSRLS, the owner of the tables included.

It guards against our own mistakes. Whoever can make the server execute any text can tell it anything too.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from recruitment.core.actor import EVERYTHING
from recruitment.database.scoping import ScopedSession, bare_connection, scope_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

    from recruitment.core.actor import Scope

# In a sub-query, so that the server asks once for a statement and not once for a row.
AUDIENCE = "(SELECT current_setting('app.audience', true))"
ORGANISATION = "(SELECT nullif(current_setting('app.organisation', true), '')::uuid)"
PERSON = "(SELECT nullif(current_setting('app.person', true), '')::uuid)"

_TELL = (
    "SELECT set_config('app.audience', %s, true), set_config('app.organisation', %s, true),"
    " set_config('app.person', %s, true)"
)
_PROTECTED = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND pg_table_is_visible(oid)"
    " AND row_security_active(oid)"
)
_KEPT = "row_security"


def protect(table: str, *, read: Mapping[str, str], write: Mapping[str, str]) -> list[str]:
    """Return the statements that protect a table, for a migration.

    ``read`` gives for audiences (words with blanks between) the condition of a row that they see, ``write`` that of a row
    as they may leave it. What they change or delete they must see and may write. The audience ``inside`` may everything.
    """
    seen, left = _either(read), _either(write)
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {table}_read ON {table} FOR SELECT USING ({seen})",
        f"CREATE POLICY {table}_add ON {table} FOR INSERT WITH CHECK ({left})",
        f"CREATE POLICY {table}_change ON {table} FOR UPDATE USING (({seen}) AND ({left})) WITH CHECK ({left})",
        f"CREATE POLICY {table}_remove ON {table} FOR DELETE USING (({seen}) AND ({left}))",
    ]


def unprotect(table: str) -> list[str]:
    """Return the statements that take the protection of a table off again, for a downgrade."""
    return [
        *(f"DROP POLICY {table}_{name} ON {table}" for name in ("read", "add", "change", "remove")),
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    ]


def _either(conditions: Mapping[str, str]) -> str:
    parts = [f"{AUDIENCE} = 'inside'"]
    for audiences, condition in conditions.items():
        listed = ", ".join(f"'{audience}'" for audience in audiences.split())
        parts.append(f"({AUDIENCE} IN ({listed}) AND ({condition}))")
    return " OR ".join(parts)


def protected_tables(connection: Connection) -> frozenset[str]:
    """Return the tables whose policies hold for a connection's role; none on SQLite. Asked once for each connection."""
    if connection.dialect.name != "postgresql":
        return frozenset()
    found: frozenset[str] | None = connection.info.get(_KEPT)
    if found is None:
        found = frozenset(row[0] for row in connection.exec_driver_sql(_PROTECTED))
        connection.info[_KEPT] = found
    return found


def is_bypassed(connection: Connection) -> bool:
    """Say whether a connection's role is one that no policy holds for. False where there are no policies at all."""
    if connection.dialect.name != "postgresql":
        return False
    asked = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    return bool(connection.exec_driver_sql(asked).scalar())


def tell(connection: Connection, scope: Scope) -> None:
    """Tell the server for whom a transaction asks, until it ends."""
    connection.exec_driver_sql(_TELL, tuple(str(each or "") for each in _told(scope)))


def _told(scope: Scope) -> tuple[Any, ...]:
    return scope.audience.value, scope.organisation, scope.person


@event.listens_for(ScopedSession, "after_begin")
def _tell_scope(session: ScopedSession, transaction: Any, connection: Connection) -> None:
    if not transaction.nested and protected_tables(connection):
        tell(connection, session.scope)


@contextmanager
def lifted(session: Session) -> Iterator[None]:
    """Let the statements of the block pass row-level security, whatever the session's scope.

    For what somebody may count up or note without seeing what is there. ``scoping.py`` still holds.
    """
    connection = bare_connection(session)
    if not (scope_of(session).is_limited and protected_tables(connection)):
        yield
        return
    tell(connection, EVERYTHING)
    try:
        yield
    except DBAPIError:
        raise  # the server takes back what it was told, with all else since the savepoint
    except BaseException:
        tell(connection, scope_of(session))
        raise
    tell(connection, scope_of(session))
