"""The fund at the machine: each step in somebody's own name, after the code of their second factor."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta

from recruitment.banking.instructions import FileFormat, Method
from recruitment.core import clock
from tests.factories.funded import ACCOUNT
from tests.fund.edges.conftest import entry, row, statement, table


def named(desk, actor) -> list[str]:
    """Return the options with which somebody acts in their own name now."""
    login = next(each for each, known in desk.funded.actors.items() if known is actor)
    return ["--as", login, "--code", desk.code(actor)]


def test_a_plan_goes_from_its_draft_to_the_bank_in_three_names(desk, tmp_path):
    funded, run = desk.funded, desk.funded.field.run
    due, other = funded.dues([("JS-1", 1234_56), ("JS-2", 500_00)])
    pot = funded.pots["General"].reference
    plan = run(
        "fund", "plan", "draft", pot, "THB", "--method", "bank", "--format", "csv", *named(desk, funded.preparer)
    ).stdout.strip()
    assert "1 added, 0 left out" in run("fund", "plan", "add", plan, due).stdout
    added = json.loads(run("fund", "plan", "add", plan, "--all", "--json").stdout)
    assert added["added"] == 1
    assert "1 payment, 500.00 THB" in run("fund", "plan", "remove", plan, due).stdout
    assert "2 payments, 1734.56 THB" in run("fund", "plan", "add", plan, due).stdout
    run("fund", "plan", "lock", plan, "--executed-on", clock.today().isoformat())
    shown = run("fund", "plan", "show", plan).stdout
    digest = re.findall(r"locked   ([0-9a-f]{64})", shown)[0]
    assert "Five of its payments" in shown
    assert "•••" in shown
    assert "--as" in run("fund", "plan", "approve", plan, digest, exit_code=2).output
    told = run("fund", "plan", "approve", plan, digest, *named(desk, funded.approver)).stdout
    assert "approved by 1 of 1" in told
    assert "approved" in run("fund", "plan", "list", "--state", "approved").stdout
    code = desk.code(funded.releaser)
    released = run("fund", "plan", "release", plan, digest, "--as", "releaser@relief.example", input=f"{code}\n")
    assert code not in released.output
    exported = run("fund", "plan", "export", plan, "--to", tmp_path)
    path, sha256 = exported.stdout.splitlines()[0], re.findall(r"SHA-256 ([0-9a-f]{64})", exported.stdout)[0]
    content = (tmp_path / path.rpartition("/")[2]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == sha256
    assert (
        "It was exported before: this is the same file." in run("fund", "plan", "export", plan, "--to", tmp_path).stdout
    )
    assert (tmp_path / path.rpartition("/")[2]).read_bytes() == content
    first, second = sorted(funded.payments(plan), key=lambda each: each.amount_minor)
    answer = tmp_path / "answer.csv"
    answer.write_bytes(table(row(first), row(second, "E-2", status="returned", reason="AC04")))
    read = run("fund", "answer", answer, "--pot", pot, "--operator", "OP-1").stdout
    assert "1 matched, 1 returned" in read
    (line, _) = run("fund", "answers", read.split()[0], "--outcome", "returned").stdout.splitlines()
    assert "returned" in line
    assert json.loads(run("fund", "plan", "show", plan, "--json").stdout)["state"] == "reconciled"
    assert "returned" in run("fund", "plan", "payments", plan, "--state", "returned").stdout
    assert {json.loads(each)["state"] for each in run("fund", "dues", "--json").stdout.splitlines()} == {"paid", "open"}
    assert other in run("fund", "dues", "--state", "paid").stdout + run("fund", "dues", "--state", "open").stdout


def test_one_person_at_the_machine_does_not_do_two_steps_of_a_plan(sqlite_desk):
    desk, funded, run = sqlite_desk, sqlite_desk.funded, sqlite_desk.funded.field.run
    plan = desk.locked()
    digest = funded.hash_of(plan)
    refused = run("fund", "plan", "approve", plan, digest, *named(desk, funded.preparer), exit_code=1)
    assert "Error:" in refused.stderr
    refused = run(
        "fund", "plan", "approve", plan, digest, "--as", "approver@relief.example", "--code", "000000", exit_code=1
    )
    assert "This is not the code" in refused.stderr
    refused = run(
        "fund", "plan", "approve", plan, digest, "--as", "nobody@relief.example", "--code", "000000", exit_code=1
    )
    assert "Nobody signs in" in refused.stderr
    assert run(
        "fund", "plan", "draft", "PO-0", "THB", "--method", "bank", "--format", "csv", "--code", "1", exit_code=2
    )
    assert funded.the(plan).state.value == "locked"


def test_a_plan_is_unlocked_sent_back_and_given_up(sqlite_desk, tmp_path):
    desk, funded, run = sqlite_desk, sqlite_desk.funded, sqlite_desk.funded.field.run
    plan = desk.locked()
    assert "draft" in run("fund", "plan", "unlock", plan, "wrong_day").stdout
    run("fund", "plan", "lock", plan, *named(desk, funded.preparer))
    assert "draft" in run("fund", "plan", "send-back", plan, "other", *named(desk, funded.approver)).stdout
    assert "cancelled" in run("fund", "plan", "cancel", plan, "other").stdout
    assert "(wrong_day)" in run("fund", "plan", "show", plan).stdout
    assert run("fund", "plan", "add", plan, exit_code=2)
    assert "no such payment plan" in run("fund", "plan", "show", "PL-0", exit_code=1).stderr


def test_an_export_never_writes_over_another_file(sqlite_desk, tmp_path):
    desk, funded, run = sqlite_desk, sqlite_desk.funded, sqlite_desk.funded.field.run
    plan = desk.locked()
    funded.approve(plan)
    funded.release(plan)
    lock = funded.the(plan).lock
    assert lock is not None
    (tmp_path / lock.file_name).write_text("somebody's notes")
    refused = run("fund", "plan", "export", plan, "--to", tmp_path, exit_code=1)
    assert "is there already" in refused.stderr
    assert "There is no folder" in run("fund", "plan", "export", plan, "--to", tmp_path / "nowhere", exit_code=1).stderr
    assert desk.states(plan) == {"reserved": 1}, "nothing was sent"


def test_pots_receipts_and_accounts_at_the_machine(sqlite_desk):
    desk, funded, run = sqlite_desk, sqlite_desk.funded, sqlite_desk.funded.field.run
    opened = run(
        "fund",
        "pot",
        "open",
        "debt_relief",
        "Teak",
        "--institution",
        "THCBC/004",
        "--account",
        ACCOUNT,
        "--operator",
        "OP-1",
    )
    pot = opened.stdout.strip()
    assert pot in run("fund", "pot", "list").stdout
    assert json.loads(run("fund", "pot", "list", "--json").stdout.splitlines()[0])["reference"]
    today = clock.today().isoformat()
    recorded = run(
        "fund", "receipt", "record", pot, "1000", "THB", "--kind", "annual", "--donor", "partner", "--on", today
    )
    assert "900.00 THB" in recorded.stdout
    reference = recorded.stdout.partition(":")[0]
    assert (
        "1.234 THB"
        in run("fund", "receipt", "record", pot, "1.234", "THB", "--donor", "other", "--on", today, exit_code=1).stderr
    )
    assert "taken back" in run("fund", "receipt", "take-back", reference, "wrong_pot").stdout
    assert "wrong_pot" in run("fund", "receipt", "list", "--pot", pot).stdout
    assert json.loads(run("fund", "receipt", "list", "--pot", pot, "--json").stdout)["taken_back"] == "wrong_pot"
    made = run(
        "fund",
        "payee",
        "record",
        "bank",
        "--jobseeker",
        "JS-1",
        "--institution",
        "THCBC/004",
        input="Ma Hla\n4445556667\n",
    )
    assert "waiting until" in made.stdout
    account = re.findall(r"PA-[0-9A-Z-]+", made.stdout)[0]
    assert "1 account waits." in run("fund", "payee", "waiting").stdout
    assert "Error" in run("fund", "call-back", account, "confirmed", exit_code=1).stderr
    assert "confirmed" in run("fund", "call-back", account, "confirmed", *named(desk, funded.colleague)).stdout


def test_statements_suspense_and_figures_at_the_machine(sqlite_desk, tmp_path):
    desk, funded, run = sqlite_desk, sqlite_desk.funded, sqlite_desk.funded.field.run
    plan, (payment,) = desk.sent(1000_00)
    answer = tmp_path / "answer.xml"
    answer.write_bytes(
        statement(entry("N-1", "1000.00", payment.reference), entry("N-2", "9.00", None, "CRDT"), closing="999009.00")
    )
    read = run("fund", "answer", answer, "--operator", "OP-1", "--json").stdout
    assert json.loads(read)["outcomes"] == {"matched": 1, "unknown": 1}
    assert "read before" in run("fund", "answer", answer, "--operator", "OP-1", exit_code=1).stderr
    broken = tmp_path / "broken.csv"
    broken.write_bytes(table(row(payment, amount="x")))
    refused = run(
        "fund", "answer", broken, "--pot", funded.pots["General"].reference, "--operator", "OP-1", exit_code=1
    )
    assert "line 2, column amount" in refused.stderr
    problems = run(
        "fund", "answer", broken, "--pot", funded.pots["General"].reference, "--operator", "OP-1", "--json", exit_code=1
    )
    assert json.loads(problems.stdout)["errors"][0]["code"] == "invalid_amount"
    assert "cannot be opened" in run("fund", "answer", tmp_path / "none.xml", exit_code=1).stderr
    assert "1 unknown" in run("fund", "answers").stdout
    waiting = run("fund", "suspense").stdout
    assert "1 line waits" in waiting
    line = waiting.split()[0]
    run(
        "fund",
        "resolve",
        line,
        "receipt",
        "--pot",
        funded.pots["General"].reference,
        "--donor",
        "other",
        *named(desk, funded.preparer),
    )
    assert run("fund", "suspense").stdout == "0 lines wait for an explanation.\n"
    today = clock.today().isoformat()
    paper, book = tmp_path / "statement.pdf", tmp_path / "statement.xlsx"
    told = run(
        "fund", "statement", "--from", today, "--until", today, "--operator", "OP-1", "--pdf", paper, "--xlsx", book
    ).stdout
    assert "99009.00" in told
    assert (paper.read_bytes()[:5], book.read_bytes()[:2]) == (b"%PDF-", b"PK")
    whole = json.loads(
        run("fund", "statement", "--from", today, "--until", today, "--operator", "OP-1", "--json").stdout
    )
    assert whole["lines"][0]["closing"]["amount"] == "99009.00"
    assert "99009.00" in run("fund", "balances", "--operator", "OP-1").stdout
    assert json.loads(run("fund", "balances", "--json").stdout.splitlines()[0])["pot"]
    assert "(payments: 1)" in run("fund", "time-to-money", "--from", today, "--until", today).stdout
    assert (
        json.loads(run("fund", "time-to-money", "--from", today, "--until", today, "--json").stdout)["confirmed"]
        is None
    )
    funded.due("JS-2", 5_00, due_on=clock.today() - timedelta(days=100))
    assert "over_90" in run("fund", "ageing").stdout
    assert json.loads(run("fund", "ageing", "--json").stdout)["dues"] == 1
    assert plan


def test_cash_at_the_machine(sqlite_desk):
    desk, funded, run = sqlite_desk, sqlite_desk.funded, sqlite_desk.funded.field.run
    for jobseeker in ("JS-1", "JS-2"):
        made = funded.payee(jobseeker, method=Method.CASH)
        desk.send(funded.colleague, f"/payees/{made.reference}/call-back", {"outcome": "confirmed"})
    with clock.stopped_at(clock.now() + timedelta(hours=49)):
        plan, (first, second) = desk.sent(300_00, 200_00, method=Method.CASH, file_format=FileFormat.CSV)
        today = clock.today().isoformat()
        assert "settled" in run("fund", "hand-over", first.reference, "--on", today, input="Ma Hla\nU Ba\n").stdout
        assert "failed" in run("fund", "not-handed-over", second.reference, "not_reached", "--on", today).stdout
        assert desk.states(plan) == {"settled": 1, "failed": 1}
