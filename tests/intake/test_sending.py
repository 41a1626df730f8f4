"""What is sent over HTTP ends as it would through ``recruitment import``, in each of the three formats."""

from __future__ import annotations

import pytest

from recruitment.core.actor import Role
from recruitment.intake.rules import FileKind
from recruitment.intake.service import grammar_of
from recruitment.metadata import metadata
from tests.factories.desk import SENDERS, path_of
from tests.factories.rows import KINDS, REQUIRED, row
from tests.intake.good_rows import GOOD

FORMATS = ("json", "csv", "xlsx")


def good(desk, kind: str) -> list[dict[str, str]]:
    """Good rows as their sender writes them: an agency has its own reference of a journey."""
    rows = [dict(each) for each in GOOD[kind]]
    if kind == "declarations":
        own = desk.own_reference("AG-1")
        rows = [each | {"journey": own} for each in rows]
    return rows


def counts(outcome: dict) -> dict:
    return {name: outcome[name] for name in ("rows", "added", "corrected", "skipped", "replayed")}


class TestGoodRows:
    @pytest.mark.parametrize("kind", KINDS)
    def test_are_saved_as_the_import_saves_them(self, desk, kind):
        expected = counts(desk.field.offer(kind, desk.field.file(GOOD[kind]), dry_run=True))
        rows = good(desk, kind)
        desk.sender_of(kind)
        for form in FORMATS:
            preview = desk.send(kind, rows, form, key=None, query_string={"preview": "true"})
            assert (preview.status_code, preview.json["saved"]) == (200, False), preview.json
            assert counts(preview.json) == expected
        answer = desk.send(kind, rows, "csv")
        assert answer.status_code == 201, answer.json
        assert counts(answer.json) == expected
        assert answer.json["kind"] == path_of(kind).rpartition("/")[2]
        assert answer.json["reference"].startswith("FD-" if kind == "declarations" else "IM-")
        for form in FORMATS:
            again = desk.send(kind, rows, form)
            assert (again.status_code, again.json["saved"], again.json["replayed"]) == (200, False, True), again.json
        desk.field.verify()

    @pytest.mark.parametrize("kind", ["debts", "rates"])
    @pytest.mark.parametrize("form", FORMATS)
    def test_are_saved_from_every_format(self, desk, kind, form):
        desk.sender_of(kind)
        assert desk.send(kind, good(desk, kind), form).status_code == 201

    def test_booleans_and_whole_numbers_may_be_those_of_json(self, sqlite_desk):
        sqlite_desk.sender_of("jobseekers")
        person = row("jobseekers", birth_year=1999, consent_contact="yes")
        spelled = dict(person, birth_year=1999, consent_contact=True, consent_record=True, phone=None)
        assert sqlite_desk.send("jobseekers", [spelled]).status_code == 201
        assert sqlite_desk.send("jobseekers", [person]).json["replayed"] is True


class TestBadRows:
    @pytest.mark.parametrize("kind", KINDS)
    def test_are_refused_as_the_import_refuses_them(self, sqlite_desk, kind):
        desk, first = sqlite_desk, REQUIRED[kind][-1]
        bad = [dict(GOOD[kind][0]) | {first: "?" * 300}, dict(GOOD[kind][1]), dict(GOOD[kind][1]) | {first: ""}]
        expected = desk.field.offer(kind, desk.field.file(bad), exit_code=1)["errors"]
        rows = bad
        if kind == "declarations":
            own = desk.own_reference("AG-1")
            rows = [each | {"journey": own} for each in bad]
        desk.sender_of(kind)
        before = desk.field.everything()
        for form in ("csv", "xlsx"):
            answer = desk.send(kind, rows, form)
            assert answer.status_code == 422
            assert answer.mimetype == "application/problem+json"
            found = [(each["line"], each.get("column"), each["code"], each["detail"]) for each in answer.json["errors"]]
            assert found == [(each["line"], each["column"], each["code"], each["message"]) for each in expected]
        answer = desk.send(kind, rows, "json")
        found = [(each["pointer"], each["code"], each["detail"]) for each in answer.json["errors"]]
        assert found == [(pointer(each), each["code"], each["message"]) for each in expected]
        assert desk.field.everything() == before

    def test_a_row_is_not_told_twice_what_is_wrong_with_it(self, sqlite_desk):
        sqlite_desk.sender_of("debts")
        answer = sqlite_desk.send("debts", [row("debts", principal="many")])
        assert [each["pointer"] for each in answer.json["errors"]] == ["#/rows/0/principal"]

    def test_a_value_of_another_type_is_refused_with_a_cure(self, sqlite_desk):
        sqlite_desk.sender_of("debts")
        for cells, code, cure in WRONG_TYPES:
            answer = sqlite_desk.send("debts", [row("debts"), row("debts") | cells])
            (error,) = answer.json["errors"]
            assert (error["pointer"], error["code"]) == (f"#/rows/1/{next(iter(cells))}", code)
            assert cure in error["detail"]

    def test_every_wrong_value_of_a_body_is_told_at_once(self, sqlite_desk):
        sqlite_desk.sender_of("debts")
        bad = [row("debts") | {"principal": 1, "as_of": 2}, "no row", row("debts") | {"mine": "x", "outstanding": None}]
        answer = sqlite_desk.send("debts", bad)
        assert [each["pointer"] for each in answer.json["errors"]] == [
            "#/rows/0/as_of", "#/rows/0/principal", "#/rows/1", "#/rows/2/mine",
        ]  # fmt: skip


