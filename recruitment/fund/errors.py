"""What the fund refuses.

NotFound       PotUnknown, ReceiptUnknown, PayeeUnknown, DueUnknown, PlanUnknown, PaymentUnknown, AnswerUnknown, LineUnknown
NotPermitted   NotByThisPerson
Conflict       MovedMeanwhile, LockHashOther, AnswerReadBefore, ReceiptKnown, ReceiptTakenBack, DueTaken, AlreadyApproved,
               AlreadyCalled, LineResolved
InvalidInput   OperatorUnknown, OrganisationNotKnown, PersonNotKnown, PotWrong, ReceiptWrong, PayeeWrong, DueWrong, PlanWrong,
               HandoverWrong, ResolutionWrong, AnswerNotTaken, FormWrong
RuleBroken     SuspensePotMissing, VictimSupportPotMissing, PlanEmpty, DuesUnfit, PlanStale, NotSteppedUp, FileGone,
               FileNotSent

``machine.move_not_allowed`` (``core/machine.py``), ``ledger.funds_insufficient`` and the errors of ``banking`` come up
through this room as they are.
"""

from __future__ import annotations

from recruitment.core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleBroken


class PotUnknown(NotFound):
    """There is no such pot, or none that the actor may know of."""

    code = "fund.pot_unknown"


class ReceiptUnknown(NotFound):
    """There is no such receipt, or none that the actor may know of."""

    code = "fund.receipt_unknown"


class PayeeUnknown(NotFound):
    """There is no such account of a payee, or none that the actor may know of."""

    code = "fund.payee_unknown"


class DueUnknown(NotFound):
    """There is nothing to be paid under this reference, or nothing that the actor may know of."""

    code = "fund.due_unknown"


class PlanUnknown(NotFound):
    """There is no such payment plan, or none that the actor may know of."""

    code = "fund.plan_unknown"


class PaymentUnknown(NotFound):
    """There is no such payment, or none that the actor may know of."""

    code = "fund.payment_unknown"


class AnswerUnknown(NotFound):
    """There is no such answer of a bank, or none that the actor may know of."""

    code = "fund.answer_unknown"


class LineUnknown(NotFound):
    """There is no such line of an answer, or none that the actor may know of."""

    code = "fund.line_unknown"


class NotByThisPerson(NotPermitted):
    """Who prepared, approved or released a plan does not do the next step of it too; nor who recorded an account calls."""

    code = "fund.not_by_this_person"


class MovedMeanwhile(Conflict):
    """Somebody moved or changed it after it was read."""

    code = "fund.moved_meanwhile"


class LockHashOther(Conflict):
    """What was approved or released is not what is locked now."""

    code = "fund.lock_hash_other"


class AnswerReadBefore(Conflict):
    """The very same answer of a bank was read before."""

    code = "fund.answer_read_before"


class ReceiptKnown(Conflict):
    """The bank's reference already stands for a receipt."""

    code = "fund.receipt_known"


class ReceiptTakenBack(Conflict):
    """The receipt was taken back before."""

    code = "fund.receipt_taken_back"


class DueTaken(Conflict):
    """What was to be paid is in a locked plan, or paid."""

    code = "fund.due_taken"


class AlreadyApproved(Conflict):
    """The same person approved the same plan before."""

    code = "fund.already_approved"


class AlreadyCalled(Conflict):
    """The payee was called back about this account before."""

    code = "fund.already_called"


class LineResolved(Conflict):
    """The line of the bank was explained before."""

    code = "fund.line_resolved"


class OperatorUnknown(InvalidInput):
    """No operator of the fund is named, or one that the actor does not act for."""

    code = "fund.operator_unknown"


class OrganisationNotKnown(InvalidInput):
    """An organisation is named that is not there."""

    code = "fund.organisation_not_known"


class PersonNotKnown(InvalidInput):
    """A person is named who is not there for the actor."""

    code = "fund.person_not_known"


class PotWrong(InvalidInput):
    """What is said about a pot cannot be so."""

    code = "fund.pot_wrong"


class ReceiptWrong(InvalidInput):
    """What is said about money that came in cannot be so."""

    code = "fund.receipt_wrong"


class PayeeWrong(InvalidInput):
    """What is said about an account cannot be so."""

    code = "fund.payee_wrong"


class DueWrong(InvalidInput):
    """What is said about something to be paid cannot be so."""

    code = "fund.due_wrong"


class PlanWrong(InvalidInput):
    """What is said about a payment plan cannot be so."""

    code = "fund.plan_wrong"


class HandoverWrong(InvalidInput):
    """What is said about cash that was handed over, or was not, cannot be so."""

    code = "fund.handover_wrong"


class ResolutionWrong(InvalidInput):
    """The explanation of a line does not fit the line."""

    code = "fund.resolution_wrong"


class AnswerNotTaken(InvalidInput):
    """The answer of a bank is not about an account of the fund, or says what cannot be."""

    code = "fund.answer_not_taken"


class SuspensePotMissing(RuleBroken):
    """There is no pot for what nobody can match."""

    code = "fund.suspense_pot_missing"


class VictimSupportPotMissing(RuleBroken):
    """There is no pot for the share of an annual contribution."""

    code = "fund.victim_support_pot_missing"


class PlanEmpty(RuleBroken):
    """A plan without payments cannot be locked."""

    code = "fund.plan_empty"


class DuesUnfit(RuleBroken):
    """Something in the plan cannot be paid by it. Each is told with its reason."""

    code = "fund.dues_unfit"


class PlanStale(RuleBroken):
    """Since the plan was locked, an account was changed or something is no longer to be paid."""

    code = "fund.plan_stale"


class NotSteppedUp(RuleBroken):
    """Approving and releasing need the second factor, shown for this one act."""

    code = "fund.not_stepped_up"


class FileGone(RuleBroken):
    """The payment file was deleted when its time was over."""

    code = "fund.file_gone"


class FileNotSent(RuleBroken):
    """The file of a plan is fetched once more before it was exported."""

    code = "fund.file_not_sent"


class FormWrong(InvalidInput):
    """A form of a page was not filled in so that it can be read."""

    code = "fund.form_wrong"
