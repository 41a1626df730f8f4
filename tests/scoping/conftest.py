"""A small world in which everybody has something that others must not see."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from dataclasses import field as made
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update

from recruitment.access.models import Person
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Audience, Role, Scope
from recruitment.database.unit_of_work import Database
from recruitment.intake.rules import FileKind, ImportRequest
from recruitment.intake.service import import_file
from recruitment.jobseekers.models import Jobseeker
from recruitment.organisations.models import Organisation
from recruitment.sheets.reading import open_sheet
from recruitment.verification import service as verification
from tests.factories.actors import actor_of
from tests.factories.field import Field, field, small_worlds
from tests.factories.rows import nothing_more, row
from tests.factories.sheets import write_csv

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor

__all__ = ["field", "small_worlds"]

_ROLES = {
    "AG-1": Role.AGENCY_OFFICER, "AG-2": Role.AGENCY_OFFICER, "EM-1": Role.EMPLOYER_OFFICER,
    "EM-2": Role.EMPLOYER_OFFICER, "CSO-1": Role.CSO_SUPERVISOR, "CSO-2": Role.CSO_SUPERVISOR,
    "PT-1": Role.PARTNER_REVIEWER, "OP-1": Role.FUND_PREPARER,
}  # fmt: skip


@dataclass
class Scene:
    """The world, the database as its operator and as the web service open it, and who acts in it."""

    field: Field
    service: Database
    organisations: dict[str, UUID] = made(default_factory=dict)
    people: dict[str, UUID] = made(default_factory=dict)

    @property
    def database(self) -> Database:
        """The database as the operator opens it."""
        return self.field.database

    def actor(self, code: str, role: Role | None = None) -> Actor:
        """Return somebody who works for an organisation, always the same person."""
        person = self.people.setdefault(code, UUID(int=len(self.people) + 1))
        return actor_of(role or _ROLES[code], self.organisations[code], person)

    def scopes(self) -> dict[str, Scope]:
        """Return a scope of every kind, with two organisations of those kinds that must be kept apart."""
        found = {code: self.actor(code).scope for code in _ROLES}
        found["field"] = self.actor("CSO-1", Role.CSO_FIELDWORKER).scope
        found["operator"] = Scope(Audience.STAFF, None, UUID(int=900))
        found["nobody"] = Scope(Audience.NOBODY)
        found["nowhere"] = Scope(Audience.AGENCY)
        return found

    def import_as(self, code: str, kind: str, *rows: Any, **request: Any) -> Any:
        """Import rows in the web service, as somebody of an organisation."""
        actor = self.actor(code)
        file = write_csv(self.field.folder / f"as-{code}-{kind}-{len(list(self.field.folder.iterdir()))}", rows)
        sheet = open_sheet(file)
        with closing(sheet), self.service.unit_of_work(actor.scope) as session:
            return import_file(session, actor, sheet, ImportRequest(FileKind(kind), **request))


@pytest.fixture
def scene(field, engine_databases) -> Iterator[Scene]:
    """The small world with a second CSO and employer, statements of both, and everything compared."""
    field.send("organisations", row("organisations", code="EM-2", kind="employer", name="Mill", country="TH"))
    field.send("jobseekers", row("jobseekers", reference="JS-4", cso="CSO-2"))
    field.send("demand-letters", row("demand-letters", reference="DL-3", employer="EM-2", agency="AG-2"))
    field.send("journeys", row("journeys", reference="J-4", jobseeker="JS-4", agency="AG-2", demand_letter="DL-3"))
    field.send("supply-chains", row("supply-chains"), row("supply-chains", employer="EM-2"))
    field.send("commitments", row("commitments"), row("commitments", demand_letter="DL-3"))
    field.send("declarations", row("declarations"), agency="AG-1")
    field.send("declarations", row("declarations", journey="J-4", receipt="R-1"), agency="AG-2")
    field.send("reports", row("reports"), nothing_more(), by="CSO-1")
    field.send("reports", row("reports", journey="J-4"), by="CSO-2")
    field.send("repayments", row("repayments", journey="J-4"), by="CSO-2")
    field.send("debts", row("debts"), by="CSO-1")
    field.send("collateral", row("collateral", journey="J-4"), by="CSO-2")
    field.send("stages", row("stages"), row("stages", journey="J-4"))
    with field.database.unit_of_work() as session:
        verification.refresh(session, LOCAL_OPERATOR)
    served = Database(engine_databases.served(field.database.settings))
    found = Scene(field, served)
    with field.database.read_session() as session:
        found.organisations = {code: key for code, key in session.execute(select(Organisation.code, Organisation.id))}
    with field.database.unit_of_work() as session:
        _employ(session, found)
    yield found
    served.dispose()


def _employ(session: Session, scene: Scene) -> None:
    """Give the fieldworker of CSO-1 an account and one person of its caseload."""
    actor = scene.actor("CSO-1", Role.CSO_FIELDWORKER)
    session.execute(
        insert(Person).values(
            id=actor.id, organisation_id=actor.organisation_id, role=actor.role, login="field@csos.example",
            display_name="Field", is_active=True, created_at=clock.now(), version=1,
        )
    )  # fmt: skip
    session.execute(update(Jobseeker).where(Jobseeker.reference == "JS-1").values(assigned_to=actor.id))
