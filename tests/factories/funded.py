"""A fund with money in it, the people who work in it, workers with accounts, and what is to be paid to them.

Made once in a run upon the small world (``funded_world``), and every test gets a copy. OP-1 operates the fund; PT-1 gives.
"""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from recruitment.access import queries as access
from recruitment.access.rules.people import actor_of
from recruitment.access.services.stepping_up import StepUp
from recruitment.banking.answers import Answer, AnswerKind, AnswerLine, Direction, LineStatus
from recruitment.banking.instructions import FileFormat, Method
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.core.ids import new_id
from recruitment.database.unit_of_work import Database
from recruitment.fund import queries, services
from recruitment.fund.models import Payment, PaymentEventRow, PaymentPlan, PlanEventRow
from recruitment.fund.rules import DonorClass, PotKind, Purpose, ReceiptKind
from recruitment.fund.services import NewAnswer, NewDue, NewPayee, NewPlan, NewPot, NewReceipt
from recruitment.jobseekers import queries as jobseekers
from recruitment.ledger.services.verifying import verify
from recruitment.organisations import queries as organisations
from tests.factories import people
from tests.factories.field import Field, field_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from uuid import UUID

    from recruitment.core.actor import Actor
    from recruitment.fund.rules import AnswerRead, DueRead, PaymentFile, PaymentRead, PlanRead, PotRead

__all__ = ["Funded", "funded", "served_funded", "sqlite_funded"]

ACCOUNT = "123-4-56789-0"
INSTITUTION = "THCBC/004"
PEOPLE = {
    "preparer@relief.example": (Role.FUND_PREPARER, "OP-1"),
    "approver@relief.example": (Role.FUND_APPROVER, "OP-1"),
    "second@relief.example": (Role.FUND_APPROVER, "OP-1"),
    "releaser@relief.example": (Role.FUND_RELEASER, "OP-1"),
    "worker@relief.example": (Role.CASE_WORKER, "OP-1"),
    "colleague@relief.example": (Role.CASE_WORKER, "OP-1"),
    "supervisor@wells.example": (Role.CSO_SUPERVISOR, "CSO-1"),
}
JOBSEEKERS = ("JS-1", "JS-2", "JS-3")


