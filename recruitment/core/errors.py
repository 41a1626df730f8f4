"""The kinds of error that the whole house shares.

    RecruitmentError
      InvalidInput     the shape is wrong; says which field and how to cure it
      NotFound         does not exist, or the actor may not know that it does
      NotPermitted     a known actor asks for a forbidden act
      Conflict         the state has moved: a duplicate, a lost race, a stale version
      RuleBroken       well formed, but the rules of the field say no
      Unavailable      something that we depend on is down or missing; try again or set it up

Rooms subclass a kind in their own ``errors.py``. No HTTP status lives here: only ``web/errors.py`` knows them.
``InvariantViolated`` is apart: it is our own mistake, never shown to a user.
"""

from __future__ import annotations

from typing import ClassVar


class RecruitmentError(Exception):
    """An expected refusal. ``code`` is stable and dotted, ``detail`` is a sentence for a person."""

    code: ClassVar[str] = "recruitment.error"

    def __init__(self, detail: str, **facts: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts = facts


class InvalidInput(RecruitmentError):
    """What came in has the wrong shape."""

    code = "recruitment.invalid_input"


class NotFound(RecruitmentError):
    """There is no such thing, or none that the actor may know of."""

    code = "recruitment.not_found"


class NotPermitted(RecruitmentError):
    """The actor is known and may not do this."""

    code = "recruitment.not_permitted"


class Conflict(RecruitmentError):
    """Somebody else was first, or the same key stands for something else."""

    code = "recruitment.conflict"


class RuleBroken(RecruitmentError):
    """Well formed, and against a rule of the field."""

    code = "recruitment.rule_broken"


class Unavailable(RecruitmentError):
    """Something that the service needs is missing or down."""

    code = "recruitment.unavailable"


class InvariantViolated(AssertionError):
    """A mistake of ours: what must always hold does not. Logged, never shown."""
