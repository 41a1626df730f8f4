"""The commands of certificates, as somebody at the machine types them."""

from __future__ import annotations

import json
import re

from recruitment.app import why_nothing_can_be_signed
from recruitment.core import clock
from recruitment.wsgi import __getattr__ as wsgi
from tests.certificates.edges import LATER


def trust(edges, tmp_path):
    file = tmp_path / "bundle.json"
    edges.run("certificates", "bundle", "--out", file)
    return file


def paper(edges, tmp_path, *options: str):
    file = tmp_path / "paper.pdf"
    edges.run("certificates", "paper", edges.reference, "--out", file, *options)
    return file


class TestShow:
    def test_a_cohort_and_its_certificate_are_shown(self, sqlite_edges):
        edges = sqlite_edges
        assert edges.reference in edges.run("certificates", "list").output
        line = json.loads(edges.run("certificates", "list", "--json").output)
        assert (line["about"], line["standing"]) == ("DL-20", "valid")
        shown = edges.run("certificates", "show", edges.reference).output
        assert "VALID" in shown
        assert json.loads(edges.run("certificates", "show", edges.reference, "--credential").output)[
            "issuer"
        ].startswith("did:")
        assert '"eligible": true' in edges.run("certificates", "workings", line["cohort"]).output
        assert "no certificate DC-0" in edges.run("certificates", "show", "DC-0", exit_code=1).output

    def test_a_letter_of_whom_something_stands_against_is_told_all_reasons(self, sqlite_edges):
        assert "a certificate stands already" in sqlite_edges.run("certificates", "issue", "DL-20").output
        told = sqlite_edges.run("certificates", "issue", "DL-1").output
        assert "None was issued:" in told
        assert re.search(r"^- \w+ \(\d+\): ", told, re.MULTILINE)
        assert (
            "2026-Q3"
            in sqlite_edges.run("certificates", "issue", "--agency", "AG-1", "--quarter", "soon", exit_code=1).output
        )

    def test_a_sample_says_how_many_to_ask(self, sqlite_edges):
        told = sqlite_edges.run("certificates", "sample", "DL-20", "--bound", "40%").output
        assert re.search(r"ask \d of \d+\.", told)
        assert "Seed of the lots: " in told
        assert sqlite_edges.run("certificates", "sample", "DL-20", "--bound", "much", exit_code=2)

    def test_release_says_when_nothing_waits(self, sqlite_edges):
        assert sqlite_edges.run("certificates", "release").output == "No release waits.\n"


class TestVerify:
    def test_a_paper_is_valid_with_and_without_a_database(self, sqlite_edges, tmp_path, monkeypatch):
        file, bundle = paper(sqlite_edges, tmp_path), trust(sqlite_edges, tmp_path)
        assert sqlite_edges.run("certificates", "verify", file).output.startswith("VALID\n")
        monkeypatch.setenv("DATABASE_URL", "sqlite:////nowhere/at/all.sqlite3")
        from click.testing import CliRunner

        from recruitment.cli import cli

        found = CliRunner().invoke(cli, ["certificates", "verify", str(file), "--trust", str(bundle), "--json"])
        assert (found.exit_code, json.loads(found.output)["word"]) == (0, "VALID")

    def test_the_exit_code_says_the_word(self, sqlite_edges, tmp_path):
        edges, file = sqlite_edges, tmp_path / "credential.json"
        file.write_text(edges.certified.newest().credential)
        assert edges.run("certificates", "verify", file, exit_code=0)
        edges.run("certificates", "revoke", edges.reference, "--reason", "own_error")
        assert edges.run("certificates", "verify", file, exit_code=1).output.startswith("NOT VALID\n")
        junk = tmp_path / "junk"
        junk.write_bytes(b"junk")
        assert edges.run("certificates", "verify", junk, exit_code=2).output.startswith("CANNOT TELL\n")
        assert "bundle" in edges.run("certificates", "verify", file, "--trust", junk, exit_code=3).output

    def test_a_draft_is_no_certificate(self, sqlite_edges, tmp_path):
        file = paper(sqlite_edges, tmp_path, "--draft", "--language", "my")
        assert sqlite_edges.run("certificates", "verify", file, exit_code=2)


class TestShare:
    def test_code_and_paper_are_given_and_end(self, sqlite_edges, tmp_path):
        edges, file = sqlite_edges, tmp_path / "person.pdf"
        told = edges.run("certificates", "share", "CJ-1", "--days", "3", "--paper", file).output
        reference, code = re.search(r"(SH-\S+): code (\S+),", told).groups()
        assert edges.check(code).state is not None
        assert edges.run("certificates", "verify", file, exit_code=0)
        edges.run("certificates", "end-share", reference)
        assert edges.check(code).state is None
        assert edges.run("certificates", "verify", file, exit_code=2)


class TestKeys:
    def test_new_keys_follow_the_old_ones_and_what_those_signed_stays_good(self, sqlite_edges, tmp_path):
        edges, file = sqlite_edges, paper(sqlite_edges, tmp_path)
        before = edges.run("certificates", "keys").output
        with clock.stopped_at(LATER.replace(hour=12)):
            made = edges.run("certificates", "new-key").output
        ids = re.findall(r": (\S+)$", made, re.MULTILINE)
        after = edges.run("certificates", "keys").output
        assert len(ids) == 2
        assert all(each in after and each not in before for each in ids)
        assert why_nothing_can_be_signed(edges.certified.database) is None
        with clock.stopped_at(LATER.replace(hour=13)):
            assert edges.run("certificates", "verify", file, exit_code=0)

    def test_a_key_that_was_lost_signs_no_more(self, sqlite_edges):
        edges = sqlite_edges
        made = edges.run("certificates", "new-key").output
        edges.run("certificates", "revoke-key", re.search(r"proof: (\S+)", made)[1])
        assert "new-key" in why_nothing_can_be_signed(edges.certified.database)
        assert edges.run("certificates", "revoke-key", "z6Mk", exit_code=1)

    def test_the_service_says_at_its_start_when_there_is_no_key(self, sqlite_edges, monkeypatch, caplog):
        sqlite_edges.certified.database.settings.certificate_key_path.unlink()
        assert "is missing" in why_nothing_can_be_signed(sqlite_edges.certified.database)
        monkeypatch.setattr(
            "recruitment.cli.Granian", lambda *_args, **_options: type("Server", (), {"serve": lambda _: None})()
        )
        told = sqlite_edges.run("serve")
        assert "Warning: The file" in told.stderr
        monkeypatch.setattr("recruitment.wsgi.logs.start", lambda: None)
        wsgi("app")
        assert [record.message for record in caplog.records if record.name == "recruitment.wsgi"] == [
            "certificates.key_missing"
        ]


def test_a_paper_key_of_an_organisation_must_be_named_first(sqlite_edges):
    told = sqlite_edges.run("certificates", "new-key", "--paper", exit_code=1)
    assert "RECRUITMENT_PAPER_KEY" in told.output


def test_the_house_looks_after_certificates_and_lists_by_itself(sqlite_edges):
    done = sqlite_edges.run("work", "--once", exit_code=None).output
    assert "certificates: " in done
    assert "status_lists: " in done
