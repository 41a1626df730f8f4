"""Text as people write it: Unicode NFC, Burmese typed in Zawgyi converted, telephone numbers in one form.

Zawgyi is an old way of writing Burmese with the same code points as Unicode but other meanings; much of it is still
typed in villages. The detector is Google's (myanmartools), the conversion paraencoder's; tests hold both to names that we know.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import phonenumbers
from myanmartools import ZawgyiDetector
from para.convert import zg_to_unicode

from recruitment.core.errors import InvalidInput

ZAWGYI_PROBABILITY = 0.95
"""From this probability on we take Burmese text for Zawgyi; the detector's authors advise the same."""


class PhoneInvalid(InvalidInput):
    """Not a telephone number of that country."""

    code = "text.phone_invalid"


@cache
def _detector() -> ZawgyiDetector:
    return ZawgyiDetector()


def has_myanmar_letters(text: str) -> bool:
    """Say whether any character belongs to the Myanmar block."""
    return any("\u1000" <= character <= "\u109f" for character in text)


def looks_like_zawgyi(text: str) -> bool:
    """Say whether Burmese ``text`` was most likely typed in Zawgyi."""
    return has_myanmar_letters(text) and _detector().get_zawgyi_probability(text) >= ZAWGYI_PROBABILITY


def tidy(text: str) -> str:
    """Return ``text`` as NFC, with runs of blanks folded and none at the ends; Zawgyi is converted to Unicode."""
    if text.isascii():
        return " ".join(text.split())
    if looks_like_zawgyi(text):
        text = zg_to_unicode(text, force=True)
    return " ".join(unicodedata.normalize("NFC", text).split())


def normalise_phone(text: str, country: str) -> str:
    """Return a telephone number as E.164. ``country`` (ISO 3166-1) is used when the number has no country code.

    Raises ``PhoneInvalid`` when no network could connect such a number.
    """
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise PhoneInvalid(
            f"This is not a telephone number. Write it with the country code, like {_example(country)}."
        ) from None
    if not phonenumbers.is_possible_number(number):
        raise PhoneInvalid(
            f"This telephone number has too many or too few digits. One of {country} looks like {_example(country)}."
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_country(code: str) -> bool:
    """Say whether ``code`` is a country or territory (ISO 3166-1 alpha-2) that has telephone numbers."""
    return code in phonenumbers.SUPPORTED_REGIONS


def _example(country: str) -> str:
    number = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    if number is None:
        return "+66 81 234 5678"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
