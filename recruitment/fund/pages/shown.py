"""What the pages of the fund share: their blueprint, words for codes, and how a refusal is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from recruitment.core.errors import Conflict, InvalidInput, NotPermitted, RuleBroken
from recruitment.fund.errors import NotByThisPerson
from recruitment.fund.rules.matching import Detail, NextStep
from recruitment.fund.rules.words import NEXT_STEPS
from recruitment.sheets.errors import FileRefused
from recruitment.web.errors import status_of
from recruitment.web.pagination import Asked
from recruitment.web.templating import words

if TYPE_CHECKING:
    from recruitment.core.errors import RecruitmentError

pages = Blueprint("fund_pages", __name__)

CURSOR_MAX = 400
REFUSALS = (InvalidInput, RuleBroken, Conflict, NotByThisPerson)
"""What is told on the page that the form is on; all else has a page of its own."""

_PROBLEMS_SHOWN = 100
_WORDS = {
    "csv": "CSV", "xlsx": "Excel (.xlsx)", "pain001": "ISO 20022 (pain.001)", "camt053": "camt.053", "bank": "To bank accounts",
    "mobile_money": "Mobile money", "cash": "Cash before two witnesses", "receipt": "A receipt", "payment": "A payment",
    "given_back": "Given back", "mistake_of_bank": "A mistake of the bank", "up_to_30": "Up to 30 days",
    "up_to_60": "31 to 60 days", "up_to_90": "61 to 90 days", "over_90": "Over 90 days", "not_yet": "Not due yet",
    "partly": "Only in part", "annual": "Annual contribution", "one_off": "Single gift", "recovery": "Recovered",
    "unknown": "Nobody could match it", "in": "In", "out": "Out",
}  # fmt: skip
_DETAILS = {
    Detail.IN_PARTS: "paid in parts",
    Detail.AMOUNT_LESS: "less than it was to be",
    Detail.AMOUNT_MORE: "more than it was to be",
    Detail.REFERENCE_MISSING: "the bank names no reference of ours",
    Detail.REFERENCE_UNKNOWN: "we know no such reference",
    Detail.WRONG_CURRENCY: "another currency than the payment",
    Detail.OTHER_ACCOUNT: "another account than the payment was sent from",
    Detail.OTHER_PLAN: "the payment is in another plan",
    Detail.BATCH_DIFFERS: "booked as one sum that is not the plan’s",
    Detail.NOT_SENT: "the payment was not sent",
    Detail.PAID_TWICE: "paid a second time",
    Detail.ALREADY_ENDED: "the payment had failed or come back before",
    Detail.RETURNS_SECOND: "gives back what was paid twice",
    Detail.RETURNED_OTHER_AMOUNT: "came back with another amount",
    Detail.RETURNED_AFTER_CONFIRMATION: "came back after the worker had confirmed it",
    Detail.WRONG_DIRECTION: "the money goes the other way",
}


@pages.app_template_filter()
def fund_words(code: str) -> str:
    """Return what a code of the fund is called on a page."""
    return _WORDS.get(str(code)) or words(str(code))


@pages.app_template_filter()
def fund_detail(detail: Detail) -> str:
    """Return in words what is particular about a line."""
    return _DETAILS[detail]


@pages.app_template_filter()
def fund_step(step: NextStep) -> str:
    """Return the next step about a line as a sentence."""
    return NEXT_STEPS[step]


def asked(limit: int, name: str = "after") -> Asked:
    """Return the page of a list that the address asks for."""
    return Asked(shown(name, CURSOR_MAX), limit)


def shown(name: str, longest: int) -> str | None:
    """Return a word of the address; what nobody could have meant is as if it were not there."""
    given = request.args.get(name, "")
    return given if 0 < len(given) <= longest and given.isprintable() else None


def told(refused: RecruitmentError | None) -> dict[str, object]:
    """Return what a page shows of a refusal: the sentence, beside which fields, and what is wrong with a file."""
    problems = refused.problems if isinstance(refused, FileRefused) else []
    of_fields = dict.fromkeys(refused.facts, refused.detail) if isinstance(refused, InvalidInput) else {}
    return {
        "error": refused.detail if refused else None,
        "problems": of_fields,
        "file_problems": problems[:_PROBLEMS_SHOWN],
        "more_problems": max(len(problems) - _PROBLEMS_SHOWN, 0),
    }


def status(refused: RecruitmentError) -> int:
    """Return the status of a page that tells a refusal."""
    return 403 if isinstance(refused, NotPermitted) else status_of(refused)


def as_file(content: bytes, name: str, kind: str, **headers: str) -> Response:
    """Answer with a file to be kept."""
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers.extend(headers)
    return response
