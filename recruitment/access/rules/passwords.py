"""Which passwords are accepted: long ones that are not everybody's first guess. Nothing else is asked of them. Pure."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from recruitment.access.errors import PasswordTooWeak

if TYPE_CHECKING:
    from collections.abc import Collection

LENGTH_MIN = 12
LENGTH_MAX = 1024


def normal_password(text: str) -> str:
    """Return a password in one form, so that the same letters typed on another machine are the same password."""
    return unicodedata.normalize("NFC", text)


def check_password(text: str, login: str, common: Collection[str]) -> None:
    """Raise ``PasswordTooWeak`` for a password that is short, very long, common, repeated, or made of the login."""
    password = normal_password(text)
    folded = password.casefold()
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        raise _weak(f"A password has at least {LENGTH_MIN} characters. Some words with blanks between them are good.")
    bare = folded.replace(" ", "")
    if bare in common or len(set(bare)) < 5:
        raise _weak("Everybody tries this password first. Choose another one; some words that do not belong together.")
    local = login.partition("@")[0]
    if len(local) >= 5 and local in folded and len(folded.replace(local, "")) < LENGTH_MIN // 2:
        raise _weak("The password is mostly your own name. Choose another one.")


def _weak(sentence: str) -> PasswordTooWeak:
    return PasswordTooWeak(sentence, password=sentence)
