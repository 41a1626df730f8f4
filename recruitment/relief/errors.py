"""What the room of relief refuses.

NotFound       CaseUnknown, CreditorUnknown, DebtUnknown, LineUnknown, AgreementUnknown, EntitlementUnknown, ThingUnknown
InvalidInput   ParameterInvalid, PercentInvalid, DebtLineWrong, ClaimTwice, CurrencyMixed, ScheduleInvalid,
               DocumentNotReadable, JourneyNotKnown, OperatorUnknown, OrganisationNotKnown, DebtWrong, AgreementWrong,
               ConfirmationWrong, DayWrong, FormIncomplete
Conflict       CaseRunning, MovedMeanwhile, AlreadyAnnounced, AlreadySigned, AlreadySuperseded, AlreadyClaimed,
               AlreadyLeft, AlreadyRecovered, LineTakenBack
RuleBroken     NotInThisState, MonitoringNotOver, QuestionOpen, PaymentOnTheWay, BatchTooSmall, NotClaimable,
               ReceiptNotRecovery
NotPermitted   PaidItThemselves
"""

from __future__ import annotations

from recruitment.core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleBroken


class ParameterInvalid(InvalidInput):
    """A parameter of governance that cannot be meant, such as no interviews at all."""

    code = "relief.parameter_invalid"


class PercentInvalid(InvalidInput):
    """Not a yearly percentage in decimal text, or below zero."""

    code = "relief.percent_invalid"


class DebtLineWrong(InvalidInput):
    """The recruitment-linked part of a debt, or of a line of it, is larger than the whole, or an amount is below zero."""

    code = "relief.debt_line_wrong"


class ClaimTwice(InvalidInput):
    """Two claims of one cohort, or two statements of one entitlement, carry the same reference."""

    code = "relief.claim_twice"


class CurrencyMixed(InvalidInput):
    """A cohort rate is in another currency than the entitlement for which it is used."""

    code = "relief.currency_mixed"


class ScheduleInvalid(InvalidInput):
    """Instalments that cannot be made: no month, nobody to share among, or less than nothing."""

    code = "relief.schedule_invalid"


class DocumentNotReadable(InvalidInput):
    """The document of an entitlement cannot be computed again: another version of the rules, or a part is missing."""

    code = "relief.document_not_readable"


class CaseUnknown(NotFound):
    """There is no such relief case, or none that the actor may know of."""

    code = "relief.case_unknown"


class CreditorUnknown(NotFound):
    """There is no creditor of this reference."""

    code = "relief.creditor_unknown"


class DebtUnknown(NotFound):
    """There is no debt of this reference in the register, or it was corrected by a later one."""

    code = "relief.debt_unknown"


class LineUnknown(NotFound):
    """The debt has no line of this number."""

    code = "relief.line_unknown"


class AgreementUnknown(NotFound):
    """There is no agreement of this reference."""

    code = "relief.agreement_unknown"


class EntitlementUnknown(NotFound):
    """There is no entitlement of this reference."""

    code = "relief.entitlement_unknown"


class ThingUnknown(NotFound):
    """The case has no payment, outside payment or signed agreement of this reference."""

    code = "relief.thing_unknown"


class JourneyNotKnown(InvalidInput):
    """A journey that is named is not there, or not for the actor."""

    code = "relief.journey_not_known"


class OperatorUnknown(InvalidInput):
    """The code is not that of a fund operator."""

    code = "relief.operator_unknown"


class OrganisationNotKnown(InvalidInput):
    """The code is not that of an organisation of the kind that is meant."""

    code = "relief.organisation_not_known"


class DebtWrong(InvalidInput):
    """A debt of the register, or a line of it, that cannot be meant."""

    code = "relief.debt_wrong"


class AgreementWrong(InvalidInput):
    """An agreement whose parts do not fit together."""

    code = "relief.agreement_wrong"


class ConfirmationWrong(InvalidInput):
    """What is recorded as the word of a worker cannot be it."""

    code = "relief.confirmation_wrong"


class DayWrong(InvalidInput):
    """A day that lies in the future, or before what it follows."""

    code = "relief.day_wrong"


class FormIncomplete(InvalidInput):
    """Something in a form or a command is missing, or is not what is asked for there."""

    code = "relief.form_incomplete"


class CaseRunning(Conflict):
    """There is a running relief case about this journey."""

    code = "relief.case_running"


class MovedMeanwhile(Conflict):
    """Somebody else moved the case first."""

    code = "relief.moved_meanwhile"


class AlreadyAnnounced(Conflict):
    """The programme was announced to this creditor before."""

    code = "relief.already_announced"


class AlreadySigned(Conflict):
    """The agreement was signed before."""

    code = "relief.already_signed"


class AlreadySuperseded(Conflict):
    """The agreement was superseded by another."""

    code = "relief.already_superseded"


class AlreadyClaimed(Conflict):
    """The advance was claimed back before."""

    code = "relief.already_claimed"


class AlreadyLeft(Conflict):
    """It was recorded before that the worker left."""

    code = "relief.already_left"


class AlreadyRecovered(Conflict):
    """The receipt was counted as recovered before."""

    code = "relief.already_recovered"


class LineTakenBack(Conflict):
    """The line was taken back before, or takes another back itself."""

    code = "relief.line_taken_back"


class NotInThisState(RuleBroken):
    """The case does not stand where this can be done."""

    code = "relief.not_in_this_state"


class MonitoringNotOver(RuleBroken):
    """Less than 90 days have passed since the worker confirmed."""

    code = "relief.monitoring_not_over"


class QuestionOpen(RuleBroken):
    """The worker has not confirmed everything that was delivered."""

    code = "relief.question_open"


class PaymentOnTheWay(RuleBroken):
    """A payment is on its way to the worker."""

    code = "relief.payment_on_the_way"


class BatchTooSmall(RuleBroken):
    """Fewer than five people are concerned, so nothing may be said about them."""

    code = "relief.batch_too_small"


class NotClaimable(RuleBroken):
    """Only an advance that was paid can be claimed back."""

    code = "relief.not_claimable"


class ReceiptNotRecovery(RuleBroken):
    """The receipt of the fund is not one of recovered money, or not of this payer."""

    code = "relief.receipt_not_recovery"


class PaidItThemselves(NotPermitted):
    """Who prepared, approved or released a payment may not say that it arrived."""

    code = "relief.paid_it_themselves"
