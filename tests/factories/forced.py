"""A fund in which people act at once, are killed, or try what they may not: its people, pots, dues, plans and answers.

Everything goes through the services, each act in a unit of work of its own and in the scope of who acts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from recruitment.access.services.stepping_up import StepUp
from recruitment.banking.answers import AnswerKind
from recruitment.banking.instructions import FileFormat, Method
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Actor, Role
from recruitment.core.money import to_text
from recruitment.database.unit_of_work import Database
from recruitment.fund.queries import payments_of
from recruitment.fund.rules.kinds import DonorClass, PotKind, Purpose, ReceiptKind
from recruitment.fund.rules.reads import PaymentRead, PlanRead
from recruitment.fund.rules.segregation import BackReason
from recruitment.fund.services import approving, dues, locking, payees, planning, pots, receipts, reconciling, releasing
from recruitment.jobseekers import queries as jobseekers
from recruitment.jobseekers.rules import ListedPerson
from recruitment.jobseekers.service import register_listed
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import NewOrganisation, OrganisationKind
from recruitment.organisations.service import enter
from tests.banking.statements import document, entry, payment, statement
from tests.factories.actors import actor_of

THB = "THB"
BANK_ACCOUNT = "1112223334"
OPERATOR = "OP-FORCE"
LONG_AGO = date(2024, 1, 1)

_ROLES = {
    "preparer": Role.FUND_PREPARER,
    "other_preparer": Role.FUND_PREPARER,
    "approver": Role.FUND_APPROVER,
    "other_approver": Role.FUND_APPROVER,
    "releaser": Role.FUND_RELEASER,
    "other_releaser": Role.FUND_RELEASER,
}
PEOPLE = {name: UUID(int=0xF0_0000 + number) for number, name in enumerate(_ROLES)}
"""The people of the fund, always the same, so that a process which comes later acts as the same ones."""


def shown(actor: Actor) -> StepUp:
    """Return that somebody showed their second factor just now."""
    return StepUp(actor.id, clock.now())


@dataclass
class Forced:
    """The fund in one database. ``people`` by name, of ``PEOPLE`` and ``local``."""

    database: Database
    operator_id: UUID
    people: dict[str, Actor]
    workers: list[UUID] = field(default_factory=list)
    method: Method = Method.BANK

    def __getitem__(self, name: str) -> Actor:
        return self.people[name]

    def did(self, who: str, verb: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Let somebody do something, in a unit of work of its own."""
        actor = self.people[who]
        with self.database.unit_of_work(actor.scope) as session:
            return verb(session, actor, *given, **named)

    def a_pot(self, amount: int = 0, kind: PotKind = PotKind.DEBT_RELIEF) -> str:
        """Open a pot, with money in it, and return its reference."""
        new = pots.NewPot(kind, f"A pot {uuid4()}", "THCBC/004", BANK_ACCOUNT)
        found: str = self.did("preparer", pots.open_pot, new)
        if amount:
            self.received(found, amount)
        return found

    def received(self, pot: str, amount: int, currency: str = THB) -> None:
        """Let money come in."""
        new = receipts.NewReceipt(pot, ReceiptKind.ONE_OFF, DonorClass.FOUNDATION, currency, amount, LONG_AGO)
        self.did("preparer", receipts.record_receipt, new)

    def hired(self, count: int) -> None:
        """Let workers come, each with an account."""
        with self.database.unit_of_work() as session:
            found = register_listed(session, LOCAL_OPERATOR, [ListedPerson("Ma Nobody", "MM")] * count)
            references = jobseekers.references(session, found)
            for worker in found:
                account, institution = (
                    (None, None) if self.method is Method.CASH else (f"9{uuid4().int % 10**9:09}", "THCBC/004")
                )
                new = payees.NewPayee(self.method, "Ma Nobody", account, institution, references[worker])
                payees.record_payee(session, LOCAL_OPERATOR, new)
        self.workers += found

    def owed(self, *amounts: int, currency: str = THB, worker: int | None = None) -> list[str]:
        """Let something be due to one worker after the other (or to one of them), and return the references."""
        missing = (worker or 0) + 1 - len(self.workers)
        if missing > 0:
            self.hired(missing)
        new = [
            dues.NewDue(
                self.operator_id, "RC-FORCE", uuid4(), Purpose.REIMBURSEMENT, currency, amount, LONG_AGO,
                jobseeker_id=self.workers[place % len(self.workers) if worker is None else worker],
            )
            for place, amount in enumerate(amounts)
        ]  # fmt: skip
        found: list[str] = self.did("local", dues.add_dues, new)
        return found

    def drafted(self, pot: str, owed: Sequence[str], who: str = "preparer", currency: str = THB) -> str:
        """Draft a plan that pays dues."""
        plan: str = self.did(who, planning.draft_plan, planning.NewPlan(pot, currency, self.method, FileFormat.CSV))
        if owed:
            added = self.did(who, planning.add_to_plan, plan, owed)
            assert added.added == len(owed), added.left_out
        return plan

    def drafts(self, pot: str, each_owed: Sequence[Sequence[str]]) -> list[str]:
        """Draft a plan for each list of dues, in one unit of work."""
        actor, new = self["preparer"], planning.NewPlan(pot, THB, self.method, FileFormat.CSV)
        with self.database.unit_of_work(actor.scope) as session:
            plans = [planning.draft_plan(session, actor, new) for _ in each_owed]
            for plan, owed in zip(plans, each_owed, strict=True):
                assert not planning.add_to_plan(session, actor, plan, owed).left_out
        return plans

    def lock(self, plan: str, who: str = "preparer") -> PlanRead:
        found: PlanRead = self.did(who, locking.lock, plan)
        return found

    def digest(self, plan: str, who: str = "preparer") -> str:
        """Lock a plan, and return the digest of what is locked."""
        found = self.lock(plan, who)
        assert found.lock is not None
        return found.lock.lock_hash

    def unlock(self, plan: str, who: str = "preparer") -> PlanRead:
        found: PlanRead = self.did(who, locking.unlock, plan, BackReason.WRONG_DUE)
        return found

    def approve(self, plan: str, lock: str, who: str = "approver") -> PlanRead:
        found: PlanRead = self.did(who, approving.approve, plan, lock, shown(self[who]))
        return found

    def release(self, plan: str, lock: str, who: str = "releaser") -> PlanRead:
        found: PlanRead = self.did(who, releasing.release_plan, plan, lock, shown(self[who]))
        return found

    def export(self, plan: str, who: str = "releaser") -> Any:
        return self.did(who, releasing.export, plan)

    def locked(self, pot: str, *amounts: int) -> tuple[str, str]:
        """Return a plan that is locked, and the digest."""
        plan = self.drafted(pot, self.owed(*amounts))
        return plan, self.digest(plan)

    def approved(self, pot: str, *amounts: int) -> tuple[str, str]:
        plan, lock = self.locked(pot, *amounts)
        self.approve(plan, lock)
        return plan, lock

    def released(self, pot: str, *amounts: int) -> str:
        plan, lock = self.approved(pot, *amounts)
        self.release(plan, lock)
        return plan

    def exported(self, pot: str, *amounts: int) -> str:
        plan = self.released(pot, *amounts)
        self.export(plan)
        return plan

    def payments(self, plan: str) -> list[PaymentRead]:
        with self.database.read_session() as session:
            return payments_of(session, plan, limit=1000)

    def take(self, content: bytes, who: str = "preparer") -> Any:
        """Read an answer of the bank."""
        return self.did(who, reconciling.take_answer, reconciling.NewAnswer(AnswerKind.CAMT053, OPERATOR), content)


