"""The small world with relief in it: cases, debts, agreements, payments by three people of the fund, and what workers say."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from recruitment.access.services.stepping_up import StepUp
from recruitment.banking.instructions import FileFormat, Method
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, THE_HOUSE, Actor, Role
from recruitment.fees.rules import Creditor, StatementChannel
from recruitment.fund import queries as fund
from recruitment.fund.rules.kinds import DonorClass, PotKind, ReceiptKind
from recruitment.relief import queries
from recruitment.relief.rules.kinds import Answer, AskedForPart, Instrument, MoveReason, RegisterLine
from recruitment.relief.rules.machine import CaseState
from recruitment.relief.services import (
    agreeing,
    confirming,
    entitling,
    following,
    moving,
    nominating,
    recovering,
    register,
)
from recruitment.relief.services.agreeing import NewAgreement, NewOutsidePayment, NewSignature, Payer
from recruitment.relief.services.confirming import Confirmed, NewConfirmation
from recruitment.relief.services.nominating import NewNomination
from recruitment.relief.services.register import NewCreditor, NewDebt, NewLine
from tests.factories.rows import row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recruitment.relief.queries import AgreementRead, CaseRead, DebtRead
    from tests.factories.caseload import Caseload

DAY = date(2026, 3, 2)
"""An ordinary day long before today."""


@dataclass
class Relieved:
    """Whoever works on relief, each in sessions of their own scope."""

    caseload: Caseload
    kept: dict[str, str] = field(default_factory=dict)

    @property
    def field(self) -> Any:
        return self.caseload.field

    @property
    def worker(self) -> Actor:
        """A case worker of the fund operator."""
        return self.caseload.actor(Role.CASE_WORKER, "OP-1")

    @property
    def supervisor(self) -> Actor:
        return self.caseload.actor(Role.CSO_SUPERVISOR, "CSO-1")

    def do(self, verb: Any, *arguments: Any, actor: Actor | None = None, **more: Any) -> Any:
        """Let somebody (the case worker) do something in a unit of work of their scope."""
        who = actor or self.worker
        with self.field.database.unit_of_work(who.scope) as session:
            return verb(session, who, *arguments, **more)

    def read(self, query: Any, *arguments: Any, actor: Actor = LOCAL_OPERATOR, **more: Any) -> Any:
        with self.field.database.read_session(actor.scope) as session:
            return query(session, *arguments, **more)

    def follow(self) -> int:
        """Let the house follow what happened to money until nothing is left; return how many things changed."""
        total = 0
        while changed := self.do(following.follow_payments, actor=THE_HOUSE):
            total += changed
        return total

    # cases and the register

    def nominated(self, *journeys: str, crew: str | None = "VESSEL-1", actor: Actor | None = None) -> list[str]:
        wanted = [NewNomination(journey, "OP-1", crew) for journey in journeys or ("J-1",)]
        found: list[str] = self.do(nominating.nominate, wanted, actor=actor or self.supervisor)
        return found

    def case(self, reference: str) -> CaseRead:
        found: CaseRead = self.read(queries.by_reference, reference)
        return found

    def state(self, reference: str) -> CaseState:
        return self.case(reference).state

    def creditor(self, kind: Creditor = Creditor.VESSEL_OWNER, name: str = "Captain Nobody", **more: Any) -> str:
        found: str = self.do(register.enter_creditor, NewCreditor("OP-1", kind, name, **more))
        return found

    def debt(self, case: str, creditor: str | None = None, **more: Any) -> str:
        """Record a debt of 9000 baht for the recruitment; return its reference."""
        given: dict[str, Any] = {
            "creditor": creditor or self._creditor(), "principal_minor": 900000, "linked_minor": 900000,
            "currency": "THB", "taken_on": date(2024, 2, 10),
        } | more  # fmt: skip
        return str(self.do(register.record_debt, case, NewDebt(**given)).reference)

    def _creditor(self) -> str:
        if "creditor" not in self.kept:
            self.kept["creditor"] = self.creditor()
        return self.kept["creditor"]

    def line(self, debt: str, kind: RegisterLine, amount: int, on: date = DAY) -> int:
        found: int = self.do(register.add_line, debt, NewLine(kind, amount, on))
        return found

    def debts(self, case: str, as_of: date | None = None) -> list[DebtRead]:
        found: list[DebtRead] = self.read(queries.debts_of, self.case(case).id, as_of or clock.today())
        return found

    def verified(self, journey: str = "J-1", **more: Any) -> str:
        """Return a verified case about a journey."""
        (case,) = self.nominated(journey, **more)
        self.do(moving.verify, case)
        return case

    # what is owed, and agreed

    def paid(self, journey: str = "J-1", amount: str = "2000.00", **cells: Any) -> None:
        """Let a worker report a payment for the recruitment."""
        cells = {"reference": f"RP-{journey}", "journey": journey, "amount": amount} | cells
        self.field.send("reports", row("reports", **cells))

    def entitled(self, case: str, as_of: date | None = None, **more: Any) -> Any:
        return self.do(entitling.entitle, case, as_of or clock.today(), **more)

    def agreed(self, case: str, instrument: Instrument = Instrument.ADVANCE, **more: Any) -> str:
        """Agree on something, by the fund and over 1000 baht unless it is said; entitle first where that is wanted."""
        given: dict[str, Any] = {
            "case": case, "instrument": instrument, "payer": Payer.FUND, "amount_minor": 100000, "currency": "THB",
            "agreed_on": clock.today(), "first_on": clock.today(),
        } | more  # fmt: skip
        if instrument in {Instrument.ADVANCE, Instrument.REIMBURSEMENT} and "entitlement" not in given:
            given["entitlement"] = self.entitled(case).reference
        found: str = self.do(agreeing.agree, NewAgreement(**given))
        return found

    def cancelled(self, case: str, debt: str, amount: int = 900000, **more: Any) -> str:
        """Agree that a debt goes away."""
        return self.agreed(case, Instrument.CANCELLATION, payer=Payer.CREDITOR, debt=debt, amount_minor=amount, **more)

    def signed(self, agreement: str, on: date | None = None) -> None:
        day = on or clock.today()
        self.do(agreeing.sign, agreement, NewSignature(day, "Captain Nobody", day))

    def outside(self, agreement: str, amount: int, on: date | None = None) -> str:
        new = NewOutsidePayment(amount, "THB", on or clock.today())
        found: str = self.do(agreeing.record_outside_payment, agreement, new)
        return found

    def agreement(self, reference: str) -> AgreementRead:
        found: AgreementRead = self.read(queries.agreement, reference)
        return found

    def agreements(self, case: str) -> list[AgreementRead]:
        found: list[AgreementRead] = self.read(queries.agreements_of, self.case(case).id)
        return found

    # the fund

    def filled(self, amount: int = 10_000_000) -> str:
        """Open a pot with money in it, once; return its reference."""
        from recruitment.fund.services import pots, receipts

        if "pot" not in self.kept:
            preparer = self.caseload.actor(Role.FUND_PREPARER, "OP-1")
            new = pots.NewPot(PotKind.DEBT_RELIEF, "General", "BKKBTHBK", "1234567890")
            self.kept["pot"] = pot = self.do(pots.open_pot, new, actor=preparer)
            came = receipts.NewReceipt(
                pot, ReceiptKind.ONE_OFF, DonorClass.FOUNDATION, "THB", amount, clock.today() - timedelta(days=1)
            )
            self.do(receipts.record_receipt, came, actor=preparer)
        return self.kept["pot"]

    def payee(self, jobseeker: str = "JS-1") -> None:
        """Let a worker be paid in cash, once."""
        from recruitment.fund.services import payees

        if f"payee of {jobseeker}" not in self.kept:
            new = payees.NewPayee(Method.CASH, "Jasmine", None, None, jobseeker=jobseeker)
            self.kept[f"payee of {jobseeker}"] = self.do(payees.record_payee, new, actor=self.worker).reference

    def dues(self, case: str | None = None) -> list[Any]:
        found = self.read(fund.dues_page, after=None, limit=1000)
        return [each for each in found if case in {None, each.case_reference}]

    def sent(self, *dues: str) -> list[Any]:
        """Bring dues through a plan of three people until the money is on its way; return the payments."""
        from recruitment.fund.services import approving, locking, planning, releasing

        pot = self.filled()
        preparer, approver, releaser = (
            self.caseload.actor(role, "OP-1") for role in (Role.FUND_PREPARER, Role.FUND_APPROVER, Role.FUND_RELEASER)
        )
        plan = self.do(planning.draft_plan, planning.NewPlan(pot, "THB", Method.CASH, FileFormat.CSV), actor=preparer)
        added = self.do(planning.add_to_plan, plan, list(dues) or None, actor=preparer)
        assert added.added, added.left_out
        lock_hash = self.do(locking.lock, plan, actor=preparer).lock.lock_hash
        self.do(approving.approve, plan, lock_hash, StepUp(approver.id, clock.now()), actor=approver)
        self.do(releasing.release_plan, plan, lock_hash, StepUp(releaser.id, clock.now()), actor=releaser)
        self.do(releasing.export, plan, actor=releaser)
        found: list[Any] = self.read(fund.payments_of, plan, after=None, limit=1000)
        return found

    def settled(self, *payments: str) -> None:
        """Let payments arrive, before two witnesses."""
        from recruitment.fund.services import by_hand

        preparer = self.caseload.actor(Role.FUND_PREPARER, "OP-1")
        for each in payments:
            self.do(by_hand.settle_by_hand, each, by_hand.NewHandover(clock.today(), "Ada", "Bea"), actor=preparer)

    def paid_out(self, case: str) -> list[str]:
        """Pay everything that is due for a case; return the references of the payments."""
        self.payee(self.case(case).jobseeker)
        wanted = [each.reference for each in self.dues(case) if each.state.value == "open"]
        payments = [each.reference for each in self.sent(*wanted)]
        self.settled(*payments)
        self.follow()
        return payments

    # what workers say

    def says(
        self, case: str, thing: str, answer: Answer = Answer.ALL, part: AskedForPart = AskedForPart.NO,
        actor: Actor | None = None, **more: Any,
    ) -> Confirmed:  # fmt: skip
        given: dict[str, Any] = {"channel": StatementChannel.HOTLINE, "stated_on": clock.today()} | more
        new = NewConfirmation(thing, answer, part, **given)
        found: Confirmed = self.do(confirming.confirm, case, new, actor=actor or self.supervisor)
        return found

    def relieved_of_debt(self, journey: str = "J-1", **debt: Any) -> tuple[str, str]:
        """Return a case of which the worker confirmed that a debt was written off, and the agreement."""
        case = self.verified(journey)
        agreement = self.cancelled(case, self.debt(case, **debt))
        self.signed(agreement)
        self.follow()
        self.says(case, agreement)
        return case, agreement

    def events(self, case: str) -> Sequence[str]:
        return [each.event or "" for each in self.read(queries.events_of, self.case(case).id)]

    def reopened(self, case: str, reason: MoveReason = MoveReason.RE_ESTIMATED) -> None:
        self.do(moving.reopen, case, reason)

    def claimed(self, agreement: str, organisation: str = "EM-1") -> str:
        new = recovering.NewClaim(recovering.Liable.EMPLOYER, organisation, clock.today())
        found: str = self.do(recovering.claim, agreement, new)
        return found
