"""Who signs: a did:web identity, its document, and in it every key that ever signed.

Whoever keeps one copy of this document can check all certificates without asking anybody: the keys of credentials as
Multikeys, and the certificates that sign papers. A key that is no longer used says until when (``expires``), one that
was lost or stolen since when (``revoked``).
Sources: the did:web method (https://w3c-ccg.github.io/did-method-web/); W3C, Controlled Identifiers v1.0, section 2.2.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from recruitment.credentials.errors import AddressUnfit
from recruitment.credentials.proofs import multikey, spell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recruitment.credentials.keys import PublicKey

_CONTEXTS = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1")
PAPER_KEYS = "paperCertificates"
"""Our own property of the document: the X.509 certificates that sign papers."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1"})


def did_of(base_url: str) -> str:
    """Return the did:web identity of a service at this address. Raises ``AddressUnfit``."""
    host, path = _parts(base_url)
    return ":".join(("did:web", quote(host, safe=".-"), *(quote(part, safe=".-_") for part in path)))


def document_url(base_url: str) -> str:
    """Return where others look for the document of the identity. Raises ``AddressUnfit``."""
    _, path = _parts(base_url)
    return base_url.rstrip("/") + ("/did.json" if path else "/.well-known/did.json")


def _parts(base_url: str) -> tuple[str, list[str]]:
    sentence = (
        f"{base_url!r} cannot be the address that certificates are checked at. Set the public address of the service "
        "to one such as https://recruitment.example.org"
    )
    try:
        parts = urlsplit(base_url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise AddressUnfit(sentence) from None
    # The identity leaves the scheme out and always means https; at the own machine http is let through for trying out.
    is_served = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    is_plain = host.isascii() and not (parts.query or parts.fragment or parts.username or parts.password)
    if not host or ":" in host or not is_served or not is_plain:
        raise AddressUnfit(sentence)
    path = [part for part in parts.path.split("/") if part]
    return (host if port is None else f"{host}:{port}"), path


def method_of(did: str, key_id: str) -> str:
    """Return how others name a key: ``did#key``."""
    return f"{did}#{key_id}"


def did_document(base_url: str, keys: Iterable[PublicKey]) -> dict[str, Any]:
    """Return the document of the identity over the whole history of its keys, oldest first."""
    did = did_of(base_url)
    ordered = sorted(keys, key=lambda key: (key.made_at, key.kind, key.id))
    methods = [_method(did, key) for key in ordered if key.kind == "proof"]
    # A key that ended stays: what it signed in its time is checked with it. Only one that got lost is taken out of use.
    return {
        "@context": list(_CONTEXTS),
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods if "revoked" not in method],
        PAPER_KEYS: [_paper(key) for key in ordered if key.kind == "paper"],
    }


def _method(did: str, key: PublicKey) -> dict[str, Any]:
    return {
        "id": method_of(did, key.id),
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": multikey(key.public),
        **_times(key),
    }


def _paper(key: PublicKey) -> dict[str, Any]:
    # In one line: a bundle has no text with line ends. `openssl x509 -inform DER` reads it after base64.
    certificate = base64.b64encode(key.public).decode()
    return {"type": "X509Certificate", "sha256": key.id, "der": certificate, **_times(key)}


def _times(key: PublicKey) -> dict[str, str]:
    times = {"created": spell(key.made_at)}
    if key.ended_at is not None:
        times["expires"] = spell(key.ended_at)
    if key.revoked_at is not None:
        times["revoked"] = spell(key.revoked_at)
    return times
