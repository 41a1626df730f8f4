"""Let a jobseeker have no CSO yet, and one fieldworker; make erasures and possible twins; keep no person's key.

The wrapped keys of persons leave the database: ``recruitment database upgrade`` brings them to the key store before this
revision drops their table, and this revision refuses to drop one that still holds keys. Going back makes the table
again, empty: the keys stay in the key store.

SQLite can neither take NOT NULL from a column nor add a foreign key with a name, and a table that others refer to cannot
be built anew inside a transaction. So the text of its definition is changed in ``sqlite_master``, which is what
https://www.sqlite.org/lang_altertable.html advises (section 7) when no row has to be written anew.

Revision: 0011_privacy, after 0010_idempotency
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database import guards
from recruitment.database.types import UtcInstant

revision = "0011_privacy"
down_revision = "0010_idempotency"
branch_labels = None
depends_on = None

APPEND_ONLY = ("erasures",)

_CSO = ("cso_id CHAR(32) NOT NULL", "cso_id CHAR(32)")
_LAST = "CONSTRAINT uq_jobseekers_reference UNIQUE (reference)"
_FOREIGN_KEY = (
    _LAST,
    f"{_LAST}, \n\tCONSTRAINT fk_jobseekers_assigned_to FOREIGN KEY(assigned_to) REFERENCES people (id)",
)


def upgrade() -> None:
    """Loosen and widen the jobseekers, make the tables, guard those that are append-only, and drop that of the keys."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM jobseeker_keys LIMIT 1")).first():
        raise RuntimeError("There are keys of persons in the database. Run: recruitment database upgrade")
    op.drop_table("jobseeker_keys")

    op.add_column("jobseekers", sa.Column("assigned_to", sa.Uuid(), nullable=True))
    op.add_column("jobseekers", sa.Column("erased_on", sa.Date(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        _redefine("jobseekers", _CSO, _FOREIGN_KEY)
    else:
        op.alter_column("jobseekers", "cso_id", existing_type=sa.Uuid(), nullable=True)
        op.create_foreign_key(op.f("fk_jobseekers_assigned_to"), "jobseekers", "people", ["assigned_to"], ["id"])
    op.create_index(op.f("ix_jobseekers_cso_id"), "jobseekers", ["cso_id"], unique=False)
    op.create_index(op.f("ix_jobseekers_assigned_to"), "jobseekers", ["assigned_to"], unique=False)

    op.add_column("consents", sa.Column("language", sa.String(length=10), nullable=True))
    op.add_column("consents", sa.Column("mode", sa.String(length=20), nullable=True))
    op.add_column("consents", sa.Column("witness_sealed", sa.LargeBinary(), nullable=True))

    op.create_table(
        "erasures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jobseeker_id", sa.Uuid(), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("backups_past_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["jobseeker_id"], ["jobseekers.id"], name=op.f("fk_erasures_jobseeker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("jobseeker_id", name=op.f("uq_erasures_jobseeker_id")),
    )
    op.create_table(
        "possible_twins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_possible_twins_once")),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_on IS NULL)",
            name=op.f("ck_possible_twins_decided_whole"),
        ),
        sa.ForeignKeyConstraint(["first_id"], ["jobseekers.id"], name=op.f("fk_possible_twins_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["jobseekers.id"], name=op.f("fk_possible_twins_second_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_possible_twins")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_possible_twins_first_id_second_id")),
    )
    op.create_index(op.f("ix_possible_twins_second_id"), "possible_twins", ["second_id"], unique=False)

    for statement in guards.install(op.get_bind().dialect.name, APPEND_ONLY):
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables, their guards with them, and make that of the keys again, empty."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM jobseekers WHERE cso_id IS NULL LIMIT 1")).first():
        raise RuntimeError(
            "There are jobseekers without a CSO, which the revision before cannot hold. Nothing is changed."
        )
    op.drop_table("possible_twins")
    op.drop_table("erasures")
    for column in ("witness_sealed", "mode", "language"):
        op.drop_column("consents", column)

    op.drop_index(op.f("ix_jobseekers_assigned_to"), "jobseekers")
    op.drop_index(op.f("ix_jobseekers_cso_id"), "jobseekers")
    if op.get_bind().dialect.name == "sqlite":
        _redefine("jobseekers", _CSO[::-1], _FOREIGN_KEY[::-1])
    else:
        op.drop_constraint(op.f("fk_jobseekers_assigned_to"), "jobseekers", type_="foreignkey")
        op.alter_column("jobseekers", "cso_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_column("jobseekers", "erased_on")
    op.drop_column("jobseekers", "assigned_to")

    op.create_table(
        "jobseeker_keys",
        sa.Column("jobseeker_id", sa.Uuid(), nullable=False),
        sa.Column("kek_id", sa.String(length=20), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["jobseeker_id"], ["jobseekers.id"], name=op.f("fk_jobseeker_keys_jobseeker_id")),
        sa.PrimaryKeyConstraint("jobseeker_id", name=op.f("pk_jobseeker_keys")),
    )


def _redefine(table: str, *replacements: tuple[str, str]) -> None:
    """Change the text of a table's definition in SQLite, and let the connection read the schema again."""
    connection = op.get_bind()
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
    definition = connection.execute(query, {"name": table}).scalar_one()
    for before, after in replacements:
        if definition.count(before) != 1:
            raise RuntimeError(f"The definition of {table} is not the one that this revision knows.")
        definition = definition.replace(before, after)
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    change = sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name")
    connection.execute(change, {"sql": definition, "name": table})
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
