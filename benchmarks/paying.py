"""Benches of the fund: a payment plan of thousands is locked, exported, and answered by the bank as camt.053 and as a table.

Each measures one of the steps; what comes before it is prepared outside the watch. ``statements`` counts what is sent to the
database: it must not grow with the payments beyond the chunks. Raw is the driver alone, which writes a row for each payment.
"""

from __future__ import annotations

import resource
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import event

from benchmarks.measuring import Bench, Stopwatch, prepared
from recruitment.access.services.stepping_up import StepUp
from recruitment.banking.instructions import FileFormat, Method
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.ids import new_id, new_reference
from recruitment.core.money import to_text
from recruitment.database.bulk import insert_many
from recruitment.database.unit_of_work import Database
from recruitment.fund import files, queries
from recruitment.fund.models import Payee
from recruitment.fund.queries.payees import ACCOUNT, HOLDER
from recruitment.fund.rules.kinds import DonorClass, PotKind, Purpose, ReceiptKind
from recruitment.fund.rules.machine import PlanState
from recruitment.fund.services import approving, dues, locking, planning, pots, receipts, releasing
from recruitment.jobseekers import queries as jobseekers
from recruitment.jobseekers.rules import ListedPerson
from recruitment.jobseekers.service import register_listed
from recruitment.organisations.rules import NewOrganisation, OrganisationKind
from recruitment.organisations.service import enter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session

    from benchmarks.scratch import Scratch
    from benchmarks.sizes import Sizes
    from recruitment.fund.rules.reads import PaymentRead

_OPERATOR, _ACCOUNT = "OP-BENCH", "1112223334"
_AMOUNT = 150_000
_LONG_AGO = date(2024, 1, 1)
_PREPARER = LOCAL_OPERATOR
_APPROVERS = [replace(LOCAL_OPERATOR, id=UUID(int=0xBE0 + number)) for number in range(2)]
_RELEASER = replace(LOCAL_OPERATOR, id=UUID(int=0xBEE))
_MEMORY_LIMIT = 512


