"""Recording money that came in, and taking a receipt back that was a mistake."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id, new_reference
from recruitment.core.money import AMOUNT_CAP, exponent
from recruitment.database.bulk import insert_many
from recruitment.fund import posting_rules, queries
from recruitment.fund.errors import (
    ReceiptKnown,
    ReceiptTakenBack,
    ReceiptUnknown,
    ReceiptWrong,
    VictimSupportPotMissing,
)
from recruitment.fund.models import Receipt, ReceiptPart, ReceiptReversal
from recruitment.fund.rules.allocation import RecoveredFrom, is_shared, shared
from recruitment.fund.rules.kinds import DonorClass, PotKind, ReceiptKind
from recruitment.fund.services import knowing
from recruitment.ledger import service as ledger
from recruitment.ledger.services import holds

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.fund.rules.reads import PotRead, ReceiptRead

_COLUMNS = (
    "id", "reference", "operator_id", "pot_id", "kind", "donor_class", "contributor_id", "recovered_from", "currency",
    "amount_minor", "received_on", "bank_reference", "recorded_by", "recorded_at",
)  # fmt: skip
_PART_COLUMNS = ("receipt_id", "pot_id", "amount_minor", "entry_id")
_REVERSAL_COLUMNS = ("receipt_id", "reason", "reversed_by", "recorded_at")
_REASON = re.compile(r"[a-z][a-z0-9_]{0,39}")
_BANK_REFERENCE_MAX = 80


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """Money that came in, in minor units. ``contributor``: the code of an organisation; ``bank_reference``: the bank's own."""

    pot: str
    kind: ReceiptKind
    donor_class: DonorClass
    currency: str
    amount_minor: int
    received_on: date
    bank_reference: str | None = None
    contributor: str | None = None
    recovered_from: RecoveredFrom | None = None


def record_receipt(session: Session, actor: Actor, new: NewReceipt) -> ReceiptRead:
    """Record money that came into a pot; of a partner's annual contribution a share goes to the Victim Support Fund.

    Who may: whoever may record receipts; a recovery also who works on relief. Raises ``PotUnknown``, ``ReceiptWrong``,
    ``ReceiptKnown``, ``OrganisationNotKnown``, ``VictimSupportPotMissing``.
    """
    allowed = {Permission.RECORD_RECEIPTS}
    if new.kind is ReceiptKind.RECOVERY:
        allowed.add(Permission.WORK_RELIEF)
    actor.require_any(allowed)
    pot = knowing.pot_of(session, new.pot)
    receipt_id, reference = enter(session, actor, pot, new)
    audit.record(session, actor, "fund.receipt_recorded", ("receipt", receipt_id), kind=new.kind.value)
    return _known(session, reference)


def enter(session: Session, actor: Actor, pot: PotRead, new: NewReceipt) -> tuple[UUID, str]:
    """Write a receipt with its parts and entries, without a word to the audit; return its id and reference."""
    _check(session, pot, new)
    contributor = knowing.organisation_of(session, new.contributor).id if new.contributor else None
    receipt_id, reference = new_id(), new_reference("RC")
    row = (
        receipt_id, reference, pot.operator_id, pot.id, new.kind.value, new.donor_class.value, contributor,
        new.recovered_from.value if new.recovered_from else None, new.currency, new.amount_minor, new.received_on,
        new.bank_reference, actor.id, clock.now(),
    )  # fmt: skip
    insert_many(session, Receipt.__table__, _COLUMNS, [row])
    if new.recovered_from is not None:
        why = posting_rules.recovered(new.recovered_from.value)
    else:
        why = posting_rules.contributed(new.donor_class.value)
    rows, drafts = [], []
    for part_pot, amount in _parts(session, pot, new):
        bank = posting_rules.at_bank(part_pot.bank_account)
        holds.guard_account(session, actor, part_pot.id, bank, new.currency)
        place, money = (part_pot.id, part_pot.bank_account), (new.currency, amount)
        draft = posting_rules.came_in(place, receipt_id, why, money, new.received_on)
        drafts.append(draft)
        rows.append((receipt_id, part_pot.id, amount, draft.id))
    ledger.post(session, actor, drafts)
    insert_many(session, ReceiptPart.__table__, _PART_COLUMNS, rows)
    return receipt_id, reference


def take_back_receipt(session: Session, actor: Actor, receipt: str, reason: str) -> None:
    """Reverse a receipt that was a mistake. ``reason`` is a code, such as ``recorded_twice``.

    Who may: whoever may record receipts. Raises ``ReceiptUnknown``, ``ReceiptWrong``, ``ReceiptTakenBack``, and
    ``FundsInsufficient`` when the money is spent or reserved.
    """
    actor.require(Permission.RECORD_RECEIPTS)
    found = _known(session, receipt)
    if not _REASON.fullmatch(reason):
        raise ReceiptWrong("The reason is a short code, such as recorded_twice.", reason="no code")
    if found.taken_back is not None:
        raise ReceiptTakenBack(f"The receipt {receipt} was taken back before ({found.taken_back}).")
    ledger.reverse(session, actor, queries.entries_of_receipt(session, found.id), reason)
    insert_many(
        session, ReceiptReversal.__table__, _REVERSAL_COLUMNS, [(found.id, reason, actor.id, clock.now())]
    )  # fmt: skip
    audit.record(session, actor, "fund.receipt_taken_back", ("receipt", found.id), reason=reason)


def _check(session: Session, pot: PotRead, new: NewReceipt) -> None:
    exponent(new.currency)
    if pot.kind is PotKind.SUSPENSE:
        raise ReceiptWrong(
            "What nobody can match comes into suspense with the bank's answer. Choose another pot.", pot="suspense"
        )
    if not 0 < new.amount_minor <= AMOUNT_CAP:
        raise ReceiptWrong("The amount must be more than nothing.", amount="not positive")
    if knowing.is_future(new.received_on):
        raise ReceiptWrong("Money cannot have come in on a day that is still to come.", received_on="in the future")
    if (new.kind is ReceiptKind.RECOVERY) != (new.recovered_from is not None):
        raise ReceiptWrong("A recovery says from whom, and nothing else does.", recovered_from="does not fit the kind")
    if new.bank_reference is not None:
        if not 0 < len(new.bank_reference) <= _BANK_REFERENCE_MAX:
            raise ReceiptWrong("The bank's reference has 1 to 80 characters.", bank_reference="wrong length")
        if queries.is_bank_reference_known(session, pot.operator_id, new.bank_reference):
            raise ReceiptKnown("This reference of the bank stands for a receipt already: it is the same money.")


def _parts(session: Session, pot: PotRead, new: NewReceipt) -> list[tuple[PotRead, int]]:
    if not is_shared(new.kind, new.donor_class, pot.kind):
        return [(pot, new.amount_minor)]
    stays, goes = shared(new.amount_minor, session.info["settings"].victim_support_share)
    if goes == 0:
        return [(pot, stays)]
    support = queries.pot_of_kind(session, pot.operator_id, PotKind.VICTIM_SUPPORT)
    if support is None:
        raise VictimSupportPotMissing(
            "Of an annual contribution a share goes to the Victim Support Fund, and there is no pot for it. Open one of the "
            "kind victim_support first."
        )
    return [(each, amount) for each, amount in ((pot, stays), (support, goes)) if amount]


def _known(session: Session, reference: str) -> ReceiptRead:
    found = queries.receipt(session, reference)
    if found is None:
        raise ReceiptUnknown("There is no such receipt, or it is not one of yours.")
    return found
