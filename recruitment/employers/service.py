"""What may be done with demand letters: file them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.core.actor import Audience, Permission
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.employers import queries
from recruitment.employers.models import DemandLetter
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.sheets.importing import Filing, new_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.employers.rules import NewDemandLetter
    from recruitment.sheets.importing import Report, Row, Tally

_COLUMNS = (
    "id", "reference", "employer_id", "agency_id", "corridor", "occupation", "headcount", "monthly_wage_minor",
    "currency", "issued_on", "row_digest", "recorded_at",
)  # fmt: skip


def filing_of_demand_letters(session: Session, actor: Actor) -> Filing[NewDemandLetter]:
    """Return how demand letters are filed. Who may: whoever may file demand letters; an employer only its own.

    To an employer every other employer is unknown here.
    """
    actor.require(Permission.FILE_DEMAND_LETTERS)

    def find(what: str, codes: Collection[str]) -> Mapping[str, object]:
        found = organisations.ids_by_code(session, codes, OrganisationKind(what))
        if what == OrganisationKind.EMPLOYER.value and actor.scope.audience is Audience.EMPLOYER:
            return {code: employer for code, employer in found.items() if employer == actor.organisation_id}
        return found

    def file(rows: Sequence[Row[NewDemandLetter]], tally: Tally, report: Report) -> None:
        known = queries.digests(session, [row.value.reference for row in rows])
        fresh = new_rows(
            rows, known, tally, report,
            key=lambda new: new.reference, name=lambda new: f"The demand letter {new.reference}", columns="reference",
        )  # fmt: skip
        recorded_at = clock.now()
        values = [
            (
                new_id(), new.reference, new.employer_id, new.agency_id, new.corridor, new.occupation, new.headcount,
                new.monthly_wage_minor, new.currency, new.issued_on, row_digest, recorded_at,
            )
            for new, row_digest in ((row.value, stored) for row, stored in fresh)
        ]  # fmt: skip
        insert_many(session, DemandLetter.__table__, _COLUMNS, values)

    return Filing(find, file)
