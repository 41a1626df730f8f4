"""What the crew says of it, what comes after, and whether all the books agree in the end."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pypdfium2
from python_calamine import CalamineWorkbook

from tests.stories.bank_papers import major, minor
from tests.stories.crew import ADVANCED, BY_THE_EMPLOYER, CREW, OWED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stories.crew import Tale

PERIOD = "?first=2026-01-01&last=2026-12-31&operator=OP-1"
GIVEN = {"partner": 270_000_00, "foundation": 12_500_00, "individual": 1_234_00}
RECOVERED = 60_000_00
SPENT = {
    "advance": sum(OWED[number] for number in (5, 6, 7, 8, 9)) + 2_000_00,
    "co_financing": 2_500_00,
    "unconditional_cash": 3_000_00,
}
"""By purpose, less what came back. Number 5 was sent what was owed, had 2,000 less in hand, and got them."""

CAME_BACK = OWED[7]


def the_employer_pays_three_of_them(tale: Tale) -> None:
    """Itself, as it says; number 4 gets the first of seven instalments."""
    harbour = tale.harbour
    with harbour.at("03-31T10:00", works=False):
        for number in BY_THE_EMPLOYER:
            _pays(tale, number, OWED[number])


def _pays(tale: Tale, number: int, amount: int) -> str:
    made = tale.harbour.post(
        "worker", "/agreements/{}/outside-payments", tale.agreement[number, "reimbursement"], amount=major(amount),
        currency="THB", paid_on=tale.harbour.today,
    )["reference"]  # fmt: skip
    tale.outside.setdefault(number, []).append(made)
    return str(made)


def each_is_asked(tale: Tale) -> None:
    """Nine have all of it, and nobody asked for a part. Number 5 has less: somebody kept 2,000."""
    harbour = tale.harbour
    with harbour.at("04-01T09:00"):
        asked = harbour.get("supervisor", "/relief-questions", query="?limit=200")["relief_questions"]
        # Four debts let go, three payments by the employer, and six of the fund.
        assert len(asked) == 4 + 3 + 6
        assert harbour.get("stranger-supervisor", "/relief-questions")["relief_questions"] == []
        kept = tale.says(6, tale.payment[6, "again"], channel="hotline", witnessed=True)
        assert kept["counts"] is False, "the employer stood beside it"
        for number, plan in ((6, "again"), (7, "again"), (8, "phone"), (9, "first"), (10, "cash again")):
            assert tale.says(number, tale.payment[number, plan])["counts"] is True
        for number in BY_THE_EMPLOYER:
            instrument = "take_over" if number == 3 else "cancellation"
            tale.says(number, tale.agreement[number, instrument])
            tale.says(number, tale.outside[number][0])
        tale.says(4, tale.agreement[4, "cancellation"])
        for name, error in (("stranger-supervisor", "relief.case_unknown"), ("clerk", "relief.paid_it_themselves")):
            harbour.refused(
                name, "/relief-cases/{}/confirmations", tale.case[9], error=error, thing=tale.payment[9, "first"],
                answer="all", asked_for_part="no", channel="hotline", witnessed=False, stated_on=harbour.today,
            )  # fmt: skip
    confirmed = {number for number, state in tale.states().items() if state == "confirmed"}
    assert confirmed == {1, 2, 3, 6, 7, 8, 9, 10}


def one_had_less_and_nobody_outside_notices(tale: Tale) -> None:
    """The case is open again, and somebody looks whether number 5 is pressed. What is missing is owed at once."""
    harbour = tale.harbour
    with harbour.at("04-02T09:00"):
        before = harbour.what_the_business_sees()
        tale.says(5, tale.payment[5, "first"], "less", received="28750.00")
    with harbour.at("04-02T10:00", works=False):
        assert tale.state(5) == "reopened"
        (pressed,) = harbour.look("worker", "/cases?kind=retaliation")["cases"]
        told = harbour.look("worker", f"/cases/{pressed['reference']}")
        assert told["journeys"] == ["HJ-5"]
        assert harbour.what_the_business_sees() == before, "who asked for a part may see that it was told"
        assert harbour.get("auditor", "/payments/{}", tale.payment[5, "first"])["state"] == "contested"
        assert tale.move(5, "take_up") == "agreed"


def one_was_asked_for_a_part(tale: Tale) -> None:
    """Number 7 has all of it, and says later that a foreman asked for some. Only a word that nobody does counts again."""
    harbour = tale.harbour
    with harbour.at("04-02T11:00", works=False):
        tale.says(7, tale.payment[7, "again"], "all", "yes")
        assert tale.state(7) == "reopened"
        assert len(harbour.look("worker", "/cases?kind=retaliation")["cases"]) == 2
    with harbour.at("04-02T12:00"):
        assert tale.move(7, "take_up") == "agreed"
    assert tale.state(7) == "funded"
    with harbour.at("04-02T18:00", works=False):
        tale.says(7, tale.payment[7, "again"])
    assert tale.state(7) == "confirmed"


def one_is_paid_in_parts(tale: Tale) -> list[int]:
    """Number 4 has two of seven instalments of the employer; return all seven, in minor units."""
    parts = [minor(each["amount"]["amount"]) for each in _reimbursed(tale)["instalments"]]
    for day, part in (("04-30", parts[0]), ("05-08", parts[1])):
        with tale.harbour.at(f"{day}T09:00", works=False):
            tale.says(4, _pays(tale, 4, part))
    assert tale.state(4) == "agreed"
    return parts


def one_leaves_and_has_all_at_once(tale: Tale, parts: list[int]) -> None:
    """When number 4 leaves, the other five are due that day, as one."""
    harbour = tale.harbour
    with harbour.at("06-05T09:00", works=False):
        left = harbour.post("worker", "/relief-cases/{}/departure", tale.case[4], left_on="2026-06-05")
        assert left == {"due_at_once": 1}
        rest = OWED[4] - parts[0] - parts[1]
        open_ = [each for each in _reimbursed(tale)["instalments"] if each["ended"] is None]
        now = [minor(each["amount"]["amount"]) for each in open_ if each["due_on"] == "2026-06-05"]
        assert (now, sum(minor(each["amount"]["amount"]) for each in open_)) == ([rest], OWED[4])
        tale.says(4, _pays(tale, 4, rest))
    assert tale.state(4) == "confirmed"


def _reimbursed(tale: Tale) -> Any:
    (found,) = [each for each in tale.whole(4)["agreements"] if each["instrument"] == "reimbursement"]
    return found


def the_owner_makes_the_debt_again(tale: Tale) -> None:
    """Within ninety days: the case is open again, and the owner's share, not paid yet, is not paid."""
    harbour = tale.harbour
    with harbour.at("05-10T09:00", works=False):
        assert tale.state(1) == "confirmed"
        again = harbour.post(
            "worker", "/relief-cases/{}/debts", tale.case[1], creditor=tale.creditor["owner"], principal="5500.00",
            linked="5500.00", currency="THB", taken_on="2026-05-09",
        )  # fmt: skip
        assert (again["is_flagged"], again["reopened"]) == (True, [tale.case[1]])
        ended = harbour.get("preparer", "/dues", query="?state=ended&limit=200")["dues"]
        (share,) = [each for each in ended if each["case"] == tale.case[1]]
        assert (share["purpose"], share["ended"]) == ("co_financing", "incentive_stopped")
        assert harbour.get("preparer", "/dues", query="?state=open")["dues"] == []
    assert tale.state(1) == "reopened"


