"""Fee items with their verdicts, as facts from `data/fee_items.toml`."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from recruitment.journeys.reference import stages
from recruitment.sheets import facts
from recruitment.sheets.facts import Basis, Confidence, Document, Fact


class IloClass(StrEnum):
    """The class of a cost in the ILO's definition."""

    RECRUITMENT_FEE = "recruitment_fee"
    RELATED_COST = "related_cost"
    ILLEGITIMATE_COST = "illegitimate_cost"
    OUTSIDE_SCOPE = "outside_scope"


class EppVerdict(StrEnum):
    """Who must bear a cost under the Employer Pays Principle."""

    EMPLOYER_MUST_PAY = "employer_must_pay"
    WORKER_MAY_PAY = "worker_may_pay"
    NEVER_LEGITIMATE = "never_legitimate"


@dataclass(frozen=True, slots=True)
class Source(Fact):
    """A page that fee items and principles refer to by its id."""

    id: str
    url: str
    note: str


@dataclass(frozen=True, slots=True)
class FeeItemFact(Fact):
    """One thing that workers are asked to pay for, with its ILO class and employer-pays verdict."""

    code: str
    label: str
    ilo: IloClass
    category: str
    epp: EppVerdict
    stages: tuple[str, ...]
    counts_for_sdg: bool
    who_pays_today: str
    is_money: bool
    basis: Basis
    confidence: Confidence
    sources: tuple[str, ...]
    note: str = ""

    def problems(self) -> Iterator[str]:
        """Refuse an item without a stage, and one that is counted as money while it is none."""
        if not self.stages:
            yield "names no stage"
        if self.counts_for_sdg and not self.is_money:
            yield "counts for the SDG although it is not money"


@dataclass(frozen=True, slots=True)
class Principle(Fact):
    """How a standard decides, and under which condition."""

    id: str
    standard: str
    statement: str
    basis: Basis
    confidence: Confidence
    sources: tuple[str, ...]
    condition: str = ""
    fee_items: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class FeeItemsFile(Fact):
    """The whole of `fee_items.toml`."""

    version: int
    notes: tuple[str, ...]
    sources: tuple[Source, ...]
    fee_items: tuple[FeeItemFact, ...]
    principles: tuple[Principle, ...]


def _across_fee_items(document: Document) -> Iterator[str]:
    for table, key in (("fee_items", "code"), ("sources", "id"), ("principles", "id")):
        yield from facts.repeated_in(document, table, key)
    sources = facts.keys_of(document, "sources", "id")
    yield from facts.unknown_in(document, "fee_items", "stages", frozenset(stage.code for stage in stages()))
    yield from facts.unknown_in(document, "fee_items", "sources", sources)
    yield from facts.unknown_in(document, "principles", "sources", sources)
    yield from facts.unknown_in(document, "principles", "fee_items", facts.keys_of(document, "fee_items", "code"))


@functools.cache
def fee_items_file(text: str | None = None, path: str = "fee_items.toml") -> FeeItemsFile:
    """Read and check a fee items file; without a text the one that the package carries."""
    text = facts.data_text("recruitment.fees", path) if text is None else text
    return facts.read_facts(text, path, FeeItemsFile, _across_fee_items)


def fee_item_facts() -> tuple[FeeItemFact, ...]:
    """Give every fee item, in the order of the file."""
    return fee_items_file().fee_items
