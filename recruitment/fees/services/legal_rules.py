"""Revising the law: operators correct and add rules, with a reason; nothing that was is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from recruitment.audit import service as audit
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.errors import RecruitmentError
from recruitment.core.ids import new_id
from recruitment.core.money import AMOUNT_CAP, to_minor
from recruitment.database.bulk import insert_many
from recruitment.fees import queries
from recruitment.fees.errors import LegalRuleInvalid, LegalRuleRevised, LegalRuleUnknown
from recruitment.fees.models import RuleRevision
from recruitment.fees.queries import RuleRead
from recruitment.fees.reference import (
    Basis,
    Confidence,
    CorridorRuleFact,
    RuleKind,
    RuleStatus,
    fee_item_facts,
    kept_rule,
    plain_rule,
    scopes,
)
from recruitment.fees.services.facts import count_up_law

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor

EDITABLE = (
    "amount", "currency", "percent", "percent_total", "multiple", "fee_items", "includes", "payees", "valid_from",
    "valid_until", "date_note", "status", "sources", "basis", "confidence", "computable", "why_not", "lifted_by", "note",
)  # fmt: skip
"""What may be revised of a rule. Where it stands and of which kind it is make it the rule that it is."""

ONLY_WHEN_NEW = ("id", "scope", "kind", "detail", "payer", "law", "condition")
"""What is said of a rule once, when it is added."""

CHOICES = {
    "status": tuple(RuleStatus), "basis": tuple(Basis), "confidence": tuple(Confidence), "computable": ("yes", "no"),
}  # fmt: skip
"""Fields that hold one of few words, with these words."""

REASON_MAX = 500
TEXT_MAX = 1000

_COLUMNS = ("id", "rule_id", "number", "scope", "facts", "reason", "edited_by_id", "recorded_at")
_ID = re.compile(r"[a-z][a-z0-9_]{2,39}")
_SOURCE = re.compile(r"(https?://\S+|cite: .+)\Z")
_SHARES_MAX = Decimal(1000)
_CURES = {
    "amount": "Write it in the currency's own decimals, such as 300000 MMK or 500.00 THB.",
    "currency": "Choose a code of ISO 4217, such as THB or MMK.",
    "percent": "Give a share of the wage above 0 and at most 100.",
    "percent_total": "Give a share of the wage above 0 and at most 100, or leave it out.",
    "multiple": "Give how many monthly wages may be asked.",
    "fee_items": "Name items of `recruitment fees items`.",
    "includes": "Name items of `recruitment fees items`.",
    "payees": "Choose among agency, sub_agent, employer, official, clinic, transport, insurer, lender, other, unknown.",
    "valid_from": "Give the first or the last day, as year-month-day, or say that the rule is not computable.",
    "valid_until": "Give a day that is not before the first one.",
    "status": "Choose in_force, superseded or reported, or say that the rule is not computable.",
    "confidence": "Choose high, medium or low.",
    "computable": "Say no, and in why_not why.",
    "why_not": "Say why it is not computed, or nothing when it is.",
}  # fmt: skip


def revise_rule(
    session: Session, actor: Actor, rule_id: str, changes: Mapping[str, Any], *, reason: str, number: int
) -> RuleRead:
    """Revise a rule, and have the journeys that it touches compared again. Returns the rule as it holds now.

    ``changes``: fields of ``EDITABLE``; texts as a person writes them, or values of their own type. ``number``: the
    revision that was read. Who may: whoever may edit legal rules. Raises ``LegalRuleUnknown``, ``LegalRuleRevised`` when
    somebody else was first, ``LegalRuleInvalid``.
    """
    actor.require(Permission.EDIT_LEGAL_RULES)
    before = current_rule(session, rule_id)
    if before.number != number:
        raise LegalRuleRevised(
            f"{rule_id} was revised since you read it: it is at revision {before.number} now. Read it again."
        )
    return _keep(session, actor, revised(before, changes), before.number + 1, reason)


def add_rule(session: Session, actor: Actor, facts: Mapping[str, Any], *, reason: str) -> RuleRead:
    """Add a rule, and have the journeys of its corridors compared again. Returns it.

    ``facts``: fields of ``ONLY_WHEN_NEW`` and ``EDITABLE``, as for ``revise_rule``. Who may: whoever may edit legal rules.
    Raises ``LegalRuleRevised`` when there is one of that id, ``LegalRuleInvalid``.
    """
    actor.require(Permission.EDIT_LEGAL_RULES)
    rule = new_rule(facts)
    if queries.rule_in_force(session, rule.id) is not None:
        raise LegalRuleRevised(f"There is a rule {rule.id} already. Revise that, or choose another id.")
    return _keep(session, actor, rule, 1, reason)


def as_texts(rule: CorridorRuleFact) -> dict[str, str]:
    """Return what may be revised of a rule as a form shows it: lists in one text, nothing for what is unknown."""
    return {name: _shown(name, getattr(rule, name)) for name in EDITABLE}


def changes_in(rule: CorridorRuleFact, given: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a filled-in form that say something other than the rule."""
    before = as_texts(rule)
    return {
        name: text
        for name in EDITABLE
        if (text := given.get(name)) is not None and text.split() != before[name].split()
    }


