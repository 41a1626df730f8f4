from __future__ import annotations

import pytest
from sqlalchemy import text

from recruitment.core.actor import LOCAL_OPERATOR, Actor, Permission
from recruitment.core.errors import NotPermitted
from recruitment.journeys.rules import RecruitmentChannel
from recruitment.reporting import queries
from recruitment.reporting.rules import CHANNEL_WORDS, NOT_COMPARED, STATUS_WORDS, JourneyFilter
from recruitment.verification.rules import Status
from tests.factories.rows import row, rows

EVERY = JourneyFilter()


def actor_with(*permissions: Permission) -> Actor:
    return Actor(LOCAL_OPERATOR.id, "somebody", frozenset(permissions))


def references(database, wanted=EVERY, **where) -> list[str]:
    with database.read_session() as session:
        found = queries.journey_list(session, LOCAL_OPERATOR, wanted, **where)
    return [line.reference for line in found.lines]


def a_page(database, wanted=EVERY, **where):
    with database.read_session() as session:
        return queries.journey_list(session, LOCAL_OPERATOR, wanted, **where)


def more_journeys(field, count: int) -> None:
    names = [f"{number:04}" for number in range(count)]
    field.send("jobseekers", *rows("jobseekers", "reference", *(f"JS-X{name}" for name in names)))
    field.send(
        "journeys",
        *(row("journeys", reference=f"X-{name}", jobseeker=f"JS-X{name}", agency="AG-2") for name in names),
    )


def test_every_status_and_channel_has_words_and_a_mark_of_its_own():
    assert set(STATUS_WORDS) == {*Status, NOT_COMPARED}
    assert set(CHANNEL_WORDS) == set(RecruitmentChannel)
    assert len({known.mark for known in STATUS_WORDS.values()}) == len(STATUS_WORDS)
    assert len({known.word for known in STATUS_WORDS.values()}) == len(STATUS_WORDS)


class TestJourneyList:
    def test_a_line_tells_parties_status_and_amounts(self, told):
        line = a_page(told.database).lines[0]
        assert (line.reference, line.corridor, line.channel) == ("J-1", "MM-TH", "mou")
        assert (line.agency_code, line.agency_name) == ("AG-1", "Blue Kite")
        assert (line.employer_code, line.employer_name) == ("EM-1", "Orchard")
        assert (line.status, line.currency) == ("in_dispute", "THB")
        assert (line.worker_borne_minor, line.repaid_minor, line.remedy_due_minor) == (7000_00, 0, 7000_00)
        assert str(line.covered_until) == "2024-09-01"
        assert line.finding_count == told.count("findings") == 6
        assert line.is_stale is False

    def test_a_journey_that_was_never_compared_has_no_amounts(self, told):
        line = a_page(told.database).lines[2]
        assert (line.reference, line.status, line.currency, line.remedy_due_minor) == ("J-3", NOT_COMPARED, None, None)
        assert line.employer_code is None
        assert line.is_stale is True

    def test_a_comparison_that_is_older_than_the_facts_says_so(self, told):
        assert [line.is_stale for line in a_page(told.database).lines] == [False, False, True]
        told.send("reports", row("reports", reference="RP-9", journey="J-2"))
        assert [line.is_stale for line in a_page(told.database).lines] == [False, True, True]

    @pytest.mark.parametrize(
        ("wanted", "expected"),
        [
            (JourneyFilter(status="in_dispute"), ["J-1"]),
            (JourneyFilter(status="debt_free"), ["J-2"]),
            (JourneyFilter(status=NOT_COMPARED), ["J-3"]),
            (JourneyFilter(status="review"), []),
            (JourneyFilter(corridor="MM-TH"), ["J-1", "J-2", "J-3"]),
            (JourneyFilter(corridor="NP-MY"), []),
            (JourneyFilter(agency="AG-1"), ["J-1", "J-2"]),
            (JourneyFilter(agency="AG-1", status="debt_free"), ["J-2"]),
            (JourneyFilter(agency="AG-NOBODY"), []),
            (JourneyFilter(finding="undeclared_payment"), ["J-1"]),
            (JourneyFilter(finding="rate_missing"), []),
            (JourneyFilter(search="J-"), ["J-1", "J-2", "J-3"]),
            (JourneyFilter(search="j-2"), ["J-2"]),
            (JourneyFilter(search="-2"), []),
            (JourneyFilter(search="%"), []),
            (JourneyFilter(search="J_"), []),
        ],
    )
    def test_a_filter_leaves_what_is_asked_for(self, told, wanted, expected):
        assert references(told.database, wanted) == expected

    def test_pages_follow_each_other_forwards_and_back(self, field):
        more_journeys(field, 8)
        everything = references(field.database)
        assert len(everything) == 11
        first = a_page(field.database, size=4)
        second = a_page(field.database, size=4, after=first.next)
        third = a_page(field.database, size=4, after=second.next)
        seen = [line.reference for page in (first, second, third) for line in page.lines]
        assert seen == everything
        assert (first.previous, third.next) == (None, None)
        assert a_page(field.database, size=4, before=third.previous) == second
        assert a_page(field.database, size=4, before=second.previous) == first

    def test_a_page_holds_fifty(self, field):
        more_journeys(field, 50)
        page = a_page(field.database)
        assert len(page.lines) == 50
        assert len(references(field.database, after=page.next)) == 3

    def test_pages_keep_to_the_filter(self, field):
        more_journeys(field, 6)
        page = a_page(field.database, JourneyFilter(search="X-"), size=4)
        assert references(field.database, JourneyFilter(search="X-"), size=4, after=page.next) == ["X-0004", "X-0005"]

    def test_beyond_the_end_there_is_nothing(self, told):
        page = a_page(told.database, after="zzz")
        assert (page.lines, page.previous, page.next) == ((), None, None)

    def test_one_query_reads_a_page_however_many_lines_it_has(self, field, counted):
        def sent() -> int:
            with counted(field.database) as statements, field.database.read_session() as session:
                queries.journey_list(session, LOCAL_OPERATOR, EVERY)
            return len(statements)

        few = sent()
        more_journeys(field, 40)
        assert (few, sent()) == (1, 1)

    def test_a_query_for_each_line_would_be_counted(self, told, counted):
        with counted(told.database) as statements, told.database.read_session() as session:
            for _ in queries.journey_list(session, LOCAL_OPERATOR, EVERY).lines:
                session.execute(text("SELECT 1"))
        assert len(statements) == 4

    def test_who_may_not_read_comparisons_is_refused(self, told):
        with told.database.read_session() as session, pytest.raises(NotPermitted):
            queries.journey_list(session, actor_with(Permission.READ_LEDGER), EVERY)
        with told.database.read_session() as session, pytest.raises(NotPermitted):
            queries.status_totals(session, actor_with(Permission.READ_LEDGER))


