"""Write the import files of the worked example beside this file: sixty invented people in four corridors.

The five people of the README are in stories.py, row by row. The rest are made here: PLAN in recipes.py says who
went through which recipe, and when; a recipe writes what the agency declared, what the worker told and what was paid
back. The same seed gives the same files, byte for byte. Run it with: python examples/first-mile/make_example.py
"""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import people
import recipes
import stories

HERE = Path(__file__).resolve().parent
SEED = 2024
LAST_DAY = date(2025, 12, 20)
WITH_PHONE = 4  # of the generated people only the fifth of each country has a telephone

DECLARATIONS = "journey fee_item payer payee amount currency paid_on receipt".split()
COLUMNS = {
    "rates": "on base quote rate source".split(),
    "organisations": "code kind name country licence_number licence_valid_from licence_valid_until".split(),
    "jobseekers": (
        "reference name sex birth_year language village district country phone registered_on cso consent_record"
        " consent_contact consent_aggregate consent_share_employer consent_share_partner"
    ).split(),
    "demand-letters": (
        "reference employer agency corridor occupation headcount monthly_wage currency issued_on"
    ).split(),
    "commitments": "demand_letter fee_item payer limit_amount currency committed_on".split(),
    "journeys": "reference jobseeker corridor channel agency demand_letter worksite started_on".split(),
    "stages": "journey stage occurred_on outcome".split(),
    "supply-chains": "partner employer tier valid_from valid_until".split(),
    "reports": (
        "reference journey fee_item payee amount currency paid_on stated_on channel checkpoint witnessed evidence"
        " deducted"
    ).split(),
    "repayments": (
        "reference journey fee_item paid_by amount currency paid_on confirmed confirmed_amount confirmed_on channel"
        " witnessed"
    ).split(),
    "debts": "reference journey creditor principal currency taken_on recruitment_linked outstanding as_of".split(),
    "collateral": "reference journey what holder taken_on returned_on".split(),
    "earnings": "reference journey month amount currency deducted_for_recruitment stated_on channel witnessed".split(),
} | {f"declarations-{agency}": DECLARATIONS for agency in ("AG-LANTERN", "AG-RIVERS", "AG-PEAK")}

