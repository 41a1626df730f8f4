"""How a payment plan moves, and how a payment does. Nothing else moves either; the database holds the same lists."""

from __future__ import annotations

from enum import StrEnum

from recruitment.core.machine import Machine


class PlanState(StrEnum):
    """Where a payment plan stands."""

    DRAFT = "draft"
    LOCKED = "locked"
    APPROVED = "approved"
    RELEASED = "released"
    EXPORTED = "exported"
    RECONCILED = "reconciled"
    CANCELLED = "cancelled"


class PlanEvent(StrEnum):
    """What happens to a payment plan."""

    LOCK = "lock"
    UNLOCK = "unlock"
    APPROVE = "approve"
    RELEASE = "release"
    EXPORT = "export"
    RECONCILE = "reconcile"
    REOPEN = "reopen"
    CANCEL = "cancel"


PLAN: Machine[PlanState, PlanEvent] = Machine(
    "The plan",
    PlanState.DRAFT,
    {
        (PlanState.DRAFT, PlanEvent.LOCK): PlanState.LOCKED,
        (PlanState.LOCKED, PlanEvent.UNLOCK): PlanState.DRAFT,
        (PlanState.APPROVED, PlanEvent.UNLOCK): PlanState.DRAFT,
        (PlanState.LOCKED, PlanEvent.APPROVE): PlanState.APPROVED,
        (PlanState.APPROVED, PlanEvent.RELEASE): PlanState.RELEASED,
        (PlanState.RELEASED, PlanEvent.EXPORT): PlanState.EXPORTED,
        (PlanState.EXPORTED, PlanEvent.RECONCILE): PlanState.RECONCILED,
        # A bank may return what it had paid, long after everything seemed to be settled.
        (PlanState.RECONCILED, PlanEvent.REOPEN): PlanState.EXPORTED,
        (PlanState.DRAFT, PlanEvent.CANCEL): PlanState.CANCELLED,
        (PlanState.LOCKED, PlanEvent.CANCEL): PlanState.CANCELLED,
        (PlanState.APPROVED, PlanEvent.CANCEL): PlanState.CANCELLED,
        (PlanState.RELEASED, PlanEvent.CANCEL): PlanState.CANCELLED,
    },
)
"""The last approval that is needed moves a plan; an earlier one leaves it locked."""


class PaymentState(StrEnum):
    """Where a payment stands. ``contested``: the worker got less, or nothing, or was asked for part of it."""

    RESERVED = "reserved"
    SENT = "sent"
    SETTLED = "settled"
    RETURNED = "returned"
    FAILED = "failed"
    CONFIRMED = "confirmed"
    CONTESTED = "contested"
    VOIDED = "voided"


class PaymentEvent(StrEnum):
    """What happens to a payment."""

    SEND = "send"
    SETTLE = "settle"
    RETURN = "return"
    FAIL = "fail"
    CONFIRM = "confirm"
    CONTEST = "contest"
    VOID = "void"


PAYMENT: Machine[PaymentState, PaymentEvent] = Machine(
    "The payment",
    PaymentState.RESERVED,
    {
        (PaymentState.RESERVED, PaymentEvent.SEND): PaymentState.SENT,
        (PaymentState.RESERVED, PaymentEvent.VOID): PaymentState.VOIDED,
        (PaymentState.SENT, PaymentEvent.SETTLE): PaymentState.SETTLED,
        (PaymentState.SENT, PaymentEvent.FAIL): PaymentState.FAILED,
        (PaymentState.SENT, PaymentEvent.RETURN): PaymentState.RETURNED,
        (PaymentState.SETTLED, PaymentEvent.RETURN): PaymentState.RETURNED,
        (PaymentState.SETTLED, PaymentEvent.CONFIRM): PaymentState.CONFIRMED,
        (PaymentState.SETTLED, PaymentEvent.CONTEST): PaymentState.CONTESTED,
        (PaymentState.CONTESTED, PaymentEvent.CONFIRM): PaymentState.CONFIRMED,
        (PaymentState.CONTESTED, PaymentEvent.RETURN): PaymentState.RETURNED,
        (PaymentState.CONFIRMED, PaymentEvent.CONTEST): PaymentState.CONTESTED,
    },
)

LIVE = frozenset({
    PaymentState.RESERVED, PaymentState.SENT, PaymentState.SETTLED, PaymentState.CONTESTED, PaymentState.CONFIRMED,
})  # fmt: skip
"""States in which a due counts as taken: it has at most one payment in them, by an index of the database."""

ENDED = frozenset(PaymentState) - {PaymentState.RESERVED, PaymentState.SENT}
"""States in which the bank has answered: a plan whose payments are all in them is reconciled."""
