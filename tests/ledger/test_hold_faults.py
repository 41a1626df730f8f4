"""Raw SQL against guarded balances and holds: each attack is refused; with the guards down it succeeds, and is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.canonical import instant
from recruitment.database.unit_of_work import Database
from recruitment.ledger.rules import HoldEnd, HoldResolution, account, hold_digest, leaf, resolution_digest
from recruitment.ledger.services import sealing
from recruitment.ledger.signing import SealKeyFile
from tests.databases import chosen_engines
from tests.ledger.books import VISA, a_draft, faults_of, opened, posted
from tests.ledger.funds import BANK, THB, a_fund, a_hold, held, left, paid, released, settled
from tests.ledger.intruder import REFUSED, Intruder, Statement, entry_row, hashed, insert, posting_row
from tests.ledger.shared import shared_database, shared_settings

__all__ = ["shared_database", "shared_settings"]

HOLDS, ENDS, GUARDED = "ledger_holds", "ledger_hold_resolutions", "ledger_guarded_balances"
_AT = datetime(2024, 5, 1, 8, tzinfo=UTC)
_BY = UUID(int=9)


@dataclass(frozen=True)
class Scene:
    """A fund of 1,000: a hold of 100 that is open, one of 200 settled for 150, one of 50 released; a book that is bare."""

    book: UUID
    bare: UUID
    open: UUID
    settled: UUID
    released: UUID
    entry: UUID
    other_entry: UUID


def laid_out(database: Database) -> Scene:
    book, (bare,) = a_fund(database, 1_000), opened(database)
    drafts = [a_hold(book, amount) for amount in (100, 200, 50)]
    held(database, *drafts)
    entry, other = a_draft(book, paid(150)), a_draft(book, paid(10))
    settled(database, book, drafts[1].id, entry)
    released(database, (book, drafts[2].id))
    posted(database, other, a_draft(bare, VISA))
    opened_, settled_, released_ = (each.id for each in drafts)
    return Scene(book, bare, opened_, settled_, released_, entry.id, other.id)


@pytest.fixture
def scene(database) -> Scene:
    return laid_out(database)


@pytest.fixture(scope="module")
def standing(shared_settings, shared_database) -> Iterator[tuple[Database, Scene, Intruder]]:
    """A database with all its guards, that every attack leaves as it was."""
    found = Intruder(shared_settings)
    yield shared_database, laid_out(shared_database), found
    found.close()


@pytest.fixture(scope="module", params=chosen_engines())
def fallen(request, tmp_path_factory) -> Iterator[tuple[Database, Intruder]]:
    """A database with its guards down, where every attack has a scene of its own and its faults stay."""
    databases = request.getfixturevalue(
        {"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[request.param]
    )
    with databases.migrated(tmp_path_factory.mktemp("fallen")) as settings:
        database, found = Database(settings), Intruder(settings)
        down(found)
        yield database, found
        found.close()
        database.dispose()


def hold_row(book: UUID, amount: Any, **changes: Any) -> dict[str, Any]:
    """Return the row of a hold with the digests that it would have, had the service held it; ``changes`` come after."""
    row = {
        "book_id": book, "id": uuid4(), "account_id": account(BANK, THB).id, "amount_minor": amount, "scope": "intruder",
        "key": str(uuid4()), "source_type": "intruder", "source_id": _BY, "recorded_at": _AT, "recorded_by": _BY,
    }  # fmt: skip
    digest = hold_digest(book.hex, BANK, THB, amount, (row["scope"], row["key"]), ("intruder", _BY.hex))
    digests = {"request_hash": digest, "leaf": leaf(digest, row["id"].hex, _BY.hex, instant(_AT))}
    return row | digests | changes


def end_row(
    book: UUID, hold: UUID, held: int, posted: int = 0, entry: UUID | None = None, **changes: Any
) -> dict[str, Any]:
    """Return the row of what became of a hold with the digest that it would have; ``changes`` come after."""
    kind = HoldEnd.SETTLED if entry else HoldEnd.RELEASED
    end = HoldResolution(uuid4(), kind, held, posted, entry, "")
    digest = resolution_digest(book.hex, hold.hex, end)
    row = {
        "book_id": book, "hold_id": hold, "id": end.id, "kind": kind.value, "held_minor": held, "posted_minor": posted,
        "entry_id": entry, "reason": "", "recorded_at": _AT, "recorded_by": _BY,
        "leaf": leaf(digest, end.id.hex, _BY.hex, instant(_AT)),
    }  # fmt: skip
    return row | changes


@dataclass(frozen=True)
class Attack:
    """Statements of one transaction; the words of the refusal (None: no constraint can refuse it); what is found."""

    name: str
    statements: Callable[[Scene], list[Statement]]
    refusal: str | None
    fault: str


KEY, CHECK, ONCE, APPEND = "(?i)foreign key", "(?i)check constraint", "(?i)unique constraint", "append-only"
_BALANCE = "has a guarded balance of fund:bank:main in THB that says"


def _add(table: str, row: Callable[[Scene], dict[str, Any]]) -> Callable[[Scene], list[Statement]]:
    return lambda scene: [insert(table, row(scene))]


def _say(sql: str, *names: str) -> Callable[[Scene], list[Statement]]:
    return lambda scene: [(sql, tuple(getattr(scene, name) for name in names))]


def _unsaid_entry(scene: Scene) -> list[Statement]:
    entry = hashed(entry_row(scene.book), paid(10))
    return [insert("ledger_entries", entry), insert("ledger_postings", posting_row(entry, paid(10)))]


ATTACKS = (
    Attack("balance below zero", _say(f"UPDATE {GUARDED} SET available_minor = -1"), CHECK, _BALANCE),
    Attack("balance put up", _say(f"UPDATE {GUARDED} SET available_minor = 5000"), None, _BALANCE),
    Attack("balance of no book", _add(GUARDED, lambda _: {
        "book_id": uuid4(), "account_id": account(BANK, THB).id, "available_minor": 1}), KEY, _BALANCE),
    Attack("balance taken out", _say(f"DELETE FROM {GUARDED}"), KEY, "that stands on an account that is not guarded"),
    Attack("entry past the balance", _unsaid_entry, None, _BALANCE),
    Attack("hold past the balance", _add(HOLDS, lambda s: hold_row(s.book, 5)), None, _BALANCE),
    Attack("hold where nothing is guarded", _add(HOLDS, lambda s: hold_row(s.bare, 5)), KEY, "that is not guarded"),
    Attack("hold of nothing", _add(HOLDS, lambda s: hold_row(s.book, 0, leaf=b"\x01" * 32)), CHECK, "was changed"),
    Attack("edited hold", _say(f"UPDATE {HOLDS} SET amount_minor = 1 WHERE id = ?", "open"), APPEND, "that was changed"),
    Attack("edited key of a hold", _say(f"UPDATE {HOLDS} SET key = 'k' WHERE id = ?", "open"), APPEND, "that was changed"),
    Attack("hold by another", _say(f"UPDATE {HOLDS} SET recorded_at = '2020-01-01 00:00:00.000000' WHERE id = ?", "open"),
           APPEND, "that was changed"),
    Attack("deleted hold", _say(f"DELETE FROM {HOLDS} WHERE id = ?", "open"), APPEND, _BALANCE),
    Attack("deleted hold that was settled", _say(f"DELETE FROM {HOLDS} WHERE id = ?", "settled"), APPEND,
           "is of a hold that is not there"),
    Attack("resolved for more", _add(ENDS, lambda s: end_row(s.book, s.open, 100, 101, s.other_entry)), CHECK,
           "is for 101 of 100, where 100 were held"),
    Attack("resolved for more than was held", _add(ENDS, lambda s: end_row(s.book, s.open, 101, 101, s.other_entry)), KEY,
           "is for 101 of 101, where 100 were held"),
    Attack("resolved by what posts something else", _add(ENDS, lambda s: end_row(s.book, s.open, 100, 11, s.other_entry)),
           None, "says that 11 were posted, where the entry"),
    Attack("resolved by no entry", _add(ENDS, lambda s: end_row(s.book, s.open, 100, 5, uuid4())), KEY, "which is not there"),
    Attack("settled without an entry", _add(ENDS, lambda s: end_row(s.book, s.open, 100, kind="settled")), CHECK,
           "which is not there"),
    Attack("released with money gone", _add(ENDS, lambda s: end_row(s.book, s.open, 100, 5, leaf=b"\x01" * 32)), CHECK,
           "was changed"),
    Attack("of no kind", _add(ENDS, lambda s: end_row(s.book, s.open, 100, kind="lost")), CHECK, "was changed"),
    Attack("end of no hold", _add(ENDS, lambda s: end_row(s.book, uuid4(), 100)), KEY, "is of a hold that is not there"),
    Attack("released beside the balance", _add(ENDS, lambda s: end_row(s.book, s.open, 100)), None, _BALANCE),
    Attack("edited end", _say(f"UPDATE {ENDS} SET posted_minor = 140 WHERE hold_id = ?", "settled"), APPEND,
           "says that 140 were posted, where the entry"),
    Attack("edited reason", _say(f"UPDATE {ENDS} SET reason = 'x' WHERE hold_id = ?", "released"), APPEND, "was changed"),
    Attack("deleted end", _say(f"DELETE FROM {ENDS} WHERE hold_id = ?", "released"), APPEND, _BALANCE),
    Attack("deleted end that was settled", _say(f"DELETE FROM {ENDS} WHERE hold_id = ?", "settled"), APPEND, _BALANCE),
)  # fmt: skip


class TestTheScene:
    def test_is_sound(self, database, scene):
        assert left(database, scene.book) == 1_000 - 100 - 150 - 10
        assert faults_of(database) == []

    def test_lets_in_what_is_right(self, database, intruder, scene):
        """Who does all that the service does is not found: the faults below are not faults of everything."""
        row = hold_row(scene.book, 5)
        intruder.commit(
            insert(HOLDS, row),
            insert(ENDS, end_row(scene.book, row["id"], 5)),
            insert(ENDS, end_row(scene.book, scene.open, 100, 10, scene.other_entry)),
            (f"UPDATE {GUARDED} SET available_minor = available_minor + 100", ()),
        )
        assert faults_of(database) == []

    def test_refuses_what_may_be_there_once(self, database, intruder, scene):
        for statement in (
            insert(ENDS, end_row(scene.book, scene.settled, 200)),
            insert(ENDS, end_row(scene.book, scene.open, 100, 100, scene.entry)),
            insert(GUARDED, {"book_id": scene.book, "account_id": account(BANK, THB).id, "available_minor": 9}),
        ):
            with pytest.raises(REFUSED, match=ONCE):
                intruder.commit(statement)
        assert faults_of(database) == []


class TestAnAttack:
    @pytest.mark.parametrize("attack", [each for each in ATTACKS if each.refusal], ids=lambda attack: attack.name)
    def test_is_refused(self, standing, attack):
        database, scene, intruder = standing
        with pytest.raises(REFUSED, match=attack.refusal):
            intruder.commit(*attack.statements(scene))
        assert faults_of(database) == []

    @pytest.mark.parametrize("attack", [each for each in ATTACKS if not each.refusal], ids=lambda attack: attack.name)
    def test_that_no_constraint_can_refuse_is_found(self, database, intruder, scene, attack):
        intruder.commit(*attack.statements(scene))
        assert any(attack.fault in fault for fault in faults_of(database))

    @pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
    def test_that_succeeds_is_found(self, fallen, attack):
        database, intruder = fallen
        scene, before = laid_out(database), set(faults_of(database))
        intruder.commit(*attack.statements(scene))
        found = set(faults_of(database)) - before
        assert any(attack.fault in fault for fault in found), found

    def test_on_many_holds_names_the_one(self, database, intruder, scene):
        down(intruder)
        intruder.commit((f"UPDATE {HOLDS} SET source_type = 'x' WHERE id = ?", (scene.open,)))
        (fault,) = faults_of(database)
        assert fault == f"book {scene.book} has a hold {scene.open} that was changed"


def down(intruder: Intruder) -> None:
    """Take down everything that stands in the way."""
    intruder.take_the_guards_off()
    intruder.turn_keys_off()
    intruder.turn_checks_off()


@pytest.fixture
def a_seal(database, settings) -> Callable[[], int]:
    """Seal everything, and return how many leaves there were."""
    key_file = SealKeyFile(settings.seal_key_path)
    with database.unit_of_work() as session:
        sealing.register_key(session, LOCAL_OPERATOR, key_file)
    key_file.adopt()

    def seal() -> int:
        with database.unit_of_work() as session:
            made = sealing.seal(session, LOCAL_OPERATOR, key_file)
        return made.leaves if made else 0

    return seal


class TestASeal:
    def test_holds_holds_and_what_became_of_them(self, database, scene, a_seal):
        assert a_seal() == 2 + 4 + 3 + 2  # books, entries, holds, ends
        assert a_seal() == 0
        released(database, (scene.book, scene.open))
        assert a_seal() == 1
        assert [fault for fault in faults_of(database) if "nobody vouches for" not in fault] == []

    def test_proves_a_hold(self, database, scene, a_seal):
        a_seal()
        with database.read_session() as session:
            assert sealing.prove(session, LOCAL_OPERATOR, scene.open).seal.number == 1

    def test_shows_an_open_hold_that_was_taken_out_with_its_money(self, database, intruder, scene, a_seal):
        """Everything fits once the balance is put up as well: only a seal knows. The same before it is not found."""
        other = a_hold(scene.book, 5)
        held(database, other)
        down(intruder)
        for hold, amount, expected in ((other.id, 5, False), (scene.open, 100, True)):
            intruder.commit(
                (f"DELETE FROM {HOLDS} WHERE id = ?", (hold,)),
                (f"UPDATE {GUARDED} SET available_minor = available_minor + {amount}", ()),
            )
            found = faults_of(database)
            assert any(str(hold) in fault and "is in seal 1" in fault for fault in found) is expected
            assert bool(found) is expected
            if not expected:
                a_seal()

    @pytest.mark.parametrize("table", [HOLDS, ENDS])
    def test_shows_what_was_written_anew_with_fitting_digests(self, database, intruder, scene, a_seal, table):
        a_seal()
        down(intruder)
        hold = scene.open if table == HOLDS else scene.released
        (row,) = intruder.say(f"SELECT id FROM {table} WHERE {'id' if table == HOLDS else 'hold_id'} = ?", (hold,))
        same = UUID(str(row[0]))
        if table == HOLDS:
            fresh = hold_row(scene.book, 100)
            fresh["id"] = same
            fresh["leaf"] = leaf(fresh["request_hash"], same.hex, _BY.hex, instant(_AT))
        else:
            fresh = end_row(scene.book, hold, 50)
            end = HoldResolution(same, HoldEnd.RELEASED, 50, 0, None, "")
            fresh |= {"id": same}
            fresh["leaf"] = leaf(resolution_digest(scene.book.hex, hold.hex, end), same.hex, _BY.hex, instant(_AT))
        intruder.commit((f"DELETE FROM {table} WHERE id = ?", (same,)), insert(table, fresh))
        assert any("is not what seal 1 holds of it" in fault for fault in faults_of(database))

    def test_shows_what_was_put_in_later(self, database, intruder, scene, a_seal):
        a_seal()
        row = hold_row(scene.book, 5)
        intruder.commit(insert(HOLDS, row), insert(ENDS, end_row(scene.book, row["id"], 5)))
        found = faults_of(database)
        assert len([fault for fault in found if "was put in later: seal 1" in fault]) == 2
