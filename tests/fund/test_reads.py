"""What people read of the fund, and who reads nothing of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, THE_HOUSE, Role
from recruitment.core.errors import NotPermitted
from recruitment.core.ids import new_id
from recruitment.core.machine import MoveNotAllowed
from recruitment.fund import queries, services
from recruitment.fund.errors import FileGone, PaymentUnknown
from recruitment.fund.rules import AgeBucket, BackReason, DueState, PaymentState, PlanState, Spread
from recruitment.fund.services import Word
from recruitment.fund.services.keeping import KEPT_DAYS
from tests.factories.actors import actor_of


def confirm(funded, payment: str, is_all: bool = True, who=None, **more):
    word = Word(is_all, more.get("on", clock.today()), new_id(), None if is_all else "less")
    return funded.do(who or funded.supervisor, services.confirm, payment, word)


def test_the_worker_confirms_and_contests_through_their_cso(served_funded):
    funded = served_funded
    (payment,) = funded.settled(funded.exported(funded.due()))
    assert confirm(funded, payment.reference).state is PaymentState.CONFIRMED
    contested = confirm(funded, payment.reference, is_all=False)
    assert (contested.state, contested.reason, contested.plan) == (PaymentState.CONTESTED, "less", None)
    assert confirm(funded, payment.reference).state is PaymentState.CONFIRMED
    with pytest.raises(MoveNotAllowed):
        confirm(funded, payment.reference)
    assert [each.event for each in funded.read(queries.payment_events, payment.reference)] == [
        None, "send", "settle", "confirm", "contest", "confirm",
    ]  # fmt: skip


def test_nobody_confirms_what_they_do_not_see_or_what_was_not_paid(sqlite_funded):
    funded = sqlite_funded
    (payment,) = funded.payments(funded.exported(funded.due()).reference)
    with pytest.raises(MoveNotAllowed):
        confirm(funded, payment.reference)
    stranger = actor_of(Role.CSO_SUPERVISOR, funded.organisation("CSO-2"))
    with pytest.raises(PaymentUnknown):
        confirm(funded, payment.reference, who=stranger)
    for who in (funded.preparer, funded.approver, funded.releaser):
        with pytest.raises(NotPermitted):
            confirm(funded, payment.reference, who=who)


PAGES: dict[str, Any] = {
    "pots": queries.pots_page,
    "receipts": queries.receipts_page,
    "dues": queries.dues_page,
    "payments": queries.payments_page,
    "answers": queries.answers_page,
    "suspense": queries.suspense_page,
}


def test_each_role_sees_its_own_and_nobody_else_anything(served_funded):
    funded = served_funded
    plan = funded.exported(funded.due())
    funded.answer(funded.line(amount_minor=5))
    other_operator = actor_of(Role.FUND_PREPARER, new_id())
    agency = actor_of(Role.AGENCY_OFFICER, funded.organisation("AG-1"))
    employer = actor_of(Role.EMPLOYER_OFFICER, funded.organisation("EM-1"))
    partner = actor_of(Role.PARTNER_REVIEWER, funded.organisation("PT-1"))
    of_the_house = actor_of(Role.OPERATOR)
    other_cso = actor_of(Role.CSO_SUPERVISOR, funded.organisation("CSO-2"))

    def seen(who) -> set[str]:
        found = {name for name, query in PAGES.items() if funded.read(query, actor=who)}
        if funded.read(queries.plans_page, who, actor=who):
            found.add("plans")
        if funded.read(queries.newest_of, [funded.jobseeker("JS-1")], actor=who):
            found.add("payees")
        return found

    everything = {*PAGES, "plans", "payees"}
    for who in (funded.preparer, funded.approver, funded.releaser, funded.worker, LOCAL_OPERATOR):
        assert seen(who) == everything
    assert seen(funded.supervisor) == {"dues", "payments", "payees"}
    for who in (other_operator, agency, employer, partner, of_the_house, other_cso):
        assert seen(who) == set()
    assert funded.read(queries.plan, other_operator, plan.reference, actor=other_operator) is None


def test_what_the_fund_reads_names_no_worker(sqlite_funded):
    funded = sqlite_funded
    plan = funded.exported(funded.due())
    (payment,) = funded.payments(plan.reference)
    told = repr(
        [
            payment,
            funded.the(plan.reference),
            funded.read(queries.dues_page),
            funded.read(queries.random_five, plan.reference),
        ]
    )
    assert "Holder" not in told
    assert payment.account is not None
    assert payment.account.startswith("•••")


def test_pages_go_on_where_the_last_one_ended(sqlite_funded):
    funded = sqlite_funded
    dues = sorted(funded.dues([("JS-1", amount) for amount in range(1, 6)]))
    first = funded.read(queries.dues_page, limit=3)
    rest = funded.read(queries.dues_page, after=first[-1].reference, limit=3)
    assert [each.reference for each in (*first, *rest)] == dues
    assert funded.read(queries.dues_page, state=DueState.PAID) == []
    plans = [funded.draft(due) for due in dues[:3]]
    page = funded.read(queries.plans_page, funded.preparer, limit=2)
    more = funded.read(queries.plans_page, funded.preparer, after=page[-1].reference, limit=2)
    assert [each.reference for each in (*page, *more)] == plans[::-1]
    assert funded.read(queries.plans_page, funded.preparer, state=PlanState.LOCKED) == []
    listed = funded.read(queries.dues_of_plan, plans[0])
    assert [each.reference for each in listed] == dues[:1]


def test_suspense_goes_on_where_the_page_ended(sqlite_funded):
    funded = sqlite_funded
    funded.answer(*(funded.line(amount_minor=5) for _ in range(3)))
    funded.answer(*(funded.line(amount_minor=6) for _ in range(2)))
    every = [each.line for each in funded.read(queries.suspense_page)]
    found: list[str] = []
    while page := funded.read(queries.suspense_page, after=found[-1] if found else None, limit=2):
        found += [each.line for each in page]
    assert found == every
    assert len(every) == 5
    reference = every[0].rpartition("/")[0]
    assert [each.number for each in funded.read(queries.lines_of, reference, after=1)][:1] == [2]


def test_five_payments_are_chosen_by_what_is_locked(sqlite_funded):
    funded = sqlite_funded
    plan = funded.locked(*funded.dues([("JS-1", amount) for amount in range(1, 10)]))
    chosen = funded.read(queries.random_five, plan.reference)
    assert len(chosen) == 5
    assert chosen == funded.read(queries.random_five, plan.reference, actor=funded.approver)
    assert funded.read(queries.random_five, "PL-NONE") == []


def test_the_age_of_what_is_open_is_counted_in_days(funded):
    today = clock.today()
    for days in (-5, 0, 30, 31, 60, 61, 90, 91):
        funded.due(amount=10, due_on=today - timedelta(days=days))
    funded.exported(funded.due(amount=10))
    found = {each.bucket: each.dues for each in funded.read(queries.ageing, today)}
    assert found == {
        AgeBucket.NOT_YET: 1, AgeBucket.UP_TO_30: 2, AgeBucket.UP_TO_60: 2, AgeBucket.UP_TO_90: 2, AgeBucket.OVER_90: 1,
    }  # fmt: skip


def test_the_time_to_money_is_from_the_day_it_was_due(funded):
    today = clock.today()
    plan = funded.exported(
        funded.due(amount=1, due_on=today - timedelta(days=10)),
        funded.due("JS-2", 2, due_on=today - timedelta(days=20)),
    )
    payments = funded.settled(plan)
    with clock.stopped_at(clock.now() + timedelta(days=5)):
        confirm(funded, next(each.reference for each in payments if each.amount_minor == 1))
        found = funded.read(queries.time_to_money, today, clock.today())
    assert found.settled == Spread(2, 10, 20)
    assert found.confirmed == Spread(1, 15, 15)
    assert funded.read(queries.time_to_money, today - timedelta(days=9), today - timedelta(days=8)).settled is None


def test_the_bytes_of_old_files_are_forgotten_and_their_digests_stay(funded):
    plan = funded.exported(funded.due())
    funded.settled(plan)
    running = funded.exported(funded.due("JS-2"))
    with clock.stopped_at(clock.now() + timedelta(days=KEPT_DAYS - 1)):
        assert funded.do(THE_HOUSE, services.forget_files) == 0
    with clock.stopped_at(clock.now() + timedelta(days=KEPT_DAYS + 1)):
        assert funded.do(THE_HOUSE, services.forget_files) == 1
        assert funded.do(THE_HOUSE, services.forget_files) == 0
    with pytest.raises(FileGone):
        funded.export(plan.reference)
    assert funded.export(running.reference).content
    assert funded.the(plan.reference).lock is not None
    assert len(funded.events("fund.file_forgotten")) == 1


def test_the_file_of_a_plan_that_was_unlocked_goes_at_once(sqlite_funded):
    funded = sqlite_funded
    plan = funded.locked(funded.due())
    funded.do(funded.preparer, services.unlock, plan.reference, BackReason.OTHER)
    with funded.field.database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM payment_plan_files").scalar() == 0
