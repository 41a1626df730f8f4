"""Amounts, days and marks as they stand in a statement. A refusal says where, what and how to go on."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from recruitment.banking.answers import Direction
from recruitment.banking.errors import AnswerUnfit
from recruitment.core.currencies import EXPONENTS
from recruitment.core.money import AMOUNT_CAP, AmountNotExact, Minor, to_minor

if TYPE_CHECKING:
    from recruitment.banking.statements.parsing import Node

_AMOUNT = re.compile(r"\+?(?:[0-9]{1,18}(?:\.[0-9]{0,17})?|\.[0-9]{1,17})")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_ASK = "Ask the bank for a corrected statement; nothing of this one was taken over."
REFERENCE_MAX = 140
"""The longest reference that we keep; the schema allows 35 for most and the bank's own format for accounts."""


def unfit(node: Node, what: str) -> AnswerUnfit:
    """Return the refusal: ``what`` is wrong, in the line where ``node`` begins."""
    return AnswerUnfit(f"Line {node.line}, {node.name}: {what} {_ASK}", line=node.line)


def required(node: Node, *paths: str) -> str:
    """Return the text at the first path that has one. Raises ``AnswerUnfit``."""
    text = node.value(*paths)
    if text is None:
        raise unfit(node, f"{' or '.join(paths)} is missing.")
    return text


def reference(node: Node, *paths: str) -> str | None:
    """Return a reference, or None. Raises ``AnswerUnfit`` when it is longer than any reference is."""
    text = node.value(*paths)
    if text is not None and len(text) > REFERENCE_MAX:
        raise unfit(node, f"{paths[0]} has {len(text)} characters, and {REFERENCE_MAX} at most are a reference.")
    return text


def amount(node: Node, path: str, currency: str) -> Minor:
    """Return the amount at ``path`` in minor units. Raises ``AnswerUnfit``, also when it is in another currency."""
    found = node.first(path)
    if found is None:
        raise unfit(node, f"{path} is missing.")
    if found.currency != currency:
        told = f"in {found.currency[:10]}" if found.currency else "without a currency"
        raise unfit(found, f"an amount {told}, on an account in {currency}.")
    text = found.text.strip()
    if not _AMOUNT.fullmatch(text):
        raise unfit(found, f"{text[:40]!r} is not an amount.")
    try:
        minor = to_minor(Decimal(text), currency)
    except AmountNotExact:
        raise unfit(found, f"{text} has more decimals than {currency}, which has {EXPONENTS[currency]}.") from None
    if minor > AMOUNT_CAP:
        raise unfit(found, f"{text} {currency} is more than an account can hold here.")
    return minor


def known_currency(node: Node, code: str | None) -> str:
    """Return the currency of an account. Raises ``AnswerUnfit`` when there is none such."""
    if code not in EXPONENTS:
        raise unfit(node, f"{(code or 'nothing')[:10]!r} is not a currency code of ISO 4217, such as THB.")
    return code


def direction(node: Node) -> Direction:
    """Return whether money came or went. Raises ``AnswerUnfit``."""
    mark = required(node, "CdtDbtInd")
    if mark not in {"CRDT", "DBIT"}:
        raise unfit(node, f"CdtDbtInd is {mark[:10]!r}; it can be CRDT or DBIT.")
    return Direction.CREDIT if mark == "CRDT" else Direction.DEBIT


def truth(node: Node, path: str) -> bool:
    """Return a mark that is true or false, false when it is missing. Raises ``AnswerUnfit``."""
    mark = node.value(path) or "false"
    if mark not in {"true", "false", "1", "0"}:
        raise unfit(node, f"{path} is {mark[:10]!r}; it can be true or false.")
    return mark in {"true", "1"}


def day(node: Node, path: str) -> date | None:
    """Return the day that a bank spelled, as it stands there (its own calendar), or None. Raises ``AnswerUnfit``."""
    text = node.value(f"{path}/Dt")
    if text is None:
        moment = _moment(node, node.value(f"{path}/DtTm"))
        return moment.date() if moment else None
    found = _DAY.fullmatch(text)
    try:
        return date.fromisoformat(found[1] if found else "")
    except ValueError:
        raise unfit(node, f"{text[:40]!r} is not a day, such as 2026-11-22.") from None


def instant(node: Node, text: str | None) -> datetime | None:
    """Return an instant in UTC, or None. A time without a zone is taken for UTC. Raises ``AnswerUnfit``."""
    moment = _moment(node, text)
    if moment is None or moment.tzinfo is None:
        return moment and moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise unfit(node, f"{moment.isoformat()} is outside of the calendar.") from None


def _moment(node: Node, text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise unfit(node, f"{(text or '')[:40]!r} is not a time, such as 2026-11-22T17:00:00+07:00.") from None
