"""Whether a demand for recovery may go out, and as what: nothing that names a person, but by their word and safely.

A demand to an agency or employer would tell them who spoke. So it goes out as one sum for at least five people, or with
names when each of the named agreed and somebody looked at the danger to each. The worker never waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from recruitment.relief.rules.parameters import Parameters

if TYPE_CHECKING:
    from collections.abc import Collection


class NoticeForm(StrEnum):
    """How a demand for recovery may go out."""

    BATCH = "batch"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class Concerned:
    """A person in a demand. ``may_be_named``: they agree, and an assessment in force does not find the danger high."""

    person: str
    consents: bool
    assessed_safe: bool

    @property
    def may_be_named(self) -> bool:
        """Whether this person may be named to the one who is to pay."""
        return self.consents and self.assessed_safe


def notice_form(people: Collection[Concerned], parameters: Parameters | None = None) -> NoticeForm | None:
    """Say in which form a demand about these people may go out; None: not yet.

    Five people or more go out as one sum without names, also where some of them may be named: who is missing among the
    names would be known too. Fewer go out only when every one of them may be named. A person counts once; of two words
    about one person the more careful stands.
    """
    may_be_named: dict[str, bool] = {}
    for each in people:
        may_be_named[each.person] = each.may_be_named and may_be_named.get(each.person, True)
    if may_be_named and all(may_be_named.values()):
        return NoticeForm.NAMED
    if len(may_be_named) >= (parameters or Parameters()).batch_min:
        return NoticeForm.BATCH
    return None
