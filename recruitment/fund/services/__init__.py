"""What may be done in the fund: pots, receipts, payees, plans of payments and their ways, and the answers of banks."""

from recruitment.fund.services.approving import approve
from recruitment.fund.services.by_hand import NewHandover, fail_by_hand, settle_by_hand
from recruitment.fund.services.confirming import Word, confirm
from recruitment.fund.services.dues import NewDue, add_dues, end_dues
from recruitment.fund.services.keeping import forget_files
from recruitment.fund.services.locking import cancel, lock, send_back, unlock
from recruitment.fund.services.moving import CHANGED
from recruitment.fund.services.payees import NewPayee, record_call_back, record_payee
from recruitment.fund.services.planning import NewPlan, add_to_plan, draft_plan, remove_from_plan
from recruitment.fund.services.pots import NewPot, open_pot
from recruitment.fund.services.receipts import NewReceipt, record_receipt, take_back_receipt
from recruitment.fund.services.reconciling import NewAnswer, take_answer, take_read
from recruitment.fund.services.releasing import export, release_plan
from recruitment.fund.services.statements import fund_statement
from recruitment.fund.services.suspense import Resolution, resolve_suspense

__all__ = [
    "CHANGED",
    "NewAnswer",
    "NewDue",
    "NewHandover",
    "NewPayee",
    "NewPlan",
    "NewPot",
    "NewReceipt",
    "Resolution",
    "Word",
    "add_dues",
    "add_to_plan",
    "approve",
    "cancel",
    "confirm",
    "draft_plan",
    "end_dues",
    "export",
    "fail_by_hand",
    "forget_files",
    "fund_statement",
    "lock",
    "open_pot",
    "record_call_back",
    "record_payee",
    "record_receipt",
    "release_plan",
    "remove_from_plan",
    "resolve_suspense",
    "send_back",
    "settle_by_hand",
    "take_answer",
    "take_back_receipt",
    "take_read",
    "unlock",
]
