"""Months of earnings that a recruitment cost, from files to the terminal, the API and the page."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event, select, update

from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, STRANGER, Role
from recruitment.core.corridors import Corridor
from recruitment.core.errors import NotPermitted
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.jobseekers.models import Consent, Jobseeker
from recruitment.journeys.models import Journey, JourneyMatch
from recruitment.reporting.rules.measures import Basis, Grouping, MeasureAsked, Statistic
from recruitment.reporting.service import measures_of
from tests.factories.actors import actor_of
from tests.factories.caseload import caseload, sqlite_caseload
from tests.factories.field import sqlite_field
from tests.factories.rows import nothing_more, row

__all__ = ["caseload", "sqlite_caseload", "sqlite_field"]

AS_OF = date(2024, 12, 31)
HERE = datetime(2024, 12, 31, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Traveller:
    """Somebody on their way, with what they paid and earned in baht; blanks leave a row out."""

    number: int
    cost: int = 3000
    earned: int | None = 1000
    letter: str | None = "DL-1"
    agency: str | None = "AG-1"
    channel: str = "mou"
    agrees: str = "yes"
    asked: bool = True
    started: str = "2024-02-01"
    currency: str = "THB"
    deducted: int | None = None
    item: str = "broker_fee"

    @property
    def journey(self) -> str:
        return f"J-{self.number}"


def set_out(field, *travellers: Traveller) -> None:
    """File everything about some people."""
    field.send(
        "jobseekers",
        *(row("jobseekers", reference=f"JS-{each.number}", consent_aggregate=each.agrees) for each in travellers),
    )
    field.send(
        "journeys",
        *(
            row(
                "journeys", reference=each.journey, jobseeker=f"JS-{each.number}", agency=each.agency,
                demand_letter=each.letter, channel=each.channel, started_on=each.started,
            )
            for each in travellers
        ),
    )  # fmt: skip
    reports = [
        row("reports", reference=f"RP-{each.number}", journey=each.journey, amount=each.cost, fee_item=each.item)
        for each in travellers
    ]
    ends = [nothing_more(reference=f"RN-{each.number}", journey=each.journey) for each in travellers if each.asked]
    field.send("reports", *reports, *ends)
    earned = [
        row(
            "earnings", reference=f"EA-{each.number}", journey=each.journey, amount=each.earned, currency=each.currency,
            deducted_for_recruitment=each.deducted,
        )
        for each in travellers
        if each.earned is not None
    ]  # fmt: skip
    if earned:
        field.send("earnings", *earned)


def five(**different) -> list[Traveller]:
    """Return five alike, of whom the last differs."""
    alike = [Traveller(number) for number in range(11, 16)]
    return [*alike[:4], replace(alike[4], **different)]


def cohorts(field, **different) -> dict[str, dict]:
    """Let five alike set out for a letter of each name, of whom the last differs; return what is told of each letter."""
    field.send("demand-letters", *(row("demand-letters", reference=f"DL-{name}") for name in different))
    everybody = []
    for number, (name, how) in enumerate(different.items(), start=1):
        alike = [Traveller(100 * number + each, letter=f"DL-{name}") for each in range(5)]
        everybody += [*alike[:4], replace(alike[4], **how)]
    set_out(field, *everybody)
    return {group["group"]: group for group in told(field, "--by", "cohort")["groups"]}


def told(field, *options, as_of=AS_OF) -> dict:
    """Return what the command tells."""
    result = field.run("measures", "--corridor", "MM-TH", "--as-of", as_of, "--json", *options)
    found: dict = json.loads(result.stdout)
    return found


class TestByHand:
    def test_each_number_is_told_with_its_statistic(self, field):
        # Costs of 1 to 10 thousand; the five who paid most earned twice as much. See test_measures_rules.
        people = [Traveller(n, cost=1000 * (n - 10), earned=1000 if n <= 15 else 2000) for n in range(11, 21)]
        set_out(field, *people)
        found = told(field)
        assert found["total"] == {
            "enough_data": True,
            "workers": 10,
            "months": {
                "ratio_of_means": "3.7", "mean_of_ratios": "3.5", "median_of_ratios": "3.8",
                "fourth_quintile_of_ratios": "4.5",
            },
            "repaid_months": "0.0",
        }  # fmt: skip
        assert found["indicator"].startswith("SDG indicator 10.7.1")
        assert (found["currency"], found["as_of"], found["basis"]) == ("THB", "2024-12-31", "stated")
        assert found["regularised"] == {"enough_data": False, "workers": None, "months": None, "repaid_months": None}
        text = field.run("measures", "--corridor", "MM-TH", "--as-of", AS_OF).stdout
        assert "ratio of means" in text
        assert "fourth quintile of ratios" in text
        assert "4.5" in text

    def test_cost_and_income_are_taken_as_the_method_says(self, sqlite_field):
        rates = [("2024-07-01", "0.0200"), ("2024-07-31", "0.0100"), ("2024-08-01", "0.0300")]
        sqlite_field.send("rates", *(row("rates", on=day, rate=rate) for day, rate in rates))
        found = cohorts(
            sqlite_field,
            # Four of 3 months; the fifth paid 3000 baht and earned 300,000 kyat, at the rate of the month's last day.
            converted={"currency": "MMK", "earned": 300_000},
            # Before what was kept back for the recruitment.
            before_deductions={"earned": 500, "deducted": 500},
            # An item that the indicator does not count.
            not_counted={"item": "board_lodging"},
        )
        means = {name: group["months"]["mean_of_ratios"] for name, group in found.items()}
        assert means == {"DL-converted": "2.6", "DL-before_deductions": "3.0", "DL-not_counted": "2.4"}

    def test_the_last_month_counts_and_a_correction_corrects(self, sqlite_field):
        set_out(sqlite_field, *five())
        later = {"reference": "EA-L", "journey": "J-15", "month": "2024-08", "amount": 500}
        sqlite_field.send(
            "earnings",
            row("earnings", **later),
            row("earnings", reference="EA-E", journey="J-15", month="2024-06", amount=1),
        )
        assert told(sqlite_field)["total"]["months"]["mean_of_ratios"] == "3.6"
        sqlite_field.send("earnings", row("earnings", **later | {"amount": 1500}))
        assert told(sqlite_field)["total"]["months"]["mean_of_ratios"] == "2.8"

    def test_what_was_paid_back_is_told_beside(self, sqlite_field):
        set_out(sqlite_field, *five())
        sqlite_field.send(
            "repayments", row("repayments", journey="J-11", amount=2500, confirmed="all", channel="hotline")
        )
        found = told(sqlite_field)["total"]
        assert (found["months"]["ratio_of_means"], found["repaid_months"]) == ("3.0", "0.5")

    def test_a_promised_wage_is_another_basis_and_not_the_indicator(self, sqlite_field):
        letter = row("demand-letters", reference="DL-W", monthly_wage="1500.00", currency="THB")
        sqlite_field.send("demand-letters", letter)
        set_out(sqlite_field, *(replace(each, letter="DL-W", earned=None) for each in five()))
        found = told(sqlite_field, "--basis", "promised")
        assert found["total"]["months"]["ratio_of_means"] == "2.0"
        assert found["indicator"].startswith("Not SDG 10.7.1")
        assert not told(sqlite_field)["total"]["enough_data"]


class TestWhoCounts:
    def test_five_of_a_kind_do(self, sqlite_field):
        # The negative control of every test below.
        set_out(sqlite_field, *five())
        assert told(sqlite_field)["total"]["workers"] == 5

    def test_four_and_somebody_else_do_not(self, sqlite_field):
        found = cohorts(
            sqlite_field,
            control={},
            did_not_agree={"agrees": "no"},
            was_not_asked_to_agree={"agrees": ""},
            was_not_asked_for_the_rest={"asked": False},
            said_nothing_of_earnings={"earned": None},
            earned_nothing={"earned": 0},
            earned_without_a_rate={"currency": "LAK"},
            was_there_already={"channel": "regularisation"},
        )
        assert [name for name, group in found.items() if group["enough_data"]] == ["DL-control"]
        assert found["DL-earned_nothing"]["workers"] is None

    def test_a_cost_without_a_rate_is_no_cost_of_nothing(self, sqlite_field):
        set_out(sqlite_field, *five())
        sqlite_field.send("reports", row("reports", reference="RP-K", journey="J-15", currency="LAK"))
        assert not told(sqlite_field)["total"]["enough_data"]

    def test_a_person_counts_with_the_first_journey_alone(self, sqlite_field):
        set_out(sqlite_field, *five())
        sqlite_field.send(
            "journeys", row("journeys", reference="J-0", jobseeker="JS-15", corridor="MM-MY", started_on="2023-05-01")
        )
        assert not told(sqlite_field)["total"]["enough_data"]

    def test_a_later_journey_is_not_counted_again(self, sqlite_field):
        set_out(sqlite_field, *five())
        renewal = {"reference": "J-R", "jobseeker": "JS-15", "started_on": "2024-08-01", "demand_letter": "DL-2"}
        sqlite_field.send("journeys", row("journeys", **renewal))
        sqlite_field.send("reports", nothing_more(reference="RN-R", journey="J-R"))
        sqlite_field.send("earnings", row("earnings", reference="EA-R", journey="J-R", month="2024-08"))
        found = told(sqlite_field, "--by", "cohort")
        assert [group["group"] for group in found["groups"]] == ["DL-1"]
        assert found["total"]["months"]["mean_of_ratios"] == "3.0"

    def test_a_recruitment_of_the_last_three_years_does_when_earnings_were_told_by_then(self, sqlite_field):
        set_out(sqlite_field, *five())
        sqlite_field.run("verification", "compare", "--all")
        days = {"2024-01-31": False, "2024-08-31": False, "2024-09-01": True, "2027-02-01": True, "2027-02-02": False}
        with clock.stopped_at(datetime(2027, 3, 1, tzinfo=UTC)), sqlite_field.database.read_session() as session:
            for day, counts in days.items():
                asked = MeasureAsked(Corridor.parse("MM-TH"), Basis.STATED, Grouping.CORRIDOR, date.fromisoformat(day))
                assert measures_of(session, LOCAL_OPERATOR, asked).sdg.total.is_told is counts, day

    def test_who_withdrew_and_who_was_erased_do_not(self, field):
        set_out(field, *five(), Traveller(16))
        assert told(field)["total"]["enough_data"]
        columns = ("id", "jobseeker_id", "purpose", "given", "stated_on", "recorded_at")
        with field.database.unit_of_work() as session:
            people = dict(session.execute(select(Jobseeker.reference, Jobseeker.id)).all())
            gone = (new_id(), people["JS-15"], "aggregate", False, date(2024, 10, 1), clock.now())
            insert_many(session, Consent.__table__, columns, [gone])
        assert told(field)["total"]["enough_data"]
        with field.database.unit_of_work() as session:
            session.execute(update(Jobseeker).where(Jobseeker.id == people["JS-16"]).values(erased_on=AS_OF))
        assert not told(field)["total"]["enough_data"]

    def test_regularised_people_are_told_apart(self, sqlite_field):
        crew = [Traveller(n, cost=9000, channel="regularisation", agency=None, letter=None) for n in range(21, 26)]
        set_out(sqlite_field, *five(), *crew)
        found = told(sqlite_field)
        assert found["total"]["months"]["ratio_of_means"] == "3.0"
        assert found["regularised"]["months"]["ratio_of_means"] == "9.0"

    def test_a_corridor_is_measured_alone(self, sqlite_field):
        set_out(sqlite_field, *five())
        result = sqlite_field.run("measures", "--corridor", "MM-MY", "--as-of", AS_OF)
        assert "not enough data" in result.stdout


class TestCohorts:
    def test_a_small_cohort_takes_the_next_with_it(self, field):
        first = [Traveller(n, cost=1000) for n in range(11, 17)]
        second = [Traveller(n, cost=5000, letter="DL-2") for n in range(21, 24)]
        third = [Traveller(n, cost=2000, letter=None, agency="AG-2", started="2023-11-02") for n in range(31, 39)]
        set_out(field, *first, *second, *third)
        by_letter = {group["group"]: group["enough_data"] for group in told(field, "--by", "cohort")["groups"]}
        assert by_letter == {"DL-1": False, "DL-2": False, "no demand letter": True}
        by_agency = {group["group"]: group["workers"] for group in told(field, "--by", "agency")["groups"]}
        assert by_agency == {"AG-1, 2024-H1": 10, "AG-2, 2023-H2": 10}
        text = field.run("measures", "--corridor", "MM-TH", "--as-of", AS_OF, "--by", "cohort").stdout
        assert text.count("not enough data") == 3

    def test_what_a_listed_journey_knows_is_known_of_the_one_that_it_is(self, field):
        set_out(field, *(replace(each, letter=None, agency=None) for each in five()))
        field.send("journeys", row("journeys", reference="J-L", jobseeker="JS-3", agency="AG-2", demand_letter="DL-2"))
        columns = (
            "id",
            "reference",
            "listed_journey_id",
            "journey_id",
            "reason",
            "likeness",
            "found_on",
            "decision",
            "decided_by",
            "decided_on",
        )
        field.send("earnings", row("earnings", reference="EA-L", journey="J-L", month="2024-08", amount=500))
        with field.database.unit_of_work() as session:
            ids = dict(session.execute(select(Journey.reference, Journey.id)).all())
            match = (new_id(), "M-1", ids["J-L"], ids["J-11"], "name", 90, AS_OF, "same", new_id(), AS_OF)
            insert_many(session, JourneyMatch.__table__, columns, [match])
        found = told(field, "--by", "agency")
        assert {group["group"] for group in found["groups"]} == {"AG-2, 2024-H1", "no agency, 2024-H1"}
        # What was said about the listed one is said about the other: 6 months and four times 3.
        assert found["total"]["months"]["mean_of_ratios"] == "3.6"


class TestDoors:
    def test_only_who_may_read_measures_does(self, sqlite_caseload):
        homes = {
            Role.CSO_FIELDWORKER: "CSO-1", Role.CSO_SUPERVISOR: "CSO-1", Role.AGENCY_OFFICER: "AG-1",
            Role.EMPLOYER_OFFICER: "EM-1", Role.PARTNER_REVIEWER: "PT-1", Role.CASE_WORKER: "OP-1",
            Role.FUND_PREPARER: "OP-1", Role.FUND_APPROVER: "OP-1", Role.FUND_RELEASER: "OP-1",
        }  # fmt: skip
        statuses = {
            role: sqlite_caseload.ask(
                sqlite_caseload.actor(role, homes.get(role)), "GET", "/measures?corridor=MM-TH"
            ).status_code
            for role in Role
        }
        readers = {Role.CASE_WORKER, Role.AUDITOR}
        assert statuses == {role: 200 if role in readers else 403 for role in Role}

    def test_the_service_asks_by_itself(self, sqlite_field):
        asked = MeasureAsked(Corridor.parse("MM-TH"), Basis.STATED, Grouping.CORRIDOR, AS_OF)
        with sqlite_field.database.read_session() as session:
            for actor in (STRANGER, actor_of(Role.CSO_SUPERVISOR, new_id())):
                with pytest.raises(NotPermitted):
                    measures_of(session, actor, asked)

    def test_what_cannot_be_asked_is_told_by_its_parameter(self, sqlite_caseload):
        auditor = sqlite_caseload.actor(Role.AUDITOR, None)
        asked = {
            "corridor=MM-XX": "corridor", "corridor=": "corridor", "": "corridor", "corridor=MM-TH&by=village": "by",
            "corridor=MM-TH&basis=guessed": "basis", "corridor=MM-TH&as_of=2199-01-01": "as_of",
            "corridor=MM-TH&as_of=0002-01-01": "as_of", "corridor=MM-TH&k=1": "k",
        }  # fmt: skip
        for query, parameter in asked.items():
            answer = sqlite_caseload.ask(auditor, "GET", f"/measures?{query}")
            assert answer.status_code == 422, query
            assert {each["parameter"] for each in answer.get_json()["errors"]} == {parameter}

    @pytest.mark.parametrize("options", [("--corridor", "MM-XX"), ("--corridor", "MM-TH", "--as-of", "2199-01-01")])
    def test_the_command_says_what_cannot_be_asked(self, sqlite_field, options):
        assert sqlite_field.run("measures", *options, exit_code=1).stderr.startswith("Error: ")

    def test_the_api_and_the_page_tell_the_same_to_who_reads_everything(self, caseload):
        set_out(caseload.field, *five())
        expected = told(caseload.field)
        auditor = caseload.actor(Role.AUDITOR, None)
        with clock.stopped_at(HERE):
            assert caseload.ask(auditor, "GET", "/measures?corridor=MM-TH").get_json() == expected
            page = caseload.browser(auditor).get("/measures?corridor=MM-TH&by=cohort").text
        for words in (
            "Mean cost by mean earnings",
            "Not enough data",
            "not enough data",
            "3.0",
            "DL-1",
            "SDG indicator 10.7.1",
        ):
            assert words in page

    def test_the_page_asks_for_a_corridor_first(self, sqlite_caseload):
        auditor = sqlite_caseload.browser(sqlite_caseload.actor(Role.AUDITOR, None))
        assert "Choose a corridor." in auditor.get("/measures").text
        assert "Cost of recruitment" in auditor.get("/account").text
        for wrong in ("corridor=XX-YY", "corridor=MM-TH&as_of=soon", "corridor=MM-TH&as_of=2199-01-01"):
            assert auditor.get(f"/measures?{wrong}").status_code == 422

    def test_the_number_of_queries_is_the_same_for_every_number_of_people(self, field):
        def counted() -> int:
            sent = []
            engine = field.database.engine
            asked = MeasureAsked(Corridor.parse("MM-TH"), Basis.STATED, Grouping.COHORT, AS_OF)
            with field.database.read_session() as session:
                session.execute(select(1))
                event.listen(engine, "before_cursor_execute", note := lambda *given: sent.append(given[2]))
                try:
                    found = measures_of(session, LOCAL_OPERATOR, asked)
                finally:
                    event.remove(engine, "before_cursor_execute", note)
            assert found.sdg.total.is_told
            assert Statistic.RATIO_OF_MEANS in (found.sdg.total.months or {})
            return len(sent)

        set_out(field, *(Traveller(number) for number in range(100, 110)))
        field.run("verification", "compare", "--all")
        few = counted()
        set_out(field, *(Traveller(number) for number in range(200, 290)))
        field.run("verification", "compare", "--all")
        assert counted() == few
