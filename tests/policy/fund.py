"""A fund with an exported plan and an answer of its bank, for each of two operators: for who may ask, and not for what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recruitment.access.rules.people import actor_of
from recruitment.access.services.stepping_up import StepUp
from recruitment.banking.answers import Answer, AnswerKind, AnswerLine, Direction, LineStatus
from recruitment.banking.instructions import FileFormat, Method
from recruitment.core import clock
from recruitment.core.actor import Role
from recruitment.core.ids import new_id
from recruitment.fund import queries, services
from recruitment.fund.rules.kinds import DonorClass, PotKind, Purpose, ReceiptKind
from recruitment.jobseekers import queries as jobseekers
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from tests.factories.people import new_organisation, settle

if TYPE_CHECKING:
    from uuid import UUID

    from recruitment.core.actor import Actor
    from recruitment.database.unit_of_work import Database

OTHER = "OP-9"
_ACCOUNT = "123-4-56789-0"
_PAID = {"OP-1": "JS-2", OTHER: "JS-3"}


def put_fund(database: Database) -> dict[str, tuple[str, str]]:
    """Put both funds into a world; return by kind of thing what is OP-1's and what is the other's.

    ``payee``: the account of JS-1, of CSO-1, and of JS-4, of CSO-2.
    """
    new_organisation(database, OrganisationKind.FUND_OPERATOR, OTHER)
    worker = actor_of(settle(database, Role.CASE_WORKER, _organisation(database, "OP-1")))
    payees = {
        jobseeker: _do(database, worker, services.record_payee, _payee(jobseeker)).reference
        for jobseeker in ("JS-1", "JS-2", "JS-3", "JS-4")
    }
    first, second = (_put_one(database, worker, operator, paid) for operator, paid in _PAID.items())
    return {name: (first[name], second[name]) for name in first} | {"payee": (payees["JS-1"], payees["JS-4"])}


def _put_one(database: Database, worker: Actor, operator: str, paid: str) -> dict[str, str]:
    """Let an operator pay somebody, and its bank answer with that and with a line that nobody can match."""
    home = _organisation(database, operator)
    roles = (Role.FUND_PREPARER, Role.FUND_APPROVER, Role.FUND_RELEASER)
    preparer, approver, releaser = (actor_of(settle(database, role, home)) for role in roles)
    pot, suspense = (
        _do(database, preparer, services.open_pot, services.NewPot(kind, kind.value, "THCBC/004", _ACCOUNT))
        for kind in (PotKind.DEBT_RELIEF, PotKind.SUSPENSE)
    )
    assert suspense
    new = services.NewReceipt(
        pot=pot, kind=ReceiptKind.ONE_OFF, donor_class=DonorClass.PUBLIC, currency="THB", amount_minor=100_00,
        received_on=clock.today(),
    )  # fmt: skip
    receipt = _do(database, preparer, services.record_receipt, new)
    with database.read_session() as session:
        jobseeker = jobseekers.ids_by_reference(session, [paid])[paid]
    due = services.NewDue(
        operator_id=home, case_reference="RL-0", source_id=new_id(), purpose=Purpose.REIMBURSEMENT, currency="THB",
        amount_minor=10_00, due_on=clock.today(), jobseeker_id=jobseeker,
    )  # fmt: skip
    dues = _do(database, worker, services.add_dues, [due])
    draft = services.NewPlan(pot=pot, currency="THB", method=Method.BANK, file_format=FileFormat.CSV)
    plan = _do(database, preparer, services.draft_plan, draft)
    _do(database, preparer, services.add_to_plan, plan, dues)
    lock = _do(database, preparer, services.lock, plan).lock
    _do(database, approver, services.approve, plan, lock.lock_hash, StepUp(approver.id, clock.now()))
    _do(database, releaser, services.release_plan, plan, lock.lock_hash, StepUp(releaser.id, clock.now()))
    _do(database, releaser, services.export, plan)
    with database.read_session() as session:
        (payment,) = queries.payments_of(session, plan)
    answer = Answer(
        kind=AnswerKind.CSV, account=_ACCOUNT, currency="THB", statement_id="S", opening_minor=None, closing_minor=None,
        created_at=None, lines=(_line(1, payment.reference, 10_00), _line(2, None, 1_00)),
    )  # fmt: skip
    wanted = services.NewAnswer(AnswerKind.CSV)
    (read,) = _do(database, preparer, services.take_read, wanted, [answer], operator.encode())
    return {
        "pot": pot, "receipt": receipt.reference, "plan": plan, "payment": payment.reference, "answer": read.reference,
        "line": f"{read.reference}/2",
    }  # fmt: skip


def _payee(jobseeker: str) -> Any:
    return services.NewPayee(
        method=Method.BANK, holder="-", account=f"555000{jobseeker[-1]}", institution="THCBC/004", jobseeker=jobseeker
    )


def _line(number: int, payment: str | None, amount_minor: int) -> AnswerLine:
    return AnswerLine(
        number=number, entry_reference=f"E{number}", end_to_end=payment, direction=Direction.DEBIT,
        amount_minor=amount_minor, currency="THB", booked_on=clock.today(), status=LineStatus.BOOKED, reason=None, text="",
    )  # fmt: skip


def _organisation(database: Database, code: str) -> UUID:
    with database.read_session() as session:
        return organisations.by_code(session, [code])[code].id


def _do(database: Database, actor: Actor, verb: Any, *arguments: Any) -> Any:
    with database.unit_of_work(actor.scope) as session:
        return verb(session, actor, *arguments)
