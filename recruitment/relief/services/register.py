"""The debt register: creditors, debts, and what changed them. Nothing is overwritten; what was wrong has a later row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id, new_reference
from recruitment.core.money import exponent
from recruitment.core.text import tidy
from recruitment.database.bulk import insert_many
from recruitment.ledger import queries as ledger
from recruitment.ledger.service import post, reverse
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.relief import posting_rules, queries
from recruitment.relief.errors import (
    AlreadyAnnounced,
    CreditorUnknown,
    DayWrong,
    DebtUnknown,
    DebtWrong,
    LineTakenBack,
    LineUnknown,
    NotInThisState,
    OperatorUnknown,
    OrganisationNotKnown,
)
from recruitment.relief.models import Announcement, Creditor, RegisterDebt, RegisterDebtLine
from recruitment.relief.rules.interest import percent_of
from recruitment.relief.rules.kinds import MoveReason, RegisterLine, Security
from recruitment.relief.rules.machine import CASE, MONITORING_DAYS, CaseEvent, CaseState
from recruitment.relief.services import moves, stopping

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.fees.rules import Creditor as CreditorKind
    from recruitment.relief.queries import CaseRead, CreditorRead, DebtRead, LineRead

_CREDITOR_COLUMNS = (
    "id", "reference", "operator_id", "kind", "name_sealed", "vessel", "organisation_id", "recorded_by", "recorded_at",
)  # fmt: skip
_ANNOUNCEMENT_COLUMNS = ("creditor_id", "announced_on", "recorded_by", "recorded_at")
_DEBT_COLUMNS = (
    "id", "reference", "operator_id", "case_id", "creditor_id", "corrects_id", "debt_reference", "principal_minor",
    "linked_minor", "currency", "taken_on", "interest_percent", "security", "recorded_by", "recorded_at",
)  # fmt: skip
LINE_COLUMNS = (
    "id", "debt_id", "kind", "currency", "amount_minor", "happened_on", "reverses_id", "recorded_by", "recorded_at",
)  # fmt: skip
_BY_SIGNATURE = frozenset({RegisterLine.CANCELLED, RegisterLine.TAKEN_OVER})


@dataclass(frozen=True, slots=True)
class NewCreditor:
    """To whom workers owe. The name is sealed; ``organisation`` is a code, where the creditor is one that we know."""

    operator: str
    kind: CreditorKind
    name: str
    vessel: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class NewDebt:
    """A debt as it began. ``linked_minor`` of the principal was for the recruitment.

    ``interest_percent``: a year's, decimal text, None where nobody knows. ``debt_reference``: the statement of the same
    debt that was filed before.
    """

    creditor: str
    principal_minor: int
    linked_minor: int
    currency: str
    taken_on: date
    security: Security = Security.NOTHING
    interest_percent: str | None = None
    debt_reference: str | None = None


@dataclass(frozen=True, slots=True)
class NewLine:
    """What changed a debt on a day."""

    kind: RegisterLine
    amount_minor: int
    happened_on: date


@dataclass(frozen=True, slots=True)
class DebtRecorded:
    """What became of a debt: flagged when it is younger than the announcement; cases that it reopened."""

    reference: str
    is_flagged: bool
    reopened: tuple[str, ...] = ()


def enter_creditor(session: Session, actor: Actor, new: NewCreditor) -> str:
    """Enter a creditor of a fund operator; return the reference. The name is sealed under the key of the house.

    Who may: case workers. Raises ``OperatorUnknown``, ``OrganisationNotKnown``, ``DebtWrong`` for a blank name.
    """
    actor.require(Permission.WORK_RELIEF)
    operator = organisations.by_code(session, [new.operator], OrganisationKind.FUND_OPERATOR).get(new.operator)
    if operator is None:
        raise OperatorUnknown(f"There is no fund operator {new.operator}.", operator=new.operator)
    own = organisations.by_code(session, [new.organisation]).get(new.organisation) if new.organisation else None
    if new.organisation and own is None:
        raise OrganisationNotKnown(f"There is no organisation {new.organisation}.", organisation=new.organisation)
    name = tidy(new.name)
    if not name:
        raise DebtWrong("Write the name of the creditor, as the worker says it.", name="blank")
    creditor, reference = new_id(), new_reference("CR")
    sealed = session.info["vault"].seal_secret(queries.CREDITOR_NAME, creditor, name)
    row = (
        creditor, reference, operator.id, new.kind.value, sealed, new.vessel or None, own.id if own else None, actor.id,
        clock.now(),
    )  # fmt: skip
    insert_many(session, Creditor.__table__, _CREDITOR_COLUMNS, [row])
    audit.record(session, actor, "relief.creditor_entered", ("relief_creditor", creditor), kind=new.kind.value)
    return reference


def announce(session: Session, actor: Actor, creditor: str, announced_on: date) -> None:
    """Record on which day a creditor was told of the programme: debts from then on are flagged. Once.

    Who may: case workers. Raises ``CreditorUnknown``, ``AlreadyAnnounced``, ``DayWrong``.
    """
    actor.require(Permission.WORK_RELIEF)
    found = _creditor(session, creditor)
    _refuse_future(announced_on)
    if found.announced_on is not None:
        raise AlreadyAnnounced(f"The programme was announced to {creditor} on {found.announced_on}. That day stays.")
    row = (found.id, announced_on, actor.id, clock.now())
    insert_many(session, Announcement.__table__, _ANNOUNCEMENT_COLUMNS, [row])
    audit.record(session, actor, "relief.announced", ("relief_creditor", found.id))


def record_debt(session: Session, actor: Actor, case: str, new: NewDebt) -> DebtRecorded:
    """Record a debt of the person of a case, and post it to the book of the case.

    Where an earlier debt to the same creditor was written off or paid, and the worker had confirmed within the 90 days
    before this one was taken, it is a debt made again: that case is reopened, and the creditor gets no share any more.
    Who may: case workers. Raises ``CaseUnknown``, ``CreditorUnknown``, ``DebtWrong``, ``DayWrong``, ``NotInThisState``,
    ``PercentInvalid``, ``CurrencyUnknown``.
    """
    actor.require(Permission.WORK_RELIEF)
    found = moves.known(session, case)
    if found.state is CaseState.WITHDRAWN:
        raise NotInThisState(f"The case {case} was withdrawn. Take it up again first.", state=found.state.value)
    creditor = _checked(session, found, new)
    reference = _write_debt(session, actor, found, creditor, new, None)
    reopened = _made_again(session, actor, found, creditor, new.taken_on)
    is_flagged = creditor.announced_on is not None and new.taken_on >= creditor.announced_on
    moves.told(session, actor, "debt_recorded", found, flagged=is_flagged, reopened=len(reopened))
    return DebtRecorded(reference, is_flagged, reopened)


def correct_debt(session: Session, actor: Actor, debt: str, new: NewDebt) -> DebtRecorded:
    """Record a debt anew in place of one that was wrong. Both stay; the lines belong to the new one from then on.

    Who may: case workers. Raises ``DebtUnknown`` and the errors of ``record_debt``.
    """
    actor.require(Permission.WORK_RELIEF)
    found, before = current_debt(session, debt)
    creditor = _checked(session, found, new)
    if before.lines and new.currency != before.currency:
        raise DebtWrong("A debt with lines stays in its currency. Take the lines back first.", currency=new.currency)
    reference = _write_debt(session, actor, found, creditor, new, before.id)
    reverse(session, actor, ledger.entries_among(session, {found.book_id}, {before.id}), "debt corrected")
    is_flagged = creditor.announced_on is not None and new.taken_on >= creditor.announced_on
    moves.told(session, actor, "debt_corrected", found, flagged=is_flagged)
    return DebtRecorded(reference, is_flagged)


def add_line(session: Session, actor: Actor, debt: str, new: NewLine) -> int:
    """Record what changed a debt; return the number of the line. What a creditor signs for has its line from there.

    Who may: case workers. Raises ``DebtUnknown``, ``DebtWrong``, ``DayWrong``.
    """
    actor.require(Permission.WORK_RELIEF)
    found, before = current_debt(session, debt)
    if new.kind in _BY_SIGNATURE:
        raise DebtWrong("What was written off or taken over needs the signature of the creditor: make an agreement.")
    _check_line(before, new)
    write_lines(session, actor, found, [(before, new)])
    moves.told(session, actor, "debt_line_added", found, kind=new.kind.value)
    return len(before.lines) + 1


def correct_line(session: Session, actor: Actor, debt: str, number: int, new: NewLine | None) -> None:
    """Take a line back, by a line that mirrors it, and write another in its place if one is given.

    Who may: case workers. Raises ``DebtUnknown``, ``LineUnknown``, ``LineTakenBack``, ``DebtWrong``, ``DayWrong``.
    """
    actor.require(Permission.WORK_RELIEF)
    found, before = current_debt(session, debt)
    line = next((each for each in before.lines if each.number == number), None)
    if line is None:
        raise LineUnknown(f"The debt {debt} has no line {number}; it has {len(before.lines)}.")
    if RegisterLine(line.kind) in _BY_SIGNATURE:
        raise DebtWrong("What a creditor signed for is not taken back here.")
    if line.takes_back or any(each.takes_back == number for each in before.lines):
        raise LineTakenBack(f"The line {number} of {debt} was taken back before, or takes another back.")
    if new is not None:
        if new.kind in _BY_SIGNATURE:
            raise DebtWrong(
                "What was written off or taken over needs the signature of the creditor: make an agreement."
            )
        _check_line(before, new)
    _take_back(session, actor, found, before, line)
    if new is not None:
        write_lines(session, actor, found, [(before, new)])
    moves.told(session, actor, "debt_line_corrected", found)


def current_debt(session: Session, reference: str) -> tuple[CaseRead, DebtRead]:
    """Return a debt that no later one corrects, with its case. Raises ``DebtUnknown``."""
    case = queries.case_of_debt(session, reference)
    if case is not None:
        found = queries.by_id(session, [case])[case]
        for debt in queries.debts_of(session, case, clock.today()):
            if debt.reference == reference and debt.is_current:
                return found, debt
    raise DebtUnknown(f"There is no debt {reference} in the register, or a later one corrected it.")


def write_lines(session: Session, actor: Actor, case: CaseRead, lines: list[tuple[DebtRead, NewLine]]) -> None:
    """Write lines of debts of one case, and post them."""
    at = clock.now()
    made = [(new_id(), debt, line) for debt, line in lines]
    insert_many(
        session, RegisterDebtLine.__table__, LINE_COLUMNS,
        [
            (
                id_, debt.id, line.kind.value, debt.currency, line.amount_minor, line.happened_on, None, actor.id, at,
            )
            for id_, debt, line in made
        ],
    )  # fmt: skip
    drafts = [
        posting_rules.debt_changed(
            id_, case.book_id, debt.creditor_kind, line.kind, debt.currency, line.amount_minor, line.happened_on
        )
        for id_, debt, line in made
    ]
    post(session, actor, drafts)


def _take_back(session: Session, actor: Actor, case: CaseRead, debt: DebtRead, line: LineRead) -> None:
    row = (
        new_id(), debt.id, line.kind, debt.currency, line.amount_minor, line.happened_on, line.id, actor.id,
        clock.now(),
    )  # fmt: skip
    insert_many(session, RegisterDebtLine.__table__, LINE_COLUMNS, [row])
    reverse(session, actor, ledger.entries_among(session, {case.book_id}, {line.id}), "line of a debt taken back")


def _creditor(session: Session, reference: str) -> CreditorRead:
    found = queries.creditor(session, reference)
    if found is None:
        raise CreditorUnknown(f"There is no creditor {reference}.")
    return found


def _checked(session: Session, case: CaseRead, new: NewDebt) -> CreditorRead:
    """Refuse a debt that cannot be meant, and return its creditor."""
    creditor = _creditor(session, new.creditor)
    if creditor.operator_id != case.operator_id:
        raise CreditorUnknown(f"The creditor {new.creditor} belongs to another fund operator than the case.")
    exponent(new.currency)
    if new.interest_percent is not None:
        percent_of(new.interest_percent)
    if new.principal_minor <= 0 or not 0 <= new.linked_minor <= new.principal_minor:
        raise DebtWrong(
            "A debt is above zero, and what of it was for the recruitment is between zero and the whole.",
            linked="outside the debt",
        )
    _refuse_future(new.taken_on)
    return creditor


def _check_line(debt: DebtRead, new: NewLine) -> None:
    if new.amount_minor <= 0:
        raise DebtWrong("A line of a debt is above zero.", amount="not above zero")
    _refuse_future(new.happened_on)
    if new.happened_on < debt.taken_on:
        raise DayWrong(f"The debt was taken on {debt.taken_on}; nothing changed it before that.")


def _refuse_future(day: date) -> None:
    if day > clock.today():
        raise DayWrong("The day lies in the future. Write the day on which it was.")


def _write_debt(
    session: Session, actor: Actor, case: CaseRead, creditor: CreditorRead, new: NewDebt, corrects: UUID | None
) -> str:
    debt, reference = new_id(), new_reference("RD")
    row = (
        debt, reference, case.operator_id, case.id, creditor.id, corrects, new.debt_reference or None,
        new.principal_minor, new.linked_minor, new.currency, new.taken_on, new.interest_percent, new.security.value,
        actor.id, clock.now(),
    )  # fmt: skip
    insert_many(session, RegisterDebt.__table__, _DEBT_COLUMNS, [row])
    draft = posting_rules.debt_taken(debt, case.book_id, creditor.kind, new.currency, new.principal_minor, new.taken_on)
    post(session, actor, [draft])
    return reference


def _made_again(
    session: Session, actor: Actor, case: CaseRead, creditor: CreditorRead, taken_on: date
) -> tuple[str, ...]:
    """Reopen the cases of the same person whose debt to the same creditor was made again, and stop the creditor's share."""
    mine = queries.of_person(session, case.jobseeker_id)
    confirmed = queries.confirmed_on(session, [each.id for each in mine])
    window = timedelta(days=MONITORING_DAYS)
    watched = {
        each.id: each
        for each in mine
        if each.id in confirmed and confirmed[each.id] <= taken_on <= confirmed[each.id] + window
    }
    gone = {
        debt.case_id
        for debt in queries.debts_of_cases(session, watched, clock.today())
        if debt.creditor_id == creditor.id and debt.is_current and debt.standing.outstanding_minor <= 0
    }
    if not gone:
        return ()
    stopping.stop_incentives(session, actor, creditor.id)
    running = queries.running_of(session, {watched[each].journey_id for each in gone})
    again = [
        watched[each]
        for each in sorted(gone)
        if CASE.allows(watched[each].state, CaseEvent.REOPEN)
        and running.get(watched[each].journey_id, watched[each]).id == each
    ]
    moves.move_all(session, actor, again, CaseEvent.REOPEN, MoveReason.DEBT_MADE_AGAIN)
    return tuple(each.reference for each in again)
