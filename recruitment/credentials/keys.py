"""The keys that sign: Ed25519 for credentials, EC P-256 with a certificate for papers.

The private halves lie in a file outside the database, so whoever copies the database cannot sign. The file has the
newest ones only: what an older one signed is checked with its public half, which stays in the database for ever, and
an old private half that is gone cannot be stolen.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs12
from cryptography.x509.oid import NameOID

from recruitment.credentials.errors import KeyMissing, KeyUnusable
from recruitment.credentials.proofs import multikey

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from pathlib import Path

Kind = Literal["proof", "paper"]
KINDS: tuple[Kind, ...] = ("proof", "paper")
_RSA_BITS_MIN = 2048
_PAPER_YEARS = 20
"""Papers run out after months, and the key is pinned by its hash; the certificate's own end only must not come first."""

_NAME_MAX = 64
_ABOUT = "First Mile keys for certificates. Whoever has this file can sign as you. Keep it apart from the database."


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of a key, as the history keeps it.

    ``proof``: ``public`` is the 32 bytes, ``id`` their Multikey. ``paper``: ``public`` is the certificate in DER, ``id``
    its SHA-256 in hexadecimal. ``ended_at``: replaced in good order; what it signed before stays good. ``revoked_at``:
    lost or stolen; what it signed is not believed any more.
    """

    id: str
    kind: Kind
    public: bytes
    made_at: datetime
    ended_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PaperKey:
    """A key that signs papers, its certificate, and those above it, if there are any."""

    private: EllipticCurvePrivateKey | RSAPrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def der(self) -> bytes:
        """The certificate in DER."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def id(self) -> str:
        """The SHA-256 of the certificate, in hexadecimal."""
        return hashlib.sha256(self.der).hexdigest()

    def public_key(self, made_at: datetime) -> PublicKey:
        """Return the public half for the history."""
        return PublicKey(self.id, "paper", self.der, made_at)


@dataclass(frozen=True, slots=True)
class IssuingKeys:
    """The two keys that sign now."""

    proof: Ed25519PrivateKey
    paper: PaperKey

    @property
    def proof_id(self) -> str:
        """The Multikey of the key of credentials: what follows ``#`` in the name that others know it by."""
        return multikey(self.proof.public_key().public_bytes_raw())

    def public_keys(self, made_at: datetime) -> tuple[PublicKey, PublicKey]:
        """Return both public halves for the history: the one of credentials, the one of papers."""
        public = self.proof.public_key().public_bytes_raw()
        return PublicKey(self.proof_id, "proof", public, made_at), self.paper.public_key(made_at)


