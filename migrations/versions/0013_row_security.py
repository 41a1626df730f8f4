"""Put row-level security below the scopes, on PostgreSQL.

What each audience sees and writes is the same as in the queries of the rooms (``guard``). Sub-queries see what the
audience sees of their tables.

Revision: 0013_row_security, after 0012_name_lists
"""

# ruff: noqa: S608 - policies are made of our own names
from alembic import op

from recruitment.database.row_security import ORGANISATION, PERSON, protect, unprotect

revision = "0013_row_security"
down_revision = "0012_name_lists"
branch_labels = None
depends_on = None

CSO = "supervisor fieldworker"
OUTSIDE = "agency employer"
ANYBODY = "supervisor fieldworker agency employer partner staff nobody"
SIGNED_IN = "supervisor fieldworker agency employer partner staff"

_CASELOAD = {CSO: "journey_id IN (SELECT id FROM journeys)"}
_HEARD = ({**_CASELOAD}, {CSO: f"sender_id = {ORGANISATION} AND journey_id IN (SELECT id FROM journeys)"})
# Operators are in no organisation; the fund's staff are in one, and manage nobody.
_OPERATOR = f"{ORGANISATION} IS NULL"
_PEOPLE = {"supervisor": "person_id IN (SELECT id FROM people)", "staff": _OPERATOR}
_SENT = ({OUTSIDE: f"sender_id = {ORGANISATION}"}, {OUTSIDE: f"sender_id = {ORGANISATION}"})
_REFERRED = "SELECT journey_id FROM journey_references"
_OFFICES = "SELECT id FROM organisations WHERE kind = 'public_office'"
_OWN_CASE = f"cso_id = {ORGANISATION} AND assigned_to = {PERSON}"
_SAME = "SELECT listed_journey_id FROM journey_matches WHERE decision = 'same'"
_JOINED = f"id IN ({_SAME} AND cso_id = {ORGANISATION})"
_JOINED_TWICE = f"id IN ({_SAME} AND journey_id IN ({_SAME} AND cso_id = {ORGANISATION}))"
_PUBLIC = "kind IN ('agency', 'employer', 'public_office')"
_OWN_IMPORT = f"sender_id = {ORGANISATION} OR imported_by = {PERSON}"

