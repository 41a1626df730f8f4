"""Rows that are there when a migration runs: what the revision does not touch stays as it was.

A revision that changes rows gets a test of its own beside this one, named after it.
"""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from recruitment.core.ids import new_id
from recruitment.ledger import service as ledger
from recruitment.ledger.rules import EntryDraft, PostingDraft
from recruitment.organisations import service as organisations
from recruitment.organisations.rules import NewOrganisation, OrganisationKind
from tests.migrations.steps import revisions, walking


@pytest.fixture
def filled(database, operator, settings):
    """The settings of a database at the head with an organisation, a book and an entry in it."""
    book, entry = new_id(), new_id()
    draft = EntryDraft(
        id=entry,
        book_id=book,
        postings=(PostingDraft("declared:cost:visa_fee", "declared:bearer:worker", "THB", 100_00),),
        effective_on=date(2024, 5, 1),
        scope="test",
        key="one",
        source_type="test",
        source_id=uuid4(),
        narrative="a visa fee",
    )
    agency = NewOrganisation("AG-1", OrganisationKind.AGENCY, "Lantern", "MM")
    with database.unit_of_work() as session:
        organisations.enter(session, operator, [(agency, b"\x01" * 32)])
        ledger.open_books(session, operator, [(book, "journey")])
        ledger.post(session, operator, [draft])
    database.dispose()
    return settings


def test_the_last_revision_goes_down_and_up_again_over_rows(filled):
    with walking(filled) as database:
        with database.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE of_somebody_else (id integer)")
            connection.exec_driver_sql("INSERT INTO of_somebody_else VALUES (7)")
        schema = database.schema()
        before = {table: database.rows(table) for table in database.tables()}
        assert before["ledger_postings"]
        database.to((["base", *revisions()])[-2])
        kept = database.tables()
        assert "of_somebody_else" in kept
        for table in kept:
            assert len(database.rows(table)) == len(before[table])
        database.to(revisions()[-1])
        assert database.schema() == schema
        for table in kept:
            assert database.rows(table) == before[table]


def test_the_whole_history_goes_down_and_up_again_over_rows(filled):
    with walking(filled) as database:
        schema = database.schema()
        database.to("base")
        assert database.tables() == set()
        database.to(revisions()[-1])
        assert database.schema() == schema
