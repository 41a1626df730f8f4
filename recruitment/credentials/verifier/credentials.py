"""Checks a credential: first that the issuer signed it, then what it says, when, and whether it was withdrawn."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import zlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from .reading import Refused, canonical, has_truth_values, instant, object_with, read_json
from .trust import checked_proof
from .verdicts import Verdict, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from .trust import Trust

TOLERANCE = timedelta(seconds=60)
"""How far two clocks may be apart."""

VERSION = 1
KINDS = frozenset({"cohort", "pre_departure", "deployment", "confirmed"})
_CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/undefined-terms/v2"]
_TYPES = ["VerifiableCredential", "DebtFreeRecruitmentCertificate"]
_ENVELOPE = frozenset(
    {"@context", "type", "issuer", "validFrom", "validUntil", "credentialStatus", "credentialSubject", "proof"}
)
_AGREEING = (("issuer", "issuer"), ("valid_from", "validFrom"), ("valid_until", "validUntil"))
_SUBJECT = frozenset({"type", "statement"})
_ENTRY = frozenset({"type", "statusPurpose", "statusListIndex", "statusListCredential"})
_PURPOSES = ("revocation", "suspension")
_INDEX = re.compile(r"0|[1-9]\d{0,9}", re.ASCII)

_LIST = frozenset({"@context", "id", "type", "issuer", "validFrom", "validUntil", "credentialSubject", "proof"})
_LIST_SUBJECT = frozenset({"id", "type", "statusPurpose", "encodedList"})
_LIST_BYTES_MIN, _LIST_BYTES_MAX = 16_384, 1_048_576
_GZIP = 16 + zlib.MAX_WBITS


class _Checked(NamedTuple):
    """A status list whose signature was checked: its bits, what they mean, and when it is valid."""

    bits: bytes
    purpose: str
    begins: datetime
    ends: datetime


def verify_credential(content: bytes, trust: Trust, at: datetime) -> Verdict:
    """Say whether the bytes of a credential are valid at the instant ``at`` (with a time zone)."""
    try:
        credential = read_json(content)
        statement = _authentic_statement(credential, trust, at)
    except Refused as refused:
        return verdict(refused.reason)
    spelled = canonical(statement)
    return verdict(_standing(credential, trust, at), statement, spelled)


def is_subject(statement: Mapping[str, Any], name: str, salt: str) -> bool:
    """Say whether a person's certificate is about this name: it holds the hash of the name and a random salt."""
    committed = statement.get("subject")
    try:
        found = hashlib.sha256(canonical({"name": name, "salt": salt})).hexdigest()
    except Refused:
        return False
    return isinstance(committed, dict) and hmac.compare_digest(
        str(committed.get("commitment")).encode(errors="replace"), found.encode()
    )


def is_logged(statement: Mapping[str, Any], shown: Mapping[str, Any], trust: Trust) -> bool:
    """Say whether ``shown`` (the file log.json) proves that the statement is in the issuer's log (RFC 9162, 2.1.3.2)."""
    try:
        shown = object_with(shown, frozenset({"head", "position", "path"}))
        head = object_with(shown["head"], frozenset({"issuer", "size", "root", "made_on", "proof"}))
        checked_proof(head, trust, TOLERANCE)
        position, size, root = shown["position"], head["size"], bytes.fromhex(head["root"])
        path = [bytes.fromhex(sibling) for sibling in shown["path"]]
        leaf = hashlib.sha256(b"\x00" + canonical(statement)).digest()
        kept = trust.head
        is_kept = kept is None or kept["size"] != size or kept["root"] == head["root"]
        is_ours = head["issuer"] == trust.issuer and is_kept
        return is_ours and type(position) is int and type(size) is int and _root(leaf, position, size, path) == root
    except (ValueError, KeyError, TypeError):
        return False


def _root(leaf: bytes, position: int, size: int, path: list[bytes]) -> bytes | None:
    if not 0 <= position < size or len(path) > 64:
        return None
    index, last, found = position, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if index % 2 or index == last:
            found = hashlib.sha256(b"\x01" + sibling + found).digest()
            while index % 2 == 0 and index:
                index, last = index >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + sibling).digest()
        index, last = index >> 1, last >> 1
    return found if last == 0 else None


def _authentic_statement(credential: dict[str, Any], trust: Trust, at: datetime) -> dict[str, Any]:
    object_with(credential, _ENVELOPE)
    if credential["issuer"] != trust.issuer:
        raise Refused("wrong_issuer")
    created = checked_proof(credential, trust, TOLERANCE)
    # From here on the issuer has signed what is read.
    subject = credential["credentialSubject"]
    if credential["@context"] != _CONTEXTS or credential["type"] != _TYPES:
        raise Refused("disagreement")
    if object_with(subject, _SUBJECT)["type"] != "DebtFreeRecruitment" or not isinstance(subject["statement"], dict):
        raise Refused("disagreement")
    statement = subject["statement"]
    version = statement.get("version")
    if type(version) is not int or version < VERSION:
        raise Refused("malformed")
    if version > VERSION:
        raise Refused("version_unknown")
    if has_truth_values(statement):
        raise Refused("malformed")
    if any(statement.get(inside) != credential[outside] for inside, outside in _AGREEING):
        raise Refused("disagreement")
    is_about_person = statement.get("subject") is not None
    if (
        not isinstance(statement.get("kind"), str)
        or statement["kind"] not in KINDS
        or (statement["kind"] != "cohort") != is_about_person
    ):
        raise Refused("disagreement")
    if created > at + TOLERANCE:
        raise Refused("not_yet_valid")
    return statement


