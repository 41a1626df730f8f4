"""The first half of the story: a crew is heard and nominated, its debts are registered, and what is owed is agreed.

Ten people of the vessel Heron, all recruited by AG-1 for EM-1, in whose chain PT-1 buys:

====  ========  ====================================================================================================
who   paid      what becomes of it
====  ========  ====================================================================================================
1     12,000    the owner cancels 5,500; the employer pays back; later the owner makes the debt again
2     14,000    the owner cancels 5,000 and gets a share; the employer pays back
3     16,000    the employer takes over 4,000 that were owed to the broker, and pays back
4     18,000    the owner cancels a debt made after the announcement; the employer pays in instalments; then 4 leaves
5     30,000    the fund advances; 2,000 of it are missing in the worker's hand
6     32,000    the fund advances; the bank refuses it first
7     34,000    the fund advances; it comes back, because the account was closed
8     20,000    the fund advances, to a telephone
9     unsaid    does not wish to say: the cohort's rate, advanced by the fund
10    nothing   says freely that nothing was paid; gets money without conditions, in cash
====  ========  ====================================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.factories.rows import nothing_more, row
from tests.factories.sheets import csv_text
from tests.stories.bank_papers import Bank, major, minor

if TYPE_CHECKING:
    from tests.stories.harbour import Harbour

CREW = range(1, 11)
PAID = {1: 12_000, 2: 14_000, 3: 16_000, 4: 18_000, 5: 30_000, 6: 32_000, 7: 34_000, 8: 20_000}
AS_OF = "2026-03-20"
ENOUGH = {"interviews_min": 8}
"""Of a crew this small the governance of the fund takes eight interviews for a rate."""

OWED = {
    # The third quartile of the eight is 30,000. Who paid more has it with two months of 15 %, as nobody knows the rate.
    **dict.fromkeys((1, 2, 3, 4, 8, 9), 30_000_00),
    5: 30_750_00,
    6: 32_800_00,
    7: 34_850_00,
    10: 0,
}
ADVANCED = (5, 6, 7, 8, 9)
BY_THE_EMPLOYER = (1, 2, 3)


@dataclass
class Tale:
    """What came of it so far, by the numbers of the crew. Money is in minor units of THB."""

    harbour: Harbour
    bank: Bank = field(default_factory=Bank)
    case: dict[int, str] = field(default_factory=dict)
    creditor: dict[str, str] = field(default_factory=dict)
    debt: dict[int, str] = field(default_factory=dict)
    entitlement: dict[int, str] = field(default_factory=dict)
    agreement: dict[tuple[int, str], str] = field(default_factory=dict)
    payee: dict[int, str] = field(default_factory=dict)
    pot: dict[str, str] = field(default_factory=dict)
    plan: dict[str, str] = field(default_factory=dict)
    payment: dict[object, str] = field(default_factory=dict)
    outside: dict[int, list[str]] = field(default_factory=dict)

    def whole(self, number: int, name: str = "worker") -> Any:
        """Return the whole case of somebody of the crew."""
        return self.harbour.get(name, "/relief-cases/{}", self.case[number], query="?purpose=casework")

    def states(self) -> dict[int, str]:
        """Return where the case of each of the crew stands."""
        found = self.harbour.get("auditor", "/relief-cases", query="?crew=Heron&limit=200")["relief_cases"]
        return {int(each["journey"].removeprefix("HJ-")): str(each["state"]) for each in found}

    def state(self, number: int) -> str:
        return self.states()[number]

    def move(self, number: int, move: str, **more: str) -> str:
        done = self.harbour.post("worker", "/relief-cases/{}/moves", self.case[number], move=move, **more)
        return str(done["state"])

    def agree(self, number: int, instrument: str, payer: str, amount: int, **more: Any) -> str:
        """Agree on something for somebody, from today on; return the reference."""
        today = self.harbour.today
        given = {"agreed_on": today, "first_on": today, "currency": "THB", "amount": major(amount)} | more
        made = self.harbour.post(
            "worker", "/agreements", case=self.case[number], instrument=instrument, payer=payer, **given
        )
        self.agreement[number, instrument] = made["reference"]
        return str(made["reference"])

    def says(self, number: int, thing: str, answer: str = "all", part: str = "no", **more: Any) -> Any:
        """Let somebody of the crew say what became of something. Number 1 speaks to the fieldworker who knows them."""
        word = {"channel": "hotline", "witnessed": False, "stated_on": self.harbour.today} | more
        return self.harbour.post(
            "fieldworker" if number == 1 else "supervisor", "/relief-cases/{}/confirmations", self.case[number],
            thing=thing, answer=answer, asked_for_part=part, **word,
        )  # fmt: skip


def a_crew_is_recruited_and_heard(tale: Tale) -> None:
    """A fieldworker registers one of them, the CSO the others; they tell what they paid, asked alone."""
    harbour = tale.harbour
    with harbour.at("01-11T09:00", works=False):
        harbour.rows("operator", "organisations", [
            row("organisations", code="OP-2", kind="fund_operator", name="Relief of others", country="TH")
        ])  # fmt: skip
        harbour.rows("operator", "supply-chains", [row("supply-chains")])
        registered = [
            row(
                "jobseekers", reference=f"HW-{n}", name=f"Crew Member {n}", language="my", consent_aggregate="yes",
                registered_on="2026-01-11",
            )
            for n in CREW
        ]  # fmt: skip
        harbour.rows("fieldworker", "jobseekers", registered[:1])
        harbour.rows("supervisor", "jobseekers", registered[1:])
    with harbour.at("01-12T09:00", works=False):
        harbour.strangers_come_in()
        letter = row("demand-letters", reference="DL-50", headcount=10, issued_on="2026-01-11")
        harbour.rows("employer", "demand-letters", [letter])
        going = {"agency": "AG-1", "demand_letter": "DL-50", "started_on": "2026-01-11"}
        journeys = [row("journeys", reference=f"HJ-{n}", jobseeker=f"HW-{n}", **going) for n in CREW]
        harbour.rows("fieldworker", "journeys", journeys[:1])
        harbour.rows("supervisor", "journeys", journeys[1:])
    with harbour.at("02-10T09:00", works=False):
        said = [
            row(
                "reports", reference=f"HR-{n}", journey=f"HJ-{n}", amount=f"{amount}.00", paid_on="2026-01-20",
                stated_on="2026-02-09",
            )
            for n, amount in PAID.items()
        ]  # fmt: skip
        none = nothing_more(reference="HR-10", journey="HJ-10", stated_on="2026-02-09", checkpoint="pre_departure")
        harbour.rows("fieldworker", "reports", said[:1])
        harbour.rows("supervisor", "reports", [*said[1:], none])


def they_are_nominated(tale: Tale) -> None:
    """By a file of the CSO; a broken one is refused by line and column, and nothing of it is there."""
    harbour = tale.harbour
    with harbour.at("03-02T09:00", works=False):
        rows = [{"journey": f"HJ-{n}", "operator": "OP-1", "crew": "Heron"} for n in CREW]
        broken = [*rows[:2], rows[2] | {"journey": "HJ-99"}, rows[3] | {"operator": "EM-1"}, {"operator": "OP-1"}]
        sent = {"content_type": "text/csv; charset=utf-8"}
        before = harbour.counted()
        answer = harbour.ask("supervisor", "POST /nominations", data=csv_text(broken).encode(), **sent)
        assert answer.status_code == 422, answer.text
        assert [(each["line"], each["column"], each["code"]) for each in answer.json["errors"]] == [
            (4, "journey", "unknown_journey"), (5, "operator", "unknown_operator"), (6, "journey", "missing_value"),
        ]  # fmt: skip
        assert harbour.counted() == before
        answer = harbour.ask("fieldworker", "POST /nominations", data=csv_text(rows[:1]).encode(), **sent)
        assert answer.status_code == 201, answer.text
        answer = harbour.ask("fieldworker", "POST /nominations", data=csv_text(rows[1:2]).encode(), **sent)
        assert answer.status_code == 422, "a fieldworker does not know of the others"
        answer = harbour.ask("supervisor", "POST /nominations", data=csv_text(rows).encode(), **sent)
        assert (answer.json["added"], answer.json["skipped"]) == (9, 1)
        found = harbour.get("worker", "/relief-cases", query="?crew=Heron&limit=200")["relief_cases"]
        tale.case = {int(each["journey"].removeprefix("HJ-")): each["reference"] for each in found}
        assert sorted(tale.case) == list(CREW)
        seen = harbour.get("fieldworker", "/relief-cases")["relief_cases"]
        assert [each["reference"] for each in seen] == [tale.case[1]]
        assert harbour.get("stranger-supervisor", "/relief-cases")["relief_cases"] == []


def creditors_are_told_of_the_programme(tale: Tale) -> None:
    harbour = tale.harbour
    with harbour.at("03-04T09:00", works=False):
        for name, kind in (("owner", "vessel_owner"), ("broker", "sub_agent")):
            tale.creditor[name] = harbour.post(
                "worker", "/creditors", operator="OP-1", kind=kind, name=f"The {name} Nobody", vessel="Heron"
            )["reference"]
        harbour.post("worker", "/creditors/{}/announcement", tale.creditor["owner"], announced_on="2026-03-04")
        harbour.refused(
            "worker", "/creditors/{}/announcement", tale.creditor["owner"], announced_on="2026-03-01",
            error="relief.already_announced",
        )  # fmt: skip
        listed = harbour.get("auditor", "/creditors")["creditors"]
        assert {each["announced_on"] for each in listed} == {"2026-03-04", None}
        assert "Nobody" not in str(listed), "the name of a creditor stays sealed"
        assert harbour.get("supervisor", "/creditors")["creditors"] == []


def their_debts_are_registered(tale: Tale) -> None:
    """With what changed them. A debt made after the announcement is flagged, and takes nothing from the worker."""
    harbour = tale.harbour

    def record(number: int, creditor: str, principal: str, linked: str, taken_on: str, **more: str) -> Any:
        made = harbour.post(
            "worker", "/relief-cases/{}/debts", tale.case[number], creditor=tale.creditor[creditor], principal=principal,
            linked=linked, currency="THB", taken_on=taken_on, **more,
        )  # fmt: skip
        tale.debt[number] = made["reference"]
        return made

    def line(number: int, kind: str, amount: str, on: str) -> int:
        added = harbour.post(
            "worker", "/relief-debts/{}/lines", tale.debt[number], kind=kind, amount=amount, happened_on=on
        )
        return int(added["number"])

    with harbour.at("03-10T09:00", works=False):
        first = record(1, "owner", "6000.00", "6000.00", "2026-01-20", interest_percent="24", security="documents")
        assert first["is_flagged"] is False
        assert line(1, "addition", "500.00", "2026-02-01") == 1
        assert line(1, "repayment", "900.00", "2026-02-10") == 2
        harbour.post(
            "worker", "/relief-debts/{}/lines/{}/correction", tale.debt[1], 2,
            line={"kind": "repayment", "amount": "1000.00", "happened_on": "2026-02-10"},
        )  # fmt: skip
        record(2, "owner", "50000.00", "50000.00", "2026-01-20", interest_percent="24")
        wrong = tale.debt[2]
        right = {
            "creditor": tale.creditor["owner"], "principal": "5000.00", "linked": "4000.00", "currency": "THB",
            "taken_on": "2026-01-20", "interest_percent": "24",
        }  # fmt: skip
        tale.debt[2] = harbour.post("worker", "/relief-debts/{}/correction", wrong, **right)["reference"]
        record(3, "broker", "4500.00", "4500.00", "2026-01-20", interest_percent="36")
        line(3, "deduction", "500.00", "2026-02-28")
        flagged = record(4, "owner", "2000.00", "0.00", "2026-03-06")
        assert (flagged["is_flagged"], flagged["reopened"]) == (True, [])
        for number, left in ((1, "5500.00"), (2, "5000.00"), (3, "4000.00"), (4, "2000.00")):
            (stands,) = [each for each in tale.whole(number)["register"] if each["is_current"]]
            assert stands["standing"]["outstanding"] == {"amount": left, "currency": "THB"}
        for number in CREW:
            assert tale.move(number, "verify") == "verified"
        assert tale.move(3, "dispute", reason="creditor_disputes") == "disputed"
        assert tale.move(3, "settle_dispute") == "verified"


def what_they_are_owed_is_computed(tale: Tale) -> None:
    """By their own account with interest, or the cohort's rate: the larger of both. It comes out the same again."""
    harbour = tale.harbour
    with harbour.at("03-20T09:00", works=False):
        rate = harbour.post("worker", "/cohort-rates", case=tale.case[9], as_of=AS_OF, parameters=ENOUGH)["reference"]
        for number in CREW:
            made = harbour.post(
                "worker", "/relief-cases/{}/entitlements", tale.case[number], as_of=AS_OF, unreached=number == 9,
                parameters=ENOUGH,
            )  # fmt: skip
            tale.entitlement[number] = made["reference"]
        for number, owed in OWED.items():
            (found,) = tale.whole(number)["entitlements"]
            due = sum(minor(each["due"]["amount"]) for each in found["amounts"])
            assert (number, due) == (number, owed)
            again = harbour.get("auditor", "/entitlements/{}/recomputation", found["reference"], query="?purpose=audit")
            assert (again["is_same"], again["sha256"]) == (True, found["sha256"])
        methods = {n: tale.whole(n)["entitlements"][0]["method"] for n in (5, 9, 10)}
        assert methods == {5: "larger", 9: "cohort", 10: "independent_none"}
        whole = harbour.get("worker", "/entitlements/{}", tale.entitlement[5], query="?purpose=casework")
        (item,) = whole["document"]["steps"]["items"]
        assert (item["interest_percent"], item["interest_minor"]) == ("15", 750_00)
        listed = harbour.get("auditor", "/cohort-rates", query="?limit=200")["cohort_rates"]
        (told,) = [each for each in listed if each["reference"] == rate]
        assert told["document"]["rate"]["n"] == 8
        assert (told["rate"]["amount"], told["document"]["rate"]["nones"]) == ("30000.00", 1)
        assert "HJ-" not in str(told)


