"""Everybody of the story of a crew's debts, each with a token of their own; and who may take which step.

Before a step is taken for the first time, everybody whose role is not meant for it tries it, with the very body of the
story, and so does somebody of the right role from another house: all are refused, and nothing has changed.
"""

from __future__ import annotations

import dataclasses
import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from recruitment.access.services import second_factor, tokens
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.metadata import metadata
from recruitment.organisations import queries as organisations
from recruitment.web import rate
from tests.factories import people

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from werkzeug.test import TestResponse

    from recruitment.access.rules.people import PersonRead
    from tests.factories.field import Field

R = Role
CASEWORK = {R.CASE_WORKER}
FIELDWORK = {R.CSO_FIELDWORKER, R.CSO_SUPERVISOR, R.CASE_WORKER}
RELIEF_IS_READ = FIELDWORK | {R.AUDITOR}
PREPARES, APPROVES, RELEASES = {R.FUND_PREPARER}, {R.FUND_APPROVER}, {R.FUND_RELEASER}
FUND_IS_READ = PREPARES | APPROVES | RELEASES | {R.AUDITOR}

MAY: dict[str, set[Role]] = {
    "POST /nominations": FIELDWORK,
    "GET /relief-cases": RELIEF_IS_READ,
    "GET /relief-cases/{}": RELIEF_IS_READ,
    "POST /relief-cases/{}/moves": CASEWORK,
    "POST /relief-cases/{}/departure": CASEWORK,
    "POST /relief-cases/{}/confirmations": FIELDWORK,
    "GET /relief-cases/{}/receipt": RELIEF_IS_READ,
    "GET /relief-questions": FIELDWORK,
    "GET /creditors": RELIEF_IS_READ,
    "POST /creditors": CASEWORK,
    "POST /creditors/{}/announcement": CASEWORK,
    "POST /relief-cases/{}/debts": CASEWORK,
    "POST /relief-debts/{}/correction": CASEWORK,
    "POST /relief-debts/{}/lines": CASEWORK,
    "POST /relief-debts/{}/lines/{}/correction": CASEWORK,
    "GET /cohort-rates": RELIEF_IS_READ,
    "POST /cohort-rates": CASEWORK,
    "POST /relief-cases/{}/entitlements": CASEWORK,
    "GET /entitlements/{}": RELIEF_IS_READ,
    "GET /entitlements/{}/recomputation": RELIEF_IS_READ,
    "POST /agreements": CASEWORK,
    "POST /agreements/{}/signature": CASEWORK,
    "POST /agreements/{}/supersession": CASEWORK,
    "POST /agreements/{}/outside-payments": CASEWORK,
    "POST /agreements/{}/recovery": CASEWORK,
    "GET /recoveries": RELIEF_IS_READ,
    "POST /recovered": CASEWORK,
    "GET /recovery-notices": RELIEF_IS_READ,
    "POST /recovery-notices": CASEWORK,
    "GET /fund-pots": FUND_IS_READ,
    "GET /fund-pots/{}": FUND_IS_READ,
    "POST /fund-pots": PREPARES,
    "GET /fund-receipts": FUND_IS_READ,
    "GET /fund-receipts/{}": FUND_IS_READ,
    "POST /fund-receipts": PREPARES,
    "POST /fund-receipts/{}/taking-back": PREPARES,
    "GET /payees": FIELDWORK,
    "GET /payees/{}": FIELDWORK,
    "POST /payees": FIELDWORK,
    "POST /payees/{}/call-back": FIELDWORK,
    "GET /dues": FUND_IS_READ,
    "GET /payment-plans": FUND_IS_READ,
    "GET /payment-plans/{}": FUND_IS_READ,
    "POST /payment-plans": PREPARES,
    "POST /payment-plans/{}/additions": PREPARES,
    "POST /payment-plans/{}/removals": PREPARES,
    "POST /payment-plans/{}/lock": PREPARES,
    "POST /payment-plans/{}/unlocking": PREPARES,
    "POST /payment-plans/{}/cancellation": PREPARES,
    "POST /payment-plans/{}/approvals": APPROVES,
    "POST /payment-plans/{}/sending-back": APPROVES,
    "POST /payment-plans/{}/release": RELEASES,
    "POST /payment-plans/{}/export": RELEASES,
    "GET /payment-plans/{}/file": RELEASES,
    "GET /payment-plans/{}/payments": FUND_IS_READ,
    "GET /payment-plans/{}/dues": FUND_IS_READ,
    "GET /payment-plans/{}/random-payments": FUND_IS_READ,
    "GET /payment-plans/{}/events": FUND_IS_READ,
    "GET /payments": FUND_IS_READ,
    "GET /payments/{}": FUND_IS_READ,
    "POST /payments/{}/handover": PREPARES,
    "POST /payments/{}/failure": PREPARES,
    "GET /bank-answers": FUND_IS_READ,
    "GET /bank-answers/{}": FUND_IS_READ,
    "POST /bank-answers": PREPARES,
    "GET /bank-answers/{}/lines": FUND_IS_READ,
    "GET /suspense": FUND_IS_READ,
    "POST /suspense/{}/resolution": PREPARES,
    "GET /fund-balances": FUND_IS_READ,
    "GET /fund-statement": FUND_IS_READ,
    "GET /fund-statement/paper": FUND_IS_READ,
    "GET /fund-statement/table": FUND_IS_READ,
    "GET /fund-ageing": FUND_IS_READ,
    "GET /time-to-money": FUND_IS_READ,
}
"""Every step of relief and of the fund, and the roles that are meant to take it; everybody else is refused."""

