"""Raw SQL against the books, with the bare driver. Each attack is refused; with its guard down it succeeds, and is found.

The second half is what makes the first worth something: it shows that an attack is well made but for its fault.
"""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import inspect

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.ledger.services import sealing
from recruitment.ledger.signing import SealKeyFile
from tests.ledger.books import LOAN, MEDICAL, VISA, a_draft, faults_of, posted, rows_of
from tests.ledger.intruder import REFUSED, Intruder, entry_row, hashed, insert, posting_row
from tests.ledger.scene import CHANGES, ENTRIES, INSERTS, POSTINGS, Attack, Scene, carried_out

by_name = pytest.mark.parametrize("attack", [*INSERTS, *CHANGES], ids=lambda attack: attack.name.replace(" ", "_"))


@pytest.fixture
def scene(database) -> Scene:
    return Scene.laid_out(database)


@pytest.fixture(scope="module")
def shared_scene(shared_database) -> Scene:
    return Scene.laid_out(shared_database)


@pytest.fixture
def shared_intruder(shared_settings):
    found = Intruder(shared_settings)
    yield found
    found.close()


def skip_elsewhere(attack: Attack, engine_name: str) -> None:
    if engine_name not in attack.on:
        pytest.skip(f"there is no such statement on {engine_name}")


class TestAttack:
    @by_name
    def test_is_refused_and_leaves_the_books_as_they_were(self, shared_database, shared_intruder, shared_scene, attack):
        skip_elsewhere(attack, shared_intruder.dialect)
        before = rows_of(shared_database)
        with pytest.raises(REFUSED, match=attack.refusal):
            carried_out(shared_intruder, attack, shared_scene)
        assert rows_of(shared_database) == before
        assert faults_of(shared_database) == []

    def test_that_does_nothing_wrong_is_let_through(self, shared_database, shared_intruder, shared_scene):
        """Who may insert can insert an entry that is right: the refusals above are not refusals of everything."""
        entry = hashed(entry_row(shared_scene.book, last_seq=2), VISA, LOAN)
        rows = [posting_row(entry, VISA), posting_row(entry, LOAN, seq=2)]
        before = rows_of(shared_database, POSTINGS)[POSTINGS].total()
        shared_intruder.commit(insert(ENTRIES, entry), *(insert(POSTINGS, row) for row in rows))
        assert faults_of(shared_database) == []
        assert rows_of(shared_database, POSTINGS)[POSTINGS].total() == before + 2

    def test_may_not_even_begin_with_the_postings(self, shared_intruder, shared_scene):
        """Only the key from the entry to its last posting waits for the commit."""
        entry = entry_row(shared_scene.book)
        with pytest.raises(REFUSED, match="(?i)foreign key"):
            shared_intruder.commit(insert(POSTINGS, posting_row(entry, VISA)), insert(ENTRIES, entry))

    def test_on_completeness_is_refused_at_the_commit_and_not_before(self, shared_intruder, shared_scene):
        sql, values = insert(ENTRIES, entry_row(shared_scene.book))
        shared_intruder.say("BEGIN")
        shared_intruder.say(sql, values)
        with pytest.raises(REFUSED, match="(?i)foreign key"):
            shared_intruder.say("COMMIT")
        shared_intruder.say("ROLLBACK")

    def test_finds_one_amount_for_both_sides(self, shared_database):
        """There is no second amount with which an entry could be unbalanced."""
        columns = [column["name"] for column in inspect(shared_database.engine).get_columns(POSTINGS)]
        assert [name for name in columns if "amount" in name or "debit" in name or "credit" in name] == [
            "debit_id",
            "credit_id",
            "amount_minor",
        ]


# What the database refuses by NOT NULL or UNIQUE stays refused while the table has the column or the index.
_CAN_BE_LET_IN = [a for a in INSERTS if "unique" not in a.refusal and "null" not in a.refusal]


class TestWithTheGuardDown:
    @pytest.mark.parametrize("attack", _CAN_BE_LET_IN, ids=lambda attack: attack.name.replace(" ", "_"))
    def test_an_insert_succeeds_and_is_found(self, database, intruder, scene, attack):
        intruder.turn_keys_off()
        intruder.turn_checks_off()
        before = rows_of(database)
        carried_out(intruder, attack, scene)
        assert rows_of(database) != before
        found = faults_of(database)
        if attack.fault is None:
            # verify computes digests again; whether an amount is in range it leaves to the CHECK.
            assert found == []
        else:
            assert any(attack.fault in fault for fault in found), found

    @pytest.mark.parametrize("attack", CHANGES, ids=lambda attack: attack.name.replace(" ", "_"))
    def test_a_change_succeeds_and_is_found(self, database, intruder, scene, attack, engine_name):
        skip_elsewhere(attack, engine_name)
        intruder.take_the_guards_off()
        if not attack.name.startswith("truncated"):
            intruder.turn_keys_off()
        before = rows_of(database, "ledger_currencies", *rows_of(database))
        carried_out(intruder, attack, scene)
        assert rows_of(database, "ledger_currencies", *before) != before
        found = faults_of(database)
        if attack.fault is None:
            # What a book says of itself is not in any digest but that of a seal.
            assert found == []
        else:
            assert any(attack.fault in fault for fault in found), found

    @pytest.mark.parametrize(
        ("attack", "index"),
        [
            (attack, index)
            for attack in INSERTS
            for index in ["uq_ledger_entries_reversed_once", "uq_ledger_entries_idempotency"]
            if (attack.name, index)
            in {
                ("second reversal", "uq_ledger_entries_reversed_once"),
                ("key used before", "uq_ledger_entries_idempotency"),
            }
        ],
        ids=["second_reversal", "key_used_before"],
    )
    def test_what_may_be_there_once_is_there_twice(self, intruder, scene, attack, index):
        """SQLite cannot drop the index of a constraint, so there the same insert is tried with nothing to meet."""
        if intruder.is_sqlite:
            statements = attack.statements(Scene(scene.book, *[scene.entry] * 5))
            if attack.name == "second reversal":
                intruder.commit(*statements)
                return
            (sql, values), posting = statements
            intruder.commit((sql, tuple("K" if value == str(scene.entry) else value for value in values)), posting)
            return
        intruder.say(f"ALTER TABLE {ENTRIES} DROP CONSTRAINT {index}")
        carried_out(intruder, attack, scene)

    def test_a_fault_names_its_entry(self, database, intruder, scene):
        intruder.turn_keys_off()
        entry = entry_row(scene.book, last_seq=2)
        intruder.commit(insert(ENTRIES, entry), insert(POSTINGS, posting_row(entry, VISA)))
        (fault,) = faults_of(database)
        assert fault.startswith(f"entry {entry['id']} of book {scene.book} is incomplete")


