"""Nominating people for relief: one case for each journey, in bulk, with a book of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.errors import InvariantViolated
from recruitment.core.ids import new_id, new_reference
from recruitment.database.bulk import insert_many
from recruitment.journeys import queries as journeys_queries
from recruitment.ledger.service import open_books
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.relief import queries
from recruitment.relief.errors import CaseRunning, JourneyNotKnown, OperatorUnknown
from recruitment.relief.models import ReliefCase, ReliefCaseEvent
from recruitment.relief.rules.machine import CASE
from recruitment.relief.services.moves import EVENT_COLUMNS
from recruitment.sheets.importing import Filing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.journeys.rules import JourneyRead
    from recruitment.organisations.rules import OrganisationRead
    from recruitment.relief.queries import CaseRead
    from recruitment.sheets.importing import Report, Row, Tally

BOOK_KIND = "relief_case"
_COLUMNS = (
    "id", "reference", "operator_id", "jobseeker_id", "journey_id", "book_id", "crew", "nominated_by", "recorded_at",
    "number", "state",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewNomination:
    """Whom to nominate with which fund operator. ``crew`` is the vessel or group; all are named as outside."""

    journey: str
    operator: str
    crew: str | None = None


@dataclass(frozen=True, slots=True)
class Nomination:
    """The same with the journey and the operator as they were found."""

    journey: JourneyRead
    operator: OrganisationRead
    crew: str | None


def nominate(session: Session, actor: Actor, nominations: Sequence[NewNomination]) -> list[str]:
    """Open a case for each journey, and return the references in their order: all of them, or none.

    Journeys that are joined have one case, with the journey that they are one with. Who may: whoever may nominate, for
    journeys that they see. Raises ``JourneyNotKnown``, ``OperatorUnknown``, ``CaseRunning``.
    """
    actor.require(Permission.NOMINATE_RELIEF)
    found = journeys_queries.by_reference(session, {each.journey for each in nominations})
    operators = organisations.by_code(session, {each.operator for each in nominations}, OrganisationKind.FUND_OPERATOR)
    for each in nominations:
        if each.journey not in found:
            raise JourneyNotKnown(f"There is no journey {each.journey} that you know of.", journey=each.journey)
        if each.operator not in operators:
            raise OperatorUnknown(f"There is no fund operator {each.operator}.", operator=each.operator)
    roots = _roots(session, [found[each.journey] for each in nominations])
    wanted = [(roots[found[each.journey].id], operators[each.operator], each.crew) for each in nominations]
    ids = [root.id for root, _, _ in wanted]
    running = queries.running_of(session, ids)
    taken = next((root for root, _, _ in wanted if root.id in running), None)
    if taken is not None or len(set(ids)) < len(ids):
        about = f"the journey {taken.reference}" if taken else "one of these journeys twice over"
        raise CaseRunning(f"There is a running relief case about {about}. Leave it out.")
    opened = _open(session, actor, wanted)
    return [reference for _, reference in opened]


def filing_of_nominations(session: Session, actor: Actor) -> Filing[Nomination]:
    """Return how nominations of a file are filed. A journey whose case runs with the same operator and crew is skipped.

    Who may: whoever may nominate.
    """
    actor.require(Permission.NOMINATE_RELIEF)

    def find(what: str, codes: Collection[str]) -> Mapping[str, object]:
        if what == "journey":
            return journeys_queries.by_reference(session, codes)
        return organisations.by_code(session, codes, OrganisationKind.FUND_OPERATOR)

    def file(rows: Sequence[Row[Nomination]], tally: Tally, report: Report) -> None:
        roots = _roots(session, [row.value.journey for row in rows])
        running: dict[UUID, CaseRead | Nomination] = dict(
            queries.running_of(session, {root.id for root in roots.values()})
        )
        fresh: list[tuple[JourneyRead, OrganisationRead, str | None]] = []
        for row in rows:
            value, root = row.value, roots[row.value.journey.id]
            before = running.get(root.id)
            if before is None:
                running[root.id] = value
                fresh.append((root, value.operator, value.crew))
            elif _standing(before) == (value.operator.id, value.crew):
                tally.skipped += 1
            else:
                report(
                    row.line, "journey", "case_running",
                    f"There is a running relief case about {value.journey.reference} with another operator or crew. "
                    "Leave this row out, or end that case first.",
                )  # fmt: skip
        _open(session, actor, fresh)
        tally.added += len(fresh)

    return Filing(find, file)


def _standing(before: CaseRead | Nomination) -> tuple[UUID, str | None]:
    return (before.operator.id if isinstance(before, Nomination) else before.operator_id, before.crew)


def _roots(session: Session, journeys: Sequence[JourneyRead]) -> dict[UUID, JourneyRead]:
    """Return for each journey the one at the end of its joins, itself where there is none."""
    roots = journeys_queries.roots_of(session, [each.id for each in journeys])
    others = journeys_queries.by_id(session, set(roots.values()))
    found = {each.id: each for each in journeys}
    for journey, root in roots.items():
        if root not in others:
            raise InvariantViolated("a journey is joined to one that this session does not see")
        found[journey] = others[root]
    return found


def _open(
    session: Session, actor: Actor, wanted: Sequence[tuple[JourneyRead, OrganisationRead, str | None]]
) -> list[tuple[UUID, str]]:
    """Write cases with their books and first events; return ids and references."""
    at, today, state = clock.now(), clock.today(), CASE.start.value
    made = [(new_id(), new_reference("RL"), new_id(), *each) for each in wanted]
    open_books(session, actor, [(book, BOOK_KIND) for _, _, book, *_ in made])
    insert_many(
        session, ReliefCase.__table__, _COLUMNS,
        [
            (
                case, reference, operator.id, journey.jobseeker_id, journey.id, book, crew or None, actor.id, at, 1,
                state,
            )
            for case, reference, book, journey, operator, crew in made
        ],
    )  # fmt: skip
    insert_many(
        session, ReliefCaseEvent.__table__, EVENT_COLUMNS,
        [(case, 1, None, None, None, state, today, None, None, None, actor.id, at) for case, *_ in made],
    )  # fmt: skip
    audit.record_many(session, actor, "relief.nominated", [("relief_case", case) for case, *_ in made])
    return [(case, reference) for case, reference, *_ in made]
