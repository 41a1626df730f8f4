"""One spelling for one value."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.core.canonical import canonical_json, digest, instant
from recruitment.core.dates import Precision
from recruitment.core.errors import InvariantViolated

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


class TestCanonicalJson:
    @given(values)
    def test_is_json_of_the_same_value(self, value):
        assert json.loads(canonical_json(value)) == value

    @given(st.dictionaries(texts, st.integers(0, 9), max_size=6), st.randoms(use_true_random=False))
    def test_does_not_depend_on_the_order_of_keys(self, value, random):
        keys = list(value)
        random.shuffle(keys)
        assert canonical_json({key: value[key] for key in keys}) == canonical_json(value)

    @given(values, values)
    def test_differs_where_values_differ(self, one, two):
        # 1 and True are equal in Python and differ in JSON, so values are compared by their ordinary JSON.
        same = json.dumps(one, sort_keys=True) == json.dumps(two, sort_keys=True)
        assert (canonical_json(one) == canonical_json(two)) is same

    def test_has_no_spaces_and_is_utf_8(self):
        assert canonical_json({"b": [1, 2], "a": "မ"}) == '{"a":"မ","b":[1,2]}'.encode()

    @pytest.mark.parametrize(
        ("value", "spelt"),
        [
            (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
            (date(2024, 5, 1), '"2024-05-01"'),
            (datetime(2024, 5, 1, 8, tzinfo=UTC), '"2024-05-01T08:00:00.000000Z"'),
            (Precision.MONTH, '"month"'),
        ],
        ids=str,
    )
    def test_spells(self, value, spelt):
        assert canonical_json(value).decode() == spelt

    @pytest.mark.parametrize("value", [1.5, float("nan"), 1.0, {"a": [0.1]}], ids=str)
    def test_refuses_floats(self, value):
        with pytest.raises(InvariantViolated):
            canonical_json(value)

    @pytest.mark.parametrize("value", [b"x", {1, 2}, object()], ids=lambda value: type(value).__name__)
    def test_refuses_what_has_no_spelling(self, value):
        with pytest.raises(InvariantViolated, match="no canonical spelling"):
            canonical_json(value)


class TestInstant:
    @given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
    def test_has_one_spelling_in_every_zone(self, moment, minutes):
        zone = timezone(timedelta(minutes=minutes))
        utc = moment.replace(tzinfo=UTC)
        assert instant(utc.astimezone(zone)) == instant(utc)

    @given(st.lists(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))))  # noqa: DTZ001
    def test_sorts_as_text_as_it_does_in_time(self, moments):
        assert [instant(moment) for moment in sorted(moments)] == sorted(map(instant, moments))


class TestDigest:
    @given(values)
    def test_is_the_sha_256_of_the_canonical_json(self, value):
        assert digest(value) == hashlib.sha256(canonical_json(value)).digest()
