"""Proofs inside a JSON document: Data Integrity with the suite eddsa-jcs-2022.

The document and the options of the proof are each spelled by RFC 8785 and hashed by SHA-256; Ed25519 (RFC 8032) signs
the two hashes, options first. Nothing is looked up anywhere: no contexts, no graphs.
Source: W3C, Data Integrity EdDSA Cryptosuites v1.0, section 3.3 (https://www.w3.org/TR/vc-di-eddsa/).
"""

from __future__ import annotations

import hashlib
from datetime import UTC
from typing import TYPE_CHECKING, Any, cast

import base58
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

CRYPTOSUITE = "eddsa-jcs-2022"
_ED25519_PUBLIC = b"\xed\x01"
_SIGNATURE_BYTES = 64


def spell(instant: datetime) -> str:
    """Spell an instant in UTC to the second: ``2026-12-01T00:00:00Z``."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def multikey(public: bytes) -> str:
    """Return the 32 bytes of an Ed25519 public key as a Multikey, which begins with ``z6Mk``."""
    return "z" + base58.b58encode(_ED25519_PUBLIC + public).decode()


def public_bytes(key: str) -> bytes:
    """Return the 32 bytes of a Multikey. Raises ``ValueError`` when it is not one of an Ed25519 key."""
    raw = base58.b58decode(key[1:].encode())
    if not key.startswith("z") or not raw.startswith(_ED25519_PUBLIC) or len(raw) != 34:
        raise ValueError(key)
    return raw[2:]


def hash_data(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    """Return the 64 bytes that are signed: the hash of the proof's options and that of the document without proof."""
    hashes = (hashlib.sha256(rfc8785.dumps(cast("Any", part))).digest() for part in (options, document))
    return b"".join(hashes)


def sign(document: Mapping[str, Any], key: Ed25519PrivateKey, method: str, created: datetime) -> dict[str, Any]:
    """Return the document with a proof by ``key``, which others know as ``method`` (``did#key``)."""
    plain = {name: value for name, value in document.items() if name != "proof"}
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": spell(created),
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    # Section 3.3.1: the options carry the contexts of the document, so that those are signed twice over.
    if "@context" in plain:
        options = {"@context": plain["@context"], **options}
    signature = key.sign(hash_data(plain, options))
    return {**plain, "proof": {**options, "proofValue": "z" + base58.b58encode(signature).decode()}}


def is_signed(document: Mapping[str, Any], public: bytes) -> bool:
    """Say whether the proof of ``document`` is that of the key with these 32 bytes."""
    try:
        plain = dict(document)
        options = dict(plain.pop("proof"))
        value = options.pop("proofValue")
        if options["type"] != "DataIntegrityProof" or options["cryptosuite"] != CRYPTOSUITE:
            return False
        if "@context" in options and options["@context"] != plain.get("@context"):
            return False
        signature = base58.b58decode(value[1:].encode())
        if not value.startswith("z") or len(signature) != _SIGNATURE_BYTES:
            return False
        Ed25519PublicKey.from_public_bytes(public).verify(signature, hash_data(plain, options))
    except (InvalidSignature, ValueError, KeyError, TypeError, AttributeError):
        return False
    return True
