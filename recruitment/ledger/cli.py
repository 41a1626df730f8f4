"""``recruitment ledger``: read the books, export them, and look for what is wrong with them."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from recruitment.core import merkle
from recruitment.core.actor import LOCAL_OPERATOR, Permission
from recruitment.core.canonical import instant
from recruitment.core.money import to_text
from recruitment.database.unit_of_work import WriteConflict
from recruitment.ledger import exports, queries
from recruitment.ledger.errors import BookUnknown, EntryNotSealed
from recruitment.ledger.queries import holds as holding
from recruitment.ledger.services import sealing
from recruitment.ledger.services.verifying import verify as find_faults
from recruitment.ledger.signing import SealKeyFile, read_head
from recruitment.sheets.writing import write_csv, write_xlsx
from recruitment.web.terminal import open_database, table, told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from recruitment.ledger.rules import Balance, EntryRead

_FAULTS_SHOWN = 50


class _Day(click.ParamType[date]):
    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a date. Write it like 2024-05-31.", param, ctx)


class _Instant(click.ParamType[datetime]):
    name = "instant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            found = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not an instant. Write it like 2024-05-31T12:00:00+00:00.", param, ctx)
        return found if found.tzinfo else found.replace(tzinfo=UTC)


class _Book(click.ParamType[UUID]):
    name = "book"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> UUID:
        try:
            return UUID(str(value))
        except ValueError:
            self.fail(
                f"{value!r} is not a book. A journey's page and 'recruitment journeys book REF' show its book.",
                param,
                ctx,
            )


class _Entry(click.ParamType[UUID]):
    name = "entry"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> UUID:
        try:
            return UUID(str(value))
        except ValueError:
            self.fail(f"{value!r} is not an entry. 'recruitment ledger entries --book ID' shows them.", param, ctx)


_as_of = click.option("--as-of", type=_Day(), metavar="DATE", help="What had happened by that day.")
_known_at = click.option(
    "--known-at", type=_Instant(), metavar="INSTANT", help="What the books held at that instant (UTC unless it says)."
)
_book = click.option("--book", type=_Book(), required=True, metavar="ID", help="The book.")


@click.group("ledger")
def ledger() -> None:
    """Read, export and verify the books."""


@ledger.command()
@_book
@_as_of
@_known_at
@told
def balances(book: UUID, as_of: date | None, known_at: datetime | None) -> None:
    """Show the balances of one book."""
    with open_database().read_session() as session:
        _require_book(session, book)
        click.echo(_balance_table(queries.balances(session, book, as_of=as_of, known_at=known_at)))
        guarded = holding.guarded_balances(session, book) if as_of is None and known_at is None else []
    if guarded:
        rows = [
            (
                each.account,
                each.currency,
                to_text(each.reserved_minor, each.currency),
                to_text(each.available_minor, each.currency),
            )
            for each in guarded
        ]
        click.echo("\n" + table(("guarded account", "", "reserved", "available"), rows, numbers=(2, 3)))


@ledger.command("holds")
@_book
@told
def open_holds(book: UUID) -> None:
    """Show what is held on the guarded accounts of one book, neither settled nor released."""
    with open_database().read_session() as session:
        _require_book(session, book)
        rows = [
            (
                instant(hold.recorded_at)[:19], hold.account, to_text(hold.amount_minor, hold.currency), hold.currency,
                f"{hold.scope}/{hold.key}", str(hold.id),
            )
            for hold in holding.open_holds(session, [book])
        ]  # fmt: skip
    click.echo(table(("recorded (UTC)", "account", "amount", "", "key", "hold"), rows, numbers=(2,)))


@ledger.command("trial-balance")
@_as_of
@_known_at
@click.option("--csv", "as_csv", is_flag=True, help="Write CSV instead of a table.")
@told
def trial_balance(as_of: date | None, known_at: datetime | None, as_csv: bool) -> None:
    """Show the balances of all books together, with totals per currency."""
    with open_database().read_session() as session:
        found = queries.balances(session, as_of=as_of, known_at=known_at)
    if as_csv:
        sys.stdout.writelines(write_csv(exports.TRIAL_BALANCE_HEADER, exports.trial_balance_rows(found)))
        return
    click.echo(_balance_table(found))
    totals: dict[str, list[int]] = {}
    for balance in found:
        sides = totals.setdefault(balance.currency, [0, 0])
        sides[0] += balance.debits_minor
        sides[1] += balance.credits_minor
    rows = [(code, to_text(debits, code), to_text(credits, code)) for code, (debits, credits) in sorted(totals.items())]
    click.echo("\n" + table(("total", "debits", "credits"), rows, numbers=(1, 2)))


@ledger.command()
@_book
@told
def entries(book: UUID) -> None:
    """Show the entries of one book in the order in which they were recorded."""
    with open_database().read_session() as session:
        _require_book(session, book)
        rows = [
            (
                instant(entry.recorded_at)[:19], str(entry.effective_on), posting.debit, posting.credit,
                to_text(posting.amount_minor, posting.currency), posting.currency,
                f"takes back {entry.reverses_id}" if entry.reverses_id else entry.narrative, str(entry.id),
            )
            for entry in queries.entries(session, book)
            for posting in entry.postings
        ]  # fmt: skip
    header = ("recorded (UTC)", "day", "debit", "credit", "amount", "", "narrative", "entry")
    click.echo(table(header, rows, numbers=(4,)))


@ledger.command()
@click.option("--format", "language", type=click.Choice(["beancount", "hledger", "csv", "xlsx"]), required=True)
@click.option("--book", type=_Book(), metavar="ID", help="Only this book.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write (needed for xlsx).")
@told
def export(language: str, book: UUID | None, out: Path | None) -> None:
    """Write the journal for another programme. An xlsx holds the journal and the trial balance."""
    LOCAL_OPERATOR.require(Permission.READ_LEDGER)
    with open_database().read_session() as session:
        if book is not None:
            _require_book(session, book)
        found = queries.entries(session, book) if book is not None else queries.all_entries(session)
        if language == "xlsx":
            if out is None:
                raise click.UsageError("An xlsx needs a file: --out FILE.")
            _write_workbook(session, found, book, out)
            return
        if language == "csv":
            lines = write_csv(exports.JOURNAL_HEADER, exports.journal_rows(found))
        else:
            write = exports.beancount if language == "beancount" else exports.hledger
            lines = write(found, queries.accounts_in_use(session))
        with out.open("w", encoding="utf-8", newline="") if out else nullcontext(sys.stdout) as target:
            target.writelines(lines)


def _write_workbook(session: Session, found: Iterable[EntryRead], book: UUID | None, out: Path) -> None:
    write_xlsx(
        out,
        [
            ("journal", exports.JOURNAL_HEADER, exports.journal_rows(found)),
            (
                "trial balance",
                exports.TRIAL_BALANCE_HEADER,
                exports.trial_balance_rows(queries.balances(session, book)),
            ),
        ],
    )
    click.echo(f"The journal and the trial balance are in {out}.")


@ledger.command("new-key")
@told
def new_key() -> None:
    """Make a key that signs seals: the first, or the next one, which the present key certifies."""
    database = open_database()
    key_file = SealKeyFile(database.settings.seal_key_path)
    with database.unit_of_work() as session:
        key_id = sealing.register_key(session, LOCAL_OPERATOR, key_file)
    key_file.adopt()
    click.echo(f"The key {key_id} signs from now on. Its file is {key_file.path}: keep it apart from the database.")


@ledger.command()
@told
def seal() -> None:
    """Seal every entry that is not yet sealed, 2,000 at a time."""
    database = open_database()
    key_file = SealKeyFile(database.settings.seal_key_path)
    count = 0
    while True:
        try:
            with database.unit_of_work() as session:
                made = sealing.seal(session, LOCAL_OPERATOR, key_file)
        except WriteConflict:
            continue  # another sealer made this number; what it left is ours
        if made is None:
            break
        count += made.leaves
        click.echo(f"seal {made.number}: {made.leaves} leaves, head {made.head.hex()}")
    click.echo(f"Sealed {count} leaves." if count else "Everything is sealed already.")


@ledger.command()
@click.argument("entry", type=_Entry())
@click.option("--json", "as_json", is_flag=True, help="Print the proof as JSON.")
@told
def prove(entry: UUID, as_json: bool) -> None:
    """Prove that an entry is in the books: the way from its leaf to a signed root. It proves no absence."""
    with open_database().read_session() as session:
        proof = sealing.prove(session, LOCAL_OPERATOR, entry)
    sealed = proof.seal
    if not merkle.verify_inclusion(proof.leaf, proof.position, sealed.leaves, proof.path, sealed.root):
        raise EntryNotSealed(f"The seal {sealed.number} does not hold the entry. Run: recruitment ledger verify")
    if as_json:
        click.echo(json.dumps(exports.proof_document(proof)))
        return
    click.echo(f"The entry {entry} is leaf {proof.position} of {sealed.leaves} in seal {sealed.number}.")
    click.echo(f"leaf {proof.leaf.hex()}")
    for node in proof.path:
        click.echo(f"  + {node.hex()}")
    click.echo(f"root {sealed.root.hex()}, sealed {instant(sealed.sealed_at)}, head {sealed.head.hex()}")


@ledger.command()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it to a file outside the database.")
@told
def head(out: Path | None) -> None:
    """Print the newest signed head, to be kept outside the house. Never for agencies, employers or the public."""
    with open_database().read_session() as session:
        text = json.dumps(sealing.head(session, LOCAL_OPERATOR), indent=2) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    out.write_text(text)
    click.echo(f"The head is in {out}.")


@ledger.command()
@click.option(
    "--head", "heads", type=click.Path(exists=True, dir_okay=False, path_type=Path), multiple=True, metavar="FILE",
    help="A head that left the house before; may be given more than once.",
)  # fmt: skip
@told
def verify(heads: tuple[Path, ...]) -> None:
    """Look for what is wrong with the books. Exit code 1 when anything is; every fault names its entry."""
    database = open_database()
    key_file = SealKeyFile(database.settings.seal_key_path)
    anchors = [key_file.public_key()] if key_file.exists() else []
    read = [read_head(path.read_bytes()) for path in heads]
    count = 0
    with database.read_session() as session:
        for fault in find_faults(session, LOCAL_OPERATOR, anchors=anchors, heads=read):
            count += 1
            if count <= _FAULTS_SHOWN:
                click.echo(str(fault))
    if count:
        click.echo(f"{count} faults.", err=True)
        sys.exit(1)
    click.echo("The books are complete, balance, and are what was sealed; every reversal mirrors its original.")
    if not read:
        click.echo("That nothing was cut off at the end can only be told with a head from outside: --head FILE.")


def _require_book(session: Session, book: UUID) -> None:
    LOCAL_OPERATOR.require(Permission.READ_LEDGER)
    if not queries.book_exists(session, book):
        raise BookUnknown(f"There is no book {book}.")


def _balance_table(found: Iterable[Balance]) -> str:
    rows = [
        (
            balance.account, balance.currency, to_text(balance.debits_minor, balance.currency),
            to_text(balance.credits_minor, balance.currency), to_text(balance.balance_minor, balance.currency),
        )
        for balance in found
    ]  # fmt: skip
    return table(("account", "", "debits", "credits", "balance"), rows, numbers=(2, 3, 4))