class TestStatusTotals:
    def test_journeys_are_counted_by_status_with_those_that_were_never_compared(self, told):
        with told.database.read_session() as session:
            totals = queries.status_totals(session, LOCAL_OPERATOR)
        assert totals == {"in_dispute": 1, "debt_free": 1, NOT_COMPARED: 1}

    def test_two_queries_count_them(self, told, counted):
        with counted(told.database) as statements, told.database.read_session() as session:
            queries.status_totals(session, LOCAL_OPERATOR)
        assert len(statements) == 2


def page_of(field, reference="J-1", actor=LOCAL_OPERATOR):
    with field.database.read_session() as session:
        return queries.journey_page(session, actor, reference)


class TestJourneyPage:
    def test_a_page_tells_who_and_what_a_journey_joins(self, told):
        head = page_of(told).head
        assert (head.reference, head.jobseeker, head.agency_code, head.licence_number) == ("J-1", "JS-1", "AG-1", "L-1")
        assert (head.letter, head.employer_code, head.is_stale) == ("DL-1", "EM-1", False)

    def test_what_is_not_there_is_none(self, told):
        head = page_of(told, "J-3").head
        assert (head.letter, head.employer_code, head.licence_number, head.compared_at) == (None, None, None, None)
        assert head.is_stale is True

    def test_a_journey_that_is_not_there_is_none(self, told):
        assert page_of(told, "J-NOBODY") is None

    def test_stages_come_in_order(self, told):
        assert [(each.stage, each.outcome) for each in page_of(told).stages] == [
            ("first_contact", "done"),
            ("medical_origin", "failed"),
        ]

    def test_an_entry_names_the_statement_behind_it(self, told):
        journey, debts = page_of(told).books
        found = {line.statement for line in journey.entries}
        assert {"CSO-1 RP-1", "CSO-1 RP-2"} < found
        assert any(statement.endswith(" line 2") for statement in found)
        assert [line.statement for line in debts.entries] == ["CSO-1 DE-1"]

    def test_a_correction_leaves_the_entry_its_reversal_and_the_new_one(self, told):
        lines = [line for line in page_of(told).books[0].entries if line.statement == "CSO-1 RP-1"]
        first = next(line for line in lines if line.reversed_by)
        reversal = next(line for line in lines if line.entry.reverses_id)
        (now,) = [line for line in lines if not line.reversed_by and not line.entry.reverses_id]
        assert len(lines) == 3
        assert (first.reversed_by, reversal.entry.reverses_id) == (reversal.entry.id, first.entry.id)
        assert [line.entry.postings[0].amount_minor for line in (first, now)] == [4000_00, 5000_00]
        assert page_of(told).entry_of["CSO-1 RP-1"] == now.entry.id

    def test_the_name_is_read_with_its_own_permission_only(self, told):
        assert page_of(told).person.name == "Jasmine"
        readers = actor_with(Permission.READ_STATEMENTS, Permission.READ_LEDGER)
        assert page_of(told, actor=readers).person is None

    def test_the_books_are_read_with_their_own_permission_only(self, told):
        readers = actor_with(Permission.READ_STATEMENTS)
        assert page_of(told, actor=readers).books is None

    def test_who_may_not_read_comparisons_is_refused(self, told):
        with pytest.raises(NotPermitted):
            page_of(told, actor=actor_with(Permission.READ_PERSONS))

    def test_the_number_of_queries_does_not_grow_with_what_is_said(self, told, counted):
        def sent() -> int:
            with counted(told.database) as statements:
                page_of(told)
            return len(statements)

        before = sent()
        told.send("reports", *(row("reports", reference=f"RP-X{number}") for number in range(20)))
        told.send("debts", *(row("debts", reference=f"DE-X{number}") for number in range(20)))
        assert len(page_of(told).books[0].entries) > 20
        assert sent() == before
