"""The keys that sign certificates: the history of their public halves is in the database, the private ones in a file."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from recruitment.audit import service as audit
from recruitment.certificates import queries
from recruitment.certificates.models import CertificateKey, CertificateKeyEnd
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.credentials import proofs
from recruitment.credentials.errors import AddressUnfit, KeyMissing, KeyUnusable
from recruitment.credentials.identity import did_document, did_of, method_of
from recruitment.credentials.keys import IssuingKeyFile, load_paper_key
from recruitment.credentials.paper_signature import PaperSigner
from recruitment.database.bulk import insert_many

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.core.settings import Settings
    from recruitment.credentials.keys import PublicKey

NAME = "First Mile certificates"
"""What our own certificate of the paper key says of its owner."""

_TICK = timedelta(seconds=1)
"""Proofs are dated by whole seconds, and keys are made between them."""

_KEY_COLUMNS = ("id", "purpose", "number", "public", "made_at")
_END_COLUMNS = ("key_id", "kind", "ended_at")


class Signer:
    """Signs documents as the house, with the newest proof key. Make one for a unit of work: it reads the key file once."""

    def __init__(self, session: Session) -> None:
        """Read the key. Raises ``KeyMissing``, also when the database does not know the key of the file."""
        settings: Settings = session.info["settings"]
        self.base_url = settings.base_url
        self.did = did_of(self.base_url)
        keys = IssuingKeyFile(settings.certificate_key_path).newest()
        self._private: Ed25519PrivateKey = keys.proof
        made_at = {key.id: key.made_at for key in queries.keys(session) if _is_in_use(key)}
        if keys.proof_id not in made_at:
            raise KeyMissing(
                f"This database does not know the key in {settings.certificate_key_path}, or it ended. Put the right file "
                "back, or make the next keys: recruitment certificates new-key"
            )
        self._method = method_of(self.did, keys.proof_id)
        self._made_at = made_at[keys.proof_id]

    def sign(self, document: dict[str, Any], created: datetime) -> dict[str, Any]:
        """Return ``document`` with its proof, dated ``created``: the day that it is about, so that no hour is told.

        Never before the key was made, though: such a proof would be refused.
        """
        return proofs.sign(
            document, self._private, self._method, max(created, self._made_at.replace(microsecond=0) + _TICK)
        )


def paper_signer(session: Session) -> PaperSigner:
    """Return what signs papers: the key of an organisation where one is set, else our own. Raises ``KeyMissing``.

    An organisation's key must be registered first, so that whoever checks a paper knows it: see ``register_paper_key``.
    """
    settings: Settings = session.info["settings"]
    if settings.paper_key_path is not None:
        key = load_paper_key(settings.paper_key_path, settings.paper_key_password)
    else:
        key = IssuingKeyFile(settings.certificate_key_path).newest().paper
    if key.id not in {each.id for each in queries.keys(session) if _is_in_use(each)}:
        raise KeyMissing(
            "This database does not know the key that signs papers. Register it: recruitment certificates new-key --paper"
        )
    return PaperSigner(key)


def make_keys(session: Session, actor: Actor, key_file: IssuingKeyFile) -> list[PublicKey]:
    """Make new keys beside the old ones and register them; those before sign no more, and what they signed stays good.

    Call ``adopt`` on the file with their ids after the commit. A new database takes the keys that the file holds already.
    Who may: whoever keeps the keys of certificates (at the machine only).
    """
    actor.require(Permission.MANAGE_CERTIFICATE_KEYS)
    now = clock.now()
    known = queries.keys(session)
    takes_over = not known and key_file.exists()
    made = list(key_file.newest().public_keys(now)) if takes_over else key_file.make(NAME, now)
    _register(session, actor, known, made, now)
    return made


def register_paper_key(session: Session, actor: Actor) -> PublicKey:
    """Register the paper key of an organisation that the settings name, in place of the one before.

    Who may: whoever keeps the keys of certificates. Raises ``KeyMissing``, ``KeyUnusable``.
    """
    actor.require(Permission.MANAGE_CERTIFICATE_KEYS)
    settings: Settings = session.info["settings"]
    if settings.paper_key_path is None:
        raise KeyMissing("Say where the PKCS#12 file of your organisation is: RECRUITMENT_PAPER_KEY=/path/to/key.p12")
    now = clock.now()
    key = load_paper_key(settings.paper_key_path, settings.paper_key_password).public_key(now)
    known = queries.keys(session)
    if key.id not in {each.id for each in known}:
        _register(session, actor, known, [key], now)
    return key


def revoke_key(session: Session, actor: Actor, key_id: str) -> None:
    """Say that a key was lost or stolen: nothing that it signed counts any more, here or in a verifier that knows of it.

    Who may: whoever keeps the keys of certificates. Raises ``KeyMissing`` for a key that is not ours. Make new keys after it.
    """
    actor.require(Permission.MANAGE_CERTIFICATE_KEYS)
    known = {key.id: key for key in queries.keys(session)}
    if key_id not in known:
        raise KeyMissing(f"There is no key {key_id}. recruitment certificates keys lists them.")
    if known[key_id].revoked_at is None:
        insert_many(session, CertificateKeyEnd.__table__, _END_COLUMNS, [(key_id, "revoked", clock.now())])
        audit.record(session, actor, "certificates.key_revoked", ("certificate_key", key_id))


def history_of_keys(session: Session, actor: Actor) -> list[PublicKey]:
    """Return every public key that ever signed, the oldest first. Who may: whoever keeps the keys of certificates."""
    actor.require(Permission.MANAGE_CERTIFICATE_KEYS)
    return queries.keys(session)


def document_of_identity(session: Session) -> dict[str, Any]:
    """Return our did:web document: every key that ever signed, and until when. It is for everybody."""
    settings: Settings = session.info["settings"]
    return did_document(settings.base_url, queries.keys(session))


def missing_key(session: Session) -> str | None:
    """Return why nothing can be signed, in a sentence; None when all is there. For the start of the service."""
    try:
        Signer(session)
        paper_signer(session)
    except (KeyMissing, KeyUnusable, AddressUnfit) as unfit:
        return unfit.detail
    return None


def _register(
    session: Session, actor: Actor, known: Sequence[PublicKey], made: Collection[PublicKey], now: datetime
) -> None:
    replaced = {key.kind for key in made}
    ends = [(key.id, "followed", now) for key in known if key.kind in replaced and key.ended_at is None]
    insert_many(session, CertificateKeyEnd.__table__, _END_COLUMNS, ends)
    rows = [(key.id, key.kind, queries.next_key_number(session, key.kind), key.public, now) for key in made]
    insert_many(session, CertificateKey.__table__, _KEY_COLUMNS, rows)
    # The first keys come with the database, as that of its seals: nobody acted.
    for key in made if known else ():
        audit.record(session, actor, "certificates.key_made", ("certificate_key", key.id), kind=key.kind)


def _is_in_use(key: PublicKey) -> bool:
    return key.ended_at is None and key.revoked_at is None
