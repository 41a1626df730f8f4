"""Issue certificates: their keys, cohorts, certificates of cohorts and of persons, the log and the lists of states.

All of it is only ever added to. A partner sees the certificates of cohorts of the employers in its supply chain, and its
own reviews; a CSO the certificates and shares of its people. Agencies and employers see nothing.

Revision: 0020_certificates, after 0019_earnings
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database import guards
from recruitment.database.row_security import ORGANISATION, protect, unprotect
from recruitment.database.types import UtcInstant

revision = "0020_certificates"
down_revision = "0019_earnings"
branch_labels = None
depends_on = None

TABLES = (
    "certificate_keys", "certificate_key_ends", "certificate_log_leaves", "certificate_log_heads", "status_lists",
    "certificate_cohorts", "certificate_samples", "certificate_sample_members", "certificate_rounds",
    "certificate_assessments", "certificates", "certificate_employers", "certificate_events", "certificate_reviews",
    "person_certificates", "person_certificate_events", "certificate_shares", "certificate_share_ends",
    "certificate_papers",
)  # fmt: skip

_BOUGHT_FROM = f"SELECT employer_id FROM supply_chains WHERE partner_id = {ORGANISATION}"  # noqa: S608 - no value of anybody
_BOUGHT = f"SELECT certificate_id FROM certificate_employers WHERE employer_id IN ({_BOUGHT_FROM})"  # noqa: S608 - the same
_CASELOAD = "supervisor fieldworker"
_OWN_JOURNEY = "journey_id IN (SELECT id FROM journeys)"
_READ = {
    "certificates": {"partner": f"id IN ({_BOUGHT})"},
    "certificate_employers": {"partner": f"employer_id IN ({_BOUGHT_FROM})"},
    "certificate_events": {
        "partner": f"certificate_id IN ({_BOUGHT})",
        _CASELOAD: "certificate_id IN (SELECT certificate_id FROM person_certificates)",
    },
    "certificate_reviews": {"partner": f"partner_id = {ORGANISATION}"},
    "person_certificates": {_CASELOAD: _OWN_JOURNEY},
    "person_certificate_events": {_CASELOAD: "certificate_id IN (SELECT id FROM person_certificates)"},
    "certificate_shares": {_CASELOAD: _OWN_JOURNEY},
    "certificate_share_ends": {_CASELOAD: "share_id IN (SELECT id FROM certificate_shares)"},
}
_WRITE = {
    "certificate_reviews": {"partner": f"partner_id = {ORGANISATION}"},
    "certificate_shares": {_CASELOAD: _OWN_JOURNEY},
    "certificate_share_ends": {_CASELOAD: "share_id IN (SELECT id FROM certificate_shares)"},
}


def upgrade() -> None:
    """Make the tables, guard them, and protect them on PostgreSQL."""
    _make_keys()
    _make_cohorts()
    _make_certificates()
    _make_person_certificates()
    dialect = op.get_bind().dialect.name
    for statement in guards.install(dialect, TABLES):
        op.execute(statement)
    if dialect == "postgresql":
        for table in TABLES:
            for statement in protect(table, read=_READ.get(table, {}), write=_WRITE.get(table, {})):
                op.execute(statement)


def _make_keys() -> None:
    op.create_table(
        "certificate_keys",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("purpose IN ('proof', 'paper')", name=op.f("ck_certificate_keys_purpose_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_keys")),
        sa.UniqueConstraint("purpose", "number", name=op.f("uq_certificate_keys_purpose_number")),
    )
    op.create_table(
        "certificate_key_ends",
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("ended_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("kind IN ('followed', 'revoked')", name=op.f("ck_certificate_key_ends_kind_known")),
        sa.ForeignKeyConstraint(["key_id"], ["certificate_keys.id"], name=op.f("fk_certificate_key_ends_key_id")),
        sa.PrimaryKeyConstraint("key_id", "kind", name=op.f("pk_certificate_key_ends")),
    )
    op.create_table(
        "certificate_log_leaves",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_certificate_log_leaves")),
        sa.UniqueConstraint("leaf", name=op.f("uq_certificate_log_leaves_leaf")),
    )
    op.create_table(
        "certificate_log_heads",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_certificate_log_heads")),
    )
    op.create_table(
        "status_lists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", UtcInstant(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("purpose IN ('revocation', 'suspension')", name=op.f("ck_status_lists_purpose_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_lists")),
    )
    op.create_index(
        "ix_status_lists_purpose_number_valid_from", "status_lists", ["purpose", "number", "valid_from"], unique=False
    )


def _make_cohorts() -> None:
    op.create_table(
        "certificate_cohorts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("demand_letter_id", sa.Uuid(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=True),
        sa.Column("enrolled_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "(demand_letter_id IS NULL) <> (quarter IS NULL)", name=op.f("ck_certificate_cohorts_letter_or_quarter")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["organisations.id"], name=op.f("fk_certificate_cohorts_agency_id")),
        sa.ForeignKeyConstraint(
            ["demand_letter_id"], ["demand_letters.id"], name=op.f("fk_certificate_cohorts_demand_letter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_cohorts")),
        sa.UniqueConstraint("agency_id", "quarter", name=op.f("uq_certificate_cohorts_agency_id_quarter")),
        sa.UniqueConstraint("demand_letter_id", name=op.f("uq_certificate_cohorts_demand_letter_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_certificate_cohorts_reference")),
    )
    op.create_table(
        "certificate_samples",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("bound", sa.String(length=10), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seed", sa.LargeBinary(length=32), nullable=False),
        sa.Column("drawn_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["certificate_cohorts.id"], name=op.f("fk_certificate_samples_cohort_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_samples")),
        sa.UniqueConstraint("reference", name=op.f("uq_certificate_samples_reference")),
    )
    op.create_index(op.f("ix_certificate_samples_cohort_id"), "certificate_samples", ["cohort_id"], unique=False)
    op.create_table(
        "certificate_sample_members",
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_certificate_sample_members_journey_id")),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["certificate_samples.id"], name=op.f("fk_certificate_sample_members_sample_id")
        ),
        sa.PrimaryKeyConstraint("sample_id", "journey_id", name=op.f("pk_certificate_sample_members")),
        sa.UniqueConstraint("sample_id", "position", name=op.f("uq_certificate_sample_members_sample_id_position")),
    )
    op.create_table(
        "certificate_rounds",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recheck_rate", sa.String(length=21), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_certificate_rounds_release_id")),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_certificate_rounds")),
    )
    op.create_table(
        "certificate_assessments",
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["certificate_cohorts.id"], name=op.f("fk_certificate_assessments_cohort_id")
        ),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_certificate_assessments_release_id")),
        sa.PrimaryKeyConstraint("cohort_id", "release_id", name=op.f("pk_certificate_assessments")),
    )


def _make_certificates() -> None:
    op.create_table(
        "certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("link", sa.String(length=32), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("statement_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("level", sa.String(length=1), nullable=False),
        sa.Column("revocation_list", sa.Integer(), nullable=False),
        sa.Column("revocation_index", sa.Integer(), nullable=False),
        sa.Column("suspension_list", sa.Integer(), nullable=False),
        sa.Column("suspension_index", sa.Integer(), nullable=False),
        sa.Column("valid_from", UtcInstant(), nullable=False),
        sa.Column("valid_until", UtcInstant(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("level IN ('A', 'B', 'C', 'D')", name=op.f("ck_certificates_level_known")),
        sa.CheckConstraint("result IN ('debt_free', 'remediated')", name=op.f("ck_certificates_result_known")),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_certificates_valid_forward")),
        sa.ForeignKeyConstraint(["cohort_id"], ["certificate_cohorts.id"], name=op.f("fk_certificates_cohort_id")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_certificates_release_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["certificates.id"], name=op.f("fk_certificates_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("code", name=op.f("uq_certificates_code")),
        sa.UniqueConstraint("link", name=op.f("uq_certificates_link")),
        sa.UniqueConstraint("reference", name=op.f("uq_certificates_reference")),
        sa.UniqueConstraint(
            "revocation_list", "revocation_index", name=op.f("uq_certificates_revocation_list_revocation_index")
        ),
        sa.UniqueConstraint("statement_sha256", name=op.f("uq_certificates_statement_sha256")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_certificates_supersedes_id")),
        sa.UniqueConstraint(
            "suspension_list", "suspension_index", name=op.f("uq_certificates_suspension_list_suspension_index")
        ),
    )
    op.create_index("ix_certificates_cohort_id_valid_until", "certificates", ["cohort_id", "valid_until"], unique=False)
    op.create_index(op.f("ix_certificates_release_id"), "certificates", ["release_id"], unique=False)
    op.create_table(
        "certificate_employers",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_certificate_employers_certificate_id")
        ),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["organisations.id"], name=op.f("fk_certificate_employers_employer_id")
        ),
        sa.PrimaryKeyConstraint("certificate_id", "employer_id", name=op.f("pk_certificate_employers")),
    )
    op.create_table(
        "certificate_events",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("release_id", sa.Uuid(), nullable=True),
        sa.Column("occurred_at", UtcInstant(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'revoked') = (reason IS NOT NULL)", name=op.f("ck_certificate_events_reason_of_revocation")
        ),
        sa.CheckConstraint(
            "kind IN ('re_check', 'revoked', 'superseded')", name=op.f("ck_certificate_events_kind_known")
        ),
        sa.CheckConstraint(
            "reason IN ('own_error', 'forged_document')", name=op.f("ck_certificate_events_reason_known")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_certificate_events_certificate_id")
        ),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_certificate_events_release_id")),
        sa.PrimaryKeyConstraint("certificate_id", "kind", name=op.f("pk_certificate_events")),
    )
    op.create_table(
        "certificate_reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "decision IN ('accept', 'ask', 'object')", name=op.f("ck_certificate_reviews_decision_known")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_certificate_reviews_certificate_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["organisations.id"], name=op.f("fk_certificate_reviews_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_reviews")),
        sa.UniqueConstraint(
            "certificate_id",
            "partner_id",
            "number",
            name=op.f("uq_certificate_reviews_certificate_id_partner_id_number"),
        ),
    )


def _make_person_certificates() -> None:
    op.create_table(
        "person_certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("statement_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("revocation_list", sa.Integer(), nullable=False),
        sa.Column("revocation_index", sa.Integer(), nullable=False),
        sa.Column("valid_until", UtcInstant(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('pre_departure', 'deployment', 'confirmed')", name=op.f("ck_person_certificates_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_person_certificates_certificate_id")
        ),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_person_certificates_journey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_certificates")),
        sa.UniqueConstraint(
            "certificate_id",
            "journey_id",
            "kind",
            name=op.f("uq_person_certificates_certificate_id_journey_id_kind"),
        ),
        sa.UniqueConstraint("reference", name=op.f("uq_person_certificates_reference")),
        sa.UniqueConstraint(
            "revocation_list", "revocation_index", name=op.f("uq_person_certificates_revocation_list_revocation_index")
        ),
        sa.UniqueConstraint("statement_sha256", name=op.f("uq_person_certificates_statement_sha256")),
    )
    op.create_index(op.f("ix_person_certificates_journey_id"), "person_certificates", ["journey_id"], unique=False)
    op.create_table(
        "person_certificate_events",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("occurred_at", UtcInstant(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind = 'revoked'", name=op.f("ck_person_certificate_events_kind_known")),
        sa.CheckConstraint(
            "reason IN ('own_error', 'forged_document')", name=op.f("ck_person_certificate_events_reason_known")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["person_certificates.id"], name=op.f("fk_person_certificate_events_certificate_id")
        ),
        sa.PrimaryKeyConstraint("certificate_id", "kind", name=op.f("pk_person_certificate_events")),
    )
    op.create_table(
        "certificate_shares",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("link_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_certificate_shares_journey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_shares")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_certificate_shares_code_hash")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_certificate_shares_link_hash")),
        sa.UniqueConstraint("reference", name=op.f("uq_certificate_shares_reference")),
    )
    op.create_index(op.f("ix_certificate_shares_journey_id"), "certificate_shares", ["journey_id"], unique=False)
    op.create_table(
        "certificate_share_ends",
        sa.Column("share_id", sa.Uuid(), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["share_id"], ["certificate_shares.id"], name=op.f("fk_certificate_share_ends_share_id")
        ),
        sa.PrimaryKeyConstraint("share_id", name=op.f("pk_certificate_share_ends")),
    )
    op.create_table(
        "certificate_papers",
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        sa.Column("person_certificate_id", sa.Uuid(), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "(certificate_id IS NULL) <> (person_certificate_id IS NULL)", name=op.f("ck_certificate_papers_of_one")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_certificate_papers_certificate_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_certificate_id"],
            ["person_certificates.id"],
            name=op.f("fk_certificate_papers_person_certificate_id"),
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_certificate_papers")),
    )
    op.create_index(
        op.f("ix_certificate_papers_certificate_id"), "certificate_papers", ["certificate_id"], unique=False
    )
    op.create_index(
        op.f("ix_certificate_papers_person_certificate_id"),
        "certificate_papers",
        ["person_certificate_id"],
        unique=False,
    )


def downgrade() -> None:
    """Take it away again."""
    if op.get_bind().dialect.name == "postgresql":
        for table in reversed(TABLES):
            for statement in unprotect(table):
                op.execute(statement)
    for table in reversed(TABLES):
        op.drop_table(table)
