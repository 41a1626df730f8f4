"""What is due to one person, as a document that can be computed again from its own inputs, to the byte.

It reads amounts, never a status: that an agency declared nothing, or that a rate is missing, delays nobody. Due is the
larger of the person's own account and of the cohort's rate, to everybody who paid; the cohort's rate alone to people who
could not be reached; nothing to who says independently that nothing was paid. What has no rate of exchange is due in its
own currency, beside the cohort's rate: in doubt the worker has more. From each is taken what came back and was confirmed,
never below zero. Amounts are rounded once, at the end, half of a minor unit counted up.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from recruitment.core.errors import InvariantViolated
from recruitment.relief.errors import ClaimTwice, CurrencyMixed, DocumentNotReadable
from recruitment.relief.rules.interest import half_up, years_between
from recruitment.relief.rules.own_account import OpenItem, OpenRepayment, OwnAccount, PaidItem, RepaidItem, own_account
from recruitment.relief.rules.parameters import Parameters
from recruitment.relief.rules.rates import QuotedRate, Quotes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ENTITLEMENT_RULES = 1
"""Counted up when these rules change; a document says by which it was computed."""


class OwnWord(StrEnum):
    """What a person says of payments. Words that were not free are no words: such a person was not reached yet."""

    PAID = "paid"
    NONE = "none"
    UNREACHED = "unreached"


class EntitlementBasis(StrEnum):
    """Which of the two amounts is due in the currency of the entitlement."""

    OWN_ACCOUNT = "own_account"
    COHORT_RATE = "cohort_rate"
    NOTHING = "nothing"


class ToReview(StrEnum):
    """What a person should look at. None of it makes the amount smaller or later."""

    NO_RATE = "no_rate"
    REPAID_WITHOUT_RATE = "repaid_without_rate"
    REPAID_BEYOND = "repaid_beyond"
    NO_COHORT_RATE = "no_cohort_rate"
    NONE_AND_PAID = "none_and_paid"


@dataclass(frozen=True, slots=True)
class EntitlementInputs:
    """All that an entitlement is computed from.

    ``currency`` is that in which it is due, ``as_of`` the day of repayment. ``repaid`` has confirmed amounts only, and
    no unconditional cash. ``cohort``: the document of a cohort rate (or agreed rate), None where there is none.
    """

    as_of: date
    currency: str
    word: OwnWord
    items: Sequence[PaidItem] = ()
    repaid: Sequence[RepaidItem] = ()
    quotes: Sequence[QuotedRate] = ()
    cohort: Mapping[str, Any] | None = None
    parameters: Parameters = field(default_factory=Parameters)


def entitlement(inputs: EntitlementInputs) -> dict[str, Any]:
    """Return the entitlement as a document of text, whole numbers, lists and null: inputs, steps and what is owed.

    Only the rates that were looked at are kept in it. Raises ``ClaimTwice`` for two statements of one reference,
    ``CurrencyMixed`` for a cohort rate in another currency, ``PercentInvalid``, ``CurrencyUnknown``.
    """
    _refuse_confusion(inputs)
    quotes = Quotes(inputs.quotes)
    own = own_account(
        inputs.items,
        inputs.repaid,
        quotes,
        currency=inputs.currency,
        as_of=inputs.as_of,
        parameters=inputs.parameters,
    )
    own_minor = half_up(own.open_in_common())
    cohort_minor = _cohort_minor(inputs)
    counted = sum((each.value_in_common for each in own.repaid), start=Fraction(0))
    cohort_left = half_up(max(cohort_minor - counted, Fraction(0)))
    due = max(own_minor, cohort_left)
    owed = {inputs.currency: due} | {code: half_up(amount) for code, amount in own.open_apart().items()}
    listed = [{"currency": code, "amount_minor": amount} for code, amount in sorted(owed.items()) if amount]
    return {
        "rules": ENTITLEMENT_RULES,
        "as_of": inputs.as_of.isoformat(),
        "currency": inputs.currency,
        "word": inputs.word.value,
        "inputs": _inputs(inputs, quotes.used),
        "steps": {
            "items": _items(own, inputs),
            "repaid": [_repaid(each) for each in own.repaid],
            "own_minor": own_minor,
            "cohort_minor": cohort_minor,
            "repaid_minor": half_up(counted),
            "cohort_left_minor": cohort_left,
            "top_up_minor": due - own_minor,
        },
        "basis": _basis(own_minor, cohort_left, listed).value,
        "owed": listed,
        "to_review": [code.value for code in ToReview if code in _to_review(own, inputs)],
    }


def owed_of(document: Mapping[str, Any]) -> dict[str, int]:
    """Return what a document says is owed, in minor units by currency."""
    return {line["currency"]: line["amount_minor"] for line in document["owed"]}


def recompute(document: Mapping[str, Any]) -> dict[str, Any]:
    """Compute a document again from its stored inputs alone; its canonical bytes are the same as they were.

    Raises ``DocumentNotReadable`` for a document of other rules, or one without its inputs.
    """
    if document.get("rules") != ENTITLEMENT_RULES:
        raise DocumentNotReadable(
            f"This entitlement was computed by version {document.get('rules')} of the rules; here is {ENTITLEMENT_RULES}."
        )
    try:
        return entitlement(_read(document))
    except (KeyError, TypeError, ValueError) as missing:
        raise DocumentNotReadable(f"The inputs of this entitlement cannot be read: {missing}.") from missing


def _refuse_confusion(inputs: EntitlementInputs) -> None:
    for kind, statements in (("payments", inputs.items), ("repayments", inputs.repaid)):
        names: Iterable[str] = [each.reference for each in statements]
        twice = sorted(name for name, times in Counter(names).items() if times > 1)
        if twice:
            raise ClaimTwice(f"Two {kind} of this entitlement are called {twice[0]}. Give each a reference of its own.")
        if any(each.amount_minor < 0 for each in statements):
            raise InvariantViolated("nobody paid, and nobody paid back, less than nothing")
    if inputs.cohort is not None and inputs.cohort["currency"] != inputs.currency:
        raise CurrencyMixed(
            f"The cohort rate is in {inputs.cohort['currency']} and the entitlement in {inputs.currency}. "
            "Make the rate from claims in the currency of the entitlement."
        )


def _cohort_minor(inputs: EntitlementInputs) -> int:
    """Return the cohort's rate for this person: zero where there is none, and for who says that nothing was paid."""
    paid = any(item.amount_minor > 0 for item in inputs.items)
    if inputs.cohort is None or (inputs.word is OwnWord.NONE and not paid):
        return 0
    amount: int = inputs.cohort["amount_minor"]
    return amount