WRONG_TYPES = [
    ({"principal": 9000}, "wrong_type", "write it as text"),
    ({"principal": 9000.5}, "wrong_type", "write it as text"),
    ({"principal": True}, "wrong_type", "as text"),
    ({"creditor": 5}, "wrong_type", "as text"),
    ({"creditor": ["lender"]}, "wrong_type", "as text"),
    ({"as_of": {"day": 1}}, "wrong_type", "as text"),
    ({"recruitment_linked": 1}, "wrong_type", "as text"),
    ({"principle": "1"}, "unknown_column", "Did you mean 'principal'?"),
]


def pointer(problem: dict) -> str:
    column = f"/{problem['column']}" if problem["column"] else ""
    return f"#/rows/{problem['line'] - 2}{column}"


class TestWhoSends:
    def test_every_kind_has_a_sender_of_its_own_permission(self, sqlite_desk):
        assert set(SENDERS) == set(KINDS)
        assert set(SENDERS) | {"name-lists"} == {kind.value for kind in FileKind}

    def test_nobody_else_may_send_it(self, sqlite_desk):
        sqlite_desk.be(Role.FUND_APPROVER, "OP-1")
        assert {kind: sqlite_desk.send(kind, GOOD[kind]).status_code for kind in KINDS} == dict.fromkeys(KINDS, 403)

    def test_a_declaration_is_of_the_own_agency_whatever_is_asked_for(self, sqlite_desk):
        sqlite_desk.be(Role.AGENCY_OFFICER, "AG-2")
        own = sqlite_desk.own_reference("AG-1")
        answer = sqlite_desk.send("declarations", [row("declarations", journey=own)])
        assert [each["code"] for each in answer.json["errors"]] == ["unknown_journey"]
        answer = sqlite_desk.send("declarations", [row("declarations")], query_string={"agency": "AG-1"})
        assert [each["parameter"] for each in answer.json["errors"]] == ["agency"]

    def test_a_journeys_own_reference_means_nothing_to_an_agency(self, sqlite_desk):
        sqlite_desk.sender_of("declarations")
        answer = sqlite_desk.send("declarations", [row("declarations", journey="J-1")])
        assert [each["code"] for each in answer.json["errors"]] == ["unknown_journey"]

    @pytest.mark.parametrize(
        ("kind", "column", "other"), [("jobseekers", "cso", "CSO-2"), ("demand-letters", "employer", "EM-2")]
    )
    def test_the_own_code_may_be_left_out_and_no_other_given(self, sqlite_desk, kind, column, other):
        sqlite_desk.sender_of(kind)
        without = {name: value for name, value in row(kind).items() if name != column}
        for wrong in (other, "AG-1", "nobody at all"):
            (error,) = sqlite_desk.send(kind, [without | {column: wrong}]).json["errors"]
            assert (error["pointer"], error["code"]) == (f"#/rows/0/{column}", "not_your_own")
        assert sqlite_desk.send(kind, [without]).status_code == 201
        assert sqlite_desk.send(kind, [row(kind)]).json["replayed"] is True

    @pytest.mark.parametrize("kind", ["reports", "debts"])
    def test_two_organisations_may_use_one_reference(self, sqlite_desk, kind):
        sqlite_desk.sender_of(kind)
        assert sqlite_desk.send(kind, [row(kind)]).status_code == 201
        sqlite_desk.be(Role.CASE_WORKER, "OP-1")
        assert sqlite_desk.send(kind, [row(kind)]).json["added"] == 1

    def test_a_reference_that_somebody_else_took_is_a_conflict_that_tells_nothing(self, desk):
        desk.be(Role.CSO_SUPERVISOR, "CSO-2")
        answer = desk.send("jobseekers", [row("jobseekers", reference="JS-1", cso="CSO-2")])
        assert answer.status_code == 409, answer.json
        assert answer.json["type"] == "/problems/intake.already_taken"
        assert "Retry-After" in answer.headers