@dataclass
class Funded:
    """Whoever works in the fund, each in sessions of their own scope. Money in satang of THB where nothing is said."""

    field: Field
    entries: int = 0
    actors: dict[str, Actor] = dataclasses.field(default_factory=dict)

    def actor(self, login: str) -> Actor:
        if login not in self.actors:
            with self.field.database.read_session() as session:
                found = access.person_by_login(session, login)
            assert found is not None
            self.actors[login] = actor_of(found)
        return self.actors[login]

    @property
    def preparer(self) -> Actor:
        return self.actor("preparer@relief.example")

    @property
    def approver(self) -> Actor:
        return self.actor("approver@relief.example")

    @property
    def second(self) -> Actor:
        """Another approver."""
        return self.actor("second@relief.example")

    @property
    def releaser(self) -> Actor:
        return self.actor("releaser@relief.example")

    @property
    def worker(self) -> Actor:
        """A case worker, who sees everything, and says what is to be paid."""
        return self.actor("worker@relief.example")

    @property
    def colleague(self) -> Actor:
        """Another case worker, who calls back."""
        return self.actor("colleague@relief.example")

    @property
    def supervisor(self) -> Actor:
        """Of the CSO of all workers here."""
        return self.actor("supervisor@wells.example")

    @cached_property
    def operator(self) -> UUID:
        return self.organisation("OP-1")

    def organisation(self, code: str) -> UUID:
        with self.field.database.read_session() as session:
            return organisations.by_code(session, [code])[code].id

    def do(self, actor: Actor, verb: Any, *arguments: Any, **options: Any) -> Any:
        """Let somebody do something in a unit of work of their scope."""
        with self.field.database.unit_of_work(actor.scope) as session:
            return verb(session, actor, *arguments, **options)

    def read(self, query: Any, *arguments: Any, actor: Actor | None = None, **options: Any) -> Any:
        """Read something as the preparer, or somebody else, sees it."""
        with self.field.database.read_session((actor or self.preparer).scope) as session:
            return query(session, *arguments, **options)

    @staticmethod
    def step(actor: Actor) -> StepUp:
        """Return the second factor of somebody, shown just now."""
        return StepUp(actor.id, clock.now())

    @cached_property
    def pots(self) -> dict[str, PotRead]:
        """The pots by name: General, Cedar (earmarked for PT-1), Support, Cash, Suspense."""
        return {each.name: each for each in self.read(queries.pots_page)}

    def money(self, amount: int, currency: str = "THB", pot: str = "General", **more: Any) -> Any:
        """Let money come into a pot."""
        reference = self.pots[pot].reference
        new: dict[str, Any] = {
            "kind": ReceiptKind.ONE_OFF,
            "donor_class": DonorClass.FOUNDATION,
            "received_on": clock.today(),
        } | more
        return self.do(
            self.preparer,
            services.record_receipt,
            NewReceipt(pot=reference, currency=currency, amount_minor=amount, **new),
        )

    def payee(self, jobseeker: str, account: str | None = None, actor: Actor | None = None, **more: Any) -> Any:
        """Record the account of a worker."""
        new: dict[str, Any] = {
            "method": Method.BANK,
            "holder": f"Holder {jobseeker}",
            "institution": "THCBC/002",
        } | more
        if new["method"] is Method.CASH:
            new["institution"] = None
        else:
            new["account"] = account or f"555{int(hashlib.sha256(jobseeker.encode()).hexdigest()[:10], 16)}"
        return self.do(actor or self.worker, services.record_payee, NewPayee(jobseeker=jobseeker, **new))

    def jobseeker(self, reference: str) -> UUID:
        with self.field.database.read_session() as session:
            return jobseekers.ids_by_reference(session, [reference])[reference]

    def due(self, jobseeker: str = "JS-1", amount: int = 1000_00, currency: str = "THB", **more: Any) -> str:
        """Let something be due to a worker; return its reference."""
        return self.dues([(jobseeker, amount)], currency, **more)[0]

    def dues(self, wanted: Sequence[tuple[str, int]], currency: str = "THB", **more: Any) -> list[str]:
        said: dict[str, Any] = {"purpose": Purpose.REIMBURSEMENT, "due_on": clock.today()} | more
        new = [
            NewDue(
                operator_id=self.operator, case_reference=f"RC-{jobseeker}", source_id=new_id(), currency=currency,
                amount_minor=amount, jobseeker_id=self.jobseeker(jobseeker), **said,
            )
            for jobseeker, amount in wanted
        ]  # fmt: skip
        found: list[str] = self.do(self.worker, services.add_dues, new)
        return found

    def the_due(self, reference: str) -> DueRead:
        found: DueRead = self.read(queries.dues_by_reference, [reference])[reference]
        return found

    def draft(self, *dues: str, pot: str = "General", currency: str = "THB", **more: Any) -> str:
        """Return a draft of ``dues`` by the preparer; of everything that fits, when none is named."""
        new: dict[str, Any] = {"method": Method.BANK, "file_format": FileFormat.CSV} | more
        plan: str = self.do(
            self.preparer, services.draft_plan, NewPlan(pot=self.pots[pot].reference, currency=currency, **new)
        )
        self.do(self.preparer, services.add_to_plan, plan, list(dues) or None)
        return plan

    def locked(self, *dues: str, **more: Any) -> PlanRead:
        plan = self.draft(*dues, **more)
        found: PlanRead = self.do(self.preparer, services.lock, plan)
        return found

    def hash_of(self, plan: str) -> str:
        lock = self.the(plan).lock
        assert lock is not None
        return lock.lock_hash

    def the(self, plan: str, actor: Actor | None = None) -> PlanRead:
        who = actor or self.preparer
        found: PlanRead = self.read(queries.plan, who, plan, actor=who)
        return found

    def approve(self, plan: str, actor: Actor | None = None) -> PlanRead:
        who = actor or self.approver
        found: PlanRead = self.do(who, services.approve, plan, self.hash_of(plan), self.step(who))
        return found

    def release(self, plan: str, actor: Actor | None = None) -> PlanRead:
        who = actor or self.releaser
        found: PlanRead = self.do(who, services.release_plan, plan, self.hash_of(plan), self.step(who))
        return found

    def export(self, plan: str) -> PaymentFile:
        found: PaymentFile = self.do(self.releaser, services.export, plan)
        return found

    def exported(self, *dues: str, **more: Any) -> PlanRead:
        """Return a plan of ``dues`` that went all its way to the bank, with a second approval where it is needed."""
        plan = self.locked(*dues, **more)
        assert plan.lock is not None
        self.approve(plan.reference)
        if plan.lock.approvals_needed == 2:
            self.approve(plan.reference, self.second)
        self.release(plan.reference)
        self.export(plan.reference)
        return self.the(plan.reference)

    def payments(self, plan: str) -> list[PaymentRead]:
        found: list[PaymentRead] = self.read(queries.payments_of, plan, limit=20_000)
        return found

    def line(self, payment: PaymentRead | None = None, **more: Any) -> AnswerLine:
        """Return a line of the bank: the payment was booked, unless it is said otherwise."""
        self.entries += 1
        said: dict[str, Any] = {
            "number": self.entries, "entry_reference": f"E{self.entries}", "direction": Direction.DEBIT, "reason": None,
            "end_to_end": payment.reference if payment else None, "amount_minor": payment.amount_minor if payment else 1,
            "currency": payment.currency if payment else "THB", "booked_on": clock.today(), "status": LineStatus.BOOKED,
            "text": "",
        } | more  # fmt: skip
        return AnswerLine(**said)

    def returned(self, payment: PaymentRead, **more: Any) -> AnswerLine:
        said: dict[str, Any] = {"direction": Direction.CREDIT, "status": LineStatus.RETURNED, "reason": "AC04"} | more
        return self.line(payment, **said)

    def answer(self, *lines: AnswerLine, account: str = ACCOUNT, content: bytes | None = None) -> list[AnswerRead]:
        """Let the bank answer, by a list that was read already."""
        answer = Answer(
            kind=AnswerKind.CSV, account=account, currency="THB", statement_id="S", opening_minor=None,
            closing_minor=None, created_at=None, lines=lines,
        )  # fmt: skip
        content = content or repr(lines).encode()
        found: list[AnswerRead] = self.do(
            self.preparer, services.take_read, NewAnswer(AnswerKind.CSV), [answer], content
        )
        return found

    def settled(self, plan: PlanRead) -> list[PaymentRead]:
        """Let the bank settle every payment of a plan."""
        self.answer(*(self.line(each) for each in self.payments(plan.reference)))
        return self.payments(plan.reference)

    def statement(self, first: date | None = None, last: date | None = None, **more: Any) -> Any:
        return self.do(self.preparer, services.fund_statement, first or clock.today(), last or clock.today(), **more)

    def events(self, action: str) -> list[Any]:
        """Return the events of an action in the audit record."""
        with self.field.database.engine.connect() as connection:
            query = "SELECT * FROM audit_events WHERE action = '" + action + "' ORDER BY id"
            return list(connection.exec_driver_sql(query))

    def check(self) -> None:
        """Expect that the books are right, and that everything stands where its last event led."""
        with self.field.database.read_session() as session:
            assert list(verify(session, LOCAL_OPERATOR)) == []
            for model, row, key in ((PaymentPlan, PlanEventRow, "plan_id"), (Payment, PaymentEventRow, "payment_id")):
                last: dict[UUID, tuple[int, str]] = {}
                for each in session.execute(select(getattr(row, key), row.number, row.to_state).order_by(row.number)):
                    last[each[0]] = (each[1], each[2])
                stands = {
                    each[0]: (each[1], each[2]) for each in session.execute(select(model.id, model.number, model.state))
                }
                assert stands == last


