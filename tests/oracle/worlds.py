"""Random folders of valid import files that deliberately reach the corners of the comparison."""

from __future__ import annotations

import csv
import random
from datetime import date
from pathlib import Path

from tests.oracle.world_draft import FOREIGN, TARGET, Draft, Journey
from tests.oracle.world_journeys import EMPLOYER_MUST_PAY, NEVER_LEGITIMATE, WORKER_MAY_PAY, fill_journey

AGENCIES = {
    "AG-MM1": ("MM-TH", "MM-JP"),
    "AG-MM2": ("MM-TH", "MM-JP"),
    "AG-KH1": ("KH-TH",),
    "AG-LA1": ("LA-TH",),
    "AG-LA2": ("LA-TH",),
    "AG-NP1": ("NP-MY", "BD-MY"),
}
EMPLOYERS = {"TH": "EM-TH1", "MY": "EM-MY1", "JP": "EM-JP1"}
LICENCES = (
    ("2020-01-01", "2026-12-31"),
    ("2023-12-01", "2024-05-31"),
    ("2024-03-01", "2026-12-31"),
    ("2024-02-01", ""),
    ("", "2024-08-15"),
    ("", ""),
)
LANGUAGES = {"MM": "my", "KH": "km", "LA": "lo", "NP": "ne", "BD": "bn"}
COLUMNS = {
    "rates": "on base quote rate source",
    "organisations": "code kind name country licence_number licence_valid_from licence_valid_until",
    "jobseekers": "reference name sex birth_year language village district country phone registered_on cso"
    " consent_record consent_contact consent_aggregate consent_share_employer consent_share_partner",
    "demand-letters": "reference employer agency corridor occupation headcount monthly_wage currency issued_on",
    "commitments": "demand_letter fee_item payer limit_amount currency committed_on",
    "journeys": "reference jobseeker corridor channel agency demand_letter worksite started_on",
    "stages": "journey stage occurred_on outcome",
    "declarations": "journey fee_item payer payee amount currency paid_on receipt",
    "reports": "reference journey fee_item payee amount currency paid_on stated_on channel checkpoint witnessed"
    " evidence deducted",
    "repayments": "reference journey fee_item paid_by amount currency paid_on confirmed confirmed_amount confirmed_on"
    " channel witnessed",
    "debts": "reference journey creditor principal currency taken_on recruitment_linked outstanding as_of",
    "collateral": "reference journey what holder taken_on returned_on",
}


def add_organisations(draft: Draft) -> None:
    """Add agencies with every kind of licence, the organisations that import, and the employers."""
    blank = {"licence_number": "", "licence_valid_from": "", "licence_valid_until": ""}
    licences = list(LICENCES)
    draft.rng.shuffle(licences)
    for code, (first, last) in zip(AGENCIES, licences, strict=True):
        cells = {"code": code, "kind": "agency", "name": f"Agency {code}", "country": code[3:5]}
        cells |= {"licence_number": f"L-{code}", "licence_valid_from": first, "licence_valid_until": last}
        draft.tables["organisations"].append(cells)
        ends = [date.fromisoformat(day) for day in (first, last) if day[:4] in {"2023", "2024"}]
        draft.licence_ends[code] = ends
    others = [(f"CSO-{country}", "cso", country) for country in LANGUAGES]
    others += [(code, "employer", country) for country, code in EMPLOYERS.items()] + [("OP-1", "fund_operator", "TH")]
    for code, kind, country in others:
        cells = {"code": code, "kind": kind, "name": f"Organisation {code}", "country": country}
        draft.tables["organisations"].append(cells | blank)


def add_commitments(draft: Draft, letter: str, corridor: str) -> None:
    """Add the commitments of one demand letter: for all items, for named ones, for both, or none at all."""
    shape = draft.pick(("all", "all and named", "all and named", "named", "named", "none"))
    named = draft.rng.sample(draft.codes, draft.rng.randint(3, 6)) if "named" in shape else []
    for code in (["*"] if "all" in shape else []) + named:
        cells = {"demand_letter": letter, "fee_item": code, "limit_amount": "", "currency": ""}
        cells["payer"] = draft.pick(("employer", "employer", "agency", "worker"))
        cells["committed_on"] = draft.day(date(2023, 12, 1), date(2024, 8, 31)).isoformat()
        if draft.chance(0.5):
            currency = draft.pick((TARGET[corridor], TARGET[corridor], *FOREIGN[corridor]))
            amount = draft.amount(currency) if draft.chance(0.92) else draft.amount(currency) * 0
            cells |= {"limit_amount": draft.money(amount, currency), "currency": currency}
        draft.commitments[letter, code] = cells
        draft.tables["commitments"].append(cells)


