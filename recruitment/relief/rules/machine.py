"""How a relief case moves. Nothing else moves it; the database holds the same list."""

from __future__ import annotations

from enum import StrEnum

from recruitment.core.machine import Machine

MONITORING_DAYS = 90
"""How long a case is watched after the worker confirmed (the Debt Relief Fund's own workflow: at least 90 days)."""


class CaseState(StrEnum):
    """Where a relief case stands."""

    NOMINATED = "nominated"
    VERIFIED = "verified"
    AGREED = "agreed"
    FUNDED = "funded"
    CONFIRMED = "confirmed"
    MONITORED = "monitored"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    DISPUTED = "disputed"
    REOPENED = "reopened"


class CaseEvent(StrEnum):
    """What happens to a relief case."""

    VERIFY = "verify"
    AGREE = "agree"
    DELIVER = "deliver"
    UNDO_DELIVERY = "undo_delivery"
    CONFIRM = "confirm"
    END_MONITORING = "end_monitoring"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    DISPUTE = "dispute"
    SETTLE_DISPUTE = "settle_dispute"
    REOPEN = "reopen"


_BEFORE_MONEY = (CaseState.NOMINATED, CaseState.VERIFIED, CaseState.AGREED)
_AFTER_MONEY = (CaseState.FUNDED, CaseState.CONFIRMED, CaseState.MONITORED, CaseState.CLOSED)

CASE: Machine[CaseState, CaseEvent] = Machine(
    "The relief case",
    CaseState.NOMINATED,
    {
        (CaseState.NOMINATED, CaseEvent.VERIFY): CaseState.VERIFIED,
        (CaseState.VERIFIED, CaseEvent.AGREE): CaseState.AGREED,
        (CaseState.AGREED, CaseEvent.DELIVER): CaseState.FUNDED,
        (CaseState.FUNDED, CaseEvent.UNDO_DELIVERY): CaseState.AGREED,
        (CaseState.FUNDED, CaseEvent.CONFIRM): CaseState.CONFIRMED,
        (CaseState.CONFIRMED, CaseEvent.END_MONITORING): CaseState.MONITORED,
        (CaseState.MONITORED, CaseEvent.CLOSE): CaseState.CLOSED,
        **{
            (state, CaseEvent.WITHDRAW): CaseState.WITHDRAWN
            for state in (*_BEFORE_MONEY, CaseState.DISPUTED, CaseState.REOPENED)
        },
        **{(state, CaseEvent.DISPUTE): CaseState.DISPUTED for state in _BEFORE_MONEY},
        (CaseState.DISPUTED, CaseEvent.SETTLE_DISPUTE): CaseState.VERIFIED,
        **{(state, CaseEvent.REOPEN): CaseState.REOPENED for state in (*_AFTER_MONEY, CaseState.WITHDRAWN)},
        # What a worker says of one payment reopens a case whose other payments are still on their way.
        (CaseState.AGREED, CaseEvent.REOPEN): CaseState.REOPENED,
        (CaseState.REOPENED, CaseEvent.VERIFY): CaseState.VERIFIED,
        (CaseState.REOPENED, CaseEvent.AGREE): CaseState.AGREED,
    },
)
"""A worker's withdrawal ends nothing for good: a withdrawn case may be taken up again."""