def fill(field: Field) -> None:
    """Let the fund begin: its people, its pots with money, and accounts of three workers."""
    made = Funded(field)
    for login, (role, organisation) in PEOPLE.items():
        people.settle(field.database, role, made.organisation(organisation), login=login, enrolled=True)
    pots = (
        ("General", PotKind.DEBT_RELIEF, None),
        ("Cedar", PotKind.DEBT_RELIEF, "PT-1"),
        ("Support", PotKind.VICTIM_SUPPORT, None),
        ("Cash", PotKind.UNCONDITIONAL_CASH, None),
        ("Suspense", PotKind.SUSPENSE, None),
    )
    for name, kind, earmark in pots:
        made.do(made.preparer, services.open_pot, NewPot(kind, name, INSTITUTION, ACCOUNT, earmarked_for=earmark))
    made.money(100_000_00)
    for jobseeker in JOBSEEKERS:
        made.payee(jobseeker)


@pytest.fixture
def funded(small_worlds, engine_name, tmp_path, monkeypatch) -> Iterator[Funded]:
    """The fund in a database of this test alone; the test runs on both engines."""
    yield from _funded(small_worlds, engine_name, tmp_path, monkeypatch)


@pytest.fixture
def sqlite_funded(small_worlds, tmp_path, monkeypatch) -> Iterator[Funded]:
    """The same on SQLite alone, where the engine makes no difference."""
    yield from _funded(small_worlds, "sqlite", tmp_path, monkeypatch)


def _funded(small_worlds: Any, engine: str, tmp_path: Any, monkeypatch: Any) -> Iterator[Funded]:
    worlds = small_worlds.after("funded_world", fill)
    with field_in(worlds, engine, tmp_path, monkeypatch) as field:
        made = Funded(field)
        yield made
        made.check()


@pytest.fixture
def served_funded(small_worlds, engine_name, engine_databases, tmp_path, monkeypatch) -> Iterator[Funded]:
    """The same as the web service opens it: on PostgreSQL as a role for which row-level security holds."""
    for made in _funded(small_worlds, engine_name, tmp_path, monkeypatch):
        whole = made.field.database
        made.field.database = Database(engine_databases.served(whole.settings))
        yield made
        made.field.database.dispose()
        made.field.database = whole
