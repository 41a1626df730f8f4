"""The API of certificates: partners by their supply chain, the inside in full, agencies and employers not at all."""

from __future__ import annotations

import base64
import csv
import io
from uuid import uuid4

import pytest

from recruitment.certificates.rules import RevocationReason
from recruitment.core.actor import Role
from recruitment.credentials.codes import shown_code
from tests.certificates.test_checking import paper_of

API = "/api/v1"


def post(client, path: str, **body):
    return client.post(f"{API}{path}", json=body, headers={"Idempotency-Key": uuid4().hex})


@pytest.fixture
def partner(edges):
    edges.buy()
    return edges.client(Role.PARTNER_REVIEWER, "PT-1")


@pytest.fixture
def case_worker(sqlite_edges):
    return sqlite_edges.client(Role.CASE_WORKER)


class TestPortfolio:
    def test_a_partner_finds_the_certificates_of_its_supply_chain(self, edges, partner):
        found = partner.get(f"{API}/certificates").json["certificates"]
        assert [(each["reference"], each["state"]) for each in found] == [(edges.reference, "valid")]
        assert found[0]["scope"]["demand_letter"] == "DL-20"
        for query, count in (
            ("state=valid", 1),
            ("state=revoked", 0),
            ("level=D", 0),
            ("employer=EM-1", 1),
            ("employer=EM-2", 0),
        ):
            assert len(partner.get(f"{API}/certificates?{query}").json["certificates"]) == count, query
        assert partner.get(f"{API}/certificates?level=Z").status_code == 422

    def test_another_partner_finds_nothing(self, sqlite_edges):
        stranger = sqlite_edges.client(Role.PARTNER_REVIEWER)
        assert stranger.get(f"{API}/certificates").json == {"certificates": []}
        for path in ("", "/credential", "/paper", "/reviews"):
            assert stranger.get(f"{API}/certificates/{sqlite_edges.reference}{path}").status_code == 404
        assert (
            post(stranger, f"/certificates/{sqlite_edges.reference}/reviews", decision="accept", reason="x").status_code
            == 404
        )

    def test_a_certificate_is_told_in_aggregate(self, edges, partner):
        found = partner.get(f"{API}/certificates/{edges.reference}").json
        assert (found["word"], found["numbers"]["heard"], found["evidence"]["level"]) == (
            "VALID",
            "all",
            found["evidence"]["level"],
        )
        assert found["code"] == shown_code(edges.code)
        assert not set(found) & {"reasons", "workings", "members", "nonce", "subject"}

    def test_credential_and_paper_are_given_out(self, edges, partner):
        credential = partner.get(f"{API}/certificates/{edges.reference}/credential")
        assert (credential.content_type, credential.text) == ("application/vc", edges.certified.newest().credential)
        paper = partner.get(f"{API}/certificates/{edges.reference}/paper?language=my")
        assert (paper.status_code, paper.content_type, paper.data[:5]) == (200, "application/pdf", b"%PDF-")
        assert partner.get(f"{API}/certificates/{edges.reference}/paper?language=tlh").status_code == 422

    def test_no_certificate_of_a_person_is_there_for_a_partner(self, edges, partner):
        person = edges.certified.of_person("1")
        for path in ("", "/credential", "/paper", "/reviews"):
            assert partner.get(f"{API}/certificates/{person.reference}{path}").status_code == 404

    def test_a_list_takes_the_same_number_of_queries_however_long_it_is(self, sqlite_edges):
        from tests.certificates.test_checking import queries_of

        def look(session):
            from recruitment.certificates import services
            from recruitment.core.actor import LOCAL_OPERATOR

            return services.list_certificates(session, LOCAL_OPERATOR, limit=10_000)

        assert queries_of(sqlite_edges, look) == 1


