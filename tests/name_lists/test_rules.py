"""Which journeys may be one: pure, whatever the people are called."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from recruitment.jobseekers.rules import PersonRead, Sex
from recruitment.journeys.rules import MatchReason
from recruitment.name_lists import rules

AGENCY, EMPLOYER, CSO = (UUID(int=number) for number in (1, 2, 3))


@st.composite
def candidate(draw: st.DrawFn) -> rules.Candidate:
    sender = draw(st.sampled_from([None, AGENCY, EMPLOYER]))
    number = draw(st.integers(100, 10_000))
    return rules.Candidate(
        journey_id=UUID(int=number),
        jobseeker_id=UUID(int=number),
        corridor=draw(st.sampled_from(["MM-TH", "KH-TH"])),
        agency_id=AGENCY if sender else draw(st.sampled_from([None, AGENCY, UUID(int=9)])),
        demand_letter_id=draw(st.sampled_from([None, UUID(int=50), UUID(int=51)])),
        cso_id=None if sender else CSO,
        sender_id=sender,
        phone_hash=draw(st.sampled_from([None, b"1", b"2"])),
        started_on=date(2024, 1, 10),
    )


def person(name: str, year: int | None = 1999, sex: Sex | None = None) -> PersonRead:
    return PersonRead("JS-1", name, None, None, None, year, sex, None, "MM")


words = st.text("abc အကခ", max_size=12)
people = st.builds(person, words, st.none() | st.integers(1990, 1994), st.sampled_from([None, *Sex]))


@given(candidate(), candidate())
def test_a_pair_has_one_order_and_leads_inwards(one, two):
    assert rules.in_order(one, two) == rules.in_order(two, one)
    pair = rules.in_order(one, two)
    if pair:
        assert pair[0].is_listed
        assert pair[0].rank < pair[1].rank


@given(words, words)
def test_likeness_is_mutual_and_blind_to_the_order_of_words(one, two):
    assert rules.likeness(one, two) == rules.likeness(two, one)
    assert rules.likeness(one, " ".join(reversed(one.split()))) == 100


@given(st.lists(candidate(), max_size=5), st.lists(candidate(), max_size=5), st.data())
def test_proposals_are_those_that_a_look_at_each_pair_finds(ones, others, data):
    known = {each.jobseeker_id: data.draw(st.none() | people) for each in (*ones, *others)}
    named = {key: each for key, each in known.items() if each}
    expected = set()
    for one in ones:
        for other in others:
            pair = rules.in_order(one, other)
            reason = pair and rules.reason_for(*pair, *(named.get(each.jobseeker_id) for each in pair))
            if pair and reason:
                expected.add((pair[0], pair[1], *reason))
    found = {(each.listed, each.other, each.reason, each.likeness) for each in rules.proposals(ones, others, named)}
    assert found == expected


def a_pair() -> tuple[rules.Candidate, rules.Candidate]:
    def made(number: int, sender: UUID | None) -> rules.Candidate:
        return rules.Candidate(
            UUID(int=number), UUID(int=number), "MM-TH", AGENCY, None, None if sender else CSO, sender, None,
            date(2024, 1, 10),
        )  # fmt: skip

    return made(100, AGENCY), made(101, None)


def test_years_apart_or_another_sex_speak_against_it():
    pair = a_pair()
    assert rules.reason_for(*pair, person("Aye Example"), person("Example Aye", 2000)) == (MatchReason.NAME, 100)
    assert rules.reason_for(*pair, person("Aye Example"), person("Example Aye", 2001)) is None
    assert rules.reason_for(*pair, person("Aye", sex=Sex.FEMALE), person("Aye", sex=Sex.MALE)) is None
    assert rules.reason_for(*pair, person("Aye Example", None), person("Aye Exampla")) is None
    assert rules.reason_for(*pair, None, person("Aye Example")) is None
