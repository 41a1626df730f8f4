"""The keys that sign seals: Ed25519 (RFC 8032), the private halves in a file outside the database.

A new key is certified by the one before it, so whoever trusts one key of the history can follow it to the newest. The
private half of a retired key is not needed any more and is thrown away when the next one is made.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from recruitment.core.canonical import canonical_json
from recruitment.core.errors import Unavailable
from recruitment.ledger.errors import HeadUnreadable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from recruitment.ledger.rules import PublicSealKey

_KEY_CERTIFICATE = b"first-mile seal key v1\x00"
_SEAL = b"first-mile ledger seal v1\x00"


class SealKeyMissing(Unavailable):
    """There is no key to sign seals with."""

    code = "ledger.seal_key_missing"


def key_id_of(public_key: bytes) -> str:
    """Return the id of a key: the first eight bytes of its public half, in hexadecimal."""
    return public_key[:8].hex()


def seal_message(chain: int, number: int, leaves: int, head: bytes, sealed_at: str, *, caught_up: bool) -> bytes:
    """Return the bytes of a seal that its signature covers: everything that stands in its row."""
    return _SEAL + canonical_json([chain, number, leaves, head.hex(), sealed_at, caught_up])


def is_signed(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether ``signature`` is that of ``public_key`` over ``message``."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def trusted_history(keys: Iterable[PublicSealKey], anchors: Iterable[bytes]) -> dict[str, bytes]:
    """Return the public keys that can be trusted, by id: the anchors among ``keys``, and those in one line with them.

    A line begins with a key that certifies itself (the first one, or one made after a key was lost) and goes on with
    keys that one before them in the line has certified.
    """
    wanted = set(anchors)
    lines: list[list[PublicSealKey]] = []
    for key in sorted(keys, key=lambda key: key.number):
        message = _KEY_CERTIFICATE + key.public_key
        if key.id != key_id_of(key.public_key):
            continue
        if is_signed(key.public_key, key.certificate, message):
            lines.append([key])
            continue
        for line in lines:
            if any(is_signed(before.public_key, key.certificate, message) for before in line):
                line.append(key)
                break
    return {key.id: key.public_key for line in lines if any(key.public_key in wanted for key in line) for key in line}


@dataclass(frozen=True, slots=True)
class Head:
    """A head that left the house, as its file has it; its own signature has been checked."""

    chain: int
    number: int
    head: bytes
    sealed_at: str
    public_key: bytes


def read_head(content: str | bytes) -> Head:
    """Read the file of a head. Raises ``HeadUnreadable`` when it is not one, or not signed by the key that it names."""
    try:
        fields = json.loads(content)
        chain, number, leaves = (_whole_number(fields[name]) for name in ("chain", "number", "leaves"))
        caught_up = _truth_value(fields["caught_up"])
        sealed_at = str(fields["sealed_at"])
        datetime.fromisoformat(sealed_at)
        found = Head(chain, number, bytes.fromhex(fields["head"]), sealed_at, base64.b64decode(fields["public_key"]))
        signature = base64.b64decode(fields["signature"])
        is_named = fields["version"] == 1 and fields["key_id"] == key_id_of(found.public_key)
    except (ValueError, KeyError, TypeError):
        raise HeadUnreadable("This is not the file of a head: recruitment ledger head --out FILE writes one.") from None
    message = seal_message(chain, number, leaves, found.head, sealed_at, caught_up=caught_up)
    if not is_named or not is_signed(found.public_key, signature, message):
        raise HeadUnreadable("This head was changed after it was signed, so nothing can be held against it.")
    return found


def _whole_number(value: object) -> int:
    if type(value) is int and 0 <= value < 2**53:
        return value
    raise ValueError(value)


def _truth_value(value: object) -> bool:
    if type(value) is bool:
        return value
    raise ValueError(value)


class SealKeyFile:
    """The file with the private half of the newest seal key."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Say whether there is a key file."""
        return self.path.exists()

    def newest(self) -> Ed25519PrivateKey:
        """Return the private key that signs now. Raises ``SealKeyMissing``."""
        try:
            content = json.loads(self.path.read_text())
            return Ed25519PrivateKey.from_private_bytes(base64.b64decode(content["private"]))
        except FileNotFoundError:
            raise SealKeyMissing(
                f"The seal key {self.path} is missing. Put it back, or set RECRUITMENT_SEAL_KEY to where it is. "
                "A first key, or one to follow a lost one, is made by: recruitment ledger new-key"
            ) from None
        except (ValueError, KeyError, TypeError, OSError):
            raise SealKeyMissing(f"The seal key {self.path} cannot be read as one.") from None

    def public_key(self) -> bytes:
        """Return the public half of the key that signs now."""
        return self.newest().public_key().public_bytes_raw()

    def make(self, before: Ed25519PrivateKey | None) -> tuple[bytes, bytes]:
        """Make a new key beside the old one; return its public half and its certificate by the key ``before``.

        It signs nothing before ``adopt``: a crash between the two leaves the old key in use.
        """
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        certificate = (before or private).sign(_KEY_CERTIFICATE + public)
        content = {
            "about": "First Mile seal key. It signs the heads of the ledger. Keep it apart from the database.",
            "key": key_id_of(public),
            "private": base64.b64encode(private.private_bytes_raw()).decode(),
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(content, file, indent=2)
            file.write("\n")
        return public, certificate

    def certify_itself(self) -> tuple[bytes, bytes]:
        """Return the public half of the key at hand and its certificate by itself."""
        public = self.public_key()
        return public, self.newest().sign(_KEY_CERTIFICATE + public)

    def adopt(self, known: Collection[str] | None = None) -> None:
        """Let the key that ``make`` made, if it did, take the place of the old one; with ``known`` only one of these ids."""
        if not self._fresh.exists():
            return
        if known is None or json.loads(self._fresh.read_text()).get("key") in known:
            self._fresh.replace(self.path)

    @property
    def _fresh(self) -> Path:
        return self.path.with_name(self.path.name + ".new")
