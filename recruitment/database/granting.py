"""What the role of the web service may do on PostgreSQL: no more than its work, and nothing to the tables themselves.

The owner of the tables migrates; the service comes in as another role, for which row-level security holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from sqlalchemy.exc import DBAPIError

from recruitment.core.errors import RuleBroken
from recruitment.database.row_security import is_bypassed

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

CHANGED = (
    "api_tokens", "case_marks", "case_standings", "comparisons", "fact_versions", "findings", "invitations",
    "jobseekers", "journey_matches", "ledger_guarded_balances", "organisations", "outbox", "payment_plans", "payments",
    "people", "possible_twins", "recoveries", "relief_cases", "sessions", "throttles", "webhook_deliveries",
    "webhook_hosts", "webhooks",
)  # fmt: skip
"""Tables whose rows the service changes. All others it only adds to."""

EMPTIED = (
    "case_marks", "comparisons", "findings", "outbox", "payment_plan_files", "payment_plan_items", "possible_twins",
    "sessions", "throttles", "webhook_deliveries",
)  # fmt: skip
"""Tables from which the service deletes."""

_READ_ONLY = ("alembic_version", "corridor_rules", "fee_items", "stages")


class RoleUnsuitable(RuleBroken):
    """A role that cannot serve: it is not there, or row-level security would not hold for it."""

    code = "database.role_unsuitable"


def grant(engine: Engine, role: str) -> None:
    """Give an existing role what the service needs on the tables of this database, and take everything else from it.

    Call it as the owner of the tables, after each upgrade. Raises ``RoleUnsuitable``.
    """
    if engine.dialect.name != "postgresql":
        _refuse("Roles are for PostgreSQL; a SQLite file belongs to whoever may read it.")
    with engine.begin() as connection:
        _check(connection, role)
        for statement in _statements(connection, role):
            connection.exec_driver_sql(statement)


def warning(engine: Engine) -> str | None:
    """Return what is wrong with the role that we come in by ourselves, as a sentence; None when nothing, or nobody, is there."""
    try:
        with engine.connect() as connection:
            if not is_bypassed(connection):
                return None
    except DBAPIError:
        return None  # that it cannot be reached is told by whoever needs it
    return (
        "The database does not apply row-level security to this role (it is a superuser, or has BYPASSRLS). "
        "Serve as a role of its own: see recruitment database grant."
    )


def _check(connection: Connection, role: str) -> None:
    row = connection.exec_driver_sql("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s", (role,)).first()
    if row is None:
        _refuse(f"There is no role {role!r}. Make it first: CREATE ROLE … LOGIN PASSWORD …")
    if row[0]:
        _refuse(f"{role} is a superuser, whom row-level security does not hold. Choose another role.")
    if row[1]:
        _refuse(f"{role} has BYPASSRLS, so row-level security does not hold it. Choose another role.")
    owned = connection.exec_driver_sql(
        "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND pg_table_is_visible(oid)"
        " AND relnamespace = current_schema()::regnamespace AND pg_has_role(%s, relowner, 'MEMBER')",
        (role,),
    ).scalar()
    if owned:
        _refuse(
            f"{role} owns the tables, or belongs to the role that does, and could take the policies off. Choose another."
        )


def _statements(connection: Connection, role: str) -> list[str]:
    quote = connection.dialect.identifier_preparer.quote
    name = quote(role)
    schema = quote(str(connection.exec_driver_sql("SELECT current_schema()").scalar()))
    database = quote(str(connection.exec_driver_sql("SELECT current_database()").scalar()))
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name}",
        f"REVOKE CREATE ON SCHEMA {schema} FROM {name}, PUBLIC",
        f"GRANT CONNECT ON DATABASE {database} TO {name}",
        f"GRANT USAGE ON SCHEMA {schema} TO {name}",
        f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA {schema} TO {name}",
        f"REVOKE INSERT ON {', '.join(_READ_ONLY)} FROM {name}",
        f"GRANT UPDATE ON {', '.join(CHANGED)} TO {name}",
        f"GRANT DELETE ON {', '.join(EMPTIED)} TO {name}",
    ]


def _refuse(why: str) -> NoReturn:
    raise RoleUnsuitable(why)
