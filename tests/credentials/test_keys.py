"""The file of the keys: for its owner's eyes, replaced whole, and a calm sentence when something is missing."""

from __future__ import annotations

import json
import os
import stat
from datetime import timedelta
from itertools import count

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from recruitment.credentials.errors import KeyMissing, KeyUnusable
from recruitment.credentials.keys import IssuingKeyFile, load_paper_key
from tests.credentials.issuer import MADE, own_pkcs12


@pytest.fixture
def file(tmp_path):
    return IssuingKeyFile(tmp_path / "keys" / "certificates.json")


class TestFile:
    def test_new_keys_sign_only_after_they_are_adopted(self, file):
        made = file.make("First Mile", MADE)
        assert [key.kind for key in made] == ["proof", "paper"]
        assert not file.exists()
        with pytest.raises(KeyMissing):
            file.newest()
        assert file.adopt({key.id for key in made})
        assert list(file.newest().public_keys(MADE)) == made
        assert not file.adopt()

    def test_only_its_owner_may_read_it(self, file):
        before = os.umask(0)
        try:
            file.make("First Mile", MADE)
            file.adopt()
        finally:
            os.umask(before)
        assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
        assert [path.name for path in file.path.parent.iterdir()] == ["certificates.json"]

    def test_keys_that_the_history_does_not_know_never_sign(self, file):
        first = file.make("First Mile", MADE)
        file.adopt()
        second = file.make("First Mile", MADE)
        assert not file.adopt({key.id for key in first})
        assert not file.adopt({second[0].id})
        assert list(file.newest().public_keys(MADE)) == first
        assert file.adopt({key.id for key in (*first, *second)})
        assert list(file.newest().public_keys(MADE)) == second

    @pytest.mark.parametrize("kind", ["proof", "paper"])
    def test_one_of_them_can_be_replaced(self, file, kind):
        first = {key.kind: key for key in file.make("First Mile", MADE)}
        file.adopt()
        (made,) = file.make("First Mile", MADE, kinds=(kind,))
        file.adopt()
        now = {key.kind: key for key in file.newest().public_keys(MADE)}
        assert now == {**first, kind: made}
        assert made != first[kind]

    def test_one_of_them_cannot_be_made_beside_nothing(self, file):
        with pytest.raises(KeyMissing):
            file.make("First Mile", MADE, kinds=("paper",))

    def test_half_a_file_is_never_adopted(self, file):
        file.make("First Mile", MADE)
        fresh = file.path.with_name(file.path.name + ".new")
        fresh.write_text(fresh.read_text()[:80])
        assert not file.adopt()

    def test_a_missing_file_says_what_to_do(self, file):
        with pytest.raises(KeyMissing, match=r"nothing can be signed. Put it back from where you keep it, or make new"):
            file.newest()

    @pytest.mark.parametrize(
        "change",
        [
            lambda text: "",
            lambda text: "[]",
            lambda text: text.replace('"proof"', '"prove"'),
            lambda text: text.replace('"pkcs12": "', '"pkcs12": "AAAA'),
            lambda text: text.replace('"private": "', '"private": "AAAA'),
        ],
        ids=count(),
    )
    def test_a_file_that_holds_no_keys_is_told(self, file, change):
        file.make("First Mile", MADE)
        file.adopt()
        file.path.write_text(change(file.path.read_text()))
        with pytest.raises(KeyUnusable, match="Put it back from where you keep it"):
            file.newest()

    def test_it_says_what_it_is(self, file):
        file.make("First Mile", MADE)
        file.adopt()
        assert "Keep it apart from the database" in json.loads(file.path.read_text())["about"]

    def test_the_certificate_is_for_signing_alone(self, file):
        file.make("A name that is far longer than the sixty-four characters of a common name", MADE)
        file.adopt()
        certificate = file.newest().paper.certificate
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        assert usage.digital_signature
        assert usage.content_commitment
        assert not usage.key_cert_sign
        assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        assert certificate.not_valid_after_utc - MADE > timedelta(days=365 * 20)


class TestOwnCertificate:
    @pytest.mark.parametrize(
        "make",
        [lambda: ec.generate_private_key(ec.SECP256R1()), lambda: rsa.generate_private_key(65537, 2048)],
        ids=count(),
    )
    def test_one_of_a_kind_that_we_can_use_is_loaded(self, tmp_path, make):
        path = tmp_path / "own.p12"
        path.write_bytes(own_pkcs12(make()))
        key = load_paper_key(path, "open sesame")
        assert key.public_key(MADE).public == key.der
        assert len(key.id) == 64

    @pytest.mark.parametrize(
        ("content", "password"),
        [
            (b"", ""),
            (b"not a file of keys", "x"),
            (own_pkcs12(ec.generate_private_key(ec.SECP256R1())), "wrong"),
            (own_pkcs12(ec.generate_private_key(ec.SECP384R1())), "open sesame"),
            (own_pkcs12(rsa.generate_private_key(65537, 1024)), "open sesame"),
        ],
    )
    def test_another_is_refused_with_what_is_wanted(self, tmp_path, content, password):
        path = tmp_path / "own.p12"
        path.write_bytes(content)
        with pytest.raises(KeyUnusable, match="an EC key on the curve P-256 or an RSA key of at least 2048 bits"):
            load_paper_key(path, password)

    def test_one_that_is_not_there_is_told(self, tmp_path):
        with pytest.raises(KeyMissing, match="is not there. Put it back, or leave it out"):
            load_paper_key(tmp_path / "own.p12", "")
