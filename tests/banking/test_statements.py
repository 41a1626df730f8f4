"""Statements of account: every payment in them is found, and a statement that does not add up is refused."""

from __future__ import annotations

import io
import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyiso20022.camt import camt_053_001_08
from xsdata.formats.dataclass.parsers import XmlParser

from recruitment.banking.answers import AnswerKind, Direction, LineStatus
from recruitment.banking.errors import AnswerUnfit, StatementUnbalanced
from recruitment.banking.statements import read_camt053
from recruitment.core.money import to_text
from tests.banking.statements import V02, balance, document, entry, payment, statement


def _lines(*entries: str, closing: str = "6500.00", **changes):
    (answer,) = read_camt053(document(statement(*entries, closing=closing, **changes)))
    return answer.lines


class TestAPaymentThatArrived:
    def test_is_a_line_with_our_reference_and_the_banks(self):
        (answer,) = read_camt053(document())
        (line,) = answer.lines
        assert (answer.kind, answer.account, answer.currency) == (AnswerKind.CAMT053, "1112223334", "THB")
        assert (answer.opening_minor, answer.closing_minor) == (1_000_000, 650_000)
        assert answer.created_at == datetime(2026, 11, 23, 16, 59, 59, tzinfo=UTC)
        assert (line.number, line.end_to_end, line.entry_reference) == (1, "PM-1", "BK-1")
        assert (line.direction, line.amount_minor, line.currency) == (Direction.DEBIT, 350_000, "THB")
        assert (line.status, line.reason, line.booked_on) == (LineStatus.BOOKED, None, date(2026, 11, 23))
        assert line.text == "Debt relief Transfer"

    def test_is_read_of_version_02_too(self):
        made = statement(entry("3500.00", payment("PM-1"), version=V02))
        assert read_camt053(document(made, version=V02)) == read_camt053(document())

    def test_is_read_from_a_stream_and_in_other_encodings(self):
        text = document().decode()
        assert read_camt053(io.BytesIO(text.encode())) == read_camt053(document())
        assert read_camt053(text.replace("UTF-8", "UTF-16").encode("utf-16")) == read_camt053(document())

    def test_has_no_reference_of_ours_when_the_bank_has_none(self):
        assert _lines(entry("3500.00", payment("NOTPROVIDED")))[0].end_to_end is None
        assert _lines(entry("3500.00", payment(None)))[0].end_to_end is None
        assert _lines(entry("3500.00", reference=None))[0].entry_reference == "entry 1"

    def test_has_its_amount_from_the_entry_when_it_was_ordered_in_another_currency(self):
        ordered = payment(extra='<AmtDtls><TxAmt><Amt Ccy="USD">100.00</Amt></TxAmt></AmtDtls>')
        assert _lines(entry("3500.00", ordered))[0].amount_minor == 350_000
        assert _lines(entry("3500.00", payment(paid="100.00", currency="USD")))[0].amount_minor == 350_000

    @pytest.mark.parametrize(
        ("day", "read"),
        [
            ("<Dt>2026-11-21+07:00</Dt>", date(2026, 11, 21)),
            ("<DtTm>2026-11-21T00:30:00+07:00</DtTm>", date(2026, 11, 21)),
            ("", date(2026, 11, 23)),
        ],
    )
    def test_has_the_day_as_the_bank_writes_it(self, day, read):
        assert _lines(entry("3500.00", payment(), day=day))[0].booked_on == read


class TestAPaymentThatCameBack:
    def test_is_returned_with_its_reason(self):
        (line,) = _lines(entry("3500.00", payment(returned="AC04"), mark="CRDT"), closing="13500.00")
        assert (line.status, line.reason, line.direction) == (LineStatus.RETURNED, "AC04", Direction.CREDIT)
        assert line.text == "Debt relief came back Transfer"

    def test_is_returned_by_the_code_of_the_transaction_alone(self):
        (line,) = _lines(entry("3500.00", payment(), mark="CRDT", code="RRTN", reversal=True), closing="13500.00")
        assert (line.status, line.reason) == (LineStatus.RETURNED, None)

    def test_failed_when_the_bank_undid_its_own_booking(self):
        (line,) = _lines(entry("3500.00", payment(), mark="CRDT", reversal=True), closing="13500.00")
        assert (line.status, line.direction) == (LineStatus.FAILED, Direction.CREDIT)

    @pytest.mark.parametrize("status", ["PDNG", "INFO", "FUTR"])
    def test_counts_in_no_balance_while_it_is_pending(self, status):
        (line,) = _lines(entry("3500.00", payment(), status=status), closing="10000.00")
        assert (line.status, line.amount_minor, line.signed_minor) == (LineStatus.PENDING, 350_000, 0)


