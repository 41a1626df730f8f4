"""A second implementation of the check of a credential, of plain Python alone: no library of the first one is used.

Slow on purpose: Ed25519 as section 6 of RFC 8032 writes it, RFC 8785 by the language's own JSON, base 58 by hand.
It says yes or no, not why.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from base64 import urlsafe_b64decode
from datetime import datetime, timedelta
from typing import Any

_P = 2**255 - 19
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ORDER = 2**252 + 27742317777372353535851937790883648493
_ROOT = pow(2, (_P - 1) // 4, _P)
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
Point = tuple[int, int, int, int]


def _add(one: Point, other: Point) -> Point:
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % _P, (one[1] + one[0]) * (other[1] + other[0]) % _P
    c, d = 2 * one[3] * other[3] * _D % _P, 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(factor: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            found = _add(found, point)
        point, factor = _add(point, point), factor >> 1
    return found


def _point(spelled: bytes) -> Point | None:
    y = int.from_bytes(spelled, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


_GENERATOR = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))
assert _GENERATOR is not None


def holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether an Ed25519 signature holds (RFC 8032, section 5.1.7)."""
    assert _GENERATOR is not None
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = _point(public), _point(signature[:32])
    answer = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or answer >= _ORDER:
        return False
    asked = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _ORDER
    left, right = _times(answer, _GENERATOR), _add(commitment, _times(asked, key))
    return (left[0] * right[2] - right[0] * left[2]) % _P == 0 == (left[1] * right[2] - right[1] * left[2]) % _P


def _from_base58(text: str) -> bytes:
    number = 0
    for letter in text:
        number = number * 58 + _BASE58.index(letter)
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _spelled(value: Any) -> bytes:
    # Names of ours are ASCII, so sorting by code points is sorting by UTF-16.
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(pairs)
    return found


def _never(digits: str) -> Any:
    raise ValueError(digits)


def _is_signed(signed: dict[str, Any], keys: dict[str, bytes]) -> bool:
    options = dict(signed["proof"])
    value = options.pop("proofValue")
    if (options["type"], options["cryptosuite"], options["proofPurpose"]) != (
        "DataIntegrityProof",
        "eddsa-jcs-2022",
        "assertionMethod",
    ):
        return False
    plain = {name: inner for name, inner in signed.items() if name != "proof"}
    message = hashlib.sha256(_spelled(options)).digest() + hashlib.sha256(_spelled(plain)).digest()
    is_spelled = value.startswith("z")
    return is_spelled and holds(keys[options["verificationMethod"]], message, _from_base58(value[1:]))


def is_good(content: bytes, document: dict[str, Any], lists: list[dict[str, Any]], at: datetime) -> bool:
    """Say whether a credential is valid. Whatever goes wrong is a no."""
    try:
        told = json.loads(content.decode(), object_pairs_hook=_once, parse_float=_never, parse_constant=_never)
        keys = {
            method["id"]: _from_base58(method["publicKeyMultibase"][1:])[2:]
            for method in document["verificationMethod"]
        }
        said = told["credentialSubject"]["statement"]
        begins, ends = (datetime.fromisoformat(told[name]) for name in ("validFrom", "validUntil"))
        minute = timedelta(minutes=1)
        agreeing = said["issuer"] == told["issuer"] == document["id"]
        agreeing &= (said["valid_from"], said["valid_until"]) == (told["validFrom"], told["validUntil"])
        if not agreeing or not begins - minute <= at <= ends + minute or not _is_signed(told, keys):
            return False
        by_address = {each["id"]: each for each in lists}
        purposes = [entry["statusPurpose"] for entry in told["credentialStatus"]]
        return purposes == ["revocation", "suspension"] and all(
            _is_clear(entry, by_address[entry["statusListCredential"]], keys, at) for entry in told["credentialStatus"]
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return False


def _is_clear(entry: dict[str, str], signed: dict[str, Any], keys: dict[str, bytes], at: datetime) -> bool:
    begins, ends = (datetime.fromisoformat(signed[name]) for name in ("validFrom", "validUntil"))
    subject = signed["credentialSubject"]
    packed = subject["encodedList"][1:]
    bits = gzip.decompress(urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    index = int(entry["statusListIndex"])
    is_set = bits[index // 8] >> (7 - index % 8) & 1
    is_fresh = begins <= at <= ends and subject["statusPurpose"] == entry["statusPurpose"]
    return is_fresh and not is_set and _is_signed(signed, keys)
