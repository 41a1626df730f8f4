"""The pictures and numbers in the documents are the code's."""

from __future__ import annotations

from recruitment.fund.rules.machine import PAYMENT, PLAN
from recruitment.fund.rules.payees import WAITING
from recruitment.fund.services.keeping import KEPT_DAYS
from tests.docs.pages import page


def test_the_pictures_are_drawn_from_the_machines():
    pictures = [fence.text.strip() for fence in page("docs/fund.md").fences if fence.language == "mermaid"]
    assert pictures == [PLAN.drawing(), PAYMENT.drawing()]


def test_the_numbers_are_those_of_the_code():
    text = page("docs/fund.md").text
    assert f"waits {WAITING.total_seconds() / 3600:.0f} hours" in text
    assert f"{KEPT_DAYS} days" in text
