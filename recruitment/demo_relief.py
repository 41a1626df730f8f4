"""A small fund for the demo, so that those who prepare, approve and release have something before them.

An invented fund, an invented crew of the worked example, one plan that is locked and waits. Everything goes through the
services, as people would do it. It is told once; a demo that has it already is left as it is.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from recruitment.access.rules.people import actor_of
from recruitment.banking.instructions import FileFormat, Method
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.fees.rules import Creditor
from recruitment.fund import services as fund
from recruitment.fund.rules.kinds import DonorClass, PotKind, ReceiptKind
from recruitment.jobseekers import queries as jobseekers
from recruitment.journeys import queries as journeys
from recruitment.organisations import queries as organisations
from recruitment.organisations import service as register_of_organisations
from recruitment.organisations.rules import NewOrganisation, OrganisationKind
from recruitment.relief import queries as relief
from recruitment.relief.rules.kinds import Instrument, Security
from recruitment.relief.services import agreeing, entitling, moving, nominating, register

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from recruitment.access.rules.people import PersonRead

OPERATOR = "FUND-HARBOUR"
"""The invented fund."""

_CREW = "Seven Stars (fictitious)"
_CURRENCY = "THB"
_CONTRIBUTION = 500_000_00
_CREDITOR = "Owner of the Seven Stars boats (fictitious)"
_DEBTS = {"J-0004": (18_000_00, 11_500_00), "J-0023": (15_000_00, 900_00), "J-0036": (15_000_00, 900_00)}
"""Of each journey of the crew: what was lent, and how much of that was for the recruitment."""


def enter_operator(session: Session) -> None:
    """Enter the invented fund in the register of organisations, unless it is there."""
    if OPERATOR in organisations.by_code(session, [OPERATOR]):
        return
    new = NewOrganisation(OPERATOR, OrganisationKind.FUND_OPERATOR, "Safe Harbour Relief Fund (fictitious)", "TH")
    digest = hashlib.sha256(f"{new.code}|{new.name}".encode()).digest()
    register_of_organisations.enter(session, LOCAL_OPERATOR, [(new, digest)])


def tell(session: Session, preparer: PersonRead) -> None:
    """Give the fund money, a crew and a plan, in the name of the local operator and of who prepares; once.

    Nothing happens where the crew of the example is not there.
    """
    is_told = bool(relief.case_page(session, crew=_CREW, after=None, limit=1))
    if is_told or len(journeys.by_reference(session, _DEBTS)) < len(_DEBTS):
        return
    pot = _open_pots(session)
    for case in _nominate(session):
        _agree(session, case)
    actor = actor_of(preparer)
    plan = fund.draft_plan(session, actor, fund.NewPlan(pot, _CURRENCY, Method.BANK, FileFormat.CSV))
    fund.add_to_plan(session, actor, plan, None)
    fund.lock(session, actor, plan)


def _open_pots(session: Session) -> str:
    """Open the pots, take an invented partner's annual contribution, and return the pot that pays."""
    names = {
        PotKind.SUSPENSE: "Not explained yet",
        PotKind.VICTIM_SUPPORT: "Victim support",
        PotKind.DEBT_RELIEF: "Debt relief",
    }
    opened = {
        kind: fund.open_pot(session, LOCAL_OPERATOR, fund.NewPot(kind, name, "004", "1002003004", OPERATOR))
        for kind, name in names.items()
    }
    partner = organisations.of_kind(session, OrganisationKind.PARTNER)[0].code
    new = fund.NewReceipt(
        opened[PotKind.DEBT_RELIEF], ReceiptKind.ANNUAL, DonorClass.PARTNER, _CURRENCY, _CONTRIBUTION, clock.today(),
        bank_reference="DEMO-1", contributor=partner,
    )  # fmt: skip
    fund.record_receipt(session, LOCAL_OPERATOR, new)
    return opened[PotKind.DEBT_RELIEF]


def _nominate(session: Session) -> list[str]:
    new = [nominating.NewNomination(journey, OPERATOR, _CREW) for journey in _DEBTS]
    cases = nominating.nominate(session, LOCAL_OPERATOR, new)
    creditor = register.enter_creditor(
        session, LOCAL_OPERATOR, register.NewCreditor(OPERATOR, Creditor.VESSEL_OWNER, _CREDITOR, vessel=_CREW)
    )
    for case, (lent, linked) in zip(cases, _DEBTS.values(), strict=True):
        debt = register.NewDebt(creditor, lent, linked, _CURRENCY, clock.today().replace(day=1), Security.DOCUMENTS)
        register.record_debt(session, LOCAL_OPERATOR, case, debt)
        moving.verify(session, LOCAL_OPERATOR, case)
    return cases


def _agree(session: Session, case: str) -> None:
    """Let the fund advance what the worker is owed by their own account, to an invented account of theirs."""
    today = clock.today()
    entitlement = entitling.entitle(session, LOCAL_OPERATOR, case, today)
    owed = [each for each in entitlement.amounts if each.currency == _CURRENCY and each.due_minor]
    if not owed:
        return
    found = relief.by_reference(session, case)
    assert found is not None, "it was nominated a moment ago"
    agreeing.agree(
        session,
        LOCAL_OPERATOR,
        agreeing.NewAgreement(
            case, Instrument.ADVANCE, agreeing.Payer.FUND, owed[0].due_minor, _CURRENCY, today, today,
            entitlement=entitlement.reference,
        ),
    )  # fmt: skip
    person = jobseekers.persons(session, LOCAL_OPERATOR, [found.jobseeker_id])[found.jobseeker_id]
    account = f"606020{found.journey[-4:]}"
    fund.record_payee(
        session, LOCAL_OPERATOR, fund.NewPayee(Method.BANK, person.name, account, "004", jobseeker=found.jobseeker)
    )
