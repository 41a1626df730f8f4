"""What the workers say: who is asked, who may ask, what counts, and that nothing else closes a case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from recruitment.cases import services
from recruitment.cases.errors import (
    AskedTooEarly,
    NobodyToAsk,
    NotByThisActor,
    NotFromHere,
    NotInTheRound,
    NotValidated,
)
from recruitment.cases.models import ValidationMember, ValidationRound
from recruitment.cases.rules import Action, CaseKind, OpenBecause, State, drawn
from recruitment.cases.services import Doing
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, THE_HOUSE, Role
from recruitment.core.errors import NotPermitted
from recruitment.fees.rules import NEVER_INDEPENDENT, StatementChannel
from tests.factories.rows import row, rows


def codes(bench, reference: str) -> list[OpenBecause]:
    return [reason.code for reason in bench.the(reference).reasons]


def test_all_are_asked_of_up_to_five_each_worker_once(bench):
    bench.field.send("journeys", row("journeys", reference="J-9", jobseeker="JS-1", agency="AG-1"))
    reference = bench.raised(CaseKind.THREATS, "J-1", "J-2", "J-9")
    bench.waiting(reference)
    (asked,) = bench.whole(reference).rounds
    assert (asked.concerned, asked.sample_size) == (2, 2)
    assert [member.journey for member in asked.members] == ["J-1", "J-2"]
    assert codes(bench, reference) == [OpenBecause.VALIDATION_MISSING] * 2


def test_of_more_a_sample_is_drawn_whose_size_and_seed_are_kept(sqlite_bench):
    bench, names = sqlite_bench, [f"J-{n}" for n in range(50, 87)]
    bench.field.send("jobseekers", *rows("jobseekers", "reference", *(f"P{name}" for name in names)))
    bench.field.send("journeys", *(row("journeys", reference=name, jobseeker=f"P{name}") for name in names))
    reference = bench.raised(CaseKind.SUPPRESSION, *names)
    bench.waiting(reference)
    (asked,) = bench.whole(reference).rounds
    assert (asked.concerned, asked.sample_size, len(asked.members)) == (37, 7, 7)
    with bench.field.database.read_session() as session:
        from recruitment.journeys import queries as journeys

        ids = [found.id for found in journeys.by_reference(session, names).values()]
        members = set(session.scalars(select(ValidationMember.journey_id)))
    assert set(drawn(asked.seed, ids)) == members
    outside = next(name for name in names if name not in {member.journey for member in asked.members})
    with pytest.raises(NotInTheRound):
        bench.answer(reference, outside)
    with pytest.raises(NotValidated, match=asked.members[6].journey):
        bench.close(reference)


def test_one_no_reopens_at_once_and_a_new_action_needs_a_new_round(bench):
    reference = bench.raised(CaseKind.THREATS, "J-1", "J-2")
    bench.waiting(reference)
    bench.answer(reference, "J-2")
    bench.answer(reference, "J-1", effective=False)
    assert bench.the().state is State.OPENED
    assert bench.whole(reference).events[-1].reason == "validation_negative"
    with pytest.raises(NotFromHere):
        bench.answer(reference, "J-1")
    bench.waiting(reference)
    assert codes(bench, reference) == [OpenBecause.VALIDATION_MISSING] * 2
    for journey in ("J-1", "J-2"):
        bench.answer(reference, journey)
    bench.close(reference)
    assert bench.the().state is State.CLOSED


def test_a_yes_that_was_not_free_is_kept_and_does_not_count(sqlite_bench):
    reference = sqlite_bench.raised()
    sqlite_bench.waiting(reference)
    for how in (*({"channel": channel} for channel in sorted(NEVER_INDEPENDENT)), {"witnessed": True}):
        assert sqlite_bench.answer(reference, **how) is False, how
        assert codes(sqlite_bench, reference) == [OpenBecause.VALIDATION_NOT_FREE]
        with pytest.raises(NotValidated, match="freely"):
            sqlite_bench.close(reference)
    assert sqlite_bench.answer(reference) is True
    sqlite_bench.close(reference)


def test_a_no_counts_however_it_was_asked(sqlite_bench):
    reference = sqlite_bench.raised()
    sqlite_bench.waiting(reference)
    sqlite_bench.answer(reference, channel=StatementChannel.EMPLOYER_FORM, witnessed=True, right_action=False)
    assert sqlite_bench.the().state is State.OPENED


def test_who_recorded_the_action_is_no_independent_asker(bench):
    reference = bench.raised()
    bench.waiting(reference)
    assert bench.answer(reference, actor=bench.worker) is False
    colleague = bench.caseload.actor(Role.CASE_WORKER, "CSO-2")
    assert bench.answer(reference, actor=colleague) is True
    bench.close(reference)


def test_nobody_is_asked_before_the_action_or_in_the_future(sqlite_bench):
    reference = sqlite_bench.raised()
    sqlite_bench.waiting(reference)
    for day in (clock.today() - timedelta(days=1), clock.today() + timedelta(days=1)):
        with pytest.raises(AskedTooEarly):
            sqlite_bench.answer(reference, asked_on=day)


def test_nobody_but_a_case_worker_closes_and_no_machine_answers(bench):
    reference = bench.raised()
    bench.waiting(reference)
    for machine in (LOCAL_OPERATOR, THE_HOUSE):
        with pytest.raises(NotByThisActor):
            bench.answer(reference, actor=machine)
    bench.answer(reference)
    for closer in (LOCAL_OPERATOR, THE_HOUSE):
        with pytest.raises(NotByThisActor):
            bench.close(reference, closer)
    homes = {Role.AGENCY_OFFICER: "AG-1", Role.EMPLOYER_OFFICER: "EM-1", Role.PARTNER_REVIEWER: "PT-1",
             Role.FUND_PREPARER: "OP-1", Role.FUND_APPROVER: "OP-1", Role.FUND_RELEASER: "OP-1", Role.CSO_SUPERVISOR: "CSO-1",
             Role.CSO_FIELDWORKER: "CSO-1"}  # fmt: skip
    for role in Role:
        if role is not Role.CASE_WORKER:
            with pytest.raises(NotPermitted):
                bench.close(reference, bench.caseload.actor(role, homes.get(role)))
    assert bench.the().state is State.AWAITING_WORKER_VALIDATION
    bench.close(reference)


def test_a_case_of_costs_stays_open_while_anything_is_due(bench):
    bench.dispute()
    bench.open()
    reference = bench.the().reference
    bench.waiting(reference)
    bench.answer(reference)
    assert codes(bench, reference) == [OpenBecause.STILL_IN_DISPUTE]
    with pytest.raises(NotValidated, match="accounts still differ"):
        bench.close(reference)
    bench.field.send("reports", row("reports", reference="RP-J-1", amount="0.00"))
    assert codes(bench, reference) == [OpenBecause.NOT_COMPARED]
    bench.open()
    bench.close(reference)


def test_bondage_stays_open_while_the_debt_stands(sqlite_bench):
    bench = sqlite_bench
    bench.field.send("debts", row("debts", creditor="vessel_owner"))
    bench.open()
    (case,) = bench.all(kind=CaseKind.DEBT_BONDAGE)
    bench.waiting(case.reference)
    bench.answer(case.reference)
    with pytest.raises(NotValidated, match="the debt still stands"):
        bench.close(case.reference)
    bench.field.send("debts", row("debts", creditor="vessel_owner", outstanding="0.00", as_of="2024-07-01"))
    bench.close(case.reference)


def test_all_reasons_are_told_at_once(sqlite_bench):
    bench = sqlite_bench
    bench.dispute("J-1")
    bench.open()
    reference = bench.the().reference
    bench.do(bench.supervisor, services.add_journeys, reference, ["J-2", "J-3"])
    bench.waiting(reference)
    bench.answer(reference, "J-2", witnessed=True)
    with pytest.raises(NotValidated) as refused:
        bench.close(reference)
    for part in ("J-1: the worker was not asked", "J-2: the worker could not answer freely", "J-3: the worker was not",
                 "J-1: the accounts still differ"):  # fmt: skip
        assert part in refused.value.detail


def test_when_everybody_was_erased_it_stays_open(bench):
    reference = bench.raised(note="kept under a key that goes")
    bench.ask(reference)
    bench.act(reference)
    bench.field.run("privacy", "erase", "JS-1", "--reason", "worker_request", "--confirm")
    with pytest.raises(NobodyToAsk):
        bench.begin_round(reference)
    assert [event.note for event in bench.whole(reference).events] == [None] * 3


def test_somebody_erased_meanwhile_is_not_asked(sqlite_bench):
    reference = sqlite_bench.raised(CaseKind.THREATS, "J-1", "J-2", note="a note")
    sqlite_bench.field.run("privacy", "erase", "JS-1", "--reason", "worker_request", "--confirm")
    sqlite_bench.ask(reference, note="kept under the key of the other")
    doing = Doing(Action.SAFE_PLACE, clock.today())
    sqlite_bench.do(sqlite_bench.worker, services.act, reference, 2, doing)
    sqlite_bench.begin_round(reference)
    with sqlite_bench.field.database.read_session() as session:
        assert session.scalars(select(ValidationRound.concerned)).all() == [1]
    notes = [event.note for event in sqlite_bench.whole(reference).events]
    assert notes == [None, "kept under the key of the other", None, None]
