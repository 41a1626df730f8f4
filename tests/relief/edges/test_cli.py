"""``recruitment relief``: every step at the machine, told in tables and in JSON."""

from __future__ import annotations

import json
from datetime import timedelta

from recruitment.core import clock
from recruitment.relief.rules.kinds import Answer, AskedForPart


def told(run, *words: str) -> str:
    return str(run("relief", *words).stdout).strip()


def test_a_debt_goes_away_at_the_machine(relief):
    run, today = relief.field.run, clock.today().isoformat()
    case = told(run, "nominate", "J-1", "--operator", "OP-1", "--crew", "Heron").removeprefix("J-1: ")
    creditor = told(
        run, "creditor", "Captain Nobody", "--operator", "OP-1", "--kind", "vessel_owner", "--vessel", "Heron"
    )
    assert "looked at again" in told(run, "announce", creditor, "--on", "2024-01-15")
    listed = told(run, "creditors")
    assert creditor in listed
    assert "Captain" not in listed + told(run, "creditors", "--json")
    debt, flagged = told(
        run, "debt", case, "--creditor", creditor, "--principal", "9000.00", "--linked", "9000.00", "--currency", "THB",
        "--taken-on", "2024-02-10", "--security", "gold", "--interest", "24",
    ).splitlines()  # fmt: skip
    assert "look at it again" in flagged
    assert told(run, "line", debt, "repayment", "500.00", "--on", "2024-05-01") == f"Line 1 of {debt}."
    assert "put in its place" in told(run, "line", debt, "repayment", "600.00", "--on", "2024-05-01", "--corrects", "1")
    assert "verified" in told(run, "verify", case)
    agreement = told(
        run, "agree", case, "cancellation", "--payer", "creditor", "--amount", "8400.00", "--currency", "THB",
        "--on", today, "--first-on", today, "--debt", debt,
    )  # fmt: skip
    told(run, "sign", agreement, "--signer", "Captain Nobody", "--on", today, "--worker-copy-on", today)
    relief.follow()
    assert "1 to ask." in told(run, "questions")
    assert json.loads(told(run, "questions", "--json"))["thing"] == agreement
    word = ("--channel", "hotline", "--on", today, "--by", "CSO-1", "--asked-for-part", "no")
    refused = run("relief", "confirm", case, agreement, "all", *word, exit_code=1)
    assert "Let somebody else ask" in refused.stderr
    relief.says(case, agreement)
    shown = told(run, "show", case)
    for part in ("confirmed", "9000.00 THB", "cancellation" if "cancellation" in shown else agreement, "hotline"):
        assert part in shown
    whole = json.loads(told(run, "show", case, "--json", "--purpose", "audit"))
    assert (whole["state"], whole["register"][0]["is_flagged"]) == ("confirmed", True)
    assert "Captain" not in shown + str(whole)
    assert relief.caseload.events("relief.read")[-1].purpose == "audit"
    with clock.stopped_at(clock.now() + timedelta(days=91)):
        assert "monitored" in told(run, "move", case, "end_monitoring")
        assert "closed" in told(run, "move", case, "close")
        assert "closed" in told(run, "list", "--state", "closed", "--crew", "Heron")
    assert json.loads(told(run, "list", "--json"))["reference"] == case
    assert "reopened" in told(run, "move", case, "reopen", "--reason", "mistake")


def test_what_is_owed_is_paid_by_an_employer_in_parts(sqlite_relief):
    relief, run, today = sqlite_relief, sqlite_relief.field.run, clock.today().isoformat()
    relief.paid()
    case = relief.verified()
    assert "CH-" in told(run, "rate", case, "--as-of", today, "--interviews", "1", "--statistic", "median")
    rates = told(run, "rates")
    assert "MM-TH" in rates
    assert json.loads(told(run, "rates", "--json").splitlines()[0])["document"]["claims"] == 1
    owed = told(run, "entitle", case, "--as-of", today, "--interest-cap", "12").splitlines()
    entitlement = owed[0].partition(",")[0]
    assert "due" in owed[1]
    assert "the same, to the byte" in told(run, "recompute", entitlement)
    assert json.loads(told(run, "recompute", entitlement, "--json"))["is_same"] is True
    agreement = told(
        run, "agree", case, "reimbursement", "--payer", "employer", "--organisation", "EM-1", "--amount", "1000.00",
        "--currency", "THB", "--on", today, "--first-on", today, "--months", "3", "--entitlement", entitlement,
    )  # fmt: skip
    outside = told(run, "outside", agreement, "--amount", "400.00", "--currency", "THB", "--on", today)
    second = told(
        run, "supersede", agreement, "--amount", "1200.00", "--on", today, "--first-on", today, "--months", "2"
    )
    assert "due at once" in told(run, "leave", case, "--on", today)
    relief.says(case, outside, Answer.LESS, AskedForPart.YES, received_minor=15000)
    shown = told(run, "show", case)
    assert "reopened" in shown
    assert second in shown
    assert "agreed" in told(run, "move", case, "take_up")


