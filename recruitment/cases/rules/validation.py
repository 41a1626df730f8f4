"""What the workers must have said before a case is closed, and why a case is still open (safeguard E)."""

from __future__ import annotations

import hashlib
import math
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from recruitment.cases.rules.kinds import CaseKind
from recruitment.cases.rules.states import State
from recruitment.fees.rules import StatementChannel, is_independent
from recruitment.organisations.rules import OrganisationKind
from recruitment.verification.rules import Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from uuid import UUID

_ASK_EVERYBODY_UP_TO = 5
_ASKING = frozenset({OrganisationKind.CSO, OrganisationKind.FUND_OPERATOR})


def sample_size(concerned: int) -> int:
    """Return how many of the workers concerned are asked: all of up to 5; of more, the root of their number, at least 5."""
    if concerned <= _ASK_EVERYBODY_UP_TO:
        return concerned
    return max(_ASK_EVERYBODY_UP_TO, math.isqrt(concerned - 1) + 1)


def drawn(seed: str, journeys: Collection[UUID]) -> list[UUID]:
    """Return the journeys whose workers are asked: those with the smallest SHA-256 of the seed and the id.

    Whoever has the seed draws the same ones again, on any machine.
    """
    order = sorted(journeys, key=lambda journey: (hashlib.sha256(f"{seed}|{journey}".encode()).digest(), journey))
    return order[: sample_size(len(order))]


def counts_as_free(
    channel: StatementChannel, *, witnessed: bool, asker: OrganisationKind | None, acted_themselves: bool
) -> bool:
    """Say whether a worker was asked by somebody independent: freely, by a CSO or the fund, not by who recorded the action."""
    return is_independent(channel, witnessed=witnessed) and asker in _ASKING and not acted_themselves


class Answer(NamedTuple):
    """What a worker says of what was done: was it the right thing, was it done well, did it help."""

    right_action: bool
    well_done: bool
    effective: bool
    is_independent: bool

    @property
    def is_yes(self) -> bool:
        """Whether the worker says yes to all three."""
        return self.right_action and self.well_done and self.effective


class OpenBecause(StrEnum):
    """Why a case is open."""

    NOBODY_ASKED = "nobody_asked"
    NOTHING_DONE = "nothing_done"
    VALIDATION_NOT_BEGUN = "validation_not_begun"
    VALIDATION_MISSING = "validation_missing"
    VALIDATION_NOT_FREE = "validation_not_free"
    VALIDATION_NEGATIVE = "validation_negative"
    STILL_IN_DISPUTE = "still_in_dispute"
    STILL_REMEDY_DUE = "still_remedy_due"
    STILL_REVIEW = "still_review"
    NOT_COMPARED = "not_compared"
    DEBT_STANDS = "debt_stands"


class Reason(NamedTuple):
    """One reason why a case is open, and the journey that it is about, if one."""

    code: OpenBecause
    journey: str | None = None

    @property
    def sentence(self) -> str:
        """The reason for a person: what is missing."""
        words = _SENTENCES[self.code]
        return f"{self.journey}: {words}" if self.journey else words


_SENTENCES = {
    OpenBecause.NOBODY_ASKED: "nobody was asked to put it right yet",
    OpenBecause.NOTHING_DONE: "nothing was done about it yet",
    OpenBecause.VALIDATION_NOT_BEGUN: "no worker was asked yet what they say of it",
    OpenBecause.VALIDATION_MISSING: "the worker was not asked yet",
    OpenBecause.VALIDATION_NOT_FREE: "the worker could not answer freely; ask again, alone and by somebody else",
    OpenBecause.VALIDATION_NEGATIVE: "the worker says no",
    OpenBecause.STILL_IN_DISPUTE: "the accounts still differ",
    OpenBecause.STILL_REMEDY_DUE: "money, a debt or a thing is still due",
    OpenBecause.STILL_REVIEW: "a broken rule or promise is still to be looked at",
    OpenBecause.NOT_COMPARED: "its accounts were not compared since something new was said",
    OpenBecause.DEBT_STANDS: "the debt still stands",
}
_OF_MOVES = {
    State.OPENED: OpenBecause.NOBODY_ASKED,
    State.ASKED: OpenBecause.NOTHING_DONE,
    State.ACTIONED: OpenBecause.VALIDATION_NOT_BEGUN,
}
_OF_STATUS = {
    Status.IN_DISPUTE: OpenBecause.STILL_IN_DISPUTE,
    Status.REMEDY_DUE: OpenBecause.STILL_REMEDY_DUE,
    Status.REVIEW: OpenBecause.STILL_REVIEW,
}


def reasons_of_validation(members: Mapping[str, Collection[Answer]]) -> list[Reason]:
    """Return what is missing of the answers of a round, by journey: each must have a free yes to all three, and no no."""
    found = []
    for journey, answers in sorted(members.items()):
        if any(not answer.is_yes for answer in answers):
            found.append(Reason(OpenBecause.VALIDATION_NEGATIVE, journey))
        elif not answers:
            found.append(Reason(OpenBecause.VALIDATION_MISSING, journey))
        elif not any(answer.is_independent for answer in answers):
            found.append(Reason(OpenBecause.VALIDATION_NOT_FREE, journey))
    return found if members else [Reason(OpenBecause.VALIDATION_NOT_BEGUN)]


def reasons_of_moves(
    state: State,
    kind: CaseKind,
    members: Mapping[str, Collection[Answer]],
    statuses: Iterable[tuple[str, Status | None]],
    bound: Collection[str],
) -> list[Reason]:
    """Return every reason why a case is open and cannot be closed; none when it is closed, or may be.

    ``members``: the answers of the last round by journey; ``statuses``: of the journeys, None when the last comparison is
    missing or older than the facts; ``bound``: the journeys with a debt that still binds.
    """
    if state is State.CLOSED:
        return []
    found = [Reason(_OF_MOVES[state])] if state in _OF_MOVES else reasons_of_validation(members)
    if kind is CaseKind.RECRUITMENT_COSTS:
        for journey, status in statuses:
            code = OpenBecause.NOT_COMPARED if status is None else _OF_STATUS.get(status)
            if code is not None:
                found.append(Reason(code, journey))
    if kind is CaseKind.DEBT_BONDAGE:
        found.extend(Reason(OpenBecause.DEBT_STANDS, journey) for journey in sorted(bound))
    return found
