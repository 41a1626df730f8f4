"""The keys that sign seals: each is certified by the one before; a lost one begins a new line; a stranger is named."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from recruitment.app import upgrade_database
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.ledger import signing
from recruitment.ledger.queries.seals import seal_keys
from recruitment.ledger.rules import PublicSealKey
from recruitment.ledger.services import sealing
from recruitment.ledger.signing import SealKeyFile, trusted_history
from tests.ledger.books import a_draft, posted
from tests.ledger.intruder import insert
from tests.sealing.sealed import found, head_of, key_file_of, rotated, sealed, seals_of


def keys_of(database) -> list[PublicSealKey]:
    with database.read_session() as session:
        return seal_keys(session)


@pytest.fixture
def sealed_book(database, book):
    """A book with an entry, sealed by the first key."""
    posted(database, a_draft(book))
    sealed(database)
    return book


class TestANextKey:
    def test_leaves_old_seals_valid(self, database, sealed_book):
        first = keys_of(database)[0]
        assert rotated(database) != first.id
        posted(database, a_draft(sealed_book))
        sealed(database)
        assert [seal.key_id for seal in seals_of(database)] == [key.id for key in keys_of(database)]
        newest = key_file_of(database).public_key()
        for anchors in ([first.public_key], [newest], [first.public_key, newest]):
            assert found(database, anchors=anchors) == []

    def test_and_many_more_are_one_line(self, database, sealed_book):
        for _ in range(3):
            rotated(database)
            posted(database, a_draft(sealed_book))
            sealed(database)
        keys = keys_of(database)
        assert [key.number for key in keys] == [1, 2, 3, 4]
        for key in keys:
            assert found(database, anchors=[key.public_key]) == []

    def test_is_made_by_the_command(self, run, database, sealed_book):
        before = key_file_of(database).path.read_text()
        told = run("ledger", "new-key").output
        assert keys_of(database)[-1].id in told
        assert key_file_of(database).path.read_text() != before
        posted(database, a_draft(sealed_book))
        assert "seal 2: 1 leaves" in run("ledger", "seal").output
        assert "Everything is sealed already." in run("ledger", "seal").output
        run("ledger", "verify")

    def test_signs_nothing_before_it_is_adopted(self, database, sealed_book):
        """A crash between the commit and the file leaves the old key in use."""
        with database.unit_of_work() as session:
            sealing.register_key(session, LOCAL_OPERATOR, key_file_of(database))
        posted(database, a_draft(sealed_book))
        sealed(database)
        assert len({seal.key_id for seal in seals_of(database)}) == 1
        assert found(database) == []

    def test_is_trusted_although_the_one_before_was_never_adopted(self, database, sealed_book):
        with database.unit_of_work() as session:
            sealing.register_key(session, LOCAL_OPERATOR, key_file_of(database))
        rotated(database)
        posted(database, a_draft(sealed_book))
        sealed(database)
        assert found(database) == []

    def test_that_was_not_committed_is_not_adopted_by_an_upgrade(self, database, settings, sealed_book):
        with pytest.raises(ZeroDivisionError), database.unit_of_work() as session:
            sealing.register_key(session, LOCAL_OPERATOR, key_file_of(database))
            raise ZeroDivisionError
        before = key_file_of(database).path.read_text()
        upgrade_database(settings)
        assert key_file_of(database).path.read_text() == before

    def test_is_kept_from_other_users_of_the_machine(self, database):
        rotated(database)
        assert key_file_of(database).path.stat().st_mode & 0o077 == 0


class TestALostKey:
    def test_stops_sealing_with_a_sentence(self, run, database, sealed_book):
        key_file_of(database).path.unlink()
        posted(database, a_draft(sealed_book))
        assert "recruitment ledger new-key" in run("ledger", "seal", exit_code=1).output

    def test_begins_a_new_line_and_the_seals_of_the_old_are_named(self, database, sealed_book):
        old = keys_of(database)[0]
        key_file_of(database).path.unlink()
        new_id = rotated(database)
        posted(database, a_draft(sealed_book))
        sealed(database)
        (fault,) = found(database)
        assert f"seal 1 is signed by the key {old.id}, which nobody vouches for" in str(fault)
        (fault,) = found(database, anchors=[old.public_key])
        assert f"seal 2 is signed by the key {new_id}, which nobody vouches for" in str(fault)

    def test_is_vouched_for_by_a_head_that_left_the_house_before(self, database, sealed_book):
        head = head_of(database)
        key_file_of(database).path.unlink()
        rotated(database)
        posted(database, a_draft(sealed_book))
        sealed(database)
        assert found(database, heads=[head]) == []

    def test_may_be_put_back(self, database, sealed_book):
        path = key_file_of(database).path
        text = path.read_text()
        path.unlink()
        path.write_text(text)
        posted(database, a_draft(sealed_book))
        assert len(sealed(database)) == 1
        assert found(database) == []

    @pytest.mark.parametrize("text", ["", "{}", "[]", '{"private": 7}', '{"private": "AAAA"}'])
    def test_is_told_when_its_file_cannot_be_read(self, run, database, sealed_book, text):
        key_file_of(database).path.write_text(text)
        assert "cannot be read" in run("ledger", "seal", exit_code=1).output

    def test_leaves_every_seal_without_a_voucher(self, database, sealed_book):
        assert all("nobody vouches" in str(fault) for fault in found(database, anchors=[]))
        assert len(found(database, anchors=[])) == 1


class TestAStranger:
    """An intruder with a key of their own, and with the database but not the key file."""

    def forged(self, intruder, certifier: Ed25519PrivateKey | None, number: int) -> tuple[str, Ed25519PrivateKey]:
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        certificate = (certifier or private).sign(signing._KEY_CERTIFICATE + public)
        row = {"id": public[:8].hex(), "number": number, "public_key": public, "certificate": certificate}
        intruder.commit(insert("ledger_seal_keys", row))
        return str(row["id"]), private

    def signed_again(self, database, intruder, key_id: str, private: Ed25519PrivateKey) -> None:
        for seal in seals_of(database):
            at = seal.sealed_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            message = signing.seal_message(0, seal.number, seal.leaves, seal.head, at, caught_up=seal.caught_up)
            intruder.say("UPDATE ledger_seals SET signature = ?, key_id = ?", (private.sign(message), key_id))

    @pytest.mark.parametrize("certified_by_itself", [True, False])
    def test_who_signs_every_seal_again_is_named(self, database, intruder, sealed_book, certified_by_itself):
        certifier = None if certified_by_itself else Ed25519PrivateKey.generate()
        key_id, private = self.forged(intruder, certifier, 2)
        self.signed_again(database, intruder, key_id, private)
        (fault,) = found(database)
        assert f"is signed by the key {key_id}, which nobody vouches for" in str(fault)

    def test_who_is_trusted_is_not_named(self, database, intruder, sealed_book):
        """The negative control: what names the stranger is that nobody vouches, and nothing else."""
        key_id, private = self.forged(intruder, None, 2)
        self.signed_again(database, intruder, key_id, private)
        assert found(database, anchors=[private.public_key().public_bytes_raw()]) == []

    def test_who_takes_the_id_of_our_key_is_named(self, database, intruder, sealed_book):
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        certificate = private.sign(signing._KEY_CERTIFICATE + public)
        intruder.say("UPDATE ledger_seal_keys SET public_key = ?, certificate = ?", (public, certificate))
        key_id = seals_of(database)[0].key_id
        self.signed_again(database, intruder, key_id, private)
        assert any("nobody vouches" in str(fault) for fault in found(database))


def test_a_line_begins_again_after_a_key_that_certifies_itself(tmp_path):
    """Anchors reach every key of their own line, on both sides, and none of another."""
    key_file = SealKeyFile(tmp_path / "key")
    keys: list[PublicSealKey] = []
    for number in range(1, 7):
        lost = number in {1, 4}
        public, certificate = key_file.make(None if lost else key_file.newest())
        key_file.adopt()
        keys.append(PublicSealKey(public[:8].hex(), number, public, certificate))
    for anchor in keys:
        line = keys[:3] if anchor.number <= 3 else keys[3:]
        assert trusted_history(reversed(keys), [anchor.public_key]) == {key.id: key.public_key for key in line}
    assert trusted_history(keys, []) == {}
    assert trusted_history(keys, [bytes(32)]) == {}
    assert json.loads((tmp_path / "key").read_text())["key"] == keys[-1].id