# The rate of the first day of each month moves evenly from the first number to the second; no real rates.
# The riel has none at all, and the kip none from March to June 2025: somebody forgot.
RATES = {
    ("MMK", "THB"): ("0.010400", "0.008000"),
    ("USD", "THB"): ("35.600000", "32.400000"),
    ("LAK", "THB"): ("0.001680", "0.001500"),
    ("NPR", "MYR"): ("0.035400", "0.030600"),
    ("USD", "MYR"): ("4.720000", "4.180000"),
}
MONTHS = [date(2024 + index // 12, index % 12 + 1, 1) for index in range(24)]
FORGOTTEN = {("LAK", month) for month in MONTHS if date(2025, 3, 1) <= month <= date(2025, 6, 1)}

TO_THAILAND = (
    "first_contact registration selection identity_documents medical_origin name_list contract_signing calling_visa"
    " pre_departure travel arrival work_permit placement post_placement"
).split()
STAGES = dict.fromkeys(("MM-TH", "KH-TH", "LA-TH"), TO_THAILAND) | {
    "NP-MY": [stage for stage in TO_THAILAND if stage != "name_list"]
}
FISHING = ["first_contact", "placement", "post_placement"]

# What a job costs: (fee item, stage, payee, amount, currency). Many are the published prices of the corridor.
THAI_COSTS = [
    ("visa_fee", "calling_visa", "official", "500.00", "THB"),
    ("work_permit_fee", "work_permit", "official", "1900.00", "THB"),
    ("medical_exam_destination", "arrival", "clinic", "500.00", "THB"),
]
COSTS = {
    "MM-TH": [
        ("passport_fee", "identity_documents", "official", "25000.00", "MMK"),
        ("medical_exam_origin", "medical_origin", "clinic", "45000.00", "MMK"),
        ("health_insurance", "name_list", "insurer", "990.00", "THB"),
        ("agency_service_fee", "contract_signing", "agency", "300000.00", "MMK"),
        ("owic_card", "pre_departure", "official", "250.00", "THB"),
        ("travel_international", "travel", "transport", "500000.00", "MMK"),
        *THAI_COSTS,
    ],
    "KH-TH": [
        ("passport_fee", "identity_documents", "official", "4.00", "USD"),
        ("agency_service_fee", "contract_signing", "agency", "300.00", "USD"),
        ("contract_legalisation", "contract_signing", "official", "10.00", "USD"),
        ("travel_inland", "travel", "transport", "10.00", "USD"),
        ("meals_transit", "travel", "other", "5.00", "USD"),
        ("health_insurance", "work_permit", "insurer", "3200.00", "THB"),
        *THAI_COSTS,
    ],
    "LA-TH": [
        ("passport_fee", "identity_documents", "official", "350000.00", "LAK"),
        ("vaccination", "medical_origin", "clinic", "16800.00", "LAK"),
        ("medical_exam_origin", "medical_origin", "clinic", "150000.00", "LAK"),
        ("health_insurance", "work_permit", "insurer", "1080000.00", "LAK"),
        *THAI_COSTS,
    ],
    "NP-MY": [
        ("medical_exam_origin", "medical_origin", "clinic", "6500.00", "NPR"),
        ("agency_service_fee", "contract_signing", "agency", "10000.00", "NPR"),
        ("welfare_fund", "pre_departure", "official", "1500.00", "NPR"),
        ("social_security_origin", "pre_departure", "official", "2595.00", "NPR"),
        ("life_insurance", "pre_departure", "insurer", "3700.00", "NPR"),
        ("travel_international", "travel", "transport", "38000.00", "NPR"),
        ("levy_passthrough", "work_permit", "official", "1850.00", "MYR"),
    ],
}


class Book:
    """All rows of all files, in the order in which they are written."""

    def __init__(self) -> None:
        """Open the book with the organisations, letters, rates and the five stories."""
        self.rows: dict[str, list[list[str]]] = {kind: [] for kind in COLUMNS}
        for (base, quote), (first, last) in RATES.items():
            step = (Decimal(last) - Decimal(first)) / (len(MONTHS) - 1)
            for index, month in enumerate(MONTHS):
                if (base, month) not in FORGOTTEN:
                    rate = (Decimal(first) + step * index).quantize(Decimal("0.000001"))
                    self.rows["rates"].append([month.isoformat(), base, quote, str(rate), "invented for the example"])
        self.add_text("organisations", people.ORGANISATIONS)
        self.add_text("supply-chains", people.SUPPLY_CHAINS)
        self.add_text("demand-letters", people.DEMAND_LETTERS)
        self.add_text("commitments", people.COMMITMENTS)
        for kind in ("jobseekers", "journeys", "stages", "reports", "repayments", "debts", "collateral"):
            self.add_text(kind, getattr(stories, kind.upper()))
        for agency, text in stories.DECLARATIONS.items():
            self.add_text(f"declarations-{agency}", text)

    def add_text(self, kind: str, text: str) -> None:
        """Add rows that are written out as text."""
        self.rows[kind] += csv.reader(text.strip().splitlines())

    def add(self, kind: str, **values: str | date) -> None:
        """Add one row; a column that is not named stays blank."""
        unknown = values.keys() - set(COLUMNS[kind])
        if unknown:
            raise KeyError(f"{kind} has no columns {sorted(unknown)}")
        self.rows[kind].append([str(values.get(column, "")) for column in COLUMNS[kind]])

    def convert(self, amount: str, currency: str, quote: str, on: date) -> Decimal:
        """Convert as the comparison does, by the rate of the month."""
        rates = {(row[0], row[1], row[2]): Decimal(row[3]) for row in self.rows["rates"]}
        rate = rates.get((on.replace(day=1).isoformat(), currency, quote), Decimal(1))
        return (Decimal(amount) * rate).quantize(Decimal("0.01"), ROUND_HALF_EVEN)

    def write(self, folder: Path) -> None:
        """Write every file; reports in the order in which they were told."""
        self.rows["reports"].sort(key=lambda row: row[COLUMNS["reports"].index("stated_on")])
        for kind, columns in COLUMNS.items():
            with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as handle:
                writer = csv.writer(handle, lineterminator="\n")
                writer.writerows([columns, *self.rows[kind]])


class Trip:
    """One generated person's journey: the dates of its stages, and short words to write its rows with."""

    def __init__(self, book: Book, number: int, corridor: str, letter: str, channel: str, start: date) -> None:
        """Register the person and start the journey."""
        self.book, self.number, self.corridor, self.letter = book, number, corridor, letter
        self.reference = f"J-{number:04}"
        self.agency = people.AGENCY_OF[letter] if letter else ("AG-LANTERN" if channel == "mou" else "")
        self.currency = "MYR" if corridor.endswith("MY") else "THB"
        self.random = random.Random(SEED + number)
        self.told = 0
        stages = FISHING if channel == "regularisation" else STAGES[corridor]
        self.days: dict[str, date] = {}
        day = start
        for stage in stages:
            if stage != stages[0]:
                day += timedelta(days=90 if stage == "post_placement" else self.random.randint(4, 9))
            self.days[stage] = day
        self.register(channel, start)

    def register(self, channel: str, start: date) -> None:
        """Write the jobseeker and the journey."""
        country, pick = people.COUNTRIES[self.corridor], self.random.choice
        met = [row for row in self.book.rows["jobseekers"] if row[7] == country]
        name, sex = people.NAMES[country][len(met)]
        phone = people.PHONES[country][1] if len(met) == WITH_PHONE else ""
        person = f"JS-{self.number:04}"
        self.book.add(
            "jobseekers", reference=person, name=name, sex=sex, birth_year=str(self.random.randint(1988, 2004)),
            language=people.LANGUAGES[country], village=pick(people.VILLAGES), district=pick(people.DISTRICTS),
            country=country, phone=phone, registered_on=start - timedelta(days=self.random.randint(1, 9)),
            cso=people.CSO_OF[country], consent_record="yes", consent_contact=pick(["yes", "yes", "no"]),
            consent_aggregate=pick(["yes", "yes", "yes", "no"]), consent_share_employer="no",
            consent_share_partner=pick(["yes", "no"]),
        )  # fmt: skip
        sites = people.WORKSITES[self.letter or ("" if channel == "regularisation" else "DL-02")]
        self.book.add(
            "journeys", reference=self.reference, jobseeker=person, corridor=self.corridor, channel=channel,
            agency=self.agency, demand_letter=self.letter, worksite=sites[self.number % len(sites)], started_on=start,
        )  # fmt: skip

    def write_stages(self, until: str = "", failed: str = "", skipped: str = "") -> None:
        """Write the stages, up to one of them; one may have failed and been repeated, one may have been skipped."""
        for stage, day in self.days.items():
            outcomes = [(0, "failed"), (2, "repeated"), (3, "done")] if stage == failed else [(0, "done")]
            for later, outcome in [(0, "skipped")] if stage == skipped else outcomes:
                when = day + timedelta(days=later)
                self.book.add("stages", journey=self.reference, stage=stage, occurred_on=when, outcome=outcome)
            if stage == until:
                break

    def costs(self, *items: str) -> list[tuple[str, str, str, str, str]]:
        """Give the corridor's costs of the named items, as many as there are."""
        return [cost for cost in COSTS[self.corridor] if cost[0] in items]

    def declare(self, cost: tuple[str, str, str, str, str], payer: str, receipt: str = "") -> None:
        """Write a declaration line of the journey's agency."""
        item, stage, payee, amount, currency = cost
        self.book.add(
            f"declarations-{self.agency}", journey=self.reference, fee_item=item, payer=payer, payee=payee,
            amount=amount, currency=currency, paid_on=self.days[stage], receipt=receipt,
        )  # fmt: skip

    def employer_paid(self, *but: str) -> None:
        """Declare that the employer bore every cost of the corridor, but some."""
        for cost in COSTS[self.corridor]:
            if cost[0] not in but:
                self.declare(cost, "employer")

    def complete(self, stage: str = "placement") -> None:
        """Declare that nothing else was paid up to a stage."""
        self.declare(("none", stage, "", "0", self.currency), "worker")

    def tell(self, cost: tuple[str, str, str, str, str], **changes: str | date) -> None:
        """Write a payment that the worker reports, told before departure unless paid later."""
        item, stage, payee, amount, currency = cost
        self.told += 1
        heard = max(self.days.get("pre_departure", self.days["post_placement"]), self.days[stage] + timedelta(days=9))
        row: dict[str, str | date] = {
            "reference": f"RP-{self.number:04}-{self.told}", "journey": self.reference, "fee_item": item,
            "payee": payee, "amount": amount, "currency": currency, "paid_on": self.days[stage], "stated_on": heard,
            "channel": self.random.choice(["cso_interview", "community_visit", "hotline", "chat", "ambassador"]),
            "witnessed": "no", "evidence": self.random.choice("ABBC"), "deducted": "no",
        }  # fmt: skip
        self.book.add("reports", **(row | changes))

    def nothing_more(self, checkpoint: str = "post_placement", channel: str = "cso_interview", **more: str) -> None:
        """Write the worker's words "nothing more than I told you"."""
        row = {"payee": "", "currency": "", "paid_on": "", "checkpoint": checkpoint, "channel": channel, "deducted": ""}
        self.tell(("none", checkpoint, "", "0", ""), **(row | {"stated_on": self.days[checkpoint]} | more))

    def told_as_declared(self, *items: str, receipt: str = "") -> Decimal:
        """Declare costs as the worker's, let the worker tell the same, and give their value."""
        for cost in self.costs(*items):
            self.declare(cost, "worker", receipt)
            self.tell(cost)
        return sum((self.value(cost) for cost in self.costs(*items)), Decimal(0))

    def value(self, cost: tuple[str, str, str, str, str]) -> Decimal:
        """Give what a cost is worth in the currency of the destination."""
        return self.book.convert(cost[3], cost[4], self.currency, self.days[cost[1]])

    def repay(self, amount: Decimal, confirmed: str = "", channel: str = "hotline", **more: str) -> None:
        """Write a repayment after the placement and what the worker says of it."""
        paid_on = self.days["post_placement"] + timedelta(days=12)
        if confirmed:
            asked = min(paid_on + timedelta(days=14), LAST_DAY)
            more |= {"confirmed": confirmed, "confirmed_on": str(asked), "channel": channel, "witnessed": "no"}
        row = {"paid_by": "employer", "amount": str(amount), "currency": self.currency, "paid_on": str(paid_on)}
        self.book.add("repayments", reference=f"RE-{self.number:04}-1", journey=self.reference, **(row | more))

    def owe(self, creditor: str, principal: str, currency: str, linked: str, *outstanding: str) -> None:
        """Write a debt taken at the first contact and how it stood at each later visit."""
        taken = self.days["first_contact"]
        for index, left in enumerate(outstanding):
            self.book.add(
                "debts", reference=f"DE-{self.number:04}-1", journey=self.reference, creditor=creditor,
                principal=principal, currency=currency, taken_on=taken, recruitment_linked=linked, outstanding=left,
                as_of=taken + timedelta(days=90 * index + 20),
            )  # fmt: skip

    def pledge(self, what: str, holder: str, returned: bool) -> None:
        """Write collateral taken at the first contact."""
        back = self.days["post_placement"] if returned else ""
        self.book.add(
            "collateral", reference=f"CO-{self.number:04}-1", journey=self.reference, what=what, holder=holder,
            taken_on=self.days["first_contact"], returned_on=back,
        )  # fmt: skip


def earn(book: Book) -> None:
    """Write what people earned in the month before they were visited at work; every seventh did not say.

    Without chance, so that nothing else in the files moves.
    """
    wages = {row[0]: Decimal(row[6]) for row in book.rows["demand-letters"]}
    visited = {row[0]: row[2] for row in book.rows["stages"] if row[1] == "post_placement" and row[3] == "done"}
    for reference, _, corridor, _, _, letter, *_ in book.rows["journeys"]:
        number = int(reference.removeprefix("J-"))
        if reference not in visited or number % 7 == 0:
            continue
        malaysia = corridor.endswith("MY")
        overtime = Decimal(number * 37 % 11 * (12 if malaysia else 80))
        kept_back = Decimal(100 if malaysia else 600) if number % 5 == 2 else Decimal(0)
        amount = wages.get(letter, Decimal(1400 if malaysia else 8800)) + overtime - kept_back
        month_before = date.fromisoformat(visited[reference]).replace(day=1) - timedelta(days=1)
        book.add(
            "earnings", reference=f"EA-{number:04}-1", journey=reference, month=f"{month_before:%Y-%m}",
            amount=f"{amount:.2f}", currency="MYR" if malaysia else "THB",
            deducted_for_recruitment=f"{kept_back:.2f}" if kept_back else "", stated_on=visited[reference],
            channel="cso_interview", witnessed="no",
        )  # fmt: skip


def main() -> None:
    """Write the files."""
    book = Book()
    number = len(book.rows["journeys"])
    for corridor, letter, channel, recipe, starts in recipes.PLAN:
        for start in starts.split():
            number += 1
            recipe(Trip(book, number, corridor, letter, channel, date.fromisoformat(start)))
    earn(book)
    book.write(HERE)
    print(f"{number} journeys")


if __name__ == "__main__":
    main()