class TestABatch:
    BATCH = "<Btch><PmtInfId>PL-1</PmtInfId><NbOfTxs>2</NbOfTxs></Btch>"

    def test_gives_a_line_for_each_payment(self):
        first, second = _lines(
            entry("3500.00", payment("PM-1", "3000.00"), payment("PM-2", "500.00", own="BK-X"), batch=self.BATCH)
        )
        assert (first.end_to_end, first.amount_minor, first.entry_reference) == ("PM-1", 300_000, "BK-1/1")
        assert (second.end_to_end, second.amount_minor, second.entry_reference) == ("PM-2", 50_000, "BK-X")
        assert {first.batch_reference, second.batch_reference} == {"PL-1"}

    def test_may_hold_a_payment_that_came_back(self):
        first, second = _lines(
            entry("2500.00", payment("PM-1", "3000.00"), payment("PM-2", "500.00", mark="CRDT", returned="AC01")),
            closing="7500.00",
        )
        assert (first.status, first.direction) == (LineStatus.BOOKED, Direction.DEBIT)
        assert (second.status, second.direction, second.reason) == (LineStatus.RETURNED, Direction.CREDIT, "AC01")

    def test_is_one_line_when_it_tells_no_amounts(self):
        for payments in ((), (payment("PM-1"), payment("PM-2"))):
            (line,) = _lines(entry("3500.00", *payments, batch=self.BATCH))
            assert (line.end_to_end, line.batch_reference, line.batch_count) == (None, "PL-1", 2)
            assert line.amount_minor == 350_000

    def test_has_a_line_for_charges_that_make_the_difference(self):
        charges = "<Chrgs><TtlChrgsAndTaxAmt Ccy='THB'>20.00</TtlChrgsAndTaxAmt></Chrgs>"
        for told in (charges, "<Chrgs><Rcrd><Amt Ccy='THB'>20.00</Amt></Rcrd></Chrgs>"):
            paid, taken = _lines(entry("3520.00", payment(paid="3500.00"), charges=told), closing="6480.00")
            assert (paid.amount_minor, paid.end_to_end) == (350_000, "PM-1")
            assert (taken.amount_minor, taken.direction, taken.end_to_end) == (2_000, Direction.DEBIT, None)
            assert taken.entry_reference == "BK-1/charges"

    def test_charges_of_what_came_back_did_not_come_back(self):
        charges = "<Chrgs><TtlChrgsAndTaxAmt Ccy='THB'>20.00</TtlChrgsAndTaxAmt></Chrgs>"
        made = entry("3480.00", payment(paid="3500.00", returned="AC04"), mark="CRDT", code="RRTN", charges=charges)
        back, taken = _lines(made, closing="13480.00")
        assert (back.status, back.amount_minor) == (LineStatus.RETURNED, 350_000)
        assert (taken.status, taken.direction, taken.amount_minor) == (LineStatus.BOOKED, Direction.DEBIT, 2_000)

    def test_is_refused_when_its_payments_do_not_come_to_it(self):
        with pytest.raises(AnswerUnfit, match="no charges explain") as caught:
            _lines(entry("3500.00", payment("PM-1", "3000.00"), payment("PM-2", "499.99")))
        assert caught.value.facts["difference"] == "-0.01"

    def test_references_that_the_bank_repeats_are_told_apart(self):
        made = [entry("1000.00", payment(), reference="BK"), entry("1000.00", reference="BK#2")] + [
            entry("750.00", reference="BK")
        ] * 2
        assert [line.entry_reference for line in _lines(*made)] == ["BK", "BK#2", "BK#3", "BK#4"]


class TestAFileWithSeveralStatements:
    def test_has_an_answer_for_each_account_and_currency(self):
        kyat = entry("50000.00", payment("PM-9"), currency="MMK")
        dinar = entry("1.500", payment("PM-8"), currency="KWD", mark="CRDT")
        yen = entry("1500", payment("PM-7"), currency="JPY")
        answers = read_camt053(
            document(
                statement(entry("3500.00", payment())),
                statement(kyat, currency="MMK", opening="60000.00", closing="10000.00", identity="ST-2"),
                statement(dinar, currency="KWD", opening="-1.000", closing="0.500", identity="ST-3"),
                statement(
                    yen, currency="JPY", opening="1500", closing="0", account="<IBAN>DE89370400440532013000</IBAN>"
                ),
            )
        )
        assert [(each.currency, each.opening_minor, each.closing_minor) for each in answers] == [
            ("THB", 1_000_000, 650_000),
            ("MMK", 6_000_000, 1_000_000),
            ("KWD", -1_000, 500),
            ("JPY", 1_500, 0),
        ]
        assert [each.lines[0].amount_minor for each in answers] == [350_000, 5_000_000, 1_500, 1_500]
        assert answers[3].account == "DE89370400440532013000"
        assert [each.lines[0].number for each in answers] == [1, 1, 1, 1]

    def test_counts_for_nothing_when_one_is_wrong(self):
        wrong = statement(entry("3500.00", payment()), closing="6500.01", identity="ST-2")
        with pytest.raises(StatementUnbalanced, match="ST-2"):
            read_camt053(document(statement(entry("3500.00", payment())), wrong))


