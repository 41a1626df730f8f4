"""An independent second verifier of certificates, written from the text alone and without anything of the programme.

Sources: docs/certificates.md; W3C VC Data Model 2.0, Data Integrity EdDSA Cryptosuites 1.0 (section 3.3), Controlled
Identifiers 1.0 (section 3.3), Bitstring Status List 1.0 (section 3.2); RFC 8785; RFC 9162, section 2.1.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import unicodedata
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

VALID, NOT_VALID, CANNOT_TELL = "VALID", "NOT VALID", "CANNOT TELL"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
VC = "https://www.w3.org/ns/credentials/v2"
CONTEXTS = [VC, "https://www.w3.org/ns/credentials/undefined-terms/v2"]
TYPES = ["VerifiableCredential", "DebtFreeRecruitmentCertificate"]
KINDS = ["cohort", "pre_departure", "deployment", "confirmed"]
ENTRY = {"type", "statusPurpose", "statusListIndex", "statusListCredential"}
UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
PURPOSES = ["revocation", "suspension"]
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
SKEW = timedelta(seconds=60)
FILE_MAX, NUMBER_MAX, TEXT_MAX = 65_536, 2**53 - 1, 100
LIST_BYTES_MIN, LIST_BYTES_MAX = 16_384, 1_048_576


class Told(Exception):
    """The word and the reason, as soon as it is known that it is not VALID."""


def demand(holds: object, word: str, why: str) -> None:
    if not holds:
        raise Told(word, why)


def check(content: bytes, bundle: bytes, at: datetime) -> tuple[str, str]:
    """Return the word about a credential at an instant, and why. Whose it is comes first, then what is certain and bad."""
    try:
        demand(content.lstrip(b" \t\r\n").startswith(b"{"), CANNOT_TELL, "it is no credential")
        demand(len(content) <= FILE_MAX, CANNOT_TELL, "it is too long")
        trusted, document = read(bundle), read(content)
        for step in (check_proof, check_shape, check_time, check_status):
            step(document, trusted, at)
    except Told as told:
        return told.args
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        return NOT_VALID, f"it is not built like a certificate: {error!r}"
    return VALID, "everything holds"


def read(content: bytes) -> dict[str, Any]:
    """Read I-JSON (RFC 7493): UTF-8, no name twice, no fractions, nothing that programmes read differently."""
    try:
        hooks = {"parse_int": whole, "parse_float": refuse, "parse_constant": refuse}
        document = json.loads(content.decode(), object_pairs_hook=unique, **hooks)
        spell(document)
    except (ValueError, RecursionError) as error:
        raise Told(NOT_VALID, f"it cannot be read: {error!r}") from error
    demand(isinstance(document, dict), NOT_VALID, "it is no object")
    return document


def refuse(value: object) -> NoReturn:
    raise ValueError(value)


def whole(digits: str) -> int:
    return refuse(digits) if digits == "-0" or abs(int(digits)) > NUMBER_MAX else int(digits)


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(pairs) if len({name for name, _ in pairs}) == len(pairs) else refuse("a name stands twice")


def spell(value: Any) -> str:
    """Spell a value by RFC 8785, of what is allowed: no fractions, no text that misleads."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        is_fit = unicodedata.is_normalized("NFC", value) and not any(map(is_unseen, value))
        demand(is_fit, NOT_VALID, "text that is not seen, that misleads, or that is not in NFC")
        return '"' + "".join(ESCAPES.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in value) + '"'
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(map(spell, value)) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(f"{spell(name)}:{spell(value[name])}" for name in names) + "}"


def is_unseen(character: str) -> bool:
    """Controls, marks of direction, separators of lines, private use and no characters; zero-width spaces and joiners stay."""
    return unicodedata.category(character) in UNSEEN and character not in "\u200b\u200c\u200d"


def digest(value: Any) -> bytes:
    return hashlib.sha256(spell(value).encode("utf-8")).digest()


def unbase58(text: str, length: int) -> bytes:
    """Read multibase base58-btc of a length that is known."""
    if not text.startswith("z") or len(text) > TEXT_MAX:
        refuse(text[:TEXT_MAX])
    number = 0
    for character in text[1:]:
        number = number * 58 + BASE58.index(character)
    zeros = len(text) - 1 - len(text[1:].lstrip("1"))
    decoded = bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
    return decoded if len(decoded) == length else refuse(text)


