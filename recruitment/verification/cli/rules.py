"""``recruitment rules``: the law of each corridor, as it holds on a day; revising it, with a look at what that changes."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Permission
from recruitment.core.corridors import Corridor
from recruitment.fees import queries as fees
from recruitment.fees.errors import LegalRuleUnknown
from recruitment.fees.reference import RuleStanding, kept_rule
from recruitment.fees.services import legal_rules
from recruitment.verification import queries
from recruitment.verification.rules.law_preview import LawEffect
from recruitment.verification.services import law
from recruitment.web.terminal import open_database, table, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from recruitment.database.unit_of_work import Database
    from recruitment.fees.queries import RevisionRead, RuleRead
    from recruitment.fees.reference import CorridorRuleFact
    from recruitment.verification.rules.law_preview import Preview

_SHOWN = 10
_STANDING = {
    RuleStanding.HOLDS: "holds",
    RuleStanding.INFORMATION: "information only",
    RuleStanding.NOT_THEN: "not on that day",
}
_EFFECT = {
    LawEffect.STATUS_CHANGED: "status",
    LawEffect.FINDING_GAINED: "finding gained",
    LawEffect.FINDING_LOST: "finding lost",
    LawEffect.AMOUNT_CHANGED: "amount changed",
}


@click.group("rules")
def rules() -> None:
    """Look at the law of each corridor, and revise it with a reason."""


@rules.command("list")
@click.option("--corridor", metavar="CODE", required=True, help="The rules of both its sides, such as MM-TH.")
@click.option("--on", "day", metavar="DATE", help="On which day; today when it is left out.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@told
def list_rules(corridor: str, day: str | None, as_json: bool) -> None:
    """Show what held on a day on both sides of a corridor, and on what authority.

    What is information only limits nothing that is computed; it is not allowed by that.
    """
    LOCAL_OPERATOR.require(Permission.READ_REFERENCE_DATA)
    on = _day(day)
    scopes = queries.scopes_of(str(Corridor.parse(corridor)))
    with _database() as database, database.read_session() as session:
        found = fees.rules_in_force(session, scopes)
    told_rules = [(rule, kept_rule(rule.facts)) for rule in found]
    if as_json:
        document = {
            "corridor": corridor,
            "on": on.isoformat(),
            "rules": [rule_document(rule, fact) | {"standing": fact.on(on).value} for rule, fact in told_rules],
        }
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    for standing, heading in (
        (
            RuleStanding.HOLDS,
            f"What holds on {on} on both sides of {corridor}; where they differ, the stricter decides:",
        ),
        (RuleStanding.INFORMATION, "For information only. Not computed, so not known to be kept:"),
    ):
        rows = [
            (
                fact.id, fact.scope, fact.kind, fact.limit_in_words, _days(fact), fact.status, f"{fact.confidence}, {fact.basis}",
                *((source_in_words(fact),) if standing is RuleStanding.HOLDS else (_why_not(fact),)),
            )
            for _rule, fact in told_rules
            if fact.on(on) is standing
        ]  # fmt: skip
        last = "source" if standing is RuleStanding.HOLDS else "why"
        click.echo(heading)
        head = ("rule", "scope", "kind", "limit", "days", "status", "confidence, basis", last)
        click.echo(table(head, rows) if rows else "  nothing that we know of")
        if standing is RuleStanding.HOLDS:
            for scope in sorted(set(scopes) - {fact.scope for _rule, fact in told_rules if fact.on(on) is standing}):
                click.echo(f"Of {scope} no limit is known that can be computed: that is unknown, and not unlimited.")
        click.echo()
    later = sum(fact.on(on) is RuleStanding.NOT_THEN for _rule, fact in told_rules)
    click.echo(f"{later} more of other days: see recruitment fees rules --corridor {corridor}.")


@rules.command()
@click.argument("rule")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@told
def show(rule: str, as_json: bool) -> None:
    """Show everything that is known of one rule, with its sources."""
    LOCAL_OPERATOR.require(Permission.READ_REFERENCE_DATA)
    with _database() as database, database.read_session() as session:
        found = _found(session, rule)
    fact = kept_rule(found.facts)
    if as_json:
        click.echo(json.dumps(rule_document(found, fact), ensure_ascii=False))
        return
    click.echo(f"{found.id}, revision {found.number}" + ("" if found.number else ": as the data file gives it"))
    for name, value in found.facts.items():
        if value not in (None, "", [], ()) and name != "id":
            text = "; ".join(_plain(each) for each in value) if isinstance(value, list) else _plain(value)
            click.echo(f"  {name.replace('_', ' ')}: {text}")
    click.echo(f"  on {clock.today()}: {_STANDING[fact.on(clock.today())]}")


@rules.command()
@click.argument("rule")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a revision, one a line.")
@told
def history(rule: str, as_json: bool) -> None:
    """Show how a rule came to be as it is: each revision with what it changed, by whom and why."""
    LOCAL_OPERATOR.require(Permission.READ_REFERENCE_DATA)
    with _database() as database, database.read_session() as session:
        found = fees.rule_history(session, rule)
    if not found:
        raise LegalRuleUnknown(f"There is no legal rule {rule}.")
    before: dict[str, Any] = {}
    for revision in found:
        if as_json:
            document = _revision_document(revision, changed_fields(before, revision.facts) if before else [])
            click.echo(json.dumps(document, ensure_ascii=False))
        else:
            click.echo(_revision_in_words(revision))
        if before and not as_json:
            for name in changed_fields(before, revision.facts):
                click.echo(f"  {name}: {_plain(before.get(name))} -> {_plain(revision.facts.get(name))}")
        before = revision.facts


@rules.command()
@click.argument("rule")
@click.option(
    "--set", "settings", metavar="FIELD=VALUE", multiple=True, required=True,
    help="A field and what it is to say, such as amount=300000. Several times for several fields; nothing after = empties it.",
)  # fmt: skip
@click.option("--reason", required=True, help="Why: it is kept with the revision.")
@click.option("--yes", is_flag=True, help="Do not ask after showing what would change.")
@told
def edit(rule: str, settings: tuple[str, ...], reason: str, yes: bool) -> None:
    """Revise a rule. First shows which journeys would change; then asks."""
    changes = _settings(settings)
    with _database() as database:
        with database.read_session() as session:
            before = _found(session, rule)
            _show_preview(law.preview(session, LOCAL_OPERATOR, legal_rules.revised(before, changes)))
        if not (yes or click.confirm(f"Keep this as revision {before.number + 1} of {rule}?")):
            click.echo("Nothing was changed.")
            return
        with database.unit_of_work() as session:
            kept = legal_rules.revise_rule(session, LOCAL_OPERATOR, rule, changes, reason=reason, number=before.number)
    click.echo(
        f"{rule} is at revision {kept.number}. Run recruitment verification compare --all to compare its journeys."
    )


@rules.command()
@click.option(
    "--set", "settings", metavar="FIELD=VALUE", multiple=True, required=True,
    help="A field and what it says, such as id=mm_th_400k or scope=origin:MM-TH. Several times for several fields.",
)  # fmt: skip
@click.option("--reason", required=True, help="Why: it is kept with the rule.")
@click.option("--yes", is_flag=True, help="Do not ask after showing what would change.")
@told
def add(settings: tuple[str, ...], reason: str, yes: bool) -> None:
    """Add a rule: id, scope, kind, detail, confidence, sources and what its kind needs. Shows first what would change."""
    facts = _settings(settings)
    fact = legal_rules.new_rule(facts)
    with _database() as database:
        with database.read_session() as session:
            _show_preview(law.preview(session, LOCAL_OPERATOR, fact))
        if not (yes or click.confirm(f"Add {fact.id}?")):
            click.echo("Nothing was changed.")
            return
        with database.unit_of_work() as session:
            legal_rules.add_rule(session, LOCAL_OPERATOR, facts, reason=reason)
    click.echo(f"{fact.id} is there. Run recruitment verification compare --all to compare its journeys.")


def rule_document(rule: RuleRead, fact: CorridorRuleFact) -> dict[str, Any]:
    """Return a rule as JSON: its facts, its revision, and whether payments are held against it."""
    return {**rule.facts, "revision": rule.number, "is_computed": fact.is_computed}


def source_in_words(fact: CorridorRuleFact) -> str:
    """Return on what a rule stands: its law, or its first source; "unknown" where nobody said."""
    return next(iter(fact.sources), "") or fact.law or "unknown"


def changed_fields(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the fields in which two states of a rule differ."""
    return [name for name in after if before.get(name) != after[name]]


