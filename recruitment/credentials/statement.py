"""A statement: what a certificate says, spelled in exactly one way, and the credential around it.

The spelling is that of RFC 8785, so any programme in any language makes the same bytes of it. Their hash is the leaf in
the log, the signature is over them, and paper, credential and page are drawn from them alone.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Any

import rfc8785

from recruitment.core import merkle
from recruitment.credentials.errors import StatementUnfit
from recruitment.credentials.verifier import reading

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTEXTS = ("https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/undefined-terms/v2")
"""The second one makes terms of our own lawful without a vocabulary that somebody would have to fetch (VC 2.0, 5.4)."""

TYPES = ("VerifiableCredential", "DebtFreeRecruitmentCertificate")
_NUMBER_MAX = 2**53 - 1


def plain(text: str) -> str:
    """Return a name as it may stand in a statement: in NFC, without characters that are not seen or that mislead."""
    return reading.plain(text)


def canonical(statement: Mapping[str, Any]) -> bytes:
    """Return the bytes of a statement by RFC 8785. Raises ``StatementUnfit``.

    A statement is made of text, whole numbers, null, lists and objects; no fractions and no truth values, which is
    what programmes spell differently.
    """
    _refuse_unfit(statement, "statement")
    return rfc8785.dumps(dict(statement))


def digest(statement: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 of the bytes of a statement."""
    return hashlib.sha256(canonical(statement)).digest()


def leaf(statement: Mapping[str, Any]) -> bytes:
    """Return the hash of the statement as a leaf of the log (RFC 9162, section 2.1.1)."""
    return merkle.leaf_hash(canonical(statement))


def _refuse_unfit(value: object, place: str) -> None:
    if isinstance(value, str):
        if not reading.is_plain(value):
            raise StatementUnfit(
                f"The text at {place} has characters that cannot be seen or that mislead, or is not in NFC. "
                "Write it anew where it was entered."
            )
    elif isinstance(value, dict):
        for name, inner in value.items():
            if not isinstance(name, str):
                raise StatementUnfit(f"A name at {place} is not text.")
            _refuse_unfit(name, place)
            _refuse_unfit(inner, f"{place}.{name}")
    elif isinstance(value, list | tuple):
        for position, inner in enumerate(value):
            _refuse_unfit(inner, f"{place}[{position}]")
    elif value is not None and (type(value) is not int or abs(value) > _NUMBER_MAX):
        raise StatementUnfit(
            f"The value at {place} is neither text, nor a whole number below 2^53, nor empty: it has no one spelling."
        )


def credential(
    statement: Mapping[str, Any], revocation: Mapping[str, str], suspension: Mapping[str, str]
) -> dict[str, Any]:
    """Return the W3C Verifiable Credential (data model 2.0) of a statement, without proof (``proofs.sign`` adds one).

    ``revocation`` and ``suspension`` are its places in the two status lists, by ``status.entry``. Raises
    ``StatementUnfit``.
    """
    canonical(statement)
    return {
        "@context": list(CONTEXTS),
        "type": list(TYPES),
        "issuer": statement["issuer"],
        "validFrom": statement["valid_from"],
        "validUntil": statement["valid_until"],
        "credentialStatus": [dict(revocation), dict(suspension)],
        "credentialSubject": {"type": "DebtFreeRecruitment", "statement": dict(statement)},
    }


def new_nonce() -> str:
    """Return 128 random bits in hexadecimal: without them, a leaf of the log could be guessed from what it may say."""
    return secrets.token_hex(16)


def new_salt() -> str:
    """Return 256 random bits in hexadecimal: without them, the name behind a commitment could be found by trying names."""
    return secrets.token_hex(32)


def commitment(name: str, salt: str) -> str:
    """Return the SHA-256, in hexadecimal, of a person's name and a salt: what stands in their certificate for the name."""
    return hashlib.sha256(canonical({"name": name, "salt": salt})).hexdigest()
