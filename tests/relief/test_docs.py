"""The picture in the documents is the code's."""

from __future__ import annotations

import pytest

from recruitment.relief.rules.kinds import MoveReason
from recruitment.relief.rules.machine import CASE, CaseEvent
from recruitment.relief.services import checking
from tests.docs.pages import page


def test_the_picture_draws_the_machine_of_the_case():
    pictures = [fence.text.strip() for fence in page("docs/relief.md").fences if fence.language == "mermaid"]
    assert CASE.drawing() in pictures


@pytest.mark.parametrize("event", CaseEvent)
def test_each_event_says_who_makes_it(event):
    assert f"`{event.value}`" in page("docs/relief.md").text


def test_reasons_that_the_house_gives_are_explained():
    text = page("docs/relief.md").text
    assert [each for each in (MoveReason.LESS_RECEIVED, MoveReason.PART_ASKED_FOR, MoveReason.DEBT_MADE_AGAIN)
            if f"`{each.value}`" not in text] == []  # fmt: skip


def test_every_instrument_has_its_payers():
    from recruitment.relief.rules.kinds import Instrument

    assert set(checking.PAYERS) == set(Instrument)
