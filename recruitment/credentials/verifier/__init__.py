"""Checks a debt-free recruitment certificate without asking anybody: a file of the credential, or the paper itself.

This folder stands alone, so that a buyer can copy it into a program of their own. It needs Python 3.11 and the packages
cryptography, rfc8785, base58 and asn1crypto; for papers (PDF) also pyHanko. It opens no connection and no file by
itself. What it must be given is a bundle, fetched from the issuer beforehand and over a connection that can be trusted:
the issuer's identity document with the history of its keys, and the status lists.

    trust = Trust.read(Path("bundle.json").read_bytes())
    verdict = verify(Path("certificate.pdf").read_bytes(), trust, datetime.now(UTC))
    print(verdict.word, verdict.reason, verdict.sentence)

There are three words. VALID: signed by the issuer, unchanged, in force, and not withdrawn. NOT VALID: one of these is
known to be false. CANNOT TELL: something that is needed to know is missing, old, or not known here; it is neither good
nor bad news, and the sentence says what to do. Nothing is valid by default.
"""

from .credentials import is_logged, is_subject, verify_credential
from .papers import verify
from .reading import Refused, read_json
from .trust import Trust, TrustUnreadable
from .verdicts import CANNOT_TELL, NOT_VALID, REASONS, VALID, Verdict

__all__ = [
    "CANNOT_TELL",
    "NOT_VALID",
    "REASONS",
    "VALID",
    "Refused",
    "Trust",
    "TrustUnreadable",
    "Verdict",
    "is_logged",
    "is_subject",
    "read_json",
    "verify",
    "verify_credential",
]