@contextmanager
def _database() -> Iterator[Database]:
    database = open_database()
    try:
        yield database
    finally:
        database.dispose()


def _day(text: str | None) -> date:
    if text is None:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"{text} is not a day. Write it as 2024-05-31.") from None


def _found(session: Session, rule_id: str) -> RuleRead:
    found = fees.rule_in_force(session, rule_id)
    if found is None:
        raise LegalRuleUnknown(f"There is no legal rule {rule_id}. recruitment rules list shows those that there are.")
    return found


def _settings(settings: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for setting in settings:
        name, is_set, value = setting.partition("=")
        if not is_set:
            raise click.UsageError(f"{setting} is no setting. Write FIELD=VALUE, such as amount=300000.")
        found[name.strip()] = value
    return found


def _days(fact: CorridorRuleFact) -> str:
    return f"{fact.valid_from or 'unknown'} to {fact.valid_until or 'unknown'}"


def _why_not(fact: CorridorRuleFact) -> str:
    return fact.why_not or f"it binds the {fact.payer}, not the worker"


def _plain(value: object) -> str:
    if value in (None, "", [], ()):
        return "nothing"
    if isinstance(value, dict):
        return ", ".join(f"{key} {each}" for key, each in value.items() if each not in (None, ""))
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _revision_in_words(revision: RevisionRead) -> str:
    if revision.recorded_at is None:
        return "0: as the data file gives it"
    by = revision.edited_by or "the operator of the machine"
    return f"{revision.number}: {revision.recorded_at:%Y-%m-%d %H:%M} by {by}: {revision.reason}"


def _revision_document(revision: RevisionRead, changed: list[str]) -> dict[str, Any]:
    """Return a revision as JSON, in the words of the API."""
    return {
        "revision": revision.number,
        "recorded_at": revision.recorded_at.isoformat() if revision.recorded_at else None,
        "edited_by": revision.edited_by,
        "reason": revision.reason,
        "changed": changed,
        "rule": revision.facts,
    }


def _show_preview(found: Preview) -> None:
    click.echo(f"{found.touched} of {found.journeys} journeys would change.")
    rows = [
        (
            _EFFECT[effect.what],
            f"{effect.before} -> {effect.after}" if effect.what is LawEffect.STATUS_CHANGED else f"{effect.before} by {effect.after}",
            len(effect.journeys),
            ", ".join(effect.journeys[:_SHOWN]) + (" …" if len(effect.journeys) > _SHOWN else ""),
        )
        for effect in found.effects
    ]  # fmt: skip
    if rows:
        click.echo(table(("what", "which", "journeys", "references"), rows, numbers=(2,)))
