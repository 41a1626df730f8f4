"""What releases should do with the certificates of a season, worked out once more: from the rows, and in another way.

It knows only what happens in these seasons: nobody is paid back, all agree to be counted, and nothing is declared that a
worker paid. So a letter passes when it has five workers, five of them were heard freely, and nobody's word that counts says
that they paid anything.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from recruitment.certificates.models import (
    Certificate,
    CertificateCohort,
    CertificateEvent,
    CertificateLogHead,
    CertificateRound,
)
from recruitment.employers.models import DemandLetter
from recruitment.fees.models import ReportedPaymentRow
from recruitment.jobseekers.models import Consent
from recruitment.journeys.models import Journey
from recruitment.releases.models import Release
from recruitment.releases.rules import is_drawn
from tests.paired.certifying import DELAY, LOTS
from tests.paired.looking import issued, of_letters, of_persons
from tests.paired.seasons import due_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from tests.paired.certifying import CertifiedWorld

_DAYS = timedelta(days=90)
_SOON = timedelta(days=14)
_FEWEST = 5
_BATCH = 256
_NUMBERS = ("population", "chosen", "heard", "paid", "bound_percent")


class Done(NamedTuple):
    """What a release did with the certificate of a letter: what outsiders can see of it, and for how many persons."""

    is_issued: bool
    is_suspended: bool
    numbers: tuple[Any, ...] | None
    persons: int


class Facts(NamedTuple):
    """What was known of a letter at a cut-off: its people, who was heard, who paid, and who wants a certificate."""

    people: frozenset[UUID]
    heard: frozenset[UUID]
    paid: frozenset[UUID]
    consenting: frozenset[UUID]

    @property
    def passes(self) -> bool:
        """Whether a certificate may be issued."""
        return len(self.people) >= _FEWEST and len(self.heard) >= _FEWEST and not self.paid

    @property
    def numbers(self) -> tuple[Any, ...]:
        """What is told: population, chosen, heard, paid, and the bound in per cent."""
        many, told = -(-len(self.people) // 5) * 5, len(self.heard) // 5 * 5
        if self.heard == self.people:
            return many, "all", "all", 0, 0
        silent = [(people - told, people) for people in range(many - 4, many + 1) if people > told]
        return many, "all", told, 0, max(-(-100 * few // people) for few, people in silent)

    @property
    def certified(self) -> int:
        """How many persons get a certificate: all who agree, when all of them were heard, or nobody."""
        return len(self.consenting) if len(self.consenting) >= _FEWEST and self.consenting <= self.heard else 0


def facts(world: CertifiedWorld, letter: str, cut_off: datetime) -> Facts:
    """Return what was recorded of a letter's people by a cut-off."""
    said = ReportedPaymentRow
    of_letter = (
        Journey.demand_letter_id == select(DemandLetter.id).where(DemandLetter.reference == letter).scalar_subquery()
    )
    people = select(Journey.id, Journey.jobseeker_id).where(of_letter, Journey.recorded_at <= cut_off)
    words = (
        select(said.journey_id, said.reference, said.fee_item, said.amount_minor, said.checkpoint, said.is_independent)
        .join(Journey, Journey.id == said.journey_id)
        .where(of_letter, said.recorded_at <= cut_off)
        .order_by(said.version)
    )
    with world.database.read_session() as session:
        person_of = {journey: person for journey, person in session.execute(people)}
        newest = {row.reference: row for row in session.execute(words)}.values()
        agreeing = set(
            session.scalars(select(Consent.jobseeker_id).where(Consent.purpose == "certificate", Consent.given))
        )
    heard = {person_of[row.journey_id] for row in newest if row.is_independent and row.checkpoint}
    paid = {person_of[row.journey_id] for row in newest if row.fee_item != "none" and row.amount_minor}
    everybody = frozenset(person_of.values())
    return Facts(everybody, frozenset(heard), frozenset(paid), everybody & agreeing)


