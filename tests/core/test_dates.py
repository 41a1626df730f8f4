"""Days as people remember them: to the day, the month, the year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.core.dates import DateInvalid, PartialDate, Precision, parse_day


class TestParseDay:
    @given(st.dates())
    def test_reads_every_day_of_the_calendar(self, day):
        assert parse_day(day.isoformat()) == day

    @pytest.mark.parametrize(
        "text",
        ["", "2024-3-17", "20240317", "2024-W11-7", "17/03/2024", "2024-03-17T00:00", " 2024-03-17", "2024-03-17\n",
         "2024-03", "2024", "၂၀၂၄-၀၃-၁၇", "２０２４-03-17"],
    )  # fmt: skip
    def test_refuses_any_other_spelling(self, text):
        with pytest.raises(DateInvalid, match="2024-03-17"):
            parse_day(text)

    @pytest.mark.parametrize("text", ["2023-02-29", "2024-13-01", "2024-04-31", "0000-01-01", "2024-00-10"])
    def test_refuses_a_day_that_the_calendar_has_not(self, text):
        with pytest.raises(DateInvalid, match="calendar"):
            parse_day(text)


class TestPartialDate:
    @given(st.dates())
    def test_of_a_day_is_that_day(self, day):
        found = PartialDate.parse(day.isoformat())
        assert (found.first, found.last, found.precision) == (day, day, Precision.DAY)

    @given(st.dates(max_value=date(9998, 12, 31)))
    def test_of_a_month_is_all_its_days_and_no_other(self, day):
        found = PartialDate.parse(day.isoformat()[:7])
        assert found.precision is Precision.MONTH
        assert found.first <= day <= found.last
        assert found.first.day == 1
        assert (found.last + timedelta(days=1)).day == 1
        assert found.first.month == found.last.month == day.month

    @given(st.integers(1, 9999))
    def test_of_a_year_is_all_its_days(self, year):
        found = PartialDate.parse(f"{year:04d}")
        assert (found.first, found.last, found.precision) == (date(year, 1, 1), date(year, 12, 31), Precision.YEAR)

    @given(st.dates(), st.sampled_from([4, 7, 10]))
    def test_is_spelt_as_it_was_read(self, day, length):
        text = day.isoformat()[:length]
        assert str(PartialDate.parse(text)) == text

    @pytest.mark.parametrize("text", ["0000", "2024-00", "2024-13", "0000-05", "2024-02-30"])
    def test_refuses_what_the_calendar_has_not(self, text):
        with pytest.raises(DateInvalid):
            PartialDate.parse(text)

    @pytest.mark.parametrize("text", ["", "May 2024", "2024-5", "24", "unknown", "2024-05-", "12024"])
    def test_says_that_a_month_or_a_year_will_do(self, text):
        with pytest.raises(DateInvalid, match=r"\(2024\) will do"):
            PartialDate.parse(text)

    def test_refuses_digits_of_other_scripts(self):
        with pytest.raises(DateInvalid, match="digits 0 to 9"):
            PartialDate.parse("၂၀၂၄")
