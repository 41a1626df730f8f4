"""Which addresses are public, and how an address of a webhook may be written."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.webhooks.errors import AddressInvalid
from recruitment.webhooks.rules import checked_address, host_of, is_public, place_of
from tests.webhooks.table import LET_THROUGH, REFUSED, WRITTEN


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_a_special_address_is_refused(text):
    assert checked_address(text) is None


@pytest.mark.parametrize("text", LET_THROUGH)
def test_a_public_address_is_let_through(text):
    assert checked_address(text) == ip_address(text)


@given(st.integers(0, 2**32 - 1))
def test_no_form_that_holds_another_address_is_public(number):
    inner = IPv4Address(number)
    assert not is_public(IPv6Address(f"::ffff:{inner}"))
    assert not is_public(IPv6Address(f"::{inner}"))
    assert not is_public(IPv6Address(f"64:ff9b::{inner}"))
    assert not is_public(IPv6Address((0x2002 << 112) | (number << 80) | 1))
    assert not is_public(IPv6Address((0x2A00_1450 << 96) | (0x5EFE << 32) | number))


@given(st.ip_addresses())
def test_what_is_public_is_global_too(address):
    assert not is_public(address) or (address.is_global and not address.is_multicast)


@given(st.ip_addresses(v=6))
def test_all_public_addresses_of_version_6_lie_in_one_block(address):
    assert not is_public(address) or int(address) >> 125 == 1


def test_the_library_alone_would_let_some_of_them_through():
    """The negative control of the list: without it these would be public."""
    for name in ("NAT64 of loopback", "6to4 of loopback", "multicast"):
        assert ip_address(REFUSED[name]).is_global


@pytest.mark.parametrize("url", WRITTEN.values(), ids=WRITTEN.keys())
def test_an_address_with_a_second_reading_is_refused(url):
    with pytest.raises(AddressInvalid):
        place_of(url)


@pytest.mark.parametrize(
    ("url", "spelled"),
    [
        ("https://hooks.brand.example", "https://hooks.brand.example/"),
        ("HTTPS://Hooks.BRAND.example:443/In?x=1", "https://hooks.brand.example/In?x=1"),
        ("https://hooks.brand.example?x=1", "https://hooks.brand.example/?x=1"),
        ("https://hooks.brand.example/a%20b@c", "https://hooks.brand.example/a%20b@c"),
        ("https://xn--mller-kva.example/", "https://xn--mller-kva.example/"),
        ("https://hooks.xn--p1ai/", "https://hooks.xn--p1ai/"),
    ],
)
def test_an_address_has_one_spelling(url, spelled):
    place = place_of(url)
    assert place.url == spelled
    assert place_of(place.url) == place


@given(st.text(max_size=30))
def test_what_is_let_through_is_plain_and_stays_as_it_is(text):
    for url in (text, f"https://{text}", f"https://hooks.brand.example/{text}"):
        try:
            place = place_of(url)
        except AddressInvalid:
            continue
        assert place.url.isascii()
        assert place.url.isprintable()
        assert " " not in place.url
        assert place_of(place.url) == place
        assert host_of(place.host) == place.host


def test_a_refusal_says_which_field_and_how_to_cure_it():
    with pytest.raises(AddressInvalid, match=r"xn--") as refused:
        place_of("https://127.0.0.1/")
    assert set(refused.value.facts) == {"url"}
    with pytest.raises(AddressInvalid) as refused:
        host_of("127.0.0.1")
    assert set(refused.value.facts) == {"host"}
