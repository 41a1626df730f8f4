"""The picture in the documents is the code's."""

from __future__ import annotations

import re

from recruitment.cases.rules import FOLLOW_UP_DAYS, RESPONSE_HOURS, TRANSITIONS, CaseKind, State
from tests.docs.pages import page


def test_the_picture_draws_every_transition_and_no_other():
    picture = next(fence.text for fence in page("docs/cases.md").fences if fence.language == "mermaid")
    drawn = re.findall(r"^ *(\S+) --> (\S+)$", picture, re.MULTILINE)
    assert {(None if before == "[*]" else State(before), State(after)) for before, after in drawn} == TRANSITIONS


def test_the_kinds_and_the_numbers_are_those_of_the_code():
    text = page("docs/cases.md").text
    assert [kind for kind in CaseKind if f"`{kind.value}`" not in text] == []
    assert f"within {RESPONSE_HOURS} calendar hours" in text
    assert f"every {FOLLOW_UP_DAYS} days" in text
