"""The three words, and every reason with its word and its sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

VALID = "VALID"
NOT_VALID = "NOT VALID"
CANNOT_TELL = "CANNOT TELL"

_ASK = "Ask for the code or the link of the certificate and check that."
_FETCH = "Fetch a new bundle from the issuer and check again."

REASONS: Mapping[str, tuple[str, str]] = {
    "valid": (VALID, "This certificate was signed by its issuer, is unchanged, in force, and has not been withdrawn."),
    # What the file is
    "malformed": (NOT_VALID, "This is not a certificate of the issuer: it does not have the parts that one has."),
    "duplicate_key": (
        NOT_VALID,
        "A name stands twice in this file, so it could be read in two ways. We never sign such.",
    ),
    "number_unfit": (
        NOT_VALID,
        "There is a number in this file that two programs may read differently. We never sign such.",
    ),
    "text_unfit": (
        NOT_VALID,
        "There are characters in this file that cannot be seen or that mislead. We never sign such.",
    ),
    "too_deep": (NOT_VALID, "This is not a certificate of the issuer: its parts are nested too deeply."),
    "too_long": (CANNOT_TELL, f"This file is too long to be a certificate, so it was not read. {_ASK}"),
    "other_file": (CANNOT_TELL, f"This file is neither a credential nor a paper (PDF). {_ASK}"),
    "version_unknown": (
        CANNOT_TELL,
        "This certificate is of a newer kind than this program can read. Get a newer copy of the verifier.",
    ),
    # Who signed it
    "wrong_issuer": (
        NOT_VALID,
        "This certificate was not issued by the issuer that you trust. Look closely at the name.",
    ),
    "wrong_algorithm": (NOT_VALID, "This certificate is not signed in the way in which the issuer signs."),
    "signature_wrong": (
        NOT_VALID,
        "The signature does not fit: something was changed after the issuer signed, or they never signed.",
    ),
    "key_unknown": (
        CANNOT_TELL,
        f"This certificate names a key of the issuer that your bundle does not have. {_FETCH}",
    ),
    "key_not_made": (NOT_VALID, "This certificate says that it was signed before its key was made."),
    "key_expired": (NOT_VALID, "This certificate says that it was signed when its key was no longer in use."),
    "key_revoked": (NOT_VALID, "This certificate was signed with a key after the issuer had withdrawn it."),
    "key_revoked_since": (
        CANNOT_TELL,
        f"The key that signed this certificate has been withdrawn since, so its date proves nothing. {_ASK}",
    ),
    "disagreement": (
        NOT_VALID,
        "This certificate contradicts itself: its cover says something else than its statement.",
    ),
    # When
    "not_yet_valid": (NOT_VALID, "This certificate is not in force yet."),
    "expired": (NOT_VALID, "This certificate has run out. Ask for its renewal."),
    # Whether it was withdrawn
    "revoked": (NOT_VALID, "The issuer has withdrawn this certificate for good."),
    "re_check": (
        CANNOT_TELL,
        "The issuer is checking this recruitment again. Until that is done this certificate says nothing.",
    ),
    "status_missing": (
        CANNOT_TELL,
        f"The list that says whether this certificate was withdrawn is not in your bundle. {_FETCH}",
    ),
    "status_stale": (
        CANNOT_TELL,
        f"The list that says whether this certificate was withdrawn is not for this day. {_FETCH}",
    ),
    "status_unsigned": (
        CANNOT_TELL,
        f"The list that says whether this certificate was withdrawn is not signed by the issuer. {_FETCH}",
    ),
    "status_unfit": (
        CANNOT_TELL,
        f"The list that says whether this certificate was withdrawn cannot be read as one. {_FETCH}",
    ),
    "status_out_of_range": (
        CANNOT_TELL,
        f"The list that says whether this certificate was withdrawn has no place for it. {_FETCH}",
    ),
    # Papers
    "paper_unsigned": (
        CANNOT_TELL,
        f"This paper bears no signature that covers all of it, so it proves nothing. {_ASK}",
    ),
    "paper_changed": (CANNOT_TELL, f"This paper is not as it was when it was signed, so it proves nothing. {_ASK}"),
    "paper_key_unknown": (
        CANNOT_TELL,
        f"This paper is signed with a key that is not the issuer's, as far as your bundle knows. {_ASK}",
    ),
    "paper_key_revoked": (
        CANNOT_TELL,
        f"The key that signed this paper has been withdrawn, so the paper proves nothing. {_ASK}",
    ),
    "paper_unreadable": (
        CANNOT_TELL,
        f"This paper is signed by the issuer and has no certificate in it that can be read. {_ASK}",
    ),
    "paper_reader_missing": (
        CANNOT_TELL,
        f"Papers (PDF) cannot be opened here: the package pyHanko is not installed. Install it, or {_ASK[0].lower()}{_ASK[1:]}",
    ),
    "subject_mismatch": (
        NOT_VALID,
        "The name that comes with this paper is not that of the person whom the certificate is about.",
    ),
}
"""Reason -> word and sentence. The sentences are fixed, and repeat nothing that stands in the file."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer. ``statement`` and ``canonical`` are there only when the issuer's signature over them holds."""

    word: str
    reason: str
    sentence: str
    statement: Mapping[str, Any] | None = None
    canonical: bytes | None = None
    subject: str | None = None
    """The name in a person's paper, when it is proven to be that of the certificate. It is personal data."""

    @property
    def is_valid(self) -> bool:
        """Whether the word is VALID."""
        return self.word == VALID


def verdict(
    reason: str, statement: Mapping[str, Any] | None = None, canonical: bytes | None = None, subject: str | None = None
) -> Verdict:
    """Return the verdict for a reason."""
    word, sentence = REASONS[reason]
    return Verdict(word, reason, sentence, statement, canonical, subject)
