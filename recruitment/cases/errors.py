"""What the room of cases refuses.

NotFound       CaseUnknown
NotPermitted   NotByThisActor
Conflict       CaseOpenAlready, MovedMeanwhile
InvalidInput   IdentifiedWrongly, MoveIncomplete, AskedTooEarly, NotInTheRound, JourneyNotKnown
RuleBroken     NotFromHere, LateReasonMissing, NotLate, NobodyToAsk, NotValidated, NoteNotKept
"""

from __future__ import annotations

from recruitment.core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleBroken


class CaseUnknown(NotFound):
    """There is no such case, or none that the actor may know of."""

    code = "cases.case_unknown"


class NotByThisActor(NotPermitted):
    """Only a person with an account may do it: a case worker closes, somebody of a CSO or the fund asks."""

    code = "cases.not_by_this_actor"


class CaseOpenAlready(Conflict):
    """A case of this kind is open about the journey."""

    code = "cases.open_already"


class MovedMeanwhile(Conflict):
    """Somebody moved the case after it was read."""

    code = "cases.moved_meanwhile"


class IdentifiedWrongly(InvalidInput):
    """The instant at which the harm became known is in the future, or has no time zone."""

    code = "cases.identified_wrongly"


class JourneyNotKnown(InvalidInput):
    """No journey is named, or one that is not there for the actor."""

    code = "cases.journey_not_known"


class MoveIncomplete(InvalidInput):
    """A move lacks what it needs, or brings what it cannot have."""

    code = "cases.move_incomplete"


class AskedTooEarly(InvalidInput):
    """The worker was asked before the action, or in the future."""

    code = "cases.asked_too_early"


class NotInTheRound(InvalidInput):
    """The worker was not drawn for this round."""

    code = "cases.not_in_the_round"


class NotFromHere(RuleBroken):
    """There is no way from where the case stands to where it was to go."""

    code = "cases.not_from_here"


class LateReasonMissing(RuleBroken):
    """The first response comes after its time, and does not say why."""

    code = "cases.late_reason_missing"


class NotLate(RuleBroken):
    """A reason for being late was given where nothing is late."""

    code = "cases.not_late"


class NobodyToAsk(RuleBroken):
    """Nobody is left who could say whether the action was right."""

    code = "cases.nobody_to_ask"


class NotValidated(RuleBroken):
    """The workers have not all said yes, or something is still due."""

    code = "cases.not_validated"


class NoteNotKept(RuleBroken):
    """There is no key to seal a note with, because everybody whom the case is about was erased."""

    code = "cases.note_not_kept"
