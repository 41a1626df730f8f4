"""From a crew's debts to money that each of them confirms.

Over HTTP, with tokens, by the people who do it; files are real, and what is handed out is opened and read. Everybody of
every role tries every step before it is taken (``harbour.py``).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from recruitment.app import create_app
from recruitment.core import clock
from recruitment.web.context import EXTENSION
from tests.factories.crowd import OPENED, Crowd
from tests.stories import afterwards, crew, money_in, payouts
from tests.stories.crew import Tale
from tests.stories.harbour import MAY, Harbour, R

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from recruitment.core.settings import Settings
    from tests.factories.field import Field

pytestmark = pytest.mark.slow

BEGUN = datetime(2026, 1, 11, 8, tzinfo=UTC)


def _tale(field: Field, settings: Settings, folder: Path) -> Iterator[Tale]:
    Crowd(field.database, folder).open(OPENED)
    app = create_app(settings)
    harbour = Harbour(field, app, BEGUN)
    with clock.stopped_at(BEGUN):
        harbour.everybody_comes_in()
    yield Tale(harbour)
    app.extensions[EXTENSION].dispose()


@pytest.fixture
def tale(field, engine_databases, tmp_path) -> Iterator[Tale]:
    """The house as the web service opens it: on PostgreSQL as a role for which row-level security holds."""
    yield from _tale(field, engine_databases.served(field.database.settings), tmp_path)


@pytest.fixture
def sqlite_tale(sqlite_field, tmp_path) -> Iterator[Tale]:
    yield from _tale(sqlite_field, sqlite_field.database.settings, tmp_path)


def test_from_a_crews_debts_to_money_that_they_confirm(tale):
    crew.a_crew_is_recruited_and_heard(tale)
    crew.they_are_nominated(tale)
    crew.creditors_are_told_of_the_programme(tale)
    crew.their_debts_are_registered(tale)
    crew.what_they_are_owed_is_computed(tale)
    crew.it_is_agreed_how_they_get_it(tale)
    money_in.the_fund_gets_money(tale)
    money_in.the_cso_records_accounts(tale)
    orders = payouts.a_plan_goes_through_many_hands(tale)
    payouts.the_bank_answers(tale, orders)
    payouts.what_came_back_is_sent_again(tale)
    payouts.one_is_paid_by_telephone_and_one_in_cash(tale)
    afterwards.the_employer_pays_three_of_them(tale)
    afterwards.each_is_asked(tale)
    afterwards.one_had_less_and_nobody_outside_notices(tale)
    afterwards.one_was_asked_for_a_part(tale)
    payouts.what_is_missing_and_a_share_are_paid(tale)
    payouts.the_employer_owes_it_back(tale)
    parts = afterwards.one_is_paid_in_parts(tale)
    afterwards.the_owner_makes_the_debt_again(tale)
    afterwards.nothing_is_closed_early(tale)
    afterwards.one_leaves_and_has_all_at_once(tale, parts)
    afterwards.they_are_closed(tale)
    afterwards.each_has_what_they_are_owed(tale)
    afterwards.each_has_a_receipt(tale)
    afterwards.the_books_agree(tale)
    assert tale.harbour.untried() == set(), "every role tried every step"


def test_a_step_that_somebody_else_may_take_is_noticed(sqlite_tale, monkeypatch):
    """The control: were the auditor not meant to see pots, that they do would end the story. And what nobody tried shows."""
    monkeypatch.setitem(MAY, "GET /fund-pots", MAY["GET /fund-pots"] - {R.AUDITOR})
    with pytest.raises(AssertionError, match="auditor at GET /fund-pots: 200"):
        sqlite_tale.harbour.get("preparer", "/fund-pots")
    steps = {step.replace("{}", "<>") for step in MAY}
    # Files are taken in a room of their own; all else of the table is what the app has, and nothing more.
    assert sqlite_tale.harbour.untried() == steps - {"GET /fund-pots", "POST /nominations"}
