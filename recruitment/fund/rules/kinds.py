"""The words of the fund: pots, who gives, what a payment is for, and what became of a line of a bank."""

from __future__ import annotations

from enum import StrEnum


class PotKind(StrEnum):
    """What the money of a pot is for. ``suspense`` holds what nobody could match yet; it pays nothing out."""

    DEBT_RELIEF = "debt_relief"
    VICTIM_SUPPORT = "victim_support"
    UNCONDITIONAL_CASH = "unconditional_cash"
    SUSPENSE = "suspense"


class DonorClass(StrEnum):
    """Who gives, as far as the books know."""

    PARTNER = "partner"
    FOUNDATION = "foundation"
    PUBLIC = "public"
    INDIVIDUAL = "individual"
    OTHER = "other"


class ReceiptKind(StrEnum):
    """Why money came in. Of an annual contribution a share goes to the Victim Support Fund."""

    ANNUAL = "annual"
    ONE_OFF = "one_off"
    RECOVERY = "recovery"


class Purpose(StrEnum):
    """What a payment is for."""

    REIMBURSEMENT = "reimbursement"
    ADVANCE = "advance"
    CO_FINANCING = "co_financing"
    UNCONDITIONAL_CASH = "unconditional_cash"


POT_PAYS: dict[PotKind, frozenset[Purpose]] = {
    PotKind.DEBT_RELIEF: frozenset({Purpose.REIMBURSEMENT, Purpose.ADVANCE, Purpose.CO_FINANCING}),
    PotKind.VICTIM_SUPPORT: frozenset({Purpose.REIMBURSEMENT, Purpose.UNCONDITIONAL_CASH}),
    PotKind.UNCONDITIONAL_CASH: frozenset({Purpose.UNCONDITIONAL_CASH}),
    PotKind.SUSPENSE: frozenset(),
}
"""What each pot may pay for."""


class DueEnd(StrEnum):
    """Why something is no longer to be paid."""

    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    ALL_AT_ONCE = "all_at_once"
    INCENTIVE_STOPPED = "incentive_stopped"


class CallBack(StrEnum):
    """What the payee said when they were called about a changed account."""

    CONFIRMED = "confirmed"
    DENIED = "denied"


class AnswerOutcome(StrEnum):
    """What became of a line of a bank's answer."""

    MATCHED = "matched"
    PARTLY = "partly"
    RETURNED = "returned"
    FAILED = "failed"
    RECEIPT = "receipt"
    UNKNOWN = "unknown"


class SuspenseEnd(StrEnum):
    """How a line that nobody could match was explained."""

    RECEIPT = "receipt"
    PAYMENT = "payment"
    GIVEN_BACK = "given_back"
    MISTAKE_OF_BANK = "mistake_of_bank"
