"""What exactly was locked, as one digest: approvers and the releaser name it, so any change makes their word void.

Canonical JSON (``core/canonical.py``) over everything that leaves the house: the plan and how it is paid, each payment with
whom it pays and how much, and the SHA-256 of the very file that the bank will get.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.core.canonical import trusted_digest
from recruitment.fund.errors import LockHashOther

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class LockedPayment:
    """A payment as it is locked: its own reference, the due's, the version of the account, minor units."""

    reference: str
    due: str
    payee_id: UUID
    amount_minor: int


@dataclass(frozen=True, slots=True)
class LockedPlan:
    """A plan as it is locked. ``file_sha256`` is the digest of the payment file, in 64 hexadecimal digits."""

    reference: str
    pot: str
    currency: str
    method: str
    file_format: str
    version: int
    executed_on: date
    file_sha256: str
    payments: Sequence[LockedPayment]


def lock_hash(plan: LockedPlan) -> bytes:
    """Return the digest of what is locked: 32 bytes. The order of the payments does not matter."""
    return trusted_digest(
        [
            plan.reference,
            plan.pot,
            plan.currency,
            plan.method,
            plan.file_format,
            plan.version,
            plan.executed_on.isoformat(),
            plan.file_sha256,
            sorted([each.reference, each.due, each.payee_id.hex, each.amount_minor] for each in plan.payments),
        ]
    )


def given_hash(text: str) -> bytes:
    """Return a digest that somebody typed or sent. Raises ``LockHashOther`` for what is none."""
    if not _HEX.fullmatch(text.strip().lower()):
        raise LockHashOther(
            "This is not the digest of a locked plan: 64 hexadecimal digits. Read the plan, and give its own."
        )
    return bytes.fromhex(text.strip())


def picks(lock: bytes, references: Sequence[str], count: int) -> list[str]:
    """Return ``count`` of the payments, chosen by the digest of the lock: the same for everybody, and by nobody's will."""
    return sorted(references, key=lambda each: hashlib.sha256(lock + each.encode()).digest())[:count]