class TestSuperseding:
    def test_a_declaration_takes_the_place_of_another(self, sqlite_desk):
        own = sqlite_desk.own_reference("AG-1")
        sqlite_desk.sender_of("declarations")
        first = sqlite_desk.send("declarations", [row("declarations", journey=own)]).json["reference"]
        body = {"rows": [row("declarations", journey=own, amount="700.00")], "supersedes": first}
        second = sqlite_desk.post("/api/v1/fee-declarations", json=body)
        assert second.status_code == 201, second.json
        late = sqlite_desk.send(
            "declarations", [row("declarations", journey=own, amount="800.00")], query_string={"supersedes": first}
        )
        assert late.status_code in {409, 422}
        assert second.json["reference"] in late.json["detail"]

    def test_two_that_are_named_must_be_one(self, sqlite_desk):
        sqlite_desk.sender_of("declarations")
        answer = sqlite_desk.post("/api/v1/fee-declarations?supersedes=FD-1", json={"rows": [], "supersedes": "FD-2"})
        assert answer.json["errors"][0]["pointer"] == "#/supersedes"

    def test_only_declarations_supersede(self, sqlite_desk):
        sqlite_desk.sender_of("debts")
        assert sqlite_desk.post("/api/v1/debts", json={"rows": [], "supersedes": "FD-1"}).status_code == 422
        assert sqlite_desk.post("/api/v1/debts?supersedes=FD-1", json={"rows": []}).status_code == 422


def columns_not_in(kind: str) -> set[str]:
    """Every column of the tables that a kind is saved in, which its grammar does not have."""
    tables = {
        "organisations": ("organisations", "agency_licences"), "jobseekers": ("jobseekers", "consents"),
        "demand-letters": ("demand_letters",), "commitments": ("commitments",), "journeys": ("journeys",),
        "stages": ("journey_stages",), "declarations": ("fee_declarations", "declaration_lines"),
        "repayments": ("repayments",), "debts": ("debts",), "collateral": ("collateral",),
        "earnings": ("earnings",),
        "supply-chains": ("supply_chains",), "reports": ("reported_payments",), "rates": ("exchange_rates",),
        "nominations": ("relief_cases",),
    }[kind]  # fmt: skip
    known = {column.name for column in grammar_of(FileKind(kind)).columns}
    return {column.name for name in tables for column in metadata.tables[name].columns} - known


class TestMassAssignment:
    @pytest.mark.parametrize("kind", KINDS)
    def test_a_column_of_a_table_that_is_none_of_the_file_is_refused(self, sqlite_desk, kind):
        sqlite_desk.sender_of(kind)
        forbidden = columns_not_in(kind)
        assert "recorded_at" in forbidden or "id" in forbidden
        before = sqlite_desk.field.everything()
        answer = sqlite_desk.send(kind, [row(kind) | dict.fromkeys(forbidden, "1")])
        assert answer.status_code == 422
        assert {each["pointer"] for each in answer.json["errors"]} == {f"#/rows/0/{name}" for name in forbidden}
        answer = sqlite_desk.send(kind, [row(kind) | dict.fromkeys(forbidden, "1")], "csv")
        assert {each["column"] for each in answer.json["errors"] if each["line"] == 1} >= forbidden
        assert sqlite_desk.field.everything() == before
