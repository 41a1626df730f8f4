"""What the forms of this room's pages bring, without Flask: a mapping of texts in, checked values out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from recruitment.access.errors import FormInvalid, PersonUnknown
from recruitment.core.actor import Permission, Role

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

TEXT_MAX = 2000


def text(form: Mapping[str, str], name: str) -> str:
    """Return a field of a form. Raises ``FormInvalid`` for what nobody types."""
    found = form.get(name, "")
    if len(found) > TEXT_MAX:
        raise FormInvalid(f"This is too long ({len(found)} characters).", **{name: "too long"})
    if "\x00" in found:  # which PostgreSQL refuses with an error of its own
        raise FormInvalid("This holds a character that nobody types. Type it again.", **{name: "not visible"})
    return found


def role(form: Mapping[str, str], allowed: Collection[Role]) -> Role:
    """Return the role that was chosen. Raises ``FormInvalid``."""
    chosen = text(form, "role")
    if chosen not in {each.value for each in allowed}:
        raise FormInvalid("Choose a role from the list.", role="none of those in the list")
    return Role(chosen)


def scopes(chosen: Iterable[str]) -> frozenset[Permission]:
    """Return the permissions that were ticked. Raises ``FormInvalid``."""
    found = frozenset(chosen)
    if not found <= {each.value for each in Permission}:
        raise FormInvalid("Choose permissions from the list.", scopes="none of those in the list")
    return frozenset(Permission(each) for each in found)


def days(form: Mapping[str, str]) -> int:
    """Return a number of days. Raises ``FormInvalid``."""
    given = text(form, "days").strip()
    if not given.isascii() or not given.isdigit() or len(given) > 4:
        raise FormInvalid("Write the days as a number, such as 90.", days="not a number")
    return int(given)


def person_id(given: str) -> UUID:
    """Return the id in an address. What is no id is nobody's: raises ``PersonUnknown``."""
    try:
        return UUID(given)
    except ValueError:
        raise PersonUnknown("There is no such person, or none of yours.") from None
