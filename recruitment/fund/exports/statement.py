"""The fund statement on paper and as a workbook: what there was, what came, what went and what is left, by currency.

It ends with the trial balance of the same books, so that whoever reads it can add it up. Contributions are sums by class of
donor, payments are sums by purpose: no contributor, worker, employer or payment stands in it.
"""

from __future__ import annotations

import re
from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from recruitment.core.errors import InvariantViolated
from recruitment.core.money import to_text
from recruitment.fund.exports.words import figures, trial_balance
from recruitment.sheets.writing import xlsx_of
from recruitment.typesetting.catalogue import SOURCE
from recruitment.typesetting.document import write_document
from recruitment.typesetting.laying import ALARM, INK, MARGIN, QUIET, WIDTH, Row, drawn, paged, set_text
from recruitment.typesetting.saying import Amount, Said, grouped, keys_of, tongues

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from recruitment.fund.rules.statement import FundStatement, StatementLine
    from recruitment.sheets.writing import Cell
    from recruitment.typesetting.lines import Style
    from recruitment.typesetting.paragraph import ShapedParagraph
    from recruitment.typesetting.saying import Tongue

BAND = "Unreviewed draft translation – not for use"
"""Stands above and below every page of a draft in two languages."""

_AMOUNT_WIDTH = 104.0
_INDENT = 10.0
_SIDES = ("debit", "credit")
_SIZE = 9.0


class _Sheet(NamedTuple):
    """The languages of the paper with the place of each label, and the right edges of the two columns of numbers."""

    tongues: Sequence[Tongue]
    labels: tuple[tuple[float, float], ...]

    @staticmethod
    def of(spoken_in: Sequence[Tongue]) -> _Sheet:
        width = (WIDTH - 2 * _AMOUNT_WIDTH) / len(spoken_in)
        return _Sheet(spoken_in, tuple((MARGIN + width * number, width - 6) for number in range(len(spoken_in))))

    def row(
        self, said: Said, *numbers: str | None, above: float = 1.0, inset: bool = False, bold: bool = False,
        heads: bool = False,
    ) -> Row:  # fmt: skip
        """Return a label in each language, and up to two numbers at the right."""
        colour = INK if heads else QUIET if inset else "#000000"
        indent = _INDENT if inset else 0.0
        cells = [
            (x + indent, set_text(tongue.say(said), self._style(tongue, bold, colour, heads), width - indent))
            for tongue, (x, width) in zip(self.tongues, self.labels, strict=True)
        ]
        for column, number in enumerate(reversed(numbers)):
            if number is not None:
                paragraph = self._number(number, bold, colour)
                right = MARGIN + WIDTH - column * _AMOUNT_WIDTH
                cells.append((right - max(line.width for line in paragraph.lines), paragraph))
        return Row(tuple(cells), above, heads)

    def _number(self, text: str, bold: bool, colour: str) -> ShapedParagraph:
        """Set a number on one line, in smaller letters where it is long: nobody shall read a part of it for the whole."""
        tried = [
            set_text(text, self.tongues[-1].style(size, bold=bold, colour=colour), _AMOUNT_WIDTH - 6)
            for size in (_SIZE, _SIZE - 1.5, _SIZE - 3)
        ]
        return next((each for each in tried if len(each.lines) == 1), tried[-1])

    def _style(self, tongue: Tongue, bold: bool, colour: str, heads: bool) -> Style:
        return tongue.style(_SIZE + 1.5 if heads else _SIZE, bold=bold or heads, colour=colour)


def draw(
    statement: FundStatement, made_at: datetime, made_by: str = "", *, language: str = SOURCE, draft: bool = False
) -> bytes:
    """Return the statement as a PDF. The same statement, ``made_at`` and ``made_by`` give the same bytes.

    In English, and beside it in ``language`` where speakers have reviewed every text that it needs; ``draft`` draws both
    under a band. Anybody may draw what they may read. Raises ``InvariantViolated`` when it does not tie to its accounts.
    """
    head = _head(statement, made_at, made_by)
    spoken_in, remark = tongues(language, _keys(statement, head), draft=draft)
    sheet = _Sheet.of(spoken_in)
    rows = [*_head_rows(head, spoken_in, remark)]
    for line in statement.lines:
        rows += _money_rows(sheet, line)
        rows += _trial_rows(sheet, statement, line)
    if not statement.lines:
        rows.append(sheet.row(Said("fund.empty"), above=10, heads=True))
    band = BAND if draft and len(spoken_in) > 1 else None
    foot = Said("fund.foot", {"of": statement.of, "first": statement.first, "last": statement.last})
    title = spoken_in[0].say(head[0])
    return write_document(
        f"{title} {statement.of}",
        subject=spoken_in[0].say(head[2]),
        made_at=made_at.astimezone(UTC),
        language=SOURCE,
        draw=drawn(paged(rows, banded=band is not None), spoken_in[0].say(foot), band=band),
    )


def file_name(statement: FundStatement, extension: str) -> str:
    """Return how the file is called: ``fund_statement_PO-7Q2M9KXR_2026-01-01_2026-03-31.pdf``."""
    of = re.sub(r"[^A-Za-z0-9-]+", "-", statement.of).strip("-")
    return f"fund_statement_{of}_{statement.first.isoformat()}_{statement.last.isoformat()}.{extension}"


