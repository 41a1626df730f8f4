"""One spelling for one value, so that equal things have equal digests.

Canonical JSON here is sorted, without spaces, in UTF-8, over text, whole numbers, booleans, null, lists and
dictionaries with text keys. Floats are refused: two programs may spell one float differently. It is for digests inside
the house; documents that are signed for others use RFC 8785.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from enum import Enum
from uuid import UUID

import orjson

from recruitment.core.errors import InvariantViolated


def _spell(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    raise InvariantViolated(f"no canonical spelling for {type(value).__name__}")


def instant(value: datetime) -> str:
    """Spell an instant in UTC with microseconds, always of the same length: ``2024-05-01T08:00:00.000000Z``."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS


def canonical_json(value: object) -> bytes:
    """Return the canonical JSON of ``value``. Raises ``InvariantViolated`` for floats and for what has no spelling."""
    _refuse_floats(value)
    return _dump(value)


def digest(value: object) -> bytes:
    """Return the SHA-256 of the canonical JSON of ``value``: 32 bytes."""
    return hashlib.sha256(canonical_json(value)).digest()


def trusted_digest(value: object) -> bytes:
    """Return the same for a value whose builder is known to put no float into it: the look for one costs more than the rest."""
    return hashlib.sha256(_dump(value)).digest()


def _dump(value: object) -> bytes:
    try:
        return orjson.dumps(value, default=_spell, option=_OPTIONS)
    except TypeError as error:
        raise InvariantViolated(f"no canonical spelling: {error}") from error


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise InvariantViolated("a float has no canonical spelling: two programs may spell one float differently")
    if isinstance(value, dict):
        for key, inner in value.items():
            _refuse_floats(key)
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)
