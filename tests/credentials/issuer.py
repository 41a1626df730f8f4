"""An issuer for tests: keys in memory, a statement, its credential, lists, a paper, and a bundle to check them with."""

from __future__ import annotations

import copy
import io
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from reportlab.pdfgen.canvas import Canvas

from recruitment.core import merkle
from recruitment.credentials import identity, log, proofs, statement, status
from recruitment.credentials.keys import IssuingKeyFile, IssuingKeys
from recruitment.credentials.paper_signature import PaperSigner
from recruitment.credentials.verifier import Trust

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recruitment.credentials.keys import PublicKey

BASE = "https://first-mile.example"
DID = "did:web:first-mile.example"
MADE = datetime(2026, 11, 1, tzinfo=UTC)
ISSUED = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
AT = datetime(2026, 12, 5, 12, tzinfo=UTC)
NAME, SALT = "မမြ အောင်", "5a" * 32
REVOKED_AT, SUSPENDED_AT = 77_777, 131_071


def keys(number: int = 1) -> IssuingKeys:
    """Return a pair of keys, always the same for a number."""
    return _keys(number)


@cache
def _keys(number: int) -> IssuingKeys:
    with TemporaryDirectory() as folder:
        file = IssuingKeyFile(Path(folder) / "keys.json")
        file.make(f"First Mile {number}", MADE)
        file.adopt()
        return file.newest()


def method(number: int = 1) -> str:
    """Return how others name the key of credentials."""
    return identity.method_of(DID, keys(number).proof_id)


def history(*numbers: int) -> list[PublicKey]:
    """Return the public halves of these keys."""
    return [key for number in numbers or (1,) for key in keys(number).public_keys(MADE)]


def about_person() -> dict[str, Any]:
    """Return the statement of a person's certificate."""
    return {
        "version": 1,
        "kind": "deployment",
        "reference": "DC-7Q2M-9KXR-4T",
        "nonce": "00112233445566778899aabbccddeeff",
        "issuer": DID,
        "release": "2026-11",
        "covered_until": "2026-11-17",
        "valid_from": "2026-12-01T00:00:00Z",
        "valid_until": "2027-03-01T00:00:00Z",
        "scope": {
            "demand_letter": None,
            "agency": "Golden Bridge Überseas",
            "employer": "ပန်းကမ္ဘာ Co., Ltd.",
            "corridor": "MM-TH",
            "cohort_quarter": None,
        },
        "result": "debt_free",
        "evidence": {"level": "B", "independence": "A", "timing": "B", "heard_by": "an_independent_organisation"},
        "numbers": None,
        "subject": {"commitment": statement.commitment(NAME, SALT)},
        "other_findings": [],
        "not_checked": ["wages", "documents_of_identity"],
    }


def about_cohort() -> dict[str, Any]:
    """Return the statement of a cohort's certificate."""
    numbers = {"population": 20, "chosen": "all", "heard": 15, "paid": 0, "bound_percent": 14, "confidence_percent": 95}
    return about_person() | {"kind": "cohort", "reference": "DC-1111-2222-33", "numbers": numbers, "subject": None}


def unsigned(said: dict[str, Any], revocation: int = 5, suspension: int = 9) -> dict[str, Any]:
    """Return the credential of a statement, without proof."""
    entries = (
        status.entry(status.list_address(BASE, purpose, 1), purpose, index)
        for purpose, index in ((status.REVOCATION, revocation), (status.SUSPENSION, suspension))
    )
    return statement.credential(said, *entries)


def sign(document: dict[str, Any], number: int = 1, created: datetime = ISSUED) -> dict[str, Any]:
    """Return a document with the issuer's proof."""
    return proofs.sign(document, keys(number).proof, method(number), created)


def credential(said: dict[str, Any] | None = None, **places: int) -> bytes:
    """Return the bytes of a signed credential."""
    return spell(sign(unsigned(said or about_person(), **places)))


def spell(document: dict[str, Any]) -> bytes:
    """Return JSON as the service sends it."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def status_list(purpose: str, indices: Iterable[int], begins: datetime = AT - timedelta(days=1)) -> dict[str, Any]:
    """Return a signed status list, good for three days."""
    address = status.list_address(BASE, purpose, 1)
    made = status.status_list(address, DID, purpose, indices, begins, begins + timedelta(days=3))
    return sign(made, created=begins)


@cache
def _lists() -> tuple[dict[str, Any], dict[str, Any]]:
    return status_list(status.REVOCATION, {REVOKED_AT}), status_list(status.SUSPENSION, {SUSPENDED_AT})


def lists() -> list[dict[str, Any]]:
    """Return both lists, with one bit set in each."""
    return copy.deepcopy(list(_lists()))


def document(*public: PublicKey) -> dict[str, Any]:
    """Return the identity document over these keys, or over the first pair."""
    return identity.did_document(BASE, public or history())


def trust(with_lists: Iterable[dict[str, Any]] | None = None, with_document: dict[str, Any] | None = None) -> Trust:
    """Return a bundle that was read."""
    return Trust.of(with_document or document(), lists() if with_lists is None else with_lists, None, AT)


def bundle() -> bytes:
    """Return the file of a bundle."""
    return spell({"did": document(), "status": lists(), "head": None, "fetched_at": proofs.spell(AT)})


@cache
def drawn() -> bytes:
    """Return a paper as it is drawn, before it is signed."""
    paper = io.BytesIO()
    canvas = Canvas(paper)
    canvas.drawString(100, 700, "Debt-free recruitment certificate")
    canvas.showPage()
    canvas.save()
    return paper.getvalue()


def signed_head(leaves: list[bytes]) -> dict[str, Any]:
    """Return the signed head of a log."""
    return sign(log.head(DID, len(leaves), merkle.root(leaves), ISSUED))


def paper(content: bytes | None = None, *, number: int = 1, others: dict[str, bytes] | None = None) -> bytes:
    """Return a signed paper with a credential in it."""
    files = {"credential.vc.json": credential() if content is None else content} | (others or {})
    return PaperSigner(keys(number).paper).sign(drawn(), files, ISSUED)


def subject_file(name: str = NAME, salt: str = SALT) -> dict[str, bytes]:
    """Return the attachment with a person's name."""
    return {"subject.json": spell({"name": name, "salt": salt})}


def own_pkcs12(private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, password: bytes = b"open sesame") -> bytes:
    """Return the file that an organisation brings: a key and a certificate of its own."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A Brand")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(x509.random_serial_number())
    builder = builder.public_key(private.public_key())
    certificate = builder.not_valid_before(MADE).not_valid_after(MADE + timedelta(days=365)).sign(private, SHA256())
    return pkcs12.serialize_key_and_certificates(
        b"brand", private, certificate, None, BestAvailableEncryption(password)
    )
