"""Status lists: one bit for each certificate, in a list so long that a look at it betrays nobody.

Whoever checks fetches the whole list, so we do not learn which certificate was checked; and places are given out at
random, so a neighbour says nothing. Source: W3C, Bitstring Status List v1.0
(https://www.w3.org/TR/vc-bitstring-status-list/), sections 2.2 (the list), 3.3 and 3.4 (its spelling).
"""

from __future__ import annotations

import base64
import gzip
import secrets
import zlib
from typing import TYPE_CHECKING, Any

from recruitment.credentials.errors import ListFull, ListUnreadable
from recruitment.credentials.proofs import spell

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

LENGTH = 131_072
"""Places in a list: the least that the recommendation allows (16 KB), so that one certificate hides among many."""

REVOCATION = "revocation"
SUSPENSION = "suspension"
_CONTEXT = "https://www.w3.org/ns/credentials/v2"
_LENGTH_MAX = 64 * LENGTH
_GZIP = 16 + zlib.MAX_WBITS


def list_address(base_url: str, purpose: str, number: int) -> str:
    """Return the address of a status list: ``<base>/status/<purpose>/<number>``."""
    return f"{base_url.rstrip('/')}/status/{purpose}/{number}"


def entry(address: str, purpose: str, index: int) -> dict[str, str]:
    """Return what stands in a credential about its place in the list at ``address``."""
    return {
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": address,
    }


def encode(indices: Iterable[int], length: int = LENGTH) -> str:
    """Return the spelling of a list in which exactly these bits are set; the same set always has the same spelling."""
    bits = bytearray(length // 8)
    for index in indices:
        if not 0 <= index < length:
            raise IndexError(index)
        # The first place is the left-most bit of the first byte.
        bits[index >> 3] |= 0x80 >> (index & 7)
    # Without a time in its head, the compressed list is the same from one second to the next.
    compressed = gzip.compress(bytes(bits), compresslevel=9, mtime=0)
    return "u" + base64.urlsafe_b64encode(compressed).decode().rstrip("=")


def decode(encoded: str, length_max: int = _LENGTH_MAX) -> bytes:
    """Return the bits of a list. Raises ``ListUnreadable``; never takes more memory than ``length_max`` bits need."""
    bits, is_whole = b"", False
    if encoded.startswith("u") and encoded.isascii() and len(encoded) <= length_max:
        inflating = zlib.decompressobj(_GZIP)
        try:
            # One byte more than is allowed is enough to know; a bomb gets no further.
            bits = inflating.decompress(_compressed(encoded), length_max // 8 + 1)
            is_whole = inflating.eof and not inflating.unused_data
        except (ValueError, zlib.error):
            is_whole = False
    if not is_whole or not LENGTH <= len(bits) * 8 <= length_max:
        raise ListUnreadable(
            "This is not the list of a status list: it must be base64url after the letter u, compressed by gzip, with "
            f"{LENGTH:,} to {length_max:,} places. Fetch it again from its address."
        )
    return bits


def _compressed(encoded: str) -> bytes:
    text = encoded[1:].encode()
    return base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)


def is_set(bits: bytes, index: int) -> bool:
    """Say whether the bit at ``index`` is set. Raises ``IndexError`` when the list has no such place."""
    if not 0 <= index < len(bits) * 8:
        raise IndexError(index)
    return bool(bits[index >> 3] & (0x80 >> (index & 7)))


def free_index(taken: Collection[int], length: int = LENGTH) -> int:
    """Return a random place that is not taken. Raises ``ListFull`` when half of the list is.

    Half, and not all: in a list that is nearly full the last places could be guessed, and finding one takes long.
    ``taken`` should be a set.
    """
    if len(taken) * 2 >= length:
        raise ListFull(f"Half of the {length:,} places of this status list are taken. Begin the next list.")
    while True:
        index = secrets.randbelow(length)
        if index not in taken:
            return index


def status_list(
    address: str, issuer: str, purpose: str, indices: Iterable[int], valid_from: datetime, valid_until: datetime
) -> dict[str, Any]:
    """Return the credential of a list with these bits set, without proof (``proofs.sign`` adds one)."""
    return {
        "@context": [_CONTEXT],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": spell(valid_from),
        "validUntil": spell(valid_until),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encode(indices),
        },
    }
