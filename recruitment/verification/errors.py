"""What the verification room refuses.

NotFound      ComparisonUnknown
              AdjudicationUnknown
InvalidInput  AmountInvalid
              CurrencyOther
              FeeItemUnknown
              EvidenceMissing
              DayInvalid
              FormIncomplete
Conflict      WordsCameIn
              NotWaiting
              NotInForce
RuleBroken    OwnDecision
              SecondPersonNeedsAccount
              PersonErased
              PreviewsUsedUp
"""

from __future__ import annotations

from recruitment.core.errors import Conflict, InvalidInput, NotFound, RuleBroken


class ComparisonUnknown(NotFound):
    """No comparison of such a journey is there yet, or none that the actor may know of."""

    code = "verification.comparison_unknown"


class AdjudicationUnknown(NotFound):
    """There is no such decision, or none that the actor may know of."""

    code = "verification.adjudication_unknown"


class AmountInvalid(InvalidInput):
    """What was decided is not an amount of the currency."""

    code = "verification.amount_invalid"


class CurrencyOther(InvalidInput):
    """An amount is decided in the currency of comparison, and this is another one."""

    code = "verification.currency_other"


class FeeItemUnknown(InvalidInput):
    """Not a fee item, or one that is no money."""

    code = "verification.fee_item_unknown"


class EvidenceMissing(InvalidInput):
    """A decision names what it rests on, and this one does not, or not so that it can be found again."""

    code = "verification.evidence_missing"


class DayInvalid(InvalidInput):
    """A worker cannot have been asked about a decision on that day."""

    code = "verification.day_invalid"


class FormIncomplete(InvalidInput):
    """A form came without something that it needs."""

    code = "verification.form_incomplete"


class WordsCameIn(Conflict):
    """Somebody said something about the item since it was looked at."""

    code = "verification.words_came_in"


class NotWaiting(Conflict):
    """The decision does not wait for a second person: it has one, needs none, or another took its place."""

    code = "verification.not_waiting"


class NotInForce(Conflict):
    """The decision is not in force, so nobody can be asked about it."""

    code = "verification.not_in_force"


class OwnDecision(RuleBroken):
    """Who took part in a decision neither confirms it nor asks the worker about it."""

    code = "verification.own_decision"


class SecondPersonNeedsAccount(RuleBroken):
    """At the machine everybody is the same local operator, so nobody there is a second person."""

    code = "verification.second_person_needs_account"


class PersonErased(RuleBroken):
    """The person was erased: nothing more is written about them."""

    code = "verification.person_erased"


class PreviewsUsedUp(RuleBroken):
    """Somebody who reads no comparisons looked at more previews of the law within a day than are told."""

    code = "verification.previews_used_up"
