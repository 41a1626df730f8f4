"""Whose the tables of relief are: case workers and auditors see all, a CSO the cases of its people, nobody else any.

Creditors, cohort rates and recoveries are of the inside alone: they tell of more people than one.
"""

from __future__ import annotations

from recruitment.core.actor import Audience
from recruitment.database.scoping import guard, seen, within
from recruitment.jobseekers.models import Jobseeker
from recruitment.relief.models import (
    Agreement,
    Announcement,
    CohortRateRow,
    Confirmation,
    Creditor,
    Departure,
    Entitlement,
    EntitlementAmount,
    Instalment,
    InstalmentEnding,
    NoticedRecovery,
    OutsidePayment,
    Recovered,
    Recovery,
    RecoveryNotice,
    RegisterDebt,
    RegisterDebtLine,
    ReliefCase,
    ReliefCaseEvent,
    Signature,
)

_CSO = (Audience.SUPERVISOR, Audience.FIELDWORKER)

guard(
    ReliefCase,
    read=dict.fromkeys(_CSO, within("jobseeker_id", Jobseeker)),
    write={audience: {"jobseeker_id": seen(Jobseeker)} for audience in _CSO},
)
for _told in (ReliefCaseEvent, Confirmation):
    guard(
        _told,
        read=dict.fromkeys(_CSO, within("case_id", ReliefCase)),
        write={audience: {"case_id": seen(ReliefCase)} for audience in _CSO},
    )
for _of_case in (Departure, RegisterDebt, Entitlement, Agreement):
    guard(_of_case, read=dict.fromkeys(_CSO, within("case_id", ReliefCase)))
guard(RegisterDebtLine, read=dict.fromkeys(_CSO, within("debt_id", RegisterDebt)))
guard(EntitlementAmount, read=dict.fromkeys(_CSO, within("entitlement_id", Entitlement)))
for _of_agreement in (Instalment, Signature, OutsidePayment):
    guard(_of_agreement, read=dict.fromkeys(_CSO, within("agreement_id", Agreement)))
guard(InstalmentEnding, read=dict.fromkeys(_CSO, within("instalment_id", Instalment)))
for _inside in (Creditor, Announcement, CohortRateRow, Recovery, RecoveryNotice, NoticedRecovery, Recovered):
    guard(_inside)
