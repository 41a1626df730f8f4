"""Everything that is kept of a person, as plain data: their own copy."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select

from recruitment.audit.models import AuditEvent
from recruitment.cases import queries as cases
from recruitment.certificates import queries as certificates
from recruitment.core import clock
from recruitment.core.money import to_text
from recruitment.employers.models import DemandLetter
from recruitment.fees.models import (
    CollateralRow,
    Commitment,
    DebtRow,
    DeclarationLine,
    EarningsRow,
    FeeDeclaration,
    RepaymentRow,
    ReportedPaymentRow,
)
from recruitment.journeys import queries as journeys_queries
from recruitment.journeys.models import Journey, JourneyStage
from recruitment.organisations.models import Organisation
from recruitment.releases import queries as releases
from recruitment.relief import queries as relief
from recruitment.verification import queries as verification
from recruitment.verification.models import ComparisonRow

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

_FOLLOW_UPS: dict[str, Any] = {
    "reported": ReportedPaymentRow,
    "repayments": RepaymentRow,
    "debts": DebtRow,
    "collateral": CollateralRow,
    "earnings": EarningsRow,
}


def copy_of(session: Session, jobseeker: UUID) -> dict[str, Any]:
    """Return the journeys of a person with every statement about them, corrected ones too, and who acted on the record.

    Listed journeys that are one with theirs are theirs. It holds what the session sees; dates and instants are ISO text,
    amounts decimal text.
    """
    own = [journey.id for journey in journeys_queries.of_jobseekers(session, [jobseeker])]
    joined = {each for several in journeys_queries.joined_to(session, own).values() for each in several}
    query = (
        select(Journey, Organisation.code, DemandLetter.reference)
        .outerjoin(Organisation, Organisation.id == Journey.agency_id)
        .outerjoin(DemandLetter, DemandLetter.id == Journey.demand_letter_id)
        .where(Journey.id.in_([*own, *joined]))
        .order_by(Journey.started_on, Journey.reference)
    )
    journeys = [
        {**_told(journey), "agency": agency, "demand_letter": letter, **_of_journey(session, journey)}
        for journey, agency, letter in session.execute(query)
    ]
    return {"journeys": journeys, "record_used": _record_used(session, jobseeker)}


def _of_journey(session: Session, journey: Journey) -> dict[str, Any]:
    stages = session.scalars(
        select(JourneyStage).where(JourneyStage.journey_id == journey.id).order_by(JourneyStage.occurred_on)
    )
    comparison = session.scalar(select(ComparisonRow.document).where(ComparisonRow.journey_id == journey.id))
    found: dict[str, Any] = {
        "stages": [_told(stage) for stage in stages],
        "declared": _declared(session, journey.id),
        "committed": _committed(session, journey.demand_letter_id),
    }
    for name, model in _FOLLOW_UPS.items():
        rows = session.execute(
            select(model, Organisation.code)
            .outerjoin(Organisation, Organisation.id == model.sender_id)
            .where(model.journey_id == journey.id)
            .order_by(model.reference, model.version)
        )
        found[name] = [{"told_by": sender, **_told(row)} for row, sender in rows]
    found["adjudications"] = _decided(session, journey.id)
    found |= _cases(session, journey.id)
    named, assessed = releases.for_the_copy(session, journey.id, journey.jobseeker_id)
    found |= {"disclosures": named, "retaliation_assessments": assessed}
    found |= certificates.for_the_copy(session, journey.id, clock.now())
    found["relief"] = relief.for_the_copy(session, journey.id, clock.today())
    found["comparison"] = json.loads(comparison) if comparison else None
    return found


def _cases(session: Session, journey: UUID) -> dict[str, Any]:
    """Return the cases about a journey, and what the person answered in them; never what staff noted."""
    listed: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    for case in cases.for_the_copy(session, journey):
        days = {name: getattr(case, name).isoformat() for name in ("identified_at", "opened_at", "last_event_at")}
        listed.append({"reference": case.reference, "kind": case.kind, "state": case.state, **days})
        answers.extend(
            {
                "case": case.reference, "right_action": said.answer.right_action, "well_done": said.answer.well_done,
                "effective": said.answer.effective, "channel": said.channel, "witnessed": said.witnessed,
                "asked_on": said.asked_on.isoformat(),
            }
            for said in case.answers
        )  # fmt: skip
    return {"cases": listed, "validations": answers}


def _declared(session: Session, journey: UUID) -> list[dict[str, Any]]:
    query = (
        select(DeclarationLine, FeeDeclaration.reference, FeeDeclaration.recorded_at)
        .join(FeeDeclaration, FeeDeclaration.id == DeclarationLine.declaration_id)
        .where(DeclarationLine.journey_id == journey)
        .order_by(FeeDeclaration.recorded_at, DeclarationLine.line)
    )
    return [
        {"declaration": reference, "recorded_at": recorded_at.isoformat(), **_told(line)}
        for line, reference, recorded_at in session.execute(query)
    ]


def _decided(session: Session, journey: UUID) -> list[dict[str, Any]]:
    """Return what was decided about a journey, with evidence and notes opened; never who decided."""
    decisions = [each for each in verification.decisions_of(session, [journey]) if each.journey_id == journey]
    return [
        {
            "decision": each.reference,
            "fee_item": each.fee_item,
            "verified": to_text(each.verified_minor, each.currency),
            "currency": each.currency,
            "reason": each.reason.value,
            "evidence": "; ".join(f"{kind.value}: {reference}" for kind, reference in each.evidence or ()) or None,
            "note": each.note,
            "second_person": each.second.answer.value if each.second else None,
            "your_answers": "; ".join(f"{said.asked_on}: {said.answer.value}" for said in each.validations) or None,
            "in_force": each.stands,
            "recorded_at": each.recorded_at.isoformat(),
        }
        for each in verification.opened(session, decisions)
    ]


def _committed(session: Session, letter: UUID | None) -> list[dict[str, Any]]:
    query = select(Commitment).where(Commitment.demand_letter_id == letter).order_by(Commitment.fee_item)
    return [_told(row) for row in session.scalars(query)] if letter else []


def _record_used(session: Session, jobseeker: UUID) -> list[dict[str, Any]]:
    """Return who did what with the record: the role and the organisation, never the name of a member of staff."""
    event = AuditEvent
    query = (
        select(event.occurred_at, event.action, event.actor_role, Organisation.code, event.purpose)
        .outerjoin(Organisation, Organisation.id == event.organisation_id)
        .where(event.subject_kind == "jobseeker", event.subject_id == str(jobseeker))
        .order_by(event.id)
    )
    return [
        {"at": at.isoformat(), "action": action, "role": role, "organisation": code, "purpose": purpose}
        for at, action, role, code, purpose in session.execute(query)
    ]


def _told(row: Any) -> dict[str, Any]:
    """Return the columns of a row that mean something to a reader: no ids and digests; amounts as decimal text."""
    columns = {attribute.key: getattr(row, attribute.key) for attribute in inspect(type(row)).column_attrs}
    told: dict[str, Any] = {}
    for name, value in columns.items():
        if name == "id" or name.endswith(("_id", "_digest", "_sealed")):
            continue
        if name.endswith("_minor"):
            currency = columns.get("limit_currency" if name.startswith("limit") else "currency")
            told[name.removesuffix("_minor")] = to_text(value, currency) if value is not None and currency else None
        else:
            told[name] = value.isoformat() if isinstance(value, date | datetime) else value
    return told
