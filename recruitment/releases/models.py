"""Releases, what each organisation is told by them, what was held back, and what may name a person. Only ever added to.

Of all of this an agency or employer sees its own artefacts alone, and these hold neither an id nor a time.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Code, Digest, Id, MinorUnits, Reference, UtcInstant

APPEND_ONLY = (
    "releases", "release_artefacts", "release_cells", "release_contributors", "retaliation_assessments", "disclosures",
    "disclosure_withdrawals", "release_disclosures",
)  # fmt: skip
"""Tables of this room that nobody may change or delete from: what was told is never told otherwise."""

_PERIOD = String(7)


class Release(Base):
    """The release of a month. ``seed`` is what its lots were drawn with, drawn before anything was looked at."""

    __tablename__ = "releases"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    period: Mapped[str] = mapped_column(_PERIOD, unique=True)
    due_at: Mapped[datetime] = mapped_column(UtcInstant)
    cut_off_at: Mapped[datetime] = mapped_column(UtcInstant)
    made_at: Mapped[datetime] = mapped_column(UtcInstant)
    seed: Mapped[bytes] = mapped_column(Digest)
    recheck_rate: Mapped[str] = mapped_column(String(21))
    rules_version: Mapped[int] = mapped_column(Integer)


class ReleaseArtefact(Base):
    """What one organisation is told: canonical JSON, to the byte, and its SHA-256."""

    __tablename__ = "release_artefacts"

    organisation_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"), primary_key=True)
    period: Mapped[str] = mapped_column(_PERIOD, primary_key=True)
    release_id: Mapped[UUID] = mapped_column(Id, ForeignKey("releases.id"), index=True)
    released_on: Mapped[date] = mapped_column(Date)
    body: Mapped[str] = mapped_column(Text)
    sha256: Mapped[bytes] = mapped_column(Digest)


class ReleaseCell(Base):
    """What a release did with a cell. ``workers`` to ``since`` went out; the exact counts and the reasons never do."""

    __tablename__ = "release_cells"
    __table_args__ = (
        UniqueConstraint("release_id", "organisation_id", "kind", "fee_item"),
        CheckConstraint("state IN ('published', 'repeated', 'withheld')", name="state_known"),
        CheckConstraint("(state = 'withheld') = (since IS NULL)", name="told_whole"),
        CheckConstraint("workers >= 8", name="workers_not_exact"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    release_id: Mapped[UUID] = mapped_column(Id, ForeignKey("releases.id"))
    organisation_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    kind: Mapped[str] = mapped_column(Code)
    fee_item: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(String(10))
    workers: Mapped[int | None] = mapped_column(Integer)
    median_minor: Mapped[int | None] = mapped_column(MinorUnits)
    currency: Mapped[str | None] = mapped_column(String(3))
    percent: Mapped[int | None] = mapped_column(SmallInteger)
    since: Mapped[str | None] = mapped_column(_PERIOD)
    contributors: Mapped[int] = mapped_column(Integer)
    new_contributors: Mapped[int] = mapped_column(Integer)
    cohorts: Mapped[int] = mapped_column(Integer)
    reasons: Mapped[str] = mapped_column(String(200))


class ReleaseContributor(Base):
    """Somebody who was counted in a cell that went out, and the release that counted them first."""

    __tablename__ = "release_contributors"

    organisation_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Code, primary_key=True)
    fee_item: Mapped[str] = mapped_column(Code, primary_key=True)
    jobseeker_id: Mapped[UUID] = mapped_column(Id, ForeignKey("jobseekers.id"), primary_key=True)
    release_id: Mapped[UUID] = mapped_column(Id, ForeignKey("releases.id"))


class RetaliationAssessment(Base):
    """How dangerous it is for somebody to be named to an organisation. ``plan_sealed``: how they are kept safe.

    ``triggers_sealed``: what makes it dangerous. It may say that somebody has no papers, which is never kept in clear.
    """

    __tablename__ = "retaliation_assessments"
    __table_args__ = (CheckConstraint("risk IN ('low', 'medium', 'high')", name="risk_known"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    risk: Mapped[str] = mapped_column(String(10))
    triggers_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    plan_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    assessed_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class Disclosure(Base):
    """That somebody asked to name a person to an organisation, for a remedy of some fee items."""

    __tablename__ = "disclosures"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    assessment_id: Mapped[UUID] = mapped_column(Id, ForeignKey("retaliation_assessments.id"))
    fee_items: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class DisclosureWithdrawal(Base):
    """That a disclosure was withdrawn before a release carried it."""

    __tablename__ = "disclosure_withdrawals"

    disclosure_id: Mapped[UUID] = mapped_column(Id, ForeignKey("disclosures.id"), primary_key=True)
    withdrawn_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class ReleaseDisclosure(Base):
    """What a release did with a disclosure: carried it, or held it for a reason."""

    __tablename__ = "release_disclosures"
    __table_args__ = (CheckConstraint("state IN ('carried', 'held')", name="state_known"),)

    release_id: Mapped[UUID] = mapped_column(Id, ForeignKey("releases.id"), primary_key=True)
    disclosure_id: Mapped[UUID] = mapped_column(Id, ForeignKey("disclosures.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Code)
