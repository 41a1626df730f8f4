from __future__ import annotations

import pytest
from sqlalchemy import select

from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.core.errors import NotPermitted
from recruitment.ledger.models import LedgerBook
from recruitment.relief.errors import CaseRunning, JourneyNotKnown, OperatorUnknown
from recruitment.relief.rules.machine import CaseState
from recruitment.relief.services import moving, nominating
from recruitment.relief.services.nominating import NewNomination


def test_each_journey_gets_a_case_with_a_book_of_its_own(relief):
    cases = relief.nominated("J-1", "J-2")

    assert [relief.state(each) for each in cases] == [CaseState.NOMINATED] * 2
    assert [relief.case(each).crew for each in cases] == ["VESSEL-1"] * 2
    with relief.field.database.read_session() as session:
        books = set(session.scalars(select(LedgerBook.id).where(LedgerBook.kind == "relief_case")))
    assert books == {relief.case(each).book_id for each in cases}
    assert len(relief.caseload.events("relief.nominated")) == 2


def test_a_running_case_is_not_doubled_and_nothing_of_the_others_is_kept(relief):
    relief.nominated("J-1")
    with pytest.raises(CaseRunning, match="J-1"):
        relief.nominated("J-2", "J-1")
    assert relief.field.count("relief_cases") == 1
    with pytest.raises(CaseRunning, match="twice"):
        relief.nominated("J-3", "J-3", actor=LOCAL_OPERATOR)


def test_after_a_withdrawn_case_another_one_may_begin(sqlite_relief):
    relief = sqlite_relief
    (case,) = relief.nominated("J-1")
    relief.do(moving.withdraw, case)
    (other,) = relief.nominated("J-1")
    assert relief.state(other) is CaseState.NOMINATED
    with pytest.raises(CaseRunning, match=other):
        relief.reopened(case)


def test_what_is_not_there_is_told(sqlite_relief):
    for nomination, refusal in (
        (NewNomination("J-9", "OP-1"), JourneyNotKnown),
        (NewNomination("J-1", "CSO-1"), OperatorUnknown),
    ):
        with pytest.raises(refusal):
            sqlite_relief.do(nominating.nominate, [nomination])


def test_nobody_else_nominates(sqlite_relief):
    for role, organisation in (
        (Role.AGENCY_OFFICER, "AG-1"), (Role.EMPLOYER_OFFICER, "EM-1"), (Role.PARTNER_REVIEWER, "PT-1"),
        (Role.OPERATOR, None), (Role.FUND_PREPARER, "OP-1"), (Role.AUDITOR, None),
    ):  # fmt: skip
        with pytest.raises(NotPermitted):
            sqlite_relief.nominated("J-1", actor=sqlite_relief.caseload.actor(role, organisation))


def test_journeys_that_are_one_have_one_case(sqlite_relief):
    relief = sqlite_relief
    joined(relief.field, listed="J-2", other="J-1")
    (case,) = relief.nominated("J-2", actor=LOCAL_OPERATOR)
    assert relief.case(case).journey == "J-1"
    with pytest.raises(CaseRunning, match="J-1"):
        relief.nominated("J-1")


def joined(field, *, listed, other):
    """Join a journey to another, as somebody does who decides about a match."""
    from recruitment.journeys import queries
    from recruitment.journeys import service as journeys
    from recruitment.journeys.rules import MatchDecision, MatchReason, NewMatch

    with field.database.unit_of_work() as session:
        found = queries.by_reference(session, [listed, other])
        pair = NewMatch(found[listed].id, found[other].id, None, MatchReason.NAME, 100)
        journeys.propose(session, LOCAL_OPERATOR, [pair])
        match = queries.matches_for(session, after=None, limit=1, undecided=True)[0]
        journeys.decide(session, LOCAL_OPERATOR, match.id, MatchDecision.SAME)


def test_another_cso_knows_neither_journey_nor_case(relief):
    (case,) = relief.nominated("J-1")
    other = relief.caseload.actor(Role.CSO_SUPERVISOR, "CSO-2")
    with pytest.raises(JourneyNotKnown):
        relief.nominated("J-2", actor=other)
    from recruitment.relief import queries

    assert relief.read(queries.by_reference, case, actor=other) is None
    assert relief.read(queries.by_reference, case, actor=relief.supervisor) is not None
