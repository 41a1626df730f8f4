"""Column types that mean the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, DateTime, LargeBinary, String, TypeDecorator, Uuid

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

Id = Uuid
"""An identity: ``uuid`` on PostgreSQL, 32 hexadecimal digits on SQLite."""

MinorUnits = BigInteger
"""An amount in minor units; its currency stands in a column beside it."""

Code = String(40)
"""A code of ours: a fee item, a stage, a corridor."""

Reference = String(80)
"""A reference that a sender made."""

Digest = LargeBinary(32)
"""A SHA-256, 32 bytes."""


class UtcInstant(TypeDecorator[datetime]):
    """An instant with a time zone, in UTC. SQLite has no time zones, so there it is stored without and read with one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse an instant without a time zone, and give the driver UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - given
        """Return the instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
