"""The role of the web service: what it gets, and which roles it cannot be."""

from __future__ import annotations

import pytest

from recruitment.database.granting import CHANGED, EMPTIED, RoleUnsuitable, grant, warning
from recruitment.metadata import APPEND_ONLY, metadata


def test_what_is_changed_or_emptied_is_there_and_not_append_only():
    assert set(CHANGED) | set(EMPTIED) <= set(metadata.tables)
    assert not (set(CHANGED) | set(EMPTIED)) & set(APPEND_ONLY)


def test_a_role_that_could_go_around_the_policies_is_refused(database, run):
    if database.engine.dialect.name == "sqlite":
        with pytest.raises(RoleUnsuitable, match="Roles are for PostgreSQL"):
            grant(database.engine, "anybody")
        assert warning(database.engine) is None
        assert "Roles are for PostgreSQL" in run("database", "grant", "anybody", exit_code=1).stderr
        return
    with database.engine.begin() as connection:
        owner = connection.exec_driver_sql("SELECT current_user").scalar()
        for role, options in (("goes_around", "BYPASSRLS"), ("rules_all", "SUPERUSER"), ("owns_all", "")):
            connection.exec_driver_sql(f"DROP ROLE IF EXISTS {role}")
            connection.exec_driver_sql(f"CREATE ROLE {role} {options}")
        connection.exec_driver_sql(f"GRANT {owner} TO owns_all")
    for role, why in (
        ("nobody_at_all", "There is no role"), ("goes_around", "has BYPASSRLS"), ("rules_all", "is a superuser"),
        ("owns_all", "owns the tables"),
    ):  # fmt: skip
        with pytest.raises(RoleUnsuitable, match=why):
            grant(database.engine, role)
    assert "superuser" in warning(database.engine)


def test_the_service_adds_and_changes_and_nothing_else(service_database, database, run):
    if database.engine.dialect.name == "sqlite":
        return
    assert warning(service_database.engine) is None
    assert "may serve this database" in run("database", "grant", "first_mile_service").stdout
    rights = (
        "SELECT relname, has_table_privilege('first_mile_service', oid, 'INSERT'),"
        " has_table_privilege('first_mile_service', oid, 'UPDATE'), has_table_privilege('first_mile_service', oid, 'DELETE'),"
        " has_table_privilege('first_mile_service', oid, 'TRUNCATE') FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    with database.engine.connect() as connection:
        for name, add, change, remove, empty in connection.exec_driver_sql(rights):
            read_only = name in {"alembic_version", "corridor_rules", "fee_items", "stages"}
            assert (add, change, remove, empty) == (not read_only, name in CHANGED, name in EMPTIED, False), name
