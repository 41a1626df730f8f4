"""Whether a cohort may be certified, what its certificate says, and which certificates its workers get from it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.certificates.rules.cohorts import COHORT_MIN
from recruitment.certificates.rules.eligibility import (
    REASON_SENTENCES,
    ReasonCode,
    person_reasons,
    statement_reasons,
)
from recruitment.certificates.rules.evidence import cohort_evidence
from recruitment.certificates.rules.kinds import PERSON_KINDS, CertificateKind, Result
from recruitment.certificates.rules.numbers import HEARD_MIN, tell
from recruitment.releases.rules import FIGURES_FROM
from recruitment.verification.rules import FindingKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from recruitment.certificates.rules.eligibility import Member, Reason
    from recruitment.certificates.rules.evidence import Evidence
    from recruitment.certificates.rules.numbers import ToldNumbers

PERSONS_MIN = 5
"""Certificates of persons are issued for so many workers at once, or for nobody."""

OTHER_FINDINGS_MIN = 5
"""In so many workers' accounts a finding must stand before a certificate names it, where it comes from what they said."""

OF_BUSINESSES = frozenset({
    FindingKind.MISSING_COMMITMENT, FindingKind.LICENCE_INVALID, FindingKind.DUPLICATE_RECEIPT,
    FindingKind.INCOMPLETE_DECLARATION, FindingKind.MISSING_DECLARATION,
})  # fmt: skip
"""Findings that follow from what businesses handed in alone. They name nobody's word, so they are told whenever they are."""

OF_WORKERS = frozenset({
    FindingKind.UNDECLARED_PAYMENT, FindingKind.UNCONFIRMED_DECLARATION, FindingKind.COMMITMENT_BREACH,
    FindingKind.PRINCIPLE_BREACH, FindingKind.ILLEGITIMATE_COST, FindingKind.MISFILED_COST, FindingKind.LEGAL_BREACH,
    FindingKind.DEDUCTION_OVER_LIMIT, FindingKind.LATE_COMMITMENT, FindingKind.POSSIBLE_DUPLICATE,
})  # fmt: skip
"""Findings for which a worker spoke. ``late_commitment`` is one: the day of the payment is from the worker's account."""


@dataclass(frozen=True, slots=True)
class CohortReason:
    """What stands against the certificate of a cohort, and for how many people. The exact count is for the inside alone."""

    code: ReasonCode
    count: int

    @property
    def sentence(self) -> str:
        """What the reason says, for a person."""
        return REASON_SENTENCES[self.code]


@dataclass(frozen=True, slots=True)
class CohortAssessment:
    """What a cohort comes to. ``heard`` and ``paid`` are exact, and for the inside.

    ``result``, ``numbers`` and ``evidence`` are None where there are reasons, and ``other_findings`` is empty.
    """

    eligible: bool
    reasons: tuple[CohortReason, ...]
    result: Result | None
    numbers: ToldNumbers | None
    evidence: Evidence | None
    other_findings: tuple[str, ...]
    heard: int
    paid: int


@dataclass(frozen=True, slots=True)
class PersonsAssessment:
    """Which certificates the workers of a cohort get: all of one kind, or none.

    ``kind`` None: nobody gets one. ``reasons`` then has, by journey, what stands against the least kind.
    """

    kind: CertificateKind | None
    members: tuple[Member, ...]
    reasons: Mapping[UUID, tuple[Reason, ...]]


