"""Make the Debt Relief Fund: pots, payees, plans, payments, and the answers of banks.

What the fund must never do stands in the constraints: a due has one living payment at most; who prepared, approved and
released a plan are different people, bound to one digest; a payment is sent only under what was released; and
plans and payments move by the listed moves alone.

Revision: 0023_fund, after 0022_holds
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database import guards
from recruitment.database.row_security import ORGANISATION, protect, unprotect
from recruitment.database.types import UtcInstant

revision = "0023_fund"
down_revision = "0022_holds"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "fund_pots",
    "fund_receipts",
    "fund_receipt_parts",
    "fund_receipt_reversals",
    "fund_payees",
    "fund_payee_call_backs",
    "fund_dues",
    "fund_due_endings",
    "payment_plan_locks",
    "payment_plan_approvals",
    "payment_plan_releases",
    "payment_plan_events",
    "payment_events",
    "cash_handovers",
    "bank_answers",
    "bank_answer_lines",
    "suspense_endings",
)
_FUND = "staff"
_CSO = "supervisor fieldworker"
_OWN = f"operator_id = {ORGANISATION}"
_OF_POT = {_FUND: "pot_id IN (SELECT id FROM fund_pots)"}
_OF_RECEIPT = {_FUND: "receipt_id IN (SELECT id FROM fund_receipts)"}
_OF_PLAN = {_FUND: "plan_id IN (SELECT id FROM payment_plans)"}
_PEOPLE = "jobseeker_id IN (SELECT id FROM jobseekers)"
_OF_PAYMENT = {f"{_FUND} {_CSO}": "payment_id IN (SELECT id FROM payments)"}
_PAID = {_FUND: "party_id IN (SELECT party_id FROM fund_dues)", _CSO: _PEOPLE}

# By table: who reads which rows, and who writes which.
TABLES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "fund_pots": ({_FUND: _OWN}, {_FUND: _OWN}),
    "fund_receipts": ({_FUND: _OWN}, {_FUND: _OWN}),
    "fund_receipt_parts": (_OF_RECEIPT, _OF_RECEIPT),
    "fund_receipt_reversals": (_OF_RECEIPT, _OF_RECEIPT),
    "fund_dues": ({_FUND: _OWN, _CSO: _PEOPLE}, {}),
    "fund_due_endings": ({f"{_FUND} {_CSO}": "due_id IN (SELECT id FROM fund_dues)"}, {}),
    "fund_payees": (_PAID, {_CSO: _PEOPLE}),
    "fund_payee_call_backs": (
        {f"{_FUND} {_CSO}": "payee_id IN (SELECT id FROM fund_payees)"},
        {_CSO: "payee_id IN (SELECT id FROM fund_payees)"},
    ),
    "payment_plans": ({_FUND: _OWN}, {_FUND: _OWN}),
    "payment_plan_items": (_OF_PLAN, _OF_PLAN),
    "payment_plan_locks": (_OF_PLAN, _OF_PLAN),
    "payment_plan_files": (_OF_PLAN, _OF_PLAN),
    "payment_plan_approvals": (_OF_PLAN, _OF_PLAN),
    "payment_plan_releases": (_OF_PLAN, _OF_PLAN),
    "payment_plan_events": (_OF_PLAN, _OF_PLAN),
    "payments": (
        {_FUND: _OWN, _CSO: "due_id IN (SELECT id FROM fund_dues)"},
        {_FUND: _OWN, _CSO: "due_id IN (SELECT id FROM fund_dues)"},
    ),
    "payment_events": (_OF_PAYMENT, _OF_PAYMENT),
    "cash_handovers": (_OF_PAYMENT, {_FUND: "payment_id IN (SELECT id FROM payments)"}),
    "bank_answers": ({_FUND: _OWN}, {_FUND: _OWN}),
    "bank_answer_lines": ({_FUND: _OWN}, {_FUND: _OWN}),
    "suspense_endings": (
        {_FUND: "line_id IN (SELECT id FROM bank_answer_lines)"},
        {_FUND: "line_id IN (SELECT id FROM bank_answer_lines)"},
    ),
}

# What never changes of a row whose standing does.
FROZEN: dict[str, tuple[str, ...]] = {
    "payments": ("id", "reference", "operator_id", "plan_id", "lock_hash", "due_id", "party_id", "payee_id", "method", "currency", "amount_minor", "recorded_at"),
    "payment_plans": ("id", "reference", "operator_id", "pot_id", "currency", "method", "file_format", "follows_id", "prepared_by", "recorded_at"),
}  # fmt: skip
# The standing of a thing is where its last event led. PostgreSQL is told so after both tables are there.
LAST_EVENTS = (
    (
        "fk_payment_plans_last_event",
        "payment_plans",
        ["id", "number", "state"],
        "payment_plan_events",
        ["plan_id", "number", "to_state"],
    ),
    (
        "fk_payments_last_event",
        "payments",
        ["id", "number", "state"],
        "payment_events",
        ["payment_id", "number", "to_state"],
    ),
)
_MADE = (
    "fund_pots",
    "fund_receipts",
    "fund_receipt_parts",
    "fund_receipt_reversals",
    "fund_payees",
    "fund_payee_call_backs",
    "fund_dues",
    "fund_due_endings",
    "payment_plans",
    "payment_plan_items",
    "payment_plan_locks",
    "payment_plan_files",
    "payment_plan_approvals",
    "payment_plan_releases",
    "payment_plan_events",
    "payments",
    "cash_handovers",
    "payment_events",
    "bank_answers",
    "bank_answer_lines",
    "suspense_endings",
)


_ROLES = (
    "'operator', 'cso_fieldworker', 'cso_supervisor', 'agency_officer', 'employer_officer', "
    "'partner_reviewer', 'case_worker', 'fund_preparer', 'fund_approver', 'auditor'"
)
_ROLES_WITH_RELEASER = _ROLES.replace("'fund_approver', ", "'fund_approver', 'fund_releaser', ")


def upgrade() -> None:
    """Make the tables, guard and protect them."""
    is_postgres = op.get_bind().dialect.name == "postgresql"
    _let_roles_be(_ROLES, _ROLES_WITH_RELEASER)
    _make_pots()
    _make_payees()
    _make_dues()
    _make_plans()
    _make_locks()
    _make_releases()
    _make_plan_events()
    _make_payments()
    _make_payment_events()
    _make_answers()
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


def _let_roles_be(before: str, after: str) -> None:
    """Change which roles people may have.

    On SQLite the text of the table alone is changed, as its documentation says for a CHECK (Making Other Kinds Of Table
    Schema Changes): a copy of the table would lose the keys of a dozen others to it.
    """
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_people_role_known"), "people", type_="check")
        op.create_check_constraint(op.f("ck_people_role_known"), "people", f"role IN ({after})")
        return
    version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar()
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'people'", (before, after)
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")


def _make_pots() -> None:
    op.create_table(
        "fund_pots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("institution", sa.String(length=40), nullable=False),
        sa.Column("bank_account", sa.String(length=30), nullable=False),
        sa.Column("earmarked_for", sa.Uuid(), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "earmarked_for IS NULL OR kind = 'debt_relief'", name=op.f("ck_fund_pots_earmarked_for_relief")
        ),
        sa.CheckConstraint(
            "kind IN ('debt_relief', 'victim_support', 'unconditional_cash', 'suspense')",
            name=op.f("ck_fund_pots_kind_known"),
        ),
        sa.ForeignKeyConstraint(["earmarked_for"], ["organisations.id"], name=op.f("fk_fund_pots_earmarked_for")),
        sa.ForeignKeyConstraint(["operator_id"], ["organisations.id"], name=op.f("fk_fund_pots_operator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_pots")),
        sa.UniqueConstraint("id", "operator_id", name=op.f("uq_fund_pots_id_operator_id")),
        sa.UniqueConstraint("operator_id", "name", name=op.f("uq_fund_pots_operator_id_name")),
        sa.UniqueConstraint("reference", name=op.f("uq_fund_pots_reference")),
    )

    op.create_index(
        "uq_fund_pots_one_of_kind",
        "fund_pots",
        ["operator_id", "kind"],
        unique=True,
        sqlite_where=sa.text("kind IN ('victim_support', 'suspense')"),
        postgresql_where=sa.text("kind IN ('victim_support', 'suspense')"),
    )

    op.create_table(
        "fund_receipts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("donor_class", sa.String(length=40), nullable=False),
        sa.Column("contributor_id", sa.Uuid(), nullable=True),
        sa.Column("recovered_from", sa.String(length=40), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("bank_reference", sa.String(length=80), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'recovery') = (recovered_from IS NOT NULL)", name=op.f("ck_fund_receipts_recovered_from_somebody")
        ),
        sa.CheckConstraint("kind IN ('annual', 'one_off', 'recovery')", name=op.f("ck_fund_receipts_kind_known")),
        sa.CheckConstraint(
            "recovered_from IS NULL OR recovered_from IN ('employer', 'agency')",
            name=op.f("ck_fund_receipts_payer_known"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_fund_receipts_amount_positive")),
        sa.ForeignKeyConstraint(["contributor_id"], ["organisations.id"], name=op.f("fk_fund_receipts_contributor_id")),
        sa.ForeignKeyConstraint(["operator_id"], ["organisations.id"], name=op.f("fk_fund_receipts_operator_id")),
        sa.ForeignKeyConstraint(
            ["pot_id", "operator_id"],
            ["fund_pots.id", "fund_pots.operator_id"],
            name=op.f("fk_fund_receipts_pot_id_operator_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_receipts")),
        sa.UniqueConstraint("operator_id", "bank_reference", name=op.f("uq_fund_receipts_operator_id_bank_reference")),
        sa.UniqueConstraint("reference", name=op.f("uq_fund_receipts_reference")),
    )

    op.create_index(op.f("ix_fund_receipts_pot_id"), "fund_receipts", ["pot_id"], unique=False)

    op.create_table(
        "fund_receipt_parts",
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_fund_receipt_parts_amount_positive")),
        sa.ForeignKeyConstraint(["pot_id"], ["fund_pots.id"], name=op.f("fk_fund_receipt_parts_pot_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["fund_receipts.id"], name=op.f("fk_fund_receipt_parts_receipt_id")),
        sa.PrimaryKeyConstraint("receipt_id", "pot_id", name=op.f("pk_fund_receipt_parts")),
    )

    op.create_table(
        "fund_receipt_reversals",
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("reversed_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["fund_receipts.id"], name=op.f("fk_fund_receipt_reversals_receipt_id")
        ),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_fund_receipt_reversals")),
    )


def _make_payees() -> None:
    op.create_table(
        "fund_payees",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("jobseeker_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("institution", sa.String(length=40), nullable=True),
        sa.Column("holder_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("account_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("account_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "(method = 'cash') = (account_sealed IS NULL)", name=op.f("ck_fund_payees_account_unless_cash")
        ),
        sa.CheckConstraint("method IN ('bank', 'mobile_money', 'cash')", name=op.f("ck_fund_payees_method_known")),
        sa.CheckConstraint("(jobseeker_id IS NULL) <> (organisation_id IS NULL)", name=op.f("ck_fund_payees_of_one")),
        sa.CheckConstraint(
            "party_id = coalesce(jobseeker_id, organisation_id)", name=op.f("ck_fund_payees_party_of_both")
        ),
        sa.ForeignKeyConstraint(["jobseeker_id"], ["jobseekers.id"], name=op.f("fk_fund_payees_jobseeker_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_fund_payees_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_payees")),
        sa.UniqueConstraint("id", "party_id", name=op.f("uq_fund_payees_id_party_id")),
        sa.UniqueConstraint("id", "recorded_by", name=op.f("uq_fund_payees_id_recorded_by")),
        sa.UniqueConstraint("party_id", "version", name=op.f("uq_fund_payees_party_id_version")),
        sa.UniqueConstraint("reference", name=op.f("uq_fund_payees_reference")),
    )

    op.create_index(op.f("ix_fund_payees_account_hash"), "fund_payees", ["account_hash"], unique=False)

    op.create_table(
        "fund_payee_call_backs",
        sa.Column("payee_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("called_by", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("outcome IN ('confirmed', 'denied')", name=op.f("ck_fund_payee_call_backs_outcome_known")),
        sa.CheckConstraint("called_by <> recorded_by", name=op.f("ck_fund_payee_call_backs_by_another")),
        sa.ForeignKeyConstraint(
            ["payee_id", "recorded_by"],
            ["fund_payees.id", "fund_payees.recorded_by"],
            name=op.f("fk_fund_payee_call_backs_payee_id_recorded_by"),
        ),
        sa.PrimaryKeyConstraint("payee_id", name=op.f("pk_fund_payee_call_backs")),
    )


def _make_dues() -> None:
    op.create_table(
        "fund_dues",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("jobseeker_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("case_reference", sa.String(length=80), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("earmark", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "organisation_id IS NULL OR purpose = 'co_financing'", name=op.f("ck_fund_dues_workers_are_paid_themselves")
        ),
        sa.CheckConstraint(
            "purpose IN ('reimbursement', 'advance', 'co_financing', 'unconditional_cash')",
            name=op.f("ck_fund_dues_purpose_known"),
        ),
        sa.CheckConstraint("(jobseeker_id IS NULL) <> (organisation_id IS NULL)", name=op.f("ck_fund_dues_of_one")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_fund_dues_amount_positive")),
        sa.CheckConstraint(
            "party_id = coalesce(jobseeker_id, organisation_id)", name=op.f("ck_fund_dues_party_of_both")
        ),
        sa.ForeignKeyConstraint(["earmark"], ["organisations.id"], name=op.f("fk_fund_dues_earmark")),
        sa.ForeignKeyConstraint(["jobseeker_id"], ["jobseekers.id"], name=op.f("fk_fund_dues_jobseeker_id")),
        sa.ForeignKeyConstraint(["operator_id"], ["organisations.id"], name=op.f("fk_fund_dues_operator_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_fund_dues_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_dues")),
        sa.UniqueConstraint(
            "id",
            "operator_id",
            "currency",
            "amount_minor",
            "party_id",
            name=op.f("uq_fund_dues_id_operator_id_currency_amount_minor_party_id"),
        ),
        sa.UniqueConstraint("reference", name=op.f("uq_fund_dues_reference")),
        sa.UniqueConstraint("source_id", name=op.f("uq_fund_dues_source_id")),
    )

    op.create_index(op.f("ix_fund_dues_case_reference"), "fund_dues", ["case_reference"], unique=False)

    op.create_index(op.f("ix_fund_dues_jobseeker_id"), "fund_dues", ["jobseeker_id"], unique=False)

    op.create_index("ix_fund_dues_operator_currency", "fund_dues", ["operator_id", "currency"], unique=False)

    op.create_table(
        "fund_due_endings",
        sa.Column("due_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["due_id"], ["fund_dues.id"], name=op.f("fk_fund_due_endings_due_id")),
        sa.PrimaryKeyConstraint("due_id", name=op.f("pk_fund_due_endings")),
    )


def _make_plans() -> None:
    op.create_table(
        "payment_plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("file_format", sa.String(length=40), nullable=False),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("lock_hash", sa.LargeBinary(length=32), nullable=True),
        sa.CheckConstraint("file_format IN ('csv', 'xlsx', 'pain001')", name=op.f("ck_payment_plans_format_known")),
        sa.CheckConstraint("method IN ('bank', 'mobile_money', 'cash')", name=op.f("ck_payment_plans_method_known")),
        sa.ForeignKeyConstraint(["follows_id"], ["payment_plans.id"], name=op.f("fk_payment_plans_follows_id")),
        sa.ForeignKeyConstraint(
            ["id", "number", "state"],
            ["payment_plan_events.plan_id", "payment_plan_events.number", "payment_plan_events.to_state"],
            name="fk_payment_plans_last_event",
            initially="DEFERRED",
            deferrable=True,
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(["operator_id"], ["organisations.id"], name=op.f("fk_payment_plans_operator_id")),
        sa.ForeignKeyConstraint(
            ["pot_id", "operator_id"],
            ["fund_pots.id", "fund_pots.operator_id"],
            name=op.f("fk_payment_plans_pot_id_operator_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_plans")),
        sa.UniqueConstraint(
            "id", "operator_id", "currency", "method", name=op.f("uq_payment_plans_id_operator_id_currency_method")
        ),
        sa.UniqueConstraint("id", "prepared_by", name=op.f("uq_payment_plans_id_prepared_by")),
        sa.UniqueConstraint("reference", name=op.f("uq_payment_plans_reference")),
    )

    op.create_index("ix_payment_plans_operator_id", "payment_plans", ["operator_id"], unique=False)

    op.create_table(
        "payment_plan_items",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("due_id", sa.Uuid(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["due_id"], ["fund_dues.id"], name=op.f("fk_payment_plan_items_due_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["payment_plans.id"], name=op.f("fk_payment_plan_items_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "due_id", name=op.f("pk_payment_plan_items")),
    )


def _make_locks() -> None:
    op.create_table(
        "payment_plan_locks",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("lock_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("locked_by", sa.Uuid(), nullable=False),
        sa.Column("payments", sa.Integer(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("approvals_needed", sa.SmallInteger(), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=100), nullable=False),
        sa.Column("file_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("executed_on", sa.Date(), nullable=False),
        sa.Column("locked_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("approvals_needed IN (1, 2)", name=op.f("ck_payment_plan_locks_one_or_two_approve")),
        sa.CheckConstraint("payments > 0 AND total_minor > 0", name=op.f("ck_payment_plan_locks_not_empty")),
        sa.ForeignKeyConstraint(
            ["plan_id", "prepared_by"],
            ["payment_plans.id", "payment_plans.prepared_by"],
            name=op.f("fk_payment_plan_locks_plan_id_prepared_by"),
        ),
        sa.PrimaryKeyConstraint("plan_id", "lock_hash", name=op.f("pk_payment_plan_locks")),
        sa.UniqueConstraint(
            "plan_id",
            "lock_hash",
            "prepared_by",
            "locked_by",
            "approvals_needed",
            name=op.f("uq_payment_plan_locks_plan_id_lock_hash_prepared_by_locked_by_approvals_needed"),
        ),
        sa.UniqueConstraint(
            "plan_id",
            "lock_hash",
            "prepared_by",
            "locked_by",
            name=op.f("uq_payment_plan_locks_plan_id_lock_hash_prepared_by_locked_by"),
        ),
    )

    op.create_table(
        "payment_plan_files",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("lock_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id", "lock_hash"],
            ["payment_plan_locks.plan_id", "payment_plan_locks.lock_hash"],
            name=op.f("fk_payment_plan_files_plan_id_lock_hash"),
        ),
        sa.PrimaryKeyConstraint("plan_id", "lock_hash", name=op.f("pk_payment_plan_files")),
    )

    op.create_table(
        "payment_plan_approvals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("lock_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("locked_by", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "approved_by <> prepared_by AND approved_by <> locked_by", name=op.f("ck_payment_plan_approvals_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "lock_hash", "prepared_by", "locked_by"],
            [
                "payment_plan_locks.plan_id",
                "payment_plan_locks.lock_hash",
                "payment_plan_locks.prepared_by",
                "payment_plan_locks.locked_by",
            ],
            name="fk_payment_plan_approvals_lock",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_plan_approvals")),
        sa.UniqueConstraint(
            "id",
            "plan_id",
            "lock_hash",
            "approved_by",
            name=op.f("uq_payment_plan_approvals_id_plan_id_lock_hash_approved_by"),
        ),
        sa.UniqueConstraint(
            "plan_id", "lock_hash", "approved_by", name=op.f("uq_payment_plan_approvals_plan_id_lock_hash_approved_by")
        ),
    )


def _make_releases() -> None:
    op.create_table(
        "payment_plan_releases",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("lock_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("locked_by", sa.Uuid(), nullable=False),
        sa.Column("approvals_needed", sa.SmallInteger(), nullable=False),
        sa.Column("first_approval_id", sa.Uuid(), nullable=False),
        sa.Column("first_approved_by", sa.Uuid(), nullable=False),
        sa.Column("second_approval_id", sa.Uuid(), nullable=True),
        sa.Column("second_approved_by", sa.Uuid(), nullable=True),
        sa.Column("released_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "(second_approval_id IS NULL) = (second_approved_by IS NULL)",
            name=op.f("ck_payment_plan_releases_second_whole"),
        ),
        sa.CheckConstraint(
            "approvals_needed = 1 OR (second_approval_id IS NOT NULL AND second_approved_by IS NOT NULL)",
            name=op.f("ck_payment_plan_releases_all_approved"),
        ),
        sa.CheckConstraint(
            "released_by <> prepared_by AND released_by <> locked_by AND released_by <> first_approved_by",
            name=op.f("ck_payment_plan_releases_by_another"),
        ),
        sa.CheckConstraint(
            "second_approved_by IS NULL OR (second_approved_by <> first_approved_by AND second_approved_by <> released_by)",
            name=op.f("ck_payment_plan_releases_second_is_another"),
        ),
        sa.ForeignKeyConstraint(
            ["first_approval_id", "plan_id", "lock_hash", "first_approved_by"],
            [
                "payment_plan_approvals.id",
                "payment_plan_approvals.plan_id",
                "payment_plan_approvals.lock_hash",
                "payment_plan_approvals.approved_by",
            ],
            name="fk_payment_plan_releases_first",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "lock_hash", "prepared_by", "locked_by", "approvals_needed"],
            [
                "payment_plan_locks.plan_id",
                "payment_plan_locks.lock_hash",
                "payment_plan_locks.prepared_by",
                "payment_plan_locks.locked_by",
                "payment_plan_locks.approvals_needed",
            ],
            name="fk_payment_plan_releases_lock",
        ),
        sa.ForeignKeyConstraint(
            ["second_approval_id", "plan_id", "lock_hash", "second_approved_by"],
            [
                "payment_plan_approvals.id",
                "payment_plan_approvals.plan_id",
                "payment_plan_approvals.lock_hash",
                "payment_plan_approvals.approved_by",
            ],
            name="fk_payment_plan_releases_second",
        ),
        sa.PrimaryKeyConstraint("plan_id", "lock_hash", name=op.f("pk_payment_plan_releases")),
        sa.UniqueConstraint("plan_id", name=op.f("uq_payment_plan_releases_plan_id")),
    )


def _make_plan_events() -> None:
    op.create_table(
        "payment_plan_events",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("previous_number", sa.Integer(), nullable=True),
        sa.Column("event", sa.String(length=40), nullable=True),
        sa.Column("from_state", sa.String(length=40), nullable=True),
        sa.Column("to_state", sa.String(length=40), nullable=False),
        sa.Column("released_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "(number = 1 AND from_state IS NULL AND previous_number IS NULL AND to_state = 'draft') OR (number > 1 AND previous_number IS NOT NULL AND from_state IS NOT NULL AND previous_number = number - 1 AND ((from_state = 'approved' AND to_state IN ('cancelled', 'draft', 'released')) OR (from_state = 'draft' AND to_state IN ('cancelled', 'locked')) OR (from_state = 'exported' AND to_state IN ('reconciled')) OR (from_state = 'locked' AND to_state IN ('approved', 'cancelled', 'draft')) OR (from_state = 'reconciled' AND to_state IN ('exported')) OR (from_state = 'released' AND to_state IN ('cancelled', 'exported'))))",
            name=op.f("ck_payment_plan_events_on_the_way"),
        ),
        sa.CheckConstraint(
            "to_state NOT IN ('released', 'exported', 'reconciled') OR released_hash IS NOT NULL",
            name=op.f("ck_payment_plan_events_by_release"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "previous_number", "from_state"],
            ["payment_plan_events.plan_id", "payment_plan_events.number", "payment_plan_events.to_state"],
            name="fk_payment_plan_events_previous",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "released_hash"],
            ["payment_plan_releases.plan_id", "payment_plan_releases.lock_hash"],
            name=op.f("fk_payment_plan_events_plan_id_released_hash"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["payment_plans.id"], name=op.f("fk_payment_plan_events_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "number", name=op.f("pk_payment_plan_events")),
        sa.UniqueConstraint(
            "plan_id", "number", "to_state", name=op.f("uq_payment_plan_events_plan_id_number_to_state")
        ),
    )


def _make_payments() -> None:
    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=35), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("lock_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("due_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("payee_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["due_id", "operator_id", "currency", "amount_minor", "party_id"],
            [
                "fund_dues.id",
                "fund_dues.operator_id",
                "fund_dues.currency",
                "fund_dues.amount_minor",
                "fund_dues.party_id",
            ],
            name="fk_payments_due",
        ),
        sa.ForeignKeyConstraint(
            ["id", "number", "state"],
            ["payment_events.payment_id", "payment_events.number", "payment_events.to_state"],
            name="fk_payments_last_event",
            initially="DEFERRED",
            deferrable=True,
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["payee_id", "party_id"],
            ["fund_payees.id", "fund_payees.party_id"],
            name=op.f("fk_payments_payee_id_party_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "lock_hash"],
            ["payment_plan_locks.plan_id", "payment_plan_locks.lock_hash"],
            name=op.f("fk_payments_plan_id_lock_hash"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "operator_id", "currency", "method"],
            ["payment_plans.id", "payment_plans.operator_id", "payment_plans.currency", "payment_plans.method"],
            name="fk_payments_plan",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("id", "plan_id", "lock_hash", name=op.f("uq_payments_id_plan_id_lock_hash")),
        sa.UniqueConstraint("reference", name=op.f("uq_payments_reference")),
    )

    op.create_index("ix_payments_due_id", "payments", ["due_id"], unique=False)

    op.create_index("ix_payments_plan_id", "payments", ["plan_id"], unique=False)

    op.create_index("ix_payments_state", "payments", ["state"], unique=False)

    op.create_index(
        "uq_payments_living_due",
        "payments",
        ["due_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('confirmed', 'contested', 'reserved', 'sent', 'settled')"),
        postgresql_where=sa.text("state IN ('confirmed', 'contested', 'reserved', 'sent', 'settled')"),
    )

    op.create_table(
        "cash_handovers",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("first_witness_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("second_witness_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_cash_handovers_payment_id")),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_cash_handovers")),
    )


def _make_payment_events() -> None:
    op.create_table(
        "payment_events",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("lock_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("previous_number", sa.Integer(), nullable=True),
        sa.Column("event", sa.String(length=40), nullable=True),
        sa.Column("from_state", sa.String(length=40), nullable=True),
        sa.Column("to_state", sa.String(length=40), nullable=False),
        sa.Column("released_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "(number = 1 AND from_state IS NULL AND previous_number IS NULL AND to_state = 'reserved') OR (number > 1 AND previous_number IS NOT NULL AND from_state IS NOT NULL AND previous_number = number - 1 AND ((from_state = 'confirmed' AND to_state IN ('contested')) OR (from_state = 'contested' AND to_state IN ('confirmed', 'returned')) OR (from_state = 'reserved' AND to_state IN ('sent', 'voided')) OR (from_state = 'sent' AND to_state IN ('failed', 'returned', 'settled')) OR (from_state = 'settled' AND to_state IN ('confirmed', 'contested', 'returned'))))",
            name=op.f("ck_payment_events_on_the_way"),
        ),
        sa.CheckConstraint(
            "to_state <> 'sent' OR (released_hash IS NOT NULL AND released_hash = lock_hash)",
            name=op.f("ck_payment_events_sent_as_released"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_id", "plan_id", "lock_hash"],
            ["payments.id", "payments.plan_id", "payments.lock_hash"],
            name=op.f("fk_payment_events_payment_id_plan_id_lock_hash"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_id", "previous_number", "from_state"],
            ["payment_events.payment_id", "payment_events.number", "payment_events.to_state"],
            name="fk_payment_events_previous",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "released_hash"],
            ["payment_plan_releases.plan_id", "payment_plan_releases.lock_hash"],
            name=op.f("fk_payment_events_plan_id_released_hash"),
        ),
        sa.PrimaryKeyConstraint("payment_id", "number", name=op.f("pk_payment_events")),
        sa.UniqueConstraint(
            "payment_id", "number", "to_state", name=op.f("uq_payment_events_payment_id_number_to_state")
        ),
    )

    op.create_index("ix_payment_events_recorded_at", "payment_events", ["recorded_at"], unique=False)


def _make_answers() -> None:
    op.create_table(
        "bank_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("bank_account", sa.String(length=30), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("read_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("kind IN ('camt053', 'csv')", name=op.f("ck_bank_answers_kind_known")),
        sa.ForeignKeyConstraint(["operator_id"], ["organisations.id"], name=op.f("fk_bank_answers_operator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_answers")),
        sa.UniqueConstraint("id", "operator_id", name=op.f("uq_bank_answers_id_operator_id")),
        sa.UniqueConstraint("operator_id", "content_sha256", name=op.f("uq_bank_answers_operator_id_content_sha256")),
        sa.UniqueConstraint("reference", name=op.f("uq_bank_answers_reference")),
    )

    op.create_table(
        "bank_answer_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("bank_account", sa.String(length=30), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entry_reference", sa.String(length=80), nullable=False),
        sa.Column("end_to_end", sa.String(length=35), nullable=True),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.String(length=40), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_bank_answer_lines_direction_known")),
        sa.CheckConstraint(
            "outcome = 'unknown' OR outcome = 'receipt' OR payment_id IS NOT NULL",
            name=op.f("ck_bank_answer_lines_matched_to"),
        ),
        sa.CheckConstraint(
            "outcome IN ('matched', 'partly', 'returned', 'failed', 'receipt', 'unknown')",
            name=op.f("ck_bank_answer_lines_outcome_known"),
        ),
        sa.CheckConstraint(
            "status IN ('booked', 'returned', 'failed')", name=op.f("ck_bank_answer_lines_status_known")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_bank_answer_lines_amount_positive")),
        sa.ForeignKeyConstraint(
            ["answer_id", "operator_id"],
            ["bank_answers.id", "bank_answers.operator_id"],
            name=op.f("fk_bank_answer_lines_answer_id_operator_id"),
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_bank_answer_lines_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_answer_lines")),
        sa.UniqueConstraint("answer_id", "number", name=op.f("uq_bank_answer_lines_answer_id_number")),
        sa.UniqueConstraint(
            "operator_id",
            "bank_account",
            "entry_reference",
            name=op.f("uq_bank_answer_lines_operator_id_bank_account_entry_reference"),
        ),
    )

    op.create_index("ix_bank_answer_lines_outcome", "bank_answer_lines", ["outcome"], unique=False)

    op.create_index(op.f("ix_bank_answer_lines_payment_id"), "bank_answer_lines", ["payment_id"], unique=False)

    op.create_table(
        "suspense_endings",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("ended_as", sa.String(length=40), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "ended_as IN ('receipt', 'payment', 'given_back', 'mistake_of_bank')",
            name=op.f("ck_suspense_endings_end_known"),
        ),
        sa.ForeignKeyConstraint(["line_id"], ["bank_answer_lines.id"], name=op.f("fk_suspense_endings_line_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_suspense_endings_payment_id")),
        sa.ForeignKeyConstraint(["pot_id"], ["fund_pots.id"], name=op.f("fk_suspense_endings_pot_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_suspense_endings")),
    )


def downgrade() -> None:
    """Take it away again, with all that the fund did."""
    if op.get_bind().dialect.name == "postgresql":
        for table in reversed(TABLES):
            for statement in unprotect(table):
                op.execute(statement)
        for name, table, *_ in LAST_EVENTS:
            op.drop_constraint(name, table, type_="foreignkey")
    for table in reversed(_MADE):
        op.drop_table(table)
    # Nobody may do more after it than before: who released is let in no more, and would else be of no role.
    op.execute("UPDATE people SET is_active = false, role = 'fund_approver' WHERE role = 'fund_releaser'")
    _let_roles_be(_ROLES_WITH_RELEASER, _ROLES)
