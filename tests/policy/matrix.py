"""What every route answers to every role: for what is theirs, what is somebody else's, and what is not there.

A cell is three statuses, ``own/other/absent``; one status where neither address nor body names anything. ``303`` leads a
browser to the sign-in page. Where a route takes more than a name, nothing is sent, so a role that may come in is told
400, 415, 422 or 428 there, and one that may not 403.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from recruitment.cases.models import Case, CaseJourney
from recruitment.core import clock
from recruitment.core.actor import Role
from recruitment.jobseekers.models import Jobseeker
from recruitment.journeys.models import Journey, JourneyMatch, JourneyReference
from recruitment.ledger import queries as ledger
from recruitment.organisations.models import Organisation
from recruitment.privacy.models import PossibleTwin
from recruitment.web.gate import gate_of
from tests.factories.people import browser, client_for

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Rule

    from recruitment.access.rules.people import PersonRead
    from recruitment.core.actor import Permission
    from recruitment.database.unit_of_work import Database
    from tests.factories.people import SignedInClient

ANONYMOUS = "anonymous"
READERS = (*Role, ANONYMOUS)
ABSENT = "ZZ-0000-0000-00"
ABSENT_ID = UUID("00000000-0000-7000-8000-00000000dead")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_UNGATED = frozenset({"/static/<path:filename>"})


@dataclass
class Everybody:
    """A person of each role in one world, and what is theirs and others'."""

    database: Database
    app: Flask
    people: dict[Role, PersonRead]
    tokens: dict[Role, str]
    spare_people: dict[Role, PersonRead]
    spare_tokens: dict[Role, tuple[str, str]]
    strangers: dict[Role, PersonRead]
    declarations: dict[str, str]
    name_lists: dict[str, str]
    decisions: dict[str, str]
    period: str
    disclosures: tuple[str, str]
    certificates: dict[str, str]
    relief: dict[str, str]
    fund: dict[str, tuple[str, str]]
    webhooks: dict[str, tuple[str, str]]
    homes: dict[Role, str | None]

    def client(self, reader: str) -> SignedInClient:
        """Return a browser and programme of ``reader``: signed in, and with a token."""
        if reader == ANONYMOUS:
            return browser(self.app)
        role = Role(reader)
        client = client_for(self.app, self.people[role])
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.tokens[role]}"
        return client

    def names(self, path: str, reader: str) -> tuple[object, ...]:
        """Return what stands in an address for one's own, somebody else's, and what is not there."""
        for part, find in _NAMES.items():
            if part in path:
                return find(self, Role(reader) if reader != ANONYMOUS else Role.OPERATOR)
        raise AssertionError(f"Say in tests/policy/matrix.py what is one's own and somebody else's in {path}.")

    def reference_of(self, code: str, journey: str) -> str:
        """Return what an organisation calls a journey, or any journey when it has none of that name."""
        with self.database.read_session() as session:
            query = (
                select(Journey.reference, JourneyReference.reference)
                .join(JourneyReference, JourneyReference.journey_id == Journey.id)
                .join(Organisation, Organisation.id == JourneyReference.organisation_id)
                .where(Organisation.code == code)
            )
            found = {own: called for own, called in session.execute(query)}
        return found.get(journey) or min(found.values())

    def twin(self, *, inside_one_cso: bool) -> UUID:
        """Return a possible twin of two people of CSO-1, or of one of them and one of CSO-2."""
        first, second = aliased(Jobseeker), aliased(Jobseeker)
        with self.database.read_session() as session:
            query = (
                select(PossibleTwin.id)
                .join(first, first.id == PossibleTwin.first_id)
                .join(second, second.id == PossibleTwin.second_id)
                .where((first.cso_id == second.cso_id) if inside_one_cso else (first.cso_id != second.cso_id))
            )
            return session.scalars(query.order_by(PossibleTwin.id).limit(1)).one()

    def match(self, cso: str) -> str:
        """Return a possible match of a listed journey and one of a person of ``cso``."""
        with self.database.read_session() as session:
            query = (
                select(JourneyMatch.reference)
                .join(Journey, Journey.id == JourneyMatch.journey_id)
                .join(Jobseeker, Jobseeker.id == Journey.jobseeker_id)
                .join(Organisation, Organisation.id == Jobseeker.cso_id)
                .where(Organisation.code == cso)
            )
            return str(session.scalars(query.order_by(JourneyMatch.id).limit(1)).one())

    def case(self, journey: str) -> str:
        """Return the case about the costs of a journey."""
        with self.database.read_session() as session:
            query = (
                select(Case.reference)
                .join(CaseJourney, CaseJourney.case_id == Case.id)
                .join(Journey, Journey.id == CaseJourney.journey_id)
                .where(Journey.reference == journey, Case.kind == "recruitment_costs")
            )
            return str(session.scalars(query).one())

    def book(self) -> UUID:
        """Return the book of J-1."""
        with self.database.read_session() as session:
            return session.scalars(select(Journey.book_id).where(Journey.reference == "J-1")).one()

    def entry(self) -> UUID:
        """Return an entry of it."""
        book = self.book()
        with self.database.read_session() as session:
            return next(iter(list(ledger.entries(session, book)))).id


