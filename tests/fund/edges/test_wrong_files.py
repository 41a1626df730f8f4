"""Answers of banks that are wrong change nothing and say why; those that are right are taken once."""

from __future__ import annotations

import io

import pytest

from recruitment.banking.answers import AnswerKind
from recruitment.core import clock
from recruitment.fund import files
from recruitment.fund.errors import AnswerNotTaken
from recruitment.fund.files import kind_of, read_table
from recruitment.sheets.errors import FileRefused
from tests.fund.edges.conftest import HEADER, entry, row, statement, table, told

XML, CSV = "application/xml", "text/csv"
BOMB = (
    b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;'>"
    b"]><Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'>&c;</Document>"
)


def answered(desk, content: bytes, kind: str = XML, *, pot: str | None = "General", status: int = 201):
    of = f"?pot={desk.funded.pots[pot].reference}" if pot and kind != XML else ""
    return told(desk.ask(desk.funded.preparer, "POST", f"/bank-answers{of}", data=content, content_type=kind), status)


def test_a_statement_settles_what_it_names_and_is_taken_once(desk):
    plan, (first, second) = desk.sent(1000_00, 500_00)
    content = statement(
        entry("N-1", "1000.00", first.reference),
        entry("N-2", "500.00", second.reference, "CRDT", "AC04"),
        closing="999500.00",
    )
    (read,) = answered(desk, content)["bank_answers"]
    assert (read["kind"], read["outcomes"]) == ("camt053", {"matched": 1, "returned": 1})
    assert desk.states(plan) == {"settled": 1, "returned": 1}
    before = desk.everything()
    assert answered(desk, content, status=409)["type"].endswith("fund.answer_read_before")
    assert desk.everything() == before
    # The bank sends a longer statement that begins with the same lines: only what is new in it counts.
    longer = statement(
        entry("N-1", "1000.00", first.reference), entry("N-2", "500.00", second.reference, "CRDT", "AC04"),
        entry("N-3", "7.00", None, "CRDT"), closing="999507.00", name="STMT-2",
    )  # fmt: skip
    (read,) = answered(desk, longer)["bank_answers"]
    assert (read["known_before"], read["outcomes"]) == (2, {"unknown": 1})
    assert desk.states(plan) == {"settled": 1, "returned": 1}


