"""Signing in: who comes in, how slow guessing is, what is told, and how long a stay lasts."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import event, select, text

from recruitment.access.models import Throttle, WebSession
from recruitment.access.rules.throttling import CAP_FOR_A_NAME, CAP_FROM_ONE_PLACE, wait_for_a_name, wait_from_one_place
from recruitment.access.services import passwords, people, signing_in, throttle
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Role
from tests.factories.people import PASSWORD, browser, client_for, settle

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
WRONG = "the wrong words altogether"


@contextmanager
def statements(database):
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        sent.append(re.sub(r"\s+", " ", statement))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def try_once(database, login: str, password: str, address: str = "10.0.0.1") -> str:
    """Return ``wait``, ``in`` or ``out``."""
    with database.unit_of_work() as session:
        knocked = signing_in.knock(session, login, address)
    if isinstance(knocked, timedelta):
        return "wait"
    right = signing_in.is_right(knocked, password)
    with database.unit_of_work() as session:
        return "in" if signing_in.enter(session, knocked, right, None) else "out"


class TestTheWholeWay:
    def test_from_the_invitation_to_the_page_that_was_asked_for(self, database, browser):
        with database.unit_of_work() as session:
            _, code = people.create_operator(session, LOCAL_OPERATOR, "Olga@House.Example")
        assert browser.get("/people?x=1").headers["Location"] == "/sign-in?next=%2Fpeople%3Fx%3D1"
        assert browser.send("/invitation", code=code.lower().replace("-", " "), password=PASSWORD).status_code == 303
        answer = browser.send("/sign-in", login=" OLGA@house.example ", password=PASSWORD, next="/people")
        assert answer.headers["Location"] == "/account/second-factor"
        page = browser.get("/account/second-factor").text
        secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
        fields = dict(re.findall(r'name="(offer|csrf_token)" value="([^"]+)"', page))
        given = {"password": PASSWORD, "code": pyotp.TOTP(secret).at(clock.now()), **fields}
        assert browser.send("/account/second-factor", **given).status_code == 303
        assert browser.get("/people").status_code == 200

    def test_nothing_but_the_enrolment_opens_before_there_is_a_second_factor(self, app, person_of):
        person = person_of(Role.CASE_WORKER, enrolled=False)
        client = client_for(app, person)
        for path in ("/journeys", "/account", "/"):
            assert client.get(path).headers["Location"] == "/account/second-factor", path
        assert client.send("/account/tokens", label="x", days="1", scopes="read_rates").status_code == 401
        assert client.get("/account/second-factor").status_code == 200

    def test_the_password_alone_opens_nothing_where_there_is_a_second_factor(self, browser, person_of):
        person = person_of(Role.CASE_WORKER)
        answer = browser.send("/sign-in", login=person.login, password=PASSWORD, next="/journeys?status=review")
        assert answer.headers["Location"] == "/sign-in/code?next=/journeys?status%3Dreview"
        assert browser.get("/journeys").headers["Location"] == "/sign-in/code"
        assert browser.get("/account").headers["Location"] == "/sign-in/code"


class TestSameAnswer:
    def test_unknown_wrong_ended_and_not_joined_are_answered_and_asked_alike(self, app, database, person_of):
        gone, here = person_of(Role.CSO_SUPERVISOR), person_of(Role.CSO_SUPERVISOR)
        with database.unit_of_work() as session:
            people.deactivate(session, LOCAL_OPERATOR, gone.id)
            people.invite(session, LOCAL_OPERATOR, login="invited@x.example", role=Role.AUDITOR)
        tries = [(gone.login, PASSWORD), (here.login, WRONG), ("nobody@x.example", WRONG), ("invited@x.example", WRONG)]
        browser(app).send("/sign-in", login="first@x.example", password=WRONG)  # opens the connections
        seen = set()
        for login, password in tries:
            with statements(app.extensions["recruitment"]) as sent:
                answer = browser(app).send("/sign-in", login=login, password=password)
            body = re.sub(r"[0-9a-f-]{36}", "ID", answer.text.replace(login, "LOGIN"))
            headers = tuple(sorted(name for name, _ in answer.headers))
            seen.add((answer.status_code, body, headers, tuple(sent)))
        assert len(seen) == 1
        assert next(iter(seen))[0] == 422

    def test_a_hash_is_made_for_a_name_that_is_not_there(self, database, monkeypatch):
        verified = []
        monkeypatch.setattr(passwords, "is_right", lambda kept, given: verified.append(kept) is not None)
        assert try_once(database, "nobody@x.example", WRONG) == "out"
        assert verified == [None]

    def test_waiting_is_told_alike_too(self, app, person_of):
        person = person_of(Role.CSO_SUPERVISOR)
        told = []
        for login in (person.login, "nobody@x.example"):
            client = browser(app)
            with clock.stopped_at(START):
                answers = [client.send("/sign-in", login=login, password=WRONG) for _ in range(4)]
            told.append([(each.status_code, each.headers.get("Retry-After")) for each in answers])
        assert told[0] == told[1]
        assert told[0][-1] == (429, "2")


class TestThrottling:
    @pytest.mark.parametrize("addresses", [1, 10_000])
    def test_ten_thousand_guesses_verify_at_most_a_hundred(self, database, person_of, monkeypatch, addresses):
        person, verified = person_of(Role.CSO_FIELDWORKER), 0
        monkeypatch.setattr(passwords, "is_right", lambda kept, given: False)
        # The guesses that wait change nothing, so only those around the end of each wait are made.
        now, end, guess = START, START + timedelta(seconds=1000), 0
        while now < end:
            with clock.stopped_at(now):
                outcome = try_once(database, person.login, WRONG, f"10.{guess // 250 % 250}.{guess % 250}.1")
            verified += outcome == "out"
            now += timedelta(milliseconds=100) if outcome == "out" else timedelta(seconds=1)
            guess = (guess + 1) % addresses
        assert 5 < verified <= 100

    def test_without_the_wait_all_of_them_would_be_verified(self, database, person_of, monkeypatch):
        from recruitment.access.rules import throttling

        person = person_of(Role.CSO_FIELDWORKER)
        for name in ("wait_from_one_place", "wait_for_a_name"):
            monkeypatch.setattr(throttling, name, lambda _failures: timedelta())
        with clock.stopped_at(START):
            assert {try_once(database, person.login, WRONG) for _ in range(30)} == {"out"}

    def test_one_password_on_a_thousand_names_is_slow_and_leaves_few_traces(self, database, person_of):
        person = person_of(Role.CSO_FIELDWORKER)
        try_once(database, person.login, PASSWORD, "10.9.9.9")
        with clock.stopped_at(clock.now() + timedelta(seconds=1)):
            outcomes = [try_once(database, f"somebody{number}@x.example", WRONG, "10.9.9.9") for number in range(1000)]
            assert outcomes.count("out") == 30
            # Neither who came in from there before, nor anybody elsewhere, waits for it.
            assert try_once(database, person.login, PASSWORD, "10.9.9.9") == "in"
            assert try_once(database, "somebody1@x.example", WRONG, "10.9.9.8") == "out"
        with database.engine.connect() as connection:
            refused = "SELECT count(*) FROM audit_events WHERE action = 'access.sign_in_refused'"
            assert connection.exec_driver_sql(refused).scalar() == 31

    def test_the_right_password_works_after_the_wait(self, database, person_of):
        person = person_of(Role.CSO_FIELDWORKER)
        with clock.stopped_at(START):
            assert [try_once(database, person.login, WRONG) for _ in range(4)] == ["out", "out", "out", "wait"]
            assert try_once(database, person.login, PASSWORD) == "wait"
        with clock.stopped_at(START + timedelta(seconds=2)):
            assert try_once(database, person.login, PASSWORD) == "in"
            assert try_once(database, person.login, WRONG) == "out"

    def test_what_strangers_do_delays_an_address_that_came_in_before_not_at_all(self, database, person_of):
        person = person_of(Role.CSO_FIELDWORKER)
        with clock.stopped_at(START):
            assert try_once(database, person.login, PASSWORD, "10.9.9.9") == "in"
            outcomes = [try_once(database, person.login, WRONG, f"10.0.0.{number}") for number in range(30)]
            assert outcomes.count("wait") > 10
            assert try_once(database, person.login, PASSWORD, "10.8.8.8") == "wait"
            assert try_once(database, person.login, PASSWORD, "10.9.9.9") == "in"

    def test_waits_grow_and_have_an_end(self):
        assert [wait_from_one_place(n).total_seconds() for n in (0, 2, 3, 4, 5)] == [0, 0, 2, 4, 8]
        assert wait_from_one_place(10**6) == CAP_FROM_ONE_PLACE == timedelta(minutes=15)
        assert wait_for_a_name(9) == timedelta()
        assert wait_for_a_name(10**6) == CAP_FOR_A_NAME == timedelta(seconds=30)

    def test_neither_name_nor_address_is_kept(self, database, person_of):
        person = person_of(Role.CSO_FIELDWORKER)
        try_once(database, person.login, WRONG, "10.11.12.13")
        with database.read_session() as session:
            rows = session.execute(select(Throttle.key)).scalars().all()
        assert len(rows) == 3
        assert all(len(key) == 32 and b"10.11" not in key for key in rows)

    def test_old_failures_are_forgotten(self, database, person_of):
        person = person_of(Role.CSO_FIELDWORKER)
        with clock.stopped_at(START):
            for _ in range(3):
                try_once(database, person.login, WRONG)
        with clock.stopped_at(START + timedelta(days=2)):
            assert [try_once(database, person.login, WRONG) for _ in range(3)] == ["out"] * 3


class TestSecondFactor:
    def codes(self, database, person):
        from recruitment.access.services.second_factor import code_now

        with database.read_session() as session:
            return code_now(session, person.login)

    def sign_in(self, app, person):
        client = browser(app)
        client.send("/sign-in", login=person.login, password=PASSWORD)
        client.csrf_token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in/code").text)[1]
        return client

    def test_a_code_opens_once(self, app, database, person_of):
        person = person_of(Role.AUDITOR)
        with clock.stopped_at(START):
            code = self.codes(database, person)
            first, second = self.sign_in(app, person), self.sign_in(app, person)
            assert first.send("/sign-in/code", code=code).status_code == 303
            assert first.get("/journeys").status_code == 200
            assert second.send("/sign-in/code", code=code).status_code == 422
            assert second.get("/journeys").headers["Location"] == "/sign-in/code"
        later = START + timedelta(seconds=31)
        with clock.stopped_at(later):
            assert second.send("/sign-in/code", code=self.codes(database, person)).status_code == 303

    def test_an_older_code_than_the_one_used_is_refused_within_its_window(self, app, database, person_of):
        person = person_of(Role.AUDITOR)
        with clock.stopped_at(START - timedelta(seconds=30)):
            older = self.codes(database, person)
        with clock.stopped_at(START):
            client = self.sign_in(app, person)
            assert client.send("/sign-in/code", code=self.codes(database, person)).status_code == 303
            assert self.sign_in(app, person).send("/sign-in/code", code=older).status_code == 422

    def test_a_clock_may_be_half_a_minute_off(self, app, database, person_of):
        for seconds, status in ((-90, 422), (90, 422), (-30, 303), (30, 303)):
            person = person_of(Role.AUDITOR)
            with clock.stopped_at(START + timedelta(seconds=seconds)):
                code = self.codes(database, person)
            with clock.stopped_at(START):
                assert self.sign_in(app, person).send("/sign-in/code", code=code).status_code == status, seconds

    def test_codes_are_guessed_slowly_from_many_addresses_too(self, database):
        # Whoever guesses codes knows the password. A day of guesses from everywhere must not be a real chance of one.
        began, tried = clock.now(), 0
        for minute in range(24 * 60 * 2):
            with clock.stopped_at(began + timedelta(seconds=30 * minute)), database.unit_of_work() as session:
                found = throttle.attempt(session, "code", "olga@house.example", f"10.0.{minute % 250}.{minute // 250}")
            tried += not isinstance(found, timedelta)
        assert tried < 120

    def test_codes_are_guessed_slowly(self, app, person_of):
        person = person_of(Role.AUDITOR)
        with clock.stopped_at(START):
            client = self.sign_in(app, person)
            statuses = [client.send("/sign-in/code", code=f"00000{number}").status_code for number in range(5)]
        assert statuses[-1] == 429

    def test_the_code_must_come_within_ten_minutes(self, app, person_of):
        person = person_of(Role.AUDITOR)
        with clock.stopped_at(START):
            client = self.sign_in(app, person)
        with clock.stopped_at(START + timedelta(minutes=10)):
            assert client.get("/sign-in/code").headers["Location"] == "/sign-in"


class TestStays:
    def test_signing_in_gives_a_new_secret_and_ends_the_one_before(self, app, database, person_of):
        person = person_of(Role.CSO_SUPERVISOR)
        planted = client_for(app, person)
        before = planted.get_cookie("first-mile").value
        planted.send("/sign-in", login=person.login, password=PASSWORD)
        after = planted.get_cookie("first-mile").value
        assert after != before
        thief = browser(app)
        thief.set_cookie("first-mile", before)
        assert thief.get("/account").status_code == 303

    def test_a_secret_that_we_did_not_give_opens_nothing(self, app):
        client = browser(app)
        client.set_cookie("first-mile", "chosen-by-somebody-else")
        assert client.get("/account").status_code == 303

    def test_only_the_hash_is_kept(self, app, database, person_of):
        client = client_for(app, person_of(Role.CSO_SUPERVISOR))
        secret = client.get_cookie("first-mile").value
        with database.engine.connect() as connection:
            rows = [str(dict(row)) for row in connection.execute(text("SELECT * FROM sessions")).mappings()]
        assert rows
        assert not any(secret in row for row in rows)

    def test_it_ends_when_idle(self, app, person_of):
        for minutes, status in ((29, 200), (31, 303)):
            with clock.stopped_at(START):
                client = client_for(app, person_of(Role.CSO_SUPERVISOR))
            with clock.stopped_at(START + timedelta(minutes=minutes)):
                assert client.get("/account").status_code == status, minutes

    def test_it_ends_after_twelve_hours_however_busy(self, app, person_of):
        with clock.stopped_at(START):
            client = client_for(app, person_of(Role.CSO_SUPERVISOR))
        statuses = []
        for quarter in range(1, 50):
            with clock.stopped_at(START + timedelta(minutes=15 * quarter)):
                statuses.append(client.get("/sign-in").status_code == 200 and client.get("/account").status_code)
        assert statuses == [200] * 47 + [303] * 2

    def test_that_somebody_is_here_is_noted_once_a_minute(self, app, database, person_of):
        with clock.stopped_at(START):
            client = client_for(app, person_of(Role.CSO_SUPERVISOR))
        for seconds in (10, 59, 61, 70, 122):
            with clock.stopped_at(START + timedelta(seconds=seconds)):
                client.get("/account")
        with database.read_session() as session:
            assert session.scalar(select(WebSession.last_seen_at)) == START + timedelta(seconds=122)

    def test_signing_out_ends_it_at_the_server_too(self, app, person_of):
        client = client_for(app, person_of(Role.CSO_SUPERVISOR))
        secret = client.get_cookie("first-mile").value
        answer = client.send("/sign-out")
        assert answer.status_code == 303
        assert '"cookies"' in answer.headers["Clear-Site-Data"]
        assert client.get_cookie("first-mile") is None
        client.set_cookie("first-mile", secret)
        assert client.get("/account").status_code == 303

    def test_the_end_of_access_ends_stays_at_once(self, app, database, person_of):
        person = person_of(Role.CSO_SUPERVISOR)
        client = client_for(app, person)
        assert client.get("/account").status_code == 200
        with database.unit_of_work() as session:
            people.deactivate(session, LOCAL_OPERATOR, person.id)
        assert client.get("/account").status_code == 303

    def test_another_role_counts_from_the_next_request_on(self, app, database, person_of):
        person = person_of(Role.CSO_SUPERVISOR)
        client = client_for(app, person)
        assert client.get("/people").status_code == 200
        with database.engine.begin() as connection:
            connection.execute(text("UPDATE people SET role = 'cso_fieldworker'"))
        assert client.get("/people").status_code == 403

    def test_changing_the_password_ends_the_others_and_keeps_this_one(self, app, person_of):
        person = person_of(Role.CSO_SUPERVISOR)
        here, there = client_for(app, person), client_for(app, person)
        wrong = here.send("/account/password", password=WRONG, new_password="another set of words")
        assert wrong.status_code == 422
        assert there.get("/account").status_code == 200
        done = here.send("/account/password", password=PASSWORD, new_password="another set of words")
        assert done.status_code == 200
        assert here.get("/account").status_code == 200
        assert there.get("/account").status_code == 303


_ELSEWHERE = (
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil", "javascript:alert(1)", "/a\r\nb", "",
)  # fmt: skip


class TestNext:
    def test_leads_nowhere_else(self, app, person_of):
        person = person_of(Role.CSO_SUPERVISOR)
        for given in _ELSEWHERE:
            answer = browser(app).send("/sign-in", login=person.login, password=PASSWORD, next=given)
            assert answer.headers["Location"] == "/", given

    def test_leads_to_a_page_of_ours(self, app, person_of):
        person = person_of(Role.CSO_SUPERVISOR)
        answer = browser(app).send("/sign-in", login=person.login, password=PASSWORD, next="/people?after=x")
        assert answer.headers["Location"] == "/people?after=x"


def test_everybody_signed_in_has_a_home(app, database):
    for role in Role:
        client = client_for(app, settle(database, role))
        assert client.get("/", follow_redirects=True).status_code == 200, role