def _journey(every: Everybody, role: Role) -> tuple[object, ...]:
    if role is Role.AGENCY_OFFICER:
        return every.reference_of("AG-1", "J-1"), every.reference_of("AG-2", "J-3"), ABSENT
    if role is Role.EMPLOYER_OFFICER:
        return every.reference_of("EM-1", ""), every.reference_of("AG-2", "J-3"), ABSENT
    return "J-1", "J-4", ABSENT


def _person(every: Everybody, role: Role) -> tuple[object, ...]:
    return every.spare_people[role].id, every.strangers[Role.CSO_SUPERVISOR].id, ABSENT_ID


def _relief(what: str) -> Callable[[Everybody, Role], tuple[object, ...]]:
    return lambda every, _role: (every.relief[f"{what} J-1"], every.relief[f"{what} J-4"], ABSENT)


def _fund(what: str) -> Callable[[Everybody, Role], tuple[object, ...]]:
    return lambda every, _role: (*every.fund[what], f"{ABSENT}/1" if what == "line" else ABSENT)


def _token(every: Everybody, role: Role, number: int) -> tuple[object, ...]:
    other = Role.AUDITOR if role is Role.OPERATOR else Role.OPERATOR
    return every.spare_tokens[role][number], every.spare_tokens[other][number], ABSENT