class TestScopeOfVerify:
    """What verify says about itself: no constraint can promise that a reversal mirrors its original, so it looks."""

    def test_finds_a_reversal_of_another_amount_that_no_constraint_refuses(self, database, intruder, scene):
        entry = hashed(entry_row(scene.book, reverses_id=scene.entry), VISA)
        intruder.commit(insert(ENTRIES, entry), insert(POSTINGS, posting_row(entry, VISA)))
        (fault,) = faults_of(database)
        assert str(entry["id"]) in fault
        assert f"does not mirror {scene.entry}" in fault

    def test_finds_a_reversal_of_a_reversal_that_no_constraint_refuses(self, database, intruder, scene):
        entry = hashed(entry_row(scene.book, reverses_id=scene.reversal), LOAN)
        intruder.commit(insert(ENTRIES, entry), insert(POSTINGS, posting_row(entry, LOAN)))
        (fault,) = faults_of(database)
        assert "which is a reversal itself" in fault

    def test_finds_one_fault_among_many_entries_without_one(self, database, intruder, scene):
        posted(database, *(a_draft(scene.book) for _ in range(50)))
        intruder.turn_keys_off()
        intruder.commit(insert(ENTRIES, entry_row(scene.book)))
        assert len(faults_of(database)) == 1

    @pytest.mark.parametrize("is_sealed", [False, True])
    def test_finds_a_whole_entry_that_is_gone_once_it_was_sealed(self, database, intruder, scene, settings, is_sealed):
        """Foreign keys do not mind when entry and postings go together, and what is left balances and is complete."""
        posted(database, a_draft(scene.book, VISA, MEDICAL))
        if is_sealed:
            key_file = SealKeyFile(settings.seal_key_path)
            with database.unit_of_work() as session:
                sealing.register_key(session, LOCAL_OPERATOR, key_file)
            key_file.adopt()
            with database.unit_of_work() as session:
                sealing.seal(session, LOCAL_OPERATOR, key_file)
        intruder.take_the_guards_off()
        intruder.commit(
            (f"DELETE FROM {POSTINGS} WHERE entry_id = ?", (scene.entry,)),
            (f"DELETE FROM {ENTRIES} WHERE id = ?", (scene.entry,)),
        )
        found = faults_of(database)
        assert any(str(scene.entry) in fault and "is in seal 1" in fault for fault in found) is is_sealed
        assert is_sealed or found == []

    @pytest.mark.parametrize("amount", [1.5, "12 THB", b"\x01"])
    def test_sqlite_keeps_no_amount_that_is_not_a_whole_number(self, database, intruder, scene, amount, engine_name):
        """SQLite keeps any value in any column unless a CHECK says otherwise."""
        if engine_name != "sqlite":
            pytest.skip("a column of PostgreSQL has a type")
        entry = entry_row(scene.book)
        with pytest.raises(REFUSED):
            intruder.commit(insert(ENTRIES, entry), insert(POSTINGS, posting_row(entry, VISA, amount_minor=amount)))

    @pytest.mark.parametrize("name", ["id", "recorded_at", "effective_on"])
    def test_names_what_it_cannot_read_in_sqlite(self, database, intruder, scene, name, engine_name):
        if engine_name != "sqlite":
            pytest.skip("a column of PostgreSQL has a type")
        entry = entry_row(scene.book, reverses_id=scene.entry) | {name: "not readable"}
        try:
            intruder.commit(insert(ENTRIES, entry), insert(POSTINGS, posting_row(entry, VISA)))
        except REFUSED:
            return
        assert faults_of(database) != []

    def test_finds_an_account_under_a_foreign_id(self, database, intruder, scene):
        """Ids of accounts follow from code and currency; one made otherwise takes the code away from the service."""
        account = {"id": uuid4(), "code": "declared:cost:new", "currency": "THB", "basis": "declared"}
        intruder.commit(insert("ledger_accounts", account))
        assert any("the account declared:cost:new" in fault for fault in faults_of(database))
