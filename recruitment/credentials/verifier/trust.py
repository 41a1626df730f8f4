"""What a checker trusts: the issuer's identity document, the status lists, and perhaps a head of the log."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .reading import BUNDLE_BYTES_MAX, Refused, canonical, instant, object_with, read_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

_PROOF = frozenset({"@context", "type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"})


class TrustUnreadable(ValueError):
    """The bundle is not one, so nothing can be checked against it."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the issuer: the 32 bytes of an Ed25519 key, or the DER bytes of a certificate, and its times."""

    public: bytes
    made_at: datetime
    ended_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Trust:
    """A bundle that was read. Make one with ``Trust.read`` or ``Trust.of``."""

    issuer: str
    keys: Mapping[str, Key]
    """Keys of credentials by how a proof names them: ``did#key``."""
    papers: Mapping[str, Key]
    """Certificates that sign papers, by their SHA-256 in hexadecimal."""
    lists: Mapping[str, Sequence[Mapping[str, Any]]]
    """Status lists by their address, as they came: each is checked when it is used, and the newest counts."""
    head: Mapping[str, Any] | None
    fetched_at: datetime
    checked: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What was found out about lists already, so that thousands of certificates do not unpack the same one."""

    @classmethod
    def read(cls, content: bytes) -> Trust:
        """Read a bundle file. Raises ``TrustUnreadable``."""
        try:
            bundle = object_with(
                read_json(content, BUNDLE_BYTES_MAX), frozenset({"did", "status", "head", "fetched_at"})
            )
            fetched_at = instant(bundle["fetched_at"])
        except Refused as refused:
            raise TrustUnreadable(
                f"This is not a bundle ({refused.reason}). Fetch one from the issuer's address."
            ) from None
        return cls.of(bundle["did"], bundle["status"], bundle["head"], fetched_at)

    @classmethod
    def of(
        cls,
        document: Mapping[str, Any],
        lists: Iterable[Mapping[str, Any]],
        head: Mapping[str, Any] | None,
        fetched_at: datetime,
    ) -> Trust:
        """Return the trust in an identity document with these signed lists. Raises ``TrustUnreadable``."""
        try:
            issuer = document["id"]
            keys = {method["id"]: _proof_key(method, issuer) for method in document["verificationMethod"]}
            # A key that is there for something else signs no certificates. One that was revoked is kept, to say so.
            asserting = document["assertionMethod"]
            believed = {name: key for name, key in keys.items() if name in asserting or key.revoked_at is not None}
            papers = {paper["sha256"]: _paper_key(paper) for paper in document.get("paperCertificates", [])}
            if (
                not isinstance(issuer, str)
                or not isinstance(asserting, list)
                or len(keys) != len(document["verificationMethod"])
            ):
                raise Refused("malformed")
            by_address: dict[str, list[Mapping[str, Any]]] = {}
            for each in lists:
                by_address.setdefault(each["id"], []).append(each)
            return cls(issuer, believed, papers, by_address, head, fetched_at)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise TrustUnreadable(
                "The identity document or a status list of this bundle lacks a part. Fetch it again from the issuer."
            ) from None


def _proof_key(method: Mapping[str, Any], issuer: str) -> Key:
    raw = base58.b58decode(method["publicKeyMultibase"][1:].encode())
    is_ours = method["type"] == "Multikey" and method["controller"] == issuer and method["id"].startswith(f"{issuer}#")
    if not is_ours or method["publicKeyMultibase"][0] != "z" or raw[:2] != b"\xed\x01" or len(raw) != 34:
        raise Refused("malformed")
    return _with_times(raw[2:], method)


def _paper_key(paper: Mapping[str, Any]) -> Key:
    certificate = base64.b64decode(paper["der"], validate=True)
    if hashlib.sha256(certificate).hexdigest() != paper["sha256"]:
        raise Refused("malformed")
    return _with_times(certificate, paper)


def _with_times(public: bytes, told: Mapping[str, Any]) -> Key:
    ended, revoked = (instant(told[name]) if name in told else None for name in ("expires", "revoked"))
    return Key(public, instant(told["created"]), ended, revoked)


def checked_proof(document: Mapping[str, Any], trust: Trust, tolerance: timedelta) -> datetime:
    """Return when ``document`` was signed, if one of the issuer's keys did sign it. Raises ``Refused``.

    The proof must have exactly the parts of eddsa-jcs-2022, name the issuer's key, and be dated in the time of that key.
    """
    unsigned = dict(document)
    parts = _PROOF if "@context" in document else _PROOF - {"@context"}
    options = dict(object_with(unsigned.pop("proof", None), parts))
    value = options.pop("proofValue")
    fixed = (options["type"], options["cryptosuite"], options["proofPurpose"])
    if fixed != ("DataIntegrityProof", "eddsa-jcs-2022", "assertionMethod"):
        raise Refused("wrong_algorithm")
    method, created = options["verificationMethod"], instant(options["created"])
    if not isinstance(method, str) or not method.startswith(f"{trust.issuer}#"):
        raise Refused("wrong_issuer")
    key = trust.keys.get(method)
    if key is None:
        raise Refused("key_unknown")
    if options.get("@context") != unsigned.get("@context"):
        raise Refused("signature_wrong")
    message = hashlib.sha256(canonical(options)).digest() + hashlib.sha256(canonical(unsigned)).digest()
    try:
        if not isinstance(value, str) or len(value) > 100 or not value.startswith("z"):
            raise Refused("signature_wrong")
        signature = base58.b58decode(value[1:].encode())
        if base58.b58encode(signature).decode() != value[1:]:
            raise Refused("signature_wrong")
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise Refused("signature_wrong") from None
    _refuse_time(key, created, tolerance)
    return created


def _refuse_time(key: Key, created: datetime, tolerance: timedelta) -> None:
    if key.revoked_at is not None:
        # Whoever stole a key can write any date beside their signature, so what looks older cannot be told either.
        raise Refused("key_revoked" if created >= key.revoked_at else "key_revoked_since")
    if created < key.made_at - tolerance:
        raise Refused("key_not_made")
    if key.ended_at is not None and created > key.ended_at + tolerance:
        raise Refused("key_expired")