class TestReviews:
    def test_a_partner_decides_with_reasons_and_all_are_kept(self, edges, partner):
        path = f"/certificates/{edges.reference}/reviews"
        for number, decision in enumerate(("ask", "object", "accept"), start=1):
            answer = post(partner, path, decision=decision, reason="=because of the level")
            assert (answer.status_code, answer.json["number"]) == (201, number)
        found = partner.get(f"{API}{path}").json["reviews"]
        assert [each["decision"] for each in found] == ["ask", "object", "accept"]
        assert len(partner.get(f"{API}/certificates/{edges.reference}").json["reviews"]) == 3
        inside = edges.client(Role.AUDITOR)
        assert [each["partner"] for each in inside.get(f"{API}{path}").json["reviews"]] == ["PT-1"] * 3

    def test_a_partner_reads_no_review_of_another(self, sqlite_edges):
        edges = sqlite_edges
        from recruitment.organisations.rules import OrganisationKind
        from tests.factories.people import new_organisation

        edges.buy()
        new_organisation(edges.certified.database, OrganisationKind.PARTNER, "PT-8")
        edges.buy("PT-8")
        one, two = (edges.client(Role.PARTNER_REVIEWER, code) for code in ("PT-1", "PT-8"))
        path = f"/certificates/{edges.reference}/reviews"
        assert post(one, path, decision="object", reason="ours").status_code == 201
        assert two.get(f"{API}{path}").json == {"reviews": []}
        assert post(two, path, decision="maybe", reason="x").status_code == 422


class TestInside:
    def test_a_cohort_is_issued_with_all_reasons_or_told_what_stands(self, sqlite_edges, case_worker):
        again = post(case_worker, "/certificates", demand_letter="DL-20")
        assert (again.status_code, again.json["standing"], again.json["certificate"]) == (201, "valid", None)
        none = post(case_worker, "/certificates", demand_letter="DL-1").json
        assert none["eligible"] is False
        assert {"too_few_workers"} & {each["code"] for each in none["reasons"]} or none["reasons"]
        assert all(each["sentence"] for each in none["reasons"])
        assert post(case_worker, "/certificates", agency="AG-1").status_code == 422
        assert post(case_worker, "/certificates", demand_letter="DL-404").status_code == 404
        listed = case_worker.get(f"{API}/certificate-cohorts").json["cohorts"]
        assert {each["demand_letter"] for each in listed} == {"DL-20", "DL-1"}

    def test_the_workings_of_a_cohort_are_told_inside_alone(self, sqlite_edges, case_worker):
        cohort = case_worker.get(f"{API}/certificate-cohorts").json["cohorts"][0]["reference"]
        path = f"{API}/certificate-cohorts/{cohort}/assessments"
        assert case_worker.get(path).json["assessments"][0]["action"] == "issue"
        assert sqlite_edges.client(Role.PARTNER_REVIEWER).get(path).status_code == 403
        assert case_worker.get(f"{API}/certificate-cohorts/CC-0/assessments").status_code == 404

    def test_a_sample_is_drawn(self, case_worker):
        drawn = post(case_worker, "/certificate-samples", demand_letter="DL-20", bound_percent=40)
        assert drawn.status_code == 201
        assert 0 < len(drawn.json["journeys"]) <= 6

    def test_a_revocation_is_seen_at_once(self, sqlite_edges, case_worker):
        path = f"/certificates/{sqlite_edges.reference}/revocation"
        assert post(case_worker, path, reason=RevocationReason.OWN_ERROR.value).json["state"] == "revoked"
        assert post(case_worker, path, reason="own_error").status_code == 409
        assert case_worker.get(f"{API}/certificates?state=revoked").json["certificates"]
        assert case_worker.get(f"{API}/certificates/{sqlite_edges.reference}/paper").status_code == 409


class TestShares:
    def test_a_share_is_made_told_once_listed_and_ended(self, edges):
        client = edges.client(Role.CSO_SUPERVISOR, "CSO-1")
        key = {"Idempotency-Key": uuid4().hex}
        body = {"journey": "CJ-1", "days": 5}
        made = client.post(f"{API}/certificate-shares", json=body, headers=key)
        assert made.status_code == 201
        assert edges.check(made.json["code"]).state is not None
        again = client.post(f"{API}/certificate-shares", json=body, headers=key)
        assert (again.headers["Idempotency-Replayed"], again.json["code"], again.json["link"]) == ("true", None, None)
        listed = client.get(f"{API}/certificate-shares?journey=CJ-1").json
        assert [each["state"] for each in listed["shares"]] == ["open"]
        assert made.json["code"] not in str(listed)
        ended = post(client, f"/certificate-shares/{made.json['reference']}/end")
        assert ended.json["state"] == "ended"
        assert edges.check(made.json["code"]).state is None

    def test_with_its_paper(self, edges):
        client = edges.client(Role.CSO_SUPERVISOR, "CSO-1")
        made = post(client, "/certificate-shares", journey="CJ-2", paper=True, language="my").json
        paper = base64.b64decode(made["paper"])
        found = edges.client().post(
            "/check/paper", data={"file": (io.BytesIO(paper), "p.pdf")}, headers={"Accept": "application/json"}
        )
        assert found.json["word"] == "VALID"
        assert "Worker" not in found.text


