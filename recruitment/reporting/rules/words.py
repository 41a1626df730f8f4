"""What the pages call things, and what may be asked of the list of journeys. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.journeys.rules import RecruitmentChannel
from recruitment.verification.rules import FindingKind, Status

if TYPE_CHECKING:
    from recruitment.verification.rules import Explanation, Statement

NOT_COMPARED = "not_compared"
"""The state of a journey whose accounts nobody has compared yet."""


@dataclass(frozen=True, slots=True)
class StatusWord:
    """What a status is called, and a mark that tells it apart without any colour."""

    word: str
    mark: str


STATUS_WORDS: dict[str, StatusWord] = {
    Status.IN_DISPUTE: StatusWord("In dispute", "≠"),
    Status.REMEDY_DUE: StatusWord("Remedy due", "!"),
    Status.REVIEW: StatusWord("To be looked at", "?"),
    Status.UNVERIFIED: StatusWord("Not verified", "…"),
    Status.REMEDIATED: StatusWord("Paid back", "↩"),
    Status.DEBT_FREE: StatusWord("Debt-free", "✓"),
    NOT_COMPARED: StatusWord("Not compared yet", "–"),
}
"""In the order in which the statuses are listed."""

CHANNEL_WORDS: dict[str, str] = {
    RecruitmentChannel.MOU: "MOU",
    RecruitmentChannel.DIRECT: "Direct",
    RecruitmentChannel.REGULARISATION: "Regularisation",
}

PAGE_LINES = 50
"""How many journeys a page of the list shows."""

ASKED_LENGTH_MAX = 80
"""How long a filter may be: as long as the longest reference."""


@dataclass(frozen=True, slots=True)
class JourneyFilter:
    """Which journeys are asked for; None asks for all. ``search`` is how the reference begins."""

    status: str | None = None
    corridor: str | None = None
    agency: str | None = None
    finding: str | None = None
    search: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether every journey is asked for."""
        return not any((self.status, self.corridor, self.agency, self.finding, self.search))


def status_word(code: str) -> StatusWord:
    """Return what a status is called."""
    return STATUS_WORDS[code]


def channel_words(code: str) -> str:
    """Return what a channel of recruitment is called."""
    return CHANNEL_WORDS[code]


def beside_the_findings(explanation: Explanation) -> list[Statement]:
    """Return the statements on which no finding stands."""
    evidence = {statement.reference for found in explanation.findings for statement in found.evidence}
    return [statement for statement in explanation.statements if statement.reference not in evidence]


def without_rate(explanation: Explanation) -> frozenset[tuple[str, str | None]]:
    """Return the kind and item of the statements whose amount no rate of exchange could convert.

    A sum that leaves them out may come to nothing, and must not be shown as a nought that somebody said.
    """
    return frozenset(
        (statement.kind.value, statement.fee_item)
        for found in explanation.findings
        if found.finding.kind is FindingKind.RATE_MISSING
        for statement in found.evidence
    )
