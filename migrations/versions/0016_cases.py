"""Make cases, their events and validations.

What a case may do stands in the constraints: it moves by the listed transitions alone, its clock is 72 hours after what
was identified, and a trigger lets nobody write ``closed`` without a round in which every worker who was drawn said yes.

Revision: 0016_cases, after 0015_adjudications
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database import guards
from recruitment.database.row_security import protect, unprotect
from recruitment.database.types import UtcInstant

revision = "0016_cases"
down_revision = "0015_adjudications"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "cases", "case_journeys", "case_findings", "case_events", "validation_rounds", "validation_members",
    "validation_answers",
)  # fmt: skip

_CSO = "supervisor fieldworker"
_SEEN = {_CSO: "journey_id IN (SELECT id FROM journeys)"}
_OF_SEEN = {_CSO: "case_id IN (SELECT case_id FROM case_journeys)"}
TABLES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "cases": ({_CSO: "id IN (SELECT case_id FROM case_journeys)"}, {_CSO: "true"}),
    "case_journeys": (_SEEN, _SEEN),
    "case_findings": (_SEEN, {}),
    "case_events": (_OF_SEEN, _OF_SEEN),
    "case_standings": (_OF_SEEN, _OF_SEEN),
    "case_marks": ({}, {}),
    "validation_rounds": (_OF_SEEN, {}),
    "validation_members": (_SEEN, {}),
    "validation_answers": (_SEEN, _SEEN),
}

_KNOWN = (
    "kind IN ('recruitment_costs', 'debt_bondage', 'documents_withheld', 'threats', 'violence', 'minor', 'suppression', "
    "'retaliation')"
)
_ON_THE_WAY = (
    "(number = 1 AND from_state IS NULL AND previous_number IS NULL AND to_state = 'opened') OR "
    "(number > 1 AND previous_number IS NOT NULL AND from_state IS NOT NULL AND previous_number = number - 1 AND ("
    "(from_state = 'opened' AND to_state = 'asked') OR "
    "(from_state = 'asked' AND to_state = 'actioned') OR "
    "(from_state = 'actioned' AND to_state = 'awaiting_worker_validation') OR "
    "(from_state = 'awaiting_worker_validation' AND to_state = 'closed') OR "
    "(from_state IN ('asked', 'actioned', 'awaiting_worker_validation', 'closed') AND to_state = 'opened')))"
)
_DUE = {
    "postgresql": "due_at = identified_at + interval '72 hours'",
    "sqlite": "datetime(substr(due_at, 1, 19)) = datetime(substr(identified_at, 1, 19), '+72 hours')"
    " AND substr(due_at, 20) = substr(identified_at, 20)",
}
_NEVER_FREE = "channel IN ('agency_form', 'employer_form', 'management_interview')"
_ENOUGH = (
    "(concerned <= 5 AND sample_size = concerned) OR "
    "(concerned > 5 AND sample_size BETWEEN 5 AND concerned AND sample_size * sample_size >= concerned)"
)

# Whoever was drawn for the round that this very state began has freely said yes to all three, and nobody said no.
_YES = "a.right_action AND a.well_done AND a.effective"
_UNVALIDATED = f"""
  NOT EXISTS (SELECT 1 FROM case_events b WHERE b.case_id = NEW.case_id AND b.number = NEW.previous_number
    AND b.round_id = NEW.round_id)
  OR (SELECT count(*) FROM validation_members m WHERE m.round_id = NEW.round_id)
    <> (SELECT r.sample_size FROM validation_rounds r WHERE r.id = NEW.round_id)
  OR EXISTS (SELECT 1 FROM validation_members m WHERE m.round_id = NEW.round_id AND NOT EXISTS (
    SELECT 1 FROM validation_answers a WHERE a.round_id = m.round_id AND a.journey_id = m.journey_id
      AND a.is_independent AND {_YES}))
  OR EXISTS (SELECT 1 FROM validation_answers a WHERE a.round_id = NEW.round_id AND NOT ({_YES}))
