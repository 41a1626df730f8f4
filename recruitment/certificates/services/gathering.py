"""Who is in each cohort, and what stands for and against them, as of the cut-off of a release. Reads in batches."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.cases import queries as cases
from recruitment.certificates import queries, rules
from recruitment.certificates.rules import CohortName, Member, Recruited
from recruitment.fees.rules import Checkpoint
from recruitment.jobseekers import queries as jobseekers
from recruitment.jobseekers.rules import ConsentPurpose
from recruitment.journeys import queries as journeys
from recruitment.journeys.rules import StageOutcome
from recruitment.ledger.queries.seals import books_not_sealed
from recruitment.releases import queries as releases
from recruitment.verification import queries as verification
from recruitment.verification import rules as comparing
from recruitment.verification.rules import FindingKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.certificates.queries import Cohort, Heard, Person, Sample
    from recruitment.certificates.queries import Recruited as Recorded
    from recruitment.releases.queries import Letter
    from recruitment.verification.queries import StaleJourney
    from recruitment.verification.rules import Comparison, JourneyFacts

_REACHED = frozenset({StageOutcome.DONE, StageOutcome.REPEATED})
_UNDECLARED = frozenset({FindingKind.MISSING_DECLARATION, FindingKind.INCOMPLETE_DECLARATION})


@dataclass(frozen=True, slots=True)
class GatheredCohort:
    """A cohort with its members. ``letter`` is None for an agency's quarter; ``drawn`` for one without a recorded lot.

    ``employers``: for whom its members work, as far as letters tell. ``references``: of the members' journeys.
    """

    cohort: Cohort
    members: list[Member]
    letter: Letter | None
    drawn: frozenset[UUID] | None
    employers: frozenset[UUID]
    corridors: frozenset[str]
    references: Mapping[UUID, str]

    @property
    def headcount(self) -> int | None:
        """For how many people the letter is, as the employer wrote it."""
        return self.letter.headcount if self.letter else None


@dataclass(frozen=True, slots=True)
class _Merged:
    """A journey with what the listed ones that are one with it say beside it."""

    recruited: Recruited
    ids: tuple[UUID, ...]
    books: frozenset[UUID]


def gather(session: Session, cohorts: Sequence[Cohort], until: datetime) -> dict[UUID, GatheredCohort]:
    """Return the cohorts with their members as of ``until``, by id: also those that have none.

    What was said, decided, recorded and sealed is as of ``until``; which journeys are one as of now. What a person agrees to
    counts when they agreed by then, and still do. Who was erased is no member any more.
    """
    agencies = {cohort.agency_id for cohort in cohorts}
    letters = releases.letters(session, agencies)
    merged = _merged(session, agencies, until)
    people = queries.people(session, {each.recruited.person for each in merged.values()})
    there = [each.recruited for each in merged.values() if not people[each.recruited.person].is_erased]
    formed = rules.cohort_of(there)
    wanted = {cohort.id: formed.get(_name_of(cohort), []) for cohort in cohorts}
    members, references, corridors = _members(
        session, [merged[each.journey] for several in wanted.values() for each in several], people, until
    )
    lots = queries.newest_samples(session, wanted, until)
    drawn_over = {journey for lot in lots.values() for journey, _, _ in lot.members}
    root_of = journeys.roots_of(session, drawn_over)
    people_of_root = {journey: merged[root].recruited.person for journey, root in root_of.items() if root in merged}
    found = {}
    for cohort in cohorts:
        those = wanted[cohort.id]
        lot = lots.get(cohort.id)
        now = {references[each.journey]: each.person for each in those}
        of_letters = {each.letter_id for each in those if each.letter_id is not None}
        found[cohort.id] = GatheredCohort(
            cohort=cohort,
            members=[members[each.journey] for each in those],
            letter=letters.get(cohort.letter_id) if cohort.letter_id else None,
            drawn=None if lot is None else _chosen(lot, now, people_of_root),
            employers=frozenset(letters[letter].employer_id for letter in of_letters if letter in letters),
            corridors=frozenset(corridors[each.journey] for each in those),
            references={each.journey: references[each.journey] for each in those},
        )
    return found


def _chosen(lot: Sample, now: dict[str, UUID], joined: Mapping[UUID, UUID]) -> frozenset[UUID]:
    """Return the persons whom a lot chooses among those it was drawn over and those who are there now.

    A journey that was drawn over and is one with another by now is that one's person.
    """
    persons = {reference: joined.get(journey, person) for journey, reference, person in lot.members} | now
    return frozenset(persons[each] for each in rules.chosen_by_lot(lot.seed, lot.size, persons))


def _name_of(cohort: Cohort) -> CohortName:
    if cohort.letter_id is not None:
        return CohortName(letter_id=cohort.letter_id)
    return CohortName(agency_id=cohort.agency_id, quarter=cohort.quarter)


def _merged(session: Session, agencies: Collection[UUID], until: datetime) -> dict[UUID, _Merged]:
    """Return the recruitments of ``agencies`` by the journey that stands for all that are one with it."""
    recorded = {each.id: each for each in queries.recruited_by(session, agencies, until)}
    root_of = journeys.roots_of(session, recorded)
    elsewhere = set(root_of.values()) - recorded.keys()
    recorded |= {each.id: each for each in queries.recruited(session, elsewhere)}
    groups: dict[UUID, list[Recorded]] = defaultdict(list)
    for each in recorded.values():
        groups[root_of.get(each.id, each.id)].append(each)
    found = {}
    for root, several in groups.items():
        own = recorded[root]
        others = sorted((each for each in several if each.id != root), key=lambda each: each.id)
        in_order = [own, *others]
        found[root] = _Merged(
            Recruited(
                root, own.jobseeker_id, next((each.letter_id for each in in_order if each.letter_id), None),
                next((each.agency_id for each in in_order if each.agency_id), None), own.started_on,
            ),
            tuple(each.id for each in in_order),
            frozenset(each.book_id for each in in_order),
        )  # fmt: skip
    return found


def _members(
    session: Session, merged: Iterable[_Merged], people: Mapping[UUID, Person], until: datetime
) -> tuple[dict[UUID, Member], dict[UUID, str], dict[UUID, str]]:
    """Return the members by journey, with the references and the corridors of their journeys."""
    by_root = {each.recruited.journey: each for each in merged}
    context = _Context.of(session, by_root, people, until)
    verdicts = verification.verdicts(session)
    found, references, corridors = {}, {}, {}
    after: UUID | None = None
    while batch := verification.journeys_in_order(session, after=after, ids=by_root.keys()):
        after = batch[-1].id
        facts = verification.facts_of(session, batch, as_of=until)
        for journey, each in facts.journeys:
            comparison = comparing.compare(each, verdicts, facts.rates.converter(each.currency))
            found[journey.id] = context.member(journey, each, comparison)
            references[journey.id], corridors[journey.id] = journey.reference, journey.corridor
    return found, references, corridors


@dataclass(frozen=True, slots=True)
class _Context:
    """What was read of all members at once."""

    merged: Mapping[UUID, _Merged]
    people: Mapping[UUID, Person]
    heard: Mapping[UUID, set[Heard]]
    reached: Mapping[UUID, Mapping[str, date]]
    receipts: Collection[UUID]
    in_case: Collection[UUID]
    not_sealed: Collection[UUID]
    agreed: Mapping[UUID, frozenset[ConsentPurpose]]

    @classmethod
    def of(
        cls, session: Session, merged: Mapping[UUID, _Merged], people: Mapping[UUID, Person], until: datetime
    ) -> _Context:
        """Read it."""
        root_of = {journey: root for root, each in merged.items() for journey in each.ids}
        heard: dict[UUID, set[Heard]] = defaultdict(set)
        for journey, several in queries.heard(session, root_of, until).items():
            heard[root_of[journey]] |= several
        reached: dict[UUID, dict[str, date]] = defaultdict(dict)
        for journey, stages in journeys.stages_of(session, root_of, as_of=until).items():
            known = reached[root_of[journey]]
            for stage in stages:
                if stage.outcome in _REACHED:
                    known[stage.stage] = min(stage.occurred_on, known.get(stage.stage, stage.occurred_on))
        persons = {each.recruited.person for each in merged.values()}
        books = {book for each in merged.values() for book in each.books}
        books |= {people[person].debt_book_id for person in persons}
        now, then = _agreed(session, persons, None), _agreed(session, persons, until)
        with_receipts = queries.with_receipts(session, root_of, until)
        return cls(
            merged, people, heard, reached,
            receipts={root_of[journey] for journey in with_receipts},
            in_case={root_of[journey] for journey in cases.with_open_case(session, root_of, until)},
            not_sealed=books_not_sealed(session, books, until),
            # What was agreed to later would tell the day on which somebody was met; what was withdrawn counts at once.
            agreed={person: now[person] & then[person] for person in persons},
        )  # fmt: skip

    def member(self, journey: StaleJourney, facts: JourneyFacts, comparison: Comparison) -> Member:
        """Return one member as the rules take it."""
        each = self.merged[journey.id]
        person = self.people[each.recruited.person]
        kinds = {finding.kind for finding in comparison.findings}
        heard = self.heard.get(journey.id, set())
        agreed = self.agreed.get(person.id, frozenset())
        return Member(
            person=person.id,
            journey=journey.id,
            comparison=comparison,
            independent=_last_days(heard),
            heard_days=frozenset((said.cso_id, said.day) for said in heard),
            reached=self.reached.get(journey.id, {}),
            has_open_debt=facts.has_open_debt,
            has_open_collateral=facts.has_open_collateral,
            has_open_case=journey.id in self.in_case,
            is_sealed=not (each.books | {person.debt_book_id}) & set(self.not_sealed),
            agrees_certificate=ConsentPurpose.CERTIFICATE in agreed,
            agrees_aggregate=ConsentPurpose.AGGREGATE in agreed,
            has_complete_declaration=facts.has_agency and not kinds & _UNDECLARED,
            has_receipts=journey.id in self.receipts,
            has_commitment=FindingKind.MISSING_COMMITMENT not in kinds,
            was_listed_only=person.cso_id is None,
        )


def _agreed(
    session: Session, persons: Collection[UUID], as_of: datetime | None
) -> dict[UUID, frozenset[ConsentPurpose]]:
    answers = jobseekers.consents_of(session, persons, as_of=as_of)
    return {person: frozenset(each.purpose for each in several if each.given) for person, several in answers.items()}


def _last_days(heard: Collection[Heard]) -> dict[Checkpoint, date]:
    """Return the last day at each checkpoint. What was said at no checkpoint stands for none."""
    found: dict[Checkpoint, date] = {}
    for said in heard:
        if said.checkpoint is not None:
            checkpoint = Checkpoint(said.checkpoint)
            found[checkpoint] = max(said.day, found.get(checkpoint, said.day))
    return found
