"""What the forms of this room's pages bring, without Flask: a mapping of texts in, cells and values out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.jobseekers.errors import JobseekerRefused
from recruitment.jobseekers.rules import ConsentMode, ConsentPurpose, NewConsent

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT_MAX = 200

FIELDS = ("reference", "language", "name", "birth_year", "sex", "village", "district", "country", "phone")
"""The fields of the form of registration that are cells of a row of the import file."""

ASKED = ("reference", "phone", "name")
"""The fields of the form that searches."""

CONSENTS = {purpose: f"consent_{purpose.value}" for purpose in ConsentPurpose}


def asked(form: Mapping[str, str]) -> dict[str, str]:
    """Return what somebody is looked for by. Raises ``JobseekerRefused``."""
    return {name: _text(form, name) for name in ASKED}


def cells(form: Mapping[str, str], cso: str) -> dict[str, str]:
    """Return the row of the import file that a filled form of registration is. A consent that was not asked is a no."""
    found = {name: _text(form, name) for name in FIELDS}
    for purpose, name in CONSENTS.items():
        answer = _text(form, name)
        # Whether a record may be kept must be asked; everything else that was not agreed to is not agreed to.
        found[name] = answer or ("" if purpose is ConsentPurpose.RECORD else "no")
    return found | {"registered_on": clock.today().isoformat(), "cso": cso}


def mode(form: Mapping[str, str]) -> ConsentMode | None:
    """Return how the person answered; None when it was not said."""
    chosen = _text(form, "mode")
    return ConsentMode(chosen) if chosen in set(ConsentMode) else None


def witness(form: Mapping[str, str]) -> str | None:
    """Return who was there when the person answered."""
    return _text(form, "witness") or None


def consent(form: Mapping[str, str], language: str | None) -> NewConsent:
    """Return what a button of the record says. Raises ``JobseekerRefused``."""
    purpose, given = _text(form, "purpose"), _text(form, "given")
    if purpose not in set(ConsentPurpose) or given not in {"yes", "no"}:
        raise JobseekerRefused("Choose a purpose, and yes or no.", purpose="none of those there are")
    return NewConsent(ConsentPurpose(purpose), given == "yes", clock.today(), language, ConsentMode.ORAL)


def _text(form: Mapping[str, str], name: str) -> str:
    found = form.get(name, "").strip()
    if len(found) > TEXT_MAX or not found.isprintable():
        raise JobseekerRefused(
            f"The field {name} has at most {TEXT_MAX} visible characters. Shorten it.", **{name: "too long"}
        )
    return found
