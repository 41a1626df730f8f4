"""Proofs against what was published: the vectors of the W3C, RFC 8032 and RFC 8785."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime

import base58
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from recruitment.credentials.proofs import hash_data, is_signed, multikey, public_bytes, sign, spell

# W3C, Data Integrity EdDSA Cryptosuites v1.0, TestVectors/eddsa-jcs-2022/signedJCS.json, sigHexJCS.txt, and
# TestVectors/keyPair.json of its repository (w3c/vc-di-eddsa).
PUBLIC_KEY = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
PRIVATE_KEY = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"]
METHOD = f"https://vc.example/issuers/5678#{PUBLIC_KEY}"
SIGNED = {
    "@context": CONTEXTS,
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
    "proof": {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": "2023-02-24T23:36:38Z",
        "verificationMethod": METHOD,
        "proofPurpose": "assertionMethod",
        "@context": CONTEXTS,
        "proofValue": "z63t83Y53KfzJ5ZosfKTnqfMcKB2dmTrfjSaQjeNNjAD5srBowQfmWqeRb8rRjmeEuCBEsddF9LsVogtuTsijJKh4",
    },
}
SIGNATURE = (
    "fc91dec6565f35fbe185a77352e7fc512f95d1904da305cfef32ab8135469301"
    "f5a72d4e7a58368fc6ffc497b44633993bac054e3bc1436e3c846db8f1544503"
)
DOCUMENT_HASH = "59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19"  # docHashJCS.txt


def private_key() -> Ed25519PrivateKey:
    raw = base58.b58decode(PRIVATE_KEY[1:])
    assert raw[:2] == b"\x80\x26"
    return Ed25519PrivateKey.from_private_bytes(raw[2:])


class TestW3C:
    def test_the_published_proof_holds(self):
        assert is_signed(SIGNED, public_bytes(PUBLIC_KEY))

    def test_we_make_the_same_proof(self):
        unsigned = {name: value for name, value in SIGNED.items() if name != "proof"}
        made = sign(unsigned, private_key(), METHOD, datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC))
        assert made == SIGNED
        assert base58.b58decode(made["proof"]["proofValue"][1:]).hex() == SIGNATURE

    def test_the_hash_of_the_document_is_the_second_half(self):
        unsigned = {name: value for name, value in SIGNED.items() if name != "proof"}
        assert hash_data(unsigned, {})[32:].hex() == DOCUMENT_HASH

    def test_the_keys_belong_together(self):
        public = private_key().public_key().public_bytes_raw()
        assert multikey(public) == PUBLIC_KEY
        assert public_bytes(PUBLIC_KEY) == public

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("type", "Ed25519Signature2020"),
            ("cryptosuite", "eddsa-rdfc-2022"),
            ("cryptosuite", "ecdsa-jcs-2019"),
            ("created", "2023-02-24T23:36:39Z"),
            ("verificationMethod", METHOD + "x"),
            ("proofPurpose", "authentication"),
            ("@context", CONTEXTS[:1]),
            ("proofValue", ""),
            ("proofValue", "z"),
            ("proofValue", None),
            ("proofValue", "u63t83Y53Kfz"),
            ("domain", "example.org"),
        ],
    )
    def test_no_part_of_it_can_be_changed(self, name, value):
        changed = copy.deepcopy(SIGNED)
        changed["proof"][name] = value
        assert not is_signed(changed, public_bytes(PUBLIC_KEY))

    def test_without_a_proof_nothing_is_signed(self):
        unsigned = {name: value for name, value in SIGNED.items() if name != "proof"}
        assert not is_signed(unsigned, public_bytes(PUBLIC_KEY))


class TestRfc8032:
    def test_the_first_vector(self):
        # Section 7.1, test 1.
        key = Ed25519PrivateKey.from_private_bytes(
            bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
        )
        public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        signature = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        assert key.public_key().public_bytes_raw().hex() == public
        assert key.sign(b"").hex() == signature


class TestRfc8785:
    def test_the_sample_of_section_3_2_2(self):
        given = (
            r'{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],'
            r'"string": "\u20ac$\u000F\u000aA\u0027\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}'
        )
        spelled = (
            r'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
            '"string":"€$' + r"\u000f\nA'B\"\\\\\"/" + '"}'
        )
        assert rfc8785.dumps(json.loads(given)).decode() == spelled

    def test_names_are_sorted_by_their_utf_16(self):
        # Section 3.2.3.
        names = ["€", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "ö"]
        spelled = rfc8785.dumps(dict.fromkeys(names, 0))
        assert list(json.loads(spelled)) == ["\r", "1", "\u0080", "ö", "€", "\U0001f600", "\ufb33"]


class TestMultikey:
    @given(st.binary(min_size=32, max_size=32))
    def test_it_is_read_as_it_was_written(self, public):
        assert public_bytes(multikey(public)) == public

    @pytest.mark.parametrize("text", ["", "z", "u6Mk", "z6Mk", PUBLIC_KEY + "1", PRIVATE_KEY, "z0OIl"])
    def test_what_is_none_is_told(self, text):
        with pytest.raises(ValueError):
            public_bytes(text)


def test_instants_are_spelled_in_utc():
    assert spell(datetime.fromisoformat("2026-12-01T05:45:00.999+05:45")) == "2026-12-01T00:00:00Z"
