"""Leaks put in on purpose, each of a kind that has been made elsewhere: the paired worlds must catch every one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import jsonify
from sqlalchemy import func, select

from recruitment.core.errors import NotFound, NotPermitted
from recruitment.fees.models import FactVersion, ReportedPaymentRow
from recruitment.journeys.models import Journey
from recruitment.verification.models import ComparisonRow
from recruitment.web.context import database
from recruitment.web.gate import public
from tests.paired.test_paired_worlds import told_apart

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


def _a_count(session):
    return jsonify(open_issues=session.scalar(select(func.count()).select_from(ReportedPaymentRow)))


def _an_updated_at(session):
    return jsonify(updated_at=str(session.scalar(select(func.max(ReportedPaymentRow.recorded_at)))))


def _forbidden_for_missing(session):
    journey = select(ReportedPaymentRow.id).where(ReportedPaymentRow.reference == "W-1000")
    if session.scalar(journey) is not None:
        raise NotPermitted("This report is not yours.")
    raise NotFound("There is no such report.")


def _an_order_by_facts(session):
    version = select(FactVersion.version).where(FactVersion.journey_id == Journey.id).scalar_subquery()
    by_facts = select(Journey.reference).order_by(func.coalesce(version, 0), Journey.reference)
    return jsonify(list(session.scalars(by_facts)))


def _a_header(session):
    answer = jsonify(status="ok")
    answer.set_etag(str(session.scalar(select(func.sum(FactVersion.version)))))
    return answer


def _one_statement_more(session):
    for _ in session.scalars(select(ReportedPaymentRow.id)).all():
        session.scalar(select(func.count()).select_from(ComparisonRow))
    return jsonify(status="ok")


LEAKS = {
    "a count": _a_count,
    "the time of the last change": _an_updated_at,
    "forbidden in the place of missing": _forbidden_for_missing,
    "an order by what was said": _an_order_by_facts,
    "a header": _a_header,
    "one statement more to the database": _one_statement_more,
}


def leaking(answer: Callable) -> Callable[[Flask], None]:
    """Return what adds a route to an app that answers from everything that the house knows."""

    def add(app: Flask) -> None:
        @public("a leak that is put in on purpose")
        def leak():
            with database().read_session() as session:
                return answer(session)

        app.add_url_rule("/leak", "leak", leak)

    return add


@pytest.mark.slow
@pytest.mark.parametrize("kind", LEAKS)
def test_a_leak_is_caught(pair, kind, monkeypatch):
    # Three histories: in one of them the extra word is a report, whatever the leak counts.
    for seed in (3, 4, 5, 6):
        without, with_word = pair(seed, leaking(LEAKS[kind]))
        if told_apart(without, with_word, seed, monkeypatch, only="/leak"):
            return
    pytest.fail("nobody noticed")
