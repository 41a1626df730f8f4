"""The policy as it is checked in (``docs/policy.csv``) is the policy as it is lived: every route, every role.

After a change that is meant: ``WRITE_POLICY=1 make test T=tests/policy``, and read the difference before it is kept.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from recruitment.access.rules.policy import POLICY
from recruitment.core.actor import Audience, Role
from tests.policy.matrix import ANONYMOUS, Line, as_csv, lines

pytestmark = pytest.mark.slow

GOLDEN = Path(__file__).parents[2] / "docs" / "policy.csv"
_FOUND: dict[str, list[Line]] = {}


@pytest.fixture
def found(everybody, engine_name) -> list[Line]:
    """The matrix as this engine lives it, called once in a run."""
    if engine_name not in _FOUND:
        _FOUND[engine_name] = list(lines(everybody))
    return _FOUND[engine_name]


def test_is_what_is_checked_in(found):
    text = as_csv(found)
    if os.environ.get("WRITE_POLICY"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text.splitlines() == GOLDEN.read_text(encoding="utf-8").splitlines()


def test_opens_a_route_to_those_who_hold_its_permission_and_to_nobody_else(found):
    wrong = []
    for line in found:
        for role in Role:
            statuses = line.cells[role].split("/")
            may = line.permission is None or line.permission in POLICY[role].permissions
            if may and statuses[0] in {"401", "403"}:
                wrong.append(f"{role} may {line.method} {line.path}, and is told {statuses[0]}")
            if not may and set(statuses) != {"403"}:
                wrong.append(f"{role} may not {line.method} {line.path}, and is told {line.cells[role]}")
    assert wrong == []


def test_lets_nobody_in_who_has_not_signed_in(found):
    gated = [line for line in found if line.permission is not None]
    doors = {"303"} if gated else set()
    wrong = [
        f"{line.method} {line.path}: {line.cells[ANONYMOUS]}"
        for line in gated
        if not set(line.cells[ANONYMOUS].split("/")) <= ({"401"} if _wants_a_token(line) else doors | {"401"})
    ]
    assert wrong == []


def _wants_a_token(line: Line) -> bool:
    return line.path.startswith("/api/") or line.path == "/metrics"


def test_answers_what_is_somebody_elses_like_what_is_not_there(found):
    outside = [role for role in Role if POLICY[role].audience in {Audience.AGENCY, Audience.EMPLOYER, Audience.PARTNER}]
    caseload = [Role.CSO_FIELDWORKER, Role.CSO_SUPERVISOR]
    register = ("/api/v1/organisations/", "/api/v1/demand-letters/")  # a CSO sees every organisation and letter
    wrong = []
    for line in found:
        for role in [*outside, *caseload]:
            own, *others = line.cells[role].split("/")
            if role in caseload and line.path.startswith(register):
                continue
            if others and len(set(others)) > 1:
                wrong.append(f"{role}: {line.method} {line.path} {line.cells[role]}")
            if others and own.startswith("2") and others[0].startswith("2"):
                wrong.append(f"{role} reads what is somebody else's: {line.method} {line.path}")
    assert wrong == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("403", "200"),  # a door that opens to whom it should not
        ("404/404", "403/404"),  # somebody else's is told from what is not there
    ],
)
def test_a_change_of_one_cell_is_seen(found, before, after):
    text = as_csv(found)
    assert before in text
    assert text.replace(before, after, 1).splitlines() != GOLDEN.read_text(encoding="utf-8").splitlines()


def test_knows_every_role(found):
    assert all(set(line.cells) == {*map(str, Role), ANONYMOUS} for line in found)
    assert len(found) > 80
