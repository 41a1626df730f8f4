"""Who sees what of relief: also where row-level security of PostgreSQL has the last word."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from recruitment.core import clock
from recruitment.core.actor import Role
from recruitment.core.errors import InvariantViolated
from recruitment.database.unit_of_work import Database
from recruitment.fees.rules import StatementChannel
from recruitment.jobseekers.queries import key_of
from recruitment.metadata import metadata
from recruitment.privacy.queries import copy_of
from recruitment.relief import models as tables
from recruitment.relief.rules.kinds import Answer, AskedForPart
from recruitment.relief.rules.machine import CaseState
from recruitment.relief.services import confirming, nominating
from recruitment.relief.services.agreeing import SIGNER
from recruitment.relief.services.confirming import NewConfirmation
from recruitment.relief.services.nominating import NewNomination

pytestmark = pytest.mark.slow

MODELS = [getattr(tables, name) for name in tables.__all__ if name != "APPEND_ONLY"]
INSIDE_ALONE = {"relief_creditors", "relief_announcements", "relief_cohort_rates", "relief_recoveries",
                "relief_recovery_notices", "relief_noticed_recoveries", "relief_recovered"}  # fmt: skip


@pytest.fixture
def served(relief, engine_databases):
    """The same database as the web service opens it: on PostgreSQL as a role for which row-level security holds."""
    found = Database(engine_databases.served(relief.field.database.settings))
    yield found
    found.dispose()


def counts(database, actor):
    with database.read_session(actor.scope) as session:
        return {model.__tablename__: session.scalar(select(func.count()).select_from(model)) for model in MODELS}


def test_everything_is_there_for_the_inside_a_part_for_the_cso_and_nothing_for_others(relief, served):
    relief.paid()
    case = relief.verified()
    relief.agreed(case)
    (payment,) = relief.paid_out(case)
    relief.debt(case)
    relief.says(case, payment, Answer.LESS, received_minor=5)

    inside = counts(served, relief.worker)
    assert inside["relief_cases"] == inside["relief_confirmations"] == 1
    own = counts(served, relief.supervisor)
    assert own == {name: 0 if name in INSIDE_ALONE else count for name, count in inside.items()}
    for role, organisation in (
        (Role.AGENCY_OFFICER, "AG-1"), (Role.EMPLOYER_OFFICER, "EM-1"), (Role.PARTNER_REVIEWER, "PT-1"),
        (Role.OPERATOR, None), (Role.FUND_PREPARER, "OP-1"), (Role.CSO_SUPERVISOR, "CSO-2"),
        (Role.CSO_FIELDWORKER, "CSO-1"),
    ):  # fmt: skip
        assert set(counts(served, relief.caseload.actor(role, organisation)).values()) == {0}, role


def test_a_fieldworker_nominates_and_asks_the_people_of_the_own_caseload(relief, served):
    fieldworker = relief.caseload.actor(Role.CSO_FIELDWORKER, "CSO-1")
    relief.caseload.assign("JS-1", fieldworker)
    with served.unit_of_work(fieldworker.scope) as session:
        (case,) = nominating.nominate(session, fieldworker, [NewNomination("J-1", "OP-1")])
    relief.paid()
    from recruitment.relief.services import moving

    relief.do(moving.verify, case)
    relief.agreed(case)
    (payment,) = relief.paid_out(case)

    def says(answer, **more):
        new = NewConfirmation(payment, answer, AskedForPart.NO, StatementChannel.HOTLINE, clock.today(), **more)
        with served.unit_of_work(fieldworker.scope) as session:
            return confirming.confirm(session, fieldworker, case, new)

    says(Answer.LESS, received_minor=5)
    assert relief.state(case) is CaseState.REOPENED
    says(Answer.ALL)
    assert relief.state(case) is CaseState.REOPENED
    relief.field.verify()
    relief.caseload.work()
    assert [each.ended for each in relief.agreements(case)[0].instalments] == [None]


def test_a_cso_writes_no_case_of_others_and_no_debt_at_all(relief, served):
    (case,) = relief.nominated("J-1")
    other = relief.caseload.actor(Role.CSO_SUPERVISOR, "CSO-2")
    from recruitment.database.bulk import insert_many
    from recruitment.relief.models import RegisterDebtLine, ReliefCaseEvent
    from recruitment.relief.services.moves import EVENT_COLUMNS
    from recruitment.relief.services.register import LINE_COLUMNS

    found = relief.case(case)
    event = (found.id, 2, 1, "verify", "nominated", "verified", clock.today(), None, None, None, other.id, clock.now())
    line = (found.id, found.id, "repayment", "THB", 5, clock.today(), None, other.id, clock.now())
    for actor, model, columns, row in (
        (other, ReliefCaseEvent, EVENT_COLUMNS, event),
        (relief.supervisor, RegisterDebtLine, LINE_COLUMNS, line),
    ):
        with pytest.raises(InvariantViolated), served.unit_of_work(actor.scope) as session:
            insert_many(session, model.__table__, columns, [row])


def test_the_copy_of_a_person_tells_their_relief_and_no_name_of_a_creditor(relief):
    case, agreement = relief.relieved_of_debt()
    with relief.field.database.read_session() as session:
        told = copy_of(session, relief.case(case).jobseeker_id)["journeys"][0]["relief"]
        (signature,) = [relief.agreement(agreement).signature.id]
        sealed = session.scalar(select(tables.Signature.signer_sealed))
        key = key_of(session, relief.case(case).jobseeker_id)
        assert key.open(sealed, SIGNER, signature) == "Captain Nobody"
    (found,) = told
    assert (found["reference"], found["state"]) == (case, "confirmed")
    assert found["your_words"][0]["answer"] == "all"
    assert found["debts"][0]["still_stands"] == "0.00"
    assert "Nobody" not in repr(told)


def test_every_table_of_relief_says_whose_it_is():
    from recruitment.database.scoping import guarded_tables

    assert {name for name in metadata.tables if name.startswith("relief_")} <= guarded_tables()
