"""Whose the tables of the fund are.

The people of a fund operator see what is their operator's own, under pseudonyms: accounts are sealed, and names are in no
table here. A CSO sees what is paid to its people. Agencies, employers, partners and operators of the house see nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core.actor import Audience
from recruitment.database.scoping import guard, organisation_of, own_organisation, seen, within
from recruitment.fund.models import (
    BankAnswer,
    BankAnswerLine,
    CashHandover,
    Due,
    DueEnding,
    Payee,
    PayeeCallBack,
    Payment,
    PaymentEventRow,
    PaymentPlan,
    PlanApproval,
    PlanEventRow,
    PlanFile,
    PlanItem,
    PlanLock,
    PlanRelease,
    Pot,
    Receipt,
    ReceiptPart,
    ReceiptReversal,
    SuspenseEnding,
)
from recruitment.jobseekers.models import Jobseeker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recruitment.database.scoping import Expected

_FUND = Audience.STAFF
_CSO = (Audience.SUPERVISOR, Audience.FIELDWORKER)
_own = own_organisation("operator_id")
_of_own: Mapping[Audience, Mapping[str, Expected]] = {_FUND: {"operator_id": organisation_of}}

for _of_operator in (Pot, Receipt, PaymentPlan, BankAnswer, BankAnswerLine):
    guard(_of_operator, read={_FUND: _own}, write=_of_own)
for _of_receipt in (ReceiptPart, ReceiptReversal):
    guard(_of_receipt, read={_FUND: within("receipt_id", Receipt)}, write={_FUND: {"receipt_id": seen(Receipt)}})
for _of_plan in (PlanItem, PlanLock, PlanFile, PlanApproval, PlanRelease, PlanEventRow):
    guard(_of_plan, read={_FUND: within("plan_id", PaymentPlan)}, write={_FUND: {"plan_id": seen(PaymentPlan)}})

guard(Due, read={_FUND: _own, **dict.fromkeys(_CSO, within("jobseeker_id", Jobseeker))})
guard(DueEnding, read=dict.fromkeys((_FUND, *_CSO), within("due_id", Due)))
guard(
    Payee,
    # Whoever is to be paid by an operator has an account that its people may look at.
    read={_FUND: within("party_id", Due, "party_id"), **dict.fromkeys(_CSO, within("jobseeker_id", Jobseeker))},
    write={audience: {"jobseeker_id": seen(Jobseeker)} for audience in _CSO},
)
guard(
    PayeeCallBack,
    read=dict.fromkeys((_FUND, *_CSO), within("payee_id", Payee)),
    write={audience: {"payee_id": seen(Payee)} for audience in _CSO},
)
guard(
    Payment,
    read={_FUND: _own, **dict.fromkeys(_CSO, within("due_id", Due))},
    write={**_of_own, **{audience: {"due_id": seen(Due)} for audience in _CSO}},
)
guard(
    PaymentEventRow,
    read=dict.fromkeys((_FUND, *_CSO), within("payment_id", Payment)),
    write={audience: {"payment_id": seen(Payment)} for audience in (_FUND, *_CSO)},
)
guard(
    CashHandover,
    read=dict.fromkeys((_FUND, *_CSO), within("payment_id", Payment)),
    write={_FUND: {"payment_id": seen(Payment)}},
)
guard(
    SuspenseEnding,
    read={_FUND: within("line_id", BankAnswerLine)},
    write={_FUND: {"line_id": seen(BankAnswerLine)}},
)