def test_statements_that_are_wrong_change_nothing_and_say_why(desk):
    _, (payment,) = desk.sent(1000_00)
    right = statement(entry("N-1", "1000.00", payment.reference), closing="999000.00")
    before = desk.everything()
    wrong = (
        (right[: len(right) // 2], "banking.answer_unreadable", "line"),
        (BOMB, "banking.answer_unreadable", "DOCTYPE"),
        (right.replace(b"camt.053.001.08", b"camt.054.001.08"), "banking.answer_of_other_kind", "camt.053"),
        (right.replace(b"999000.00", b"999000.01"), "banking.statement_unbalanced", "0.01"),
        (right.replace(b"Ccy='THB'>1000.00", b"Ccy='USD'>1000.00"), "banking.answer_unfit", "USD"),
        (right.replace(b">1000.00<", b">1000.005<"), "banking.answer_unfit", "1000.005"),
        (statement(entry("N-1", "1.00", None, "CRDT"), closing="1000001.00", account="999"), "fund.answer_not_taken", "no pot"),
        (b"<html><body>Sign in to your bank</body></html>", "banking.answer_of_other_kind", "html"),
        (b"", "fund.answer_not_taken", "empty"),
    )  # fmt: skip
    for content, code, why in wrong:
        answer = answered(desk, content, status=422)
        assert answer["type"].endswith(code), (answer, content[:40])
        assert why.casefold() in answer["detail"].casefold(), answer
        assert desk.everything() == before, code


def test_tables_that_are_wrong_tell_every_line_and_column(desk):
    plan, (payment,) = desk.sent(1000_00)
    before = desk.everything()
    wrong = (
        (table(row(payment, status="sent")), [(2, "status", "unknown_status")]),
        (table(row(payment, amount="-5")), [(2, "amount", "negative_amount")]),
        (table(row(payment, amount="0")), [(2, "amount", "amount_is_nothing")]),
        (table(row(payment, currency="ABC"), row(payment, amount="1.234")),
         [(2, "currency", "unknown_currency"), (3, "amount", "too_many_decimals")]),
        (table(row(payment), row(payment)), [(3, "entry_reference", "repeated_entry")]),
        (table(row(payment, booked_on="2999-01-01")), [(2, "booked_on", "future_date")]),
        (table(), [(1, None, "no_rows")]),
        (b"entry,amount\nE-1,5\n", None),
        (table(row(payment)).replace(b"E-1", b"E-\xff"), [(2, None, "not_utf8")]),
        (table(row(payment) + ',"'), [(2, None, "broken_csv")]),
    )  # fmt: skip
    for content, found in wrong:
        answer = answered(desk, content, CSV, status=422)
        assert answer["type"].endswith("sheets.file_refused"), answer
        told_errors = [(each.get("line"), each.get("column"), each["code"]) for each in answer["errors"]]
        assert found is None or told_errors == found, (told_errors, content)
        assert all(each["detail"].endswith((".", "?")) for each in answer["errors"])
        assert desk.everything() == before
    assert answered(desk, table(row(payment)), CSV, pot=None, status=422)["type"].endswith("fund.answer_not_taken")
    assert answered(desk, b"a,b", "application/json", status=415)
    assert desk.everything() == before
    assert desk.states(plan) == {"sent": 1}


def test_lines_that_do_not_fit_a_payment_move_none_and_wait_in_suspense(desk):
    plan, (first, second) = desk.sent(1000_00, 500_00)
    other = desk.locked(300_00)
    (locked,) = desk.funded.payments(other)
    lines = table(
        row(first, "E-1", amount="999.99"), row(second, "E-2", end_to_end=first.reference), row(locked, "E-3"),
        row(second, "E-4", end_to_end="PY-0000-0000-00"), row(first, "E-5", end_to_end=""),
    )  # fmt: skip
    (read,) = answered(desk, lines, CSV)["bank_answers"]
    assert desk.states(plan) == {"sent": 2}
    assert desk.states(other) == {"reserved": 1}
    assert sum(read["outcomes"].values()) == 5
    assert "matched" not in read["outcomes"]
    waiting = desk.read(desk.funded.approver, "/suspense")["lines"]
    assert len(waiting) == 5
    assert {each["next_step"] for each in waiting} <= {"ask_the_bank", "ask_the_bank_back", "explain"}


def test_a_table_in_another_currency_than_the_payment_moves_nothing(sqlite_desk):
    plan, (payment,) = sqlite_desk.sent(1000_00)
    answered(sqlite_desk, table(row(payment, currency="USD")), CSV)
    assert sqlite_desk.states(plan) == {"sent": 1}
    (line,) = sqlite_desk.read(sqlite_desk.funded.approver, "/suspense")["lines"]
    assert (line["detail"], line["next_step"]) == ("wrong_currency", "ask_the_bank")


def test_a_file_in_a_form_is_taken_like_one_in_the_body(sqlite_desk):
    desk = sqlite_desk
    plan, (payment,) = desk.sent(1000_00)
    path = f"/bank-answers?pot={desk.funded.pots['General'].reference}"
    sent = {"file": (io.BytesIO(table(row(payment))), "answer.csv")}
    two = {"file": [(io.BytesIO(b"a"), "a.csv"), (io.BytesIO(b"b"), "b.csv")]}
    refused = desk.ask(desk.funded.preparer, "POST", path, data=two, content_type="multipart/form-data")
    assert told(refused, 422)["type"].endswith("fund.answer_not_taken")
    told(desk.ask(desk.funded.preparer, "POST", path, data=sent, content_type="multipart/form-data"), 201)
    assert desk.states(plan) == {"settled": 1}


class TestATable:
    def test_is_one_answer_for_each_currency(self):
        content = table("E-1,PY-1,paid,5.00,THB,2026-01-05,", "E-2,PY-2,failed,7,MMK,2026-01-06,AC01")
        kyat, baht = read_table(content, "1", clock.today())
        assert (kyat.currency, baht.currency) == ("MMK", "THB")
        (line,) = kyat.lines
        assert (line.amount_minor, line.status.value, line.direction.value, line.reason) == (
            700,
            "failed",
            "credit",
            "AC01",
        )
        assert (baht.lines[0].status.value, baht.lines[0].direction.value) == ("booked", "debit")
        assert baht.statement_id == kyat.statement_id

    def test_holds_no_more_rows_than_can_be(self, monkeypatch):
        monkeypatch.setattr(files, "ROWS_MAX", 3)
        rows = "\n".join([HEADER, *(f"E-{number},,paid,1,THB,2026-01-05," for number in range(4))])
        with pytest.raises(FileRefused) as refused:
            read_table(rows.encode(), "1", clock.today())
        assert refused.value.problems[0].code == "too_many_rows"

    def test_is_told_from_xml_by_its_first_sign(self):
        assert kind_of(b"\xef\xbb\xbf\n <x/>") is AnswerKind.CAMT053
        assert kind_of(b"entry_reference") is AnswerKind.CSV
        with pytest.raises(AnswerNotTaken):
            kind_of(b"  \n")
