"""Seasons of certificates: months in which crews are heard, releases look at them, and one more worker speaks in one world.

A season has two or three demand letters of five to nine workers, who mostly say that they paid nothing. Some are enrolled
late, some workers pay a broker and some take it back, workers share their certificates, the partner decides about some, and
lots fall at a rate at which every path of a certificate comes about. The word of one more worker is one of four kinds, at
any hour up to the last release.
"""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from recruitment.certificates import services
from recruitment.certificates.errors import NothingToShare
from recruitment.certificates.rules import ReviewDecision
from recruitment.certificates.services.keys import Signer
from recruitment.core.actor import LOCAL_OPERATOR, THE_HOUSE, Role
from recruitment.credentials.keys import IssuingKeyFile
from recruitment.database.unit_of_work import Database
from recruitment.organisations import queries as organisations
from recruitment.web.context import EXTENSION
from recruitment.webhooks import services as webhooks
from recruitment.webhooks.rules import Outcome
from tests.factories.actors import actor_of
from tests.factories.certified import Certified, make_keys
from tests.factories.rows import nothing_more, row
from tests.paired.reproducible import BEGINNING
from tests.paired.seasons import due_of, hours, let_in, release
from tests.paired.worlds import Step, World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    import pytest

    from recruitment.core.actor import Actor
    from recruitment.credentials.keys import PublicKey
    from recruitment.webhooks.rules import Place
    from tests.factories.rows import Cells

LOTS = Decimal("0.25")
DELAY = timedelta(days=14)
WORDS = ("broker", "wages", "none", "correction")
HOOK = "https://hooks.partner.example/first-mile"
_OUTSIDE = {"agency": (Role.AGENCY_OFFICER, "AG-1"), "employer": (Role.EMPLOYER_OFFICER, "EM-1")}
_PARTNER = {"partner": (Role.PARTNER_REVIEWER, "PT-1")}


@dataclass
class CertifiedWorld(World):
    """A world in which certificates are issued.

    ``messages``: what arrived at the partner's webhook. ``shares``: letter and code of what workers let others check.
    """

    crowd: Certified = field(init=False)
    actors: dict[str, Actor] = field(default_factory=dict)
    messages: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    shares: list[tuple[str, str]] = field(default_factory=list)
    hooks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open the database; the app is made when somebody takes a tour."""
        self.database = Database(self.settings)
        self.crowd = Certified(self.database, self.folder)

    def close(self) -> None:
        """Close what is open."""
        self.database.dispose()
        if hasattr(self, "app"):
            self.app.extensions[EXTENSION].dispose()

    def work(self) -> None:
        """Do what the house does again and again: seal, sign the lists anew, send what waits."""
        self.crowd.seal()
        with self.database.unit_of_work() as session:
            services.refresh_lists(session, THE_HOUSE, Signer(session))
        webhooks.deliver_due(self.database, sender=Receiver(self))  # type: ignore[arg-type]

    def report(self, *rows: Cells) -> None:
        """File what workers said to their CSO, and seal it."""
        self.send("reports", list(rows), by="CSO-1")
        self.crowd.seal()


class Receiver:
    """Takes messages in the place of the partner: nothing leaves the machine."""

    def __init__(self, world: CertifiedWorld) -> None:
        self._world = world

    def send(self, place: Place, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Note a message."""
        self._world.messages.append((place.url, dict(headers), body))
        return Outcome(200, None)


@dataclass(frozen=True)
class Season:
    """The steps of a season with their hours, the word of one more worker, of whom it is, and when outsiders look."""

    steps: list[tuple[int, Step]]
    word: tuple[int, Step]
    kind: str
    letter: str
    looks: tuple[int, ...]
    months: int

    @property
    def told_from(self) -> int:
        """The hour of the first release that may tell of the word, whatever it tells; after the end if none does."""
        spoken = BEGINNING + timedelta(hours=self.word[0])
        known = [month for month in range(self.months) if spoken <= due_of(month) - DELAY]
        return hours(due_of(known[0])) if known else hours(due_of(self.months))


