"""People who decide what a worker bore, and short ways to let them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recruitment.audit.rules import Purpose
from recruitment.core import clock
from recruitment.core.actor import Role
from recruitment.fees.rules import StatementChannel
from recruitment.verification.rules.adjudication import (
    AdjudicationReason,
    Evidence,
    EvidenceKind,
    NewAdjudication,
    NewValidation,
    SecondAnswer,
    WorkersAnswer,
)
from recruitment.verification.services import adjudications as service
from tests.factories.actors import actor_of

if TYPE_CHECKING:
    from recruitment.core.actor import Actor
    from recruitment.database.unit_of_work import Database
    from recruitment.verification.rules.adjudication import AdjudicationRead, ItemToDecide
    from tests.factories.field import Field

__all__ = ["Deciders"]

RECEIPT = Evidence(EvidenceKind.RECEIPT, "book 4, page 12")


@dataclass
class Deciders:
    """One who decides, a second one, and a third who asks workers; all of them see everything."""

    database: Database
    first: Actor
    second: Actor
    third: Actor

    @classmethod
    def of(cls, field: Field) -> Deciders:
        """Return three case workers of nobody, at the desk of a field."""
        return cls.of_database(field.database)

    @classmethod
    def of_database(cls, database: Database) -> Deciders:
        """The same, for a database."""
        return cls(database, *(actor_of(Role.CASE_WORKER) for _ in range(3)))

    def item(self, item: str = "broker_fee", journey: str = "J-1") -> ItemToDecide:
        """Return what a decider sees of an item."""
        with self.database.unit_of_work() as session:
            found = service.read_decisions(session, self.first, journey, purpose=Purpose.CASEWORK)
        return next(each for each in found.items if each.fee_item == item)

    def decide(self, amount: str, item: str = "broker_fee", journey: str = "J-1", **given: Any) -> AdjudicationRead:
        """Decide, upon what there is to see now unless a basis is given."""
        actor = given.pop("actor", self.first)
        basis = given.pop("basis", None) or self.item(item, journey).basis
        values: dict[str, Any] = {
            "currency": "THB",
            "reason": AdjudicationReason.DOCUMENTS_AGREE,
            "evidence": [RECEIPT],
        }
        with self.database.unit_of_work() as session:
            return service.adjudicate(
                session, actor, NewAdjudication(journey, item, amount, basis=basis, **(values | given))
            )

    def answer(
        self, decision: AdjudicationRead, answer: SecondAnswer = SecondAnswer.CONFIRMED, **given: Any
    ) -> AdjudicationRead:
        """Let the second person answer."""
        basis = given.get("basis") or self.item(decision.fee_item).basis
        with self.database.unit_of_work() as session:
            return service.confirm(session, given.get("actor", self.second), decision.reference, answer, basis=basis)

    def ask(
        self, decision: AdjudicationRead, answer: WorkersAnswer = WorkersAnswer.AGREES, **given: Any
    ) -> AdjudicationRead:
        """Record what the worker says."""
        actor = given.pop("actor", self.third)
        values: dict[str, Any] = {"channel": StatementChannel.HOTLINE, "asked_on": clock.today()} | given
        with self.database.unit_of_work() as session:
            return service.validate(session, actor, decision.reference, NewValidation(answer, **values))
