"""The artefact of a release: what one agency or employer reads, the same for everybody who works there, for ever."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from recruitment.core.money import to_text
from recruitment.releases.rules.cells import ReleasedKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from recruitment.releases.rules.calendar import Due
    from recruitment.releases.rules.cells import CellKey, Figures

SOME = "some"
"""What is told for fewer than eight workers."""


class Explanation(StrEnum):
    """What the reader of a release must know of it."""

    GROUPS_ONLY = "groups_only"
    AT_LEAST_14_DAYS_OLD = "at_least_14_days_old"
    ROUNDED = "rounded"
    SILENCE_IS_NO_CLEARANCE = "silence_is_no_clearance"
    CHANGES_WITH_NEW_WORKERS_ONLY = "changes_with_new_workers_only"
    RE_CHECKS_BY_LOT = "re_checks_by_lot"
    CUSTOMERS_MAY_BE_TOLD = "customers_may_be_told"


EXPLANATIONS = tuple(Explanation)


@dataclass(frozen=True, slots=True)
class NamedRemedy:
    """What is due to one person who agreed to be named: the organisation's own reference, items, and the amount."""

    reference: str
    items: tuple[str, ...]
    due_minor: int
    currency: str


def artefact(
    due: Due,
    cells: Mapping[CellKey, Figures],
    *,
    re_checks: Sequence[str],
    rate: Decimal,
    disclosures: Sequence[NamedRemedy],
) -> dict[str, object]:
    """Return what one organisation reads, ready for canonical JSON: codes and rounded numbers, and no other text."""
    order = list(ReleasedKind)
    return {
        "period": due.period,
        "released_on": due.due_at.date().isoformat(),
        "findings": [
            _finding(key, told)
            for key, told in sorted(cells.items(), key=lambda cell: (order.index(cell[0].kind), cell[0]))
        ],
        "re_checks": sorted(re_checks),
        "recheck_rate": str(rate),
        "disclosures": [
            {
                "journey": each.reference,
                "fee_items": sorted(each.items),
                "remedy_due": _money(each.due_minor, each.currency),
            }
            for each in sorted(disclosures, key=lambda each: (each.reference, each.items))
        ],
        "what_this_is": [each.value for each in EXPLANATIONS],
    }


def _finding(key: CellKey, told: Figures) -> dict[str, object]:
    return {
        "kind": key.kind.value,
        "fee_item": key.fee_item or None,
        "workers": SOME if told.workers is None else told.workers,
        "median": _money(told.median_minor, told.currency),
        "percent": told.percent,
        "since": told.since,
    }


def _money(minor: int | None, currency: str | None) -> dict[str, str] | None:
    return None if minor is None or currency is None else {"amount": to_text(minor, currency), "currency": currency}
