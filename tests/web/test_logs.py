"""A line of the log holds what is listed and nothing else: no name, no number, no village, no reference, no address."""

from __future__ import annotations

import json
import logging
import sys
from contextlib import suppress

import pytest
from flask import abort

from recruitment.app import create_app
from recruitment.core.errors import Conflict
from recruitment.sheets.errors import FileRefused
from recruitment.web import logs
from recruitment.web.context import EXTENSION
from recruitment.web.gate import public
from tests.factories.field import field, imported, small_worlds, sqlite_field
from tests.factories.rows import row
from tests.factories.sheets import write_csv

__all__ = ["field", "small_worlds", "sqlite_field"]

_ours = logging.getLogger("recruitment.tests")

NAME, PHONE, VILLAGE, REFERENCE = "Daw Zarchi Canary", "+66812345678", "Kyauk Canary Ywa", "JS-CANARY-77"
CANARIES = (NAME, "Zarchi", PHONE, "812345678", VILLAGE, REFERENCE, "canary", "CANARY")


@pytest.fixture
def written(capsys):
    """Return a function that reads the lines that were logged since it was asked last."""

    def read() -> list[dict[str, object]]:
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    with logs.lines(logging.DEBUG):
        yield read


class TestALine:
    def test_holds_its_event_and_the_facts_that_are_listed(self, written):
        _ours.info("message.delivered", extra={"topic": "facts.changed", "attempts": 2})
        (line,) = written()
        assert line.pop("time").endswith("Z")
        assert line == {"level": "info", "event": "message.delivered", "topic": "facts.changed", "attempts": 2}

    def test_leaves_out_every_key_that_is_not_listed(self, written):
        _ours.info("message.delivered", extra={"name_of_person": NAME, "path": "/jobseekers/JS-1", "query": "q=1"})
        (line,) = written()
        assert set(line) == {"time", "level", "event"}

    @pytest.mark.parametrize("key", sorted(set(logs.ALLOWED) - {"route", "level", "time", "event", "logger"}))
    def test_leaves_out_a_value_that_does_not_look_as_it_must(self, written, key):
        _ours.info("message.delivered", extra={key: f"{NAME}, {PHONE}"})
        assert key not in written()[0]

    @pytest.mark.parametrize("sentence", [f"{NAME} came", "came %s", "%(name)s"])
    def test_whose_event_is_a_sentence_is_without_it(self, written, sentence):
        _ours.warning(sentence, *([NAME] if sentence == "came %s" else []), extra={"count": 1})
        (line,) = written()
        assert (line["event"], line["count"]) == ("unnamed", 1)

    def test_of_an_error_tells_its_class_and_its_way_and_not_its_message(self, written):
        def fail():
            try:
                int(PHONE + "x")
            except ValueError as error:
                raise KeyError(NAME) from error

        with suppress(KeyError):
            try:
                fail()
            except KeyError:
                _ours.exception("request.failed")
                raise
        (line,) = written()
        assert line["error"] == "builtins.KeyError"
        assert line["caused_by"] == ["builtins.ValueError"]
        assert line["frames"][-1].startswith("tests/web/test_logs.py:")
        assert line["frames"][-1].endswith(":fail")
        assert NAME not in json.dumps(line)
        assert PHONE not in json.dumps(line)

    def test_of_a_library_tells_that_it_warned_and_nothing_of_what(self, written):
        logging.getLogger("sqlalchemy.engine").warning("INSERT %s", NAME, extra={"reason": NAME})
        (line,) = written()
        assert (line["event"], line["logger"]) == ("library", "sqlalchemy.engine")
        assert "Zarchi" not in json.dumps(line)

    def test_of_a_library_below_a_warning_is_not_written(self, written):
        logging.getLogger("sqlalchemy.engine").info("INSERT %s", NAME)
        assert written() == []

    def test_that_cannot_be_written_is_lost_without_a_word(self, written, monkeypatch, capsys):
        monkeypatch.setattr(sys, "stderr", None)
        _ours.warning("message.refused", extra={"reason": NAME})
        assert capsys.readouterr() == ("", "")


@pytest.fixture
def client(sqlite_field):
    app = create_app(sqlite_field.database.settings)

    @app.get("/fail/<what>")
    @public("a test lets it fail")
    def fail(what: str) -> str:
        if what.startswith("conflict"):
            raise Conflict(f"{NAME} of {VILLAGE} was first.")
        if what.startswith("abort"):
            abort(400, NAME)
        raise KeyError(f"{NAME} {PHONE}")

    yield app.test_client()
    app.extensions[EXTENSION].dispose()


