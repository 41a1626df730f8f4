"""What may be done for a person: register them, under a key of their own, with what they agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.jobseekers import queries
from recruitment.jobseekers.models import Consent, Jobseeker, JobseekerKey
from recruitment.ledger.service import open_books
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.sheets.importing import Filing, new_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.database.vault import Vault
    from recruitment.jobseekers.rules import NewJobseeker
    from recruitment.sheets.importing import Report, Row, Tally

_PERSON_COLUMNS = (
    "id", "reference", "cso_id", "registered_on", "country", "sex", "language", "name_sealed", "birth_year_sealed",
    "village_sealed", "district_sealed", "phone_sealed", "phone_hash", "debt_book_id", "row_digest", "recorded_at",
)  # fmt: skip
_CONSENT_COLUMNS = ("id", "jobseeker_id", "purpose", "given", "stated_on", "recorded_at")


def filing_of_jobseekers(session: Session, actor: Actor) -> Filing[NewJobseeker]:
    """Return how jobseekers are filed. Who may: whoever may import files."""
    actor.require(Permission.IMPORT_FILES)
    vault: Vault = session.info["vault"]

    def find(what: str, codes: Collection[str]) -> Mapping[str, object]:
        return organisations.ids_by_code(session, codes, OrganisationKind(what))

    def file(rows: Sequence[Row[NewJobseeker]], tally: Tally, report: Report) -> None:
        known = queries.digests(session, [row.value.reference for row in rows])
        fresh = new_rows(
            rows, known, tally, report,
            key=lambda new: new.reference, name=lambda new: f"The jobseeker {new.reference}", columns="reference",
            seal=lambda digest: vault.keyed_hash("jobseekers.row", digest.hex()),
        )  # fmt: skip
        _register(session, actor, vault, [(row.value, stored) for row, stored in fresh])

    return Filing(find, file)


def _register(session: Session, actor: Actor, vault: Vault, people: Sequence[tuple[NewJobseeker, bytes]]) -> None:
    recorded_at = clock.now()
    persons, keys, consents, books = [], [], [], []
    for new, row_digest in people:
        person_id, book_id = new_id(), new_id()
        key, wrapped = vault.new_person_key(person_id)

        def sealed(column: str, text: str | None, key: Any = key, person_id: Any = person_id) -> bytes | None:
            return key.seal(text, f"jobseekers.{column}", person_id)  # type: ignore[no-any-return]

        persons.append((
            person_id, new.reference, new.cso_id, new.registered_on, new.country, new.sex, new.language,
            sealed("name", new.name), sealed("birth_year", str(new.birth_year) if new.birth_year else None),
            sealed("village", new.village), sealed("district", new.district), sealed("phone", new.phone),
            vault.keyed_hash("phone", new.phone) if new.phone else None, book_id, row_digest, recorded_at,
        ))  # fmt: skip
        keys.append((person_id, wrapped.kek_id, wrapped.wrapped))
        consents.extend(_consent_rows(new, person_id, recorded_at))
        books.append((book_id, "debts"))
    insert_many(session, Jobseeker.__table__, _PERSON_COLUMNS, persons)
    insert_many(session, JobseekerKey.__table__, ("jobseeker_id", "kek_id", "wrapped"), keys)
    insert_many(session, Consent.__table__, _CONSENT_COLUMNS, consents)
    open_books(session, actor, books)


def _consent_rows(new: NewJobseeker, person_id: Any, recorded_at: datetime) -> list[tuple[Any, ...]]:
    return [
        (new_id(), person_id, purpose.value, given, new.registered_on, recorded_at)
        for purpose, given in new.consents.items()
    ]
