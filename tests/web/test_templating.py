from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from jinja2 import UndefinedError

from recruitment.core.dates import Precision
from recruitment.web import templating

BLANK = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (350_000, "THB", "3,500.00 THB"),
        (5, "THB", "0.05 THB"),
        (0, "MMK", "0.00 MMK"),
        (1_234_567_890, "MMK", "12,345,678.90 MMK"),
        (-120_050, "MYR", "\N{MINUS SIGN}1,200.50 MYR"),
        (-5, "MYR", "\N{MINUS SIGN}0.05 MYR"),
        (120_000, "JPY", "120,000 JPY"),
        (10**15, "THB", "10,000,000,000,000.00 THB"),
    ],
)
def test_money_is_written_with_all_decimals_and_never_parts_from_its_currency(amount, currency, text):
    assert templating.money(amount, currency) == text.replace(" ", BLANK)


@pytest.mark.parametrize(
    ("precision", "text"),
    [
        (Precision.DAY, "8 Oct 2024"),
        (Precision.MONTH, "Oct 2024"),
        (Precision.YEAR, "2024"),
        (Precision.UNKNOWN, "not known, counted on 8 Oct 2024"),
    ],
)
def test_a_day_is_written_as_exactly_as_it_is_known(precision, text):
    assert templating.about_day(date(2024, 10, 8), precision).replace(BLANK, " ") == text


def test_an_instant_is_written_in_utc():
    assert templating.instant(datetime(2024, 1, 2, 3, 4, tzinfo=UTC)).replace(BLANK, " ") == "2 Jan 2024 03:04 UTC"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("undeclared_payment", "Undeclared payment"),
        ("pre_departure", "Pre-departure"),
        ("post_entries", "Post entries"),
        ("cso_supervisor", "CSO supervisor"),
        ("visa", "Visa"),
        ("", ""),
    ],
)
def test_a_code_is_written_as_words(code, text):
    assert templating.words(code) == text


def test_a_code_may_break_after_its_parts_and_what_is_in_it_stays_text():
    assert templating.breakable("declared:cost:visa_fee") == "declared:<wbr>cost:<wbr>visa_<wbr>fee"
    assert templating.breakable("<b>_x") == "&lt;b&gt;_<wbr>x"


def test_a_name_that_a_template_does_not_know_is_an_error(app):
    with app.app_context(), pytest.raises(UndefinedError):
        app.jinja_env.from_string("{{ nobody }}").render()


def test_health_is_told_as_text_or_json(client):
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/healthz", headers={"Accept": "application/json"}).json == {"status": "ok"}
