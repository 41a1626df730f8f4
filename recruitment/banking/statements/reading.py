"""camt.053: the bank's statement of one or more accounts, in versions 001.08 and 001.02.

It is all or nothing: opening balance plus booked entries must be the closing balance, to the minor unit, or the whole
file is refused. Meanings are those of ISO 20022's message definition report for bank-to-customer cash management.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from recruitment.banking.answers import Answer, AnswerKind, Direction
from recruitment.banking.errors import AnswerUnfit, StatementUnbalanced
from recruitment.banking.statements import values
from recruitment.banking.statements.entries import Numbering, lines_of
from recruitment.banking.statements.parsing import read_units
from recruitment.core.money import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime
    from typing import BinaryIO

    from recruitment.banking.answers import AnswerLine
    from recruitment.banking.statements.parsing import Node

NAMESPACES = frozenset(f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}" for version in ("02", "08"))
LINES_MAX = 200_000
_KEPT = """
Document BkToCstmrStmt GrpHdr CreDtTm Stmt Id Acct IBAN Othr Ccy Bal Tp CdOrPrtry Cd Prtry Amt CdtDbtInd Dt DtTm Ntry
NtryRef RvslInd Sts BookgDt ValDt AcctSvcrRef AmtDtls TxAmt Chrgs TtlChrgsAndTaxAmt Rcrd NtryDtls Btch MsgId PmtInfId
NbOfTxs TxDtls Refs EndToEndId RmtInf Ustrd RtrInf Rsn AddtlInf AddtlTxInf AddtlNtryInf BkTxCd Domn Fmly SubFmlyCd
"""
_NAMES = frozenset(_KEPT.split())
_OPENING = ("OPBD", "PRCD")
_CLOSING = "CLBD"
_BETWEEN = "ITBD"


@dataclass(frozen=True, slots=True)
class _Balance:
    code: str
    signed_minor: int
    on: date


@dataclass(slots=True)
class _Gathered:
    """What was read of one statement so far."""

    created_at: datetime | None
    statement_id: str | None = None
    account: str | None = None
    currency: str | None = None
    balances: list[_Balance] = field(default_factory=list)
    lines: list[AnswerLine] = field(default_factory=list)
    numbering: Numbering = field(default_factory=Numbering)


def read_camt053(content: bytes | BinaryIO) -> list[Answer]:
    """Return the statements of a file, each of one account in one currency.

    A file is read in blocks and never as a whole tree. Raises ``AnswerTooLarge``, ``AnswerUnreadable``,
    ``AnswerOfOtherKind``, ``AnswerUnfit`` and ``StatementUnbalanced``; then nothing of the file counts.
    """
    answers: list[Answer] = []
    created_at: datetime | None = None
    gathered = _Gathered(None)
    for unit in read_units(content, NAMESPACES, _NAMES, _is_unit):
        if unit.name == "GrpHdr":
            created_at = values.instant(unit, unit.value("CreDtTm"))
            gathered = _Gathered(created_at)
        elif unit.name == "Stmt":
            answers.append(_closed(unit, gathered))
            gathered = _Gathered(created_at)
        else:
            _gather(gathered, unit)
    if not answers:
        raise AnswerUnfit("The file holds no statement (Stmt). Ask the bank for the statement of the account.")
    return answers


def _is_unit(path: list[str]) -> bool:
    return (len(path) == 4 and path[2] == "Stmt") or (len(path) == 3 and path[1] == "BkToCstmrStmt")


def _gather(gathered: _Gathered, unit: Node) -> None:
    match unit.name:
        case "Id":
            gathered.statement_id = _checked_id(unit)
        case "CreDtTm":
            gathered.created_at = values.instant(unit, unit.text.strip()) or gathered.created_at
        case "Acct":
            gathered.account = values.reference(unit, "Id/IBAN", "Id/Othr/Id")
            if unit.value("Ccy"):
                gathered.currency = values.known_currency(unit, unit.value("Ccy"))
        case "Bal":
            _add_balance(gathered, unit)
        case "Ntry":
            _add_entry(gathered, unit)
        case _:
            pass


def _checked_id(unit: Node) -> str:
    text = unit.text.strip()
    if not 1 <= len(text) <= values.REFERENCE_MAX:
        raise values.unfit(unit, f"the Id of the statement has {len(text)} characters.")
    return text


def _add_balance(gathered: _Gathered, unit: Node) -> None:
    code = unit.value("Tp/CdOrPrtry/Cd")
    if code not in {*_OPENING, _CLOSING, _BETWEEN}:
        return  # available and forward balances are about other days or other limits
    if gathered.currency is None:
        found = unit.first("Amt")
        gathered.currency = values.known_currency(unit, found.currency if found else None)
    amount = values.amount(unit, "Amt", gathered.currency)
    day = values.day(unit, "Dt")
    if day is None:
        raise values.unfit(unit, "the balance has no day (Dt).")
    signed = amount if values.direction(unit) is Direction.CREDIT else -amount
    gathered.balances.append(_Balance(code, signed, day))


def _add_entry(gathered: _Gathered, unit: Node) -> None:
    if gathered.currency is None or not gathered.balances:
        raise values.unfit(unit, "an entry stands before the balances, so its currency is not known.")
    for line in lines_of(unit, gathered.currency, gathered.balances[-1].on, gathered.numbering):
        if len(gathered.lines) >= LINES_MAX:
            raise values.unfit(unit, f"the statement has more than {LINES_MAX} lines.")
        gathered.lines.append(line)


def _closed(unit: Node, gathered: _Gathered) -> Answer:
    """Return the statement that ends with ``unit``, or refuse it because it is not whole or does not add up."""
    if not gathered.statement_id:
        raise values.unfit(unit, "the statement has no Id.")
    if not gathered.account:
        raise values.unfit(unit, "the statement names no account (Acct/Id).")
    opening, closing = _ends(gathered.balances)
    if opening is None or closing is None or gathered.currency is None:
        missing = "opening balance (OPBD or PRCD)" if opening is None else "closing balance (CLBD)"
        raise values.unfit(unit, f"the statement has no {missing}.")
    booked = sum(line.signed_minor for line in gathered.lines)
    if opening + booked != closing:
        raise _unbalanced(unit, gathered, opening, booked, closing)
    return Answer(
        kind=AnswerKind.CAMT053,
        account=gathered.account,
        currency=gathered.currency,
        statement_id=gathered.statement_id,
        opening_minor=opening,
        closing_minor=closing,
        created_at=gathered.created_at,
        lines=tuple(gathered.lines),
    )


def _ends(balances: list[_Balance]) -> tuple[int | None, int | None]:
    """Return opening and closing. A page of a longer statement begins or ends with a balance in between (ITBD)."""

    def of(*codes: str) -> Iterator[int]:
        return (each.signed_minor for code in codes for each in balances if each.code == code)

    between = list(of(_BETWEEN))
    opening, closing = next(of(*_OPENING), None), next(of(_CLOSING), None)
    if opening is None and between:
        opening = between.pop(0)
    if closing is None and between:
        closing = between.pop()
    return opening, closing


def _unbalanced(unit: Node, gathered: _Gathered, opening: int, booked: int, closing: int) -> StatementUnbalanced:
    currency = gathered.currency or ""
    difference = closing - opening - booked
    shown = {
        "opening": to_text(opening, currency),
        "booked": to_text(booked, currency),
        "closing": to_text(closing, currency),
        "difference": to_text(difference, currency),
    }
    return StatementUnbalanced(
        f"Statement {gathered.statement_id!r} (from line {unit.line}) does not add up: it opens with {shown['opening']} "
        f"{currency}, its booked entries come to {shown['booked']}, and it closes with {shown['closing']}. The difference "
        f"is {shown['difference']} {currency}. A page may be missing: ask the bank for the whole statement. Nothing of "
        "this one was taken over.",
        line=unit.line,
        currency=currency,
        **shown,
    )
