"""Two worlds that differ in the relief of one worker, and in nothing that anybody outside did.

In both, the fund has money and somebody else's case is paid out of it. In one of them one more worker is nominated, or their
debt is written off, or they are paid, or they say that less came, which opens a case in silence; or what was paid in advance
is claimed back. Who must not be able to tell: agencies, employers, partners, the operator of the house, the people of
another fund, and those of another CSO.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from recruitment.core import clock
from recruitment.core.actor import Role
from recruitment.database.unit_of_work import Database
from recruitment.fees.rules import Creditor
from recruitment.fund.rules.kinds import DonorClass, PotKind, ReceiptKind
from recruitment.organisations import queries as organisations
from recruitment.relief.rules.kinds import Answer, AskedForPart, Instrument
from recruitment.relief.services import recovering
from recruitment.relief.services.agreeing import Payer
from recruitment.web.context import EXTENSION
from recruitment.work import Summary, Worker
from tests.factories.caseload import Caseload
from tests.factories.people import settle, token_for
from tests.factories.relieved import Relieved
from tests.factories.rows import HEARD, row
from tests.paired.probing import Visitor
from tests.paired.worlds import Step, World, _declaration, _name_list, _stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from recruitment.core.actor import Scope
    from recruitment.relief.queries import NoticeRead

PROBED_AT = 20
"""Hours after the beginning at which somebody looks: all has happened by then."""

OUTSIDE: dict[str, tuple[Role, str | None]] = {
    "agency": (Role.AGENCY_OFFICER, "AG-1"),
    "employer": (Role.EMPLOYER_OFFICER, "EM-1"),
    "partner": (Role.PARTNER_REVIEWER, "PT-1"),
    "operator": (Role.OPERATOR, None),
    "other preparer": (Role.FUND_PREPARER, "OP-2"),
    "other approver": (Role.FUND_APPROVER, "OP-2"),
    "other releaser": (Role.FUND_RELEASER, "OP-2"),
    "other CSO": (Role.CSO_SUPERVISOR, "CSO-2"),
}
"""Who must not be able to tell the worlds apart, and where they work. A stranger, who works nowhere, is one more."""

FUND = {
    "preparer": Role.FUND_PREPARER,
    "approver": Role.FUND_APPROVER,
    "releaser": Role.FUND_RELEASER,
    "case worker": Role.CASE_WORKER,
}
"""The people of the fund that pays."""

_OF_SESSIONS = frozenset({"audit_events", "sessions"})


@dataclass
class _Desk:
    """What the factories of relief need of a world."""

    world: World

    @property
    def database(self) -> Database:
        return self.world.database

    def send(self, kind: str, *rows: Any, **senders: Any) -> None:
        self.world.send(kind, list(rows), **({"by": "CSO-1"} if kind in HEARD else {}) | senders)


@dataclass
class ReliefWorld(World):
    """A world with a fund in it. ``named`` are the references that whoever looks may have got hold of."""

    relief: Relieved = field(init=False)
    named: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open the database; the app is made when somebody comes to look."""
        self.database = Database(self.settings)
        self.relief = Relieved(Caseload(_Desk(self)))  # type: ignore[arg-type]

    def close(self) -> None:
        """Close what is open."""
        self.database.dispose()
        if hasattr(self, "app"):
            self.app.extensions[EXTENSION].dispose()

    def let_in(self) -> None:
        """Let everybody join in both worlds, so that nobody who works for the fund tells them apart."""
        self.send(
            "organisations", [row("organisations", code="OP-2", kind="fund_operator", name="Other", country="TH")]
        )
        self.send("jobseekers", [row("jobseekers", reference="JS-9", cso="CSO-2")])
        with self.database.read_session() as session:
            codes = organisations.by_code(session, ["AG-1", "EM-1", "PT-1", "OP-1", "OP-2", "CSO-2"])
        wanted = OUTSIDE | {name: (role, "OP-1") for name, role in FUND.items()}
        for name, (role, code) in wanted.items():
            login = f"{name.replace(' ', '-')}@people.example"
            person = settle(self.database, role, codes[code].id if code else None, login=login)
            token = {"Authorization": f"Bearer {token_for(self.database, person)}"}
            self._people[name] = person, token
            if name in FUND:
                from recruitment.access.rules.people import actor_of

                self.relief.caseload.made[role, code] = actor_of(person)
        assert self.relief.supervisor.organisation_id is not None

    def visitor(self, name: str) -> Visitor:
        """Return somebody, freshly signed in, who knows what they may know and guesses what they may not."""
        found = super().visitor(name)
        found.known = (*self.named, "J-1", "AG-1")
        return found


