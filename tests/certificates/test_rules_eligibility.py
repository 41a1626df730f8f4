"""What stands against a certificate for one worker: each reason by itself, and all at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.certificates.rules import (
    NOT_FOUND,
    PERSON_KINDS,
    REASON_SENTENCES,
    TOLD,
    CertificateKind,
    CertificateState,
    EventKind,
    ReasonCode,
    ShareState,
    person_reasons,
    share_state_at,
    state_at,
    statement_reasons,
)
from recruitment.fees.rules import Checkpoint
from recruitment.verification.rules import Finding, FindingKind, ItemComparison, Status
from tests.certificates.members import ASKED, PLACED, breach, comparison, difference, member, remediated, silent

KIND = CertificateKind
CODE = ReasonCode
WAITING = ItemComparison("broker_fee", {}, None, 500, 300, 300, awaits_worker=True)


def codes(of, kind=KIND.CONFIRMED):
    return [reason.code for reason in person_reasons(of, kind)]


def asked(*checkpoints: Checkpoint, on: date = ASKED, **changes):
    return member(independent=dict.fromkeys(checkpoints, on), **changes)


class TestAWorkerFreeOfDebt:
    @pytest.mark.parametrize("kind", PERSON_KINDS)
    def test_nothing_stands_against_any_kind(self, kind):
        assert person_reasons(member(), kind) == []
        assert person_reasons(remediated(1), kind) == []
        assert statement_reasons(member()) == []

    def test_what_the_comparison_tolerates_is_no_payment(self):
        tiny = comparison(Status.DEBT_FREE, Finding(FindingKind.PRINCIPLE_BREACH, "broker_fee", 5, "THB"))
        assert not member(of=tiny).has_paid

    def test_who_still_is_owed_has_paid(self):
        due = comparison(Status.REMEDY_DUE, Finding(FindingKind.PRINCIPLE_BREACH, "broker_fee", 500, "THB"))
        assert member(of=due).has_paid
        assert not member(of=comparison(Status.IN_DISPUTE, difference(decided=False))).has_paid


class TestEachReason:
    @pytest.mark.parametrize("status", [each for each in Status if each not in {Status.DEBT_FREE, Status.REMEDIATED}])
    def test_a_status_that_is_not_clear_is_carried(self, status):
        (reason,) = person_reasons(member(of=comparison(status)), KIND.CONFIRMED)
        assert (reason.code, reason.status) == (CODE.NOT_DEBT_FREE, status)

    @pytest.mark.parametrize("kind", [FindingKind.UNDECLARED_PAYMENT, FindingKind.UNCONFIRMED_DECLARATION])
    def test_a_difference_counts_until_it_is_decided(self, kind):
        open_one = comparison(Status.DEBT_FREE, difference(decided=False, kind=kind))
        decided = comparison(Status.DEBT_FREE, difference(decided=True, kind=kind))
        assert codes(member(of=open_one)) == [CODE.UNADJUDICATED_DISPUTE]
        assert codes(member(of=decided)) == []

    def test_a_decision_that_waits_for_the_worker_is_none_yet(self):
        waiting = comparison(Status.DEBT_FREE, difference(decided=True), items=(WAITING,))
        assert codes(member(of=waiting)) == [CODE.UNADJUDICATED_DISPUTE]

    def test_an_amount_without_a_rate(self):
        assert codes(member(of=comparison(Status.DEBT_FREE, FindingKind.RATE_MISSING))) == [CODE.RATE_MISSING]

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"has_open_debt": True}, CODE.OPEN_DEBT),
            ({"has_open_collateral": True}, CODE.OPEN_COLLATERAL),
            ({"has_open_case": True}, CODE.OPEN_CASE),
            ({"agrees_certificate": False}, CODE.NO_CONSENT),
            ({"is_sealed": False}, CODE.NOT_SEALED),
        ],
    )
    def test_what_is_still_open(self, changes, code):
        assert codes(member(**changes)) == [code]
        in_cohort = [reason.code for reason in statement_reasons(member(**changes))]
        assert in_cohort == ([] if code is CODE.NO_CONSENT else [code])

    def test_all_of_them_come_at_once_in_one_order(self):
        worst = comparison(
            Status.IN_DISPUTE, difference(decided=False), FindingKind.RATE_MISSING, breach(500), items=(WAITING,)
        )
        of = silent(
            1, worst, reached={}, has_open_debt=True, has_open_collateral=True, has_open_case=True, is_sealed=False,
            agrees_certificate=False,
        )  # fmt: skip
        personal = list(CODE)[: list(CODE).index(CODE.UNSETTLED_WITHOUT_WORD)]
        assert codes(of) == personal
        without = {CODE.STAGE_NOT_REACHED, CODE.NO_CONSENT}
        assert [reason.code for reason in statement_reasons(of)] == [each for each in personal if each not in without]

    def test_each_has_a_sentence(self):
        assert REASON_SENTENCES.keys() == set(CODE)
        assert len(set(REASON_SENTENCES.values())) == len(CODE)
        (reason,) = statement_reasons(member(has_open_debt=True))
        assert reason.sentence == "A debt of the recruitment is still open."


class TestTheLaw:
    @pytest.mark.parametrize(
        ("findings", "repaid", "stands"),
        [
            ([breach(500)], 0, True),
            ([breach(500)], 499, True),
            ([breach(500)], 500, False),
            ([breach(500, advisory=True)], 0, False),
            ([breach(500, unless="a permit was given")], 0, True),
            ([breach(None)], 10_000, True),
            ([breach(500, currency="MMK")], 10_000, True),
            ([breach(500), breach(300, item="visa_fee")], 500, True),
            ([breach(500), breach(300, item="visa_fee")], 800, False),
            ([breach(500), breach(300)], 500, False),
            ([breach(900, item=None), breach(500)], 500, True),
            ([breach(900, item=None), breach(500)], 900, False),
            ([breach(500, kind=FindingKind.DEDUCTION_OVER_LIMIT)], 0, True),
        ],
    )
    def test_a_broken_rule_stands_until_what_was_too_much_came_back(self, findings, repaid, stands):
        of = member(of=comparison(Status.REMEDIATED, *findings, repaid=repaid))
        assert (CODE.LEGAL_BREACH in codes(of)) is stands


class TestWhenTheWorkerWasAsked:
    @pytest.mark.parametrize(
        ("checkpoint", "reached"),
        [
            (Checkpoint.FIRST_CONTACT, []),
            (Checkpoint.SELECTION, []),
            (Checkpoint.PRE_DEPARTURE, [KIND.PRE_DEPARTURE]),
            (Checkpoint.ARRIVAL, [KIND.PRE_DEPARTURE, KIND.DEPLOYMENT]),
            (Checkpoint.POST_PLACEMENT, list(PERSON_KINDS)),
        ],
    )
    def test_each_kind_needs_a_later_point_of_the_way(self, checkpoint, reached):
        of = asked(checkpoint, on=PLACED)
        assert [kind for kind in PERSON_KINDS if not codes(of, kind)] == reached

    def test_a_cohort_counts_whoever_was_asked_at_any_point(self):
        assert codes(asked(Checkpoint.FIRST_CONTACT), KIND.COHORT) == []
        assert codes(silent(1, comparison()), KIND.COHORT) == [CODE.NO_INDEPENDENT_STATEMENT]

    def test_who_never_arrived_on_paper_may_be_asked_on_any_day_after_placement(self):
        assert codes(asked(Checkpoint.PRE_DEPARTURE, on=PLACED + timedelta(days=1)), KIND.DEPLOYMENT) == []
        assert codes(asked(Checkpoint.PRE_DEPARTURE, on=PLACED), KIND.DEPLOYMENT) == [CODE.NO_INDEPENDENT_STATEMENT]

    def test_without_a_placement_neither_late_kind_is_reached(self):
        of = asked(Checkpoint.POST_PLACEMENT, reached={})
        assert codes(of, KIND.PRE_DEPARTURE) == []
        assert codes(of, KIND.DEPLOYMENT) == [CODE.STAGE_NOT_REACHED]
        assert codes(of, KIND.CONFIRMED) == [CODE.NO_INDEPENDENT_STATEMENT, CODE.STAGE_NOT_REACHED]

    def test_a_late_interview_before_the_placement_confirms_nothing(self):
        of = asked(Checkpoint.POST_PLACEMENT, on=PLACED - timedelta(days=1))
        assert codes(of) == [CODE.NO_INDEPENDENT_STATEMENT]

    @given(
        st.dictionaries(st.sampled_from(Checkpoint), st.dates(date(2026, 1, 1), date(2026, 12, 31))),
        st.dictionaries(st.just("placement"), st.dates(date(2026, 1, 1), date(2026, 12, 31))),
    )
    def test_who_reaches_a_kind_but_for_the_days_before_placement_reaches_the_lesser_ones(self, independent, reached):
        of = member(independent=independent, reached=reached)
        reached_kinds = [kind for kind in PERSON_KINDS if not person_reasons(of, kind)]
        if KIND.CONFIRMED in reached_kinds:
            assert reached_kinds == list(PERSON_KINDS)


class TestHeard:
    def test_only_a_registered_consenting_free_voice_counts(self):
        assert member().is_heard
        assert not member(agrees_aggregate=False).is_heard
        assert not member(was_listed_only=True).is_heard
        assert not silent(1).is_heard

    @pytest.mark.parametrize("status", list(Status))
    def test_of_a_silent_one_only_what_is_known_to_be_wrong_counts(self, status):
        wrong = {Status.IN_DISPUTE, Status.REMEDY_DUE, Status.REVIEW}
        assert silent(1, comparison(status)).is_settled is (status not in wrong)
        assert not silent(1, comparison(status), has_open_case=True).is_settled


class TestStates:
    NOW = datetime(2026, 12, 1)  # noqa: DTZ001 - compared with its like alone
    LATER = NOW + timedelta(days=1)

    @pytest.mark.parametrize(
        ("events", "ends", "state"),
        [
            ([], LATER, CertificateState.VALID),
            ([], NOW, CertificateState.EXPIRED),
            ([EventKind.RE_CHECK], LATER, CertificateState.RE_CHECK),
            ([EventKind.RE_CHECK], NOW, CertificateState.EXPIRED),
            ([EventKind.RE_CHECK, EventKind.SUPERSEDED], NOW, CertificateState.SUPERSEDED),
            (list(EventKind), NOW, CertificateState.REVOKED),
        ],
    )
    def test_what_forbids_most_is_told(self, events, ends, state):
        assert state_at(events, valid_until=ends, at=self.NOW) is state

    def test_a_share_ends_by_the_worker_or_by_its_day(self):
        assert share_state_at(ended=False, expires_at=self.LATER, at=self.NOW) is ShareState.OPEN
        assert share_state_at(ended=False, expires_at=self.NOW, at=self.NOW) is ShareState.EXPIRED
        assert share_state_at(ended=True, expires_at=self.NOW, at=self.NOW) is ShareState.ENDED

    def test_each_state_has_one_word_of_its_own(self):
        words = [told.word for told in (*TOLD.values(), NOT_FOUND)]
        assert words == ["VALID", "BEING CHECKED AGAIN", "REVOKED", "REPLACED", "EXPIRED", "NOT FOUND"]
        assert TOLD.keys() == set(CertificateState)


def test_a_member_is_a_value():
    assert member(3) == member(3)
    assert member(3).person == UUID(int=3)
