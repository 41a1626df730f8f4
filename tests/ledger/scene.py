"""The books that an intruder finds, and the attacks that are tried on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from recruitment.core.money import AMOUNT_CAP
from recruitment.database.unit_of_work import Database
from recruitment.ledger.rules import account
from tests.ledger.books import LOAN, MEDICAL, REPORTED, VISA, a_draft, opened, posted, reversed_
from tests.ledger.intruder import Intruder, Statement, entry_row, hashed, insert, posting_row

ENTRIES, POSTINGS = "ledger_entries", "ledger_postings"


@dataclass(frozen=True)
class Scene:
    """Two books: in the first an entry of two postings, one that was reversed, its reversal; in the other one entry."""

    book: UUID
    other_book: UUID
    entry: UUID
    reversed_entry: UUID
    reversal: UUID
    foreign_entry: UUID

    @classmethod
    def laid_out(cls, database: Database) -> Scene:
        book, other = opened(database, count=2)
        drafts = [a_draft(book, VISA, MEDICAL), a_draft(book, LOAN), a_draft(other, REPORTED)]
        posted(database, *drafts)
        (reversal,) = reversed_(database, (book, drafts[1].id))
        return cls(book, other, drafts[0].id, drafts[1].id, reversal.entry_id, drafts[2].id)


@dataclass(frozen=True)
class Attack:
    """Statements of one transaction; the words of the refusal; and what ``verify`` says where nothing refuses it.

    ``fault`` is None where ``verify`` does not look: it computes digests again and trusts the CHECKs for the rest, and
    what a book says of itself shows only against a seal.
    """

    name: str
    statements: Callable[[Scene], list[Statement]]
    refusal: str
    fault: str | None = None
    on: tuple[str, ...] = ("sqlite", "postgresql")


KEY, CHECK, ONCE, NULL = "(?i)foreign key", "(?i)check constraint", "(?i)unique constraint", "(?i)not[- ]null"
MISPLACED = "has a posting whose account is"
CHANGED = "was changed"


def _alone(**changes: Any) -> Callable[[Scene], list[Statement]]:
    """An entry of one posting with the digests that it should have, which is right but for ``changes`` to the posting."""

    def statements(scene: Scene) -> list[Statement]:
        entry = entry_row(scene.book)
        values = {name: value(scene) if callable(value) else value for name, value in changes.items()}
        if isinstance(values.get("amount_minor"), int):
            entry = hashed(entry, replace(VISA, amount_minor=values["amount_minor"]))
        elif values.get("credit_id") == account(VISA.debit, "THB").id:
            entry = hashed(entry, replace(VISA, credit=VISA.debit))
        return [insert(ENTRIES, entry), insert(POSTINGS, posting_row(entry, VISA, **values))]

    return statements


def _numbered(last: int, *rows: dict[str, Any]) -> Callable[[Scene], list[Statement]]:
    """An entry that says it has ``last`` postings, with those of ``rows``."""

    def statements(scene: Scene) -> list[Statement]:
        entry = entry_row(scene.book, last_seq=last)
        return [insert(ENTRIES, entry), *(insert(POSTINGS, posting_row(entry, VISA, **row)) for row in rows)]

    return statements


def _added(target: str, last: int, **changes: Any) -> Callable[[Scene], list[Statement]]:
    """A posting for an entry that is in the books already."""

    def statements(scene: Scene) -> list[Statement]:
        entry = {"book_id": scene.book, "id": getattr(scene, target), "last_seq": last}
        return [insert(POSTINGS, posting_row(entry, VISA, **changes))]

    return statements


def _entry(posting=VISA, **changes: Any) -> Callable[[Scene], list[Statement]]:
    """An entry with a complete posting, and ``changes`` to the entry."""

    def statements(scene: Scene) -> list[Statement]:
        values = {name: value(scene) if callable(value) else value for name, value in changes.items()}
        entry = hashed(entry_row(scene.book, **values), posting)
        return [insert(ENTRIES, entry), insert(POSTINGS, posting_row(entry, posting))]

    return statements


def _of_other_currency(_: Scene) -> UUID:
    return account(LOAN.credit, "MMK").id


def _reversed_by_id(scene: Scene) -> list[Statement]:
    entry = entry_row(scene.book)
    entry["reverses_id"] = entry["id"]
    return [insert(ENTRIES, entry), insert(POSTINGS, posting_row(entry, VISA))]


_TURNED = replace(LOAN, debit=LOAN.credit, credit=LOAN.debit)

INSERTS = (
    # One side alone cannot be written down, nor two sides that differ.
    Attack("no credit", _alone(credit_id=None), NULL),
    Attack("no debit", _alone(debit_id=None), NULL),
    Attack("no amount", _alone(amount_minor=None), NULL),
    Attack("no currency", _alone(currency=None), NULL),
    Attack("no basis", _alone(basis=None), NULL),
    Attack("credit is debit", _alone(credit_id=lambda _: account(VISA.debit, "THB").id), CHECK),
    Attack("credit in another currency", _alone(credit_id=_of_other_currency), KEY, MISPLACED),
    Attack("debit in another currency", _alone(debit_id=_of_other_currency), KEY, MISPLACED),
    Attack("currency of neither account", _alone(currency="JPY"), KEY, MISPLACED),
    Attack("basis of neither account", _alone(basis="money"), KEY, MISPLACED),
    Attack(
        "credit of another basis",
        lambda scene: _entry(replace(REPORTED, credit="declared:borne:worker"))(scene),  # noqa: PLW0108
        KEY,
        MISPLACED,
    ),
    Attack("unknown account", _alone(debit_id=lambda _: uuid4()), KEY, MISPLACED),
    Attack("amount of zero", _alone(amount_minor=0), CHECK),
    Attack("negative amount", _alone(amount_minor=-1), CHECK),
    Attack("huge amount", _alone(amount_minor=AMOUNT_CAP + 1), CHECK),
    # Completeness.
    Attack("empty entry", _numbered(1), KEY, "is incomplete: it has 0 of 1 postings"),
    Attack("entry of no postings", _numbered(0), CHECK, CHANGED),
    Attack("fewer than said", _numbered(2, {}), KEY, "is incomplete: it has 1 of 2 postings"),
    Attack("hole", _numbered(3, {}, {"seq": 3, "prev_seq": 2}), KEY, "is incomplete: it has 2 of 3 postings"),
    Attack("hidden hole", _numbered(3, {}, {"seq": 3, "prev_seq": 1}), CHECK, "is incomplete"),
    Attack("second without the first", _numbered(2, {"seq": 2, "prev_seq": None}), CHECK, "is incomplete"),
    Attack("number zero", _numbered(1, {}, {"seq": 0, "prev_seq": None}), CHECK, "is incomplete"),
    Attack("late posting", _added("entry", 3, seq=3, prev_seq=2), KEY, "is incomplete"),
    Attack("late posting past the last", _added("entry", 2, seq=3, prev_seq=2), CHECK, "is incomplete"),
    Attack("posting twice", _added("entry", 2), ONCE),
    Attack("posting for no entry", _alone(entry_id=lambda _: uuid4()), KEY, "has postings, but no entry"),
    Attack("posting in a foreign book", _alone(book_id=lambda scene: scene.other_book), KEY, "has postings, but no"),
    Attack("posting for a foreign entry", _added("foreign_entry", 1), KEY, "has postings, but no entry"),
    Attack("entry in no book", _entry(book_id=lambda _: uuid4()), KEY, "stands in a book that does not exist"),
    # Reversals and keys.
    Attack("second reversal", _entry(_TURNED, reverses_id=lambda scene: scene.reversed_entry), ONCE),
    Attack("reversal of nothing", _entry(reverses_id=lambda _: uuid4()), KEY, "which is not there"),
    Attack("reversal across books", _entry(reverses_id=lambda scene: scene.foreign_entry), KEY, "which is not there"),
    Attack("reversal of itself", _reversed_by_id, CHECK, "which is a reversal itself"),
    Attack("key used before", _entry(scope="reversal", key=lambda scene: str(scene.reversed_entry)), ONCE),
)


def _say(sql: str, *names: str) -> Callable[[Scene], list[Statement]]:
    return lambda scene: [(sql, tuple(getattr(scene, name) for name in names))]


def _replaced(scene: Scene) -> list[Statement]:
    entry = {"book_id": scene.book, "id": scene.reversed_entry, "last_seq": 1}
    return [insert(POSTINGS, posting_row(entry, LOAN, amount_minor=1), verb="INSERT OR REPLACE")]


def _upserted(scene: Scene) -> list[Statement]:
    entry = {"book_id": scene.book, "id": scene.reversed_entry, "last_seq": 1}
    sql, values = insert(POSTINGS, posting_row(entry, LOAN, amount_minor=1))
    return [(f"{sql} ON CONFLICT (book_id, entry_id, seq) DO UPDATE SET amount_minor = excluded.amount_minor", values)]


GUARDED = "append-only"
_NOT_A_MIRROR = "does not mirror"
UNUSED = "is used by no posting: something was taken out"
CHANGES = (
    Attack("edited amount", _say(f"UPDATE {POSTINGS} SET amount_minor = 1 WHERE entry_id = ?", "entry"), GUARDED, CHANGED),
    Attack(
        "edited amount of a reversed entry",
        _say(f"UPDATE {POSTINGS} SET amount_minor = 1 WHERE entry_id = ?", "reversed_entry"),
        GUARDED,
        _NOT_A_MIRROR,
    ),
    Attack("edited day", _say(f"UPDATE {ENTRIES} SET effective_on = '2030-01-01' WHERE id = ?", "entry"), GUARDED, CHANGED),
    Attack("edited digest", _say(f"UPDATE {ENTRIES} SET narrative = 'x' WHERE id = ?", "entry"), GUARDED, CHANGED),
    Attack("edited chart", _say("UPDATE ledger_accounts SET code = code || '_x'"), GUARDED, "the account"),
    Attack("edited exponent", _say("UPDATE ledger_currencies SET exponent = 0"), GUARDED, "the frozen currencies"),
    Attack("edited book", _say("UPDATE ledger_books SET kind = 'fund'"), GUARDED),
    Attack("deleted postings", _say(f"DELETE FROM {POSTINGS} WHERE entry_id = ?", "entry"), GUARDED, "is incomplete"),
    Attack(
        "deleted reversed entry", _say(f"DELETE FROM {ENTRIES} WHERE id = ?", "reversed_entry"), GUARDED,
        "has postings, but no entry",
    ),
    Attack("deleted account", _say("DELETE FROM ledger_accounts WHERE code LIKE 'declared:%'"), GUARDED, MISPLACED),
    Attack("deleted books", _say("DELETE FROM ledger_books"), GUARDED, "stands in a book that does not exist"),
    Attack("upserted posting", _upserted, GUARDED, _NOT_A_MIRROR),
    Attack("replaced posting", _replaced, GUARDED, _NOT_A_MIRROR, on=("sqlite",)),
    Attack("truncated postings", _say(f"TRUNCATE {POSTINGS} CASCADE"), GUARDED, UNUSED, on=("postgresql",)),
    Attack("truncated books", _say("TRUNCATE ledger_books CASCADE"), GUARDED, UNUSED, on=("postgresql",)),
)  # fmt: skip


def carried_out(intruder: Intruder, attack: Attack, scene: Scene) -> None:
    """Carry an attack out in one transaction."""
    intruder.commit(*attack.statements(scene))
