"""Requests that nobody thought of: made by schemathesis from the OpenAPI document, some right, some wrong on purpose.

Each operation is called by somebody who may call it. No answer is a 5xx, every error is a problem, and none of it is
answered to who shows no token or a wrong one.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from recruitment.access.rules.policy import POLICY
from recruitment.core.actor import Permission, Role
from tests.factories.people import browser

CASES = 20_000 if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 2_000
"""How many requests are made at least, on each engine."""

_PREFERRED = (
    Role.CASE_WORKER, Role.CSO_SUPERVISOR, Role.AGENCY_OFFICER, Role.EMPLOYER_OFFICER, Role.AUDITOR, Role.OPERATOR,
    Role.PARTNER_REVIEWER, Role.FUND_PREPARER, Role.FUND_APPROVER, Role.FUND_RELEASER,
)  # fmt: skip


def caller(permission: str) -> Role:
    """Return a role that holds a permission."""
    return next(role for role in _PREFERRED if Permission(permission) in POLICY[role].permissions)


def faults(answer) -> list[str]:
    """Return what is wrong with an answer, whatever was asked."""
    found = []
    if answer.status_code >= 500:
        found.append("a mistake of ours")
    if answer.status_code >= 400 and answer.mimetype != "application/problem+json":
        found.append(f"an error that is no problem but {answer.mimetype}")
    return found


class Fuzzer:
    """Makes requests of every operation of an app."""

    def __init__(self, everybody) -> None:
        self.every = everybody
        self.client = browser(everybody.app)
        document = self.client.get("/api/v1/openapi.json").get_json()
        schema = schemathesis.openapi.from_dict(document)
        self.operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
        self.statuses: Counter[int] = Counter()
        self.wrong: list[str] = []

    def run(self, cases: int) -> None:
        each = -(-cases // (2 * len(self.operations)))
        for operation in self.operations:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                self._fuzz(operation, mode, each)

    def _fuzz(self, operation, mode, cases: int) -> None:
        definition = operation.definition.raw
        permission = definition.get("x-permission")
        token = self.every.tokens[caller(permission)] if permission else None

        @settings(
            max_examples=cases, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(operation.as_strategy(mode))
        def call(case) -> None:
            self._ask(case, token)
            if token is not None and self.statuses.total() % 5 == 0:
                self._ask_without_right(case)

        call()

    def _ask(self, case, token: str | None) -> None:
        answer = self._send(case, f"Bearer {token}" if token else None)
        self.statuses[answer.status_code] += 1
        self._note(case, answer, faults(answer))

    def _ask_without_right(self, case) -> None:
        for shown in (None, "Bearer fm_" + "x" * 43, "Basic eDp4"):
            answer = self._send(case, shown)
            # What cannot be read at all may be said before it is asked who sent it.
            if answer.status_code not in {400, 401, 404, 405, 413}:
                self._note(case, answer, [f"answered to who shows {shown}"])

    def _send(self, case, authorization: str | None):
        options = case.as_transport_kwargs(base_url="http://127.0.0.1")
        headers = {name: value for name, value in dict(options["headers"]).items() if name.lower() != "authorization"}
        if authorization:
            headers["Authorization"] = authorization
        body = {"json": options["json"]} if "json" in options else {"data": options.get("data")}
        return self.client.open(
            options["url"].removeprefix("http://127.0.0.1"),
            method=options["method"],
            query_string=options.get("params"),
            headers=headers,
            **body,
        )

    def _note(self, case, answer, found: list[str]) -> None:
        for what in found:
            self.wrong.append(
                f"{case.method} {case.path}: {what} ({answer.status_code}) {case.as_curl_command()[:600]}"
            )


@pytest.mark.slow
def test_no_request_breaks_the_api_and_none_is_answered_without_a_token(everybody):
    fuzzer = Fuzzer(everybody)
    fuzzer.run(CASES)
    assert fuzzer.wrong == []
    assert fuzzer.statuses.total() >= CASES
    # Not only refusals: much of what is right by the document is taken.
    assert sum(count for status, count in fuzzer.statuses.items() if status < 300) > CASES / 10, fuzzer.statuses


class TestTheFuzzer:
    """It would notice."""

    @pytest.fixture
    def one_case(self, everybody):
        fuzzer = Fuzzer(everybody)
        operation = next(each for each in fuzzer.operations if each.path == "/api/v1/rates" and each.method == "get")
        return fuzzer, operation.Case()

    def test_a_mistake_of_ours(self, one_case, monkeypatch):
        fuzzer, case = one_case
        answer = fuzzer.every.app.response_class("broken", 500)
        monkeypatch.setattr(fuzzer, "_send", lambda *_: answer)
        fuzzer._ask(case, None)
        assert len(fuzzer.wrong) == 2

    def test_an_answer_without_a_token(self, one_case, monkeypatch):
        fuzzer, case = one_case
        answer = fuzzer.every.app.response_class("[]", 200)
        monkeypatch.setattr(fuzzer, "_send", lambda *_: answer)
        fuzzer._ask_without_right(case)
        assert len(fuzzer.wrong) == 3
