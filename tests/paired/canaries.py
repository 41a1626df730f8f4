"""A worker whose every private word is a canary, relieved in every way: whoever works in the fund must meet none of them."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from recruitment.access.services.stepping_up import StepUp
from recruitment.banking import answers as bank
from recruitment.banking.answers import AnswerKind, AnswerLine, Direction, LineStatus
from recruitment.banking.instructions import FileFormat, Method
from recruitment.core import clock
from recruitment.core.actor import Role
from recruitment.fees.rules import Creditor
from recruitment.fund import queries as fund
from recruitment.fund import services
from recruitment.fund.rules.kinds import PotKind
from recruitment.relief.rules.kinds import Answer, AskedForPart, Instrument
from recruitment.relief.services import agreeing, moving
from recruitment.relief.services.agreeing import Payer
from tests.factories.rows import row
from tests.paired.worlds import Step
from tests.programs import program

if TYPE_CHECKING:
    from recruitment.core.actor import Actor
    from tests.factories.relieved import Relieved
    from tests.paired.probing import Seen
    from tests.paired.relieving import ReliefWorld

CANARIES = (
    "zeyarcanary", "canaryville", "420777123", "js-canary", "j-canary", "canarylender", "canaryholder",
    "4055512345678", "canarywitness", "canarysigner", "rp-js", "canarysender",
)  # fmt: skip
"""Name, village, telephone, references of person, journey and statement, creditor, holder, account, witnesses,
who signed, and whom the bank names beside money that came in; in lower case."""

SEALED = (
    "zeyarcanary", "canaryville", "420777123", "canarylender", "canaryholder", "4055512345678", "canarywitness",
    "canarysigner", "canarysender",
)  # fmt: skip
"""What stands nowhere in the clear, in no row of the database and in no line of the log."""

PARTIES = ("orchard", "em-1", "blue kite", "ag-1", "dl-1")
"""The employer, the agency and the letter of the worker, who stand beside no payment."""

CONTRIBUTORS = ("pt-1",)
BANK_ACCOUNT = "1234567890"


def steps() -> list[Step]:
    """Return what happens: everybody joins, the fund gets money, and two workers find relief in every way."""
    from tests.paired.relieving import ReliefWorld, contribute, open_fund, work

    return [
        Step("people", ReliefWorld.let_in), Step("fund", open_fund), Step("gift", contribute), Step("by-bank", _by_bank),
        Step("in-cash", _in_cash), Step("work", work),
    ]  # fmt: skip


def _by_bank(world: ReliefWorld) -> None:
    """Pay a worker through the bank, let the employer pay too, and let all of it be said, contested and claimed back."""
    relief = world.relief
    _enter(world, "JS-CANARY", "J-CANARY")
    (case,) = relief.nominated("J-CANARY", crew="VESSEL-CANARY")
    debt = relief.debt(case, relief.creditor(Creditor.LENDER, "Canarylender & Sons"))
    relief.do(moving.verify, case)
    by_employer = relief.agreed(
        case, Instrument.REIMBURSEMENT, payer=Payer.EMPLOYER, organisation="EM-1", amount_minor=50_000
    )
    relief.outside(by_employer, 50_000)
    entitlement = relief.read(_newest_entitlement, case)
    agreements = [
        relief.agreed(case, Instrument.ADVANCE, amount_minor=10_000, entitlement=entitlement) for _ in range(3)
    ]
    gone = relief.cancelled(case, debt, 100_000)
    relief.do(agreeing.sign, gone, agreeing.NewSignature(clock.today(), "Canarysigner", clock.today()))
    new = services.NewPayee(Method.BANK, "Canaryholder Mon", "405-5-51234-5678", "THCBC/002", jobseeker="JS-CANARY")
    relief.do(services.record_payee, new)
    dues = [each.reference for each in relief.dues(case)]
    (first, *_) = _paid(world, dues[:2], Method.BANK, FileFormat.CSV)
    _answer(relief, first)
    relief.follow()
    relief.says(case, first)
    paid = next(
        each for each in agreements if any(first == part.payment for part in relief.agreement(each).instalments)
    )
    relief.claimed(paid)
    relief.says(case, first, Answer.LESS, AskedForPart.YES, received_minor=5_000)
    _draft(relief)


def _in_cash(world: ReliefWorld) -> None:
    """Pay another worker in cash, before two witnesses."""
    relief = world.relief
    _enter(world, "JS-CANARY-2", "J-CANARY-2")
    (case,) = relief.nominated("J-CANARY-2")
    relief.do(moving.verify, case)
    relief.agreed(case, Instrument.ADVANCE, amount_minor=10_000)
    new = services.NewPayee(Method.CASH, "Canaryholder Aye", jobseeker="JS-CANARY-2")
    relief.do(services.record_payee, new)
    (payment,) = _paid(world, [each.reference for each in relief.dues(case)], Method.CASH, FileFormat.XLSX)
    handover = services.NewHandover(clock.today(), "Canarywitness One", "Canarywitness Two")
    relief.do(services.settle_by_hand, payment, handover, actor=people(relief)[0])
    world.named.append(payment)


def _newest_entitlement(session: Any, case: str) -> str:
    from recruitment.relief import queries

    found = queries.by_reference(session, case)
    assert found is not None
    return queries.entitlements_of(session, found.id)[-1].reference


def _enter(world: ReliefWorld, jobseeker: str, journey: str) -> None:
    person = row(
        "jobseekers", reference=jobseeker, name="Zeyarcanary Mon", village="Canaryville", phone="09 420 777 123"
    )
    world.send("jobseekers", [person])
    world.send(
        "journeys", [row("journeys", reference=journey, jobseeker=jobseeker, agency="AG-1", demand_letter="DL-1")]
    )
    world.relief.paid(journey, reference=f"RP-{jobseeker}")


def _paid(world: ReliefWorld, dues: list[str], method: Method, file_format: FileFormat) -> list[str]:
    relief = world.relief
    preparer, approver, releaser = people(relief)
    new = services.NewPlan(pot=relief.filled(), currency="THB", method=method, file_format=file_format)
    plan = relief.do(services.draft_plan, new, actor=preparer)
    relief.do(services.add_to_plan, plan, dues, actor=preparer)
    lock_hash = relief.do(services.lock, plan, actor=preparer).lock.lock_hash
    relief.do(services.approve, plan, lock_hash, StepUp(approver.id, clock.now()), actor=approver)
    relief.do(services.release_plan, plan, lock_hash, StepUp(releaser.id, clock.now()), actor=releaser)
    relief.do(services.export, plan, actor=releaser)
    world.named.append(plan)
    return [each.reference for each in relief.read(fund.payments_of, plan)]


def _answer(relief: Relieved, payment: str) -> None:
    """Let the bank book one payment, and bring money from somebody whose name stands beside it."""
    preparer, *_ = people(relief)
    pot = services.NewPot(PotKind.SUSPENSE, "Suspense", "BKKBTHBK", BANK_ACCOUNT)
    relief.do(services.open_pot, pot, actor=preparer)
    amount = relief.read(fund.payment, payment).amount_minor

    def line(number: int, direction: Direction, end_to_end: str | None, minor: int) -> AnswerLine:
        return AnswerLine(
            number=number, entry_reference=f"E{number}", end_to_end=end_to_end, direction=direction, amount_minor=minor,
            currency="THB", booked_on=clock.today(), status=LineStatus.BOOKED, reason=None, text="from Canarysender",
        )  # fmt: skip

    lines = (line(1, Direction.DEBIT, payment, amount), line(2, Direction.CREDIT, None, 1_000))
    answer = bank.Answer(
        kind=AnswerKind.CSV, account=BANK_ACCOUNT, currency="THB", statement_id="S", opening_minor=None,
        closing_minor=None, created_at=None, lines=lines,
    )  # fmt: skip
    relief.do(services.take_read, services.NewAnswer(AnswerKind.CSV), [answer], b"read", actor=preparer)


def _draft(relief: Relieved) -> None:
    """Leave one thing in a draft, so that a plan of every kind is looked at."""
    preparer, *_ = people(relief)
    new = services.NewPlan(relief.filled(), "THB", Method.BANK, FileFormat.XLSX)
    plan = relief.do(services.draft_plan, new, actor=preparer)
    relief.do(services.add_to_plan, plan, None, actor=preparer)


def people(relief: Relieved) -> tuple[Actor, Actor, Actor]:
    """Return the preparer, the approver and the releaser of the fund."""
    roles = (Role.FUND_PREPARER, Role.FUND_APPROVER, Role.FUND_RELEASER)
    first, second, third = (relief.caseload.actor(role, "OP-1") for role in roles)
    return first, second, third


def met(seen: Seen, words: tuple[str, ...] = CANARIES) -> list[str]:
    """Return the canaries that an answer holds, in its headers or body, opened if it is a paper or a workbook."""
    text = f"{seen.headers} {_opened(seen.body)}".lower()
    squeezed = re.sub(r"[\s-]", "", text)
    return [word for word in words if word in text or (word.isdigit() and word in squeezed)]


def _opened(body: bytes) -> str:
    if body.startswith(b"%PDF"):
        told = subprocess.run([program("pdftotext", hint="apt-get install poppler-utils"), "-", "-"],
                              input=body, capture_output=True, check=True)  # fmt: skip
        return told.stdout.decode()
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            return " ".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return body.decode("utf-8", "replace")


def kept_in_clear(world: ReliefWorld, metadata: Any) -> list[tuple[str, str]]:
    """Return the sealed canaries that some row of the database holds in the clear, with its table."""
    found = []
    with world.database.engine.connect() as connection:
        for table in metadata.sorted_tables:
            text = " ".join(_told(each) for row in connection.execute(select(table)) for each in row).lower()
            squeezed = re.sub(r"[ -]", "", text)
            found += [(table.name, word) for word in SEALED if word in text or (word.isdigit() and word in squeezed)]
    return found


def _told(cell: object) -> str:
    return cell.decode("latin-1") if isinstance(cell, bytes) else str(cell)
