"""The engine of either database: set up alike, and wrong addresses told in a sentence."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading

import pytest
from sqlalchemy import event, text

from recruitment.core.settings import Settings
from recruitment.database.engine import DatabaseAddressWrong, build_engine
from recruitment.database.unit_of_work import Database, DatabaseUnreachable


@pytest.fixture
def sqlite(tmp_path):
    found = Database(Settings(f"sqlite:///{tmp_path / 'new' / 'folder' / 'db.sqlite3'}", tmp_path / "key", port=1))
    with found.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE notes (id integer PRIMARY KEY, said text)")
    yield found
    found.dispose()


class TestSqlite:
    @pytest.mark.parametrize(
        ("pragma", "value"),
        [
            ("foreign_keys", 1),
            ("journal_mode", "wal"),
            ("synchronous", 2),
            ("recursive_triggers", 1),
            ("busy_timeout", 5000),
            ("trusted_schema", 0),
            ("cell_size_check", 1),
        ],
    )
    def test_every_connection_has_its_pragmas(self, sqlite, pragma, value):
        with sqlite.engine.connect() as one, sqlite.engine.connect() as two:
            for connection in (one, two):
                assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value

    def test_a_connection_of_the_bare_driver_has_them_not(self, sqlite):
        """So the test above can fail."""
        bare = sqlite3.connect(str(sqlite.engine.url.database))
        assert bare.execute("PRAGMA foreign_keys").fetchone() == (0,)
        assert bare.execute("PRAGMA recursive_triggers").fetchone() == (0,)
        bare.close()

    def test_the_folder_is_made(self, sqlite, tmp_path):
        assert (tmp_path / "new" / "folder" / "db.sqlite3").exists()

    def test_a_unit_of_work_takes_the_write_lock_when_it_begins_and_a_reader_does_not(self, sqlite):
        said: list[str] = []
        event.listen(sqlite.engine, "checkout", lambda driver, *_: driver.set_trace_callback(said.append))
        with sqlite.unit_of_work() as session:
            session.execute(text("SELECT 1"))
        with sqlite.read_session() as session:
            session.execute(text("SELECT 1"))
        assert [one for one in said if one.startswith("BEGIN")] == ["BEGIN IMMEDIATE", "BEGIN"]

    def test_savepoints_are_rolled_back_alone(self, sqlite):
        with sqlite.unit_of_work() as session:
            session.execute(text("INSERT INTO notes VALUES (1, 'kept')"))
            with pytest.raises(ZeroDivisionError), session.begin_nested():
                session.execute(text("INSERT INTO notes VALUES (2, 'gone')"))
                raise ZeroDivisionError
        with sqlite.read_session() as session:
            assert session.scalars(text("SELECT id FROM notes")).all() == [1]


class TestTwoWriters:
    def test_wait_for_each_other_rather_than_fail(self, sqlite):
        """Both read before they write: with a deferred BEGIN the second is refused at once."""
        first_has_read = threading.Event()
        errors: list[Exception] = []

        def second() -> None:
            first_has_read.wait(10)
            try:
                with sqlite.unit_of_work() as session:
                    seen = session.scalar(text("SELECT count(*) FROM notes"))
                    session.execute(text("INSERT INTO notes (said) VALUES (:seen)"), {"seen": f"saw {seen}"})
            except Exception as error:  # noqa: BLE001 - handed to the test
                errors.append(error)

        thread = threading.Thread(target=second)
        thread.start()
        with sqlite.unit_of_work() as session:
            session.scalar(text("SELECT count(*) FROM notes"))
            first_has_read.set()
            thread.join(timeout=0.1)
            assert thread.is_alive()
            session.execute(text("INSERT INTO notes (said) VALUES ('first')"))
        thread.join(timeout=10)
        assert errors == []
        with sqlite.read_session() as session:
            assert session.scalars(text("SELECT said FROM notes ORDER BY id")).all() == ["first", "saw 1"]

    def test_with_a_deferred_begin_would_fail(self, sqlite):
        """So the test above can fail."""
        one, two = (
            sqlite3.connect(str(sqlite.engine.url.database), isolation_level=None, timeout=0.05) for _ in range(2)
        )
        for connection in (one, two):
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM notes").fetchone()
        one.execute("INSERT INTO notes (said) VALUES ('one')")
        one.execute("COMMIT")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            two.execute("INSERT INTO notes (said) VALUES ('two')")
        for connection in (one, two):
            connection.close()

    def test_do_not_wait_for_ever(self, sqlite):
        event.listen(sqlite.engine, "connect", lambda bare, _: bare.execute("PRAGMA busy_timeout = 50"))
        sqlite.engine.pool.dispose()
        with sqlite.unit_of_work() as session:
            session.execute(text("INSERT INTO notes (said) VALUES ('first')"))
            with pytest.raises(DatabaseUnreachable, match="locked"), sqlite.unit_of_work() as second:
                second.execute(text("SELECT 1"))


class TestWrongAddress:
    @pytest.mark.parametrize("url", ["", "nonsense", "sqlite", "://", "postgresql+nosuch://host/db"])
    def test_is_told_in_a_sentence(self, url):
        with pytest.raises(DatabaseAddressWrong, match="DATABASE_URL is not an address of a database"):
            build_engine(url)

    @pytest.mark.parametrize("url", ["mysql://host/db", "nosuch://host/db", "oracle://host/db", "mssql://host/db"])
    def test_of_another_engine_is_told_which_there_are(self, url):
        with pytest.raises(DatabaseAddressWrong, match="sqlite:/// or postgresql://"):
            build_engine(url)

    def test_with_a_port_that_is_no_number_is_told_in_a_sentence(self):
        with pytest.raises(DatabaseAddressWrong):
            build_engine("postgresql://host:port/db")

    def test_is_told_without_the_password_in_it(self):
        with pytest.raises(DatabaseAddressWrong) as refused:
            build_engine("mysql://me:secret@host/db")
        assert "secret" not in refused.value.detail

    def test_in_a_place_that_is_no_folder_is_told_in_a_sentence(self, tmp_path):
        (tmp_path / "file").write_text("x")
        with pytest.raises(DatabaseAddressWrong):
            build_engine(f"sqlite:///{tmp_path / 'file' / 'db.sqlite3'}")


class TestPostgresDriver:
    @pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
    def test_is_psycopg_3_however_the_address_is_written(self, scheme):
        assert build_engine(f"{scheme}://host/db").dialect.driver == "psycopg"

    def test_that_is_missing_is_told_with_the_way_to_get_it(self):
        """In a process of its own, in which the driver cannot be imported."""
        programme = (
            "import sys; sys.modules['psycopg'] = None\n"
            "from recruitment.database.engine import build_engine, DatabaseAddressWrong\n"
            "try: build_engine('postgresql://host/db')\n"
            "except DatabaseAddressWrong as error: print(error.detail)\n"
        )
        done = subprocess.run([sys.executable, "-c", programme], capture_output=True, text=True, check=True)
        assert "The PostgreSQL driver is missing (psycopg)" in done.stdout
        assert "pip install 'first-mile-recruitment[postgres]'" in done.stdout


class TestValuesOfStatements:
    def test_never_reach_a_log_or_an_error(self, database):
        with pytest.raises(Exception, match="no_such_table") as refused, database.engine.connect() as connection:
            connection.execute(text("INSERT INTO no_such_table VALUES (:name)"), {"name": "Daw Khin Secret"})
        assert "Daw Khin Secret" not in str(refused.value)
