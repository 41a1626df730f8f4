"""Keeping guarded balances, in the transaction that posts or holds.

One statement for each balance, which does nothing when too little is there: whoever read the balance first and wrote it
afterwards would pay twice what two others read at once. In order of book and account, so that two writers wait for each
other only one way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from recruitment.database.changing import change
from recruitment.ledger.errors import FundsInsufficient
from recruitment.ledger.models import LedgerGuardedBalance
from recruitment.ledger.queries import holds as queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from recruitment.ledger.rules import Moves


def keep_guarded(session: Session, moves: Moves) -> None:
    """Move the balances of those accounts among ``moves`` that are guarded. Raises ``FundsInsufficient``.

    Call it after what moves them was inserted, so that a replay has been noticed before.
    """
    if moves:
        guarded = queries.guarded_among(session, list(moves))
        move_balances(session, {place: moves[place] for place in guarded})


def move_balances(session: Session, moves: Moves) -> None:
    """Move guarded balances, each up by its amount, or down by it when it is below zero. Raises ``FundsInsufficient``."""
    for book_id, account_id in sorted(moves):
        amount = moves[book_id, account_id]
        if not amount:
            continue
        statement = (
            update(LedgerGuardedBalance)
            .where(LedgerGuardedBalance.book_id == book_id, LedgerGuardedBalance.account_id == account_id)
            .values(available_minor=LedgerGuardedBalance.available_minor + amount)
        )
        if amount < 0:
            statement = statement.where(LedgerGuardedBalance.available_minor >= -amount)
        if not change(session, statement):
            raise FundsInsufficient(
                f"The account {queries.account_named(session, account_id)} of the book {book_id} has too little left for "
                "this, less what is held. Nothing was posted or held. Wait for money, or take less."
            )