def instant(text: str) -> datetime:
    demand(INSTANT.fullmatch(text), NOT_VALID, "no instant")
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def check_proof(document: dict[str, Any], trusted: dict[str, Any], at: datetime) -> None:
    """Verify the proof: VC-DI-EDDSA 3.3.2, with the key as Controlled Identifiers 3.3 finds it."""
    did = trusted["did"]
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    demand(isinstance(document["proof"], dict), NOT_VALID, "not one proof")
    options = dict(document["proof"])
    signature = unbase58(options.pop("proofValue"), 64)
    suite = [options[name] for name in ("type", "cryptosuite", "proofPurpose")]
    demand(suite == ["DataIntegrityProof", "eddsa-jcs-2022", "assertionMethod"], NOT_VALID, "another algorithm")
    created, method = instant(options["created"]), options["verificationMethod"]
    demand(document["issuer"] == did["id"], NOT_VALID, "another issuer")
    demand(method.startswith(did["id"] + "#"), NOT_VALID, "not signed by its issuer")
    found = [key for key in did["verificationMethod"] if key["id"] == method]
    demand(len(found) == 1, CANNOT_TELL, "the key is not known")
    key = found[0]
    multikey = unbase58(key["publicKeyMultibase"], 34)
    is_ours = key["type"] == "Multikey" and key["controller"] == did["id"] and multikey[:2] == b"\xed\x01"
    demand(is_ours, CANNOT_TELL, "the key is of somebody else, or of another kind")
    # Step 4 of 3.3.2 would let the document have more contexts than were signed: ours have exactly the same.
    contexts = unsecured.get("@context")
    demand(options.get("@context", contexts) == contexts, NOT_VALID, "contexts differ")
    try:
        Ed25519PublicKey.from_public_bytes(multikey[2:]).verify(signature, digest(options) + digest(unsecured))
    except InvalidSignature:
        raise Told(NOT_VALID, "the signature is not over this") from None
    demand(created + SKEW >= instant(key["created"]), NOT_VALID, "signed before the key was made")
    demand("expires" not in key or created - SKEW <= instant(key["expires"]), NOT_VALID, "signed after the key ended")
    demand("revoked" not in key or created < instant(key["revoked"]), NOT_VALID, "signed after the key was withdrawn")
    demand(created <= at + SKEW, NOT_VALID, "signed later than now")
    demand("expires" not in options or at < instant(options["expires"]) + SKEW, NOT_VALID, "the proof is over")
    demand("revoked" not in key, CANNOT_TELL, "whoever stole the key can write any date")
    demand(method in did["assertionMethod"], CANNOT_TELL, "the key may not sign certificates")


def check_shape(document: dict[str, Any], _trusted: dict[str, Any], _at: datetime) -> None:
    """Compare the envelope with what a certificate looks like; what it says is the statement's own matter."""
    said = document["credentialSubject"]["statement"]
    members = [
        "@context",
        "credentialStatus",
        "credentialSubject",
        "issuer",
        "proof",
        "type",
        "validFrom",
        "validUntil",
    ]
    demand(sorted(document) == members, NOT_VALID, "other members")
    demand(document["@context"] == CONTEXTS and document["type"] == TYPES, NOT_VALID, "another kind of credential")
    demand(document["credentialSubject"] == {"type": "DebtFreeRecruitment", "statement": said}, NOT_VALID, "subject")
    demand(type(said["version"]) is int and said["version"] >= 1, NOT_VALID, "no version")
    demand(said["version"] == 1, CANNOT_TELL, "a newer version")
    demand(
        not any(isinstance(value, bool) for value in within(said)), NOT_VALID, "true and false are not in a statement"
    )
    named = [said["issuer"], said["valid_from"], said["valid_until"]]
    demand(named == [document[name] for name in ("issuer", "validFrom", "validUntil")], NOT_VALID, "envelope differs")
    entries = document["credentialStatus"]
    demand([entry["statusPurpose"] for entry in entries] == PURPOSES, NOT_VALID, "other status lists")
    for entry in entries:
        demand(set(entry) == ENTRY, NOT_VALID, "other members of a status")
        demand(entry["type"] == "BitstringStatusListEntry", NOT_VALID, "another kind of status")
        demand(INDEX.fullmatch(entry["statusListIndex"]), NOT_VALID, "no index")
        demand(isinstance(entry["statusListCredential"], str), NOT_VALID, "no address")
    is_of_kind = said["kind"] in KINDS and (said["kind"] == "cohort") == (said["subject"] is None)
    demand(is_of_kind, NOT_VALID, "another kind of certificate")


def within(value: Any) -> Iterator[Any]:
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from within(inner)


