"""What anybody is told of a certificate: by its code or link, by its paper, by its file. Nothing of it names a person.

Sessions here are of the house. Nothing is kept of who asked or for what.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recruitment.certificates import queries, rules
from recruitment.certificates.services.keys import document_of_identity
from recruitment.certificates.services.lists import PURPOSES
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.credentials import verifier
from recruitment.credentials.codes import is_link_token, normal_code
from recruitment.credentials.proofs import spell
from recruitment.credentials.verifier import Trust

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from recruitment.certificates.queries import Checkable
    from recruitment.certificates.rules import CertificateState, Told
    from recruitment.core.actor import Actor
    from recruitment.credentials.verifier import Verdict
    from recruitment.database.vault import Vault

CODE_OF_SHARE, LINK_OF_SHARE = "certificate_share.code", "certificate_share.link"
"""Domains of the keyed hashes under which a share keeps its code and its link."""

NOT_SHARED = "This is the certificate of one person, and they do not let it be checked now, or not any more. Ask them for a code."
TEXT_MAX = 64
"""No code and no link is longer; what is longer is neither."""


@dataclass(frozen=True, slots=True)
class PublicCheck:
    """What anybody is told who has the code. ``state`` and ``canonical``, the statement as signed, are None for NOT FOUND."""

    state: CertificateState | None
    told: Told
    canonical: str | None = None
    is_of_person: bool = False

    @property
    def statement(self) -> Mapping[str, Any] | None:
        """The statement, read anew each time; None where there is none."""
        return None if self.canonical is None else json.loads(self.canonical)

    @property
    def reason(self) -> str:
        """The state as a code; ``not_found`` where there is none."""
        return self.state.value if self.state else "not_found"


@dataclass(frozen=True, slots=True)
class PaperCheck:
    """What is told of a paper or a file: VALID, NOT VALID or CANNOT TELL, why, and what it says when it is ours."""

    word: str
    reason: str
    sentence: str
    statement: Mapping[str, Any] | None = None


UNKNOWN = PublicCheck(None, rules.NOT_FOUND)


def check(session: Session, text: str) -> PublicCheck:
    """Return what anybody may know of the certificate with this code, however it is spelled, or with this link's token.

    Who may: everybody. A code that never was, one with a slip in it, and a share that ended are answered alike. Two queries.
    """
    return check_all(session, [text])[0]


def check_all(session: Session, texts: Sequence[str]) -> list[PublicCheck]:
    """Return the same for several codes and tokens, in their order: two queries for all of them."""
    keys = [_key_of(text) for text in texts]
    codes = {key for key in keys if key is not None and not is_link_token(key)}
    links = {key for key in keys if key is not None and is_link_token(key)}
    at = clock.now()
    of_cohorts = queries.cohort_by_key(session, codes, links)
    vault: Vault = session.info["vault"]
    hashes = {code: vault.keyed_hash(CODE_OF_SHARE, code) for code in codes - of_cohorts.keys()}
    hashes |= {link: vault.keyed_hash(LINK_OF_SHARE, link) for link in links - of_cohorts.keys()}
    shared = queries.shared_by_key(session, set(hashes.values()), at) if hashes else {}
    of_persons = {key: shared[hashed] for key, hashed in hashes.items() if hashed in shared}
    found = of_cohorts | of_persons
    told = {key: _told(each, at) for key, each in found.items()}
    return [told.get(key or "", UNKNOWN) for key in keys]


def check_paper(session: Session, content: bytes) -> PaperCheck:
    """Say whether a file, a paper (PDF) or a credential, is a certificate of ours that is in force. Who may: everybody."""
    return check_papers(session, [content])[0]


def check_papers(session: Session, contents: Iterable[bytes]) -> list[PaperCheck]:
    """Return the same for several files, in their order; our own lists are read once for all."""
    trust, now = trust_of(session), clock.now()
    checked = []
    for content in contents:
        known = _known_paper(session, content)
        verdict = verifier.verify(content, trust, now, known_papers=known)
        checked.append(_of_person(session, verdict) or _plain(verdict))
    return checked


def check_batch(session: Session, actor: Actor, codes: Sequence[str]) -> list[PublicCheck]:
    """Return what anybody may know of several certificates. Who may: whoever may check many at once."""
    actor.require(Permission.CHECK_CERTIFICATES)
    return check_all(session, codes)


def check_batch_of_papers(session: Session, actor: Actor, contents: Iterable[bytes]) -> list[PaperCheck]:
    """Say whether several files are certificates in force. Who may: whoever may check many at once."""
    actor.require(Permission.CHECK_CERTIFICATES)
    return check_papers(session, contents)


def trust_bundle(session: Session) -> dict[str, Any]:
    """Return what a verifier elsewhere needs: our identity with its keys, the newest lists, the head of the log.

    It is for everybody, and says when it was put together: who uses it knows how old it is.
    """
    lists = [
        found[0]
        for number in range(1, queries.last_list(session) + 1)
        for purpose in PURPOSES
        if (found := queries.newest_list(session, purpose, number)) is not None
    ]
    head = queries.log_head(session)
    return {
        "did": document_of_identity(session),
        "status": [json.loads(body) for body in lists],
        "head": None if head is None else json.loads(head),
        "fetched_at": spell(clock.now().replace(microsecond=0)),
    }


def log_leaves(session: Session, first: int, limit: int) -> list[str]:
    """Return leaves of the log from a position on, as hexadecimal digits. They are for everybody, and name nobody."""
    return [each.hex() for each in queries.log_leaves(session, first=first, limit=limit)]


def trust_of(session: Session) -> Trust:
    """Return the trust in ourselves, by which papers are checked here."""
    bundle = trust_bundle(session)
    return Trust.of(bundle["did"], bundle["status"], bundle["head"], clock.now())


def _key_of(text: str) -> str | None:
    """Return the code or token that a text is, in one spelling."""
    if len(text) > TEXT_MAX:
        return None
    token = text.strip().lower()
    return token if is_link_token(token) else normal_code(text)


def _told(found: Checkable, at: Any) -> PublicCheck:
    state = rules.state_at(found.events, valid_until=found.valid_until, at=at)
    return PublicCheck(state, rules.TOLD[state], found.statement, found.is_of_person)


def _known_paper(session: Session, content: bytes) -> dict[str, bytes]:
    """Return the credential of a paper that we drew, by the paper's SHA-256; nothing for any other file."""
    digest = hashlib.sha256(content)
    credential = queries.credential_of_paper(session, digest.digest())
    return {} if credential is None else {digest.hexdigest(): credential.encode()}


def _of_person(session: Session, verdict: Verdict) -> PaperCheck | None:
    """Tell nothing of a person's certificate that its person does not let be checked; None where there is no need."""
    if verdict.statement is None or verdict.canonical is None or verdict.statement.get("subject") is None:
        return None
    id_ = queries.person_by_digest(session, hashlib.sha256(verdict.canonical).digest())
    if id_ is not None and queries.is_shared(session, id_, clock.now()):
        return None
    return PaperCheck(verifier.CANNOT_TELL, "not_shared", NOT_SHARED)


def _plain(verdict: Verdict) -> PaperCheck:
    return PaperCheck(verdict.word, verdict.reason, verdict.sentence, verdict.statement)
