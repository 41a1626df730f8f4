"""Whatever is sent: an answer that says what is wrong with it, never a mistake of ours, and nothing saved."""

from __future__ import annotations

import io
import json
import time
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recruitment.core.actor import Role
from recruitment.web.limits import UPLOAD_BYTES_MAX
from tests.factories.desk import CSV, XLSX
from tests.factories.rows import row
from tests.factories.sheets import write_cells

DEBTS = "/api/v1/debts"
GOOD = row("debts")


def with_text(text: str) -> bytes:
    """A body in which one cell is ``text`` as it stands, unescaped."""
    return json.dumps({"rows": [GOOD]}).replace('"lender"', text).encode()


BODIES = {
    "nothing": (b"", 400),
    "not JSON": (b"{", 400),
    "two bodies": (b"{}{}", 400),
    "not UTF-8": (b'{"rows": [{"creditor": "\xff"}]}', 400),
    "UTF-16": ('{"rows": []}'.encode("utf-16"), 400),
    "NaN": (with_text("NaN"), 400),
    "Infinity": (with_text("-Infinity"), 400),
    "half of a surrogate pair": (with_text('"\\ud800"'), 400),
    "nought": (with_text('"\\u0000"'), 400),
    "nought after a backslash": (with_text('"\\\\\\u0000"'), 400),
    "the letters of nought": (with_text('"\\\\u0000"'), 422),
    "a name twice": (b'{"rows": [], "rows": []}', 400),
    "a column twice": (b'{"rows": [{"reference": "A", "reference": "B"}]}', 400),
    "deep": (b'{"rows": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
    "a little too deep": (b'{"rows": [{"creditor": ' + b"[" * 30 + b"]" * 30 + b"}]}", 400),
    "a long number": (with_text("1" * 5000), 400),
    "a list": (b"[]", 422),
    "a text": (b'"rows"', 422),
    "null": (b"null", 422),
    "no rows": (b"{}", 422),
    "rows that are none": (b'{"rows": {"0": {}}}', 422),
    "other names": (b'{"rows": [], "id": 1}', 422),
    "rows of lists": (b'{"rows": [[1, 2]]}', 422),
    "too many rows": (json.dumps({"rows": [{}] * 5001}).encode(), 422),
    "very long": (with_text('"' + "x" * 1_000_000 + '"'), 422),
}


@pytest.fixture
def debts(sqlite_desk):
    """Somebody who records debts, and a look at whether anything was saved."""
    sqlite_desk.sender_of("debts")
    before = sqlite_desk.field.everything()
    yield sqlite_desk
    assert sqlite_desk.field.everything() == before


def told(answer, status: int) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["detail"].endswith("."), "a sentence"
    return answer.json


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
_SHALLOW = _LEAVES | st.lists(_LEAVES, max_size=4) | st.dictionaries(st.text(max_size=10), _LEAVES, max_size=4)
_JSON = _SHALLOW | st.lists(_SHALLOW, max_size=4) | st.dictionaries(st.text(max_size=10), _SHALLOW, max_size=4)


class TestJson:
    def test_a_body_that_is_none_is_refused(self, debts):
        for name, (body, status) in BODIES.items():
            answer = debts.post(DEBTS, data=body, content_type="application/json")
            assert answer.status_code == status, f"{name}: {answer.text}"
            told(answer, status)

    def test_a_name_that_stands_twice_is_named(self, debts):
        answer = debts.post(DEBTS, data=BODIES["a name twice"][0], content_type="application/json")
        assert "'rows' stands twice" in told(answer, 400)["detail"]

    def test_a_name_that_stands_twice_is_found_at_once_among_many(self, debts):
        names = ",".join(f'"{number}":0' for number in range(300_000))
        began = time.perf_counter()
        answer = debts.post(DEBTS, data=f'{{{names},"twice":0,"twice":0}}', content_type="application/json")
        assert "'twice' stands twice" in told(answer, 400)["detail"]
        assert time.perf_counter() - began < 5

    def test_more_than_is_read_at_once_is_too_large(self, debts):
        body = b'{"rows": [' + b" " * UPLOAD_BYTES_MAX + b"]}"
        told(debts.post(DEBTS, data=body, content_type="application/json"), 413)
        told(debts.post(DEBTS, data=body * 2, content_type="application/json"), 413)

    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(_JSON)
    def test_any_json_is_answered(self, debts, value):
        for body in (value, {"rows": value}, {"rows": [value]}, {"rows": [GOOD | {"creditor": value}]}):
            sent = json.dumps(body).encode()
            answer = debts.post(DEBTS + "?preview=true", data=sent, content_type="application/json")
            assert answer.status_code in {200, 400, 422}, answer.text


class TestFiles:
    @pytest.mark.parametrize("kind", [CSV, XLSX])
    @pytest.mark.parametrize(
        "content",
        [
            b"", b"\n\n", b"\x00", b"\xff\xfe", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b'a,"b\n', b"reference\n\xff", b"{}",
            b"x" * 200_000, b"reference," * 20_000,
        ],
    )  # fmt: skip
    def test_what_is_no_table_is_refused(self, debts, kind, content):
        problem = told(debts.post(DEBTS, data=content, content_type=kind), 422)
        assert problem["errors"][0]["line"] >= 1

    def test_a_broken_or_swollen_spreadsheet_is_refused(self, debts, tmp_path):
        good = write_cells(tmp_path / "sheet.xlsx", [list(GOOD), list(GOOD.values())]).read_bytes()
        swollen = io.BytesIO(good)
        with zipfile.ZipFile(swollen, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/media/blank.bin", bytes(60_000_000))
        far = write_cells(tmp_path / "far.xlsx", [["reference"], *([[]] * 9), ["x"] * 300]).read_bytes()
        for content in (good[:-200], good[: len(good) // 2], swollen.getvalue(), far):
            problem = told(debts.post(DEBTS, data=content, content_type=XLSX), 422)
            assert problem["errors"][0]["code"] in {"broken_xlsx", "too_large"}

    def test_more_rows_than_are_taken_at_once_are_refused(self, debts):
        lines = "on,base,quote,rate,source\n" + "2024-03-01,MMK,THB,1,x\n" * 5001
        debts.be(Role.OPERATOR)
        before = debts.field.everything()
        problem = told(debts.post("/api/v1/rates", data=lines.encode(), content_type=CSV), 422)
        assert problem["errors"][0]["code"] == "too_many_rows"
        assert debts.field.everything()["exchange_rates"] == before["exchange_rates"]
        with debts.field.database.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM people WHERE organisation_id IS NULL")


class TestRequests:
    @pytest.mark.parametrize(
        "content_type",
        [
            "",
            "text/plain",
            "application/xml",
            "multipart/form-data",
            "application/x-www-form-urlencoded",
            "text/csv; charset=cp1252",
        ],
    )
    def test_another_type_of_content_is_refused(self, debts, content_type):
        told(debts.post(DEBTS, data=b"reference\nA\n", content_type=content_type), 415)

    @pytest.mark.parametrize(
        "query", ["preview=yes", "preview=1", "preview=", "preview=true&id=1", "by=CSO-2", "dry_run=true"]
    )
    def test_a_parameter_that_is_none_is_refused(self, debts, query):
        problem = told(debts.post(f"{DEBTS}?{query}", json={"rows": [GOOD]}), 422)
        assert problem["errors"][0]["parameter"] in query

    def test_a_character_nought_in_the_address_is_refused(self, debts):
        told(debts.post(f"{DEBTS}?preview=%00", json={"rows": []}), 400)
        told(debts.app.test_client().get("/api/v1/demand-letters?after=%00"), 400)

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
    def test_another_method_is_refused(self, debts, method):
        answer = debts.app.test_client().open("/api/v1/debts", method=method)
        told(answer, 405)
        assert "POST" in answer.headers["Allow"]
