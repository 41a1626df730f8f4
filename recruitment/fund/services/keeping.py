"""What is not kept for ever: the bytes of payment files, which hold names and accounts in the clear under the seal."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete

from recruitment.audit import service as audit
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.database.changing import change
from recruitment.fund import queries
from recruitment.fund.models import PlanFile

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor

KEPT_DAYS = 400
"""How long a payment file is kept after its plan came to its end: a year for the auditors, and a month to ask."""


def forget_files(session: Session, actor: Actor) -> int:
    """Delete payment files of plans that were reconciled or cancelled long ago, a batch of them; return how many.

    Digests and lists stay. Who may: whoever releases plans, and the house.
    """
    actor.require(Permission.RELEASE_PLANS)
    found = queries.files_to_forget(session, clock.now() - timedelta(days=KEPT_DAYS))
    for plan_id, lock_hash in found:
        row = PlanFile
        change(session, delete(row).where(row.plan_id == plan_id, row.lock_hash == lock_hash))
    audit.record_many(session, actor, "fund.file_forgotten", [("plan", plan_id) for plan_id, _ in found])
    return len(found)
