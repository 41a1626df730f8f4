"""Operators revise the law, with a reason and a source; nothing that it said before is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from recruitment.audit.models import AuditEvent
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, STRANGER
from recruitment.core.errors import NotPermitted
from recruitment.fees import queries
from recruitment.fees.errors import LegalRuleInvalid, LegalRuleRevised, LegalRuleUnknown
from recruitment.fees.reference import RuleStanding, corridor_rule_facts, kept_rule, plain_rule
from recruitment.fees.services import legal_rules as service
from recruitment.fees.services.reference_data import load

REASON = "The ministry's notice of the day"
NEW = {
    "id": "mm_th_400k", "scope": "origin:MM-TH", "kind": "cap_item", "detail": "Raised again.", "confidence": "high",
    "fee_items": "agency_service_fee", "amount": "400000", "currency": "MMK", "valid_from": "2025-01-01",
    "status": "in_force", "sources": "https://example.org/notice", "basis": "page", "computable": "yes",
}  # fmt: skip


def revise(database, rule="mm_th_300k", number=0, reason=REASON, actor=LOCAL_OPERATOR, **changes):
    with database.unit_of_work() as session:
        return service.revise_rule(session, actor, rule, changes, reason=reason, number=number)


def in_force(database, rule="mm_th_300k", **at):
    with database.read_session() as session:
        return {each.id: each for each in queries.rules_in_force(session, **at)}[rule]


class TestTheFactsOfTheDataFile:
    def test_what_is_kept_is_read_as_it_was(self):
        assert all(kept_rule(plain_rule(rule)) == rule for rule in corridor_rule_facts())

    def test_what_a_rule_is_on_a_day(self):
        rules = {rule.id: rule for rule in corridor_rule_facts()}
        until = rules["mm_th_150k"].valid_until
        assert rules["mm_th_150k"].on(until) is RuleStanding.HOLDS
        assert rules["mm_th_150k"].on(until + timedelta(days=1)) is RuleStanding.NOT_THEN
        assert rules["kh_49"].on(until) is RuleStanding.INFORMATION
        assert rules["th_visa_pre2023"].on(rules["th_visa_2023"].valid_from) is RuleStanding.NOT_THEN

    def test_a_limit_in_words_never_says_that_there_is_none(self):
        rules = {rule.id: rule for rule in corridor_rule_facts()}
        assert rules["mm_th_300k"].limit_in_words == "300000 MMK"
        assert rules["th_lpa_s76"].limit_in_words == "10 % each, 20 % in all, of a month's wage"
        assert rules["th_overcharge_penalty"].limit_in_words == "sets no limit"
        assert rules["la_service_fee"].limit_in_words == "unknown"


class TestARevision:
    def test_it_holds_from_then_on_and_the_text_before_stays(self, database):
        kept = revise(database, amount="350000", valid_until="2026-12-31")
        assert kept.number == 1
        fact = kept_rule(in_force(database).facts)
        assert (str(fact.amount), str(fact.valid_until), fact.currency) == ("350000", "2026-12-31", "MMK")
        with database.read_session() as session:
            first, second = queries.rule_history(session, "mm_th_300k")
        assert (first.number, first.reason, str(first.facts["amount"])) == (0, None, "300000")
        assert (second.number, second.reason, second.edited_by) == (1, REASON, None)

    def test_loading_the_data_file_again_does_not_undo_it(self, database):
        revise(database, amount="350000")
        with database.unit_of_work() as session:
            load(session)
        assert in_force(database).facts["amount"] == "350000"

    def test_the_law_as_it_was_known_at_an_instant(self, database):
        before = clock.now()
        revise(database, amount="350000")
        assert in_force(database, as_of=before - timedelta(seconds=1)).facts["amount"] == "300000"
        assert in_force(database, as_of=clock.now() + timedelta(seconds=1)).facts["amount"] == "350000"

    def test_it_is_recorded_once(self, database):
        revise(database, amount="350000")
        with database.read_session() as session:
            rows = session.execute(
                select(AuditEvent.subject_kind, AuditEvent.subject_id).where(AuditEvent.action == "fees.rule_revised")
            ).all()
        assert [tuple(row) for row in rows] == [("legal_rule", "mm_th_300k")]

    def test_it_cannot_be_changed_or_deleted(self, database):
        revise(database, amount="350000")
        for statement in ("UPDATE rule_revisions SET reason = 'x'", "DELETE FROM rule_revisions"):
            with database.engine.connect() as connection, pytest.raises(DatabaseError, match="append-only"):
                connection.exec_driver_sql(statement)

    def test_somebody_else_was_first(self, database):
        revise(database, amount="350000")
        with pytest.raises(LegalRuleRevised, match="at revision 1"):
            revise(database, amount="360000")
        assert revise(database, number=1, amount="360000").number == 2

    def test_who_may_not_is_refused(self, database):
        with pytest.raises(NotPermitted):
            revise(database, actor=STRANGER, amount="350000")

    def test_there_is_no_such_rule(self, database):
        with pytest.raises(LegalRuleUnknown):
            revise(database, rule="nothing", amount="1")

    @pytest.mark.parametrize(
        ("changes", "field", "cure"),
        [
            ({"amount": "300000.001"}, "amount", "decimals"),
            ({"amount": "many"}, "amount", "not a number"),
            ({"amount": ""}, "amount", "computable without amount"),
            ({"currency": "XYZ"}, "amount", "XYZ"),
            ({"valid_until": "2022-05-08"}, "valid_until", "not before the first"),
            ({"valid_from": "soon"}, "valid_from", "2024-05-31"),
            ({"valid_from": ""}, "valid_from", "Give the first or the last day"),
            ({"status": "proposed"}, "status", "superseded or reported"),
            ({"status": "perhaps"}, "status", "not among the words"),
            ({"confidence": "unstated"}, "confidence", "high, medium or low"),
            ({"computable": "no"}, "why_not", "Say why it is not computed"),
            ({"fee_items": "beer_money"}, "fee_items", "unknown item beer_money"),
            ({"payees": "landlord"}, "payees", "unknown payee landlord"),
            ({"sources": "a friend"}, "sources", "neither an address"),
            ({"sources": ""}, "sources", "names its source"),
            ({"note": "x" * 1001}, "note", "longer than 1000"),
            ({"scope": "origin:NP-MY"}, "scope", "cannot be set"),
            ({"amount": ["1"]}, "amount", "not a number"),
            ({"fee_items": 5}, "fee_items", "not a list"),
        ],
    )
    def test_what_contradicts_itself_is_refused_by_field_with_the_cure(self, database, changes, field, cure):
        with pytest.raises(LegalRuleInvalid) as refused:
            revise(database, **changes)
        assert field in refused.value.facts
        assert cure in refused.value.detail
        assert in_force(database).number == 0

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "two\nlines"])
    def test_it_says_why(self, database, reason):
        with pytest.raises(LegalRuleInvalid, match="Say why"):
            revise(database, reason=reason, amount="350000")

    def test_nothing_changed_is_no_revision(self, database):
        with pytest.raises(LegalRuleInvalid, match="says that already"):
            revise(database, amount="300000")

    def test_it_may_become_information_only(self, database):
        kept = revise(database, computable="no", why_not="withdrawn")
        assert kept_rule(kept.facts).on(clock.today()) is RuleStanding.INFORMATION


class TestANewRule:
    def add(self, database, **changed):
        facts = {name: value for name, value in (NEW | changed).items() if value is not None}
        with database.unit_of_work() as session:
            return service.add_rule(session, LOCAL_OPERATOR, facts, reason=REASON)

    def test_it_holds_beside_the_others(self, database):
        assert self.add(database).number == 1
        assert in_force(database, "mm_th_400k").scope == "origin:MM-TH"
        with database.read_session() as session:
            assert [state.number for state in queries.rule_history(session, "mm_th_400k")] == [1]

    def test_an_id_that_is_taken_is_refused(self, database):
        with pytest.raises(LegalRuleRevised):
            self.add(database, id="mm_th_300k")

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"id": "Nope!"}, "id"), ({"scope": "origin:XX-TH"}, "scope"), ({"kind": "rumour"}, "kind"),
            ({"detail": None}, "detail"), ({"sources": None}, "sources"), ({"amount": None}, "amount"),
            ({"kind": "penalty"}, "computable"), ({"kind": "zero_fee"}, "amount"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_said_by_field(self, database, changed, field):
        with pytest.raises(LegalRuleInvalid) as refused:
            self.add(database, **changed)
        assert field in refused.value.facts


class TestTheForm:
    def test_a_form_as_it_was_shown_changes_nothing(self):
        for rule in corridor_rule_facts():
            assert service.changes_in(rule, service.as_texts(rule)) == {}

    def test_what_was_typed_otherwise_is_the_change(self):
        rule = next(each for each in corridor_rule_facts() if each.id == "mm_th_300k")
        texts = service.as_texts(rule) | {"amount": " 350000 ", "computable": "no", "unknown": "field"}
        assert service.changes_in(rule, texts) == {"amount": " 350000 ", "computable": "no"}
