"""Statements: one spelling, no fractions, no characters that mislead; and names that cannot be guessed from them."""

from __future__ import annotations

import copy
import hashlib
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.core import merkle
from recruitment.credentials import statement
from recruitment.credentials.errors import StatementUnfit
from recruitment.credentials.verifier import reading
from tests.credentials import issuer


class TestSpelling:
    def test_it_does_not_depend_on_the_order_of_names(self):
        said = issuer.about_person()
        turned = dict(reversed(list(said.items())))
        assert statement.canonical(said) == statement.canonical(turned)
        assert statement.leaf(said) == merkle.leaf_hash(statement.canonical(said))
        assert statement.digest(said) == hashlib.sha256(statement.canonical(said)).digest()

    def test_it_is_read_back_as_it_was_said(self):
        said = issuer.about_person()
        assert json.loads(statement.canonical(said)) == said
        assert reading.read_json(statement.canonical(said)) == said

    @pytest.mark.parametrize(
        ("value", "sentence"),
        [
            (1.0, "has no one spelling"),
            (True, "has no one spelling"),
            (2**53, "has no one spelling"),
            (b"bytes", "has no one spelling"),
            ({1: "x"}, "is not text"),
            ("e\u0301", "not in NFC"),
            ("a\u202eb", "mislead"),
            ("a\nb", "mislead"),
            ("\ud800", "mislead"),
            (["ok", {"deep": "\u2066"}], r"scope.agency\[1\].deep"),
        ],
    )
    def test_what_has_no_one_spelling_is_refused_with_its_place(self, value, sentence):
        said = copy.deepcopy(issuer.about_person())
        said["scope"]["agency"] = value
        with pytest.raises(StatementUnfit, match=sentence):
            statement.canonical(said)

    @given(st.text())
    def test_a_plain_name_can_always_be_said(self, name):
        plain = statement.plain(name)
        assert reading.is_plain(plain)
        assert statement.plain(plain) == plain
        assert statement.canonical({"name": plain})

    @pytest.mark.parametrize("name", ["ក្រុម\u200bហ៊ុន", "क्\u200dष", "ศรี", "Überseas", "မြန်မာ", "ລາວ"])
    def test_names_in_the_scripts_of_the_workers_stay_as_they_are(self, name):
        assert statement.plain(name) == unicodedata.normalize("NFC", name)


class TestCredential:
    def test_cover_and_statement_agree(self):
        said = issuer.about_person()
        made = issuer.unsigned(said)
        assert made["type"] == ["VerifiableCredential", "DebtFreeRecruitmentCertificate"]
        assert made["issuer"] == said["issuer"]
        assert (made["validFrom"], made["validUntil"]) == (said["valid_from"], said["valid_until"])
        assert [entry["statusPurpose"] for entry in made["credentialStatus"]] == ["revocation", "suspension"]
        assert made["credentialSubject"] == {"type": "DebtFreeRecruitment", "statement": said}

    def test_it_has_no_name_of_a_person(self):
        assert issuer.NAME not in issuer.credential().decode()


class TestCommitment:
    def test_it_is_the_hash_of_name_and_salt(self):
        content = json.dumps({"name": issuer.NAME, "salt": issuer.SALT}, ensure_ascii=False, separators=(",", ":"))
        assert statement.commitment(issuer.NAME, issuer.SALT) == hashlib.sha256(content.encode()).hexdigest()

    def test_salts_and_nonces_are_long_and_new(self):
        assert len({statement.new_salt() for _ in range(100)} | {statement.new_nonce() for _ in range(100)}) == 200
        assert len(statement.new_salt()) == 64
        assert len(statement.new_nonce()) == 32
