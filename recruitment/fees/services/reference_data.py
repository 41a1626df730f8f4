"""Bringing the fee items and corridor rules of the package's data files into the database."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

from recruitment.fees.models import CorridorRule, FeeItem
from recruitment.fees.reference import corridor_rules_file, fee_items_file, plain_rule

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def load(session: Session) -> None:
    """Enter what is new in the data files, and renew what an older version of them brought. Safe to repeat.

    A rule that an operator revised stays as it was revised: revisions lie in a table of their own, above these.
    """
    items, rules = fee_items_file(), corridor_rules_file()
    item_rows = [
        {
            "code": fact.code, "label": fact.label, "ilo": fact.ilo.value, "epp": fact.epp.value,
            "facts": _plain(fact), "version": items.version,
        }
        for fact in items.fee_items
    ]  # fmt: skip
    rule_rows = [
        {
            "id": rule.id,
            "scope": rule.scope,
            "kind": rule.kind.value,
            "facts": plain_rule(rule),
            "version": rules.version,
        }
        for rule in rules.rules
    ]
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    for model, rows in ((FeeItem, item_rows), (CorridorRule, rule_rows)):
        statement = dialect.insert(model)
        key = next(iter(model.__table__.primary_key)).name
        changed = {name: statement.excluded[name] for name in rows[0] if name != key}
        session.execute(statement.on_conflict_do_update(index_elements=[key], set_=changed), rows)


def _plain(fact: Any) -> dict[str, object]:
    """Return the fact as JSON has it: dates as ISO text, decimals as text, so that nothing is rounded."""
    found: dict[str, object] = json.loads(json.dumps(asdict(fact), default=str))
    return found
