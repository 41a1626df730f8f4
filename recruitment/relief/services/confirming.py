"""What workers say of what was delivered. Only this brings a case to ``confirmed``, and anything less takes it back.

It is heard through a channel that neither employer nor agency holds. Nothing of it shows to either.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.cases.errors import CaseOpenAlready
from recruitment.cases.rules import CaseKind
from recruitment.cases.services import NewCase, raise_case
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id, new_reference
from recruitment.database import outbox
from recruitment.database.bulk import insert_many
from recruitment.fees.rules import Confirmation as Said
from recruitment.fees.rules import Repayment, RepaymentPayer, is_independent
from recruitment.fees.services import follow_ups
from recruitment.fund.rules.machine import PaymentState
from recruitment.fund.services import confirming as fund
from recruitment.jobseekers import queries as jobseekers
from recruitment.journeys import queries as journeys_queries
from recruitment.ledger import queries as ledger
from recruitment.ledger.service import post, reverse
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.relief import posting_rules, queries
from recruitment.relief.errors import (
    ConfirmationWrong,
    DayWrong,
    OrganisationNotKnown,
    PaidItThemselves,
    ThingUnknown,
)
from recruitment.relief.models import Confirmation
from recruitment.relief.rules.kinds import Answer, AskedForPart, MoveReason
from recruitment.relief.rules.machine import CASE, CaseEvent, CaseState
from recruitment.relief.services import advancing, moves

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.fees.rules import StatementChannel
    from recruitment.organisations.rules import OrganisationRead
    from recruitment.relief.queries import CaseRead, Thing

CONFIRMED = "relief.confirmed"
"""News that a worker said something of what was delivered. The house makes the rest of it right."""

_COLUMNS = (
    "id", "reference", "case_id", "payment_id", "outside_payment_id", "signature_id", "answer", "received_minor",
    "asked_for_part", "channel", "witnessed", "is_independent", "is_full", "stated_on", "heard_by", "recorded_by",
    "recorded_at",
)  # fmt: skip
_HEARERS = (OrganisationKind.CSO, OrganisationKind.FUND_OPERATOR)


@dataclass(frozen=True, slots=True)
class NewConfirmation:
    """What the worker says of one thing: a payment, an outside payment, or the agreement that a creditor signed.

    ``received_minor``: with ``less``, what came, or was kept. ``heard_by``: the organisation that heard it, by code; the
    actor's own where none is given. ``witnessed``: somebody of the business was there.
    """

    thing: str
    answer: Answer
    asked_for_part: AskedForPart
    channel: StatementChannel
    stated_on: date
    heard_by: str | None = None
    witnessed: bool = False
    received_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The reference of what was recorded, and whether it counts: words that were not free are kept, and asked for anew."""

    reference: str
    counts: bool


def confirm(session: Session, actor: Actor, case: str, new: NewConfirmation) -> Confirmed:
    """Record what the worker of a case says of one thing that was delivered.

    What came is recorded as repaid, so that comparisons, releases and certificates know it. Anything but ``all`` and
    ``no`` reopens the case, opens a case of retaliation unless one is open, and is owed again; nobody outside is told.
    Who may: whoever may confirm payments, of people whom they see, and through whose hands it did not go (``hands_of``). Raises ``CaseUnknown``, ``ThingUnknown``, ``ConfirmationWrong``, ``DayWrong``,
    ``OrganisationNotKnown``, ``PaidItThemselves``, ``MovedMeanwhile``.
    """
    actor.require(Permission.CONFIRM_PAYMENTS)
    found = moves.known(session, case)
    thing = _thing(session, found, new.thing)
    if actor.id in queries.hands_of(session, thing):
        raise PaidItThemselves(
            "Who recorded, prepared, approved or released this, or recorded the worker's account, does not record that it "
            "arrived. Let somebody else ask; or let somebody else call the worker back about the account first."
        )
    received = _received(thing, new)
    cso = jobseekers.by_id(session, [found.jobseeker_id])[found.jobseeker_id].cso_id
    hearer = _hearer(session, actor, new.heard_by, {actor.organisation_id, cso, found.operator_id})
    if not thing.on <= new.stated_on <= clock.today():
        raise DayWrong(f"The worker speaks after {thing.on}, when it was delivered, and not in the future.")
    counts = is_independent(new.channel, witnessed=new.witnessed)
    is_full = counts and new.answer is Answer.ALL and new.asked_for_part is AskedForPart.NO
    made, reference = new_id(), new_reference("CO")
    of = [thing.id if thing.kind == kind else None for kind in ("payment", "outside", "signature")]
    row = (
        made, reference, found.id, *of, new.answer.value, received, new.asked_for_part.value, new.channel.value,
        new.witnessed, counts, is_full, new.stated_on, hearer.id, actor.id, clock.now(),
    )  # fmt: skip
    insert_many(session, Confirmation.__table__, _COLUMNS, [row])
    if counts:
        _record_as_repaid(session, actor, found, thing, new, hearer, received)
        _post(session, actor, found, thing, made, new.stated_on, received)
        _tell_the_fund(session, actor, thing, made, new, is_full=is_full)
        if is_full:
            advancing.advance(session, actor, [found])
        else:
            _reopen(session, actor, found, new)
        outbox.emit(session, CONFIRMED, relief_case=found.id)
    moves.told(session, actor, "confirmation_recorded", found, kind=thing.kind, counts=counts)
    return Confirmed(reference, counts)


