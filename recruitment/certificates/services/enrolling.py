"""Enrolling a cohort, drawing whom to ask, and issuing between releases by what the last one knew."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.certificates import queries, rules
from recruitment.certificates.errors import CohortUnknown, SampleImpossible
from recruitment.certificates.models import CertificateCohort, CertificateSample, CertificateSampleMember
from recruitment.certificates.rules import CohortName, Standing
from recruitment.certificates.services.gathering import gather
from recruitment.certificates.services.issuing import Issuer
from recruitment.certificates.services.lists import append_to_log, refresh_lists
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id, new_reference
from recruitment.database.bulk import insert_many
from recruitment.employers import queries as employers
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.partners import queries as partners
from recruitment.webhooks import services as webhooks
from recruitment.webhooks.rules import MessageType

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from sqlalchemy.orm import Session

    from recruitment.certificates.queries import Cohort, DueRound
    from recruitment.certificates.rules import CohortAssessment
    from recruitment.certificates.services.gathering import GatheredCohort
    from recruitment.core.actor import Actor

_COHORT_COLUMNS = ("id", "reference", "demand_letter_id", "agency_id", "quarter", "enrolled_by", "recorded_at")
_SAMPLE_COLUMNS = (
    "id", "reference", "cohort_id", "bound", "population", "size", "seed", "drawn_by", "recorded_at",
)  # fmt: skip
_MEMBER_COLUMNS = ("sample_id", "journey_id", "position")


@dataclass(frozen=True, slots=True)
class Assessed:
    """What became of asking for a certificate. ``certificate``: the reference of the one that was issued, if one was.

    ``found`` is None before the first release. ``drawn``: the lot of the last release holds it up until the next one. All of
    it is for the inside.
    """

    cohort: str
    period: str | None
    standing: Standing
    found: CohortAssessment | None
    certificate: str | None
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class DrawnSample:
    """Whom a lot drew: the references of their journeys in the order of the lot, and who of them was heard already.

    ``population``: of how many they stand for; ``bound_percent``: what holds when all of them are heard and nobody paid.
    """

    reference: str
    cohort: str
    population: int
    bound_percent: int
    seed: bytes
    journeys: tuple[str, ...]
    heard: frozenset[str]


def enrol(
    session: Session, actor: Actor, *, letter: str | None = None, agency: str | None = None, quarter: str | None = None
) -> Cohort:
    """Enrol a cohort, so that each release looks at it from now on; one that is enrolled stays so. Return it.

    By the reference of a demand letter, or by the code of an agency and a quarter (``2026-Q3``): that holds the workers of
    its letters for fewer than five, and of those without one. Who may: whoever may issue certificates. Raises
    ``CohortUnknown``.
    """
    actor.require_any({Permission.ISSUE_CERTIFICATES, Permission.DRAW_SAMPLES})
    name = _named(session, letter, agency, quarter)
    agency_id = name.agency_id
    if name.letter_id is not None:
        agency_id = employers.by_id(session, [name.letter_id])[name.letter_id].agency_id
    assert agency_id is not None, "every letter is addressed to an agency"
    known = queries.cohort_of(session, name.letter_id, agency_id, name.quarter)
    if known is not None:
        return known
    cohort_id, reference = new_id(), new_reference("CC")
    row = (cohort_id, reference, name.letter_id, agency_id, name.quarter, actor.id, clock.now())
    insert_many(session, CertificateCohort.__table__, _COHORT_COLUMNS, [row])
    audit.record(session, actor, "certificates.cohort_enrolled", ("certificate_cohort", reference))
    return queries.Cohort(cohort_id, reference, name.letter_id, agency_id, name.quarter)


def issue(session: Session, actor: Actor, cohort: str) -> Assessed:
    """Issue the certificate of an enrolled cohort now, by what the last release knew; return what became of it.

    It is for a cohort that came too late for that release. What was said since plays no part: the answer to the same
    question stays the same until the next release. Where something stands against it, or a certificate stands already, none
    is issued and the outcome says so. Those of persons wait for a release. Who may: whoever may issue certificates. Raises
    ``CohortUnknown``, ``KeyMissing``.
    """
    actor.require(Permission.ISSUE_CERTIFICATES)
    enrolled = _enrolled(session, cohort)
    last = queries.newest_round(session)
    if last is None:
        return Assessed(cohort, None, Standing.NONE, None, None)
    gathered = gather(session, [enrolled], last.cut_off_at)[enrolled.id]
    found = rules.assess_cohort(gathered.members, headcount=gathered.headcount, drawn=gathered.drawn)
    current = queries.newest_of(session, [enrolled.id]).get(enrolled.id)
    now = clock.now()
    state = rules.state_at(current.events, valid_until=current.valid_until, at=now) if current else None
    standing = rules.standing_of(state)
    drawn = rules.is_drawn_again(*_lot(session, last, enrolled))
    if not found.eligible or drawn or standing not in {Standing.NONE, Standing.REVOKED}:
        return Assessed(cohort, last.period, standing, found, None, drawn)
    issuer = Issuer(session, actor, last)
    issuer.know_parties([gathered])
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    made = issuer.issue(gathered, found, valid_from=max(today, last.due_at), before=current, at=now)
    append_to_log(session, issuer.signer, issuer.save())
    refresh_lists(session, actor, issuer.signer)
    tell_partners(session, gathered, now)
    audit.record(session, actor, "certificates.issued", ("certificate", made.reference), release=last.period)
    return Assessed(cohort, last.period, standing, found, made.reference)


def draw_sample(session: Session, actor: Actor, cohort: str, *, percent: int) -> DrawnSample:
    """Draw by lot whom to ask, so that nobody who paid among them bounds the share that paid to ``percent``; return them.

    The seed of a cohort is drawn once and kept: drawing again, for a smaller bound or when people came, asks those who were
    drawn and then more, so nobody can draw until the lot suits. Who may: whoever may draw samples. Raises
    ``CohortUnknown``, ``SampleImpossible``.
    """
    actor.require(Permission.DRAW_SAMPLES)
    enrolled = _enrolled(session, cohort)
    now = clock.now()
    gathered = gather(session, [enrolled], now)[enrolled.id]
    people = {member.person for member in gathered.members}
    population = max(len(people), gathered.headcount or 0)
    size = rules.people_to_ask(population, percent)
    if size is None or len(people) < rules.COHORT_MIN:
        raise SampleImpossible(
            f"{len(people)} workers stand in this cohort, and a certificate is for {rules.COHORT_MIN} at least; a bound is a "
            "whole percentage from 0 to 100. Those of a smaller letter stand in their agency's quarter: draw for that."
        )
    earlier = queries.first_seed(session, enrolled.id)
    seed, largest = earlier or (secrets.token_bytes(32), 0)
    # More cannot be asked than are known; whoever the letter leaves open counts as not heard.
    size = min(max(size, largest), len(gathered.members))
    journey_of = {reference: journey for journey, reference in gathered.references.items()}
    order = rules.drawn_order(seed, journey_of)
    sample_id, reference = new_id(), new_reference("CS")
    row = (sample_id, reference, enrolled.id, str(percent), population, size, seed, actor.id, now)
    insert_many(session, CertificateSample.__table__, _SAMPLE_COLUMNS, [row])
    insert_many(
        session, CertificateSampleMember.__table__, _MEMBER_COLUMNS,
        [(sample_id, journey_of[each], position) for position, each in enumerate(order)],
    )  # fmt: skip
    audit.record(session, actor, "certificates.sample_drawn", ("certificate_sample", reference), size=size)
    heard = {gathered.references[member.journey] for member in gathered.members if member.is_heard}
    drawn = tuple(order[:size])
    return DrawnSample(reference, enrolled.reference, population, percent, seed, drawn, frozenset(drawn) & heard)


def tell_partners(session: Session, gathered: GatheredCohort, at: datetime) -> None:
    """Tell the partners that buy from the employers of a cohort that something changed."""
    buying = partners.buying_from(session, gathered.employers, at.date())
    webhooks.announce(session, MessageType.CERTIFICATES_CHANGED, at.date(), buying)


def _lot(session: Session, last: DueRound, cohort: Cohort) -> tuple[bytes, str, Decimal]:
    seed, rate = queries.lots_of_round(session, last.release_id)
    return seed, cohort.reference, rate


def _enrolled(session: Session, cohort: str) -> Cohort:
    found = queries.cohorts(session, [cohort])
    if not found:
        raise CohortUnknown(
            f"There is no enrolled cohort {cohort}. Enrol it by its demand letter, or agency and quarter."
        )
    return found[0]


def _named(session: Session, letter: str | None, agency: str | None, quarter: str | None) -> CohortName:
    if letter is not None:
        found = employers.by_reference(session, [letter]).get(letter)
        if found is None:
            raise CohortUnknown(f"There is no demand letter {letter}.")
        return CohortName(letter_id=found.id)
    known = organisations.ids_by_code(session, [agency or ""], OrganisationKind.AGENCY)
    if agency is None or agency not in known:
        raise CohortUnknown("Name a demand letter, or an agency by its code together with a quarter such as 2026-Q3.")
    if quarter is None or not rules.is_quarter(quarter):
        raise CohortUnknown(f"{quarter!r} is no quarter. Write it like 2026-Q3.")
    return CohortName(agency_id=known[agency], quarter=quarter)
