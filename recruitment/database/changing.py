"""Changing rows in place: ``update`` and ``delete`` of a mapped class, within the scope of the session.

The session keeps no objects that would have to follow, and to find them it would read the table past its mapped class,
which a limited scope refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from sqlalchemy import CursorResult, Delete, Update
    from sqlalchemy.orm import Session


def change(session: Session, statement: Update | Delete) -> int:
    """Execute ``statement``, and return how many rows it changed or deleted."""
    done = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[tuple[()]]", done).rowcount
