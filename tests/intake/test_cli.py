"""``recruitment import`` at the terminal: its options, its words and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.factories.field import _let_go
from tests.factories.rows import HEARD, KINDS, row
from tests.intake.good_rows import GOOD


class TestSuccess:
    @pytest.mark.parametrize("kind", KINDS)
    def test_prints_what_the_contract_names(self, sqlite_field, kind):
        outcome = sqlite_field.send(kind, *GOOD[kind])
        assert {name: outcome[name] for name in ("kind", "rows", "replayed")} == {
            "kind": kind, "rows": 2, "replayed": False,
        }  # fmt: skip
        assert outcome["reference"]

    def test_prints_one_json_object_and_nothing_else(self, field):
        result = field.run("import", "rates", field.file([row("rates")]), "--json")
        assert isinstance(json.loads(result.stdout), dict)
        assert result.stderr == ""

    def test_says_in_words_what_became_of_the_rows(self, field):
        file = field.file([row("rates"), row("rates", on="2024-03-02")])
        assert "2 rows: 2 new" in field.run("import", "rates", file).stdout
        assert "nothing was changed" in field.run("import", "rates", file).stdout

    def test_says_in_words_that_a_dry_run_saved_nothing(self, field):
        assert "nothing was saved" in field.run("import", "rates", field.file([row("rates")]), "--dry-run").stdout
        assert field.count("exchange_rates") == 0

    def test_shows_a_few_warnings_and_counts_the_rest(self, sqlite_field):
        lines = [row("stages", stage="travel", occurred_on="2024-05-01")]
        lines += [row("stages", stage="selection", occurred_on=f"2024-05-{day:02}", outcome="failed")
                  for day in range(2, 27)]  # fmt: skip
        result = sqlite_field.run("import", "stages", sqlite_field.file(lines))
        assert result.stderr.count("note, line") == 20
        assert "5 notes more" in result.stderr


class TestRefusal:
    def test_prints_the_errors_of_the_contract_on_standard_output(self, field):
        file = field.file([row("declarations", fee_item="broker_fees", amount="1,5")])
        result = field.run("import", "declarations", file, "--agency", "AG-1", "--json", exit_code=1)
        errors = json.loads(result.stdout)["errors"]
        assert [set(error) for error in errors] == [{"line", "column", "code", "message"}] * 2
        assert [(error["line"], error["column"]) for error in errors] == [(2, "amount"), (2, "fee_item")]

    def test_says_in_words_where_and_what_and_how_to_go_on(self, field):
        result = field.run("import", "rates", field.file([row("rates", rate="x")]), exit_code=1)
        assert "line 2, column rate: 'x' is not a rate." in result.stderr
        assert "Nothing was saved: 1 problem in the file." in result.stderr
        assert result.stdout == ""

    @pytest.mark.parametrize("as_json", [True, False])
    def test_a_file_that_is_not_there_is_no_traceback(self, sqlite_field, as_json):
        options = ["--json"] if as_json else []
        result = sqlite_field.run("import", "rates", sqlite_field.folder / "nowhere.csv", *options, exit_code=1)
        assert "nowhere.csv" in result.output

    def test_a_folder_and_an_empty_file_are_problems_of_a_file(self, sqlite_field):
        (error,) = sqlite_field.refused_file("rates", sqlite_field.folder)
        assert error["code"] == "not_a_file"
        empty = sqlite_field.folder / "empty.csv"
        empty.touch()
        (error,) = sqlite_field.refused_file("rates", empty)
        assert (error["line"], error["code"]) == (1, "no_header")

    def test_a_character_that_is_not_utf8_in_the_last_line_saves_nothing(self, field):
        file = field.file([row("rates")])
        file.write_bytes(file.read_bytes() + b"2024-03-02,USD,THB,35.5,Caf\xe9\n")
        (error,) = field.refused_file("rates", file)
        assert (error["line"], error["code"]) == (3, "not_utf8")

    @pytest.mark.parametrize("kind", ["fees", "Reports", "", "report"])
    def test_an_unknown_kind_is_a_mistake_of_usage_that_lists_the_kinds(self, sqlite_field, kind):
        result = sqlite_field.run("import", kind, sqlite_field.file([row("rates")]), exit_code=2)
        assert "supply-chains" in result.stderr


@pytest.mark.slow
class TestSenders:
    def test_declarations_need_an_agency(self, field):
        (error,) = field.refused("declarations", row("declarations"), agency=None)
        assert error["code"] == "intake.sender_missing"
        assert "--agency" in error["message"]

    @pytest.mark.parametrize("kind", HEARD)
    def test_what_was_heard_needs_somebody_who_heard_it(self, field, kind):
        (error,) = field.refused(kind, row(kind), by=None)
        assert error["code"] == "intake.sender_missing"
        assert "--by" in error["message"]

    @pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "declarations"])
    def test_nothing_else_is_sent_by_an_agency(self, sqlite_field, kind):
        (error,) = sqlite_field.refused(kind, *GOOD[kind], agency="AG-1")
        assert error["code"] == "intake.sender_unexpected"

    @pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {*HEARD, "stages", "name-lists"}])
    def test_nothing_else_was_heard_by_anybody(self, sqlite_field, kind):
        (error,) = sqlite_field.refused(kind, *GOOD[kind], by="CSO-1")
        assert error["code"] == "intake.sender_unexpected"

    @pytest.mark.parametrize("code", ["AG-9", "CSO-1", "EM-1", ""])
    def test_an_agency_is_an_agency(self, sqlite_field, code):
        (error,) = sqlite_field.refused("declarations", row("declarations"), agency=code)
        assert error["code"] in {"intake.sender_unknown", "intake.sender_missing"}

    @pytest.mark.parametrize("code", ["CSO-9", "AG-1", "EM-1", "PT-1"])
    @pytest.mark.parametrize("kind", HEARD)
    def test_who_heard_it_is_a_cso_or_a_fund_operator(self, sqlite_field, kind, code):
        (error,) = sqlite_field.refused(kind, row(kind), by=code)
        assert error["code"] == "intake.sender_unknown"

    @pytest.mark.parametrize("code", ["CSO-1", "CSO-2", "OP-1"])
    @pytest.mark.parametrize("kind", HEARD)
    def test_either_may_be(self, sqlite_field, kind, code):
        assert sqlite_field.send(kind, row(kind), by=code)["added"] == 1

    def test_the_file_of_a_sender_who_is_refused_is_closed(self, sqlite_field):
        opened = Path("/proc/self/fd")
        if not opened.exists():
            pytest.skip("needs /proc")
        file = sqlite_field.file([row("reports")])
        result = sqlite_field.run("import", "reports", file, "--by", "CSO-9", exit_code=1)
        try:
            assert file not in [link.resolve() for link in opened.iterdir()]
        finally:
            del result
            _let_go()
