"""Make relief: creditors, cases, the debt register, entitlements, agreements, and what workers confirm.

A case moves by the listed moves alone, and to ``confirmed`` only by what its worker said freely: all of it, and nobody
asked for part.

Revision: 0024_relief, after 0023_fund
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database import guards
from recruitment.database.row_security import protect, unprotect
from recruitment.database.types import UtcInstant

revision = "0024_relief"
down_revision = "0023_fund"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "relief_creditors",
    "relief_announcements",
    "relief_case_events",
    "relief_debts",
    "relief_debt_lines",
    "relief_cohort_rates",
    "relief_entitlements",
    "relief_entitlement_amounts",
    "relief_confirmations",
    "relief_agreements",
    "relief_instalments",
    "relief_instalment_endings",
    "relief_signatures",
    "relief_outside_payments",
    "relief_departures",
    "relief_recoveries",
    "relief_recovery_notices",
    "relief_noticed_recoveries",
    "relief_recovered",
)
_CSO = "supervisor fieldworker"
_PEOPLE = {_CSO: "jobseeker_id IN (SELECT id FROM jobseekers)"}
_OF_CASE = {_CSO: "case_id IN (SELECT id FROM relief_cases)"}
_OF_DEBT = {_CSO: "debt_id IN (SELECT id FROM relief_debts)"}
_OF_AGREEMENT = {_CSO: "agreement_id IN (SELECT id FROM relief_agreements)"}

# By table: who reads which rows, and who writes which.
TABLES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "relief_creditors": ({}, {}),
    "relief_announcements": ({}, {}),
    "relief_cases": (_PEOPLE, _PEOPLE),
    "relief_case_events": (_OF_CASE, _OF_CASE),
    "relief_departures": (_OF_CASE, {}),
    "relief_debts": (_OF_CASE, {}),
    "relief_debt_lines": (_OF_DEBT, {}),
    "relief_cohort_rates": ({}, {}),
    "relief_entitlements": (_OF_CASE, {}),
    "relief_entitlement_amounts": ({_CSO: "entitlement_id IN (SELECT id FROM relief_entitlements)"}, {}),
    "relief_agreements": (_OF_CASE, {}),
    "relief_instalments": (_OF_AGREEMENT, {}),
    "relief_instalment_endings": ({_CSO: "instalment_id IN (SELECT id FROM relief_instalments)"}, {}),
    "relief_signatures": (_OF_AGREEMENT, {}),
    "relief_outside_payments": (_OF_AGREEMENT, {}),
    "relief_confirmations": (_OF_CASE, _OF_CASE),
    "relief_recoveries": ({}, {}),
    "relief_recovery_notices": ({}, {}),
    "relief_noticed_recoveries": ({}, {}),
    "relief_recovered": ({}, {}),
}

# What never changes of a row whose standing does.
FROZEN: dict[str, tuple[str, ...]] = {
    "relief_cases": ("id", "reference", "operator_id", "jobseeker_id", "journey_id", "book_id", "crew", "nominated_by", "recorded_at"),
}  # fmt: skip
# The standing of a thing is where its last event led. PostgreSQL is told so after both tables are there.
LAST_EVENTS = (
    (
        "fk_relief_cases_last_event",
        "relief_cases",
        ["id", "number", "state"],
        "relief_case_events",
        ["case_id", "number", "to_state"],
    ),
)
_MADE = (
    "relief_creditors",
    "relief_announcements",
    "relief_cases",
    "relief_departures",
    "relief_debts",
    "relief_debt_lines",
    "relief_cohort_rates",
    "relief_entitlements",
    "relief_entitlement_amounts",
    "relief_agreements",
    "relief_instalments",
    "relief_instalment_endings",
    "relief_signatures",
    "relief_outside_payments",
    "relief_confirmations",
    "relief_case_events",
    "relief_recoveries",
    "relief_recovery_notices",
    "relief_noticed_recoveries",
    "relief_recovered",
)


def upgrade() -> None:
    """Make the tables, guard and protect them."""
    is_postgres = op.get_bind().dialect.name == "postgresql"
    _make_creditors()
    _make_cases()
    _make_debts()
    _make_entitlements()
    _make_agreements()
    _make_deliveries()
    _make_confirmations()
    _make_case_events()
    _make_recoveries()
    if is_postgres:
        for name, table, columns, other, keys in LAST_EVENTS:
            op.create_foreign_key(name, table, other, columns, keys, deferrable=True, initially="DEFERRED")
    dialect = op.get_bind().dialect.name
    for statement in guards.install(dialect, APPEND_ONLY):
        op.execute(statement)
    for table, columns in FROZEN.items():
        for statement in guards.freeze(dialect, table, columns):
            op.execute(statement)
    if is_postgres:
        for table, (read, write) in TABLES.items():
            for statement in protect(table, read=read, write=write):
                op.execute(statement)


def _make_creditors() -> None:
    op.create_table(
        "relief_creditors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("vessel", sa.String(length=80), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('sub_agent', 'agency', 'employer', 'vessel_owner', 'lender', 'family', 'other')",
            name=op.f("ck_relief_creditors_kind_known"),
        ),
        sa.ForeignKeyConstraint(["operator_id"], ["organisations.id"], name=op.f("fk_relief_creditors_operator_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_relief_creditors_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relief_creditors")),
        sa.UniqueConstraint("id", "operator_id", name=op.f("uq_relief_creditors_id_operator_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_relief_creditors_reference")),
    )

    op.create_table(
        "relief_announcements",
        sa.Column("creditor_id", sa.Uuid(), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["creditor_id"], ["relief_creditors.id"], name=op.f("fk_relief_announcements_creditor_id")
        ),
        sa.PrimaryKeyConstraint("creditor_id", name=op.f("pk_relief_announcements")),
    )


def _make_cases() -> None:
    op.create_table(
        "relief_cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("jobseeker_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("crew", sa.String(length=80), nullable=True),
        sa.Column("nominated_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["id", "number", "state"],
            ["relief_case_events.case_id", "relief_case_events.number", "relief_case_events.to_state"],
            name="fk_relief_cases_last_event",
            initially="DEFERRED",
            deferrable=True,
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(["jobseeker_id"], ["jobseekers.id"], name=op.f("fk_relief_cases_jobseeker_id")),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_relief_cases_journey_id")),
        sa.ForeignKeyConstraint(["operator_id"], ["organisations.id"], name=op.f("fk_relief_cases_operator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relief_cases")),
        sa.UniqueConstraint("book_id", name=op.f("uq_relief_cases_book_id")),
        sa.UniqueConstraint("id", "operator_id", name=op.f("uq_relief_cases_id_operator_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_relief_cases_reference")),
    )

    op.create_index("ix_relief_cases_crew", "relief_cases", ["crew"], unique=False)

    op.create_index(op.f("ix_relief_cases_jobseeker_id"), "relief_cases", ["jobseeker_id"], unique=False)

    op.create_index("ix_relief_cases_operator_state", "relief_cases", ["operator_id", "state"], unique=False)

    op.create_index(
        "uq_relief_cases_one_running",
        "relief_cases",
        ["journey_id"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('closed', 'withdrawn')"),
        postgresql_where=sa.text("state NOT IN ('closed', 'withdrawn')"),
    )

    op.create_table(
        "relief_departures",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["relief_cases.id"], name=op.f("fk_relief_departures_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_relief_departures")),
    )


def _make_debts() -> None:
    op.create_table(
        "relief_debts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("creditor_id", sa.Uuid(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("debt_reference", sa.String(length=80), nullable=True),
        sa.Column("principal_minor", sa.BigInteger(), nullable=False),
        sa.Column("linked_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("interest_percent", sa.String(length=10), nullable=True),
        sa.Column("security", sa.String(length=40), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("corrects_id IS NULL OR corrects_id <> id", name=op.f("ck_relief_debts_corrects_another")),
        sa.CheckConstraint(
            "linked_minor >= 0 AND linked_minor <= principal_minor", name=op.f("ck_relief_debts_linked_within")
        ),
        sa.CheckConstraint("principal_minor > 0", name=op.f("ck_relief_debts_principal_positive")),
        sa.ForeignKeyConstraint(
            ["case_id", "operator_id"],
            ["relief_cases.id", "relief_cases.operator_id"],
            name=op.f("fk_relief_debts_case_id_operator_id"),
        ),
        sa.ForeignKeyConstraint(["corrects_id"], ["relief_debts.id"], name=op.f("fk_relief_debts_corrects_id")),
        sa.ForeignKeyConstraint(
            ["creditor_id", "operator_id"],
            ["relief_creditors.id", "relief_creditors.operator_id"],
            name=op.f("fk_relief_debts_creditor_id_operator_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relief_debts")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_relief_debts_corrects_id")),
        sa.UniqueConstraint("id", "currency", name=op.f("uq_relief_debts_id_currency")),
        sa.UniqueConstraint("reference", name=op.f("uq_relief_debts_reference")),
    )

    op.create_index(op.f("ix_relief_debts_case_id"), "relief_debts", ["case_id"], unique=False)

    op.create_index(op.f("ix_relief_debts_creditor_id"), "relief_debts", ["creditor_id"], unique=False)

    op.create_table(
        "relief_debt_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debt_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('addition', 'repayment', 'deduction', 'interest', 'cancelled', 'taken_over')",
            name=op.f("ck_relief_debt_lines_kind_known"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_relief_debt_lines_amount_positive")),
        sa.ForeignKeyConstraint(
            ["debt_id", "currency"],
            ["relief_debts.id", "relief_debts.currency"],
            name=op.f("fk_relief_debt_lines_debt_id_currency"),
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["relief_debt_lines.id"], name=op.f("fk_relief_debt_lines_reverses_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relief_debt_lines")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_relief_debt_lines_reverses_id")),
    )

    op.create_index(op.f("ix_relief_debt_lines_debt_id"), "relief_debt_lines", ["debt_id"], unique=False)


def _make_entitlements() -> None:
    op.create_table(
        "relief_cohort_rates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("corridor", sa.String(length=40), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("half_year", sa.String(length=7), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate_minor", sa.BigInteger(), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("document_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("computed_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["organisations.id"], name=op.f("fk_relief_cohort_rates_agency_id")),
        sa.ForeignKeyConstraint(["operator_id"], ["organisations.id"], name=op.f("fk_relief_cohort_rates_operator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relief_cohort_rates")),
        sa.UniqueConstraint("reference", name=op.f("uq_relief_cohort_rates_reference")),
    )

    op.create_table(
        "relief_entitlements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("cohort_rate_id", sa.Uuid(), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("document_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "method IN ('own', 'cohort', 'larger', 'independent_none', 'nothing_known')",
            name=op.f("ck_relief_entitlements_method_known"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["relief_cases.id"], name=op.f("fk_relief_entitlements_case_id")),
        sa.ForeignKeyConstraint(
            ["cohort_rate_id"], ["relief_cohort_rates.id"], name=op.f("fk_relief_entitlements_cohort_rate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relief_entitlements")),
        sa.UniqueConstraint("case_id", "version", name=op.f("uq_relief_entitlements_case_id_version")),
        sa.UniqueConstraint("reference", name=op.f("uq_relief_entitlements_reference")),
    )

    op.create_table(
        "relief_entitlement_amounts",
        sa.Column("entitlement_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("owed_minor", sa.BigInteger(), nullable=False),
        sa.Column("repaid_minor", sa.BigInteger(), nullable=False),
        sa.Column("due_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("due_minor <= owed_minor", name=op.f("ck_relief_entitlement_amounts_due_within")),
        sa.CheckConstraint(
            "owed_minor >= 0 AND repaid_minor >= 0 AND due_minor >= 0",
            name=op.f("ck_relief_entitlement_amounts_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["entitlement_id"], ["relief_entitlements.id"], name=op.f("fk_relief_entitlement_amounts_entitlement_id")
        ),
        sa.PrimaryKeyConstraint("entitlement_id", "currency", name=op.f("pk_relief_entitlement_amounts")),
    )


def _make_agreements() -> None:
    op.create_table(
        "relief_agreements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.String(length=40), nullable=False),
        sa.Column("payer", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("creditor_id", sa.Uuid(), nullable=True),
        sa.Column("debt_id", sa.Uuid(), nullable=True),
        sa.Column("entitlement_id", sa.Uuid(), nullable=True),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("matched_percent", sa.Integer(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("agreed_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "instrument <> 'cancellation' OR (payer = 'creditor' AND debt_id IS NOT NULL)",
            name=op.f("ck_relief_agreements_of_debt"),
        ),
        sa.CheckConstraint(
            "instrument IN ('cancellation', 'take_over', 'reimbursement', 'advance', 'co_financing', 'unconditional_cash')",
            name=op.f("ck_relief_agreements_instrument_known"),
        ),
        sa.CheckConstraint(
            "instrument NOT IN ('advance', 'co_financing', 'unconditional_cash') OR payer = 'fund'",
            name=op.f("ck_relief_agreements_by_fund"),
        ),
        sa.CheckConstraint(
            "payer IN ('creditor', 'employer', 'agency', 'fund')", name=op.f("ck_relief_agreements_payer_known")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_relief_agreements_amount_positive")),
        sa.CheckConstraint(
            "supersedes_id IS NULL OR supersedes_id <> id", name=op.f("ck_relief_agreements_supersedes_another")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["relief_cases.id"], name=op.f("fk_relief_agreements_case_id")),
        sa.ForeignKeyConstraint(
            ["creditor_id"], ["relief_creditors.id"], name=op.f("fk_relief_agreements_creditor_id")
        ),
        sa.ForeignKeyConstraint(["debt_id"], ["relief_debts.id"], name=op.f("fk_relief_agreements_debt_id")),
        sa.ForeignKeyConstraint(
            ["entitlement_id"], ["relief_entitlements.id"], name=op.f("fk_relief_agreements_entitlement_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_relief_agreements_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["relief_agreements.id"], name=op.f("fk_relief_agreements_supersedes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relief_agreements")),
        sa.UniqueConstraint("reference", name=op.f("uq_relief_agreements_reference")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_relief_agreements_supersedes_id")),
    )

    op.create_index(op.f("ix_relief_agreements_case_id"), "relief_agreements", ["case_id"], unique=False)

    op.create_index(op.f("ix_relief_agreements_creditor_id"), "relief_agreements", ["creditor_id"], unique=False)

    op.create_table(
        "relief_instalments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_relief_instalments_amount_positive")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["relief_agreements.id"], name=op.f("fk_relief_instalments_agreement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relief_instalments")),
        sa.UniqueConstraint("agreement_id", "number", name=op.f("uq_relief_instalments_agreement_id_number")),
    )

    op.create_table(
        "relief_instalment_endings",
        sa.Column("instalment_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('withdrawn', 'superseded', 'all_at_once', 'incentive_stopped')",
            name=op.f("ck_relief_instalment_endings_reason_known"),
        ),
        sa.ForeignKeyConstraint(
            ["instalment_id"], ["relief_instalments.id"], name=op.f("fk_relief_instalment_endings_instalment_id")
        ),
        sa.PrimaryKeyConstraint("instalment_id", name=op.f("pk_relief_instalment_endings")),
    )


def _make_deliveries() -> None:
    op.create_table(
        "relief_signatures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("signer_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("worker_copy_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["relief_agreements.id"], name=op.f("fk_relief_signatures_agreement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relief_signatures")),
        sa.UniqueConstraint("agreement_id", name=op.f("uq_relief_signatures_agreement_id")),
    )

    op.create_table(
        "relief_outside_payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_relief_outside_payments_amount_positive")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["relief_agreements.id"], name=op.f("fk_relief_outside_payments_agreement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relief_outside_payments")),
        sa.UniqueConstraint("reference", name=op.f("uq_relief_outside_payments_reference")),
    )

    op.create_index(
        "ix_relief_outside_payments_agreement_id", "relief_outside_payments", ["agreement_id"], unique=False
    )


def _make_confirmations() -> None:
    op.create_table(
        "relief_confirmations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("outside_payment_id", sa.Uuid(), nullable=True),
        sa.Column("signature_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("received_minor", sa.BigInteger(), nullable=False),
        sa.Column("asked_for_part", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=30), nullable=False),
        sa.Column("witnessed", sa.Boolean(), nullable=False),
        sa.Column("is_independent", sa.Boolean(), nullable=False),
        sa.Column("is_full", sa.Boolean(), nullable=False),
        sa.Column("stated_on", sa.Date(), nullable=False),
        sa.Column("heard_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "NOT (is_independent AND (witnessed OR channel IN ('agency_form', 'employer_form', 'management_interview')))",
            name=op.f("ck_relief_confirmations_free_by_channel"),
        ),
        sa.CheckConstraint(
            "NOT is_full OR (is_independent AND answer = 'all' AND asked_for_part = 'no')",
            name=op.f("ck_relief_confirmations_full"),
        ),
        sa.CheckConstraint("answer IN ('all', 'less', 'nothing')", name=op.f("ck_relief_confirmations_answer_known")),
        sa.CheckConstraint(
            "asked_for_part IN ('no', 'yes', 'not_said')", name=op.f("ck_relief_confirmations_asked_known")
        ),
        sa.CheckConstraint(
            "(CASE WHEN payment_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN outside_payment_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN signature_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_relief_confirmations_of_one_thing"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["relief_cases.id"], name=op.f("fk_relief_confirmations_case_id")),
        sa.ForeignKeyConstraint(["heard_by"], ["organisations.id"], name=op.f("fk_relief_confirmations_heard_by")),
        sa.ForeignKeyConstraint(
            ["outside_payment_id"],
            ["relief_outside_payments.id"],
            name=op.f("fk_relief_confirmations_outside_payment_id"),
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_relief_confirmations_payment_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["relief_signatures.id"], name=op.f("fk_relief_confirmations_signature_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relief_confirmations")),
        sa.UniqueConstraint("case_id", "id", "is_full", name=op.f("uq_relief_confirmations_case_id_id_is_full")),
        sa.UniqueConstraint("reference", name=op.f("uq_relief_confirmations_reference")),
    )

    op.create_index("ix_relief_confirmations_case_id", "relief_confirmations", ["case_id"], unique=False)

    op.create_index("ix_relief_confirmations_payment_id", "relief_confirmations", ["payment_id"], unique=False)


def _make_case_events() -> None:
    op.create_table(
        "relief_case_events",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("previous_number", sa.Integer(), nullable=True),
        sa.Column("event", sa.String(length=40), nullable=True),
        sa.Column("from_state", sa.String(length=40), nullable=True),
        sa.Column("to_state", sa.String(length=40), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("confirmation_id", sa.Uuid(), nullable=True),
        sa.Column("is_full", sa.Boolean(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "(number = 1 AND from_state IS NULL AND previous_number IS NULL AND to_state = 'nominated') OR (number > 1 AND previous_number IS NOT NULL AND from_state IS NOT NULL AND previous_number = number - 1 AND ((from_state = 'agreed' AND to_state IN ('disputed', 'funded', 'reopened', 'withdrawn')) OR (from_state = 'closed' AND to_state IN ('reopened')) OR (from_state = 'confirmed' AND to_state IN ('monitored', 'reopened')) OR (from_state = 'disputed' AND to_state IN ('verified', 'withdrawn')) OR (from_state = 'funded' AND to_state IN ('agreed', 'confirmed', 'reopened')) OR (from_state = 'monitored' AND to_state IN ('closed', 'reopened')) OR (from_state = 'nominated' AND to_state IN ('disputed', 'verified', 'withdrawn')) OR (from_state = 'reopened' AND to_state IN ('agreed', 'verified', 'withdrawn')) OR (from_state = 'verified' AND to_state IN ('agreed', 'disputed', 'withdrawn')) OR (from_state = 'withdrawn' AND to_state IN ('reopened'))))",
            name=op.f("ck_relief_case_events_on_the_way"),
        ),
        sa.CheckConstraint(
            "(to_state = 'confirmed') = (confirmation_id IS NOT NULL) AND (confirmation_id IS NULL) = (is_full IS NULL) AND (is_full IS NULL OR is_full)",
            name=op.f("ck_relief_case_events_confirmed_by_the_worker"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "confirmation_id", "is_full"],
            ["relief_confirmations.case_id", "relief_confirmations.id", "relief_confirmations.is_full"],
            name="fk_relief_case_events_confirmation",
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "previous_number", "from_state"],
            ["relief_case_events.case_id", "relief_case_events.number", "relief_case_events.to_state"],
            name="fk_relief_case_events_previous",
        ),
        sa.ForeignKeyConstraint(["case_id"], ["relief_cases.id"], name=op.f("fk_relief_case_events_case_id")),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_relief_case_events")),
        sa.UniqueConstraint(
            "case_id", "number", "to_state", name=op.f("uq_relief_case_events_case_id_number_to_state")
        ),
    )


def _make_recoveries() -> None:
    op.create_table(
        "relief_recoveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("liable", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("claimed_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("liable IN ('employer', 'agency')", name=op.f("ck_relief_recoveries_liable_known")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_relief_recoveries_amount_positive")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["relief_agreements.id"], name=op.f("fk_relief_recoveries_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_relief_recoveries_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relief_recoveries")),
        sa.UniqueConstraint("agreement_id", name=op.f("uq_relief_recoveries_agreement_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_relief_recoveries_reference")),
    )

    op.create_index("ix_relief_recoveries_organisation_id", "relief_recoveries", ["organisation_id"], unique=False)

    op.create_table(
        "relief_recovery_notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("people >= 5", name=op.f("ck_relief_recovery_notices_enough_people")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["organisations.id"], name=op.f("fk_relief_recovery_notices_operator_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_relief_recovery_notices_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relief_recovery_notices")),
        sa.UniqueConstraint("reference", name=op.f("uq_relief_recovery_notices_reference")),
    )

    op.create_table(
        "relief_noticed_recoveries",
        sa.Column("recovery_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["relief_recovery_notices.id"], name=op.f("fk_relief_noticed_recoveries_notice_id")
        ),
        sa.ForeignKeyConstraint(
            ["recovery_id"], ["relief_recoveries.id"], name=op.f("fk_relief_noticed_recoveries_recovery_id")
        ),
        sa.PrimaryKeyConstraint("recovery_id", name=op.f("pk_relief_noticed_recoveries")),
    )

    op.create_index(
        op.f("ix_relief_noticed_recoveries_notice_id"), "relief_noticed_recoveries", ["notice_id"], unique=False
    )

    op.create_table(
        "relief_recovered",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_relief_recovered_amount_positive")),
        sa.ForeignKeyConstraint(["operator_id"], ["organisations.id"], name=op.f("fk_relief_recovered_operator_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_relief_recovered_organisation_id")
        ),
        sa.ForeignKeyConstraint(["receipt_id"], ["fund_receipts.id"], name=op.f("fk_relief_recovered_receipt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relief_recovered")),
        sa.UniqueConstraint("receipt_id", name=op.f("uq_relief_recovered_receipt_id")),
    )

    op.create_index(op.f("ix_relief_recovered_organisation_id"), "relief_recovered", ["organisation_id"], unique=False)


def downgrade() -> None:
    """Take it away again."""
    if op.get_bind().dialect.name == "postgresql":
        for table in reversed(TABLES):
            for statement in unprotect(table):
                op.execute(statement)
        for name, table, *_ in LAST_EVENTS:
            op.drop_constraint(name, table, type_="foreignkey")
    for table in reversed(_MADE):
        op.drop_table(table)
