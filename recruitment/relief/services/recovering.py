"""What the fund has back from those who should have paid. The worker never waits for it, and no notice names anybody."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id, new_reference
from recruitment.database.bulk import insert_many
from recruitment.ledger.service import open_books, post
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.relief import posting_rules, queries
from recruitment.relief.errors import (
    AgreementUnknown,
    AlreadyClaimed,
    AlreadyRecovered,
    AlreadySuperseded,
    BatchTooSmall,
    DayWrong,
    NotClaimable,
    OperatorUnknown,
    OrganisationNotKnown,
    ReceiptNotRecovery,
)
from recruitment.relief.models import NoticedRecovery, Recovered, Recovery, RecoveryNotice
from recruitment.relief.rules.instruments import RULES
from recruitment.relief.rules.parameters import MIN_BATCH
from recruitment.relief.services import advancing

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.organisations.rules import OrganisationRead
    from recruitment.relief.queries import NoticeRead, RecoveredRead

BOOK_KIND = "recovery"
_COLUMNS = (
    "id", "reference", "agreement_id", "liable", "organisation_id", "book_id", "currency", "amount_minor", "claimed_on",
    "recorded_by", "recorded_at",
)  # fmt: skip
_NOTICE_COLUMNS = (
    "id", "reference", "operator_id", "organisation_id", "currency", "people", "amount_minor", "made_by", "recorded_at",
)  # fmt: skip
_NOTICED_COLUMNS = ("recovery_id", "notice_id")
_RECOVERED_COLUMNS = (
    "id", "organisation_id", "operator_id", "receipt_id", "currency", "amount_minor", "recorded_by", "recorded_at",
)  # fmt: skip


class Liable(StrEnum):
    """Who should have paid."""

    EMPLOYER = "employer"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True)
class NewClaim:
    """Of whom an advance is claimed back; ``organisation`` is its code."""

    liable: Liable
    organisation: str
    claimed_on: date


def claim(session: Session, actor: Actor, agreement: str, new: NewClaim) -> str:
    """Record that an advance which was paid is owed back by an employer or agency; return the reference.

    It is a receivable in the book of that organisation, and no party is told of it before a notice. Who may: case
    workers. Raises ``AgreementUnknown``, ``AlreadySuperseded``, ``NotClaimable``, ``AlreadyClaimed``,
    ``OrganisationNotKnown``, ``DayWrong``.
    """
    actor.require(Permission.WORK_RELIEF)
    found = queries.agreement(session, agreement)
    if found is None:
        raise AgreementUnknown(f"There is no agreement {agreement}.")
    if found.is_superseded:
        raise AlreadySuperseded(f"The agreement {agreement} was superseded by another. Name that one.")
    chain = [each for each in queries.agreements_of(session, found.case_id) if each.chain_id == found.chain_id]
    things = queries.things_of(session, {found.case_id: chain})[found.case_id]
    if not RULES[found.instrument].makes_receivable or not things or not advancing.is_delivered(chain, things):
        raise NotClaimable(f"{agreement} is no advance that was paid in full. Claim it back when it is.")
    if any(queries.is_claimed(session, each.id) for each in chain):
        raise AlreadyClaimed(f"The advance {agreement} was claimed back before.")
    if new.claimed_on > clock.today():
        raise DayWrong("The day of the claim lies in the future.")
    liable = _organisation(session, new.organisation, OrganisationKind(new.liable.value))
    book = queries.book_of(session, liable.id)
    if book is None:
        book = new_id()
        open_books(session, actor, [(book, BOOK_KIND)])
    made, reference, amount = new_id(), new_reference("RV"), sum(each.arrived_minor for each in things)
    row = (
        made, reference, found.id, new.liable.value, liable.id, book, found.currency, amount, new.claimed_on, actor.id,
        clock.now(),
    )  # fmt: skip
    insert_many(session, Recovery.__table__, _COLUMNS, [row])
    post(session, actor, [posting_rules.claimed(made, book, new.liable.value, found.currency, amount, new.claimed_on)])
    audit.record(session, actor, "relief.claimed", ("relief_recovery", made), liable=new.liable.value)
    return reference


def make_notice(session: Session, actor: Actor, operator: str, organisation: str, currency: str) -> NoticeRead:
    """Put every recovery of an organisation that stands in no notice into one: so much, for so many people, nobody named.

    Who may: case workers. Raises ``OperatorUnknown``, ``OrganisationNotKnown``, ``BatchTooSmall`` for fewer than five
    people.
    """
    actor.require(Permission.WORK_RELIEF)
    of = organisations.by_code(session, [operator], OrganisationKind.FUND_OPERATOR).get(operator)
    if of is None:
        raise OperatorUnknown(f"There is no fund operator {operator}.", operator=operator)
    to = _organisation(session, organisation, OrganisationKind.EMPLOYER, OrganisationKind.AGENCY)
    listed = queries.to_notice(session, of.id, to.id, currency)
    people = len({person for _, person, _ in listed})
    if people < MIN_BATCH:
        raise BatchTooSmall(f"A notice is about {MIN_BATCH} people or more: fewer could be guessed. Wait for others.")
    made, reference, at = new_id(), new_reference("RN"), clock.now()
    amount = sum(each for _, _, each in listed)
    row = (made, reference, of.id, to.id, currency, people, amount, actor.id, at)
    insert_many(session, RecoveryNotice.__table__, _NOTICE_COLUMNS, [row])
    insert_many(session, NoticedRecovery.__table__, _NOTICED_COLUMNS, [(each, made) for each, _, _ in listed])
    audit.record(session, actor, "relief.notice_made", ("relief_notice", made), people=people)
    return queries.NoticeRead(reference, operator, organisation, currency, people, amount, clock.today())


def record_recovered(session: Session, actor: Actor, organisation: str, receipt: str) -> RecoveredRead:
    """Record which organisation a receipt of recovered money came from. It is allotted to its recoveries, oldest first.

    Who may: case workers. Raises ``OrganisationNotKnown``, ``ReceiptNotRecovery``, ``AlreadyRecovered``.
    """
    actor.require(Permission.WORK_RELIEF)
    of = _organisation(session, organisation, OrganisationKind.EMPLOYER, OrganisationKind.AGENCY)
    found = queries.receipt_of(session, receipt)
    liable, book = queries.liable_as(session, of.id), queries.book_of(session, of.id)
    if (
        found is None
        or liable is None
        or book is None
        or found.recovered_from != liable
        or found.contributor_id not in {None, of.id}
    ):
        raise ReceiptNotRecovery(f"{receipt} is no receipt of money recovered from {organisation}.")
    if queries.is_counted(session, found.id):
        raise AlreadyRecovered(f"The receipt {receipt} was counted as recovered before.")
    made = new_id()
    row = (made, of.id, found.operator_id, found.id, found.currency, found.amount_minor, actor.id, clock.now())
    insert_many(session, Recovered.__table__, _RECOVERED_COLUMNS, [row])
    draft = posting_rules.recovered(made, book, liable, found.currency, found.amount_minor, found.received_on)
    post(session, actor, [draft])
    audit.record(session, actor, "relief.recovered", ("relief_recovered", made), liable=liable)
    return queries.RecoveredRead(organisation, receipt, found.currency, found.amount_minor)


def _organisation(session: Session, code: str, *kinds: OrganisationKind) -> OrganisationRead:
    found = organisations.by_code(session, [code], *kinds).get(code)
    if found is None:
        raise OrganisationNotKnown(f"There is no organisation {code} that could owe it.", organisation=code)
    return found