class TestRequests:
    def test_are_told_by_rule_status_and_time(self, client, written):
        answer = client.get("/journeys/J-1?was=asked")
        line = written()[-1]
        assert line["event"] == "request.answered"
        assert line["route"] == "/journeys/<path:reference>"
        assert (line["method"], line["status"]) == ("GET", answer.status_code)
        assert line["request_id"] == answer.headers["X-Request-Id"]
        assert 0 < line["duration_ms"] < 60_000
        assert set(line) <= {"time", "level", "event", "request_id", "method", "route", "status", "duration_ms", "role"}

    def test_to_nowhere_and_with_methods_of_their_own_are_not_quoted(self, client, written):
        client.open(f"/{REFERENCE}", method="ZARCHI")
        line = written()[-1]
        assert (line["route"], line["method"]) == ("none", "other")

    def test_our_mistake_is_written_with_the_number_that_the_page_shows(self, client, written):
        answer = client.get("/fail/now")
        failed = next(line for line in written() if line["event"] == "request.failed")
        assert answer.status_code == 500
        assert failed["request_id"] == answer.headers["X-Request-Id"]
        assert failed["error"] == "builtins.KeyError"
        assert failed["frames"][-1].endswith(":fail")


class TestCanaries:
    """What people typed is nowhere in the log, whatever went well or wrong, with every library at its most talkative."""

    @pytest.fixture(autouse=True)
    def talkative(self, monkeypatch):
        for name in ("sqlalchemy", "sqlalchemy.engine", "sqlalchemy.pool", "werkzeug", "alembic", "flask"):
            monkeypatch.setattr(logging.getLogger(name), "level", logging.DEBUG)

    def test_of_an_import(self, sqlite_field, written, tmp_path):
        good = row("jobseekers", reference=REFERENCE, name=NAME, phone=PHONE, village=VILLAGE)
        imported(sqlite_field.database, "jobseekers", write_csv(tmp_path / "good", [good]))
        for wrong in ({"phone": f"{PHONE}{NAME}"}, {"cso": NAME}, {"name": "Zarchi", "phone": PHONE}):
            with suppress(FileRefused):
                imported(sqlite_field.database, "jobseekers", write_csv(tmp_path / "wrong", [good | wrong]))
        _ours.info("canary.told")
        self.check(written())

    @pytest.mark.parametrize(
        ("method", "path", "options"),
        [
            ("GET", f"/journeys/{REFERENCE}", {}),
            ("GET", f"/journeys?status={NAME}", {}),
            ("GET", f"/{VILLAGE}/{PHONE}", {"headers": {"Accept": "application/json"}}),
            ("POST", f"/journeys?{NAME}", {"data": {NAME: PHONE}}),
            ("GET", f"/fail/{REFERENCE}", {"headers": {"User-Agent": NAME, "Referer": f"http://localhost/{NAME}"}}),
            ("GET", f"/fail/conflict-{PHONE}", {}),
            ("GET", f"/fail/abort-{PHONE}", {}),
            ("GET", f"/static/{NAME}", {}),
            ("GET", "/journeys", {"headers": {"Host": "zarchi.example", "Cookie": f"session={NAME}"}}),
            ("GET", f"/api/v1/jobseekers/{REFERENCE}", {"headers": {"Authorization": f"Bearer {REFERENCE}"}}),
            ("POST", "/api/v1/jobseekers", {"json": {"name": NAME}, "headers": {"Idempotency-Key": REFERENCE}}),
            ("ZARCHI", "/journeys", {}),
        ],
        ids=range(12),
    )
    def test_of_a_request(self, client, written, method, path, options):
        client.open(path, method=method, **options)
        lines = written()
        assert lines[-1]["event"] == "request.answered"
        self.check(lines)

    def check(self, lines) -> None:
        assert lines
        for line in lines:
            frames = " ".join(line.pop("frames", []))
            assert set(line) <= set(logs.ALLOWED)
            text = json.dumps(line, ensure_ascii=False).replace('"event": "canary.told"', "") + frames
            assert [canary for canary in CANARIES if canary in text] == []

    def test_would_be_found_without_the_allow_list(self, client, written, monkeypatch):
        """The negative control: a formatter that lets the message of an error through."""
        monkeypatch.setattr(logs, "about_error", lambda error: {"error": str(error)})
        monkeypatch.setitem(logs.ALLOWED, "error", lambda _value: True)
        client.get("/fail/now")
        with pytest.raises(AssertionError):
            self.check(written())