class TestBalances:
    @pytest.mark.parametrize(
        "codes", [("OPBD", "CLBD"), ("PRCD", "CLBD"), ("OPBD", "ITBD"), ("ITBD", "CLBD"), ("ITBD", "ITBD")]
    )
    def test_of_whole_statements_and_of_pages_are_known(self, codes):
        told = balance(codes[0], "10000.00") + balance(codes[1], "6500.00") + balance("FWAV", "7.00")
        assert _lines(entry("3500.00", payment()), balances=told)

    def test_may_be_below_zero(self):
        assert _lines(entry("3500.00", payment()), opening="1000.00", closing="-2500.00")

    @pytest.mark.parametrize(
        ("told", "missing"),
        [
            (balance("CLBD", "6500.00"), "no opening balance"),
            (balance("OPBD", "6500.00"), "no closing balance"),
            (balance("CLAV", "6500.00"), "before the balances"),
        ],
    )
    def test_that_are_missing_are_asked_for(self, told, missing):
        with pytest.raises(AnswerUnfit, match=missing):
            _lines(entry("3500.00", payment()), balances=told)

    def test_that_do_not_add_up_are_refused_with_the_difference(self):
        with pytest.raises(StatementUnbalanced, match="The difference is 0.01 THB") as caught:
            _lines(entry("3500.00", payment()), closing="6500.01")
        assert caught.value.facts["opening"] == "10000.00"
        assert caught.value.facts["booked"] == "-3500.00"
        assert caught.value.facts["closing"] == "6500.01"


class TestValuesThatCannotBe:
    @pytest.mark.parametrize(
        ("good", "bad", "says"),
        [
            ('<Amt Ccy="THB">3500.00', '<Amt Ccy="MMK">3500.00', "an amount in MMK, on an account in THB"),
            ('<Amt Ccy="THB">3500.00', "<Amt>3500.00", "without a currency"),
            ("3500.00", "3500.005", "more decimals than THB"),
            ("3500.00", "-3500.00", "not an amount"),
            ("3500.00", "3,500.00", "not an amount"),
            ("3500.00", "1E3", "not an amount"),
            ("3500.00", "NaN", "not an amount"),
            ("3500.00", "٣٥٠٠", "not an amount"),
            ("3500.00", "9" * 17, "more than an account can hold"),
            ("<Ccy>THB</Ccy>", "<Ccy>BHT</Ccy>", "'BHT' is not a currency code"),
            ("<CdtDbtInd>DBIT", "<CdtDbtInd>DEBIT", "CRDT or DBIT"),
            ("<Sts><Cd>BOOK</Cd></Sts>", "", "is missing"),
            ("<Cd>BOOK</Cd>", "<Cd>DONE</Cd>", "its status is 'DONE'"),
            ("<Sts><Cd>BOOK", "<RvslInd>yes</RvslInd><Sts><Cd>BOOK", "true or false"),
            ("<Dt>2026-11-23</Dt></BookgDt>", "<Dt>23/11/2026</Dt></BookgDt>", "not a day"),
            ("<Dt>2026-11-23</Dt></BookgDt>", "<Dt>2026-02-30</Dt></BookgDt>", "not a day"),
            ("2026-11-24T01:02:03", "yesterday", "not a time"),
            ("2026-11-24T01:02:03", "0001-01-01T00:00:00+14:00", "outside of the calendar"),
            ("<EndToEndId>PM-1", f"<EndToEndId>{'x' * 141}", "141 characters"),
            ("<Id>ST-1</Id>", "", "has no Id"),
            ("<Id>ST-1</Id>", f"<Id>{'x' * 141}</Id>", "141 characters"),
            ("<Othr><Id>1112223334</Id></Othr>", "", "names no account"),
            ("<Dt><Dt>2026-11-22</Dt></Dt>", "", "no day"),
        ],
    )
    def test_are_refused_with_their_line(self, good, bad, says):
        text = document().decode()
        assert good in text
        with pytest.raises(AnswerUnfit, match=says) as caught:
            read_camt053(text.replace(good, bad, 1 if "3500" not in good else -1).encode())
        assert caught.value.facts["line"] == 2
        assert "Line 2" in caught.value.detail
        assert "Ask the bank" in caught.value.detail

    def test_a_file_without_a_statement(self):
        empty = document().decode().partition("<Stmt>")[0] + "</BkToCstmrStmt></Document>"
        with pytest.raises(AnswerUnfit, match="no statement"):
            read_camt053(empty.encode())

    def test_a_line_far_down_is_named(self):
        right = "\n" + entry("1.00", payment())
        made = statement(*[right] * 500, right.replace("1.00", "1.001"), *[right] * 10)
        with pytest.raises(AnswerUnfit, match="Line 503, Amt: 1.001 has more decimals"):
            read_camt053(document(made))


