"""Pages visit everything once, whatever their size, and a cursor of another list is refused."""

from __future__ import annotations

import random

import pytest

from recruitment.core.actor import Role
from tests.reading.paths import LISTS, address

READERS = (
    Role.AUDITOR,
    Role.CASE_WORKER,
    Role.CSO_SUPERVISOR,
    Role.AGENCY_OFFICER,
    Role.EMPLOYER_OFFICER,
    Role.PARTNER_REVIEWER,
)


@pytest.mark.parametrize("path", LISTS)
def test_pages_of_any_size_visit_everything_once(told, path):
    readable, sizes = 0, [1, random.randrange(2, 9), 200]
    # Everybody reads the same reference data, and there is a lot of it.
    readers, sizes = (READERS[:1], [7, 200]) if path.startswith("/reference-data") else (READERS, sizes)
    for role in readers:
        actor = told.everybody()[role.value]
        where = address(told, path, role)
        if told.ask(actor, where).status_code in {403, 404}:
            continue
        readable += 1
        (whole,) = told.pages(actor, where, 200)
        for size in sizes:
            pages = told.pages(actor, where, size)
            assert [thing for page in pages for thing in page] == whole, (role, size)
            assert all(len(page) == size for page in pages[:-1])
            assert pages[-1] or len(pages) == 1
    assert readable


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in LISTS
        if path.startswith(("/commitments", "/supply", "/reports", "/rates", "/ledger/books", "/fee-declarations/"))
    ],
)
@pytest.mark.parametrize(
    "cursor", ["X", "[]", '["a"]', "{}", '["a","b","c","d"]', "[null,1,2]", '["\\u0000",1,1]', "[1e400]"]
)
def test_a_cursor_of_another_list_is_refused(told, path, cursor):
    asked = 0
    for role in (Role.AUDITOR, Role.CASE_WORKER):
        answer = told.ask(
            told.everybody()[role.value], f"{address(told, path, role)}{'&' if '?' in path else '?'}after={cursor}"
        )
        if answer.status_code != 403:
            asked += 1
            assert answer.status_code == 422, answer.text
            assert answer.get_json()["type"].endswith("web.cursor_unreadable")
    assert asked


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "after=", "colour=red", "limit=1&limit=2&page=3"])
def test_a_query_that_no_list_has_is_refused(told, query):
    answer = told.ask(told.actor(Role.AUDITOR), f"/organisations?{query}")
    assert answer.status_code == 422
    assert answer.get_json()["errors"]


def test_no_list_asks_once_for_each_row(told):
    for path in LISTS:
        for role in (Role.AUDITOR, Role.CASE_WORKER):
            actor, where = told.everybody()[role.value], address(told, path, role)
            counts = set()
            for limit in (1, 2, 100):
                with told.counted() as sent:
                    answer = told.ask(actor, f"{where}{'&' if '?' in where else '?'}limit={limit}")
                counts.add(len(sent))
            assert len(counts) == 1 or answer.status_code == 403, (path, counts)
