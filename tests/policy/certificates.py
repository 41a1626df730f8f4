"""Certificates and shares put into a world as rows, without a crew that earned them: for who may ask, and not for what."""

from __future__ import annotations

import json
from datetime import timedelta
from secrets import token_bytes
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from recruitment.certificates.models import Certificate, CertificateCohort, CertificateEmployer, CertificateShare
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.ids import new_id, new_reference
from recruitment.credentials.codes import new_code, new_link_token, shown_code
from recruitment.database.bulk import insert_many
from recruitment.employers.models import DemandLetter
from recruitment.journeys.models import Journey
from recruitment.organisations.models import Organisation
from recruitment.releases.models import Release

if TYPE_CHECKING:
    from uuid import UUID

    from recruitment.database.unit_of_work import Database

_LETTERS = {"EM-1": "DL-1", "EM-2": "DL-3"}
_LEVELS = dict.fromkeys(("level", "independence", "timing", "documents", "words"), "A")


def put_certificates(database: Database, period: str) -> dict[str, str]:
    """Put a certificate about workers of EM-1 and one about nobody's, and shares of J-1 and J-4; return their references.

    PT-1 buys from EM-1 and EM-2, so the second is about workers of no employer. ``cohort`` is that of EM-1, ``code`` the code of its certificate.
    """
    found: dict[str, str] = {}
    with database.unit_of_work() as session:
        release = session.scalars(select(Release.id).where(Release.period == period)).one()
        for employer, letter in _LETTERS.items():
            row = session.execute(
                select(DemandLetter.id, DemandLetter.agency_id).where(DemandLetter.reference == letter)
            ).one()
            company = session.scalars(select(Organisation.id).where(Organisation.code == employer)).one()
            cohort = (new_id(), new_reference("CC"), row.id, row.agency_id, None, LOCAL_OPERATOR.id, clock.now())
            _put(
                session,
                CertificateCohort,
                "id reference demand_letter_id agency_id quarter enrolled_by recorded_at",
                cohort,
            )
            certificate = _certificate(cohort[0], release, letter, len(found))
            _put(session, Certificate, " ".join(certificate), tuple(certificate.values()))
            if employer == "EM-1":
                _put(session, CertificateEmployer, "certificate_id employer_id", (certificate["id"], company))
            found |= {employer: certificate["reference"]}
            found.setdefault("cohort", cohort[1])
            found.setdefault("code", shown_code(certificate["code"]))
        for journey in ("J-1", "J-4"):
            id_ = session.scalars(select(Journey.id).where(Journey.reference == journey)).one()
            found[journey] = new_reference("SH")
            share = (
                new_id(), found[journey], id_, token_bytes(32), token_bytes(32), clock.now() + timedelta(days=3),
                LOCAL_OPERATOR.id, clock.now(),
            )  # fmt: skip
            _put(
                session,
                CertificateShare,
                "id reference journey_id code_hash link_hash expires_at made_by recorded_at",
                share,
            )
    return found


def _certificate(cohort: UUID, release: UUID, letter: str, place: int) -> dict[str, Any]:
    now = clock.now().replace(microsecond=0)
    until = now + timedelta(days=90)
    reference = new_reference("DC")
    statement = {
        "version": 1, "kind": "cohort", "reference": reference, "nonce": token_bytes(16).hex(), "issuer": "did:web:x",
        "release": "2026-01", "covered_until": "2026-01-18", "valid_from": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "valid_until": f"{until:%Y-%m-%dT%H:%M:%SZ}",
        "scope": {"demand_letter": letter, "agency": "An agency", "employer": None, "corridor": None, "cohort_quarter": None},
        "result": "debt_free",
        "evidence": {**_LEVELS, "heard_by": "an_independent_organisation", "quarter": "2026-Q1"},
        "numbers": {"population": 10, "chosen": "all", "heard": "all", "paid": 0, "bound_percent": 0, "confidence_percent": 95},
        "subject": None, "other_findings": [], "not_checked": ["wages"],
    }  # fmt: skip
    return {
        "id": new_id(), "reference": reference, "cohort_id": cohort, "release_id": release, "supersedes_id": None,
        "code": new_code(), "link": new_link_token(), "statement": json.dumps(statement), "statement_sha256": token_bytes(32),
        "credential": "{}", "result": "debt_free", "level": "A", "revocation_list": 1, "revocation_index": place,
        "suspension_list": 1, "suspension_index": place, "valid_from": now, "valid_until": until,
        "issued_by": LOCAL_OPERATOR.id, "recorded_at": clock.now(),
    }  # fmt: skip


def _put(session: Any, model: Any, columns: str, row: tuple[Any, ...]) -> None:
    insert_many(session, model.__table__, tuple(columns.split()), [row])
