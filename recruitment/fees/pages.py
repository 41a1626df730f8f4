"""The law of each corridor as pages: what holds on a day, one rule with its history, and a form for who may revise it.

What a revision would change is shown by ``verification/pages.py`` before it is kept here.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.corridors import Corridor, CorridorUnknown
from recruitment.core.errors import Conflict, InvalidInput
from recruitment.fees import queries
from recruitment.fees.errors import LegalRuleUnknown
from recruitment.fees.reference import RuleStanding, corridor_facts, kept_rule
from recruitment.fees.services import legal_rules as service
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.reading import is_party

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from recruitment.core.errors import RecruitmentError

pages = Blueprint("legal_rules", __name__)

_DEFAULT = "MM-TH"
_CONFLICT, _REFUSED = 409, 422


@pages.get("/legal-rules")
@allow(Permission.READ_REFERENCE_DATA)
def rule_list() -> ResponseReturnValue:
    """Show what the law of both sides of a corridor says on a day."""
    asked, on, error = request.args.get("corridor", _DEFAULT).strip(), clock.today(), None
    try:
        corridor = Corridor.parse(asked)
        on = date.fromisoformat(request.args.get("on") or on.isoformat())
    except CorridorUnknown as problem:
        corridor, error = Corridor.parse(_DEFAULT), problem.detail
    except ValueError:
        error = "That is not a day. Write it as 2024-05-31."
    scopes = (f"destination:{corridor.destination}", f"origin:{corridor}")
    with read_session() as session:
        facts = [kept_rule(rule.facts) for rule in queries.rules_in_force(session, scopes)]
    by_standing = {standing: [fact for fact in facts if fact.on(on) is standing] for standing in RuleStanding}
    found = render_template(
        "fees/rule_list.html",
        corridor=str(corridor),
        on=on,
        error=error,
        corridors=[each.code for each in corridor_facts()],
        holds=by_standing[RuleStanding.HOLDS],
        information=by_standing[RuleStanding.INFORMATION],
        others=by_standing[RuleStanding.NOT_THEN],
    )
    return found, _REFUSED if error else 200


@pages.get("/legal-rules/<reference:rule>")
@allow(Permission.READ_REFERENCE_DATA)
def rule_show(rule: str) -> ResponseReturnValue:
    """Show one rule with its sources and its history; with a form for who may revise it."""
    return _show(rule)


@pages.post("/legal-rules/<reference:rule>/revisions")
@allow(Permission.EDIT_LEGAL_RULES)
def rule_revise(rule: str) -> ResponseReturnValue:
    """Keep a revision that was looked at, and show the rule."""
    given = request.form
    try:
        with unit_of_work() as session:
            before = service.current_rule(session, rule)
            changes = service.changes_in(kept_rule(before.facts), given)
            number = int(given.get("revision", "")) if given.get("revision", "").isdecimal() else -1
            service.revise_rule(session, actor(), rule, changes, reason=given.get("reason", ""), number=number)
    except (InvalidInput, Conflict) as problem:
        return _show(rule, problem, given), _CONFLICT if isinstance(problem, Conflict) else _REFUSED
    return redirect(url_for("legal_rules.rule_show", rule=rule), 303)


def _show(rule_id: str, refused: RecruitmentError | None = None, given: Mapping[str, str] | None = None) -> str:
    """Show a rule. ``given``: the form of a revision that was refused."""
    with read_session() as session:
        found, history = queries.rule_in_force(session, rule_id), queries.rule_history(session, rule_id)
    if found is None:
        raise LegalRuleUnknown("There is no such legal rule.")
    fact = kept_rule(found.facts)
    states = [kept_rule(state.facts) for state in history]
    changed = [
        [(name, after[name], before[name]) for name in after if after[name] != before[name]]
        for before, after in zip(map(service.as_texts, states), map(service.as_texts, states[1:]), strict=False)
    ]
    return render_template(
        "fees/rule_show.html",
        rule=found,
        fact=fact,
        standing=fact.on(clock.today()),
        history=list(zip(history, [[], *changed], strict=True)),
        is_inside=not is_party(actor()),
        texts=service.as_texts(fact) | service.changes_in(fact, given or {}),
        choices=service.CHOICES,
        reason=(given or {}).get("reason", "")[: service.REASON_MAX],
        may_edit=actor().may(Permission.EDIT_LEGAL_RULES),
        error=refused.detail if refused else None,
        problems=refused.facts if refused else {},
    )
