"""Every read of people, and of what they come in by.

Who manages people sees those of the own organisation (supervisors) or all of them (operators). Codes, sessions and tokens
are looked up by their hash before it is known who comes; that happens in sessions of the whole house, see
``web/identity.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import false, select

from recruitment.access.models import ApiToken, Invitation, Person, Recovery, Throttle, WebSession
from recruitment.access.rules.credentials import Credentials, RecoveryRead, ThrottleRead, TokenRead
from recruitment.access.rules.people import PersonRead
from recruitment.access.rules.visits import Visit
from recruitment.core.actor import Audience, Permission, Role
from recruitment.database.scoping import all_rows, guard, organisation_of, own_organisation

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Scope
    from recruitment.database.scoping import Criterion, Expected


def _of_own_people(scope: Scope) -> Criterion:
    organisation = scope.organisation
    return lambda row: row.person_id.in_(select(Person.id).where(Person.organisation_id == organisation))


def _everybody_for_operators(scope: Scope) -> Criterion:
    """Let operators, who work for the house itself, see everybody; the fund's staff, who manage nobody, see nobody."""
    return all_rows(scope) if scope.organisation is None else lambda _row: false()


guard(
    Person,
    read={Audience.SUPERVISOR: own_organisation("organisation_id"), Audience.STAFF: _everybody_for_operators},
    write={Audience.SUPERVISOR: {"organisation_id": organisation_of}, Audience.STAFF: {}},
)
_READ = {Audience.SUPERVISOR: _of_own_people, Audience.STAFF: _everybody_for_operators}
# Whom a row is about was read within the scope just before.
_WRITE: dict[Audience, dict[str, Expected]] = {Audience.SUPERVISOR: {}, Audience.STAFF: {}}
guard(Invitation, read=_READ, write=_WRITE)
guard(Recovery, read=_READ, write=_WRITE)
guard(WebSession, read=_READ, write=_WRITE)
guard(ApiToken, read=_READ, write=_WRITE)
guard(Throttle)

_PERSON = (
    Person.id, Person.organisation_id, Person.role, Person.login, Person.display_name,
    Person.password_hash.is_not(None).label("has_joined"), Person.totp_sealed.is_not(None).label("has_second_factor"),
    Person.is_active, Person.created_at, Person.version,
)  # fmt: skip
_TOKEN = (
    ApiToken.id, ApiToken.reference, ApiToken.prefix, ApiToken.label, ApiToken.scopes, ApiToken.created_at,
    ApiToken.expires_at, ApiToken.revoked_at, ApiToken.last_used_on,
)  # fmt: skip


def people(
    session: Session, *, ids: Collection[UUID] | None = None, after: UUID | None = None, limit: int | None = None
) -> list[PersonRead]:
    """Return the people whom the session may see, in the order in which they were invited."""
    query = select(*_PERSON).order_by(Person.id)
    if ids is not None:
        query = query.where(Person.id.in_(ids))
    if after is not None:
        query = query.where(Person.id > after)
    if limit is not None:
        query = query.limit(limit)
    return [_person(*row) for row in session.execute(query)]


def person_by_login(session: Session, login: str) -> PersonRead | None:
    """Return who signs in with ``login``."""
    row = session.execute(select(*_PERSON).where(Person.login == login)).one_or_none()
    return _person(*row) if row else None


def has_supervisor(session: Session, organisation: UUID | None) -> bool:
    """Say whether a CSO has a supervisor who joined and was not sent away."""
    query = select(Person.id).where(
        Person.organisation_id == organisation,
        Person.role == Role.CSO_SUPERVISOR.value,
        Person.is_active,
        Person.password_hash.is_not(None),
    )
    return organisation is not None and session.scalar(query.limit(1)) is not None


def anybody(session: Session) -> bool:
    """Say whether anybody was ever invited."""
    return session.scalar(select(Person.id).limit(1)) is not None


