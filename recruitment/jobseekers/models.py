"""Jobseekers and their consents.

Columns that end in ``_sealed`` hold ciphertext under the person's own key, bound to the row and the column
(``database/vault.py``); the keys lie in a store of their own (``database/key_store.py``). ``phone_hash`` is a keyed hash
for exact look-ups.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, Date, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Digest, Id, Reference, UtcInstant

APPEND_ONLY = ("consents",)
"""Tables of this room that nobody may change or delete from: a withdrawal is a new row."""


class Jobseeker(Base):
    """A person who looks for work abroad, by the reference of the CSO that registered them.

    Who only stands on a name list has no CSO (``cso_id``). ``assigned_to`` is the fieldworker of the CSO whose caseload
    the person is in. Of an erased person (``erased_on``) the row stays, and tells nothing about them.
    """

    __tablename__ = "jobseekers"
    __table_args__ = (Index("ix_jobseekers_phone_hash", "phone_hash"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    cso_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    assigned_to: Mapped[UUID | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    registered_on: Mapped[date] = mapped_column(Date)
    country: Mapped[str] = mapped_column(String(2))
    sex: Mapped[str | None] = mapped_column(String(1))
    language: Mapped[str | None] = mapped_column(String(10))
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    birth_year_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    village_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    district_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_hash: Mapped[bytes | None] = mapped_column(Digest)
    debt_book_id: Mapped[UUID] = mapped_column(Id, unique=True)
    row_digest: Mapped[bytes] = mapped_column(Digest)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    erased_on: Mapped[date | None] = mapped_column(Date)


class Consent(Base):
    """What a person agreed or did not agree to, for one purpose, on a day. The latest row of a purpose counts.

    ``language``, ``mode`` and the witness are blank where a file told only the answer.
    """

    __tablename__ = "consents"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    jobseeker_id: Mapped[UUID] = mapped_column(Id, ForeignKey("jobseekers.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    given: Mapped[bool] = mapped_column(Boolean)
    stated_on: Mapped[date] = mapped_column(Date)
    language: Mapped[str | None] = mapped_column(String(10))
    mode: Mapped[str | None] = mapped_column(String(20))
    witness_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
