"""Entries of a statement: one may stand for a payment, or for a batch with each of its payments below."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from recruitment.banking.answers import AnswerLine, Direction, LineStatus
from recruitment.banking.statements import values
from recruitment.core.money import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from recruitment.banking.statements.parsing import Node

_NOT_PROVIDED = "NOTPROVIDED"
_CODE = "BkTxCd/Domn/Fmly/SubFmlyCd"
_RETURNED = "RRTN"
"""Sub-family of ISO 20022's bank transaction codes: reversal because a payment was returned."""
_STATES = {"BOOK": True, "PDNG": False, "INFO": False, "FUTR": False}
_TEXT_MAX = 1_000


@dataclass(slots=True)
class Numbering:
    """Numbers the lines of one statement, and tells references apart that the bank gave twice."""

    lines: int = 0
    entries: int = 0
    given: dict[str, int] = field(default_factory=dict)

    def line(self) -> int:
        """Return the number of the next line."""
        self.lines += 1
        return self.lines

    def entry(self) -> str:
        """Return what an entry is called that the bank gave no reference."""
        self.entries += 1
        return f"entry {self.entries}"

    def unique(self, reference: str) -> str:
        """Return ``reference``, with ``#2`` and so on behind it when it was given before."""
        unique, nth = reference, self.given.get(reference, 0) + 1
        while nth > 1 and (unique := f"{reference}#{nth}") in self.given:
            nth += 1
        self.given[reference] = nth
        self.given.setdefault(unique, 1)
        return unique


@dataclass(frozen=True, slots=True)
class _Entry:
    """What all lines of an entry share, looked up once: an entry may have as many children as a file has room for."""

    node: Node
    numbering: Numbering
    currency: str
    amount: int
    direction: Direction
    day: date
    reference: str
    is_booked: bool
    is_reversal: bool
    code: str | None
    text: str

    @property
    def signed(self) -> int:
        return self.amount if self.direction is Direction.CREDIT else -self.amount


def lines_of(node: Node, currency: str, day: date, numbering: Numbering) -> Iterator[AnswerLine]:
    """Yield the lines of an entry.

    A batch with amounts for each payment gives a line for each, and one for charges where the entry says that these make
    the difference. A batch without gives one line. ``day`` is taken when the entry has none. Raises ``AnswerUnfit``.
    """
    number = numbering.entry()
    entry = _Entry(
        node=node,
        numbering=numbering,
        currency=currency,
        amount=values.amount(node, "Amt", currency),
        direction=values.direction(node),
        day=values.day(node, "BookgDt") or values.day(node, "ValDt") or day,
        reference=values.reference(node, "AcctSvcrRef", "NtryRef") or number,
        is_booked=_is_booked(node),
        is_reversal=values.truth(node, "RvslInd"),
        code=node.value(_CODE),
        text=_joined(node.all("AddtlNtryInf")),
    )
    parts = node.all("NtryDtls")
    payments = [(batch, each) for part in parts for batch in [_batch_of(part)] for each in part.all("TxDtls")]
    amounts = _amounts(entry, [each for _, each in payments])
    if amounts is None or any(not part.all("TxDtls") for part in parts):
        yield _batch_line(entry, parts[0] if parts else None, len(payments))
        return
    rest = entry.signed - sum(amounts)
    for place, ((batch, payment), signed) in enumerate(zip(payments, amounts, strict=True), start=1):
        own = values.reference(payment, "Refs/AcctSvcrRef")
        shared = entry.reference if len(payments) == 1 else f"{entry.reference}/{place}"
        yield _line(entry, signed, own if own and own != entry.reference else shared, batch, payment)
    if rest:
        _explain(entry, rest, [each for _, each in payments])
        charges = _line(entry, rest, f"{entry.reference}/charges", None, None)
        # A payment may have come back; what the bank took for it did not.
        yield replace(charges, status=LineStatus.BOOKED if entry.is_booked else LineStatus.PENDING)


def _is_booked(node: Node) -> bool:
    code = values.required(node, "Sts/Cd", "Sts/Prtry", "Sts")
    if code not in _STATES:
        raise values.unfit(node, f"its status is {code[:35]!r}; it can be {', '.join(_STATES)}.")
    return _STATES[code]


