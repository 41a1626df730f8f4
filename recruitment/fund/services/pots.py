"""Opening pots: money of one purpose, in a book of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.banking.instructions import account_problem, institution_problem
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id, new_reference
from recruitment.core.text import tidy
from recruitment.database.bulk import insert_many
from recruitment.fund import queries
from recruitment.fund.errors import PotWrong
from recruitment.fund.models import Pot
from recruitment.fund.rules.kinds import PotKind
from recruitment.fund.services import knowing
from recruitment.ledger import service as ledger
from recruitment.organisations.rules import OrganisationKind

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor

BOOK = "fund"
_ACCOUNT_MAX, _INSTITUTION_MAX, _NAME_MAX = 30, 40, 100
_ONE_OF = frozenset({PotKind.VICTIM_SUPPORT, PotKind.SUSPENSE})
_COLUMNS = (
    "id", "reference", "operator_id", "kind", "name", "institution", "bank_account", "earmarked_for", "opened_by",
    "recorded_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewPot:
    """A pot to be opened. ``earmarked_for``: the code of the partner whose supply chain alone it pays for.

    ``institution`` and ``bank_account`` are where its money lies, as payment files name it (``banking/instructions.py``).
    """

    kind: PotKind
    name: str
    institution: str
    bank_account: str
    operator: str | None = None
    earmarked_for: str | None = None


def open_pot(session: Session, actor: Actor, new: NewPot) -> str:
    """Open a pot with its book, and return its reference.

    Who may: whoever may manage pots. Raises ``OperatorUnknown``, ``OrganisationNotKnown``, ``PotWrong``.
    """
    actor.require(Permission.MANAGE_POTS)
    operator = knowing.operator_of(session, actor, new.operator)
    name = tidy(new.name)
    _check(session, operator.id, new, name)
    partner = None
    if new.earmarked_for is not None:
        partner = knowing.organisation_of(session, new.earmarked_for, OrganisationKind.PARTNER).id
    pot_id, reference = new_id(), new_reference("PO")
    ledger.open_books(session, actor, [(pot_id, BOOK)])
    row = (
        pot_id, reference, operator.id, new.kind.value, name, new.institution, new.bank_account, partner, actor.id,
        clock.now(),
    )  # fmt: skip
    insert_many(session, Pot.__table__, _COLUMNS, [row])
    audit.record(session, actor, "fund.pot_opened", ("pot", pot_id), kind=new.kind.value)
    return reference


def _check(session: Session, operator: UUID, new: NewPot, name: str) -> None:
    if not 0 < len(name) <= _NAME_MAX:
        raise PotWrong(f"A pot has a name of 1 to {_NAME_MAX} characters.", name="missing or too long")
    if problem := institution_problem(new.institution):
        raise PotWrong(problem, institution="wrong")
    if problem := account_problem(new.bank_account):
        raise PotWrong(problem, bank_account="wrong")
    if len(new.bank_account) > _ACCOUNT_MAX or len(new.institution) > _INSTITUTION_MAX:
        raise PotWrong(f"The account of a pot has at most {_ACCOUNT_MAX} characters.", bank_account="too long")
    if new.earmarked_for is not None and new.kind is not PotKind.DEBT_RELIEF:
        raise PotWrong("Only a pot for debt relief has an earmark. Leave it out, or choose debt_relief.",
                       earmarked_for="not for this kind")  # fmt: skip
    if queries.is_name_taken(session, operator, name):
        raise PotWrong(f"There is a pot {name!r} already. Give this one another name.", name="taken")
    if new.kind in _ONE_OF and (there := queries.pot_of_kind(session, operator, new.kind)):
        raise PotWrong(f"There is one pot of this kind, {there.name!r} ({there.reference}). Use that.", kind="taken")
