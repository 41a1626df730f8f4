"""What of the dues fits a plan: everything that the rules look at, read in a handful of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.fund import queries
from recruitment.fund.rules.fitting import Candidate, DueState, Hindrance, PlanTerms, hindrance
from recruitment.fund.rules.payees import is_shared_unconfirmed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.fund.queries import KnownPayee, KnownPlan
    from recruitment.fund.rules.reads import DueRead, PotRead


@dataclass(frozen=True, slots=True)
class Looked:
    """Dues, each with why it does not fit (None: it does), and the newest account of each payee."""

    dues: Sequence[tuple[DueRead, Hindrance | None]]
    payees: dict[UUID, KnownPayee]


def look(session: Session, plan: KnownPlan, pot: PotRead, dues: Sequence[DueRead], pays_until: date) -> Looked:
    """Return which of ``dues`` a plan can pay."""
    terms = PlanTerms(
        pot.kind, pot.earmarked_for, plan.currency, plan.method.value, pays_until, follows=plan.follows_id is not None
    )
    payees = queries.newest_of(session, [each.party_id for each in dues])
    hashes = [each.account_hash for each in payees.values() if each.account_hash is not None]
    holders = queries.holders_of(session, hashes)
    followed = queries.not_paid_by(session, plan.follows_id) if plan.follows_id else set()
    ended = queries.is_ended(session, [each.id for each in dues])
    now = clock.now()

    def candidate(due: DueRead) -> Candidate:
        payee = payees.get(due.party_id)
        shared_by = holders.get(payee.account_hash, frozenset()) if payee and payee.account_hash else frozenset()
        return Candidate(
            purpose=due.purpose,
            earmark=due.earmark,
            currency=due.currency,
            due_on=due.due_on,
            is_ended=due.id in ended,
            is_taken=due.state not in {DueState.OPEN, DueState.ENDED},
            in_followed=due.id in followed,
            method=payee.method.value if payee else None,
            standing=payee.standing(now) if payee else None,
            is_shared_unconfirmed=bool(payee) and is_shared_unconfirmed(shared_by, payee.call_back if payee else None),
        )

    return Looked([(due, hindrance(terms, candidate(due))) for due in dues], payees)