def credentials(session: Session, *, login: str | None = None, person: UUID | None = None) -> Credentials | None:
    """Return what a person shows to come in, by login or by id."""
    query = select(Person.id, Person.login, Person.is_active, Person.password_hash, Person.totp_sealed)
    query = query.where(Person.login == login) if person is None else query.where(Person.id == person)
    row = session.execute(query).one_or_none()
    return Credentials(*row) if row else None


def throttles(session: Session, keys: Collection[bytes]) -> dict[bytes, ThrottleRead]:
    """Return the failures that stand under ``keys``."""
    query = select(Throttle.key, Throttle.failures, Throttle.last_failed_at, Throttle.until, Throttle.came_in_at).where(
        Throttle.key.in_(keys)
    )
    return {row.key: ThrottleRead(*row[1:]) for row in session.execute(query)}


def visit(session: Session, token_hash: bytes) -> Visit | None:
    """Return the session of a cookie that has not been ended, of a person who is active. Its time may be up."""
    query = (
        select(
            WebSession.id, WebSession.csrf_token, WebSession.created_at.label("since"), WebSession.last_seen_at,
            WebSession.second_factor_at, *_PERSON,
        )
        .join(Person, Person.id == WebSession.person_id)
        .where(WebSession.token_hash == token_hash, WebSession.ended_at.is_(None), Person.is_active)
    )  # fmt: skip
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    id_, csrf_token, since, seen, second_factor_at, *person = row
    return Visit(id_, _person(*person), csrf_token, since, seen, second_factor_at)


def token_holder(session: Session, token_hash: bytes, now: datetime) -> tuple[TokenRead, PersonRead] | None:
    """Return a token that works now, and whose it is."""
    query = (
        select(*_TOKEN, *_PERSON)
        .join(Person, Person.id == ApiToken.person_id)
        .where(
            ApiToken.token_hash == token_hash, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now,
            Person.is_active,
        )
    )  # fmt: skip
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    return _token(*row[: len(_TOKEN)]), _person(*row[len(_TOKEN) :])


def tokens_of(session: Session, person: UUID) -> list[TokenRead]:
    """Return the tokens of a person that were not revoked, in order of their random references."""
    query = (
        select(*_TOKEN)
        .where(ApiToken.person_id == person, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.reference)
    )  # fmt: skip
    return [_token(*row) for row in session.execute(query)]


def invited(session: Session, code_hash: bytes, now: datetime) -> tuple[UUID, PersonRead] | None:
    """Return the invitation of a code that can be used, and who was invited."""
    return _by_code(session, Invitation, code_hash, now)


def recovering(session: Session, code_hash: bytes, now: datetime) -> tuple[UUID, PersonRead] | None:
    """Return the recovery of a code that can be used, and whose it is."""
    return _by_code(session, Recovery, code_hash, now)


def _by_code(
    session: Session, model: type[Invitation | Recovery], code_hash: bytes, now: datetime
) -> tuple[UUID, PersonRead] | None:
    query = (
        select(model.id.label("code_id"), *_PERSON)
        .join(Person, Person.id == model.person_id)
        .where(model.code_hash == code_hash, model.used_at.is_(None), model.expires_at > now, Person.is_active)
    )
    row = session.execute(query).one_or_none()
    return (row[0], _person(*row[1:])) if row else None


def open_recoveries(session: Session, now: datetime) -> dict[UUID, RecoveryRead]:
    """Return the recoveries that wait for a second person, by whom they are for."""
    query = (
        select(Recovery.person_id, Recovery.id, Recovery.requested_by, Recovery.expires_at)
        .where(Recovery.confirmed_by.is_(None), Recovery.expires_at > now)
        .order_by(Recovery.id)
    )
    return {row.person_id: RecoveryRead(*row[1:]) for row in session.execute(query)}


def _person(*row: Any) -> PersonRead:
    id_, organisation, role, *rest = row
    return PersonRead(id_, organisation, Role(role), *rest)


def _token(*row: Any) -> TokenRead:
    id_, reference, prefix, label, scopes, *rest = row
    # A permission that the house no longer knows is none.
    known = frozenset(Permission(scope) for scope in scopes.split() if scope in frozenset(Permission))
    return TokenRead(id_, reference, prefix, label, known, *rest)
