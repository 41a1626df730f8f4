"""Making releases: who counts, as of when, and what goes out on the day."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event

from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, THE_HOUSE
from recruitment.core.canonical import canonical_json
from recruitment.core.errors import NotPermitted
from recruitment.jobseekers.rules import ConsentPurpose
from recruitment.privacy import service as privacy
from recruitment.privacy.rules import ErasureReason
from recruitment.releases import services
from recruitment.releases.rules import Calendar, CellState, HoldingReason
from tests.factories.crowd import OPENED, Crowd, cut_off_of, due_of
from tests.factories.rows import row

MOMENT = timedelta(microseconds=1)


class TestADay:
    def test_everybody_on_the_register_is_told_in_the_same_shape_also_when_there_is_nothing(self, crowd):
        crowd.heard(12, cut_off_of(3))
        crowd.releases(1, 2, 3)
        told = {code: json.loads(crowd.body(code, "2026-03")) for code in ("AG-1", "AG-2", "EM-1")}
        assert {tuple(each) for each in told.values()} == {
            ("disclosures", "findings", "period", "re_checks", "recheck_rate", "released_on", "what_this_is")
        }
        assert [bool(told[code]["findings"]) for code in told] == [True, False, True]
        assert told["AG-1"]["findings"] == [
            {
                "kind": "principle_breach", "fee_item": "broker_fee", "workers": 10,
                "median": {"amount": "3500.00", "currency": "THB"}, "percent": 100, "since": "2026-03",
            }
        ]  # fmt: skip
        assert told["AG-1"]["released_on"] == "2026-04-01"

    def test_what_was_recorded_at_the_cut_off_counts_and_a_moment_later_it_does_not(self, crowd):
        on_time = crowd.heard(4, cut_off_of(3))
        crowd.heard(1, cut_off_of(3) + MOMENT)
        crowd.releases(1, 2, 3, 4)
        assert crowd.worked("AG-1", "2026-03").contributors == len(on_time)
        assert crowd.breach("AG-1", "2026-03") is None
        assert crowd.breach("AG-1", "2026-04")["workers"] == "some"

    def test_what_the_same_people_say_after_the_cut_off_does_not_count_yet(self, crowd):
        numbers = crowd.heard(8, cut_off_of(3) - timedelta(days=1))
        with clock.stopped_at(cut_off_of(3) + MOMENT):
            crowd.speak(numbers, amounts=[9900])
        crowd.releases(1, 2, 3)
        assert crowd.breach("AG-1", "2026-03")["median"]["amount"] == "3500.00"

    def test_missed_months_are_made_one_after_the_other_each_as_of_its_own_day(self, crowd):
        crowd.heard(5, cut_off_of(2))
        crowd.heard(5, cut_off_of(4))
        made = crowd.release(due_of(5) + timedelta(days=20))
        assert [each.period for each in made] == [f"2026-{month:02d}" for month in range(1, 6)]
        seen = [crowd.breach("AG-1", each.period) for each in made]
        assert [each and (each["workers"], each["since"]) for each in seen] == [
            None, ("some", "2026-02"), ("some", "2026-02"), (10, "2026-04"), (10, "2026-04"),
        ]  # fmt: skip

    def test_nothing_is_made_twice_or_early(self, crowd):
        crowd.heard(12, cut_off_of(1))
        assert crowd.release(due_of(1) - MOMENT) == []
        assert [each.period for each in crowd.release(due_of(1))] == ["2026-01"]
        assert crowd.release(due_of(1) + timedelta(days=27)) == []

    def test_who_may_not_make_releases_makes_none(self, sqlite_crowd):
        from recruitment.core.actor import STRANGER

        with sqlite_crowd.database.unit_of_work() as session, pytest.raises(NotPermitted):
            services.make_due(session, STRANGER, sqlite_crowd.calendar)

    def test_who_joins_later_is_told_from_then_on(self, crowd):
        crowd.releases(1)
        with clock.stopped_at(due_of(1) + timedelta(days=1)):
            crowd.send("organisations", [row("organisations", code="AG-7", kind="agency", name="Green Kite")])
        crowd.releases(2)
        assert crowd.body("AG-7", "2026-01") is None
        assert json.loads(crowd.body("AG-7", "2026-02"))["findings"] == []

    def test_the_artefact_is_canonical_and_its_digests_are_in_the_audit_record(self, caseload):
        crowd = Crowd(caseload.field.database, caseload.field.folder)
        crowd.open()
        crowd.heard(12, cut_off_of(1))
        crowd.releases(1)
        bodies = [crowd.body(code, "2026-01").encode() for code in ("AG-1", "AG-2", "EM-1")]
        assert [canonical_json(json.loads(body)) for body in bodies] == bodies
        (event_,) = caseload.events("releases.made")
        digest = hashlib.sha256(b"".join(hashlib.sha256(body).digest() for body in bodies)).hexdigest()
        assert digest in str(event_.facts)

    def test_two_makers_at_once_make_it_once(self, crowd):
        from recruitment.database.unit_of_work import WriteConflict
        from recruitment.releases.services import making

        with clock.stopped_at(due_of(1)):
            crowd.release(due_of(1))
            with pytest.raises(WriteConflict), crowd.database.unit_of_work() as session:
                due = making.rules.Due("2026-01", due_of(1))
                making._make(session, THE_HOUSE, crowd.calendar, due, bytes(32))


class TestWhoCounts:
    def test_five_heard_people_of_two_letters(self, crowd):
        crowd.heard(5, cut_off_of(1))
        crowd.releases(1)
        assert crowd.breach("AG-1", "2026-01")["workers"] == "some"

    @pytest.mark.parametrize(
        "options",
        [
            {"channel": "agency_form"},
            {"witnessed": "yes"},
            {"consent": "no"},
            {"by": "OP-1"},
        ],
        ids=["never alone", "never unwatched", "no consent", "heard by no CSO"],
    )
    def test_four_and_one_who_does_not_count_are_not_enough(self, sqlite_crowd, options):
        crowd = sqlite_crowd
        crowd.heard(4, cut_off_of(1))
        crowd.heard(1, cut_off_of(1), **options)
        crowd.releases(1)
        assert crowd.breach("AG-1", "2026-01") is None
        assert crowd.worked("AG-1", "2026-01").contributors == 4
        assert HoldingReason.TOO_FEW_WORKERS in crowd.worked("AG-1", "2026-01").reasons

    def test_people_whom_the_agency_alone_names_count_for_nobody(self, crowd):
        """Four who were heard, and a list of twenty that the agency sent with its own declarations about them."""
        from tests.factories.field import Field
        from tests.name_lists.conftest import Desk

        crowd.heard(4, cut_off_of(1))
        with clock.stopped_at(cut_off_of(1)):
            desk = Desk(Field(lambda *_: None, crowd.database, crowd.folder))
            lines = desk.send_list([
                {"demand_letter": "DL-1", "name": f"Somebody {n}", "country": "MM"} for n in range(20)
            ])  # fmt: skip
            crowd.send(
                "declarations",
                [
                    row(
                        "declarations",
                        journey=line.journey,
                        fee_item="broker_fee",
                        payer="worker",
                        paid_on="2025-06-01",
                    )
                    for line in lines
                ],
                agency="AG-1",
            )
        crowd.releases(1)
        assert crowd.worked("AG-1", "2026-01").contributors == 4
        assert crowd.breach("AG-1", "2026-01") is None

    def test_who_was_erased_counts_no_more(self, crowd):
        numbers = crowd.heard(5, cut_off_of(1) - timedelta(days=1))
        with clock.stopped_at(cut_off_of(1)), crowd.database.unit_of_work() as session:
            privacy.erase(session, LOCAL_OPERATOR, f"C-{numbers[0]}", ErasureReason.WORKER_REQUEST, confirmed=True)
        crowd.releases(1)
        assert crowd.worked("AG-1", "2026-01").contributors == 4

    def test_a_withdrawal_counts_at_once_and_a_consent_too(self, crowd):
        numbers = crowd.heard(5, cut_off_of(1))
        crowd.consent(numbers[0], ConsentPurpose.AGGREGATE, False, due_of(1) - MOMENT)
        crowd.releases(1)
        assert crowd.breach("AG-1", "2026-01") is None
        crowd.consent(numbers[0], ConsentPurpose.AGGREGATE, True, due_of(2) - MOMENT)
        crowd.releases(2)
        assert crowd.breach("AG-1", "2026-02")["workers"] == "some"

    def test_people_of_one_letter_are_one_cohort(self, sqlite_crowd):
        sqlite_crowd.heard(12, cut_off_of(1), letters=["DL-1"])
        sqlite_crowd.releases(1)
        found = sqlite_crowd.worked("AG-1", "2026-01")
        assert (found.state, found.reasons) == (CellState.WITHHELD, (HoldingReason.TOO_FEW_COHORTS,))

    def test_without_a_letter_the_quarter_of_the_start_is_the_cohort(self, sqlite_crowd):
        crowd = sqlite_crowd
        crowd.heard(3, cut_off_of(1), letters=[None], started_on="2025-01-01")
        crowd.heard(3, cut_off_of(1), letters=[None], started_on="2025-03-31")
        crowd.releases(1)
        assert crowd.worked("AG-1", "2026-01").reasons == (HoldingReason.TOO_FEW_COHORTS,)
        crowd.heard(1, cut_off_of(2), letters=[None], started_on="2025-04-01")
        crowd.releases(2)
        assert crowd.breach("AG-1", "2026-02")["workers"] == "some"
        assert crowd.worked("EM-1", "2026-02") is None

    def test_one_day_of_interviews_must_not_give_more_than_half(self, sqlite_crowd):
        crowd = sqlite_crowd
        crowd.heard(8, cut_off_of(1), days=[date(2026, 1, 11)])
        crowd.heard(7, cut_off_of(1), days=[date(2026, 1, day) for day in range(1, 8)])
        crowd.releases(1)
        assert crowd.worked("AG-1", "2026-01").reasons == (HoldingReason.ONE_INTERVIEW_DAY,)
        crowd.heard(1, cut_off_of(2), days=[date(2026, 1, 20)])
        crowd.releases(2)
        assert crowd.breach("AG-1", "2026-02")["workers"] == 15

    def test_shares_are_of_those_who_were_asked(self, sqlite_crowd):
        crowd = sqlite_crowd
        crowd.heard(12, cut_off_of(1))
        with clock.stopped_at(cut_off_of(1)):
            crowd.send(
                "reports",
                [
                    row(
                        "reports", reference=f"none-{n}", journey=f"CJ-{n}", fee_item="none", amount=0, currency=None,
                        paid_on=None, stated_on="2026-01-11", checkpoint="post_placement",
                    )
                    for n in crowd.arrive(28)
                ],
                by="CSO-1",
            )  # fmt: skip
        crowd.releases(1)
        assert crowd.breach("AG-1", "2026-01")["percent"] == 25

    def test_money_that_workers_say_they_got_back_is_told_too(self, sqlite_crowd):
        crowd = sqlite_crowd
        numbers = crowd.heard(9, cut_off_of(1))
        with clock.stopped_at(cut_off_of(1)):
            crowd.send(
                "repayments",
                [
                    row(
                        "repayments", reference=f"RE-{n}", journey=f"CJ-{n}", amount="3000.00", paid_on="2026-01-05",
                        confirmed="all" if n != numbers[0] else "nothing", channel="hotline", confirmed_on="2026-01-10",
                    )
                    for n in numbers
                ],
                by="CSO-1",
            )  # fmt: skip
        crowd.releases(1)
        told = crowd.told("AG-1", "2026-01")["remedy_confirmed", None]
        assert (told["workers"], told["median"]) == (10, {"amount": "3000.00", "currency": "THB"})


class TestTheLots:
    def test_letters_for_five_people_are_drawn_and_the_rate_is_told(self, sqlite_crowd):
        crowd = sqlite_crowd
        crowd.calendar = Calendar(1, Decimal(1))
        with clock.stopped_at(OPENED):
            crowd.send(
                "demand-letters",
                [
                    row("demand-letters", reference="DL-30", headcount=5),
                    row("demand-letters", reference="DL-4", headcount=4),
                ],
            )
        crowd.releases(1)
        for code in ("AG-1", "EM-1"):
            told = json.loads(crowd.body(code, "2026-01"))
            assert (told["re_checks"], told["recheck_rate"]) == (["DL-30"], "1")

    def test_whom_a_csos_record_names_changes_no_lot(self, sqlite_crowd):
        crowd = sqlite_crowd
        crowd.calendar = Calendar(1, Decimal(1))
        crowd.heard(20, cut_off_of(1))
        crowd.releases(1)
        assert json.loads(crowd.body("AG-1", "2026-01"))["re_checks"] == []


def test_a_release_asks_as_often_for_many_as_for_few(sqlite_crowd):
    crowd = sqlite_crowd

    def statements(month: int) -> int:
        sent: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            sent.append(statement)

        event.listen(crowd.database.engine, "before_cursor_execute", note)
        crowd.releases(month)
        event.remove(crowd.database.engine, "before_cursor_execute", note)
        return len(sent)

    crowd.heard(8, cut_off_of(1))
    few = statements(1)
    crowd.heard(60, cut_off_of(2))
    with clock.stopped_at(cut_off_of(2)):
        crowd.send(
            "organisations",
            [row("organisations", code=f"AG-{n}", kind="agency", name="Another") for n in range(100, 120)],
        )
    assert statements(2) - few <= 2
