"""``/jobseekers`` and ``/consents``. People are searched by what is known of them, and never listed.

Registering is one of the things that ``intake`` takes in, so its POST is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recruitment.access import queries as access
from recruitment.audit.rules import Purpose
from recruitment.core.actor import Audience, Permission, Role
from recruitment.jobseekers import queries, service
from recruitment.jobseekers.errors import FieldworkerUnknown
from recruitment.jobseekers.rules import Changes, ConsentPurpose
from recruitment.jobseekers.schemas import (
    ConsentRecordedSchema,
    FoundPeopleSchema,
    JobseekerChangeSchema,
    JobseekerSchema,
    JobseekerSearchSchema,
    NewConsentSchema,
)
from recruitment.organisations import queries as organisations
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.idempotency import answer, idempotent

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from recruitment.jobseekers.rules import JobseekerRead, NewConsent, PersonRead, Search

api = ApiBlueprint("jobseekers", "People: found by what is known of them, read, and kept true.")
consents = ApiBlueprint("consents", "What people agree to, each purpose by itself.")

EFFECT = "It counts from the next release on. What was released before cannot be called back."


@api.get("/jobseekers")
@allow(Permission.FIND_JOBSEEKERS)
@api.arguments(JobseekerSearchSchema, location="query")
@api.response(200, FoundPeopleSchema)
def find_jobseekers(wanted: Search) -> Any:
    """Find a person.

    By exactly one of reference, phone or name; at most twenty people are shown. Reference and phone are exact. A name is
    compared only inside the caseload of your own CSO. Every search is recorded.
    """
    with unit_of_work() as session:
        found = service.search(session, actor(), wanted, Purpose.CASEWORK)
    return {"jobseekers": found}


@api.get("/jobseekers/<reference:reference>")
@allow(Permission.READ_PERSONS)
@api.etag
@api.response(200, JobseekerSchema)
def show_jobseeker(reference: str) -> Any:
    """Read the record of a person.

    Who reads it is recorded. The ETag is needed for a change.
    """
    with unit_of_work() as session:
        return _document(session, *service.read(session, actor(), reference, Purpose.CASEWORK))


@api.patch("/jobseekers/<reference:reference>")
@allow(Permission.REGISTER_JOBSEEKERS)
@api.etag
@api.arguments(JobseekerChangeSchema)
@api.response(200, JobseekerSchema)
def change_jobseeker(given: dict[str, Any], reference: str) -> Any:
    """Change a record.

    The telephone number, the village, the district, the language; a supervisor also the fieldworker who looks after the
    person. Send the ETag that you read in If-Match.
    """
    with unit_of_work() as session:
        before = _document(session, *service.read(session, actor(), reference, Purpose.CASEWORK))
        api.check_etag(JobseekerSchema().dump(before))
        login = given.pop("assigned_to", None)
        fieldworker = _fieldworker(session, login) if login else None
        service.change(session, actor(), reference, Changes(given, fieldworker))
        return _document(session, *service.read(session, actor(), reference, Purpose.CASEWORK))


def _document(session: Session, found: JobseekerRead, person: PersonRead) -> dict[str, Any]:
    cso = organisations.by_id(session, [found.cso_id]).get(found.cso_id) if found.cso_id else None
    cared_for = access.people(session, ids=[found.assigned_to]) if found.assigned_to else []
    return {
        "reference": person.reference,
        "name": person.name,
        "birth_year": person.birth_year,
        "sex": person.sex,
        "language": person.language,
        "village": person.village,
        "district": person.district,
        "country": person.country,
        "phone": person.phone,
        "cso": cso.code if cso else None,
        "assigned_to": cared_for[0].login if cared_for else None,
        "registered_on": found.registered_on,
        "consents": queries.consents_of(session, [found.id])[found.id],
    }


def _fieldworker(session: Session, login: str) -> UUID:
    """Return the fieldworker of a login, as far as the actor sees people. Raises ``FieldworkerUnknown``."""
    found = access.person_by_login(session, login) if actor().scope.audience is not Audience.FIELDWORKER else None
    if found is None or found.role is not Role.CSO_FIELDWORKER or not found.is_active:
        raise FieldworkerUnknown(
            "There is no such fieldworker in your CSO. Write the login of one who is active.",
            assigned_to="no fieldworker of your CSO",
        )
    return found.id


@consents.post("/consents")
@allow(Permission.RECORD_CONSENTS)
@idempotent
@consents.arguments(NewConsentSchema)
@consents.response(201, ConsentRecordedSchema)
def record_consent(given: tuple[str, NewConsent]) -> ResponseReturnValue:
    """Record what a person says to one purpose, or that they take it back.

    It counts from the next release on. Help never depends on any purpose but `record`; when that is taken back, the
    answer tells where the person can be erased, and nothing is erased by itself.
    """
    reference, consent = given
    with unit_of_work() as session:
        service.record_consent(session, actor(), reference, consent)
        document = {
            "jobseeker": reference,
            "purpose": consent.purpose.value,
            "given": consent.given,
            "stated_on": consent.stated_on.isoformat(),
            "effect": EFFECT,
        }
        if consent.purpose is ConsentPurpose.RECORD and not consent.given:
            document["erasure"] = f"{api.url_prefix}/jobseekers/{reference}/erasure"
        return answer(session, document)
