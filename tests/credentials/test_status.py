"""Status lists: the published one is read, the same set has the same bytes, and a bomb does not go off."""

from __future__ import annotations

import base64
import gzip
import tracemalloc
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recruitment.credentials import proofs, status
from recruitment.credentials.errors import ListFull, ListUnreadable
from tests.credentials import issuer

# W3C, Bitstring Status List v1.0, the example of section 2.2: 131,072 places, none of them set.
PUBLISHED = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"


def spelled(raw: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


class TestList:
    def test_the_published_one_is_read(self):
        assert status.decode(PUBLISHED) == bytes(16_384)

    @settings(max_examples=20)
    @given(st.sets(st.integers(0, status.LENGTH - 1), max_size=50))
    def test_it_is_read_as_it_was_written(self, indices):
        encoded = status.encode(indices)
        bits = status.decode(encoded)
        assert {index for index in range(status.LENGTH) if bits[index >> 3] and status.is_set(bits, index)} == indices
        assert encoded == status.encode(sorted(indices, reverse=True))

    def test_the_first_place_is_the_left_most_bit(self):
        assert status.decode(status.encode({0}))[0] == 0x80
        assert status.decode(status.encode({status.LENGTH - 1}))[-1] == 0x01

    def test_the_same_set_has_the_same_bytes_at_any_time(self):
        assert status.encode(range(0, 1000, 7)) == status.encode(range(0, 1000, 7))
        raw = base64.urlsafe_b64decode(status.encode({1})[1:] + "==")
        assert raw[4:8] == bytes(4)

    @pytest.mark.parametrize("index", [-1, status.LENGTH])
    def test_a_place_outside_is_refused(self, index):
        with pytest.raises(IndexError):
            status.encode({index})
        with pytest.raises(IndexError):
            status.is_set(bytes(status.LENGTH // 8), index)

    @pytest.mark.parametrize(
        "encoded",
        [
            "",
            "u",
            PUBLISHED[1:],
            "z" + PUBLISHED[1:],
            PUBLISHED[:-4],
            PUBLISHED + "AAAA",
            PUBLISHED + "é",
            "u!!!!",
            spelled(gzip.compress(bytes(16_383), mtime=0)),
            spelled(gzip.compress(bytes(16_384), mtime=0) + gzip.compress(bytes(16_384), mtime=0)),
            spelled(bytes(100)),
        ],
    )
    def test_what_is_no_list_is_refused(self, encoded):
        with pytest.raises(ListUnreadable, match="Fetch it again"):
            status.decode(encoded)

    def test_a_bomb_is_refused_in_little_memory(self):
        bomb = spelled(gzip.compress(bytes(50_000_000), 1))
        tracemalloc.start()
        try:
            with pytest.raises(ListUnreadable):
                status.decode(bomb)
            assert tracemalloc.get_traced_memory()[1] < 8_000_000
        finally:
            tracemalloc.stop()

    def test_the_longest_list_is_read(self):
        assert len(status.decode(status.encode({1}, 64 * status.LENGTH))) == 8 * status.LENGTH
        with pytest.raises(ListUnreadable):
            status.decode(status.encode({1}, 65 * status.LENGTH))


class TestPlaces:
    def test_a_free_one_is_random_and_not_taken(self):
        taken: set[int] = set()
        for _ in range(1000):
            index = status.free_index(taken)
            assert index not in taken
            taken.add(index)
        # Sixteen parts of the list: 15 degrees of freedom, and 44 is passed once in ten thousand runs.
        counted = [sum(index * 16 // status.LENGTH == part for index in taken) for part in range(16)]
        assert sum((found - 62.5) ** 2 / 62.5 for found in counted) < 60

    def test_a_list_that_is_half_full_is_closed(self):
        assert status.free_index(set(range(7)), 16) >= 7
        with pytest.raises(ListFull, match="Begin the next list"):
            status.free_index(set(range(8)), 16)


class TestCredential:
    def test_it_has_the_parts_of_the_recommendation(self):
        address = status.list_address("https://first-mile.example/", status.REVOCATION, 3)
        made = status.status_list(address, issuer.DID, status.REVOCATION, {1}, issuer.AT, issuer.AT + timedelta(days=3))
        assert address == "https://first-mile.example/status/revocation/3"
        assert made["id"] == address
        assert made["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
        assert made["validUntil"] == "2026-12-08T12:00:00Z"
        assert made["credentialSubject"]["type"] == "BitstringStatusList"
        assert made["credentialSubject"]["statusPurpose"] == "revocation"
        assert proofs.is_signed(issuer.sign(made), issuer.keys().proof.public_key().public_bytes_raw())

    def test_an_entry_names_its_place(self):
        assert status.entry("https://first-mile.example/status/suspension/1", status.SUSPENSION, 42) == {
            "type": "BitstringStatusListEntry",
            "statusPurpose": "suspension",
            "statusListIndex": "42",
            "statusListCredential": "https://first-mile.example/status/suspension/1",
        }