def _shown(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ("\n" if name == "sources" else ", ").join(value)
    return "" if value is None else str(value)


def revised(before: RuleRead, changes: Mapping[str, Any]) -> CorridorRuleFact:
    """Return a rule with ``changes``, checked. Raises ``LegalRuleInvalid``."""
    rule = kept_rule(before.facts)
    values = _values(changes, EDITABLE)
    if "sources" in values and values["sources"] == ():
        raise LegalRuleInvalid("A revision names its source: an address, or 'cite: …'.", sources="is missing")
    after = replace(rule, **values)
    if after == rule:
        raise LegalRuleInvalid("Nothing was changed: the rule says that already.")
    _check(after)
    return after


def new_rule(facts: Mapping[str, Any]) -> CorridorRuleFact:
    """Return a new rule, checked. Raises ``LegalRuleInvalid``."""
    values: dict[str, Any] = {"fee_items": (), "computable": False, "status": RuleStatus.UNKNOWN}
    values |= {"basis": Basis.UNSTATED, "sources": ()} | _values(facts, (*ONLY_WHEN_NEW, *EDITABLE))
    missing = [name for name in ("id", "scope", "kind", "detail", "confidence", "sources") if not values.get(name)]
    if missing:
        raise LegalRuleInvalid(f"A new rule says {', '.join(missing)}, too.", **dict.fromkeys(missing, "is missing"))
    if not _ID.fullmatch(values["id"]):
        raise LegalRuleInvalid(
            "The id of a rule is 3 to 40 small letters, digits and underscores, such as mm_th_300k.", id="is not an id"
        )
    if values["scope"] not in scopes():
        raise LegalRuleInvalid(
            f"A rule stands with a country of work or on the origin's side of a corridor: {', '.join(sorted(scopes()))}.",
            scope="is not known",
        )
    rule = CorridorRuleFact(**values)
    _check(rule)
    return rule


def current_rule(session: Session, rule_id: str) -> RuleRead:
    """Return a rule as it holds. Raises ``LegalRuleUnknown``."""
    found = queries.rule_in_force(session, rule_id)
    if found is None:
        raise LegalRuleUnknown("There is no such legal rule. `recruitment rules list` shows those that there are.")
    return found


def _keep(session: Session, actor: Actor, rule: CorridorRuleFact, number: int, reason: str) -> RuleRead:
    given = reason.strip()
    if not given or len(given) > REASON_MAX or not given.isprintable():
        raise LegalRuleInvalid(
            f"Say why, in one line of at most {REASON_MAX} characters: it is kept with the revision.",
            reason="is missing",
        )
    facts = plain_rule(rule)
    edited_by = actor.scope.person
    row = (new_id(), rule.id, number, rule.scope, facts, given, edited_by, clock.now())
    try:
        insert_many(session, RuleRevision.__table__, _COLUMNS, [row])
    except IntegrityError:
        raise LegalRuleRevised(f"{rule.id} was revised by somebody else at this moment. Read it again.") from None
    audit.record(session, actor, "fees.rule_revised", ("legal_rule", rule.id), number=number)
    count_up_law(session, rule.scope)
    return RuleRead(rule.id, rule.scope, number, facts)


def _check(rule: CorridorRuleFact) -> None:
    """Raise ``LegalRuleInvalid`` with every field that is wrong and how to mend it."""
    problems: dict[str, str] = {}
    for field, problem in (*_faults(rule), *rule.faults()):
        problems.setdefault(field, problem)
    if problems:
        told = " ".join(f"{field}: {problem}. {_CURES.get(field, '')}".strip() for field, problem in problems.items())
        raise LegalRuleInvalid(told, **problems)


def _faults(rule: CorridorRuleFact) -> Iterator[tuple[str, str]]:
    known = {fact.code for fact in fee_item_facts()}
    for field in ("fee_items", "includes"):
        unknown = sorted(set(getattr(rule, field)) - known)
        if unknown:
            yield field, f"unknown item {', '.join(unknown)}"
    if rule.amount is not None and not rule.currency:
        yield "currency", "an amount has one"
    elif rule.amount is not None:
        try:
            if to_minor(rule.amount, rule.currency) > AMOUNT_CAP:
                yield "amount", "is too large"
        except RecruitmentError as problem:
            yield "amount", problem.detail.rstrip(".")
    if rule.multiple is not None and not 0 < rule.multiple <= _SHARES_MAX:
        yield "multiple", f"{rule.multiple} monthly wages are no limit"
    for source in rule.sources:
        if not _SOURCE.fullmatch(source):
            yield "sources", f"{source!r} is neither an address nor begins with 'cite: '"
    for each in fields(rule):
        value = getattr(rule, each.name)
        texts = value if isinstance(value, tuple) else (value,)
        if any(isinstance(text, str) and (len(text) > TEXT_MAX or not text.isprintable()) for text in texts):
            yield each.name, f"is longer than {TEXT_MAX} characters, or holds what cannot be seen"


def _values(given: Mapping[str, Any], allowed: tuple[str, ...]) -> dict[str, Any]:
    other = sorted(set(given) - set(allowed))
    if other:
        raise LegalRuleInvalid(
            f"{', '.join(other)} cannot be set. Choose among {', '.join(allowed)}.",
            **dict.fromkeys(other, "cannot be set"),
        )
    found: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, value in _flat(given).items():
        try:
            read: Callable[[Any], Any] = _READ.get(name, _text)
            found[name] = read(value)
        except (ValueError, ArithmeticError, TypeError):
            problems[name] = _SHAPES.get(name, "is not among the words that there are")
    if problems:
        told = ". ".join(f"{name} {problem}" for name, problem in problems.items())
        raise LegalRuleInvalid(f"{told}.", **problems)
    return found


def _flat(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``given`` with an amount that came with its currency taken apart."""
    money = given.get("amount")
    if not isinstance(money, Mapping):
        return dict(given)
    return {**given, "amount": money.get("amount"), "currency": money.get("currency")}


def _text(value: Any) -> str:
    if value is not None and not isinstance(value, str):
        raise TypeError
    return "" if value is None else value.strip()


def _decimal(value: Any) -> Decimal | None:
    text = _text(value)
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,6})?", text):
        raise ValueError
    return Decimal(text)


def _day(value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(_text(value)) if _text(value) else None


def _words(value: Any) -> tuple[str, ...]:
    parts = re.split(r"[\s,]+", value) if isinstance(value, str) else list(value or ())
    return tuple(dict.fromkeys(text for part in parts if (text := _text(part))))


def _lines(value: Any) -> tuple[str, ...]:
    parts = re.split(r"\s*[\n\r]+\s*|\s+(?=https?://)", value) if isinstance(value, str) else list(value or ())
    return tuple(text for part in parts if (text := _text(part)))


def _yes(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    answers = {"yes": True, "true": True, "no": False, "false": False}
    if _text(value).lower() not in answers:
        raise ValueError
    return answers[_text(value).lower()]


_READ: dict[str, Callable[[Any], Any]] = {
    "kind": RuleKind,
    "status": RuleStatus,
    "basis": Basis,
    "confidence": Confidence,
    "computable": _yes,
    "sources": _lines,
    **dict.fromkeys(("amount", "percent", "percent_total", "multiple"), _decimal),
    **dict.fromkeys(("valid_from", "valid_until"), _day),
    **dict.fromkeys(("fee_items", "includes", "payees"), _words),
}
_NUMBER = "is not a number such as 1250.00"
_SHAPES = {
    **dict.fromkeys(("amount", "percent", "percent_total", "multiple"), _NUMBER),
    **dict.fromkeys(("valid_from", "valid_until"), "is not a day such as 2024-05-31"),
    **dict.fromkeys(("fee_items", "includes", "payees", "sources"), "is not a list of texts"),
    "computable": "is neither yes nor no",
}
