"""The wrapped keys of persons, in a store of their own beside the database.

Whoever deletes a person's key has erased the person, in every copy of the database too. That holds only where the keys
lie apart: the store has its own file, or its own server, and its own backups, which are kept for a short time.

    keys: KeysOfSession = session.info["key_store"]
    keys.add(person, wrapped)      # written just before the unit of work commits
    keys.wrapped(persons)          # read, in one query
    keys.delete(person)            # deleted just after the unit of work committed

Keys are written before the commit, so a person never exists without one; what leaves the unit of work by an exception
leaves no key behind. When the commit itself fails, a key without a person stays: it opens nothing, and is swept.

One table that never changes needs no migrations: ``make`` makes it with ``CREATE TABLE IF NOT EXISTS``. Only
``recruitment database upgrade`` calls it, and never once a person is registered: a store that is missing then is to be
put back, not replaced by an empty one.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import Column, LargeBinary, MetaData, String, Table, create_engine, delete, func, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateTable

from recruitment.core.errors import RecruitmentError, Unavailable
from recruitment.database.engine import DatabaseAddressWrong, build_engine
from recruitment.database.types import Id
from recruitment.database.vault import WrappedKey

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from uuid import UUID

    from sqlalchemy import Connection, Engine

_log = logging.getLogger(__name__)

_BATCH = 10_000
"""How many persons one query names: SQLite takes 32,766 values, PostgreSQL 65,535."""

# No write-ahead log: a deleted key shall be gone from the file when its transaction ends, overwritten with zeros.
_SQLITE_PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA trusted_schema = OFF",
)

# Metadata of its own: Alembic shall not look for this table in the database.
_keys = Table(
    "person_keys",
    MetaData(),
    Column("person_id", Id, primary_key=True),
    Column("kek_id", String(20), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
)


_INSERT = "INSERT INTO person_keys (person_id, kek_id, wrapped) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"


class KeyStoreMissing(Unavailable):
    """There is no key store where the settings say."""

    code = "key_store.missing"


class KeyStoreUnreachable(Unavailable):
    """The key store does not answer, or is locked by others."""

    code = "key_store.unreachable"


class KeyStoreAddressWrong(Unavailable):
    """``RECRUITMENT_KEY_STORE`` is not an address that we understand."""

    code = "key_store.address_wrong"


class KeyStore:
    """The store of persons' wrapped keys. Connects when it is first needed."""

    def __init__(self, url: str) -> None:
        self._url = url

    @cached_property
    def _engine(self) -> Engine:
        path = self._path
        if path is not None:
            connect = partial(_connect, path)
            return create_engine("sqlite://", creator=connect, poolclass=QueuePool, hide_parameters=True)
        try:
            return build_engine(self._url)
        except DatabaseAddressWrong as error:
            raise KeyStoreAddressWrong(error.detail.replace("DATABASE_URL", "RECRUITMENT_KEY_STORE")) from None

    @cached_property
    def _path(self) -> Path | None:
        """The file of the store; None when it is on a server."""
        try:
            url = make_url(self._url)
        except ArgumentError:
            raise KeyStoreAddressWrong("RECRUITMENT_KEY_STORE is not an address of a database.") from None
        if url.get_backend_name() != "sqlite":
            return None
        if url.database in {None, "", ":memory:"}:
            raise KeyStoreAddressWrong("RECRUITMENT_KEY_STORE must name a file: keys in memory are lost at the end.")
        return Path(str(url.database))

    def make(self) -> None:
        """Make the store unless it is there; a file is readable by its owner only."""
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        with self._begin() as connection:
            connection.execute(CreateTable(_keys, if_not_exists=True))

    def add(self, keys: Sequence[tuple[UUID, WrappedKey]]) -> None:
        """Write the keys of persons, and commit. A person who has a key keeps it."""
        if not keys:
            return
        with self._begin() as connection:
            is_sqlite = connection.dialect.name == "sqlite"
            rows = [(person.hex if is_sqlite else person, key.kek_id, key.wrapped) for person, key in keys]
            # Said to the driver: a file of people brings as many keys, and SQLAlchemy's way costs more than the rows.
            connection.exec_driver_sql(_INSERT.replace("%s", "?") if is_sqlite else _INSERT, rows)

    def wrapped(self, persons: Collection[UUID]) -> dict[UUID, WrappedKey]:
        """Return the keys of ``persons``; who was erased, or never was, is left out."""
        found: dict[UUID, WrappedKey] = {}
        for some in _batches(persons):
            with self._begin() as connection:
                query = select(_keys).where(_keys.c.person_id.in_(some))
                found.update({person: WrappedKey(kek, wrapped) for person, kek, wrapped in connection.execute(query)})
        return found

    def delete(self, persons: Collection[UUID]) -> int:
        """Delete the keys of ``persons``, and commit; return how many there were. There is no way back."""
        deleted = 0
        for some in _batches(persons):
            with self._begin() as connection:
                deleted += connection.execute(delete(_keys).where(_keys.c.person_id.in_(some))).rowcount
        return deleted

    def persons_before(self, last: UUID) -> list[UUID]:
        """Return who has a key and was made before ``last``: ids begin with the instant in which they were made."""
        with self._begin() as connection:
            return list(connection.scalars(select(_keys.c.person_id).where(_keys.c.person_id < last)))

    def count(self) -> int:
        """Return how many keys there are."""
        with self._begin() as connection:
            return connection.scalar(select(func.count()).select_from(_keys)) or 0

    def dispose(self) -> None:
        """Close every connection."""
        if "_engine" in self.__dict__:
            self._engine.dispose()

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            reason = str(error.orig).strip().partition("\n")[0]
            if self._is_missing(error, reason):
                raise KeyStoreMissing(
                    "The store of persons' keys is missing. Put it back, or set RECRUITMENT_KEY_STORE to where it is. "
                    "A new database gets one from: recruitment database upgrade"
                ) from None
            raise KeyStoreUnreachable(f"The store of persons' keys cannot be used: {reason}.") from None

    def _is_missing(self, error: DBAPIError, reason: str) -> bool:
        no_table = getattr(error.orig, "sqlstate", None) == "42P01" or "no such table" in reason
        return no_table or (self._path is not None and not self._path.exists())


