"""What a person told is kept as it was meant, under lock and key."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from recruitment.core.actor import Actor
from recruitment.core.errors import NotPermitted
from recruitment.core.ids import new_id
from recruitment.jobseekers import queries
from recruitment.jobseekers.models import Consent
from recruitment.jobseekers.rules import PersonRead
from tests.factories.field import Field
from tests.factories.rows import row

NAME, VILLAGE, DISTRICT, PHONE = "Kanaribird", "Zwölfbrunnen", "Nordwestwinkel", "+959420123457"
CANARY = row(
    "jobseekers", name=NAME, village=VILLAGE, district=DISTRICT, phone="09 420 123 457", birth_year=1987, sex="f",
    language="my",
)  # fmt: skip


def opened(field: Field, operator: Actor, reference: str = "JS-9") -> PersonRead:
    with field.database.read_session() as session:
        (jobseeker,) = queries.ids_by_reference(session, [reference]).values()
        return queries.persons(session, operator, [jobseeker])[jobseeker]


class TestPersons:
    def test_what_was_sent_can_be_opened(self, field, operator):
        field.send("jobseekers", CANARY)
        person = opened(field, operator)
        assert (person.name, person.village, person.district) == (NAME, VILLAGE, DISTRICT)
        assert (person.birth_year, person.sex, person.language, person.country) == (1987, "f", "my", "MM")

    def test_not_without_the_permission(self, field):
        field.send("jobseekers", CANARY)
        with pytest.raises(NotPermitted):
            opened(field, Actor(new_id(), "a stranger", frozenset()))

    @pytest.mark.parametrize("written", ["09 420 123 457", "+95 9 420123457", "09-420-123-457", "+959420123457"])
    def test_a_telephone_number_has_one_form_and_can_be_looked_up(self, sqlite_field, operator, written):
        sqlite_field.send("jobseekers", {**CANARY, "phone": written})
        assert opened(sqlite_field, operator).phone == PHONE
        with sqlite_field.database.read_session() as session:
            assert len(queries.ids_by_phone(session, PHONE)) == 1
            assert queries.ids_by_phone(session, "+959420123458") == []

    @pytest.mark.parametrize("written", ["007", "call my aunt", "09 420 123 457 999 999 9"])
    def test_what_is_no_telephone_number_is_refused_and_not_repeated(self, sqlite_field, written):
        (error,) = sqlite_field.refused("jobseekers", {**CANARY, "phone": written})
        assert (error["column"], error["code"]) == ("phone", "invalid_phone")
        assert written not in error["message"]

    def test_a_name_typed_in_zawgyi_is_stored_in_unicode(self, field, operator):
        zawgyi, unicode = "\u107e\u1000\u101a\u1039\u103b\u1015\u102c", "ကြယ်ပြာ"
        assert zawgyi != unicode
        field.send("jobseekers", {**CANARY, "name": zawgyi}, {**CANARY, "reference": "JS-8", "name": unicode})
        assert opened(field, operator).name == unicode
        # The negative control: what is Unicode already stays.
        assert opened(field, operator, "JS-8").name == unicode

    def test_a_blank_field_is_unknown(self, field, operator):
        field.send("jobseekers", row("jobseekers"))
        person = opened(field, operator)
        assert (person.village, person.district, person.phone, person.birth_year) == (None, None, None, None)


class TestConsent:
    def test_without_consent_to_a_record_there_is_none(self, field):
        (error,) = field.refused("jobseekers", {**CANARY, "consent_record": "no"})
        assert (error["column"], error["code"]) == ("consent_record", "consent_missing")

    def test_each_purpose_is_kept_by_itself_and_silence_is_kept_as_silence(self, field):
        field.send("jobseekers", {**CANARY, "consent_contact": "no", "consent_share_partner": "yes"})
        with field.database.read_session() as session:
            (jobseeker,) = queries.ids_by_reference(session, ["JS-9"]).values()
            query = select(Consent.purpose, Consent.given).where(Consent.jobseeker_id == jobseeker)
            assert {purpose: given for purpose, given in session.execute(query)} == {
                "record": True, "contact": False, "share_partner": True,
            }  # fmt: skip


class TestNothingInTheClear:
    def test_no_personal_text_is_in_the_bytes_of_the_database(self, sqlite_field):
        sqlite_field.send("jobseekers", CANARY)
        sqlite_field.send("journeys", row("journeys", jobseeker="JS-9", worksite="Planted Worksite"))
        sqlite_field.refused("jobseekers", {**CANARY, "village": VILLAGE + " again"})
        sqlite_field.database.dispose()
        content = b"".join(path.read_bytes() for path in sqlite_field.folder.iterdir() if "sqlite3" in path.name)
        # The negative control: what is not sealed is found.
        assert b"JS-9" in content
        assert b"Planted Worksite" in content
        for secret in (NAME, VILLAGE, DISTRICT, PHONE, PHONE[1:], "09 420 123 457", "9420123457"):
            for encoding in ("utf-8", "utf-16-le"):
                assert secret.encode(encoding) not in content

    def test_nor_in_any_column_of_either_engine(self, field):
        field.send("jobseekers", CANARY)
        everything = repr(field.everything())
        assert "JS-9" in everything
        for secret in (NAME, VILLAGE, DISTRICT, PHONE, "420123457"):
            assert secret not in everything

    def test_nor_can_a_row_be_guessed_from_what_is_stored_of_it(self, field):
        """The digests of a person's row are keyed: the same row elsewhere has another."""
        from recruitment.database.vault import Vault, create_key_file

        field.send("jobseekers", CANARY)
        other = field.folder / "other.key"
        create_key_file(other)
        assert Vault(other).keyed_hash("phone", PHONE) != field.database.vault.keyed_hash("phone", PHONE)
