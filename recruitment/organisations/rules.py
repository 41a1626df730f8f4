"""What an organisation is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


class OrganisationKind(StrEnum):
    """What an organisation does in recruitment.

    A public office is a labour ministry or an embassy: what it records of a journey everybody on that journey may see. Nobody
    works for one in First Mile; authorities get no account.
    """

    AGENCY = "agency"
    CSO = "cso"
    EMPLOYER = "employer"
    PARTNER = "partner"
    FUND_OPERATOR = "fund_operator"
    PUBLIC_OFFICE = "public_office"


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """An organisation as a file names it, with the licence that only an agency has."""

    code: str
    kind: OrganisationKind
    name: str
    country: str
    licence_number: str | None = None
    licence_valid_from: date | None = None
    licence_valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class OrganisationRead:
    """An organisation of the register."""

    id: UUID
    code: str
    kind: OrganisationKind
    name: str
    country: str
