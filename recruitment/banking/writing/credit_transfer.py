"""ISO 20022 pain.001.001.09, customer credit transfer initiation, by the classes of pyiso20022.

What we say beyond who is paid: each payment is booked apart (``BtchBookg`` false), so that the statement names it; all
charges are the fund's (``DEBT``), so that the worker gets the whole amount; no category purpose, because banks choose
the way of a payment by it and the list has none that is true here (it has SALA, SUPP, PENS).
"""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING

from recruitment.banking.errors import Iso20022Missing
from recruitment.banking.instructions import agent_of, iban_of, is_iso_purpose
from recruitment.core.money import to_text

if TYPE_CHECKING:
    from pyiso20022.pain import pain_001_001_09 as pain

    from recruitment.banking.instructions import Instruction, PaymentFileContents

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"


def write(contents: PaymentFileContents) -> bytes:
    """Return the file, UTF-8. Raises ``Iso20022Missing`` when the extra is not installed."""
    try:
        from pyiso20022.pain import pain_001_001_09 as pain
        from xsdata.formats.dataclass.context import XmlContext
        from xsdata.formats.dataclass.serializers import XmlSerializer
        from xsdata.formats.dataclass.serializers.config import SerializerConfig
        from xsdata.formats.dataclass.serializers.writers import XmlEventWriter
    except ImportError:
        raise Iso20022Missing(
            "pain.001 cannot be written here, because the forms of ISO 20022 are not installed: "
            "install first-mile-recruitment[iso20022], or choose csv or xlsx."
        ) from None
    document = pain.Document(cstmr_cdt_trf_initn=_initiation(contents))
    # The writer is named: which one xsdata would take depends on what else is installed, and bytes must not.
    serializer = XmlSerializer(context=XmlContext(), config=SerializerConfig(indent=" "), writer=XmlEventWriter)
    return serializer.render(document, ns_map={None: NAMESPACE}).encode()


def _initiation(contents: PaymentFileContents) -> pain.CustomerCreditTransferInitiationV09:
    from pyiso20022.pain import pain_001_001_09 as pain
    from xsdata.models.datatype import XmlDate, XmlDateTime

    count = str(len(contents.items))
    total = Decimal(to_text(contents.total_minor, contents.currency))
    made_at = contents.made_at.astimezone(UTC).replace(microsecond=0)
    account = _account(contents.debtor_account)
    account.ccy = contents.currency
    return pain.CustomerCreditTransferInitiationV09(
        grp_hdr=pain.GroupHeader85(
            msg_id=contents.reference,
            cre_dt_tm=XmlDateTime.from_datetime(made_at),
            nb_of_txs=count,
            ctrl_sum=total,
            initg_pty=pain.PartyIdentification135(nm=contents.debtor_name),
        ),
        pmt_inf=[
            pain.PaymentInstruction30(
                pmt_inf_id=contents.reference,
                pmt_mtd=pain.PaymentMethod3Code.TRF,
                btch_bookg=False,
                nb_of_txs=count,
                ctrl_sum=total,
                reqd_exctn_dt=pain.DateAndDateTime2Choice(dt=XmlDate.from_date(contents.executed_on)),
                dbtr=pain.PartyIdentification135(nm=contents.debtor_name),
                dbtr_acct=account,
                dbtr_agt=_agent(contents.debtor_agent),
                chrg_br=pain.ChargeBearerType1Code.DEBT,
                cdt_trf_tx_inf=[_transfer(item) for item in contents.items],
            )
        ],
    )


def _transfer(item: Instruction) -> pain.CreditTransferTransaction34:
    from pyiso20022.pain import pain_001_001_09 as pain

    amount = Decimal(to_text(item.amount_minor, item.currency))
    text = pain.RemittanceInformation16(ustrd=[item.remittance_text]) if item.remittance_text else None
    purpose = (
        pain.Purpose2Choice(cd=item.purpose)
        if is_iso_purpose(item.purpose)
        else pain.Purpose2Choice(prtry=item.purpose)
    )
    return pain.CreditTransferTransaction34(
        pmt_id=pain.PaymentIdentification6(end_to_end_id=item.reference),
        amt=pain.AmountType4Choice(instd_amt=pain.ActiveOrHistoricCurrencyAndAmount(value=amount, ccy=item.currency)),
        cdtr_agt=_agent(item.institution),
        cdtr=pain.PartyIdentification135(nm=item.name),
        cdtr_acct=_account(item.account),
        purp=purpose,
        rmt_inf=text,
    )


def _account(account: str) -> pain.CashAccount38:
    from pyiso20022.pain import pain_001_001_09 as pain

    iban = iban_of(account)
    if iban:
        return pain.CashAccount38(id=pain.AccountIdentification4Choice(iban=iban))
    local = pain.GenericAccountIdentification1(id=account)
    return pain.CashAccount38(id=pain.AccountIdentification4Choice(othr=local))


def _agent(institution: str) -> pain.BranchAndFinancialInstitutionIdentification6:
    from pyiso20022.pain import pain_001_001_09 as pain

    agent = agent_of(institution)
    if agent.member is None:
        named = pain.FinancialInstitutionIdentification18(bicfi=agent.bic)
    else:
        system = agent.clearing_system
        member = pain.ClearingSystemMemberIdentification2(
            clr_sys_id=pain.ClearingSystemIdentification2Choice(cd=system) if system else None, mmb_id=agent.member
        )
        named = pain.FinancialInstitutionIdentification18(clr_sys_mmb_id=member)
    return pain.BranchAndFinancialInstitutionIdentification6(fin_instn_id=named)
