"""The tables of the fund."""

from __future__ import annotations

from recruitment.fund.models.answers import BankAnswer, BankAnswerLine, SuspenseEnding
from recruitment.fund.models.payees import Due, DueEnding, Payee, PayeeCallBack
from recruitment.fund.models.plans import (
    CashHandover,
    Payment,
    PaymentEventRow,
    PaymentPlan,
    PlanApproval,
    PlanEventRow,
    PlanFile,
    PlanItem,
    PlanLock,
    PlanRelease,
)
from recruitment.fund.models.pots import Pot, Receipt, ReceiptPart, ReceiptReversal

APPEND_ONLY = (
    "fund_pots", "fund_receipts", "fund_receipt_parts", "fund_receipt_reversals", "fund_payees", "fund_payee_call_backs",
    "fund_dues", "fund_due_endings", "payment_plan_locks", "payment_plan_approvals", "payment_plan_releases",
    "payment_plan_events", "payment_events", "cash_handovers", "bank_answers", "bank_answer_lines", "suspense_endings",
)  # fmt: skip
"""Tables of this room that nobody may change or delete from. Standings, drafts and the bytes of files are not among them."""

__all__ = [
    "APPEND_ONLY",
    "BankAnswer",
    "BankAnswerLine",
    "CashHandover",
    "Due",
    "DueEnding",
    "Payee",
    "PayeeCallBack",
    "Payment",
    "PaymentEventRow",
    "PaymentPlan",
    "PlanApproval",
    "PlanEventRow",
    "PlanFile",
    "PlanItem",
    "PlanLock",
    "PlanRelease",
    "Pot",
    "Receipt",
    "ReceiptPart",
    "ReceiptReversal",
    "SuspenseEnding",
]
