"""From the first contact in the village to a certificate; a late report, a release, a remedy, and another certificate.

Over HTTP, by the people who do it: a CSO, an agency and an employer, a case worker, a partner, a worker who shows theirs,
and a stranger at a factory gate.
"""

from __future__ import annotations

import base64
import io
import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pypdfium2
import zxingcpp

from recruitment.core import clock
from recruitment.core.actor import Role
from recruitment.credentials import verifier
from recruitment.credentials.verifier import Trust
from recruitment.web import rate
from tests.factories.caseload import Caseload, caseload
from tests.factories.certified import make_keys
from tests.factories.crowd import Crowd, due_of
from tests.factories.rows import nothing_more, row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recruitment.core.actor import Actor

__all__ = ["caseload"]

CREW = [f"V-{number}" for number in range(1, 10)]
LETTER = "DL-50"
FIRST = due_of(1)
LATE = datetime(2026, 2, 5, 9, tzinfo=UTC)
REMEDIED = datetime(2026, 3, 5, 9, tzinfo=UTC)


class Story:
    """Everybody in it, and the hour that it is."""

    def __init__(self, of: Caseload) -> None:
        self.of, self.now = of, datetime(2026, 1, 11, 8, tzinfo=UTC)
        self.supervisor = of.actor(Role.CSO_SUPERVISOR, "CSO-1")
        self.case_worker = of.actor(Role.CASE_WORKER, "OP-1")
        self.agency = of.actor(Role.AGENCY_OFFICER, "AG-1")
        self.employer = of.actor(Role.EMPLOYER_OFFICER, "EM-1")
        self.partner = of.actor(Role.PARTNER_REVIEWER, "PT-1")

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

    def post(self, actor: Actor, path: str, body: dict[str, Any]) -> Any:
        answer = self.of.ask(actor, "POST", path, json=body)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json

    def rows(self, actor: Actor, kind: str, rows: list[dict[str, str]]) -> None:
        filled = [{name: cell for name, cell in each.items() if cell} for each in rows]
        self.post(actor, f"/{kind}", {"rows": filled})

    def check(self, text: str) -> Any:
        """Ask as a stranger, who has a code and nothing else."""
        answer = self.of.app.test_client().get(f"/check/{text}", headers={"Accept": "application/json"})
        assert "Set-Cookie" not in answer.headers
        return answer.json

    def trust(self) -> Trust:
        """Fetch what a verifier needs, as a stranger does."""
        return Trust.read(self.of.app.test_client().get("/certificates/trust.json").get_data())

    def certificate(self) -> Any:
        """Return the newest certificate that the partner sees."""
        found = self.get(self.partner, "/certificates")["certificates"]
        newest = [each for each in found if each["state"] != "superseded"]
        assert len(newest) == 1, found
        return self.get(self.partner, f"/certificates/{newest[0]['reference']}")

    def what_the_business_sees(self) -> list[tuple[int, str]]:
        """Return what an agency and an employer get who look for certificates."""
        paths = (
            "/certificates", "/certificate-cohorts", f"/certificate-shares?journey=CJ-{CREW[0]}", "/releases", "/cases",
            "/journeys", "/demand-letters",
        )  # fmt: skip
        told = []
        for actor in (self.agency, self.employer):
            for path in paths:
                answer = self.of.ask(actor, "GET", path)
                body = dict(answer.json or {})
                body.pop("request_id", None)
                told.append((answer.status_code, json.dumps(body, sort_keys=True)))
        return told


def in_the_village(story: Story, crowd: Crowd) -> None:
    """Nine people come to a CSO before they pay anybody. They say what may be done with what they tell."""
    crowd.open()
    make_keys(story.of.field.database)
    crowd.send("supply-chains", [row("supply-chains")])
    with story.at(datetime(2026, 1, 11, 9, tzinfo=UTC)):
        story.rows(
            story.supervisor, "jobseekers",
            [
                row("jobseekers", reference=n, name=f"Worker {n}", consent_aggregate="yes", consent_certificate="yes")
                for n in CREW
            ],
        )  # fmt: skip