def answer_of(payments: Iterable[PaymentRead], *, returned: bool = False, day: date | None = None) -> bytes:
    """Return a statement of the bank in which each payment is booked, or comes back."""
    entries, total = [], 0
    told = f"<Dt>{day or clock.today():%Y-%m-%d}</Dt>"
    for each in payments:
        amount = to_text(each.amount_minor, each.currency)
        mark, reason = ("CRDT", "AC04") if returned else ("DBIT", None)
        total += each.amount_minor
        entries.append(
            entry(amount, payment(each.reference, amount, mark=mark, returned=reason, currency=each.currency),
                  mark=mark, reference=f"BK-{uuid4()}", day=told, currency=each.currency)
        )  # fmt: skip
    whole = to_text(total, THB)
    opening, closing = ("0.00", whole) if returned else (whole, "0.00")
    account = f"<Othr><Id>{BANK_ACCOUNT}</Id></Othr>"
    return document(
        statement(*entries, opening=opening, closing=closing, account=account, identity=f"ST-{uuid4().hex[:20]}")
    )


def forced(database: Database, *, workers: int = 0, method: Method = Method.BANK) -> Forced:
    """Enter the operator unless it is there, and return the fund of a database."""
    with database.unit_of_work() as session:
        found = organisations.by_code(session, [OPERATOR]).get(OPERATOR)
        if found is None:
            new = NewOrganisation(OPERATOR, OrganisationKind.FUND_OPERATOR, "Relief (fictitious)", "TH")
            (operator_id,) = enter(session, LOCAL_OPERATOR, [(new, bytes(32))])
        else:
            operator_id = found.id
    people = {name: actor_of(_ROLES[name], operator_id, PEOPLE[name]) for name in _ROLES}
    fund = Forced(database, operator_id, {**people, "local": LOCAL_OPERATOR}, method=method)
    if workers:
        fund.hired(workers)
    return fund
