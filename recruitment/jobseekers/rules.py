"""What is known of a person, and what the person agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID


class Sex(StrEnum):
    """As the person says."""

    FEMALE = "f"
    MALE = "m"
    OTHER = "x"


class ConsentPurpose(StrEnum):
    """What a person may agree to, each by itself. Help never depends on any but the first."""

    RECORD = "record"
    CONTACT = "contact"
    AGGREGATE = "aggregate"
    SHARE_EMPLOYER = "share_employer"
    SHARE_PARTNER = "share_partner"


@dataclass(frozen=True, slots=True)
class NewJobseeker:
    """A person as a CSO registers them. One name, in the person's own script. ``phone`` is E.164."""

    reference: str
    name: str
    country: str
    registered_on: date
    cso_id: UUID
    consents: Mapping[ConsentPurpose, bool]
    sex: Sex | None = None
    birth_year: int | None = None
    language: str | None = None
    village: str | None = None
    district: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class PersonRead:
    """The personal fields of a jobseeker, opened."""

    reference: str
    name: str
    village: str | None
    district: str | None
    phone: str | None
    birth_year: int | None
    sex: Sex | None
    language: str | None
    country: str