def nothing_is_closed_early(tale: Tale) -> None:
    """Before ninety days after the worker's word."""
    harbour = tale.harbour
    with harbour.at("05-15T09:00", works=False):
        for move, error in (("close", "machine.move_not_allowed"), ("end_monitoring", "relief.monitoring_not_over")):
            harbour.refused("worker", "/relief-cases/{}/moves", tale.case[2], move=move, error=error)


def they_are_closed(tale: Tale) -> None:
    """Each after ninety days; all but the one whose debt was made again."""
    harbour = tale.harbour
    others = [number for number in CREW if number not in {1, 4}]
    with harbour.at("07-10T09:00", works=False):
        for number in others:
            assert tale.move(number, "end_monitoring") == "monitored"
            assert tale.move(number, "close") == "closed"
        harbour.refused(
            "worker", "/relief-cases/{}/moves", tale.case[4], move="end_monitoring", error="relief.monitoring_not_over"
        )
    with harbour.at("09-15T09:00"):
        assert tale.move(4, "end_monitoring") == "monitored"
        assert tale.move(4, "close") == "closed"
        harbour.refused(
            "worker", "/relief-cases/{}/moves", tale.case[1], move="close", error="machine.move_not_allowed"
        )
    assert tale.states() == dict.fromkeys(CREW, "closed") | {1: "reopened"}


def each_has_what_they_are_owed(tale: Tale) -> None:
    """By what they say themselves, to the last satang; money without conditions stands beside it."""
    harbour = tale.harbour
    for number, owed in OWED.items():
        name = "fieldworker" if number == 1 else "supervisor"
        told = harbour.look(name, f"/repayments?journey=HJ-{number}&purpose=casework&limit=200")["repayments"]
        assert (number, sum(minor(each["received"]["amount"]) for each in told)) == (number, owed)
        copy = harbour.look(name, f"/jobseekers/HW-{number}/copy")
        assert tale.case[number] in json.dumps(copy)
    trial = _trial_balance(tale)
    assert trial["relief:owed"] == 0, "nothing is owed to anybody of the crew any more"
    assert (trial["register:owed:vessel_owner"], trial["register:owed:sub_agent"]) == (-5_500_00, 0), "made again"
    assert trial["recovery:due_from:employer"] == sum(OWED[number] for number in ADVANCED) - RECOVERED