STEPPED_UP = {"POST /payment-plans/{}/approvals", "POST /payment-plans/{}/release"}

HOMES: dict[str, tuple[Role, str | None]] = {
    "operator": (R.OPERATOR, None),
    "fieldworker": (R.CSO_FIELDWORKER, "CSO-1"),
    "supervisor": (R.CSO_SUPERVISOR, "CSO-1"),
    "agency": (R.AGENCY_OFFICER, "AG-1"),
    "employer": (R.EMPLOYER_OFFICER, "EM-1"),
    "partner": (R.PARTNER_REVIEWER, "PT-1"),
    "worker": (R.CASE_WORKER, "OP-1"),
    "preparer": (R.FUND_PREPARER, "OP-1"),
    "approver": (R.FUND_APPROVER, "OP-1"),
    "releaser": (R.FUND_RELEASER, "OP-1"),
    "auditor": (R.AUDITOR, None),
    "second": (R.FUND_APPROVER, "OP-1"),
    "clerk": (R.CSO_SUPERVISOR, "CSO-1"),
    "stranger-fieldworker": (R.CSO_FIELDWORKER, "CSO-2"),
    "stranger-supervisor": (R.CSO_SUPERVISOR, "CSO-2"),
    "stranger-preparer": (R.FUND_PREPARER, "OP-2"),
    "stranger-approver": (R.FUND_APPROVER, "OP-2"),
    "stranger-releaser": (R.FUND_RELEASER, "OP-2"),
}
"""Who there is: one of each role, a second approver, a second supervisor, and others of the same roles in another CSO and another fund."""

ONE_OF_EACH = [name for name in HOMES if name not in {"second", "clerk"} and not name.startswith("stranger")]
_LATER = ("stranger-preparer", "stranger-approver", "stranger-releaser")


