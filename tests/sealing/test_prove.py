"""The proof that an entry is in the books, judged from the JSON of the command by the second implementation."""

from __future__ import annotations

import hashlib
import json
from uuid import uuid4

import pytest

from recruitment.core.actor import LOCAL_OPERATOR, Actor
from recruitment.core.errors import NotPermitted
from recruitment.database.unit_of_work import Database
from recruitment.ledger import rules
from recruitment.ledger.errors import EntryNotSealed, EntryUnknown
from recruitment.ledger.services import sealing
from tests.ledger.books import READER, a_draft, entries_of, opened, posted
from tests.sealing.rfc6962 import Tree, is_included
from tests.sealing.sealed import leaf_rows, sealed


def tree_of(database: Database, number: int) -> Tree:
    """Return the tree of a seal by the second implementation."""
    return Tree([row.leaf for row in leaf_rows(database) if row.number == number])


def is_proven(content: dict) -> bool:
    """Judge the JSON of ``ledger prove`` by the RFC's definition alone."""
    leaf, root = bytes.fromhex(content["leaf"]), bytes.fromhex(content["root"])
    path = [bytes.fromhex(node) for node in content["path"]]
    return is_included(leaf, content["position"], content["leaves"], path, root)


class TestAProof:
    @pytest.mark.parametrize("size", [1, 2, 5, 12])
    def test_of_any_entry_is_accepted_by_the_second_implementation(self, run, database, book, size):
        posted(database, *(a_draft(book) for _ in range(size)))
        (seal,) = sealed(database)
        for entry in entries_of(database, book):
            content = json.loads(run("ledger", "prove", entry.id, "--json").output)
            assert is_proven(content)
            assert (content["book"], content["entry"]) == (book.hex, entry.id.hex)
            assert (content["seal"], content["leaves"], content["root"]) == (1, size + 1, seal.root.hex())
            head = hashlib.sha256(
                b"\x02" + bytes(32) + seal.root + (1).to_bytes(8, "big") + (size + 1).to_bytes(8, "big")
            )
            assert content["head"] == head.hexdigest()

    def test_begins_with_the_hash_of_what_the_entry_says(self, run, database, book):
        draft = a_draft(book)
        posted(database, draft)
        sealed(database)
        (entry,) = entries_of(database, book)
        content = json.loads(run("ledger", "prove", draft.id, "--json").output)
        said = f"{draft.id.hex}{LOCAL_OPERATOR.id.hex}{entry.recorded_at.strftime('%Y-%m-%dT%H:%M:%S.%fZ')}"
        expected = hashlib.sha256(b"\x00" + rules.request_hash(draft) + said.encode()).hexdigest()
        assert content["leaf"] == expected

    def test_is_refused_when_anything_in_it_is_altered(self, run, database, book):
        """The negative control: the second implementation does not accept everything."""
        drafts = [a_draft(book) for _ in range(6)]
        posted(database, *drafts)
        sealed(database)
        content = json.loads(run("ledger", "prove", drafts[2].id, "--json").output)
        other = json.loads(run("ledger", "prove", drafts[3].id, "--json").output)
        assert is_proven(content)
        for name in ("leaf", "position", "path"):
            assert not is_proven(content | {name: other[name]})
        for at in range(len(content["path"])):
            path = [*content["path"][:at], "00" * 32, *content["path"][at + 1 :]]
            assert not is_proven(content | {"path": path})
            assert not is_proven(content | {"path": content["path"][:at]})
        assert not is_proven(content | {"root": "00" * 32})

    def test_is_told_in_words_too(self, run, database, book):
        draft = a_draft(book)
        posted(database, draft)
        (seal,) = sealed(database)
        told = run("ledger", "prove", draft.id).output
        assert "of 2 in seal 1" in told
        assert seal.root.hex() in told

    def test_can_be_had_of_the_opening_of_a_book(self, run, database, book):
        sealed(database)
        content = json.loads(run("ledger", "prove", book, "--json").output)
        assert is_proven(content)
        assert (content["book"], content["entry"]) == (book.hex, book.hex)

    def test_is_of_one_seal_and_not_of_a_later_one(self, run, database, book):
        first, second = a_draft(book), a_draft(book)
        for draft in (first, second):
            posted(database, draft)
            sealed(database)
        assert json.loads(run("ledger", "prove", first.id, "--json").output)["seal"] == 1
        assert json.loads(run("ledger", "prove", second.id, "--json").output)["seal"] == 2

    def test_is_not_had_before_the_entry_is_sealed(self, run, database, book):
        draft = a_draft(book)
        posted(database, draft)
        with pytest.raises(EntryNotSealed), database.read_session() as session:
            sealing.prove(session, LOCAL_OPERATOR, draft.id)
        assert "is not sealed yet" in run("ledger", "prove", draft.id, exit_code=1).output

    def test_is_not_had_of_an_entry_that_nobody_knows(self, run, database, book):
        sealed(database)
        with pytest.raises(EntryUnknown), database.read_session() as session:
            sealing.prove(session, LOCAL_OPERATOR, uuid4())
        assert "No book has an entry" in run("ledger", "prove", uuid4(), exit_code=1).output
        run("ledger", "prove", "what", exit_code=2)

    def test_is_for_those_who_may_read_the_ledger(self, database, book):
        sealed(database)
        with database.read_session() as session:
            assert sealing.prove(session, READER, book)
            with pytest.raises(NotPermitted):
                sealing.prove(session, Actor(READER.id, "nobody", frozenset()), book)

    def test_does_not_hide_that_the_seal_no_longer_holds_the_entry(self, run, database, book, intruder):
        draft = a_draft(book)
        posted(database, draft)
        sealed(database)
        intruder.say("UPDATE ledger_seal_leaves SET leaf = ? WHERE entry_id = ?", (b"\x07" * 32, draft.id))
        assert "ledger verify" in run("ledger", "prove", draft.id, exit_code=1).output

    def test_is_of_the_entry_of_either_book_when_two_share_an_id(self, run, database):
        one, two = opened(database, count=2)
        draft = a_draft(one)
        posted(database, draft, a_draft(two, id=draft.id))
        sealed(database)
        assert json.loads(run("ledger", "prove", draft.id, "--json").output)["book"] in {one.hex, two.hex}
