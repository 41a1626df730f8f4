"""The statement of a certificate: what is signed, logged and drawn on paper. Text, whole numbers, null and lists alone."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

from recruitment.certificates.rules.cohorts import is_quarter
from recruitment.certificates.rules.kinds import CertificateKind
from recruitment.certificates.rules.numbers import CONFIDENCE_PERCENT
from recruitment.core.errors import InvariantViolated

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from recruitment.certificates.rules.evidence import Evidence
    from recruitment.certificates.rules.kinds import Result
    from recruitment.certificates.rules.numbers import ToldNumbers

STATEMENT_VERSION = 1

LIFETIME_DAYS = 90
"""How long a certificate lasts, unless it is set otherwise: three releases, so that what changed cannot stay unseen."""

_NONCE = re.compile(r"[0-9a-f]{32}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_RELEASE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_REFERENCE = re.compile(r"[A-Z]{2}-[0-9A-Z-]+")


class NotChecked(StrEnum):
    """What a certificate does not say, in the order in which it is printed."""

    WAGES = "wages"
    WORKING_HOURS = "working_hours"
    HOUSING = "housing"
    DOCUMENTS_HELD = "documents_held"
    SUBCONTRACTORS_NOT_NAMED = "subcontractors_not_named"
    COSTS_AFTER_COVERED_UNTIL = "costs_after_covered_until"
    PEOPLE_NOT_HEARD = "people_not_heard"


NOT_CHECKED = tuple(NotChecked)


class Scope(NamedTuple):
    """Which recruitment a certificate is about, in words that the public may read: names of businesses, never of people.

    Either ``demand_letter`` or ``cohort_quarter`` is there.
    """

    agency: str
    demand_letter: str | None = None
    employer: str | None = None
    corridor: str | None = None
    cohort_quarter: str | None = None


class Frame(NamedTuple):
    """What every certificate of a release has around its findings.

    ``covered_until`` is the day of the cut-off: nothing that was recorded later went in. ``nonce``: 16 random bytes as
    hexadecimal digits, so that nobody can guess a statement and find it in the log.
    """

    kind: CertificateKind
    reference: str
    nonce: str
    issuer: str
    release: str
    covered_until: date
    valid_from: datetime
    valid_until: datetime


def statement_of(
    frame: Frame,
    scope: Scope,
    result: Result,
    evidence: Evidence,
    *,
    numbers: ToldNumbers | None = None,
    commitment: str | None = None,
    other_findings: Collection[str] = (),
) -> dict[str, object]:
    """Return the statement of a certificate, ready for RFC 8785.

    That of a cohort has ``numbers``, that of a person a ``commitment`` (a SHA-256 of name and salt, made by ``credentials.statement``), never both: beside a
    name, numbers of a group would be read as if they were about the person. Raises ``InvariantViolated`` for what does
    not fit together.
    """
    _refuse_misfits(frame, scope, numbers, commitment)
    return {
        "version": STATEMENT_VERSION,
        "kind": frame.kind.value,
        "reference": frame.reference,
        "nonce": frame.nonce,
        "issuer": frame.issuer,
        "release": frame.release,
        "covered_until": frame.covered_until.isoformat(),
        "valid_from": second(frame.valid_from),
        "valid_until": second(frame.valid_until),
        "scope": {
            "demand_letter": _text(scope.demand_letter),
            "agency": _text(scope.agency),
            "employer": _text(scope.employer),
            "corridor": scope.corridor,
            "cohort_quarter": scope.cohort_quarter,
        },
        "result": result.value,
        "evidence": evidence.document(),
        "numbers": None if numbers is None else _numbers(numbers),
        "subject": None if commitment is None else {"commitment": commitment},
        "other_findings": sorted(set(other_findings)),
        "not_checked": [code.value for code in not_checked(numbers)],
    }


def not_checked(numbers: ToldNumbers | None) -> tuple[NotChecked, ...]:
    """Return what a certificate did not look at. People who were not heard are there where a number of others was."""
    everybody = numbers is None or numbers.is_everybody_heard
    return tuple(code for code in NOT_CHECKED if not (everybody and code is NotChecked.PEOPLE_NOT_HEARD))


def ends_at(valid_from: datetime, lifetime_days: int = LIFETIME_DAYS) -> datetime:
    """Return when a certificate ends that begins at an instant."""
    return valid_from + timedelta(days=lifetime_days)


def second(instant: datetime) -> str:
    """Spell an instant in UTC with whole seconds: ``2026-12-01T00:00:00Z``. Raises ``InvariantViolated`` for a part of one."""
    if instant.tzinfo is None or instant.microsecond:
        raise InvariantViolated("a certificate begins and ends at a whole second, in a time zone")
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _numbers(numbers: ToldNumbers) -> dict[str, object]:
    return {
        "population": numbers.population,
        "chosen": "all" if numbers.chosen is None else numbers.chosen,
        "heard": "all" if numbers.heard is None else numbers.heard,
        "paid": numbers.paid,
        "bound_percent": numbers.bound_percent,
        "confidence_percent": CONFIDENCE_PERCENT,
    }


def _text(text: str | None) -> str | None:
    return None if text is None else normalize("NFC", text)


def _refuse_misfits(frame: Frame, scope: Scope, numbers: ToldNumbers | None, commitment: str | None) -> None:
    is_cohort = frame.kind is CertificateKind.COHORT
    fits = {
        "a cohort has numbers and no subject, a person a subject and no numbers": (numbers is not None) is is_cohort
        and (commitment is None) is is_cohort,
        "a commitment is a SHA-256": commitment is None or _DIGEST.fullmatch(commitment),
        "a scope is a letter or a quarter": (scope.demand_letter is None) is not (scope.cohort_quarter is None),
        "a quarter is spelled like 2026-Q3": scope.cohort_quarter is None or is_quarter(scope.cohort_quarter),
        "an agency has a name": scope.agency.strip(),
        "a nonce has 32 digits": _NONCE.fullmatch(frame.nonce),
        "a reference has two letters and what was drawn": _REFERENCE.fullmatch(frame.reference),
        "an issuer is a did:web": frame.issuer.startswith("did:web:"),
        "a release is a month": _RELEASE.fullmatch(frame.release),
        "a certificate ends after it begins": frame.valid_from < frame.valid_until,
        "a certificate covers the past": frame.covered_until <= frame.valid_from.astimezone(UTC).date(),
    }
    for rule, holds in fits.items():
        if not holds:
            raise InvariantViolated(rule)
