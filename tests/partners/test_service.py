"""Supply chains: which brand buys from which employer, and since when."""

from __future__ import annotations

import pytest

from recruitment.core.actor import Actor
from recruitment.core.errors import NotPermitted
from recruitment.core.ids import new_id
from recruitment.partners import service
from tests.factories.rows import row


class TestSupplyChains:
    def test_the_key_is_partner_employer_and_first_day(self, field):
        field.send("organisations", row("organisations", code="PT-2", kind="partner"),
                   row("organisations", code="EM-2", kind="employer"))  # fmt: skip
        lines = [row("supply-chains"), row("supply-chains", valid_from="2024-02-01"),
                 row("supply-chains", partner="PT-2"), row("supply-chains", employer="EM-2")]  # fmt: skip
        assert field.send("supply-chains", *lines)["added"] == 4
        (error,) = field.refused("supply-chains", row("supply-chains", valid_until="2024-12-31"))
        assert error["code"] == "exists_with_other_values"

    def test_not_filed_by_everybody(self, field):
        stranger = Actor(new_id(), "a stranger", frozenset())
        with field.database.unit_of_work() as session, pytest.raises(NotPermitted):
            service.filing_of_supply_chains(session, stranger)
