"""What the workers say of what was done, and the only way to close a case (safeguard E)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.cases import queries, rules
from recruitment.cases.errors import (
    AskedTooEarly,
    NobodyToAsk,
    NotByThisActor,
    NotFromHere,
    NotInTheRound,
    NotValidated,
)
from recruitment.cases.models import ValidationAnswer, ValidationMember, ValidationRound
from recruitment.cases.rules import ReopenReason, State
from recruitment.cases.services import events
from recruitment.cases.services.events import Event
from recruitment.core import clock
from recruitment.core.actor import Permission, Role
from recruitment.core.errors import InvariantViolated
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from recruitment.cases.rules import CaseRead, EventRead, RoundRead
    from recruitment.core.actor import Actor
    from recruitment.fees.rules import StatementChannel

_ROUND_COLUMNS = (
    "id", "case_id", "action_number", "acted_on", "concerned", "sample_size", "seed", "started_at", "started_by",
)  # fmt: skip
_MEMBER_COLUMNS = ("round_id", "journey_id")
_ANSWER_COLUMNS = (
    "id", "round_id", "journey_id", "right_action", "well_done", "effective", "channel", "witnessed", "is_independent",
    "asked_on", "asked_by", "organisation_id", "recorded_at",
)  # fmt: skip
_SEED_BYTES = 16


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """What a worker says of the action, how and when the worker was asked. ``journey`` is its reference."""

    journey: str
    right_action: bool
    well_done: bool
    effective: bool
    channel: StatementChannel
    witnessed: bool
    asked_on: date


def start_round(session: Session, actor: Actor, reference: str, seen: int) -> None:
    """Begin to ask the workers concerned about the action that was recorded last: all of up to five, else a drawn sample.

    Their number, how many are asked and the seed of the draw are kept. Who may: whoever may work cases. Raises
    ``CaseUnknown``, ``MovedMeanwhile``, ``NotFromHere``, ``NobodyToAsk``.
    """
    actor.require(Permission.WORK_CASES)
    case = events.known(session, reference)
    people = queries.people_of(session, case.id)
    if case.state is State.ACTIONED and not people:
        raise NobodyToAsk(
            f"Everybody whom the case {reference} is about was erased. Nobody can say whether the action was right, so "
            "it stays open."
        )
    round_id, seed = new_id(), secrets.token_hex(_SEED_BYTES)
    members = rules.drawn(seed, [journey for journey, _ in people])
    if case.state is State.ACTIONED and case.number == seen:
        action = queries.events_of(session, case.id)[-1]
        row = (
            round_id, case.id, action.number, action.acted_on, len(people), len(members), seed, clock.now(), actor.id,
        )  # fmt: skip
        insert_many(session, ValidationRound.__table__, _ROUND_COLUMNS, [row])
        insert_many(session, ValidationMember.__table__, _MEMBER_COLUMNS, [(round_id, each) for each in members])
    events.append(session, actor, case, seen, Event(State.AWAITING_WORKER_VALIDATION, round_id=round_id))
    audit.record(
        session, actor, "cases.validation_started", ("case", case.id), concerned=len(people), asked=len(members)
    )


def record_answer(session: Session, actor: Actor, reference: str, new: NewAnswer) -> bool:
    """Record what a worker says; return whether it counts as free. One no reopens the case at once, however it was asked.

    It counts when the worker was asked alone, in a channel of their own, by somebody of a CSO or the fund who did not
    record the action. One that does not count is kept, and the worker is to be asked again. Who may: a person who may
    record validations, about a worker whom they see. Raises ``CaseUnknown``, ``NotFromHere``, ``NotInTheRound``,
    ``AskedTooEarly``, ``NotByThisActor``.
    """
    actor.require(Permission.RECORD_VALIDATIONS)
    if actor.organisation_id is None:
        raise NotByThisActor(
            "What a worker says is recorded by who asked, with an account of a CSO or the fund; not at the machine."
        )
    case = events.known(session, reference)
    asked, action = _round_at_hand(session, case)
    member = next((each for each in asked.members if each.journey == new.journey), None)
    if member is None:
        raise NotInTheRound(
            "This worker was not drawn for the round at hand. Ask those whom the case lists.",
            journey="not in this round",
        )
    if not asked.acted_on <= new.asked_on <= clock.today():
        raise AskedTooEarly(
            f"The action was on {asked.acted_on}: ask on that day or later, and not in the future.",
            asked_on="before the action, or in the future",
        )
    kind = queries.kind_of_organisation(session, actor.organisation_id)
    is_free = rules.counts_as_free(
        new.channel, witnessed=new.witnessed, asker=kind, acted_themselves=actor.id == action.actor_id
    )
    answer = rules.Answer(new.right_action, new.well_done, new.effective, is_free)
    row = (
        new_id(), asked.id, member.journey_id, *answer[:3], new.channel.value, new.witnessed, is_free, new.asked_on,
        actor.id, actor.organisation_id, clock.now(),
    )  # fmt: skip
    insert_many(session, ValidationAnswer.__table__, _ANSWER_COLUMNS, [row])
    if not answer.is_yes:
        event = Event(State.OPENED, reason=ReopenReason.VALIDATION_NEGATIVE, round_id=asked.id)
        events.append(session, actor, case, case.number, event)
    audit.record(session, actor, "cases.validated", ("case", case.id), free=is_free)
    return is_free


def _round_at_hand(session: Session, case: CaseRead) -> tuple[RoundRead, EventRead]:
    """Return the round that a case waits for, and the action that it is about."""
    if case.state is not State.AWAITING_WORKER_VALIDATION:
        raise NotFromHere(f"The case {case.reference} is {case.state.value}: its workers are not asked now.")
    asked = queries.rounds_of(session, case.id)[-1]
    action = next((e for e in queries.events_of(session, case.id) if e.number == asked.action_number), None)
    if action is None:
        raise InvariantViolated("A round of validation is about no action.")
    return asked, action


def close(session: Session, actor: Actor, reference: str, seen: int) -> None:
    """Close a case that its workers have validated.

    Each of the last round must have freely said yes to all three questions, and nothing that the comparison knows may
    still be due. Who may: a case worker. Nobody else, no administrator, not the house, not at the machine. Raises
    ``CaseUnknown``, ``NotByThisActor``, ``MovedMeanwhile``, ``NotFromHere``, ``NotValidated`` with every reason.
    """
    actor.require(Permission.WORK_CASES)
    if actor.role is not Role.CASE_WORKER:
        raise NotByThisActor("Only a case worker closes a case, by an account of their own.")
    case = events.known(session, reference)
    if case.state is State.AWAITING_WORKER_VALIDATION and case.reasons:
        told = "; ".join(reason.sentence for reason in case.reasons)
        raise NotValidated(f"The case {reference} stays open: {told}.")
    rounds = queries.rounds_of(session, case.id)
    event = Event(State.CLOSED, round_id=rounds[-1].id if rounds else None)
    events.append(session, actor, case, seen, event)
    audit.record(session, actor, "cases.closed", ("case", case.id))