@dataclass
class Harbour:
    """Who acts over HTTP with a token, and what the hour is."""

    field: Field
    app: Flask
    now: datetime
    tokens: dict[str, str] = dataclasses.field(default_factory=dict)
    persons: dict[str, PersonRead] = dataclasses.field(default_factory=dict)
    tried: set[str] = dataclasses.field(default_factory=set)
    keys: int = 0

    def come_in(self, *names: str) -> None:
        """Let people join, each with a second factor and a token of all their rights."""
        for name in names:
            role, code = HOMES[name]
            database = self.field.database
            with database.read_session() as session:
                home = organisations.by_code(session, [code])[code].id if code else None
            person = people.settle(database, role, home, login=f"{name}@harbour.example", enrolled=True)
            with database.unit_of_work() as session:
                _, token = tokens.make_token_for(session, LOCAL_OPERATOR, person, label="the story", days=365)
            self.persons[name], self.tokens[name] = person, token

    def everybody_comes_in(self) -> None:
        rate.buckets(self.app).is_open = True
        self.come_in(*(name for name in HOMES if name not in _LATER))

    def strangers_come_in(self) -> None:
        """Let those of the other fund join, now that it is entered."""
        self.come_in(*_LATER)

    @contextmanager
    def at(self, instant: datetime | str, *, works: bool = True) -> Iterator[None]:
        """Let it be later (a text is a day and an hour of this year), and let the house work afterwards where it has to."""
        when = datetime.fromisoformat(f"2026-{instant}:00+00:00") if isinstance(instant, str) else instant
        assert when >= self.now, "the story goes forward"
        self.now = when.astimezone(UTC)
        with clock.stopped_at(self.now):
            yield
            if works:
                self.work()

    def work(self) -> None:
        self.field.run("work", "--once")

    @property
    def today(self) -> str:
        return self.now.date().isoformat()

    def code(self, name: str) -> str:
        """Return what the app of somebody shows now."""
        with self.field.database.read_session() as session, clock.stopped_at(self.now):
            return second_factor.code_now(session, f"{name}@harbour.example")

    # over HTTP

    def send(self, name: str, method: str, path: str, **options: Any) -> TestResponse:
        """Send a request below ``/api/v1`` with somebody's token; a POST has a key of its own."""
        headers = {"Authorization": f"Bearer {self.tokens[name]}"}
        if method == "POST":
            self.keys += 1
            headers["Idempotency-Key"] = f"key-{self.keys}"
        with clock.stopped_at(self.now):
            return self.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **options)

    def ask(self, name: str, step: str, *names: object, query: str = "", **options: Any) -> Any:
        """Take a step of ``MAY`` as somebody. Whoever is not meant to take it has tried it before them."""
        method, _, template = step.partition(" ")
        path = template.format(*names) + query
        if step not in self.tried:
            self.tried.add(step)
            self._let_others_try(name, step, method, path, options)
        return self.send(name, method, path, **options)

    def _let_others_try(self, name: str, step: str, method: str, path: str, options: dict[str, Any]) -> None:
        assert self.persons[name].role in MAY[step], f"{name} does what the table does not know: {step}"
        before = self.counted()
        for other in ONE_OF_EACH:
            if self.persons[other].role in MAY[step]:
                continue
            answer = self.send(other, method, path, **options)
            assert answer.status_code in {403, 404}, f"{other} at {step}: {answer.status_code} {answer.text}"
        stranger = f"stranger-{name}"
        if stranger in self.tokens and "{}" in step and step not in STEPPED_UP:
            answer = self.send(stranger, method, path, **options)
            assert answer.status_code == 404, f"{stranger} at {step}: {answer.status_code} {answer.text}"
        nobody = self.app.test_client().open(f"/api/v1{path}", method=method, **options)
        assert nobody.status_code == 401, f"nobody at {step}: {nobody.status_code}"
        assert self.counted() == before, f"somebody changed something at {step}"

    def counted(self) -> list[int]:
        """Return how many rows every table has: whatever changes anything in the house writes one."""
        names = sorted(metadata.tables)
        counts = ", ".join(f'(SELECT count(*) FROM "{name}")' for name in names)
        with self.field.database.engine.connect() as connection:
            return list(connection.exec_driver_sql(f"SELECT {counts}").one())

    def get(self, name: str, step: str, /, *names: object, query: str = "") -> Any:
        answer = self.ask(name, f"GET {step}", *names, query=query)
        assert answer.status_code == 200, answer.text
        return answer.json

    def post(self, name: str, step: str, /, *names: object, **body: Any) -> Any:
        answer = self.ask(name, f"POST {step}", *names, json=body)
        assert answer.status_code in {200, 201}, f"{step} {body}: {answer.text}"
        return answer.json

    def refused(self, name: str, step: str, /, *names: object, error: str, **body: Any) -> Any:
        """Expect that something is refused with an error, and that nothing has changed."""
        method = "POST" if not step.startswith("GET ") else "GET"
        before = self.counted()
        answer = self.ask(name, f"{method} {step.removeprefix('GET ')}", *names, json=body)
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.json["type"].endswith(error), answer.text
        assert self.counted() == before, f"something changed at {step}"
        return answer.json

    def rows(self, name: str, kind: str, rows: list[dict[str, str]]) -> None:
        """File rows of a kind that other rooms take."""
        filled = [{column: cell for column, cell in each.items() if cell} for each in rows]
        answer = self.send(name, "POST", f"/{kind}", json={"rows": filled})
        assert answer.status_code == 201, answer.text

    def look(self, name: str, path: str) -> Any:
        """Read what is no step of relief or of the fund."""
        answer = self.send(name, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json

    def what_the_business_sees(self) -> list[tuple[int, str]]:
        """Return every answer that an agency, an employer and a partner get who look around."""
        paths = (
            "/journeys", "/demand-letters", "/releases", "/cases", "/cases?kind=retaliation", "/name-lists",
            "/fee-declarations", "/relief-cases", "/recoveries", "/recovery-notices", "/dues", "/payments", "/debts",
            "/repayments?journey=HJ-5&purpose=casework", "/comparisons/HJ-5", "/certificates",
        )  # fmt: skip
        told = []
        for name in ("agency", "employer", "partner"):
            for path in paths:
                answer = self.send(name, "GET", path)
                told.append((answer.status_code, re.sub(r'"request_id": ?"[^"]*"', "", answer.text)))
        return told

    def untried(self) -> set[str]:
        """Return the steps of relief and of the fund that nobody has tried: those that the app has, and the table's."""
        known = {step.split(" ", 1)[0] + " " + re.sub(r"{}", "<>", step.split(" ", 1)[1]) for step in self.tried}
        there = set()
        for rule in self.app.url_map.iter_rules():
            room = self.app.view_functions[rule.endpoint].__module__
            if str(rule).startswith("/api/v1") and re.match(r"recruitment\.(fund|relief)\b", room):
                path = re.sub(r"<[^>]*>", "<>", str(rule).removeprefix("/api/v1"))
                there |= {f"{method} {path}" for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
        return there - known
