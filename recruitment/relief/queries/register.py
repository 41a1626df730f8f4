"""Reads of creditors and of the debt register. Names of creditors are opened one by one, for the inside alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from recruitment.organisations.models import Organisation
from recruitment.relief.models import Announcement, Creditor, RegisterDebt, RegisterDebtLine
from recruitment.relief.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.relief.queries.cases import parts
from recruitment.relief.queries.reads import CreditorRead, DebtRead, LineRead
from recruitment.relief.rules.kinds import RegisterLine
from recruitment.relief.rules.parameters import Parameters
from recruitment.relief.rules.register import DebtLine, flagged_after_announcement, standing
from recruitment.relief.rules.register import RegisterDebt as Told

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

NAME = "relief_creditors.name"
"""For what the name of a creditor is sealed."""

_operator = aliased(Organisation)
_DRAWING = (RegisterLine.ADDITION.value, RegisterLine.INTEREST.value)


def creditor(session: Session, reference: str) -> CreditorRead | None:
    """Return a creditor with the name opened; None when the session sees none of that reference."""
    query = _creditors(Creditor.name_sealed).where(Creditor.reference == reference)
    row = session.execute(query).first()
    if row is None:
        return None
    return replace(_creditor(row), name=session.info["vault"].open_secret(NAME, row.id, row.name_sealed))


def creditor_page(
    session: Session, *, operator: str | None = None, after: str | None = None, limit: int
) -> list[CreditorRead]:
    """Return at most ``limit`` creditors of an operator (by code) after a reference, in that order, without names."""
    query = _creditors().order_by(Creditor.reference).limit(limit)
    if operator is not None:
        query = query.where(_operator.code == operator)
    if after is not None:
        query = query.where(Creditor.reference > after)
    return [_creditor(row) for row in session.execute(query)]


def _creditor(row: Any) -> CreditorRead:
    return CreditorRead(
        row.id, row.reference, row.operator, row.operator_id, row.kind, row.vessel, row.organisation, row.announced_on
    )


def _creditors(*more: Any) -> Any:
    row, own = Creditor, aliased(Organisation)
    return (
        select(
            row.id, row.reference, _operator.code.label("operator"), row.operator_id, row.kind, row.vessel,
            own.code.label("organisation"), Announcement.announced_on, *more,
        )
        .join(_operator, _operator.id == row.operator_id)
        .outerjoin(own, own.id == row.organisation_id)
        .outerjoin(Announcement, Announcement.creditor_id == row.id)
    )  # fmt: skip


def debts_of(session: Session, case: UUID, as_of: date) -> list[DebtRead]:
    """Return the debts of a case as they stand at the end of a day, corrected ones too, in order of recording."""
    return debts_of_cases(session, [case], as_of)


def debts_of_cases(session: Session, cases: Collection[UUID], as_of: date) -> list[DebtRead]:
    """Return the debts of several cases. In three statements for 500 of them."""
    found: list[DebtRead] = []
    for some in parts(cases):
        rows = session.execute(_debts().where(RegisterDebt.case_id.in_(some)).order_by(RegisterDebt.id)).all()
        found += _with_lines(session, rows, as_of)
    return found


def debts_to(session: Session, creditors: Collection[UUID], as_of: date) -> list[DebtRead]:
    """Return the debts to some creditors, whosesoever they are."""
    found: list[DebtRead] = []
    for some in parts(creditors):
        rows = session.execute(_debts().where(RegisterDebt.creditor_id.in_(some)).order_by(RegisterDebt.id)).all()
        found += _with_lines(session, rows, as_of)
    return found


def case_of_debt(session: Session, reference: str) -> UUID | None:
    """Return the case of a debt; None when the session sees none of that reference."""
    return session.scalar(select(RegisterDebt.case_id).where(RegisterDebt.reference == reference))


def _debts() -> Any:
    row = RegisterDebt
    return (
        select(
            row.id, row.reference, row.case_id, row.creditor_id, row.corrects_id, row.debt_reference,
            row.principal_minor, row.linked_minor, row.currency, row.taken_on, row.interest_percent, row.security,
            Creditor.reference.label("creditor"), Creditor.kind.label("creditor_kind"), Announcement.announced_on,
        )
        .outerjoin(Creditor, Creditor.id == row.creditor_id)
        .outerjoin(Announcement, Announcement.creditor_id == row.creditor_id)
    )  # fmt: skip


def _with_lines(session: Session, rows: Sequence[Any], as_of: date) -> list[DebtRead]:
    by_id = {row.id: row for row in rows}
    corrected = {row.corrects_id for row in rows if row.corrects_id}
    roots = {row.id: _root(row, by_id) for row in rows}
    lines: dict[UUID, list[Any]] = defaultdict(list)
    line = RegisterDebtLine
    for some in parts(by_id):
        query = select(line.id, line.debt_id, line.kind, line.amount_minor, line.happened_on, line.reverses_id)
        for found in session.execute(query.where(line.debt_id.in_(some)).order_by(line.id)):
            lines[roots[found.debt_id]].append(found)
    return [_debt(row, roots[row.id], by_id, corrected, lines[roots[row.id]], as_of) for row in rows]


def _root(row: Any, by_id: dict[UUID, Any]) -> UUID:
    while row.corrects_id in by_id:
        row = by_id[row.corrects_id]
    root: UUID = row.id
    return root


def _debt(
    row: Any, root: UUID, by_id: dict[UUID, Any], corrected: Collection[UUID], lines: Sequence[Any], as_of: date
) -> DebtRead:
    numbers = {each.id: number for number, each in enumerate(lines, start=1)}
    taken_back = {each.reverses_id for each in lines if each.reverses_id}
    counting = [each for each in lines if each.reverses_id is None and each.id not in taken_back]
    told = Told(
        currency=row.currency,
        taken_on=row.taken_on,
        principal_minor=row.principal_minor,
        linked_minor=row.linked_minor,
        lines=tuple(DebtLine(RegisterLine(each.kind), each.happened_on, each.amount_minor) for each in counting),
        percent=row.interest_percent,
    )
    return DebtRead(
        id=row.id,
        root_id=root,
        reference=row.reference,
        case_id=row.case_id,
        creditor=row.creditor or "",
        creditor_id=row.creditor_id,
        creditor_kind=row.creditor_kind or "",
        corrects=by_id[row.corrects_id].reference if row.corrects_id in by_id else None,
        debt_reference=row.debt_reference,
        principal_minor=row.principal_minor,
        linked_minor=row.linked_minor,
        currency=row.currency,
        taken_on=row.taken_on,
        interest_percent=row.interest_percent,
        security=row.security,
        is_current=row.id not in corrected,
        is_flagged=flagged_after_announcement(row.taken_on, row.announced_on),
        lines=tuple(_lines(lines, numbers, row.announced_on)),
        standing=standing(told, as_of, Parameters()),
    )


def _lines(lines: Sequence[Any], numbers: dict[UUID, int], announced_on: date | None) -> Iterable[LineRead]:
    for each in lines:
        yield LineRead(
            each.id, numbers[each.id], each.kind, each.amount_minor, each.happened_on,
            numbers.get(each.reverses_id) if each.reverses_id else None,
            each.kind in _DRAWING and flagged_after_announcement(each.happened_on, announced_on),
        )  # fmt: skip
