"""What is compared for one journey, as the rules take it: rows as plain tuples, amounts as whole minor units."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from recruitment.agencies.rules import Licence
    from recruitment.fees.reference import EppVerdict, IloClass
    from recruitment.verification.rules.law import LegalRule

DeclaredRow: TypeAlias = tuple[str, str, str | None, int, str, date]
"""Item, payer, payee, amount, currency, day of payment."""

ReportedRow: TypeAlias = tuple[str, str | None, int, str | None, str | None, date, date, bool, str | None, bool | None]
"""Item, payee, amount, currency, day of payment as said, day that it counts from, day of saying, whether independent,
checkpoint, whether it was taken from wages."""

CommitmentRow: TypeAlias = tuple[str, int | None, str | None, date]
"""Payer, limit, the limit's currency, day of the promise."""

RepaymentRow: TypeAlias = tuple[str | None, int, str, date]
"""Item, amount received, currency, day of payment."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How two standards see a fee item."""

    ilo: IloClass
    epp: EppVerdict


class Adjudicated(NamedTuple):
    """What a person decided that the worker bore for an item, in the currency of comparison, and still holds.

    ``validated``: whether the worker, freely asked, agrees. Only a decision below the worker's own account needs it.
    """

    verified_minor: int
    validated: bool


@dataclass(frozen=True, slots=True)
class JourneyFacts:
    """All that is compared for one journey. ``monthly_wage``: amount and currency of the demand letter's wage."""

    reference: str
    currency: str
    floor_minor: int
    started_on: date
    has_agency: bool
    has_demand_letter: bool
    licence: Licence | None
    shares_receipt: bool
    declared: list[DeclaredRow]
    reported: list[ReportedRow]
    commitments: Mapping[str, CommitmentRow]
    repayments: list[RepaymentRow]
    has_open_debt: bool
    has_open_collateral: bool
    adjudicated: Mapping[str, Adjudicated] = field(default_factory=dict)
    law: Sequence[LegalRule] = ()
    monthly_wage: tuple[int, str] | None = None