def each_has_a_receipt(tale: Tale) -> None:
    """In their own language beside English."""
    for number in (4, 5, 10):
        answer = tale.harbour.ask(
            "supervisor", "GET /relief-cases/{}/receipt", tale.case[number], query="?purpose=worker_request&language=my"
        )
        assert answer.status_code == 200, answer.text
        assert answer.content_type == "application/pdf"
        assert answer.headers["Cache-Control"] == "no-store"
        text = _text(answer.data)
        assert "THB" in text


def _text(pdf: bytes) -> str:
    paper = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return "\n".join(page.get_textpage().get_text_range() for page in paper)


def the_books_agree(tale: Tale) -> None:
    """The statement in its three forms, the trial balance, the exports, and every check of the books."""
    harbour = tale.harbour
    run = harbour.field.run
    (line,) = harbour.get("auditor", "/fund-statement", query=PERIOD)["lines"]
    told = {name: minor(value["amount"].lstrip("-")) for name, value in line.items() if isinstance(value, dict)}
    spent, given = sum(SPENT.values()), sum(GIVEN.values())
    assert told["opening"] == told["in_transit"] == told["reserved"] == 0
    assert (told["contributions"], told["recovered"]) == (given, RECOVERED)
    purposes = {each["purpose"]: minor(each["amount"]["amount"]) for each in line["purposes"]}
    assert purposes == SPENT | {"advance": SPENT["advance"] + CAME_BACK}
    assert (told["disbursed"], told["returned"], told["other"]) == (spent + CAME_BACK, CAME_BACK, 0)
    assert told["closing"] == told["closing_bank"] == given + RECOVERED - spent, "what came in was paid, or is there"
    trial = _trial_balance(tale)
    assert trial["fund:bank:1234567890"] == told["closing_bank"]
    assert trial.get("fund:in_transit", 0) == trial.get("fund:suspense", 0) == 0
    assert {donor: -trial[f"fund:contributions:{donor}"] for donor in GIVEN} == GIVEN
    assert -trial["fund:recovered:employer"] == RECOVERED
    assert {purpose: trial[f"fund:disbursed:{purpose}"] for purpose in SPENT} == SPENT
    assert sum(trial.values()) == 0
    _papers_say_the_same(tale, told["closing"])
    _exports_say_the_same(tale, trial)
    # The bank's own balance and ours: cash left the account too, by no line of the bank.
    assert harbour.get("auditor", "/time-to-money", query="?first=2026-01-01&last=2026-12-31")["confirmed"]["n"] >= 6
    pots = harbour.get("auditor", "/fund-balances")["balances"]
    assert sum(minor(each["bank"]["amount"]) for each in pots) == told["closing"]
    run("ledger", "verify")
    run("verification", "reconcile")


def _papers_say_the_same(tale: Tale, closing: int) -> None:
    paper = tale.harbour.ask("auditor", "GET /fund-statement/paper", query=PERIOD)
    assert paper.content_type == "application/pdf"
    assert f"{closing // 100:,}.{closing % 100:02d}" in _text(paper.data)
    book = tale.harbour.ask("auditor", "GET /fund-statement/table", query=PERIOD)
    cells = [
        cell
        for sheet in CalamineWorkbook.from_filelike(io.BytesIO(book.data)).sheet_names
        for line in CalamineWorkbook.from_filelike(io.BytesIO(book.data)).get_sheet_by_name(sheet).to_python()
        for cell in line
    ]
    assert closing / 100 in cells


def _trial_balance(tale: Tale) -> dict[str, int]:
    """Return debits less credits of each account, of all books together."""
    found: dict[str, int] = defaultdict(int)
    for row in _rows(tale.harbour.field.run("ledger", "trial-balance", "--csv").stdout):
        assert row["currency"] == "THB"
        found[row["account"]] += minor(row["debits"]) - minor(row["credits"])
    return dict(found)


def _rows(text: str) -> Iterator[dict[str, str]]:
    return iter(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def _exports_say_the_same(tale: Tale, trial: dict[str, int]) -> None:
    run, folder = tale.harbour.field.run, tale.harbour.field.folder
    journal: dict[str, int] = defaultdict(int)
    for row in _rows(run("ledger", "export", "--format", "csv").stdout):
        journal[row["debit"]] += minor(row["amount"])
        journal[row["credit"]] -= minor(row["amount"])
    assert {account: left for account, left in journal.items() if left} == {
        account: left for account, left in trial.items() if left
    }
    run("ledger", "export", "--format", "xlsx", "--out", folder / "journal.xlsx")
    header, *rows = CalamineWorkbook.from_path(folder / "journal.xlsx").get_sheet_by_name("trial balance").to_python()
    book: dict[str, int] = defaultdict(int)
    for cells in rows:
        told = dict(zip(header, cells, strict=True))
        book[str(told["account"])] += round((float(str(told["debits"])) - float(str(told["credits"]))) * 100)
    assert dict(book) == trial
