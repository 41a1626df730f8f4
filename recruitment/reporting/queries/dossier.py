"""One journey with everything that its page shows beside the explanation: parties, stages, and the books behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from recruitment.agencies.models import AgencyLicence
from recruitment.core.actor import Permission
from recruitment.employers.models import DemandLetter
from recruitment.fees.models import (
    DebtRow,
    DeclarationLine,
    FactVersion,
    FeeDeclaration,
    FeeItem,
    RepaymentRow,
    ReportedPaymentRow,
)
from recruitment.jobseekers import queries as jobseekers
from recruitment.jobseekers.models import Jobseeker
from recruitment.journeys import queries as journeys
from recruitment.journeys.models import Journey
from recruitment.ledger import queries as ledger
from recruitment.organisations.models import Organisation
from recruitment.reporting.queries.lines import differs_from_facts
from recruitment.verification.models import ComparisonRow

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.jobseekers.rules import PersonRead
    from recruitment.journeys.rules import StageRead
    from recruitment.ledger.rules import EntryRead


@dataclass(frozen=True, slots=True)
class JourneyHead:
    """Who and what a journey joins. What is None is not there: fishing crews have no agency and no letter."""

    id: UUID
    reference: str
    corridor: str
    channel: str
    worksite: str | None
    started_on: date
    book_id: UUID
    jobseeker_id: UUID
    jobseeker: str
    debt_book_id: UUID
    agency_code: str | None
    agency_name: str | None
    licence_number: str | None
    licence_from: date | None
    licence_until: date | None
    letter: str | None
    occupation: str | None
    letter_issued_on: date | None
    employer_code: str | None
    employer_name: str | None
    compared_at: datetime | None
    is_stale: bool


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry of the books, with the statement behind it and the entry that it takes back, or that takes it back."""

    entry: EntryRead
    statement: str | None
    reversed_by: UUID | None


@dataclass(frozen=True, slots=True)
class Book:
    """A book with its entries, in the order in which they were recorded."""

    code: str
    title: str
    entries: tuple[EntryLine, ...]


@dataclass(frozen=True, slots=True)
class JourneyPage:
    """What the page of a journey shows. ``person`` and ``books`` are None for an actor who may not read them."""

    head: JourneyHead
    person: PersonRead | None
    stages: tuple[StageRead, ...]
    item_labels: Mapping[str, str]
    books: tuple[Book, ...] | None

    @property
    def entry_of(self) -> dict[str, UUID]:
        """The entry that holds a statement now, by the statement's reference."""
        return {
            line.statement: line.entry.id
            for book in self.books or ()
            for line in book.entries
            if line.statement and line.entry.reverses_id is None and line.reversed_by is None
        }


def journey_page(session: Session, actor: Actor, reference: str) -> JourneyPage | None:
    """Return the journey of a reference; None when there is none. The number of queries is the same for every journey.

    Who may: whoever may read statements. The name of the person and the books only with their own permissions.
    """
    actor.require(Permission.READ_STATEMENTS)
    row = session.execute(_head().where(Journey.reference == reference)).first()
    if row is None:
        return None
    head = JourneyHead(*row)
    persons: dict[UUID, PersonRead] = {}
    if Permission.READ_PERSONS in actor.permissions:
        persons = jobseekers.persons(session, actor, [head.jobseeker_id])
    return JourneyPage(
        head=head,
        person=persons.get(head.jobseeker_id),
        stages=tuple(journeys.stages_of(session, [head.id]).get(head.id, ())),
        item_labels={code: label for code, label in session.execute(select(FeeItem.code, FeeItem.label))},
        books=_books(session, head) if Permission.READ_LEDGER in actor.permissions else None,
    )


def _head() -> Any:
    agency, employer, letter = aliased(Organisation), aliased(Organisation), DemandLetter
    return (
        select(
            Journey.id, Journey.reference, Journey.corridor, Journey.channel, Journey.worksite, Journey.started_on,
            Journey.book_id, Journey.jobseeker_id, Jobseeker.reference, Jobseeker.debt_book_id, agency.code,
            agency.name, AgencyLicence.number, AgencyLicence.valid_from, AgencyLicence.valid_until, letter.reference,
            letter.occupation, letter.issued_on, employer.code, employer.name, ComparisonRow.compared_at,
            differs_from_facts(),
        )
        .join(Jobseeker, Jobseeker.id == Journey.jobseeker_id)
        .outerjoin(ComparisonRow, ComparisonRow.journey_id == Journey.id)
        .outerjoin(FactVersion, FactVersion.journey_id == Journey.id)
        .outerjoin(agency, agency.id == Journey.agency_id)
        .outerjoin(AgencyLicence, AgencyLicence.agency_id == agency.id)
        .outerjoin(letter, letter.id == Journey.demand_letter_id)
        .outerjoin(employer, employer.id == letter.employer_id)
    )  # fmt: skip


def _books(session: Session, head: JourneyHead) -> tuple[Book, ...]:
    both = (
        ("journey", "The book of this journey", list(ledger.entries(session, head.book_id))),
        ("debts", "The debt book of the person", list(ledger.entries(session, head.debt_book_id))),
    )
    references = _statement_references(session, {entry.source_id for _, _, entries in both for entry in entries})
    return tuple(Book(code, title, _lines(entries, references)) for code, title, entries in both)


def _lines(entries: list[EntryRead], references: Mapping[UUID, str]) -> tuple[EntryLine, ...]:
    reversed_by = {entry.reverses_id: entry.id for entry in entries if entry.reverses_id}
    return tuple(EntryLine(entry, references.get(entry.source_id), reversed_by.get(entry.id)) for entry in entries)


def _statement_references(session: Session, sources: Collection[UUID]) -> dict[UUID, str]:
    """Return the references of the statements among ``sources``, spelt as verification spells its evidence."""
    lines = (
        select(DeclarationLine.id, FeeDeclaration.reference, DeclarationLine.line)
        .join(FeeDeclaration, FeeDeclaration.id == DeclarationLine.declaration_id)
        .where(DeclarationLine.id.in_(sources))
    )
    found = {row_id: f"{reference} line {line}" for row_id, reference, line in session.execute(lines)}
    models: tuple[Any, ...] = (ReportedPaymentRow, RepaymentRow, DebtRow)
    for model in models:
        rows = (
            select(model.id, Organisation.code, model.reference)
            .join(Organisation, Organisation.id == model.sender_id)
            .where(model.id.in_(sources))
        )
        found.update({row_id: f"{sender} {reference}" for row_id, sender, reference in session.execute(rows)})
    return found
