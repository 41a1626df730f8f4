"""The register of organisations, and the licences of those that are agencies."""

from __future__ import annotations

from datetime import date

import pytest

from recruitment.agencies import queries as agencies
from recruitment.agencies.rules import Licence
from recruitment.core.actor import Actor
from recruitment.core.errors import NotPermitted
from recruitment.core.ids import new_id
from recruitment.organisations import queries, service
from recruitment.organisations.rules import OrganisationKind
from tests.factories.rows import row


class TestRegister:
    def test_is_read_by_code_and_kind(self, field):
        with field.database.read_session() as session:
            assert sorted(queries.by_code(session, ["AG-1", "EM-1", "XX"])) == ["AG-1", "EM-1"]
            assert sorted(queries.by_code(session, ["AG-1", "EM-1"], OrganisationKind.AGENCY)) == ["AG-1"]
            assert queries.ids_by_code(session, ["EM-1"], OrganisationKind.CSO) == {}

    def test_is_read_by_id_and_as_a_list(self, field):
        with field.database.read_session() as session:
            listed = queries.of_kind(session, OrganisationKind.AGENCY)
            assert [each.code for each in listed] == ["AG-1", "AG-2"]
            assert queries.by_id(session, [listed[0].id])[listed[0].id] == listed[0]

    def test_not_entered_by_everybody(self, field):
        stranger = Actor(new_id(), "a stranger", frozenset())
        with field.database.unit_of_work() as session, pytest.raises(NotPermitted):
            service.enter(session, stranger, [])

    def test_a_code_stands_for_one_organisation_of_whatever_kind(self, field):
        (error,) = field.refused("organisations", row("organisations", code="AG-1", kind="employer"))
        assert error["code"] == "exists_with_other_values"


class TestLicences:
    def test_agencies_have_one_and_nobody_else(self, field):
        field.send("organisations", row("organisations", licence_number="L-9", licence_valid_from="2024-01-01"))
        with field.database.read_session() as session:
            codes = queries.by_code(session, ["AG-1", "AG-2", "CSO-9"])
            licences = agencies.licences(session)
        assert licences == {
            codes["AG-1"].id: Licence("L-1", date(2024, 1, 1), date(2030, 12, 31)),
            codes["AG-2"].id: Licence(None, None, None),
        }

    def test_a_payment_outside_it_is_found(self, field):
        field.send("declarations", row("declarations", paid_on="2023-12-31"))
        assert "licence_invalid" in field.findings("J-1")
        field.send("declarations", row("declarations", journey="J-2", paid_on="2024-01-01"))
        assert "licence_invalid" not in field.findings("J-2")

    def test_without_licence_dates_every_payment_is_outside(self, field):
        field.send("declarations", row("declarations", journey="J-3"), agency="AG-2")
        assert "licence_invalid" in field.findings("J-3")
