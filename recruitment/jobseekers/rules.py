"""What is known of a person, and what the person agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from recruitment.jobseekers.errors import SearchEmpty

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
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
    CERTIFICATE = "certificate"


PURPOSE_WORDS = {
    ConsentPurpose.RECORD: "We keep a record about you",
    ConsentPurpose.CONTACT: "We may call you or write to you",
    ConsentPurpose.AGGREGATE: "What you told us may count in numbers that name nobody",
    ConsentPurpose.SHARE_EMPLOYER: "We may name you to the employer to get your money back",
    ConsentPurpose.SHARE_PARTNER: "We may name you to the companies that buy from the employer",
    ConsentPurpose.CERTIFICATE: "We may give you a certificate of what was found; only you decide who sees it",
}
"""Each purpose as it is said to the person."""


class ConsentMode(StrEnum):
    """How a person said yes or no."""

    ORAL = "oral"
    WRITTEN = "written"
    THUMBPRINT = "thumbprint"
    RECORDED = "recorded"


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
    consent_mode: ConsentMode | None = None
    witness: str | None = None


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """A person as a name list of an agency or employer has them: no CSO has seen them. ``phone`` is E.164."""

    name: str
    country: str
    birth_year: int | None = None
    phone: str | None = None
    sex: Sex | None = None


@dataclass(frozen=True, slots=True)
class NewConsent:
    """What a person says to one purpose on a day. A withdrawal is an answer that is not given."""

    purpose: ConsentPurpose
    given: bool
    stated_on: date
    language: str | None = None
    mode: ConsentMode | None = None
    witness: str | None = None


@dataclass(frozen=True, slots=True)
class ConsentRead:
    """The latest answer of a person to one purpose."""

    purpose: ConsentPurpose
    given: bool
    stated_on: date
    language: str | None
    mode: ConsentMode | None


@dataclass(frozen=True, slots=True)
class JobseekerRead:
    """A jobseeker without personal fields. ``cso_id`` is None for who only stands on a name list."""

    id: UUID
    reference: str
    cso_id: UUID | None
    assigned_to: UUID | None
    registered_on: date
    country: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to change in a record: the columns, by name, with their new values; None blanks one."""

    columns: Mapping[str, str | None]
    assigned_to: UUID | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to change."""
        return not self.columns and self.assigned_to is None


@dataclass(frozen=True, slots=True)
class Search:
    """What a jobseeker is looked for by: exactly one of three. Nobody browses people."""

    reference: str | None = None
    phone: str | None = None
    name: str | None = None

    @property
    def by(self) -> str:
        """The name of what is looked for by. Raises ``SearchEmpty`` unless it is exactly one."""
        asked = [name for name in ("reference", "phone", "name") if getattr(self, name)]
        if len(asked) != 1:
            raise SearchEmpty(
                "Say whom you look for by exactly one of: reference, phone (with the country code) or name."
            )
        return asked[0]


LANGUAGE = r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"
"""How the code of a language is written (BCP 47), such as ``my``, ``km`` or ``ne``; at most ten characters."""

LANGUAGE_WORDS = {
    "my": "မြန်မာ",
    "km": "ខ្មែរ",
    "lo": "ລາວ",
    "th": "ไทย",
    "ne": "नेपाली",
    "en": "English",
}
"""The languages that the form offers, each in its own script."""

CHANGEABLE = ("phone", "village", "district", "language")
"""What may be changed of a record after registration; the name and the year of birth are corrected by a new one."""

SEARCH_MAX = 20
"""How many people a search shows at most."""

SIMILAR_NAME = 75
"""From this similarity on (0 to 100) a name is shown to who looks for another."""


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
