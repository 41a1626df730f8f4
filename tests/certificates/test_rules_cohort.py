"""Whether a cohort may be certified, with which evidence, and which certificates its workers get from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.certificates.rules import (
    EVIDENCE_SENTENCES,
    OF_BUSINESSES,
    OF_WORKERS,
    PERSON_EVIDENCE_SENTENCES,
    CertificateKind,
    CohortName,
    EvidencePart,
    Level,
    ReasonCode,
    Recruited,
    Result,
    assess_cohort,
    assess_persons,
    cohort_of,
    days_of,
    documents_of,
    independence_of,
    is_quarter,
    person_evidence,
    quarter_heard,
    quarter_of,
    tell,
    timing_of,
    words_of,
)
from recruitment.certificates.rules.numbers import ToldNumbers
from recruitment.core.errors import InvariantViolated
from recruitment.fees.rules import Checkpoint
from recruitment.verification.rules import FindingKind, Status
from tests.certificates.members import (
    ASKED,
    CSO,
    OTHER_CSO,
    PLACED,
    comparison,
    crowd,
    difference,
    member,
    remediated,
    silent,
)

CODE = ReasonCode
DISPUTED = comparison(Status.IN_DISPUTE, difference(decided=False))


def reasons(members, **known):
    return {reason.code: reason.count for reason in assess_cohort(members, **known).reasons}


def heard_on(*days: int, cso: UUID = CSO, start: int = 1):
    return [
        member(number, asked_on=ASKED + timedelta(days=day), heard_days=frozenset({(cso, ASKED + timedelta(days=day))}))
        for number, day in enumerate(days, start)
    ]


class TestACohortThatMayBeCertified:
    def test_everybody_heard_and_nobody_paid(self):
        found = assess_cohort(crowd(20))
        assert found.eligible
        assert found.reasons == ()
        assert (found.result, found.heard, found.paid) == (Result.DEBT_FREE, 20, 0)
        assert found.numbers == ToldNumbers(20, None, None, 0, 0)
        assert found.evidence is not None
        assert found.evidence.document() == {
            "level": "A", "independence": "A", "timing": "A", "documents": "A", "words": "A",
            "heard_by": "an_independent_organisation", "quarter": "2026-Q3",
        }  # fmt: skip

    def test_of_eight_who_paid_and_were_paid_back_the_number_is_told(self):
        found = assess_cohort([*crowd(20), *map(remediated, range(21, 29))])
        assert (found.result, found.paid) == (Result.REMEDIATED, 8)
        assert found.numbers == ToldNumbers(30, None, None, 10, 47)
        assert found.other_findings == ("principle_breach",)

    def test_who_was_not_heard_counts_as_if_they_had_paid(self):
        found = assess_cohort([*crowd(15), *map(silent, range(16, 21))])
        assert found.numbers == ToldNumbers(20, None, 15, 0, 25)
        assert found.evidence is not None
        assert found.evidence.words is Level.C

    def test_a_letter_for_more_people_than_are_known_is_about_more_people(self):
        found = assess_cohort(crowd(20), headcount=40)
        assert found.numbers == ToldNumbers(40, None, 20, 0, 50)
        assert assess_cohort(crowd(20), headcount=3) == assess_cohort(crowd(20))

    def test_of_a_sample_the_bound_is_that_of_a_sample(self):
        members = [*crowd(15), *map(silent, range(16, 21))]
        found = assess_cohort(members, drawn={UUID(int=number) for number in range(1, 16)})
        assert found.numbers == ToldNumbers(20, 15, None, 0, 10)

    def test_who_was_drawn_and_left_stays_chosen(self):
        found = assess_cohort(crowd(15), drawn={UUID(int=number) for number in range(1, 21)})
        assert found.numbers == ToldNumbers(20, None, 15, 0, 25)

    def test_whom_a_letter_leaves_open_was_in_no_lot_and_counts_as_if_they_had_paid(self):
        members = [*crowd(15), *map(silent, range(16, 21))]
        found = assess_cohort(members, headcount=25, drawn={UUID(int=number) for number in range(1, 16)})
        assert found.numbers == tell(25, 20, 15, 0)

    def test_words_of_those_who_were_not_drawn_make_a_sample_no_larger(self):
        found = assess_cohort(crowd(20), drawn={UUID(int=number) for number in range(1, 11)})
        assert found.numbers == ToldNumbers(20, 10, None, 0, 18)


class TestWhatStandsAgainstACohort:
    def test_too_few_of_everything_at_once(self):
        assert reasons([*map(remediated, range(1, 3)), silent(3)]) == {
            CODE.TOO_FEW_MEMBERS: 3, CODE.TOO_FEW_HEARD: 2, CODE.FEW_PAID: 2,
        }  # fmt: skip

    @pytest.mark.parametrize("paid", range(1, 8))
    def test_one_to_seven_who_paid(self, paid):
        assert reasons([*crowd(20), *map(remediated, range(31, 31 + paid))]) == {CODE.FEW_PAID: paid}

    def test_one_who_was_heard_and_is_not_clear(self):
        assert reasons([*crowd(20), member(21, DISPUTED)]) == {CODE.NOT_DEBT_FREE: 1, CODE.UNADJUDICATED_DISPUTE: 1}

    def test_one_who_was_not_heard_and_of_whom_something_is_known_to_be_wrong(self):
        assert reasons([*crowd(20), silent(21, DISPUTED)]) == {CODE.UNSETTLED_WITHOUT_WORD: 1}
        assert reasons([*crowd(20), silent(21, has_open_case=True)]) == {CODE.UNSETTLED_WITHOUT_WORD: 1}

    def test_a_voice_of_somebody_whom_no_cso_registered_counts_for_nobody(self):
        own_people = [replace(each, was_listed_only=True) for each in crowd(20)]
        assert reasons(own_people) == {CODE.TOO_FEW_HEARD: 0}

    def test_of_a_sample_those_who_were_drawn_must_be_enough(self):
        assert reasons(crowd(20), drawn={UUID(int=number) for number in range(1, 5)}) == {CODE.TOO_FEW_HEARD: 4}

    def test_who_has_two_journeys_is_one_person_and_heard_when_both_were_spoken_of(self):
        twice = replace(silent(1), journey=UUID(int=999))
        found = assess_cohort([*crowd(6), twice])
        assert (found.heard, found.numbers) == (5, ToldNumbers(10, None, 5, 0, 50))
        heard_twice = replace(member(1), journey=UUID(int=999))
        assert assess_cohort([*crowd(6), heard_twice]).heard == 6

    def test_what_may_not_be_told_is_not_worked_out(self):
        found = assess_cohort([*crowd(20), remediated(21)])
        assert (found.eligible, found.result, found.numbers, found.evidence) == (False, None, None, None)
        assert found.other_findings == ()
        assert [reason.sentence for reason in found.reasons] == [
            "Between 1 and 7 workers had paid: so few cannot be told, and nothing else may be told either."
        ]

    @given(st.lists(st.sampled_from(["heard", "silent", "remediated", "disputed"]), max_size=30), st.integers(0, 40))
    def test_it_is_certified_or_has_reasons_and_never_both(self, kinds, headcount):
        make = {"heard": member, "silent": silent, "remediated": remediated, "disputed": lambda n: member(n, DISPUTED)}
        members = [make[kind](number) for number, kind in enumerate(kinds, 1)]
        found = assess_cohort(members, headcount=headcount)
        assert found.eligible is not bool(found.reasons)
        assert found.eligible is (found.numbers is not None)
        if found.eligible:
            assert "disputed" not in kinds
            assert found.numbers is not None
            assert found.numbers.population >= max(len(members), headcount)


class TestOtherFindings:
    @pytest.mark.parametrize("kind", sorted(OF_BUSINESSES))
    def test_what_follows_from_papers_is_named_for_one(self, kind):
        found = assess_cohort([*crowd(20), silent(21, comparison(Status.UNVERIFIED, kind))])
        assert found.other_findings == (kind.value,)

    @pytest.mark.parametrize("kind", sorted(OF_WORKERS - {FindingKind.LEGAL_BREACH, FindingKind.DEDUCTION_OVER_LIMIT}))
    def test_what_a_worker_said_is_named_from_five_on(self, kind):
        for count, told in ((4, ()), (5, (kind.value,))):
            finding = difference(decided=True, kind=kind)
            members = [member(number, comparison(Status.DEBT_FREE, finding)) for number in range(1, count + 1)]
            assert assess_cohort([*members, *crowd(20, start=31)]).other_findings == told

    def test_whose_word_does_not_count_stands_behind_nothing(self):
        said = comparison(Status.DEBT_FREE, FindingKind.LATE_COMMITMENT)
        unheard = [member(number, said, agrees_aggregate=False) for number in range(1, 11)]
        assert assess_cohort([*unheard, *crowd(20, start=31)]).other_findings == ()

    def test_every_finding_is_of_businesses_or_of_workers_or_stands_in_the_numbers(self):
        rest = set(FindingKind) - OF_BUSINESSES - OF_WORKERS
        assert rest == {FindingKind.RATE_MISSING, FindingKind.MISSING_STATEMENT}
        assert OF_BUSINESSES.isdisjoint(OF_WORKERS)


class TestCertificatesOfPersons:
    def test_all_consenting_ones_get_the_highest_kind_that_all_of_them_reach(self):
        at_home = member(21, independent={Checkpoint.PRE_DEPARTURE: PLACED - timedelta(days=60)}, reached={})
        assert assess_persons(crowd(6)).kind is CertificateKind.CONFIRMED
        found = assess_persons([*crowd(6), at_home])
        assert (found.kind, len(found.members), found.reasons) == (CertificateKind.PRE_DEPARTURE, 7, {})

    def test_one_of_them_who_reaches_none_keeps_it_from_all(self):
        found = assess_persons([*crowd(20), member(21, DISPUTED)])
        assert (found.kind, found.members) == (None, ())
        assert [reason.code for reason in found.reasons[UUID(int=10_021)]] == [
            CODE.NOT_DEBT_FREE, CODE.UNADJUDICATED_DISPUTE,
        ]  # fmt: skip

    def test_who_does_not_consent_gets_none_and_keeps_nobody_from_theirs(self):
        unwilling = member(21, DISPUTED, agrees_certificate=False)
        listed = member(22, was_listed_only=True)
        found = assess_persons([*crowd(6), unwilling, listed])
        assert found.kind is CertificateKind.CONFIRMED
        assert [each.person for each in found.members] == [UUID(int=number) for number in range(1, 7)]

    def test_four_get_none(self):
        assert assess_persons([*crowd(4), *map(silent, range(5, 20))]).kind is None
        assert assess_persons([*crowd(4), replace(member(1), journey=UUID(int=999))]).kind is None


class TestEvidence:
    @pytest.mark.parametrize(
        ("members", "level"),
        [
            (heard_on(0, 0, 0, 1, 1, 1), Level.A),
            (heard_on(0, 0, 0, 0, 1, 1), Level.B),
            (heard_on(0, 0, 0, 0, 0, 0), Level.C),
            ([*heard_on(0, 0, 0, 0, 0), *heard_on(0, 0, 0, 0, 0, cso=OTHER_CSO, start=6)], Level.A),
            ([*heard_on(0, 0, 0, 0, 0, 0), *heard_on(0, 0, 0, 0, cso=OTHER_CSO, start=7)], Level.C),
            ([*heard_on(0, 0, 0, 0, 1, 1), member(9, heard_days=frozenset())], Level.D),
            ([], Level.D),
        ],
    )
    def test_independence(self, members, level):
        assert independence_of(members) is level

    @pytest.mark.parametrize(
        ("checkpoint", "day", "level"),
        [
            (Checkpoint.POST_PLACEMENT, PLACED, Level.A),
            (Checkpoint.POST_PLACEMENT, PLACED - timedelta(days=1), Level.B),
            (Checkpoint.ARRIVAL, PLACED, Level.B),
            (Checkpoint.PRE_DEPARTURE, PLACED, Level.C),
            (Checkpoint.SELECTION, PLACED, Level.D),
        ],
    )
    def test_timing(self, checkpoint, day, level):
        assert timing_of(member(independent={checkpoint: day})) is level

    @pytest.mark.parametrize(
        ("missing", "level"),
        [
            ((), Level.A),
            (("has_receipts",), Level.B),
            (("has_commitment",), Level.C),
            (("has_complete_declaration",), Level.D),
        ],
    )
    def test_documents(self, missing, level):
        assert documents_of(member(**dict.fromkeys(missing, False))) is level

    @pytest.mark.parametrize(
        ("percent", "level"),
        [(5, Level.A), (6, Level.B), (10, Level.B), (11, Level.C), (25, Level.C), (26, Level.D)],
    )
    def test_words(self, percent, level):
        assert words_of(ToldNumbers(100, 50, None, 0, percent)) is level
        assert words_of(ToldNumbers(100, None, None, 40, percent)) is Level.A

    def test_the_level_is_that_of_the_worst_part_and_the_worst_member(self):
        late = member(21, has_receipts=False, independent={Checkpoint.ARRIVAL: PLACED})
        found = assess_cohort([*crowd(20), late]).evidence
        assert found is not None
        assert found[:4] == (Level.A, Level.B, Level.B, Level.A)
        assert found.level is Level.B

    def test_one_late_visit_does_not_move_the_quarter(self):
        old = [member(number, asked_on=date(2026, 3, 1)) for number in range(1, 10)]
        late = [member(number, asked_on=date(2026, 10, 5)) for number in range(10, 15)]
        assert quarter_heard([*old, *late[:4]]) == "2026-Q1"
        assert quarter_heard([*old, *late]) == "2026-Q4"
        with pytest.raises(InvariantViolated):
            quarter_heard(late[:4])

    def test_of_one_worker_the_words_are_their_own(self):
        evidence = person_evidence(member(1))
        assert (evidence.independence, evidence.words, evidence.level) == (Level.B, Level.A, Level.B)
        twice = frozenset({(CSO, ASKED), (OTHER_CSO, ASKED)})
        assert person_evidence(member(1, heard_days=twice)).level is Level.A
        assert person_evidence(member(1, heard_days=frozenset())).level is Level.D
        assert person_evidence(member(1)).quarter == "2026-Q3"
        with pytest.raises(InvariantViolated):
            person_evidence(silent(1))

    def test_each_level_of_each_part_has_a_sentence(self):
        assert {part: list(levels) for part, levels in EVIDENCE_SENTENCES.items()} == {
            part: list(Level) for part in EvidencePart
        }
        assert PERSON_EVIDENCE_SENTENCES.keys() == set(EvidencePart)

    @given(st.permutations(crowd(9)), st.lists(st.booleans(), min_size=9, max_size=9))
    def test_nobody_s_words_move_it(self, members, said):
        changed = [
            replace(each, comparison=comparison(Status.DEBT_FREE, difference(decided=True))) if differs else each
            for each, differs in zip(members, said, strict=True)
        ]
        assert assess_cohort(changed).evidence == assess_cohort(crowd(9)).evidence


class TestWhichCohort:
    LETTER, OTHER, AGENCY = UUID(int=51), UUID(int=52), UUID(int=53)

    def recruited(self, number, letter=None, agency=None, on=date(2026, 8, 1), person=None):
        return Recruited(UUID(int=number), UUID(int=person or 1_000 + number), letter, agency, on)

    def test_a_letter_of_five_is_one_and_the_others_stand_together(self):
        large = [self.recruited(number, self.LETTER, self.AGENCY) for number in range(1, 6)]
        small = [self.recruited(number, self.OTHER, self.AGENCY) for number in range(6, 10)]
        direct = [self.recruited(10, None, self.AGENCY), self.recruited(11, None, self.AGENCY, date(2026, 10, 1))]
        assert cohort_of([*large, *small, *direct]) == {
            CohortName(letter_id=self.LETTER): large,
            CohortName(agency_id=self.AGENCY, quarter="2026-Q3"): [*small, direct[0]],
            CohortName(agency_id=self.AGENCY, quarter="2026-Q4"): [direct[1]],
        }

    def test_five_journeys_of_four_people_are_no_five(self):
        journeys = [self.recruited(number, self.LETTER, self.AGENCY, person=number % 4 + 1) for number in range(1, 6)]
        assert list(cohort_of(journeys)) == [CohortName(agency_id=self.AGENCY, quarter="2026-Q3")]

    def test_who_has_neither_a_large_letter_nor_an_agency_is_in_none(self):
        assert cohort_of([self.recruited(1, self.OTHER), self.recruited(2)]) == {}

    @pytest.mark.parametrize(
        "name",
        [
            {}, {"letter_id": LETTER, "agency_id": AGENCY}, {"agency_id": AGENCY}, {"quarter": "2026-Q3"},
            {"agency_id": AGENCY, "quarter": "2026-Q5"}, {"letter_id": LETTER, "agency_id": AGENCY, "quarter": "2026-Q3"},
        ],
    )  # fmt: skip
    def test_a_name_is_a_letter_or_a_quarter(self, name):
        with pytest.raises(InvariantViolated):
            CohortName(**name)

    @given(st.dates(date(2000, 1, 1), date(2999, 12, 31)))
    def test_every_day_is_in_its_quarter_and_the_next_one_follows(self, day):
        quarter = quarter_of(day)
        first, last = days_of(quarter)
        assert first <= day <= last
        assert quarter_of(last + timedelta(days=1)) != quarter
        assert days_of(quarter_of(last + timedelta(days=1)))[0] == last + timedelta(days=1)

    @pytest.mark.parametrize("text", ["2026-Q0", "2026-q1", "2026", "26-Q1", "2026-Q1 ", ""])
    def test_what_is_no_quarter(self, text):
        assert not is_quarter(text)
        with pytest.raises(InvariantViolated):
            days_of(text)


def test_levels_stand_in_order():
    assert all(better < worse for better, worse in pairwise(Level))
