"""What the bank and the wallet of the story get and send: payment files are opened, answers are written from what is in them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from python_calamine import CalamineWorkbook

from tests.banking.statements import balance, document, entry, payment, statement
from tests.factories.sheets import csv_text

PAIN = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
ACCOUNT = "123-4-56789-0"
INSTITUTION = "THCBC/004"


@dataclass(frozen=True)
class Order:
    """A payment as a payment file tells it. The amount is text, as it stands there."""

    reference: str
    name: str
    account: str
    amount: str
    currency: str


def minor(amount: str) -> int:
    """Return an amount of two decimals in minor units."""
    whole, _, part = amount.partition(".")
    assert len(part) == 2, amount
    return int(whole) * 100 + int(part)


def major(amount_minor: int) -> str:
    """Return minor units as an amount of two decimals."""
    return f"{amount_minor // 100}.{amount_minor % 100:02d}"


def orders_of_pain001(content: bytes) -> list[Order]:
    """Open a file of ISO 20022, and check that its sums are those of its payments."""
    root = ET.fromstring(content)
    found = [_order(each) for each in root.iter(f"{PAIN}CdtTrfTxInf")]
    for group in (root.find(f".//{PAIN}GrpHdr"), root.find(f".//{PAIN}PmtInf")):
        assert group is not None
        assert group.findtext(f"{PAIN}NbOfTxs") == str(len(found))
        assert minor(group.findtext(f"{PAIN}CtrlSum") or "") == sum(minor(each.amount) for each in found)
    assert root.findtext(f".//{PAIN}DbtrAcct//{PAIN}Id//{PAIN}Id") == ACCOUNT
    return found


def _order(each: ET.Element) -> Order:
    def text(path: str) -> str:
        return each.findtext("/".join(f"{PAIN}{name}" for name in path.split("/"))) or ""

    amount = each.find(f"{PAIN}Amt/{PAIN}InstdAmt")
    assert amount is not None
    return Order(
        text("PmtId/EndToEndId"), text("Cdtr/Nm"), text("CdtrAcct/Id/Othr/Id"), amount.text or "", amount.attrib["Ccy"]
    )


def orders_of_csv(content: bytes) -> list[Order]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return [Order(row["reference"], row["name"], row["account"], row["amount"], row["currency"]) for row in rows]


def orders_of_xlsx(content: bytes) -> list[Order]:
    header, *rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    found = []
    for cells in rows:
        row = dict(zip(header, cells, strict=True))
        if row["reference"]:
            amount = f"{float(str(row['amount'])):.2f}"
            found.append(
                Order(str(row["reference"]), str(row["name"]), str(row["account"]), amount, str(row["currency"]))
            )
    return found


@dataclass
class Bank:
    """The bank of one account: what it booked so far, and what it writes about it."""

    standing: int = 0
    entries: int = 0
    statements: int = 0

    def paid(self, order: Order) -> tuple[str, int]:
        """Return the entry that a payment was booked, and what it did to the account."""
        return self._entry(order.amount, payment(order.reference)), -minor(order.amount)

    def refused(self, order: Order) -> tuple[str, int]:
        """Return the entry that the bank takes its own booking back."""
        return self._entry(order.amount, payment(order.reference), mark="CRDT", reversal=True), minor(order.amount)

    def returned(self, order: Order, why: str = "AC04") -> tuple[str, int]:
        """Return the entry that a payment came back."""
        back = payment(order.reference, returned=why)
        return self._entry(order.amount, back, mark="CRDT", code="RRTN"), minor(order.amount)

    def came_in(self, amount: str, text: str = "A gift") -> tuple[str, int]:
        """Return the entry of money that nobody announced."""
        return self._entry(amount, payment(text), mark="CRDT", code="RCDT"), minor(amount)

    def _entry(self, amount: str, detail: str, **more: object) -> str:
        self.entries += 1
        made: str = entry(amount, detail, reference=f"BK-{self.entries}", day=f"<Dt>{self.day}</Dt>", **more)  # type: ignore[arg-type]
        return made

    day: str = "2026-03-24"

    def answers(self, *entries: tuple[str, int]) -> bytes:
        """Return a camt.053 file with these entries; its balances tie."""
        self.statements += 1
        opening, closing = self.standing, self.standing + sum(change for _, change in entries)
        self.standing = closing
        told = "".join(
            balance(code, ("-" if value < 0 else "") + major(abs(value)), day=self.day)
            for code, value in (("OPBD", opening), ("CLBD", closing))
        )
        account = f"<Othr><Id>{ACCOUNT}</Id></Othr>"
        text = "".join(each for each, _ in entries)
        return document(statement(text, balances=told, account=account, identity=f"ST-{self.statements}"))


def table(day: str, *orders: Order, first: int = 1, status: str = "paid", reason: str = "") -> bytes:
    """Return the table in which a bank or a wallet tells what became of payments."""
    rows = [
        {
            "entry_reference": f"WL-{day}-{number}", "end_to_end": order.reference, "status": status,
            "amount": order.amount, "currency": order.currency, "booked_on": day, "reason": reason,
        }
        for number, order in enumerate(orders, start=first)
    ]  # fmt: skip
    return csv_text(rows).encode()