def they_are_recruited(story: Story, crowd: Crowd) -> None:
    """An employer asks for them and promises to pay; they go the way of the MOU; the agency declares that they paid nothing."""
    with story.at(datetime(2026, 1, 12, 9, tzinfo=UTC)):
        story.rows(story.employer, "demand-letters", [row("demand-letters", reference=LETTER, headcount=9)])
        story.rows(story.employer, "commitments", [row("commitments", demand_letter=LETTER, fee_item="*")])
        given = {"agency": "AG-1", "demand_letter": LETTER, "started_on": "2026-01-11"}
        story.rows(
            story.supervisor, "journeys", [row("journeys", reference=f"CJ-{n}", jobseeker=n, **given) for n in CREW]
        )
        lines = [row("declarations", journey=f"CJ-{n}", paid_on="2026-01-12", receipt=f"R-{n}") for n in CREW]
        lines += [
            row("declarations", journey=f"CJ-{n}", fee_item="none", payer="worker", amount="0.00", paid_on="2026-01-12")
            for n in CREW
        ]
        crowd.send("declarations", lines, agency="AG-1")


def each_is_heard_before_they_leave(story: Story) -> None:
    """The CSO asks each of them alone. A case worker draws by lot whom to ask at least, and enrols the letter."""
    with story.at(datetime(2026, 1, 14, 9, tzinfo=UTC)):
        sample = {"demand_letter": LETTER, "bound_percent": 0}
        drawn = story.post(story.case_worker, "/certificate-samples", sample)
        assert len(drawn["journeys"]) == 9, "of so few everybody is to be asked"
        said = [
            nothing_more(
                reference=f"N-{n}", journey=f"CJ-{n}", checkpoint="pre_departure", stated_on=f"2026-01-{12 + place % 3}"
            )
            for place, n in enumerate(CREW)
        ]
        story.rows(story.supervisor, "reports", said)
    with story.at(datetime(2026, 1, 15, 9, tzinfo=UTC)):
        asked = story.post(story.case_worker, "/certificates", {"demand_letter": LETTER})
        assert asked["certificate"] is None, "no release knows of them yet"


def the_release_certifies_them(story: Story) -> str:
    """A partner reads the certificate, checks it without us, and accepts it; a stranger checks its code."""
    with story.at(FIRST):
        pass
    with story.at(FIRST + timedelta(hours=1)):
        found = story.certificate()
        assert (found["state"], found["result"]) == ("valid", "debt_free")
        assert found["numbers"] == {
            "population": 10, "chosen": "all", "heard": "all", "paid": 0, "bound_percent": 0, "confidence_percent": 95,
        }  # fmt: skip
        checked = story.check(found["code"])
        assert (checked["word"], checked["certificate"]["scope"]["demand_letter"]) == ("VALID", LETTER)
        paper = story.of.ask(story.partner, "GET", f"/certificates/{found['reference']}/paper?language=my").get_data()
        assert verifier.verify(paper, story.trust(), story.now).word == "VALID"
        (page, *_) = pypdfium2.PdfDocument(io.BytesIO(paper))
        (code,) = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
        assert story.check(code.text.rsplit("/", 1)[1])["word"] == "VALID"
        reviewed = {"decision": "accept", "reason": "All nine were heard."}
        story.post(story.partner, f"/certificates/{found['reference']}/reviews", reviewed)
        return str(found["reference"])


def a_worker_shows_theirs(story: Story) -> str:
    """A worker lets somebody check theirs, on paper; nobody finds it without, and it names nobody."""
    with story.at(FIRST + timedelta(days=1)):
        asked = {"journey": f"CJ-{CREW[0]}", "days": 60, "paper": True, "language": "my"}
        made = story.post(story.supervisor, "/certificate-shares", asked)
        checked = story.check(made["code"])
        assert (checked["word"], checked["certificate"]["kind"]) == ("VALID", "pre_departure")
        assert "Worker" not in json.dumps(checked)
        verdict = verifier.verify(base64.b64decode(made["paper"]), story.trust(), story.now)
        assert (verdict.word, verdict.subject) == ("VALID", f"Worker {CREW[0]}")
        return str(made["code"])


def they_tell_later(story: Story, share: str) -> None:
    """At work they tell that a broker took money after all. Nobody outside sees anything of it before the release."""
    with story.at(LATE - timedelta(hours=1)):
        before = story.what_the_business_sees(), story.certificate(), story.check(share)
    with story.at(LATE):
        said = [
            row(
                "reports",
                reference=f"L-{n}",
                journey=f"CJ-{n}",
                amount="3500.00",
                stated_on="2026-02-04",
                paid_on="2026-01-20",
            )
            for n in CREW
        ]
        story.rows(story.supervisor, "reports", said)
    with story.at(due_of(2) - timedelta(hours=1)):
        assert (story.what_the_business_sees(), story.certificate(), story.check(share)) == before
    with story.at(due_of(2)):
        pass
    with story.at(due_of(2) + timedelta(hours=1)):
        found = story.certificate()
        assert found["state"] == "re_check"
        assert story.check(found["code"])["word"] == story.check(share)["word"] == "BEING CHECKED AGAIN"
        held = story.of.ask(story.partner, "GET", f"/certificates/{found['reference']}/credential").get_data()
        verdict = verifier.verify(held, story.trust(), story.now)
        assert (verdict.word, verdict.reason) == ("CANNOT TELL", "re_check")


