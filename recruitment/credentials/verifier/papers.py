"""Checks a paper (PDF): its signature over every byte of it, before anything in it is read.

A PDF is a format in which much can hide, and a reader of it is a large programme. So the order is: find the one
signature by plain search, let the pinned certificate vouch for the whole file, and only then open it, when it is known
to be a file that the issuer made. A paper that fails is never NOT VALID and never VALID: it proves nothing, and the code
on it is what to ask for. Sources: ISO 32000-2, 12.8.1 (byte ranges); RFC 5652, section 5 (signed data); RFC 5035 (which
certificate); ETSI EN 319 142-1 (PAdES).
"""

from __future__ import annotations

import hashlib
import io
import re
from typing import TYPE_CHECKING, Any, ClassVar, cast

from asn1crypto import cms, core, parser, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from .credentials import is_subject, verify_credential
from .reading import CREDENTIAL_BYTES_MAX, Refused, read_json
from .verdicts import Verdict, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .trust import Trust

PAPER_BYTES_MAX = 5 * 1024 * 1024
_SIGNATURE_HEX_MAX = 65_536
_RSA_BITS_MIN = 2048
_BLANKS_MAX = 1024
CREDENTIAL_FILE, LOG_FILE, SUBJECT_FILE = "credential.vc.json", "log.json", "subject.json"
_BYTE_RANGE = re.compile(rb"/ByteRange[ \r\n]{0,8}\[[ \r\n]{0,8}(\d{1,10}) (\d{1,10}) (\d{1,10}) (\d{1,10}) {0,32}\]")
_HEX = re.compile(rb"<([0-9A-Fa-f]+)>")
_DATA = "1.2.840.113549.1.7.1"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"


def verify(content: bytes, trust: Trust, at: datetime, *, known_papers: Mapping[str, bytes] | None = None) -> Verdict:
    """Say whether a file, a credential or a paper, is valid at the instant ``at`` (with a time zone).

    ``known_papers`` is for the issuer: the SHA-256 (in hexadecimal) of papers that they drew, and the credential of
    each. Such a paper is what was drawn, so its own signature need not be looked at.
    """
    if content[:_BLANKS_MAX].lstrip(b" \t\r\n")[:1] == b"{":
        return verify_credential(content, trust, at)
    if b"%PDF-" not in content[:1024]:
        return verdict("other_file")
    if len(content) > PAPER_BYTES_MAX:
        return verdict("too_long")
    known = known_papers.get(hashlib.sha256(content).hexdigest()) if known_papers else None
    return _verify_paper(content, trust, at) if known is None else verify_credential(known, trust, at)


def _verify_paper(content: bytes, trust: Trust, at: datetime) -> Verdict:
    try:
        _refuse_unsigned(content, trust)
        files = attachments(content)
    except Refused as refused:
        return verdict(refused.reason)
    if CREDENTIAL_FILE not in files:
        return verdict("paper_unreadable")
    found = verify_credential(files[CREDENTIAL_FILE], trust, at)
    if found.statement is None or SUBJECT_FILE not in files:
        return found
    name = _subject(files[SUBJECT_FILE], found.statement)
    if name is None:
        return verdict("subject_mismatch")
    return Verdict(found.word, found.reason, found.sentence, found.statement, found.canonical, name)


def _subject(content: bytes, statement: Mapping[str, Any]) -> str | None:
    try:
        told = read_json(content)
        name, salt = told["name"], told["salt"]
    except (Refused, KeyError):
        return None
    is_text = isinstance(name, str) and isinstance(salt, str)
    return name if is_text and is_subject(statement, name, salt) else None


def _refuse_unsigned(content: bytes, trust: Trust) -> None:
    """Raise ``Refused`` unless one signature of a pinned certificate covers every byte but its own."""
    begins, ends = _hole(content)
    written = _HEX.fullmatch(content, begins, ends)
    if written is None or len(written[1]) > _SIGNATURE_HEX_MAX or len(written[1]) % 2:
        raise Refused("paper_unsigned")
    view = memoryview(content)
    digest = hashlib.sha256(view[:begins])
    digest.update(view[ends:])
    try:
        certificate = _check_signature(bytes.fromhex(written[1].decode()), digest.digest(), trust)
    except Refused:
        raise
    except Exception:  # noqa: BLE001 - whatever a parser says of what a stranger wrote, it was not signed by the issuer
        raise Refused("paper_changed") from None
    if trust.papers[certificate].revoked_at is not None:
        raise Refused("paper_key_revoked")


def _hole(content: bytes) -> tuple[int, int]:
    """Return where the signature itself stands: the only bytes that it does not cover."""
    if content.count(b"/ByteRange") != 1:
        raise Refused("paper_unsigned")
    found = _BYTE_RANGE.search(content)
    if found is None:
        raise Refused("paper_unsigned")
    start, begins, ends, rest = (int(number) for number in found.groups())
    is_whole = start == 0 and len(b"/Contents") < begins < ends and ends + rest == len(content)
    # The numbers stand in what is signed, so the hole cannot be moved; and it may be nothing but the signature.
    if not is_whole or not content[max(0, begins - 32) : begins].rstrip(b" \r\n").endswith(b"/Contents"):
        raise Refused("paper_unsigned")
    return begins, ends