# By table: who reads which rows, and who writes which.
TABLES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "organisations": (
        {
            f"{CSO} staff": "true",
            f"{OUTSIDE} partner": f"id = {ORGANISATION} OR ({ORGANISATION} IS NOT NULL AND {_PUBLIC})",
        },
        {"staff": "true"},
    ),
    "agency_licences": ({f"{CSO} staff": "true", "agency": f"agency_id = {ORGANISATION}"}, {"staff": "true"}),
    "supply_chains": ({"staff": "true", "partner": f"partner_id = {ORGANISATION}"}, {"staff": "true"}),
    "demand_letters": (
        {f"{CSO} staff": "true", "agency": f"agency_id = {ORGANISATION}", "employer": f"employer_id = {ORGANISATION}"},
        {"staff": "true", "employer": f"employer_id = {ORGANISATION}"},
    ),
    "jobseekers": (
        {"supervisor": f"cso_id = {ORGANISATION}", "fieldworker": _OWN_CASE},
        {
            "supervisor": f"cso_id = {ORGANISATION}",
            "fieldworker": _OWN_CASE,
            OUTSIDE: "cso_id IS NULL AND assigned_to IS NULL",
        },
    ),
    "consents": (
        {CSO: "jobseeker_id IN (SELECT id FROM jobseekers)"},
        {CSO: "jobseeker_id IN (SELECT id FROM jobseekers)"},
    ),
    "erasures": (
        {"supervisor": "jobseeker_id IN (SELECT id FROM jobseekers)"},
        {"supervisor": "jobseeker_id IN (SELECT id FROM jobseekers)"},
    ),
    "possible_twins": (
        {"supervisor": "first_id IN (SELECT id FROM jobseekers) AND second_id IN (SELECT id FROM jobseekers)"},
        {},
    ),
    "journeys": (
        # A policy cannot ask its own table, so a listed journey that is joined is found by the CSO of the other.
        {
            CSO: f"jobseeker_id IN (SELECT id FROM jobseekers) OR {_JOINED} OR {_JOINED_TWICE}",
            OUTSIDE: f"id IN ({_REFERRED})",
        },
        {
            CSO: "jobseeker_id IN (SELECT id FROM jobseekers)",
            "agency": f"agency_id = {ORGANISATION}",
            "employer": "demand_letter_id IN (SELECT id FROM demand_letters)",
        },
    ),
    "journey_references": (
        {OUTSIDE: f"organisation_id = {ORGANISATION}"},
        {OUTSIDE: f"organisation_id = {ORGANISATION}"},
    ),
    # Two lists that are joined to each other tell of no CSO.
    "journey_matches": (
        {CSO: f"cso_id = {ORGANISATION} OR cso_id IS NULL"},
        {"supervisor": f"cso_id = {ORGANISATION}"},
    ),
    "journey_stages": (
        {
            **_CASELOAD,
            OUTSIDE: f"journey_id IN ({_REFERRED}) AND (recorded_by_id = {ORGANISATION} OR recorded_by_id IN ({_OFFICES}))",
        },
        {f"{CSO} {OUTSIDE}": f"recorded_by_id = {ORGANISATION} AND journey_id IN (SELECT id FROM journeys)"},
    ),
    "name_lists": _SENT,
    "name_list_lines": _SENT,
    "commitments": (
        {
            CSO: "demand_letter_id IN (SELECT demand_letter_id FROM journeys)",
            "staff": "true",
            "employer": "demand_letter_id IN (SELECT id FROM demand_letters)",
        },
        {"employer": "demand_letter_id IN (SELECT id FROM demand_letters)"},
    ),
    "fee_declarations": (
        {CSO: "true", "agency": f"agency_id = {ORGANISATION}"},
        {"agency": f"agency_id = {ORGANISATION}"},
    ),
    "declaration_lines": (
        {**_CASELOAD, "agency": "declaration_id IN (SELECT id FROM fee_declarations)"},
        {"agency": "declaration_id IN (SELECT id FROM fee_declarations) AND journey_id IN (SELECT id FROM journeys)"},
    ),
    "reported_payments": _HEARD,
    "repayments": _HEARD,
    "debts": _HEARD,
    "collateral": _HEARD,
    "fact_versions": (_CASELOAD, {f"{CSO} {OUTSIDE} staff": "true"}),
    "comparisons": (_CASELOAD, {}),
    "findings": (_CASELOAD, {}),
    "imports": (
        {f"{CSO} {OUTSIDE} staff": _OWN_IMPORT},
        {f"{CSO} {OUTSIDE} staff": f"imported_by = {PERSON} AND (sender_id IS NULL OR sender_id = {ORGANISATION})"},
    ),
    "people": (
        {"supervisor": f"organisation_id = {ORGANISATION}", "staff": _OPERATOR},
        {"supervisor": f"organisation_id = {ORGANISATION}", "staff": _OPERATOR},
    ),
    "invitations": (_PEOPLE, _PEOPLE),
    "recoveries": (_PEOPLE, _PEOPLE),
    "sessions": (_PEOPLE, {}),
    "api_tokens": (_PEOPLE, {}),
    "throttles": ({}, {}),
    "audit_events": ({"supervisor": f"organisation_id = {ORGANISATION}"}, {ANYBODY: "true"}),
    "audit_seals": ({}, {}),
    "audit_seal_leaves": ({}, {}),
    "outbox": ({}, {ANYBODY: "true"}),
    "idempotency_keys": ({SIGNED_IN: f"actor_id = {PERSON}"}, {SIGNED_IN: f"actor_id = {PERSON}"}),
}


def upgrade() -> None:
    """Protect every table that tells of somebody. SQLite has no such thing: there the scopes stand alone."""
    if op.get_bind().dialect.name == "postgresql":
        for table, (read, write) in TABLES.items():
            for statement in protect(table, read=read, write=write):
                op.execute(statement)


def downgrade() -> None:
    """Take the protection off again."""
    if op.get_bind().dialect.name == "postgresql":
        for table in reversed(TABLES):
            for statement in unprotect(table):
                op.execute(statement)
