"""Random histories of the small world, to be lived through twice: once as they are, once with one more worker's word."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recruitment.app import create_app
from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.database.unit_of_work import Database
from recruitment.organisations import queries as organisations
from recruitment.web.context import EXTENSION
from recruitment.web.rate import buckets
from tests.factories.field import imported
from tests.factories.people import browser, client_for, settle, token_for
from tests.factories.rows import row
from tests.factories.sheets import write_csv
from tests.paired.probing import Visitor

if TYPE_CHECKING:
    from flask import Flask

    from recruitment.access.rules.people import PersonRead
    from recruitment.core.settings import Settings
    from tests.paired.reproducible import Reproducible

OUTSIDERS = ("agency", "employer", "stranger", "partner")
"""Those who must not be able to tell the two worlds apart."""

_GUESSED = ("J-1", "DL-1", "AG-1", "CSO-1")
_ITEMS = ("broker_fee", "visa_fee", "passport_fee", "agency_service_fee", "medical_exam_origin")
_CHANNELS = ("hotline", "community_visit", "cso_interview", "agency_form")


@dataclass
class World:
    """One world: its database, an app upon it, and everybody's way in."""

    settings: Settings
    folder: Path
    reproducible: Reproducible
    add_leak: Callable[[Flask], None] | None = None
    database: Database = field(init=False)
    app: Flask = field(init=False)
    _people: dict[str, tuple[PersonRead, dict[str, str]]] = field(default_factory=dict)
    _sent: int = 0

    def __post_init__(self) -> None:
        self.database = Database(self.settings)
        self.open_app()

    def open_app(self) -> None:
        """Make the app upon the database, with its leak if there is one. It holds nobody back for asking often."""
        self.app = create_app(self.settings)
        buckets(self.app).is_open = True
        if self.add_leak:
            self.add_leak(self.app)

    def close(self) -> None:
        self.database.dispose()
        self.app.extensions[EXTENSION].dispose()

    def visitor(self, name: str) -> Visitor:
        """Return somebody outside, freshly signed in, with a token, and with codes that they know or guess."""
        if name not in self._people:
            return Visitor(name, {}, _GUESSED, browser(self.app))
        person, token = self._people[name]
        return Visitor(name, token, _GUESSED, client_for(self.app, person))

    def let_in(self) -> None:
        """Let everybody outside join and take a token for a day, but for the stranger."""
        with self.database.read_session() as session:
            codes = organisations.by_code(session, ["AG-1", "EM-1", "PT-1"])
        roles = {
            "agency": (Role.AGENCY_OFFICER, "AG-1"),
            "employer": (Role.EMPLOYER_OFFICER, "EM-1"),
            "partner": (Role.PARTNER_REVIEWER, "PT-1"),
        }
        for name, (role, code) in roles.items():
            person = settle(self.database, role, codes[code].id, login=f"{name}@people.example")
            token = {"Authorization": f"Bearer {token_for(self.database, person)}"}
            self._people[name] = person, token

    def take(self, number: int, step: Step) -> None:
        """Let one thing happen, at its hour and with its own randomness."""
        with self.reproducible.step(step.name, number):
            step.happen(self)

    def send(self, kind: str, rows: list[dict[str, str]], **senders: str) -> None:
        """File rows as the command line does."""
        self._sent += 1
        imported(self.database, kind, write_csv(self.folder / f"{kind}-{self._sent}", rows), **senders)

    def post(self, who: str, address: str, body: dict[str, Any], key: str) -> None:
        """Send something through the API, as an outsider does; it is taken."""
        headers = {**self._people[who][1], "Idempotency-Key": key}
        answer = self.app.test_client().post(f"/api/v1{address}", json=body, headers=headers)
        assert answer.status_code == HTTPStatus.CREATED, answer.text


@dataclass(frozen=True)
class Step:
    """One thing that happens."""

    name: str
    happen: Callable[[Any], None]


