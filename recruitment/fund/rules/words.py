"""Sentences for what the fund tells about a due or a line of a bank. Codes stay codes; people read these."""

from __future__ import annotations

from recruitment.fund.rules.fitting import Hindrance
from recruitment.fund.rules.matching import NextStep

HINDRANCES: dict[Hindrance, str] = {
    Hindrance.ENDED: "It is no longer to be paid.",
    Hindrance.TAKEN: "It is in another locked plan, or paid.",
    Hindrance.NOT_DUE_YET: "It is not due by the day of payment.",
    Hindrance.OTHER_CURRENCY: "It is in another currency than the plan.",
    Hindrance.NOT_PAID_BY_POT: "This pot does not pay for its purpose.",
    Hindrance.OTHER_EARMARK: "This pot is for another supply chain.",
    Hindrance.NOT_IN_FOLLOWED: "Its payment in the plan before did not fail and was not returned.",
    Hindrance.NO_PAYEE: "There is no account of the payee yet.",
    Hindrance.OTHER_METHOD: "The payee is paid in another way than the plan pays.",
    Hindrance.PAYEE_WAITING: "The payee's account was changed: it waits 48 hours, and for a call back.",
    Hindrance.PAYEE_DENIED: "The payee said that the account is not theirs.",
    Hindrance.ACCOUNT_SHARED: "Several people gave this account, and the payee was not called back about it.",
    Hindrance.PERSON_GONE: "The payee was erased.",
}

NEXT_STEPS: dict[NextStep, str] = {
    NextStep.NOTHING: "Nothing is to be done.",
    NextStep.ASK_THE_WORKER: "Ask the worker what they received.",
    NextStep.CORRECT_THE_ACCOUNT: "Ask the payee for the right account, then pay it in a plan that follows.",
    NextStep.ASK_THE_BANK: "Ask the bank what it paid, and explain the line.",
    NextStep.ASK_THE_BANK_BACK: "The bank paid what it was not to pay: ask for it back.",
    NextStep.ASK_THE_WORKER_AGAIN: "The worker confirmed it and the bank returned it: ask the worker again.",
    NextStep.EXPLAIN: "Say what this money is.",
}
