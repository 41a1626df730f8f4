"""Rows of import files, with a sensible value in every required column."""

from __future__ import annotations

from typing import TypeAlias

Cells: TypeAlias = dict[str, str]

_COLUMNS = {
    "organisations": "code* kind* name* country* licence_number licence_valid_from licence_valid_until",
    "jobseekers": "reference* name* sex birth_year language village district country* phone registered_on* cso*"
    " consent_record* consent_contact consent_aggregate consent_share_employer consent_share_partner consent_certificate",
    "demand-letters": "reference* employer* agency* corridor* occupation headcount monthly_wage currency issued_on*",
    "commitments": "demand_letter* fee_item* payer* limit_amount currency committed_on*",
    "journeys": "reference* jobseeker* corridor* channel* agency demand_letter worksite started_on*",
    "stages": "journey* stage* occurred_on* outcome*",
    "declarations": "journey* fee_item* payer* payee amount* currency* paid_on* receipt",
    "repayments": "reference* journey* fee_item paid_by* amount* currency* paid_on* confirmed confirmed_amount"
    " confirmed_on channel witnessed",
    "debts": "reference* journey* creditor* principal* currency* taken_on* recruitment_linked* outstanding* as_of*",
    "collateral": "reference* journey* what* holder* taken_on* returned_on",
    "earnings": "reference* journey* month* amount* currency* deducted_for_recruitment stated_on* channel* witnessed",
    "supply-chains": "partner* employer* tier* valid_from* valid_until",
    "reports": "reference* journey* fee_item* payee amount* currency paid_on stated_on* channel* checkpoint witnessed"
    " evidence deducted",
    "rates": "on* base* quote* rate* source*",
    "nominations": "journey* operator* crew",
}
COLUMNS = {kind: [name.rstrip("*") for name in text.split()] for kind, text in _COLUMNS.items()}
"""The columns of the contract, by kind of file."""

REQUIRED = {kind: [name.rstrip("*") for name in text.split() if name.endswith("*")] for kind, text in _COLUMNS.items()}
"""Those that the contract marks with an asterisk."""

KINDS = tuple(COLUMNS)
HEARD = ("reports", "repayments", "debts", "collateral", "earnings")

DEFAULTS: dict[str, Cells] = {
    "organisations": {"code": "CSO-9", "kind": "cso", "name": "Nine Wells (fictitious)", "country": "MM"},
    "jobseekers": {
        "reference": "JS-9", "name": "Jasmine", "country": "MM", "registered_on": "2024-01-05", "cso": "CSO-1",
        "consent_record": "yes",
    },
    "demand-letters": {
        "reference": "DL-9", "employer": "EM-1", "agency": "AG-1", "corridor": "MM-TH", "issued_on": "2024-01-10",
    },
    "commitments": {
        "demand_letter": "DL-1", "fee_item": "visa_fee", "payer": "employer", "committed_on": "2024-01-15",
    },
    "journeys": {
        "reference": "J-9", "jobseeker": "JS-1", "corridor": "MM-TH", "channel": "mou", "started_on": "2024-02-01",
    },
    "stages": {"journey": "J-1", "stage": "first_contact", "occurred_on": "2024-02-01", "outcome": "done"},
    "declarations": {
        "journey": "J-1", "fee_item": "visa_fee", "payer": "employer", "amount": "500.00", "currency": "THB",
        "paid_on": "2024-03-01",
    },
    "repayments": {
        "reference": "RE-1", "journey": "J-1", "paid_by": "employer", "amount": "300.00", "currency": "THB",
        "paid_on": "2024-08-01",
    },
    "debts": {
        "reference": "DE-1", "journey": "J-1", "creditor": "lender", "principal": "9000.00", "currency": "THB",
        "taken_on": "2024-02-10", "recruitment_linked": "yes", "outstanding": "9000.00", "as_of": "2024-06-01",
    },
    "collateral": {
        "reference": "CO-1", "journey": "J-1", "what": "land title", "holder": "lender", "taken_on": "2024-02-10",
    },
    "earnings": {
        "reference": "EA-1", "journey": "J-1", "month": "2024-07", "amount": "9000.00", "currency": "THB",
        "stated_on": "2024-09-01", "channel": "hotline",
    },
    "supply-chains": {"partner": "PT-1", "employer": "EM-1", "tier": "retailer", "valid_from": "2024-01-01"},
    "reports": {
        "reference": "RP-1", "journey": "J-1", "fee_item": "broker_fee", "amount": "2000.00", "currency": "THB",
        "paid_on": "2024-03-05", "stated_on": "2024-05-01", "channel": "hotline",
    },
    "rates": {"on": "2024-03-01", "base": "MMK", "quote": "THB", "rate": "0.0104", "source": "invented"},
    "nominations": {"journey": "J-1", "operator": "OP-1"},
}  # fmt: skip


def row(kind: str, /, **cells: object) -> Cells:
    """Return a valid row of ``kind``; what is given stands in place of the defaults, None leaves a cell blank."""
    given = {name: "" if value is None else str(value) for name, value in cells.items()}
    return DEFAULTS[kind] | given


def rows(kind: str, column: str, /, *values: object, **cells: object) -> list[Cells]:
    """Return a row for each of ``values``, which stand in ``column``."""
    return [row(kind, **{column: value}, **cells) for value in values]


def nothing_more(**cells: object) -> Cells:
    """Return a worker's independent word that there was nothing more, after placement."""
    said = {"reference": "RP-NONE", "fee_item": "none", "amount": 0, "currency": None, "paid_on": None}
    return row("reports", **(said | {"stated_on": "2024-09-01", "checkpoint": "post_placement"} | cells))


SMALL_WORLD: dict[str, list[Cells]] = {
    "organisations": [
        row(
            "organisations", code="AG-1", kind="agency", name="Blue Kite", licence_number="L-1",
            licence_valid_from="2024-01-01", licence_valid_until="2030-12-31",
        ),
        row("organisations", code="AG-2", kind="agency", name="Red Kite"),
        row("organisations", code="CSO-1", name="Three Wells"),
        row("organisations", code="CSO-2", name="Two Wells"),
        row("organisations", code="EM-1", kind="employer", name="Orchard", country="TH"),
        row("organisations", code="PT-1", kind="partner", name="Cedar", country="GB"),
        row("organisations", code="OP-1", kind="fund_operator", name="Relief", country="TH"),
    ],
    "jobseekers": rows("jobseekers", "reference", "JS-1", "JS-2", "JS-3", phone="09 420 000 001"),
    "demand-letters": [row("demand-letters", reference="DL-1"), row("demand-letters", reference="DL-2")],
    "journeys": [
        row("journeys", reference="J-1", jobseeker="JS-1", agency="AG-1", demand_letter="DL-1"),
        row("journeys", reference="J-2", jobseeker="JS-2", agency="AG-1", demand_letter="DL-2"),
        row("journeys", reference="J-3", jobseeker="JS-3", agency="AG-2"),
    ],
}  # fmt: skip
"""Two agencies, three people on their way from Myanmar to Thailand; nothing is declared or reported yet."""
