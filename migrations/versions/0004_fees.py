"""Make fee items, corridor rules, and everything that is said about money.

Revision: 0004_fees, after 0003_journeys
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database import guards
from recruitment.database.types import UtcInstant

revision = "0004_fees"
down_revision = "0003_journeys"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "commitments",
    "fee_declarations",
    "declaration_lines",
    "reported_payments",
    "repayments",
    "debts",
    "collateral",
    "exchange_rates",
)


def upgrade() -> None:
    """Make the tables and guard those that are append-only."""
    op.create_table(
        "fee_items",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("ilo", sa.String(length=30), nullable=False),
        sa.Column("epp", sa.String(length=30), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_fee_items")),
    )

    op.create_table(
        "corridor_rules",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corridor_rules")),
    )

    op.create_table(
        "commitments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("demand_letter_id", sa.Uuid(), nullable=False),
        sa.Column("fee_item", sa.String(length=40), nullable=False),
        sa.Column("payer", sa.String(length=20), nullable=False),
        sa.Column("limit_minor", sa.BigInteger(), nullable=True),
        sa.Column("limit_currency", sa.String(length=3), nullable=True),
        sa.Column("committed_on", sa.Date(), nullable=False),
        sa.Column("row_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["demand_letter_id"], ["demand_letters.id"], name=op.f("fk_commitments_demand_letter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitments")),
        sa.UniqueConstraint("demand_letter_id", "fee_item", name=op.f("uq_commitments_demand_letter_id_fee_item")),
    )

    op.create_table(
        "fee_declarations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["organisations.id"], name=op.f("fk_fee_declarations_agency_id")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["fee_declarations.id"], name=op.f("fk_fee_declarations_supersedes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_declarations")),
        sa.UniqueConstraint("reference", name=op.f("uq_fee_declarations_reference")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_fee_declarations_supersedes_id")),
    )

    op.create_table(
        "declaration_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("declaration_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("fee_item", sa.String(length=40), nullable=False),
        sa.Column("payer", sa.String(length=20), nullable=False),
        sa.Column("payee", sa.String(length=20), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("receipt", sa.String(length=80), nullable=True),
        sa.Column("line_digest", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["fee_declarations.id"], name=op.f("fk_declaration_lines_declaration_id")
        ),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_declaration_lines_journey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_lines")),
    )
    op.create_index("ix_declaration_lines_declaration", "declaration_lines", ["declaration_id"], unique=False)
    op.create_index("ix_declaration_lines_digest", "declaration_lines", ["line_digest"], unique=False)
    op.create_index("ix_declaration_lines_journey", "declaration_lines", ["journey_id"], unique=False)
    op.create_index("ix_declaration_lines_receipt", "declaration_lines", ["receipt"], unique=False)

    op.create_table(
        "reported_payments",
        sa.Column("fee_item", sa.String(length=40), nullable=False),
        sa.Column("payee", sa.String(length=20), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("paid_on", sa.String(length=10), nullable=True),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("stated_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=30), nullable=False),
        sa.Column("checkpoint", sa.String(length=30), nullable=True),
        sa.Column("witnessed", sa.Boolean(), nullable=True),
        sa.Column("is_independent", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.String(length=1), nullable=True),
        sa.Column("deducted", sa.Boolean(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("row_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_reported_payments_journey_id")),
        sa.ForeignKeyConstraint(["sender_id"], ["organisations.id"], name=op.f("fk_reported_payments_sender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reported_payments")),
        sa.UniqueConstraint(
            "sender_id", "reference", "version", name=op.f("uq_reported_payments_sender_id_reference_version")
        ),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_reported_payments_supersedes_id")),
    )
    op.create_index(op.f("ix_reported_payments_journey_id"), "reported_payments", ["journey_id"], unique=False)
    # ### end Alembic commands ###

    op.create_table(
        "repayments",
        sa.Column("fee_item", sa.String(length=40), nullable=True),
        sa.Column("paid_by", sa.String(length=20), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("confirmed", sa.String(length=10), nullable=True),
        sa.Column("confirmed_minor", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("channel", sa.String(length=30), nullable=True),
        sa.Column("witnessed", sa.Boolean(), nullable=True),
        sa.Column("received_minor", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("row_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_repayments_journey_id")),
        sa.ForeignKeyConstraint(["sender_id"], ["organisations.id"], name=op.f("fk_repayments_sender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repayments")),
        sa.UniqueConstraint(
            "sender_id", "reference", "version", name=op.f("uq_repayments_sender_id_reference_version")
        ),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_repayments_supersedes_id")),
    )
    op.create_index(op.f("ix_repayments_journey_id"), "repayments", ["journey_id"], unique=False)

    op.create_table(
        "debts",
        sa.Column("creditor", sa.String(length=20), nullable=False),
        sa.Column("principal_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("recruitment_linked", sa.Boolean(), nullable=False),
        sa.Column("outstanding_minor", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("row_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_debts_journey_id")),
        sa.ForeignKeyConstraint(["sender_id"], ["organisations.id"], name=op.f("fk_debts_sender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debts")),
        sa.UniqueConstraint("sender_id", "reference", "version", name=op.f("uq_debts_sender_id_reference_version")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_debts_supersedes_id")),
    )
    op.create_index(op.f("ix_debts_journey_id"), "debts", ["journey_id"], unique=False)

    op.create_table(
        "collateral",
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("row_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_collateral_journey_id")),
        sa.ForeignKeyConstraint(["sender_id"], ["organisations.id"], name=op.f("fk_collateral_sender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collateral")),
        sa.UniqueConstraint(
            "sender_id", "reference", "version", name=op.f("uq_collateral_sender_id_reference_version")
        ),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_collateral_supersedes_id")),
    )
    op.create_index(op.f("ix_collateral_journey_id"), "collateral", ["journey_id"], unique=False)

    op.create_table(
        "exchange_rates",
        sa.Column("base", sa.String(length=3), nullable=False),
        sa.Column("quote", sa.String(length=3), nullable=False),
        sa.Column("rated_on", sa.Date(), nullable=False),
        sa.Column("rate", sa.String(length=21), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("row_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("base", "quote", "rated_on", name=op.f("pk_exchange_rates")),
    )

    op.create_table(
        "fact_versions",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_fact_versions_journey_id")),
        sa.PrimaryKeyConstraint("journey_id", name=op.f("pk_fact_versions")),
    )

    for statement in guards.install(op.get_bind().dialect.name, APPEND_ONLY):
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables; their guards go with them."""
    for table in (
        "fact_versions",
        "exchange_rates",
        "collateral",
        "debts",
        "repayments",
        "reported_payments",
        "declaration_lines",
        "fee_declarations",
        "commitments",
        "corridor_rules",
        "fee_items",
    ):
        op.drop_table(table)