@st.composite
def _movements(draw: st.DrawFn):
    return draw(
        st.lists(
            st.tuples(
                st.sampled_from(["CRDT", "DBIT"]),
                st.lists(st.integers(0, 10**9), min_size=1, max_size=3),
                st.sampled_from(["BOOK", "PDNG"]),
                st.booleans(),
            ),
            max_size=6,
        )
    )


def _made_of(movements, opening: int, closing: int, currency: str) -> bytes:
    entries = [
        entry(
            to_text(sum(amounts), currency),
            *[
                payment(
                    f"PM-{place}-{number}", to_text(each, currency), currency=currency, returned=returned and "AC04"
                )
                for number, each in enumerate(amounts)
            ],
            mark=mark,
            status=status,
            currency=currency,
            reference=f"BK-{place}",
        )
        for place, (mark, amounts, status, returned) in enumerate(movements)
    ]
    ends = {"opening": to_text(opening, currency), "closing": to_text(closing, currency)}
    return document(statement(*entries, currency=currency, **ends))


@given(_movements(), st.integers(-(10**12), 10**12), st.sampled_from(["THB", "MMK", "JPY", "KWD"]), st.integers(-9, 9))
def test_any_statement_is_read_as_it_was_made_and_one_that_is_off_by_anything_is_refused(
    movements, opening, currency, off
):
    signs = {"CRDT": 1, "DBIT": -1}
    closing = opening + sum(signs[mark] * sum(each) for mark, each, status, _ in movements if status == "BOOK")
    (answer,) = read_camt053(_made_of(movements, opening, closing, currency))
    wanted = [
        (f"PM-{place}-{number}", signs[mark] * each if each else 0, status == "PDNG", returned)
        for place, (mark, amounts, status, returned) in enumerate(movements)
        for number, each in enumerate(amounts)
    ]
    read = [
        (
            line.end_to_end,
            line.amount_minor * (1 if line.direction is Direction.CREDIT else -1),
            line.status is LineStatus.PENDING,
            line.reason == "AC04",
        )
        for line in answer.lines
    ]
    assert read == wanted
    assert (answer.opening_minor, answer.closing_minor) == (opening, closing)
    assume(off)
    with pytest.raises(StatementUnbalanced):
        read_camt053(_made_of(movements, opening, closing + off, currency))


def test_what_the_tests_make_is_what_another_reader_reads():
    made = document(
        statement(
            entry("3500.00", payment("PM-1", "3000.00"), payment("PM-2", "500.00", own="X"), batch=TestABatch.BATCH),
            entry("10.00", payment("PM-3", returned="AC04"), mark="CRDT", reversal=True),
            closing="6510.00",
        )
    )
    (read,) = XmlParser().from_bytes(made, camt_053_001_08.Document).bk_to_cstmr_stmt.stmt
    (answer,) = read_camt053(made)
    payments = [each for entry_ in read.ntry for part in entry_.ntry_dtls for each in part.tx_dtls]
    assert [each.refs.end_to_end_id for each in payments] == [line.end_to_end for line in answer.lines]
    assert payments[2].rtr_inf.rsn.cd == answer.lines[2].reason
    assert read.ntry[1].rvsl_ind is True


@pytest.mark.slow
def test_ten_thousand_payments_are_read_in_seconds():
    batch = entry("10000.00", *[payment(f"PM-{number}", "1.00") for number in range(10_000)])
    single = [entry("1.00", payment(f"PM-{number}"), reference=f"B-{number}") for number in range(10_000)]
    made = document(statement(batch, *single, opening="20000.00", closing="0.00"))
    began = time.perf_counter()
    (answer,) = read_camt053(io.BytesIO(made))
    assert time.perf_counter() - began < 20
    assert len(answer.lines) == 20_000
