"""The group of commands, and what all of them share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from recruitment.access.services.stepping_up import as_person
from recruitment.audit.rules import Purpose
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.money import to_text
from recruitment.relief.schemas.sent import read_in
from recruitment.web.terminal import open_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from enum import StrEnum

    from marshmallow import Schema

    from recruitment.core.actor import Actor
    from recruitment.database.unit_of_work import Database

AT_ONCE = 200
"""How many things a list reads in one statement."""


@click.group()
def relief() -> None:
    """Bring a worker from a debt to money that the worker confirms."""


def choice(codes: Iterable[StrEnum]) -> click.Choice[str]:
    """Return the choice of the codes of an enumeration."""
    return click.Choice([code.value for code in codes])


def day(name: str, words: str, *, required: bool = True) -> Callable[[Any], Any]:
    """Return an option that takes a day."""
    return click.option(name, metavar="DAY", required=required, help=f"{words}, such as 2026-03-02.")


def as_json(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option ``--json`` to a command that reads."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object a thing, one a line.")(command)


def purpose_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option ``--purpose`` to a command that reads about a person."""
    return click.option(
        "--purpose", type=choice(Purpose), default=Purpose.SUPPORT.value, show_default=True,
        help="Why: it is kept in the audit record.",
    )(command)  # fmt: skip


def given(schema: type[Schema], **fields: object) -> Any:
    """Read what the options say, by the schema of the API. Raises ``FormIncomplete``."""
    return read_in(schema(), {name: value for name, value in fields.items() if value is not None})


def do(verb: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Let the local operator do something in a unit of work of its own."""
    with open_database().unit_of_work() as session:
        return verb(session, LOCAL_OPERATOR, *arguments, **named)


def named(database: Database, login: str | None, code: str | None) -> Actor:
    """Return who acts: somebody in their own name, after their second factor, or the local operator.

    Raises the errors of ``as_person``.
    """
    if login is None:
        return LOCAL_OPERATOR
    return as_person(database, login, code or click.prompt("Code of your app", hide_input=True, err=True))[0]


def every(query: Callable[..., Sequence[Any]], key: Callable[[Any], Any], **filters: Any) -> list[Any]:
    """Return everything that a query of pages finds."""
    found: list[Any] = []
    with open_database().read_session() as session:
        while True:
            page = query(session, **filters, after=key(found[-1]) if found else None, limit=AT_ONCE)
            found += page
            if len(page) < AT_ONCE:
                return found


def tell_json(documents: Iterable[object]) -> None:
    """Print documents, one a line."""
    for document in documents:
        click.echo(json.dumps(document, ensure_ascii=False, default=str))


def money(amount_minor: int | None, currency: str) -> str:
    """Write an amount with its currency for a terminal."""
    return "-" if amount_minor is None else f"{to_text(amount_minor, currency)} {currency}"
