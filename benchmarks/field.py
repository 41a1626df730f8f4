"""Organisations, people and journeys as the field has them, put straight into the tables: fixtures are not measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from benchmarks.books import ITEMS
from benchmarks.import_child import AGENCY
from recruitment.agencies.models import AgencyLicence
from recruitment.core import clock
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.employers.models import DemandLetter
from recruitment.fees.models import (
    Commitment,
    DeclarationLine,
    ExchangeRate,
    FactVersion,
    FeeDeclaration,
    RepaymentRow,
    ReportedPaymentRow,
)
from recruitment.jobseekers.models import Jobseeker
from recruitment.journeys.models import Journey
from recruitment.ledger.models import LedgerBook
from recruitment.organisations.models import Organisation

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.database.unit_of_work import Database

_DIGEST = bytes(32)
_START = date(2024, 1, 1)
_LETTERS = 50
_PAYERS = ("worker", "worker", "worker", "worker", "employer", "employer", "agency")
_PAYEES = ("agency", "official", "clinic", None)
_CURRENCIES = ("THB", "THB", "MMK")


@dataclass(frozen=True, slots=True)
class Parties:
    """Who is who in the fixture."""

    agency: UUID
    cso: UUID
    letters: list[UUID]
    journeys: list[UUID]


def _put(session: Session, model: Any, columns: str, rows: list[tuple[Any, ...]]) -> None:
    insert_many(session, model.__table__, tuple(columns.split()), rows)


def enter_parties(database: Database, journeys: int) -> Parties:
    """Enter an agency with a licence, an employer, a CSO, demand letters, people, and their journeys with books."""
    now = clock.now()
    agency, employer, cso = new_id(), new_id(), new_id()
    letters = [new_id() for _ in range(_LETTERS)]
    people = [new_id() for _ in range(journeys)]
    paths = [new_id() for _ in range(journeys)]
    path_books = [new_id() for _ in range(journeys)]
    with database.unit_of_work() as session:
        _put(session, Organisation, "id code kind name country row_digest recorded_at", [
            (agency, AGENCY, "agency", "Bench Recruitment (fictitious)", "MM", _DIGEST, now),
            (employer, "EM-BENCH", "employer", "Bench Orchard (fictitious)", "TH", _DIGEST, now),
            (cso, "CSO-BENCH", "cso", "Bench Lights (fictitious)", "TH", _DIGEST, now),
        ])  # fmt: skip
        _put(session, AgencyLicence, "agency_id number valid_from valid_until recorded_at", [
            (agency, "EX-1", date(2023, 1, 1), date(2026, 12, 31), now),
        ])  # fmt: skip
        _put(session, DemandLetter, "id reference employer_id agency_id corridor issued_on row_digest recorded_at", [
            (letter, f"DL-{number:03}", employer, agency, "MM-TH", _START, _DIGEST, now)
            for number, letter in enumerate(letters)
        ])  # fmt: skip
        _put(
            session, Jobseeker,
            "id reference cso_id registered_on country name_sealed debt_book_id row_digest recorded_at",
            [
                (person, f"JS-{number:06}", cso, _START, "MM", b"\x01", new_id(), _DIGEST, now)
                for number, person in enumerate(people)
            ],
        )  # fmt: skip
        _put(
            session, Journey,
            "id reference jobseeker_id corridor channel agency_id demand_letter_id started_on book_id row_digest "
            "recorded_at",
            [
                (
                    path, f"J-{number:06}", people[number], "MM-TH", "mou", agency, letters[number % _LETTERS],
                    _START + timedelta(days=number % 300), path_books[number], _DIGEST, now,
                )
                for number, path in enumerate(paths)
            ],
        )  # fmt: skip
        _put(session, LedgerBook, "id kind opened_at", [(book, "journey", now) for book in path_books])
    return Parties(agency, cso, letters, paths)


def enter_statements(database: Database, parties: Parties) -> None:
    """Enter the three accounts of every journey: 8 declared lines, 5 reports, 1 repayment; promises, and rates.

    The three accounts agree on half of the journeys.
    """
    with database.unit_of_work() as session:
        _enter_promises(session, parties)
        _enter_declarations(session, parties)
        _enter_reports(session, parties)
        now = clock.now()
        _put(
            session, RepaymentRow,
            "id sender_id reference version supersedes_id journey_id row_digest recorded_at fee_item paid_by "
            "amount_minor currency paid_on confirmed channel received_minor",
            [
                (
                    new_id(), parties.cso, f"RE-{number}", 1, None, path, _DIGEST, now, None, "employer", 150_000,
                    "THB", _START + timedelta(days=350 + number % 300), "all", "hotline", 150_000,
                )
                for number, path in enumerate(parties.journeys)
            ],
        )  # fmt: skip
        _put(session, FactVersion, "journey_id version", [(path, 1) for path in parties.journeys])


def _enter_promises(session: Session, parties: Parties) -> None:
    now = clock.now()
    _put(
        session, Commitment,
        "id demand_letter_id fee_item payer limit_minor limit_currency committed_on row_digest recorded_at",
        [
            (new_id(), letter, item, payer, limit, currency, _START, _DIGEST, now)
            for letter in parties.letters
            for item, payer, limit, currency in (
                ("*", "employer", None, None),
                (ITEMS[0], "employer", 500_000, "THB"),
                (ITEMS[1], "employer", 5_000_000, "MMK"),
                ("interview_prep", "worker", None, None),
            )
        ],
    )  # fmt: skip
    _put(session, ExchangeRate, "base quote rated_on rate source row_digest recorded_at", [
        ("MMK", "THB", _START - timedelta(days=60) + timedelta(days=30 * month), "0.010400", "invented", _DIGEST, now)
        for month in range(30)
    ])  # fmt: skip


def _enter_declarations(session: Session, parties: Parties) -> None:
    """Enter a declaration for each hundred journeys; one in ten was superseded by the next, which says it again."""
    now = clock.now()
    lines: list[tuple[Any, ...]] = []
    headers: list[tuple[Any, ...]] = []
    for start in range(0, len(parties.journeys), 100):
        versions = 2 if start % 1000 == 0 else 1
        before = None
        for version in range(versions):
            declaration = new_id()
            headers.append((declaration, f"FD-{start}-{version}", parties.agency, before, now))
            before, random = declaration, Random(start)
            for number, path in enumerate(parties.journeys[start : start + 100]):
                for line, fact in enumerate(_account(start + number), start=2):
                    receipt = f"R-{start + number}-{line}" if line % 3 == 0 else None
                    lines.append((
                        new_id(), declaration, number * 8 + line, path, *fact, receipt, random.randbytes(32)
                    ))  # fmt: skip
    _put(session, FeeDeclaration, "id reference agency_id supersedes_id recorded_at", headers)
    _put(
        session, DeclarationLine,
        "id declaration_id line journey_id fee_item payer payee amount_minor currency paid_on receipt line_digest",
        lines,
    )  # fmt: skip


def _account(number: int) -> list[tuple[Any, ...]]:
    """Return what was paid on a journey: four payments of the worker, three of others, and a closing ``none``.

    Each is an item, payer, payee, amount, currency and day; always the same for the same journey.
    """
    random, first = Random(number), _START + timedelta(days=number % 300)
    found: list[tuple[Any, ...]] = []
    for item, payer in zip(random.sample(ITEMS, len(_PAYERS)), _PAYERS, strict=True):
        currency = random.choice(_CURRENCIES)
        amount = random.randint(1, 50) * (10_000 if currency == "THB" else 1_000_000)
        day = first + timedelta(days=random.randrange(120))
        found.append((item, payer, random.choice(_PAYEES), amount, currency, day))
    return [*found, ("none", "worker", None, 0, "THB", first + timedelta(days=130))]


def _enter_reports(session: Session, parties: Parties) -> None:
    """Enter the worker's four payments and a free ``none`` for every journey.

    Half of the workers say what the agency says, a quarter say more, a quarter less; one in five corrected a report.
    """
    now = clock.now()
    rows: list[tuple[Any, ...]] = []
    for number, path in enumerate(parties.journeys):
        first = _START + timedelta(days=number % 300)
        said = first + timedelta(days=140)
        for place, (item, _, payee, declared, currency, day) in enumerate(_account(number)[:4]):
            exact = day.isoformat() if place else day.isoformat()[:7]
            amount = declared * (2, 1, 0, 1)[number % 4] if place == 1 else declared
            previous = None
            for version in range(2 if place == 3 and number % 5 == 0 else 1):
                row = new_id()
                rows.append((
                    row, parties.cso, f"RP-{number}-{place}", version + 1, previous, path, _DIGEST, now, item, payee,
                    amount, currency, exact, day, said, "hotline", None, False, True, "B", False,
                ))  # fmt: skip
                previous = row
        rows.append((
            new_id(), parties.cso, f"RP-{number}-none", 1, None, path, _DIGEST, now, "none", None, 0, None, None, said,
            said, "cso_interview", "arrival", False, True, None, None,
        ))  # fmt: skip
    _put(
        session, ReportedPaymentRow,
        "id sender_id reference version supersedes_id journey_id row_digest recorded_at fee_item payee amount_minor "
        "currency paid_on dated_on stated_on channel checkpoint witnessed is_independent evidence deducted",
        rows,
    )  # fmt: skip
