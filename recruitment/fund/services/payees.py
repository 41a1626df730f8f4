"""Recording where somebody is paid, and calling them back when that changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.banking.instructions import Method, account_problem, institution_problem, name_problem
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id, new_reference
from recruitment.core.text import tidy
from recruitment.database.bulk import insert_many
from recruitment.fund import queries
from recruitment.fund.errors import AlreadyCalled, NotByThisPerson, PayeeUnknown, PayeeWrong, PersonNotKnown
from recruitment.fund.models import Payee, PayeeCallBack
from recruitment.fund.rules.payees import solid
from recruitment.fund.services import knowing
from recruitment.jobseekers import queries as jobseekers

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.database.vault import Vault
    from recruitment.fund.rules.kinds import CallBack
    from recruitment.fund.rules.reads import PayeeRead

_COLUMNS = (
    "id", "reference", "jobseeker_id", "organisation_id", "party_id", "version", "method", "institution",
    "holder_sealed", "account_sealed", "account_hash", "recorded_by", "recorded_at",
)  # fmt: skip
_CALL_COLUMNS = ("payee_id", "recorded_by", "called_by", "outcome", "recorded_at")
_HASH = "fund_account"


@dataclass(frozen=True, slots=True)
class NewPayee:
    """Where a person (by reference) or an organisation (by code) is paid. Cash has no account.

    ``account`` and ``institution`` are written as ``banking/instructions.py`` says.
    """

    method: Method
    holder: str
    account: str | None = None
    institution: str | None = None
    jobseeker: str | None = None
    organisation: str | None = None


def record_payee(session: Session, actor: Actor, new: NewPayee) -> PayeeRead:
    """Record an account; from now on it is the one that counts. A changed one waits, see ``rules/payees.py``.

    Who may: whoever may record payees, of people whom they see; of organisations only who sees everything. Raises
    ``PayeeWrong``, ``PersonNotKnown``, ``OrganisationNotKnown``.
    """
    actor.require(Permission.RECORD_PAYEES)
    holder = tidy(new.holder)
    _check(new, holder)
    jobseeker, organisation = _party(session, actor, new)
    party = jobseeker or organisation
    assert party is not None
    before = queries.newest_of(session, [party]).get(party)
    payee_id, reference = new_id(), new_reference("PA")
    vault: Vault = session.info["vault"]
    hashed = vault.keyed_hash(_HASH, solid(new.institution, new.account)) if new.account else None
    version = before.version + 1 if before else 1
    row = (
        payee_id, reference, jobseeker, organisation, party, version, new.method.value, new.institution,
        *_sealed(session, jobseeker, payee_id, (holder, new.account)), hashed, actor.id, clock.now(),
    )  # fmt: skip
    insert_many(session, Payee.__table__, _COLUMNS, [row])
    audit.record(session, actor, "fund.payee_recorded", ("payee", payee_id), method=new.method.value, version=version)
    return _known(session, reference)


def record_call_back(session: Session, actor: Actor, payee: str, outcome: CallBack) -> None:
    """Record what the payee said when they were called about their newest account.

    Who may: whoever may record payees, but not who recorded this one. Raises ``PayeeUnknown``, ``PayeeWrong``,
    ``NotByThisPerson``, ``AlreadyCalled``.
    """
    actor.require(Permission.RECORD_PAYEES)
    found = queries.known(session, payee)
    if found is None:
        raise PayeeUnknown("There is no such account, or it is not one of yours.")
    if found.recorded_by == actor.id:
        raise NotByThisPerson("Whoever recorded an account does not make the call about it. Ask somebody else to.")
    if found.call_back is not None:
        raise AlreadyCalled(f"The payee was called about this account before, and it was {found.call_back.value}.")
    if queries.newest_of(session, [found.party_id])[found.party_id].id != found.id:
        raise PayeeWrong("There is a newer account of this payee. Call about that one.", payee="not the newest")
    row = (found.id, found.recorded_by, actor.id, outcome.value, clock.now())
    insert_many(session, PayeeCallBack.__table__, _CALL_COLUMNS, [row])
    audit.record(session, actor, "fund.payee_called_back", ("payee", found.id), outcome=outcome.value)


def _check(new: NewPayee, holder: str) -> None:
    if (new.jobseeker is None) == (new.organisation is None):
        raise PayeeWrong("An account is of a person or of an organisation. Name one of both.", payee="not one")
    if problem := name_problem(holder):
        raise PayeeWrong(problem, holder="wrong")
    if new.method is Method.CASH:
        if new.account is not None or new.institution is not None:
            raise PayeeWrong("Cash has no account. Leave account and institution out.", account="not for cash")
        return
    if problem := account_problem(new.account or ""):
        raise PayeeWrong(problem, account="wrong")
    if problem := institution_problem(new.institution or ""):
        raise PayeeWrong(problem, institution="wrong")


def _party(session: Session, actor: Actor, new: NewPayee) -> tuple[UUID | None, UUID | None]:
    if new.jobseeker is not None:
        found = jobseekers.ids_by_reference(session, [new.jobseeker]).get(new.jobseeker)
        if found is None:
            raise PersonNotKnown("There is no such person, or it is not one of yours.")
        return found, None
    if actor.scope.is_limited:
        raise PersonNotKnown("You record accounts of people only.")
    return None, knowing.organisation_of(session, new.organisation or "").id


def _sealed(
    session: Session, jobseeker: UUID | None, payee_id: UUID, texts: tuple[str, str | None]
) -> tuple[bytes | None, bytes | None]:
    """Return holder and account sealed: under the person's own key, or under the key of the house."""
    holder, account = texts
    if jobseeker is None:
        vault: Vault = session.info["vault"]
        kept = vault.seal_secret(queries.ACCOUNT, payee_id, account) if account else None
        return vault.seal_secret(queries.HOLDER, payee_id, holder), kept
    key = jobseekers.key_of(session, jobseeker)
    if key is None:
        raise PersonNotKnown("There is no such person, or it is not one of yours.")
    return key.seal(holder, queries.HOLDER, payee_id), key.seal(account, queries.ACCOUNT, payee_id)


def _known(session: Session, reference: str) -> PayeeRead:
    found = queries.payee(session, reference, clock.now())
    assert found is not None
    return found
