from __future__ import annotations

from datetime import date, timedelta

import pytest

from recruitment.core import clock
from recruitment.core.actor import Role
from recruitment.core.errors import NotPermitted
from recruitment.relief import queries
from recruitment.relief.errors import DayWrong, EntitlementUnknown, NotInThisState
from recruitment.relief.rules.parameters import Parameters
from recruitment.relief.services import entitling, moving
from tests.factories.rows import nothing_more, row

AS_OF = date(2025, 3, 5)


def due(entitlement):
    return {each.currency: each.due_minor for each in entitlement.amounts}


def test_own_payments_with_interest_are_owed_though_nobody_declared_anything(relief):
    relief.paid(amount="2000.00")
    (case,) = relief.nominated()
    found = relief.entitled(case, AS_OF)

    # A year at the parameter's 15 %, because nobody stated a rate.
    assert (due(found), found.method, found.version) == ({"THB": 230000}, "own", 1)
    assert found.document["to_review"] == ["no_cohort_rate"]
    assert relief.field.balances()["relief:owed", "THB"] == -230000
    relief.debt(case, interest_percent="30")
    again = relief.entitled(case, AS_OF)
    assert (due(again), again.version) == ({"THB": 260000}, 2)
    assert relief.field.balances()["relief:owed", "THB"] == -260000
    relief.field.verify()


def test_it_can_be_computed_again_from_what_is_kept_to_the_byte(relief):
    relief.field.send(
        "rates", row("rates", on="2024-03-05", rate="0.0104"), row("rates", on="2025-03-01", rate="0.0110")
    )
    relief.paid(amount="200000.00", currency="MMK")
    (case,) = relief.nominated()
    found = relief.entitled(case, AS_OF)
    relief.paid(reference="RP-OTHER", amount="7.00")

    again = relief.do(entitling.recompute, found.reference)
    assert (again.is_same, again.sha256) == (True, found.sha256)
    # The rate of the day of repayment is better for the worker: 200 000 x 1.15 x 0.0110.
    assert due(found) == {"THB": 253000}
    with pytest.raises(EntitlementUnknown):
        relief.do(entitling.recompute, "EN-NONE")


def test_what_has_no_rate_is_owed_in_its_own_currency_and_waits_for_nothing(sqlite_relief):
    relief = sqlite_relief
    relief.paid(amount="200000.00", currency="MMK", paid_on="2024-03-05")
    (case,) = relief.nominated()
    assert due(relief.entitled(case, date(2024, 5, 2)))["MMK"] > 20000000


def test_who_freely_says_that_nothing_was_paid_is_owed_nothing(sqlite_relief):
    relief = sqlite_relief
    relief.field.send("reports", nothing_more(stated_on="2024-09-01"))
    (case,) = relief.nominated()
    found = relief.entitled(case, AS_OF)
    assert (found.method, due(found)) == ("independent_none", {"THB": 0})


def test_what_came_back_before_is_taken_off(sqlite_relief):
    relief = sqlite_relief
    relief.paid(amount="2000.00", paid_on="2025-03-05")
    relief.field.send(
        "repayments",
        row("repayments", amount="500.00", paid_on="2025-03-05", confirmed="all", confirmed_on="2025-03-05",
            channel="hotline"),
    )  # fmt: skip
    (case,) = relief.nominated()
    found = relief.entitled(case, AS_OF + timedelta(days=60))
    assert found.amounts[0].repaid_minor == 50000
    assert due(found)["THB"] < 200000


def test_a_cohort_speaks_for_who_could_not_be_reached(sqlite_relief):
    relief = sqlite_relief
    few = Parameters(interviews_min=2)
    relief.paid("J-1", amount="1000.00")
    relief.paid("J-2", amount="3000.00", reference="RP-J-2")
    (case,) = relief.nominated("J-3")
    rate = relief.do(entitling.make_cohort_rate, case, AS_OF, parameters=few)
    assert rate.rate_minor == 300000
    assert rate.document["rate"]["step"] == "corridor_half_year"
    assert {each["person"] for each in rate.document["claims"]} == {"J-1", "J-2"}

    found = relief.entitled(case, AS_OF, unreached=True, parameters=few)
    assert (found.method, due(found)) == ("cohort", {"THB": 300000})
    assert relief.do(entitling.recompute, found.reference).is_same
    (first, *_) = relief.nominated("J-1")
    larger = relief.entitled(first, AS_OF, parameters=few)
    assert (larger.method, larger.document["basis"], due(larger)) == ("larger", "cohort_rate", {"THB": 300000})
    without = relief.do(entitling.make_cohort_rate, case, AS_OF)
    assert without.rate_minor is None
    assert len(relief.read(queries.cohort_rate_page, limit=9)) == 4
    assert relief.read(queries.cohort_rate_page, limit=9, actor=relief.supervisor) == []


def test_neither_in_the_future_nor_for_who_withdrew_nor_by_others(sqlite_relief):
    relief = sqlite_relief
    (case,) = relief.nominated()
    with pytest.raises(DayWrong):
        relief.entitled(case, clock.today() + timedelta(days=1))
    for role, organisation in ((Role.CSO_SUPERVISOR, "CSO-1"), (Role.FUND_PREPARER, "OP-1"), (Role.AUDITOR, None)):
        with pytest.raises(NotPermitted):
            relief.entitled(case, actor=relief.caseload.actor(role, organisation))
    found = relief.entitled(case)
    agency = relief.caseload.actor(Role.AGENCY_OFFICER, "AG-1")
    with pytest.raises(NotPermitted):
        relief.do(entitling.recompute, found.reference, actor=agency)
    assert relief.read(queries.entitlements_of, relief.case(case).id, actor=agency) == []
    relief.do(moving.withdraw, case)
    with pytest.raises(NotInThisState):
        relief.entitled(case)
