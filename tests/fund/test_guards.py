"""What the database itself refuses, on both engines, whoever asks; each beside the same thing done rightly."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from recruitment.core import clock
from recruitment.core.ids import new_id, new_reference
from recruitment.fund.models import (
    APPEND_ONLY,
    Payee,
    PayeeCallBack,
    Payment,
    PaymentEventRow,
    PaymentPlan,
    PlanApproval,
    PlanEventRow,
    PlanLock,
    PlanRelease,
)
from recruitment.fund.rules import BackReason
from recruitment.fund.services import unlock
from recruitment.metadata import metadata

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def past_the_package(funded, *, keep: bool = False) -> Iterator[Any]:
    """Give a connection past the package, to whoever can get one; what is done is taken back, unless it is kept."""
    with funded.field.database.engine.connect() as connection, connection.begin() as transaction:
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql("SELECT set_config('app.audience', 'inside', true)")
        yield connection
        if not keep:
            if connection.dialect.name != "sqlite":
                connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.rollback()


@contextmanager
def refused(funded) -> Iterator[Any]:
    """Give the same; what is done in the block, the database refuses, at the latest when it commits."""
    with pytest.raises(DBAPIError), past_the_package(funded, keep=True) as connection:
        yield connection


def the(funded, model: Any, *conditions: Any) -> Any:
    with funded.field.database.read_session() as session:
        return session.scalars(select(model).where(*conditions)).one()


def values(row: Any, **other: Any) -> dict[str, Any]:
    """Return a row as it could be written once more, with other values in some columns."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns} | other


def approval(lock: PlanLock, person: Any, **other: Any) -> dict[str, Any]:
    return {
        "id": new_id(), "plan_id": lock.plan_id, "lock_hash": lock.lock_hash, "prepared_by": lock.prepared_by,
        "locked_by": lock.locked_by, "approved_by": person, "recorded_at": clock.now(),
    } | other  # fmt: skip


def test_nobody_who_prepared_or_locked_approves(funded):
    plan = funded.locked(funded.due())
    lock = the(funded, PlanLock)
    for lie in (
        approval(lock, funded.preparer.id),
        approval(lock, funded.preparer.id, prepared_by=funded.second.id, locked_by=funded.second.id),
        approval(lock, funded.approver.id, lock_hash=bytes(32)),
        approval(lock, None),
    ):
        with refused(funded) as connection:
            connection.execute(insert(PlanApproval), lie)
    with past_the_package(funded) as connection:
        connection.execute(insert(PlanApproval), approval(lock, funded.approver.id))
    assert plan.approvals == ()


def release_of(lock: PlanLock, given: Any, released_by: Any, **other: Any) -> dict[str, Any]:
    return {
        "plan_id": lock.plan_id, "lock_hash": lock.lock_hash, "prepared_by": lock.prepared_by, "locked_by": lock.locked_by,
        "approvals_needed": lock.approvals_needed, "first_approval_id": given.id, "first_approved_by": given.approved_by,
        "second_approval_id": None, "second_approved_by": None, "released_by": released_by, "recorded_at": clock.now(),
    } | other  # fmt: skip


def test_nobody_who_prepared_or_approved_releases_and_none_without_approvals(funded):
    plan = funded.locked(funded.due())
    funded.approve(plan.reference)
    lock, given = the(funded, PlanLock), the(funded, PlanApproval)
    for lie in (
        release_of(lock, given, funded.preparer.id),
        release_of(lock, given, funded.approver.id),
        release_of(lock, given, funded.approver.id, first_approved_by=funded.second.id),
        release_of(lock, given, funded.releaser.id, first_approval_id=new_id()),
        release_of(lock, given, funded.releaser.id, lock_hash=bytes(32)),
        release_of(lock, given, funded.releaser.id, approvals_needed=2),
        release_of(lock, given, funded.releaser.id, second_approval_id=given.id, second_approved_by=given.approved_by),
    ):
        with refused(funded) as connection:
            connection.execute(insert(PlanRelease), lie)
    with past_the_package(funded) as connection:
        connection.execute(insert(PlanRelease), release_of(lock, given, funded.releaser.id))


def test_two_approvals_are_of_two_people(funded):
    funded.money(500_000_00)
    plan = funded.locked(funded.due(amount=200_000_00))
    funded.approve(plan.reference)
    lock, given = the(funded, PlanLock), the(funded, PlanApproval)
    for lie in (
        release_of(lock, given, funded.releaser.id),
        release_of(lock, given, funded.releaser.id, approvals_needed=1),
        release_of(lock, given, funded.releaser.id, second_approval_id=given.id, second_approved_by=given.approved_by),
    ):
        with refused(funded) as connection:
            connection.execute(insert(PlanRelease), lie)


def event(payment: Payment, after: str, **other: Any) -> dict[str, Any]:
    return {
        "payment_id": payment.id, "number": payment.number + 1, "plan_id": payment.plan_id, "lock_hash": payment.lock_hash,
        "previous_number": payment.number, "event": "x", "from_state": payment.state, "to_state": after,
        "released_hash": None, "occurred_on": clock.today(), "actor_id": new_id(), "recorded_at": clock.now(),
    } | other  # fmt: skip


