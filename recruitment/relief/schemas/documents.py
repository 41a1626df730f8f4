"""What is read of relief, as documents: what a schema cannot spell by itself, because a currency stands above the amount."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from recruitment.core.money import to_text
from recruitment.relief.schemas.told import (
    ConfirmationSchema,
    EntitlementSchema,
    OutsidePaymentSchema,
    QuestionSchema,
    ReliefCaseSchema,
    ReliefEventSchema,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from recruitment.relief.queries.reads import AgreementRead, CohortRateRead, DebtRead, EntitlementRead
    from recruitment.relief.services.reading import WholeCase
    from recruitment.relief.services.register import DebtRecorded


def told_case(found: WholeCase) -> dict[str, Any]:
    """Return a whole case as its document."""
    head: dict[str, Any] = ReliefCaseSchema().dump(found.case)
    return head | {
        "events": ReliefEventSchema(many=True).dump(found.events),
        "register": [told_debt(each) for each in found.debts],
        "entitlements": [EntitlementSchema().dump(each) for each in found.entitlements],
        "agreements": [_agreement(each) for each in found.agreements],
        "confirmations": ConfirmationSchema(many=True).dump(found.confirmations),
        "questions": QuestionSchema(many=True).dump(found.questions),
    }


def told_debt(debt: DebtRead) -> dict[str, Any]:
    """Return a debt of the register as its document, with what stands of it."""
    stands, amount = debt.standing, _in(debt.currency)
    plain = ("reference", "creditor", "creditor_kind", "corrects", "debt_reference", "interest_percent", "security")
    return {name: getattr(debt, name) for name in plain} | {
        "principal": amount(debt.principal_minor),
        "linked": amount(debt.linked_minor),
        "taken_on": debt.taken_on.isoformat(),
        "is_current": debt.is_current,
        "is_flagged": debt.is_flagged,
        "lines": [
            {
                "number": line.number,
                "kind": line.kind,
                "amount": amount(line.amount_minor),
                "happened_on": line.happened_on.isoformat(),
                "takes_back": line.takes_back,
                "is_flagged": line.is_flagged,
            }
            for line in debt.lines
        ],
        "standing": {
            "as_of": stands.as_of.isoformat(),
            "outstanding": amount(stands.outstanding_minor),
            "linked": amount(stands.linked_minor),
            "advance": amount(stands.advance_minor),
            "accrued": amount(stands.accrued_linked_minor + stands.accrued_advance_minor),
            "repaid": amount(stands.repaid_minor),
            "cancelled": amount(stands.cancelled_minor),
            "taken_over": amount(stands.taken_over_minor),
            "linked_repaid": amount(stands.linked_repaid_minor),
        },
    }


def told_entitlement(found: EntitlementRead) -> dict[str, Any]:
    """Return an entitlement as its document, with its workings."""
    head: dict[str, Any] = EntitlementSchema().dump(found)
    return head | {"document": dict(found.document)}


def without_claims(found: CohortRateRead) -> CohortRateRead:
    """Return a cohort rate without the claims of its people: how many there are stands in their place."""
    document = {name: len(value) if name in _OF_PEOPLE else value for name, value in found.document.items()}
    return replace(found, document=document)


_OF_PEOPLE = frozenset({"claims", "to_review"})
"""Lists in the document of a cohort rate that name people."""


def _agreement(found: AgreementRead) -> dict[str, Any]:
    amount = _in(found.currency)
    plain = ("reference", "payer", "organisation", "creditor", "debt", "entitlement", "supersedes", "is_superseded",
             "matched_percent")  # fmt: skip
    return {name: getattr(found, name) for name in plain} | {
        "instrument": found.instrument.value,
        "amount": amount(found.amount_minor),
        "agreed_on": found.agreed_on.isoformat(),
        "instalments": [
            {
                "number": each.number,
                "amount": amount(each.amount_minor),
                "due_on": each.due_on.isoformat(),
                "ended": each.ended,
                "payment": each.payment,
                "payment_state": each.payment_state.value if each.payment_state else None,
            }
            for each in found.instalments
        ],
        "signed_on": found.signed_on.isoformat() if found.signed_on else None,
        "worker_copy_on": found.worker_copy_on.isoformat() if found.worker_copy_on else None,
        "outside": OutsidePaymentSchema(many=True).dump(found.outside),
    }


def _in(currency: str) -> Callable[[int], dict[str, str]]:
    return lambda minor: {"amount": to_text(minor, currency), "currency": currency}


def recorded(made: DebtRecorded) -> dict[str, Any]:
    """Return what became of a debt as its document."""
    return {"reference": made.reference, "is_flagged": made.is_flagged, "reopened": list(made.reopened)}
