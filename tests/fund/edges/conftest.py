"""The fund at its edges: programmes, pages and the command line upon the funded world."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest

from recruitment.access.services import second_factor
from recruitment.core import clock
from tests.factories.caseload import Caseload
from tests.factories.funded import ACCOUNT

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from recruitment.core.actor import Actor
    from recruitment.fund.rules import PaymentRead
    from tests.factories.funded import Funded

HEADER = "entry_reference,end_to_end,status,amount,currency,booked_on,reason"


@dataclass
class Desk:
    """Whoever works in the fund, by their browsers, their programmes, and at the machine."""

    funded: Funded

    @cached_property
    def caseload(self) -> Caseload:
        return Caseload(self.funded.field)

    def ask(self, actor: Actor, method: str, path: str, **options: Any) -> TestResponse:
        """Send a request to the API as somebody."""
        return self.caseload.ask(actor, method, path, **options)

    def send(self, actor: Actor, path: str, body: dict[str, Any] | None = None, status: int = 200) -> Any:
        """Send a body to the API as somebody, and return the answer."""
        return told(self.ask(actor, "POST", path, json=body or {}), status)

    def read(self, actor: Actor, path: str) -> Any:
        """Read something over the API."""
        return told(self.ask(actor, "GET", path))

    def form(self, actor: Actor, path: str, **fields: Any) -> TestResponse:
        """Send a form of a page as somebody."""
        return self.caseload.browser(actor).post(path, data=fields)

    def page(self, actor: Actor, path: str, status: int = 200) -> str:
        """Open a page as somebody."""
        answer = self.caseload.browser(actor).get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def code(self, actor: Actor) -> str:
        """Return the code that somebody's app shows now."""
        login = next(each for each, known in self.funded.actors.items() if known is actor)
        with self.funded.field.database.read_session() as session:
            return second_factor.code_now(session, login)

    def locked(self, *amounts: int, **more: Any) -> str:
        """Return a locked plan of dues to JS-1, JS-2 and so on."""
        dues = self.funded.dues(
            [(f"JS-{number}", amount) for number, amount in enumerate(amounts or (1000_00,), start=1)]
        )
        return self.funded.locked(*dues, **more).reference

    def sent(self, *amounts: int, **more: Any) -> tuple[str, list[PaymentRead]]:
        """Return a plan that the bank has, and its payments by amount, the largest first."""
        plan = self.locked(*amounts, **more)
        self.funded.approve(plan)
        self.funded.release(plan)
        self.funded.export(plan)
        return plan, sorted(self.funded.payments(plan), key=lambda each: -each.amount_minor)

    def states(self, plan: str) -> dict[str, int]:
        """Return how many payments of a plan stand where."""
        return {str(state): count for state, count in self.funded.the(plan).counts.items()}

    def everything(self) -> dict[str, list[str]]:
        """Return every row of every table, so that what changed nothing can be seen to."""
        return self.funded.field.everything()


def told(answer: TestResponse, status: int = 200) -> Any:
    """Return the document of an answer with a status."""
    assert answer.status_code == status, answer.text
    return answer.get_json()


def table(*rows: str) -> bytes:
    """Return the table of a bank."""
    return "\n".join([HEADER, *rows, ""]).encode()


def row(payment: PaymentRead, entry: str = "E-1", status: str = "paid", **more: str) -> str:
    """Return a row about a payment, as it is unless it is said."""
    said = {
        "end_to_end": payment.reference, "amount": f"{payment.amount_minor / 100:.2f}", "currency": payment.currency,
        "booked_on": clock.today().isoformat(), "reason": "",
    } | more  # fmt: skip
    return ",".join(
        [entry, said["end_to_end"], status, said["amount"], said["currency"], said["booked_on"], said["reason"]]
    )


def statement(
    *entries: str, opening: str = "1000000.00", closing: str = "1000000.00", account: str = ACCOUNT, **more: str
) -> bytes:
    """Return a camt.053 of one account in THB."""
    said = {"name": "STMT-1", "currency": "THB"} | more
    day = clock.today().isoformat()
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='{said['currency']}'>{amount}</Amt>"
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
        for kind, amount in (("OPBD", opening), ("CLBD", closing))
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?><Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'>"
        f"<BkToCstmrStmt><GrpHdr><MsgId>M-1</MsgId><CreDtTm>{day}T06:00:00+00:00</CreDtTm></GrpHdr><Stmt>"
        f"<Id>{said['name']}</Id><Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>{said['currency']}</Ccy></Acct>"
        f"{balances}{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def entry(reference: str, amount: str, payment: str | None = None, way: str = "DBIT", returned: str = "") -> str:
    """Return a booked entry of a statement."""
    day = clock.today().isoformat()
    refs = f"<Refs><EndToEndId>{payment}</EndToEndId></Refs>" if payment else ""
    back = f"<RtrInf><Rsn><Cd>{returned}</Cd></Rsn></RtrInf>" if returned else ""
    return (
        f"<Ntry><NtryRef>{reference}</NtryRef><Amt Ccy='THB'>{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd>"
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef>"
        f"<NtryDtls><TxDtls>{refs}{back}</TxDtls></NtryDtls></Ntry>"
    )


@pytest.fixture
def desk(funded) -> Desk:
    """The fund at its edges; the test runs on both engines."""
    return Desk(funded)


@pytest.fixture
def sqlite_desk(sqlite_funded) -> Desk:
    """The same on SQLite alone, where the engine makes no difference."""
    return Desk(sqlite_funded)


@pytest.fixture
def served_desk(served_funded) -> Desk:
    """The same as the web service opens it: row-level security holds on PostgreSQL."""
    return Desk(served_funded)
