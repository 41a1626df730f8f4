"""The books for other programmes: beancount and hledger as text streams, journal and trial balance for spreadsheets.

Account codes are kept. hledger takes them as they are; beancount wants one of five roots, capitals and no underscores,
so ``declared:cost:visa_fee`` is ``Expenses:Declared:Cost:Visa-fee`` there (take the root off, write small letters, and
put underscores for hyphens to have the code again).
"""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from recruitment.core.canonical import instant
from recruitment.core.money import exponent, to_text
from recruitment.ledger.rules import Side, legs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from recruitment.ledger.rules import Balance, EntryRead, InclusionProof

_ROOTS = {
    ("declared", "cost"): "Expenses",
    ("declared", "borne"): "Income",
    ("reported", "cost"): "Expenses",
    ("reported", "borne"): "Income",
    ("verified", "cost"): "Expenses",
    ("verified", "borne"): "Income",
    ("debt", "drawn"): "Expenses",
    ("debt", "owed"): "Liabilities",
    ("debt", "repaid"): "Income",
    ("debt", "cancelled"): "Income",
    ("debt", "taken_over"): "Income",
    ("remedy", "due_from"): "Assets",
    ("remedy", "owed"): "Liabilities",
    ("remedy", "paid"): "Income",
    ("fund", "bank"): "Assets",
    ("fund", "contributions"): "Income",
}


def beancount_account(code: str) -> str:
    """Return the name of an account in beancount's spelling."""
    segments = code.split(":")
    root = _ROOTS.get((segments[0], segments[1] if len(segments) > 1 else ""), "Equity")
    return ":".join([root, *(segment[:1].upper() + segment[1:].replace("_", "-") for segment in segments)])


def beancount(entries: Iterable[EntryRead], accounts: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield the lines of a beancount file. ``accounts`` are code and currency of every account, in order."""
    yield 'option "title" "First Mile"\n'
    for code, pairs in groupby(accounts, key=lambda pair: pair[0]):
        yield f"1900-01-01 open {beancount_account(code)} {','.join(currency for _, currency in pairs)}\n"
    for entry in entries:
        yield f'\n{entry.effective_on} * "{_quoted(entry.narrative)}"\n'
        yield f'  entry: "{entry.id}"\n  book: "{entry.book_id}"\n  recorded: "{instant(entry.recorded_at)}"\n'
        if entry.reverses_id:
            yield f'  reverses: "{entry.reverses_id}"\n'
        for account, amount, currency in _amounts(entry):
            yield f"  {beancount_account(account)}  {to_text(amount, currency)} {currency}\n"


def hledger(entries: Iterable[EntryRead], accounts: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield the lines of an hledger journal. ``accounts`` are code and currency of every account, in order."""
    for currency in sorted({currency for _, currency in accounts}):
        places = exponent(currency)
        yield f"commodity 1000.{'0' * places} {currency}\n"
    for code, _ in groupby(accounts, key=lambda pair: pair[0]):
        yield f"account {code}\n"
    for entry in entries:
        reverses = f", reverses:{entry.reverses_id}" if entry.reverses_id else ""
        narrative = _one_line(entry.narrative)
        yield f"\n{entry.effective_on} * {narrative}\n"
        yield f"    ; entry:{entry.id}, book:{entry.book_id}, recorded:{instant(entry.recorded_at)}{reverses}\n"
        for account, amount, currency in _amounts(entry):
            yield f"    {account}    {to_text(amount, currency)} {currency}\n"


def _amounts(entry: EntryRead) -> Iterator[tuple[str, int, str]]:
    """Yield account, signed amount and currency: debits are positive."""
    for leg in legs_of(entry.postings):
        yield leg.account, leg.amount_minor if leg.side is Side.DEBIT else -leg.amount_minor, leg.currency


def _one_line(text: str) -> str:
    """Return text that hledger reads as nothing but a description: one line, no comment, no status, no code."""
    tidy = " ".join(text.split()).replace(";", ",").replace("|", "/")
    return f"- {tidy}" if tidy[:1] in {"(", "!", "*", "="} else tidy


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


JOURNAL_HEADER = (
    "recorded_at", "effective_on", "precision", "book", "entry", "line", "debit", "credit", "amount", "currency",
    "narrative", "reverses",
)  # fmt: skip
TRIAL_BALANCE_HEADER = ("account", "currency", "debits", "credits", "balance")


def journal_rows(entries: Iterable[EntryRead]) -> Iterator[tuple[str | int | Decimal | None, ...]]:
    """Yield the journal as rows for a spreadsheet, a row for each posting; amounts in major units."""
    for entry in entries:
        for line, posting in enumerate(entry.postings, start=1):
            yield (
                instant(entry.recorded_at), str(entry.effective_on), entry.precision.value, str(entry.book_id),
                str(entry.id), line, posting.debit, posting.credit,
                Decimal(to_text(posting.amount_minor, posting.currency)), posting.currency, entry.narrative,
                str(entry.reverses_id) if entry.reverses_id else None,
            )  # fmt: skip


def trial_balance_rows(balances: Iterable[Balance]) -> Iterator[tuple[str | int | Decimal | None, ...]]:
    """Yield the trial balance as rows for a spreadsheet; amounts in major units, debits less credits as the balance."""
    for balance in balances:
        yield (
            balance.account, balance.currency, Decimal(to_text(balance.debits_minor, balance.currency)),
            Decimal(to_text(balance.credits_minor, balance.currency)),
            Decimal(to_text(balance.balance_minor, balance.currency)),
        )  # fmt: skip


def proof_document(proof: InclusionProof) -> dict[str, object]:
    """Return the proof that an entry is in the books as JSON holds it: digests in hexadecimal."""
    sealed = proof.seal
    return {
        "book": proof.book_id, "entry": proof.entry_id, "leaf": proof.leaf.hex(), "position": proof.position,
        "path": [node.hex() for node in proof.path], "seal": sealed.number, "leaves": sealed.leaves,
        "root": sealed.root.hex(), "head": sealed.head.hex(), "sealed_at": instant(sealed.sealed_at),
    }  # fmt: skip
