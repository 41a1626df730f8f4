"""What the forms of this room's pages bring, without Flask: a mapping of texts in, decisions and answers out."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from recruitment.fees.rules import StatementChannel
from recruitment.verification.errors import FormIncomplete
from recruitment.verification.rules.adjudication import (
    NOTE_MAX,
    AdjudicationReason,
    Evidence,
    EvidenceKind,
    NewAdjudication,
    NewValidation,
    SecondAnswer,
    WorkersAnswer,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

E = TypeVar("E", bound=Enum)

PIECES = 3
"""How many pieces of evidence the form has room for; the API takes more."""

WORDS = {
    "documents_agree": "The documents agree",
    "worker_confirms": "The worker confirms it",
    "agency_admits": "The agency admits it",
    "statement_withdrawn": "A statement was withdrawn",
    "double_counted": "A payment was counted twice",
    "repaid_misfiled": "What was misfiled has been repaid",
    "other": "Something else: say what in the note",
    "none_possible": "none can be had",
    "third_party": "word of a third party",
}
"""What the form calls codes where the code with blanks would not do."""

STATE_WORDS = {
    "awaits_second": "Waits for a second person",
    "refused": "Refused by a second person",
    "awaits_worker": "In force, and waits for the worker: it is below the worker’s own account",
    "holds": "In force",
    "reopened": "New words came in: to be decided anew",
    "superseded": "A later decision took its place",
}


def new_adjudication(form: Mapping[str, str], journey: str, currency: str) -> NewAdjudication:
    """Return the decision that a filled form is. Raises ``FormIncomplete``."""
    pieces = []
    for number in range(1, PIECES + 1):
        kind = _text(form, f"kind_{number}")
        if kind:
            pieces.append(Evidence(_one_of(EvidenceKind, kind, "kind of evidence"), _text(form, f"found_{number}")))
    return NewAdjudication(
        journey=journey,
        fee_item=_needed(form, "fee_item", "item"),
        amount=_needed(form, "amount", "amount"),
        currency=currency,
        reason=_one_of(AdjudicationReason, _text(form, "reason"), "reason"),
        evidence=pieces,
        basis=_needed(form, "basis", "basis"),
        note=_text(form, "note") or None,
    )


def second_answer(form: Mapping[str, str]) -> tuple[SecondAnswer, str]:
    """Return what a second person says, and the basis that they saw. Raises ``FormIncomplete``."""
    return _one_of(SecondAnswer, _text(form, "answer"), "answer"), _text(form, "basis")


def new_validation(form: Mapping[str, str]) -> NewValidation:
    """Return what the worker said. Raises ``FormIncomplete``."""
    try:
        asked_on = date.fromisoformat(_text(form, "asked_on"))
    except ValueError:
        raise FormIncomplete("Say on which day the worker was asked.", asked_on="not a day") from None
    witnessed = _text(form, "witnessed")
    if witnessed not in {"yes", "no"}:
        raise FormIncomplete(
            "Say whether somebody of the agency or employer was there when the worker answered.", witnessed="not said"
        )
    return NewValidation(
        _one_of(WorkersAnswer, _text(form, "answer"), "answer of the worker"),
        _one_of(StatementChannel, _text(form, "channel"), "way in which the worker was asked"),
        asked_on,
        witnessed == "yes",
    )


def _needed(form: Mapping[str, str], name: str, words: str) -> str:
    found = _text(form, name)
    if not found:
        raise FormIncomplete(f"The {words} is missing. Fill it in.", **{name: "missing"})
    return found


def _one_of(kind: type[E], code: str, words: str) -> E:
    try:
        return kind(code)
    except ValueError:
        raise FormIncomplete(f"Choose the {words}.", **{words: "none of those there are"}) from None


def _text(form: Mapping[str, str], name: str) -> str:
    found = " ".join(form.get(name, "").split())
    if len(found) > NOTE_MAX or not found.isprintable():
        raise FormIncomplete(
            f"A field has at most {NOTE_MAX} visible characters. Shorten what is in {name}.", **{name: "too long"}
        )
    return found
