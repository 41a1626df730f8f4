"""Changing an organisation: by who keeps the register, on what they read, and with an event of the audit record."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from recruitment.audit.models import AuditEvent
from recruitment.core.actor import Role

PATH = "/organisations/PT-2"


@pytest.fixture
def keeper(told):
    return told.actor(Role.OPERATOR)


def change(told, actor, tag, **fields):
    headers = {"If-Match": f'"{tag}"'} if tag else {}
    return told.ask(actor, PATH, "PATCH", json=fields, headers=headers)


def events(told, actor):
    with told.database.read_session() as session:
        query = select(AuditEvent.action, AuditEvent.subject_id).where(AuditEvent.actor_id == actor.id)
        return [tuple(row) for row in session.execute(query)]


def tag_of(told, actor):
    return told.ask(actor, PATH).headers["ETag"].strip('"')


def test_a_change_on_what_was_read_is_made_and_recorded(told, keeper):
    before = told.read(keeper, PATH)
    answer = change(told, keeper, tag_of(told, keeper), name="Maple and Daughters")
    assert (answer.status_code, answer.get_json()) == (200, before | {"name": "Maple and Daughters"})
    assert told.read(keeper, PATH) == answer.get_json()
    assert tag_of(told, keeper) == answer.headers["ETag"].strip('"')
    assert events(told, keeper) == [("organisations.changed", str(told.ids["PT-2"]))]
    assert change(told, keeper, tag_of(told, keeper), name=before["name"]).status_code == 200


def test_without_a_tag_or_with_an_old_one_nothing_changes(told, keeper):
    before = told.read(keeper, PATH)
    assert change(told, keeper, None, name="Oak").status_code == 428
    assert change(told, keeper, "0" * 40, name="Oak").status_code == 412
    assert (told.read(keeper, PATH), events(told, keeper)) == (before, [])


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": ""},
        {"name": " "},
        {"name": "a\nb"},
        {"country": "XX"},
        {"country": "th"},
        {"code": "PT-9"},
        {"name": None},
    ],
)
def test_what_does_not_fit_is_refused(told, keeper, fields):
    answer = change(told, keeper, tag_of(told, keeper), **fields)
    assert answer.status_code == 422
    assert answer.get_json()["errors"]
    assert events(told, keeper) == []


def test_only_who_may_change_it_is_told_a_tag(told):
    for role, actor in told.everybody().items():
        answer = told.ask(actor, PATH)
        assert ("ETag" in answer.headers) == (role == Role.OPERATOR)
        if role != Role.OPERATOR:
            assert change(told, actor, "0" * 40, name="Oak").status_code == 403


def test_what_is_not_there_cannot_be_changed(told, keeper):
    answer = told.ask(keeper, "/organisations/PT-99", "PATCH", json={"name": "Oak"}, headers={"If-Match": '"x"'})
    assert answer.status_code == 404


def test_organisations_are_listed_by_kind(told, keeper):
    found = told.read(keeper, "/organisations", kind="partner")["organisations"]
    assert [each["code"] for each in found] == ["PT-1", "PT-2"]
    assert told.ask(keeper, "/organisations?kind=bank").status_code == 422
