"""Deciding what a worker bore for an item: one decides, a second one agrees above a limit, and the worker is asked.

Whoever decides, confirms or asks the worker says what basis they looked at, so that nobody decides over words that they
have not seen. Each act counts the journey up: it is compared again soon after.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recruitment.audit import service as audit
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id, new_reference
from recruitment.core.text import tidy
from recruitment.database import outbox
from recruitment.database.bulk import insert_many
from recruitment.fees.rules import is_independent
from recruitment.fees.services.facts import count_up
from recruitment.jobseekers import queries as jobseekers
from recruitment.journeys import queries as journeys
from recruitment.journeys.errors import JourneyUnknown
from recruitment.ledger.service import post, reverse
from recruitment.verification import queries
from recruitment.verification.errors import (
    AdjudicationUnknown,
    CurrencyOther,
    DayInvalid,
    EvidenceMissing,
    FeeItemUnknown,
    NotInForce,
    NotWaiting,
    OwnDecision,
    PersonErased,
    SecondPersonNeedsAccount,
    WordsCameIn,
)
from recruitment.verification.models import AdjudicationRow, ConfirmationRow, ValidationRow
from recruitment.verification.posting_rules import verified_cost
from recruitment.verification.rules import adjudication as rules
from recruitment.verification.rules.adjudication import (
    AdjudicationReason,
    Evidence,
    EvidenceKind,
    ItemToDecide,
    JourneyToDecide,
    SecondAnswer,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from recruitment.audit.rules import Purpose
    from recruitment.core.actor import Actor
    from recruitment.core.settings import Settings
    from recruitment.verification.queries import StaleJourney
    from recruitment.verification.rules import Convert, JourneyFacts
    from recruitment.verification.rules.adjudication import AdjudicationRead, NewAdjudication, NewValidation

_COLUMNS = (
    "id", "reference", "journey_id", "fee_item", "question_id", "version", "verified_minor", "currency", "reason",
    "evidence", "evidence_sealed", "note_sealed", "basis_digest", "stake_minor", "needs_second", "needs_worker",
    "supersedes_id", "decided_by", "recorded_at",
)  # fmt: skip
_CONFIRMATION_COLUMNS = ("adjudication_id", "decided_by", "confirmed_by", "answer", "recorded_at")
_VALIDATION_COLUMNS = (
    "id", "adjudication_id", "decided_by", "asked_by", "organisation_id", "answer", "channel", "witnessed",
    "is_independent", "asked_on", "recorded_at",
)  # fmt: skip
EMPTY_BASIS = rules.basis_text(rules.basis_of([]))
"""The basis of an item of which nobody has said anything."""

_UNKNOWN = "There is no such decision, or it is not one that you may know of."
_NEW_WORDS = "New words about {} came in since you looked. Read them, then decide on them."


@dataclass(frozen=True, slots=True)
class _Case:
    """A journey, with those that are one with it, and what is said about it now."""

    journey: StaleJourney
    facts: JourneyFacts
    convert: Convert

    @property
    def roots(self) -> dict[Any, Any]:
        return dict.fromkeys(self.journey.ids, self.journey.id)


def read_decisions(session: Session, actor: Actor, reference: str, *, purpose: Purpose) -> JourneyToDecide:
    """Return the items of a journey with both accounts, the basis of each, and every decision with its evidence.

    It opens what the worker said, so it is recorded, with its purpose: call it in a unit of work. Who may: whoever may
    read statements. Raises ``JourneyUnknown``.
    """
    actor.require(Permission.READ_STATEMENTS)
    case = _case(session, reference)
    audit.record(session, actor, "statements.read", ("journey", case.journey.id), purpose=purpose, kind="adjudications")
    decisions = queries.opened(session, queries.decisions_of(session, case.journey.ids))
    items = sorted(
        {row[0] for row in case.facts.declared}
        | {row[0] for row in case.facts.reported}
        | {each.fee_item for each in decisions}
    )
    items = [item for item in items if rules.is_an_item(item, items)]
    bases = queries.bases(session, case.roots, [(case.journey.id, item) for item in items])
    told = []
    for item in items:
        claims, basis = rules.claims_of(case.facts, item, case.convert), bases[case.journey.id, item]
        about = [(each, rules.state_of(each, basis, claims)) for each in decisions if each.fee_item == item]
        told.append(ItemToDecide(item, claims, rules.basis_text(basis), about))
    return JourneyToDecide(case.journey.reference, case.facts.currency, _limit(session, case), told)


def adjudicate(session: Session, actor: Actor, new: NewAdjudication) -> AdjudicationRead:
    """Decide how much the worker bore for an item of a journey, in place of the decision before, if there is one.

    At or below the limit of the settings it is in force at once: the entry of the decision before is reversed, and its own
    is posted. Above it, and where something cannot be counted, it waits for a second person. Who may: whoever may
    adjudicate. Raises ``JourneyUnknown``, ``FeeItemUnknown``, ``CurrencyOther``, ``AmountInvalid``, ``EvidenceMissing``,
    ``PersonErased``, and ``WordsCameIn`` when something was said about the item since it was looked at.
    """
    actor.require(Permission.ADJUDICATE)
    case = _case(session, new.journey, locked=True)
    if not rules.is_an_item(new.fee_item, queries.verdicts(session)):
        raise FeeItemUnknown(
            "An amount is decided for a fee item that is money. Take its code from the journey or the list of fee items.",
            fee_item="not a fee item",
        )
    if new.currency != case.facts.currency:
        raise CurrencyOther(
            f"This journey is compared in {case.facts.currency}. Give the amount in that currency.",
            currency="another one",
        )
    amount = rules.minor_of(new.amount, new.currency)
    evidence, note = _found_again(new), _tidied(new.note, rules.NOTE_MAX, "note")
    basis = _basis(session, case, new.fee_item)
    if new.basis != rules.basis_text(basis):
        raise WordsCameIn(_NEW_WORDS.format(new.fee_item))
    claims = rules.claims_of(case.facts, new.fee_item, case.convert)
    decision = _save(session, actor, case, new, amount, evidence, note, basis, claims)
    if not decision.needs_second:
        _come_into_force(session, actor, decision)
    audit.record(
        session, actor, "verification.adjudicated", ("adjudication", decision.id), reference=decision.reference,
        fee_item=decision.fee_item, reason=decision.reason, needs_second=decision.needs_second, version=decision.version,
    )  # fmt: skip
    outbox.emit(session, "facts.changed", journey=case.journey.id)
    return decision


def confirm(session: Session, actor: Actor, reference: str, answer: SecondAnswer, *, basis: str) -> AdjudicationRead:
    """Confirm or refuse, as a second person, a decision that waits for one. Confirmed, it comes into force.

    Who may: whoever may adjudicate, with an account of their own, and did not decide it. Raises ``AdjudicationUnknown``,
    ``SecondPersonNeedsAccount``, ``OwnDecision``, ``NotWaiting``, and ``WordsCameIn`` when something was said about the
    item since it was decided, or since the second person looked.
    """
    actor.require(Permission.ADJUDICATE)
    decision = _known(session, reference)
    if actor.role is None:
        raise SecondPersonNeedsAccount(
            "At the machine everybody is the same local operator, so a second person cannot be shown there. "
            "Let a case worker who did not decide this sign in and confirm it."
        )
    if actor.id == decision.decided_by:
        raise OwnDecision("You decided this yourself. Somebody else has to look at the same evidence and confirm it.")
    case = _case_of(session, decision)
    decision = _known(session, reference)
    if not decision.needs_second or decision.second is not None or not decision.is_last:
        raise NotWaiting(f"{reference} waits for nobody: it is settled, or a later decision took its place.")
    if answer is SecondAnswer.CONFIRMED:
        now = _basis(session, case, decision.fee_item)
        if now != decision.basis_digest:
            raise WordsCameIn(
                f"New words about {decision.fee_item} came in since this was decided. Decide it anew on all of them."
            )
        if basis != rules.basis_text(now):
            raise WordsCameIn(_NEW_WORDS.format(decision.fee_item))
    row = (decision.id, decision.decided_by, actor.id, answer.value, clock.now())
    insert_many(session, ConfirmationRow.__table__, _CONFIRMATION_COLUMNS, [row])
    if answer is SecondAnswer.CONFIRMED:
        _come_into_force(session, actor, decision)
    audit.record(
        session, actor, f"verification.{answer.value}", ("adjudication", decision.id), reference=reference,
        fee_item=decision.fee_item,
    )  # fmt: skip
    outbox.emit(session, "facts.changed", journey=case.journey.id)
    return _known(session, reference)


def validate(session: Session, actor: Actor, reference: str, new: NewValidation) -> AdjudicationRead:
    """Record what the worker says of a decision that is in force. The last answer that was given freely counts.

    An answer through a channel of the business, or while somebody of it was present, is kept and does not count. Who may:
    whoever may record validations and took no part in the decision. Raises ``AdjudicationUnknown``, ``OwnDecision``,
    ``NotInForce``, ``DayInvalid``.
    """
    actor.require(Permission.RECORD_VALIDATIONS)
    decision = _known(session, reference)
    if actor.id in {decision.decided_by, decision.second.by if decision.second else None}:
        raise OwnDecision(
            "You took part in this decision, so somebody else has to ask the worker: a fieldworker, a supervisor, or "
            "another case worker with an account of their own."
        )
    case = _case_of(session, decision)
    decision = _known(session, reference)
    if not decision.stands:
        raise NotInForce(f"{reference} is not in force: it waits, was refused, or another decision took its place.")
    if not decision.recorded_at.date() <= new.asked_on <= clock.today():
        raise DayInvalid(
            "The worker is asked about a decision after it was made, and not in the future. Check the day.",
            asked_on="before the decision, or to come",
        )
    free = is_independent(new.channel, witnessed=new.witnessed)
    row = (
        new_id(), decision.id, decision.decided_by, actor.id, actor.organisation_id, new.answer.value, new.channel.value,
        new.witnessed, free, new.asked_on, clock.now(),
    )  # fmt: skip
    insert_many(session, ValidationRow.__table__, _VALIDATION_COLUMNS, [row])
    audit.record(
        session, actor, "verification.validated", ("adjudication", decision.id), reference=reference,
        is_independent=free,
    )  # fmt: skip
    outbox.emit(session, "facts.changed", journey=case.journey.id)
    return _known(session, reference)


def _case(session: Session, reference: str, *, locked: bool = False) -> _Case:
    """Return a journey as it is now. ``locked``: it is counted up first, so that nobody else decides about it meanwhile."""
    journey = queries.journey_to_explain(session, reference)
    if journey is None:
        raise JourneyUnknown("There is no such journey, or it is not one that you may know of.")
    if locked:
        count_up(session, [journey.id])
    batch = queries.facts_of(session, [journey])
    journey, facts = batch.journeys[0]
    return _Case(journey, facts, batch.rates.converter(facts.currency))


def _case_of(session: Session, decision: AdjudicationRead) -> _Case:
    return _case(session, journeys.by_id(session, [decision.journey_id])[decision.journey_id].reference, locked=True)


def _known(session: Session, reference: str) -> AdjudicationRead:
    found = queries.decision(session, reference)
    if found is None:
        raise AdjudicationUnknown(_UNKNOWN)
    return found


def _basis(session: Session, case: _Case, fee_item: str) -> bytes:
    key = (case.journey.id, fee_item)
    return queries.bases(session, case.roots, [key])[key]


def _limit(session: Session, case: _Case) -> int:
    settings: Settings = session.info["settings"]
    return rules.limit_in(dict(settings.second_person_above), case.facts.currency)


def _found_again(new: NewAdjudication) -> list[Evidence]:
    """Return the evidence of a decision with tidy references. Raises ``EvidenceMissing``."""
    found = [Evidence(kind, _tidied(text, rules.TEXT_MAX, "evidence") or "") for kind, text in new.evidence]
    if not 0 < len(found) <= rules.EVIDENCE_MAX:
        raise EvidenceMissing(
            f"Name what the decision rests on, 1 to {rules.EVIDENCE_MAX} pieces. Where there can be none, say none_possible.",
            evidence="none, or too many",
        )
    if any(not each.reference and each.kind is not EvidenceKind.NONE_POSSIBLE for each in found):
        raise EvidenceMissing(
            "Say for each piece of evidence how it is found again: its number, its day, or where it is kept.",
            evidence="without a reference",
        )
    if len(found) > 1 and any(each.kind is EvidenceKind.NONE_POSSIBLE for each in found):
        raise EvidenceMissing(
            "There is evidence, or there can be none: choose one.", evidence="none_possible and others"
        )
    without_note = not (new.note or "").strip()
    if without_note and (new.reason is AdjudicationReason.OTHER or not found[0].reference):
        raise EvidenceMissing("Write a note: nothing else says why this was decided.", note="missing")
    return found


def _tidied(text: str | None, longest: int, name: str) -> str | None:
    found = tidy(text) if text else ""
    if len(found) > longest or not found.isprintable():
        raise EvidenceMissing(f"This has at most {longest} visible characters. Shorten it.", **{name: "too long"})
    return found or None


def _save(
    session: Session,
    actor: Actor,
    case: _Case,
    new: NewAdjudication,
    amount: int,
    evidence: Sequence[Evidence],
    note: str | None,
    basis: bytes,
    claims: rules.Claims,
) -> AdjudicationRead:
    journey = journeys.by_id(session, [case.journey.id])[case.journey.id]
    key = jobseekers.key_of(session, journey.jobseeker_id)
    if key is None:
        raise PersonErased("The person of this journey was erased, so nothing more is written about them.")
    own = rules.question_of(journey.id, new.fee_item)
    made = [each for each in queries.decisions_of(session, case.journey.ids) if each.fee_item == new.fee_item]
    # A listed journey may have been decided about before it was joined: its decision is then superseded, too.
    before = max(made, key=lambda each: (each.question_id == own, each.recorded_at, each.version), default=None)
    row_id, reference = new_id(), new_reference("AD")
    words = json.dumps([[each.kind.value, each.reference] for each in evidence], ensure_ascii=False)
    row = (
        row_id, reference, journey.id, new.fee_item, before.question_id if before else own,
        before.version + 1 if before else 1, amount, case.facts.currency, new.reason.value,
        [each.kind.value for each in evidence], key.seal(words, "adjudications.evidence", row_id),
        key.seal(note, "adjudications.note", row_id), basis, rules.stake_of(amount, claims),
        rules.needs_second(amount, claims, _limit(session, case)), rules.falls_below(amount, claims),
        before.id if before else None, actor.id, clock.now(),
    )  # fmt: skip
    insert_many(session, AdjudicationRow.__table__, _COLUMNS, [row])
    return _known(session, reference)


def _standing(session: Session, decision: AdjudicationRead) -> AdjudicationRead | None:
    """Return the decision about the same question that was in force before a decision."""
    made = queries.decisions_of(session, [decision.journey_id])
    in_force = [
        each for each in made
        if each.question_id == decision.question_id and each.is_in_force and each.version < decision.version
    ]  # fmt: skip
    return max(in_force, key=lambda each: each.version, default=None)


def _come_into_force(session: Session, actor: Actor, decision: AdjudicationRead) -> None:
    """Take the entry of the decision before out of the books, and post that of this one."""
    before = _standing(session, decision)
    involved = [decision.journey_id, *([before.journey_id] if before else [])]
    books = {each.id: each.book_id for each in journeys.by_id(session, involved).values()}
    if before is not None and before.verified_minor > 0:
        reverse(session, actor, [(books[before.journey_id], before.id)], "superseded by a later decision")
    draft = verified_cost(
        decision.id, books[decision.journey_id], decision.fee_item, decision.verified_minor, decision.currency,
        clock.today(),
    )  # fmt: skip
    post(session, actor, [draft] if draft else [])
