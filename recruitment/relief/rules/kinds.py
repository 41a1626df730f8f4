"""The words of relief: instruments, lines of the debt register, and why a case moves."""

from __future__ import annotations

from enum import StrEnum


class Instrument(StrEnum):
    """By what means a debt goes away, or money comes back. Each is apart, in the books too."""

    CANCELLATION = "cancellation"
    TAKE_OVER = "take_over"
    REIMBURSEMENT = "reimbursement"
    ADVANCE = "advance"
    CO_FINANCING = "co_financing"
    UNCONDITIONAL_CASH = "unconditional_cash"


class RegisterLine(StrEnum):
    """What changed a debt of the register."""

    ADDITION = "addition"
    REPAYMENT = "repayment"
    DEDUCTION = "deduction"
    INTEREST = "interest"
    CANCELLED = "cancelled"
    TAKEN_OVER = "taken_over"


class Security(StrEnum):
    """What the creditor holds for a debt. It is returned, never repaid."""

    NOTHING = "nothing"
    LAND = "land"
    GOLD = "gold"
    HOUSE = "house"
    DOCUMENTS = "documents"
    OTHER = "other"


class Answer(StrEnum):
    """What the worker says of what was paid, or written off."""

    ALL = "all"
    LESS = "less"
    NOTHING = "nothing"


class AskedForPart(StrEnum):
    """Whether anybody asked the worker for part of it."""

    NO = "no"
    YES = "yes"
    NOT_SAID = "not_said"


class MoveReason(StrEnum):
    """Why a relief case was withdrawn, disputed or reopened."""

    WORKER_WISHES = "worker_wishes"
    AMOUNT_DISPUTED = "amount_disputed"
    CREDITOR_DISPUTES = "creditor_disputes"
    LESS_RECEIVED = "less_received"
    PART_ASKED_FOR = "part_asked_for"
    RETURNED = "returned"
    DEBT_MADE_AGAIN = "debt_made_again"
    RE_ESTIMATED = "re_estimated"
    MISTAKE = "mistake"


class CohortStatistic(StrEnum):
    """Which number of a cohort stands for it."""

    MEAN = "mean"
    MEDIAN = "median"
    P75 = "p75"
    MAX = "max"
