"""What the ledger refuses.

    InvalidInput   EntryEmpty, AmountOutOfRange, SameAccountTwice, AccountCodeInvalid, LegsUnbalanced, HeadUnreadable
    RuleBroken     BasisMixed, ReversalOfReversal, ReversalNotMirrored, AccountNotGuarded, HoldExceeded
    NotFound       BookUnknown, EntryUnknown, HoldUnknown, EntryNotSealed, NothingSealed
    Conflict       KeyReused, AlreadyReversed, HoldResolved, FundsInsufficient

The order in which ``post`` looks for them: the shape of each draft (in the order above), then the idempotency key, then
the book, then the reversal, and at the end of all drafts the guarded balances. A replay is answered before anything that
may have changed since is looked at.

``hold``: the shape of each draft, the key, the book, the account (is it guarded), and at the end of all the funds.
``settle``: the shape of each draft, the hold, what it is settled for, the key, whether it was resolved, then as ``post``.
``release``: the hold, whether it was resolved.
"""

from __future__ import annotations

from recruitment.core.errors import Conflict, InvalidInput, NotFound, RuleBroken


class EntryEmpty(InvalidInput):
    """An entry has no posting."""

    code = "ledger.entry_empty"


class AmountOutOfRange(InvalidInput):
    """A posting's amount is not positive, or larger than the books bear."""

    code = "ledger.amount_out_of_range"


class SameAccountTwice(InvalidInput):
    """A posting debits and credits one account."""

    code = "ledger.same_account_twice"


class AccountCodeInvalid(InvalidInput):
    """Not a code of the chart of accounts."""

    code = "ledger.account_code_invalid"


class LegsUnbalanced(InvalidInput):
    """The debits and credits of an entry differ in a currency."""

    code = "ledger.legs_unbalanced"


class BasisMixed(RuleBroken):
    """A posting moves money between what was declared, reported, verified and paid."""

    code = "ledger.basis_mixed"


class ReversalOfReversal(RuleBroken):
    """A reversal cannot be reversed; post a new entry."""

    code = "ledger.reversal_of_reversal"


class ReversalNotMirrored(RuleBroken):
    """A reversal takes back exactly what its original posted, no more and no less."""

    code = "ledger.reversal_not_mirrored"


class BookUnknown(NotFound):
    """There is no such book."""

    code = "ledger.book_unknown"


class EntryUnknown(NotFound):
    """There is no such entry in the book."""

    code = "ledger.entry_unknown"


class KeyReused(Conflict):
    """The idempotency key already stands for another entry."""

    code = "ledger.key_reused"


class AlreadyReversed(Conflict):
    """The entry was reversed before."""

    code = "ledger.already_reversed"


class EntryNotSealed(NotFound):
    """The entry is in no seal yet."""

    code = "ledger.entry_not_sealed"


class NothingSealed(NotFound):
    """There is no seal yet."""

    code = "ledger.nothing_sealed"


class HeadUnreadable(InvalidInput):
    """Not the file of a head, or one that its own key did not sign."""

    code = "ledger.head_unreadable"


class AccountNotGuarded(RuleBroken):
    """Nothing can be held on an account that is not guarded, and only accounts of a fund can be."""

    code = "ledger.account_not_guarded"


class FundsInsufficient(Conflict):
    """A guarded account has too little: less open holds it would be below zero."""

    code = "ledger.funds_insufficient"


class HoldUnknown(NotFound):
    """There is no such hold in the book."""

    code = "ledger.hold_unknown"


class HoldExceeded(RuleBroken):
    """A hold is settled for more than was held, or for nothing."""

    code = "ledger.hold_exceeded"


class HoldResolved(Conflict):
    """The hold was settled or released before."""

    code = "ledger.hold_resolved"
