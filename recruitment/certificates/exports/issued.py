"""A paper as it is given out: drawn, with the credential attached, signed, and noted by its SHA-256."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.certificates import services
from recruitment.certificates.errors import LanguageUnknown
from recruitment.certificates.exports.paper import draw
from recruitment.core import clock
from recruitment.typesetting.catalogue import languages

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from recruitment.certificates.services import PaperMaterial, ShareSecret
    from recruitment.core.actor import Actor

PDF = "application/pdf"


def signed_paper(session: Session, actor: Actor, material: PaperMaterial, language: str) -> bytes:
    """Return the paper of a certificate in English and, if a speaker reviewed it, in ``language``.

    It is dated with the day alone. Who may: whoever could get the ``material``. Raises ``KeyMissing``, ``LanguageUnknown``.
    """
    _refuse_unknown(language)
    pdf = _drawn(material, language, draft=False)
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    paper = services.paper_signer(session).sign(pdf, material.files, today)
    services.record_paper(session, actor, material, language, paper)
    return paper


def paper_of_share(session: Session, actor: Actor, secret: ShareSecret, language: str) -> bytes:
    """Return the paper of a person's certificate with the code and link of a share that is about to be made."""
    material = services.material_of_person(session, actor, secret.certificate, code=secret.code, link=secret.link)
    return signed_paper(session, actor, material, language)


def draft_paper(material: PaperMaterial, language: str) -> bytes:
    """Return the paper with translations that nobody reviewed, for who reviews them: never signed, and not noted."""
    _refuse_unknown(language)
    return _drawn(material, language, draft=True)


def _refuse_unknown(language: str) -> None:
    """Refuse a language without a catalogue before anything is drawn."""
    if language.partition("-")[0].lower() not in languages():
        raise LanguageUnknown(
            f"There is no translation into {language!r}. There are: {', '.join(languages())}.",
            language="not known here",
        )


def _drawn(material: PaperMaterial, language: str, *, draft: bool) -> bytes:
    return draw(
        material.statement, code=material.code, link=material.link, language=language, name=material.name, draft=draft
    )