class TestManyChecks:
    def send(self, client, content, content_type, **headers):
        given = {"Idempotency-Key": uuid4().hex} | headers
        return client.post(f"{API}/certificate-checks", data=content, content_type=content_type, headers=given)

    def test_codes_are_checked_in_their_order(self, edges):
        client = edges.client(Role.PARTNER_REVIEWER)
        made = edges.share("1")
        codes = [edges.code, "ZZZZ-ZZZZ-ZZ", made.code]
        answer = post(client, "/certificate-checks", codes=codes)
        assert [(each["input"], each["reason"]) for each in answer.json["checks"]] == list(
            zip(codes, ("valid", "not_found", "valid"), strict=True)
        )
        assert answer.json["checks"][0]["scope"]["demand_letter"] == "DL-20"
        assert answer.json["checks"][1]["scope"] is None

    def test_a_table_is_checked_and_answered_as_one_without_formulas(self, sqlite_edges):
        client = sqlite_edges.client(Role.PARTNER_REVIEWER)
        table = f"supplier,Code\na,{sqlite_edges.code}\nb,=1+1\n"
        answer = self.send(client, table, "text/csv", Accept="text/csv")
        assert answer.content_type.startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
        assert [(row["input"], row["word"]) for row in rows] == [(sqlite_edges.code, "VALID"), ("'=1+1", "NOT FOUND")]
        assert rows[0]["demand_letter"] == "DL-20"

    def test_papers_are_checked(self, sqlite_edges):
        client = sqlite_edges.client(Role.AUDITOR)
        files = [(io.BytesIO(paper_of(sqlite_edges)), "one.pdf"), (io.BytesIO(b"%PDF-1.4 junk"), "two.pdf")]
        answer = self.send(client, {"file": files}, "multipart/form-data")
        assert [(each["input"], each["word"]) for each in answer.json["checks"]] == [
            ("one.pdf", "VALID"), ("two.pdf", "CANNOT TELL"),
        ]  # fmt: skip

    @pytest.mark.parametrize(("content", "content_type", "status"), [
        ("{}", "application/json", 422), ('{"codes": []}', "application/json", 422), ('{"codes": [1]}', "application/json", 422),
        ('{"codes": ["' + "x" * 65 + '"]}', "application/json", 422), ("{", "application/json", 400),
        ("number\n1\n", "text/csv", 422), ("code\n" + "x\n" * 501, "text/csv", 422), ("", "text/csv", 422),
        ("x", "text/plain", 415), ({"other": "x"}, "multipart/form-data", 422),
    ])  # fmt: skip
    def test_what_cannot_be_read_is_refused(self, sqlite_edges, content, content_type, status):
        client = sqlite_edges.client(Role.CASE_WORKER)
        assert self.send(client, content, content_type).status_code == status


@pytest.mark.parametrize("who", [(Role.AGENCY_OFFICER, "AG-1"), (Role.EMPLOYER_OFFICER, "EM-1")])
def test_no_route_tells_an_agency_or_employer_of_a_certificate(sqlite_edges, who):
    """Neither the certificate, nor that there is none, nor when: what is theirs answers like what is not there."""
    edges, client = sqlite_edges, sqlite_edges.client(*who)
    cohort = edges.certified.enrol()
    paths = [
        "/certificates", f"/certificates/{edges.reference}", f"/certificates/{edges.reference}/credential",
        f"/certificates/{edges.reference}/paper", f"/certificates/{edges.reference}/reviews", "/certificate-cohorts",
        f"/certificate-cohorts/{cohort}/assessments", "/certificate-shares?journey=CJ-1",
    ]  # fmt: skip
    assert {client.get(f"{API}{path}").status_code for path in paths} == {403}
    for path in ("/certificates", "/certificate-samples", "/certificate-shares", "/certificate-checks"):
        assert post(client, path).status_code == 403
