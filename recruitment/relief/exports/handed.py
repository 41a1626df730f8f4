"""The receipt of a case as it is handed to its worker: drawn when it is asked for, and its reading recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.jobseekers import queries as jobseekers
from recruitment.organisations import queries as organisations
from recruitment.relief.exports.receipt import draw_receipt, receipt_of
from recruitment.relief.services import reading

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from recruitment.audit.rules import Purpose
    from recruitment.core.actor import Actor


def receipt_for(
    session: Session, actor: Actor, reference: str, *, language: str, purpose: Purpose, thing: str | None = None
) -> bytes:
    """Return the receipt of a case as a PDF, in English beside ``language``, and record that it was read, and why.

    Of ``thing`` alone, where one is named. It tells the worker to turn to the CSO that knows them, or to the fund where
    none does. Call it in a unit of work. Who may: whoever may read relief. Raises ``CaseUnknown``, ``ThingUnknown``.
    """
    case = reading.read(session, actor, reference, as_of=clock.today(), purpose=purpose).case
    person = jobseekers.by_id(session, [case.jobseeker_id])[case.jobseeker_id]
    known = person.cso_id or case.operator_id
    to_tell = organisations.by_id(session, [known])[known].name
    contents = receipt_of(session, case, made_on=clock.today(), organisation=to_tell, thing=thing)
    return draw_receipt(contents, language)
