"""Every finding stands on statements that can be found again, each by its reference."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest

from recruitment.audit.rules import Purpose
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.database.unit_of_work import Database
from recruitment.verification import service
from recruitment.verification.rules import Explanation, FindingKind, StatementKind
from tests.factories.cases import EXAMPLE, expected, import_folder
from tests.factories.field import Field
from tests.factories.rows import nothing_more, row

# What is found because nothing was said stands on nothing.
NOTHING_SAID = {FindingKind.MISSING_DECLARATION, FindingKind.MISSING_STATEMENT, FindingKind.MISSING_COMMITMENT}


def explained(database: Database, journey: str) -> Explanation:
    with database.unit_of_work() as session:
        return service.explain(session, LOCAL_OPERATOR, journey, purpose=Purpose.AUDIT)


def all_explained(database: Database) -> dict[str, Explanation]:
    import_folder(database, EXAMPLE, "CSO-LEAD")
    return {each["journey"]: explained(database, each["journey"]) for each in expected(EXAMPLE)}


@pytest.fixture(scope="module")
def explanations(sqlite_databases, tmp_path_factory) -> dict[str, Explanation]:
    """Every journey of the worked example, explained; on SQLite, once for all tests here."""
    with sqlite_databases.migrated(tmp_path_factory.mktemp("example")) as settings:
        database = Database(settings)
        found = all_explained(database)
        database.dispose()
        return found


def test_both_engines_explain_alike(explanations, database):
    def plain(found: dict[str, Explanation]) -> list[tuple[object, ...]]:
        return [
            (
                name,
                each.reasons,
                each.comparison,
                [(one.finding, one.sentence, len(one.evidence)) for one in each.findings],
            )
            for name, each in found.items()
        ]

    assert plain(all_explained(database)) == plain(explanations)


class TestTheWorkedExample:
    def test_every_finding_has_evidence_with_references_and_a_sentence(self, explanations):
        seen = defaultdict(int)
        for journey, explanation in explanations.items():
            for found in explanation.findings:
                kind = found.finding.kind
                seen[kind] += 1
                assert found.sentence.endswith((".", ").")), found.sentence
                assert "{" not in found.sentence
                if kind not in NOTHING_SAID:
                    assert found.evidence, f"{journey}: {kind} stands on nothing"
                assert all(statement.reference and statement.text for statement in found.evidence)
                if found.finding.fee_item:
                    assert found.finding.fee_item in found.sentence
        # Every kind that can be found is found somewhere in the example, but for deductions: nobody there tells of any.
        assert set(seen) == set(FindingKind) - {FindingKind.DEDUCTION_OVER_LIMIT}

    def test_evidence_of_an_item_is_about_that_item_or_promises_all_or_says_that_there_is_no_more(self, explanations):
        for explanation in explanations.values():
            for found in explanation.findings:
                for statement in found.evidence if found.finding.fee_item else ():
                    assert statement.fee_item in {found.finding.fee_item, "*", "none"}

    def test_a_duplicate_receipt_stands_on_the_lines_that_have_it(self, explanations):
        for journey in ("J-0030", "J-0031"):
            (found,) = [each for each in explanations[journey].findings if each.finding.kind == "duplicate_receipt"]
            assert all("TR-0077" in statement.text for statement in found.evidence)
            assert found.evidence[0].kind is StatementKind.DECLARATION_LINE

    def test_a_possible_duplicate_stands_on_both_reports(self, explanations):
        (found,) = [each for each in explanations["J-0039"].findings if each.finding.kind == "possible_duplicate"]
        assert len(found.evidence) == 2
        assert len({statement.reference for statement in found.evidence}) == 2

    def test_a_payment_outside_the_licence_stands_on_its_line(self, explanations):
        (found,) = [each for each in explanations["J-0038"].findings if each.finding.kind == "licence_invalid"]
        assert all(statement.outside_licence for statement in found.evidence)

    def test_the_status_is_said_in_words_with_what_it_is_as_of(self, explanations):
        for explanation in explanations.values():
            assert len(explanation.reasons) >= 2
            assert str(explanation.comparison.covered_until or "not known") in explanation.reasons[-1]

    def test_a_remedy_names_the_debt_and_the_title_that_are_open(self, explanations):
        reasons = "\n".join(explanations["J-0004"].reasons)
        assert "DE-0004-1" in reasons
        assert "CO-0004-1" in reasons
        assert "10000.00 THB is still due" in reasons


class TestPossibleDuplicates:
    """Two reports with the same item, payee, amount, currency and day are one finding, however each was said."""

    @staticmethod
    def evidence(field: Field) -> set[str]:
        explanation = explained(field.database, "J-1")
        (found,) = [each for each in explanation.findings if each.finding.kind is FindingKind.POSSIBLE_DUPLICATE]
        return {statement.reference for statement in found.evidence}

    def test_heard_on_the_same_day(self, sqlite_field):
        sqlite_field.send("reports", row("reports"), row("reports", reference="RP-2"))
        assert self.evidence(sqlite_field) == {"CSO-1 RP-1", "CSO-1 RP-2"}

    @pytest.mark.parametrize(
        "said", [{"stated_on": "2024-06-01"}, {"channel": "chat"}, {"checkpoint": "arrival"}, {"witnessed": "yes"}]
    )
    def test_heard_on_another_day_or_through_another_channel(self, sqlite_field, said):
        sqlite_field.send("reports", row("reports"), row("reports", reference="RP-2", **said))
        assert self.evidence(sqlite_field) == {"CSO-1 RP-1", "CSO-1 RP-2"}

    def test_another_item_of_the_same_amount_is_no_evidence(self, sqlite_field):
        sqlite_field.send(
            "reports", row("reports"), row("reports", reference="RP-2"),
            row("reports", reference="RP-3", fee_item="extortion"), row("reports", reference="RP-4", fee_item="bribe"),
        )  # fmt: skip
        assert self.evidence(sqlite_field) == {"CSO-1 RP-1", "CSO-1 RP-2"}


class TestWhatIsShown:
    def test_only_what_counts_now(self, field):
        first = field.send("declarations", row("declarations", payer="worker"))["reference"]
        second = field.send("declarations", row("declarations", payer="worker", amount=1), supersedes=first)[
            "reference"
        ]
        field.send("reports", row("reports", amount=1))
        field.send("reports", row("reports", amount=2))
        statements = explained(field.database, "J-1").statements
        assert [each.reference for each in statements] == [f"{second} line 2", "CSO-1 RP-1"]
        assert statements[1].amount_minor == 2_00

    def test_every_kind_of_statement(self, field):
        field.send("declarations", row("declarations", receipt="R-1", payee="official"))
        field.send("reports", row("reports", payee="sub_agent"), nothing_more())
        field.send("commitments", row("commitments", fee_item="*", limit_amount=5, currency="THB"))
        for kind in ("repayments", "debts", "collateral"):
            field.send(kind, row(kind))
        text = field.run("verification", "explain", "J-1").stdout
        for part in ("receipt R-1", "to sub_agent", "nothing more", "up to 5.00 THB", "DL-1 *", "was not asked yet",
                     "CSO-1 DE-1", "lender holds land title", "CSO-1 RP-NONE"):  # fmt: skip
            assert part in text, part

    def test_the_words_at_the_terminal_name_status_items_and_findings(self, field):
        field.send("reports", row("reports"))
        text = field.run("verification", "explain", "J-1").stdout
        assert text.startswith("J-1: remedy_due\n")
        assert "broker_fee (THB): declared nothing; reported 2000.00; promised by nobody" in text
        assert "principle_breach: The worker bore 2000.00 THB for broker_fee" in text
        assert "  - CSO-1 RP-1: the worker reports 2000.00 THB" in text

    def test_a_journey_of_which_nothing_was_said(self, field):
        document = json.loads(field.run("verification", "compare", "--journey", "J-3", "--json").stdout)
        assert [each["kind"] for each in document["findings"]] == ["missing_declaration", "missing_statement"]
        assert "silence is not a zero" in field.run("verification", "explain", "J-3").stdout
