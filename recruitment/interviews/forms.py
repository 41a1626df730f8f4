"""What the forms of this room's pages bring, without Flask: a mapping of texts in, values out."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from recruitment.core import clock
from recruitment.core.dates import DateInvalid, parse_day
from recruitment.fees.rules import Checkpoint
from recruitment.interviews.errors import AbsenceInvalid, InterviewFilterInvalid, SafeContactInvalid
from recruitment.interviews.rules import (
    CHECKPOINTS,
    LISTED,
    WEEKDAYS,
    AbsenceReason,
    InterviewState,
    NewAbsence,
    NewSafeContact,
    SafeChannel,
    Wanted,
    WhoElseReads,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date
    from enum import StrEnum

    from recruitment.core.errors import InvalidInput

Code = TypeVar("Code", bound="StrEnum")

FILTERS = ("cso", "checkpoint", "state", "on")
"""What the list can be asked for."""


def wanted(query: Mapping[str, str]) -> Wanted:
    """Return which interviews an address asks for. Raises ``InterviewFilterInvalid``."""
    refused = InterviewFilterInvalid
    state = _code(query, "state", InterviewState, refused, [*LISTED, InterviewState.MISSED])
    checkpoint = _code(query, "checkpoint", Checkpoint, refused, CHECKPOINTS)
    cso = _text(query, "cso", refused) or None
    return Wanted(_day(query, "on", refused) or clock.today(), cso, checkpoint, state)


def safe_contact(form: Mapping[str, str], weekdays: Collection[str]) -> NewSafeContact:
    """Return the safe way that a form tells. Raises ``SafeContactInvalid``."""
    refused = SafeContactInvalid
    channel = _code(form, "channel", SafeChannel, refused)
    who = _code(form, "who_else_reads", WhoElseReads, refused)
    if channel is None:
        raise refused("Choose how the person can be reached.", channel="missing")
    if who is None:
        raise refused("Ask who else hears or reads along, and choose it.", who_else_reads="missing")
    return NewSafeContact(
        channel, who, _text(form, "hours_from", refused) or None, _text(form, "hours_until", refused) or None,
        tuple(day for day in WEEKDAYS if day in weekdays), None, _text(form, "words", refused) or None,
    )  # fmt: skip


def absence(form: Mapping[str, str]) -> NewAbsence:
    """Return the absence that a form tells. Raises ``AbsenceInvalid``."""
    refused = AbsenceInvalid
    first, reason = _day(form, "from_on", refused), _code(form, "reason", AbsenceReason, refused)
    if first is None:
        raise refused("Fill in the first day away.", from_on="missing")
    if reason is None:
        raise refused("Choose why the person cannot be reached.", reason="missing")
    until = None if reason is AbsenceReason.MISTAKE else _day(form, "until_on", refused)
    return NewAbsence(first, until, reason, _text(form, "supersedes", refused) or None)


_TEXT_MAX = 1000


def _text(form: Mapping[str, str], name: str, refused: type[InvalidInput]) -> str:
    found = " ".join(form.get(name, "").split())
    if len(found) > _TEXT_MAX or not found.isprintable():
        raise refused(f"The field {name} is too long, or holds what cannot be seen. Shorten it.", **{name: "too long"})
    return found


def _code(
    form: Mapping[str, str],
    name: str,
    kind: type[Code],
    refused: type[InvalidInput],
    known: Collection[Code] | None = None,
) -> Code | None:
    found = _text(form, name, refused)
    if found and found not in (list(kind) if known is None else known):
        raise refused(f"The field {name} holds none of its choices. Choose one.", **{name: "none of those there are"})
    return kind(found) if found else None


def _day(form: Mapping[str, str], name: str, refused: type[InvalidInput]) -> date | None:
    found = _text(form, name, refused)
    try:
        return parse_day(found) if found else None
    except DateInvalid as error:
        raise refused(error.detail, **{name: "no day"}) from None
