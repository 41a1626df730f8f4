"""``recruitment ledger``: read the books, export them, and look for what is wrong with them."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import click

from recruitment.core.actor import LOCAL_OPERATOR, Permission
from recruitment.core.canonical import instant
from recruitment.core.money import to_text
from recruitment.ledger import exports, queries
from recruitment.ledger.errors import BookUnknown
from recruitment.ledger.services.verifying import verify as find_faults
from recruitment.web.terminal import open_database, table, told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from recruitment.ledger.rules import Balance

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


@ledger.command("trial-balance")
@_as_of
@_known_at
@told
def trial_balance(as_of: date | None, known_at: datetime | None) -> None:
    """Show the balances of all books together, with totals per currency."""
    with open_database().read_session() as session:
        found = queries.balances(session, as_of=as_of, known_at=known_at)
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
@click.option("--format", "language", type=click.Choice(["beancount", "hledger"]), required=True)
@click.option("--book", type=_Book(), metavar="ID", help="Only this book.")
@told
def export(language: str, book: UUID | None) -> None:
    """Write the books as a beancount file or an hledger journal to standard output."""
    LOCAL_OPERATOR.require(Permission.READ_LEDGER)
    write = exports.beancount if language == "beancount" else exports.hledger
    with open_database().read_session() as session:
        if book is not None:
            _require_book(session, book)
        found = queries.entries(session, book) if book is not None else queries.all_entries(session)
        for line in write(found, queries.accounts_in_use(session)):
            sys.stdout.write(line)


@ledger.command()
@told
def verify() -> None:
    """Look for what is wrong with the books. Exit code 1 when anything is; every fault names its entry."""
    count = 0
    with open_database().read_session() as session:
        for fault in find_faults(session, LOCAL_OPERATOR):
            count += 1
            if count <= _FAULTS_SHOWN:
                click.echo(str(fault))
    if count:
        click.echo(f"{count} faults.", err=True)
        sys.exit(1)
    click.echo("The books are complete and balance; every reversal mirrors its original.")


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
