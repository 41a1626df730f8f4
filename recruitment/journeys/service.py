"""What may be done with journeys: start them, and record the stages that they reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.employers import queries as employers
from recruitment.jobseekers import queries as jobseekers
from recruitment.journeys import queries, reference, rules
from recruitment.journeys.models import Journey, JourneyStage, Stage
from recruitment.ledger.service import open_books
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.sheets.errors import Problem
from recruitment.sheets.importing import Filing, new_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.journeys.rules import NewJourney, NewStage
    from recruitment.sheets.importing import Report, Row, Tally

_JOURNEY_COLUMNS = (
    "id", "reference", "jobseeker_id", "corridor", "channel", "agency_id", "demand_letter_id", "worksite",
    "started_on", "book_id", "row_digest", "recorded_at",
)  # fmt: skip
_STAGE_COLUMNS = ("id", "journey_id", "stage", "occurred_on", "outcome", "recorded_at")


def load_stages(session: Session) -> None:
    """Bring the stages of the reference data into the database. Called when it is made or migrated."""
    known = set(queries.stage_codes(session))
    rows = [(fact.code, fact.number) for fact in reference.stages() if fact.code not in known]
    insert_many(session, Stage.__table__, ("code", "number"), rows)


def filing_of_journeys(session: Session, actor: Actor) -> Filing[NewJourney]:
    """Return how journeys are filed: each gets a book of its own. Who may: whoever may import files."""
    actor.require(Permission.IMPORT_FILES)

    def find(what: str, codes: Collection[str]) -> Mapping[str, object]:
        if what == "jobseeker":
            return jobseekers.ids_by_reference(session, codes)
        if what == "demand letter":
            return {code: letter.id for code, letter in employers.by_reference(session, codes).items()}
        return organisations.ids_by_code(session, codes, OrganisationKind(what))

    def file(rows: Sequence[Row[NewJourney]], tally: Tally, report: Report) -> None:
        known = queries.digests(session, [row.value.reference for row in rows])
        fresh = new_rows(
            rows, known, tally, report,
            key=lambda new: new.reference, name=lambda new: f"The journey {new.reference}", columns="reference",
        )  # fmt: skip
        recorded_at = clock.now()
        values = [
            (
                new_id(), new.reference, new.jobseeker_id, new.corridor, new.channel.value, new.agency_id,
                new.demand_letter_id, new.worksite, new.started_on, new_id(), row_digest, recorded_at,
            )
            for new, row_digest in ((row.value, stored) for row, stored in fresh)
        ]  # fmt: skip
        insert_many(session, Journey.__table__, _JOURNEY_COLUMNS, values)
        open_books(session, actor, [(row[9], "journey") for row in values])

    return Filing(find, file)


def filing_of_stages(session: Session, actor: Actor) -> Filing[NewStage]:
    """Return how stages are filed. An unusual order is a warning in the tally. Who may: whoever may import files."""
    actor.require(Permission.IMPORT_FILES)

    def find(_what: str, codes: Collection[str]) -> Mapping[str, object]:
        return queries.by_reference(session, codes)

    def file(rows: Sequence[Row[NewStage]], tally: Tally, _report: Report) -> None:
        known = queries.stages_of(session, {row.value.journey.id for row in rows})
        recorded_at = clock.now()
        values = []
        for row in rows:
            new = row.value
            stage = rules.StageRead(new.stage, new.occurred_on, new.outcome)
            if stage in known[new.journey.id]:
                tally.skipped += 1
                continue
            _warn(row, known[new.journey.id], tally)
            known[new.journey.id].append(stage)
            tally.added += 1
            values.append((new_id(), new.journey.id, new.stage, new.occurred_on, new.outcome.value, recorded_at))
        insert_many(session, JourneyStage.__table__, _STAGE_COLUMNS, values)

    return Filing(find, file)


def _warn(row: Row[NewStage], recorded: list[rules.StageRead], tally: Tally) -> None:
    new = row.value
    path = reference.path_for(new.journey.corridor, new.journey.channel.value)
    reached = {
        stage.stage
        for stage in recorded
        if stage.occurred_on <= new.occurred_on and stage.outcome is not rules.StageOutcome.FAILED
    }
    warning = rules.out_of_order(path.order, reached, new.stage)
    if warning:
        tally.warnings.append(Problem(row.line, "stage", "unusual_order", f"{new.journey.reference}: {warning}"))
