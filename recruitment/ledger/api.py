"""``/ledger/…``: the books for auditors. They know nobody; their numbers still move with every worker's report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from recruitment.core import merkle
from recruitment.core.actor import Permission
from recruitment.ledger import exports, queries, schemas
from recruitment.ledger.errors import BookUnknown, EntryNotSealed, EntryUnknown
from recruitment.ledger.queries import seals
from recruitment.ledger.services import sealing
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session
from recruitment.web.pagination import PageArguments, cursor_of, paged
from recruitment.web.reading import page_answer, reads

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from recruitment.ledger.rules import InclusionProof
    from recruitment.web.pagination import Asked

api = ApiBlueprint("ledger", "The books: balances, entries with proofs, seals. For auditors.")


@reads(
    api,
    "/ledger/trial-balance",
    Permission.READ_LEDGER,
    asks=schemas.BalanceArguments,
    answers=schemas.BalancesSchema,
)
def trial_balance(cut: dict[str, Any]) -> ResponseReturnValue:
    """Read the balances of all books together.

    With totals in each currency; as of a day, and as known at an instant, if the query says so.
    """
    with read_session() as session:
        return schemas.balances_document(queries.balances(session, **cut))


@reads(
    api,
    "/ledger/books/<uuid:book>/balances",
    Permission.READ_LEDGER,
    asks=schemas.BalanceArguments,
    answers=schemas.BalancesSchema,
)
def book_balances(cut: dict[str, Any], book: UUID) -> ResponseReturnValue:
    """Read the balances of one book.

    A journey names its book.
    """
    with read_session() as session:
        _require_book(session, book)
        return schemas.balances_document(queries.balances(session, book, **cut))


@reads(
    api,
    "/ledger/books/<uuid:book>/entries",
    Permission.READ_LEDGER,
    asks=PageArguments,
    answers=schemas.EntryPageSchema,
)
def list_entries(asked: Asked, book: UUID) -> ResponseReturnValue:
    """List the entries of one book.

    In order of their ids.
    """
    after = asked.after_parts(UUID)
    with read_session() as session:
        _require_book(session, book)
        ids = queries.entry_ids(session, book, after=after[0] if after else None, limit=asked.fetch)
        found = queries.entries_by_id(session, [(book, entry) for entry in ids])
    page = paged([found[book, entry] for entry in ids], asked, key=lambda entry: cursor_of(str(entry.id)))
    return page_answer("entries", schemas.EntrySchema(), page)


@reads(
    api,
    "/ledger/books/<uuid:book>/entries/<uuid:entry>",
    Permission.READ_LEDGER,
    answers=schemas.ProvenEntrySchema,
)
def show_entry(book: UUID, entry: UUID) -> ResponseReturnValue:
    """Read one entry, with the proof that it is in the books.

    The proof leads from the entry's leaf to a signed root; it is null until the entry is sealed.
    """
    with read_session() as session:
        found = queries.entries_by_id(session, [(book, entry)]).get((book, entry))
        if found is None:
            raise EntryUnknown("There is no such entry in this book.")
        proof = _proof(session, entry)
    return {**schemas.EntrySchema().dump(found), "proof": exports.proof_document(proof) if proof else None}


def _proof(session: Session, entry: UUID) -> InclusionProof | None:
    try:
        proof = sealing.prove(session, actor(), entry)
    except EntryNotSealed:
        return None
    sealed = proof.seal
    if not merkle.verify_inclusion(proof.leaf, proof.position, sealed.leaves, proof.path, sealed.root):
        raise EntryNotSealed(f"The seal {sealed.number} does not hold the entry. Run: recruitment ledger verify")
    return proof


@reads(api, "/ledger/head", Permission.READ_LEDGER, answers=schemas.HeadSchema)
def show_head() -> ResponseReturnValue:
    """Read the newest signed head.

    Keep it outside the house: it shows whether anything changed.
    """
    with read_session() as session:
        return sealing.head(session, actor())


@reads(api, "/ledger/seal-keys", Permission.READ_LEDGER, asks=PageArguments, answers=schemas.SealKeyPageSchema)
def list_seal_keys(asked: Asked) -> ResponseReturnValue:
    """List the public keys that sign seals.

    In order of their ids; `number` is the order in which they were made.
    """
    with read_session() as session:
        keys = sorted(seals.seal_keys(session), key=lambda key: key.id)
    rows = [key for key in keys if asked.after is None or key.id > asked.after]
    return page_answer("seal_keys", schemas.SealKeySchema(), paged(rows[: asked.fetch], asked, key=lambda key: key.id))


def _require_book(session: Session, book: UUID) -> None:
    if not queries.book_exists(session, book):
        raise BookUnknown("There is no such book.")
