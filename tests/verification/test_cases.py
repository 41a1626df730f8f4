"""What comes out of the shared cases and of the worked example is what must come out, on both engines."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import ClassVar

import pytest

from tests.factories.cases import EXAMPLE, SHARED_CASES, all_differences, compared, expected, faults, import_folder

CASES = [(folder, "OP-1") for folder in sorted(SHARED_CASES.glob("*/")) if (folder / "expected.ndjson").exists()]
CASES.append((EXAMPLE, "CSO-LEAD"))


@pytest.mark.parametrize(("folder", "sender"), CASES, ids=[folder.name for folder, _ in CASES])
def test_every_field_of_every_journey_is_as_expected(database, folder: Path, sender: str):
    import_folder(database, folder, sender)
    assert all_differences(expected(folder), compared(database), with_law=folder == EXAMPLE) == []
    assert faults(database) == []


class TestTheComparisonOfTheComparisons:
    """The negative control: an expectation that was altered is noticed."""

    @pytest.fixture
    def wanted(self):
        return expected(EXAMPLE)

    def test_equal_documents_have_no_difference(self, wanted):
        assert all_differences(wanted, copy.deepcopy(wanted)) == []

    @pytest.mark.parametrize("field", ["status", "currency", "covered_until", "worker_borne", "repaid", "remedy_due"])
    def test_an_altered_field_is_reported(self, wanted, field):
        altered = copy.deepcopy(wanted)
        altered[1][field] = "altered"
        (told,) = all_differences(wanted, altered)
        assert told.startswith(f"J-0002.{field}:")

    def test_an_altered_amount_of_an_item_or_a_finding_is_reported(self, wanted):
        altered = copy.deepcopy(wanted)
        altered[1]["items"][0]["declared"]["worker"] = "343.58"
        altered[1]["findings"][0]["amount"] = "0.01"
        assert len(all_differences(wanted, altered)) == 2

    def test_a_missing_or_misplaced_journey_is_reported(self, wanted):
        assert all_differences(wanted, wanted[1:])
        assert all_differences(wanted, wanted[::-1])

    def test_an_additional_field_or_finding_is_reported(self, wanted):
        altered = copy.deepcopy(wanted)
        altered[0]["state"] = "adjudicated"
        altered[2]["findings"].append({"kind": "missing_statement", "fee_item": None})
        assert len(all_differences(wanted, altered)) == 2


class TestWhatTheLawFinds:
    """The shared cases leave it out; nothing else may hide behind that."""

    BREACH: ClassVar = {
        "kind": "legal_breach", "fee_item": "visa_fee", "amount": "1.00", "currency": "THB", "rule": "th_2560_s42",
    }  # fmt: skip

    def documents(self, wanted: str, found: str, *findings):
        plain = {"journey": "J-1", "status": wanted, "findings": [{"kind": "missing_statement", "fee_item": None}]}
        return [plain], [{**plain, "status": found, "findings": [*plain["findings"], *findings]}]

    @pytest.mark.parametrize("status", ["unverified", "remediated", "debt_free"])
    def test_it_may_open_a_review(self, status):
        assert all_differences(*self.documents(status, "review", self.BREACH), with_law=False) == []
        assert all_differences(*self.documents(status, status, self.BREACH), with_law=False) == []
        assert len(all_differences(*self.documents(status, "review", self.BREACH))) == 2

    @pytest.mark.parametrize(
        ("wanted", "found", "findings"),
        [
            ("debt_free", "review", []),
            ("debt_free", "review", [{**BREACH, "advisory": True}]),
            ("remedy_due", "review", [BREACH]),
            ("debt_free", "unverified", [BREACH]),
            ("review", "debt_free", [BREACH]),
        ],
    )
    def test_another_status_is_a_difference(self, wanted, found, findings):
        (told,) = all_differences(*self.documents(wanted, found, *findings), with_law=False)
        assert told.startswith("J-1.status:")

    def test_a_finding_of_another_kind_is_a_difference(self):
        found = {"kind": "missing_declaration", "fee_item": None}
        assert all_differences(*self.documents("debt_free", "debt_free", found), with_law=False) != []
