"""A crowd of workers who are heard on days that a test chooses, and releases that are made on others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, THE_HOUSE
from recruitment.database.unit_of_work import Database
from recruitment.jobseekers.rules import ConsentPurpose, NewConsent
from recruitment.jobseekers.service import record_consent
from recruitment.organisations import queries as organisations
from recruitment.organisations.models import Organisation
from recruitment.releases import queries, services
from recruitment.releases.models import ReleaseContributor
from recruitment.releases.queries import CellRead
from recruitment.releases.rules import Calendar, MadeRelease
from tests.factories.field import imported
from tests.factories.rows import row
from tests.factories.sheets import write_csv

OPENED = datetime(2026, 1, 10, tzinfo=UTC)
"""When the register of these tests was opened: the first release is that of January, due on 1 February."""

ITEM = "broker_fee"


def due_of(month: int, year: int = 2026) -> datetime:
    """Return when the release of a month of 2026 is due."""
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def cut_off_of(month: int) -> datetime:
    """Return the last instant of which the release of a month of 2026 knows."""
    return due_of(month) - timedelta(days=14)


@dataclass
class Crowd:
    """Who speaks in one database."""

    database: Database
    folder: Path
    calendar: Calendar = field(default_factory=lambda: Calendar(1, Decimal("0.2")))
    people: int = 0
    sent: int = 0
    letters: list[str] = field(default_factory=lambda: ["DL-1", "DL-2"])

    def open(self, at: datetime = OPENED) -> None:
        """Say when the register was opened, whenever the small world was filled."""
        with self.database.unit_of_work() as session:
            session.execute(update(Organisation).values(recorded_at=at))

    def send(self, kind: str, rows: Sequence[dict[str, str]], **senders: str) -> None:
        """File rows as the command line does."""
        self.sent += 1
        imported(self.database, kind, write_csv(self.folder / f"crowd-{self.sent}", list(rows)), **senders)

    def arrive(
        self,
        count: int,
        *,
        letters: Sequence[str | None] | None = None,
        agency: str | None = "AG-1",
        consent: str = "yes",
        cso: str = "CSO-1",
        **cells: object,
    ) -> list[str]:
        """Let people set out, each for the next of ``letters``; return the numbers by which they are called."""
        numbers = [str(self.people + place) for place in range(1, count + 1)]
        self.people += count
        letters = self.letters if letters is None else letters
        self.send(
            "jobseekers",
            [
                row("jobseekers", reference=f"C-{n}", cso=cso, consent_aggregate=consent, consent_share_employer="yes")
                for n in numbers
            ],
        )
        self.send(
            "journeys",
            [
                row(
                    "journeys", reference=f"CJ-{n}", jobseeker=f"C-{n}", agency=agency,
                    demand_letter=letters[place % len(letters)], **cells,
                )
                for place, n in enumerate(numbers)
            ],
        )  # fmt: skip
        return numbers

    def speak(
        self,
        numbers: Sequence[str],
        *,
        days: Sequence[date] | None = None,
        amounts: Sequence[int] = (3500,),
        by: str = "CSO-1",
        **cells: object,
    ) -> None:
        """Let people say what they paid, each on a day of their own unless days are given."""
        today = clock.today()
        self.send(
            "reports",
            [
                row(
                    "reports", **{
                        "reference": f"CR-{n}-{cells.get('fee_item', ITEM)}-{self.sent}", "journey": f"CJ-{n}", "fee_item": ITEM,
                        "amount": f"{amounts[place % len(amounts)]}.00", "paid_on": "2025-06-01",
                        "stated_on": (days[place % len(days)] if days else today - timedelta(days=int(n) % 60)),
                    } | cells,
                )
                for place, n in enumerate(numbers)
            ],
            by=by,
        )  # fmt: skip

    def heard(self, count: int, at: datetime, **options: Any) -> list[str]:
        """Let people set out and speak, recorded at an instant."""
        arriving = {
            name: options.pop(name) for name in ("letters", "agency", "consent", "cso", "started_on") if name in options
        }
        with clock.stopped_at(at):
            numbers = self.arrive(count, **arriving)
            self.speak(numbers, **options)
        return numbers

    def consent(self, number: str, purpose: ConsentPurpose, given: bool, at: datetime) -> None:
        """Record what somebody says to a purpose."""
        with clock.stopped_at(at), self.database.unit_of_work() as session:
            record_consent(session, LOCAL_OPERATOR, f"C-{number}", NewConsent(purpose, given, at.date()))

    def release(self, at: datetime) -> list[MadeRelease]:
        """Let the house make what is due at an instant."""
        with clock.stopped_at(at), self.database.unit_of_work() as session:
            return services.make_due(session, THE_HOUSE, self.calendar)

    def releases(self, *months: int) -> None:
        """Make the releases of months, each on its day."""
        for month in months:
            self.release(due_of(month))

    def body(self, code: str, period: str) -> str | None:
        """Return what an organisation was told, as text."""
        with self.database.read_session() as session:
            organisation = organisations.by_code(session, [code])[code]
            found = queries.artefact_of(session, organisation.id, period)
        return found[0] if found else None

    def told(self, code: str, period: str) -> dict[tuple[str, str | None], dict[str, Any]]:
        """Return the findings that an organisation was told, by kind and item."""
        found = json.loads(self.body(code, period) or "")
        return {(each["kind"], each["fee_item"]): each for each in found["findings"]}

    def breach(self, code: str, period: str) -> dict[str, Any] | None:
        """Return what an organisation was told of the one cell that most tests look at."""
        return self.told(code, period).get(("principle_breach", ITEM))

    def worked(
        self, code: str, period: str, kind: str = "principle_breach", item: str | None = ITEM
    ) -> CellRead | None:
        """Return a cell as the inside sees it."""
        with self.database.read_session() as session:
            found = services.workings(session, LOCAL_OPERATOR, period, code).cells
        return next((cell for cell in found if (cell.kind.value, cell.fee_item) == (kind, item)), None)

    def counted(self) -> list[tuple[Any, ...]]:
        """Return the register of who was counted: organisation, kind, item, person, release."""
        row_ = ReleaseContributor
        with self.database.read_session() as session:
            return [
                tuple(each)
                for each in session.execute(
                    select(row_.organisation_id, row_.kind, row_.fee_item, row_.jobseeker_id, row_.release_id)
                )
            ]
