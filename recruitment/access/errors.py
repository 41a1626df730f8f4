"""What this room refuses.

InvalidInput   LoginInvalid, PasswordTooWeak, TokenInvalid, FormInvalid
NotFound       PersonUnknown, TokenUnknown, CodeUnknown, RecoveryUnknown
NotPermitted   RoleNotYours, NotForYourself
Conflict       LoginTaken
RuleBroken     RoleElsewhere, PersonInactive, SecondFactorFirst, CodeWrong, PasswordWrong,
               TooManyAttempts
"""

from __future__ import annotations

from recruitment.core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleBroken


class LoginInvalid(InvalidInput):
    """Nobody can have this name to sign in with."""

    code = "access.login_invalid"


class PasswordTooWeak(InvalidInput):
    """The password is short, or one that everybody tries first."""

    code = "access.password_too_weak"


class TokenInvalid(InvalidInput):
    """A token cannot be made like this: what it may do, its label, or how long it lives."""

    code = "access.token_invalid"


class FormInvalid(InvalidInput):
    """A form of the pages lacks something, or holds what is not to be chosen."""

    code = "access.form_invalid"


class PersonUnknown(NotFound):
    """There is no such person, or none that the actor may know of."""

    code = "access.person_unknown"


class TokenUnknown(NotFound):
    """The actor has no such token."""

    code = "access.token_unknown"


class CodeUnknown(NotFound):
    """No invitation and no recovery has this code, or it was used, or its time is over."""

    code = "access.code_unknown"


class RecoveryUnknown(NotFound):
    """Nobody has asked for a recovery of this person, or its time is over."""

    code = "access.recovery_unknown"


class RoleNotYours(NotPermitted):
    """The actor may not give this role, or manage people who have it."""

    code = "access.role_not_yours"


class NotForYourself(NotPermitted):
    """What two people must do, or what nobody may do to themselves."""

    code = "access.not_for_yourself"


class LoginTaken(Conflict):
    """Somebody signs in with this name already."""

    code = "access.login_taken"


class RoleElsewhere(RuleBroken):
    """People of this role do not work in such an organisation."""

    code = "access.role_elsewhere"


class PersonInactive(RuleBroken):
    """The access of this person was ended, or has not begun."""

    code = "access.person_inactive"


class SecondFactorFirst(RuleBroken):
    """The role wants a second factor, and there is none yet."""

    code = "access.second_factor_first"


class CodeWrong(RuleBroken):
    """The code of the second factor is wrong, too old, or was used already."""

    code = "access.code_wrong"


class PasswordWrong(RuleBroken):
    """The present password is another one."""

    code = "access.password_wrong"


class TooManyAttempts(RuleBroken):
    """The password was tried too often from this session."""

    code = "access.too_many_attempts"
