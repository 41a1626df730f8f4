"""When an account may be paid to. Most thefts from payrolls begin with a changed account.

A first account may be used at once. A changed one waits 48 hours, and for somebody other than who recorded it to call the
payee and hear that it is theirs. What the payee denied is never paid to. One account given for two people is paid to only
when the payee confirmed it on such a call: families share accounts, and so do thieves.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from recruitment.fund.rules.kinds import CallBack

if TYPE_CHECKING:
    from uuid import UUID

WAITING = timedelta(hours=48)
"""How long a changed account waits at least."""


class PayeeStanding(StrEnum):
    """Whether an account may be paid to."""

    USABLE = "usable"
    WAITING = "waiting"
    DENIED = "denied"


def standing(version: int, recorded_at: datetime, call_back: CallBack | None, now: datetime) -> PayeeStanding:
    """Return whether an account may be paid to now. ``version`` 1 is the first that somebody gave."""
    if call_back is CallBack.DENIED:
        return PayeeStanding.DENIED
    if version == 1:
        return PayeeStanding.USABLE
    is_over = now - recorded_at >= WAITING
    return PayeeStanding.USABLE if is_over and call_back is CallBack.CONFIRMED else PayeeStanding.WAITING


def usable_from(version: int, recorded_at: datetime) -> datetime:
    """Return from when on an account may be paid to, once the payee confirmed it."""
    return recorded_at if version == 1 else recorded_at + WAITING


def is_shared_unconfirmed(holders: frozenset[UUID], call_back: CallBack | None) -> bool:
    """Say whether several people gave this account, and its payee was not called about it."""
    return len(holders) > 1 and call_back is not CallBack.CONFIRMED


def solid(institution: str | None, account: str) -> str:
    """Return an account as it is compared with others: without blanks and signs, in capitals, with its institution."""
    return f"{(institution or '').upper()}|{''.join(each for each in account.upper() if each.isalnum())}"


def masked(account: str | None) -> str | None:
    """Return an account as it may be shown: its last three characters, and never more than a third of it."""
    if account is None:
        return None
    shown = min(3, len(account) // 3)
    return "•••" + (account[-shown:] if shown else "")
