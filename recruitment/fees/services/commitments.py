"""What employers promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.employers import queries as employers
from recruitment.fees import queries
from recruitment.fees.models import Commitment
from recruitment.fees.services.facts import count_up_letter
from recruitment.sheets.importing import Filing, new_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.fees.rules import NewCommitment
    from recruitment.sheets.importing import Report, Row, Tally

_COLUMNS = (
    "id", "demand_letter_id", "fee_item", "payer", "limit_minor", "limit_currency", "committed_on", "row_digest",
    "recorded_at",
)  # fmt: skip


def filing_of_commitments(session: Session, actor: Actor) -> Filing[NewCommitment]:
    """Return how commitments are filed. Who may: whoever may file commitments."""
    actor.require(Permission.FILE_COMMITMENTS)

    def find(_what: str, codes: Collection[str]) -> Mapping[str, object]:
        return employers.by_reference(session, codes)

    def file(rows: Sequence[Row[NewCommitment]], tally: Tally, report: Report) -> None:
        known = queries.commitment_digests(session, {row.value.demand_letter_id for row in rows})
        fresh = new_rows(
            rows, known, tally, report,
            key=lambda new: (new.demand_letter_id, new.fee_item),
            name=lambda new: f"The commitment of {new.demand_letter} for {new.fee_item}", columns="fee_item",
        )  # fmt: skip
        recorded_at = clock.now()
        values = [
            (
                new_id(), new.demand_letter_id, new.fee_item, new.payer.value, new.limit_minor, new.limit_currency,
                new.committed_on, row_digest, recorded_at,
            )
            for new, row_digest in ((row.value, stored) for row, stored in fresh)
        ]  # fmt: skip
        insert_many(session, Commitment.__table__, _COLUMNS, values)
        for letter in sorted({row[1] for row in values}):
            count_up_letter(session, letter)

    return Filing(find, file)
