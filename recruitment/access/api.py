"""``/people`` for who manages people, ``/tokens`` for everybody's own tokens."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Response, g

from recruitment.access import queries
from recruitment.access.errors import PersonInactive, RoleElsewhere
from recruitment.access.schemas import (
    InvitationSchema,
    InvitedSchema,
    PeopleArguments,
    PeopleSchema,
    PersonChangeSchema,
    PersonSchema,
    TokenAskedSchema,
    TokenMadeSchema,
    TokensSchema,
)
from recruitment.access.services import people as service
from recruitment.access.services import tokens
from recruitment.core.actor import Permission
from recruitment.organisations import queries as organisations
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.idempotency import answer, idempotent
from recruitment.web.identity import house_reading, house_work
from recruitment.web.pagination import cursor_of, paged
from recruitment.web.reading import page_answer, reads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from recruitment.access.rules.people import PersonRead
    from recruitment.web.pagination import Asked

people_api = ApiBlueprint("people", "Who may sign in, for who manages people.")
tokens_api = ApiBlueprint("tokens", "Your own tokens for programmes.")


@reads(people_api, "/people", Permission.MANAGE_PEOPLE, asks=PeopleArguments, answers=PeopleSchema)
def list_people(asked: Asked) -> ResponseReturnValue:
    """List people.

    Operators see everybody, supervisors the people of their own CSO, in the order in which they were invited.
    """
    after = asked.after_parts(UUID)
    with read_session() as session:
        rows = queries.people(session, after=after[0] if after else None, limit=asked.fetch)
        page = paged(_told(session, rows), asked, key=lambda row: cursor_of(str(row["id"])))
    return page_answer("people", PersonSchema(), page)


@people_api.get("/people/<uuid:person>")
@allow(Permission.MANAGE_PEOPLE)
@people_api.etag
@people_api.response(200, PersonSchema)
def show_person(person: UUID) -> dict[str, Any]:
    """Read one person. The ETag of the answer is for a change."""
    with read_session() as session:
        return _told(session, [service.read(session, actor(), person)])[0]


@people_api.post("/people")
@allow(Permission.MANAGE_PEOPLE)
@idempotent
@people_api.arguments(InvitationSchema)
@people_api.response(201, InvitedSchema)
def invite_person(asked: dict[str, Any]) -> ResponseReturnValue:
    """Invite somebody, and get the one-time code to hand over.

    Operators invite anybody, supervisors fieldworkers and supervisors of their own CSO. Whoever has not joined yet can be
    invited again; the code before is void then.
    """
    with unit_of_work() as session:
        organisation = _organisation_id(session, asked["organisation"])
        invited, code = service.invite(
            session,
            actor(),
            login=asked["login"],
            role=asked["role"],
            organisation=organisation,
            display_name=asked["display_name"],
        )
        person = {"person": _told(session, [invited])[0]}
        dump = InvitedSchema().dump
        return answer(session, dump(person | {"code": code}), 201, kept=dump(person))


@people_api.patch("/people/<uuid:person>")
@allow(Permission.MANAGE_PEOPLE)
@people_api.etag
@people_api.arguments(PersonChangeSchema)
@people_api.response(200, PersonSchema)
def change_person(_asked: dict[str, Any], person: UUID) -> dict[str, Any]:
    """End the access of somebody, for good: sessions and tokens end at once.

    Wants `If-Match` with the ETag of the person.
    """
    with unit_of_work() as session:
        before = service.managed(session, actor(), person)
        people_api.check_etag(_told(session, [before])[0], PersonSchema)
        if not before.is_active:
            raise PersonInactive("The access of this person has ended already.")
        service.deactivate(session, actor(), person)
        return _told(session, [service.read(session, actor(), person)])[0]


@tokens_api.get("/tokens")
@allow(Permission.MANAGE_OWN_ACCOUNT)
@tokens_api.response(200, TokensSchema)
def list_tokens() -> dict[str, Any]:
    """List your tokens that were not revoked, in order of their random references."""
    with house_reading() as session:
        return {"tokens": tokens.tokens(session, actor())}


@tokens_api.post("/tokens")
@allow(Permission.MANAGE_OWN_ACCOUNT)
@idempotent
@tokens_api.arguments(TokenAskedSchema)
@tokens_api.response(201, TokenMadeSchema)
def make_token(asked: dict[str, Any]) -> ResponseReturnValue:
    """Make a token that may do some of what the token that you show may do."""
    with house_work() as session:
        made, text = tokens.make_token(
            session,
            actor(),
            label=asked["label"],
            scopes=asked["scopes"],
            days=asked["days"],
            by=g.get("token"),
        )
        dump = TokenMadeSchema().dump
        return answer(session, dump({"token": made, "text": text}), 201, kept=dump({"token": made}))


@tokens_api.delete("/tokens/<reference:reference>")
@allow(Permission.MANAGE_OWN_ACCOUNT)
@tokens_api.response(204)
def revoke_token(reference: str) -> Response:
    """Revoke a token of yours. It opens nothing from now on."""
    with house_work() as session:
        tokens.revoke_token(session, actor(), reference)
    return Response(status=204)


def _told(session: Session, people: Sequence[PersonRead]) -> list[dict[str, Any]]:
    """Return people as they are told, with the codes of their organisations."""
    wanted = {person.organisation_id for person in people if person.organisation_id}
    known = organisations.by_id(session, wanted)
    return [
        asdict(person)
        | {
            "state": person.state,
            "organisation": known[person.organisation_id].code if person.organisation_id in known else None,
        }
        for person in people
    ]


def _organisation_id(session: Session, code: str | None) -> UUID | None:
    """Return the organisation of a code; without one the actor's own. Raises ``RoleElsewhere``."""
    if code is None:
        return actor().organisation_id
    found = organisations.by_code(session, [code]).get(code)
    if found is None:
        raise RoleElsewhere(f"There is no organisation {code}. Write its code as in the register.")
    return found.id
