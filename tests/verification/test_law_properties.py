"""What holds for the law of every corridor, whatever was paid."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from recruitment.core.money import exponent
from recruitment.verification.rules import Adjudicated, JourneyFacts, RateBook
from recruitment.verification.rules.law import breaches, outcomes
from tests.factories.law import declared, journey, law, paid, rule

CORRIDORS = {"MM-TH": "THB", "NP-MY": "MYR", "BD-MY": "MYR"}
DAYS = st.dates(date(2014, 1, 1), date(2025, 12, 31))
ITEMS = st.sampled_from(["agency_service_fee", "visa_fee", "passport_fee", "levy_passthrough", "welfare_fund"])
CURRENCIES = st.sampled_from(["THB", "MYR", "MMK", "NPR", "BDT"])
AMOUNTS = st.integers(1, 10**8)
# One rate for all days: with rates that move, a later payment may move the day of the limit.
RATES = [
    (base, quote, day, "0.05")
    for base in ("THB", "MYR", "MMK", "NPR", "BDT")
    for quote in ("THB", "MYR")
    for day in [date(year, month, 1) for year in range(2013, 2026) for month in range(1, 13)]
    if base != quote
]
BOOK = RateBook(RATES, exponent)


@st.composite
def reports(draw):
    day = draw(DAYS)
    return paid(
        draw(AMOUNTS), draw(CURRENCIES), day, draw(ITEMS), payee=draw(st.sampled_from(["agency", "clinic", None])),
        deducted=draw(st.sampled_from([True, False, None])), said=draw(st.sampled_from([str(day), str(day)[:7], None])),
    )  # fmt: skip


@st.composite
def lines(draw):
    return declared(
        draw(AMOUNTS), draw(CURRENCIES), draw(DAYS), draw(ITEMS), payer=draw(st.sampled_from(["worker", "other"]))
    )


@st.composite
def journeys(draw) -> JourneyFacts:
    corridor = draw(st.sampled_from(sorted(CORRIDORS)))
    return journey(
        *draw(st.lists(reports(), max_size=6)), declared=draw(st.lists(lines(), max_size=6)), law=law(corridor),
        currency=CORRIDORS[corridor], monthly_wage=draw(st.sampled_from([None, (900_000, CORRIDORS[corridor])])),
    )  # fmt: skip


def excesses(facts: JourneyFacts) -> dict[tuple[str, str], int]:
    """Return what is asked in all by each rule and currency."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for one in breaches(facts, BOOK.converter(facts.currency)):
        found[one.authority.rule, one.currency] += one.amount_minor
    return found


def of_one_currency(facts: JourneyFacts) -> JourneyFacts:
    return replace(
        facts,
        declared=[(*row[:4], facts.currency, row[5]) for row in facts.declared],
        reported=[(*row[:3], facts.currency, *row[4:]) for row in facts.reported],
    )


@given(journeys(), reports())
def test_more_paid_never_lowers_what_is_asked(facts, more):
    before = excesses(of_one_currency(facts))
    after = excesses(of_one_currency(replace(facts, reported=[*facts.reported, more])))
    for key, amount in before.items():
        assert after[key] >= amount


@given(journeys(), AMOUNTS, ITEMS)
def test_a_payment_on_a_day_without_a_rule_changes_nothing(facts, amount, item):
    timed = tuple(each for each in facts.law if each.valid_from and each.valid_from > date(1990, 1, 1))
    facts = replace(facts, law=timed)
    long_ago = paid(amount, facts.currency, date(1990, 1, 1), item, deducted=True)
    assert excesses(replace(facts, reported=[*facts.reported, long_ago])) == excesses(facts)


@given(journeys())
def test_what_was_decided_to_be_nothing_breaks_nothing(facts):
    items = {row[0] for row in [*facts.declared, *facts.reported]}
    nothing = dict.fromkeys(items, Adjudicated(0, validated=True))
    assert excesses(replace(facts, adjudicated=nothing)) == {}


@given(journeys(), st.integers(0, 10**6))
def test_what_a_person_decided_is_the_most_that_is_asked(facts, verified):
    items = {row[0] for row in [*facts.declared, *facts.reported]}
    facts = replace(facts, adjudicated=dict.fromkeys(items, Adjudicated(verified, validated=True)))
    for amount in excesses(facts).values():
        assert amount <= verified * len(items)


@given(journeys())
def test_no_rule_asks_more_than_was_paid(facts):
    convert = BOOK.converter(facts.currency)
    in_all = sum(convert(row[3], row[4], row[5]) or 0 for row in facts.declared)
    in_all += sum(convert(row[2], row[3], row[5]) or 0 for row in facts.reported)
    # The excess is converted as one, the payments each: a coin may be rounded up for each of them.
    rounding = len(facts.declared) + len(facts.reported)
    for (_rule, currency), amount in excesses(facts).items():
        if currency == facts.currency:
            assert amount <= in_all + rounding


@given(journeys())
def test_every_breach_belongs_to_a_broken_rule_and_every_rule_has_an_outcome(facts):
    found = outcomes(facts, BOOK.converter(facts.currency))
    assert [each.rule for each in found] == list(facts.law)
    for each in found:
        assert (each.state == "broken") is bool(each.breaches)
        assert each.breaches or each.state == "kept" or each.why is not None
        assert all(breach.amount_minor > 0 and breach.fee_items for breach in each.breaches)


@given(journeys())
def test_the_order_is_item_kind_rule(facts):
    found = breaches(facts, BOOK.converter(facts.currency))
    keys = [(one.fee_item is None, one.fee_item or "", one.kind != "legal_breach", one.authority.rule) for one in found]
    assert keys == sorted(keys)


class TestTheNegativeControl:
    """A limit that is higher by one coin, and a last day that is later by one, are noticed."""

    def test_an_edge_that_moves(self):
        row = paid(150_001_00, "MMK", date(2022, 5, 8))
        assert breaches(journey(row, currency="MMK", law=(rule("mm_th_150k"),)), BOOK.converter("MMK"))
        wider = rule("mm_th_150k", amount=Decimal(150001))
        assert not breaches(journey(row, currency="MMK", law=(wider,)), BOOK.converter("MMK"))
        shorter = rule("mm_th_150k", valid_until=date(2022, 5, 7))
        assert not breaches(journey(row, currency="MMK", law=(shorter,)), BOOK.converter("MMK"))
