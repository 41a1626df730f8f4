"""Every step of relief over the API: what is sent, what comes back, and what is refused where."""

from __future__ import annotations

from datetime import timedelta

from recruitment.core import clock
from recruitment.core.actor import Role
from recruitment.relief.rules.kinds import Answer, AskedForPart, Instrument
from recruitment.relief.rules.machine import CaseState

NOBODY = "ZZ-0000-0000-00"


def debt_body(creditor: str, **more: object) -> dict[str, object]:
    return {
        "creditor": creditor, "principal": "9000.00", "linked": "8000.00", "currency": "THB", "taken_on": "2024-02-10",
        "security": "gold", "interest_percent": "24",
    } | more  # fmt: skip


def test_a_debt_goes_away_over_the_api(wire):
    today = wire.today
    supervisor = wire.relief.supervisor
    sent = wire.post(
        "/nominations", {"rows": [{"journey": "J-1", "operator": "OP-1", "crew": "Heron"}]}, actor=supervisor
    )
    assert (sent["kind"], sent["added"]) == ("nominations", 1)
    (listed,) = wire.get("/relief-cases?crew=Heron&state=nominated&operator=OP-1&journey=J-1")["relief_cases"]
    case = listed["reference"]
    assert listed == {
        "reference": case, "operator": "OP-1", "journey": "J-1", "jobseeker": "JS-1", "crew": "Heron",
        "state": "nominated", "number": 1, "nominated_on": today,
    }  # fmt: skip
    new = {"operator": "OP-1", "kind": "vessel_owner", "name": "Captain Nobody", "vessel": "Heron"}
    creditor = wire.post("/creditors", new)["reference"]
    wire.post(f"/creditors/{creditor}/announcement", {"announced_on": "2024-03-01"})
    (told,) = wire.get("/creditors?operator=OP-1")["creditors"]
    assert (told["announced_on"], "name" in told) == ("2024-03-01", False)
    made = wire.post(f"/relief-cases/{case}/debts", debt_body(creditor))
    debt = made["reference"]
    assert made == {"reference": debt, "is_flagged": False, "reopened": []}
    line = {"kind": "repayment", "amount": "500.00", "happened_on": "2024-05-01"}
    assert wire.post(f"/relief-debts/{debt}/lines", line) == {"number": 1}
    wire.post(f"/relief-debts/{debt}/lines/1/correction", {"line": line | {"amount": "600.00"}})
    assert wire.post(f"/relief-cases/{case}/moves", {"move": "verify"}, 200)["state"] == "verified"
    agreement = wire.post("/agreements", {
        "case": case, "instrument": "cancellation", "payer": "creditor", "amount": "8400.00", "currency": "THB",
        "agreed_on": today, "first_on": today, "debt": debt,
    })["reference"]  # fmt: skip
    wire.post(
        f"/agreements/{agreement}/signature", {"signed_on": today, "signer": "Captain Nobody", "worker_copy_on": today}
    )
    wire.relief.follow()
    (question,) = wire.get("/relief-questions", actor=supervisor)["relief_questions"]
    assert question == {
        "case": case, "crew": "Heron", "thing": agreement, "kind": "signature",
        "amount": {"amount": "8400.00", "currency": "THB"}, "on": today,
    }  # fmt: skip
    word = {
        "thing": agreement, "answer": "all", "asked_for_part": "no", "channel": "hotline", "witnessed": False,
        "stated_on": today,
    }  # fmt: skip
    assert wire.post(f"/relief-cases/{case}/confirmations", word, actor=supervisor)["counts"] is True
    whole = wire.get(f"/relief-cases/{case}?purpose=audit")
    assert whole["state"] == "confirmed"
    assert [event["to_state"] for event in whole["events"]][-1] == "confirmed"
    (told_debt,) = whole["register"]
    assert told_debt["principal"] == {"amount": "9000.00", "currency": "THB"}
    assert told_debt["standing"]["outstanding"] == {"amount": "0.00", "currency": "THB"}
    assert told_debt["lines"][0]["kind"] == "repayment"
    assert whole["agreements"][0]["signed_on"] == today
    assert (whole["confirmations"][0]["answer"], whole["questions"]) == ("all", [])
    assert "Captain" not in str(whole)
    assert wire.relief.caseload.events("relief.read")[-1].purpose == "audit"
    too_early = wire.post(f"/relief-cases/{case}/moves", {"move": "end_monitoring"}, 422)
    assert too_early["type"].endswith("relief.monitoring_not_over")
    with clock.stopped_at(clock.now() + timedelta(days=91)):
        wire.post(f"/relief-cases/{case}/moves", {"move": "end_monitoring"}, 200)
        assert wire.post(f"/relief-cases/{case}/moves", {"move": "close"}, 200)["state"] == "closed"
    again = wire.post(f"/relief-cases/{case}/moves", {"move": "reopen", "reason": "mistake"}, 200)
    assert again["state"] == "reopened"


