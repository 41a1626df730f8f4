"""The machine that drives the services of the fund and the model side by side, act by act."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from recruitment.access.services.stepping_up import StepUp
from recruitment.banking.instructions import Method
from recruitment.core import clock
from recruitment.core.errors import RecruitmentError
from recruitment.database.unit_of_work import Database
from recruitment.fund import queries
from recruitment.fund.rules.kinds import CallBack, DueEnd, PotKind
from recruitment.fund.rules.segregation import BackReason
from recruitment.fund.services import approving, confirming, dues, locking, payees, planning, releasing
from recruitment.jobseekers import queries as jobseekers
from tests.factories.forced import Forced, answer_of, forced
from tests.fund.force.checking import Seen, faults
from tests.fund.force.model import MAY, PREPARES, Account, Due, Model, Plan

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
WORKERS = 3

people = st.sampled_from(sorted(MAY))
positions = st.integers(0, 10**6)
currencies = st.sampled_from(["THB", "THB", "THB", "MMK"])
amounts = st.sampled_from([100, 250, 700, 60_000_00, 100_000_01])
digests = st.sampled_from(["right", "right", "right", "older", "none"])
steps = st.sampled_from(["shown", "shown", "shown", "long ago", "somebody else's"])


class FundMachine(RuleBasedStateMachine):
    """Drives the services and the model; ``databases`` and ``counted`` are given by the test."""

    databases: Any
    counted: Counter[str]
    model_of = Model

    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="model-")))
        self.database = Database(self.stack.enter_context(self.databases.migrated(folder)))
        self.model, self.now = self.model_of(), START
        self.digests: list[str] = ["0" * 64]
        self.answers: list[bytes] = []
        with self.at_now():
            self.fund: Forced = forced(self.database, workers=WORKERS)
            self.fund.people["clerk"] = replace(self.fund["local"], id=UUID(int=77))
            self.pots = [self.fund.a_pot(), self.fund.a_pot()]
            self.suspense = self.fund.a_pot(kind=PotKind.SUSPENSE)
        for worker in range(WORKERS):
            self.model.accounts[worker] = Account(1, "local", START)
        self.one_of_everything()

    def one_of_everything(self) -> None:
        """A plan that goes its whole way, and each act that is left out of that: Hypothesis leaves rules out on purpose."""
        self.receive("preparer", 0, "THB", 700)
        self.owe(0, "THB", 100)
        self.owe(1, "THB", 250)
        self.draft("preparer", 0, "THB")
        for due in (0, 1):
            self.add("preparer", 0, due)
        self.lock("preparer", 0)
        self.send_back("approver", 0)
        self.remove("preparer", 0, 1)
        self.lock("preparer", 0)
        self.unlock("other_preparer", 0)
        self.lock("local", 0)
        self.approve("local", 0, "right", "shown")
        self.approve("approver", 0, "older", "shown")
        self.approve("approver", 0, "right", "shown")
        self.release("local", 0, "right", "shown")
        self.release("releaser", 0, "right", "shown")
        self.release("local", 0, "right", "long ago")
        self.export("other_releaser", 0)
        self.export("releaser", 0)
        # The payments of earlier locks are void; the last is the one that was sent.
        self.bank_books("preparer", -1)
        self.answer_again("preparer", 0)
        self.worker_says(-1, False)
        self.bank_returns("local", -1)
        self.change_account(0)
        self.let_time_pass(50)
        self.call_back("clerk", 0, True)
        self.end_due(1)
        self.draft("local", 0, "THB")
        self.cancel("local", 1)

    def at_now(self) -> Any:
        return clock.stopped_at(self.now)

    def tried(self, name: str, expected: bool, act: Callable[[], Any]) -> Any:
        """Do something; it must be taken or refused as the model says. Return what came of it, None when refused."""
        self.counted[name] += 1
        with self.at_now():
            found, refusal = self.answer(act)
        assert (refusal is None) == expected, (
            f"{name} was taken" if refusal is None else f"{name} was refused: {refusal!r}"
        )
        if refusal:
            return None
        self.counted[f"{name}, taken"] += 1
        return found

    def answer(self, act: Callable[[], Any]) -> tuple[Any, RecruitmentError | None]:
        try:
            return act(), None
        except RecruitmentError as error:
            return None, error

    def plan(self, position: int) -> tuple[str, Plan] | None:
        names = list(self.model.plans)
        return (names[position % len(names)], self.model.plans[names[position % len(names)]]) if names else None

    def picked(self, names: Any, position: int) -> str:
        return list(names)[position % len(names)]

    @rule(who=people, pot=positions, currency=currencies, amount=amounts)
    def receive(self, who: str, pot: int, currency: str, amount: int) -> None:
        name, may = self.pots[pot % 2], PREPARES in MAY[who]
        actor = self.fund.people["preparer"]
        self.fund.people["preparer"] = self.fund[who]  # the factory lets the preparer do it
        try:
            self.tried("receive", may, lambda: self.fund.received(name, amount, currency))
        finally:
            self.fund.people["preparer"] = actor
        if may:
            self.model.bank[name, currency] += amount

    @rule(worker=positions, currency=currencies, amount=amounts)
    def owe(self, worker: int, currency: str, amount: int) -> None:
        worker %= WORKERS
        (due,) = self.tried("owe", True, lambda: self.fund.owed(amount, currency=currency, worker=worker))
        self.model.dues[due] = Due(worker, currency, amount)

    @rule(due=positions)
    def end_due(self, due: int) -> None:
        if not self.model.dues:
            return
        name = self.picked(self.model.dues, due)
        can = not self.model.is_taken(name)
        self.tried("end due", can, lambda: self.fund.did("local", dues.end_dues, [name], DueEnd.SUPERSEDED))
        self.model.dues[name].ended |= can

    @rule(worker=positions)
    def change_account(self, worker: int) -> None:
        worker %= WORKERS

        def act() -> Any:
            with self.database.unit_of_work() as session:
                reference = jobseekers.references(session, [self.fund.workers[worker]])[self.fund.workers[worker]]
                account = f"8{uuid4().int % 10**9:09}"
                new = payees.NewPayee(Method.BANK, "Ma Nobody", account, "THCBC/004", reference)
                return payees.record_payee(session, self.fund["local"], new)

        self.tried("change account", True, act)
        before = self.model.accounts[worker]
        self.model.accounts[worker] = Account(before.version + 1, "local", self.now)

    @rule(who=st.sampled_from(["local", "clerk", "preparer"]), worker=positions, is_theirs=st.booleans())
    def call_back(self, who: str, worker: int, is_theirs: bool) -> None:
        account = self.model.accounts[worker % WORKERS]
        outcome = CallBack.CONFIRMED if is_theirs else CallBack.DENIED
        party = self.fund.workers[worker % WORKERS]

        def act() -> Any:
            with self.database.read_session() as session:
                newest = queries.payees_of(session, [party], clock.now())[party].reference
            return self.fund.did(who, payees.record_call_back, newest, outcome)

        can = who == "clerk" and account.called is None
        self.tried("call back", can, act)
        if can:
            account.called = outcome.value

    @rule(hours=st.sampled_from([1, 25, 50]))
    def let_time_pass(self, hours: int) -> None:
        self.counted["let time pass"] += 1
        self.now += timedelta(hours=hours)

    @rule(who=people, pot=positions, currency=currencies)
    def draft(self, who: str, pot: int, currency: str) -> None:
        name = self.pots[pot % 2]
        plan = self.tried("draft", PREPARES in MAY[who], lambda: self.fund.drafted(name, [], who, currency))
        if plan:
            self.model.plans[plan] = Plan(name, currency, who)

    @rule(who=people, plan=positions, due=positions)
    def add(self, who: str, plan: int, due: int) -> None:
        found = self.plan(plan)
        if found is None or not self.model.dues:
            return
        (name, it), owed = found, self.picked(self.model.dues, due)
        can = PREPARES in MAY[who] and it.state == "draft"
        added = self.tried("add", can, lambda: self.fund.did(who, planning.add_to_plan, name, [owed]))
        if added is not None:
            fits = owed not in it.items and self.model.fits(it, owed, self.now)
            assert added.added == fits
            it.items |= {owed} if fits else set()

    @rule(who=people, plan=positions, due=positions)
    def remove(self, who: str, plan: int, due: int) -> None:
        found = self.plan(plan)
        if found is None or not self.model.dues:
            return
        (name, it), owed = found, self.picked(self.model.dues, due)
        can = PREPARES in MAY[who] and it.state == "draft" and owed in it.items
        self.tried("remove", can, lambda: self.fund.did(who, planning.remove_from_plan, name, [owed]))
        it.items -= {owed} if can else set()

    @rule(who=people, plan=positions)
    def lock(self, who: str, plan: int) -> None:
        found = self.plan(plan)
        if found is None:
            return
        name, it = found
        locked = self.tried("lock", self.model.can_lock(who, it, self.now), lambda: self.fund.lock(name, who))
        if locked:
            self.digests.append(locked.lock.lock_hash)
            payments = {each.due: each.reference for each in self.fund.payments(name)}
            self.model.lock(who, name, locked.lock.lock_hash, payments)

    def back(self, who: str, plan: int, how: str) -> None:
        found = self.plan(plan)
        if found is None:
            return
        name, it = found
        verb = {"unlock": locking.unlock, "cancel": locking.cancel, "send back": locking.send_back}[how]
        can = self.model.can_go_back(who, it, how)
        self.tried(how, can, lambda: self.fund.did(who, verb, name, BackReason.OTHER))
        if can:
            self.model.go_back(it, how)

    @rule(who=people, plan=positions)
    def unlock(self, who: str, plan: int) -> None:
        self.back(who, plan, "unlock")

    @rule(who=people, plan=positions)
    def cancel(self, who: str, plan: int) -> None:
        self.back(who, plan, "cancel")

    @rule(who=people, plan=positions)
    def send_back(self, who: str, plan: int) -> None:
        self.back(who, plan, "send back")

    def insisted(self, it: Plan, digest: str) -> str:
        if digest == "right" and it.lock:
            return it.lock.digest
        return self.digests[-2 if len(self.digests) > 1 else 0] if digest == "older" else "f" * 64

    def step(self, who: str, how: str) -> StepUp:
        at = self.now - timedelta(minutes=6 if how == "long ago" else 1)
        return StepUp(UUID(int=5) if how == "somebody else's" else self.fund[who].id, at)

    @rule(who=people, plan=positions, digest=digests, how=steps)
    def approve(self, who: str, plan: int, digest: str, how: str) -> None:
        found = self.plan(plan)
        if found is None:
            return
        (name, it), given, step = found, self.insisted(found[1], digest), self.step(who, how)
        can = self.model.can_approve(who, it, given, is_shown=how == "shown")
        self.tried("approve", can, lambda: self.fund.did(who, approving.approve, name, given, step))
        if can:
            self.model.approve(who, it)

    @rule(who=people, plan=positions, digest=digests, how=steps)
    def release(self, who: str, plan: int, digest: str, how: str) -> None:
        found = self.plan(plan)
        if found is None:
            return
        (name, it), given, step = found, self.insisted(found[1], digest), self.step(who, how)
        can = self.model.can_release(who, it, given, is_shown=how == "shown")
        self.tried("release", can, lambda: self.fund.did(who, releasing.release_plan, name, given, step))
        if can:
            self.model.release(who, it)

    @rule(who=people, plan=positions)
    def export(self, who: str, plan: int) -> None:
        found = self.plan(plan)
        if found is None:
            return
        name, it = found
        file = self.tried("export", self.model.can_export(who, it), lambda: self.fund.export(name, who))
        if file:
            assert file.is_first == self.model.export(it)

    def answered(self, who: str, payment: int, name: str) -> None:
        if not self.model.payments:
            return
        reference = self.picked(self.model.payments, payment)
        it = self.model.payments[reference]
        with self.at_now(), self.database.read_session() as session:
            told = queries.payment(session, reference)
            assert told is not None
            content = answer_of([told], returned=name == "bank returns")
        can = PREPARES in MAY[who]
        self.tried(name, can, lambda: self.fund.take(content, who))
        if can:
            self.answers.append(content)
            (self.model.returned if name == "bank returns" else self.model.booked)(it)

    @rule(who=people, payment=positions)
    def bank_books(self, who: str, payment: int) -> None:
        self.answered(who, payment, "bank books")

    @rule(who=people, payment=positions)
    def bank_returns(self, who: str, payment: int) -> None:
        self.answered(who, payment, "bank returns")

    @rule(who=people, answer=positions)
    def answer_again(self, who: str, answer: int) -> None:
        if self.answers:
            content = self.answers[answer % len(self.answers)]
            self.tried("answer again", False, lambda: self.fund.take(content, who))

    @rule(payment=positions, is_all=st.booleans())
    def worker_says(self, payment: int, is_all: bool) -> None:
        if not self.model.payments:
            return
        reference = self.picked(self.model.payments, payment)
        can = self.model.confirm(self.model.payments[reference], is_all=is_all)
        word = confirming.Word(is_all, self.now.date(), uuid4())
        self.tried("worker says", can, lambda: self.fund.did("local", confirming.confirm, reference, word))

    @invariant()
    def is_as_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        assert faults(self.database, books=False) == []
        seen = Seen(self.database)
        assert {row["reference"]: row["state"] for row in seen.rows["payment_plans"]} == {
            name: plan.state for name, plan in self.model.plans.items()
        }
        assert {row["reference"]: row["state"] for row in seen.rows["payments"]} == {
            name: payment.state for name, payment in self.model.payments.items()
        }
        pots = {row["id"]: row["reference"] for row in seen.rows["fund_pots"]}
        found: Counter[tuple[str, str, str]] = Counter()
        for row in seen.postings:
            for account, sign in ((row["debit"], 1), (row["credit"], -1)):
                kind = account.split(":")[1]
                found[pots[row["book_id"]], kind, row["currency"]] += sign * row["amount_minor"]
        for currency in ("THB", "MMK"):
            for pot in self.pots:
                assert found[pot, "bank", currency] == self.model.bank[pot, currency] >= 0
                assert found[pot, "in_transit", currency] == self.model.on_the_way(pot, currency)
                assert found[pot, "disbursed", currency] == self.model.paid[pot, currency]
                assert self.model.reserved(pot, currency) <= self.model.bank[pot, currency]
            assert found[self.suspense, "bank", currency] == self.model.suspense[currency]

    def teardown(self) -> None:
        if hasattr(self, "model"):
            assert faults(self.database) == []
            self.database.dispose()
            self.stack.close()