def open_fund(world: ReliefWorld) -> None:
    """Let two workers say what they paid, and the fund have money."""
    for journey in ("J-1", "J-2"):
        world.relief.paid(journey)
    world.relief.filled()


def contribute(world: ReliefWorld) -> None:
    """Let a partner give something, for whoever it will be."""
    from recruitment.fund.services import pots, receipts

    preparer = world.relief.caseload.actor(Role.FUND_PREPARER, "OP-1")
    new = pots.NewPot(PotKind.DEBT_RELIEF, "Cedar", "BKKBTHBK", "9876543210", earmarked_for="PT-1")
    pot = world.relief.do(pots.open_pot, new, actor=preparer)
    came = receipts.NewReceipt(
        pot, ReceiptKind.ONE_OFF, DonorClass.PARTNER, "THB", 5_000_000, clock.today(), contributor="PT-1"
    )
    world.relief.do(receipts.record_receipt, came, actor=preparer)


def work(world: ReliefWorld) -> None:
    """Let the house do what waits: compare, follow money, open cases."""
    Worker(world.database).drain(Summary())
    world.relief.follow()


def nominated(relief: Relieved, journey: str) -> str:
    """A worker is nominated."""
    (case,) = relief.nominated(journey, crew="VESSEL-9")
    return case


def entitled(relief: Relieved, journey: str) -> str:
    """Their debts are registered and verified, and it is computed what they are owed."""
    case = nominated(relief, journey)
    creditor = relief.creditor(Creditor.LENDER, f"Lender of {journey}")
    relief.debt(case, creditor)
    from recruitment.relief.services import moving

    relief.do(moving.verify, case)
    relief.entitled(case)
    return case


def paid(relief: Relieved, journey: str) -> tuple[str, str, str]:
    """The fund pays them in advance, and the money arrives. Return the case, the agreement and the payment."""
    case = entitled(relief, journey)
    agreement = relief.agreed(case, Instrument.ADVANCE)
    (payment,) = relief.paid_out(case)
    return case, agreement, payment


def sent(relief: Relieved, journey: str) -> str:
    """The fund pays them in advance, and the money is on its way."""
    case = entitled(relief, journey)
    relief.agreed(case, Instrument.ADVANCE)
    relief.payee(relief.case(case).jobseeker)
    relief.sent(*(each.reference for each in relief.dues(case)))
    return case


def confirmed(relief: Relieved, journey: str) -> str:
    """They say that all of it came."""
    case, _, payment = paid(relief, journey)
    relief.says(case, payment)
    return case


def contested(relief: Relieved, journey: str) -> str:
    """They say that less came and that part was asked for: in silence a case of retaliation is opened."""
    case, _, payment = paid(relief, journey)
    relief.says(case, payment, Answer.LESS, AskedForPart.YES, received_minor=40_000)
    return case


def claimed(relief: Relieved, journey: str) -> str:
    """They say that all of it came, and the fund claims it back from the employer."""
    case, agreement, payment = paid(relief, journey)
    relief.says(case, payment)
    relief.claimed(agreement)
    return case


def written_off(relief: Relieved, journey: str) -> str:
    """Their debt is written off, and they confirm it."""
    case, _ = relief.relieved_of_debt(journey)
    return case


def reimbursed(relief: Relieved, journey: str) -> str:
    """It is recorded that the employer paid them, and they say so."""
    case = entitled(relief, journey)
    agreement = relief.agreed(case, Instrument.REIMBURSEMENT, payer=Payer.EMPLOYER, organisation="EM-1")
    thing = relief.outside(agreement, 100_000)
    relief.says(case, thing)
    return case


RELIEF: tuple[Callable[[Relieved, str], Any], ...] = (
    contested, confirmed, claimed, written_off, reimbursed, sent, entitled, nominated,
)  # fmt: skip
"""How far the relief of one more worker goes."""