def all_is_paid_back(story: Story) -> None:
    """It is decided what each bore; the agency pays back; each of them says, asked alone, that they have it."""
    with story.at(REMEDIED):
        for n in CREW:
            told = story.get(story.case_worker, f"/journeys/CJ-{n}/adjudications?purpose=casework")
            basis = next(item["basis"] for item in told["items"] if item["fee_item"] == "broker_fee")
            decision = {
                "journey": f"CJ-{n}", "fee_item": "broker_fee", "verified": {"amount": "3500.00", "currency": "THB"},
                "reason": "worker_confirms", "evidence": [{"kind": "interview", "reference": "notes of 4 February"}],
                "basis": basis,
            }  # fmt: skip
            story.post(story.case_worker, "/adjudications", decision)
        repaid = [
            row(
                "repayments", reference=f"B-{n}", journey=f"CJ-{n}", fee_item="broker_fee", paid_by="agency", amount="3500.00",
                paid_on="2026-03-03", confirmed="all", confirmed_on="2026-03-04", channel="hotline", witnessed="no",
            )
            for n in CREW
        ]  # fmt: skip
        story.rows(story.supervisor, "repayments", repaid)
    with story.at(REMEDIED + timedelta(hours=2)):
        for n in CREW:
            the_case_is_closed(story, n)


def the_case_is_closed(story: Story, worker: str) -> None:
    def case() -> Any:
        (found,) = story.get(story.case_worker, f"/cases?kind=recruitment_costs&journey=CJ-{worker}")["cases"]
        return found

    def move(**what: str) -> None:
        seen = case()
        story.post(story.case_worker, f"/cases/{seen['reference']}/moves", {"seen": seen["number"]} | what)

    def send(what: str) -> None:
        seen = case()
        story.post(story.case_worker, f"/cases/{seen['reference']}/{what}", {"seen": seen["number"]})

    move(to="asked", asked="agency")
    move(to="actioned", action="repaid", acted_on="2026-03-03")
    send("validation-rounds")
    answer = {
        "journey": f"CJ-{worker}", "right_action": True, "well_done": True, "effective": True, "channel": "hotline",
        "witnessed": False, "asked_on": "2026-03-05",
    }  # fmt: skip
    story.post(story.supervisor, f"/cases/{case()['reference']}/validation-answers", answer)
    send("closing")
    assert case()["state"] == "closed"


def they_are_certified_again(story: Story, first: str, share: str) -> None:
    """The next release certifies what became of it. The old certificate says that another took its place."""
    with story.at(due_of(3)):
        pass
    with story.at(due_of(3) + timedelta(hours=1)):
        found = story.certificate()
        assert (found["state"], found["supersedes"], found["result"]) == ("valid", first, "remediated")
        assert found["numbers"]["paid"] == 10, "nine, to the nearest five"
        old = story.get(story.partner, f"/certificates/{first}")
        assert (old["state"], old["superseded_by"]) == ("superseded", found["reference"])
        assert [each["decision"] for each in old["reviews"]] == ["accept"]
        assert story.check(old["code"])["word"] == "REPLACED"
        assert story.check(share)["word"] == "VALID", "who has the code sees the newest one"


def test_from_the_village_to_a_certificate_and_back_to_one(caseload, tmp_path, monkeypatch):
    # The lot could hold up any certificate of this story by a month.
    monkeypatch.setenv("RECRUITMENT_CERTIFICATE_LOTS", "0")
    # Months pass here in seconds, and the pace of checks is kept by the clock of the machine.
    monkeypatch.setattr(rate.buckets(caseload.app), "is_open", True)
    story, crowd = Story(caseload), Crowd(caseload.field.database, tmp_path)
    in_the_village(story, crowd)
    they_are_recruited(story, crowd)
    each_is_heard_before_they_leave(story)
    first = the_release_certifies_them(story)
    share = a_worker_shows_theirs(story)
    they_tell_later(story, share)
    all_is_paid_back(story)
    they_are_certified_again(story, first, share)

    # Every word of theirs stands as they said it, and the books hold all of it.
    caseload.field.run("ledger", "verify")
    caseload.field.run("verification", "reconcile")
    assert len(caseload.events("certificates.released")) == 3
