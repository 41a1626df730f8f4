"""Files that are broken or meant to harm: each is refused at once, in words that tell where and what to do."""

from __future__ import annotations

import io
import socket
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.banking.errors import (
    AnswerOfOtherKind,
    AnswerTooLarge,
    AnswerUnfit,
    AnswerUnreadable,
    StatementUnbalanced,
)
from recruitment.banking.statements import ANSWER_BYTES_MAX, parsing, read_camt053
from recruitment.core.errors import InvalidInput, RecruitmentError
from tests.banking.statements import document, entry, payment, statement

SOON = 20.0
"""Seconds: many times what any of these takes, on a machine that has other things to do."""

_LAUGHS = "".join(f'<!ENTITY l{each} "{f"&l{each - 1};" * 10}">' for each in range(1, 10))
_BODY = document(prolog="").decode()


@pytest.fixture(autouse=True)
def _soon_and_alone(monkeypatch):
    """Let every refusal come soon, and nothing be fetched."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a statement must not make us call anybody")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    began = time.perf_counter()
    yield
    assert time.perf_counter() - began < SOON


class TestEntities:
    BOMBS = {
        "laughs": f'<!DOCTYPE Document [<!ENTITY l0 "ha">{_LAUGHS}]>' + _BODY.replace("Transfer", "&l9;"),
        "laughs in an attribute": f'<!DOCTYPE Document [<!ENTITY l0 "ha">{_LAUGHS}]>'
        + _BODY.replace('Ccy="THB"', 'Ccy="&l9;"'),
        "quadratic": f'<!DOCTYPE Document [<!ENTITY a "{"a" * 100_000}">]>' + _BODY.replace("Transfer", "&a;" * 10_000),
        "a file": '<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + _BODY.replace("Transfer", "&x;"),
        "an address": '<!DOCTYPE Document [<!ENTITY x SYSTEM "http://192.0.2.1/">]>' + _BODY.replace("Transfer", "&x;"),
        "a parameter": '<!DOCTYPE Document [<!ENTITY % x SYSTEM "http://192.0.2.1/x.dtd"> %x;]>' + _BODY,
        "a DTD elsewhere": '<!DOCTYPE Document SYSTEM "http://192.0.2.1/x.dtd">' + _BODY,
        "a harmless DOCTYPE": "<!DOCTYPE Document>" + _BODY,
    }

    @pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_are_refused_with_the_doctype(self, bomb, encoding):
        with pytest.raises(AnswerUnreadable, match="Line 1: the file has a DOCTYPE") as caught:
            read_camt053(bomb.encode(encoding))
        assert caught.value.facts["line"] == 1

    def test_that_are_not_declared_are_no_xml(self):
        with pytest.raises(AnswerUnreadable, match="undefined entity"):
            read_camt053(_BODY.replace("Transfer", "&x;").encode())

    def test_an_inclusion_is_an_element_that_we_do_not_know(self):
        include = '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
        (answer,) = read_camt053(_BODY.replace("Transfer", include).encode())
        assert answer.lines[0].text == "Debt relief"

    def test_the_same_file_without_a_doctype_is_read(self):
        assert read_camt053(_BODY.encode())


class TestAFileThatWasCutOff:
    WHOLE = document(
        statement(
            entry("3000.00", payment("PM-1")),
            entry("500.00", payment("PM-2", "400.00"), payment("PM-3", "100.00"), reference="BK-2"),
        )
    )

    def test_is_refused_wherever_it_ends(self):
        for end in range(0, len(self.WHOLE) - 1, 100):
            with pytest.raises(AnswerUnreadable, match="was cut off") as caught:
                read_camt053(self.WHOLE[:end])
            assert {"line", "column"} <= caught.value.facts.keys()
            with pytest.raises(AnswerUnreadable, match="was cut off"):
                read_camt053(io.BytesIO(self.WHOLE[:end]))

    def test_is_refused_at_each_of_its_last_bytes(self):
        end = len(self.WHOLE.rstrip())
        for each in range(end - 40, end):
            with pytest.raises(AnswerUnreadable):
                read_camt053(self.WHOLE[:each])
        assert read_camt053(self.WHOLE[:end])

    def test_is_refused_when_an_entry_was_taken_out_of_it(self):
        text = self.WHOLE.decode()
        begins, ends = text.index("<Ntry>"), text.index("</Ntry>") + len("</Ntry>")
        with pytest.raises(StatementUnbalanced, match="difference is -3000.00 THB"):
            read_camt053((text[:begins] + text[ends:]).encode())

    def test_is_refused_when_a_payment_was_taken_out_of_a_batch(self):
        text = self.WHOLE.decode()
        begins, ends = text.rindex("<TxDtls>"), text.rindex("</TxDtls>") + len("</TxDtls>")
        with pytest.raises(AnswerUnfit, match="no charges explain"):
            read_camt053((text[:begins] + text[ends:]).encode())


class TestAnotherKindOfFile:
    @pytest.mark.parametrize(
        ("name", "found"),
        [
            ("camt.053.001.04", "camt.053.001.04"),
            ("camt.054.001.08", "camt.054.001.08"),
            ("pain.001.001.09", "pain.001.001.09"),
        ],
    )
    def test_is_named(self, name, found):
        with pytest.raises(AnswerOfOtherKind, match=f"{found}.*camt.053.001.02 or camt.053.001.08"):
            read_camt053(document(version=name))

    @pytest.mark.parametrize("text", ["<Document/>", '<html xmlns="http://www.w3.org/1999/xhtml"/>', "<a><b/></a>"])
    def test_is_refused_by_its_first_element(self, text):
        with pytest.raises(AnswerOfOtherKind, match="Ask the bank"):
            read_camt053(text.encode())

    @pytest.mark.parametrize(
        "content",
        [
            b"number;amount\n1;2\n",
            b"PK\x03\x04" + bytes(100),
            b"%PDF-1.7",
            bytes(1000),
            b"{}",
            b"\xff\xfe",
            b"\xef\xbb\xbf",
        ],
    )
    def test_that_is_no_xml_is_refused(self, content):
        with pytest.raises(AnswerUnreadable, match="Fetch it from the bank anew"):
            read_camt053(content)

    @pytest.mark.parametrize("encoding", ["no-such", "zlib_codec", "idna", "shift_jis", "punycode"])
    def test_in_an_encoding_that_is_not_known_is_refused(self, encoding):
        with pytest.raises(AnswerUnreadable):
            read_camt053(document(prolog=f'<?xml version="1.0" encoding="{encoding}"?>'))

    def test_elements_of_another_namespace_do_not_count(self):
        text = _BODY.replace("</Ntry>", '</Ntry><Ntry xmlns="urn:other"><Amt Ccy="THB">1.00</Amt></Ntry>')
        assert len(read_camt053(text.encode())[0].lines) == 1


class TestTooMuch:
    def test_bytes(self):
        with pytest.raises(AnswerTooLarge, match="longer than 20 MB"):
            read_camt053(b" " * (ANSWER_BYTES_MAX + 1))

    def test_bytes_of_a_stream_that_never_ends(self):
        class Endless(io.RawIOBase):
            given = 0

            def read(self, size: int = -1) -> bytes:
                self.given += size
                return b" " * size

        stream = Endless()
        with pytest.raises(AnswerTooLarge):
            read_camt053(stream)
        assert stream.given <= ANSWER_BYTES_MAX + (1 << 20)

    def test_text_of_what_we_keep(self):
        huge = "x" * (ANSWER_BYTES_MAX - 100_000)
        with pytest.raises(AnswerUnfit, match="AddtlNtryInf has more than 4000 characters"):
            read_camt053(_BODY.replace("Transfer", huge).encode())

    def test_text_of_what_we_do_not_keep_is_let_go(self):
        huge = "x" * (ANSWER_BYTES_MAX - 100_000)
        assert read_camt053(_BODY.replace("Ma Nobody", huge).encode())
        assert read_camt053(io.BytesIO(_BODY.replace("Ma Nobody", huge).encode()))

    @pytest.mark.parametrize("size", [3_000_000, pytest.param(ANSWER_BYTES_MAX - 100_000, marks=pytest.mark.slow)])
    def test_one_attribute_or_a_comment_as_long_as_the_file(self, size):
        huge = "x" * size
        assert read_camt053(io.BytesIO(_BODY.replace("<Stmt>", f"<!--{huge}--><Stmt>").encode()))
        with pytest.raises(AnswerUnfit):
            read_camt053(io.BytesIO(_BODY.replace('Ccy="THB"', f'Ccy="{huge}"').encode()))

    def test_attributes(self):
        many = " ".join(f'a{each}=""' for each in range(100_000))
        assert read_camt053(_BODY.replace("<Nm>", f"<Nm {many}>").encode())

    @pytest.mark.parametrize("name", ["Unknown", "TxDtls"])
    def test_depth(self, name):
        deep = f"<{name}>" * 100_000 + f"</{name}>" * 100_000
        with pytest.raises(AnswerUnreadable, match="deeper ones"):
            read_camt053(_BODY.replace("Transfer", deep).encode())

    @pytest.mark.parametrize("name", ["a", "Amt", "Chrgs", "NtryDtls", "TxDtls"])
    def test_elements(self, name, monkeypatch):
        monkeypatch.setattr(parsing, "ELEMENTS_MAX", 2_000)
        text = _BODY.replace("</Ntry>", f"<{name}/>" * 2_000 + "</Ntry>")
        with pytest.raises(AnswerUnreadable, match="more elements"):
            read_camt053(text.encode())

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["a", "Amt", "Chrgs", "NtryDtls", "TxDtls"])
    def test_elements_as_many_as_a_file_has_room_for(self, name):
        text = _BODY.replace("</Ntry>", f"<{name}/>" * (ANSWER_BYTES_MAX // (len(name) + 4)) + "</Ntry>")
        with pytest.raises(AnswerUnreadable, match="more elements"):
            read_camt053(text.encode()[:ANSWER_BYTES_MAX])

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["Chrgs", "NtryDtls", "AddtlNtryInf"])
    def test_children_that_each_payment_would_be_looked_up_among(self, name):
        payments = [payment(f"PM-{each}", "0.10") for each in range(5_000)]
        made = entry("500.00", *payments).replace("<NtryDtls>", f"{f'<{name}/>' * 200_000}<NtryDtls>")
        (answer,) = read_camt053(document(statement(made, closing="9500.00")))
        assert len(answer.lines) == (1 if name == "NtryDtls" else 5_000)

    def test_references_that_are_all_the_same(self):
        made = statement(*[entry("0.00", reference="BK")] * 2_000, opening="1.00", closing="1.00")
        (answer,) = read_camt053(document(made))
        assert len({line.entry_reference for line in answer.lines}) == 2_000

    @pytest.mark.slow
    def test_the_tree_of_a_long_statement_is_never_kept(self):
        def peak(entries: int) -> int:
            made = document(statement(*[entry("0.00", payment())] * entries, closing="10000.00"))
            tracemalloc.start()
            assert len(read_camt053(made)[0].lines) == entries
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return most

        # Ten times as many entries: the lines stay, about 500 bytes each; their elements are some 5,000 bytes each.
        assert peak(5_000) - peak(500) < 4_500 * 1_000


class TestEveryRefusal:
    def test_is_one_that_the_web_answers_as_wrong_input(self):
        for kind in (AnswerOfOtherKind, AnswerTooLarge, AnswerUnfit, AnswerUnreadable, StatementUnbalanced):
            assert issubclass(kind, InvalidInput)

    def test_shows_little_of_what_the_file_says(self):
        text = _BODY.replace(">BOOK<", f">{'x' * 3_000}<")
        with pytest.raises(AnswerUnfit) as caught:
            read_camt053(text.encode())
        assert len(caught.value.detail) < 300


class TestWhatHoldsItBack:
    """Negative controls: without the guard the same file does what it was made for."""

    def test_without_the_refusal_an_entity_is_put_in(self, monkeypatch):
        bomb = '<!DOCTYPE Document [<!ENTITY x "from elsewhere">]>' + _BODY.replace("Transfer", "&x;")
        with pytest.raises(AnswerUnreadable):
            read_camt053(bomb.encode())
        monkeypatch.setattr(parsing._Reader, "_refuse_doctype", lambda *_: None)
        assert read_camt053(bomb.encode())[0].lines[0].text == "Debt relief from elsewhere"

    def test_without_the_limit_of_text_it_is_all_kept(self, monkeypatch):
        long = _BODY.replace("PM-1", "x" * 5_000).encode()
        with pytest.raises(AnswerUnfit, match="more than 4000"):
            read_camt053(long)
        monkeypatch.setattr(parsing, "TEXT_MAX", 10_000)
        with pytest.raises(AnswerUnfit, match="5000 characters"):
            read_camt053(long)


@given(st.data())
def test_a_file_with_any_bytes_changed_is_refused_or_still_adds_up(data):
    whole = bytearray(TestAFileThatWasCutOff.WHOLE)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    try:
        answers = read_camt053(bytes(whole))
    except RecruitmentError:
        return
    for answer in answers:
        assert answer.opening_minor is not None
        assert answer.opening_minor + sum(line.signed_minor for line in answer.lines) == answer.closing_minor
