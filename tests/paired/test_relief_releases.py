"""Relief over releases and certificates: what a worker confirms is a repayment, and shows by the rules of groups alone."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from recruitment.relief.rules.kinds import Instrument
from recruitment.relief.services import moving
from tests.factories.caseload import Caseload
from tests.factories.relieved import Relieved
from tests.paired import certifying, pairing, relieving, seasons, test_releases
from tests.paired.relieving import ReliefWorld
from tests.paired.seasons import due_of, hours
from tests.paired.test_releases import told_apart
from tests.paired.worlds import Step

if TYPE_CHECKING:
    from tests.paired.certifying import CertifiedWorld

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
ROUTES = ("/api/v1/releases", "/releases", "/api/v1/disclosures", "/api/v1/webhook", "/api/v1/ledger", "/api/v1/audit")

worlds = test_releases.worlds


class ReleasedWorld(ReliefWorld):
    """A world with a fund, and a crowd that speaks to releases."""

    def __post_init__(self) -> None:
        """Open the database, and make the app upon it."""
        super().__post_init__()
        self.open_app()


def relieved_season(seed: int, people: int = 16) -> seasons.Season:
    """Return a season in which the one more word is what a worker says of money that came back."""
    lived = seasons.season(seed, people)
    how = (relieving.confirmed, relieving.contested, relieving.reimbursed)[seed % 3]
    said = Step("said", lambda world: world.relief.paid("J-1", stated_on="2026-03-02", paid_on="2026-01-05"))
    fund = Step("fund", lambda world: world.relief.filled())
    steps = [*lived.steps, (2, said), (2, fund)]
    more = Step("more", partial(relieving.relieve, journey="J-1", how=how))
    return replace(lived, steps=sorted(steps, key=lambda step: step[0]), word=(max(lived.word[0], 5), more))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(30 if DEEP else 2))
def test_what_a_worker_confirmed_tells_worlds_apart_by_groups_at_a_release_or_not_at_all(worlds, seed, monkeypatch):
    monkeypatch.setattr(test_releases, "World", ReleasedWorld)
    lived = relieved_season(seed)
    pair = worlds(seed, lived)
    wrong, _ = told_apart(pair, lived, seed, monkeypatch, routes=ROUTES)
    assert wrong == []
    assert [relieving.cases(world) for world in pair] == [0, 1]


def _paid_back(world: CertifiedWorld, letter: str, number: str) -> None:
    """Let a worker of a letter who paid a broker be paid in full by the fund, and say so."""
    assert letter
    relief = Relieved(Caseload(relieving._Desk(world)))  # type: ignore[arg-type]
    case = relieving.nominated(relief, f"CJ-{number}")
    relief.do(moving.verify, case)
    relief.agreed(case, Instrument.ADVANCE, amount_minor=350_000)
    (payment,) = relief.paid_out(case)
    relief.says(case, payment)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(30 if DEEP else 1))
def test_no_certificate_tells_before_a_release_that_somebody_was_paid_back(pairs, seed):
    lived = certifying.season(seed, months=3, kind="broker")
    hour, said = lived.word
    number = said.happen.keywords["number"]
    spoken = replace(said, name="said-before")
    back = Step("word", partial(_paid_back, letter=lived.letter, number=number))
    later = min(hour + 24 * (1 + 13 * seed), hours(due_of(2)) - 2)
    looks = tuple(sorted({*lived.looks, later + 1}))
    lived = replace(
        lived, steps=sorted([*lived.steps, (4, spoken)], key=lambda step: step[0]), word=(later, back), looks=looks
    )
    pair = pairs.make(seed, lived)
    assert pairing.told_apart(pair, lived) == []
    assert [relieving.cases(world) for world, *_ in pair] == [0, 1]
