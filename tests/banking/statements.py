"""Made-up statements of account, as text. No bank, account or person in them exists."""

from __future__ import annotations

V08 = "camt.053.001.08"
V02 = "camt.053.001.02"


def amount(text: str, currency: str = "THB") -> str:
    return f'<Amt Ccy="{currency}">{text}</Amt>'


def payment(
    end_to_end: str | None = "PM-1",
    paid: str | None = None,
    *,
    currency: str = "THB",
    mark: str | None = None,
    returned: str | None = None,
    own: str | None = None,
    extra: str = "",
) -> str:
    """Return a TxDtls. ``paid`` is its own amount, ``returned`` a reason, ``own`` the bank's reference."""
    references = f"<AcctSvcrRef>{own}</AcctSvcrRef>" if own else ""
    references += f"<EndToEndId>{end_to_end}</EndToEndId>" if end_to_end else ""
    back = f"<RtrInf><Rsn><Cd>{returned}</Cd></Rsn><AddtlInf>came back</AddtlInf></RtrInf>" if returned else ""
    return (
        "<TxDtls>"
        f"<Refs>{references}</Refs>"
        + (amount(paid, currency) if paid else "")
        + (f"<CdtDbtInd>{mark}</CdtDbtInd>" if mark else "")
        + extra
        + "<RltdPties><Cdtr><Pty><Nm>Ma Nobody</Nm></Pty></Cdtr></RltdPties>"
        + "<RmtInf><Ustrd>Debt  relief</Ustrd></RmtInf>"
        + back
        + "</TxDtls>"
    )


def entry(
    value: str = "3500.00",
    *payments: str,
    mark: str = "DBIT",
    currency: str = "THB",
    reference: str | None = "BK-1",
    status: str = "BOOK",
    reversal: bool = False,
    batch: str = "",
    charges: str = "",
    code: str = "ESCT",
    day: str = "<Dt>2026-11-23</Dt>",
    version: str = V08,
) -> str:
    """Return an Ntry with the given TxDtls."""
    return (
        f"<Ntry>{amount(value, currency)}<CdtDbtInd>{mark}</CdtDbtInd>"
        + ("<RvslInd>true</RvslInd>" if reversal else "")
        + (f"<Sts>{status}</Sts>" if version == V02 else f"<Sts><Cd>{status}</Cd></Sts>")
        + (f"<BookgDt>{day}</BookgDt>" if day else "")
        + (f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else "")
        + f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>{code}</SubFmlyCd></Fmly></Domn></BkTxCd>"
        + charges
        + (f"<NtryDtls>{batch}{''.join(payments)}</NtryDtls>" if payments or batch else "")
        + "<AddtlNtryInf>Transfer</AddtlNtryInf></Ntry>"
    )


def balance(code: str, value: str, *, currency: str = "THB", day: str = "2026-11-23") -> str:
    mark = "DBIT" if value.startswith("-") else "CRDT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{amount(value.lstrip('-'), currency)}"
        f"<CdtDbtInd>{mark}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def statement(
    *entries: str,
    opening: str = "10000.00",
    closing: str = "6500.00",
    currency: str = "THB",
    account: str = "<Othr><Id>1112223334</Id></Othr>",
    identity: str = "ST-1",
    balances: str | None = None,
) -> str:
    """Return a Stmt."""
    told = balances
    if told is None:
        told = balance("OPBD", opening, currency=currency, day="2026-11-22")
        told += balance("CLBD", closing, currency=currency) + balance("CLAV", "1.00", currency=currency)
    return (
        f"<Stmt><Id>{identity}</Id><CreDtTm>2026-11-23T23:59:59+07:00</CreDtTm>"
        f"<Acct><Id>{account}</Id><Ccy>{currency}</Ccy><Nm>Fund</Nm></Acct>{told}{''.join(entries)}</Stmt>"
    )


def document(*statements: str, version: str = V08, prolog: str = '<?xml version="1.0" encoding="UTF-8"?>\n') -> bytes:
    """Return a whole file."""
    chosen = statements or (statement(entry("3500.00", payment("PM-1"), version=version)),)
    return (
        f'{prolog}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}"><BkToCstmrStmt>'
        "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-24T01:02:03</CreDtTm></GrpHdr>"
        f"{''.join(chosen)}</BkToCstmrStmt></Document>\n"
    ).encode()
