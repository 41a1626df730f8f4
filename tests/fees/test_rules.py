"""What was said about money, by itself: from when it counts, whether it was said freely, and what was received."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.core.dates import PartialDate
from recruitment.fees.rules import (
    NEVER_INDEPENDENT,
    Confirmation,
    Repayment,
    RepaymentPayer,
    ReportedPayment,
    StatementChannel,
    dated_on,
    is_independent,
)
from recruitment.journeys.rules import JourneyRead, RecruitmentChannel

SAID = date(2024, 5, 10)
JOURNEY = JourneyRead(
    uuid4(), "J-1", uuid4(), "MM-TH", RecruitmentChannel.MOU, uuid4(), uuid4(), date(2024, 2, 1), uuid4()
)


class TestDatedOn:
    @pytest.mark.parametrize(
        ("paid", "counts"),
        [
            ("2024-03-17", date(2024, 3, 17)), ("2024-02", date(2024, 2, 29)), ("2023", date(2023, 12, 31)),
            # Never later than it was said, unless the worker named the day.
            ("2024-05", SAID), ("2024", SAID), ("2024-06-01", date(2024, 6, 1)), (None, SAID),
        ],
    )  # fmt: skip
    def test_is_the_last_day_of_what_was_said_but_never_later_than_the_saying(self, paid, counts):
        assert dated_on(PartialDate.parse(paid) if paid else None, SAID) == counts

    @given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(2000, 2030), st.integers(1, 12))
    def test_a_month_or_year_never_counts_from_later_than_the_saying(self, said, year, month):
        for text in (f"{year}-{month:02}", str(year)):
            found = dated_on(PartialDate.parse(text), said)
            assert found <= said
            assert found == min(PartialDate.parse(text).last, said)


class TestIndependence:
    @pytest.mark.parametrize("channel", [channel for channel in StatementChannel if channel not in NEVER_INDEPENDENT])
    def test_a_channel_of_the_workers_own_is_independent_unless_somebody_was_present(self, channel):
        assert is_independent(channel, witnessed=None)
        assert is_independent(channel, witnessed=False)
        assert not is_independent(channel, witnessed=True)

    @pytest.mark.parametrize("channel", ["agency_form", "employer_form", "management_interview"])
    @pytest.mark.parametrize("witnessed", [None, False, True])
    def test_a_channel_of_the_business_never_is(self, channel, witnessed):
        assert not is_independent(StatementChannel(channel), witnessed=witnessed)

    def test_no_channel_is_no_independent_one(self):
        assert not is_independent(None, witnessed=False)

    def test_a_report_says_so_of_itself(self):
        report = ReportedPayment(
            "RP-1", JOURNEY, "visa_fee", None, 100, "THB", None, SAID, StatementChannel.CHAT, None, None, None, None
        )
        assert report.is_independent
        assert report.dated_on == SAID


def repayment(**facts: Any) -> Repayment:
    said: dict[str, Any] = {
        "confirmed": Confirmation.ALL,
        "confirmed_minor": None,
        "channel": StatementChannel.HOTLINE,
        "witnessed": None,
    }
    said |= facts
    return Repayment(
        "RE-1", JOURNEY, None, RepaymentPayer.EMPLOYER, 300_00, "THB", SAID, said["confirmed"], said["confirmed_minor"],
        SAID, said["channel"], said["witnessed"],
    )  # fmt: skip


class TestReceived:
    @pytest.mark.parametrize(
        ("confirmed", "less", "received"),
        [
            (Confirmation.ALL, None, 300_00), (Confirmation.ALL, 100_00, 300_00), (Confirmation.LESS, 200_00, 200_00),
            (Confirmation.LESS, 0, 0), (Confirmation.LESS, None, 0), (Confirmation.NOTHING, None, 0),
            (Confirmation.NOTHING, 200_00, 0), (None, None, 0), (None, 200_00, 0),
        ],
    )  # fmt: skip
    def test_is_what_the_worker_confirmed(self, confirmed, less, received):
        assert repayment(confirmed=confirmed, confirmed_minor=less).received_minor == received

    @pytest.mark.parametrize("channel", [*sorted(NEVER_INDEPENDENT), None])
    def test_is_nothing_unless_it_was_said_freely(self, channel):
        assert repayment(channel=channel).received_minor == 0

    def test_is_nothing_with_somebody_of_the_business_present(self):
        assert repayment(witnessed=True).received_minor == 0
        assert repayment(witnessed=False).received_minor == 300_00
