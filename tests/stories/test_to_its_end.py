"""A report of debt bondage, over HTTP alone: from the hearing to the worker's word that it is right.

Meanwhile an agency looks, and cannot find out who spoke; a release says nothing too early; a first remedy does not hold.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from recruitment.core import clock
from recruitment.core.actor import Role
from tests.factories.caseload import Caseload, caseload
from tests.factories.crowd import Crowd
from tests.factories.rows import nothing_more, row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recruitment.core.actor import Actor

__all__ = ["caseload"]

HEARD_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""When the worker was heard: the release of February is out, that of March is due on 1 April and knows what came by 18 March."""


# What every answer has of its own: the number of the request, and the token of forms.
_OWN = re.compile(rb'"request_id": "[^"]*"|(?<=name="csrf_token" value=")[^"]*|(?<=say this number: )[0-9a-f-]{36}')


class Story:
    """Everybody in it, and the hour that it is."""

    def __init__(self, of: Caseload) -> None:
        self.of, self.now = of, HEARD_AT
        self.fieldworker = of.actor(Role.CSO_FIELDWORKER, "CSO-1")
        self.supervisor = of.actor(Role.CSO_SUPERVISOR, "CSO-1")
        self.first = of.actor(Role.CASE_WORKER, "OP-1")
        self.second = of.actor(Role.CASE_WORKER, "CSO-1")
        self.agency = of.actor(Role.AGENCY_OFFICER, "AG-1")
        of.assign("JS-1", self.fieldworker)

    @contextmanager
    def at(self, instant: datetime) -> Iterator[None]:
        """Let it be later, and let the house do its work afterwards."""
        assert instant >= self.now
        self.now = instant
        with clock.stopped_at(instant):
            yield
            self.of.work()

    def get(self, actor: Actor, path: str) -> Any:
        answer = self.of.ask(actor, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json

    def post(self, actor: Actor, path: str, body: dict[str, Any], status: int | None = None) -> Any:
        answer = self.of.ask(actor, "POST", path, json=body)
        assert answer.status_code in ({status} if status else {200, 201}), answer.text
        return answer.json

    def rows(self, actor: Actor, kind: str, *rows: dict[str, str]) -> None:
        filled = [{name: cell for name, cell in each.items() if cell} for each in rows]
        self.post(actor, f"/{kind}", {"rows": filled}, 201)

    def case(self) -> Any:
        """Return the case of debt bondage as a case worker reads it."""
        (found,) = self.get(self.first, "/cases?kind=debt_bondage")["cases"]
        return found

    def move(self, to: str, **what: str) -> None:
        case = self.case()
        self.post(self.first, f"/cases/{case['reference']}/moves", {"seen": case["number"], "to": to} | what)

    def send_to_case(self, what: str, *, by: Actor | None = None, status: int | None = None) -> Any:
        case = self.case()
        return self.post(by or self.first, f"/cases/{case['reference']}/{what}", {"seen": case["number"]}, status)

    def what_the_agency_sees(self) -> list[tuple[int, bytes]]:
        """Return every answer that an agency gets which looks around: of what is its own, and of what it can only guess."""
        case = self.case()["reference"]
        paths = (
            "/journeys", "/fee-declarations", "/name-lists", "/demand-letters", "/releases", "/cases", f"/cases/{case}",
            "/comparisons/J-1", "/journeys/J-1/adjudications", "/adjudications", "/interviews-due", "/debts", "/reports",
            "/disclosures", "/measures?corridor=MM-TH",
        )  # fmt: skip
        answers = [self.of.ask(self.agency, "GET", path) for path in paths]
        pages = [self.of.browser(self.agency).get(path) for path in ("/", "/cases", "/journeys/J-1", "/releases")]
        return [(answer.status_code, _OWN.sub(b"", answer.get_data())) for answer in (*answers, *pages)]


DEBT = row("debts", creditor="vessel_owner", principal="9000.00", outstanding="9000.00", as_of="2026-03-01")
NO = {
    "journey": "J-1", "right_action": True, "well_done": True, "effective": False, "channel": "hotline",
    "witnessed": False, "asked_on": "2026-03-07",
}  # fmt: skip


def before_the_story(story: Story, crowd: Crowd) -> None:
    """Five others were heard, in two cohorts: not enough days ago for the release of February. The agency declared."""
    crowd.open()
    crowd.heard(5, datetime(2026, 2, 20, tzinfo=UTC))
    complete = row("declarations", fee_item="none", payer="worker", amount="0.00", paid_on="2026-02-28")
    with clock.stopped_at(HEARD_AT - timedelta(days=1)):
        story.of.field.send("declarations", row("declarations"), complete, row("declarations", journey="J-2"))


def she_is_heard(story: Story) -> None:
    """She tells a fieldworker what she owes the vessel's owner for the broker: a serious case, with a clock from then."""
    with story.at(HEARD_AT):
        report = row("reports", amount="9000.00", stated_on="2026-03-02")
        story.rows(story.fieldworker, "debts", DEBT)
        story.rows(story.fieldworker, "reports", report, nothing_more(stated_on="2026-03-02"))
    with story.at(HEARD_AT + timedelta(hours=1)):
        case = story.case()
        assert (case["serious"], case["state"], case["hours_left"]) == (True, "opened", 71)
        assert {each["code"] for each in case["reasons"]} == {"nobody_asked", "debt_stands"}
        assert story.get(story.fieldworker, f"/cases/{case['reference']}")["journeys"] == ["J-1"]
        costs = story.get(story.first, "/cases?kind=recruitment_costs&journey=J-1")["cases"]
        assert [each["serious"] for each in costs] == [False]


def two_people_decide(story: Story) -> None:
    """One decides what she bore. It is above the limit, so it counts when another agrees, and not when the first does."""
    with story.at(HEARD_AT + timedelta(hours=2)):
        told = story.get(story.first, "/journeys/J-1/adjudications?purpose=casework")
        basis = next(item["basis"] for item in told["items"] if item["fee_item"] == "broker_fee")
        decision = {
            "journey": "J-1", "fee_item": "broker_fee", "verified": {"amount": "9000.00", "currency": "THB"},
            "reason": "worker_confirms", "evidence": [{"kind": "interview", "reference": "notes of 2 March"}],
            "basis": basis,
        }  # fmt: skip
        made = story.post(story.first, "/adjudications", decision, 201)
        assert (made["needs_second"], made["is_in_force"]) == (True, False)
        confirmation, answer = (
            f"/adjudications/{made['reference']}/confirmation",
            {"answer": "confirmed", "basis": basis},
        )
        refused = story.of.ask(story.first, "POST", confirmation, json=answer)
        assert "own_decision" in refused.text
        assert story.get(story.first, "/comparisons/J-1")["status"] == "in_dispute"
        story.post(story.second, confirmation, answer)
    with story.at(HEARD_AT + timedelta(hours=3)):
        compared = story.get(story.supervisor, "/comparisons/J-1")
        assert compared["status"] == "remedy_due"
        assert (compared["items"][0]["reported"], compared["items"][0]["verified"]) == ("9000.00", "9000.00")
        assert compared["findings"][0]["state"] == "adjudicated"


def a_remedy_does_not_hold(story: Story) -> None:
    """The owner is asked in time, and says that the debt is written off. She says that it is not: the case is open again."""
    with story.at(HEARD_AT + timedelta(days=1)):
        story.move("asked", asked="vessel_owner")
        assert story.case()["breached"] is False
    with story.at(HEARD_AT + timedelta(days=5)):
        story.move("actioned", action="debt_cancelled", acted_on="2026-03-06")
        story.send_to_case("validation-rounds")
        story.post(story.supervisor, f"/cases/{story.case()['reference']}/validation-answers", NO)
        assert story.case()["state"] == "opened"


def a_release_tells_of_a_group(story: Story) -> None:
    """Six were heard by the cut-off of March, in two cohorts: it says so of some, and nothing of her alone."""
    with story.at(datetime(2026, 4, 1, 1, tzinfo=UTC)):
        pass
    with story.at(datetime(2026, 4, 1, 2, tzinfo=UTC)):
        told = story.get(story.agency, "/releases/2026-03")
        (breach,) = [each for each in told["findings"] if each["kind"] == "principle_breach"]
        assert (breach["fee_item"], breach["workers"], breach["median"]) == ("broker_fee", "some", None)
        assert story.get(story.agency, "/releases/2026-02")["findings"] == []


def a_remedy_holds(story: Story) -> None:
    """Now the debt is gone, and she has back what she paid. Not before she says so, asked alone, may the case be closed."""
    with story.at(datetime(2026, 4, 10, 9, tzinfo=UTC)):
        story.rows(story.fieldworker, "debts", DEBT | {"outstanding": "0", "as_of": "2026-04-09"})
        paid = row(
            "repayments", amount="9000.00", paid_on="2026-04-08", confirmed="all", confirmed_on="2026-04-09",
            channel="hotline", witnessed="no",
        )  # fmt: skip
        story.rows(story.fieldworker, "repayments", paid)
        story.move("asked", asked="vessel_owner")
        story.move("actioned", action="debt_cancelled", acted_on="2026-04-08")
        story.send_to_case("validation-rounds")
        refused = story.send_to_case("closing", status=422)
        assert refused["type"].endswith("cases.not_validated")
        assert "J-1: the worker was not asked yet" in refused["detail"]
        yes = NO | {"effective": True, "asked_on": "2026-04-10"}
        story.post(story.supervisor, f"/cases/{story.case()['reference']}/validation-answers", yes)
    with story.at(datetime(2026, 4, 10, 11, tzinfo=UTC)):
        for actor in (story.fieldworker, story.supervisor, story.agency, story.of.actor(Role.OPERATOR, None)):
            assert story.send_to_case("closing", by=actor, status=403)
        story.send_to_case("closing")
        assert story.case()["state"] == "closed"
        assert story.get(story.first, "/comparisons/J-1")["status"] == "remediated"


def test_a_report_of_debt_bondage_to_its_end(caseload, tmp_path):
    story = Story(caseload)
    before_the_story(story, Crowd(caseload.field.database, tmp_path))
    she_is_heard(story)
    before = story.what_the_agency_sees()
    two_people_decide(story)
    a_remedy_does_not_hold(story)
    with story.at(datetime(2026, 3, 31, 23, tzinfo=UTC)):
        assert story.what_the_agency_sees() == before, "the agency sees that something happened"
    a_release_tells_of_a_group(story)
    a_remedy_holds(story)

    # Her own word stands as she said it, and the books hold all of it.
    caseload.field.run("ledger", "verify")
    caseload.field.run("verification", "reconcile")
    assert caseload.events("cases.closed")


def test_what_the_agency_must_not_read_is_there_to_be_read(caseload):
    """The control: the words are told to who hears workers, and would be found in an answer of the agency."""
    story = Story(caseload)
    with story.at(HEARD_AT):
        story.rows(story.fieldworker, "debts", row("debts", creditor="vessel_owner"))
    with story.at(HEARD_AT + timedelta(hours=1)):
        debts = story.get(story.supervisor, "/debts?journey=J-1&purpose=casework")
        inside = str(story.get(story.first, "/cases?kind=debt_bondage")) + str(debts)
        outside = b"".join(body for _, body in story.what_the_agency_sees()).decode()
    for words in ("vessel_owner", "debt_bondage", "J-1"):
        assert words in inside
        assert words not in outside