def history(seed: int) -> tuple[list[Step], Step, int]:
    """Return a random history, the word of one more worker, and the place where it falls."""
    rng = random.Random(seed)
    makers = [_declaration, _word, _word, _name_list, _stage, _work]
    steps = [Step("people", World.let_in), _declaration(rng, 0), _name_list(rng, 1)]
    steps += [rng.choice(makers)(rng, number) for number in range(2, rng.randint(5, 9))]
    steps.append(_work(rng, 99))
    return steps, _word(rng, 1000), rng.randint(1, len(steps) - 1)


def live(world: World, steps: list[Step], extra: tuple[Step, int] | None = None) -> None:
    """Let a history happen, with one more step at its place when there is one; the hours of the others stay."""
    for number, step in enumerate(steps):
        if extra and extra[1] == number:
            world.take(number, extra[0])
        world.take(number, step)


def _word(rng: random.Random, number: int) -> Step:
    """A worker's word of any kind."""
    kind = rng.choice(("reports", "reports", "reports", "repayments", "debts", "collateral", "earnings"))
    cells: dict[str, object] = {"reference": f"W-{number}", "journey": rng.choice(("J-1", "J-2", "J-3"))}
    if kind == "reports":
        cells |= {"fee_item": rng.choice(_ITEMS), "channel": rng.choice(_CHANNELS)}
        cells["amount"] = f"{rng.randint(1, 90_000)}.00"
        if rng.random() < 0.2:
            cells |= {"fee_item": "none", "amount": "0", "currency": None, "paid_on": None}
    if kind == "repayments":
        cells |= {"amount": f"{rng.randint(1, 5_000)}.00", "confirmed": rng.choice((None, "all", "nothing"))}
    rows = [row(kind, **cells)]
    return Step(f"word-{number}", lambda world: world.send(kind, rows, by="CSO-1"))


def _declaration(rng: random.Random, number: int) -> Step:
    """The agency declares, about journeys that it may name."""
    items = rng.sample(_ITEMS, rng.randint(1, 3))
    rows = [
        row(
            "declarations", journey=rng.choice(("J-1", "J-2")), fee_item=item, payer=rng.choice(("worker", "employer")),
            amount=f"{rng.randint(100, 9_000)}.{number % 100:02d}", receipt=rng.choice((None, "R-1")),
        )
        for item in items
    ]  # fmt: skip
    return Step(f"declaration-{number}", lambda world: world.send("declarations", rows, agency="AG-1"))


def _name_list(rng: random.Random, number: int) -> Step:
    """The agency or the employer sends names: of people whom a CSO knows (by telephone) and of others."""
    who = rng.choice(("agency", "agency", "employer"))
    rows = [
        {
            "name": rng.choice(("Jasmine", "Aye Example", "Somchai Example")),
            "phone": rng.choice(("09 420 000 001", "09 420 000 777")),
            "country": "MM",
            "worker_number": f"N{number}-{place}",
        }
        for place in range(rng.randint(1, 3))
    ]
    body = {"demand_letter": "DL-1", "rows": rows}
    return Step(f"names-{number}", lambda world: world.post(who, "/name-lists", body, f"names-{number}"))


def _stage(rng: random.Random, number: int) -> Step:
    """A CSO records that a journey reached a stage."""
    rows = [row("stages", journey=rng.choice(("J-1", "J-2")), occurred_on=f"2024-03-{number % 28 + 1:02d}")]
    return Step(f"stage-{number}", lambda world: world.send("stages", rows))


def _work(_rng: random.Random, number: int) -> Step:
    """The house does its work: news is carried up, accounts are compared."""
    return Step(f"work-{number}", _do_work)


def _do_work(world: World) -> None:
    from recruitment.verification.service import refresh

    while True:
        with world.database.unit_of_work() as session:
            if not refresh(session, LOCAL_OPERATOR):
                return
