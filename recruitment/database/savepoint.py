"""A savepoint: what fails inside is taken back, and the unit of work goes on.

Written out, because the session's own nested transaction costs several times as much as the statement that it guards.
Only for statements of the driver and of Core: what the session itself would write is not looked at.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from recruitment.core.errors import RecruitmentError
from recruitment.database.scoping import bare_connection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """Take back what was written in the block when it is refused, by the database or by a rule; the error goes on."""
    driver: Any = bare_connection(session).connection.driver_connection
    driver.execute("SAVEPOINT recruitment")
    try:
        yield
    except (IntegrityError, RecruitmentError):
        driver.execute("ROLLBACK TO SAVEPOINT recruitment")
        driver.execute("RELEASE SAVEPOINT recruitment")
        raise
    driver.execute("RELEASE SAVEPOINT recruitment")
