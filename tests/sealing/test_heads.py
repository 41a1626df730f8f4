"""Heads that leave the house: what is in the file, that an altered one is refused, and what it shows."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from recruitment.core.actor import LOCAL_OPERATOR, Actor
from recruitment.core.errors import NotPermitted
from recruitment.ledger.errors import HeadUnreadable
from recruitment.ledger.services import sealing
from recruitment.ledger.signing import read_head
from tests.ledger.books import READER, a_draft, posted
from tests.sealing.sealed import found, head_of, key_file_of, rotated, sealed, seals_of

pytestmark = pytest.mark.slow


@pytest.fixture
def head_file(run, database, book, tmp_path):
    """The file of the head of two seals, whose path the test may write to."""
    for _ in range(2):
        posted(database, a_draft(book))
        sealed(database)
    path = tmp_path / "head.json"
    run("ledger", "head", "--out", path)
    return path


OTHERS: dict[str, Any] = {
    "chain": 1, "number": 1, "leaves": 7, "head": "ab" * 32, "caught_up": False, "sealed_at": "2024-05-01T00:00:00.000000Z",
    "version": 2, "key_id": "ab" * 8, "public_key": base64.b64encode(bytes(range(32))).decode(), "signature": base64.b64encode(bytes(64)).decode(),
}  # fmt: skip


class TestAHead:
    def test_says_what_the_last_seal_is(self, run, database, head_file):
        last = seals_of(database)[-1]
        content = json.loads(head_file.read_text())
        assert (content["chain"], content["number"], content["leaves"]) == (0, 2, 1)
        assert content["head"] == last.head.hex()
        assert json.loads(run("ledger", "head").output) == content
        head = read_head(head_file.read_text())
        assert (head.number, head.head, head.public_key) == (2, last.head, key_file_of(database).public_key())

    def test_is_accepted_by_verify(self, run, head_file):
        assert "what was sealed" in run("ledger", "verify", "--head", head_file).output

    def test_of_an_old_seal_stays_good(self, run, database, book, head_file):
        rotated(database)
        posted(database, a_draft(book))
        sealed(database)
        run("ledger", "verify", "--head", head_file)

    def test_is_not_there_before_the_first_seal(self, run):
        assert "Nothing is sealed yet" in run("ledger", "head", exit_code=1).output

    def test_is_for_those_who_may_read_the_ledger(self, database, head_file):
        with database.read_session() as session:
            assert sealing.head(session, READER)
            with pytest.raises(NotPermitted):
                sealing.head(session, Actor(READER.id, "nobody", frozenset()))

    def test_has_no_field_that_these_tests_do_not_alter(self, head_file):
        assert set(json.loads(head_file.read_text())) == {*OTHERS, "about"}

    @pytest.mark.parametrize("name", OTHERS)
    def test_with_one_field_altered_is_refused(self, run, head_file, name):
        content = json.loads(head_file.read_text())
        content[name] = OTHERS[name]
        head_file.write_text(json.dumps(content))
        run("ledger", "verify", "--head", head_file, exit_code=1)

    @pytest.mark.parametrize("name", OTHERS)
    def test_with_a_signed_field_left_out_or_of_another_type_is_refused(self, database, head_file, name):
        content = json.loads(head_file.read_text())
        for value in (None, [], {}, "x", -1):
            with pytest.raises(HeadUnreadable):
                read_head(json.dumps(content | {name: value}))
        del content[name]
        with pytest.raises(HeadUnreadable):
            read_head(json.dumps(content))

    @pytest.mark.parametrize("text", ["", "{}", "[]", "null", "7", '"x"', "{", "\x00"])
    def test_that_is_none_is_refused(self, run, head_file, text):
        head_file.write_text(text)
        assert "not the file of a head" in run("ledger", "verify", "--head", head_file, exit_code=1).output

    def test_that_says_false_in_quotation_marks_is_refused(self, head_file):
        content = json.loads(head_file.read_text())
        with pytest.raises(HeadUnreadable):
            read_head(json.dumps(content | {"caught_up": "false"}))

    @pytest.mark.parametrize(
        ("name", "value"), [("chain", 10**30), ("number", 10**30), ("leaves", 10**30), ("sealed_at", "\ud800")]
    )
    def test_with_a_value_that_has_no_canonical_spelling_is_refused(self, head_file, name, value):
        content = json.loads(head_file.read_text())
        with pytest.raises(HeadUnreadable):
            read_head(json.dumps(content | {name: value}))

    def test_with_a_number_that_is_infinite_is_refused(self, head_file):
        content = json.loads(head_file.read_text())
        with pytest.raises(HeadUnreadable):
            read_head(json.dumps(content | {"number": float("inf")}))

    def test_that_is_no_text_is_refused(self, run, head_file):
        head_file.write_bytes(b"\xff\xfe\x00")
        assert "not the file of a head" in run("ledger", "verify", "--head", head_file, exit_code=1).output

    def test_signed_by_a_stranger_vouches_for_nobody_but_the_stranger(self, database, head_file):
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        from recruitment.ledger.signing import seal_message

        private, content = Ed25519PrivateKey.generate(), json.loads(head_file.read_text())
        message = seal_message(
            0, content["number"], content["leaves"], bytes.fromhex(content["head"]), content["sealed_at"],
            caught_up=content["caught_up"],
        )  # fmt: skip
        public = private.public_key().public_bytes_raw()
        content |= {"public_key": base64.b64encode(public).decode(), "key_id": public[:8].hex()}
        content["key_id"] = private.public_key().public_bytes_raw()[:8].hex()
        content["signature"] = base64.b64encode(private.sign(message)).decode()
        faults = found(database, heads=[read_head(json.dumps(content))], anchors=[])
        assert len(faults) == 2
        assert all("nobody vouches" in str(fault) for fault in faults)


class TestAgainstTheBooks:
    def test_shows_that_history_was_sealed_anew(self, database, book, settings, intruder):
        """Whoever has the key too can write all seals again; only a head that is elsewhere contradicts them."""
        posted(database, a_draft(book))
        sealed(database)
        head = head_of(database)
        for table in ("ledger_seals", "ledger_seal_leaves", "ledger_balance_checkpoints"):
            intruder.say(f"DELETE FROM {table}")
        posted(database, a_draft(book))
        sealed(database)
        assert found(database) == []
        assert [
            "is not the one whose head left the house" in str(fault) for fault in found(database, heads=[head])
        ] == [True]

    def test_of_every_seal_may_be_given_at_once(self, run, database, book, tmp_path):
        files = []
        for number in range(3):
            posted(database, a_draft(book))
            sealed(database)
            files += ["--head", tmp_path / f"{number}.json"]
            run("ledger", "head", "--out", files[-1])
        run("ledger", "verify", *files)

    def test_is_not_read_by_somebody_who_may_not(self, database):
        from recruitment.ledger.services.verifying import verify

        with database.read_session() as session, pytest.raises(NotPermitted):
            list(verify(session, Actor(LOCAL_OPERATOR.id, "nobody", frozenset())))
