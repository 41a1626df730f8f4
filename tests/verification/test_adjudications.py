"""One decides, a second one agrees above a limit, the worker is asked, and new words reopen it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.core.errors import NotPermitted
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.fees.rules import StatementChannel
from recruitment.journeys.errors import JourneyUnknown
from recruitment.verification import errors
from recruitment.verification.models import ConfirmationRow, ValidationRow
from recruitment.verification.rules.adjudication import (
    AdjudicationReason,
    AdjudicationState,
    Evidence,
    EvidenceKind,
    SecondAnswer,
    WorkersAnswer,
)
from tests.factories.actors import actor_of
from tests.factories.cases import refresh_all
from tests.factories.deciding import RECEIPT, Deciders
from tests.factories.field import Field
from tests.factories.rows import nothing_more, row

VERIFIED = ("verified:cost:broker_fee", "THB")


@pytest.fixture
def deciders(field) -> Deciders:
    """J-1: the worker reports 2,000 baht for a broker, the agency declares 500 that the worker bore."""
    field.send("reports", row("reports"), nothing_more())
    field.send("declarations", row("declarations", fee_item="broker_fee", payer="worker"))
    return Deciders.of(field)


def state(deciders: Deciders, item: str = "broker_fee", journey: str = "J-1") -> AdjudicationState:
    """Return what became of the newest decision."""
    return deciders.item(item, journey).decisions[0][1]


def item_of(field: Field, item: str = "broker_fee") -> dict[str, object]:
    return next(each for each in field.compared()["items"] if each["fee_item"] == item)


class OnSqlite:
    """Where the engine makes no difference."""

    @pytest.fixture
    def field(self, sqlite_field):
        return sqlite_field


class TestDeciding:
    def test_at_the_limit_it_is_in_force_and_in_the_books_at_once(self, deciders, field):
        assert field.compared()["status"] == "in_dispute"
        decision = deciders.decide("2000.00")
        assert decision.is_in_force
        assert not decision.needs_second
        assert field.balances()[VERIFIED] == 2000_00
        assert item_of(field)["verified"] == "2000.00"
        found = field.compared()
        assert found["status"] == "remedy_due"
        assert [each["state"] for each in found["findings"] if each["kind"] == "undeclared_payment"] == ["adjudicated"]
        field.verify()

    def test_zero_posts_nothing(self, deciders, field):
        before = field.count("ledger_entries")
        deciders.decide("0")
        assert field.count("ledger_entries") == before
        field.verify()

    def test_a_later_one_takes_its_place_in_the_books_and_both_stay(self, deciders, field):
        first = deciders.decide("2000.00")
        second = deciders.decide("2500.00")
        assert (first.version, second.version) == (1, 2)
        assert field.balances()[VERIFIED] == 2500_00
        assert [each[1] for each in deciders.item().decisions] == [
            AdjudicationState.HOLDS,
            AdjudicationState.SUPERSEDED,
        ]
        deciders.decide("0.00")
        assert VERIFIED not in field.balances()
        assert field.count("adjudications") == 3
        field.verify()


class TestWhatMayBeDecided(OnSqlite):
    def test_what_nobody_named_can_be_decided(self, deciders, field):
        from recruitment.verification.rules.adjudication import basis_of, basis_text

        deciders.decide("700.00", "visa_fee", basis=basis_text(basis_of([])))
        assert item_of(field, "visa_fee")["verified"] == "700.00"
        assert state(deciders, "visa_fee") is AdjudicationState.HOLDS

    def test_evidence_and_note_are_sealed_and_read_back(self, deciders, field):
        deciders.decide("2000.00", note="The broker's own ledger  says so.", evidence=[RECEIPT])
        decision = deciders.item().decisions[0][0]
        assert decision.evidence == [RECEIPT]
        assert decision.note == "The broker's own ledger says so."
        with field.database.engine.connect() as connection:
            stored = connection.exec_driver_sql("SELECT evidence_sealed, note_sealed FROM adjudications").one()
        assert not any(word in bytes(each) for each in stored for word in (b"book 4", b"ledger"))

    def test_what_is_not_right_is_refused_and_nothing_is_saved(self, deciders, field):
        before, basis = field.everything(), deciders.item().basis
        for given, refused in (
            ({"amount": "-1"}, errors.AmountInvalid), ({"amount": "1.001"}, errors.AmountInvalid),
            ({"amount": "1e3"}, errors.AmountInvalid), ({"amount": "9" * 16}, errors.AmountInvalid),
            ({"currency": "MMK"}, errors.CurrencyOther), ({"item": "no_such_fee"}, errors.FeeItemUnknown),
            ({"item": "none"}, errors.FeeItemUnknown), ({"item": "collateral"}, errors.FeeItemUnknown),
            ({"journey": "J-99"}, JourneyUnknown), ({"evidence": []}, errors.EvidenceMissing),
            ({"evidence": [Evidence(EvidenceKind.CHAT, " ")]}, errors.EvidenceMissing),
            ({"evidence": [RECEIPT, Evidence(EvidenceKind.NONE_POSSIBLE, "x")]}, errors.EvidenceMissing),
            ({"evidence": [RECEIPT] * 11}, errors.EvidenceMissing), ({"note": "x" * 1001}, errors.EvidenceMissing),
            ({"evidence": [Evidence(EvidenceKind.NONE_POSSIBLE, "")]}, errors.EvidenceMissing),
            ({"reason": AdjudicationReason.OTHER}, errors.EvidenceMissing),
        ):  # fmt: skip
            with pytest.raises(refused):
                deciders.decide(given.pop("amount", "2000.00"), basis=basis, **given)
        after = field.everything()
        # That the item was read is kept in the audit record.
        assert [name for name in after if after[name] != before[name]] == ["audit_events"]

    def test_words_that_came_in_since_it_was_looked_at_are_not_decided_over(self, deciders, field):
        seen = deciders.item().basis
        field.send("reports", row("reports", reference="RP-2"))
        with pytest.raises(errors.WordsCameIn, match="New words about broker_fee"):
            deciders.decide("2000.00", basis=seen)
        assert field.count("adjudications") == 0

    def test_words_about_another_item_do_not_matter(self, deciders, field):
        seen = deciders.item().basis
        field.send("reports", row("reports", reference="RP-2", fee_item="visa_fee"))
        deciders.decide("2000.00", basis=seen)

    def test_nobody_else_decides(self, deciders):
        basis = deciders.item().basis
        for role in set(Role) - {Role.CASE_WORKER}:
            with pytest.raises(NotPermitted):
                deciders.decide("2000.00", basis=basis, actor=actor_of(role, new_id()))


class TestTheSecondPerson:
    def test_above_the_limit_nothing_counts_before_a_second_person_agrees(self, deciders, field):
        decision = deciders.decide("5000.01")
        assert (decision.needs_second, decision.is_in_force) == (True, False)
        assert VERIFIED not in field.balances()
        assert "verified" not in item_of(field)
        confirmed = deciders.answer(decision)
        assert confirmed.stands
        assert field.balances()[VERIFIED] == 5000_01
        assert item_of(field)["verified"] == "5000.01"
        field.verify()

    def test_what_is_at_stake_is_the_largest_of_all_accounts(self, deciders, field):
        assert not deciders.decide("5000.00").needs_second
        assert deciders.decide("5000.01").needs_second
        field.send("reports", row("reports", reference="RP-2", amount="3000.01"))
        low = deciders.decide("1.00")
        assert (low.needs_second, low.stake_minor) == (True, 5000_01)

    def test_what_cannot_be_counted_always_needs_one(self, deciders, field):
        field.send("reports", row("reports", reference="RP-2", fee_item="visa_fee", amount="1.00", currency="MMK"))
        assert deciders.decide("0", "visa_fee").needs_second

    def test_nobody_confirms_their_own_decision(self, deciders, field):
        decision = deciders.decide("6000.00")
        with pytest.raises(errors.OwnDecision):
            deciders.answer(decision, actor=deciders.first)
        assert field.count("adjudication_confirmations") == 0

    def test_the_database_refuses_it_too(self, deciders, field):
        decision = deciders.decide("6000.00")
        for model in (ConfirmationRow, ValidationRow):
            self.refused_by_the_database(deciders, field, decision, model)

    @staticmethod
    def refused_by_the_database(deciders, field, decision, model):
        common = {"adjudication_id": decision.id, "recorded_at": clock.now()}
        whole = {
            ConfirmationRow: common | {"answer": "confirmed"},
            ValidationRow: common | {
                "id": new_id(), "answer": "agrees", "channel": "chat", "is_independent": True, "asked_on": clock.today(),
            },
        }[model]  # fmt: skip
        by = "confirmed_by" if model is ConfirmationRow else "asked_by"
        for claimed in (decision.decided_by, deciders.second.id):
            # The one who decided, or somebody who says that another one decided.
            values = whole | {by: decision.decided_by, "decided_by": claimed}
            with (
                pytest.raises(Exception, match="changed the same record|constraint") as refused,
                field.database.unit_of_work() as session,
            ):
                insert_many(session, model.__table__, tuple(values), [tuple(values.values())])
            assert isinstance(refused.value.__cause__, IntegrityError)
        with field.database.unit_of_work() as session:
            right = whole | {by: deciders.second.id, "decided_by": decision.decided_by}
            insert_many(session, model.__table__, tuple(right), [tuple(right.values())])

    def test_at_the_machine_there_is_no_second_person(self, deciders, field, operator):
        decision = deciders.decide("6000.00")
        with pytest.raises(errors.SecondPersonNeedsAccount, match="same local operator"):
            deciders.answer(decision, actor=operator)

    def test_a_refusal_leaves_the_decision_before_in_force(self, deciders, field):
        deciders.decide("2000.00")
        high = deciders.decide("6000.00")
        assert state(deciders) is AdjudicationState.AWAITS_SECOND
        assert field.balances()[VERIFIED] == 2000_00
        deciders.answer(high, SecondAnswer.REFUSED)
        assert [each[1] for each in deciders.item().decisions] == [AdjudicationState.REFUSED, AdjudicationState.HOLDS]
        assert item_of(field)["verified"] == "2000.00"
        third = deciders.decide("2100.00")
        assert third.version == 3
        assert field.balances()[VERIFIED] == 2100_00
        field.verify()


class TestWhoIsASecondPerson(OnSqlite):
    def test_one_confirmed_takes_the_place_of_the_one_in_force(self, deciders, field):
        deciders.decide("2000.00")
        deciders.answer(deciders.decide("6000.00"))
        assert field.balances()[VERIFIED] == 6000_00
        field.verify()

    def test_there_is_one_answer_and_only_about_the_last_decision(self, deciders):
        first, second = deciders.decide("6000.00"), deciders.decide("7000.00")
        with pytest.raises(errors.NotWaiting):
            deciders.answer(first)
        deciders.answer(second)
        with pytest.raises(errors.NotWaiting):
            deciders.answer(second, SecondAnswer.REFUSED)

    def test_new_words_are_not_confirmed_over(self, deciders, field):
        decision = deciders.decide("6000.00")
        seen = deciders.item().basis
        field.send("reports", row("reports", reference="RP-2"))
        for basis in (seen, deciders.item().basis):
            with pytest.raises(errors.WordsCameIn):
                deciders.answer(decision, basis=basis)
        assert deciders.answer(decision, SecondAnswer.REFUSED).second is not None

    def test_what_the_second_person_saw_must_be_what_there_is(self, deciders):
        with pytest.raises(errors.WordsCameIn):
            deciders.answer(deciders.decide("6000.00"), basis="0" * 16)

    def test_a_decision_that_nobody_knows(self, deciders):
        decision = deciders.decide("6000.00")
        from dataclasses import replace

        with pytest.raises(errors.AdjudicationUnknown):
            deciders.answer(replace(decision, reference="AD-0"))


class TestTheWorker(OnSqlite):
    def test_below_the_own_account_it_stays_in_dispute_until_the_worker_agrees(self, deciders, field):
        decision = deciders.decide("500.00")
        assert state(deciders) is AdjudicationState.AWAITS_WORKER
        assert field.compared()["status"] == "in_dispute"
        deciders.ask(decision)
        assert state(deciders) is AdjudicationState.HOLDS
        assert field.compared()["status"] == "remedy_due"
        assert field.compared()["remedy_due"] == "500.00"
        deciders.ask(decision, WorkersAnswer.DISAGREES)
        assert field.compared()["status"] == "in_dispute"

    @pytest.mark.parametrize(
        "how", [{"channel": StatementChannel.AGENCY_FORM}, {"witnessed": True}], ids=["their form", "they were there"]
    )
    def test_an_answer_that_was_not_free_is_kept_and_does_not_count(self, deciders, field, how):
        decision = deciders.decide("500.00")
        deciders.ask(decision, **how)
        assert field.count("adjudication_validations") == 1
        assert field.compared()["status"] == "in_dispute"
        deciders.ask(decision)
        deciders.ask(decision, WorkersAnswer.DISAGREES, **how)
        assert field.compared()["status"] == "remedy_due"

    def test_who_took_part_does_not_ask(self, deciders):
        decision = deciders.decide("6000.00")
        deciders.answer(decision)
        for actor in (deciders.first, deciders.second):
            with pytest.raises(errors.OwnDecision):
                deciders.ask(decision, actor=actor)
        deciders.ask(decision)

    def test_what_is_not_in_force_is_not_asked_about(self, deciders):
        waiting = deciders.decide("6000.00")
        with pytest.raises(errors.NotInForce):
            deciders.ask(waiting)
        first = deciders.decide("2000.00")
        deciders.decide("2100.00")
        with pytest.raises(errors.NotInForce):
            deciders.ask(first)

    def test_nor_before_the_decision_or_in_the_future(self, deciders):
        decision = deciders.decide("500.00")
        for days in (-1, 1):
            with pytest.raises(errors.DayInvalid):
                deciders.ask(decision, asked_on=clock.today() + timedelta(days=days))


class TestReopening(OnSqlite):
    @pytest.mark.parametrize(
        "said",
        [
            ("reports", {"reference": "RP-2", "amount": "1.00"}), ("reports", {"amount": "2100.00"}),
            ("reports", {"amount": "2000.00", "fee_item": "visa_fee"}),
            ("declarations", {"fee_item": "broker_fee", "payer": "employer", "amount": "3.00"}),
        ],
        ids=["a report", "a correction", "a correction that takes it away", "a declaration"],
    )  # fmt: skip
    def test_new_words_reopen_the_item_and_the_books_keep_the_decision(self, deciders, field, said):
        deciders.decide("2000.00")
        refresh_all(field.database)
        field.send(said[0], row(said[0], **said[1]))
        assert state(deciders) is AdjudicationState.REOPENED
        assert all("verified" not in each for each in field.compared()["items"])
        assert field.balances()[VERIFIED] == 2000_00
        field.verify()
        deciders.decide("2200.00")
        assert state(deciders) is AdjudicationState.HOLDS
        field.verify()

    def test_a_superseded_declaration_reopens(self, field):
        deciders = Deciders.of(field)
        sent = field.send("declarations", row("declarations", fee_item="broker_fee", payer="worker"))
        deciders.decide("500.00")
        field.send("declarations", row("declarations"), supersedes=sent["reference"])
        assert state(deciders) is AdjudicationState.REOPENED

    def test_other_items_and_other_journeys_do_not(self, deciders, field):
        deciders.decide("2000.00")
        field.send("reports", row("reports", reference="RP-2", fee_item="visa_fee"))
        field.send("reports", row("reports", reference="RP-3", journey="J-2"))
        assert state(deciders) is AdjudicationState.HOLDS
        assert item_of(field)["verified"] == "2000.00"

    def test_a_rate_changes_what_words_are_worth_and_not_the_words(self, deciders, field):
        deciders.decide("2000.00")
        field.send("rates", row("rates"))
        assert state(deciders) is AdjudicationState.HOLDS


class TestJoinedAndEarlier:
    def test_a_journey_that_is_joined_brings_its_words(self, deciders, field):
        deciders.decide("2000.00")
        join(field, listed="J-2", other="J-1")
        assert state(deciders) is AdjudicationState.HOLDS
        assert item_of(field)["verified"] == "2000.00"
        field.send("reports", row("reports", reference="RP-9", journey="J-2", amount="5.00"))
        assert state(deciders) is AdjudicationState.REOPENED
        assert "verified" not in item_of(field)

    def test_what_was_decided_about_a_listed_journey_is_superseded_at_the_other(self, deciders, field):
        field.send("reports", row("reports", reference="RP-9", journey="J-2", amount="5.00"))
        deciders.decide("5.00", journey="J-2")
        join(field, listed="J-2", other="J-1")
        assert deciders.decide("2005.00").version == 2
        assert field.balances()[VERIFIED] == 2005_00
        field.verify()

    def test_as_of_an_instant_only_what_was_recorded_by_then_counts(self, deciders, field):
        from recruitment.verification import queries

        before = clock.now()
        decision = deciders.decide("500.00")
        decided = clock.now()
        deciders.ask(decision)
        asked = clock.now()
        field.send("reports", row("reports", reference="RP-2"))
        found = []
        with field.database.read_session() as session:
            journey = queries.journey_to_explain(session, "J-1")
            for instant in (before, decided, asked, None):
                (_, facts), *_ = queries.facts_of(session, [journey], as_of=instant).journeys
                found.append(dict(facts.adjudicated))
        assert found == [{}, {"broker_fee": (500_00, False)}, {"broker_fee": (500_00, True)}, {}]

    def test_so_does_a_confirmation(self, deciders, field):
        from recruitment.verification import queries

        decision = deciders.decide("6000.00")
        before = clock.now()
        deciders.answer(decision)
        with field.database.read_session() as session:
            journey = queries.journey_to_explain(session, "J-1")
            for instant, wanted in ((before, {}), (None, {"broker_fee": (6000_00, False)})):
                (_, facts), *_ = queries.facts_of(session, [journey], as_of=instant).journeys
                assert dict(facts.adjudicated) == wanted


def join(field, *, listed: str, other: str) -> None:
    """Join a journey to another, as somebody does who decides about a match."""
    from recruitment.journeys import queries
    from recruitment.journeys import service as journeys
    from recruitment.journeys.rules import MatchDecision, MatchReason, NewMatch

    with field.database.unit_of_work() as session:
        found = queries.by_reference(session, [listed, other])
        pair = NewMatch(found[listed].id, found[other].id, None, MatchReason.NAME, 100)
        journeys.propose(session, LOCAL_OPERATOR, [pair])
        match = queries.matches_for(session, after=None, limit=1, undecided=True)[0]
        journeys.decide(session, LOCAL_OPERATOR, match.id, MatchDecision.SAME)


class TestExplaining(OnSqlite):
    def test_a_decision_stands_behind_what_uses_it_and_says_whom_it_waits_for(self, deciders, field):
        reference = deciders.decide("500.00").reference
        told = field.run("verification", "explain", "J-1").stdout
        assert f"- {reference}: a person decided on" in told
        assert "500.00 THB was decided for broker_fee, which waits for the worker" in told


class TestTheHouse:
    def test_the_journey_is_compared_again_after_each_act(self, deciders, field):
        from recruitment.verification import queries

        def stale() -> list[str]:
            with field.database.read_session() as session:
                return [each.reference for each in queries.stale_journeys(session)]

        refresh_all(field.database)
        decision = deciders.decide("6000.00")
        for act in (lambda: None, lambda: deciders.answer(decision), lambda: deciders.ask(decision)):
            act()
            assert stale() == ["J-1"]
            refresh_all(field.database)

    def test_who_did_what_is_in_the_audit_record(self, deciders, caseload):
        decision = deciders.decide("6000.00")
        deciders.answer(decision)
        deciders.ask(decision)
        deciders.answer(deciders.decide("7000.00"), SecondAnswer.REFUSED)
        for action, count in (("adjudicated", 2), ("confirmed", 1), ("refused", 1), ("validated", 1)):
            assert len(caseload.events(f"verification.{action}")) == count

    def test_nothing_is_changed_or_deleted(self, deciders, field):
        decision = deciders.decide("6000.00")
        deciders.answer(decision)
        deciders.ask(decision)
        for table in ("adjudications", "adjudication_confirmations", "adjudication_validations"):
            for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET decided_by = decided_by"):
                with pytest.raises(Exception, match="append-only"), field.database.engine.begin() as connection:
                    connection.exec_driver_sql(statement)

    def test_a_planted_difference_is_found(self, deciders, field):
        from recruitment.database import guards

        deciders.decide("2000.00")
        with field.database.engine.begin() as connection:
            for statement in guards.remove(connection.dialect.name, ("adjudications",)):
                connection.exec_driver_sql(statement)
            connection.exec_driver_sql("UPDATE adjudications SET verified_minor = verified_minor - 1")
        assert "verified:cost:broker_fee" in field.run("verification", "reconcile", exit_code=1).stdout

    def test_what_was_written_goes_with_the_person(self, deciders, field):
        from recruitment.privacy import service as privacy
        from recruitment.privacy.rules import ErasureReason

        deciders.decide("2000.00", note="A note.")
        with field.database.unit_of_work() as session:
            (told,) = privacy.copy(session, LOCAL_OPERATOR, "JS-1")["journeys"][0]["adjudications"]
        assert (told["verified"], told["evidence"], told["note"]) == ("2000.00", "receipt: book 4, page 12", "A note.")
        assert str(deciders.first.id) not in str(told)
        with field.database.unit_of_work() as session:
            privacy.erase(session, LOCAL_OPERATOR, "JS-1", ErasureReason.WORKER_REQUEST, confirmed=True)
        decision = deciders.item().decisions[0][0]
        assert (decision.is_erased, decision.evidence, decision.note) == (True, None, None)
        with pytest.raises(errors.PersonErased):
            deciders.decide("2100.00")
        field.verify()
