"""Whose the tables of this room are.

A partner reads the certificates of cohorts whose employers stand in its supply chain today. A CSO sees those of its
people, and their shares. Agencies and employers see nothing here, and neither does anybody before sign-in: the public
check opens a session of the house and asks for one code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, bindparam, or_, select
from sqlalchemy.orm import aliased

from recruitment.certificates.models import (
    Certificate,
    CertificateAssessment,
    CertificateCohort,
    CertificateEmployer,
    CertificateEvent,
    CertificateKey,
    CertificateKeyEnd,
    CertificateLogHead,
    CertificateLogLeaf,
    CertificatePaper,
    CertificateReview,
    CertificateRound,
    CertificateSample,
    CertificateSampleMember,
    CertificateShare,
    CertificateShareEnd,
    PersonCertificate,
    PersonCertificateEvent,
    StatusList,
)
from recruitment.core import clock
from recruitment.core.actor import Audience
from recruitment.database.scoping import guard, organisation_of, own_organisation, seen, within
from recruitment.journeys.models import Journey
from recruitment.partners.models import SupplyChain

if TYPE_CHECKING:
    from collections.abc import Callable

    from recruitment.core.actor import Scope
    from recruitment.database.scoping import Criterion

_CSO = (Audience.SUPERVISOR, Audience.FIELDWORKER)


def _bought_from(column: str) -> Callable[[Scope], Criterion]:
    """Let a partner see the rows whose ``column`` names a certificate, or an employer, of its supply chain today."""

    def of(scope: Scope) -> Criterion:
        chain, party = aliased(SupplyChain), aliased(CertificateEmployer)

        def criterion(row: Any) -> Any:
            # Asked anew at each execution: a condition is made once for a scope, and a process lives for weeks.
            today = bindparam(None, callable_=clock.today, type_=Date())
            employers = select(chain.employer_id).where(
                chain.partner_id == scope.organisation,
                chain.valid_from <= today,
                or_(chain.valid_until.is_(None), chain.valid_until >= today),
            )
            if column == "employer_id":
                return row.employer_id.in_(employers)
            return getattr(row, column).in_(select(party.certificate_id).where(party.employer_id.in_(employers)))

        return criterion

    return of


guard(Certificate, read={Audience.PARTNER: _bought_from("id")})
guard(CertificateEmployer, read={Audience.PARTNER: _bought_from("employer_id")})
guard(
    CertificateEvent,
    read={
        Audience.PARTNER: _bought_from("certificate_id"),
        # Where the certificate of a person stands is where that of their cohort stands.
        **dict.fromkeys(_CSO, within("certificate_id", PersonCertificate, key="certificate_id")),
    },
)
guard(
    CertificateReview,
    read={Audience.PARTNER: own_organisation("partner_id")},
    write={Audience.PARTNER: {"partner_id": organisation_of, "certificate_id": seen(Certificate)}},
)
guard(PersonCertificate, read=dict.fromkeys(_CSO, within("journey_id", Journey)))
guard(PersonCertificateEvent, read=dict.fromkeys(_CSO, within("certificate_id", PersonCertificate)))
guard(
    CertificateShare,
    read=dict.fromkeys(_CSO, within("journey_id", Journey)),
    write={audience: {"journey_id": seen(Journey)} for audience in _CSO},
)
guard(
    CertificateShareEnd,
    read=dict.fromkeys(_CSO, within("share_id", CertificateShare)),
    write={audience: {"share_id": seen(CertificateShare)} for audience in _CSO},
)
for _inside in (
    CertificateKey, CertificateKeyEnd, CertificateCohort, CertificateSample, CertificateSampleMember, CertificateRound,
    CertificateAssessment, CertificatePaper, CertificateLogLeaf, CertificateLogHead, StatusList,
):  # fmt: skip
    guard(_inside)
