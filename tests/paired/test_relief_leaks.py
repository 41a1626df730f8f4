"""Leaks of relief put in on purpose, each of a kind that is easily made: the paired worlds must catch every one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from flask import jsonify
from sqlalchemy import exists, func, select

from recruitment.audit import service as audit
from recruitment.core.actor import Audience
from recruitment.core.errors import NotFound, NotPermitted
from recruitment.database import scoping
from recruitment.fees.models import RepaymentRow
from recruitment.fund.models import Payment, Receipt
from recruitment.fund.queries import payees
from recruitment.journeys.models import Journey
from recruitment.ledger.models import LedgerEntry, LedgerHold
from recruitment.metadata import metadata
from recruitment.relief.models import Agreement, ReliefCase
from recruitment.relief.services import nominating, recovering
from recruitment.web.context import database
from recruitment.web.gate import public
from tests.paired import canaries, relieving
from tests.paired.relieving import contested, routes_of
from tests.paired.test_relief import canary_world, relieved, seen, told_apart

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session

__all__ = ["canary_world", "relieved"]


def _a_count(session: Session) -> Any:
    return jsonify(people_in_relief=session.scalar(select(func.count()).select_from(ReliefCase)))


def _a_head_of_the_books(session: Session) -> Any:
    return jsonify(entries=session.scalar(select(func.count()).select_from(LedgerEntry)))


def _a_tag_by_what_was_repaid(session: Session) -> Any:
    answer = jsonify(status="ok")
    answer.set_etag(str(session.scalar(select(func.count()).select_from(RepaymentRow))))
    return answer


def _forbidden_for_missing(session: Session) -> Any:
    if session.scalar(select(exists().where(ReliefCase.journey_id == Journey.id, Journey.reference == "J-1"))):
        raise NotPermitted("This relief case is not yours.")
    raise NotFound("There is no such relief case.")


def _an_order_by_relief(session: Session) -> Any:
    in_relief = exists().where(ReliefCase.journey_id == Journey.id)
    return jsonify(list(session.scalars(select(Journey.reference).order_by(in_relief, Journey.reference.desc()))))


def _one_statement_for_each_case(session: Session) -> Any:
    for case in session.scalars(select(ReliefCase.id)).all():
        session.scalar(select(func.count()).select_from(Agreement).where(Agreement.case_id == case))
    return jsonify(status="ok")


def _what_a_partner_s_gift_came_to(session: Session) -> Any:
    given = session.scalar(select(func.count()).select_from(Receipt))
    return jsonify(gifts=given, helped=session.scalar(select(func.count()).select_from(Payment)))


def _what_is_reserved(session: Session) -> Any:
    return jsonify(holds=session.scalar(select(func.count()).select_from(LedgerHold)))


LEAKS = {
    "count": _a_count,
    "books": _a_head_of_the_books,
    "etag": _a_tag_by_what_was_repaid,
    "oracle": _forbidden_for_missing,
    "order": _an_order_by_relief,
    "statements": _one_statement_for_each_case,
    "gift": _what_a_partner_s_gift_came_to,
    "holds": _what_is_reserved,
}


def _leaking(app: Flask) -> None:
    """Add a route for each leak, which answers from everything that the house knows."""
    for name, answer in LEAKS.items():

        @public("a leak that is put in on purpose")
        def leak(answer=answer):
            with database().read_session() as session:
                return answer(session)

        app.add_url_rule(f"/leak-{name}", f"leak-{name}", leak)


@pytest.mark.slow
def test_every_leak_of_a_route_is_caught(relieved, monkeypatch):
    pair = relieved(0, contested, _leaking)
    for name in LEAKS:
        assert told_apart(pair, "stranger", 0, monkeypatch, (f"/leak-{name}",)), name
    assert told_apart(pair, "stranger", 0, monkeypatch, ("/healthz",)) is None, "what does not leak is not blamed"


@pytest.mark.slow
def test_a_guard_that_lets_an_employer_see_cases_is_caught(relieved, monkeypatch):
    one, two = relieved(0, relieving.nominated, with_app=False)
    honest = scoping._guarded["relief_cases"]
    wide = replace(honest, read={**honest.read, Audience.EMPLOYER: scoping.all_rows})
    monkeypatch.setitem(scoping._guarded, "relief_cases", wide)
    scoping._criterion.cache_clear()
    try:
        rows = [relieving.rows_of(world, relieving.scope_of(world, "employer"))["relief_cases"] for world in (one, two)]
    finally:
        monkeypatch.undo()
        scoping._criterion.cache_clear()
    assert rows[0] != rows[1]


@pytest.mark.slow
def test_a_notice_about_one_person_is_caught_by_the_database_too(relieved, monkeypatch):
    from recruitment.database.unit_of_work import WriteConflict

    monkeypatch.setattr(recovering, "MIN_BATCH", 1)
    _, world = relieved(2, relieving.claimed, with_app=False)
    with pytest.raises(WriteConflict):
        relieving.notice(world)


@pytest.mark.slow
def test_a_name_in_the_audit_record_is_caught(canary_world, monkeypatch):
    honest = audit.record_many

    def eager(session, actor, action, objects, **facts):
        honest(session, actor, action, objects, **facts, person="Zeyarcanary Mon")

    monkeypatch.setattr(nominating.audit, "record_many", eager)
    canary_world.relief.nominated("J-3")
    assert ("audit_events", "zeyarcanary") in canaries.kept_in_clear(canary_world, metadata)


@pytest.mark.slow
def test_an_account_that_is_not_masked_is_caught(canary_world, monkeypatch):
    canary_world.open_app()
    monkeypatch.setattr(payees.rules, "masked", lambda account: account)
    found = seen(canary_world, "preparer", 0, monkeypatch, ("/api/v1/payments",))
    assert any("4055512345678" in canaries.met(each) for each in found)
    assert "/api/v1/payments" in routes_of(canary_world.app)