"""  # noqa: S608 - of our own names
_REFUSAL = "a case is closed by what its workers say"


def upgrade() -> None:
    """Make the tables, guard those that are append-only, and put row-level security below the scopes."""
    _make_cases()
    _make_rounds()
    _make_events()
    dialect = op.get_bind().dialect.name
    for statement in (*guards.install(dialect, APPEND_ONLY), *_hold_closing(dialect)):
        op.execute(statement)
    if dialect == "postgresql":
        for table, (read, write) in TABLES.items():
            for statement in protect(table, read=read, write=write):
                op.execute(statement)


def _make_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("is_serious", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("identified_at", UtcInstant(), nullable=False),
        sa.Column("due_at", UtcInstant(), nullable=True),
        sa.Column("opened_at", UtcInstant(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(_KNOWN, name=op.f("ck_cases_kind_known")),
        sa.CheckConstraint("is_serious = (kind <> 'recruitment_costs')", name=op.f("ck_cases_serious_by_kind")),
        sa.CheckConstraint("is_serious = (due_at IS NOT NULL)", name=op.f("ck_cases_clock_of_serious")),
        sa.CheckConstraint(_DUE[op.get_bind().dialect.name], name=op.f("ck_cases_due_in_time")),
        sa.CheckConstraint("source IN ('findings', 'raised')", name=op.f("ck_cases_source_known")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_cases_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("reference", name=op.f("uq_cases_reference")),
    )
    op.create_index("ix_cases_due_at", "cases", ["due_at"])
    op.create_table(
        "case_journeys",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", UtcInstant(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_journeys_case_id")),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_case_journeys_journey_id")),
        sa.PrimaryKeyConstraint("case_id", "journey_id", name=op.f("pk_case_journeys")),
    )
    op.create_index("ix_case_journeys_journey_id", "case_journeys", ["journey_id"])
    op.create_table(
        "case_findings",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("fee_item", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("found_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "journey_id"], ["case_journeys.case_id", "case_journeys.journey_id"],
            name=op.f("fk_case_findings_case_id_journey_id"),
        ),
        sa.PrimaryKeyConstraint("case_id", "journey_id", "kind", "fee_item", "rule", name=op.f("pk_case_findings")),
    )  # fmt: skip
    op.create_table(
        "case_standings",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("responded_at", UtcInstant(), nullable=True),
        sa.Column("last_event_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_standings_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_standings")),
    )
    op.create_index("ix_case_standings_state", "case_standings", ["state"])
    op.create_table(
        "case_marks",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("facts_version", sa.Integer(), nullable=False),
        sa.Column("compared_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_case_marks_journey_id")),
        sa.PrimaryKeyConstraint("journey_id", name=op.f("pk_case_marks")),
    )


def _make_rounds() -> None:
    op.create_table(
        "validation_rounds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("action_number", sa.Integer(), nullable=False),
        sa.Column("acted_on", sa.Date(), nullable=False),
        sa.Column("concerned", sa.Integer(), nullable=False),
        sa.Column("sample_size", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("started_at", UtcInstant(), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(_ENOUGH, name=op.f("ck_validation_rounds_enough_are_asked")),
        sa.CheckConstraint("concerned > 0", name=op.f("ck_validation_rounds_somebody_concerned")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_validation_rounds_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_rounds")),
        sa.UniqueConstraint("case_id", "id", name=op.f("uq_validation_rounds_case_id_id")),
    )
    op.create_table(
        "validation_members",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["validation_rounds.id"], name=op.f("fk_validation_members_round_id")),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_validation_members_journey_id")),
        sa.PrimaryKeyConstraint("round_id", "journey_id", name=op.f("pk_validation_members")),
    )
    op.create_table(
        "validation_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("right_action", sa.Boolean(), nullable=False),
        sa.Column("well_done", sa.Boolean(), nullable=False),
        sa.Column("effective", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(length=30), nullable=False),
        sa.Column("witnessed", sa.Boolean(), nullable=False),
        sa.Column("is_independent", sa.Boolean(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            f"NOT (is_independent AND (witnessed OR {_NEVER_FREE}))", name=op.f("ck_validation_answers_free_by_channel")
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "journey_id"], ["validation_members.round_id", "validation_members.journey_id"],
            name=op.f("fk_validation_answers_round_id_journey_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_validation_answers_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_answers")),
    )  # fmt: skip
    op.create_index("ix_validation_answers_round_id", "validation_answers", ["round_id"])


def _make_events() -> None:
    op.create_table(
        "case_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("previous_number", sa.Integer(), nullable=True),
        sa.Column("from_state", sa.String(length=40), nullable=True),
        sa.Column("to_state", sa.String(length=40), nullable=False),
        sa.Column("occurred_at", UtcInstant(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("asked", sa.String(length=40), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=True),
        sa.Column("acted_on", sa.Date(), nullable=True),
        sa.Column("late_reason", sa.String(length=40), nullable=True),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("note_journey_id", sa.Uuid(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(_ON_THE_WAY, name=op.f("ck_case_events_on_the_way")),
        sa.CheckConstraint(
            "round_id IS NOT NULL OR to_state NOT IN ('awaiting_worker_validation', 'closed')",
            name=op.f("ck_case_events_by_the_workers"),
        ),
        sa.CheckConstraint(
            "(reason IS NOT NULL) = (number > 1 AND to_state = 'opened')",
            name=op.f("ck_case_events_reopened_with_reason"),
        ),
        sa.CheckConstraint("(action IS NOT NULL) = (to_state = 'actioned')", name=op.f("ck_case_events_action_named")),
        sa.CheckConstraint(
            "(acted_on IS NOT NULL) = (to_state = 'actioned')", name=op.f("ck_case_events_action_dated")
        ),
        sa.CheckConstraint("(asked IS NOT NULL) = (to_state = 'asked')", name=op.f("ck_case_events_asked_named")),
        sa.CheckConstraint(
            "(note_sealed IS NULL) = (note_journey_id IS NULL)", name=op.f("ck_case_events_note_has_key")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_events_case_id")),
        sa.ForeignKeyConstraint(
            ["case_id", "previous_number", "from_state"],
            ["case_events.case_id", "case_events.number", "case_events.to_state"],
            name=op.f("fk_case_events_case_id_previous_number_from_state"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "round_id"], ["validation_rounds.case_id", "validation_rounds.id"],
            name=op.f("fk_case_events_case_id_round_id"),
        ),
        sa.ForeignKeyConstraint(["note_journey_id"], ["journeys.id"], name=op.f("fk_case_events_note_journey_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_case_events_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_events")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_case_events_case_id_number")),
        sa.UniqueConstraint("case_id", "number", "to_state", name=op.f("uq_case_events_case_id_number_to_state")),
    )  # fmt: skip


def _hold_closing(dialect: str) -> list[str]:
    """Return the statements that let nobody close a case past its workers."""
    on_sqlite = (
        "CREATE TRIGGER case_events_closing BEFORE INSERT ON case_events WHEN NEW.to_state = 'closed' AND "
        f"({_UNVALIDATED}) BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    )
    function = (
        "CREATE FUNCTION refuse_unvalidated_closing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {_UNVALIDATED} THEN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END IF; "
        "RETURN NEW; END $$"
    )
    trigger = (
        "CREATE TRIGGER case_events_closing BEFORE INSERT ON case_events FOR EACH ROW "
        "WHEN (NEW.to_state = 'closed') EXECUTE FUNCTION refuse_unvalidated_closing()"
    )
    return [on_sqlite] if dialect == "sqlite" else [function, trigger]


def downgrade() -> None:
    """Drop the tables, their guards with them. What was done about findings is lost."""
    is_postgres = op.get_bind().dialect.name == "postgresql"
    if is_postgres:
        for table in reversed(TABLES):
            for statement in unprotect(table):
                op.execute(statement)
    for table in (
        "case_events", "validation_answers", "validation_members", "validation_rounds", "case_marks", "case_standings",
        "case_findings", "case_journeys", "cases",
    ):  # fmt: skip
        op.drop_table(table)
    if is_postgres:
        op.execute("DROP FUNCTION refuse_unvalidated_closing()")
