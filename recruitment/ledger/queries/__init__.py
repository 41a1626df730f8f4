"""Every read of the books: balances and entries, the seals over them, and what shows a fault."""

from recruitment.ledger.queries.books import (
    accounts_in_use,
    all_entries,
    balances,
    book_exists,
    entries,
    entries_among,
    entries_by_id,
    entry_ids,
    known_accounts,
    known_keys,
    reversal_of,
)

__all__ = [
    "accounts_in_use",
    "all_entries",
    "balances",
    "book_exists",
    "entries",
    "entries_among",
    "entries_by_id",
    "entry_ids",
    "known_accounts",
    "known_keys",
    "reversal_of",
]
