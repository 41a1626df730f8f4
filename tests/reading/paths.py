"""Every address that reads over the API in the told world, with what stands for it at others and what is not there."""

from __future__ import annotations

from dataclasses import dataclass

from recruitment.core.actor import Role
from tests.factories.told_world import ToldWorld

BLUEPRINTS = {
    "organisations", "licences", "demand-letters", "commitments", "supply-chains", "journeys", "fee-declarations",
    "statements", "rates", "comparisons", "ledger", "reference-data", "stages-reference", "legal-rules",
}  # fmt: skip

STATEMENTS = "journey=J-1&purpose=casework"

LISTS = (
    "/organisations", "/demand-letters", "/commitments", "/supply-chains", "/journeys", "/journeys/{journey}/stages",
    "/fee-declarations", "/fee-declarations/{declaration}", f"/reports?{STATEMENTS}",
    f"/reports?{STATEMENTS}&all_versions=true", f"/repayments?{STATEMENTS}", f"/debts?{STATEMENTS}",
    f"/collateral?{STATEMENTS}", f"/earnings?{STATEMENTS}", "/rates", "/ledger/books/{book}/entries", "/ledger/seal-keys",
    "/reference-data/fee-items", "/reference-data/corridor-rules", "/reference-data/corridors", "/reference-data/stages",
    "/legal-rules",
)  # fmt: skip
"""What comes in pages."""

THINGS = (
    "/legal-rules/mm_th_300k", "/legal-rules/mm_th_300k/history",
    "/organisations/AG-1", "/organisations/AG-1/licence", "/demand-letters/DL-1", "/journeys/{journey}",
    "/comparisons/J-1", "/comparisons/J-1/explanation?purpose=casework", "/ledger/trial-balance",
    "/ledger/books/{book}/balances", "/ledger/books/{book}/entries/{entry}", "/ledger/head",
)  # fmt: skip
"""What comes whole."""

EVERYTHING = (*LISTS, *THINGS, "/comparisons")


def address(told: ToldWorld, path: str, role: str) -> str:
    """Return a path with the names that a reader of ``role`` has for what is in it."""
    return path.format(
        journey=told.called("AG-1")["J-1"] if role == Role.AGENCY_OFFICER else "J-1",
        declaration=told.declarations["AG-1"],
        book=told.book,
        entry=told.entry,
    )


@dataclass(frozen=True)
class NotYours:
    """An address of a thing that is there and not the reader's, and one of the same kind of what is not there."""

    role: Role
    home: str
    other: str
    absent: str


def not_yours(told: ToldWorld) -> list[NotYours]:
    """Return for each role what it might try."""
    agency, employer, partner = (
        (Role.AGENCY_OFFICER, "AG-1"),
        (Role.EMPLOYER_OFFICER, "EM-1"),
        (Role.PARTNER_REVIEWER, "PT-1"),
    )
    field, desk = (Role.CSO_FIELDWORKER, "CSO-1"), (Role.CSO_SUPERVISOR, "CSO-1")
    of_other = told.called("AG-2")["J-3"]
    statements = [
        f"/{kind}?purpose=casework&journey=" for kind in ("reports", "repayments", "debts", "collateral", "earnings")
    ]
    tries = [
        *((who, "/organisations/", other, "") for who in (agency, employer, partner) for other in ("CSO-1", "OP-1")),
        (agency, "/organisations/", "AG-2", "/licence"),
        (employer, "/organisations/", "AG-1", "/licence"),
        *((who, "/demand-letters/", "DL-3", "") for who in (agency, employer)),
        (agency, "/fee-declarations/", told.declarations["AG-2"], ""),
        *(
            (who, "/journeys/", other, below)
            for who in (agency, employer)
            for other in ("J-1", "J-3", of_other)
            for below in ("", "/stages")
        ),
        *((field, "/journeys/", other, below) for other in ("J-2", "J-4") for below in ("", "/stages")),
        *((desk, "/journeys/", "J-4", below) for below in ("", "/stages")),
        *((who, start, "J-4", "") for who in (field, desk) for start in (*statements, "/comparisons/")),
        *((who, "/comparisons/", "J-4", "/explanation?purpose=casework") for who in (field, desk)),
        (field, "/comparisons/", "J-2", ""),
    ]
    return [
        NotYours(role, home, f"{start}{other}{end}", f"{start}{'X' * len(other)}{end}")
        for (role, home), start, other, end in tries
    ]