def it_is_agreed_how_they_get_it(tale: Tale) -> None:
    """All six instruments, each apart. What the owner lets go is signed, and the worker has a copy."""
    harbour = tale.harbour
    with harbour.at("03-20T11:00", works=False):
        owner, today = tale.creditor["owner"], harbour.today
        for number, amount in ((1, 5_500_00), (2, 5_000_00), (4, 2_000_00)):
            tale.agree(number, "cancellation", "creditor", amount, debt=tale.debt[number])
        tale.agree(3, "take_over", "employer", 4_000_00, organisation="EM-1", debt=tale.debt[3])
        for number, instrument in ((1, "cancellation"), (2, "cancellation"), (4, "cancellation"), (3, "take_over")):
            signed = {"signed_on": today, "signer": "The owner Nobody", "worker_copy_on": today}
            harbour.post("worker", "/agreements/{}/signature", tale.agreement[number, instrument], **signed)
        for number in (1, 2):
            tale.agree(
                number, "co_financing", "fund", 2_500_00, organisation="EM-1", creditor=owner, matched_percent=50
            )
        for number in BY_THE_EMPLOYER:
            tale.agree(
                number, "reimbursement", "employer", OWED[number], organisation="EM-1",
                entitlement=tale.entitlement[number],
            )  # fmt: skip
        tale.agree(
            4, "reimbursement", "employer", OWED[4], organisation="EM-1", entitlement=tale.entitlement[4], months=7,
            first_on="2026-04-01",
        )  # fmt: skip
        parts = next(each for each in tale.whole(4)["agreements"] if each["instrument"] == "reimbursement")
        amounts = [minor(each["amount"]["amount"]) for each in parts["instalments"]]
        assert (len(amounts), sum(amounts), max(amounts) - min(amounts)) == (7, OWED[4], 1)
        for number in ADVANCED:
            amount = 28_000_00 if number == 8 else OWED[number]
            tale.agree(number, "advance", "fund", amount, entitlement=tale.entitlement[number])
        tale.agreement[8, "advance"] = harbour.post(
            "worker", "/agreements/{}/supersession", tale.agreement[8, "advance"], amount=major(OWED[8]),
            agreed_on=today, first_on=today, entitlement=tale.entitlement[8],
        )["reference"]  # fmt: skip
        beyond = {
            "case": tale.case[5], "instrument": "advance", "payer": "fund", "amount": "1.00", "currency": "THB",
            "agreed_on": today, "first_on": today, "entitlement": tale.entitlement[5],
        }  # fmt: skip
        harbour.refused("worker", "/agreements", error="relief.agreement_wrong", **beyond)
        tale.agree(10, "unconditional_cash", "fund", 3_000_00)
    assert tale.states() == dict.fromkeys(CREW, "agreed")
