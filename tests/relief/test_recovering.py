from __future__ import annotations

from datetime import timedelta

import pytest

from recruitment.core import clock
from recruitment.core.actor import Role
from recruitment.core.errors import NotPermitted
from recruitment.fund.rules.allocation import RecoveredFrom
from recruitment.fund.rules.kinds import DonorClass, ReceiptKind
from recruitment.fund.services import receipts
from recruitment.relief import queries
from recruitment.relief.errors import (
    AgreementUnknown,
    AlreadyClaimed,
    AlreadyRecovered,
    BatchTooSmall,
    DayWrong,
    NotClaimable,
    OperatorUnknown,
    OrganisationNotKnown,
    ReceiptNotRecovery,
)
from recruitment.relief.services import recovering
from recruitment.relief.services.recovering import Liable, NewClaim
from tests.factories.rows import row

PEOPLE = ("J-1", "J-2", "J-3", "J-4", "J-5")


def came_back(relief, amount, payer=RecoveredFrom.EMPLOYER):
    preparer = relief.caseload.actor(Role.FUND_PREPARER, "OP-1")
    new = receipts.NewReceipt(
        relief.filled(), ReceiptKind.RECOVERY, DonorClass.OTHER, "THB", amount, clock.today(), recovered_from=payer
    )
    return relief.do(receipts.record_receipt, new, actor=preparer).reference


def test_advances_are_claimed_back_in_notices_of_five_that_name_nobody(relief):
    relief.field.send("jobseekers", *[row("jobseekers", reference=f"JS-{n}") for n in (4, 5)])
    relief.field.send("journeys", *[row("journeys", reference=f"J-{n}", jobseeker=f"JS-{n}") for n in (4, 5)])
    for journey in PEOPLE:
        relief.paid(journey)
    cases = [relief.verified(each) for each in PEOPLE]
    agreements = [relief.agreed(each) for each in cases]
    with pytest.raises(NotClaimable):
        relief.claimed(agreements[0])
    for number in range(1, 6):
        relief.payee(f"JS-{number}")
    relief.settled(*[each.reference for each in relief.sent()])
    relief.follow()

    claimed = [relief.claimed(each) for each in agreements[:4]]
    with pytest.raises(AlreadyClaimed):
        relief.claimed(agreements[0])
    with pytest.raises(BatchTooSmall):
        relief.do(recovering.make_notice, "OP-1", "EM-1", "THB")
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        claimed.append(relief.claimed(agreements[4]))
    notice = relief.do(recovering.make_notice, "OP-1", "EM-1", "THB")
    assert (notice.people, notice.amount_minor) == (5, 500000)
    assert not any(word in repr(notice) for word in ("J-1", "JS-1", *cases, *agreements, *claimed))
    with pytest.raises(BatchTooSmall):
        relief.do(recovering.make_notice, "OP-1", "EM-1", "THB")

    receipt = came_back(relief, 450000)
    relief.do(recovering.record_recovered, "EM-1", receipt)
    with pytest.raises(AlreadyRecovered):
        relief.do(recovering.record_recovered, "EM-1", receipt)
    listed = relief.read(queries.recovery_page)
    assert sorted(each.recovered_minor for each in listed) == [50000, *[100000] * 4]
    (youngest,) = [each for each in listed if each.recovered_minor == 50000]
    assert youngest.reference == claimed[4]
    balances = relief.field.balances()
    assert balances["recovery:due_from:employer", "THB"] == 50000
    assert relief.field.count("ledger_books WHERE kind = 'recovery'") == 1
    for role, organisation in ((Role.EMPLOYER_OFFICER, "EM-1"), (Role.CSO_SUPERVISOR, "CSO-1")):
        other = relief.caseload.actor(role, organisation)
        assert relief.read(queries.recovery_page, actor=other) == []
        assert relief.read(queries.notice_page, limit=9, actor=other) == []
    relief.field.verify()


def test_what_cannot_be_claimed_is_refused(sqlite_relief):
    relief = sqlite_relief
    case = relief.verified()
    cancelled = relief.cancelled(case, relief.debt(case))
    relief.signed(cancelled)
    with pytest.raises(NotClaimable):
        relief.claimed(cancelled)
    with pytest.raises(AgreementUnknown):
        relief.claimed("AG-NONE")
    with pytest.raises(OperatorUnknown):
        relief.do(recovering.make_notice, "EM-1", "EM-1", "THB")
    with pytest.raises(OrganisationNotKnown):
        relief.do(recovering.make_notice, "OP-1", "CSO-1", "THB")
    with pytest.raises(ReceiptNotRecovery):
        relief.do(recovering.record_recovered, "EM-1", "RC-NONE")
    supervisor = relief.supervisor
    for verb, *arguments in (
        (recovering.claim, cancelled, NewClaim(Liable.EMPLOYER, "EM-1", clock.today())),
        (recovering.make_notice, "OP-1", "EM-1", "THB"),
        (recovering.record_recovered, "EM-1", "RC-NONE"),
    ):
        with pytest.raises(NotPermitted):
            relief.do(verb, *arguments, actor=supervisor)


def test_a_claim_names_who_is_liable_on_a_day_that_has_come(sqlite_relief):
    relief = sqlite_relief
    relief.paid()
    case = relief.verified()
    agreement = relief.agreed(case)
    relief.paid_out(case)
    for new, refusal in (
        (NewClaim(Liable.AGENCY, "EM-1", clock.today()), OrganisationNotKnown),
        (NewClaim(Liable.EMPLOYER, "EM-1", clock.today() + timedelta(days=1)), DayWrong),
    ):
        with pytest.raises(refusal):
            relief.do(recovering.claim, agreement, new)
    relief.claimed(agreement)
    with pytest.raises(ReceiptNotRecovery):
        relief.do(recovering.record_recovered, "EM-1", came_back(relief, 5, RecoveredFrom.AGENCY))