class IssuingKeyFile:
    """The file with the private halves."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Say whether there is a key file."""
        return self.path.exists()

    def newest(self) -> IssuingKeys:
        """Return the keys that sign now. Raises ``KeyMissing`` and ``KeyUnusable``."""
        try:
            content = json.loads(self.path.read_text())
        except FileNotFoundError:
            raise KeyMissing(
                f"The file {self.path} with the keys that sign certificates is missing, so nothing can be signed. "
                "Put it back from where you keep it, or make new keys; certificates signed before stay good."
            ) from None
        except (ValueError, OSError) as error:
            raise KeyUnusable(
                f"The file {self.path} with the keys that sign certificates cannot be read "
                f"({type(error).__name__}). Put it back from where you keep it."
            ) from None
        try:
            proof = Ed25519PrivateKey.from_private_bytes(base64.b64decode(content["proof"]["private"], validate=True))
            return IssuingKeys(proof, _from_pkcs12(base64.b64decode(content["paper"]["pkcs12"], validate=True), b""))
        except (ValueError, KeyError, TypeError):
            raise KeyUnusable(
                f"The file {self.path} does not hold the keys that sign certificates. Put it back from where you keep it."
            ) from None

    def make(self, name: str, at: datetime, kinds: Collection[Kind] = KINDS) -> list[PublicKey]:
        """Make new keys of these kinds beside the old ones and return their public halves; the others are kept.

        ``name`` is the organisation that the certificate of papers names. They sign nothing before ``adopt``, so that
        the public halves can be written into the history first. Raises ``KeyMissing`` when one is to be kept and there
        is none.
        """
        now = None if set(kinds) >= set(KINDS) else self.newest()
        proof = Ed25519PrivateKey.generate() if now is None or "proof" in kinds else now.proof
        paper = _new_paper_key(name, at) if now is None or "paper" in kinds else now.paper
        made = IssuingKeys(proof, paper)
        content = {
            "about": _ABOUT,
            "proof": {"id": made.proof_id, "private": base64.b64encode(proof.private_bytes_raw()).decode()},
            "paper": {"id": paper.id, "pkcs12": base64.b64encode(_pkcs12(paper)).decode()},
        }
        _write_privately(self._fresh, json.dumps(content, indent=2) + "\n")
        return [key for key in made.public_keys(at) if key.kind in kinds]

    def adopt(self, known: Collection[str] | None = None) -> bool:
        """Let the keys that ``make`` made take the place of the old ones, and say whether they did.

        With ``known`` only when the history has both: so what was made and never written there never signs.
        """
        try:
            content = json.loads(self._fresh.read_text())
            ids = {content[kind]["id"] for kind in KINDS}
        except FileNotFoundError:
            return False
        except (ValueError, KeyError, TypeError):
            # Half a file: the machine stopped while it was written, and no history knows its keys.
            return False
        if known is not None and not ids <= set(known):
            return False
        self._fresh.replace(self.path)
        return True

    @property
    def _fresh(self) -> Path:
        return self.path.with_name(self.path.name + ".new")


def load_paper_key(path: Path, password: str) -> PaperKey:
    """Return an organisation's own key and certificate from a PKCS#12 file, to sign papers in place of one of ours.

    A reader of PDF shows such a signature as known when it trusts who made the certificate. Raises ``KeyMissing`` and
    ``KeyUnusable``.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise KeyMissing(
            f"The certificate {path} that should sign papers is not there. Put it back, or leave it out."
        ) from None
    except OSError as error:
        raise KeyUnusable(f"The certificate {path} cannot be read: {error.strerror}.") from None
    try:
        return _from_pkcs12(content, password.encode())
    except (ValueError, TypeError):
        raise KeyUnusable(
            f"The file {path} cannot be used to sign papers. It must be a PKCS#12 file (.p12, .pfx), opened by its "
            f"password, with an EC key on the curve P-256 or an RSA key of at least {_RSA_BITS_MIN} bits and its certificate."
        ) from None


def _from_pkcs12(content: bytes, password: bytes) -> PaperKey:
    private, certificate, above = pkcs12.load_key_and_certificates(content, password or None)
    is_ec = isinstance(private, EllipticCurvePrivateKey) and isinstance(private.curve, SECP256R1)
    is_rsa = isinstance(private, RSAPrivateKey) and private.key_size >= _RSA_BITS_MIN
    if certificate is None or not (is_ec or is_rsa):
        raise ValueError
    key = cast("EllipticCurvePrivateKey | RSAPrivateKey", private)
    if certificate.public_key() != key.public_key():
        raise ValueError
    return PaperKey(key, certificate, tuple(above))


def _pkcs12(key: PaperKey) -> bytes:
    return pkcs12.serialize_key_and_certificates(
        b"paper", key.private, key.certificate, list(key.chain) or None, NoEncryption()
    )


def _new_paper_key(name: str, at: datetime) -> PaperKey:
    private = generate_private_key(SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name.strip()[:_NAME_MAX] or "First Mile")])
    usage: dict[str, Any] = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only"), False
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=366 * _PAPER_YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, content_commitment=True, decipher_only=False, **usage), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, SHA256())
    )
    return PaperKey(private, certificate)


def _write_privately(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(path.name + ".half")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
