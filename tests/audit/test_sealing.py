"""Every event is sealed, each once, whoever else is recording or sealing at the same moment."""

from __future__ import annotations

import threading

import pytest

from recruitment.audit import service, services
from recruitment.audit.rules import FIRST_HEAD, SEAL_DOMAIN, seal_content
from recruitment.core.actor import LOCAL_OPERATOR, Actor
from recruitment.core.errors import NotPermitted
from recruitment.core.ids import new_id
from recruitment.database.unit_of_work import WriteConflict
from recruitment.ledger.rules import LEAVES_MAX, head_after
from recruitment.ledger.services.signatures import is_signed
from recruitment.ledger.signing import SealKeyFile, SealKeyMissing
from tests.audit.record import faults, ids, places, recorded, sealed, sealed_once
from tests.ledger.together import in_time
from tests.sealing.sealed import rotated
from tests.sealing.sealed import sealed as books_sealed


def on_servers_only(engine_name: str) -> None:
    if engine_name == "sqlite":
        pytest.skip("writers of SQLite never run side by side")


class TestASeal:
    def test_is_not_made_of_nothing(self, database):
        assert sealed(database) == []

    def test_holds_each_event_once_in_order_of_id(self, database):
        recorded(database, 3)
        (seal,) = sealed(database)
        assert (seal.number, seal.leaves, seal.caught_up) == (1, 3, True)
        assert places(database) == [(key, 1, position) for position, key in enumerate(ids(database))]
        assert sealed(database) == []

    def test_holds_2000_at_most_and_says_when_nothing_was_left(self, database):
        recorded(database, LEAVES_MAX + 1)
        assert [(seal.leaves, seal.caught_up) for seal in sealed(database)] == [(LEAVES_MAX, False), (1, True)]
        assert faults(database) == []

    def test_follows_from_the_one_before(self, database):
        before = FIRST_HEAD
        for number in range(1, 4):
            recorded(database, number)
            (seal,) = sealed(database)
            assert seal.head == head_after(before, seal.root, number, number)
            before = seal.head

    def test_is_signed_by_the_key_of_the_books_for_its_own_domain(self, database, settings):
        recorded(database)
        (seal,) = sealed(database)
        public = SealKeyFile(settings.seal_key_path).public_key()
        assert is_signed(public, seal.signature, SEAL_DOMAIN, seal_content(seal))
        assert not is_signed(public, seal.signature, "another", seal_content(seal))

    def test_stays_good_when_the_key_is_followed_by_another(self, database):
        for _ in range(2):
            recorded(database)
            sealed(database)
            rotated(database)
        assert faults(database) == []

    def test_leaves_the_books_alone(self, database):
        recorded(database)
        sealed(database)
        assert books_sealed(database) == []

    def test_is_not_made_without_a_key(self, database, settings):
        recorded(database)
        settings.seal_key_path.unlink()
        with pytest.raises(SealKeyMissing, match="new-key"):
            sealed_once(database)

    def test_is_not_made_with_a_key_that_the_database_does_not_know(self, database, settings):
        recorded(database)
        key_file = SealKeyFile(settings.seal_key_path)
        key_file.make(key_file.newest())
        key_file.adopt()
        with pytest.raises(SealKeyMissing, match="does not know the seal key"):
            sealed_once(database)

    def test_is_not_made_by_everybody(self, database, settings):
        nobody = Actor(new_id(), "nobody", frozenset())
        with pytest.raises(NotPermitted), database.unit_of_work() as session:
            services.seal(session, nobody, settings.seal_key_path)
        with pytest.raises(NotPermitted), database.read_session() as session:
            list(services.verify(session, nobody, settings.seal_key_path))

    def test_leaves_nothing_of_a_unit_of_work_that_failed(self, database, settings):
        recorded(database)
        with pytest.raises(ZeroDivisionError), database.unit_of_work() as session:
            services.seal(session, LOCAL_OPERATOR, settings.seal_key_path)
            raise ZeroDivisionError
        assert [seal.number for seal in sealed(database)] == [1]


class TestAtOnce:
    def test_an_event_that_is_committed_late_is_in_the_next_seal(self, database, other_database, engine_name):
        on_servers_only(engine_name)
        with other_database.unit_of_work() as session:
            service.record(session, LOCAL_OPERATOR, "journeys.started", ("journey", new_id()))
            recorded(database)
            (first,) = sealed(database)
            assert first.leaves == 1
        (second,) = sealed(database)
        assert (second.number, second.leaves) == (2, 1)
        # The one that was committed late has the earlier id.
        assert places(database)[0][1:] == (2, 0)
        assert faults(database) == []

    def test_an_event_is_committed_while_a_seal_is_being_made(self, database, other_database, settings, engine_name):
        on_servers_only(engine_name)
        recorded(database)
        with database.unit_of_work() as session:
            services.seal(session, LOCAL_OPERATOR, settings.seal_key_path)
            writer = threading.Thread(target=recorded, args=(other_database,))
            writer.start()
            in_time(writer)
            assert len(ids(other_database)) == 2
        assert [seal.leaves for seal in sealed(database)] == [1]

    def test_of_two_sealers_one_is_told_that_the_other_was_quicker(
        self, database, other_database, settings, engine_name
    ):
        on_servers_only(engine_name)
        recorded(database)
        raised: list[BaseException] = []

        def seal_too() -> None:
            try:
                sealed_once(other_database)
            except WriteConflict as error:
                raised.append(error)

        with database.unit_of_work() as session:
            services.seal(session, LOCAL_OPERATOR, settings.seal_key_path)
            slower = threading.Thread(target=seal_too)
            slower.start()
            slower.join(0.2)
            assert slower.is_alive()
        in_time(slower)
        assert len(raised) == 1
        assert sealed(database) == []
        assert faults(database) == []

    def test_two_sealers_and_four_writers_leave_each_event_in_one_seal(self, database, other_database):
        done = threading.Event()
        failed: list[BaseException] = []

        def kept_at(work) -> threading.Thread:
            def run() -> None:
                try:
                    work()
                except BaseException as error:  # noqa: BLE001 - told below
                    failed.append(error)

            return threading.Thread(target=run)

        def write() -> None:
            for _ in range(10):
                recorded(database, 2)

        def seal_on(database) -> None:
            while not done.is_set():
                try:
                    sealed_once(database)
                except WriteConflict:
                    continue

        writers = [kept_at(write) for _ in range(4)]
        sealers = [kept_at(lambda one=one: seal_on(one)) for one in (database, other_database)]
        for thread in (*writers, *sealers):
            thread.start()
        for writer in writers:
            in_time(writer)
        done.set()
        for sealer in sealers:
            in_time(sealer)
        sealed(database)
        assert failed == []
        assert [key for key, _, _ in places(database)] == ids(database)
        assert len(ids(database)) == 80
        assert faults(database) == []
