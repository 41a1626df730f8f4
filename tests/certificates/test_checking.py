"""What anybody is told by a code, a link, a paper or a file; and what nobody is told."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import event

from recruitment.certificates import queries, rules, services
from recruitment.certificates.exports.issued import signed_paper
from recruitment.certificates.queries.portfolio import page
from recruitment.certificates.rules import CertificateState, EventKind, RevocationReason
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.credentials.codes import shown_code
from recruitment.jobseekers.rules import ConsentPurpose
from recruitment.privacy import service as privacy
from recruitment.privacy.rules import ErasureReason
from tests.certificates.edges import LATER, Edges
from tests.factories.certified import FIRST

NEVER_ONE = ("0000-0000-00", "", "x" * 500, "a\x00b", "aaaaaaaaaaaaaaaaaaaaaaaaaa", "7Q2M-9KXR-4U")


def paper_of(edges: Edges) -> bytes:
    with edges.certified.database.unit_of_work() as session:
        certificate = services.seen_certificate(session, LOCAL_OPERATOR, edges.reference)
        material = services.material_of_cohort(session, LOCAL_OPERATOR, certificate)
        return signed_paper(session, LOCAL_OPERATOR, material, "en")


def paper_checked(edges: Edges, content: bytes, at: datetime = LATER) -> services.PaperCheck:
    with clock.stopped_at(at), edges.certified.database.read_session() as session:
        return services.check_paper(session, content)


class TestByCode:
    def test_a_cohort_is_told_by_its_code_in_any_spelling_and_by_its_link(self, edges):
        found = edges.certified.newest()
        told = edges.check(found.code)
        assert (told.state, told.told.word) == (CertificateState.VALID, "VALID")
        assert told.statement == json.loads(found.statement)
        for text in (
            shown_code(found.code),
            shown_code(found.code).lower(),
            f" {found.code} ",
            found.link,
            found.link.upper(),
        ):
            assert edges.check(text) == told, text

    @pytest.mark.parametrize("text", NEVER_ONE)
    def test_what_is_no_code_is_not_found(self, sqlite_edges, text):
        assert sqlite_edges.check(text) == services.PublicCheck(None, rules.NOT_FOUND)

    def test_states_are_told_as_they_come(self, edges):
        code = edges.code
        assert edges.check(code, FIRST + timedelta(days=90)).state is CertificateState.EXPIRED
        with edges.certified.database.unit_of_work() as session:
            services.revoke(session, LOCAL_OPERATOR, edges.reference, RevocationReason.OWN_ERROR)
        assert edges.check(code).state is CertificateState.REVOKED

    def test_each_check_takes_two_queries_at_most_and_an_unknown_code_as_many_as_a_share(self, sqlite_edges):
        edges = sqlite_edges
        made = edges.share(edges.numbers[0])
        counts = {text: queries_of(edges, lambda session, text=text: services.check(session, text))
                  for text in (edges.code, made.code, "ZZZZ-ZZZZ-ZZ", "2222-2222-22")}  # fmt: skip
        assert max(counts.values()) <= 2
        codes = [edges.code, made.code] * 50
        assert queries_of(edges, lambda session: services.check_batch(session, LOCAL_OPERATOR, codes)) == 2


def queries_of(edges: Edges, do) -> int:
    found: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if statement.startswith("SELECT"):
            found.append(statement)

    engine = edges.certified.database.engine
    with edges.certified.database.read_session() as session:
        event.listen(engine, "before_cursor_execute", note)
        try:
            do(session)
        finally:
            event.remove(engine, "before_cursor_execute", note)
    return len(found)


class TestShares:
    def test_a_share_shows_the_certificate_of_its_person_without_a_name(self, edges):
        made = edges.share(edges.numbers[0])
        for text in (made.code, made.link.rpartition("/")[2]):
            told = edges.check(text)
            assert (told.state, told.is_of_person) == (CertificateState.VALID, True)
            assert "Worker" not in json.dumps(told.statement)

    def test_who_has_the_code_is_told_nothing_once_it_expired(self, edges):
        made = edges.share(edges.numbers[0], days=5)
        assert edges.check(made.code, LATER + timedelta(days=4, hours=23)).state is CertificateState.VALID
        assert edges.check(made.code, LATER + timedelta(days=5)).state is None

    def test_nor_once_the_person_ended_it(self, edges):
        made, other = edges.share(edges.numbers[0]), edges.share(edges.numbers[0])
        with edges.certified.database.unit_of_work() as session:
            services.end_share(session, LOCAL_OPERATOR, made.reference)
        assert edges.check(made.code) == edges.check("0000-0000-00")
        assert edges.check(other.code).state is CertificateState.VALID

    def test_nor_once_they_no_longer_agree_and_again_when_they_do(self, edges):
        number = edges.numbers[0]
        made = edges.share(number)
        edges.certified.consent(number, ConsentPurpose.CERTIFICATE, False, LATER)
        assert edges.check(made.code) == edges.check("0000-0000-00")
        edges.certified.consent(number, ConsentPurpose.CERTIFICATE, True, LATER + timedelta(days=1))
        assert edges.check(made.code, LATER + timedelta(days=1, hours=1)).state is CertificateState.VALID

    def test_nor_once_they_were_erased_and_their_name_cannot_be_opened(self, edges):
        number = edges.numbers[0]
        made, issued = edges.share(number), edges.certified.of_person(edges.numbers[0])
        with edges.certified.database.unit_of_work() as session:
            privacy.erase(session, LOCAL_OPERATOR, f"C-{number}", ErasureReason.WORKER_REQUEST, confirmed=True)
        assert edges.check(made.code) == edges.check("0000-0000-00")
        with edges.certified.database.read_session() as session, pytest.raises(Exception, match="erased"):
            services.material_of_person(session, LOCAL_OPERATOR, issued.id, code="0" * 10, link="a" * 26)

    def test_the_state_of_a_person_is_that_of_their_cohort(self, edges):
        made = edges.share(edges.numbers[0])
        with edges.certified.database.unit_of_work() as session:
            services.revoke(session, LOCAL_OPERATOR, edges.reference, RevocationReason.FORGED_DOCUMENT)
        assert edges.check(made.code).state is CertificateState.REVOKED

    def test_one_may_fall_alone(self, edges):
        made, other = edges.share(edges.numbers[0]), edges.share(edges.numbers[1])
        reference = edges.certified.of_person(edges.numbers[0]).reference
        with edges.certified.database.unit_of_work() as session:
            services.revoke(session, LOCAL_OPERATOR, reference, RevocationReason.OWN_ERROR)
        assert edges.check(made.code).state is CertificateState.REVOKED
        assert edges.check(other.code).state is CertificateState.VALID


class TestByFile:
    def test_a_paper_that_we_drew_is_valid_and_an_altered_one_proves_nothing(self, edges):
        paper = paper_of(edges)
        assert paper_checked(edges, paper).word == "VALID"
        at = paper.index(b"endstream") - 3
        altered = paper[:at] + bytes([paper[at] ^ 1]) + paper[at + 1 :]
        assert paper_checked(edges, altered).word == "CANNOT TELL"
        assert paper_checked(edges, b"%PDF-1.7 nothing").word == "CANNOT TELL"

    def test_a_credential_is_valid_until_it_is_revoked(self, edges):
        credential = edges.certified.newest().credential
        assert paper_checked(edges, credential.encode()).word == "VALID"
        forged = credential.replace('"paid":0', '"paid":10')
        assert paper_checked(edges, forged.encode()).word == "NOT VALID"
        with edges.certified.database.unit_of_work() as session:
            services.revoke(session, LOCAL_OPERATOR, edges.reference, RevocationReason.OWN_ERROR)
        assert paper_checked(edges, credential.encode()).reason == "revoked"

    def test_no_paper_is_drawn_of_a_revoked_certificate(self, edges):
        with edges.certified.database.unit_of_work() as session:
            services.revoke(session, LOCAL_OPERATOR, edges.reference, RevocationReason.OWN_ERROR)
        with pytest.raises(Exception, match="no paper"):
            paper_of(edges)

    def test_the_file_of_a_person_is_told_of_only_while_they_share_it(self, edges):
        credential = edges.certified.of_person(edges.numbers[0]).credential.encode()
        assert (paper_checked(edges, credential).word, paper_checked(edges, credential).reason) == (
            "CANNOT TELL", "not_shared",
        )  # fmt: skip
        assert paper_checked(edges, credential).statement is None
        made = edges.share(edges.numbers[0])
        assert paper_checked(edges, credential).word == "VALID"
        with edges.certified.database.unit_of_work() as session:
            services.end_share(session, LOCAL_OPERATOR, made.reference)
        assert paper_checked(edges, credential).reason == "not_shared"


def test_the_state_in_a_list_is_that_of_the_rules(sqlite_edges):
    """The same order of states, said once in Python and once in SQL."""
    database = sqlite_edges.certified.database
    issued = sqlite_edges.certified.newest()
    from recruitment.certificates.models import CertificateEvent
    from recruitment.database.bulk import insert_many

    columns = ("certificate_id", "kind", "reason", "release_id", "occurred_at", "recorded_by")
    for chosen in product((False, True), repeat=3):
        kinds = {kind for kind, has in zip(EventKind, chosen, strict=True) if has}
        for at in (LATER, issued.valid_until - timedelta(seconds=1), issued.valid_until):
            with database._session(database._writer, LOCAL_OPERATOR.scope) as session:
                rows = [(issued.id, kind.value, "own_error" if kind is EventKind.REVOKED else None, None, LATER,
                         LOCAL_OPERATOR.id) for kind in kinds]  # fmt: skip
                insert_many(session, CertificateEvent.__table__, columns, rows)
                found = page(session, at, after=None, limit=5)[0].state
                session.rollback()
            assert found is rules.state_at(kinds, valid_until=issued.valid_until, at=at), (kinds, at)


def test_what_a_verifier_is_given_is_enough_for_it(edges):
    from recruitment.credentials import verifier

    with edges.certified.database.read_session() as session:
        bundle = json.dumps(services.trust_bundle(session)).encode()
        assert len(services.log_leaves(session, 0, 1000)) == 256
        assert queries.log_size(session) == 256
    found = verifier.verify(edges.certified.newest().credential.encode(), verifier.Trust.read(bundle), LATER)
    assert found.word == "VALID"
