"""What must hold of the fund whatever was tried on it, read with plain SQL and added up one by one.

Nothing of ``fund.rules``, ``fund.queries`` or the ledger's queries is used: what they get wrong must be found here.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.database.unit_of_work import Database
from recruitment.ledger.services.verifying import verify

Row = RowMapping

LIVING = {"reserved", "sent", "settled", "contested", "confirmed"}
PAID = {"settled", "contested", "confirmed"}
PLAN_MOVES = {
    "draft": {"locked", "cancelled"},
    "locked": {"draft", "approved", "cancelled"},
    "approved": {"draft", "released", "cancelled"},
    "released": {"exported", "cancelled"},
    "exported": {"reconciled"},
    "reconciled": {"exported"},
    "cancelled": set(),
}
PAYMENT_MOVES = {
    "reserved": {"sent", "voided"},
    "sent": {"settled", "failed", "returned"},
    "settled": {"confirmed", "contested", "returned"},
    "contested": {"confirmed", "returned"},
    "confirmed": {"contested"},
    "failed": set(),
    "returned": set(),
    "voided": set(),
}
_TABLES = (
    "payment_plans", "payment_plan_locks", "payment_plan_approvals", "payment_plan_releases", "payment_plan_events",
    "payments", "payment_events", "fund_dues", "fund_pots", "fund_receipt_parts", "fund_receipt_reversals", "audit_events",
    "ledger_accounts", "ledger_holds", "ledger_hold_resolutions", "ledger_guarded_balances",
)  # fmt: skip


class Seen:
    """Every row of the fund as it lies there."""

    def __init__(self, database: Database) -> None:
        with database.engine.connect() as connection:
            self.rows: dict[str, list[Row]] = {
                name: [row._mapping for row in connection.execute(text(f"SELECT * FROM {name}"))] for name in _TABLES
            }
            self.postings = [
                row._mapping
                for row in connection.execute(
                    text(
                        "SELECT p.book_id, p.entry_id, d.code AS debit, c.code AS credit, p.currency, p.amount_minor "
                        "FROM ledger_postings p JOIN ledger_accounts d ON d.id = p.debit_id "
                        "JOIN ledger_accounts c ON c.id = p.credit_id JOIN fund_pots f ON f.id = p.book_id"
                    )
                )
            ]

    def by(self, table: str, key: str) -> dict[Any, list[Row]]:
        found: dict[Any, list[Row]] = defaultdict(list)
        for row in self.rows[table]:
            found[row[key]].append(row)
        return found

    def one(self, table: str, key: str = "id") -> dict[Any, Row]:
        return {row[key]: row for row in self.rows[table]}


def faults(database: Database, *, books: bool = True) -> list[str]:
    """Say everything that is wrong in the fund of a database; nothing when all is well."""
    seen = Seen(database)
    told = [
        *_of_dues(seen),
        *_of_standings(seen),
        *_of_hands(seen),
        *_of_locks(seen),
        *_of_money(seen),
        *_of_holds(seen),
    ]
    if books:
        with database.read_session() as session:
            told += [f"the books: {fault}" for fault in verify(session, LOCAL_OPERATOR)]
    return told


def _of_dues(seen: Seen) -> Iterator[str]:
    living = Counter(row["due_id"] for row in seen.rows["payments"] if row["state"] in LIVING)
    yield from (f"due {due} has {count} living payments" for due, count in living.items() if count > 1)
    dues = seen.one("fund_dues")
    for row in seen.rows["payments"]:
        due = dues[row["due_id"]]
        if (row["amount_minor"], row["currency"]) != (due["amount_minor"], due["currency"]):
            yield f"payment {row['reference']} is not of what is due"


def _of_standings(seen: Seen) -> Iterator[str]:
    for table, events, key, moves, start in (
        ("payment_plans", "payment_plan_events", "plan_id", PLAN_MOVES, "draft"),
        ("payments", "payment_events", "payment_id", PAYMENT_MOVES, "reserved"),
    ):
        told = seen.by(events, key)
        for row in seen.rows[table]:
            way = sorted(told[row["id"]], key=lambda event: event["number"])
            states = [event["to_state"] for event in way]
            if [event["number"] for event in way] != list(range(1, len(way) + 1)):
                yield f"{table} {row['reference']}: its events have a gap"
            if not states or states[0] != start or any(b not in moves[a] for a, b in itertools.pairwise(states)):
                yield f"{table} {row['reference']}: no way leads along {states}"
            if not states or (row["state"], row["number"]) != (states[-1], len(way)):
                yield f"{table} {row['reference']}: stands at {row['state']}, its last event led to {states[-1:]}"


def _of_hands(seen: Seen) -> Iterator[str]:
    """Of every payment that was ever sent: three different people, each with their own word in the audit."""
    locks = {(row["plan_id"], bytes(row["lock_hash"])): row for row in seen.rows["payment_plan_locks"]}
    approvals, releases = seen.by("payment_plan_approvals", "plan_id"), seen.by("payment_plan_releases", "plan_id")
    said = {
        (row["action"], _spelled(row["actor_id"]), _spelled(row["subject_id"])) for row in seen.rows["audit_events"]
    }
    sent = {
        (row["plan_id"], bytes(row["lock_hash"])) for row in seen.rows["payment_events"] if row["to_state"] == "sent"
    }
    plans = seen.one("payment_plans")
    for plan, lock_hash in sent:
        name, lock = plans[plan]["reference"], locks[plan, lock_hash]
        approved = {row["approved_by"] for row in approvals[plan] if bytes(row["lock_hash"]) == lock_hash}
        released = {row["released_by"] for row in releases[plan] if bytes(row["lock_hash"]) == lock_hash}
        hands = {lock["prepared_by"], lock["locked_by"]}
        if len(released) != 1 or len(releases[plan]) != 1:
            yield f"plan {name} was sent without one release of what was locked"
        if len(approved) < lock["approvals_needed"] or approved & hands or released & (hands | approved):
            yield f"plan {name} was sent, and not by three people"
        for action, people in (("fund.plan_approved", approved), ("fund.plan_released", released)):
            for person in people:
                if (action, _spelled(person), _spelled(plan)) not in said:
                    yield f"plan {name}: nobody wrote down {action} by {person}"


def _spelled(value: Any) -> str:
    """Return an id as it is compared: engines give ids of plain SQL in different spellings."""
    return value.hex if isinstance(value, UUID) else str(value).replace("-", "")


def _of_locks(seen: Seen) -> Iterator[str]:
    """What is locked is what its payments add up to; an earlier lock has none that lives."""
    paid: dict[Any, list[Row]] = defaultdict(list)
    for row in seen.rows["payments"]:
        paid[row["plan_id"], bytes(row["lock_hash"])].append(row)
    plans = seen.one("payment_plans")
    for row in seen.rows["payment_plan_locks"]:
        of_lock, plan = paid[row["plan_id"], bytes(row["lock_hash"])], plans[row["plan_id"]]
        if (len(of_lock), sum(each["amount_minor"] for each in of_lock)) != (row["payments"], row["total_minor"]):
            yield f"plan {plan['reference']}: the payments are not those that were locked"
        is_now = plan["lock_hash"] is not None and bytes(plan["lock_hash"]) == bytes(row["lock_hash"])
        if not is_now and any(each["state"] != "voided" for each in of_lock):
            yield f"plan {plan['reference']}: a payment of an earlier lock is not void"


def _of_money(seen: Seen) -> Iterator[str]:
    """Balances of each pot, against what receipts and payments say by themselves."""
    balances: dict[tuple[Any, str, str], int] = defaultdict(int)
    for row in seen.postings:
        balances[row["book_id"], row["debit"], row["currency"]] += row["amount_minor"]
        balances[row["book_id"], row["credit"], row["currency"]] -= row["amount_minor"]
    plans, dues, pots = seen.one("payment_plans"), seen.one("fund_dues"), seen.one("fund_pots")
    expected: dict[tuple[Any, str, str], int] = defaultdict(int)
    for row in seen.rows["payments"]:
        pot, purpose = plans[row["plan_id"]]["pot_id"], dues[row["due_id"]]["purpose"]
        if row["state"] == "sent":
            expected[pot, "fund:in_transit", row["currency"]] += row["amount_minor"]
        if row["state"] in PAID:
            expected[pot, f"fund:disbursed:{purpose}", row["currency"]] += row["amount_minor"]
    accounts = {key for key in (*balances, *expected) if "in_transit" in key[1] or "disbursed" in key[1]}
    for key in sorted(accounts, key=str):
        if balances[key] != expected[key]:
            yield f"pot {pots[key[0]]['reference']}: {key[1]} is {balances[key]}, payments say {expected[key]}"
    for (book, account, currency), amount in balances.items():
        if account.startswith("fund:bank") and pots[book]["kind"] != "suspense" and amount < 0:
            yield f"pot {pots[book]['reference']} is below zero: {amount} {currency}"


def _of_holds(seen: Seen) -> Iterator[str]:
    """What is held is what plans reserve, and no pot promises more than it has."""
    ended = {(row["book_id"], row["hold_id"]) for row in seen.rows["ledger_hold_resolutions"]}
    holds = {row["id"]: row for row in seen.rows["ledger_holds"] if (row["book_id"], row["id"]) not in ended}
    wanted = {}
    locks = {(row["plan_id"], bytes(row["lock_hash"])): row for row in seen.rows["payment_plan_locks"]}
    for row in seen.rows["payment_plans"]:
        if row["state"] in {"locked", "approved", "released"}:
            lock = locks.get((row["id"], bytes(row["lock_hash"])))
            if lock is None:
                yield f"plan {row['reference']} is locked under a digest that is none"
                continue
            wanted[lock["hold_id"]] = (row["pot_id"], lock["total_minor"])
    if {id_: (row["book_id"], row["amount_minor"]) for id_, row in holds.items()} != wanted:
        yield "what is held is not what plans reserve"
    accounts, left = seen.one("ledger_accounts"), _banks(seen)
    for row in holds.values():
        account = accounts[row["account_id"]]
        left[row["book_id"], account["code"], account["currency"]] -= row["amount_minor"]
    guarded = {
        (row["book_id"], accounts[row["account_id"]]["code"], accounts[row["account_id"]]["currency"]): row["available_minor"]
        for row in seen.rows["ledger_guarded_balances"]
    }  # fmt: skip
    for key, available in guarded.items():
        if left[key] < 0:
            yield f"book {key[0]} promises {-left[key]} more than it has"
        if left[key] != available:
            yield f"book {key[0]} says that {available} is available, and it is {left[key]}"


def _banks(seen: Seen) -> dict[tuple[Any, str, str], int]:
    found: dict[tuple[Any, str, str], int] = defaultdict(int)
    for row in seen.postings:
        for account, sign in ((row["debit"], 1), (row["credit"], -1)):
            if account.startswith("fund:bank"):
                found[row["book_id"], account, row["currency"]] += sign * row["amount_minor"]
    return found
