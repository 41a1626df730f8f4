"""An erased person is gone: the record is blank, no key opens what was sealed, and the books still add up."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.core.errors import NotFound
from recruitment.database.vault import WrappedKey
from recruitment.jobseekers import queries
from recruitment.jobseekers import service as jobseekers
from recruitment.jobseekers.models import Jobseeker
from recruitment.jobseekers.rules import Changes
from recruitment.privacy import service
from recruitment.privacy.rules import ErasureReason
from tests.factories.rows import row

MEANT = {"reason": "worker_request", "confirm": True}
CANARY = {
    "name": "Zanzibara", "village": "Quokkaville", "district": "Quokkashire", "phone": "09 420 777 001",
    "birth_year": "1987", "sex": "f", "language": "my",
}  # fmt: skip
SPELLINGS = ("Zanzibara", "Quokkaville", "Quokkashire", "420777001", "420 777 001")


def _erase(field, reference="JS-1", **options):
    with field.database.unit_of_work() as session:
        return service.erase(
            session, LOCAL_OPERATOR, reference, ErasureReason.WORKER_REQUEST, confirmed=True, **options
        )


def _id(field, reference="JS-1"):
    with field.database.read_session() as session:
        return session.scalar(select(Jobseeker.id).where(Jobseeker.reference == reference))


class TestErasing:
    def test_blanks_the_record_and_deletes_the_key(self, field):
        person = _id(field)
        assert field.database.key_store.wrapped([person])
        made = _erase(field)
        assert made.backups_past_on - made.erased_on == timedelta(days=35)
        assert field.database.key_store.wrapped([person]) == {}
        with field.database.read_session() as session:
            left = session.get_one(Jobseeker, person)
            assert (left.name_sealed, left.phone_hash, left.phone_sealed, left.village_sealed) == (
                b"",
                None,
                None,
                None,
            )
            assert (left.sex, left.language, left.birth_year_sealed, left.assigned_to) == (None, None, None, None)
            assert left.erased_on == made.erased_on
            assert queries.ids_by_phone(session, "+959420000001") == [_id(field, "JS-2"), _id(field, "JS-3")]
            assert queries.persons(session, LOCAL_OPERATOR, [person]) == {}

    def test_a_second_time_there_is_nobody(self, field):
        _erase(field)
        with pytest.raises(NotFound):
            _erase(field)
        assert field.count("erasures") == 1

    def test_the_old_key_opens_nothing_of_what_is_left(self, field):
        # Somebody kept a copy of the key store: the record itself is blank, so only old backups of it could be opened.
        person = _id(field)
        kept = field.database.key_store.wrapped([person])
        _erase(field)
        field.database.key_store.add(list(kept.items()))
        with field.database.read_session() as session:
            left = session.get_one(Jobseeker, person)
            key = field.database.vault.person_key(WrappedKey(kept[person].kek_id, kept[person].wrapped), person)
            assert key.open(left.phone_sealed, "jobseekers.phone", person) is None

    def test_a_row_that_brought_the_person_does_not_bring_them_back(self, field):
        _erase(field)
        (error,) = field.refused("jobseekers", row("jobseekers", reference="JS-1", phone="09 420 000 001"))
        assert error["code"] == "exists_with_other_values"

    def test_nothing_new_is_said_about_who_is_gone(self, field):
        _erase(field)
        (error,) = field.refused("journeys", row("journeys", reference="J-8", jobseeker="JS-1"))
        assert error["code"] == "unknown_jobseeker"


class TestCrash:
    def test_between_the_commit_and_the_key_is_finished_by_the_outbox(self, field, monkeypatch):
        person = _id(field)
        monkeypatch.setattr("recruitment.database.key_store.KeysOfSession.after_commit", lambda _self: None)
        _erase(field)
        assert field.database.key_store.wrapped([person])
        field.run("work", "--once")
        assert field.database.key_store.wrapped([person]) == {}

    def test_a_change_that_comes_too_late_writes_nothing_on_the_blank_record(self, field, monkeypatch):
        person, key_of = _id(field), queries.key_of

        def erased_meanwhile(session, jobseeker):
            key = key_of(session, jobseeker)
            jobseekers.erase(session, jobseeker, clock.today())
            return key

        monkeypatch.setattr(queries, "key_of", erased_meanwhile)
        with field.database.unit_of_work() as session, pytest.raises(NotFound):
            jobseekers.change(session, LOCAL_OPERATOR, "JS-1", Changes({"phone": "09 420 777 001"}, None))
        with field.database.read_session() as session:
            left = session.get_one(Jobseeker, person)
        assert (left.phone_sealed, left.phone_hash, left.erased_on) == (None, None, clock.today())

    def test_before_the_commit_erases_nobody(self, field):
        person = _id(field)
        with pytest.raises(RuntimeError), field.database.unit_of_work() as session:
            service.erase(session, LOCAL_OPERATOR, "JS-1", ErasureReason.RETENTION, confirmed=True)
            raise RuntimeError
        assert field.database.key_store.wrapped([person])
        assert _id(field) == person
        assert field.count("erasures") == 0


class TestBooks:
    def test_statements_and_balances_stay(self, field):
        field.send("reports", row("reports"))
        field.send("debts", row("debts"))
        field.send("declarations", row("declarations", payer="worker"))
        before, reports = field.balances(), field.count("reported_payments")
        assert before
        _erase(field)
        assert field.balances() == before
        assert field.count("reported_payments") == reports
        field.verify()

    @settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(amounts=st.lists(st.integers(1, 10**7), min_size=1, max_size=4), who=st.sampled_from(["JS-2", "JS-3"]))
    def test_whatever_was_said_the_trial_balance_is_the_same(self, sqlite_field, amounts, who):
        stamp = sqlite_field.count("reported_payments")
        sqlite_field.send(
            "reports",
            *(
                row("reports", reference=f"RP-{stamp}-{n}", journey=f"J-{who[-1]}", amount=f"{amount / 100:.2f}")
                for n, amount in enumerate(amounts)
            ),
        )
        before = sqlite_field.balances()
        with suppress(NotFound):  # an example before this one erased them
            _erase(sqlite_field, who)
        assert sqlite_field.balances() == before


class TestOverHttp:
    def test_a_supervisor_erases_and_then_the_person_is_not_there(self, caseload):
        supervisor = caseload.actor(Role.CSO_SUPERVISOR)
        answer = caseload.ask(supervisor, "POST", "/jobseekers/JS-1/erasure", json=MEANT)
        assert answer.status_code == 201, answer.text
        assert set(answer.json) == {"jobseeker", "erased_on", "reason", "backups_past_on"}
        for path in ("/jobseekers/JS-1", "/jobseekers/JS-1/copy"):
            gone, never = (caseload.ask(supervisor, "GET", path.replace("JS-1", each)) for each in ("JS-1", "JS-0"))
            assert gone.status_code == never.status_code == 404
            assert gone.json["detail"].replace("JS-1", "") == never.json["detail"].replace("JS-0", "")
        found = caseload.ask(supervisor, "GET", "/jobseekers", query_string={"reference": "JS-1"})
        assert found.json == {"jobseekers": []}
        assert caseload.ask(supervisor, "POST", "/jobseekers/JS-1/erasure", json=MEANT).status_code == 404
        (event,) = caseload.events("persons.erased")
        assert "worker_request" in str(event.facts)

    def test_an_auditor_still_reads_that_it_was_done(self, caseload):
        supervisor, auditor = caseload.actor(Role.CSO_SUPERVISOR), caseload.actor(Role.AUDITOR, None)
        assert caseload.ask(auditor, "GET", "/jobseekers/JS-1/erasure").status_code == 404
        made = caseload.ask(supervisor, "POST", "/jobseekers/JS-1/erasure", json=MEANT).json
        assert caseload.ask(auditor, "GET", "/jobseekers/JS-1/erasure").json == made
        stranger = caseload.actor(Role.CSO_SUPERVISOR, "CSO-2")
        assert caseload.ask(stranger, "GET", "/jobseekers/JS-1/erasure").status_code == 404

    def test_it_must_be_meant(self, sqlite_caseload):
        supervisor = sqlite_caseload.actor(Role.CSO_SUPERVISOR)
        for body in ({"reason": "worker_request"}, MEANT | {"confirm": False}, MEANT | {"reason": "because"}):
            assert sqlite_caseload.ask(supervisor, "POST", "/jobseekers/JS-1/erasure", json=body).status_code == 422
        assert sqlite_caseload.field.count("erasures") == 0

    def test_not_by_a_fieldworker_nor_another_cso(self, sqlite_caseload):
        fieldworker = sqlite_caseload.actor(Role.CSO_FIELDWORKER)
        assert sqlite_caseload.ask(fieldworker, "POST", "/jobseekers/JS-1/erasure", json=MEANT).status_code == 403
        stranger = sqlite_caseload.actor(Role.CSO_SUPERVISOR, "CSO-2")
        assert sqlite_caseload.ask(stranger, "POST", "/jobseekers/JS-1/erasure", json=MEANT).status_code == 404
        assert sqlite_caseload.field.count("erasures") == 0


class TestCommand:
    def test_says_when_backups_are_past_it(self, field):
        refused = field.run("privacy", "erase", "JS-1", "--reason", "retention", exit_code=1)
        assert "confirm" in refused.output
        with clock.stopped_at(datetime(2026, 1, 1, 8, tzinfo=UTC)):
            done = field.run("privacy", "erase", "JS-1", "--reason", "retention", "--confirm")
        assert "2026-02-05" in done.output


class TestCanaries:
    def _files(self, field):
        return [path for path in field.folder.iterdir() if "sqlite3" in path.name]

    @pytest.fixture
    def told(self, sqlite_caseload, caplog):
        """A person with unmistakable fields, registered, searched, read, copied, then erased."""
        field = sqlite_caseload.field
        field.send("jobseekers", row("jobseekers", reference="JS-9", **CANARY))
        for file in field.folder.glob("sent-*"):
            file.unlink()
        supervisor = sqlite_caseload.actor(Role.CSO_SUPERVISOR)
        for path in ("?name=Zanzibara", "?phone=%2B959420777001", "/JS-9", "/JS-9/copy"):
            answer = sqlite_caseload.ask(supervisor, "GET", f"/jobseekers{path}")
            assert "Zanzibara" in answer.text
        sqlite_caseload.ask(
            supervisor, "POST", "/consents",
            json={
                "jobseeker": "JS-9", "purpose": "contact", "given": True, "stated_on": "2024-06-01", "language": "my",
                "mode": "oral", "witness": "Zanzibara the elder",
            },
        )  # fmt: skip
        sqlite_caseload.work()
        return sqlite_caseload, supervisor, caplog

    def _nowhere(self, caseload, caplog):
        with caseload.field.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        for file in self._files(caseload.field):
            content = file.read_bytes()
            assert not [word for word in SPELLINGS if word.encode() in content], file.name
        everything = json.dumps(caseload.field.everything())
        assert not [word for word in SPELLINGS if word in everything]
        assert not [word for word in SPELLINGS if word in caplog.text]

    def test_personal_fields_are_nowhere_in_clear(self, told):
        caseload, _supervisor, caplog = told
        self._nowhere(caseload, caplog)

    def test_and_after_an_erasure_nothing_opens_them(self, told):
        caseload, supervisor, caplog = told
        person = _id(caseload.field, "JS-9")
        backup = {path.name: path.read_bytes() for path in self._files(caseload.field)}
        assert caseload.ask(supervisor, "POST", "/jobseekers/JS-9/erasure", json=MEANT).status_code == 201
        caseload.work()
        self._nowhere(caseload, caplog)
        caseload.field.database.dispose()
        # An old copy of the database with the key store of today: the fields are there, and cannot be opened.
        for name, content in backup.items():
            if "person-keys" not in name:
                (caseload.field.folder / name).write_bytes(content)
        with caseload.field.database.read_session() as session:
            assert _id(caseload.field, "JS-9") == person
            assert session.get_one(Jobseeker, person).name_sealed
            assert queries.persons(session, LOCAL_OPERATOR, [person]) == {}

    def test_the_search_for_them_would_find_them(self, sqlite_field, caplog):
        # The negative control: a field in clear is found.
        with sqlite_field.database.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE jobseekers SET language = 'Zanzibara' WHERE reference = 'JS-1'")
        with pytest.raises(AssertionError):
            self._nowhere(type("Only", (), {"field": sqlite_field}), caplog)