def _thing(session: Session, case: CaseRead, reference: str) -> Thing:
    things = queries.things_of(session, queries.agreements_of_cases(session, [case.id])).get(case.id, [])
    found = next((each for each in things if each.reference == reference), None)
    if found is None:
        raise ThingUnknown(
            f"Of the case {case.reference} nothing called {reference} was delivered: name a payment that the bank has "
            "carried out, a payment from outside, or an agreement that the creditor signed."
        )
    return found


def _received(thing: Thing, new: NewConfirmation) -> int:
    """Return what counts as received, in minor units. Raises ``ConfirmationWrong``."""
    if new.answer is Answer.LESS:
        if new.received_minor is None or not 0 < new.received_minor < thing.amount_minor:
            raise ConfirmationWrong(
                "With less, say how much came: more than nothing, and less than was sent.",
                received="missing, or not less",
            )
        return new.received_minor
    if new.received_minor is not None:
        raise ConfirmationWrong("How much came is said with less alone.", received="not asked")
    return thing.amount_minor if new.answer is Answer.ALL else 0


def _hearer(session: Session, actor: Actor, code: str | None, allowed: set[UUID | None]) -> OrganisationRead:
    """Return who heard the worker: the actor's own organisation, or else the person's CSO or the fund's operator."""
    own = actor.organisation_id
    if code is None and own is not None:
        found = organisations.by_id(session, [own]).get(own)
    else:
        found = organisations.by_code(session, [code or ""], *_HEARERS).get(code or "")
    if found is None or found.id not in allowed or (actor.scope.is_limited and found.id != own):
        raise OrganisationNotKnown(
            "Name who heard the worker: the CSO that registered them, or the fund operator of the case.",
            heard_by=code or "blank",
        )
    return found


def _record_as_repaid(
    session: Session, actor: Actor, case: CaseRead, thing: Thing, new: NewConfirmation, hearer: OrganisationRead,
    received: int,
) -> None:  # fmt: skip
    """Record money in hand as a repayment of the journey. Money without conditions is none, and nor is a debt let go."""
    if not thing.agreement.counts:
        return
    cso = jobseekers.by_id(session, [case.jobseeker_id])[case.jobseeker_id].cso_id
    # One sender for all words about a person's money, so that a later one replaces the earlier.
    sender = organisations.by_id(session, [cso])[cso] if cso else hearer
    repayment = Repayment(
        reference=thing.reference,
        journey=journeys_queries.by_id(session, [case.journey_id])[case.journey_id],
        fee_item=None,
        paid_by=RepaymentPayer(thing.agreement.payer),
        amount_minor=thing.amount_minor,
        currency=thing.currency,
        paid_on=thing.on,
        confirmed=Said(new.answer.value),
        confirmed_minor=received if new.answer is Answer.LESS else None,
        confirmed_on=new.stated_on,
        channel=new.channel,
        witnessed=new.witnessed,
    )
    follow_ups.record_repayments(session, actor, sender, [repayment])
    outbox.emit(session, "facts.changed", journey=case.journey_id)


def _post(
    session: Session, actor: Actor, case: CaseRead, thing: Thing, made: UUID, stated_on: date, received: int
) -> None:
    if not thing.agreement.counts:
        return
    if thing.confirmation_id is not None:
        before = ledger.entries_among(session, {case.book_id}, {thing.confirmation_id})
        reverse(session, actor, before, "asked anew")
    draft = posting_rules.received(made, case.book_id, thing.agreement.payer, thing.currency, received, stated_on)
    post(session, actor, [draft] if draft else [])


def _tell_the_fund(
    session: Session, actor: Actor, thing: Thing, made: UUID, new: NewConfirmation, *, is_full: bool
) -> None:
    if thing.kind != "payment":
        return
    paid = next(each for each in thing.agreement.instalments if each.payment_id == thing.id)
    after = PaymentState.CONFIRMED if is_full else PaymentState.CONTESTED
    if paid.payment_state is not after:
        reason = None if is_full else _reason(new).value
        fund.confirm(session, actor, thing.reference, fund.Word(is_full, new.stated_on, made, reason))


def _reason(new: NewConfirmation) -> MoveReason:
    return MoveReason.LESS_RECEIVED if new.answer is not Answer.ALL else MoveReason.PART_ASKED_FOR


def _reopen(session: Session, actor: Actor, case: CaseRead, new: NewConfirmation) -> None:
    """Take a case back, and let somebody look at whether the worker is pressed. One that is open already is left alone."""
    running = queries.running_of(session, [case.journey_id]).get(case.journey_id, case)
    if case.state is not CaseState.WITHDRAWN and CASE.allows(case.state, CaseEvent.REOPEN) and running.id == case.id:
        moves.move(session, actor, case, CaseEvent.REOPEN, _reason(new))
    with suppress(CaseOpenAlready):
        raise_case(session, actor, NewCase(CaseKind.RETALIATION, [case.journey], clock.now()))
