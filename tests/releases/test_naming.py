"""Naming a person to a business: by consent, after a look at the danger, on the day of a release, and without a name."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from recruitment.core import clock
from recruitment.core.actor import Actor, Role
from recruitment.core.errors import NotPermitted
from recruitment.jobseekers.rules import ConsentPurpose
from recruitment.releases import queries, services
from recruitment.releases.errors import (
    DisclosureEnded,
    DisclosureUnknown,
    FeeItemUnknown,
    NamingHeld,
    OrganisationNotParty,
)
from recruitment.releases.rules import DisclosureState, HeldReason, RetaliationRisk, RetaliationTrigger
from tests.factories.caseload import Caseload
from tests.factories.crowd import ITEM, Crowd, cut_off_of, due_of
from tests.factories.rows import row

BEFORE = due_of(1) - timedelta(days=3)
PLAN = "She moves to her sister in the next district first."


class Case:
    """One worker whose agency has a reference for the journey, and two case workers."""

    def __init__(self, caseload: Caseload) -> None:
        self.caseload = caseload
        self.crowd = Crowd(caseload.field.database, caseload.field.folder)
        self.crowd.open()
        (self.number,) = self.crowd.heard(1, cut_off_of(1))
        self.journey = f"CJ-{self.number}"
        with clock.stopped_at(cut_off_of(1)):
            declared = row("declarations", journey=self.journey, payer="employer", paid_on="2025-06-01")
            self.crowd.send("declarations", [declared], agency="AG-1")
        self.one: Actor = caseload.actor(Role.CASE_WORKER, "CSO-1")
        self.other: Actor = caseload.actor(Role.CASE_WORKER, "OP-1")

    def assess(self, risk: RetaliationRisk = RetaliationRisk.LOW, at=BEFORE, by: Actor | None = None) -> str:
        actor = by or self.one
        with clock.stopped_at(at), self.crowd.database.unit_of_work(actor.scope) as session:
            return services.assess(
                session, actor, self.journey, "AG-1", risk, [RetaliationTrigger.SMALL_WORKFORCE], PLAN
            )

    def ask(self, at=BEFORE, by: Actor | None = None, to: str = "AG-1", items: tuple[str, ...] = (ITEM,)) -> str:
        actor = by or self.other
        with clock.stopped_at(at), self.crowd.database.unit_of_work(actor.scope) as session:
            return services.ask_disclosure(session, actor, self.journey, to, items)

    def withdraw(self, reference: str, at=BEFORE) -> None:
        with clock.stopped_at(at), self.crowd.database.unit_of_work(self.one.scope) as session:
            services.withdraw(session, self.one, reference)

    def told(self, period: str, code: str = "AG-1") -> list[dict[str, object]]:
        return json.loads(self.crowd.body(code, period) or "")["disclosures"]

    def became(self, reference: str) -> tuple[DisclosureState, HeldReason | None, str | None]:
        with self.crowd.database.read_session() as session:
            found = queries.disclosure_by_reference(session, reference)
        assert found is not None
        return found.state, found.reason, found.period


@pytest.fixture
def case(caseload) -> Case:
    return Case(caseload)


@pytest.fixture
def sqlite_case(sqlite_caseload) -> Case:
    return Case(sqlite_caseload)


def test_the_next_release_carries_it_by_the_organisations_own_reference_and_no_later_one(case):
    case.assess()
    reference = case.ask()
    assert case.became(reference) == (DisclosureState.WAITING, None, None)
    case.crowd.releases(1, 2)
    ((told,), nobody) = case.told("2026-01"), case.told("2026-01", "EM-1")
    assert told["journey"].startswith("WJ-")
    assert told | {"journey": ""} == {
        "journey": "", "fee_items": [ITEM], "remedy_due": {"amount": "3500.00", "currency": "THB"},
    }  # fmt: skip
    assert nobody == []
    assert case.told("2026-02") == []
    assert case.became(reference) == (DisclosureState.CARRIED, None, "2026-01")
    for text in ("Jasmine", case.journey, f"C-{case.number}", reference):
        assert text not in case.crowd.body("AG-1", "2026-01")
    assert len(case.caseload.events("retaliation_assessments.recorded")) == 1
    assert len(case.caseload.events("disclosures.asked")) == 1


def test_the_safety_plan_is_sealed_under_the_persons_own_key(case):
    from recruitment.jobseekers import queries as jobseekers

    case.assess()
    with case.crowd.database.engine.connect() as connection:
        (found,) = connection.exec_driver_sql("SELECT id, plan_sealed FROM retaliation_assessments")
    assert PLAN.encode() not in bytes(found[1])
    with case.crowd.database.read_session() as session:
        from sqlalchemy import select

        from recruitment.releases.models import RetaliationAssessment

        (kept,) = session.scalars(select(RetaliationAssessment))
        person = jobseekers.ids_by_reference(session, [f"C-{case.number}"])[f"C-{case.number}"]
        key = jobseekers.key_of(session, person)
        assert key.open(kept.plan_sealed, "retaliation_assessments.plan", kept.id) == PLAN
        with case.crowd.database.engine.connect() as connection:
            rows = list(connection.exec_driver_sql("SELECT * FROM retaliation_assessments"))
        assert "small_workforce" not in str(rows), "nor is it told in clear what makes it dangerous"


def test_the_person_may_know_of_it(sqlite_case):
    from recruitment.core.actor import LOCAL_OPERATOR
    from recruitment.privacy import service as privacy

    case = sqlite_case
    case.assess()
    case.ask()
    case.crowd.releases(1)
    with case.crowd.database.unit_of_work() as session:
        (journey,) = privacy.copy(session, LOCAL_OPERATOR, f"C-{case.number}")["journeys"]
    (named,), (assessed,) = journey["disclosures"], journey["retaliation_assessments"]
    assert (named["told_to"], named["became"], named["release"]) == ("AG-1", "carried", "2026-01")
    assert (assessed["risk"], assessed["plan"]) == ("low", PLAN)


class TestWhatHoldsThen:
    def test_a_consent_that_was_withdrawn_meanwhile_holds_it_and_one_that_is_given_lets_it_go(self, case):
        case.assess()
        reference = case.ask()
        case.crowd.consent(case.number, ConsentPurpose.SHARE_EMPLOYER, False, BEFORE + timedelta(hours=1))
        case.crowd.releases(1)
        assert case.told("2026-01") == []
        assert case.became(reference) == (DisclosureState.HELD, HeldReason.NO_CONSENT, "2026-01")
        case.crowd.consent(case.number, ConsentPurpose.SHARE_EMPLOYER, True, due_of(2) - timedelta(hours=1))
        case.crowd.releases(2)
        assert len(case.told("2026-02")) == 1

    def test_a_danger_that_rose_meanwhile_holds_it(self, sqlite_case):
        case = sqlite_case
        case.assess()
        reference = case.ask()
        case.assess(RetaliationRisk.HIGH, BEFORE + timedelta(hours=1))
        case.crowd.releases(1)
        assert case.told("2026-01") == []
        assert case.became(reference)[:2] == (DisclosureState.HELD, HeldReason.RISK_HIGH)

    def test_an_assessment_that_grew_old_holds_it(self, sqlite_case):
        case = sqlite_case
        case.assess(at=cut_off_of(1))
        reference = case.ask(cut_off_of(1) + timedelta(days=90))
        case.crowd.release(due_of(4))
        assert case.became(reference)[:2] == (DisclosureState.HELD, HeldReason.ASSESSMENT_OLD)

    def test_what_was_withdrawn_is_not_carried(self, sqlite_case):
        case = sqlite_case
        case.assess()
        reference = case.ask()
        case.withdraw(reference)
        case.crowd.releases(1)
        assert case.told("2026-01") == []
        assert case.became(reference) == (DisclosureState.WITHDRAWN, None, None)
        with pytest.raises(DisclosureEnded):
            case.withdraw(reference)

    def test_what_was_asked_after_the_day_waits_for_the_next(self, sqlite_case):
        case = sqlite_case
        case.assess()
        case.ask(at=due_of(1) + timedelta(hours=1))
        case.crowd.release(due_of(1) + timedelta(hours=2))
        assert case.told("2026-01") == []
        case.crowd.releases(2)
        assert len(case.told("2026-02")) == 1

    def test_a_worker_to_whom_nothing_is_due_is_not_named(self, sqlite_case):
        case = sqlite_case
        with clock.stopped_at(cut_off_of(1)):
            paid = row(
                "repayments", journey=case.journey, amount="3500.00", paid_on="2026-01-05", confirmed="all",
                channel="hotline", confirmed_on="2026-01-10",
            )  # fmt: skip
            case.crowd.send("repayments", [paid], by="CSO-1")
        case.assess()
        reference = case.ask()
        case.crowd.releases(1)
        assert case.became(reference)[:2] == (DisclosureState.HELD, HeldReason.NOTHING_DUE)


class TestAsking:
    def held(self, case: Case, **options) -> str:
        with pytest.raises(NamingHeld) as refused:
            case.ask(**options)
        return str(refused.value.facts["reason"])

    def test_wants_an_assessment_of_somebody_else_that_is_not_high(self, sqlite_case):
        case = sqlite_case
        assert self.held(case) == "not_assessed"
        case.assess(RetaliationRisk.HIGH)
        assert self.held(case) == "risk_high"
        case.assess(at=BEFORE + timedelta(hours=1))
        assert self.held(case, by=case.one, at=BEFORE + timedelta(hours=2)) == "assessed_by_asker"
        assert self.held(case, at=BEFORE + timedelta(days=91)) == "assessment_old"
        case.crowd.consent(case.number, ConsentPurpose.SHARE_EMPLOYER, False, BEFORE)
        assert self.held(case, at=BEFORE + timedelta(hours=2)) == "no_consent"

    def test_wants_a_reference_of_the_organisations_own(self, sqlite_case):
        case = sqlite_case
        with clock.stopped_at(BEFORE), case.crowd.database.unit_of_work(case.one.scope) as session:
            services.assess(session, case.one, case.journey, "EM-1", RetaliationRisk.LOW, [], None)
        assert self.held(case, to="EM-1") == "no_reference"

    def test_wants_a_party_and_items_that_there_are(self, sqlite_case):
        case = sqlite_case
        case.assess()
        for code in ("AG-2", "CSO-1", "nobody"):
            with pytest.raises(OrganisationNotParty):
                case.ask(to=code)
        with pytest.raises(FeeItemUnknown):
            case.ask(items=("bribe to the captain",))
        with pytest.raises(DisclosureUnknown):
            case.withdraw("ND-0000")

    def test_is_for_who_may_disclose_names(self, sqlite_case):
        case = sqlite_case
        auditor = case.caseload.actor(Role.AUDITOR, None)
        for act in (lambda: case.ask(by=auditor), lambda: case.assess(by=auditor)):
            with pytest.raises(NotPermitted):
                act()
