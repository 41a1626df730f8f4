"""What is to be paid, and what is no longer. The room of relief calls this, as part of acts of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id, new_reference
from recruitment.core.money import AMOUNT_CAP, exponent
from recruitment.database.bulk import insert_many
from recruitment.fund import queries
from recruitment.fund.errors import DueTaken, DueUnknown, DueWrong
from recruitment.fund.models import Due, DueEnding
from recruitment.fund.rules.fitting import DueState
from recruitment.fund.rules.kinds import Purpose

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.fund.rules.kinds import DueEnd

_COLUMNS = (
    "id", "reference", "operator_id", "jobseeker_id", "organisation_id", "party_id", "case_reference", "source_id",
    "purpose", "earmark", "currency", "amount_minor", "due_on", "recorded_by", "recorded_at",
)  # fmt: skip
_ENDING_COLUMNS = ("due_id", "reason", "ended_by", "recorded_at")


@dataclass(frozen=True, slots=True)
class NewDue:
    """Something to be paid to a person or to an organisation, in minor units. ``source_id``: what it comes from, once.

    ``case_reference``: the pseudonym under which the people of the fund know it. ``earmark``: the partner whose pot may pay
    for it, beside the general ones.
    """

    operator_id: UUID
    case_reference: str
    source_id: UUID
    purpose: Purpose
    currency: str
    amount_minor: int
    due_on: date
    jobseeker_id: UUID | None = None
    organisation_id: UUID | None = None
    earmark: UUID | None = None


def add_dues(session: Session, actor: Actor, dues: Sequence[NewDue]) -> list[str]:
    """Add what is to be paid, and return the references in order. The caller's act is the one that is audited.

    Who may: whoever works on relief. Raises ``DueWrong``, ``CurrencyUnknown``.
    """
    actor.require(Permission.WORK_RELIEF)
    for due in dues:
        _check(due)
    if queries.known_sources(session, [due.source_id for due in dues]):
        raise DueWrong("There is something to be paid for this already.", source_id="known")
    at, rows, references = clock.now(), [], []
    for due in dues:
        references.append(reference := new_reference("DU"))
        rows.append((
            new_id(), reference, due.operator_id, due.jobseeker_id, due.organisation_id,
            due.jobseeker_id or due.organisation_id, due.case_reference, due.source_id, due.purpose.value, due.earmark,
            due.currency, due.amount_minor, due.due_on, actor.id, at,
        ))  # fmt: skip
    insert_many(session, Due.__table__, _COLUMNS, rows)
    return references


def end_dues(session: Session, actor: Actor, references: Sequence[str], reason: DueEnd) -> None:
    """Say of something that it is no longer to be paid; what ended before stays as it is.

    Who may: whoever works on relief. Raises ``DueUnknown``, and ``DueTaken`` when one is in a locked plan, or paid.
    """
    actor.require(Permission.WORK_RELIEF)
    found = queries.dues_by_reference(session, references)
    if missing := [each for each in references if each not in found]:
        raise DueUnknown(f"There is nothing to be paid under {missing[0]}.")
    taken = sorted(each.reference for each in found.values() if each.state not in {DueState.OPEN, DueState.ENDED})
    if taken:
        raise DueTaken(
            f"{', '.join(taken[:5])} {'is' if len(taken) == 1 else 'are'} in a locked payment plan, or paid. Unlock or cancel "
            "the plan first; what is paid stays paid.",
            dues=taken,
        )
    at = clock.now()
    rows = [(each.id, reason.value, actor.id, at) for each in found.values() if each.state is DueState.OPEN]
    insert_many(session, DueEnding.__table__, _ENDING_COLUMNS, rows)


def _check(due: NewDue) -> None:
    exponent(due.currency)
    if not 0 < due.amount_minor <= AMOUNT_CAP:
        raise DueWrong("What is to be paid must be more than nothing.", amount="not positive")
    if (due.jobseeker_id is None) == (due.organisation_id is None):
        raise DueWrong("Something is paid to a person or to an organisation. Name one of both.", payee="not one")
    if due.organisation_id is not None and due.purpose is not Purpose.CO_FINANCING:
        raise DueWrong("Workers are paid themselves; an organisation gets a share in co-financing only.", payee="wrong")
