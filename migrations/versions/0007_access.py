"""Make people, invitations, sessions, tokens, throttles and recoveries.

Revision: 0007_access, after 0006_seals
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database.types import UtcInstant

revision = "0007_access"
down_revision = "0006_seals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables. None is append-only: codes are used up, sessions end, people leave."""
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("login", sa.String(length=254), nullable=False),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("deactivated_at", UtcInstant(), nullable=True),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "role IN ('operator', 'cso_fieldworker', 'cso_supervisor', 'agency_officer', 'employer_officer', "
            "'partner_reviewer', 'case_worker', 'fund_preparer', 'fund_approver', 'auditor')",
            name=op.f("ck_people_role_known"),
        ),
        sa.CheckConstraint(
            "(organisation_id IS NULL) = (role IN ('operator', 'auditor'))",
            name=op.f("ck_people_organisation_as_role_wants"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_people_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("login", name=op.f("uq_people_login")),
    )
    op.create_index(op.f("ix_people_organisation_id"), "people", ["organisation_id"], unique=False)

    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("used_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_invitations_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitations_code_hash")),
    )
    op.create_index(op.f("ix_invitations_person_id"), "invitations", ["person_id"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("csrf_token", sa.String(length=43), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("last_seen_at", UtcInstant(), nullable=False),
        sa.Column("second_factor_at", UtcInstant(), nullable=True),
        sa.Column("ended_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sessions_person_id"), "sessions", ["person_id"], unique=False)

    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("scopes", sa.String(length=2000), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("revoked_at", UtcInstant(), nullable=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_api_tokens_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("reference", name=op.f("uq_api_tokens_reference")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    op.create_index(op.f("ix_api_tokens_person_id"), "api_tokens", ["person_id"], unique=False)

    op.create_table(
        "throttles",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failed_at", UtcInstant(), nullable=False),
        sa.Column("until", UtcInstant(), nullable=False),
        sa.Column("came_in_at", UtcInstant(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttles")),
    )

    op.create_table(
        "recoveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("used_at", UtcInstant(), nullable=True),
        sa.CheckConstraint("confirmed_by <> requested_by", name=op.f("ck_recoveries_two_people")),
        sa.CheckConstraint(
            "requested_by <> person_id AND confirmed_by <> person_id", name=op.f("ck_recoveries_not_for_oneself")
        ),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (code_hash IS NULL)", name=op.f("ck_recoveries_code_when_confirmed")
        ),
        sa.ForeignKeyConstraint(["confirmed_by"], ["people.id"], name=op.f("fk_recoveries_confirmed_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_recoveries_person_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["people.id"], name=op.f("fk_recoveries_requested_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recoveries")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recoveries_code_hash")),
    )
    op.create_index(op.f("ix_recoveries_person_id"), "recoveries", ["person_id"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("recoveries", "throttles", "api_tokens", "sessions", "invitations", "people"):
        op.drop_table(table)