@dataclass(frozen=True)
class _Crew:
    letter: str
    numbers: tuple[str, ...]
    heard: tuple[str, ...]
    refusing: int


def season(seed: int, *, months: int = 3, kind: str | None = None) -> Season:
    """Return a random season, with a word of a kind or of any."""
    rng = random.Random(f"certificates {seed}")
    crews = _crews(rng)
    kind = kind or rng.choice(WORDS)
    steps = [
        (0, Step("people", _settle)),
        (1, Step("crews", lambda world: _recruit(world, crews))),
        (2, Step("heard", lambda world: _all_clear(world, crews))),
    ]
    last = hours(due_of(months - 1))
    late = rng.choice((None, *crews))
    for crew in crews:
        hour = rng.randint(3, last) if crew is late else 3
        steps.append((hour, Step(f"enrol-{crew.letter}", partial(_enrol, letter=crew.letter))))
    teller, number = _teller(rng, crews, kind)
    if kind == "correction":
        steps.append((4, Step("to-be-corrected", partial(_tell_of_broker, number=number, reference="MORE"))))
    hour = _any_hour(rng, months)
    steps += _events(rng, crews, months)
    steps += [(hours(due_of(month)), step) for month in range(months) for step in _due(month)]
    looks = {hour + 1, *(hours(due_of(month)) + off for month in range(months) for off in (-1, 1))}
    word = Step("word", partial(_WORD[kind], number=number, reference="MORE"))
    return Season(sorted(steps, key=_hour_of), (hour, word), kind, teller.letter, tuple(sorted(looks)), months)


def asked_between(seed: int) -> Season:
    """Return a season in which a letter is enrolled after a release, and its certificate asked for before the next.

    The word falls between the cut-off of the release and that hour, so it plays no part until the next one.
    """
    rng = random.Random(f"between {seed}")
    lived = season(seed, months=2, kind=rng.choice(("broker", "wages")))
    first, second = (hours(due_of(month)) for month in (0, 1))
    asked = rng.randint(first + 24, second - 24)
    steps = [
        each for each in lived.steps if each[1].name.partition("-")[0] not in {"enrol", "share", "review", "broker"}
    ]
    steps += [(asked, Step(f"ask-{place}", partial(_ask_for, letter=f"DL-{20 + place}"))) for place in range(2)]
    hour = rng.randint(hours(due_of(0) - DELAY) + 1, asked)
    looks = (hour + 1, asked + 1, second - 1, second + 1)
    return replace(
        lived, steps=sorted(steps, key=_hour_of), word=(hour, lived.word[1]), looks=tuple(sorted({*looks})), months=2
    )


def live(
    world: CertifiedWorld,
    lived: Season,
    look: Callable[[int], None],
    tour: Callable[[int], None],
    *,
    with_word: bool,
) -> None:
    """Let a season happen, each step at its hour. At each look the house works, somebody looks, and takes a tour.

    ``look`` is part of the hour; ``tour`` takes hours of its own.
    """

    def work_and_look(hour: int) -> Step:
        def happen(_world: CertifiedWorld) -> None:
            world.work()
            look(hour)

        return Step(f"look-{hour}", happen)

    steps = [*lived.steps, lived.word] if with_word else list(lived.steps)
    steps += [(hour, work_and_look(hour)) for hour in lived.looks]
    for hour, step in sorted(steps, key=_hour_of):
        world.take(hour, step)
        if step.name.startswith("look-"):
            tour(hour)


def make_key_file(folder: Path) -> IssuingKeyFile:
    """Make the keys that sign in all worlds: they are drawn past Python, where no seed reaches."""
    key_file = IssuingKeyFile(folder / "shared.certificate-key")
    key_file.make("Paired worlds", BEGINNING - timedelta(days=1))
    key_file.adopt()
    return key_file


