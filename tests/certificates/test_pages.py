"""The public check over HTTP: the same for everybody, without a cookie, a trace or a name; and the page of shares."""

from __future__ import annotations

import io
import json
import re

import pytest

from recruitment.certificates import services
from recruitment.certificates.rules import RevocationReason
from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.credentials import verifier
from recruitment.credentials.codes import shown_code
from recruitment.web import logs
from tests.certificates.edges import LATER
from tests.certificates.test_checking import NEVER_ONE, paper_of

CSO = (Role.CSO_SUPERVISOR, "CSO-1")
PUBLIC_PAGES = (
    "/check", "/check/paper", "/.well-known/did.json", "/status/revocation/1", "/status/suspension/1",
    "/certificate-log/head", "/certificate-log/leaves", "/certificates/trust.json",
)  # fmt: skip


def text_of(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


class TestCheck:
    def test_a_code_is_told_with_word_picture_scope_dates_level_and_numbers(self, edges):
        answer = edges.client().get(f"/check/{shown_code(edges.code)}")
        text = text_of(answer)
        assert answer.status_code == 200
        assert "VALID We issued this certificate, and it stands." in text
        for told in ("DL-20", "Level", "95", "What this does not say", "How to check without us"):
            assert told.lower() in text.lower(), told
        assert '<svg viewBox="0 0 24 24"' in answer.text
        assert 'content="noindex"' in answer.text

    def test_the_form_tells_the_same_as_the_link(self, sqlite_edges):
        client, found = sqlite_edges.client(), sqlite_edges.certified.newest()
        asked = client.post("/check", data={"code": found.code.lower()})
        assert asked.text == client.get(f"/check/{found.link}").text

    def test_programmes_are_told_the_same_as_json(self, sqlite_edges):
        answer = sqlite_edges.client().get(f"/check/{sqlite_edges.code}", headers={"Accept": "application/json"})
        assert (answer.json["word"], answer.json["reason"]) == ("VALID", "valid")
        assert answer.json["certificate"]["numbers"]["paid"] == 0
        assert "nonce" not in answer.text

    def test_an_unknown_code_a_slip_and_an_ended_share_are_the_same_bytes(self, edges):
        made = edges.share(edges.numbers[0])
        client = edges.client()
        assert client.get(f"/check/{made.code}").status_code == 200
        with edges.certified.database.unit_of_work() as session:
            services.end_share(session, LOCAL_OPERATOR, made.reference)
        for accept in ("text/html", "application/json"):
            answers = {
                (answer.status_code, answer.text)
                for text in (
                    made.code,
                    made.link.rpartition("/")[2],
                    "ZZZZ-ZZZZ-ZZ",
                    *(each for each in NEVER_ONE if each),
                )
                for answer in [client.get(f"/check/{text}", headers={"Accept": accept})]
            }
            assert len(answers) == 1
            assert next(iter(answers))[0] == 404

    def test_no_name_no_reference_and_no_number_of_the_group_is_told_of_a_person(self, edges):
        made = edges.share(edges.numbers[0])
        person = edges.certified.of_person(edges.numbers[0])
        for accept in ("text/html", "application/json"):
            text = edges.client().get(f"/check/{made.code}", headers={"Accept": accept}).text
            for hidden in (
                person.reference,
                "Worker 1",
                "C-1",
                made.code,
                json.loads(person.statement)["subject"]["commitment"],
            ):
                assert hidden not in text, hidden

    def test_of_what_was_revoked_nothing_is_repeated(self, sqlite_edges):
        edges = sqlite_edges
        code = edges.code
        with edges.certified.database.unit_of_work() as session:
            services.revoke(session, LOCAL_OPERATOR, edges.reference, RevocationReason.FORGED_DOCUMENT)
        text = text_of(edges.client().get(f"/check/{code}"))
        assert "REVOKED" in text
        assert "forged" not in text.lower()
        assert "bound" not in text.lower()
        told = edges.client().get(f"/check/{code}", headers={"Accept": "application/json"}).json["certificate"]
        assert set(told) == {"kind", "scope", "covered_until", "valid_from", "valid_until", "reference"}

    def test_a_file_is_checked_and_not_kept(self, sqlite_edges):
        paper, client = paper_of(sqlite_edges), sqlite_edges.client()
        answer = client.post("/check/paper", data={"file": (io.BytesIO(paper), "certificate.pdf")})
        assert answer.status_code == 200
        assert "VALID" in text_of(answer)
        junk = client.post(
            "/check/paper", data={"file": (io.BytesIO(b"junk"), "x.pdf")}, headers={"Accept": "application/json"}
        )
        assert (junk.json["word"], junk.json["reason"]) == ("CANNOT TELL", "other_file")
        assert client.post("/check/paper").status_code == 422

    def test_a_form_of_another_site_is_refused(self, sqlite_edges):
        client = sqlite_edges.client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
        assert client.post("/check", data={"code": sqlite_edges.code}).status_code == 403


class TestNobodyIsAsked:
    def test_no_cookie_is_given_and_nothing_of_codes_may_be_kept(self, sqlite_edges):
        for path in (*PUBLIC_PAGES, f"/check/{sqlite_edges.code}", "/check/0000-0000-00"):
            answer = sqlite_edges.client().get(path)
            assert "Set-Cookie" not in answer.headers, path
            if path.startswith("/check"):
                assert answer.headers["Cache-Control"] == "no-store", path

    def test_who_is_signed_in_is_told_the_same_and_not_known(self, sqlite_edges):
        code = sqlite_edges.code
        somebody = sqlite_edges.client(Role.AGENCY_OFFICER, "AG-1")
        for path in (f"/check/{code}", "/check"):
            assert somebody.get(path).text == sqlite_edges.client().get(path).text
        assert somebody.post("/check", data={"code": code}).status_code == 200

    def test_a_line_of_the_log_has_the_route_and_never_the_code(self, sqlite_edges, capsys):
        code = sqlite_edges.code
        with logs.lines():
            sqlite_edges.client().get(f"/check/{code}")
            sqlite_edges.client().post("/check", data={"code": code})
            sqlite_edges.client(Role.PARTNER_REVIEWER).get(f"/check/{code}")
        written = capsys.readouterr().err
        lines = [json.loads(line) for line in written.splitlines()]
        assert [line["route"] for line in lines if line["event"] == "request.answered"] == [
            "/check/<text>",
            "/check",
            "/check/<text>",
        ]
        assert code not in written
        assert shown_code(code) not in written
        assert "127.0.0.1" not in written
        assert not any(line.get("role") == "partner_reviewer" for line in lines)


class TestForVerifiers:
    def test_a_verifier_with_nothing_but_what_is_served_finds_the_certificate_valid(self, edges):
        client = edges.client()
        trust = verifier.Trust.read(client.get("/certificates/trust.json").data)
        credential = edges.certified.newest().credential.encode()
        assert verifier.verify(credential, trust, LATER).word == "VALID"

    def test_lists_and_heads_are_served_to_the_byte_and_may_be_kept_for_minutes(self, sqlite_edges):
        edges, client = sqlite_edges, sqlite_edges.client()
        with edges.certified.database.read_session() as session:
            wanted = {
                f"/status/{purpose}/1": services.status_list(session, purpose, 1)
                for purpose in ("revocation", "suspension")
            }
            wanted["/certificate-log/head"] = services.log_head(session)
        for path, body in wanted.items():
            answer = client.get(path)
            assert answer.text == body
            assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert client.get("/status/revocation/1").content_type == "application/vc"
        assert client.get("/.well-known/did.json").json["id"].startswith("did:web:")
        assert client.get("/status/revocation/99").status_code == 404
        assert client.get("/status/anything/1").headers["Cache-Control"] == "no-store"

    def test_the_log_can_be_computed_anew(self, sqlite_edges):
        from recruitment.core import merkle

        client = sqlite_edges.client()
        head = client.get("/certificate-log/head").json
        leaves = [bytes.fromhex(leaf) for leaf in client.get("/certificate-log/leaves?from=0").json["leaves"]]
        assert (len(leaves), merkle.root(leaves).hex()) == (head["size"], head["root"])
        assert client.get("/certificate-log/leaves?from=255").json["leaves"] == [leaves[-1].hex()]
        assert client.get("/certificate-log/leaves?from=x").status_code == 422


class TestSharePage:
    @pytest.fixture
    def cso(self, sqlite_edges):
        return sqlite_edges.client(*CSO)

    def test_a_cso_shares_shows_code_link_and_picture_once_and_ends(self, sqlite_edges, cso):
        address = "/certificate-shares?journey=CJ-1"
        assert "Nobody: the worker has not let anybody check it." in text_of(cso.get(address))
        made = cso.send("/certificate-shares", journey="CJ-1")
        code = re.search(r'<code class="secret">([^<]+)</code>', made.text)[1]
        assert "<svg" in made.text
        assert sqlite_edges.client().get(f"/check/{code}").status_code == 200
        again = cso.get(address)
        assert code not in again.text
        reference = re.search(r"SH-[0-9A-Z-]+", again.text)[0]
        assert cso.send(f"/certificate-shares/{reference}/end").status_code == 303
        assert sqlite_edges.client().get(f"/check/{code}").status_code == 404
        assert "Ended" in cso.get(address).text

    def test_the_paper_comes_with_its_share(self, sqlite_edges, cso):
        answer = cso.send("/certificate-shares", journey="CJ-1", paper="yes", language="my")
        assert answer.content_type == "application/pdf"
        found = sqlite_edges.client().post("/check/paper", data={"file": (io.BytesIO(answer.data), "p.pdf")})
        assert "VALID" in text_of(found)
        assert "Worker 1" not in found.text

    def test_the_journey_leads_here(self, cso):
        assert "/certificate-shares?journey=CJ-1" in cso.get("/journeys/CJ-1").text

    @pytest.mark.parametrize("role", [role for role in Role if role not in {
        Role.CSO_SUPERVISOR, Role.CSO_FIELDWORKER, Role.CASE_WORKER,
    }])  # fmt: skip
    def test_nobody_else_comes_in(self, sqlite_edges, role):
        client = sqlite_edges.client(role)
        assert client.get("/certificate-shares?journey=CJ-1").status_code == 403
        assert client.get("/api/v1/certificate-shares?journey=CJ-1").status_code == 403

    @pytest.mark.parametrize("who", [(Role.CSO_SUPERVISOR, "CSO-2"), (Role.CSO_FIELDWORKER, "CSO-1")])
    def test_whose_people_are_others_finds_no_journey(self, sqlite_edges, who):
        client = sqlite_edges.client(*who)
        assert client.get("/certificate-shares?journey=CJ-1").status_code == 404
        assert client.send("/certificate-shares", journey="CJ-1").status_code == 404
        assert client.send("/certificate-shares", journey="CJ-1", paper="yes").status_code == 404
