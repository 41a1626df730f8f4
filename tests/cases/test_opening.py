"""What opens a case, widens it and opens it again: findings, debts that bind, and whoever hears of harm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from recruitment.cases import services
from recruitment.cases.errors import CaseOpenAlready, IdentifiedWrongly, JourneyNotKnown, NotFromHere
from recruitment.cases.rules import CaseKind, CaseSource, OpenBecause, State
from recruitment.cases.services import NewCase
from recruitment.core import clock
from recruitment.core.actor import THE_HOUSE, Role
from recruitment.core.errors import NotPermitted
from recruitment.fees.models import DebtRow
from recruitment.verification.models import ComparisonRow
from tests.factories.rows import nothing_more, row


def test_a_dispute_opens_one_case_with_all_its_findings(bench):
    bench.dispute()
    bench.open()
    case = bench.the()
    assert (case.kind, case.source, case.state) == (CaseKind.RECRUITMENT_COSTS, CaseSource.FINDINGS, State.OPENED)
    assert (case.journeys, case.is_serious, case.due_at, case.clock) == (("J-1",), False, None, "no clock")
    kinds = {found.kind for _, found in bench.whole(case.reference).findings}
    assert {"undeclared_payment", "principle_breach"} <= kinds
    assert not any(kind.startswith("missing") for kind in kinds)
    with bench.field.database.read_session() as session:
        compared_at = session.scalars(
            select(ComparisonRow.compared_at).where(ComparisonRow.status == "in_dispute")
        ).one()
    assert case.identified_at == compared_at


def test_looking_again_opens_no_second_one_and_a_new_finding_joins_the_first(bench):
    bench.dispute()
    bench.open()
    case = bench.the()
    before = bench.whole(case.reference).findings
    bench.open()
    bench.field.send("reports", row("reports", reference="RP-9", fee_item="visa_fee", amount="900.00"))
    bench.open()
    assert bench.the().number == 1
    after = bench.whole(case.reference).findings
    assert set(before) < set(after)
    assert {found.fee_item for _, found in set(after) - set(before)} == {"visa_fee"}


def test_a_journey_that_is_well_or_merely_unverified_opens_none(bench):
    bench.field.send("declarations", row("declarations"))
    bench.open()
    assert bench.all() == []


def test_a_debt_to_who_has_power_over_the_worker_is_bondage_known_since_it_was_recorded(bench):
    bench.field.send("debts", row("debts", creditor="sub_agent"))
    bench.open()
    (case,) = bench.all(kind=CaseKind.DEBT_BONDAGE)
    with bench.field.database.read_session() as session:
        recorded_at = session.scalars(select(DebtRow.recorded_at)).one()
    assert (case.identified_at, case.due_at) == (recorded_at, recorded_at + timedelta(hours=72))
    assert case.is_serious
    assert OpenBecause.DEBT_STANDS in {reason.code for reason in case.reasons}
    bench.field.send("debts", row("debts", creditor="sub_agent", outstanding="8000.00", as_of="2024-07-01"))
    bench.open()
    assert bench.the(case.reference).identified_at == recorded_at


def test_other_debts_are_no_bondage(sqlite_bench):
    debts = [{"creditor": "family"}, {"creditor": "employer", "recruitment_linked": "no"},
             {"creditor": "employer", "outstanding": "0.00"}]  # fmt: skip
    sqlite_bench.field.send("debts", *(row("debts", reference=f"DE-{n}", **cells) for n, cells in enumerate(debts)))
    sqlite_bench.open()
    assert sqlite_bench.all(kind=CaseKind.DEBT_BONDAGE) == []


def test_a_closed_case_is_reopened_when_it_is_found_again(bench):
    bench.dispute()
    bench.open()
    reference = bench.the().reference
    bench.field.send("declarations", row("declarations", journey="J-2"))
    worker_says_nothing = row("reports", reference="RP-J-1", amount="0.00", fee_item="broker_fee")
    bench.field.send("reports", worker_says_nothing, nothing_more())
    # Declared is what is left; nothing was paid by the worker after all.
    bench.field.send("declarations", row("declarations", fee_item="visa_fee"))
    bench.open()
    bench.closed(reference)
    assert bench.the().state is State.CLOSED
    bench.field.send("reports", row("reports", reference="RP-8", fee_item="visa_fee", amount="700.00"))
    bench.open()
    case = bench.the()
    assert (case.reference, case.state) == (reference, State.OPENED)
    assert [event.reason for event in bench.whole(reference).events][-1] == "found_again"


def test_a_debt_that_is_said_anew_reopens_its_case_and_the_same_word_does_not(bench):
    bench.field.send("debts", row("debts", creditor="agency"))
    bench.open()
    (case,) = bench.all(kind=CaseKind.DEBT_BONDAGE)
    bench.field.send("debts", row("debts", creditor="agency", outstanding="0.00", as_of="2024-07-01"))
    bench.open()
    bench.closed(case.reference)
    bench.field.send("reports", row("reports"))
    bench.open()
    assert bench.the(case.reference).state is State.CLOSED
    bench.field.send("debts", row("debts", reference="DE-2", creditor="employer"))
    bench.open()
    assert bench.the(case.reference).state is State.OPENED


def test_every_kind_may_be_raised_and_the_serious_ones_have_a_clock(sqlite_bench):
    at = clock.now() - timedelta(hours=1)
    for kind in CaseKind:
        sqlite_bench.raised(kind, "J-1", "J-2", identified_at=at)
    for case in sqlite_bench.all():
        assert case.source is CaseSource.RAISED
        assert case.journeys == ("J-1", "J-2")
        assert case.due_at == (None if case.kind is CaseKind.RECRUITMENT_COSTS else at + timedelta(hours=72))
    assert len(sqlite_bench.caseload.events("cases.raised")) == len(CaseKind)


def test_a_second_one_is_refused_with_the_name_of_the_first_and_journeys_are_added_there(bench):
    reference = bench.raised()
    with pytest.raises(CaseOpenAlready, match=reference):
        bench.raised(CaseKind.THREATS, "J-2", "J-1")
    bench.do(bench.supervisor, services.add_journeys, reference, ["J-2", "J-1", "J-2"])
    assert bench.the().journeys == ("J-1", "J-2")
    bench.waiting(reference)
    with pytest.raises(NotFromHere):
        bench.do(bench.supervisor, services.add_journeys, reference, ["J-3"])


def test_nobody_is_added_to_a_serious_case_whose_clock_has_stopped(bench):
    reference = bench.raised()
    bench.ask(reference)
    with pytest.raises(NotFromHere, match="72 hours"):
        bench.do(bench.supervisor, services.add_journeys, reference, ["J-3"])


def test_harm_that_became_known_after_the_response_has_a_clock_of_its_own(bench):
    """Else a second beating, told while the first is worked on, would be held to no hour at all."""
    known, again = clock.now() - timedelta(hours=3), clock.now() + timedelta(hours=1)
    reference = bench.raised(CaseKind.VIOLENCE, identified_at=known)
    bench.ask(reference)
    with clock.stopped_at(again):
        with pytest.raises(CaseOpenAlready):
            bench.raised(CaseKind.VIOLENCE, identified_at=known + timedelta(hours=1))
        second = bench.raised(CaseKind.VIOLENCE, identified_at=again)
        assert bench.the(second).due_at == again + timedelta(hours=72)
        with pytest.raises(CaseOpenAlready, match=second):
            bench.raised(CaseKind.VIOLENCE, identified_at=again)
        costs = bench.raised(CaseKind.RECRUITMENT_COSTS, identified_at=known)
        bench.ask(costs)
        with pytest.raises(CaseOpenAlready, match=costs):
            bench.raised(CaseKind.RECRUITMENT_COSTS, identified_at=again)


def test_when_it_became_known_has_a_zone_and_is_past(sqlite_bench):
    naive = datetime(2024, 5, 1, 8)  # noqa: DTZ001 - the fault
    for at in (naive, datetime(1899, 5, 1, 8, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)):
        with pytest.raises(IdentifiedWrongly):
            sqlite_bench.raised(identified_at=at)


def test_nobody_raises_a_case_about_a_journey_that_they_do_not_see(bench):
    stranger = bench.caseload.actor(Role.CSO_SUPERVISOR, "CSO-2")
    with pytest.raises(JourneyNotKnown):
        bench.raised(actor=stranger)
    with pytest.raises(JourneyNotKnown):
        bench.do(bench.supervisor, services.raise_case, NewCase(CaseKind.MINOR, (), clock.now()))
    with pytest.raises(JourneyNotKnown):
        bench.raised(CaseKind.MINOR, "J-1", "J-404")
    assert bench.all() == []


def test_only_the_house_opens_from_findings(sqlite_bench):
    for actor in (sqlite_bench.worker, sqlite_bench.supervisor):
        with pytest.raises(NotPermitted):
            sqlite_bench.do(actor, services.open_from_findings)
    assert sqlite_bench.do(THE_HOUSE, services.open_from_findings) == 0


def test_a_case_that_began_on_a_listed_journey_is_widened_not_doubled(bench):
    """Before the two are joined, each has its own; afterwards the root is named in the first that was open."""
    from recruitment.cases.rules import Looked
    from recruitment.journeys import queries as journeys
    from recruitment.verification.rules import Status

    bench.dispute()
    bench.open()
    with bench.field.database.read_session() as session:
        ids = {name: found.id for name, found in journeys.by_reference(session, ["J-1", "J-2"]).items()}
    looked = Looked(ids["J-2"], 1, clock.now(), Status.IN_DISPUTE, frozenset(), frozenset({ids["J-1"]}))
    assert looked.names == frozenset(ids.values())
    with bench.field.database.unit_of_work() as session:
        from recruitment.cases import queries
        from recruitment.cases.services.opening import _Batch

        standing = queries.cases_of(session, looked.names, [CaseKind.RECRUITMENT_COSTS])
        named = queries.findings_of(session, [bench.the().id])
        _Batch(session, THE_HOUSE, standing, named).about_costs(looked)
    assert len(bench.all()) == 1
