"""Whose promises, declarations and statements exist for whom.

An agency sees its own declarations, an employer the promises of its own letters. A worker's word, and whatever shows that
there is one, exists for who hears workers, and for nobody else.
"""

from __future__ import annotations

from recruitment.core.actor import Audience
from recruitment.database.scoping import (
    all_rows,
    guard,
    open_to_all,
    organisation_of,
    own_organisation,
    person_of,
    seen,
    within,
)
from recruitment.employers.models import DemandLetter
from recruitment.fees.models import (
    CollateralRow,
    Commitment,
    CorridorRule,
    DebtRow,
    DeclarationLine,
    EarningsRow,
    ExchangeRate,
    FactVersion,
    FeeDeclaration,
    FeeItem,
    RepaymentRow,
    ReportedPaymentRow,
    RuleRevision,
)
from recruitment.journeys.models import Journey

_CASELOAD = (Audience.SUPERVISOR, Audience.FIELDWORKER)
_of_seen_journeys = within("journey_id", Journey)

open_to_all(CorridorRule, ExchangeRate, FeeItem, because="law, rates and fee items are about nobody")
guard(RuleRevision, read=dict.fromkeys(Audience, all_rows), write={Audience.STAFF: {"edited_by_id": person_of}})
guard(
    Commitment,
    read=dict.fromkeys(_CASELOAD, within("demand_letter_id", Journey, "demand_letter_id"))
    | {Audience.STAFF: all_rows, Audience.EMPLOYER: within("demand_letter_id", DemandLetter)},
    write={Audience.EMPLOYER: {"demand_letter_id": seen(DemandLetter)}},
)
# A line of one's caseload is in force unless another declaration supersedes its own, and that one may say nothing of the
# caseload. So who hears workers sees that there are declarations, and of their lines those of the caseload.
guard(
    FeeDeclaration,
    read=dict.fromkeys(_CASELOAD, all_rows) | {Audience.AGENCY: own_organisation("agency_id")},
    write={Audience.AGENCY: {"agency_id": organisation_of, "supersedes_id": seen(FeeDeclaration)}},
)
guard(
    DeclarationLine,
    read=dict.fromkeys(_CASELOAD, _of_seen_journeys) | {Audience.AGENCY: within("declaration_id", FeeDeclaration)},
    write={Audience.AGENCY: {"declaration_id": seen(FeeDeclaration), "journey_id": seen(Journey)}},
)
for _heard in (ReportedPaymentRow, RepaymentRow, DebtRow, CollateralRow, EarningsRow):
    guard(
        _heard,
        read=dict.fromkeys(_CASELOAD, _of_seen_journeys),
        write={audience: {"sender_id": organisation_of, "journey_id": seen(Journey)} for audience in _CASELOAD},
    )
# Whoever files something about a journey counts it up. The count itself would tell them that others did.
guard(
    FactVersion,
    read=dict.fromkeys(_CASELOAD, _of_seen_journeys),
    write={audience: {} for audience in (*_CASELOAD, Audience.AGENCY, Audience.EMPLOYER, Audience.STAFF)},
    upserted=True,
)