def _basis(own_minor: int, cohort_left: int, owed: Sequence[object]) -> EntitlementBasis:
    if not owed:
        return EntitlementBasis.NOTHING
    return EntitlementBasis.COHORT_RATE if cohort_left > own_minor else EntitlementBasis.OWN_ACCOUNT


def _to_review(own: OwnAccount, inputs: EntitlementInputs) -> set[ToReview]:
    found = {
        ToReview.NO_RATE: any(item.factor is None for item in own.items),
        ToReview.REPAID_WITHOUT_RATE: any(each.value is None and each.left for each in own.repaid),
        ToReview.REPAID_BEYOND: any(each.value is not None and each.left for each in own.repaid),
        ToReview.NO_COHORT_RATE: inputs.cohort is None and inputs.word is not OwnWord.NONE,
        ToReview.NONE_AND_PAID: inputs.word is OwnWord.NONE and bool(own.items),
    }
    return {code for code, is_so in found.items() if is_so}


def _items(own: OwnAccount, inputs: EntitlementInputs) -> list[dict[str, Any]]:
    """Return the steps of each payment. What they show as owed adds up, by currency, to the own account."""
    shown: list[dict[str, Any]] = []
    amounts = [each.open if each.factor is None else each.open * each.factor for each in own.items]
    currencies = [each.item.currency if each.factor is None else inputs.currency for each in own.items]
    parts = _spread(amounts, currencies)
    for each, amount, code in zip(own.items, parts, currencies, strict=True):
        shown.append(_item(each, inputs) | {"owed_minor": amount, "owed_currency": code})
    return shown