def relieve(world: ReliefWorld, journey: str, how: Callable[[Relieved, str], Any]) -> None:
    """Let relief happen to one worker."""
    how(world.relief, journey)


def history(
    seed: int, how: Callable[[Relieved, str], Any] | None = None, *, with_app: bool = True
) -> tuple[list[Step], Step, int]:
    """Return a random history, the relief of one more worker, and the place where it falls. Name lists need an app."""
    rng = random.Random(f"relief {seed}")
    steps = [Step("people", ReliefWorld.let_in), Step("fund", open_fund), Step("gift", contribute)]
    others = rng.choice((confirmed, contested, written_off))
    makers = [
        _declaration,
        _name_list if with_app else _declaration,
        _stage,
        lambda _rng, number: Step(f"work-{number}", work),
    ]
    steps += [rng.choice(makers)(rng, number) for number in range(3, rng.randint(6, 9))]
    steps.insert(rng.randint(3, len(steps)), Step("other", partial(relieve, journey="J-2", how=others)))
    steps.append(Step("work-99", work))
    how = how or RELIEF[seed % len(RELIEF)]
    return steps, Step("more", partial(relieve, journey="J-1", how=how)), rng.randint(3, len(steps) - 1)


def name_things(
    worlds: tuple[ReliefWorld, ReliefWorld], tables: tuple[str, ...] = ("relief_cases", "payments")
) -> None:
    """Let whoever looks at either world know what the one more worker has in these tables of the second one: the newest."""
    found = []
    with worlds[1].database.engine.connect() as connection:
        for table in tables:
            query = f"SELECT reference FROM {table} ORDER BY recorded_at DESC, reference LIMIT 1"
            found += [each for (each,) in connection.exec_driver_sql(query)]
    for world in worlds:
        world.named = found


def routes_of(app: Flask) -> tuple[str, ...]:
    """Return how the addresses of relief and of the fund begin, as the app has them."""
    from recruitment.fund.api import BLUEPRINTS
    from recruitment.fund.pages import pages as fund_pages
    from recruitment.relief.api import API
    from recruitment.relief.pages import pages as relief_pages

    names = {each.name for each in (*BLUEPRINTS, *API, fund_pages, relief_pages)}
    rules = [each.rule for each in app.url_map.iter_rules() if each.endpoint.partition(".")[0] in names]
    begins = {re.match(r"(/api/v1)?/[^/<]+", rule).group() for rule in rules}  # type: ignore[union-attr]
    return tuple(sorted(begins))


def rows_of(world: ReliefWorld, scope: Scope) -> dict[str, list[str]]:
    """Return every row that a session of a scope sees, by table."""
    from recruitment.database import scoping
    from recruitment.metadata import metadata

    found = {}
    with world.database.read_session(scope) as session:
        for name, guarded in scoping._guarded.items():
            if name in metadata.tables and name not in _OF_SESSIONS:
                columns = [column for column in guarded.model.__table__.columns if column.name != "id"]
                rows = session.execute(select(*(getattr(guarded.model, column.name) for column in columns)))
                found[name] = sorted(repr(tuple(each)) for each in rows)
    return found


def scope_of(world: ReliefWorld, who: str) -> Scope:
    """Return the scope of somebody."""
    from recruitment.access.rules.people import actor_of

    return actor_of(world._people[who][0]).scope


def cases(world: ReliefWorld) -> int:
    """Return how many relief cases there are."""
    with world.database.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM relief_cases").scalar_one())


CLAIMED = 100_000


def claim_of(world: ReliefWorld, number: int) -> str:
    """Let one more worker be paid in advance, and claim it back from the employer."""
    world.send("jobseekers", [row("jobseekers", reference=f"JS-5{number}")])
    journey = row("journeys", reference=f"J-5{number}", jobseeker=f"JS-5{number}", agency="AG-1", demand_letter="DL-1")
    world.send("journeys", [journey])
    world.relief.paid(f"J-5{number}")
    return claimed(world.relief, f"J-5{number}")


def notice(world: ReliefWorld) -> NoticeRead:
    """Make a notice to the employer."""
    found: NoticeRead = world.relief.do(recovering.make_notice, "OP-1", "EM-1", "THB")
    return found