class _Paying:
    """A fund with a worker for each payment; every round makes a plan that pays all of them."""

    step = ""

    def __init__(self, scratch: Scratch, sizes: Sizes) -> None:
        self.work = sizes.payments
        self.facts: dict[str, Any] = {"payments": sizes.payments, "memory_limit_mb": _MEMORY_LIMIT}
        settings, (self._pot, self._operator, self._workers) = scratch.kept(
            "paying", lambda database: _fill(database, sizes.payments)
        )
        self._database = Database(settings)
        self._connection = scratch.connect(settings)
        self._connection.execute("DROP TABLE IF EXISTS bench_rows")
        self._connection.execute(
            "CREATE TABLE bench_rows (id varchar(36) PRIMARY KEY, state varchar(40), amount bigint)"
        )

    def ours(self, watch: Stopwatch) -> None:
        """Make a plan, bring it as far as the step, and measure that."""
        plan, statements = self._drafted(), 0

        def count(*_: object) -> None:
            nonlocal statements
            statements += 1

        act = self._until(plan)
        event.listen(self._database.engine, "before_cursor_execute", count)
        with watch:
            act()
        event.remove(self._database.engine, "before_cursor_execute", count)
        self._check(plan)
        self.facts |= {
            "seconds": round(watch.seconds, 2), "statements": statements,
            "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }  # fmt: skip

    def raw(self, watch: Stopwatch) -> None:
        """Write a row for each payment with the driver, and commit."""
        rows = [(str(new_id()), "reserved", _AMOUNT) for _ in range(self.work)]
        mark = "?" if "sqlite" in self._database.settings.database_url else "%s"
        with watch:
            self._connection.execute("BEGIN")
            cursor = self._connection.cursor()
            cursor.executemany(f"INSERT INTO bench_rows VALUES ({mark}, {mark}, {mark})", rows)
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close both sides."""
        self._connection.close()
        self._database.dispose()

    def _did(self, verb: Callable[..., Any], *given: Any, actor: Any = _PREPARER, **named: Any) -> Any:
        with self._database.unit_of_work() as session:
            return verb(session, actor, *given, **named)

    def _drafted(self) -> str:
        """Let something be due to everybody, money be there, and a plan pay it."""
        new = [
            dues.NewDue(
                self._operator, "RC-BENCH", new_id(), Purpose.REIMBURSEMENT, "THB", _AMOUNT, _LONG_AGO, jobseeker_id=worker
            )
            for worker in self._workers
        ]  # fmt: skip
        owed = self._did(dues.add_dues, new)
        money = receipts.NewReceipt(
            self._pot, ReceiptKind.ONE_OFF, DonorClass.FOUNDATION, "THB", self.work * _AMOUNT, _LONG_AGO
        )
        self._did(receipts.record_receipt, money)
        new_plan = planning.NewPlan(self._pot, "THB", Method.BANK, FileFormat.PAIN001)
        plan: str = self._did(planning.draft_plan, new_plan)
        self._did(planning.add_to_plan, plan, owed)
        return plan

    def _until(self, plan: str) -> Callable[[], Any]:
        """Do what comes before the step, and return the step."""
        if self.step == "lock":
            return lambda: self._did(locking.lock, plan)
        digest = self._did(locking.lock, plan).lock.lock_hash
        for approver in _APPROVERS:
            self._did(approving.approve, plan, digest, StepUp(approver.id, clock.now()), actor=approver)
        self._did(releasing.release_plan, plan, digest, StepUp(_RELEASER.id, clock.now()), actor=_RELEASER)
        if self.step == "export":
            return lambda: self._did(releasing.export, plan, actor=_RELEASER)
        self._did(releasing.export, plan, actor=_RELEASER)
        with self._database.read_session() as session:
            payments = queries.payments_of(session, plan, limit=self.work)
        content = (_camt053 if self.step == "camt053" else _table)(payments)
        return lambda: self._did(files.take, content, pot=self._pot, operator=_OPERATOR)

    def _check(self, plan: str) -> None:
        wanted = {"lock": PlanState.LOCKED, "export": PlanState.EXPORTED}.get(self.step, PlanState.RECONCILED)
        with self._database.read_session() as session:
            found = queries.plan(session, _PREPARER, plan)
        if found is None or found.state is not wanted or found.payments != self.work:
            raise RuntimeError(f"the plan did not become {wanted}")


class Lock(_Paying):
    """Reserve, write the payments, and the file as pain.001."""

    step = "lock"


class Export(_Paying):
    """Hand the file out, and send the payments."""

    step = "export"


class AnswerCamt053(_Paying):
    """Read a statement that books each payment."""

    step = "camt053"


class AnswerTable(_Paying):
    """Read a CSV that tells the same."""

    step = "table"


def _camt053(payments: Sequence[PaymentRead]) -> bytes:
    today = f"{clock.today():%Y-%m-%d}"
    total = to_text(sum(each.amount_minor for each in payments), "THB")
    entries = "".join(
        f'<Ntry><Amt Ccy="THB">{to_text(each.amount_minor, "THB")}</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{today}</Dt></BookgDt><AcctSvcrRef>B{each.reference}</AcctSvcrRef>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{each.reference}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>"
        for each in payments
    )
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="THB">{value}</Amt>'
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{today}</Dt></Dt></Bal>"
        for code, value in (("OPBD", total), ("CLBD", "0.00"))
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
        f"<BkToCstmrStmt><GrpHdr><MsgId>M</MsgId><CreDtTm>{today}T12:00:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>S-{new_id().hex[:20]}</Id><CreDtTm>{today}T12:00:00</CreDtTm><Acct><Id><Othr><Id>{_ACCOUNT}</Id></Othr>"
        f"</Id><Ccy>THB</Ccy></Acct>{balances}{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _table(payments: Sequence[PaymentRead]) -> bytes:
    lines = [
        f"B{each.reference},{each.reference},paid,{to_text(each.amount_minor, 'THB')},THB,{clock.today():%Y-%m-%d}"
        for each in payments
    ]
    return "\n".join(["entry_reference,end_to_end,status,amount,currency,booked_on", *lines, ""]).encode()


def _fill(database: Database, count: int) -> tuple[str, UUID, list[UUID]]:
    """Enter the operator, a pot, and workers with an account each."""
    with database.unit_of_work() as session:
        new = NewOrganisation(_OPERATOR, OrganisationKind.FUND_OPERATOR, "Bench Relief (fictitious)", "TH")
        (operator,) = enter(session, _PREPARER, [(new, bytes(32))])
        pot = pots.open_pot(
            session, _PREPARER, pots.NewPot(PotKind.DEBT_RELIEF, "Bench", "THCBC/004", _ACCOUNT, operator=_OPERATOR)
        )
        workers = register_listed(session, _PREPARER, [ListedPerson("Ma Bench", "MM")] * count)
    with database.unit_of_work() as session:
        _add_accounts(session, workers)
    return pot, operator, workers


def _add_accounts(session: Session, workers: Sequence[UUID]) -> None:
    keys, vault, at, rows = jobseekers.keys_of(session, workers), session.info["vault"], clock.now(), []
    for number, worker in enumerate(workers):
        payee, account = new_id(), f"900{number:07}"
        rows.append((
            payee, new_reference("PA"), worker, worker, 1, "bank", "THCBC/004", keys[worker].seal("Ma Bench", HOLDER, payee),
            keys[worker].seal(account, ACCOUNT, payee), vault.keyed_hash("fund_account", account), _PREPARER.id, at,
        ))  # fmt: skip
    columns = (
        "id", "reference", "jobseeker_id", "party_id", "version", "method", "institution", "holder_sealed",
        "account_sealed", "account_hash", "recorded_by", "recorded_at",
    )  # fmt: skip
    insert_many(session, Payee.__table__, columns, rows)


def _bench(name: str, trial: type[_Paying]) -> Bench:
    return Bench(
        name, "s", None, lambda *given: prepared(trial, *given), lambda sizes: sizes.paper_rounds, is_speed=False
    )  # fmt: skip


BENCHES = (
    _bench("plan_lock", Lock),
    _bench("plan_export", Export),
    _bench("answer_camt053", AnswerCamt053),
    _bench("answer_table", AnswerTable),
)
