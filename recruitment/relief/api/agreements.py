"""``/agreements`` and ``/recoveries``: what was agreed, signed and paid outside the fund, and what comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recruitment.core.actor import Permission
from recruitment.relief import queries
from recruitment.relief.api.posting import posts
from recruitment.relief.errors import AgreementUnknown
from recruitment.relief.schemas import sent, told
from recruitment.relief.services import agreeing, recovering
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.idempotency import answer
from recruitment.web.pagination import PageArguments, paged
from recruitment.web.reading import page_answer, reads

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from recruitment.relief.services.agreeing import NewAgreement, NewOutsidePayment, NewSignature
    from recruitment.relief.services.recovering import NewClaim
    from recruitment.web.pagination import Asked

agreements = ApiBlueprint("relief-agreements", "What was agreed, signed and paid outside the fund.")
recoveries = ApiBlueprint("relief-recoveries", "What employers and agencies owe the fund for advances.")


@posts(agreements, "/agreements", Permission.WORK_RELIEF, sent.NewAgreementSchema, told.MadeSchema)
def make_agreement(new: NewAgreement) -> ResponseReturnValue:
    """Record what was agreed for a case.

    By one of six instruments, each apart. Instalments add up to the amount to the minor unit.
    """
    with unit_of_work() as session:
        return answer(session, {"reference": agreeing.agree(session, actor(), new)})


@posts(
    agreements,
    "/agreements/<reference:reference>/signature",
    Permission.WORK_RELIEF,
    sent.SignatureSchema,
    told.MadeSchema,
)
def sign_agreement(new: NewSignature, reference: str) -> ResponseReturnValue:
    """Record that a creditor signed, and that the worker was given a copy."""
    with unit_of_work() as session:
        agreeing.sign(session, actor(), reference, new)
        return answer(session, {"reference": reference})


@posts(
    agreements,
    "/agreements/<reference:reference>/supersession",
    Permission.WORK_RELIEF,
    sent.NewEstimateSchema,
    told.MadeSchema,
)
def supersede_agreement(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Put a new estimate in the place of an agreement.

    What was paid counts; what is left is spread anew.
    """
    with unit_of_work() as session:
        found = queries.agreement(session, reference)
        if found is None:
            raise AgreementUnknown("There is no such agreement, or it is not one that you may know of.")
        new = sent.estimate_of(given, found.currency)
        return answer(session, {"reference": agreeing.supersede(session, actor(), reference, new)})


@posts(
    agreements,
    "/agreements/<reference:reference>/outside-payments",
    Permission.WORK_RELIEF,
    sent.OutsidePaymentSentSchema,
    told.MadeSchema,
)
def record_outside_payment(new: NewOutsidePayment, reference: str) -> ResponseReturnValue:
    """Record what an employer or agency says to have paid to the worker itself."""
    with unit_of_work() as session:
        return answer(session, {"reference": agreeing.record_outside_payment(session, actor(), reference, new)})


@posts(
    recoveries,
    "/agreements/<reference:reference>/recovery",
    Permission.WORK_RELIEF,
    sent.NewClaimSchema,
    told.MadeSchema,
)
def claim_recovery(new: NewClaim, reference: str) -> ResponseReturnValue:
    """Claim an advance back from who is liable.

    The worker never waits for it.
    """
    with unit_of_work() as session:
        return answer(session, {"reference": recovering.claim(session, actor(), reference, new)})


@reads(recoveries, "/recoveries", Permission.READ_RELIEF, asks=sent.RecoveryArguments, answers=told.RecoveryPageSchema)
def list_recoveries(asked: Asked) -> ResponseReturnValue:
    """List what parties owe the fund.

    In order of reference. It is for case workers and auditors.
    """
    with read_session() as session:
        rows = queries.recovery_page(
            session, organisation=asked.filters["organisation"], after=asked.after, limit=asked.fetch
        )
    return page_answer("recoveries", told.RecoverySchema(), paged(rows, asked, key=lambda row: row.reference))


@posts(recoveries, "/recovered", Permission.WORK_RELIEF, sent.RecoveredSentSchema, told.RecoveredSchema)
def record_recovered(given: dict[str, Any]) -> ResponseReturnValue:
    """Record that money came back, by the receipt of the fund."""
    with unit_of_work() as session:
        made = recovering.record_recovered(session, actor(), given["organisation"], given["receipt"])
        return answer(session, told.RecoveredSchema().dump(made))


@reads(recoveries, "/recovery-notices", Permission.READ_RELIEF, asks=PageArguments, answers=told.NoticePageSchema)
def list_notices(asked: Asked) -> ResponseReturnValue:
    """List notices to parties: sums, and nobody named.

    In order of reference. It is for case workers and auditors.
    """
    with read_session() as session:
        rows = queries.notice_page(session, after=asked.after, limit=asked.fetch)
    return page_answer("recovery_notices", told.NoticeSchema(), paged(rows, asked, key=lambda row: row.reference))


@posts(recoveries, "/recovery-notices", Permission.WORK_RELIEF, sent.NewNoticeSchema, told.NoticeSchema)
def make_notice(given: dict[str, Any]) -> ResponseReturnValue:
    """Make a notice to a party.

    Of what no notice names yet; never about fewer than five people.
    """
    with unit_of_work() as session:
        made = recovering.make_notice(session, actor(), given["operator"], given["organisation"], given["currency"])
        return answer(session, told.NoticeSchema().dump(made))
