"""Relief and the fund: who sees which rows, by the scopes of sessions, and by PostgreSQL itself below them.

In the world there are two workers of two CSOs, each paid by another fund; both were asked, and told different things.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import select, update

from recruitment.access.services.stepping_up import StepUp
from recruitment.banking.answers import Answer, AnswerKind, AnswerLine, Direction, LineStatus
from recruitment.banking.instructions import FileFormat, Method
from recruitment.core import clock
from recruitment.core.actor import THE_HOUSE, Actor, Audience, Role, Scope
from recruitment.core.errors import InvariantViolated, NotFound, NotPermitted
from recruitment.core.ids import new_id, new_reference
from recruitment.database import scoping
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change
from recruitment.database.scoping import bare_connection
from recruitment.fees.rules import Creditor, StatementChannel
from recruitment.fund import queries as fund
from recruitment.fund import services
from recruitment.fund.models import PayeeCallBack, Payment, PaymentPlan, PlanApproval
from recruitment.fund.rules.allocation import RecoveredFrom
from recruitment.fund.rules.kinds import CallBack, DonorClass, PotKind, ReceiptKind, SuspenseEnd
from recruitment.fund.rules.segregation import BackReason
from recruitment.fund.services import locking
from recruitment.relief.models import (
    Agreement,
    Confirmation,
    NoticedRecovery,
    Recovery,
    RecoveryNotice,
    ReliefCaseEvent,
)
from recruitment.relief.rules.kinds import Answer as Word
from recruitment.relief.rules.kinds import AskedForPart, Instrument, RegisterLine
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
from tests.factories.actors import actor_of
from tests.factories.rows import row
from tests.scoping.test_rings import FUND, SECRET, is_postgres, seen, seen_by_the_server

pytestmark = pytest.mark.slow

RELIEF = {table for table in SECRET if table.startswith("relief_")}
INSIDE_ALONE = {
    "relief_creditors", "relief_announcements", "relief_cohort_rates", "relief_recoveries", "relief_recovery_notices",
    "relief_noticed_recoveries", "relief_recovered",
}  # fmt: skip
"""Tables that tell of more people than one."""

OF_PEOPLE = {
    "fund_payees",
    "fund_payee_call_backs",
    "fund_dues",
    "fund_due_endings",
    "payments",
    "payment_events",
    "cash_handovers",
}
"""What a CSO sees of the fund: what is paid to its people."""


@dataclass
class Paid:
    """Who works for one fund, and what they did for one worker."""

    scene: Any
    operator: str
    cso: str
    journey: str
    jobseeker: str
    actors: dict[Role, Actor] = field(default_factory=dict)
    case: str = ""
    payments: list[str] = field(default_factory=list)
    plan: str = ""

    def actor(self, role: Role, organisation: str | None = None) -> Actor:
        if role not in self.actors:
            code = organisation or self.operator
            self.actors[role] = actor_of(role, self.scene.organisations[code], new_id())
        return self.actors[role]

    def do(self, role: Role, verb: Any, *arguments: Any, **options: Any) -> Any:
        """Let somebody do something as the web service does it: on PostgreSQL under its policies."""
        actor = self.actor(role, self.cso if role is Role.CSO_SUPERVISOR else None)
        with self.scene.service.unit_of_work(actor.scope) as session:
            return verb(session, actor, *arguments, **options)

    def live(self) -> None:
        """Bring the worker from the nomination to a word, through every table that there is."""
        self._open()
        self._agree()
        self._pay()
        self._say()
        self._leave_traces()

    def _open(self) -> None:
        for kind in (PotKind.DEBT_RELIEF, PotKind.VICTIM_SUPPORT, PotKind.SUSPENSE):
            pot = self.do(
                Role.FUND_PREPARER, services.open_pot, services.NewPot(kind, kind.value, "BKKBTHBK", "1234567890")
            )
            if kind is PotKind.DEBT_RELIEF:
                self.pot = pot
        for amount in (10_000_000, 5_000):
            came = services.NewReceipt(
                self.pot, ReceiptKind.ANNUAL, DonorClass.PARTNER, "THB", amount, clock.today(), contributor="PT-1"
            )
            receipt = self.do(Role.FUND_PREPARER, services.record_receipt, came)
        self.do(Role.FUND_PREPARER, services.take_back_receipt, receipt.reference, "wrong_pot")

    def _agree(self) -> None:
        new = nominating.NewNomination(self.journey, self.operator)
        (self.case,) = self.do(Role.CSO_SUPERVISOR, nominating.nominate, [new])
        creditor = self.do(
            Role.CASE_WORKER, register.enter_creditor, register.NewCreditor(self.operator, Creditor.LENDER, "Nobody")
        )
        self.do(Role.CASE_WORKER, register.announce, creditor, clock.today())
        debt = self.do(
            Role.CASE_WORKER, register.record_debt, self.case,
            register.NewDebt(creditor, 900_000, 900_000, "THB", clock.today()),
        ).reference  # fmt: skip
        self.do(
            Role.CASE_WORKER, register.add_line, debt, register.NewLine(RegisterLine.ADDITION, 1_000, clock.today())
        )
        self.do(Role.CASE_WORKER, moving.verify, self.case)
        self.do(Role.CASE_WORKER, entitling.make_cohort_rate, self.case, clock.today())
        entitlement = self.do(Role.CASE_WORKER, entitling.entitle, self.case, clock.today()).reference
        gone = self._agreement(Instrument.CANCELLATION, agreeing.Payer.CREDITOR, 1_000, debt=debt)
        self.do(Role.CASE_WORKER, agreeing.sign, gone, agreeing.NewSignature(clock.today(), "Nobody", clock.today()))
        outside = self._agreement(
            Instrument.REIMBURSEMENT, agreeing.Payer.EMPLOYER, 1_000, organisation="EM-1", entitlement=entitlement
        )
        self.do(
            Role.CASE_WORKER, agreeing.record_outside_payment, outside,
            agreeing.NewOutsidePayment(1_000, "THB", clock.today()),
        )  # fmt: skip
        for amount in (1_000, 1_000, 2_000):
            self._agreement(Instrument.ADVANCE, agreeing.Payer.FUND, amount, entitlement=entitlement)
        self.advance = self._agreement(
            Instrument.ADVANCE, agreeing.Payer.FUND, 3_000, entitlement=entitlement, months=2
        )
        superseded = agreeing.NewEstimate(4_000, clock.today(), clock.today(), entitlement=entitlement)
        self.advance = self.do(Role.CASE_WORKER, agreeing.supersede, self.advance, superseded)
        self.do(Role.CASE_WORKER, agreeing.leave, self.case, clock.today())

    def _agreement(self, instrument: Instrument, payer: Any, amount: int, **more: Any) -> str:
        today = clock.today()
        new = agreeing.NewAgreement(self.case, instrument, payer, amount, "THB", today, today, **more)
        found: str = self.do(Role.CASE_WORKER, agreeing.agree, new)
        return found

    def _pay(self) -> None:
        payee = services.NewPayee(Method.CASH, "Nobody", jobseeker=self.jobseeker)
        made = self.do(Role.CASE_WORKER, services.record_payee, payee).reference
        self.do(Role.CSO_SUPERVISOR, services.record_call_back, made, CallBack.CONFIRMED)
        new = services.NewPlan(self.pot, "THB", Method.CASH, FileFormat.CSV)
        self.plan = self.do(Role.FUND_PREPARER, services.draft_plan, new)
        self.do(Role.FUND_PREPARER, services.add_to_plan, self.plan, None)
        self.do(Role.FUND_PREPARER, services.lock, self.plan)
        self.do(Role.FUND_PREPARER, locking.unlock, self.plan, BackReason.OTHER)
        digest = self.do(Role.FUND_PREPARER, services.lock, self.plan).lock.lock_hash
        for role, verb in (
            (Role.FUND_APPROVER, services.approve), (Role.FUND_RELEASER, services.release_plan),
        ):  # fmt: skip
            self.do(role, verb, self.plan, digest, StepUp(self.actor(role).id, clock.now()))
        self.do(Role.FUND_RELEASER, services.export, self.plan)
        with self.scene.database.read_session() as session:
            self.payments = [each.reference for each in fund.payments_of(session, self.plan)]
        handover = services.NewHandover(clock.today(), "Ada", "Bea")
        for payment in self.payments:
            self.do(Role.FUND_PREPARER, services.settle_by_hand, payment, handover)

    def _say(self) -> None:
        with self.scene.database.unit_of_work() as session:
            while following.follow_payments(session, THE_HOUSE):
                pass
        for payment in self.payments:
            self.do(Role.CSO_SUPERVISOR, confirming.confirm, self.case, self.word(payment))
        claim = recovering.NewClaim(recovering.Liable.EMPLOYER, "EM-1", clock.today())
        self.do(Role.CASE_WORKER, recovering.claim, self.advance, claim)
        self._notice()
        back = services.NewReceipt(
            self.pot, ReceiptKind.RECOVERY, DonorClass.OTHER, "THB", 1_000, clock.today(),
            recovered_from=RecoveredFrom.EMPLOYER,
        )  # fmt: skip
        receipt = self.do(Role.FUND_PREPARER, services.record_receipt, back).reference
        self.do(Role.CASE_WORKER, recovering.record_recovered, "EM-1", receipt)

    def _notice(self) -> None:
        """Write a notice past the service, which makes none about one person; nor does the database let it say so."""
        with self.scene.database.unit_of_work() as session:
            (claimed,) = session.execute(
                select(Recovery.id, Recovery.organisation_id)
                .join(Agreement, Agreement.id == Recovery.agreement_id)
                .where(Agreement.reference == self.advance)
            )
            made = new_id()
            notice = (
                made, new_reference("RN"), self.scene.organisations[self.operator], claimed.organisation_id, "THB", 5, 1,
                new_id(), clock.now(),
            )  # fmt: skip
            insert_many(session, RecoveryNotice.__table__, recovering._NOTICE_COLUMNS, [notice])
            insert_many(session, NoticedRecovery.__table__, recovering._NOTICED_COLUMNS, [(claimed.id, made)])

    def word(self, thing: str, answer: Word = Word.ALL) -> confirming.NewConfirmation:
        return confirming.NewConfirmation(thing, answer, AskedForPart.NO, StatementChannel.HOTLINE, clock.today())

    def _leave_traces(self) -> None:
        """Leave something in the tables that no straight way leads to."""
        lines = tuple(
            AnswerLine(
                number=number, entry_reference=f"E{number}", end_to_end=None, direction=direction, amount_minor=100,
                currency="THB", booked_on=clock.today(), status=LineStatus.BOOKED, reason=None, text="",
            )
            for number, direction in ((1, Direction.CREDIT), (2, Direction.DEBIT))
        )  # fmt: skip
        answer = Answer(
            kind=AnswerKind.CSV, account="1234567890", currency="THB", statement_id="S", opening_minor=None,
            closing_minor=None, created_at=None, lines=lines,
        )  # fmt: skip
        (read,) = self.do(
            Role.FUND_PREPARER, services.take_read, services.NewAnswer(AnswerKind.CSV), [answer], self.operator.encode()
        )
        end = services.Resolution(SuspenseEnd.MISTAKE_OF_BANK, against=f"{read.reference}/2")
        self.do(Role.FUND_PREPARER, services.resolve_suspense, f"{read.reference}/1", end)


@pytest.fixture
def funded(scene) -> dict[str, Paid]:
    """Two workers of two CSOs, each relieved by another fund."""
    scene.field.send(
        "organisations", row("organisations", code="OP-2", kind="fund_operator", name="Other", country="TH")
    )
    scene.field.send("reports", row("reports", reference="RP-9", journey="J-1", amount="9000.00"))
    with scene.database.read_session() as session:
        from recruitment.organisations import queries as organisations

        scene.organisations |= {"OP-2": organisations.by_code(session, ["OP-2"])["OP-2"].id}
    made = {
        "OP-1": Paid(scene, "OP-1", "CSO-1", "J-1", "JS-1"),
        "OP-2": Paid(scene, "OP-2", "CSO-2", "J-4", "JS-4"),
    }
    for each in made.values():
        each.live()
    return made


def test_both_rings_show_relief_to_the_own_cso_and_a_fund_to_its_own_people(scene, funded):
    everything = seen(scene.database, Scope(Audience.INSIDE))
    assert {table for table in RELIEF | FUND if not everything[table]} == set(), "a policy would not be tried"
    half = {table: everything[table] // 2 for table in RELIEF | FUND}
    assert {table for table in half if half[table] * 2 != everything[table]} == set()
    of_cso = OF_PEOPLE | RELIEF - INSIDE_ALONE
    wanted = {"CSO-1": of_cso, "CSO-2": of_cso, "field": of_cso, "OP-1": FUND}
    scopes = scene.scopes() | {
        "OP-2": funded["OP-2"].actor(Role.FUND_RELEASER).scope,
        "another fieldworker": actor_of(Role.CSO_FIELDWORKER, scene.organisations["CSO-1"]).scope,
    }
    for name, scope in scopes.items():
        theirs = wanted.get(name, FUND if name == "OP-2" else set())
        found = {table: count for table, count in seen(scene.service, scope).items() if table in half}
        assert found == {table: half[table] if table in theirs else 0 for table in half}, name
        if is_postgres(scene.service):
            below = seen_by_the_server(scene.service, scope)
            assert {table: below[table] for table in half} == found, name


def test_a_worker_s_word_is_recorded_by_their_own_cso_and_by_nobody_of_a_fund(scene, funded):
    own, other = funded["OP-1"], funded["OP-2"]
    word = own.word(own.payments[0], Word.NOTHING)
    with pytest.raises(NotFound):
        other.do(Role.CSO_SUPERVISOR, confirming.confirm, own.case, word)
    for role in (Role.FUND_PREPARER, Role.FUND_APPROVER, Role.FUND_RELEASER):
        with pytest.raises(NotPermitted):
            own.do(role, confirming.confirm, own.case, word)
    assert own.do(Role.CSO_SUPERVISOR, confirming.confirm, own.case, word).counts


def test_nobody_adds_a_row_to_what_they_do_not_see(scene, funded):
    strangers = [funded["OP-2"].actor(Role.FUND_APPROVER).scope, scene.scopes()["AG-1"], Scope(Audience.NOBODY)]
    for model in (Confirmation, ReliefCaseEvent, PayeeCallBack, PlanApproval):
        with scene.database.read_session() as session:
            columns = [column.key for column in model.__table__.columns]
            rows = [tuple(each) for each in session.execute(select(*(getattr(model, name) for name in columns)))]
            if model is PlanApproval:
                own = session.scalar(select(PaymentPlan.id).where(PaymentPlan.reference == funded["OP-1"].plan))
                rows = [each for each in rows if own in each]
        for scope in strangers:
            for each in rows:
                with pytest.raises(InvariantViolated), scene.service.unit_of_work(scope) as session:
                    insert_many(session, model.__table__, columns, [each])


def test_rows_of_another_fund_and_of_another_cso_are_neither_changed_nor_reached_below(scene, funded):
    still = update(Payment).where(Payment.reference == funded["OP-1"].payments[0]).values(state="confirmed")
    writers = [funded["OP-2"].actor(Role.FUND_PREPARER).scope, scene.scopes()["CSO-2"]]
    outsiders = [scene.scopes()[name] for name in ("AG-1", "EM-1", "PT-1", "operator", "nobody")]
    for scope in writers:
        with scene.service.unit_of_work(scope) as session:
            assert change(session, still) == 0
    # Where nobody may write at all there is nothing to be found out by trying; the operator writes as one of no fund.
    for scope in outsiders:
        with suppress(InvariantViolated), scene.service.unit_of_work(scope) as session:
            assert change(session, still) == 0
    if is_postgres(scene.service):
        for scope in (*writers, *outsiders):
            with scene.service.unit_of_work(scope) as session:
                assert bare_connection(session).execute(still).rowcount == 0


def test_a_criterion_that_is_too_wide_is_caught_by_the_numbers(scene, funded, monkeypatch):
    """The negative control: the same numbers, with one guard that lets every fund see all plans."""
    scope = scene.scopes()["OP-1"]
    honest = scoping._guarded["payment_plans"]
    monkeypatch.setitem(
        scoping._guarded, "payment_plans", replace(honest, read={**honest.read, Audience.STAFF: scoping.all_rows})
    )
    scoping._criterion.cache_clear()
    try:
        assert seen(scene.database, scope)["payment_plans"] == 2
    finally:
        monkeypatch.undo()
        scoping._criterion.cache_clear()
    assert seen(scene.database, scope)["payment_plans"] == 1
