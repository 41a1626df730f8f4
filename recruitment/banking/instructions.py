"""What a payment file tells a bank: who is paid what, from which account, on which day.

The lengths are those of ISO 20022 (pain.001.001.09) for every format, so that a payment fits into each of them. References
keep to the Latin letters and signs that banks agreed on, and to the European Payments Council's clarification paper on
slashes in references. Names and texts are written as given, in any script: the schema allows all of Unicode, and a name
in other letters is another name.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

CHARITY = "CHAR"
"""The purpose of what a fund gives, by ISO 20022's ExternalPurpose1Code: a payment for charity."""

NAME_MAX = 140
ACCOUNT_MAX = 34
REFERENCE_MAX = 35
TEXT_MAX = 140

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/\-?:().,'+ ]*")
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./-]*")
_INSTITUTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .&-]*")
_CLEARING = re.compile(r"([A-Z]{5})/([A-Za-z0-9]{1,29})")
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NO_CHARACTERS = frozenset("\ufffe\uffff")
_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})


class Method(StrEnum):
    """How money reaches a person."""

    BANK = "bank"
    MOBILE_MONEY = "mobile_money"
    CASH = "cash"


class FileFormat(StrEnum):
    """In which form the bank takes the list."""

    CSV = "csv"
    XLSX = "xlsx"
    PAIN001 = "pain001"

    @property
    def extension(self) -> str:
        """How the name of such a file ends."""
        return "xml" if self is FileFormat.PAIN001 else self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One payment. ``reference`` comes back in the bank's answer (EndToEndId); ``amount_minor`` is in minor units.

    ``institution`` is a BIC, a clearing system with its member (``THCBC/004``), or a bank's or wallet's own code
    (``KBZPAY``). ``purpose`` is a code of ISO 20022 when it has four capitals, else own words.
    """

    reference: str
    name: str
    account: str
    institution: str
    amount_minor: int
    currency: str
    purpose: str
    remittance_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFileContents:
    """Everything that stands in a payment file. The same contents give the same bytes, at any time, on any machine.

    ``made_at`` has a time zone. ``total_minor`` is what was approved: when the items come to another sum, nothing is
    written.
    """

    reference: str
    made_at: datetime
    debtor_name: str
    debtor_account: str
    debtor_agent: str
    currency: str
    method: Method
    executed_on: date
    items: Sequence[Instruction]
    total_minor: int


@dataclass(frozen=True, slots=True)
class Agent:
    """An institution as ISO 20022 names it: a BIC, or a member of a clearing system (the system may be unsaid)."""

    bic: str | None
    clearing_system: str | None
    member: str | None


def agent_of(institution: str) -> Agent:
    """Return how the institution is named. ``THCBC/004`` is member 004 of the Thai clearing system THCBC.

    Source: ExternalClearingSystemIdentification1Code of ISO 20022; THCBC has three digits for the bank and, where
    wanted, four for the branch.
    """
    if is_bic(institution):
        return Agent(institution, None, None)
    if found := _CLEARING.fullmatch(institution):
        return Agent(None, found[1], found[2])
    return Agent(None, None, institution)


def is_bic(institution: str) -> bool:
    """Say whether this is spelled as a BIC (ISO 9362)."""
    return _BIC.fullmatch(institution) is not None


def iban_of(account: str) -> str | None:
    """Return the account as an IBAN (ISO 13616) without blanks, or None when it is a local number."""
    solid = account.replace(" ", "")
    return solid if _IBAN.fullmatch(solid) else None


def account_problem(account: str) -> str | None:
    """Say what is wrong with an account or wallet number, or None. A person may be shown the sentence."""
    if not account:
        return "There is no account number. Enter it as it stands on the passbook, the card or in the wallet."
    if account.startswith("+"):
        return "A number of a wallet is written in digits only, without +, such as 66812345678."
    if not _ACCOUNT.fullmatch(account) or account != account.strip():
        return "An account number has letters A to Z, digits, blanks, points, hyphens and slashes only."
    if len(account) > ACCOUNT_MAX:
        return f"An account number has at most {ACCOUNT_MAX} characters; this one has {len(account)}."
    solid = iban_of(account)
    if solid and int("".join(str(int(each, 36)) for each in solid[4:] + solid[:4])) % 97 != 1:
        return "This looks like an IBAN, but its check digits are wrong. Compare it with the passbook, digit by digit."
    return None


def institution_problem(institution: str) -> str | None:
    """Say what is wrong with the code of a bank or wallet, or None."""
    if not institution:
        return "There is no bank or wallet. Enter its BIC, its clearing code such as THCBC/004, or its own code."
    if len(institution) > REFERENCE_MAX:
        return f"The code of a bank or wallet has at most {REFERENCE_MAX} characters; this one has {len(institution)}."
    if _CLEARING.fullmatch(institution):
        return None
    if not _INSTITUTION.fullmatch(institution) or institution != institution.strip():
        return "The code of a bank or wallet has letters A to Z and digits, or is a clearing code such as THCBC/004."
    return None


def name_problem(name: str) -> str | None:
    """Say what is wrong with the name of a payee, or None. Any script is fine."""
    if not name:
        return "There is no name. Enter the name that the account is held under."
    return _text_problem(name, NAME_MAX)


def reference_problem(reference: str) -> str | None:
    """Say what is wrong with a reference, or None."""
    if not 1 <= len(reference) <= REFERENCE_MAX:
        return f"A reference has 1 to {REFERENCE_MAX} characters; this one has {len(reference)}."
    if not _REFERENCE.fullmatch(reference) or reference != reference.strip():
        return (
            "A reference begins with a letter A to Z or a digit; after it may also come blanks and / - ? : ( ) . , ' +"
        )
    if reference.endswith("/") or "//" in reference:
        return "A reference does not end with a slash and has no two in a row: banks read them as a sign."
    return None


def purpose_problem(purpose: str) -> str | None:
    """Say what is wrong with a purpose, or None."""
    if not purpose:
        return f"There is no purpose. Write {CHARITY} or a few words."
    return _text_problem(purpose, REFERENCE_MAX)


def remittance_problem(text: str) -> str | None:
    """Say what is wrong with the text that the payee reads, or None. It may be empty."""
    return _text_problem(text, TEXT_MAX)


def is_iso_purpose(purpose: str) -> bool:
    """Say whether a purpose is spelled as a code of ISO 20022."""
    return len(purpose) == 4 and purpose.isascii() and purpose.isalpha() and purpose.isupper()


def _text_problem(text: str, most: int) -> str | None:
    if len(text) > most:
        return f"It has {len(text)} characters, and a bank takes {most}. Shorten it; nothing is cut off in silence."
    if text != text.strip():
        return "It begins or ends with a blank. Take the blank away: banks compare letter by letter."
    if text.isascii() and text.isprintable():
        return None
    if any(each in _TURNING for each in text):
        return "It has characters that turn the direction of the line, so that it reads otherwise than it is. Type it anew."
    if any(unicodedata.category(each) in _UNSEEN or each in _NO_CHARACTERS for each in text):
        return "It has characters that are not seen, or a line break. Type it anew, in one line."
    return None
