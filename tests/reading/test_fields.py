"""Which fields each role reads of what: the golden list ``fields.csv``. A change of it is to be reviewed.

Made anew by: ``WRITE_FIELDS=1 pytest tests/reading/test_fields.py``.
"""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

from sqlalchemy import select

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.jobseekers.models import Jobseeker
from recruitment.jobseekers.queries import persons
from tests.factories.told_world import CANARIES
from tests.reading.paths import BLUEPRINTS, EVERYTHING, address

GOLDEN = Path(__file__).with_name("fields.csv")
HEADER = ("path", "role", "status", "fields")
OUTSIDE = {"agency_officer", "employer_officer", "partner_reviewer"}
NEVER_OUTSIDE = {"id", "book", "recorded_at", "updated_at", "version", "jobseeker", "recorded_by", "sender"}


def names(document: Any) -> set[str]:
    """Return the names of all fields of a document, dotted; of a list those of its things."""
    found: set[str] = set()
    if isinstance(document, list):
        return found.union(*map(names, document)) if document else found
    if isinstance(document, dict):
        for name, value in document.items():
            found |= {f"{name}.{below}" for below in names(value)} or {name}
    return found


def row_of(path: str, role: str, answer) -> tuple[str, ...]:
    """Return the row of an answer in the golden list."""
    if answer.status_code != 200:
        return path, role, str(answer.status_code), ""
    lines = answer.text.splitlines() if answer.mimetype == "application/x-ndjson" else [answer.text]
    return path, role, "200", " ".join(sorted(names([json.loads(line) for line in lines])))


def test_every_role_reads_the_fields_of_the_golden_list_and_who_nobody_is(told):
    rows = [HEADER]
    for path in EVERYTHING:
        for role, actor in told.everybody().items():
            answer = told.ask(actor, address(told, path, role))
            assert [canary for canary in CANARIES if canary in answer.text + str(answer.headers)] == [], (role, path)
            rows.append(row_of(path, role, answer))
    if os.environ.get("WRITE_FIELDS"):
        with GOLDEN.open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    with GOLDEN.open(newline="") as file:
        assert rows == [tuple(row) for row in csv.reader(file)]


def test_nobody_outside_reads_an_id_a_time_of_recording_or_a_counter():
    with GOLDEN.open(newline="") as file:
        rows = list(csv.DictReader(file))
    # The id of a fee item or of a rule of law is a public code.
    public = ("/reference-data", "/legal-rules")
    outside = [row for row in rows if row["role"] in OUTSIDE and not row["path"].startswith(public)]
    assert len(outside) > 50
    assert [
        row for row in outside if NEVER_OUTSIDE & {part for name in row["fields"].split() for part in name.split(".")}
    ] == []


def test_a_canary_would_be_found(told):
    with told.database.read_session() as session:
        known = session.scalars(select(Jobseeker.id).where(Jobseeker.reference == "JS-1")).all()
        (person,) = persons(session, LOCAL_OPERATOR, known).values()
    assert [canary for canary in CANARIES if canary in repr(person)] != []


def test_every_route_that_reads_is_looked_at(told):
    looked_at = set()
    adapter = told.app.url_map.bind("127.0.0.1")
    for path in EVERYTHING:
        endpoint, _ = adapter.match(f"/api/v1{address(told, path, 'case_worker')}".partition("?")[0])
        looked_at.add(endpoint)
    ours = {
        rule.endpoint
        for rule in told.app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in BLUEPRINTS and "GET" in (rule.methods or ())
    }
    assert ours - looked_at == set()


def test_a_history_of_the_law_tells_outside_neither_who_nor_when():
    with GOLDEN.open(newline="") as file:
        rows = {row["role"]: row["fields"].split() for row in csv.DictReader(file) if row["path"].endswith("/history")}
    told = {"revisions.edited_by", "revisions.recorded_at"}
    assert {role for role, fields in rows.items() if told & set(fields)} == rows.keys() - OUTSIDE
