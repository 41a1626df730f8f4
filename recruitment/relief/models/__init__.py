"""The tables of relief."""

from __future__ import annotations

from recruitment.relief.models.agreements import (
    Agreement,
    Departure,
    Instalment,
    InstalmentEnding,
    NoticedRecovery,
    OutsidePayment,
    Recovered,
    Recovery,
    RecoveryNotice,
    Signature,
)
from recruitment.relief.models.cases import (
    CohortRateRow,
    Confirmation,
    Entitlement,
    EntitlementAmount,
    ReliefCase,
    ReliefCaseEvent,
)
from recruitment.relief.models.register import Announcement, Creditor, RegisterDebt, RegisterDebtLine

APPEND_ONLY = (
    "relief_creditors", "relief_announcements", "relief_case_events", "relief_debts", "relief_debt_lines",
    "relief_cohort_rates", "relief_entitlements", "relief_entitlement_amounts", "relief_confirmations",
    "relief_agreements", "relief_instalments", "relief_instalment_endings", "relief_signatures",
    "relief_outside_payments", "relief_departures", "relief_recoveries", "relief_recovery_notices",
    "relief_noticed_recoveries", "relief_recovered",
)  # fmt: skip
"""Tables of this room that nobody may change or delete from. Of a case only its standing changes."""

__all__ = [
    "APPEND_ONLY",
    "Agreement",
    "Announcement",
    "CohortRateRow",
    "Confirmation",
    "Creditor",
    "Departure",
    "Entitlement",
    "EntitlementAmount",
    "Instalment",
    "InstalmentEnding",
    "NoticedRecovery",
    "OutsidePayment",
    "Recovered",
    "Recovery",
    "RecoveryNotice",
    "RegisterDebt",
    "RegisterDebtLine",
    "ReliefCase",
    "ReliefCaseEvent",
    "Signature",
]
