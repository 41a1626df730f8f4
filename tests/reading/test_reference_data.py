"""Reference data over the API: with source and confidence, and what nobody knows stays unknown."""

from __future__ import annotations

import pytest

from recruitment.core.actor import Role
from recruitment.fees import reference


@pytest.fixture
def reader(told):
    return told.actor(Role.PARTNER_REVIEWER, "PT-1")


def everything(told, reader, path):
    return [thing for page in told.pages(reader, path, 200) for thing in page]


def test_all_of_it_is_told(told, reader):
    items = everything(told, reader, "/reference-data/fee-items")
    assert [item["code"] for item in items] == sorted(fact.code for fact in reference.fee_item_facts())
    rules = everything(told, reader, "/reference-data/corridor-rules")
    assert [rule["id"] for rule in rules] == sorted(fact.id for fact in reference.corridor_rule_facts())
    corridors = everything(told, reader, "/reference-data/corridors")
    assert [each["code"] for each in corridors] == sorted(fact.code for fact in reference.corridor_facts())


@pytest.mark.parametrize("name", ["fee-items", "corridor-rules", "stages"])
def test_each_fact_says_where_it_is_from_and_how_sure_it_is(told, reader, name):
    for fact in everything(told, reader, f"/reference-data/{name}"):
        assert fact["basis"]
        assert fact["confidence"]
        assert isinstance(fact["sources"], list)


def test_what_nobody_knows_stays_unknown(told, reader):
    told_of = {rule["id"]: rule for rule in everything(told, reader, "/reference-data/corridor-rules")}
    unknown = [fact for fact in reference.corridor_rule_facts() if "unknown" in {fact.kind.value, fact.status.value}]
    assert unknown
    for fact in reference.corridor_rule_facts():
        rule = told_of[fact.id]
        assert (rule["kind"], rule["status"]) == (fact.kind.value, fact.status.value)
        assert (rule["amount"] is None) == (fact.amount is None)
        assert (rule["valid_from"] is None) == (fact.valid_from is None)


def test_rules_of_a_corridor_are_those_of_both_its_sides(told, reader):
    rules = everything(told, reader, "/reference-data/corridor-rules?corridor=MM-TH")
    assert {rule["scope"] for rule in rules} <= {"origin:MM-TH", "destination:TH"}
    assert rules
    answer = told.ask(reader, "/reference-data/corridor-rules?corridor=XX-YY")
    assert (answer.status_code, answer.get_json()["errors"][0]["parameter"]) == (422, "corridor")


def test_rates_are_filtered_by_currency_and_day(told, reader):
    rates = told.read(reader, "/rates", base="MMK", **{"from": "2024-03-02", "until": "2024-03-03"})["rates"]
    assert [(rate["base"], rate["on"]) for rate in rates] == [("MMK", "2024-03-02"), ("MMK", "2024-03-03")]
    assert told.read(reader, "/rates", quote="JPY")["rates"] == []
    assert told.ask(reader, "/rates?from=2024-03-03&until=2024-03-02").status_code == 422
    assert told.ask(reader, "/rates?from=March").status_code == 422
