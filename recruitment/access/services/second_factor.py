"""The second factor: a code of six digits from an app (TOTP, RFC 6238), half a minute each, taken once.

A code of the step before and of the step after is taken too, for clocks that are a little off.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING

import pyotp
from sqlalchemy import or_, update

from recruitment.access import queries
from recruitment.access.errors import CodeWrong, PersonUnknown
from recruitment.access.models import Person
from recruitment.access.rules.people import actor_of
from recruitment.audit.service import record
from recruitment.core import clock
from recruitment.database.changing import change
from recruitment.database.vault import KeyFileWrong, SealBroken, Vault

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.access.rules.people import PersonRead
    from recruitment.access.rules.visits import Visit

ISSUER = "First Mile"
STEP_SECONDS = 30

_KEPT, _OFFERED = "people.totp", "people.totp_offered"


def offer(session: Session, person: UUID) -> tuple[str, str]:
    """Return a new secret for an app, and the same sealed, to come back in the form that confirms it. Nothing is kept."""
    secret = pyotp.random_base32()
    vault: Vault = session.info["vault"]
    return secret, base64.urlsafe_b64encode(vault.seal_secret(_OFFERED, person, secret)).decode()


def opened_offer(session: Session, person: UUID, sealed: str) -> str:
    """Return the secret of an offer that came back. Raises ``CodeWrong`` when it is none of ours for this person."""
    vault: Vault = session.info["vault"]
    try:
        return vault.open_secret(_OFFERED, person, base64.urlsafe_b64decode(sealed.encode()))
    except (KeyFileWrong, SealBroken, binascii.Error, ValueError):  # whatever a browser may send
        raise CodeWrong("This form is not yours any more. Open the page again, and scan its picture.") from None


def address_of(secret: str, login: str) -> str:
    """Return what the picture for the app says."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def enrol(session: Session, person: PersonRead, secret: str, code: str) -> None:
    """Make ``secret`` the second factor of a person whose app shows ``code``. Who may: the person.

    Raises ``CodeWrong`` when the app shows something else.
    """
    step = _step_of(secret, code)
    if step is None:
        raise CodeWrong("The code does not fit the picture. Scan it again, and type the code that the app shows now.")
    _keep(session, person, secret, step)
    record(session, actor_of(person), "access.second_factor_made", ("person", person.id))


def _keep(session: Session, person: PersonRead, secret: str, last_step: int | None) -> None:
    vault: Vault = session.info["vault"]
    change(
        session,
        update(Person)
        .where(Person.id == person.id)
        .values(
            totp_sealed=vault.seal_secret(_KEPT, person.id, secret),
            totp_last_step=last_step,
            version=Person.version + 1,
        ),
    )


def use(session: Session, person: UUID, code: str) -> bool:
    """Say whether ``code`` is the one of now, and use it up. Who may: whoever gave the password just before."""
    vault: Vault = session.info["vault"]
    found = queries.credentials(session, person=person)
    if found is None or found.totp_sealed is None or not found.is_active:
        return False
    step = _step_of(vault.open_secret(_KEPT, person, found.totp_sealed), code)
    if step is None:
        return False
    done = change(
        session,
        update(Person)
        .where(Person.id == person, or_(Person.totp_last_step.is_(None), Person.totp_last_step < step))
        .values(totp_last_step=step),
    )
    return done == 1


def pass_code(session: Session, visit: Visit, code: str) -> bool:
    """Say whether ``code`` completes a stay that the password began, and record which it was."""
    is_right = use(session, visit.person.id, code)
    action = "access.second_factor_given" if is_right else "access.second_factor_refused"
    record(session, actor_of(visit.person), action, ("person", visit.person.id))
    return is_right


def enrol_at_the_machine(session: Session, person: PersonRead) -> str:
    """Give a person of the demo a second factor, and return its secret. The caller answers for it being a demo."""
    secret = pyotp.random_base32()
    _keep(session, person, secret, None)
    record(session, actor_of(person), "access.second_factor_made", ("person", person.id), at_the_machine=True)
    return secret


def code_now(session: Session, login: str) -> str:
    """Return the code of now of somebody of the demo. The caller answers for it being a demo."""
    vault: Vault = session.info["vault"]
    found = queries.credentials(session, login=login)
    if found is None or found.totp_sealed is None:
        raise PersonUnknown(f"{login} has no second factor.")
    secret = vault.open_secret(_KEPT, found.person_id, found.totp_sealed)
    return pyotp.TOTP(secret).at(clock.now())


def _step_of(secret: str, code: str) -> int | None:
    """Return the step of time of which ``code`` is; None when it is not of about now."""
    given = "".join(code.split())
    now = int(clock.now().timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    found = None
    for step in (now - 1, now, now + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), given.encode()):
            found = step
    return found
