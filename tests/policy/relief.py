"""Relief in the world of the matrix: a case of J-1 and one of J-4, each with a debt, an entitlement and an agreement."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.fees.rules import Creditor
from recruitment.relief.rules.kinds import Instrument
from recruitment.relief.services import agreeing, entitling, moving, nominating, register
from recruitment.relief.services.agreeing import NewAgreement, Payer
from recruitment.relief.services.nominating import NewNomination
from recruitment.relief.services.register import NewCreditor, NewDebt

if TYPE_CHECKING:
    from recruitment.database.unit_of_work import Database


def put_relief(database: Database, operator: str = "OP-1") -> dict[str, str]:
    """Open cases of J-1 and J-4; return references by what they are of: ``case J-1``, ``debt J-4``, ``creditor`` …"""

    def do(verb: Any, *arguments: Any) -> Any:
        with database.unit_of_work() as session:
            return verb(session, LOCAL_OPERATOR, *arguments)

    today = clock.today()
    new = NewCreditor(operator, Creditor.VESSEL_OWNER, "Captain Nobody")
    found: dict[str, str] = {"creditor": do(register.enter_creditor, new)}
    for journey in ("J-1", "J-4"):
        (case,) = do(nominating.nominate, [NewNomination(journey, operator, "Heron")])
        owed = NewDebt(found["creditor"], 900000, 900000, "THB", date(2024, 2, 10))
        debt = do(register.record_debt, case, owed).reference
        do(moving.verify, case)
        agreed = NewAgreement(case, Instrument.CANCELLATION, Payer.CREDITOR, 900000, "THB", today, today, debt=debt)
        found |= {
            f"case {journey}": case,
            f"debt {journey}": debt,
            f"entitlement {journey}": do(entitling.entitle, case, today).reference,
            f"agreement {journey}": do(agreeing.agree, agreed),
        }
    return found
