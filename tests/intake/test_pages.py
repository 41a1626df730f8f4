"""An agency sends its declarations from a browser, without a script."""

from __future__ import annotations

import io
import re

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from recruitment.core.actor import Role
from recruitment.web.limits import UPLOAD_BYTES_MAX
from tests.factories.rows import row
from tests.factories.sheets import csv_text, write_xlsx

NEW, LIST = "/declarations/new", "/declarations"
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def agency(sqlite_desk):
    """An officer of AG-1, who knows the journey J-1 by a reference of the agency's own."""
    sqlite_desk.own = sqlite_desk.own_reference("AG-1")
    sqlite_desk.be(Role.AGENCY_OFFICER, "AG-1")
    return sqlite_desk


def upload(desk, content: bytes, step: str = "save", **fields):
    form = {"file": FileStorage(io.BytesIO(content), "sent.csv"), "step": step, **fields}
    # The client would leave a temporary file open behind a long form.
    boundary, body = encode_multipart(form)
    kind = f"multipart/form-data; boundary={boundary}"
    return desk.app.test_client().post(NEW, data=body, content_type=kind, headers=FROM_HERE)


def lines(desk, **cells) -> bytes:
    return csv_text([row("declarations", journey=desk.own, **cells)]).encode()


def get(desk, path: str = LIST):
    return desk.app.test_client().get(path)


class TestSending:
    def test_a_file_is_saved_and_the_list_shows_its_reference(self, agency):
        assert "no declaration here yet" in get(agency).text
        sent = upload(agency, lines(agency))
        assert sent.status_code == 303
        page = get(agency, sent.headers["Location"]).text
        reference = re.search(r"FD-[\w-]+", page).group()
        assert f"<code>{reference}</code> is saved" in page
        assert "in force" in page
        assert 'role="status"' in page

    def test_a_spreadsheet_is_taken_too(self, agency, tmp_path):
        path = write_xlsx(tmp_path / "sent", [row("declarations", journey=agency.own)])
        assert upload(agency, path.read_bytes()).status_code == 303

    def test_a_check_saves_nothing_and_counts_the_lines(self, agency):
        page = upload(agency, lines(agency), "check")
        assert page.status_code == 200
        assert "nothing is saved yet" in page.text
        assert "1 line," in page.text
        assert agency.field.count("fee_declarations") == 0

    def test_a_step_that_is_not_named_only_checks(self, agency):
        upload(agency, lines(agency), "")
        assert agency.field.count("fee_declarations") == 0

    def test_only_the_bad_lines_are_shown_with_line_column_and_cure(self, agency):
        rows = [row("declarations", journey=agency.own), row("declarations", journey=agency.own, payer="<Worker>")]
        page = upload(agency, csv_text(rows).encode())
        assert page.status_code == 422
        assert (
            page.text.index('role="alert"')
            < page.text.index("<table")
            < page.text.index('<form method="post" action="/decl')
        )
        assert page.text.count('<th scope="row"') == 1
        assert '<th scope="row" role="rowheader">3</th>' in page.text
        assert "&lt;Worker&gt;" in page.text
        assert "<Worker>" not in page.text

    def test_a_hundred_problems_are_shown_and_the_rest_counted(self, agency):
        rows = [row("declarations", journey=agency.own, payer="?")] * 150
        page = upload(agency, csv_text(rows).encode()).text
        assert page.count('<th scope="row"') == 100
        assert "50 more are not shown" in page

    @pytest.mark.parametrize(
        ("content", "cure"),
        [
            (b"", "Choose a file first"),
            (b"\x00", "not text"),
            (b"PK\x03\x04", "cannot be read"),
            (b"x" * (UPLOAD_BYTES_MAX + 1), "in parts"),
        ],
        ids=["nothing", "not text", "broken", "too large"],
    )
    def test_what_is_no_file_of_ours_is_refused_with_a_cure(self, agency, content, cure):
        page = upload(agency, content)
        assert page.status_code == 422
        assert cure in page.text

    def test_the_same_file_sent_twice_makes_one(self, agency):
        upload(agency, lines(agency))
        again = upload(agency, lines(agency))
        assert again.status_code == 200
        assert "there already" in again.text
        assert agency.field.count("fee_declarations") == 1


class TestSuperseding:
    def test_a_declaration_is_put_in_the_place_of_another(self, agency):
        upload(agency, lines(agency))
        before = re.search(r"FD-[\w-]+", get(agency).text).group()
        page = get(agency).text
        link = re.search(r'href="(/declarations/new\?supersedes=[^"]+)"', page).group(1)
        form = get(agency, link).text
        assert f'name="supersedes" value="{before}"' in form
        assert upload(agency, lines(agency, amount="700.00"), supersedes=before).status_code == 303
        page = get(agency).text
        assert "superseded by" in page
        assert f"in the place of {before}" in page
        late = upload(agency, lines(agency, amount="800.00"), supersedes=before)
        assert late.status_code in {409, 422}
        assert "Supersede that one" in late.text

    def test_what_cannot_be_a_reference_is_not_there_either(self, agency):
        for wrong in ("FD-\x00", "FD-" + "7" * 200):
            assert upload(agency, lines(agency), supersedes=wrong).status_code == 404
        assert agency.field.count("fee_declarations") == 0

    def test_one_of_another_agency_is_not_there(self, agency):
        upload(agency, lines(agency))
        other = re.search(r"FD-[\w-]+", get(agency).text).group()
        own = agency.own_reference("AG-2", "J-3")
        agency.be(Role.AGENCY_OFFICER, "AG-2")
        assert other not in get(agency).text
        assert other not in get(agency, f"{LIST}?sent={other}").text
        content = csv_text([row("declarations", journey=own)]).encode()
        assert upload(agency, content, supersedes=other).status_code == 404


class TestWhoMay:
    def test_others_neither_see_nor_send(self, sqlite_desk):
        sqlite_desk.be(Role.EMPLOYER_OFFICER, "EM-1")
        assert [get(sqlite_desk, path).status_code for path in (LIST, NEW)] == [403, 403]
        assert upload(sqlite_desk, b"x").status_code == 403

    def test_who_reads_all_declarations_sends_none(self, sqlite_desk):
        sqlite_desk.be(Role.CASE_WORKER, "CSO-1")
        page = get(sqlite_desk)
        assert page.status_code == 200
        assert "Send a declaration" not in page.text
        assert get(sqlite_desk, NEW).status_code == 403

    def test_a_form_of_another_site_is_refused(self, agency):
        form = {"file": (io.BytesIO(lines(agency)), "sent.csv"), "step": "save"}
        answer = agency.app.test_client().post(NEW, data=form, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
        assert agency.field.count("fee_declarations") == 0

    @pytest.mark.parametrize("query", ["?after=%00", "?sent=%00", "?after=" + "x" * 500])
    def test_an_address_that_means_nothing_is_as_if_it_were_not_there(self, agency, query):
        assert get(agency, LIST + query).status_code == 200
