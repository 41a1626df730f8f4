"""Registrations that may be one person are flagged for who may see both, and nobody else learns anything."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event

from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.jobseekers import queries, service
from recruitment.jobseekers.files import JOBSEEKERS
from recruitment.jobseekers.rules import ListedPerson
from tests.factories.rows import row


def _pairs(caseload, actor, **query):
    answer = caseload.ask(actor, "GET", "/possible-twins", query_string=query)
    assert answer.status_code == 200, answer.text
    return {(each["first"], each["second"]): each for each in answer.json["possible_twins"]}


@pytest.fixture
def supervisor(caseload):
    return caseload.actor(Role.CSO_SUPERVISOR)


@pytest.fixture
def case_worker(caseload):
    return caseload.actor(Role.CASE_WORKER, "OP-1")


class TestFinder:
    def test_flags_equal_numbers_inside_a_cso_to_its_supervisor(self, caseload, supervisor):
        caseload.work()
        pairs = _pairs(caseload, supervisor)
        assert set(pairs) == {("JS-1", "JS-2"), ("JS-1", "JS-3"), ("JS-2", "JS-3")}
        assert {each["reason"] for each in pairs.values()} == {"phone"}

    def test_and_across_csos_only_inside(self, caseload, supervisor, case_worker):
        caseload.field.send(
            "jobseekers", row("jobseekers", reference="JS-B", cso="CSO-2", phone="09 420 000 001", name="Other")
        )
        caseload.work()
        across = {("JS-1", "JS-B"), ("JS-2", "JS-B"), ("JS-3", "JS-B")}
        assert across <= set(_pairs(caseload, case_worker))
        assert not across & set(_pairs(caseload, supervisor))
        assert _pairs(caseload, caseload.actor(Role.CSO_SUPERVISOR, "CSO-2")) == {}

    def test_names_count_inside_one_cso_alone(self, caseload, case_worker):
        people = [("JS-A", "CSO-1"), ("JS-B", "CSO-1"), ("JS-C", "CSO-2")]
        for reference, cso in people:
            caseload.field.send("jobseekers", row("jobseekers", reference=reference, cso=cso, name="Aye Aye Win"))
        caseload.work()
        named = {pair for pair, each in _pairs(caseload, case_worker).items() if each["reason"] == "name"}
        assert named == {("JS-A", "JS-B")}

    def test_a_line_of_a_name_list_is_told_inside_alone(self, caseload, supervisor, case_worker):
        agency = caseload.actor(Role.AGENCY_OFFICER, "AG-1")
        listed = [ListedPerson("Jasmine", "MM", phone="+959420000001") for _ in range(2)]
        with caseload.field.database.unit_of_work(agency.scope) as session:
            service.register_listed(session, agency, listed)
        caseload.work()
        reasons = [each["reason"] for each in _pairs(caseload, case_worker).values()]
        assert sorted(reasons) == ["list"] * 6 + ["phone"] * 3
        assert {each["reason"] for each in _pairs(caseload, supervisor).values()} == {"phone"}

    def test_looking_twice_flags_once(self, caseload):
        caseload.work()
        count = caseload.field.count("possible_twins")
        with caseload.field.database.unit_of_work() as session:
            from recruitment.privacy import service as privacy

            ids = queries.ids_by_reference(session, ["JS-1", "JS-2"])
            assert privacy.find_twins(session, LOCAL_OPERATOR, ids.values()) == 0
        assert caseload.field.count("possible_twins") == count

    def test_erasing_one_takes_their_pairs_away_those_that_nobody_here_sees_too(self, caseload, supervisor):
        caseload.field.send("jobseekers", row("jobseekers", reference="JS-B", cso="CSO-2", phone="09 420 000 001"))
        caseload.work()
        assert caseload.field.count("possible_twins") == 6
        body = {"reason": "worker_request", "confirm": True}
        assert caseload.ask(supervisor, "POST", "/jobseekers/JS-1/erasure", json=body).status_code == 201
        caseload.work()
        assert caseload.field.count("possible_twins") == 3


class TestDecision:
    def test_is_kept_once_and_nothing_is_merged(self, caseload, supervisor):
        caseload.work()
        pair = _pairs(caseload, supervisor, decided="false")["JS-1", "JS-2"]
        path = f"/possible-twins/{pair['id']}/decision"
        answer = caseload.ask(supervisor, "POST", path, json={"decision": "different"})
        assert (answer.status_code, answer.json["decision"]) == (201, "different")
        assert caseload.ask(supervisor, "POST", path, json={"decision": "same"}).status_code == 409
        assert set(_pairs(caseload, supervisor, decided="true")) == {("JS-1", "JS-2")}
        assert caseload.field.count("jobseekers") == 3
        assert len(caseload.events("possible_twins.decided")) == 1

    def test_not_about_pairs_of_others(self, caseload, supervisor):
        caseload.work()
        pair = _pairs(caseload, supervisor)["JS-1", "JS-2"]
        stranger = caseload.actor(Role.CSO_SUPERVISOR, "CSO-2")
        answer = caseload.ask(stranger, "POST", f"/possible-twins/{pair['id']}/decision", json={"decision": "same"})
        assert answer.status_code == 404

    def test_a_fieldworker_reviews_none(self, sqlite_caseload):
        fieldworker = sqlite_caseload.actor(Role.CSO_FIELDWORKER)
        assert sqlite_caseload.ask(fieldworker, "GET", "/possible-twins").status_code == 403

    def test_side_by_side_on_a_page_and_that_is_recorded(self, caseload, supervisor):
        caseload.work()
        page = caseload.browser(supervisor).get("/possible-twins")
        assert page.text.count("Jasmine") == 6
        assert len(caseload.events("persons.read")) == 3
        pair = _pairs(caseload, supervisor)["JS-1", "JS-2"]
        sent = caseload.browser(supervisor).send(f"/possible-twins/{pair['id']}/decision", decision="same")
        assert sent.status_code == 303
        assert caseload.browser(supervisor).get("/possible-twins").text.count("Jasmine") == 4


class TestPairedWorlds:
    """Two worlds: in one of them another CSO knows the number. Who registers it here cannot tell which one it is."""

    @pytest.mark.parametrize("role", [Role.CSO_FIELDWORKER, Role.CSO_SUPERVISOR])
    def test_registering_tells_nothing(self, caseload, role):
        actor = caseload.actor(role, "CSO-2")
        answers = []
        for reference, phone in (("JS-N1", "09 420 000 099"), ("JS-N2", "09 420 000 001")):
            statements: list[str] = []

            def note(_connection, _cursor, statement, *_rest, into=statements) -> None:
                into.append(statement)

            engine = caseload.field.database.engine
            event.listen(engine, "before_cursor_execute", note)
            cells = row("jobseekers", reference=reference, cso="CSO-2", phone=phone)
            answer = caseload.ask(actor, "POST", "/jobseekers", json={"rows": [cells]})
            event.remove(engine, "before_cursor_execute", note)
            assert answer.status_code in {200, 201}, answer.text
            masked = re.sub(r"JS-N\d|[0-9A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}", "…", answer.text)
            answers.append((answer.status_code, masked, statements, sorted(answer.headers.keys())))
        assert answers[0] == answers[1]

    def test_nor_does_the_service(self, caseload):
        actor = caseload.actor(Role.CSO_FIELDWORKER, "CSO-2")
        counts = []
        for reference, phone in (("JS-N1", "09 420 000 099"), ("JS-N2", "09 420 000 001")):
            with caseload.field.database.unit_of_work(actor.scope) as session:
                cells = row("jobseekers", reference=reference, cso="CSO-2", phone=phone)
                service.register_one(session, actor, JOBSEEKERS, cells)
                counts.append(sorted(queries.ids_by_reference(session, ["JS-N1", "JS-N2"])))
            caseload.work()
        assert counts == [["JS-N1"], ["JS-N1", "JS-N2"]]
        assert _pairs(caseload, caseload.actor(Role.CSO_SUPERVISOR, "CSO-2")).keys() <= {("JS-N1", "JS-N2")}
