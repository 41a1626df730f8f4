"""Make name lists, references of journeys for one audience, and matches; say who recorded a stage.

``journey_stages`` is built anew, because its key now holds the recorder: an agency may record a stage that a CSO has
recorded, and must not learn of it. Nothing refers to that table. The kinds of organisation are widened by the text of the
definition on SQLite, as revision 0011 explains.

Revision: 0012_name_lists, after 0011_privacy
"""

import sqlalchemy as sa
from alembic import op

from recruitment.core.ids import new_id, new_reference
from recruitment.database import guards
from recruitment.database.types import UtcInstant

revision = "0012_name_lists"
down_revision = "0011_privacy"
branch_labels = None
depends_on = None

APPEND_ONLY = ("journey_references", "name_lists", "name_list_lines")

_KINDS = "kind IN ('agency', 'cso', 'employer', 'partner', 'fund_operator')"
_MORE_KINDS = "kind IN ('agency', 'cso', 'employer', 'partner', 'fund_operator', 'public_office')"
_STAGE_COLUMNS = "id, journey_id, stage, occurred_on, outcome, recorded_at"


def upgrade() -> None:
    """Widen organisations and stages, make the tables and guard those that are append-only."""
    _change_kinds(_KINDS, _MORE_KINDS)
    _rebuild_stages(with_recorder=True)

    op.create_table(
        "journey_references",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_journey_references_journey_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_journey_references_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey_references")),
        sa.UniqueConstraint(
            "organisation_id", "journey_id", name=op.f("uq_journey_references_organisation_id_journey_id")
        ),
        sa.UniqueConstraint("reference", name=op.f("uq_journey_references_reference")),
    )
    op.create_table(
        "journey_matches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("listed_journey_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("cso_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("likeness", sa.SmallInteger(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("carried_version", sa.Integer(), nullable=True),
        sa.CheckConstraint("reason IN ('phone', 'name')", name=op.f("ck_journey_matches_reason_known")),
        sa.CheckConstraint("decision IN ('same', 'different')", name=op.f("ck_journey_matches_decision_known")),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_on IS NULL)",
            name=op.f("ck_journey_matches_decided_whole"),
        ),
        sa.ForeignKeyConstraint(["cso_id"], ["organisations.id"], name=op.f("fk_journey_matches_cso_id")),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_journey_matches_journey_id")),
        sa.ForeignKeyConstraint(
            ["listed_journey_id"], ["journeys.id"], name=op.f("fk_journey_matches_listed_journey_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey_matches")),
        sa.UniqueConstraint(
            "listed_journey_id", "journey_id", name=op.f("uq_journey_matches_listed_journey_id_journey_id")
        ),
        sa.UniqueConstraint("reference", name=op.f("uq_journey_matches_reference")),
    )
    op.create_index(op.f("ix_journey_matches_journey_id"), "journey_matches", ["journey_id"], unique=False)
    op.create_index(op.f("ix_journey_matches_cso_id"), "journey_matches", ["cso_id"], unique=False)
    op.create_index(
        "ix_journey_matches_joined", "journey_matches", ["listed_journey_id"], unique=True,
        sqlite_where=sa.text("decision = 'same'"), postgresql_where=sa.text("decision = 'same'"),
    )  # fmt: skip
    op.create_table(
        "name_lists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("demand_letter_id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["demand_letter_id"], ["demand_letters.id"], name=op.f("fk_name_lists_demand_letter_id")
        ),
        sa.ForeignKeyConstraint(["sender_id"], ["organisations.id"], name=op.f("fk_name_lists_sender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_lists")),
        sa.UniqueConstraint("reference", name=op.f("uq_name_lists_reference")),
    )
    op.create_index(op.f("ix_name_lists_sender_id"), "name_lists", ["sender_id"], unique=False)
    op.create_table(
        "name_list_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name_list_id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("worker_number", sa.String(length=80), nullable=True),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_name_list_lines_journey_id")),
        sa.ForeignKeyConstraint(["name_list_id"], ["name_lists.id"], name=op.f("fk_name_list_lines_name_list_id")),
        sa.ForeignKeyConstraint(["sender_id"], ["organisations.id"], name=op.f("fk_name_list_lines_sender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_list_lines")),
        sa.UniqueConstraint("name_list_id", "line", name=op.f("uq_name_list_lines_name_list_id_line")),
        sa.UniqueConstraint("journey_id", name=op.f("uq_name_list_lines_journey_id")),
    )

    _refer_to_what_was_declared()
    for statement in guards.install(op.get_bind().dialect.name, APPEND_ONLY):
        op.execute(statement)


