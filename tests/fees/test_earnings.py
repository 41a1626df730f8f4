"""What workers earned: how it is filed, corrected and kept, and that it is nobody's fee, debt or claim."""

from __future__ import annotations

from dataclasses import replace

import pytest

from recruitment.core.actor import LOCAL_OPERATOR, Permission
from recruitment.core.errors import NotPermitted
from recruitment.fees.services.earnings import filing_of_earnings
from recruitment.jobseekers import queries as jobseekers
from recruitment.organisations import queries as organisations
from recruitment.privacy.queries.copying import copy_of
from tests.factories.rows import row


def codes(errors) -> list[tuple[int, str, str]]:
    return [(error["line"], error["column"], error["code"]) for error in errors]


def test_a_correction_stands_beside_what_it_corrects(field):
    assert field.send("earnings", row("earnings"), row("earnings", reference="EA-2", month="2024-08"))["added"] == 2
    assert field.send("earnings", row("earnings", amount="8500.00"))["corrected"] == 1
    assert field.send("earnings", row("earnings", amount="8500.00"))["replayed"]
    assert field.count("earnings") == 3


def test_nothing_is_posted_and_nothing_compared_again(field):
    before = (field.count("ledger_entries"), field.count("fact_versions"), field.count("outbox"))
    field.send("earnings", row("earnings", deducted_for_recruitment="400.00"))
    assert (field.count("ledger_entries"), field.count("fact_versions"), field.count("outbox")) == before
    field.verify()


def test_what_was_said_freely_is_not_taken_back_under_pressure(sqlite_field):
    sqlite_field.send("earnings", row("earnings"))
    for pressed in ({"channel": "employer_form"}, {"witnessed": "yes"}):
        errors = sqlite_field.refused("earnings", row("earnings", amount="20000.00", **pressed))
        assert codes(errors) == [(2, "channel", "less_independent")]
    # The negative control: what was said under pressure is corrected by either.
    sqlite_field.send("earnings", row("earnings", reference="EA-2", witnessed="yes"))
    assert sqlite_field.send("earnings", row("earnings", reference="EA-2", channel="agency_form"))["corrected"] == 1
    assert sqlite_field.send("earnings", row("earnings", reference="EA-2"))["corrected"] == 1


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"month": "2199-01"}, "month", "future_date"),
        ({"month": "2024-07-31"}, "month", "invalid_month"),
        ({"month": "2024"}, "month", "invalid_month"),
        ({"month": "2024-13"}, "month", "invalid_date"),
        ({"month": "2024-10"}, "month", "month_after_statement"),
        ({"month": "2024-01"}, "month", "month_before_journey"),
        ({"deducted_for_recruitment": "0.001"}, "deducted_for_recruitment", "too_many_decimals"),
        ({"deducted_for_recruitment": "-1"}, "deducted_for_recruitment", "negative_amount"),
    ],
)
def test_what_cannot_be_is_refused_with_its_column(sqlite_field, cells, column, code):
    assert codes(sqlite_field.refused("earnings", row("earnings", **cells))) == [(2, column, code)]


def test_the_month_of_the_start_and_that_of_the_statement_may_be_named(sqlite_field):
    lines = [row("earnings", reference=f"EA-{month}", month=month) for month in ("2024-02", "2024-09")]
    assert sqlite_field.send("earnings", *lines)["added"] == 2


def test_needs_who_heard_it(sqlite_field):
    assert sqlite_field.refused("earnings", row("earnings"), by=None)[0]["code"] == "intake.sender_missing"
    assert sqlite_field.refused("earnings", row("earnings"), by="AG-1")[0]["code"] == "intake.sender_unknown"


def test_only_who_may_record_earnings_files_them(sqlite_field):
    def file_as(*permissions):
        return filing_of_earnings(session, replace(LOCAL_OPERATOR, permissions=frozenset(permissions)), sender)

    with sqlite_field.database.read_session() as session:
        sender = organisations.by_code(session, ["CSO-1"])["CSO-1"]
        with pytest.raises(NotPermitted):
            file_as(Permission.RECORD_STATEMENTS)
        assert file_as(Permission.RECORD_EARNINGS)


def test_a_person_finds_what_they_earned_in_their_copy(field):
    field.send("earnings", row("earnings", deducted_for_recruitment="400.00"))
    field.send("earnings", row("earnings"))
    with field.database.read_session() as session:
        person = jobseekers.ids_by_reference(session, ["JS-1"])["JS-1"]
        (journey,) = copy_of(session, person)["journeys"]
    told = [(each["told_by"], each["month"], each["amount"], each["deducted"]) for each in journey["earnings"]]
    assert told == [("CSO-1", "2024-07", "9000.00", "400.00"), ("CSO-1", "2024-07", "9000.00", None)]