def _head(statement: FundStatement, made_at: datetime, made_by: str) -> tuple[Said, ...]:
    made = Said("fund.made_by", {"made_at": made_at.astimezone(UTC), "made_by": made_by})
    return (
        Said("fund.title"),
        Said("fund.of", {"name": statement.name, "of": statement.of}),
        Said("fund.time", {"first": statement.first, "last": statement.last}),
        made if made_by else Said("fund.made", {"made_at": made_at.astimezone(UTC)}),
        Said("fund.pooled"),
    )


def _keys(statement: FundStatement, head: tuple[Said, ...]) -> set[str]:
    """Return the keys of all texts that stand on the paper."""
    labels = {figure.said.key for line in statement.lines for figure in figures(line)}
    table = {
        "fund.heading.money", "fund.heading.trial", "fund.account", "fund.debit", "fund.credit", "fund.total", "fund.ties",
    }  # fmt: skip
    return (labels | table if statement.lines else {"fund.empty"}).union(*(keys_of(said) for said in head))


def _head_rows(head: tuple[Said, ...], spoken_in: Sequence[Tongue], remark: str | None) -> Iterator[Row]:
    for tongue, size in zip(spoken_in, (16.0, 13.0), strict=False):
        yield Row(((MARGIN, set_text(tongue.say(head[0]), tongue.style(size, bold=True, colour=INK), WIDTH)),))
    for said in head[1:]:
        for tongue in spoken_in if said.key != "fund.of" else spoken_in[:1]:
            # Who made it is a person.
            line = set_text(tongue.say(said), tongue.style(9.5), WIDTH, private=said.key == "fund.made_by")
            yield Row(((MARGIN, line),), above=1)
    if remark is not None:
        yield Row(((MARGIN, set_text(remark, spoken_in[0].style(8.5, colour=ALARM), WIDTH)),), above=3)


def _money_rows(sheet: _Sheet, line: StatementLine) -> Iterator[Row]:
    yield sheet.row(Said("fund.heading.money", {"currency": line.currency}), above=12, heads=True)
    for figure in figures(line):
        number = grouped(Amount(figure.minor, line.currency))
        if figure.is_part:
            yield sheet.row(figure.said, number, None, inset=True)
        else:
            yield sheet.row(figure.said, None, number, bold=figure.is_sum, above=3)


def _trial_rows(sheet: _Sheet, statement: FundStatement, line: StatementLine) -> Iterator[Row]:
    """Yield the trial balance, which has to say the same. Raises ``InvariantViolated``."""
    balances = trial_balance(line)
    debit = sum(balance for _account, balance in balances if balance > 0)
    money = sum(balance for account, balance in balances if account.startswith(("fund:bank:", "fund:in_transit")))
    if sum(balance for _account, balance in balances) or money != line.closing_minor:
        raise InvariantViolated(f"a statement in {line.currency} does not tie to its trial balance")
    heading = Said("fund.heading.trial", {"currency": line.currency, "last": statement.last})
    yield sheet.row(heading, above=12, heads=True)
    debit_and_credit = [" / ".join(tongue.say(Said(f"fund.{each}")) for tongue in sheet.tongues) for each in _SIDES]
    yield sheet.row(Said("fund.account"), *debit_and_credit, above=2, bold=True)
    style = sheet.tongues[0].style(_SIZE)
    for account, balance in balances:
        number = grouped(Amount(abs(balance), line.currency))
        columns = (number, None) if balance >= 0 else (None, number)
        named = sheet.row(Said("fund.account"), *columns)
        code = set_text(account, style, WIDTH - 2 * _AMOUNT_WIDTH - 6)
        yield named._replace(cells=((MARGIN, code), *named.cells[len(sheet.tongues) :]))
    total = grouped(Amount(debit, line.currency))
    yield sheet.row(Said("fund.total"), total, total, above=3, bold=True)
    ties = Said("fund.ties", {"closing": Amount(line.closing_minor, line.currency)})
    for tongue in sheet.tongues:
        yield Row(((MARGIN, set_text(tongue.say(ties), tongue.style(8.5), WIDTH)),), above=4)


def workbook(statement: FundStatement, made_at: datetime, made_by: str = "") -> bytes:
    """Return the statement as XLSX: ``statement``, ``trial_balance`` and ``about``. The same input gives the same bytes.

    Amounts are numbers with all decimals of their currency; beyond the 15 digits that a spreadsheet holds they are text.
    """
    about = (
        ("of", statement.of),
        ("name", statement.name),
        ("first", statement.first.isoformat()),
        ("last", statement.last.isoformat()),
        ("made_at", made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
        ("made_by", made_by or None),
    )
    accounts = ("currency", "account", "before", "debits", "credits", "closing")
    return xlsx_of(
        f"Fund statement {statement.of}",
        [
            ("statement", ("currency", "line", "part", "amount"), list(_statement_cells(statement))),
            ("trial_balance", accounts, list(_account_cells(statement))),
            ("about", ("what", "is"), about),
        ],
        made_at=made_at,
    )


def _statement_cells(statement: FundStatement) -> Iterator[tuple[Cell, ...]]:
    for line in statement.lines:
        for figure in figures(line):
            yield line.currency, figure.code, figure.part, _decimal(figure.minor, line.currency)


def _account_cells(statement: FundStatement) -> Iterator[tuple[Cell, ...]]:
    for line in statement.lines:
        for each in line.accounts:
            before = each.before_debits - each.before_credits
            amounts = (before, each.debits, each.credits, before + each.debits - each.credits)
            yield each.currency, each.account, *(_decimal(minor, each.currency) for minor in amounts)


def _decimal(minor: int, currency: str) -> Decimal:
    return Decimal(to_text(minor, currency))
