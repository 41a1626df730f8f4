"""The keys of persons lie apart: written before the commit, deleted after it, never made anew where some were lost."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import make_url

from recruitment.access.services.people import create_operator
from recruitment.app import upgrade_database
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.ids import new_id
from recruitment.core.settings import Settings
from recruitment.database.key_store import (
    KeysOfSession,
    KeyStore,
    KeyStoreAddressWrong,
    KeyStoreMissing,
    KeyStoreUnreachable,
)
from recruitment.database.unit_of_work import Database
from recruitment.database.vault import WrappedKey

KEY = WrappedKey("kek", b"\x01" * 61)


@pytest.fixture
def store(empty_settings, tmp_path):
    """A key store of either engine: the database of the test, which nobody has migrated, or a file."""
    url = empty_settings.database_url
    if url.startswith("sqlite"):
        url = f"sqlite:///{tmp_path / 'with blank?' / 'keys.sqlite3'}"
    found = KeyStore(url)
    yield found
    found.dispose()


class TestStore:
    def test_gives_back_what_was_added(self, store):
        store.make()
        first, second = new_id(), new_id()
        store.add([(first, KEY), (second, KEY)])
        assert store.wrapped([first, second, new_id()]) == {first: KEY, second: KEY}
        assert store.count() == 2

    def test_is_made_twice_as_once(self, store):
        store.make()
        person = new_id()
        store.add([(person, KEY)])
        store.make()
        assert store.wrapped([person]) == {person: KEY}

    def test_keeps_the_first_key_of_a_person(self, store):
        store.make()
        person = new_id()
        store.add([(person, KEY)])
        store.add([(person, WrappedKey("other", b"\x02"))])
        assert store.wrapped([person]) == {person: KEY}

    def test_deletes_for_good(self, store):
        store.make()
        person = new_id()
        store.add([(person, KEY)])
        assert store.delete([person, new_id()]) == 1
        assert store.wrapped([person]) == {}
        assert store.delete([person]) == 0

    def test_knows_who_was_made_before(self, store):
        store.make()
        first, second = new_id(), new_id()
        store.add([(first, KEY), (second, KEY)])
        assert store.persons_before(second) == [first]

    def test_takes_more_people_than_one_query_may_name(self, store, monkeypatch):
        monkeypatch.setattr("recruitment.database.key_store._BATCH", 3)
        store.make()
        people = [new_id() for _ in range(8)]
        store.add([(person, KEY) for person in people])
        assert set(store.wrapped(people)) == set(people)
        assert store.delete(people) == 8

    def test_that_is_missing_is_not_made_by_using_it(self, store):
        with pytest.raises(KeyStoreMissing):
            store.wrapped([new_id()])
        with pytest.raises(KeyStoreMissing):
            store.add([(new_id(), KEY)])
        with pytest.raises(KeyStoreMissing):
            store.count()


class TestFile:
    def test_is_of_its_owner_alone(self, tmp_path):
        store = KeyStore(f"sqlite:///{tmp_path / 'keys.sqlite3'}")
        store.make()
        store.dispose()
        assert stat.S_IMODE((tmp_path / "keys.sqlite3").stat().st_mode) == 0o600

    def test_holds_nothing_of_a_key_that_was_deleted(self, tmp_path):
        file, secret = tmp_path / "keys.sqlite3", b"a wrapped key that must go"
        store, person = KeyStore(f"sqlite:///{file}"), new_id()
        store.make()
        store.add([(person, WrappedKey("kek", secret))])
        assert secret in file.read_bytes()
        store.delete([person])
        store.dispose()
        assert all(secret not in each.read_bytes() for each in tmp_path.iterdir())

    def test_that_is_no_database_is_told(self, tmp_path):
        (tmp_path / "letter.txt").write_text("Dear Sir," * 100)
        with pytest.raises(KeyStoreUnreachable):
            KeyStore(f"sqlite:///{tmp_path / 'letter.txt'}").count()

    @pytest.mark.parametrize("url", ["sqlite://", "mysql://x/y", "no address at all"])
    def test_an_address_that_is_none_is_told(self, url):
        with pytest.raises(KeyStoreAddressWrong, match="RECRUITMENT_KEY_STORE"):
            KeyStore(url).count()


class TestSettings:
    def test_the_store_lies_beside_the_key_file(self, tmp_path):
        settings = Settings.from_environment({"DATABASE_URL": f"sqlite:///{tmp_path / 'a.sqlite3'}"})
        assert settings.key_store_url == f"sqlite:///{tmp_path / 'a.person-keys.sqlite3'}"

    def test_or_where_the_environment_says(self):
        settings = Settings.from_environment({"RECRUITMENT_KEY_STORE": "postgresql://keys/keys"})
        assert settings.key_store_url == "postgresql://keys/keys"


class TestUnitOfWork:
    def test_keys_are_there_when_it_has_committed(self, database):
        person = new_id()
        with database.unit_of_work() as session:
            keys: KeysOfSession = session.info["key_store"]
            keys.add(person, KEY)
            assert keys.wrapped([person]) == {person: KEY}
            assert database.key_store.wrapped([person]) == {}
        assert database.key_store.wrapped([person]) == {person: KEY}

    def test_no_key_is_left_by_what_raised(self, database):
        person = new_id()
        with pytest.raises(RuntimeError), database.unit_of_work() as session:
            session.info["key_store"].add(person, KEY)
            raise RuntimeError
        assert database.key_store.count() == 0

    def test_keys_are_written_before_the_commit(self, database, monkeypatch):
        person, seen = new_id(), []
        with database.unit_of_work() as session:
            session.info["key_store"].add(person, KEY)
            commit = session.commit
            monkeypatch.setattr(session, "commit", lambda: (seen.append(database.key_store.count()), commit()))
        assert seen == [1]

    def test_keys_go_after_the_commit_and_not_with_what_raised(self, database):
        person = new_id()
        database.key_store.add([(person, KEY)])
        with pytest.raises(RuntimeError), database.unit_of_work() as session:
            session.info["key_store"].delete(person)
            raise RuntimeError
        assert database.key_store.count() == 1
        with database.unit_of_work() as session:
            session.info["key_store"].delete(person)
            assert database.key_store.count() == 1
        assert database.key_store.count() == 0

    def test_who_adds_and_deletes_nothing_needs_no_store(self, database):
        _remove(database.settings)
        with database.unit_of_work():
            pass

    def test_nothing_is_committed_when_the_keys_cannot_be(self, database):
        _remove(database.settings)
        with pytest.raises(KeyStoreMissing), database.unit_of_work() as session:
            session.info["key_store"].add(new_id(), KEY)


class TestUpgrade:
    def test_makes_the_store_of_a_new_database(self, settings):
        _remove(settings)
        upgrade_database(settings)
        database = Database(settings)
        assert database.key_store.count() == 0
        database.dispose()

    def test_makes_no_new_key_file_once_anybody_was_invited(self, settings):
        # Nobody is registered yet, but the file opens the second factors of those who may sign in.
        database = Database(settings)
        with database.unit_of_work() as session:
            create_operator(session, LOCAL_OPERATOR, "first@house.example")
        database.dispose()
        settings.key_path.unlink()
        assert upgrade_database(settings) is False
        assert not settings.key_path.exists()

    def test_makes_files_of_their_owner_alone(self, tmp_path):
        settings = Settings(f"sqlite:///{tmp_path / 'new.sqlite3'}", tmp_path / "new.key", port=1)
        assert upgrade_database(settings)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
        assert len(modes) >= 4
        assert set(modes.values()) == {0o600}, modes


def _remove(settings: Settings) -> None:
    Path(str(make_url(settings.key_store_url).database)).unlink()
