"""One unit of work at the edge: the only place that commits.

    database = Database(settings)
    with database.unit_of_work() as session:
        outcome = service.verb(session, actor, …)
    # committed here, before anybody is told

Services never commit. What must not be kept (a dry run, a replay, a refused file) leaves the block by an exception.

Every session is opened for a scope (``scoping.py``) and keeps it: the command line and the house's own work see every
row, a request what its actor may see.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from recruitment.core.actor import EVERYTHING
from recruitment.core.errors import Conflict, Unavailable
from recruitment.database.engine import build_engine, for_reading, for_writing
from recruitment.database.key_store import KeysOfSession, KeyStore
from recruitment.database.scoping import ScopedSession
from recruitment.database.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from recruitment.core.actor import Scope
    from recruitment.core.settings import Settings


class WriteConflict(Conflict):
    """Two writers met, and the database kept the other one."""

    code = "database.write_conflict"


class DatabaseUnreachable(Unavailable):
    """The database does not answer, is locked by others, or was never made."""

    code = "database.unreachable"


class Database:
    """One database with the vault and the key store that guard its personal fields. Made once, by the composition root."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.engine = build_engine(settings.database_url)
        self.vault = Vault(settings.key_path)
        self.key_store = KeyStore(settings.key_store_url)
        self._writer = for_writing(self.engine)
        self._reader = for_reading(self.engine)
        # What never changes once it is committed, kept for the life of the process (rooms name their own keys).
        self._cache: dict[str, set[Any]] = {}

    @contextmanager
    def unit_of_work(self, scope: Scope = EVERYTHING) -> Iterator[Session]:
        """Open a session of ``scope`` that commits when the block ends, and keeps nothing when it raises.

        Raises ``WriteConflict`` when a constraint refuses at the commit or two writers wait for each other,
        ``DatabaseUnreachable`` when the database cannot answer.
        """
        with self._session(self._writer, scope) as session:
            yield session
            keys: KeysOfSession = session.info["key_store"]
            keys.before_commit()
            session.commit()
            keys.after_commit()

    def until_nothing_is_left(self, do: Callable[[Session], int]) -> int:
        """Call ``do``, each time in a unit of work of its own, until it has nothing left to do; return how much it was.

        ``do`` returns how much it did. For work that comes in batches: what is done is kept when a later batch is refused.
        """
        total = 0
        while True:
            with self.unit_of_work() as session:
                count = do(session)
            if not count:
                return total
            total += count

    @contextmanager
    def read_session(self, scope: Scope = EVERYTHING) -> Iterator[Session]:
        """Open a session of ``scope`` for reading: one consistent view, nothing to commit."""
        with self._session(self._reader, scope) as session:
            yield session

    @contextmanager
    def _session(self, engine: Engine, scope: Scope) -> Iterator[Session]:
        info = {
            "vault": self.vault,
            "key_store": KeysOfSession(self.key_store),
            "cache": self._cache,
            "settings": self.settings,
        }
        with ScopedSession(engine, scope, expire_on_commit=False, info=info) as session:
            try:
                yield session
            except IntegrityError as error:
                raise WriteConflict(_CONFLICT) from error
            except DBAPIError as error:
                expected = _expected(error)
                if expected is None:
                    raise
                raise expected from error

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self.key_store.dispose()


_CONFLICT = "Something else changed the same record. Nothing was saved; try again."
_WRITERS_MET = frozenset({"40001", "40P01"})
_NO_SUCH_TABLE = "42P01"


def _expected(error: DBAPIError) -> WriteConflict | DatabaseUnreachable | None:
    """Return what an error of the driver means to a user; None when it is a mistake of ours."""
    state = getattr(error.orig, "sqlstate", None)
    if state in _WRITERS_MET:
        return WriteConflict(_CONFLICT)
    reason = str(error.orig).strip().partition("\n")[0] if error.orig else "no answer"
    never_made = state == _NO_SUCH_TABLE or "no such table" in reason
    if never_made or isinstance(error, OperationalError) or "not a database" in reason:
        hint = " Run: recruitment database upgrade" if never_made else ""
        return DatabaseUnreachable(f"The database cannot be used: {reason}.{hint}")
    return None
