"""Workers of whom nothing is wrong, and the releases that certify them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from recruitment.certificates import queries, services
from recruitment.certificates.queries import Issued
from recruitment.certificates.services import Assessed, RoundMade
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, THE_HOUSE
from recruitment.credentials.keys import IssuingKeyFile
from recruitment.database.unit_of_work import Database
from recruitment.journeys import queries as journeys
from recruitment.ledger.services import sealing
from recruitment.ledger.signing import SealKeyFile
from tests.factories.crowd import OPENED, Crowd, due_of
from tests.factories.rows import nothing_more, row

LETTER = "DL-20"
HEARD_AT = datetime(2026, 1, 12, 9, tzinfo=UTC)
"""When the workers of these tests are heard, unless a test says otherwise: in time for the release of January."""

FIRST = due_of(1)
"""When the release of January is due."""


def make_keys(database: Database) -> None:
    """Make the keys that sign certificates when the register of these tests was opened, once."""
    key_file = IssuingKeyFile(database.settings.certificate_key_path)
    with database.unit_of_work() as session:
        # Those that came with the database were made today, which is later than these tests play.
        if any(key.made_at == OPENED for key in queries.keys(session)):
            return
        with clock.stopped_at(OPENED):
            made = services.make_keys(session, LOCAL_OPERATOR, key_file)
    key_file.adopt({key.id for key in made})


@dataclass
class Certified(Crowd):
    """A crowd that certificates are about."""

    def letter(self, reference: str = LETTER, *, headcount: int | None = None, employer: str = "EM-1") -> str:
        """File a demand letter whose employer pays for everything."""
        self.send(
            "demand-letters", [row("demand-letters", reference=reference, headcount=headcount, employer=employer)]
        )
        self.send("commitments", [row("commitments", demand_letter=reference, fee_item="*")])
        return reference

    def recruit(self, count: int, letter: str = LETTER, *, certificate: str = "yes", **cells: Any) -> list[str]:
        """Let people be recruited for a letter who agree to everything, with a complete declaration that they paid nothing."""
        numbers = [str(self.people + place) for place in range(1, count + 1)]
        self.people += count
        self.send(
            "jobseekers",
            [
                row(
                    "jobseekers", reference=f"C-{n}", name=f"Worker {n}", consent_aggregate="yes",
                    consent_certificate=certificate,
                )
                for n in numbers
            ],
        )  # fmt: skip
        given = {"agency": "AG-1", "demand_letter": letter, "started_on": "2025-11-01"} | cells
        self.send("journeys", [row("journeys", reference=f"CJ-{n}", jobseeker=f"C-{n}", **given) for n in numbers])
        self.declare(numbers)
        return numbers

    def declare(self, numbers: Sequence[str]) -> None:
        """Let the agency declare, completely, that these workers paid nothing."""
        lines = [row("declarations", journey=f"CJ-{n}", paid_on="2025-11-20", receipt=f"R-{n}") for n in numbers]
        lines += [
            row(
                "declarations",
                journey=f"CJ-{n}",
                fee_item="none",
                payer="worker",
                amount=0,
                paid_on="2025-12-31",
                receipt=f"RN-{n}",
            )
            for n in numbers
        ]
        self.send("declarations", lines, agency="AG-1")

    def clear(self, numbers: Sequence[str], *, checkpoint: str = "pre_departure", **cells: Any) -> None:
        """Let people say, independently and each on another day, that they paid nothing."""
        today = clock.today()
        self.send(
            "reports",
            [
                nothing_more(**{
                    "reference": f"CN-{n}-{self.sent}", "journey": f"CJ-{n}", "checkpoint": checkpoint,
                    "stated_on": today - timedelta(days=1 + place % 7), "paid_on": None,
                } | cells)
                for place, n in enumerate(numbers)
            ],
            by="CSO-1",
        )  # fmt: skip

    def place(self, numbers: Sequence[str], on: str = "2026-01-05") -> None:
        """Record that people were placed."""
        rows = [row("stages", journey=f"CJ-{n}", stage="placement", occurred_on=on) for n in numbers]
        self.send("stages", rows)

    def crew(self, count: int = 8, letter: str = LETTER, at: datetime = HEARD_AT, **options: Any) -> list[str]:
        """Let a whole crew be recruited, heard, and sealed, recorded at an instant; enrol their letter."""
        with clock.stopped_at(at):
            self.letter(letter)
            numbers = self.recruit(count, letter, **options)
            self.clear(numbers)
            self.seal()
            self.enrol(letter)
        return numbers

    def seal(self) -> None:
        """Seal the books."""
        key_file = SealKeyFile(self.database.settings.seal_key_path)
        with self.database.unit_of_work() as session:
            while sealing.seal(session, LOCAL_OPERATOR, key_file) is not None:
                pass

    def enrol(self, letter: str = LETTER) -> str:
        """Enrol the cohort of a letter, and return its reference."""
        make_keys(self.database)
        with self.database.unit_of_work() as session:
            return services.enrol(session, LOCAL_OPERATOR, letter=letter).reference

    def certify(self, at: datetime = FIRST) -> list[RoundMade]:
        """Make the releases that are due at an instant, and look at the certificates."""
        self.release(at)
        with clock.stopped_at(at), self.database.unit_of_work() as session:
            return services.release(session, THE_HOUSE)

    def issue(self, cohort: str, at: datetime) -> Assessed:
        """Ask for a certificate between releases."""
        with clock.stopped_at(at), self.database.unit_of_work() as session:
            return services.issue(session, LOCAL_OPERATOR, cohort)

    def newest(self, letter: str = LETTER) -> Issued | None:
        """Return the newest certificate of the cohort of a letter."""
        with self.database.unit_of_work() as session:
            cohort = services.enrol(session, LOCAL_OPERATOR, letter=letter)
            return queries.newest_of(session, [cohort.id]).get(cohort.id)

    def of_person(self, number: str) -> queries.IssuedToPerson | None:
        """Return the newest certificate of a worker."""
        with self.database.read_session() as session:
            journey = journeys.by_reference(session, [f"CJ-{number}"])[f"CJ-{number}"]
            return queries.newest_of_journey(session, journey.id)