def test_what_comes_back_is_claimed_and_noticed(sqlite_relief):
    relief, run, today = sqlite_relief, sqlite_relief.field.run, clock.today().isoformat()
    relief.paid()
    case = relief.verified()
    agreement = relief.agreed(case)
    (payment,) = relief.paid_out(case)
    relief.says(case, payment)
    assert told(run, "claim", agreement, "--liable", "employer", "--organisation", "EM-1", "--on", today).startswith(
        "RV-"
    )
    assert agreement in told(run, "recoveries", "--organisation", "EM-1")
    assert json.loads(told(run, "recoveries", "--json"))["liable"] == "employer"
    few = run("relief", "notice", "EM-1", "--operator", "OP-1", "--currency", "THB", exit_code=1)
    assert few.stderr.startswith("Error: ")
    assert "RN-" not in told(run, "notices")
    assert told(run, "notices", "--json") == ""
    assert run("relief", "recovered", "EM-1", "RC-0000-0000-00", exit_code=1).stderr.startswith("Error: ")


def test_what_is_wrong_is_told_in_a_sentence(sqlite_relief):
    relief, run, today = sqlite_relief, sqlite_relief.field.run, clock.today().isoformat()
    case = relief.verified()
    debt = relief.debt(case)
    for words, sentence in (
        (("nominate", "J-1", "--operator", "OP-1"), "J-1"),
        (("nominate", "J-2", "--operator", "EM-1"), "EM-1"),
        (("show", "RL-0000-0000-00"), "no such relief case"),
        (("line", debt, "repayment", "5,00", "--on", today), "no amount"),
        (("line", debt, "repayment", "5.00", "--on", "soon"), "year-month-day"),
        (("line", "RD-0000-0000-00", "repayment", "5.00", "--on", today), "no debt"),
        (("move", case, "dispute"), "Say why."),
        (("move", case, "close"), "cannot be moved"),
        (("take-back", debt, "7"), "line"),
        (("supersede", "AG-0000-0000-00", "--amount", "1.00", "--on", today, "--first-on", today), "no agreement"),
    ):
        refused = run("relief", *words, exit_code=1)
        assert refused.stderr.startswith("Error: "), words
        assert sentence in refused.stderr, words


def test_a_file_of_nominations_is_taken_once(relief):
    rows = [
        {"journey": "J-1", "operator": "OP-1", "crew": "Heron"},
        {"journey": "J-2", "operator": "OP-1", "crew": "Heron"},
    ]
    assert relief.field.send("nominations", *rows)["added"] == 2
    assert relief.field.send("nominations", *rows)["replayed"] is True
    more = {"journey": "J-3", "operator": "OP-1", "crew": "Heron"}
    found = relief.field.send("nominations", *rows, more)
    assert (found["added"], found["skipped"]) == (1, 2)
    (error,) = relief.field.refused("nominations", rows[0] | {"crew": "Stork"})
    assert (error["line"], error["column"], error["code"]) == (2, "journey", "case_running")


def test_an_answer_is_recorded_in_somebodys_own_name(sqlite_relief):
    relief, run = sqlite_relief, sqlite_relief.field.run
    case = relief.verified()
    agreement = relief.cancelled(case, relief.debt(case))
    relief.signed(agreement)
    word = ("relief", "confirm", case, agreement, "all", "--asked-for-part", "no", "--channel", "hotline",
            "--on", clock.today().isoformat())  # fmt: skip
    assert "--by" in run(*word, exit_code=2).stderr
    assert "Nobody signs in" in run(*word, "--as", "nobody", "--code", "123456", exit_code=1).stderr
    assert relief.field.count("relief_confirmations") == 0
    said = [*word[:4], "less", "--received", "8000.00", *word[5:], "--by", "CSO-1"]
    assert "does not count" in run(*said, "--witnessed").stdout
    assert run(*said).stdout.startswith("CO-")
    assert relief.state(case).value == "reopened"