def assess_cohort(
    members: Sequence[Member], *, headcount: int | None = None, drawn: Collection[UUID] | None = None
) -> CohortAssessment:
    """Return whether a cohort may be certified, and what the certificate says, with all reasons at once.

    ``headcount``: for how many workers the letter is; the larger of the two numbers is the population, since whoever is
    not in the register cannot be known to have paid nothing. ``drawn``: the persons of a recorded sample; None: everybody
    was chosen. They are those of ``chosen_by_lot`` over all whom the cohort has and had, and stay chosen when they are no
    members any more. Whom a letter leaves open was in no lot, so they count as chosen and not heard.
    """
    people = {each.person for each in members}
    # Who has two journeys here was heard when they were heard about both.
    heard = people - {each.person for each in members if not each.is_heard}
    speaking = [each for each in members if each.person in heard]
    paid = len({each.person for each in speaking if each.has_paid})
    chosen = None if drawn is None else frozenset(drawn)
    everybody = people if chosen is None else people | chosen
    unknown = max((headcount or 0) - len(everybody), 0)
    answered = heard if chosen is None else heard & chosen
    reasons = _reasons(members, speaking, people=len(people), answered=len(answered), paid=paid)
    numbers = None
    if not reasons:
        population = len(everybody) + unknown
        numbers = tell(population, None if chosen is None else len(chosen) + unknown, len(answered), paid)
    if numbers is None:
        return CohortAssessment(
            eligible=False, reasons=reasons, result=None, numbers=None, evidence=None, other_findings=(),
            heard=len(heard), paid=paid,
        )  # fmt: skip
    return CohortAssessment(
        eligible=True,
        reasons=(),
        result=Result.REMEDIATED if paid else Result.DEBT_FREE,
        numbers=numbers,
        evidence=cohort_evidence(members, speaking, numbers),
        other_findings=other_findings(members, speaking),
        heard=len(heard),
        paid=paid,
    )


def assess_persons(members: Sequence[Member]) -> PersonsAssessment:
    """Return the certificates that the workers of a certified cohort get: the highest kind that all consenting ones reach.

    Whoever agrees to be certified, and whom a CSO registered, gets one, at least five of them; or nobody gets any. So that
    somebody has none says nothing about what they said, nor about what the person beside them said.
    """
    consenting = [each for each in members if each.agrees_certificate and not each.was_listed_only]
    least = {each.journey: tuple(person_reasons(each, PERSON_KINDS[0])) for each in members}
    if len({each.person for each in consenting}) >= PERSONS_MIN:
        for kind in reversed(PERSON_KINDS):
            if not any(person_reasons(each, kind) for each in consenting):
                return PersonsAssessment(kind, tuple(consenting), {})
    return PersonsAssessment(None, (), {journey: reasons for journey, reasons in least.items() if reasons})


def other_findings(members: Collection[Member], heard: Collection[Member]) -> tuple[str, ...]:
    """Return the codes that a certificate names although they do not stand against it, in order of the alphabet.

    What follows from papers alone is named whenever it is there. What a worker's word stands behind is named when it is in
    the accounts of five who count, as a release would.
    """
    told = {finding.kind for each in members for finding in each.comparison.findings} & OF_BUSINESSES
    people: dict[FindingKind, set[UUID]] = defaultdict(set)
    for each in heard:
        for finding in each.comparison.findings:
            if finding.kind in OF_WORKERS:
                people[finding.kind].add(each.person)
    told |= {kind for kind, those in people.items() if len(those) >= OTHER_FINDINGS_MIN}
    return tuple(sorted(kind.value for kind in told))


def _reasons(
    members: Sequence[Member], speaking: Sequence[Member], *, people: int, answered: int, paid: int
) -> tuple[CohortReason, ...]:
    counts: Counter[ReasonCode] = Counter()
    of_person: dict[UUID, set[ReasonCode]] = defaultdict(set)
    for each in speaking:
        of_person[each.person] |= {reason.code for reason in statement_reasons(each)}
    for codes in of_person.values():
        counts.update(codes)
    silent = {each.person for each in members} - of_person.keys()
    counts[ReasonCode.UNSETTLED_WITHOUT_WORD] = len({
        each.person for each in members if each.person in silent and not each.is_settled
    })  # fmt: skip
    stands = {
        ReasonCode.TOO_FEW_MEMBERS: (people < COHORT_MIN, people),
        ReasonCode.TOO_FEW_HEARD: (answered < HEARD_MIN, answered),
        ReasonCode.FEW_PAID: (0 < paid < FIGURES_FROM, paid),
    }
    found = []
    for code in ReasonCode:
        holds, count = stands.get(code, (counts[code] > 0, counts[code]))
        if holds:
            found.append(CohortReason(code, count))
    return tuple(found)
