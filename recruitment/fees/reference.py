"""Fee items with their verdicts, and the rules of each corridor, as facts from two data files.

Here: the records of `data/fee_items.toml` and `data/corridor_rules.toml`, and what makes them valid. Not here: what a
rule means for a payment (`verification`), and what was declared, committed or reported (`fees.models`). How a file is
read at all stands in `sheets.facts`.

What nobody knows stays visible: an absent date or amount is None, `unknown` is a kind and a status of its own, and a
rule that a machine may not apply says why in `why_not`.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from recruitment.journeys.reference import stages
from recruitment.sheets import facts
from recruitment.sheets.facts import Basis, Citation, Confidence, Document, Fact

PAYEES = frozenset(
    {"agency", "sub_agent", "employer", "official", "clinic", "transport", "insurer", "lender", "other", "unknown"}
)
FIGURE_ROLES = frozenset(
    {"price", "part", "total", "minimum", "maximum", "mean", "typical"}
    | {"previous", "equivalent", "intended", "observed", "fine", "deposit"}
)
_HUNDRED = Decimal(100)


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


class RuleKind(StrEnum):
    """What sort of rule it is; `unknown` is not "no limit"."""

    UNKNOWN = "unknown"
    WORKER_PRICE_LIST = "worker_price_list"
    ZERO_FEE = "zero_fee"
    CAP_TOTAL = "cap_total"
    CAP_ITEM = "cap_item"
    CAP_WAGE_MULTIPLE = "cap_wage_multiple"
    DEDUCTION_LIMIT = "deduction_limit"
    EMPLOYER_PAYS_LIST = "employer_pays_list"
    OFFICIAL_PRICE = "official_price"
    CONDUCT_RULE = "conduct_rule"
    REMIT_RULE = "remit_rule"
    QUOTA_RULE = "quota_rule"
    PENALTY = "penalty"


class RuleStatus(StrEnum):
    """Whether a rule holds; `reported` was seen in force on a page, without knowing until when."""

    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    REPORTED = "reported"
    PROPOSED = "proposed"
    PLANNED = "planned"
    UNKNOWN = "unknown"


# What each kind needs, beyond dates, before a machine may hold payments against it.
NEEDED_TO_COMPUTE = {
    RuleKind.ZERO_FEE: "amount",
    RuleKind.CAP_ITEM: "amount",
    RuleKind.CAP_TOTAL: "amount",
    RuleKind.CAP_WAGE_MULTIPLE: "multiple",
    RuleKind.DEDUCTION_LIMIT: "percent",
    RuleKind.EMPLOYER_PAYS_LIST: "fee_items",
}
_APPLICABLE = frozenset({RuleStatus.IN_FORCE, RuleStatus.SUPERSEDED, RuleStatus.REPORTED})


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


@dataclass(frozen=True, slots=True)
class Figure(Fact):
    """An amount that belongs to a rule or an observation."""

    label: str
    role: str
    amount: Decimal
    currency: str
    fee_item: str = ""
    valid_from: date | None = None

    def problems(self) -> Iterator[str]:
        """Refuse what the currency cannot hold, and a role that nobody knows."""
        yield from facts.wrong_money(self.amount, self.currency)
        if self.role not in FIGURE_ROLES:
            yield f"unknown role {self.role}"


@dataclass(frozen=True, slots=True)
class Instrument(Fact):
    """A law or agreement on which a corridor stands."""

    title: str
    dated: str
    basis: Basis
    confidence: Confidence
    note: str = ""


@dataclass(frozen=True, slots=True)
class CorridorFact(Fact):
    """A way from one country to another, with the currency of comparison."""

    code: str
    origin: str
    origin_name: str
    destination: str
    destination_name: str
    currency: str
    instruments: tuple[Instrument, ...]
    sources: tuple[Citation, ...]
    note: str = ""

    def problems(self) -> Iterator[str]:
        """Refuse a code that is not made of its two countries."""
        yield from facts.wrong_money(None, self.currency)
        if self.code != f"{self.origin}-{self.destination}":
            yield f"is not {self.origin}-{self.destination}"


@dataclass(frozen=True, slots=True)
class CorridorRuleFact(Fact):
    """One rule of a country of work (`destination:TH`) or of the origin's side of a corridor (`origin:MM-TH`).

    No fee items means the total. `payees` are those who must not take the money (none named: anybody); `as_of` is when
    a rule without days was seen.
    """

    id: str
    scope: str
    kind: RuleKind
    fee_items: tuple[str, ...]
    status: RuleStatus
    detail: str
    basis: Basis
    confidence: Confidence
    computable: bool
    sources: tuple[Citation, ...]
    payer: str = "worker"
    payees: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    subject: str = ""
    amount: Decimal | None = None
    currency: str = ""
    percent: Decimal | None = None
    percent_total: Decimal | None = None
    multiple: Decimal | None = None
    workers: int | None = None
    figures: tuple[Figure, ...] = ()
    countries: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    as_of: str = ""
    date_note: str = ""
    condition: str = ""
    law: str = ""
    basis_note: str = ""
    confidence_note: str = ""
    note: str = ""
    why_not: str = ""

    def problems(self) -> Iterator[str]:
        """Refuse what contradicts itself, and a computable rule that lacks what computing needs."""
        yield from facts.wrong_money(self.amount, self.currency)
        yield from facts.wrong_dates(self.valid_from, self.valid_until)
        for share in (self.percent, self.percent_total):
            if share is not None and not 0 < share <= _HUNDRED:
                yield f"{share} per cent is no share"
        if self.confidence is Confidence.UNSTATED:
            yield "a rule states its confidence"
        yield from (f"unknown payee {payee}" for payee in self.payees if payee not in PAYEES)
        if self.kind is RuleKind.ZERO_FEE and self.amount:
            yield "a zero-fee rule with an amount above zero"
        if self.computable:
            yield from self._missing_to_compute()
        elif not self.why_not:
            yield "not computable, and does not say why"

    def _missing_to_compute(self) -> Iterator[str]:
        needed = NEEDED_TO_COMPUTE.get(self.kind)
        if needed is None:
            yield f"a rule of kind {self.kind} is never computable"
        elif getattr(self, needed) in (None, ()):
            yield f"computable without {needed}"
        if self.kind is RuleKind.CAP_ITEM and not self.fee_items:
            yield "computable without fee_items"
        if self.valid_from is None and self.valid_until is None:
            yield "computable without a date"
        if self.status not in _APPLICABLE:
            yield f"computable although {self.status}"
        if self.why_not:
            yield "computable, and yet says why not"


@dataclass(frozen=True, slots=True)
class Observed(Fact):
    """What was seen in practice on a corridor; never a rule."""

    id: str
    corridor: str
    what: str
    basis: Basis
    confidence: Confidence
    sources: tuple[Citation, ...]
    detail: str = ""
    count: int | None = None
    percent: Decimal | None = None
    figures: tuple[Figure, ...] = ()
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class MinimumWage(Fact):
    """The least pay of an area, for reckoning in months of wage; a range has an `amount_highest`."""

    country: str
    area: str
    per: str
    amount: Decimal
    currency: str
    basis: Basis
    confidence: Confidence
    sources: tuple[Citation, ...]
    amount_highest: Decimal | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    date_note: str = ""

    def problems(self) -> Iterator[str]:
        """Refuse what the currency or the calendar cannot hold."""
        yield from facts.wrong_money(self.amount, self.currency)
        yield from facts.wrong_money(self.amount_highest, self.currency)
        yield from facts.wrong_dates(self.valid_from, self.valid_until)


@dataclass(frozen=True, slots=True)
class CurrencyFact(Fact):
    """How a currency is written, and whether anybody uses its decimals."""

    code: str
    whole_in_practice: bool
    iso_decimals: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CorridorRulesFile(Fact):
    """The whole of `corridor_rules.toml`."""

    version: int
    corridors: tuple[CorridorFact, ...]
    rules: tuple[CorridorRuleFact, ...]
    observed: tuple[Observed, ...]
    minimum_wages: tuple[MinimumWage, ...]
    currencies: tuple[CurrencyFact, ...]
    currency_notes: tuple[str, ...]


def _across_fee_items(document: Document) -> Iterator[str]:
    for table, key in (("fee_items", "code"), ("sources", "id"), ("principles", "id")):
        yield from facts.repeated_in(document, table, key)
    sources = facts.keys_of(document, "sources", "id")
    yield from facts.unknown_in(document, "fee_items", "stages", frozenset(stage.code for stage in stages()))
    yield from facts.unknown_in(document, "fee_items", "sources", sources)
    yield from facts.unknown_in(document, "principles", "sources", sources)
    yield from facts.unknown_in(document, "principles", "fee_items", facts.keys_of(document, "fee_items", "code"))


def _across_rules(document: Document) -> Iterator[str]:
    items = frozenset(item.code for item in fee_item_facts())
    for table, key in (("corridors", "code"), ("rules", "id"), ("observed", "id")):
        yield from facts.repeated_in(document, table, key)
    corridors = facts.keys_of(document, "corridors", "code")
    destinations = facts.keys_of(document, "corridors", "destination")
    scopes = frozenset({f"origin:{code}" for code in corridors} | {f"destination:{code}" for code in destinations})
    yield from facts.unknown_in(document, "rules", "scope", scopes)
    yield from facts.unknown_in(document, "observed", "corridor", corridors)
    yield from facts.unknown_in(document, "rules", "fee_items", items)
    yield from facts.unknown_in(document, "rules", "includes", items)
    for table in ("rules", "observed"):
        for row in facts.rows_of(document, table):
            for problem in facts.unknown_in(row, "figures", "fee_item", items):
                yield f"{table}[{row.get('id')}]: {problem}"


@functools.cache
def fee_items_file(text: str | None = None, path: str = "fee_items.toml") -> FeeItemsFile:
    """Read and check a fee items file; without a text the one that the package carries."""
    text = facts.data_text("recruitment.fees", path) if text is None else text
    return facts.read_facts(text, path, FeeItemsFile, _across_fee_items)


@functools.cache
def corridor_rules_file(text: str | None = None, path: str = "corridor_rules.toml") -> CorridorRulesFile:
    """Read and check a corridor rules file; without a text the one that the package carries."""
    text = facts.data_text("recruitment.fees", path) if text is None else text
    return facts.read_facts(text, path, CorridorRulesFile, _across_rules)


def fee_item_facts() -> tuple[FeeItemFact, ...]:
    """Give every fee item, in the order of the file."""
    return fee_items_file().fee_items


def corridor_rule_facts() -> tuple[CorridorRuleFact, ...]:
    """Give every rule, in the order of the file."""
    return corridor_rules_file().rules


def corridor_facts() -> tuple[CorridorFact, ...]:
    """Give every corridor."""
    return corridor_rules_file().corridors


def rules_of(corridor: CorridorFact) -> tuple[CorridorRuleFact, ...]:
    """Give the rules of both sides of a corridor: the country of work's, then the origin's."""
    scopes = (f"destination:{corridor.destination}", f"origin:{corridor.code}")
    return tuple(rule for scope in scopes for rule in corridor_rule_facts() if rule.scope == scope)
