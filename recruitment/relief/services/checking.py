"""Whether the parts of an agreement fit together, and what of it was paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.relief import queries
from recruitment.relief.errors import (
    AgreementWrong,
    CreditorUnknown,
    DebtUnknown,
    EntitlementUnknown,
    OrganisationNotKnown,
)
from recruitment.relief.rules.instruments import RULES
from recruitment.relief.rules.kinds import Instrument

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.relief.queries import AgreementRead, CaseRead, DebtRead, EntitlementRead
    from recruitment.relief.services.agreeing import NewAgreement

PAYERS: dict[Instrument, frozenset[str]] = {
    Instrument.CANCELLATION: frozenset({"creditor"}),
    Instrument.TAKE_OVER: frozenset({"employer", "agency"}),
    Instrument.REIMBURSEMENT: frozenset({"employer", "agency", "fund"}),
    Instrument.ADVANCE: frozenset({"fund"}),
    Instrument.CO_FINANCING: frozenset({"fund"}),
    Instrument.UNCONDITIONAL_CASH: frozenset({"fund"}),
}
"""Who may give under each instrument."""

_KINDS = {"employer": OrganisationKind.EMPLOYER, "agency": OrganisationKind.AGENCY}


@dataclass(frozen=True, slots=True)
class Parts:
    """The ids of what an agreement names."""

    organisation: UUID | None = None
    creditor: UUID | None = None
    debt: UUID | None = None
    entitlement: UUID | None = None


def has_schedule(instrument: Instrument) -> bool:
    """Say whether an agreement has instalments from the day on which it is made."""
    return RULES[instrument].paid_to.value == "worker"


def check(session: Session, case: CaseRead, new: NewAgreement) -> Parts:
    """Refuse an agreement whose parts do not fit, and return the ids of these parts. Raises as ``agree`` says."""
    if new.amount_minor <= 0:
        raise AgreementWrong("An agreement is about an amount above zero.", amount="not above zero")
    if new.payer.value not in PAYERS[new.instrument]:
        payers = " or ".join(sorted(PAYERS[new.instrument]))
        raise AgreementWrong(f"Of {new.instrument.value}, the payer is the {payers}.", payer=new.payer.value)
    is_share = new.instrument is Instrument.CO_FINANCING
    if (new.matched_percent is not None) != is_share or not 0 < (new.matched_percent or 1) <= 100:
        raise AgreementWrong(
            "A share of an owner, and nothing else, matches 1 to 100 per cent.", matched_percent="not it"
        )
    organisation = _organisation(session, new)
    creditor = _creditor(session, case, new.creditor) if new.creditor else None
    debt = _debt(session, case, new) if new.debt else None
    if RULES[new.instrument].ends_debt and debt is None:
        raise AgreementWrong("Name the debt of the register that is written off or taken over.", debt="blank")
    entitlement = entitlement_of(session, case, new.entitlement) if new.entitlement else None
    if entitlement is None and RULES[new.instrument].counts:
        raise AgreementWrong("Decide what the worker is owed first, then name that entitlement.", entitlement="blank")
    if entitlement is not None and RULES[new.instrument].counts:
        _refuse_more(session, case, entitlement, new.currency, new.amount_minor)
    return Parts(
        organisation,
        creditor or (debt.creditor_id if debt else None),
        debt.id if debt else None,
        entitlement.id if entitlement else None,
    )


def _organisation(session: Session, new: NewAgreement) -> UUID | None:
    wanted = new.payer.value in _KINDS or new.instrument is Instrument.CO_FINANCING
    if wanted and not new.organisation:
        raise AgreementWrong("Name the organisation that pays, or gets the share.", organisation="blank")
    if not new.organisation:
        return None
    kinds = [_KINDS[new.payer.value]] if new.payer.value in _KINDS else []
    found = organisations.by_code(session, [new.organisation], *kinds).get(new.organisation)
    if found is None:
        raise OrganisationNotKnown(
            f"There is no organisation {new.organisation} of the kind that is meant.", organisation=new.organisation
        )
    return found.id


def _creditor(session: Session, case: CaseRead, reference: str) -> UUID:
    found = queries.creditor(session, reference)
    if found is None or found.operator_id != case.operator_id:
        raise CreditorUnknown(f"There is no creditor {reference} of this fund operator.")
    return found.id


def _debt(session: Session, case: CaseRead, new: NewAgreement) -> DebtRead:
    debts = queries.debts_of(session, case.id, clock.today())
    debt = next((each for each in debts if each.reference == new.debt and each.is_current), None)
    if debt is None:
        raise DebtUnknown(f"The case {case.reference} has no debt {new.debt}, or a later one corrected it.")
    if not RULES[new.instrument].ends_debt:
        raise AgreementWrong("Only a cancellation or a take-over names a debt.", debt=new.instrument.value)
    promised = sum(
        each.amount_minor
        for each in queries.agreements_of(session, case.id)
        if each.debt_id in {other.id for other in debts if other.root_id == debt.root_id}
        and each.signature is None
        and not each.is_superseded
    )
    if new.currency != debt.currency or new.amount_minor > debt.standing.outstanding_minor - promised:
        raise AgreementWrong(
            f"Of the debt {new.debt} there is {debt.standing.outstanding_minor - promised} left in minor units of "
            f"{debt.currency}. No more than that goes away.",
            amount="more than the debt",
        )
    return debt


def debt_of(session: Session, case: CaseRead, of: AgreementRead) -> DebtRead:
    """Return the debt that an agreement takes away, as it stands: the current one of its chain. Raises ``DebtUnknown``."""
    debts = queries.debts_of(session, case.id, clock.today())
    roots = {each.root_id for each in debts if each.id == of.debt_id}
    found = next((each for each in debts if each.root_id in roots and each.is_current), None)
    if found is None:
        raise DebtUnknown("The debt of this agreement is not in the register.")
    return found


def entitlement_of(session: Session, case: CaseRead, reference: str | None) -> EntitlementRead:
    """Return the newest entitlement of a case; where ``reference`` is given, it must be that. Raises ``EntitlementUnknown``."""
    found = queries.entitlements_of(session, case.id)
    if not found or reference not in {None, found[-1].reference}:
        raise EntitlementUnknown(f"{reference or 'None'} is not the entitlement of {case.reference} that counts.")
    return found[-1]


def paid_of(session: Session, case: CaseRead, chain: Sequence[AgreementRead]) -> int:
    """Return what was paid, or is on its way, of a chain of agreements; of what the worker spoke about, what they have."""
    things = queries.things_of(session, {case.id: chain})[case.id]
    arrived = sum(each.amount_minor if each.received_minor is None else each.received_minor for each in things)
    under_way = sum(
        each.amount_minor for of in chain for each in of.instalments if each.is_alive and not each.is_delivered
    )
    return arrived + under_way


def _refuse_more(
    session: Session, case: CaseRead, entitlement: EntitlementRead, currency: str, amount: int,
    *, instead_of: UUID | None = None,
) -> None:  # fmt: skip
    """Refuse to pay more than is due by an entitlement that nobody has agreed to pay yet.

    ``instead_of``: the chain of agreements that is replaced, whose own promise does not count.
    """
    due = next((each.due_minor for each in entitlement.amounts if each.currency == currency), 0)
    agreed = sum(
        each.amount_minor
        for each in queries.agreements_of(session, case.id)
        if each.entitlement == entitlement.reference
        and each.currency == currency
        and not each.is_superseded
        and each.chain_id != instead_of
    )
    if agreed + amount > due:
        raise AgreementWrong(
            f"By {entitlement.reference} there is {max(due - agreed, 0)} left to be agreed on, in minor units of "
            f"{currency}. Estimate anew, or agree on less.",
            amount="more than is owed",
        )


def refuse_beyond(
    session: Session, case: CaseRead, entitlement: EntitlementRead, of: AgreementRead, amount: int
) -> None:
    """Refuse a new total beyond what an entitlement has due together with what it already took off as received.

    Raises ``AgreementWrong``.
    """
    chain = [each for each in queries.agreements_of(session, case.id) if each.chain_id == of.chain_id]
    confirmed = sum(each.received_minor or 0 for each in queries.things_of(session, {case.id: chain})[case.id])
    repaid = sum(each.repaid_minor for each in entitlement.amounts if each.currency == of.currency)
    if RULES[of.instrument].counts:
        taken_off = min(confirmed, repaid)
        _refuse_more(session, case, entitlement, of.currency, amount - taken_off, instead_of=of.chain_id)