def share_keys(shared: IssuingKeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every world that makes keys take the same ones."""

    def take(key_file: IssuingKeyFile, _name: str, at: datetime) -> list[PublicKey]:
        shutil.copy(shared.path, key_file._fresh)
        return list(shared.newest().public_keys(at))

    monkeypatch.setattr(IssuingKeyFile, "make", take)


def _hour_of(step: tuple[int, Step]) -> int:
    return step[0]


def _crews(rng: random.Random) -> list[_Crew]:
    crews, people = [], 0
    for place in range(rng.choice((2, 2, 3))):
        size = rng.randint(5, 9)
        numbers = tuple(str(people + each) for each in range(1, size + 1))
        people += size
        silent = rng.choice((0, 0, 1, 2, size - 4))  # four are too few
        crews.append(_Crew(f"DL-{20 + place}", numbers, numbers[silent:], rng.choice((0, 0, 1))))
    return crews


def _teller(rng: random.Random, crews: list[_Crew], kind: str) -> tuple[_Crew, str]:
    """Return who speaks once more. That there was nothing is most telling of somebody who was not heard."""
    silent = [(crew, number) for crew in crews for number in crew.numbers if number not in crew.heard]
    if kind == "none" and silent and rng.random() < 0.8:
        # Where four were heard, a fifth voice makes the certificate.
        return min(silent, key=lambda each: len(each[0].heard))
    crew = rng.choice(crews)
    return crew, rng.choice(crew.numbers)


def _any_hour(rng: random.Random, months: int) -> int:
    """Return an hour for the word: any, or one of those around which it is decided what a release knows."""
    cut_offs = [hours(due_of(month) - DELAY) for month in range(months)]
    dues = [hours(due_of(month)) for month in range(months)]
    near = [hour + off for hour in cut_offs for off in (0, 1)] + [hour - 2 for hour in dues]
    return rng.choice((rng.randint(5, dues[-1] - 3), rng.choice(near)))


def _events(rng: random.Random, crews: list[_Crew], months: int) -> list[tuple[int, Step]]:
    """Return what happens in both worlds beside."""
    first, last = hours(due_of(0)), hours(due_of(months - 1))
    steps: list[tuple[int, Step]] = []
    for place, crew in enumerate(crews):
        number = rng.choice(crew.numbers)
        if rng.random() < 0.3:
            hour, back = sorted(rng.sample(range(5, last), 2))
            reference = f"B-{place}"
            steps.append((hour, Step(f"broker-{place}", partial(_tell_of_broker, number=number, reference=reference))))
            if rng.random() < 0.7:
                steps.append((back, Step(f"back-{place}", partial(_take_back, number=number, reference=reference))))
        again = rng.sample(crew.numbers, rng.randint(0, 3))
        steps.append(
            (rng.randint(5, last), Step(f"again-{place}", partial(_clear_again, numbers=again, name=f"A-{place}")))
        )
        steps.append(
            (rng.randint(first + 1, last + 1), Step(f"share-{place}", partial(_share, crew=crew, number=number)))
        )
        steps.append((rng.randint(first + 1, last + 1), Step(f"review-{place}", partial(_review, letter=crew.letter))))
    return steps


def _due(month: int) -> list[Step]:
    return [Step(f"release-{month}", release), Step(f"round-{month}", _look_at_certificates)]


def _look_at_certificates(world: World) -> None:
    with world.database.unit_of_work() as session:
        services.release(session, THE_HOUSE)


def _settle(world: CertifiedWorld) -> None:
    let_in(world)
    make_keys(world.database)
    world.send("supply-chains", [row("supply-chains")])
    with world.database.read_session() as session:
        codes = organisations.by_code(session, ["AG-1", "EM-1", "PT-1"])
    world.actors = {name: actor_of(role, codes[code].id) for name, (role, code) in (_OUTSIDE | _PARTNER).items()}
    partner = world.actors["partner"]
    with world.database.unit_of_work(partner.scope) as session:
        world.hooks.append(webhooks.register(session, partner, HOOK)[0].reference)
    with world.database.unit_of_work() as session:
        webhooks.approve(session, LOCAL_OPERATOR, "PT-1", "hooks.partner.example")


def _recruit(world: CertifiedWorld, crews: list[_Crew]) -> None:
    for crew in crews:
        world.crowd.letter(crew.letter)
        refusing = crew.refusing if len(crew.numbers) > 6 else 0
        world.crowd.recruit(len(crew.numbers) - refusing, crew.letter)
        if refusing:
            world.crowd.recruit(refusing, crew.letter, certificate="no")


def _all_clear(world: CertifiedWorld, crews: list[_Crew]) -> None:
    heard = [number for crew in crews for number in crew.heard]
    world.report(
        *(
            nothing_more(
                reference=f"N-{number}", journey=f"CJ-{number}", checkpoint="pre_departure",
                stated_on=BEGINNING.date() - timedelta(days=1 + place % 7), paid_on=None,
            )
            for place, number in enumerate(heard)
        )
    )  # fmt: skip


def _enrol(world: CertifiedWorld, letter: str) -> None:
    world.crowd.enrol(letter)


def _ask_for(world: CertifiedWorld, letter: str) -> None:
    cohort = world.crowd.enrol(letter)
    with world.database.unit_of_work() as session:
        services.issue(session, LOCAL_OPERATOR, cohort)


def _tell_of_broker(world: CertifiedWorld, number: str, reference: str, amount: str = "3500.00") -> None:
    world.report(
        row(
            "reports", reference=reference, journey=f"CJ-{number}", fee_item="broker_fee", amount=amount,
            paid_on="2025-12-05", stated_on="2026-03-01",
        )
    )  # fmt: skip


def _take_back(world: CertifiedWorld, number: str, reference: str) -> None:
    _tell_of_broker(world, number, reference, amount="0.00")


def _paid_in_wages(world: CertifiedWorld, number: str, reference: str) -> None:
    world.report(
        row(
            "reports", reference=reference, journey=f"CJ-{number}", fee_item="visa_fee", amount="900.00",
            paid_on="2026-02-01", stated_on="2026-03-01", checkpoint="post_placement", deducted="yes",
        )
    )  # fmt: skip


def _nothing_once_more(world: CertifiedWorld, number: str, reference: str) -> None:
    world.report(
        nothing_more(
            reference=reference, journey=f"CJ-{number}", checkpoint="arrival", stated_on="2026-02-28", paid_on=None
        )
    )


def _clear_again(world: CertifiedWorld, numbers: list[str], name: str) -> None:
    for number in numbers:
        _nothing_once_more(world, number, f"{name}-{number}")


def _share(world: CertifiedWorld, crew: _Crew, number: str) -> None:
    with world.database.unit_of_work() as session:
        try:
            made = services.share(session, LOCAL_OPERATOR, f"CJ-{number}", 90)
        except NothingToShare:
            return
    world.shares.append((crew.letter, made.code))


def _review(world: CertifiedWorld, letter: str) -> None:
    partner = world.actors["partner"]
    with world.database.read_session() as session:
        cohorts = [each for each in services.list_cohorts(session, LOCAL_OPERATOR) if each.demand_letter == letter]
    for cohort in cohorts:
        if cohort.certificate is not None:
            with world.database.unit_of_work(partner.scope) as session:
                services.review(session, partner, cohort.certificate, ReviewDecision.ASK, "Who was heard?")


_WORD: dict[str, Callable[..., None]] = {
    "broker": _tell_of_broker,
    "wages": _paid_in_wages,
    "none": _nothing_once_more,
    "correction": _take_back,
}
