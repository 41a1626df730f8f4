"""The rules of each corridor, as facts from `data/corridor_rules.toml`; an operator's revision is read the same way."""

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, cast

from recruitment.fees.reference.fee_items import fee_item_facts
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


class RuleStanding(StrEnum):
    """What a rule is on a day. What is information only limits nothing, and allows nothing either."""

    HOLDS = "holds"
    INFORMATION = "information"
    NOT_THEN = "not_then"


# What each kind needs, beyond dates, before a machine may hold payments against it.
NEEDED_TO_COMPUTE = {
    RuleKind.ZERO_FEE: "amount",
    RuleKind.CAP_ITEM: "amount",
    RuleKind.CAP_TOTAL: "amount",
    RuleKind.CAP_WAGE_MULTIPLE: "multiple",
    RuleKind.DEDUCTION_LIMIT: "percent",
    RuleKind.EMPLOYER_PAYS_LIST: "fee_items",
}
_NO_LIMITS = frozenset({RuleKind.PENALTY, RuleKind.CONDUCT_RULE, RuleKind.QUOTA_RULE, RuleKind.REMIT_RULE})
_APPLICABLE = frozenset({RuleStatus.IN_FORCE, RuleStatus.SUPERSEDED, RuleStatus.REPORTED})


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
    a rule without days was seen. `lifted_by` is what makes the rule not hold, and what no record here tells: what is
    found by such a rule is for a person to look at.
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
    lifted_by: str = ""

    def problems(self) -> Iterator[str]:
        """Refuse what contradicts itself, and a computable rule that lacks what computing needs."""
        yield from (problem for _field, problem in self.faults())

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield what contradicts itself as the field that is to be mended, and the problem in words."""
        yield from (("amount", problem) for problem in facts.wrong_money(self.amount, self.currency))
        yield from (("valid_until", problem) for problem in facts.wrong_dates(self.valid_from, self.valid_until))
        for name, share in (("percent", self.percent), ("percent_total", self.percent_total)):
            if share is not None and not 0 < share <= _HUNDRED:
                yield name, f"{share} per cent is no share"
        if self.confidence is Confidence.UNSTATED:
            yield "confidence", "a rule states its confidence"
        yield from (("payees", f"unknown payee {payee}") for payee in self.payees if payee not in PAYEES)
        if self.kind is RuleKind.ZERO_FEE and self.amount:
            yield "amount", "a zero-fee rule with an amount above zero"
        if self.computable:
            yield from self._missing_to_compute()
        elif not self.why_not:
            yield "why_not", "not computable, and does not say why"

    @property
    def is_computed(self) -> bool:
        """Whether payments of workers are held against the rule: a multiple of wages for another payer is not about them."""
        return self.computable and not (self.kind is RuleKind.CAP_WAGE_MULTIPLE and self.payer != "worker")

    def on(self, day: date) -> RuleStanding:
        """Return what the rule is on a day. Blank days leave that end open."""
        if (self.valid_from and day < self.valid_from) or (self.valid_until and day > self.valid_until):
            return RuleStanding.NOT_THEN
        return RuleStanding.HOLDS if self.is_computed else RuleStanding.INFORMATION

    @property
    def limit_in_words(self) -> str:
        """What the rule allows, in a few words; "unknown" where nobody knows."""
        if self.kind in _NO_LIMITS:
            return "sets no limit"
        for value, words in (
            (self.amount, f"{self.amount} {self.currency}"),
            (self.percent_total, f"{self.percent} % each, {self.percent_total} % in all, of a month's wage"),
            (self.percent, f"{self.percent} % of a month's wage"),
            (self.multiple, f"{self.multiple} monthly wages"),
        ):
            if value is not None:
                return words
        return "nothing of these items" if self.kind is RuleKind.EMPLOYER_PAYS_LIST and self.fee_items else "unknown"

    def _missing_to_compute(self) -> Iterator[tuple[str, str]]:
        needed = NEEDED_TO_COMPUTE.get(self.kind)
        if needed is None:
            yield "computable", f"a rule of kind {self.kind} is never computable"
        elif getattr(self, needed) in (None, ()):
            yield needed, f"computable without {needed}"
        if self.kind is RuleKind.CAP_ITEM and not self.fee_items:
            yield "fee_items", "computable without fee_items"
        if self.valid_from is None and self.valid_until is None:
            yield "valid_from", "computable without a date"
        if self.status not in _APPLICABLE:
            yield "status", f"computable although {self.status}"
        if self.why_not:
            yield "why_not", "computable, and yet says why not"


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
def corridor_rules_file(text: str | None = None, path: str = "corridor_rules.toml") -> CorridorRulesFile:
    """Read and check a corridor rules file; without a text the one that the package carries."""
    text = facts.data_text("recruitment.fees", path) if text is None else text
    return facts.read_facts(text, path, CorridorRulesFile, _across_rules)


def plain_rule(rule: CorridorRuleFact) -> dict[str, object]:
    """Return a rule as JSON has it: dates as ISO text, decimals as text, so that nothing is rounded."""
    found: dict[str, object] = json.loads(json.dumps(asdict(rule), default=str))
    return found


def kept_rule(kept: Mapping[str, object]) -> CorridorRuleFact:
    """Return the rule that `plain_rule` wrote. It was checked when it was kept, and is not checked again."""
    return CorridorRuleFact(**{name: _read(name, value) for name, value in kept.items()})


def _read(name: str, value: object) -> Any:
    if value is None:
        return None
    if name == "figures":
        return tuple(
            Figure(**{key: _read(key, each) for key, each in figure.items()})
            for figure in cast("list[dict[str, object]]", value)
        )
    if isinstance(value, list):
        return tuple(value)
    return _READ[name](str(value)) if name in _READ else value


_READ: Mapping[str, Callable[[str], object]] = {
    "kind": RuleKind,
    "status": RuleStatus,
    "basis": Basis,
    "confidence": Confidence,
    **dict.fromkeys(("amount", "percent", "percent_total", "multiple"), Decimal),
    **dict.fromkeys(("valid_from", "valid_until"), date.fromisoformat),
}


def scopes() -> frozenset[str]:
    """Return where a rule may hold: each country of work, and the origin's side of each corridor."""
    known = corridor_facts()
    return frozenset(f"destination:{each.destination}" for each in known) | {f"origin:{each.code}" for each in known}


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
