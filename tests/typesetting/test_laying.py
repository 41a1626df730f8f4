"""Rows on pages: every line stands once, in order, inside the page, and below the one before it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recruitment.typesetting.document import PAGE_HEIGHT, PAGE_WIDTH
from recruitment.typesetting.laying import GUTTER, MARGIN, Row, columns, paged, set_text, top_of_page
from recruitment.typesetting.lines import Style

FOOT = 34.0
ROWS = st.lists(st.tuples(st.integers(1, 90), st.booleans(), st.floats(0, 12)), max_size=8)


def _row(lines, heads, above):
    (x, width), (other, _width) = columns(2)
    long = set_text(" ".join(["word " * 4] * lines), Style(size=9), width / 3)
    return Row(((x, long), (other, set_text("word", Style("my", 9), width))), above, heads)


@settings(max_examples=40)
@given(ROWS, st.booleans())
def test_nothing_is_lost_and_nothing_overlaps(given, banded):
    rows = [_row(*each) for each in given]
    pages = paged(rows, banded=banded)
    for page in pages:
        under = top_of_page(banded=banded)
        for top, row in page:
            assert top <= under + 0.01
            under = top - row.height
            assert under >= FOOT - 0.01
    set_lines = [line.text for page in pages for _top, row in page for line in row.cells[0][1].lines]
    assert set_lines == [line.text for row in rows for line in row.cells[0][1].lines]


def test_no_heading_stands_alone_at_the_foot_of_a_page():
    rows = [_row(12, heads=False, above=0.0)] * 4
    (x, width) = columns(1)[0]
    height = top_of_page(banded=False) - FOOT - sum(row.height for row in rows)
    filling = Row(((x, set_text("word", Style(size=9), width)),), above=height - 40)
    heading = Row(((x, set_text("Heading", Style(size=9), width)),), heads=True)
    pages = paged([*rows, filling, heading, _row(3, heads=False, above=0.0)], banded=False)
    assert pages[-1][0][1].heads


@pytest.mark.parametrize("count", [1, 2, 3])
def test_columns_fill_the_page_between_its_margins(count):
    found = columns(count)
    assert found[0][0] == MARGIN
    assert sum(width for _x, width in found) + GUTTER * (count - 1) == pytest.approx(PAGE_WIDTH - 2 * MARGIN)
    assert PAGE_HEIGHT > PAGE_WIDTH