_NAMES = {
    "/legal-rules/": lambda _every, _role: ("mm_th_300k", ABSENT, ABSENT),  # the law is nobody's
    "/organisations/": lambda every, role: (every.homes[role] or "AG-1", "CSO-2", ABSENT),
    "/demand-letters/": lambda _every, _role: ("DL-1", "DL-3", ABSENT),
    "/fee-declarations/": lambda every, _role: (every.declarations["AG-1"], every.declarations["AG-2"], ABSENT),
    "/name-lists/": lambda every, role: (
        every.name_lists["EM-1" if role is Role.EMPLOYER_OFFICER else "AG-1"], every.name_lists["AG-2"], ABSENT,
    ),
    "/releases/": lambda every, _role: (every.period, "2020-01", ABSENT),
    "/release-workings/": lambda every, _role: (every.period, "2020-01", ABSENT),
    "/disclosures/": lambda every, _role: (*every.disclosures, ABSENT),
    "/webhooks/": lambda every, _role: (every.webhooks["PT-1"][0], every.webhooks["PT-2"][0], ABSENT),
    "/webhook-hosts/": lambda every, _role: (every.webhooks["PT-1"][1], every.webhooks["PT-2"][1], ABSENT),
    "/jobseekers/": lambda _every, _role: ("JS-1", "JS-4", ABSENT),
    "/journey-adjudications/": _journey,
    "/adjudications/": lambda every, _role: (every.decisions["J-1"], every.decisions["J-4"], ABSENT),
    "/cases/": lambda every, _role: (every.case("J-1"), every.case("J-4"), ABSENT),
    "/certificates/": lambda every, _role: (every.certificates["EM-1"], every.certificates["EM-2"], ABSENT),
    "/certificate-cohorts/": lambda every, _role: (every.certificates["cohort"], ABSENT, ABSENT),
    "/certificate-shares/": lambda every, _role: (every.certificates["J-1"], every.certificates["J-4"], ABSENT),
    "/check/": lambda every, _role: (every.certificates["code"], ABSENT, ABSENT),  # a code is whose it was given to
    "/status/": lambda _every, _role: (1, 2, 3),  # no purpose is called so: the lists are everybody's
    "/payment-plans/": _fund("plan"),
    "/payments/": _fund("payment"),
    "/bank-answers/": _fund("answer"),
    "/suspense/": _fund("line"),
    "/payees/": _fund("payee"),
    "/fund-pots/": _fund("pot"),
    "/fund-receipts/": _fund("receipt"),
    "/fund/receipts/": _fund("receipt"),
    "/relief-cases/": _relief("case"),
    "/relief-debts/": _relief("debt"),
    "/relief/": _relief("case"),
    "/agreements/": _relief("agreement"),
    "/entitlements/": _relief("entitlement"),
    "/creditors/": lambda every, _role: (every.relief["creditor"], ABSENT, ABSENT),  # they are of the inside alone
    "/journeys/": _journey,
    "/comparisons/": _journey,
    "/people/": _person,
    "/possible-twins/": lambda every, _role: (
        every.twin(inside_one_cso=True), every.twin(inside_one_cso=False), ABSENT_ID,
    ),
    "/journey-matches/": lambda every, _role: (every.match("CSO-1"), every.match("CSO-2"), ABSENT),
    "/account/tokens/": lambda every, role: _token(every, role, 0),
    "/tokens/": lambda every, role: _token(every, role, 1),
    "/entries/": lambda every, _role: (every.entry(), ABSENT_ID, ABSENT_ID),
    "/books/": lambda every, _role: (every.book(), ABSENT_ID, ABSENT_ID),
}  # fmt: skip
"""By a part of the address: what is one's own, somebody else's, and not there. The first that fits counts."""


_QUERIES = {
    "/api/v1/jobseekers/<reference:reference>/copy": "purpose=worker_request",
    "/api/v1/measures": "corridor=MM-TH",
    "/api/v1/fund-statement": "first=2026-01-01&last=2026-01-31",
    "/api/v1/time-to-money": "first=2026-01-01&last=2026-01-31",
    "/api/v1/relief-cases/<reference:reference>": "purpose=casework",
    "/api/v1/relief-cases/<reference:reference>/receipt": "purpose=casework",
    "/api/v1/entitlements/<reference:reference>": "purpose=casework",
    "/api/v1/entitlements/<reference:reference>/recomputation": "purpose=casework",
    "/api/v1/comparisons/<reference:journey>/explanation": "purpose=casework",
    "/api/v1/journeys/<reference:journey>/adjudications": "purpose=casework",
    **{
        f"/api/v1/{kind}": "purpose=casework&journey={}"
        for kind in ("reports", "repayments", "debts", "collateral", "earnings")
    },
    "/certificate-shares": "journey={}",
    "/api/v1/certificate-shares": "journey={}",
}
"""What a reading address is asked with; ``{}`` stands for one's own, somebody else's, and what is not there."""

_BODIES: dict[str, dict[str, object]] = {
    "/api/v1/consents": {
        "jobseeker": "{}",
        "purpose": "aggregate",
        "given": False,
        "stated_on": "2026-01-05",
        "language": "my",
        "mode": "oral",
    },
    "/api/v1/safe-contacts": {"jobseeker": "{}", "channel": "sms", "who_else_reads": "nobody"},
    "/api/v1/absences": {"jobseeker": "{}", "from_on": "2026-01-05", "until_on": "2026-01-06", "reason": "at_sea"},
    "/api/v1/possible-twins/<uuid:twin_id>/decision": {"decision": "different"},
    "/api/v1/journey-matches/<reference:reference>/decision": {"decision": "different"},
    "/api/v1/adjudications/<reference:reference>/confirmation": {"answer": "refused", "basis": "-"},
    "/api/v1/adjudications/<reference:reference>/validation": {
        "answer": "agrees",
        "channel": "hotline",
        "asked_on": clock.today().isoformat(),
    },
    "/api/v1/webhooks/<reference:reference>/state": {"state": "off"},
}
"""What is sent where a decision about one thing is all that a route takes."""

