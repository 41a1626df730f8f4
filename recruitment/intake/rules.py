"""The kinds of file, who sends them, and how an import ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

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
    SUPPLY_CHAINS = "supply-chains"
    REPORTS = "reports"
    RATES = "rates"


HEARD_BY_SOMEBODY = frozenset({FileKind.REPORTS, FileKind.REPAYMENTS, FileKind.DEBTS, FileKind.COLLATERAL})
"""Kinds that need ``--by``: a CSO or fund operator who heard or recorded what they say."""


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
