"""The vault: personal fields as ciphertext, a key for each person, one key outside the database above them.

Envelope encryption, AES-256-GCM (NIST SP 800-38D). A *key file* outside the database holds key-encryption keys and one
index key. Each person has a data key of their own, wrapped by a key-encryption key; whoever deletes the wrapped key has
erased the person. A sealed field is ``version ‖ nonce ‖ ciphertext ‖ tag``, bound to its table, column and row: copied
into another row it cannot be opened.

Exact look-ups (is this telephone number known?) go by a keyed hash; an unkeyed one of a telephone number is undone in
half a minute by trying all numbers.

Not here: which fields are personal (each room's models), and when a key is deleted.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from recruitment.core.errors import Unavailable

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

_VERSION = b"\x01"
_NONCE_BYTES = 12
_KEY_BYTES = 32


class KeyFileMissing(Unavailable):
    """There is no key file where the settings say."""

    code = "vault.key_file_missing"


class KeyFileWrong(Unavailable):
    """The key file cannot be read, or it is not the one that sealed these fields."""

    code = "vault.key_file_wrong"


class SealBroken(Unavailable):
    """A sealed field cannot be opened: it was changed, or it belongs to another row."""

    code = "vault.seal_broken"


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A person's data key as the database keeps it: sealed by the key-encryption key ``kek_id``."""

    kek_id: str
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class _KeyFile:
    newest: str
    keks: dict[str, bytes]
    index: bytes


def create_key_file(path: Path) -> bool:
    """Make a new key file, readable by its owner only. Returns False, and changes nothing, when there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kek_id = secrets.token_hex(4)
    content = {
        "about": "First Mile key file. Without it no personal field can be read. Keep a copy apart from the database.",
        "newest": kek_id,
        "keks": {kek_id: base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()},
        "index": base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode(),
    }
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
    return True


class PersonKey:
    """The open data key of one person."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, text: str | None, column: str, row: UUID) -> bytes | None:
        """Return ``text`` sealed for ``column`` (``table.column``) of ``row``; None stays None."""
        if text is None:
            return None
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, text.encode(), _place(column, row))

    def open(self, sealed: bytes | None, column: str, row: UUID) -> str | None:
        """Return the text of a sealed field. Raises ``SealBroken`` when it is not of this column and row."""
        if sealed is None:
            return None
        try:
            return self._cipher.decrypt(*_parts(sealed), _place(column, row)).decode()
        except (InvalidTag, ValueError):
            raise SealBroken(f"A personal field ({column}) cannot be opened: it was changed or moved.") from None


class Vault:
    """Makes, wraps and opens the keys of persons. Reads its key file when it is first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _keys(self) -> _KeyFile:
        try:
            content = json.loads(self._path.read_text())
            keks = {name: base64.b64decode(key) for name, key in content["keks"].items()}
            found = _KeyFile(content["newest"], keks, base64.b64decode(content["index"]))
        except FileNotFoundError:
            raise KeyFileMissing(
                f"The key file {self._path} is missing. Put it back, or set RECRUITMENT_KEY to where it is. "
                "A new database gets one from: recruitment database upgrade"
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError, OSError):
            raise KeyFileWrong(f"The key file {self._path} cannot be read as one.") from None
        if found.newest not in keks or any(len(key) != _KEY_BYTES for key in (*keks.values(), found.index)):
            raise KeyFileWrong(f"The key file {self._path} is damaged.")
        return found

    def new_person_key(self, person: UUID) -> tuple[PersonKey, WrappedKey]:
        """Make the data key of a new person, open for use and wrapped for the database."""
        key, nonce = secrets.token_bytes(_KEY_BYTES), os.urandom(_NONCE_BYTES)
        kek_id = self._keys.newest
        wrapped = AESGCM(self._keys.keks[kek_id]).encrypt(nonce, key, _place("person_key", person))
        return PersonKey(key), WrappedKey(kek_id, _VERSION + nonce + wrapped)

    def person_key(self, wrapped: WrappedKey, person: UUID) -> PersonKey:
        """Open the wrapped key of a person. Raises ``KeyFileWrong`` when another key file wrapped it."""
        kek = self._keys.keks.get(wrapped.kek_id)
        if kek is None:
            raise KeyFileWrong(f"The key file {self._path} does not hold the key {wrapped.kek_id} of this database.")
        try:
            return PersonKey(AESGCM(kek).decrypt(*_parts(wrapped.wrapped), _place("person_key", person)))
        except (InvalidTag, ValueError):
            raise SealBroken("A person's key cannot be opened: it was changed or belongs to somebody else.") from None

    def seal_secret(self, domain: str, row: UUID, text: str) -> bytes:
        """Return a secret of the house's own (no worker's) sealed for ``domain`` (``table.column``) of ``row``.

        The key is derived from the newest key-encryption key, whose id stands before the sealed text.
        """
        kek_id, nonce = self._keys.newest, os.urandom(_NONCE_BYTES)
        sealed = self._secret_cipher(kek_id, domain).encrypt(nonce, text.encode(), _place(domain, row))
        return kek_id.encode() + b"\x00" + _VERSION + nonce + sealed

    def open_secret(self, domain: str, row: UUID, sealed: bytes) -> str:
        """Return a secret that was sealed for ``domain`` of ``row``. Raises ``SealBroken``, ``KeyFileWrong``."""
        kek_id, _, rest = sealed.partition(b"\x00")
        try:
            cipher = self._secret_cipher(kek_id.decode("ascii"), domain)
            return cipher.decrypt(*_parts(rest), _place(domain, row)).decode()
        except (InvalidTag, ValueError):
            raise SealBroken(f"A secret ({domain}) cannot be opened: it was changed or moved.") from None

    def _secret_cipher(self, kek_id: str, domain: str) -> AESGCM:
        kek = self._keys.keks.get(kek_id)
        if kek is None:
            raise KeyFileWrong(f"The key file {self._path} does not hold the key {kek_id} of this database.")
        return AESGCM(hmac.digest(kek, f"secret|{domain}".encode(), "sha256"))

    def keyed_hash(self, domain: str, text: str) -> bytes:
        """Return the keyed hash of ``text`` for exact look-ups, 32 bytes; ``domain`` keeps kinds of value apart."""
        return hmac.digest(self._keys.index, f"{domain}|{text}".encode(), "sha256")

    def knows(self, kek_id: str) -> bool:
        """Say whether the key file holds the key-encryption key ``kek_id``."""
        return kek_id in self._keys.keks


def _parts(sealed: bytes) -> tuple[bytes, bytes]:
    """Return nonce and ciphertext. Raises ``ValueError`` for a version that we did not write."""
    if sealed[:1] != _VERSION:
        raise ValueError("unknown version")
    return sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]


def _place(column: str, row: UUID) -> bytes:
    return column.encode() + b"\x00" + row.bytes