def _spread(amounts: Sequence[Fraction], currencies: Sequence[str]) -> list[int]:
    """Round amounts so that those of a currency add up to their rounded sum: the largest remainders are counted up."""
    rounded = [int(amount) for amount in amounts]
    for code in set(currencies):
        places = [place for place, each in enumerate(currencies) if each == code]
        left = half_up(sum((amounts[place] for place in places), start=Fraction(0))) - sum(rounded[p] for p in places)
        for place in sorted(places, key=lambda place: (rounded[place] - amounts[place], place))[:left]:
            rounded[place] += 1
    return rounded


def _item(each: OpenItem, inputs: EntitlementInputs) -> dict[str, Any]:
    chosen = each.rate.chosen
    return {
        "reference": each.item.reference,
        "interest_percent": each.percent,
        "interest_years": str(years_between(each.item.paid_on, inputs.as_of)),
        "interest_minor": half_up(each.interest),
        "came_back_minor": half_up(each.item.amount_minor - each.open_principal + each.interest - each.open_interest),
        "open_minor": half_up(each.open),
        "rate_at_payment": None if each.rate.at_payment is None else each.rate.at_payment.document(),
        "rate_at_repayment": None if each.rate.at_repayment is None else each.rate.at_repayment.document(),
        "rate_chosen": None if chosen is None else chosen.document(),
    }


def _repaid(each: OpenRepayment) -> dict[str, Any]:
    return {
        "reference": each.repaid.reference,
        "value_minor": None if each.value is None else half_up(each.value),
        "left_minor": int(each.left * each.repaid.amount_minor),
    }


def _inputs(inputs: EntitlementInputs, used: Iterable[QuotedRate]) -> dict[str, Any]:
    return {
        "items": [
            {
                "reference": item.reference,
                "fee_item": item.fee_item,
                "amount_minor": item.amount_minor,
                "currency": item.currency,
                "paid_on": item.paid_on.isoformat(),
                "percent": item.percent,
            }
            for item in sorted(inputs.items, key=lambda item: item.reference)
        ],
        "repaid": [
            {
                "reference": each.reference,
                "fee_item": each.fee_item,
                "amount_minor": each.amount_minor,
                "currency": each.currency,
                "paid_on": each.paid_on.isoformat(),
            }
            for each in sorted(inputs.repaid, key=lambda each: each.reference)
        ],
        "rates": sorted(
            (rate.document() for rate in used),
            key=lambda rate: (rate["base"], rate["quote"], rate["on"], rate["rate"], rate["source"]),
        ),
        "cohort": None if inputs.cohort is None else dict(inputs.cohort),
        "parameters": inputs.parameters.document(),
    }


def _read(document: Mapping[str, Any]) -> EntitlementInputs:
    kept = document["inputs"]
    return EntitlementInputs(
        as_of=date.fromisoformat(document["as_of"]),
        currency=document["currency"],
        word=OwnWord(document["word"]),
        items=[PaidItem(**(item | {"paid_on": date.fromisoformat(item["paid_on"])})) for item in kept["items"]],
        repaid=[RepaidItem(**(each | {"paid_on": date.fromisoformat(each["paid_on"])})) for each in kept["repaid"]],
        quotes=[QuotedRate(**(rate | {"on": date.fromisoformat(rate["on"])})) for rate in kept["rates"]],
        cohort=kept["cohort"],
        parameters=Parameters.of(kept["parameters"]),
    )
