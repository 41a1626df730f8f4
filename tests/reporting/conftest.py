"""The small world of ``tests/factories``, with something said about money, and the pages upon it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, select

from recruitment.app import create_app
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.web.context import EXTENSION
from tests.factories.field import Field, field, field_in, small_worlds
from tests.factories.people import act_as
from tests.factories.rows import nothing_more, row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient

    from recruitment.database.unit_of_work import Database

__all__ = ["field", "small_worlds"]


@pytest.fixture
def told(small_worlds, engine_name, tmp_path, monkeypatch) -> Iterator[Field]:
    """The small world in which J-1 is in dispute, J-2 is debt-free, and J-3 was never compared."""
    with field_in(small_worlds.after("told_world", _tell), engine_name, tmp_path, monkeypatch) as found:
        yield found


def _tell(field: Field) -> None:
    field.send(
        "stages", row("stages"), row("stages", stage="medical_origin", occurred_on="2024-02-20", outcome="failed")
    )
    field.send("commitments", row("commitments", fee_item="*"), row("commitments", demand_letter="DL-2", fee_item="*"))
    field.send(
        "declarations",
        row("declarations", fee_item="agency_service_fee", payer="worker", amount="1000.00", receipt="R-1"),
        row("declarations", fee_item="passport_fee", payer="worker", amount="0.00"),
        row("declarations", fee_item="none", payer="worker", amount="0.00"),
        row("declarations", journey="J-2"),
        row("declarations", journey="J-2", fee_item="none", payer="worker", amount="0.00"),
    )
    service = {"reference": "RP-1", "fee_item": "agency_service_fee"}
    field.send("reports", row("reports", **service, amount="4000.00"), row("reports", reference="RP-2", journey="J-1"))
    field.send("reports", row("reports", **service, amount="5000.00", stated_on="2024-06-01"))
    field.send("reports", nothing_more(), nothing_more(reference="RP-NONE-2", journey="J-2"))
    field.send("debts", row("debts"))
    for journey in ("J-1", "J-2"):
        field.run("verification", "compare", "--journey", journey)


@pytest.fixture
def client_on() -> Iterator[Callable[[Database], FlaskClient]]:
    """Return a client of the pages on a database, in which the local operator is signed in."""
    made = []

    def client(database: Database) -> FlaskClient:
        app = create_app(database.settings)
        made.append(app.extensions[EXTENSION])
        return act_as(app, LOCAL_OPERATOR)

    yield client
    for database in made:
        database.dispose()


@pytest.fixture
def pages(told, client_on) -> FlaskClient:
    """A client of the pages on the told world."""
    return client_on(told.database)


@pytest.fixture
def counted():
    """Count the statements that a database is sent in a block."""

    @contextmanager
    def count(database: Database) -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            if statement.lstrip().upper().startswith(("SELECT", "WITH")):
                sent.append(statement)

        with database.read_session() as session:
            session.execute(select(1))  # a new connection asks what its role may, once
        event.listen(database.engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(database.engine, "before_cursor_execute", note)

    return count
