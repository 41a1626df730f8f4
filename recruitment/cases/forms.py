"""What moves a case, from a body or a form: the same words either way, without Flask."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from recruitment.cases import services
from recruitment.cases.errors import MoveIncomplete
from recruitment.cases.rules import Action, AskedParty, CaseKind, LateReason, ReopenReason, State
from recruitment.cases.services import Asking, Doing, NewAnswer, NewCase, Reopening
from recruitment.core import clock
from recruitment.fees.rules import StatementChannel
from recruitment.interviews.rules import ZONES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor

Code = TypeVar("Code", bound=StrEnum)

NOTE_MAX = 2000
TEXT_MAX = 2000
_WANTED = {
    State.ASKED: {"asked": True, "late_reason": False, "note": False},
    State.ACTIONED: {"action": True, "acted_on": True, "note": False},
    State.OPENED: {"reason": True, "note": False},
}
"""What a move to a state brings beside it, and whether it must."""


def move(session: Session, actor: Actor, reference: str, given: Mapping[str, Any]) -> None:
    """Make the move that somebody sent. Raises ``MoveIncomplete``, and what ``ask``, ``act`` and ``reopen`` raise."""
    to, seen = given["to"], given["seen"]
    brought = {name: value for name, value in given.items() if name not in {"to", "seen"} and value is not None}
    if to not in _WANTED:
        raise MoveIncomplete(
            "A case is moved to asked, actioned or opened. Workers are asked by a round of validation, and a case is "
            "closed by its closing.",
            to="not one of asked, actioned, opened",
        )
    parts = _WANTED[to]
    missing = [name for name, needed in parts.items() if needed and name not in brought]
    if missing or brought.keys() - parts.keys():
        wrong = dict.fromkeys(missing, "missing") | dict.fromkeys(
            brought.keys() - parts.keys(), "does not belong to this move"
        )
        told = ", ".join(f"{name} ({what})" for name, what in sorted(wrong.items()))
        raise MoveIncomplete(f"The move to {to.value} does not fit: {told}.", **wrong)
    if to is State.ASKED:
        services.ask(session, actor, reference, seen, Asking(**brought))
    elif to is State.ACTIONED:
        services.act(session, actor, reference, seen, Doing(**brought))
    else:
        services.reopen(session, actor, reference, seen, Reopening(**brought))


def move_of(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the move of a filled form. Raises ``MoveIncomplete``."""
    return {
        "to": _code(form, "to", State),
        "seen": seen(form),
        "asked": _code(form, "asked", AskedParty),
        "late_reason": _code(form, "late_reason", LateReason),
        "action": _code(form, "action", Action),
        "acted_on": _day(form, "acted_on") if _text(form, "acted_on") else None,
        "reason": _code(form, "reason", ReopenReason),
        "note": _text(form, "note") or None,
    }


def seen(form: Mapping[str, str]) -> int:
    """Return the number of the event that somebody saw. Raises ``MoveIncomplete``."""
    text = _text(form, "seen")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise MoveIncomplete(
            "The form does not say which state of the case you saw. Open the case again.", seen="missing"
        )
    return int(text)


def new_case(form: Mapping[str, str]) -> NewCase:
    """Return the case of a filled form. Journeys have blanks between them. Raises ``MoveIncomplete``.

    The time is that of the clock in the place chosen as ``zone``, unless it says its zone itself.
    """
    kind = _code(form, "kind", CaseKind)
    if kind is None:
        raise MoveIncomplete("Choose what the case is about.", kind="missing")
    text, zone = _text(form, "identified_at"), _text(form, "zone")
    try:
        identified_at = datetime.fromisoformat(text)
    except ValueError:
        raise MoveIncomplete(
            "Fill in the day and the time when you were told of it.", identified_at="no time"
        ) from None
    if identified_at.tzinfo is None:
        if zone not in {name for name, _ in zones()}:
            raise MoveIncomplete("Choose whose clock that time was read from.", zone="missing")
        identified_at = identified_at.replace(tzinfo=ZoneInfo(zone))
    return NewCase(kind, tuple(_text(form, "journeys").split()), identified_at, _text(form, "note") or None)


def zones() -> list[tuple[str, str]]:
    """Return the time zones that a form offers: the name (IANA), and a place with how far it is from UTC now."""
    named = sorted({*ZONES.values(), "UTC"}, key=lambda name: name.rpartition("/")[2])
    return [(name, f"{name.rpartition('/')[2].replace('_', ' ')} ({_from_utc(name)})") for name in named]


def _from_utc(zone: str) -> str:
    ahead = f"{clock.now().astimezone(ZoneInfo(zone)):%z}"
    return f"UTC{ahead[:3]}:{ahead[3:]}"


def new_answer(form: Mapping[str, str]) -> NewAnswer:
    """Return the answer of a filled form. Raises ``MoveIncomplete``."""
    channel = _code(form, "channel", StatementChannel)
    if channel is None:
        raise MoveIncomplete("Choose how the worker was asked.", channel="missing")
    return NewAnswer(
        _text(form, "journey"), _yes(form, "right_action"), _yes(form, "well_done"), _yes(form, "effective"), channel,
        _yes(form, "witnessed"), _day(form, "asked_on"),
    )  # fmt: skip


def _yes(form: Mapping[str, str], name: str) -> bool:
    text = _text(form, name)
    if text not in {"yes", "no"}:
        raise MoveIncomplete("Answer every question with yes or no.", **{name: "missing"})
    return text == "yes"


def _day(form: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(_text(form, name))
    except ValueError:
        raise MoveIncomplete("Write the day as year-month-day, such as 2026-03-02.", **{name: "no day"}) from None


def _code(form: Mapping[str, str], name: str, codes: type[Code]) -> Code | None:
    text = _text(form, name)
    if not text:
        return None
    try:
        return codes(text)
    except ValueError:
        raise MoveIncomplete("Choose one of those that the form offers.", **{name: "none of those there are"}) from None


def _text(form: Mapping[str, str], name: str) -> str:
    found = form.get(name, "").strip()
    if len(found) > TEXT_MAX or "\x00" in found:
        raise MoveIncomplete(f"The field {name} has at most {TEXT_MAX} characters. Shorten it.", **{name: "too long"})
    return found