class KeysOfSession:
    """What one session does with keys: new ones wait for its commit, deleted ones go after it."""

    __slots__ = ("_fresh", "_gone", "_store")

    def __init__(self, store: KeyStore) -> None:
        self._store = store
        self._fresh: dict[UUID, WrappedKey] = {}
        self._gone: list[UUID] = []

    def add(self, person: UUID, wrapped: WrappedKey) -> None:
        """Keep the key of a new person; it is written just before the unit of work commits."""
        self._fresh[person] = wrapped

    def wrapped(self, persons: Collection[UUID]) -> dict[UUID, WrappedKey]:
        """Return the keys of ``persons``, those of this unit of work too; who has none is left out."""
        if not self._fresh:
            return self._store.wrapped(persons)
        known = {person: self._fresh[person] for person in persons if person in self._fresh}
        return known | self._store.wrapped([person for person in persons if person not in known])

    def delete(self, person: UUID) -> None:
        """Let the key of a person go just after the unit of work committed.

        Leave a message in the outbox besides, so that a crash between the two cannot keep the key.
        """
        self._gone.append(person)

    def delete_at_once(self, persons: Collection[UUID]) -> int:
        """Delete keys now, whatever becomes of the unit of work; return how many there were."""
        return self._store.delete(persons)

    def persons_before(self, last: UUID) -> list[UUID]:
        """Return who has a key and was made before ``last``."""
        return self._store.persons_before(last)

    def count(self) -> int:
        """Return how many keys the store holds."""
        return self._store.count()

    def before_commit(self) -> None:
        """Write the new keys."""
        self._store.add(list(self._fresh.items()))

    def after_commit(self) -> None:
        """Delete the keys that are to go. What fails here is in the outbox, so nobody is told of an error."""
        try:
            self._store.delete(self._gone)
        except RecruitmentError as error:
            _log.warning("A key was not deleted right away, and will be by recruitment work: %s", error.code)


LAST_REVISION_WITH_KEYS = "0010_idempotency"
"""The last revision of the schema at which the database itself held the keys."""


def holds_keys(engine: Engine) -> bool:
    """Say whether a database is of a revision that holds the keys itself."""
    return inspect(engine).has_table("jobseeker_keys")


def move_keys(engine: Engine, store: KeyStore) -> int:
    """Bring the keys that a database holds itself to the store; return how many they were.

    They are deleted there only when the store holds them.
    """
    former = Table("jobseeker_keys", MetaData(), Column("jobseeker_id", Id), Column("kek_id"), Column("wrapped"))
    with engine.begin() as connection:
        found = [
            (person, WrappedKey(kek, bytes(wrapped))) for person, kek, wrapped in connection.execute(select(former))
        ]
        for start in range(0, len(found), _BATCH):
            store.add(found[start : start + _BATCH])
        connection.execute(delete(former))
    return len(found)


def _connect(path: Path) -> sqlite3.Connection:
    # mode=rw: a file that is not there is an error, and no empty one is made in its place.
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, check_same_thread=False)
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma)
    return connection


def _batches(persons: Collection[UUID]) -> Iterator[list[UUID]]:
    listed = list(persons)
    return (listed[start : start + _BATCH] for start in range(0, len(listed), _BATCH))
