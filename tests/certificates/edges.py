"""A crew that is certified, and what outsiders and insiders ask about it at the edges."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from recruitment.app import create_app
from recruitment.certificates import services
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.database.unit_of_work import Database
from recruitment.organisations import queries as organisations
from recruitment.web import rate
from recruitment.web.context import EXTENSION
from tests import databases
from tests.conftest import runner
from tests.factories.certified import FIRST, Certified, make_keys
from tests.factories.field import _checkpoint
from tests.factories.people import SignedInClient, browser, client_for, settle, token_for
from tests.factories.rows import row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest
    from flask import Flask

    from recruitment.certificates.services import MadeShare, PublicCheck
    from recruitment.core.settings import Settings
    from tests.conftest import Run
    from tests.factories.field import SmallWorlds

LATER = FIRST + timedelta(days=2)
"""A day on which the certificates of these tests stand."""


@dataclass
class Edges:
    """A certified crew, and the app on its database."""

    certified: Certified
    app: Flask
    numbers: list[str]
    run: Run

    @property
    def reference(self) -> str:
        """The certificate of the crew."""
        found = self.certified.newest()
        assert found is not None
        return found.reference

    @property
    def code(self) -> str:
        """Its code."""
        found = self.certified.newest()
        assert found is not None
        return found.code

    def client(self, role: Role | None = None, organisation: str | None = None) -> SignedInClient:
        """Return a browser and programme of somebody; of nobody without a role."""
        if role is None:
            return browser(self.app)
        home = None
        if organisation is not None:
            with self.certified.database.read_session() as session:
                home = organisations.by_code(session, [organisation])[organisation].id
        person = settle(self.certified.database, role, home)
        client = client_for(self.app, person)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token_for(self.certified.database, person)}"
        return client

    def check(self, text: str, at: datetime = LATER) -> PublicCheck:
        """Return what anybody is told."""
        with clock.stopped_at(at), self.certified.database.read_session() as session:
            return services.check(session, text)

    def share(self, number: str, days: int = 30, at: datetime = LATER) -> MadeShare:
        """Let somebody check the certificate of a worker."""
        with clock.stopped_at(at), self.certified.database.unit_of_work() as session:
            return services.share(session, LOCAL_OPERATOR, f"CJ-{number}", days)

    def buy(self, partner: str = "PT-1", employer: str = "EM-1") -> None:
        """Let a partner buy from an employer from long ago on."""
        chain = row("supply-chains", partner=partner, employer=employer, valid_from="2025-01-01", valid_until=None)
        self.certified.send("supply-chains", [chain])


CREW = 6


class CertifiedWorlds:
    """The small world with a certified crew in it, on either engine: made once for each, and every test gets a copy."""

    def __init__(self, request: pytest.FixtureRequest, worlds: SmallWorlds, folder: Path) -> None:
        self._request, self._worlds, self._folder = request, worlds, folder
        self._filled: dict[str, Path] = {}

    @contextmanager
    def copy(self, engine: str, folder: Path) -> Iterator[Settings]:
        """Give the settings of a database in ``folder`` that holds the crew."""
        if engine not in self._filled:
            self._filled[engine] = self._fill(engine)
        shutil.copytree(self._filled[engine], folder, dirs_exist_ok=True)
        if engine == "sqlite":
            yield databases.settings_in(folder, f"sqlite:///{folder / 'recruitment.sqlite3'}")
            return
        servers = self._request.getfixturevalue("postgres_databases")
        with servers._database("certified_world") as name:
            yield servers._settings(name, folder)

    def _fill(self, engine: str) -> Path:
        folder = self._folder / engine
        folder.mkdir()
        with self._worlds.copy(engine, folder) as settings:
            database = Database(replace(settings, certificate_lots=Decimal(0)))
            certified = Certified(database, folder)
            certified.open()
            make_keys(database)
            certified.crew(CREW)
            certified.certify()
            database.dispose()
            if engine == "sqlite":
                _checkpoint(settings)
            else:
                name = make_url(settings.database_url).database
                servers = self._request.getfixturevalue("postgres_databases")
                servers._say(f"CREATE DATABASE certified_world TEMPLATE {name} ENCODING 'UTF8' STRATEGY FILE_COPY")
        return folder


@contextmanager
def certified_edges(
    worlds: CertifiedWorlds, engine: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Edges]:
    """Yield a certified crew with its app, which holds nobody back, two days after the release."""
    folder.mkdir()
    with worlds.copy(engine, folder) as settings:
        run = runner(settings, monkeypatch)
        database = Database(replace(settings, certificate_lots=Decimal(0)))
        app = create_app(database.settings)
        rate.buckets(app).is_open = True
        numbers = [str(number) for number in range(1, CREW + 1)]
        certified = Certified(database, folder, people=CREW, sent=100)
        with clock.stopped_at(LATER):
            yield Edges(certified, app, numbers, run)
        app.extensions[EXTENSION].dispose()
        database.dispose()
