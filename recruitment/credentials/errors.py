"""What can go wrong with keys, statements and lists.

RecruitmentError
  Unavailable    KeyMissing      there is no key to sign with
                 KeyUnusable     there is one, and it cannot be used
  InvalidInput   AddressUnfit    no identity can be made of the address of the service
                 ListUnreadable  a status list is not what the standard says
  RuleBroken     StatementUnfit  a statement has no one spelling, or characters that mislead
  Conflict       ListFull        a status list has no room left
"""

from __future__ import annotations

from recruitment.core.errors import Conflict, InvalidInput, RuleBroken, Unavailable


class KeyMissing(Unavailable):
    """There is no key to sign certificates with."""

    code = "credentials.key_missing"


class KeyUnusable(Unavailable):
    """There is a key, and certificates cannot be signed with it."""

    code = "credentials.key_unusable"


class AddressUnfit(InvalidInput):
    """The address of the service cannot be made into an identity that others can look up."""

    code = "credentials.address_unfit"


class ListUnreadable(InvalidInput):
    """A status list is not compressed and spelled as the standard says, or is too long."""

    code = "credentials.list_unreadable"


class StatementUnfit(RuleBroken):
    """A statement cannot be spelled in exactly one way, or has characters that are not seen or that mislead."""

    code = "credentials.statement_unfit"


class ListFull(Conflict):
    """A status list has so few free places that a new one should be begun."""

    code = "credentials.list_full"