def add_demand_letters(draft: Draft) -> dict[tuple[str, str], list[str]]:
    """Add three demand letters for every agency and corridor and give their references."""
    letters: dict[tuple[str, str], list[str]] = {}
    for agency, corridors in AGENCIES.items():
        for corridor in corridors:
            for number in range(3):
                reference = f"DL-{agency[3:]}-{corridor}-{number}"
                letters.setdefault((agency, corridor), []).append(reference)
                wage = {"THB": "9672.00", "MYR": "1700.00", "JPY": "180000"}[TARGET[corridor]]
                cells = {"reference": reference, "employer": EMPLOYERS[corridor[-2:]], "agency": agency}
                cells |= {"corridor": corridor, "occupation": "packer", "headcount": "40", "monthly_wage": wage}
                cells |= {"currency": TARGET[corridor], "issued_on": "2023-12-15"}
                if draft.chance(0.3):
                    foreign = FOREIGN[corridor][0]
                    cells |= draft.rng.choice(
                        ({"monthly_wage": "", "currency": ""}, {"monthly_wage": "123456.55", "currency": foreign})
                    )
                draft.tables["demand-letters"].append(cells)
                add_commitments(draft, reference, corridor)
    return letters


def add_journey(draft: Draft, number: int, letters: dict[tuple[str, str], list[str]]) -> Journey:
    """Add a jobseeker and the journey: some without an agency, some without a demand letter."""
    agency = draft.pick(tuple(AGENCIES))
    corridor = draft.pick(AGENCIES[agency])
    letter = draft.pick(letters[agency, corridor]) if draft.chance(0.85) else ""
    channel = "mou"
    if draft.chance(0.15):
        agency, letter, channel = "", "", draft.pick(("direct", "regularisation"))
    foreign = FOREIGN[corridor][0]
    edge = draft.rate_edge(foreign, TARGET[corridor])
    first, last = date(2024, 1, 1), date(2024, 4, 30)
    started_on = edge if first <= edge <= last else draft.day(first, last)
    journey = Journey(f"J-{number:05d}", corridor, agency, letter, started_on)
    person, origin = f"JS-{number:05d}", corridor[:2]
    cells = {"reference": person, "name": f"Person {number}", "sex": draft.pick(("f", "m", "x")), "birth_year": "1990"}
    cells |= {"language": LANGUAGES[origin], "village": f"Village {number}", "district": "", "country": origin}
    cells |= {"phone": "", "registered_on": "2023-10-01", "cso": f"CSO-{origin}"}
    cells |= dict.fromkeys(("consent_record", "consent_contact", "consent_aggregate"), "yes")
    cells |= dict.fromkeys(("consent_share_employer", "consent_share_partner"), "no")
    draft.tables["jobseekers"].append(cells)
    cells = {"reference": journey.reference, "jobseeker": person, "corridor": corridor, "channel": channel}
    cells |= {"agency": agency, "demand_letter": letter, "worksite": "", "started_on": started_on.isoformat()}
    draft.tables["journeys"].append(cells)
    cells = {"journey": journey.reference, "stage": "first_contact", "occurred_on": started_on.isoformat()}
    draft.tables["stages"].append({**cells, "outcome": "done"})
    return journey


def write_table(draft: Draft, folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    """Write one file: sometimes with a byte order mark, other line ends, other column order, or columns left out."""
    columns = COLUMNS["declarations" if name.startswith("declarations-") else name].split()
    if draft.chance(0.3):
        draft.rng.shuffle(columns)
    if draft.chance(0.3):
        columns = [key for key in columns if any(row[key] for row in rows)]
    encoding = "utf-8-sig" if draft.chance(0.3) else "utf-8"
    line_end = draft.pick(("\n", "\r\n"))
    with (folder / f"{name}.csv").open("w", encoding=encoding, newline="") as handle:
        writer = csv.DictWriter(handle, columns, extrasaction="ignore", lineterminator=line_end)
        writer.writeheader()
        writer.writerows(rows)


def write_world(folder: Path, seed: int, journeys: int = 40) -> None:
    """Write random, valid import files into an empty folder; the same seed gives the same files."""
    draft = Draft(random.Random(seed))
    draft.codes = draft.rng.sample(EMPLOYER_MUST_PAY, 7) + draft.rng.sample(NEVER_LEGITIMATE, 3)
    draft.codes += draft.rng.sample(WORKER_MAY_PAY, 4)
    draft.make_rates()
    add_organisations(draft)
    letters = add_demand_letters(draft)
    for number in range(journeys):
        fill_journey(draft, add_journey(draft, number, letters))
    draft.tables["reports"] += draft.corrections
    for name in ("journeys", "jobseekers"):
        draft.rng.shuffle(draft.tables[name])
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in draft.tables.items():
        if rows:
            write_table(draft, folder, name, rows)