def test_what_is_owed_is_read_with_a_purpose_and_computed_again(wire):
    wire.relief.paid(amount="2000.00")
    case = wire.relief.verified()
    rate = wire.post("/cohort-rates", {"case": case, "as_of": wire.today, "parameters": {"interviews_min": 1}})
    (listed,) = wire.get("/cohort-rates")["cohort_rates"]
    assert listed["reference"] == rate["reference"]
    assert listed["document"]["claims"] == 1
    made = wire.post(f"/relief-cases/{case}/entitlements", {"as_of": wire.today})
    assert made["version"] == 1
    found = wire.get(f"/entitlements/{made['reference']}?purpose=casework")
    assert found["sha256"] == made["sha256"]
    assert found["amounts"][0]["owed"]["currency"] == "THB"
    assert found["document"]["inputs"]["items"][0]["amount_minor"] == 200000
    again = wire.get(f"/entitlements/{made['reference']}/recomputation?purpose=audit")
    assert (again["is_same"], again["sha256"], again["document"]) == (True, made["sha256"], found["document"])
    assert [each.purpose for each in wire.relief.caseload.events("relief.read")] == ["casework", "audit"]
    assert wire.get(f"/entitlements/{made['reference']}", 422)["errors"][0]["parameter"] == "purpose"
    assert wire.get(f"/relief-cases/{case}", 422)["errors"][0]["parameter"] == "purpose"
    assert wire.get(f"/relief-cases/{case}?purpose=curiosity", 422)["errors"][0]["parameter"] == "purpose"


def test_an_employer_pays_in_parts_and_the_worker_leaves(wire):
    relief = wire.relief
    relief.paid()
    case = relief.verified()
    entitlement = relief.entitled(case).reference
    agreement = wire.post("/agreements", {
        "case": case, "instrument": "reimbursement", "payer": "employer", "amount": "1000.00", "currency": "THB",
        "agreed_on": wire.today, "first_on": wire.today, "months": 3, "organisation": "EM-1", "entitlement": entitlement,
    })["reference"]  # fmt: skip
    paid = {"amount": "400.00", "currency": "THB", "paid_on": wire.today}
    outside = wire.post(f"/agreements/{agreement}/outside-payments", paid)["reference"]
    estimate = {"amount": "1200.00", "agreed_on": wire.today, "first_on": wire.today, "months": 2}
    second = wire.post(f"/agreements/{agreement}/supersession", estimate)["reference"]
    whole = wire.get(f"/relief-cases/{case}?purpose=casework")
    told = {each["reference"]: each for each in whole["agreements"]}
    assert told[agreement]["is_superseded"]
    assert told[second]["supersedes"] == agreement
    assert told[agreement]["outside"][0]["reference"] == outside
    assert wire.post(f"/relief-cases/{case}/departure", {"left_on": wire.today}) == {"due_at_once": 1}
    less = {
        "thing": outside, "answer": "less", "received": "150.00", "asked_for_part": "yes", "channel": "hotline",
        "witnessed": False, "stated_on": wire.today,
    }  # fmt: skip
    wire.post(f"/relief-cases/{case}/confirmations", less, actor=relief.supervisor)
    assert relief.state(case) is CaseState.REOPENED
    moved = wire.post(f"/relief-cases/{case}/moves", {"move": "take_up"}, 200)
    assert moved["state"] == "agreed"


