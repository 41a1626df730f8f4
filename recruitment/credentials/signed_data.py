"""The container of a paper's signature: CMS SignedData with the attributes of PAdES, in DER.

All but the digest and the signature is the same for every paper, so it is spelled once for each key. (The library's own
builder spells it anew each time, which takes longer than all the rest of a paper.)
Sources: RFC 5652, section 5 (SignedData); RFC 5035, section 3 (SigningCertificateV2); ETSI EN 319 122-1, section 5.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from asn1crypto import core
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

if TYPE_CHECKING:
    from recruitment.credentials.keys import PaperKey

_SEQUENCE, _SET, _OCTETS, _TAG_0 = 0x30, 0x31, 0x04, 0xA0


def _element(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes((tag, len(content))) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _oid(dotted: str) -> bytes:
    return bytes(core.ObjectIdentifier(dotted).dump())


def _whole_number(value: int) -> bytes:
    return bytes(core.Integer(value).dump())


_NULL = b"\x05\x00"
_DATA = _oid("1.2.840.113549.1.7.1")
_SIGNED_DATA = _oid("1.2.840.113549.1.7.2")
_CONTENT_TYPE = _oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = _oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE_V2 = _oid("1.2.840.113549.1.9.16.2.47")
_SHA256 = _element(_SEQUENCE, _oid("2.16.840.1.101.3.4.2.1"))
_ECDSA_SHA256 = _element(_SEQUENCE, _oid("1.2.840.10045.4.3.2"))
_RSA_SHA256 = _element(_SEQUENCE, _oid("1.2.840.113549.1.1.11"), _NULL)
_EC_SIGNATURE_BYTES_MAX = 72


class SignatureContainer:
    """Makes the containers of one key."""

    def __init__(self, key: PaperKey) -> None:
        self._private = key.private
        certificate = key.certificate
        # The attributes are a set, and DER wants its members in the order of their bytes.
        self._fixed_attributes = (
            _element(_SEQUENCE, _CONTENT_TYPE, _element(_SET, _DATA)),
            _element(_SEQUENCE, _SIGNING_CERTIFICATE_V2, _element(_SET, _named(key.der))),
        )
        self._certificates = _element(
            _TAG_0, *sorted(each.public_bytes(Encoding.DER) for each in {certificate, *key.chain})
        )
        self._signer = _element(_SEQUENCE, certificate.issuer.public_bytes(), _whole_number(certificate.serial_number))
        self._algorithm = _ECDSA_SHA256 if isinstance(key.private, EllipticCurvePrivateKey) else _RSA_SHA256

    def size_max(self) -> int:
        """Return the most bytes that a container of this key takes."""
        is_ec = isinstance(self._private, EllipticCurvePrivateKey)
        longest = _EC_SIGNATURE_BYTES_MAX if is_ec else (self._private.key_size + 7) // 8
        return len(self._spell(self._attributes(bytes(32)), bytes(longest)))

    def sign(self, digest: bytes) -> bytes:
        """Return the container for a file with this SHA-256."""
        attributes = self._attributes(digest)
        message = _element(_SET, attributes)
        if isinstance(self._private, EllipticCurvePrivateKey):
            return self._spell(attributes, self._private.sign(message, ECDSA(SHA256())))
        return self._spell(attributes, self._private.sign(message, PKCS1v15(), SHA256()))

    def _attributes(self, digest: bytes) -> bytes:
        told = _element(_SEQUENCE, _MESSAGE_DIGEST, _element(_SET, _element(_OCTETS, digest)))
        return b"".join(sorted((*self._fixed_attributes, told)))

    def _spell(self, attributes: bytes, signature: bytes) -> bytes:
        signer = _element(
            _SEQUENCE,
            _whole_number(1),
            self._signer,
            _SHA256,
            _element(_TAG_0, attributes),
            self._algorithm,
            _element(_OCTETS, signature),
        )
        signed = _element(
            _SEQUENCE,
            _whole_number(1),
            _element(_SET, _SHA256),
            _element(_SEQUENCE, _DATA),
            self._certificates,
            _element(_SET, signer),
        )
        return _element(_SEQUENCE, _SIGNED_DATA, _element(_TAG_0, signed))


def _named(certificate: bytes) -> bytes:
    """Return the attribute's value that names the certificate by its SHA-256, which is what is meant when none is said."""
    identity = _element(_SEQUENCE, _element(_OCTETS, hashlib.sha256(certificate).digest()))
    return _element(_SEQUENCE, _element(_SEQUENCE, identity))