def test_no_payment_is_sent_without_a_release_of_what_is_locked(funded):
    plan = funded.locked(funded.due())
    payment = the(funded, Payment)
    for lie in (
        event(payment, "sent"),
        event(payment, "sent", released_hash=payment.lock_hash),
        event(payment, "sent", released_hash=bytes(32), lock_hash=bytes(32)),
    ):
        with refused(funded) as connection:
            connection.execute(insert(PaymentEventRow), lie)
    funded.approve(plan.reference)
    funded.release(plan.reference)
    with past_the_package(funded) as connection:
        connection.execute(insert(PaymentEventRow), event(payment, "sent", released_hash=payment.lock_hash))


def test_no_event_of_a_payment_is_out_of_its_chain(funded):
    funded.exported(funded.due())
    payment = the(funded, Payment)
    for lie in (
        event(payment, "confirmed"),
        event(payment, "voided"),
        event(payment, "settled", from_state="settled"),
        event(payment, "settled", number=5, previous_number=4),
        event(payment, "settled", previous_number=None),
        event(payment, "settled", number=payment.number, previous_number=payment.number - 1),
        event(payment, "reserved", from_state=None, previous_number=None),
    ):
        with refused(funded) as connection:
            connection.execute(insert(PaymentEventRow), lie)
    with past_the_package(funded) as connection:
        connection.execute(insert(PaymentEventRow), event(payment, "settled"))


def test_a_due_has_at_most_one_living_payment(funded):
    funded.locked(funded.due())
    payment = the(funded, Payment)
    second = values(payment, id=new_id(), reference=new_reference("PY"))
    with refused(funded) as connection:
        connection.execute(insert(Payment), second)
        connection.execute(insert(PaymentEventRow), first_event(second))
    voided = values(payment, id=new_id(), reference=new_reference("PY"), number=2, state="voided")
    with past_the_package(funded) as connection:
        connection.execute(insert(Payment), voided)
        connection.execute(insert(PaymentEventRow), first_event(voided))
        connection.execute(
            insert(PaymentEventRow),
            first_event(voided) | {"number": 2, "previous_number": 1, "from_state": "reserved", "to_state": "voided"},
        )


def first_event(payment: dict[str, Any]) -> dict[str, Any]:
    return {
        "payment_id": payment["id"], "number": 1, "plan_id": payment["plan_id"], "lock_hash": payment["lock_hash"],
        "previous_number": None, "event": None, "from_state": None, "to_state": "reserved", "released_hash": None,
        "occurred_on": clock.today(), "actor_id": new_id(), "recorded_at": clock.now(),
    }  # fmt: skip


def test_a_payment_is_of_the_due_and_of_the_payees_own_account(funded):
    plan = funded.locked(funded.due())
    funded.do(funded.preparer, unlock, plan.reference, BackReason.OTHER)
    payment = the(funded, Payment)
    with funded.field.database.read_session() as session:
        other = session.scalars(select(Payee).where(Payee.party_id != payment.party_id)).first()
    assert other is not None
    right = values(payment, id=new_id(), reference=new_reference("PY"), number=1, state="reserved")
    for lie in (
        {"amount_minor": 1},
        {"currency": "MMK"},
        {"payee_id": other.id},
        {"method": "cash"},
        {"due_id": new_id()},
    ):
        with refused(funded) as connection:
            connection.execute(insert(Payment), right | lie)
            connection.execute(insert(PaymentEventRow), first_event(right))
    with past_the_package(funded) as connection:
        connection.execute(insert(Payment), right)
        connection.execute(insert(PaymentEventRow), first_event(right))


def test_neither_a_plan_nor_a_payment_stands_where_no_event_led(funded):
    plan = funded.locked(funded.due())
    for model in (PaymentPlan, Payment):
        for lie in ({"state": "settled"}, {"number": 9}, {"state": "released", "number": 3}):
            with refused(funded) as connection:
                connection.execute(update(model).values(lie))
    with refused(funded) as connection:
        connection.execute(
            insert(PlanEventRow),
            {
                "plan_id": plan.id, "number": 3, "previous_number": 2, "event": "export", "from_state": "locked",
                "to_state": "exported", "released_hash": None, "actor_id": new_id(), "recorded_at": clock.now(),
            },
        )  # fmt: skip


def test_whoever_recorded_an_account_does_not_call_about_it(funded):
    payee = the(funded, Payee, Payee.party_id == funded.jobseeker("JS-1"))
    call = {
        "payee_id": payee.id, "recorded_by": payee.recorded_by, "called_by": payee.recorded_by, "outcome": "confirmed",
        "recorded_at": clock.now(),
    }  # fmt: skip
    for lie in (call, call | {"recorded_by": new_id()}):
        with refused(funded) as connection:
            connection.execute(insert(PayeeCallBack), lie)
    with past_the_package(funded) as connection:
        connection.execute(insert(PayeeCallBack), call | {"called_by": new_id()})


def test_what_is_append_only_is_neither_changed_nor_deleted(funded):
    plan = funded.exported(funded.due())
    (payment,) = funded.payments(plan.reference)
    funded.answer(funded.line(payment), funded.line(amount_minor=7))
    filled = 0
    for name in APPEND_ONLY:
        table = metadata.tables[name]
        with funded.field.database.engine.connect() as connection:
            if connection.dialect.name != "sqlite":
                connection.exec_driver_sql("SELECT set_config('app.audience', 'inside', true)")
            filled += 1 if (is_filled := connection.execute(select(table).limit(1)).first()) else 0
        if not is_filled:
            continue
        column = next(iter(table.primary_key.columns))
        for statement in (delete(table), update(table).values({column: column})):
            with refused(funded) as connection:
                connection.execute(statement)
    assert filled >= 12
