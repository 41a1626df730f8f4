"""Agencies get references for the journeys that they declared before there were references."""

from __future__ import annotations

from sqlalchemy import select

from recruitment.core.actor import Role
from recruitment.intake.rules import FileKind, ImportRequest
from recruitment.intake.service import import_file
from recruitment.journeys.models import JourneyReference
from recruitment.organisations import queries as organisations
from recruitment.sheets.reading import open_sheet
from tests.factories.actors import actor_of
from tests.factories.field import field, small_worlds
from tests.factories.rows import row
from tests.migrations.steps import revisions, walking

__all__ = ["field", "small_worlds"]


def test_an_agency_takes_back_what_it_declared_before(field):
    first = field.send("declarations", row("declarations"), row("declarations", journey="J-2", receipt="R-2"))
    with walking(field.database.settings) as history:
        history.to("0011_privacy")
        history.to(revisions()[-1])
    field.database.dispose()
    with field.database.read_session() as session:
        agency = actor_of(Role.AGENCY_OFFICER, organisations.by_code(session, ["AG-1"])["AG-1"].id)
    with field.database.read_session(agency.scope) as session:
        called = session.scalars(select(JourneyReference.reference)).all()
    assert len(set(called)) == 2
    sheet = open_sheet(field.file([row("declarations", journey=called[0], receipt="R-3")]))
    request = ImportRequest(FileKind.DECLARATIONS, supersedes=first["reference"])
    with field.database.unit_of_work(agency.scope) as session:
        import_file(session, agency, sheet, request)
    sheet.close()
    # Both lines of the first left the books, and that of the second is in them.
    field.verify()