def _standing(credential: Mapping[str, Any], trust: Trust, at: datetime) -> str:
    """Return the reason for what is signed by the issuer: what is certain and bad first, then what is not certain."""
    try:
        found = [_is_set(entry, purpose, trust, at) for entry, purpose in _entries(credential["credentialStatus"])]
        begins, ends = instant(credential["validFrom"]), instant(credential["validUntil"])
    except Refused as refused:
        return refused.reason
    revoked, suspended = found
    uncertain = [reason for reason in found if isinstance(reason, str)]
    if revoked is True:
        return "revoked"
    if at < begins - TOLERANCE:
        return "not_yet_valid"
    if at > ends + TOLERANCE or ends <= begins:
        return "expired"
    if suspended is True:
        return "re_check"
    return uncertain[0] if uncertain else "valid"


def _entries(told: object) -> list[tuple[dict[str, Any], str]]:
    if not isinstance(told, list) or len(told) != len(_PURPOSES):
        raise Refused("malformed")
    entries = [(object_with(entry, _ENTRY), purpose) for entry, purpose in zip(told, _PURPOSES, strict=True)]
    for entry, purpose in entries:
        index, address = entry["statusListIndex"], entry["statusListCredential"]
        is_entry = entry["type"] == "BitstringStatusListEntry" and entry["statusPurpose"] == purpose
        if not is_entry or not isinstance(address, str) or not isinstance(index, str) or not _INDEX.fullmatch(index):
            raise Refused("malformed")
    return entries


def _is_set(entry: Mapping[str, Any], purpose: str, trust: Trust, at: datetime) -> bool | str:
    """Return whether the bit of an entry is set, or the reason why that cannot be told."""
    address, index = entry["statusListCredential"], int(entry["statusListIndex"])
    if address not in trust.lists:
        return "status_missing"
    if address not in trust.checked:
        trust.checked[address] = _newest([_checked_list(each, trust) for each in trust.lists[address]])
    checked = trust.checked[address]
    if isinstance(checked, str):
        return checked
    bits, told_purpose, begins, ends = checked
    if told_purpose != purpose:
        return "status_unfit"
    if index >= len(bits) * 8:
        return "status_out_of_range"
    is_set = bool(bits[index >> 3] & (0x80 >> (index & 7)))
    # A revocation is never taken back, so an old list is enough to know of one.
    if at < begins - TOLERANCE or (at > ends + TOLERANCE and not (is_set and purpose == "revocation")):
        return "status_stale"
    return is_set


def _newest(checked: Sequence[_Checked | str]) -> _Checked | str:
    """Return the newest of the lists at one address, so that an older one laid beside it undoes nothing.

    Lists are dated with their day, so two may be equally new: then what is set in either is set.
    """
    good = [each for each in checked if not isinstance(each, str)]
    if not good:
        return checked[0]
    newest = max(good, key=lambda each: each.begins)
    bits = newest.bits
    for each in good:
        if each.begins == newest.begins and each.purpose == newest.purpose and len(each.bits) == len(bits):
            bits = bytes(one | other for one, other in zip(bits, each.bits, strict=True))
    return newest._replace(bits=bits)


def _checked_list(told: Mapping[str, Any], trust: Trust) -> _Checked | str:
    try:
        object_with(told, _LIST)
        checked_proof(told, trust, TOLERANCE)
        is_ours = told["issuer"] == trust.issuer and told["@context"] == _CONTEXTS[:1]
    except Refused:
        return "status_unsigned"
    if not is_ours:
        return "status_unsigned"
    try:
        subject = object_with(told["credentialSubject"], _LIST_SUBJECT)
        types = (told["type"], subject["type"])
        begins, ends = instant(told["validFrom"]), instant(told["validUntil"])
        bits = _bits(subject["encodedList"])
    except Refused:
        return "status_unfit"
    if types != (["VerifiableCredential", "BitstringStatusListCredential"], "BitstringStatusList"):
        return "status_unfit"
    return _Checked(bits, subject["statusPurpose"], begins, ends)


def _bits(encoded: object) -> bytes:
    if not isinstance(encoded, str) or not encoded.startswith("u") or not encoded.isascii():
        raise Refused("malformed")
    try:
        text = encoded[1:].encode()
        compressed = base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        inflating = zlib.decompressobj(_GZIP)
        # One byte more than is allowed is enough to know; a bomb gets no further.
        bits = inflating.decompress(compressed, _LIST_BYTES_MAX + 1)
    except (ValueError, binascii.Error, zlib.error):
        raise Refused("malformed") from None
    if not inflating.eof or inflating.unused_data or not _LIST_BYTES_MIN <= len(bits) <= _LIST_BYTES_MAX:
        raise Refused("malformed")
    return bits
