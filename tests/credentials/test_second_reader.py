"""The verifier and a second implementation, of plain Python alone, say the same of every credential."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from recruitment.credentials.verifier import verify
from tests.credentials import issuer, second_reader
from tests.credentials.issuer import AT
from tests.credentials.mutants import CREDENTIAL, mutants


def second(content: bytes, at=AT) -> bool:
    return second_reader.is_good(content, issuer.document(), issuer.lists(), at)


def test_its_signatures_are_those_of_the_library():
    for number in range(3):
        key = Ed25519PrivateKey.generate()
        message = bytes([number]) * number
        signature = key.sign(message)
        assert second_reader.holds(key.public_key().public_bytes_raw(), message, signature)
        assert not second_reader.holds(key.public_key().public_bytes_raw(), message + b"x", signature)


@pytest.mark.parametrize("days", [-10, 0, 1, 3, 90])
def test_both_agree_on_true_ones_at_any_time(days):
    at = AT + timedelta(days=days)
    for content in (issuer.credential(), issuer.credential(issuer.about_cohort())):
        assert second(content, at) == verify(content, issuer.trust(), at).is_valid == (days in {0, 1})


@pytest.mark.parametrize("places", [{"revocation": issuer.REVOKED_AT}, {"suspension": issuer.SUSPENDED_AT}], ids=str)
def test_both_agree_on_withdrawn_ones(places):
    assert not second(issuer.credential(**places))
    assert not verify(issuer.credential(**places), issuer.trust(), AT).is_valid


@pytest.mark.parametrize("number", [pytest.param(96, id="few"), pytest.param(1600, id="many", marks=pytest.mark.slow)])
def test_both_agree_on_changed_ones(number):
    trust = issuer.trust()
    differing = [
        (way, content)
        for way, content in mutants(issuer.credential(), CREDENTIAL, number, random.Random(11))
        if second(content) != verify(content, trust, AT).is_valid
    ]
    assert differing == []
