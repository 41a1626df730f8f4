from __future__ import annotations

import logging

import pytest
from flask import abort
from jinja2 import TemplateError

from recruitment.core import errors as kinds
from recruitment.core.errors import InvariantViolated, RecruitmentError
from recruitment.database.unit_of_work import WriteConflict
from recruitment.journeys.errors import JourneyUnknown
from recruitment.sheets.errors import FileRefused, Problem
from recruitment.web import errors
from recruitment.web.errors import STATUSES, status_of

JSON = {"Accept": "application/json"}
EXPECTED = [
    (kinds.InvalidInput, 422),
    (kinds.NotFound, 404),
    (kinds.NotPermitted, 403),
    (kinds.Conflict, 409),
    (kinds.RuleBroken, 422),
    (kinds.Unavailable, 503),
]


class TestStatuses:
    def test_every_kind_of_error_has_a_status(self):
        found = {each for each in vars(kinds).values() if isinstance(each, type) and issubclass(each, RecruitmentError)}
        assert set(STATUSES) == found - {RecruitmentError}

    @pytest.mark.parametrize(("kind", "status"), EXPECTED)
    def test_a_kind_is_answered_with_its_status(self, client_of, kind, status):
        assert client_of(kind("It was refused.")).get("/healthz").status_code == status

    def test_an_error_of_a_room_takes_the_status_of_its_kind(self):
        assert status_of(JourneyUnknown("There is no such journey.")) == 404

    def test_an_error_of_no_kind_is_our_mistake(self, client_of):
        answer = client_of(RecruitmentError("a sentence for nobody")).get("/healthz")
        assert answer.status_code == 500
        assert "a sentence for nobody" not in answer.text


class TestPages:
    def test_a_refusal_says_its_sentence_on_a_page(self, client_of):
        answer = client_of(kinds.Conflict("Somebody was <first>.")).get("/healthz")
        assert answer.mimetype == "text/html"
        assert "Somebody was &lt;first&gt;." in answer.text
        assert answer.headers["X-Request-Id"] in answer.text

    def test_an_address_without_a_page_is_answered_with_a_page(self, client):
        answer = client.get("/no/such/page")
        assert answer.status_code == 404
        assert "There is no such page." in answer.text
        assert "<main" in answer.text

    def test_a_method_that_no_page_takes_is_refused_and_says_which_one_takes(self, client):
        answer = client.post("/journeys")
        assert answer.status_code == 405
        assert "GET" in answer.headers["Allow"]

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
    def test_no_page_can_be_changed(self, client, method):
        assert client.open("/journeys", method=method).status_code == 405


class TestProblems:
    def test_a_programme_that_prefers_json_gets_a_problem(self, client_of):
        answer = client_of(JourneyUnknown("There is no journey J-9.")).get("/healthz", headers=JSON)
        assert answer.mimetype == "application/problem+json"
        assert answer.json == {
            "type": "/problems/journeys.journey_unknown",
            "title": "Not found",
            "status": 404,
            "detail": "There is no journey J-9.",
            "request_id": answer.headers["X-Request-Id"],
        }

    def test_input_of_the_wrong_shape_names_its_fields(self, client_of):
        error = kinds.InvalidInput("The month is not one.", month="13 is too much")
        assert client_of(error).get("/healthz", headers=JSON).json["errors"] == [
            {"parameter": "month", "code": "recruitment.invalid_input", "detail": "13 is too much"}
        ]

    def test_a_field_of_a_json_body_is_named_by_its_pointer(self, client_of):
        error = kinds.InvalidInput("It does not fit.", **{"a/b~c": "It is too long."})
        answer = client_of(error).get("/healthz", headers=JSON, json={})
        assert answer.json["errors"][0]["pointer"] == "#/a~1b~0c"

    def test_every_problem_of_a_file_says_its_line_and_column(self, client_of):
        error = FileRefused([Problem(5, "amount", "invalid_amount", "No."), Problem(1, None, "no_header", "No.")])
        assert client_of(error).get("/healthz", headers=JSON).json["errors"] == [
            {"line": 1, "code": "no_header", "detail": "No."},
            {"line": 5, "column": "amount", "code": "invalid_amount", "detail": "No."},
        ]

    def test_the_same_in_rows_of_json_says_a_pointer_counted_from_nought(self, client_of):
        error = FileRefused([Problem(5, "amount", "invalid_amount", "No."), Problem(2, None, "line_in_force", "No.")])
        answer = client_of(error).get("/healthz", headers=JSON, json={"rows": []})
        assert [each["pointer"] for each in answer.json["errors"]] == ["#/rows/0", "#/rows/3/amount"]

    def test_two_writers_who_met_are_told_to_try_again(self, client_of):
        answer = client_of(WriteConflict("They met.")).get("/healthz", headers=JSON)
        assert (answer.status_code, answer.headers["Retry-After"]) == (409, "1")

    @pytest.mark.parametrize("status", [401, 404, 405, 412, 413, 415, 422, 428, 429])
    def test_a_status_of_the_library_has_a_title_and_a_sentence_of_ours(self, app, status):
        @app.before_request
        def refuse() -> None:
            abort(status)

        answer = app.test_client().get("/api/v1/openapi.json")
        assert answer.mimetype == "application/problem+json"
        assert answer.json["title"] in errors._TITLES.values()
        assert answer.json["detail"].endswith((".", "…"))

    def test_facts_of_other_errors_stay_inside(self, client_of):
        error = kinds.Conflict("Somebody was first.", who="the secret cousin")
        assert "cousin" not in client_of(error).get("/healthz", headers=JSON).text

    def test_everything_below_api_is_answered_as_a_problem_whatever_is_accepted(self, client):
        answer = client.get("/api/v1/journeys", headers={"Accept": "text/html"})
        assert answer.mimetype == "application/problem+json"
        assert answer.json["type"] == "about:blank"

    @pytest.mark.parametrize("accepted", ["*/*", "text/html,application/xhtml+xml,*/*;q=0.8", None])
    def test_a_browser_gets_a_page(self, client, accepted):
        answer = client.get("/no/such/page", headers={"Accept": accepted} if accepted else {})
        assert answer.mimetype == "text/html"


class TestMistakes:
    @pytest.mark.parametrize("error", [ValueError("Daw Mya, 09 420"), InvariantViolated("Daw Mya, 09 420")])
    @pytest.mark.parametrize("headers", [JSON, {}])
    def test_our_mistake_is_logged_and_never_shown(self, client_of, caplog, error, headers):
        with caplog.at_level(logging.ERROR):
            answer = client_of(error).get("/healthz", headers=headers)
        assert answer.status_code == 500
        assert "Daw Mya" not in answer.text
        assert answer.headers["X-Request-Id"] in answer.text
        (record,) = [record for record in caplog.records if record.getMessage() == "request.failed"]
        assert record.exc_info is not None
        assert record.exc_info[1] is error

    def test_its_page_stands_without_the_frame_of_the_others(self, client_of):
        assert "<header" not in client_of(ValueError("no")).get("/healthz").text

    def test_when_the_page_fails_too_its_sentence_is_sent_alone(self, client_of, monkeypatch):
        def fail(*_: object, **__: object) -> str:
            raise TemplateError("Daw Mya")

        monkeypatch.setattr(errors, "render_template", fail)
        answer = client_of(ValueError("no")).get("/healthz")
        assert (answer.status_code, answer.mimetype) == (500, "text/plain")
        assert "Daw Mya" not in answer.text

    def test_every_request_has_a_number_of_its_own(self, client):
        numbers = {client.get("/healthz").headers["X-Request-Id"] for _ in range(3)}
        assert len(numbers) == 3
