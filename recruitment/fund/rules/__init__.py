"""The rules of the fund, pure."""

from recruitment.fund.rules.allocation import RecoveredFrom
from recruitment.fund.rules.fitting import DueState, Hindrance
from recruitment.fund.rules.kinds import (
    AnswerOutcome,
    CallBack,
    DonorClass,
    DueEnd,
    PotKind,
    Purpose,
    ReceiptKind,
    SuspenseEnd,
)
from recruitment.fund.rules.machine import PAYMENT, PLAN, PaymentEvent, PaymentState, PlanEvent, PlanState
from recruitment.fund.rules.matching import Detail, NextStep
from recruitment.fund.rules.payees import PayeeStanding
from recruitment.fund.rules.reads import (
    Added,
    AgeBucket,
    Ageing,
    AnswerRead,
    ApprovalRead,
    DueRead,
    LeftOut,
    LineRead,
    LockRead,
    PayeeRead,
    PaymentEventRead,
    PaymentFile,
    PaymentRead,
    PlanEventRead,
    PlanRead,
    PotBalance,
    PotRead,
    ReceiptRead,
    Spread,
    TimeToMoney,
)
from recruitment.fund.rules.segregation import BackReason
from recruitment.fund.rules.statement import FundStatement, StatementLine

__all__ = [
    "PAYMENT", "PLAN", "Added", "AgeBucket", "Ageing", "AnswerOutcome", "AnswerRead", "ApprovalRead", "BackReason",
    "CallBack", "Detail", "DonorClass", "DueEnd", "DueRead", "DueState", "FundStatement", "Hindrance", "LeftOut",
    "LineRead", "LockRead", "NextStep", "PayeeRead", "PayeeStanding", "PaymentEvent", "PaymentEventRead", "PaymentFile",
    "PaymentRead", "PaymentState", "PlanEvent", "PlanEventRead", "PlanRead", "PlanState", "PotBalance", "PotKind",
    "PotRead", "Purpose", "ReceiptKind", "ReceiptRead", "RecoveredFrom", "Spread", "StatementLine", "SuspenseEnd",
    "TimeToMoney",
]  # fmt: skip