def test_an_advance_comes_back_and_is_noticed_for_five_or_nobody(wire):
    relief = wire.relief
    relief.paid()
    case = relief.verified()
    agreement = relief.agreed(case)
    refused = wire.post(
        f"/agreements/{agreement}/recovery",
        {"liable": "employer", "organisation": "EM-1", "claimed_on": wire.today},
        422,
    )
    assert refused["type"].endswith("relief.not_claimable")
    (payment,) = relief.paid_out(case)
    word = {
        "thing": payment, "answer": "all", "asked_for_part": "no", "channel": "hotline", "witnessed": False,
        "stated_on": wire.today,
    }  # fmt: skip
    wire.post(f"/relief-cases/{case}/confirmations", word, actor=relief.supervisor)
    claim = {"liable": "employer", "organisation": "EM-1", "claimed_on": wire.today}
    recovery = wire.post(f"/agreements/{agreement}/recovery", claim)["reference"]
    (listed,) = wire.get("/recoveries?organisation=EM-1")["recoveries"]
    assert (listed["reference"], listed["amount"]["amount"], listed["notice"]) == (recovery, "1000.00", None)
    few = wire.post("/recovery-notices", {"operator": "OP-1", "organisation": "EM-1", "currency": "THB"}, 422)
    assert few["type"].endswith("relief.batch_too_small")
    assert wire.get("/recovery-notices")["recovery_notices"] == []
    wire.post("/recovered", {"organisation": "EM-1", "receipt": NOBODY}, 422)


class TestWhatIsWrong:
    def test_is_told_by_its_place(self, sqlite_wire):
        wire, relief = sqlite_wire, sqlite_wire.relief
        case, creditor = relief.verified(), relief.creditor()
        path = f"/relief-cases/{case}/debts"
        for wrong, where in (
            ({"principal": 9000}, "principal"), ({"principal": "9,000"}, "principal"), ({"principal": "1.234"}, "principal"),
            ({"principal": "9" * 15}, "principal"), ({"currency": "XXQ"}, "currency"), ({"taken_on": "soon"}, "taken_on"),
            ({"security": "a cow"}, "security"), ({"interest_percent": "much"}, "interest_percent"),
        ):  # fmt: skip
            assert wire.pointers(path, debt_body(creditor) | wrong) == [f"#/{where}"], wrong
        wire.post(path, debt_body(creditor, linked="9000.01"), 422)
        debt = relief.debt(case)
        assert wire.pointers(f"/relief-debts/{debt}/lines", {"kind": "gift", "amount": "-1"}) == [
            "#/amount", "#/happened_on", "#/kind",
        ]  # fmt: skip
        assert wire.pointers("/creditors", {"operator": "EM-1", "kind": "lender", "name": "A"}) == ["#/operator"]
        assert wire.pointers("/nominations", {"rows": [{"journey": "J-9", "operator": "CSO-1"}]}) == [
            "#/rows/0/journey", "#/rows/0/operator",
        ]  # fmt: skip

    def test_is_no_move(self, sqlite_wire):
        case = sqlite_wire.relief.verified()
        for body in (
            {"move": "fund"},
            {"move": "confirm"},
            {"move": "close", "reason": "mistake"},
            {"move": "dispute"},
            {},
        ):
            sqlite_wire.post(f"/relief-cases/{case}/moves", body, 422)
        assert sqlite_wire.relief.state(case) is CaseState.VERIFIED

    def test_is_no_word_of_a_worker(self, sqlite_wire):
        wire, relief = sqlite_wire, sqlite_wire.relief
        case = relief.verified()
        agreement = relief.cancelled(case, relief.debt(case))
        relief.signed(agreement)
        word = {
            "thing": agreement, "answer": "all", "asked_for_part": "no", "channel": "hotline", "witnessed": False,
            "stated_on": wire.today,
        }  # fmt: skip
        path = f"/relief-cases/{case}/confirmations"
        for wrong in ({"answer": "some"}, {"witnessed": "no"}, {"channel": "rumour"}, {"asked_for_part": None}):
            assert wire.pointers(path, word | wrong) == [f"#/{next(iter(wrong))}"], wrong
        wire.post(path, word | {"thing": NOBODY}, 404)
        assert wire.post(path, word, 403)["type"].endswith("relief.paid_it_themselves")  # who recorded the signature
        wire.post(path, word | {"answer": "less"}, 422, actor=relief.supervisor)
        assert wire.pointers(path, word | {"heard_by": "CSO-2"}) == ["#/heard_by"]
        kept = wire.post(path, word | {"channel": "employer_form"}, actor=relief.supervisor)
        assert kept["counts"] is False
        assert len(wire.get("/relief-questions")["relief_questions"]) == 1

    def test_could_hold_no_waiver_and_no_complaint(self, sqlite_wire):
        relief = sqlite_wire.relief
        relief.paid()
        case = relief.verified()
        body = {
            "case": case, "instrument": "unconditional_cash", "payer": "fund", "amount": "500.00", "currency": "THB",
            "agreed_on": sqlite_wire.today, "first_on": sqlite_wire.today,
        }  # fmt: skip
        for name in ("waiver", "conditions", "note", "complaint", "released_from_claims"):
            assert sqlite_wire.pointers("/agreements", body | {name: True}) == [f"#/{name}"], name
        sqlite_wire.post("/agreements", body)


