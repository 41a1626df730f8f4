"""When an order of stages is unusual: a warning, never a refusal."""

from __future__ import annotations

import pytest

from recruitment.journeys.rules import out_of_order

ORDER = ("first_contact", "registration", "selection", "travel")


class TestOutOfOrder:
    @pytest.mark.parametrize(
        ("reached", "stage"),
        [
            ((), "first_contact"), ((), "travel"), (("first_contact",), "registration"),
            (("first_contact", "travel"), "travel"), (("registration", "travel"), "registration"),
        ],
    )  # fmt: skip
    def test_the_usual_order_a_gap_and_a_repetition_are_not(self, reached, stage):
        assert out_of_order(ORDER, reached, stage) is None

    def test_a_stage_after_one_that_usually_follows_it_is(self):
        told = out_of_order(ORDER, {"first_contact", "selection", "travel"}, "registration")
        assert told
        assert "registration comes after selection" in told

    def test_a_stage_that_is_not_on_the_path_is(self):
        told = out_of_order(ORDER, (), "renewal")
        assert told
        assert "not on the usual path" in told
