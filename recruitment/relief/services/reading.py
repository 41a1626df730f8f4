"""Reading a relief case or an entitlement: it holds a worker's word and money, so who reads it, and why, is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.core.actor import Permission
from recruitment.relief import queries
from recruitment.relief.errors import CaseUnknown, EntitlementUnknown
from recruitment.relief.services import entitling

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from recruitment.audit.rules import Purpose
    from recruitment.core.actor import Actor
    from recruitment.relief.queries.reads import (
        AgreementRead,
        CaseRead,
        ConfirmationRead,
        DebtRead,
        EntitlementRead,
        EventRead,
        QuestionRead,
    )
    from recruitment.relief.services.entitling import Recomputed

QUESTIONS_MAX = 200
"""More things than this are not asked about in one case."""


@dataclass(frozen=True, slots=True)
class WholeCase:
    """A relief case with everything that belongs to it. ``questions``: what its worker is still to be asked."""

    case: CaseRead
    events: list[EventRead]
    debts: list[DebtRead]
    entitlements: list[EntitlementRead]
    agreements: list[AgreementRead]
    confirmations: list[ConfirmationRead]
    questions: list[QuestionRead]


def read(session: Session, actor: Actor, reference: str, *, as_of: date, purpose: Purpose) -> WholeCase:
    """Return a relief case with its debts as they stand on ``as_of``, and record that it was read, and why.

    Call it in a unit of work. Who may: whoever may read relief. Raises ``CaseUnknown``.
    """
    actor.require(Permission.READ_RELIEF)
    case = queries.by_reference(session, reference)
    if case is None:
        raise CaseUnknown("There is no such relief case, or it is not one that you may know of.")
    audit.record(session, actor, "relief.read", ("relief_case", case.id), purpose=purpose)
    return WholeCase(
        case,
        queries.events_of(session, case.id),
        queries.debts_of(session, case.id, as_of),
        queries.entitlements_of(session, case.id),
        queries.agreements_of(session, case.id),
        queries.confirmations_of(session, case.id),
        queries.questions(session, case_id=case.id, limit=QUESTIONS_MAX),
    )


def read_entitlement(session: Session, actor: Actor, reference: str, *, purpose: Purpose) -> EntitlementRead:
    """Return an entitlement with its document, and record that it was read, and why.

    Call it in a unit of work. Who may: whoever may read relief. Raises ``EntitlementUnknown``.
    """
    actor.require(Permission.READ_RELIEF)
    found = queries.entitlement(session, reference)
    if found is None:
        raise EntitlementUnknown("There is no such entitlement, or it is not one that you may know of.")
    audit.record(
        session, actor, "relief.read", ("relief_case", found.case_id), purpose=purpose, entitlement=found.reference
    )
    return found


def recompute(session: Session, actor: Actor, reference: str, *, purpose: Purpose) -> Recomputed:
    """Compute an entitlement again from what is kept of it alone, and record that it was read, and why.

    Call it in a unit of work. Who may: whoever may read relief. Raises ``EntitlementUnknown``, ``DocumentNotReadable``.
    """
    read_entitlement(session, actor, reference, purpose=purpose)
    return entitling.recompute(session, actor, reference)