def _amounts(entry: _Entry, payments: list[Node]) -> list[int] | None:
    """Return the signed amount of each payment below the entry, or None when they are not told.

    The amount of a payment alone may be missing, or be told in the currency that was ordered: then it is the entry's.
    """
    found: list[int] = []
    for payment in payments:
        path = next((path for path in ("Amt", "AmtDtls/TxAmt/Amt") if _is_in(payment, path, entry.currency)), None)
        if path is None:
            return [entry.signed] if len(payments) == 1 else None
        amount = values.amount(payment, path, entry.currency)
        direction = values.direction(payment) if payment.first("CdtDbtInd") else entry.direction
        found.append(amount if direction is Direction.CREDIT else -amount)
    return found or None


def _is_in(payment: Node, path: str, currency: str) -> bool:
    amount = payment.first(path)
    return amount is not None and amount.currency == currency


def _explain(entry: _Entry, rest: int, payments: list[Node]) -> None:
    """Accept that payments do not come to their entry when charges are the difference. Raises ``AnswerUnfit``."""
    above = _charges(entry.node, entry.currency)
    below = sum(_charges(payment, entry.currency) for payment in payments)
    if rest < 0 and -rest in {above, below, above + below}:
        return
    shown = {
        "entry": to_text(entry.signed, entry.currency),
        "payments": to_text(entry.signed - rest, entry.currency),
        "difference": to_text(rest, entry.currency),
    }
    refusal = values.unfit(
        entry.node,
        f"the entry is {shown['entry']} {entry.currency}, and the payments in it come to {shown['payments']}. The "
        f"difference is {shown['difference']}, which no charges explain.",
    )
    refusal.facts.update(shown)
    raise refusal


def _charges(node: Node, currency: str) -> int:
    total = 0
    for charges in node.all("Chrgs"):
        if charges.first("TtlChrgsAndTaxAmt"):
            total += values.amount(charges, "TtlChrgsAndTaxAmt", currency)
            continue
        for record in charges.all("Rcrd") or [charges]:
            amount = values.amount(record, "Amt", currency)
            total += -amount if record.value("CdtDbtInd") == "CRDT" else amount
    return total


def _batch_line(entry: _Entry, part: Node | None, payments: int) -> AnswerLine:
    """Return the one line of an entry whose payments are not told apart."""
    told = part.value("Btch/NbOfTxs") if part else None
    count = int(told) if told and told.isascii() and told.isdigit() and len(told) <= 15 else payments
    line = _line(entry, entry.signed, entry.reference, _batch_of(part) if part else None, None)
    return replace(line, batch_count=count or None)


def _batch_of(part: Node) -> str | None:
    return values.reference(part, "Btch/PmtInfId", "Btch/MsgId")


def _line(entry: _Entry, signed: int, reference: str, batch: str | None, payment: Node | None) -> AnswerLine:
    end_to_end = values.reference(payment, "Refs/EndToEndId") if payment else None
    if payment:
        own = values.reference(payment, "Refs/PmtInfId")
        batch = own or batch or values.reference(payment, "Refs/MsgId")
    status, reason = _outcome(entry, payment)
    return AnswerLine(
        number=entry.numbering.line(),
        entry_reference=entry.numbering.unique(reference),
        end_to_end=None if end_to_end == _NOT_PROVIDED else end_to_end,
        direction=Direction.CREDIT if signed >= 0 else Direction.DEBIT,
        amount_minor=abs(signed),
        currency=entry.currency,
        booked_on=entry.day,
        status=status,
        reason=reason,
        text=_text(entry, payment),
        batch_reference=batch,
    )


def _outcome(entry: _Entry, payment: Node | None) -> tuple[LineStatus, str | None]:
    """Return what became of the payment, and why.

    Return information, or the transaction code for a return, means that the other bank sent it back. A reversal without
    either means that this bank undid its own booking: what it reverses never left, or never came.
    """
    returned = payment.first("RtrInf") if payment else None
    reason = values.reference(returned, "Rsn/Cd", "Rsn/Prtry") if returned else None
    codes = {entry.code, payment.value(_CODE) if payment else None}
    if not entry.is_booked:
        return LineStatus.PENDING, reason
    if returned or _RETURNED in codes:
        return LineStatus.RETURNED, reason
    if entry.is_reversal:
        return LineStatus.FAILED, reason
    return LineStatus.BOOKED, reason


def _text(entry: _Entry, payment: Node | None) -> str:
    own = ""
    if payment:
        own = _joined(payment.all("RmtInf/Ustrd") + payment.all("RtrInf/AddtlInf") + payment.all("AddtlTxInf"))
    text = f"{own} {entry.text}".strip()
    return text if len(text) <= _TEXT_MAX else text[: _TEXT_MAX - 1] + "…"


def _joined(nodes: list[Node]) -> str:
    return " ".join(" ".join(node.text.split()) for node in nodes)[:_TEXT_MAX]