def test_what_is_sent_twice_is_done_once(sqlite_wire):
    wire, relief = sqlite_wire, sqlite_wire.relief
    case, creditor = relief.verified(), relief.creditor()
    key = {"Idempotency-Key": "once"}
    first = wire.post(f"/relief-cases/{case}/debts", debt_body(creditor), headers=key)
    assert wire.post(f"/relief-cases/{case}/debts", debt_body(creditor), headers=key) == first
    assert len(relief.debts(case)) == 1


def test_lists_come_in_pages(sqlite_wire):
    wire, relief = sqlite_wire, sqlite_wire.relief
    cases = sorted(relief.nominated("J-1", "J-2", "J-3"))
    found = []
    address = "/relief-cases?limit=2"
    while address:
        answer = relief.caseload.ask(relief.worker, "GET", address)
        found += [each["reference"] for each in answer.json["relief_cases"]]
        link = answer.headers.get("Link", "")
        address = link.partition("<")[2].partition(">")[0].removeprefix("/api/v1")
    assert found == cases
    wire.get("/relief-questions?after=x", 422)


def test_questions_come_in_pages(sqlite_relief):
    relief = sqlite_relief
    case = relief.verified()
    debts = [relief.debt(case) for _ in range(3)]
    for debt in debts:
        relief.signed(relief.cancelled(case, debt))
    found, address = [], "/relief-questions?limit=2"
    while address:
        answer = relief.caseload.ask(relief.supervisor, "GET", address)
        found += [each["thing"] for each in answer.json["relief_questions"]]
        address = answer.headers.get("Link", "").partition("<")[2].partition(">")[0].removeprefix("/api/v1")
    assert found == sorted(found)
    assert len(set(found)) == 3


def test_whoever_paid_may_not_say_that_it_arrived(sqlite_wire):
    relief = sqlite_wire.relief
    relief.paid()
    case = relief.verified()
    relief.agreed(case, Instrument.ADVANCE)
    (payment,) = relief.paid_out(case)
    word = {
        "thing": payment, "answer": "all", "asked_for_part": "no", "channel": "hotline", "witnessed": False,
        "stated_on": sqlite_wire.today,
    }  # fmt: skip
    preparer = relief.caseload.actor(Role.FUND_PREPARER, "OP-1")
    sqlite_wire.post(f"/relief-cases/{case}/confirmations", word, 403, actor=preparer)
    assert relief.says(case, payment, Answer.ALL, AskedForPart.NO).counts