def _refer_to_what_was_declared() -> None:
    """Give agencies references for the journeys of their declarations: without one they could not take a declaration back."""
    uuid = sa.Uuid()
    line = sa.table("declaration_lines", sa.column("declaration_id", uuid), sa.column("journey_id", uuid))
    declaration = sa.table("fee_declarations", sa.column("id", uuid), sa.column("agency_id", uuid))
    called = sa.table(
        "journey_references",
        *(sa.column(name, uuid) for name in ("id", "organisation_id", "journey_id")),
        sa.column("reference", sa.String()),
    )
    query = sa.select(declaration.c.agency_id, line.c.journey_id).distinct()
    pairs = op.get_bind().execute(query.join(line, line.c.declaration_id == declaration.c.id)).all()
    rows = [
        {"id": new_id(), "organisation_id": agency, "journey_id": journey, "reference": new_reference("WJ")}
        for agency, journey in pairs
    ]
    op.bulk_insert(called, rows)


def downgrade() -> None:
    """Drop the tables, their guards with them, and build stages and kinds as they were."""
    refused = {
        "SELECT 1 FROM organisations WHERE kind = 'public_office' LIMIT 1": "public offices",
        "SELECT 1 FROM journey_stages GROUP BY journey_id, stage, occurred_on, outcome HAVING count(*) > 1 LIMIT 1": (
            "stages that two recorded"
        ),
    }
    for query, what in refused.items():
        if op.get_bind().execute(sa.text(query)).first():
            raise RuntimeError(f"There are {what}, which the revision before cannot hold. Nothing is changed.")
    for table in ("name_list_lines", "name_lists", "journey_matches", "journey_references"):
        op.drop_table(table)
    _rebuild_stages(with_recorder=False)
    _change_kinds(_MORE_KINDS, _KINDS)


def _rebuild_stages(*, with_recorder: bool) -> None:
    """Make the table of stages anew, with or without who recorded a stage, and put its rows back."""
    op.execute(f"CREATE TABLE stages_kept AS SELECT {_STAGE_COLUMNS} FROM journey_stages")  # noqa: S608 - our own names
    op.drop_table("journey_stages")
    op.create_table(
        "journey_stages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('done', 'failed', 'skipped', 'repeated')", name=op.f("ck_journey_stages_outcome_known")
        ),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_journey_stages_journey_id")),
        sa.ForeignKeyConstraint(["stage"], ["stages.code"], name=op.f("fk_journey_stages_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey_stages")),
        *_recorder_and_key(with_recorder=with_recorder),
    )
    if with_recorder:
        op.create_index(
            "ix_journey_stages_of_nobody", "journey_stages", ["journey_id", "stage", "occurred_on", "outcome"],
            unique=True, sqlite_where=sa.text("recorded_by_id IS NULL"),
            postgresql_where=sa.text("recorded_by_id IS NULL"),
        )  # fmt: skip
    op.execute(f"INSERT INTO journey_stages ({_STAGE_COLUMNS}) SELECT {_STAGE_COLUMNS} FROM stages_kept")  # noqa: S608 - our own names
    op.execute("DROP TABLE stages_kept")
    for statement in guards.install(op.get_bind().dialect.name, ("journey_stages",)):
        op.execute(statement)


def _recorder_and_key(*, with_recorder: bool) -> list[sa.Column[object] | sa.Constraint]:
    """Return what differs. Constraints are written in the order in which they were made."""
    row = ["journey_id", "stage", "occurred_on", "outcome"]
    if not with_recorder:
        return [sa.UniqueConstraint(*row, name=op.f("uq_journey_stages_journey_id_stage_occurred_on_outcome"))]
    return [
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["organisations.id"], name=op.f("fk_journey_stages_recorded_by_id")
        ),
        sa.UniqueConstraint(*row, "recorded_by_id", name=op.f("uq_journey_stages_row")),
    ]


def _change_kinds(before: str, after: str) -> None:
    """Let the CHECK of the kinds of organisation say ``after`` instead of ``before``."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_organisations_kind_known"), "organisations", type_="check")
        op.create_check_constraint(op.f("ck_organisations_kind_known"), "organisations", after)
        return
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'organisations'")
    definition = connection.execute(query).scalar_one()
    if definition.count(before) != 1:
        raise RuntimeError("The definition of organisations is not the one that this revision knows.")
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    change = sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = 'organisations'")
    connection.execute(change, {"sql": definition.replace(before, after)})
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