_NAMED_OUTSIDE = {
    **dict.fromkeys(("/api/v1/consents", "/api/v1/safe-contacts", "/api/v1/absences"), "/jobseekers/"),
    **{f"/api/v1/{kind}": "/journeys/" for kind in ("reports", "repayments", "debts", "collateral", "earnings")},
    **dict.fromkeys(("/certificate-shares", "/api/v1/certificate-shares"), "/journeys/"),
}
"""By which names a query or a body names things, where the address does not."""


@dataclass(frozen=True)
class Line:
    """One line of the matrix: a route, the permission that it asks for, and a cell for each reader."""

    method: str
    path: str
    permission: Permission | None
    cells: dict[str, str]


def routes(app: Flask) -> Iterator[tuple[str, Rule, Permission | None]]:
    """Yield method, rule and permission of everything that an app answers."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.rule in _UNGATED:
            continue
        gate = gate_of(app.view_functions[rule.endpoint])
        for method in _METHODS:
            if method in (rule.methods or ()):
                yield method, rule, gate.permission if gate else None


def lines(every: Everybody) -> Iterator[Line]:
    """Call every route as every reader and yield what came of it. Ends what is one's own to end (spare people, tokens)."""
    for method, rule, permission in routes(every.app):
        cells = {str(reader): _cell(every, method, rule, str(reader)) for reader in READERS}
        yield Line(method, rule.rule, permission, cells)


def _cell(every: Everybody, method: str, rule: Rule, reader: str) -> str:
    query = _QUERIES.get(rule.rule, "") if method == "GET" else ""
    body = _BODIES.get(rule.rule) if method == "POST" else None
    named_outside = rule.rule in _NAMED_OUTSIDE and ("{}" in query or (body is not None and "{}" in body.values()))
    if not rule.arguments and not named_outside:
        return _status(every, method, rule.rule + (f"?{query}" if query else ""), reader)
    part = _NAMED_OUTSIDE[rule.rule] if named_outside else rule.rule
    statuses = []
    for name in every.names(part, reader):
        address = rule.rule if named_outside else _address(every, rule, name)
        asked = f"{address}?{query.format(name)}" if query else address
        sent = {key: name if value == "{}" else value for key, value in body.items()} if body else None
        statuses.append(_status(every, method, asked, reader, sent))
    return "/".join(statuses)


def _address(every: Everybody, rule: Rule, name: object) -> str:
    with every.app.test_request_context():
        values = dict.fromkeys(rule.arguments, name)
        if "book" in values and "entry" in values:
            values["book"] = every.book()
        if "number" in values and isinstance(name, str):
            values["number"] = 1
        return every.app.url_map.bind("127.0.0.1").build(rule.endpoint, values, method=None)


def _status(every: Everybody, method: str, address: str, reader: str, body: dict[str, object] | None = None) -> str:
    client = every.client(reader)
    if method == "GET":
        return str(client.get(address).status_code)
    if address.startswith("/api/"):
        key = {"Idempotency-Key": f"matrix-{address}-{body}".replace(" ", "")[:200]}
        return str(client.open(address, method=method, headers=key, json=body or {}).status_code)
    return str(client.open(address, method=method, data={"csrf_token": client.csrf_token}).status_code)


HEADER = ("method", "path", "permission", *(str(reader) for reader in READERS))


def as_csv(found: list[Line]) -> str:
    """Return the lines as the file has them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for line in found:
        cells = [line.cells[str(reader)] for reader in READERS]
        writer.writerow([line.method, line.path, line.permission or "", *cells])
    return text.getvalue()
