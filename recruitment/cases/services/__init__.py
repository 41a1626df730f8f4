"""What may be done with cases: open them, move them, ask their workers, close them, read them."""

from recruitment.cases.services.moving import Asking, Doing, Reopening, act, ask, reopen
from recruitment.cases.services.opening import NewCase, add_journeys, open_from_findings, raise_case
from recruitment.cases.services.reading import read
from recruitment.cases.services.validating import NewAnswer, close, record_answer, start_round

__all__ = [
    "Asking",
    "Doing",
    "NewAnswer",
    "NewCase",
    "Reopening",
    "act",
    "add_journeys",
    "ask",
    "close",
    "open_from_findings",
    "raise_case",
    "read",
    "record_answer",
    "reopen",
    "start_round",
]
