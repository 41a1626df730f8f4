"""What is not yours is not there: the same answer, and as many queries."""

from __future__ import annotations

from recruitment.core.actor import Role
from tests.reading.paths import not_yours


def without_request_id(answer):
    headers = sorted((name, value) for name, value in answer.headers if name not in {"X-Request-Id", "Date"})
    document = answer.get_json()
    assert document.pop("request_id") == answer.headers["X-Request-Id"]
    return answer.status_code, headers, document


def test_others_and_nobodys_things_answer_alike(told):
    for each in not_yours(told):
        person = told.fieldworker if each.role is Role.CSO_FIELDWORKER else None
        actor = told.actor(each.role, each.home, person)
        with told.counted() as other_sent:
            other = told.ask(actor, each.other)
        with told.counted() as absent_sent:
            absent = told.ask(actor, each.absent)
        assert other.status_code == 404, each
        assert without_request_id(other) == without_request_id(absent), each
        assert other_sent == absent_sent, each
        assert other_sent, each


def test_an_agency_never_reaches_a_journey_by_the_name_of_another(told):
    own, others = told.called("AG-1"), told.called("AG-2")
    assert not {*own.values()} & {*others.values()}
    officer = told.actor(Role.AGENCY_OFFICER, "AG-1")
    listed = {journey["reference"] for journey in told.read(officer, "/journeys")["journeys"]}
    assert listed == set(own.values())


def test_nobody_who_has_not_signed_in_reads_anything(told):
    from tests.reading.paths import EVERYTHING, address

    for path in EVERYTHING:
        answer = told.app.test_client().get(f"/api/v1{address(told, path, 'stranger')}")
        assert answer.status_code == 401, path


def test_what_no_reference_can_be_is_not_there(told):
    officer = told.actor(Role.AGENCY_OFFICER, "AG-1")
    for reference in ("X" * 81, "%0A", "%E2%80%AE"):
        assert told.ask(officer, f"/demand-letters/{reference}").status_code == 404
