"""Make organisations, licences, demand letters, supply chains, jobseekers with their keys and consents.

Revision: 0002_parties, after 0001_ledger
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database import guards
from recruitment.database.types import UtcInstant

revision = "0002_parties"
down_revision = "0001_ledger"
branch_labels = None
depends_on = None

APPEND_ONLY = ("consents",)


def upgrade() -> None:
    """Make the tables and guard those that are append-only."""
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("row_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('agency', 'cso', 'employer', 'partner', 'fund_operator')",
            name=op.f("ck_organisations_kind_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("code", name=op.f("uq_organisations_code")),
    )

    op.create_table(
        "agency_licences",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["organisations.id"], name=op.f("fk_agency_licences_agency_id")),
        sa.PrimaryKeyConstraint("agency_id", name=op.f("pk_agency_licences")),
    )

    op.create_table(
        "demand_letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("corridor", sa.String(length=5), nullable=False),
        sa.Column("occupation", sa.String(length=200), nullable=True),
        sa.Column("headcount", sa.Integer(), nullable=True),
        sa.Column("monthly_wage_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("row_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["organisations.id"], name=op.f("fk_demand_letters_agency_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["organisations.id"], name=op.f("fk_demand_letters_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_letters")),
        sa.UniqueConstraint("reference", name=op.f("uq_demand_letters_reference")),
    )

    op.create_table(
        "supply_chains",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("tier", sa.String(length=10), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("row_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("tier IN ('importer', 'retailer')", name=op.f("ck_supply_chains_tier_known")),
        sa.ForeignKeyConstraint(["employer_id"], ["organisations.id"], name=op.f("fk_supply_chains_employer_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["organisations.id"], name=op.f("fk_supply_chains_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_chains")),
        sa.UniqueConstraint(
            "partner_id", "employer_id", "valid_from", name=op.f("uq_supply_chains_partner_id_employer_id_valid_from")
        ),
    )

    op.create_table(
        "jobseekers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("cso_id", sa.Uuid(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("birth_year_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("village_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("district_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("debt_book_id", sa.Uuid(), nullable=False),
        sa.Column("row_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["cso_id"], ["organisations.id"], name=op.f("fk_jobseekers_cso_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobseekers")),
        sa.UniqueConstraint("debt_book_id", name=op.f("uq_jobseekers_debt_book_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_jobseekers_reference")),
    )
    op.create_index("ix_jobseekers_phone_hash", "jobseekers", ["phone_hash"], unique=False)

    op.create_table(
        "jobseeker_keys",
        sa.Column("jobseeker_id", sa.Uuid(), nullable=False),
        sa.Column("kek_id", sa.String(length=20), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["jobseeker_id"], ["jobseekers.id"], name=op.f("fk_jobseeker_keys_jobseeker_id")),
        sa.PrimaryKeyConstraint("jobseeker_id", name=op.f("pk_jobseeker_keys")),
    )

    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jobseeker_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("stated_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["jobseeker_id"], ["jobseekers.id"], name=op.f("fk_consents_jobseeker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_jobseeker_id"), "consents", ["jobseeker_id"], unique=False)

    for statement in guards.install(op.get_bind().dialect.name, APPEND_ONLY):
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables; their guards go with them."""
    for table in (
        "consents",
        "jobseeker_keys",
        "jobseekers",
        "supply_chains",
        "demand_letters",
        "agency_licences",
        "organisations",
    ):
        op.drop_table(table)
