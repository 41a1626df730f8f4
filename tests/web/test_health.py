"""Alive is one thing, ready another: a database at our revision and a key file that can be read."""

from __future__ import annotations

import json

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import event

from recruitment.app import create_app
from recruitment.database import migrating
from recruitment.web import errors, health, limits
from recruitment.web.context import EXTENSION

JSON = {"Accept": "application/json"}


@pytest.fixture
def house(database):
    app = create_app(database.settings)
    yield app
    app.extensions[EXTENSION].dispose()


def test_alive_needs_no_database(client):
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "ok\n")


class TestReady:
    def test_is_a_house_that_is_complete(self, house):
        assert (house.test_client().get("/readyz").status_code, house.test_client().get("/readyz").text) == (
            200,
            "ok\n",
        )
        assert house.test_client().get("/readyz", headers=JSON).json == {"status": "ok"}

    def refused(self, app, caplog) -> str:
        answer = app.test_client().get("/readyz", headers=JSON)
        assert answer.status_code == 503
        assert answer.mimetype == "application/problem+json"
        assert answer.json["type"] == "/problems/web.not_ready"
        told = json.dumps(answer.json)
        assert "revision" not in told
        assert "key" not in told
        assert migrating.head() not in told
        return str(caplog.records[-1].reason)

    def test_is_none_without_its_database(self, app, caplog):
        assert self.refused(app, caplog) in {"database", "revision"}

    def test_is_none_when_the_database_does_not_answer(self, house, caplog, monkeypatch, tmp_path):
        from recruitment.database.unit_of_work import Database
        from tests.databases import settings_in

        away = Database(settings_in(tmp_path, "postgresql://nobody@127.0.0.1:1/nothing"))
        monkeypatch.setitem(house.extensions, EXTENSION, away)
        assert self.refused(house, caplog) == "database"

    def test_is_none_at_another_revision(self, house, caplog, monkeypatch):
        monkeypatch.setattr(health, "_head", lambda: "9999_later")
        assert self.refused(house, caplog) == "revision"

    def test_is_none_without_the_key_file(self, house, database, caplog):
        database.settings.key_path.unlink()
        assert self.refused(house, caplog) == "key_file"

    def test_asks_one_table_of_one_row(self, house):
        asked: list[str] = []
        engine = house.extensions[EXTENSION].engine
        event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_: asked.append(statement))
        house.test_client().get("/readyz")
        ours = [statement for statement in asked if "pg_catalog" not in statement and "sqlite_master" not in statement]
        assert [
            statement for statement in ours if "FROM alembic_version" not in statement and "PRAGMA" not in statement
        ] == []


def form(fields: dict[str, str]) -> dict[str, object]:
    """Return how a form with files is sent. By hand: the client of the tests leaves its temporary file open."""
    parts = [f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{fields[name]}' for name in fields]
    return {
        "data": "\r\n".join([*parts, "--edge--", ""]).encode(),
        "content_type": "multipart/form-data; boundary=edge",
    }


class TestLimits:
    @pytest.fixture
    def reading(self) -> FlaskClient:
        app = Flask(__name__)
        limits.install(app)
        errors.install(app)
        app.post("/", endpoint="data")(lambda: str(len(request.get_data())))
        app.post("/form", endpoint="form")(lambda: str(len(request.form)))
        return app.test_client()

    def test_a_file_fits_into_a_request(self):
        assert limits.UPLOAD_BYTES_MAX < limits.BODY_BYTES_MAX

    def test_stand_in_the_app(self, client):
        config = client.application.config
        assert config["MAX_CONTENT_LENGTH"] == limits.BODY_BYTES_MAX
        assert config["MAX_FORM_MEMORY_SIZE"] == limits.FORM_BYTES_MAX
        assert config["MAX_FORM_PARTS"] == limits.FORM_PARTS_MAX

    def test_what_is_read_at_once_is_read(self, reading):
        assert reading.post("/", data=b"x" * limits.UPLOAD_BYTES_MAX).text == str(limits.UPLOAD_BYTES_MAX)

    def test_a_form_with_files_is_read(self, reading):
        assert reading.post("/form", **form({"note": "x", "other": "y"})).text == "2"

    @pytest.mark.parametrize(
        ("path", "options"),
        [
            ("/", {"data": b"x" * (limits.BODY_BYTES_MAX + 1)}),
            ("/form", form({"note": "x" * (limits.FORM_BYTES_MAX + 1)})),
            ("/form", form({f"field-{number}": "x" for number in range(limits.FORM_PARTS_MAX + 1)})),
        ],
    )
    def test_more_is_refused_as_a_problem(self, reading, path, options):
        answer = reading.post(path, headers=JSON, **options)
        assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")
