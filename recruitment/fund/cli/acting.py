"""Who acts at the machine: somebody in their own name after their second factor, or the person at the machine as such."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from recruitment.access.services.stepping_up import as_person
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.money import exponent, to_text
from recruitment.fund.errors import FormWrong
from recruitment.fund.forms import filled
from recruitment.web.terminal import open_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from enum import StrEnum

    from marshmallow import Schema
    from sqlalchemy.orm import Session

    from recruitment.access.services.stepping_up import StepUp
    from recruitment.core.actor import Actor
    from recruitment.database.unit_of_work import Database

F = TypeVar("F", bound="Callable[..., Any]")

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts upon which database; ``step`` when they showed their second factor for it."""

    database: Database
    actor: Actor
    step: StepUp | None

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """Open a unit of work of what this actor may see."""
        if self.step is None:
            with self.database.unit_of_work() as session:
                yield session
        else:
            with self.database.unit_of_work(self.actor.scope) as session:
                yield session

    @contextmanager
    def read_session(self) -> Iterator[Session]:
        """Open a session for reading of what this actor may see."""
        if self.step is None:
            with self.database.read_session() as session:
                yield session
        else:
            with self.database.read_session(self.actor.scope) as session:
                yield session


def in_own_name(command: F) -> F:
    """Give a command ``--as`` and ``--code``."""
    return _named(command, required=False)


def in_own_name_only(command: F) -> F:
    """Give a command ``--as``, which must be said, and ``--code``."""
    return _named(command, required=True)


def _named(command: F, *, required: bool) -> F:
    asked = click.option(
        "--code", metavar="DIGITS", help="The code that your app shows now. Asked for, unless it is said."
    )
    who = click.option("--as", "login", metavar="LOGIN", required=required, help="Who does it, in their own name.")
    return who(asked(command))


def acting(login: str | None, code: str | None) -> Acting:
    """Return who acts. A code is used up by it. Raises the errors of ``as_person``."""
    database = open_database()
    if login is None:
        if code is not None:
            raise click.UsageError("Say with --as whose code it is.")
        return Acting(database, LOCAL_OPERATOR, None)
    given = code or click.prompt("Code of your app", hide_input=True, err=True)
    return Acting(database, *as_person(database, login, given))


def choice(codes: Sequence[StrEnum] | type[StrEnum]) -> click.Choice[str]:
    """Return the type of an option that takes one of some codes."""
    return click.Choice([each.value for each in codes])


def minor_of(amount: str, currency: str) -> int:
    """Return an amount that was typed, in minor units. Raises ``FormWrong``, ``CurrencyUnknown``."""
    exponent(currency)
    try:
        return filled.minor({"amount": amount, "currency": currency})
    except FormWrong as refused:
        raise FormWrong(f"{amount[:40]} {currency}: {refused.detail}", **refused.facts) from None


def money(minor: int, currency: str) -> str:
    """Return minor units as a line of the terminal shows them."""
    return f"{to_text(minor, currency)} {currency}"


def as_json(schema: Schema, thing: object) -> str:
    """Return a thing as one line of JSON."""
    return json.dumps(schema.dump(thing), ensure_ascii=False)


def every(page: Callable[[Any, int], list[Any]], key: Callable[[Any], Any]) -> Iterator[Any]:
    """Yield all things of a list, page by page. ``page`` takes the key of the last one and how many."""
    after = None
    while True:
        found = page(after, AT_ONCE)
        yield from found
        if len(found) < AT_ONCE:
            return
        after = key(found[-1])


def note(sentence: str) -> None:
    """Tell somebody who waits what is being done; nobody is told whose output goes elsewhere."""
    if sys.stderr.isatty():
        click.echo(sentence, err=True)
