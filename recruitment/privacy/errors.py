"""What the room of privacy refuses.

NotConfirmed       an erasure without a word that it is meant
ErasureUnknown     this person was not erased, or not by this actor's CSO
TwinUnknown        there is no such pair, or not for this actor
TwinDecided        somebody has decided about the pair before
KeysNotOurs        the key store holds many keys of nobody here: it belongs to another database
"""

from __future__ import annotations

from recruitment.core.errors import Conflict, InvalidInput, NotFound, RuleBroken


class NotConfirmed(InvalidInput):
    """An erasure cannot be undone, so it wants a word that it is meant."""

    code = "privacy.not_confirmed"


class ErasureUnknown(NotFound):
    """There is no erasure of such a person, or none that the actor may know of."""

    code = "privacy.erasure_unknown"


class TwinUnknown(NotFound):
    """There is no such pair, or none that the actor may know of."""

    code = "privacy.twin_unknown"


class TwinDecided(Conflict):
    """Somebody has decided about this pair before."""

    code = "privacy.twin_decided"


class KeysNotOurs(RuleBroken):
    """Too many keys of the store belong to nobody in the database: it may be the store of another one."""

    code = "privacy.keys_not_ours"
