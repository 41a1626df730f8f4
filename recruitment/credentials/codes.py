"""What stands on a certificate for people to type or to scan: a code of ten characters, and the token of a link.

The code has eight random characters and two that check them, so that a slip of the hand is told as a slip and not as a
certificate that does not exist. The alphabet is Crockford's base 32: without I, L, O and U, which are taken for others.
"""

from __future__ import annotations

import base64
import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_LENGTH = 8
LENGTH = 10
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)} | {"I": 1, "L": 1, "O": 0}

MODULUS = 1021
"""The largest prime that two characters of 5 bits can spell."""

_WEIGHTS = tuple(pow(10, place + 2, MODULUS) for place in range(RANDOM_LENGTH))
"""Powers of a primitive root: all different, none 0, and none the weight of a check character (-32 and -1).

So the check changes when one character does, and when any two of them change places: the difference is a product of
two numbers below the prime, and neither is 0.
"""

_TOKEN_BYTES = 16
_TOKEN_LENGTH = 26
_TOKEN_ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz234567")


def check_of(letters: str) -> str:
    """Return the two check characters of eight characters of the alphabet."""
    total = sum(_VALUE[letter] * weight for letter, weight in zip(letters, _WEIGHTS, strict=True)) % MODULUS
    return ALPHABET[total >> 5] + ALPHABET[total & 31]


def new_code() -> str:
    """Return a new code without hyphens: 40 random bits and their check."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return letters + check_of(letters)


def normal_code(text: str) -> str | None:
    """Return the code that somebody typed as it is kept, or ``None`` when it is none or its check is wrong.

    Lower case, blanks and hyphens do not matter; I and L are read as 1, O as 0, and the digits of every script as ours.
    """
    if len(text) > 64:
        return None
    letters: list[str] = []
    for character in unicodedata.normalize("NFKC", text).upper():
        if character.isspace() or unicodedata.category(character) == "Pd":
            continue
        digit = unicodedata.decimal(character, None)
        value = digit if digit is not None else _VALUE.get(character)
        if value is None:
            return None
        letters.append(ALPHABET[value])
    code = "".join(letters)
    if len(code) != LENGTH or code[RANDOM_LENGTH:] != check_of(code[:RANDOM_LENGTH]):
        return None
    return code


def shown_code(code: str) -> str:
    """Return the code as it is printed: ``XXXX-XXXX-XX``."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def new_link_token() -> str:
    """Return a new token for a link: 128 random bits in lower-case base 32, 26 characters."""
    return base64.b32encode(secrets.token_bytes(_TOKEN_BYTES)).decode().rstrip("=").lower()


def is_link_token(text: str) -> bool:
    """Say whether ``text`` has the shape of such a token."""
    return len(text) == _TOKEN_LENGTH and _TOKEN_ALPHABET.issuperset(text)