def check_time(document: dict[str, Any], _trusted: dict[str, Any], at: datetime) -> None:
    demand(instant(document["validFrom"]) <= at + SKEW, NOT_VALID, "not yet valid")
    demand(at - SKEW <= instant(document["validUntil"]), NOT_VALID, "expired")
    demand(document["validFrom"] < document["validUntil"], NOT_VALID, "it ends before it begins")


def check_status(document: dict[str, Any], trusted: dict[str, Any], at: datetime) -> None:
    """Look both places up: Bitstring Status List 3.2. A revocation is never taken back, so an old list will do for one."""
    revocation, suspension = [status(entry, trusted, at) for entry in document["credentialStatus"]]
    demand(revocation not in {(True, True), (True, False)}, NOT_VALID, "revoked")
    demand(revocation == (False, True) and suspension[1], CANNOT_TELL, "a list is missing or stale")
    demand(not suspension[0], CANNOT_TELL, "re_check")


def is_signed(document: dict[str, Any], trusted: dict[str, Any], at: datetime) -> bool:
    try:
        check_proof(document, trusted, at)
    except (Told, KeyError, TypeError, AttributeError, ValueError):
        return False
    return True


def bit(listed: dict[str, Any], entry: dict[str, Any]) -> bool:
    subject = listed["credentialSubject"]
    demand("BitstringStatusListCredential" in listed["type"] and listed["@context"][0] == VC, CANNOT_TELL, "type")
    demand(subject["type"] == "BitstringStatusList", CANNOT_TELL, "type")
    demand(subject["statusPurpose"] == entry["statusPurpose"], CANNOT_TELL, "another purpose")
    bits, place = inflate(subject["encodedList"]), int(entry["statusListIndex"])
    return bool(bits[place // 8] >> (7 - place % 8) & 1)


def status(entry: dict[str, Any], trusted: dict[str, Any], at: datetime) -> tuple[bool, bool]:
    """Say whether the bit of an entry is set, and whether the list is there, may be believed, and is of today."""
    try:
        found = [each for each in trusted["status"] if each["id"] == entry["statusListCredential"]]
        signed = [each for each in found if is_signed(each, trusted, at)]
        newest = max(each["validFrom"] for each in signed)
        equal = [bit(each, entry) for each in signed if each["validFrom"] == newest]
        is_set, listed = any(equal), next(each for each in signed if each["validFrom"] == newest)
    except (Told, KeyError, TypeError, AttributeError, ValueError, IndexError, zlib.error):
        return False, False
    try:
        check_time(listed, trusted, at)
    except (Told, KeyError, TypeError, ValueError):
        return is_set, False
    return is_set, True


def inflate(encoded: str) -> bytes:
    if not encoded.startswith("u") or len(encoded) > LIST_BYTES_MAX or not re.fullmatch(r"[A-Za-z0-9_-]*", encoded[1:]):
        refuse(encoded[:TEXT_MAX])
    inflating = zlib.decompressobj(16 + zlib.MAX_WBITS)
    bits = inflating.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)), LIST_BYTES_MAX)
    if not inflating.eof or inflating.unused_data or len(bits) < LIST_BYTES_MIN:
        refuse(len(bits))
    return bits


def is_subject(statement: dict[str, Any], name: str, salt: str) -> bool:
    """Say whether a person's certificate is about who has this name."""
    subject = statement.get("subject") or {}
    return bool(subject.get("commitment") == digest({"name": name, "salt": salt}).hex())


def is_logged(statement: dict[str, Any], shown: dict[str, Any], bundle: bytes, at: datetime) -> bool:
    """Say whether a statement is a leaf under a signed head: RFC 9162, 2.1.1 and 2.1.3, by building the root again."""
    try:
        head, size = shown["head"], shown["head"]["size"]
        check_proof(head, read(bundle), at)
        leaf = hashlib.sha256(b"\x00" + spell(statement).encode()).digest()
        path = [bytes.fromhex(each) for each in shown["path"]]
        found, rest = climb(leaf, shown["position"], size, path)
        return 0 <= shown["position"] < size and not rest and found.hex() == head["root"]
    except (Told, KeyError, TypeError, AttributeError, ValueError, IndexError, binascii.Error, RecursionError):
        return False


def climb(leaf: bytes, position: int, size: int, path: list[bytes]) -> tuple[bytes, list[bytes]]:
    if size == 1:
        return leaf, path
    split = 1 << (size - 1).bit_length() - 1
    inside = (
        climb(leaf, position, split, path) if position < split else climb(leaf, position - split, size - split, path)
    )
    found, rest = inside
    pair = found + rest[0] if position < split else rest[0] + found
    return hashlib.sha256(b"\x01" + pair).digest(), rest[1:]