def expected(world: CertifiedWorld, months: int) -> dict[tuple[str, int], Done]:
    """Return what each release should do with each letter that was enrolled by then."""
    found = {}
    for letter, reference, enrolled_at in _cohorts(world):
        valid_until: datetime | None = None
        is_suspended, persons = False, 0
        for month, seed in enumerate(_seeds(world)[:months]):
            due = due_of(month)
            if enrolled_at > due:
                continue
            known = facts(world, letter, due - DELAY)
            passes = known.passes and not is_drawn(seed, reference, LOTS)
            ends_soon = valid_until is None or valid_until < due_of(month + 1) + _SOON
            issues = passes and (is_suspended or ends_soon)
            suspends = not passes and valid_until is not None and valid_until > due and not is_suspended
            more = (
                known.certified if issues else max(known.certified - persons, 0) if passes and not is_suspended else 0
            )
            persons = more if issues else persons + more
            found[letter, month] = Done(issues, suspends, known.numbers if issues else None, more)
            if issues:
                valid_until, is_suspended = due + _DAYS, False
            is_suspended |= suspends
    return found


def observed(world: CertifiedWorld, months: int) -> dict[tuple[str, int], Done]:
    """Return what each release did with each letter that was enrolled by then."""
    numbers: dict[tuple[str, str], tuple[Any, ...]] = {}
    for each in issued(world):
        statement = json.loads(each.statement)
        numbers[each.letter, statement["release"]] = tuple(statement["numbers"][name] for name in _NUMBERS)
    persons = Counter((letter, json.loads(statement)["release"]) for letter, statement, _ in of_persons(world))
    query = (
        of_letters(DemandLetter.reference, Release.period)
        .join(CertificateEvent, CertificateEvent.certificate_id == Certificate.id)
        .join(Release, Release.id == CertificateEvent.release_id)
        .where(CertificateEvent.kind == "re_check")
    )
    with world.database.read_session() as session:
        suspended = {(letter, period) for letter, period in session.execute(query)}
        periods = list(session.scalars(select(Release.period).order_by(Release.due_at)))
    return {
        (letter, month): Done(
            (letter, period) in numbers,
            (letter, period) in suspended,
            numbers.get((letter, period)),
            persons[letter, period],
        )
        for letter, _, enrolled_at in _cohorts(world)
        for month, period in enumerate(periods[:months])
        if enrolled_at <= due_of(month)
    }


def differing(world: CertifiedWorld, months: int) -> Iterator[str]:
    """Yield what a world did otherwise than it should have."""
    should, did = expected(world, months), observed(world, months)
    for place in sorted(should.keys() | did.keys()):
        if should.get(place) != did.get(place):
            yield f"{place}: {did.get(place)} in place of {should.get(place)}"
    with world.database.read_session() as session:
        sizes = list(session.scalars(select(CertificateLogHead.size).order_by(CertificateLogHead.size)))
    if sizes != [_BATCH * (month + 1) for month in range(months)]:
        yield f"the log has grown to {sizes}"


def unlike(world: CertifiedWorld) -> list[str]:
    """Return in what certificates of persons differ that were issued together: whoever is shown two learns it."""
    together = defaultdict(list)
    for letter, text, _ in of_persons(world):
        statement = json.loads(text)
        own = ("reference", "nonce", "subject")
        told = {name: value for name, value in statement.items() if name not in own}
        together[letter, statement["release"], statement["kind"]].append(told)
    return [
        f"{place}: {each} and {told[0]}"
        for place, told in sorted(together.items())
        for each in told[1:]
        if each != told[0]
    ]


def _cohorts(world: CertifiedWorld) -> list[tuple[str, str, datetime]]:
    row = CertificateCohort
    query = select(DemandLetter.reference, row.reference, row.recorded_at).join(
        DemandLetter, DemandLetter.id == row.demand_letter_id
    )
    with world.database.read_session() as session:
        return [(letter, reference, at) for letter, reference, at in session.execute(query)]


def _seeds(world: CertifiedWorld) -> list[bytes]:
    query = (
        select(CertificateRound.seed).join(Release, Release.id == CertificateRound.release_id).order_by(Release.due_at)
    )
    with world.database.read_session() as session:
        return list(session.scalars(query))
