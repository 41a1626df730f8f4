"""The identity: did:web of the service's address, and a document with every key that ever signed."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from recruitment.credentials import identity
from recruitment.credentials.errors import AddressUnfit
from tests.credentials import issuer


class TestIdentity:
    @pytest.mark.parametrize(
        ("address", "did", "document"),
        [
            ("https://first-mile.example", "did:web:first-mile.example", "/.well-known/did.json"),
            ("https://first-mile.example/", "did:web:first-mile.example", "/.well-known/did.json"),
            ("https://First-Mile.example:8443", "did:web:first-mile.example%3A8443", "/.well-known/did.json"),
            ("http://localhost:5000", "did:web:localhost%3A5000", "/.well-known/did.json"),
            ("https://a.example/first/mile", "did:web:a.example:first:mile", "/did.json"),
        ],
    )
    def test_it_follows_from_the_address(self, address, did, document):
        assert identity.did_of(address) == did
        assert identity.document_url(address) == address.rstrip("/") + document

    @pytest.mark.parametrize(
        "address",
        [
            "",
            "first-mile.example",
            "http://first-mile.example",
            "ftp://first-mile.example",
            "https://",
            "https://a.example?x=1",
            "https://a.example#x",
            "https://me:secret@a.example",
            "https://a.example:port",
            "https://[::1]",
            "https://fírst-mile.example",
        ],
    )
    def test_an_address_that_others_cannot_look_up_is_refused(self, address):
        with pytest.raises(AddressUnfit, match="https://recruitment.example.org"):
            identity.did_of(address)


class TestDocument:
    def test_a_key_is_named_by_itself(self):
        document = issuer.document()
        (method,) = document["verificationMethod"]
        assert method["id"] == f"{issuer.DID}#{method['publicKeyMultibase']}"
        assert method["controller"] == document["id"] == issuer.DID
        assert document["assertionMethod"] == [method["id"]]

    def test_the_history_stays(self):
        ended, revoked = issuer.MADE + timedelta(days=1), issuer.MADE + timedelta(days=2)
        one, two, three = (issuer.keys(number).public_keys(issuer.MADE) for number in (1, 2, 3))
        keys = [replace(key, ended_at=ended) for key in one] + [replace(key, revoked_at=revoked) for key in two]
        document = issuer.document(*keys, *three)
        methods = {method["publicKeyMultibase"]: method for method in document["verificationMethod"]}
        assert methods[one[0].id]["expires"] == "2026-11-02T00:00:00Z"
        assert methods[two[0].id]["revoked"] == "2026-11-03T00:00:00Z"
        assert not {"expires", "revoked"} & methods[three[0].id].keys()
        assert set(document["assertionMethod"]) == {methods[key.id]["id"] for key in (one[0], three[0])}
        assert {paper["sha256"] for paper in document["paperCertificates"]} == {one[1].id, two[1].id, three[1].id}

    def test_certificates_of_papers_are_pinned_whole(self):
        (told,) = issuer.document()["paperCertificates"]
        certificate = x509.load_der_x509_certificate(base64.b64decode(told["der"]))
        assert certificate == issuer.keys().paper.certificate
        assert told["sha256"] == issuer.keys().paper.id

    def test_it_does_not_depend_on_the_order_of_the_keys(self):
        keys = issuer.history(1, 2, 3)
        assert issuer.document(*keys) == issuer.document(*reversed(keys))
