"""Decisions about what a worker bore: those of a journey, those that wait, and those that the comparison uses."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from recruitment.core.actor import Audience
from recruitment.database.scoping import guard, organisation_of, person_of, seen, within
from recruitment.fees.models import DeclarationLine, ReportedPaymentRow
from recruitment.fees.queries import is_current, is_in_force
from recruitment.jobseekers import queries as jobseekers
from recruitment.journeys.models import Journey
from recruitment.verification.models import AdjudicationRow, ConfirmationRow, ValidationRow
from recruitment.verification.rules.adjudication import (
    AdjudicationRead,
    AdjudicationReason,
    AdjudicationState,
    Evidence,
    EvidenceKind,
    SecondAnswer,
    SecondPerson,
    ValidationRead,
    WaitingRead,
    WorkersAnswer,
    basis_of,
    is_validated,
)
from recruitment.verification.rules.facts import Adjudicated

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

# A decision shows that a worker spoke: it exists for who hears workers alone. Those who look after them record what they
# say of it; who decides and who confirms sees everything.
_CASELOADS = (Audience.SUPERVISOR, Audience.FIELDWORKER)
guard(AdjudicationRow, read=dict.fromkeys(_CASELOADS, within("journey_id", Journey)))
guard(ConfirmationRow, read=dict.fromkeys(_CASELOADS, within("adjudication_id", AdjudicationRow)))
guard(
    ValidationRow,
    read=dict.fromkeys(_CASELOADS, within("adjudication_id", AdjudicationRow)),
    write={
        audience: {
            "asked_by": person_of,
            "organisation_id": organisation_of,
            "adjudication_id": seen(AdjudicationRow),
        }
        for audience in _CASELOADS
    },
)

_CONFIRMED = SecondAnswer.CONFIRMED.value


def _by_then(model: Any, as_of: datetime | None) -> tuple[ColumnElement[bool], ...]:
    return () if as_of is None else (model.recorded_at <= as_of,)


def _in_force(row: Any, as_of: datetime | None) -> ColumnElement[bool]:
    second = aliased(ConfirmationRow)
    confirmed = exists().where(
        second.adjudication_id == row.id, second.answer == _CONFIRMED, *_by_then(second, as_of)
    )  # fmt: skip
    return and_(or_(row.needs_second.is_(False), confirmed), *_by_then(row, as_of))


def stands(as_of: datetime | None = None) -> ColumnElement[bool]:
    """Return the condition that a decision is the last about its item that is in force; with an instant, as it was then."""
    row, later = AdjudicationRow, aliased(AdjudicationRow)
    return and_(
        _in_force(row, as_of),
        ~exists().where(later.question_id == row.question_id, later.version > row.version, _in_force(later, as_of)),
    )


def adjudicated(
    session: Session, roots: Mapping[UUID, UUID], as_of: datetime | None = None
) -> dict[UUID, dict[str, Adjudicated]]:
    """Return what was decided and still holds, by journey and item. One query for a batch without decisions.

    ``roots`` leads from each journey, those included that are one with another, to the one that is compared.
    """
    row = AdjudicationRow
    query = (
        select(row.journey_id, row.fee_item, row.id, row.verified_minor, row.basis_digest)
        .where(row.journey_id.in_(roots), stands(as_of))
        .order_by(row.recorded_at, row.id)
    )
    # Of two decisions that were made before their journeys became one, the later counts.
    latest = {(roots[found.journey_id], found.fee_item): found for found in session.execute(query)}
    if not latest:
        return {}
    current = bases(session, roots, latest.keys(), as_of)
    holding = {key: found for key, found in latest.items() if found.basis_digest == current[key]}
    answers = _answers(session, [found.id for found in holding.values()], as_of)
    told: dict[UUID, dict[str, Adjudicated]] = defaultdict(dict)
    for (journey, item), found in sorted(holding.items()):
        told[journey][item] = Adjudicated(
            found.verified_minor, is_validated((each.answer, each.is_independent) for each in answers[found.id])
        )
    return told


def bases(
    session: Session,
    roots: Mapping[UUID, UUID],
    wanted: Collection[tuple[UUID, str]],
    as_of: datetime | None = None,
) -> dict[tuple[UUID, str], bytes]:
    """Return the bases of items of journeys: digests of the reports and lines in force. Two queries for all of them."""
    compared, items = {journey for journey, _ in wanted}, {item for _, item in wanted}
    ids = [each for each, root in roots.items() if root in compared]
    line, report = DeclarationLine, ReportedPaymentRow
    said: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    for query in (
        select(line.journey_id, line.fee_item, line.id).where(
            line.journey_id.in_(ids), line.fee_item.in_(items), is_in_force(as_of)
        ),
        select(report.journey_id, report.fee_item, report.id).where(
            report.journey_id.in_(ids), report.fee_item.in_(items), is_current(report, as_of)
        ),
    ):
        for journey, item, statement in session.execute(query):
            said[roots[journey], item].append(statement)
    return {key: basis_of(said[key]) for key in wanted}


def _answers(
    session: Session, adjudications: Collection[UUID], as_of: datetime | None = None
) -> dict[UUID, list[ValidationRead]]:
    """Return what workers said of decisions, oldest first."""
    row = ValidationRow
    query = (
        select(row.adjudication_id, row.answer, row.channel, row.witnessed, row.is_independent, row.asked_on)
        .where(row.adjudication_id.in_(adjudications), *_by_then(row, as_of))
        .order_by(row.recorded_at, row.id)
    )
    found: dict[UUID, list[ValidationRead]] = defaultdict(list)
    rows: Any = session.execute(query) if adjudications else ()
    for adjudication, answer, *how in rows:
        found[adjudication].append(ValidationRead(WorkersAnswer(answer), *how))
    return found


def decisions_of(session: Session, journeys: Collection[UUID]) -> list[AdjudicationRead]:
    """Return every decision about journeys, newest first, without the sealed words of its evidence and note."""
    row, other = AdjudicationRow, aliased(AdjudicationRow)
    return _read(session, row.question_id.in_(select(other.question_id).where(other.journey_id.in_(journeys))))


def decision(session: Session, reference: str) -> AdjudicationRead | None:
    """Return the decision of a reference; None when the session sees none."""
    row = AdjudicationRow
    question = session.scalar(select(row.question_id).where(row.reference == reference))
    found = _read(session, row.question_id == question) if question else []
    return next((each for each in found if each.reference == reference), None)


def _read(session: Session, condition: ColumnElement[bool]) -> list[AdjudicationRead]:
    row, second = AdjudicationRow, ConfirmationRow
    query = (
        select(
            row.id, row.reference, row.journey_id, row.fee_item, row.question_id, row.version, row.verified_minor,
            row.currency, row.reason, row.evidence, row.basis_digest, row.stake_minor, row.needs_second, row.needs_worker,
            row.decided_by, row.recorded_at, second.answer, second.confirmed_by, second.recorded_at,
        )
        .outerjoin(second, second.adjudication_id == row.id)
        .where(condition)
        .order_by(row.recorded_at, row.id)
    )  # fmt: skip
    rows: Any = session.execute(query).all()
    answers = _answers(session, [found[0] for found in rows])
    read = []
    for (*head, reason, kinds), (*tail, answer, by, at) in ((found[:10], found[10:]) for found in rows):
        told = SecondPerson(SecondAnswer(answer), by, at) if answer else None
        kinds_told = [EvidenceKind(kind) for kind in kinds]
        values = (*head, AdjudicationReason(reason), kinds_told, *tail, told, answers[head[0]])
        read.append(AdjudicationRead(*values))
    return _placed(read)


def _placed(read: Sequence[AdjudicationRead]) -> list[AdjudicationRead]:
    """Say of each decision whether it is the last about its item, and whether it is the last in force; newest first."""
    last: dict[UUID, int] = {}
    standing: dict[UUID, int] = {}
    for each in read:
        last[each.question_id] = max(each.version, last.get(each.question_id, 0))
        if each.is_in_force:
            standing[each.question_id] = max(each.version, standing.get(each.question_id, 0))
    return [
        replace(
            each, is_last=last[each.question_id] == each.version,
            stands=standing.get(each.question_id) == each.version,
        )
        for each in reversed(read)
    ]  # fmt: skip


def opened(session: Session, decisions: Sequence[AdjudicationRead]) -> list[AdjudicationRead]:
    """Return decisions with the words of their evidence and their notes. Of erased people they can be opened no more."""
    ids = [each.id for each in decisions]
    row = AdjudicationRow
    query = (
        select(row.id, row.evidence_sealed, row.note_sealed, Journey.jobseeker_id)
        .join(Journey, Journey.id == row.journey_id)
        .where(row.id.in_(ids))
    )
    sealed = {found[0]: found[1:] for found in session.execute(query)} if ids else {}
    keys = {person: jobseekers.key_of(session, person) for person in {found[2] for found in sealed.values()}}
    read = []
    for each in decisions:
        evidence, note, person = sealed[each.id]
        key = keys[person]
        if key is None:
            read.append(replace(each, is_erased=True))
            continue
        words = json.loads(key.open(evidence, "adjudications.evidence", each.id) or "[]")
        read.append(
            replace(
                each,
                evidence=[Evidence(EvidenceKind(kind), reference) for kind, reference in words],
                note=key.open(note, "adjudications.note", each.id),
            )
        )
    return read


def waiting(
    session: Session,
    reader: UUID,
    *,
    after: str | None,
    limit: int,
    states: Collection[AdjudicationState] = (AdjudicationState.AWAITS_SECOND, AdjudicationState.AWAITS_WORKER),
) -> list[WaitingRead]:
    """Return the decisions that wait for a second person or for the worker, in order of reference.

    ``reader`` is told which are their own. One that waits for the worker may have been reopened by new words meanwhile.
    """
    row, successor, second = AdjudicationRow, aliased(AdjudicationRow), aliased(ConfirmationRow)
    answer, later = aliased(ValidationRow), aliased(ValidationRow)
    for_second = and_(
        row.needs_second.is_(True),
        ~exists().where(successor.supersedes_id == row.id),
        ~exists().where(second.adjudication_id == row.id),
    )
    agreed = exists().where(
        answer.adjudication_id == row.id, answer.is_independent.is_(True), answer.answer == WorkersAnswer.AGREES.value,
        ~exists().where(later.adjudication_id == row.id, later.is_independent.is_(True), later.id > answer.id),
    )  # fmt: skip
    for_worker = and_(row.needs_worker.is_(True), stands(), ~agreed)
    query = (
        select(
            row.reference, Journey.reference, row.fee_item, row.verified_minor, row.currency, row.reason,
            case((for_second, AdjudicationState.AWAITS_SECOND.value), else_=AdjudicationState.AWAITS_WORKER.value),
            row.decided_by, row.recorded_at,
        )
        .join(Journey, Journey.id == row.journey_id)
        .where(
            or_(
                for_second if AdjudicationState.AWAITS_SECOND in states else false(),
                for_worker if AdjudicationState.AWAITS_WORKER in states else false(),
            )
        )
        .order_by(row.reference)
        .limit(limit)
    )  # fmt: skip
    if after is not None:
        query = query.where(row.reference > after)
    rows: Any = session.execute(query)
    told = []
    for *head, reason, state, decided_by, recorded_at in rows:
        values = (*head, AdjudicationReason(reason), AdjudicationState(state), decided_by == reader, recorded_at.date())
        told.append(WaitingRead(*values))
    return told


def verified_sums(session: Session) -> Iterable[tuple[str, str, int]]:
    """Return item, currency and sum of the decisions that stand: what the books hold as verified."""
    row = AdjudicationRow
    query = select(row.fee_item, row.currency, func.sum(row.verified_minor)).where(stands(), row.verified_minor > 0)
    for item, currency, amount in session.execute(query.group_by(row.fee_item, row.currency)):
        yield item, currency, int(amount)
