"""How good the evidence of a certificate is: four parts, A to D, and the worst of them is the level.

Words follow from the numbers that are told alone. The other parts do not look at what anybody said: they are about who
asked whom and when, and about papers of the business. All change at a release only, for a whole cohort, and neither the
quarter nor a second organisation stands on one voice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from recruitment.certificates.rules.cohorts import quarter_of
from recruitment.certificates.rules.eligibility import was_asked_after_placement
from recruitment.certificates.rules.numbers import HEARD_MIN
from recruitment.core.errors import InvariantViolated
from recruitment.fees.rules import Checkpoint

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from uuid import UUID

    from recruitment.certificates.rules.eligibility import Member
    from recruitment.certificates.rules.numbers import ToldNumbers

HEARD_BY = "an_independent_organisation"
"""What is told of who asked. Never which one: where only one CSO works, its name and a quarter are a visit."""

_WORDS_A, _WORDS_B, _WORDS_C = 5, 10, 25
"""Up to which bound, in per cent, what was heard of some stands for all at each level."""


class Level(StrEnum):
    """How good evidence is, A the best."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class EvidencePart(StrEnum):
    """What evidence is judged by."""

    INDEPENDENCE = "independence"
    TIMING = "timing"
    DOCUMENTS = "documents"
    WORDS = "words"


class Evidence(NamedTuple):
    """The four parts, and the quarter in which the workers were heard."""

    independence: Level
    timing: Level
    documents: Level
    words: Level
    quarter: str

    @property
    def level(self) -> Level:
        """The worst of the four parts."""
        return max(self.independence, self.timing, self.documents, self.words)

    def document(self) -> dict[str, str]:
        """Return the evidence as a statement spells it."""
        return {
            "level": self.level.value,
            "independence": self.independence.value,
            "timing": self.timing.value,
            "documents": self.documents.value,
            "words": self.words.value,
            "heard_by": HEARD_BY,
            "quarter": self.quarter,
        }


EVIDENCE_SENTENCES = {
    EvidencePart.INDEPENDENCE: {
        Level.A: "No single day of interviews gave more than half of those who were heard, "
        "or two organisations heard five workers or more each.",
        Level.B: "The workers were heard on several days, and one of these days gave more than half of them.",
        Level.C: "All who were heard were heard on one day.",
        Level.D: "It is not recorded by whom and on which day some of the workers were heard.",
    },
    EvidencePart.TIMING: {
        Level.A: "All who were heard were asked after they had begun to work.",
        Level.B: "All who were heard were asked after they had arrived, or later.",
        Level.C: "All who were heard were asked shortly before they left, or later.",
        Level.D: "Some who were heard were asked only at an earlier time.",
    },
    EvidencePart.DOCUMENTS: {
        Level.A: "For every worker there is a complete declaration with its receipts, and a promise of the employer.",
        Level.B: "For every worker there is a complete declaration, and a promise of the employer.",
        Level.C: "For every worker there is a complete declaration.",
        Level.D: "For some workers there is no complete declaration.",
    },
    EvidencePart.WORDS: {
        Level.A: "Every worker was heard, or at most 5 per cent can have paid.",
        Level.B: "Some workers were heard, and at most 10 per cent of all can have paid.",
        Level.C: "Some workers were heard, and at most 25 per cent of all can have paid.",
        Level.D: "Some workers were heard, and more than 25 per cent of all could have paid.",
    },
}
"""What each part says at each level in the certificate of a cohort, in one sentence."""

PERSON_EVIDENCE_SENTENCES = {
    EvidencePart.INDEPENDENCE: {
        Level.A: "The worker was heard on two days, or by two organisations.",
        Level.B: "The worker was heard at least once.",
        Level.D: "It is not recorded by whom and on which day the worker was heard.",
    },
    EvidencePart.TIMING: {
        Level.A: "The worker was asked after they had begun to work.",
        Level.B: "The worker was asked after they had arrived.",
        Level.C: "The worker was asked shortly before they left.",
        Level.D: "The worker was asked only at an earlier time.",
    },
    EvidencePart.DOCUMENTS: {
        Level.A: "There is a complete declaration with its receipts, and a promise of the employer.",
        Level.B: "There is a complete declaration, and a promise of the employer.",
        Level.C: "There is a complete declaration.",
        Level.D: "There is no complete declaration.",
    },
    EvidencePart.WORDS: {Level.A: "The worker was heard."},
}
"""The same for the certificate of a person; other levels do not come about there."""


