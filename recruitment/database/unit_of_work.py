"""One unit of work at the edge: the only place that commits.

    database = Database(settings)
    with database.unit_of_work() as session:
        outcome = service.verb(session, actor, …)
    # committed here, before anybody is told

Services never commit. What must not be kept (a dry run, a replay, a refused file) leaves the block by an exception.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from recruitment.core.errors import Conflict, Unavailable
from recruitment.database.engine import build_engine, for_writing
from recruitment.database.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recruitment.core.settings import Settings


class WriteConflict(Conflict):
    """Two writers met, and the database kept the other one."""

    code = "database.write_conflict"


class DatabaseUnreachable(Unavailable):
    """The database does not answer, is locked by others, or was never made."""

    code = "database.unreachable"


class Database:
    """One database with the vault that guards its personal fields. Made once, by the composition root."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.engine = build_engine(settings.database_url)
        self.vault = Vault(settings.key_path)
        self._writer = for_writing(self.engine)
        # What never changes once it is committed, kept for the life of the process (rooms name their own keys).
        self._cache: dict[str, set[Any]] = {}

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """Open a session that commits when the block ends, and keeps nothing when it raises.

        Raises ``WriteConflict`` when a constraint refuses at the commit, ``DatabaseUnreachable`` when it cannot answer.
        """
        with Session(self._writer, expire_on_commit=False, info={"vault": self.vault, "cache": self._cache}) as session:
            try:
                yield session
                session.commit()
            except IntegrityError as error:
                raise WriteConflict("Something else changed the same record. Nothing was saved; try again.") from error
            except OperationalError as error:
                raise _unreachable(error) from error

    @contextmanager
    def read_session(self) -> Iterator[Session]:
        """Open a session for reading: one consistent view, nothing to commit."""
        with Session(self.engine, expire_on_commit=False, info={"vault": self.vault, "cache": self._cache}) as session:
            try:
                yield session
            except OperationalError as error:
                raise _unreachable(error) from error

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _unreachable(error: OperationalError) -> DatabaseUnreachable:
    reason = str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
    hint = " Run: recruitment database upgrade" if "no such table" in reason else ""
    return DatabaseUnreachable(f"The database cannot be used: {reason}.{hint}")
