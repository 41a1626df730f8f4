"""The statement of a certificate: exactly its fields, in types that RFC 8785 spells in one way."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from recruitment.certificates.rules import (
    NOT_CHECKED,
    CertificateKind,
    Evidence,
    Frame,
    Level,
    NotChecked,
    Result,
    Scope,
    ToldNumbers,
    not_checked,
    second,
    statement_of,
)
from recruitment.core.errors import InvariantViolated

EVIDENCE = Evidence(Level.A, Level.B, Level.B, Level.A, "2026-Q4")
FRAME = Frame(
    CertificateKind.COHORT, "DC-7Q2M-9KXR-4T", "0" * 32, "did:web:example.org", "2026-11", date(2026, 11, 17),
    datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC),
)  # fmt: skip
LETTER = Scope("Golden Bridge", demand_letter="DL-7", employer="Sea Harvest", corridor="NP-MY")
QUARTER = Scope("Golden Bridge", cohort_quarter="2026-Q3")
NUMBERS = ToldNumbers(20, None, 15, 0, 25)


def of_cohort(**changes: Any):
    known: dict[str, Any] = {"numbers": NUMBERS} | changes
    frame, scope = known.pop("frame", FRAME), known.pop("scope", LETTER)
    return statement_of(frame, scope, Result.DEBT_FREE, EVIDENCE, **known)


def test_that_of_a_cohort():
    assert of_cohort(other_findings=["missing_commitment", "licence_invalid", "missing_commitment"]) == {
        "version": 1,
        "kind": "cohort",
        "reference": "DC-7Q2M-9KXR-4T",
        "nonce": "0" * 32,
        "issuer": "did:web:example.org",
        "release": "2026-11",
        "covered_until": "2026-11-17",
        "valid_from": "2026-12-01T00:00:00Z",
        "valid_until": "2027-03-01T00:00:00Z",
        "scope": {
            "demand_letter": "DL-7",
            "agency": "Golden Bridge",
            "employer": "Sea Harvest",
            "corridor": "NP-MY",
            "cohort_quarter": None,
        },
        "result": "debt_free",
        "evidence": {
            "level": "B",
            "independence": "A",
            "timing": "B",
            "documents": "B",
            "words": "A",
            "heard_by": "an_independent_organisation",
            "quarter": "2026-Q4",
        },
        "numbers": {
            "population": 20,
            "chosen": "all",
            "heard": 15,
            "paid": 0,
            "bound_percent": 25,
            "confidence_percent": 95,
        },
        "subject": None,
        "other_findings": ["licence_invalid", "missing_commitment"],
        "not_checked": [
            "wages", "working_hours", "housing", "documents_held", "subcontractors_not_named",
            "costs_after_covered_until", "people_not_heard",
        ],
    }  # fmt: skip


def test_that_of_a_person_has_a_commitment_and_no_numbers():
    commitment = hashlib.sha256(b"Maung Maung").hexdigest()
    frame = FRAME._replace(kind=CertificateKind.CONFIRMED)
    statement = of_cohort(frame=frame, scope=QUARTER, numbers=None, commitment=commitment)
    assert statement["numbers"] is None
    assert statement["subject"] == {"commitment": commitment}
    assert statement["scope"] == {
        "demand_letter": None, "agency": "Golden Bridge", "employer": None, "corridor": None, "cohort_quarter": "2026-Q3",
    }  # fmt: skip
    assert "Maung" not in str(statement)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_whatever_a_business_is_called_it_can_be_spelled(name):
    spelled = rfc8785.dumps(of_cohort(scope=Scope(name, demand_letter=name)))
    assert rfc8785.dumps(of_cohort(scope=Scope(name, demand_letter=name))) == spelled


def test_one_name_has_one_spelling():
    composed, decomposed = (
        of_cohort(scope=Scope("Caf\u00e9", demand_letter="1")),
        of_cohort(scope=Scope("Cafe\u0301", demand_letter="1")),
    )
    assert composed == decomposed


@pytest.mark.parametrize(
    "changes",
    [
        {"numbers": None},
        {"commitment": "0" * 64},
        {"numbers": None, "commitment": "0" * 64},
        {"frame": FRAME._replace(kind=CertificateKind.CONFIRMED)},
        {"frame": FRAME._replace(kind=CertificateKind.CONFIRMED), "commitment": "0" * 64},
        {"frame": FRAME._replace(kind=CertificateKind.CONFIRMED), "numbers": None, "commitment": "Maung"},
        {"scope": Scope("Golden Bridge")},
        {"scope": Scope("Golden Bridge", demand_letter="DL-7", cohort_quarter="2026-Q3")},
        {"scope": Scope("Golden Bridge", cohort_quarter="2026-Q5")},
        {"scope": Scope(" ", cohort_quarter="2026-Q3")},
        {"frame": FRAME._replace(nonce="0" * 31)},
        {"frame": FRAME._replace(nonce="G" * 32)},
        {"frame": FRAME._replace(reference="7")},
        {"frame": FRAME._replace(issuer="https://example.org")},
        {"frame": FRAME._replace(release="2026-13")},
        {"frame": FRAME._replace(valid_until=FRAME.valid_from)},
        {"frame": FRAME._replace(covered_until=date(2026, 12, 2))},
        {"frame": FRAME._replace(valid_from=FRAME.valid_from + timedelta(microseconds=1))},
        {"frame": FRAME._replace(valid_from=datetime(2026, 12, 1), valid_until=datetime(2027, 3, 1))},  # noqa: DTZ001
    ],
)
def test_what_does_not_fit_together_is_a_mistake_of_ours(changes):
    with pytest.raises(InvariantViolated):
        of_cohort(**changes)


def test_instants_are_spelled_in_utc():
    assert (
        second(datetime(2026, 12, 1, 6, 30, tzinfo=timezone(timedelta(hours=6, minutes=30)))) == "2026-12-01T00:00:00Z"
    )


class TestWhatWasNotChecked:
    def test_people_who_were_not_heard_are_named_where_there_are_any(self):
        assert not_checked(NUMBERS) == not_checked(ToldNumbers(20, 15, None, 0, 10)) == NOT_CHECKED
        assert NotChecked.PEOPLE_NOT_HEARD not in not_checked(ToldNumbers(20, None, None, 0, 0))
        assert not_checked(None) == NOT_CHECKED[:-1]
