"""Attacks: thousands of changed certificates, of which none that says something else is ever accepted."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import pytest

from recruitment.credentials import proofs, statement
from recruitment.credentials.verifier import NOT_VALID, VALID, credentials, papers, reading, verify
from recruitment.credentials.verifier import trust as trusting
from tests.credentials import issuer
from tests.credentials.issuer import AT
from tests.credentials.mutants import CREDENTIAL, PAPER, mutants

FEW, MANY = pytest.param(320, id="few"), pytest.param(10_000, id="many", marks=pytest.mark.slow)


def accepted(content: bytes, ways, number: int, seed: int, at=AT) -> tuple[list[str], dict[str, int]]:
    """Return the ways by which something else was accepted, and how often each word was said."""
    said = statement.canonical(issuer.about_person())
    words: dict[str, int] = {}
    trust, fooled = issuer.trust(), []
    for way, changed in mutants(content, ways, number, random.Random(seed)):
        verdict = verify(changed, trust, at)
        words[verdict.word] = words.get(verdict.word, 0) + 1
        if verdict.is_valid and verdict.canonical != said:
            fooled.append(way)
    return fooled, words


class NoKey:
    """A key that believes everything."""

    @classmethod
    def from_public_bytes(cls, _public):
        return cls()

    def verify(self, *_):
        pass


class TestCredential:
    @pytest.mark.parametrize("number", [FEW, MANY])
    def test_none_that_says_something_else_is_accepted(self, number):
        fooled, words = accepted(issuer.credential(), CREDENTIAL, number, seed=20261201)
        assert fooled == []
        # Most are known to be false; what is left is the same certificate in another spelling.
        assert words[NOT_VALID] > 0.75 * number
        assert 0 < words[VALID] < 0.25 * number

    def test_with_a_stale_list_none_is_accepted_at_all(self):
        fooled, words = accepted(issuer.credential(), CREDENTIAL, 160, seed=1, at=AT + timedelta(days=10))
        assert fooled == []
        assert VALID not in words

    def test_whatever_is_accepted_the_second_implementation_accepts_too(self):
        public, trust = issuer.keys().proof.public_key().public_bytes_raw(), issuer.trust()
        for _, changed in mutants(issuer.credential(), CREDENTIAL, 320, random.Random(7)):
            if verify(changed, trust, AT).is_valid:
                assert proofs.is_signed(json.loads(changed), public)

    def test_a_verifier_that_does_not_check_the_signature_is_caught(self, monkeypatch):
        monkeypatch.setattr(trusting, "Ed25519PublicKey", NoKey)
        fooled, _ = accepted(issuer.credential(), CREDENTIAL, 160, seed=20261201)
        assert fooled

    def test_a_verifier_that_reads_a_name_twice_is_caught(self, monkeypatch):
        # What it takes for the certificate then depends on the programme: another one reads the other value.
        monkeypatch.setattr(reading, "_object", dict)
        found = [
            changed
            for way, changed in mutants(issuer.credential(), CREDENTIAL, 320, random.Random(3))
            if way == "name_twice" and verify(changed, issuer.trust(), AT).is_valid
        ]
        assert found

    def test_a_verifier_that_does_not_compare_the_cover_is_caught(self, monkeypatch):
        cover = issuer.unsigned(issuer.about_person())
        cover["validUntil"] = "2030-01-01T00:00:00Z"
        content, later = issuer.spell(issuer.sign(cover)), AT + timedelta(days=200)
        lists = [issuer.status_list(purpose, (), later) for purpose in ("revocation", "suspension")]
        assert verify(content, issuer.trust(lists), later).reason == "disagreement"
        monkeypatch.setattr(credentials, "_AGREEING", ())
        assert verify(content, issuer.trust(lists), later).is_valid


class TestPaper:
    @pytest.mark.parametrize(
        "number", [pytest.param(240, id="few"), pytest.param(1000, id="many", marks=pytest.mark.slow)]
    )
    def test_none_that_says_something_else_is_accepted(self, number):
        content = issuer.paper(others=issuer.subject_file())
        fooled, words = accepted(content, PAPER, number, seed=20261201)
        assert fooled == []
        # A paper that was changed is never called false: the certificate may be good, and the code tells.
        assert words.get(NOT_VALID, 0) == 0
        assert words.get(VALID, 0) < 0.1 * number

    def test_a_verifier_that_opens_papers_before_it_knows_whose_they_are_is_caught(self, monkeypatch):
        monkeypatch.setattr(papers, "_refuse_unsigned", lambda content, trust: None)
        fooled, _ = accepted(issuer.paper(), PAPER, 48, seed=20261201)
        assert "sign_again" in fooled

    def test_a_verifier_that_does_not_pin_the_certificate_is_caught(self, monkeypatch):
        trust = issuer.trust()
        stranger = issuer.keys(9).paper
        trust.papers[stranger.id] = trusting.Key(stranger.der, issuer.MADE, None, None)
        monkeypatch.setattr(issuer, "trust", lambda: trust)
        fooled, _ = accepted(issuer.paper(), PAPER, 48, seed=20261201)
        assert "sign_again" in fooled
