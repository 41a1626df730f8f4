"""Tokens for programmes: they act for one person, with no more than this person may, for a year at most."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import update

from recruitment.access import queries
from recruitment.access.errors import PersonInactive, SecondFactorFirst, TokenInvalid, TokenUnknown
from recruitment.access.models import ApiToken
from recruitment.access.rules.people import actor_of, with_scopes
from recruitment.access.services.accounts import me
from recruitment.access.services.codes import hash_of, new_secret
from recruitment.audit.service import record
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Permission
from recruitment.core.errors import NotPermitted
from recruitment.core.ids import new_id, new_reference
from recruitment.core.text import tidy
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

    from recruitment.access.rules.credentials import TokenRead
    from recruitment.access.rules.people import PersonRead
    from recruitment.core.actor import Actor

START = "fm_"
LENGTH = len(START) + 43
DAYS_MAX = 365
PER_PERSON_MAX = 50

_COLUMNS = (
    "id", "reference", "person_id", "token_hash", "prefix", "label", "scopes", "created_at", "expires_at",
    "revoked_at", "last_used_on",
)  # fmt: skip


def make_token(
    session: Session,
    actor: Actor,
    *,
    label: str,
    scopes: Collection[Permission],
    days: int,
    by: TokenRead | None = None,
) -> tuple[TokenRead, str]:
    """Make a token for the actor; return it, and its text, which is shown this once. ``days``: 1 to 365.

    ``by``: the token that asks for it; the new one ends with it at the latest, so that a stolen one does not renew itself.
    Who may: everybody who signed in, with a second factor where the role wants one. ``scopes`` are some of the actor's own
    permissions. Raises ``TokenInvalid``, ``SecondFactorFirst``.
    """
    latest = by.expires_at if by else None
    return _make(session, actor, me(session, actor), label, scopes, days, actor.permissions, latest)


def make_token_for(
    session: Session, actor: Actor, person: PersonRead, *, label: str, days: int
) -> tuple[TokenRead, str]:
    """Make a token with all rights of somebody else. Who may: the command line alone, for machines and the demo."""
    if actor != LOCAL_OPERATOR:
        raise NotPermitted("Only the command line makes a token for somebody else. Let them make their own.")
    allowed = actor_of(person).permissions
    return _make(session, actor, person, label, allowed, days, allowed)


def revoke_token(session: Session, actor: Actor, reference: str) -> None:
    """Revoke a token of the actor; it opens nothing from now on. Raises ``TokenUnknown``."""
    found = {token.reference: token for token in tokens(session, actor)}.get(reference)
    if found is None:
        raise TokenUnknown("There is no such token of yours.")
    change(session, update(ApiToken).where(ApiToken.id == found.id).values(revoked_at=clock.now()))
    record(session, actor, "access.token_revoked", ("token", found.reference))


def tokens(session: Session, actor: Actor) -> list[TokenRead]:
    """Return the actor's own tokens that were not revoked."""
    return queries.tokens_of(session, me(session, actor).id)


def find(session: Session, text: str) -> tuple[TokenRead, Actor] | None:
    """Return a token that works, and who acts by it; None when it does not."""
    if not text.startswith(START) or len(text) != LENGTH:
        return None
    found = queries.token_holder(session, hash_of(text), clock.now())
    if found is None or found[1].must_enrol:
        return None
    token, person = found
    return token, with_scopes(actor_of(person), token.scopes)


def note_use(session: Session, token: TokenRead) -> None:
    """Write down the day on which a token was used last: no hour, which would tell when somebody works."""
    change(session, update(ApiToken).where(ApiToken.id == token.id).values(last_used_on=clock.now().date()))


def is_to_be_noted(token: TokenRead) -> bool:
    """Say whether the token was not used yet on this day."""
    return token.last_used_on != clock.now().date()


def _make(
    session: Session,
    actor: Actor,
    person: PersonRead,
    label: str,
    scopes: Collection[Permission],
    days: int,
    allowed: frozenset[Permission],
    latest: datetime | None = None,
) -> tuple[TokenRead, str]:
    if person.state != "active":
        raise PersonInactive(
            f"{person.display_name} has not joined, or the access was ended: there is nobody to act for."
        )
    if person.must_enrol:
        raise SecondFactorFirst(
            "Your role wants a second factor. Set it up on the page of your account, then make tokens."
        )
    wanted, name = frozenset(scopes), tidy(label)
    if not wanted or not wanted <= allowed:
        raise TokenInvalid("A token may do some of what you may do. Choose among your permissions.", scopes="not yours")
    if not 1 <= days <= DAYS_MAX:
        raise TokenInvalid(f"A token lives for 1 to {DAYS_MAX} days.", days="too few or too many")
    if not 1 <= len(name) <= 80 or not name.isprintable():
        raise TokenInvalid("The label of a token has 1 to 80 visible characters.", label="empty or too long")
    if len(queries.tokens_of(session, person.id)) >= PER_PERSON_MAX:
        raise TokenInvalid(
            f"There are {PER_PERSON_MAX} tokens already. Revoke some that nobody uses.", label="too many"
        )
    text, now = START + new_secret(), clock.now()
    expires_at = now + timedelta(days=days)
    row = (
        new_id(), new_reference("TK"), person.id, hash_of(text), text[:8], name, " ".join(sorted(wanted)), now,
        min(expires_at, latest) if latest else expires_at, None, None,
    )  # fmt: skip
    insert_many(session, ApiToken.__table__, _COLUMNS, [row])
    record(session, actor, "access.token_made", ("token", row[1]), scopes=len(wanted), days=days)
    return next(token for token in queries.tokens_of(session, person.id) if token.id == row[0]), text
