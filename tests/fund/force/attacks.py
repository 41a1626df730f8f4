"""Statements by somebody who holds the connection of the service and writes past it. Each is one transaction.

``?`` marks stand for values. What each names is in ``Target``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from tests.factories.forced import PEOPLE, Forced
from tests.fund.force.checking import Seen

Statement = tuple[str, tuple[Any, ...]]
AT = datetime(2026, 1, 1, tzinfo=UTC)


def _insert(table: str, row: dict[str, Any]) -> Statement:
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())


def _id(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


@dataclass
class Target:
    """A plan of two payments that stands ``locked``, ``approved``, … and another due of as much to another worker."""

    fund: Forced
    plan: str
    lock_hash: str
    other_due: str

    def __post_init__(self) -> None:
        seen = Seen(self.fund.database)
        self.row = next(row for row in seen.rows["payment_plans"] if row["reference"] == self.plan)
        self.plan_id, self.lock = _id(self.row["id"]), bytes.fromhex(self.lock_hash)
        self.payments = sorted(
            (row for row in seen.rows["payments"] if row["plan_id"] == self.row["id"]),
            key=lambda row: row["amount_minor"],
        )
        self.payment = _id(self.payments[0]["id"])
        self.due = next(row for row in seen.rows["fund_dues"] if row["reference"] == self.other_due)

    def approval(self, by: UUID, **changes: Any) -> Statement:
        row = {
            "id": uuid4(), "plan_id": self.plan_id, "lock_hash": self.lock, "prepared_by": PEOPLE["preparer"],
            "locked_by": PEOPLE["preparer"], "approved_by": by, "recorded_at": AT,
        }  # fmt: skip
        return _insert("payment_plan_approvals", row | changes)

    def release(self, by: UUID, approval: UUID, approved_by: UUID, **changes: Any) -> Statement:
        row = {
            "plan_id": self.plan_id, "lock_hash": self.lock, "prepared_by": PEOPLE["preparer"],
            "locked_by": PEOPLE["preparer"], "approvals_needed": 1, "first_approval_id": approval,
            "first_approved_by": approved_by, "released_by": by, "recorded_at": AT,
        }  # fmt: skip
        return _insert("payment_plan_releases", row | changes)

    def plan_moved(self, *states: str) -> list[Statement]:
        """Return the events of the plan, and its new standing; ``released_hash`` where a release is needed."""
        number, before, told = self.row["number"], self.row["state"], []
        for after in states:
            number += 1
            told.append(_insert("payment_plan_events", {
                "plan_id": self.plan_id, "number": number, "previous_number": number - 1, "event": "x",
                "from_state": before, "to_state": after, "actor_id": PEOPLE["preparer"], "recorded_at": AT,
                "released_hash": self.lock if after in {"released", "exported"} else None,
            }))  # fmt: skip
            before = after
        told.append((
            "UPDATE payment_plans SET state = ?, number = ? WHERE id = ?", (before, number, self.plan_id)
        ))  # fmt: skip
        return told

    def payment_moved(self, after: str, *, released: bool = False) -> list[Statement]:
        number = self.payments[0]["number"]
        event = _insert("payment_events", {
            "payment_id": self.payment, "number": number + 1, "plan_id": self.plan_id, "lock_hash": self.lock,
            "previous_number": number, "event": "x", "from_state": self.payments[0]["state"], "to_state": after,
            "released_hash": self.lock if released else None, "occurred_on": date(2026, 1, 1),
            "actor_id": PEOPLE["preparer"], "recorded_at": AT,
        })  # fmt: skip
        return [
            event,
            ("UPDATE payments SET state = ?, number = ? WHERE id = ?", (after, number + 1, self.payment)),
        ]

    def another_payment(self, **changes: Any) -> list[Statement]:
        row = {key: value for key, value in self.payments[0].items()}
        row |= {"id": uuid4(), "reference": f"PY-{uuid4().hex[:12]}"}
        for key in ("operator_id", "plan_id", "due_id", "party_id", "payee_id"):
            row[key] = _id(row[key])
        row |= {"lock_hash": bytes(row["lock_hash"]), "recorded_at": AT, "number": 1, "state": "reserved"} | changes
        return [
            _insert("payments", row),
            _insert("payment_events", {
                "payment_id": row["id"], "number": 1, "plan_id": row["plan_id"], "lock_hash": row["lock_hash"],
                "to_state": "reserved", "occurred_on": date(2026, 1, 1), "actor_id": PEOPLE["preparer"], "recorded_at": AT,
            }),
        ]  # fmt: skip


def _set(columns: str, *values: Any) -> Callable[[Target], list[Statement]]:
    return lambda it: [(f"UPDATE payments SET {columns} WHERE id = ?", (*values, it.payment))]


def _forged(it: Target) -> list[Statement]:
    """Write the words of two people who never spoke, and send."""
    approval, one, two = uuid4(), uuid4(), uuid4()
    return [
        it.approval(one, id=approval), it.release(two, approval, one), *it.plan_moved("approved", "released"),
    ]  # fmt: skip


def _due_swapped(it: Target) -> list[Statement]:
    party, due = _id(it.due["party_id"]), _id(it.due["id"])
    return [(
        ("UPDATE payments SET due_id = ?, party_id = ?, "
        "payee_id = (SELECT id FROM fund_payees WHERE party_id = ? AND version = 1) WHERE id = ?"),
        (due, party, party, it.payment),
    )]  # fmt: skip


ATTACKS: dict[str, Callable[[Target], list[Statement]]] = {
    "the preparer approves": lambda it: [it.approval(PEOPLE["preparer"])],
    "the preparer approves as prepared by another": lambda it: [
        it.approval(PEOPLE["preparer"], prepared_by=PEOPLE["other_preparer"], locked_by=PEOPLE["other_preparer"])
    ],
    "another digest is approved": lambda it: [it.approval(PEOPLE["approver"], lock_hash=bytes(32))],
    "the approver releases": lambda it: [
        it.approval(PEOPLE["other_approver"], id=(approval := uuid4())),
        it.release(PEOPLE["other_approver"], approval, PEOPLE["other_approver"]),
    ],
    "the preparer releases": lambda it: [
        it.approval(PEOPLE["other_approver"], id=(approval := uuid4())),
        it.release(PEOPLE["preparer"], approval, PEOPLE["other_approver"]),
    ],
    "a release names an approval that is none": lambda it: [
        it.release(PEOPLE["releaser"], uuid4(), PEOPLE["approver"])
    ],
    "a release needs fewer approvals": lambda it: [
        it.approval(PEOPLE["other_approver"], id=(approval := uuid4())),
        it.release(PEOPLE["releaser"], approval, PEOPLE["other_approver"], approvals_needed=2),
    ],
    "a plan stands where no event led": lambda it: [
        ("UPDATE payment_plans SET state = 'released' WHERE id = ?", (it.plan_id,))
    ],
    "a plan is released without a release": lambda it: it.plan_moved("released"),
    "a plan leaps": lambda it: it.plan_moved("exported"),
    "a plan was prepared by another": lambda it: [
        ("UPDATE payment_plans SET prepared_by = ? WHERE id = ?", (PEOPLE["releaser"], it.plan_id))
    ],
    "a plan is in another currency": lambda it: [
        ("UPDATE payment_plans SET currency = 'MMK' WHERE id = ?", (it.plan_id,))
    ],
    "the amount of a payment": _set("amount_minor = ?", 999),
    "the state of a payment": _set("state = ?", "settled"),
    "the number of a payment": _set("number = ?", 7),
    "the digest of a payment": _set("lock_hash = ?", bytes(32)),
    "a payment is settled with an event": lambda it: it.payment_moved("settled"),
    "a payment is sent without a release": lambda it: it.payment_moved("sent"),
    "a payment is sent under a release that is none": lambda it: it.payment_moved("sent", released=True),
    "a second living payment": lambda it: it.another_payment(),
    "a payment of another amount": lambda it: it.another_payment(amount_minor=5, state="voided"),
    "a payment to another account of the payee": lambda it: it.another_payment(payee_id=uuid4(), state="voided"),
    "a payment is deleted": lambda it: [("DELETE FROM payments WHERE id = ?", (it.payment,))],
    "what was locked is changed": lambda it: [
        ("UPDATE payment_plan_locks SET approvals_needed = 1, total_minor = 1 WHERE plan_id = ?", (it.plan_id,))
    ],
    "an approval is deleted": lambda it: [
        ("DELETE FROM payment_plan_approvals WHERE plan_id = ?", (it.plan_id,)),
    ],
    "what is due is changed": lambda it: [
        ("UPDATE fund_dues SET amount_minor = 999 WHERE id = ?", (_id(it.due["id"]),))
    ],
    "an account of a payee is changed": lambda it: [
        ("UPDATE fund_payees SET account_sealed = ? WHERE party_id = ?", (b"x", _id(it.payments[0]["party_id"])))
    ],
    "the call back is made by who changed the account": lambda it: [(
        ("INSERT INTO fund_payee_call_backs (payee_id, recorded_by, called_by, outcome, recorded_at) "
        "SELECT id, recorded_by, recorded_by, 'confirmed', recorded_at FROM fund_payees WHERE id = ?"),
        (_id(it.payments[0]["payee_id"]),),
    )],
    "a line of the bank is deleted": lambda it: [("DELETE FROM bank_answer_lines", ())],
    "a hold is changed": lambda it: [("UPDATE ledger_holds SET amount_minor = 1", ())],
    "a payment is of another due": _due_swapped,
    "the reference of a payment": _set("reference = ?", "PY-OTHER"),
    "the pot of a plan": lambda it: [(
        ("UPDATE payment_plans SET pot_id = (SELECT id FROM fund_pots WHERE id <> pot_id AND kind = 'debt_relief' "
        "AND operator_id = payment_plans.operator_id LIMIT 1) WHERE id = ?"), (it.plan_id,),
    )],
    "the format of a plan": lambda it: [
        ("UPDATE payment_plans SET file_format = 'xlsx' WHERE id = ?", (it.plan_id,))
    ],
}  # fmt: skip
"""What the database must refuse by itself."""

LATER: dict[str, Callable[[Target], list[Statement]]] = {
    "the digest of a plan": lambda it: [
        ("UPDATE payment_plans SET lock_hash = ? WHERE id = ?", (bytes(32), it.plan_id))
    ],
    "the version of a plan": lambda it: [("UPDATE payment_plans SET version = 99 WHERE id = ?", (it.plan_id,))],
    "the bytes of the file": lambda it: [
        ("DELETE FROM payment_plan_files WHERE plan_id = ?", (it.plan_id,)),
        _insert("payment_plan_files", {
            "plan_id": it.plan_id, "lock_hash": it.lock, "sealed": b"other bytes", "recorded_at": AT,
        }),
    ],
    "the words of people who never spoke": _forged,
    "what is available": lambda it: [("UPDATE ledger_guarded_balances SET available_minor = available_minor + 1000", ())],
}  # fmt: skip
"""What the database lets pass, because the service may write there."""