def cohort_evidence(members: Collection[Member], heard: Collection[Member], numbers: ToldNumbers) -> Evidence:
    """Return the evidence of a cohort. ``heard`` are those of its members whose own words count; five at least."""
    return Evidence(
        independence_of(heard),
        max((timing_of(each) for each in heard), default=Level.D),
        max((documents_of(each) for each in members), default=Level.D),
        words_of(numbers),
        quarter_heard(heard),
    )


def person_evidence(member: Member) -> Evidence:
    """Return the evidence of one worker's word. The words are their own, so nothing is inferred: A.

    Raises ``InvariantViolated`` for a worker who was not heard.
    """
    voices = len(member.heard_days)
    independence = Level.A if voices > 1 else Level.B if voices == 1 else Level.D
    day = max(member.independent.values(), default=None)
    if day is None:
        raise InvariantViolated("nobody is certified who was not heard")
    return Evidence(independence, timing_of(member), documents_of(member), Level.A, quarter_of(day))


def persons_evidence(members: Collection[Member], quarter: str) -> Evidence:
    """Return the evidence that stands on the certificates of persons of one cohort: for all of them the worst of each part.

    Were it each one's own, whoever lays two certificates side by side would read from the better one who had spoken more
    often. ``quarter`` is that of the cohort.
    """
    found = [person_evidence(member) for member in members]
    return Evidence(
        max(each.independence for each in found), max(each.timing for each in found),
        max(each.documents for each in found), max(each.words for each in found), quarter,
    )  # fmt: skip


def independence_of(heard: Collection[Member]) -> Level:
    """Return how much hangs on one visit: who is coached or watched on one day cannot speak for those of another.

    A second organisation counts when it heard five workers or more: nobody can tell by the level that one of them spoke to
    somebody else. A worker who was heard on several days counts on each, as in a release.
    """
    spoken: dict[object, set[tuple[UUID, date]]] = defaultdict(set)
    for each in heard:
        spoken[each.person] |= each.heard_days
    if not spoken or not all(spoken.values()):
        return Level.D
    days = Counter(day for listed in spoken.values() for day in listed)
    organisations = Counter(organisation for listed in spoken.values() for organisation in {each for each, _ in listed})
    if sum(count >= HEARD_MIN for count in organisations.values()) > 1:
        return Level.A
    if max(days.values()) * 2 <= len(spoken):
        return Level.A
    return Level.B if len({day for _, day in days}) > 1 else Level.C


def timing_of(member: Member) -> Level:
    """Return when a worker was asked last: the later, the more of what was taken from them had been taken."""
    asked = member.independent
    if was_asked_after_placement(member):
        return Level.A
    if Checkpoint.ARRIVAL in asked or Checkpoint.POST_PLACEMENT in asked:
        return Level.B
    return Level.C if Checkpoint.PRE_DEPARTURE in asked else Level.D


def documents_of(member: Member) -> Level:
    """Return what the business put on paper for a worker. Nothing of it comes from workers."""
    if not member.has_complete_declaration:
        return Level.D
    if not member.has_commitment:
        return Level.C
    return Level.A if member.has_receipts else Level.B


def words_of(numbers: ToldNumbers) -> Level:
    """Return how far workers' own words reach, from the numbers that are told alone."""
    if numbers.is_everybody_heard or numbers.bound_percent <= _WORDS_A:
        return Level.A
    if numbers.bound_percent <= _WORDS_B:
        return Level.B
    return Level.C if numbers.bound_percent <= _WORDS_C else Level.D


def quarter_heard(heard: Collection[Member]) -> str:
    """Return the latest quarter in which, or after which, five of those who count were heard last.

    One late visit to one worker does not move it. Raises ``InvariantViolated`` for fewer than five.
    """
    last: dict[object, date] = {}
    for each in heard:
        day = max(each.independent.values(), default=None)
        if day is not None:
            last[each.person] = max(day, last.get(each.person, day))
    if len(last) < HEARD_MIN:
        raise InvariantViolated("of fewer than five people no quarter is told")
    return quarter_of(sorted(last.values(), reverse=True)[HEARD_MIN - 1])
