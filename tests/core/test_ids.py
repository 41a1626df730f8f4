"""Identities: ours are ordered and keep to the standard, references that leave the house tell nothing."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122

from recruitment.core.ids import new_id, new_reference


class TestNewId:
    def test_is_a_uuid_of_version_7(self):
        found = [new_id() for _ in range(1000)]
        assert {one.version for one in found} == {7}
        assert {one.variant for one in found} == {RFC_4122}

    def test_is_later_than_every_one_before(self):
        found = [new_id() for _ in range(20_000)]
        assert found == sorted(found)
        assert len(set(found)) == len(found)

    def test_is_unique_and_ordered_in_each_of_several_threads(self):
        with ThreadPoolExecutor(4) as pool:
            parts = list(pool.map(lambda _: [new_id() for _ in range(2000)], range(4)))
        assert all(part == sorted(part) for part in parts)
        assert len({one for part in parts for one in part}) == 8000

    def test_begins_with_the_millisecond_in_which_it_was_made(self):
        before = time.time_ns() // 1_000_000
        made = new_id().int >> 80
        # Ids of this process never go back, so a burst before this test may have run a little ahead.
        assert before <= made <= time.time_ns() // 1_000_000 + 1000

    def test_stays_ordered_when_the_clock_of_the_machine_goes_back(self, monkeypatch):
        before = new_id()
        monkeypatch.setattr(time, "time_ns", lambda: 0)
        assert new_id() > before

    def test_has_62_random_bits(self):
        found = [new_id().int & ((1 << 62) - 1) for _ in range(1000)]
        for bit in range(62):
            assert 350 < sum(one >> bit & 1 for one in found) < 650


class TestNewReference:
    def test_has_a_form_that_can_be_read_out(self):
        assert re.fullmatch(
            r"FD-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}", new_reference("FD")
        )

    def test_has_no_letters_that_look_like_digits(self):
        text = "".join(new_reference("") for _ in range(500))
        assert not set(text) & set("ILOU")
        assert len(set(text) - {"-"}) == 32

    def test_is_random(self):
        found = [new_reference("FD") for _ in range(5000)]
        assert len(set(found)) == len(found)
        assert found != sorted(found)
