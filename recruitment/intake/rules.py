"""The kinds of file, who sends them, and how an import ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from recruitment.organisations.rules import OrganisationKind

if TYPE_CHECKING:
    from recruitment.sheets.errors import Problem


class FileKind(StrEnum):
    """A kind of import file. The contract is docs/verification.md, section 1."""

    ORGANISATIONS = "organisations"
    JOBSEEKERS = "jobseekers"
    DEMAND_LETTERS = "demand-letters"
    COMMITMENTS = "commitments"
    JOURNEYS = "journeys"
    STAGES = "stages"
    DECLARATIONS = "declarations"
    REPAYMENTS = "repayments"
    DEBTS = "debts"
    COLLATERAL = "collateral"
    EARNINGS = "earnings"
    SUPPLY_CHAINS = "supply-chains"
    REPORTS = "reports"
    RATES = "rates"
    NAME_LISTS = "name-lists"
    NOMINATIONS = "nominations"


HEARD_BY_SOMEBODY = frozenset(
    {FileKind.REPORTS, FileKind.REPAYMENTS, FileKind.DEBTS, FileKind.COLLATERAL, FileKind.EARNINGS}
)
"""Kinds that need ``--by``: a CSO or fund operator who heard or recorded what they say."""

SENT_BY_A_PARTY = frozenset({FileKind.NAME_LISTS})
"""Kinds that need ``--by``: the agency or employer that sends them."""

MAY_NAME_A_RECORDER = frozenset({FileKind.STAGES})
"""Kinds that may say ``--by``: any organisation that recorded them, a public office too."""


_HEARERS = frozenset({OrganisationKind.CSO, OrganisationKind.FUND_OPERATOR})

SENDERS: dict[FileKind, frozenset[OrganisationKind]] = {
    FileKind.DECLARATIONS: frozenset({OrganisationKind.AGENCY}),
    FileKind.NAME_LISTS: frozenset({OrganisationKind.AGENCY, OrganisationKind.EMPLOYER}),
    **dict.fromkeys(HEARD_BY_SOMEBODY, _HEARERS),
}
"""Which organisations may send a kind; any, where it does not stand here."""

OWN_COLUMN = {FileKind.JOBSEEKERS: "cso", FileKind.DEMAND_LETTERS: "employer"}
"""The column that must name the organisation of who sends, and may be left blank by them."""


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What is to be imported, from whom. ``supersedes`` is the reference of a declaration."""

    kind: FileKind
    agency: str | None = None
    by: str | None = None
    supersedes: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an import ended. ``replayed``: every row was there already, and nothing changed."""

    kind: FileKind
    reference: str | None
    rows: int
    added: int
    corrected: int
    skipped: int
    replayed: bool
    warnings: list[Problem] = field(default_factory=list)
