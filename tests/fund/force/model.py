"""The fund as a few dozen lines in memory: who may do what when, and where the money is. It imports nothing of the fund.

Each verb says whether the act is to be taken, and takes it then. What each of them knows is written down here a second time,
from remediation.md section 4 and the list of moves in the issue, not from the code.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

PREPARES, APPROVES, RELEASES = "prepares", "approves", "releases"
MAY = {
    "preparer": {PREPARES}, "other_preparer": {PREPARES}, "approver": {APPROVES}, "other_approver": {APPROVES},
    "releaser": {RELEASES}, "other_releaser": {RELEASES}, "local": {PREPARES, APPROVES, RELEASES},
}  # fmt: skip
SECOND_ABOVE = {"THB": 100_000_00}
TAKEN = {"reserved", "sent", "settled", "contested", "confirmed"}


@dataclass
class Account:
    """Where a worker is paid: the newest of them counts."""

    version: int
    by: str
    at: datetime
    called: str | None = None

    def is_usable(self, now: datetime) -> bool:
        if self.called == "denied":
            return False
        return self.version == 1 or (self.called == "confirmed" and now - self.at >= timedelta(hours=48))


@dataclass
class Due:
    worker: int
    currency: str
    amount: int
    ended: bool = False


@dataclass
class Payment:
    due: str
    plan: str
    amount: int
    account: int
    state: str = "reserved"
    second: int = 0


@dataclass
class Lock:
    digest: str
    by: str
    payments: list[str]
    total: int
    needed: int
    approved: list[str] = field(default_factory=list)
    released: str | None = None


@dataclass
class Plan:
    pot: str
    currency: str
    by: str
    state: str = "draft"
    items: set[str] = field(default_factory=set)
    lock: Lock | None = None


class Model:
    """Everything that the fund should know."""

    def __init__(self) -> None:
        self.bank: dict[tuple[str, str], int] = defaultdict(int)
        self.paid: dict[tuple[str, str], int] = defaultdict(int)
        self.suspense: dict[str, int] = defaultdict(int)
        self.accounts: dict[int, Account] = {}
        self.dues: dict[str, Due] = {}
        self.plans: dict[str, Plan] = {}
        self.payments: dict[str, Payment] = {}

    def is_taken(self, due: str) -> bool:
        return any(each.due == due and each.state in TAKEN for each in self.payments.values())

    def fits(self, plan: Plan, due: str, now: datetime) -> bool:
        owed = self.dues[due]
        is_payable = self.accounts[owed.worker].is_usable(now)
        return is_payable and not owed.ended and not self.is_taken(due) and owed.currency == plan.currency

    def reserved(self, pot: str, currency: str) -> int:
        return sum(
            each.lock.total
            for each in self.plans.values()
            if each.lock
            and (each.pot, each.currency) == (pot, currency)
            and each.state in {"locked", "approved", "released"}
        )

    def on_the_way(self, pot: str, currency: str) -> int:
        return sum(
            each.amount
            for each in self.payments.values()
            if each.state == "sent" and (self.plans[each.plan].pot, self.plans[each.plan].currency) == (pot, currency)
        )

    def can_lock(self, who: str, plan: Plan, now: datetime) -> bool:
        total = sum(self.dues[due].amount for due in plan.items)
        return (
            PREPARES in MAY[who] and plan.state == "draft" and bool(plan.items)
            and all(self.fits(plan, due, now) for due in plan.items)
            and self.bank[plan.pot, plan.currency] - self.reserved(plan.pot, plan.currency) >= total
        )  # fmt: skip

    def lock(self, who: str, name: str, digest: str, payments: dict[str, str]) -> None:
        """``payments``: the reference of each payment by that of its due."""
        plan = self.plans[name]
        total = sum(self.dues[due].amount for due in plan.items)
        needed = 2 if total > SECOND_ABOVE.get(plan.currency, -1) else 1
        assert set(payments) == plan.items
        for due, reference in payments.items():
            owed = self.dues[due]
            version = self.accounts[owed.worker].version
            self.payments[reference] = Payment(due, name, owed.amount, version)
        plan.lock, plan.state = Lock(digest, who, list(payments.values()), total, needed), "locked"

    def can_go_back(self, who: str, plan: Plan, how: str) -> bool:
        if how == "cancel":
            return PREPARES in MAY[who] and plan.state in {"draft", "locked", "approved", "released"}
        if plan.state not in {"locked", "approved"}:
            return False
        if how == "unlock":
            return PREPARES in MAY[who]
        assert plan.lock is not None
        return APPROVES in MAY[who] and who not in {plan.by, plan.lock.by}

    def go_back(self, plan: Plan, how: str) -> None:
        for each in plan.lock.payments if plan.lock else ():
            self.payments[each].state = "voided"
        plan.lock, plan.state = None, "cancelled" if how == "cancel" else "draft"

    def can_approve(self, who: str, plan: Plan, digest: str, *, is_shown: bool) -> bool:
        lock = plan.lock
        return (
            APPROVES in MAY[who] and plan.state == "locked" and lock is not None and lock.digest == digest and is_shown
            and who not in {plan.by, lock.by, *lock.approved}
        )  # fmt: skip

    def approve(self, who: str, plan: Plan) -> None:
        assert plan.lock is not None
        plan.lock.approved.append(who)
        if len(plan.lock.approved) == plan.lock.needed:
            plan.state = "approved"

    def is_stale(self, plan: Plan) -> bool:
        assert plan.lock is not None
        of_lock = [self.payments[each] for each in plan.lock.payments]
        return any(
            self.accounts[(owed := self.dues[each.due]).worker].version != each.account
            or self.accounts[owed.worker].called == "denied" or owed.ended
            for each in of_lock
        )  # fmt: skip

    def can_release(self, who: str, plan: Plan, digest: str, *, is_shown: bool) -> bool:
        lock = plan.lock
        return (
            RELEASES in MAY[who] and plan.state == "approved" and lock is not None and lock.digest == digest and is_shown
            and who not in {plan.by, lock.by, *lock.approved} and not self.is_stale(plan)
        )  # fmt: skip

    def release(self, who: str, plan: Plan) -> None:
        assert plan.lock is not None
        plan.lock.released, plan.state = who, "released"

    def can_export(self, who: str, plan: Plan) -> bool:
        if RELEASES not in MAY[who]:
            return False
        return plan.state in {"exported", "reconciled"} or (plan.state == "released" and not self.is_stale(plan))

    def export(self, plan: Plan) -> bool:
        """Say whether it was the first time; then money is on the way, and three people said so."""
        if plan.state != "released":
            return False
        lock = plan.lock
        assert lock is not None
        assert len({plan.by, *lock.approved, lock.released}) >= 3, "money moves by the hands of fewer than three"
        assert len(lock.approved) >= lock.needed
        plan.state = "exported"
        self.bank[plan.pot, plan.currency] -= lock.total
        for each in lock.payments:
            self.payments[each].state = "sent"
        return True

    def booked(self, payment: Payment) -> None:
        """The bank says that it paid."""
        plan = self.plans[payment.plan]
        if payment.state == "sent":
            payment.state = "settled"
            self.paid[plan.pot, plan.currency] += payment.amount
        else:
            if payment.state in {"settled", "contested", "confirmed"}:
                payment.second += payment.amount
            self.suspense[plan.currency] -= payment.amount
        self.follow(plan)

    def returned(self, payment: Payment) -> None:
        """The bank says that the money came back."""
        plan = self.plans[payment.plan]
        if payment.second >= payment.amount:
            payment.second -= payment.amount
            self.suspense[plan.currency] += payment.amount
        elif payment.state in {"sent", "settled", "contested"}:
            if payment.state != "sent":
                self.paid[plan.pot, plan.currency] -= payment.amount
            payment.state = "returned"
            self.bank[plan.pot, plan.currency] += payment.amount
        else:
            self.suspense[plan.currency] += payment.amount
        self.follow(plan)

    def follow(self, plan: Plan) -> None:
        of_lock = [self.payments[each] for each in (plan.lock.payments if plan.lock else ())]
        if plan.state == "exported" and all(each.state not in {"reserved", "sent"} for each in of_lock):
            plan.state = "reconciled"

    def confirm(self, payment: Payment, *, is_all: bool) -> bool:
        """Say whether the worker's word is taken; it moves no money."""
        if payment.state not in ({"settled", "contested"} if is_all else {"settled", "confirmed"}):
            return False
        payment.state = "confirmed" if is_all else "contested"
        return True
