"""What a release does with certificates, and what may be done between releases."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from recruitment.certificates import queries, services
from recruitment.certificates.errors import AlreadyRevoked, CertificateUnknown, SampleImpossible
from recruitment.certificates.models import Certificate, CertificateLogLeaf, PersonCertificate, StatusList
from recruitment.certificates.rules import EventKind, ReasonCode, RevocationReason, Standing
from recruitment.certificates.services.lists import BATCH_LEAVES
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.core.errors import NotPermitted
from recruitment.credentials import status, verifier
from recruitment.credentials.errors import KeyMissing
from recruitment.credentials.verifier import Trust
from recruitment.jobseekers.rules import ConsentPurpose
from tests.factories.actors import actor_of
from tests.factories.certified import FIRST, HEARD_AT, LETTER
from tests.factories.crowd import cut_off_of, due_of

NEVER = Decimal(0)
ALWAYS = Decimal(1)


def lots(certified, rate: Decimal) -> None:
    """Let lots fall at a rate."""
    certified.database.settings = replace(certified.database.settings, certificate_lots=rate)


@pytest.fixture(autouse=True)
def _no_lots(request):
    for name in ("certified", "sqlite_certified"):
        if name in request.fixturenames:
            lots(request.getfixturevalue(name), NEVER)


def count(certified, model) -> int:
    with certified.database.read_session() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def late_report(certified, number: str, at: datetime = datetime(2026, 2, 3, tzinfo=UTC)) -> None:
    """Let one worker tell that they paid a broker after all."""
    with clock.stopped_at(at):
        certified.speak([number], fee_item="broker_fee")
        certified.seal()


def verdict(certified, content: str, at: datetime) -> tuple[str, str]:
    """Return what the verifier says of a credential, with what everybody can read on that day."""
    with certified.database.read_session() as session:
        lists = [json.loads(services.status_list(session, purpose, 1)) for purpose in ("revocation", "suspension")]
        trust = Trust.of(services.document_of_identity(session), lists, None, at)
    found = verifier.verify(content.encode(), trust, at)
    return found.word, found.reason


class TestRelease:
    def test_a_crew_of_whom_nothing_is_wrong_is_certified(self, certified):
        numbers = certified.crew()
        made = certified.certify()[0]
        assert (made.actions["issue"], made.persons) == (1, 8)
        found = certified.newest()
        statement = json.loads(found.statement)
        assert (statement["result"], statement["numbers"]["heard"], statement["numbers"]["paid"]) == (
            "debt_free",
            "all",
            0,
        )
        assert statement["scope"]["demand_letter"] == LETTER
        assert statement["covered_until"] == cut_off_of(1).date().isoformat()
        assert certified.of_person(numbers[0]).kind == "pre_departure"
        assert verdict(certified, found.credential, FIRST) == ("VALID", "valid")
        assert verdict(certified, certified.of_person(numbers[3]).credential, FIRST) == ("VALID", "valid")

    def test_it_is_made_once(self, certified):
        certified.crew()
        certified.certify()
        assert certified.certify(FIRST + timedelta(hours=1)) == []

    def test_nobody_of_a_crew_of_four_is_certified(self, certified):
        certified.crew(4)
        made = certified.certify()[0]
        assert (made.actions["leave"], made.persons) == (1, 0)
        assert certified.newest() is None

    def test_what_was_said_after_the_cut_off_plays_no_part(self, certified):
        numbers = certified.crew()
        late_report(certified, numbers[0], cut_off_of(1) + timedelta(seconds=1))
        assert certified.certify()[0].actions["issue"] == 1

    def test_one_who_paid_keeps_everybody_from_a_certificate(self, certified):
        numbers = certified.crew()
        late_report(certified, numbers[0], cut_off_of(1))
        made = certified.certify()[0]
        assert (made.actions["leave"], made.persons) == (1, 0)

    def test_those_of_one_cohort_say_the_same_of_everybody(self, certified):
        numbers = certified.crew()
        with clock.stopped_at(HEARD_AT + timedelta(days=1)):
            certified.clear(numbers[:1], stated_on="2026-01-13")
            certified.seal()
        certified.certify()
        said = set()
        for number in numbers:
            statement = json.loads(certified.of_person(number).statement)
            assert statement.pop("subject")["commitment"]
            said.add(
                json.dumps({name: value for name, value in statement.items() if name not in {"reference", "nonce"}})
            )
        assert len(said) == 1

    def test_consent_that_came_after_the_cut_off_waits_and_a_withdrawal_does_not(self, certified):
        numbers = certified.crew(certificate="no")
        for number in numbers:
            certified.consent(number, ConsentPurpose.CERTIFICATE, given=True, at=cut_off_of(1) + timedelta(days=1))
        assert certified.certify()[0].persons == 0
        certified.consent(numbers[0], ConsentPurpose.CERTIFICATE, given=False, at=due_of(2) - timedelta(days=1))
        assert certified.certify(due_of(2))[0].persons == 7

    def test_the_lot_holds_up_a_first_certificate_too(self, certified):
        certified.crew()
        lots(certified, ALWAYS)
        assert certified.certify()[0].actions["leave"] == 1
        asked = certified.issue(certified.enrol(), FIRST + timedelta(days=1))
        assert (asked.drawn, asked.certificate, asked.found.eligible) == (True, None, True)

    def test_who_does_not_agree_gets_none_and_all_others_do(self, certified):
        numbers = certified.crew(7)
        certified.consent(numbers[0], ConsentPurpose.CERTIFICATE, given=False, at=HEARD_AT)
        assert certified.certify()[0].persons == 6
        assert certified.of_person(numbers[0]) is None

    def test_one_consenting_worker_who_was_not_asked_keeps_all_from_theirs_and_not_the_cohort_from_its(self, certified):
        with clock.stopped_at(HEARD_AT):
            certified.letter()
            numbers = certified.recruit(8)
            certified.clear(numbers[:7])
            certified.seal()
            certified.enrol()
        made = certified.certify()[0]
        assert (made.actions["issue"], made.persons) == (1, 0)
        assert json.loads(certified.newest().statement)["numbers"]["heard"] == 5

    def test_entries_that_are_not_sealed_hold_it_up(self, certified):
        with clock.stopped_at(HEARD_AT):
            certified.letter()
            certified.clear(certified.recruit(8))
            certified.speak(["1"], fee_item="visa_fee", payee="agency", amount="0.00")
            cohort = certified.enrol()
        certified.certify()
        found = certified.issue(cohort, FIRST).found
        assert ReasonCode.NOT_SEALED in {reason.code for reason in found.reasons}

    @pytest.mark.parametrize(("asked", "kind", "persons"), [(8, "deployment", 8), (7, "pre_departure", 0)])
    def test_persons_rise_to_the_next_kind_all_together_or_not_at_all(self, certified, asked, kind, persons):
        numbers = certified.crew()
        certified.certify()
        before = certified.newest().reference
        with clock.stopped_at(datetime(2026, 2, 2, tzinfo=UTC)):
            certified.place(numbers, on="2026-01-20")
            certified.clear(numbers[:asked], checkpoint="arrival")
            certified.seal()
        made = certified.certify(due_of(2))[0]
        assert (certified.newest().reference, made.persons) == (before, persons)
        assert certified.of_person(numbers[0]).kind == kind

    def test_nothing_is_issued_without_a_key(self, sqlite_certified):
        sqlite_certified.crew()
        sqlite_certified.database.settings.certificate_key_path.unlink()
        with pytest.raises(KeyMissing, match="certificate"):
            sqlite_certified.certify()
        assert count(sqlite_certified, Certificate) == 0


class TestReCheck:
    def test_a_late_report_is_seen_at_the_next_release_by_the_whole_cohort(self, certified):
        numbers = certified.crew()
        certified.certify()
        late_report(certified, numbers[0])
        person = certified.of_person(numbers[5])
        before_release = due_of(2) - timedelta(hours=1)
        assert verdict(certified, person.credential, FIRST + timedelta(days=1))[0] == "VALID"
        made = certified.certify(due_of(2))[0]
        assert made.actions["suspend"] == 1
        assert certified.newest().events == {EventKind.RE_CHECK}
        assert verdict(certified, certified.newest().credential, due_of(2)) == ("CANNOT TELL", "re_check")
        assert verdict(certified, person.credential, due_of(2)) == ("CANNOT TELL", "re_check")
        assert before_release < due_of(2)

    def test_it_stays_until_it_is_settled_and_lapses(self, certified):
        numbers = certified.crew()
        certified.certify()
        late_report(certified, numbers[0])
        for month in (2, 3, 4, 5):
            made = certified.certify(due_of(month))[0]
        assert made.actions["leave"] == 1
        assert certified.newest().events == {EventKind.RE_CHECK}

    def test_one_drawn_by_lot_looks_the_same_and_is_replaced_at_the_next_release(self, certified):
        certified.crew()
        certified.certify()
        before = certified.newest()
        lots(certified, ALWAYS)
        assert certified.certify(due_of(2))[0].actions["suspend"] == 1
        assert certified.newest().events == {EventKind.RE_CHECK}
        lots(certified, NEVER)
        assert certified.certify(due_of(3))[0].actions["replace"] == 1
        found = certified.newest()
        assert (found.reference != before.reference, found.events) == (True, frozenset())
        with certified.database.read_session() as session:
            old = queries.by_reference(session, before.reference)
            assert queries.follower_of(session, old.id) == found.reference
        assert old.events == {EventKind.RE_CHECK, EventKind.SUPERSEDED}

    def test_a_valid_one_is_renewed_before_it_ends(self, certified):
        certified.crew()
        certified.certify()
        first = certified.newest()
        for month in (2, 3, 4):
            certified.certify(due_of(month))
        found = certified.newest()
        assert found.reference != first.reference
        assert first.valid_until > found.valid_from


class TestIssue:
    def test_a_cohort_that_came_too_late_is_certified_by_what_the_last_release_knew(self, certified):
        certified.crew()
        certified.certify()
        with clock.stopped_at(HEARD_AT):
            certified.letter("DL-21")
            numbers = certified.recruit(6, "DL-21")
            certified.clear(numbers)
            certified.seal()
            cohort = certified.enrol("DL-21")
        late_report(certified, numbers[0], FIRST)
        issued = certified.issue(cohort, FIRST + timedelta(days=3))
        assert issued.certificate is not None
        assert certified.of_person(numbers[0]) is None, "those of persons wait for a release"

    def test_before_the_first_release_nothing_is_issued(self, certified):
        certified.crew()
        cohort = certified.enrol()
        assert certified.issue(cohort, HEARD_AT).certificate is None

    def test_one_that_stands_is_not_issued_twice(self, certified):
        certified.crew()
        certified.certify()
        asked = certified.issue(certified.enrol(), FIRST + timedelta(days=1))
        assert (asked.standing, asked.certificate) == (Standing.VALID, None)

    @pytest.mark.parametrize("role", [Role.AGENCY_OFFICER, Role.PARTNER_REVIEWER, Role.AUDITOR, Role.CSO_SUPERVISOR])
    def test_only_who_may_issue_does(self, sqlite_certified, role):
        with sqlite_certified.database.unit_of_work() as session, pytest.raises(NotPermitted):
            services.issue(session, actor_of(role), "CC-0")


class TestRevoke:
    def test_it_is_seen_at_once_with_those_of_its_people(self, certified):
        numbers = certified.crew()
        certified.certify()
        found, person = certified.newest(), certified.of_person(numbers[0])
        day = FIRST + timedelta(days=2)
        with clock.stopped_at(day), certified.database.unit_of_work() as session:
            services.revoke(session, LOCAL_OPERATOR, found.reference, RevocationReason.OWN_ERROR)
        assert verdict(certified, found.credential, day) == ("NOT VALID", "revoked")
        assert verdict(certified, person.credential, day) == ("CANNOT TELL", "re_check")
        with certified.database.read_session() as session:
            set_places = [len(queries.places_set(session, purpose, 1)) for purpose in ("revocation", "suspension")]
        assert set_places == [1, 1], "the lists tell how many people the cohort has"

    def test_that_of_a_person_falls_alone(self, certified):
        numbers = certified.crew()
        certified.certify()
        person, other = certified.of_person(numbers[0]), certified.of_person(numbers[1])
        with clock.stopped_at(FIRST), certified.database.unit_of_work() as session:
            services.revoke(session, LOCAL_OPERATOR, person.reference, RevocationReason.FORGED_DOCUMENT)
            with pytest.raises(AlreadyRevoked):
                services.revoke(session, LOCAL_OPERATOR, person.reference, RevocationReason.OWN_ERROR)
        assert verdict(certified, person.credential, FIRST) == ("NOT VALID", "revoked")
        assert verdict(certified, other.credential, FIRST)[0] == "VALID"
        assert verdict(certified, certified.newest().credential, FIRST)[0] == "VALID"

    def test_an_unknown_one_is_told_so(self, sqlite_certified):
        with sqlite_certified.database.unit_of_work() as session, pytest.raises(CertificateUnknown):
            services.revoke(session, LOCAL_OPERATOR, "DC-0", RevocationReason.OWN_ERROR)

    def test_the_next_release_issues_a_new_one(self, certified):
        certified.crew()
        certified.certify()
        with clock.stopped_at(FIRST), certified.database.unit_of_work() as session:
            services.revoke(session, LOCAL_OPERATOR, certified.newest().reference, RevocationReason.OWN_ERROR)
        assert certified.certify(due_of(2))[0].actions["issue"] == 1
        assert not certified.newest().events


class TestDrawSample:
    def test_drawing_again_asks_the_same_people_and_then_more(self, certified):
        with clock.stopped_at(HEARD_AT):
            certified.letter()
            certified.recruit(40)
            cohort = certified.enrol()
        with certified.database.unit_of_work() as session:
            wide = services.draw_sample(session, LOCAL_OPERATOR, cohort, percent=20)
            narrow = services.draw_sample(session, LOCAL_OPERATOR, cohort, percent=10)
            again = services.draw_sample(session, LOCAL_OPERATOR, cohort, percent=50)
        assert narrow.journeys[: len(wide.journeys)] == wide.journeys
        assert len(wide.journeys) < len(narrow.journeys) < 40
        assert again.journeys == narrow.journeys, "nobody who was drawn is let off"
        assert wide.seed == narrow.seed

    def test_whoever_was_drawn_and_not_heard_counts_against_it(self, certified):
        with clock.stopped_at(HEARD_AT):
            certified.letter()
            numbers = certified.recruit(40)
            cohort = certified.enrol()
            with certified.database.unit_of_work() as session:
                drawn = services.draw_sample(session, LOCAL_OPERATOR, cohort, percent=20).journeys
            heard = [number for number in numbers if f"CJ-{number}" in drawn]
            certified.clear(heard)
            certified.seal()
        certified.certify()
        statement = json.loads(certified.newest().statement)
        assert statement["numbers"]["bound_percent"] <= 20
        assert statement["evidence"]["words"] == "C"

    def test_for_too_few_there_is_none(self, sqlite_certified):
        sqlite_certified.letter()
        sqlite_certified.recruit(4)
        cohort = sqlite_certified.enrol()
        with (
            sqlite_certified.database.unit_of_work() as session,
            pytest.raises(SampleImpossible, match="smaller letter"),
        ):
            services.draw_sample(session, LOCAL_OPERATOR, cohort, percent=5)


class TestQuarter:
    def test_workers_of_small_letters_are_certified_together(self, certified):
        with clock.stopped_at(HEARD_AT):
            numbers = []
            for letter in ("DL-31", "DL-32", "DL-33"):
                certified.letter(letter)
                numbers += certified.recruit(3, letter)
            certified.clear(numbers)
            certified.seal()
            with certified.database.unit_of_work() as session:
                services.enrol(session, LOCAL_OPERATOR, agency="AG-1", quarter="2025-Q4")
        made = certified.certify()[0]
        assert (made.actions["issue"], made.persons) == (1, 9)
        statement = json.loads(certified.of_person(numbers[0]).statement)
        assert statement["scope"]["cohort_quarter"] == "2025-Q4"
        assert (statement["scope"]["demand_letter"], statement["scope"]["employer"]) == (None, None)


class TestListsAndLog:
    def test_the_log_grows_by_the_same_at_each_release_whatever_was_issued(self, certified):
        certified.certify()
        assert count(certified, CertificateLogLeaf) == BATCH_LEAVES
        with clock.stopped_at(FIRST + timedelta(days=2)):
            certified.crew(at=FIRST + timedelta(days=2))
        certified.certify(due_of(2))
        assert count(certified, CertificateLogLeaf) == 2 * BATCH_LEAVES

    def test_each_certificate_is_in_the_log(self, certified):
        numbers = certified.crew()
        certified.certify()
        with certified.database.read_session() as session:
            head = json.loads(services.log_head(session))
            for found in (certified.newest(), certified.of_person(numbers[0])):
                from recruitment.credentials.statement import leaf

                content = json.loads(found.statement)
                proof = services.log_entry(session, leaf(content))
                assert proof["head"] == head
            assert services.log_entry(session, b"\0" * 32) is None

    def test_a_list_is_signed_anew_each_day_and_at_a_change_and_not_else(self, certified):
        certified.crew()
        certified.certify()
        before = count(certified, StatusList)
        certified_at = FIRST + timedelta(hours=5)

        def refresh(at: datetime) -> int:
            with clock.stopped_at(at), certified.database.unit_of_work() as session:
                from recruitment.certificates.services.keys import Signer

                return services.refresh_lists(session, LOCAL_OPERATOR, Signer(session))

        assert refresh(certified_at) == 0
        assert refresh(FIRST + timedelta(days=1, hours=7)) == 2
        assert refresh(FIRST + timedelta(days=1, hours=9)) == 0
        assert count(certified, StatusList) == before + 2

    def test_places_are_never_given_twice(self, certified):
        certified.crew()
        certified.certify()
        with certified.database.read_session() as session:
            revocations, suspensions = queries.places_taken(session, 1)
        assert (len(revocations), len(suspensions)) == (9, 1)
        assert count(certified, PersonCertificate) == 8
        assert max(revocations | suspensions) < status.LENGTH
