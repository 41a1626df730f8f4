"""What a change of the law would change, before it is made."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from recruitment.audit import queries as audit_queries
from recruitment.audit import service as audit
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.errors import InvariantViolated
from recruitment.database.bulk import fewer_collections
from recruitment.database.scoping import scope_of
from recruitment.fees import queries as fees
from recruitment.fees.reference import kept_rule
from recruitment.fees.services import legal_rules
from recruitment.verification import queries, rules
from recruitment.verification.errors import PreviewsUsedUp
from recruitment.verification.rules.law_preview import Effect, LawEffect, Preview, effects_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.fees.queries import RuleRead
    from recruitment.fees.reference import CorridorRuleFact


PREVIEWS_A_DAY = 20
"""How many previews somebody who reads no comparisons may look at within 24 hours."""

_LOOKED = "fees.rule_previewed"


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """A rule as it is, as it would be, and what that would change."""

    before: RuleRead
    after: CorridorRuleFact
    found: Preview


def preview_change(
    open_everything: Callable[[], AbstractContextManager[Session]],
    actor: Actor,
    rule_id: str,
    changes: Mapping[str, Any],
) -> ChangePreview:
    """Return what would change if a rule were revised as ``changes`` say; see ``preview``.

    The one narrow door by which somebody who reads no people learns something counted from all journeys:
    ``open_everything`` gives a session that sees them, for reading, and nothing leaves here but counts and references,
    of which ``told_effects`` keeps what the reader may not know. Who may: whoever may edit legal rules. Raises
    ``LegalRuleUnknown``, ``LegalRuleInvalid``, and ``PreviewsUsedUp`` for who reads no comparisons and looked too often
    within a day: by limits that are moved little by little one could find out what a few people paid.
    """
    actor.require(Permission.EDIT_LEGAL_RULES)
    with open_everything() as session:
        if not actor.may(Permission.READ_COMPARISONS):
            _check_looks(session, actor)
        before = legal_rules.current_rule(session, rule_id)
        after = legal_rules.revised(before, changes)
        return ChangePreview(before, after, preview(session, actor, after))


def _check_looks(session: Session, actor: Actor) -> None:
    since = clock.now() - timedelta(days=1)
    if audit_queries.acts_since(session, actor.id, _LOOKED, since) >= PREVIEWS_A_DAY:
        raise PreviewsUsedUp(
            f"You looked at {PREVIEWS_A_DAY} previews within a day, and there are no more for now. Revise the rule, come "
            "back tomorrow, or ask for a preview at the terminal."
        )


def record_preview(session: Session, actor: Actor, rule_id: str) -> None:
    """Record that somebody looked at what a change of a rule would change. Who may: whoever may edit legal rules."""
    actor.require(Permission.EDIT_LEGAL_RULES)
    audit.record(session, actor, _LOOKED, ("legal_rule", rule_id))


def preview(session: Session, actor: Actor, changed: CorridorRuleFact) -> Preview:
    """Return what would change if ``changed`` were in force in place of the rule of its id, or beside all others.

    Compares every journey of its corridors with and without it, and keeps nothing. The session must see every journey: an
    operator sees none, so the edge opens one for this alone, and tells of it what ``told_effects`` leaves. Who may: whoever
    may edit legal rules.
    """
    actor.require(Permission.EDIT_LEGAL_RULES)
    if scope_of(session).is_limited:
        raise InvariantViolated("A preview in a limited session would count only what that session sees.")
    before = [kept_rule(rule.facts) for rule in fees.rules_in_force(session)]
    after = [changed, *(rule for rule in before if rule.id != changed.id)]
    verdicts = queries.verdicts(session)
    journeys, touched = 0, 0
    found: dict[tuple[LawEffect, str, str], list[str]] = defaultdict(list)
    last: UUID | None = None
    with fewer_collections():
        while batch := queries.journeys_in_order(session, after=last, scope=changed.scope):
            last = batch[-1].id
            for journey, effects in _compared_twice(session, batch, before, after, verdicts):
                journeys += 1
                touched += bool(effects)
                for effect in effects:
                    found[effect].append(journey)
    order = list(LawEffect)
    in_order = sorted(found.items(), key=lambda each: (order.index(each[0][0]), each[0][1:]))
    return Preview(journeys, touched, tuple(Effect(*key, tuple(sorted(those))) for key, those in in_order))


def _compared_twice(
    session: Session,
    batch: list[queries.StaleJourney],
    before: list[CorridorRuleFact],
    after: list[CorridorRuleFact],
    verdicts: dict[str, rules.Verdict],
) -> list[tuple[str, list[tuple[LawEffect, str, str]]]]:
    corridors = {journey.corridor for journey in batch}
    laws = [queries.laws(corridors, rules_known) for rules_known in (before, after)]
    currencies = {rule.currency for law in laws for each in law.values() for rule in each.computed if rule.currency}
    read = queries.facts_of(session, batch, currencies=currencies)
    found = []
    for journey, facts in read.journeys:
        convert = read.rates.converter(facts.currency)
        was, is_ = (
            rules.compare(replace(facts, law=law[journey.corridor].computed), verdicts, convert) for law in laws
        )
        found.append((facts.reference, list(effects_of(was, is_))))
    return found