class _Values(core.SetOf):  # type: ignore[misc]
    _child_spec = core.Any


class _Attribute(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[list[tuple[str, Any]]] = [("type", core.ObjectIdentifier), ("values", _Values)]


class _Attributes(core.SetOf):  # type: ignore[misc]
    _child_spec = _Attribute


def _attributes(message: bytes) -> dict[str, bytes]:
    """Return the signed attributes, each with its one value in DER, by their numbers.

    Read here and not by ``cms.CMSAttribute``, whose list of known ones other libraries change when they are loaded.
    """
    found: dict[str, bytes] = {}
    for attribute in _Attributes.load(message, strict=True):
        number = attribute["type"].dotted
        if number in found or len(attribute["values"]) != 1:
            raise Refused("paper_changed")
        found[number] = attribute["values"][0].dump()
    return found


def _check_signature(container: bytes, digest: bytes, trust: Trust) -> str:
    """Return the SHA-256 of the pinned certificate that signed ``digest``. Raises ``Refused`` and what parsers raise."""
    length = parser.peek(container)
    told = cms.ContentInfo.load(container[:length], strict=True)
    if container[length:].strip(b"\0") or told["content_type"].native != "signed_data":
        raise Refused("paper_changed")
    signed, content = told["content"], told["content"]["encap_content_info"]
    if content["content_type"].native != "data" or content["content"].native or len(signed["signer_infos"]) != 1:
        raise Refused("paper_changed")
    signer = signed["signer_infos"][0]
    # What is signed is the set of attributes as a set, and it stands in the file under another tag (RFC 5652, 5.4).
    message = signer["signed_attrs"].untag().dump()
    attributes = _attributes(message)
    if core.ObjectIdentifier.load(attributes[_CONTENT_TYPE]).native != _DATA:
        raise Refused("paper_changed")
    if core.OctetString.load(attributes[_MESSAGE_DIGEST]).native != digest:
        raise Refused("paper_changed")
    named = tsp.SigningCertificateV2.load(attributes[_SIGNING_CERTIFICATE])["certs"][0]
    fingerprint = str(named["cert_hash"].native.hex())
    algorithms = {named["hash_algorithm"]["algorithm"].native, signer["digest_algorithm"]["algorithm"].native}
    if algorithms != {"sha256"}:
        raise Refused("paper_changed")
    if fingerprint not in trust.papers:
        raise Refused("paper_key_unknown")
    _check_bytes(signer, message, trust.papers[fingerprint].public)
    return fingerprint


def _check_bytes(signer: cms.SignerInfo, message: bytes, pinned: bytes) -> None:
    certificate, sid = x509.load_der_x509_certificate(pinned), signer["sid"]
    if sid.name != "issuer_and_serial_number" or sid.chosen["serial_number"].native != certificate.serial_number:
        raise Refused("paper_key_unknown")
    key, algorithm = certificate.public_key(), signer["signature_algorithm"]["algorithm"].native
    signature = signer["signature"].native
    is_ec = isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
    is_rsa = isinstance(key, RSAPublicKey) and key.key_size >= _RSA_BITS_MIN
    try:
        if is_ec and algorithm == "sha256_ecdsa":
            cast("EllipticCurvePublicKey", key).verify(signature, message, ECDSA(SHA256()))
        elif is_rsa and algorithm in {"sha256_rsa", "rsassa_pkcs1v15"}:
            cast("RSAPublicKey", key).verify(signature, message, PKCS1v15(), SHA256())
        else:
            raise Refused("paper_changed")
    except InvalidSignature:
        raise Refused("paper_changed") from None


def attachments(content: bytes) -> dict[str, bytes]:
    """Return the files inside a paper whose signature has been checked. Raises ``Refused``."""
    try:
        from pyhanko.pdf_utils.reader import PdfFileReader
        from pyhanko.sign.diff_analysis import ModificationLevel
        from pyhanko.sign.fields import MDPPerm
        from pyhanko.sign.validation.status import SignatureCoverageLevel
    except ImportError:
        raise Refused("paper_reader_missing") from None
    try:
        reader = PdfFileReader(io.BytesIO(content), strict=True)
        (signature,) = reader.embedded_signatures
        # A second opinion by a second implementation on what was found by search above.
        signature.compute_integrity_info()
        level = getattr(signature.diff_result, "modification_level", None)
        told = (signature.coverage, level, signature.docmdp_level)
        names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
        files = [(str(names[place]), names[place + 1]["/EF"]["/F"].data) for place in range(0, len(names), 2)]
    except Exception:  # noqa: BLE001 - the file is the issuer's; if it cannot be read, there is no certificate in it
        raise Refused("paper_unreadable") from None
    if told != (SignatureCoverageLevel.ENTIRE_FILE, ModificationLevel.NONE, MDPPerm.NO_CHANGES):
        raise Refused("paper_changed")
    if len(dict(files)) != len(files) or any(len(data) > CREDENTIAL_BYTES_MAX for _, data in files):
        raise Refused("paper_unreadable")
    return dict(files)
