"""Reads JSON that has exactly one meaning and one spelling, and refuses all other.

Two programs may take different values of a name that stands twice, different values of a large number, and show text
alike that is not. So: no duplicate names, whole numbers of at most 53 bits, text in NFC without invisible controls.
Source: RFC 8785 and, for what it is built on, RFC 7493 (I-JSON).
"""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime
from typing import Any, NoReturn

import rfc8785

CREDENTIAL_BYTES_MAX = 65_536
BUNDLE_BYTES_MAX = 64 * 1024 * 1024
DEPTH_MAX = 20
_NUMBER_MAX = 2**53 - 1

_MISLEADING = re.compile(
    # Controls; marks and overrides of direction; separators of lines; the byte order mark; what is
    # drawn as nothing; noncharacters; private use.
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\ufe00-\ufe0f\ufeff\ufff0-\uffff\ue000-\uf8ff\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)
"""Zero-width spaces and joiners (U+200B to U+200D) stay: Khmer, Burmese and Nepali are not spelled without them."""

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)


class Refused(ValueError):
    """What was given cannot be taken; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_plain(text: str) -> bool:
    """Say whether a text is in NFC and has no character that is not seen or that misleads."""
    return unicodedata.is_normalized("NFC", text) and _MISLEADING.search(text) is None


def plain(text: str) -> str:
    """Return the text in NFC, without the characters that may not stand in a statement."""
    return unicodedata.normalize("NFC", _MISLEADING.sub("", unicodedata.normalize("NFC", text)))


def read_json(content: bytes, size_max: int = CREDENTIAL_BYTES_MAX) -> dict[str, Any]:
    """Return the one object that ``content`` spells. Raises ``Refused``."""
    if len(content) > size_max:
        raise Refused("too_long")
    _refuse_depth(content)
    try:
        found = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_whole_number,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
    except Refused:
        raise
    except (ValueError, RecursionError):
        raise Refused("malformed") from None
    if not isinstance(found, dict):
        raise Refused("malformed")
    _refuse_text(found)
    return found


def canonical(value: Any) -> bytes:
    """Return the one spelling of ``value`` by RFC 8785. Raises ``Refused``."""
    try:
        return rfc8785.dumps(value)
    except (ValueError, TypeError, RecursionError):
        raise Refused("malformed") from None


def instant(text: object) -> datetime:
    """Read an instant that is spelled in the one way that is allowed: ``2026-12-01T00:00:00Z``. Raises ``Refused``."""
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        raise Refused("malformed")
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Refused("malformed") from None


def object_with(value: object, names: frozenset[str]) -> dict[str, Any]:
    """Return ``value`` when it is an object with exactly these names. Raises ``Refused``."""
    if not isinstance(value, dict) or value.keys() != names:
        raise Refused("malformed")
    return value


# The closing mark may be missing: then the text goes on to the end, and nothing is looked at twice.
_OPENING_OR_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


def _refuse_depth(content: bytes) -> None:
    # Before the parser sees it: how deep a parser may go is different from one to the next, and some crash.
    depth = 0
    for found in _OPENING_OR_TEXT.finditer(content):
        mark = found[0]
        if mark in {b"[", b"{"}:
            depth += 1
            if depth > DEPTH_MAX:
                raise Refused("too_deep")
        elif mark in {b"]", b"}"}:
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("duplicate_key")
    return found


def _whole_number(digits: str) -> int:
    # "-0" is another spelling of 0, and one that some programs keep apart.
    if len(digits) > 17 or digits == "-0" or abs(number := int(digits)) > _NUMBER_MAX:
        raise Refused("number_unfit")
    return number


def _refuse_number(_digits: str) -> NoReturn:
    raise Refused("number_unfit")


def has_truth_values(value: object) -> bool:
    """Say whether a truth value stands anywhere in ``value``: a statement has none."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, bool) or any(map(has_truth_values, inner))


def _refuse_text(value: object) -> None:
    if isinstance(value, str):
        if not is_plain(value):
            raise Refused("text_unfit")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _refuse_text(name)
            _refuse_text(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_text(inner)
