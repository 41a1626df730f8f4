"""What may be done with journeys: start them, name them for an organisation, and record the stages that they reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id, new_reference
from recruitment.database import outbox
from recruitment.database.bulk import insert_many
from recruitment.employers import queries as employers
from recruitment.jobseekers import queries as jobseekers
from recruitment.journeys import queries, reference, rules
from recruitment.journeys.models import Journey, JourneyMatch, JourneyReference, JourneyStage, Stage
from recruitment.ledger.service import open_books
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.sheets.errors import Problem
from recruitment.sheets.importing import Filing, new_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.journeys.rules import ListedJourney, MatchDecision, NewJourney, NewMatch, NewStage
    from recruitment.organisations.rules import OrganisationRead
    from recruitment.sheets.importing import Report, Row, Tally

_JOURNEY_COLUMNS = (
    "id", "reference", "jobseeker_id", "corridor", "channel", "agency_id", "demand_letter_id", "worksite",
    "started_on", "book_id", "row_digest", "recorded_at",
)  # fmt: skip
_REFERENCE_COLUMNS = ("id", "organisation_id", "journey_id", "reference")
_MATCH_COLUMNS = (
    "id", "reference", "listed_journey_id", "journey_id", "cso_id", "reason", "likeness", "found_on",
)  # fmt: skip
_STAGE_COLUMNS = ("id", "journey_id", "stage", "occurred_on", "outcome", "recorded_at", "recorded_by_id")


STARTED = "journeys.started"
"""The topic of new journeys that no name list opened: those with ids from ``first`` to ``last``."""


def load_stages(session: Session) -> None:
    """Bring the stages of the reference data into the database. Called when it is made or migrated."""
    known = set(queries.stage_codes(session))
    rows = [(fact.code, fact.number) for fact in reference.stages() if fact.code not in known]
    insert_many(session, Stage.__table__, ("code", "number"), rows)


def filing_of_journeys(session: Session, actor: Actor) -> Filing[NewJourney]:
    """Return how journeys are filed: each gets a book of its own. Who may: whoever may start journeys."""
    actor.require(Permission.START_JOURNEYS)

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
        if values:
            # Ids grow, so two of them tell of all between; those of others among them do no harm.
            outbox.emit(session, STARTED, first=values[0][0], last=values[-1][0])

    return Filing(find, file)


def open_listed(
    session: Session, actor: Actor, sender: UUID, journeys: Sequence[ListedJourney]
) -> list[tuple[UUID, str]]:
    """Open a journey for each line of a name list; return their ids and what the sender calls them, in that order.

    A journey always begins anew, whoever is known already. Who may: whoever may send name lists.
    """
    actor.require(Permission.SEND_NAME_LISTS)
    recorded_at = clock.now()
    values = [
        (
            new_id(), new_reference("LJ"), new.jobseeker_id, new.corridor, rules.RecruitmentChannel.MOU.value,
            new.agency_id, new.demand_letter_id, None, new.started_on, new_id(), new.row_digest, recorded_at,
        )
        for new in journeys
    ]  # fmt: skip
    insert_many(session, Journey.__table__, _JOURNEY_COLUMNS, values)
    open_books(session, actor, [(row[9], "journey") for row in values])
    return _add_references(session, sender, [row[0] for row in values])


def refer(session: Session, organisation: UUID, journeys: Collection[UUID]) -> None:
    """Give ``organisation`` a reference for each of ``journeys`` that it has none for. One query and one insert."""
    _add_references(session, organisation, sorted(queries.unreferred(session, organisation, journeys)))


def _add_references(session: Session, organisation: UUID, journeys: Sequence[UUID]) -> list[tuple[UUID, str]]:
    rows = [(new_id(), organisation, journey, new_reference("WJ")) for journey in journeys]
    insert_many(session, JourneyReference.__table__, _REFERENCE_COLUMNS, rows)
    return [(row[2], row[3]) for row in rows]


def propose(session: Session, actor: Actor, pairs: Sequence[NewMatch]) -> int:
    """Propose matches of journeys, those left out that were proposed before; return how many are new.

    Nothing is merged: somebody decides. Who may: whoever may review twins.
    """
    actor.require(Permission.REVIEW_TWINS)
    known = queries.known_pairs(session, {pair.listed_journey_id for pair in pairs})
    found_on = clock.today()
    rows: dict[tuple[UUID, UUID], tuple[Any, ...]] = {}
    for pair in pairs:
        key = (pair.listed_journey_id, pair.journey_id)
        if key not in known:
            rows[key] = (
                new_id(), new_reference("JM"), *key, pair.cso_id, pair.reason.value, pair.likeness, found_on,
            )  # fmt: skip
    insert_many(session, JourneyMatch.__table__, _MATCH_COLUMNS, list(rows.values()))
    return len(rows)


def decide(session: Session, actor: Actor, match: UUID, decision: MatchDecision) -> None:
    """Say of a match whether both are one; a later decision takes the place of an earlier. Verification follows by itself.

    Who may: whoever may review twins. A listed journey is joined to one other at most (``WriteConflict``).
    """
    actor.require(Permission.REVIEW_TWINS)
    session.execute(
        update(JourneyMatch)
        .where(JourneyMatch.id == match)
        .values(decision=decision.value, decided_by=actor.id, decided_on=clock.today())
    )


def carried(session: Session, versions: Mapping[UUID, int | None]) -> None:
    """Note of which version of its listed journey's facts a match's other journey has heard; None for none.

    Verification calls it, once it counted the other journey up.
    """
    for version in sorted(set(versions.values()), key=lambda each: -1 if each is None else each):
        ids = [match for match, each in versions.items() if each == version]
        session.execute(update(JourneyMatch).where(JourneyMatch.id.in_(ids)).values(carried_version=version))
    # What leads to a journey by way of another leads to the CSO of that one.
    session.execute(
        update(JourneyMatch)
        .where(JourneyMatch.cso_id.is_(None), JourneyMatch.decision == rules.MatchDecision.SAME.value)
        .values(cso_id=queries.cso_further_on())
        .execution_options(synchronize_session=False)
    )


def filing_of_stages(session: Session, actor: Actor, recorder: OrganisationRead | None = None) -> Filing[NewStage]:
    """Return how stages are filed that ``recorder`` recorded (the actor's organisation, when it works for one).

    An unusual order is a warning in the tally; it considers only the stages that the actor may see. A stage that
    another organisation recorded is no reason to skip a row. Who may: whoever may record stages.
    """
    actor.require(Permission.RECORD_STAGES)
    recorded_by = actor.organisation_id or (recorder.id if recorder else None)

    def find(_what: str, codes: Collection[str]) -> Mapping[str, object]:
        return queries.by_reference_for(session, actor, codes)

    def file(rows: Sequence[Row[NewStage]], tally: Tally, _report: Report) -> None:
        known = queries.stages_of(session, {row.value.journey.id for row in rows})
        recorded_at = clock.now()
        values = []
        for row in rows:
            new = row.value
            stage = rules.StageRead(new.stage, new.occurred_on, new.outcome, recorded_by)
            if stage in known[new.journey.id]:
                tally.skipped += 1
                continue
            _warn(row, known[new.journey.id], tally)
            known[new.journey.id].append(stage)
            tally.added += 1
            values.append((
                new_id(), new.journey.id, new.stage, new.occurred_on, new.outcome.value, recorded_at, recorded_by,
            ))  # fmt: skip
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
