"""The worker's receipt: six languages looked at, drafts under a band, nobody named, and what is still to come to the unit."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.core.ids import new_id
from recruitment.fund.rules.machine import PaymentState
from recruitment.relief import queries
from recruitment.relief.errors import ThingUnknown
from recruitment.relief.exports.receipt import FILE_NAME, draw_receipt, receipt_of
from recruitment.relief.exports.words import Agreed, Given, head_of, sections_of
from recruitment.relief.queries.reads import (
    AgreementRead,
    CaseRead,
    InstalmentRead,
    OutsideRead,
    SignatureRead,
    Thing,
)
from recruitment.relief.rules.instruments import RULES
from recruitment.relief.rules.kinds import Instrument
from recruitment.relief.rules.machine import CaseState
from recruitment.relief.services.checking import PAYERS
from recruitment.typesetting import catalogue as catalogues
from recruitment.typesetting.catalogue import Catalogue, languages
from recruitment.typesetting.saying import keys_of_sections, spoken
from tests.relief.exports.contents import RECEIPT
from tests.typesetting.pictures import assert_golden, looks_alike, pages

GOLDEN = Path(__file__).parent / "golden"
TODAY = date(2026, 11, 22)
EMPTY = replace(RECEIPT, given=(), agreed=())


def _said(contents, language="en"):
    words = Catalogue.of(language)
    return {
        section.heading.key: [spoken(said, words, draft=True) for paragraph in section.paragraphs for said in paragraph]
        for section in sections_of(contents)
    }


@pytest.fixture
def nepali_reviewed(monkeypatch):
    """A world in which a speaker has reviewed every Nepali text."""
    draft = Catalogue.of("ne")
    reviewed = Catalogue("ne", dict(draft._texts), draft.keys())
    real = catalogues._catalogue
    monkeypatch.setattr(catalogues, "_catalogue", lambda language: reviewed if language == "ne" else real(language))


class TestPaper:
    @pytest.mark.parametrize("language", languages())
    def test_it_looks_as_it_was_looked_at(self, language):
        assert_golden(pages(draw_receipt(RECEIPT, language), 1.0)[0], GOLDEN / f"receipt-{language}.png")

    def test_a_draft_stands_under_a_band_on_every_page(self):
        many = replace(RECEIPT, given=RECEIPT.given * 4)
        found = pages(draw_receipt(many, "my"))
        assert len(found) > 1
        for page in found:
            for top in (3, page.height - 17):
                assert abs(page.crop((0, top, 150, top + 13)).getextrema()[1] - 228) < 12

    @pytest.mark.parametrize("language", ["my", "shn", "not a language"])
    def test_without_drafts_it_is_english_alone_and_says_why(self, language):
        pdf = draw_receipt(RECEIPT, language, draft=False)
        assert set(re.findall(rb"/BaseFont /[A-Z]+\+(\w+)-", pdf)) == {b"NotoSans"}
        assert not looks_alike(pages(pdf)[0], pages(draw_receipt(RECEIPT, "en"))[0])

    @pytest.mark.usefixtures("nepali_reviewed")
    @pytest.mark.parametrize("draft", [True, False])
    def test_reviewed_words_stand_there_without_a_band(self, draft):
        pdf = draw_receipt(RECEIPT, "ne", draft=draft)
        assert b"NotoSansDevanagari" in pdf
        assert pages(pdf)[0].crop((0, 0, 595, 20)).getextrema() == (255, 255)

    def test_the_same_contents_give_the_same_bytes(self):
        assert draw_receipt(RECEIPT, "km") == draw_receipt(replace(RECEIPT), "km")
        assert draw_receipt(RECEIPT, "km") != draw_receipt(replace(RECEIPT, reference="RL-7K2M9QX5"), "km")

    @pytest.mark.parametrize("name", ["ကိုမောင်မောင်", "%%EOF\nendobj", ") Tj /JS (x", "\u202egpj\x00", "W" * 300])
    def test_a_name_is_only_ever_ink(self, name):
        pdf = draw_receipt(replace(RECEIPT, name=name, organisation=name), "lo")
        assert pdf.count(b"%%EOF") == 1
        names = set(re.findall(rb"/[A-Za-z]+", re.sub(rb"stream\n.*?endstream", b"", pdf, flags=re.DOTALL)))
        assert not names & {b"/JS", b"/JavaScript", b"/OpenAction", b"/AA", b"/Launch", b"/URI"}

    def test_no_name_of_a_worker_stays_in_memory(self):
        from recruitment.typesetting import lines, paragraph

        known = (lines._shape_known, lines._set_known_lines, paragraph._known_operators)
        draw_receipt(replace(EMPTY, name="Somebody"), "km")
        before = [each.cache_info().currsize for each in known]
        # The same letters in the same order of first use: other ones would give the rest of the page other codes of glyphs.
        draw_receipt(replace(EMPTY, name="Somebody Sody"), "km")
        assert [each.cache_info().currsize for each in known] == before

    def test_neither_title_nor_file_says_of_what_it_is(self):
        assert b"/Title (Receipt)" in draw_receipt(RECEIPT, "th")
        assert FILE_NAME == "receipt.pdf"


class TestWords:
    @pytest.mark.parametrize("language", languages())
    def test_whatever_may_be_given_or_agreed_has_words(self, language):
        everything = replace(
            RECEIPT,
            given=tuple(
                Given(reference="X", instrument=of, payer=payer, amount_minor=1, currency="THB", on=TODAY)
                for of, payer in _possible()
            ),
            agreed=tuple(
                Agreed(instrument=of, payer=payer, amount_minor=1, currency="THB", to_come=coming, unsigned=unsigned)
                for (of, payer), coming, unsigned in product(_possible(), ((), ((TODAY, 1),)), (True, False))
            ),
        )
        for contents in (everything, EMPTY):
            wanted = keys_of_sections(sections_of(contents)) | {said.key for said in head_of(contents)}
            assert wanted <= Catalogue.of(language).keys()

    def test_it_says_that_nobody_may_ask_for_a_part_and_whom_to_tell(self):
        said = _said(EMPTY)
        assert any("Nobody may ask you for any part of it" in each for each in said["receipt.heading.yours"])
        assert said["receipt.heading.tell"][0] == "Tell Harbour Friends (fictitious). It costs nothing."
        assert said["receipt.heading.given"] == ["Nothing yet."]
        assert said["receipt.heading.agreed"] == ["Nothing was agreed yet."]

    @pytest.mark.parametrize("language", languages())
    def test_amounts_have_latin_digits_in_every_language(self, language):
        told = " ".join(_said(RECEIPT, language)["receipt.heading.given"])
        assert "MMK\u00a0123,456.50" in told
        assert "2026" in told
        assert not re.search(r"[\u0966-\u096f\u0e50-\u0e59\u0ed0-\u0ed9\u1040-\u1049\u17e0-\u17e9]", told)

    def test_leaving_the_job_is_told_only_where_it_changes_something(self):
        leave = "If you leave your job"
        assert any(leave in each for each in _said(RECEIPT)["receipt.heading.agreed"])
        done = replace(RECEIPT, agreed=tuple(replace(each, to_come=()) for each in RECEIPT.agreed))
        assert not any(leave in each for each in _said(done)["receipt.heading.agreed"])


def _possible():
    return [
        (instrument, payer)
        for instrument in Instrument
        for payer in PAYERS[instrument]
        if RULES[instrument].ends_debt or RULES[instrument].paid_to.value == "worker"
    ]


def _agreement(instrument=Instrument.ADVANCE, payer="fund", amount_minor=0, **others):
    made = new_id()
    values = {
        "organisation": "EMP-1", "organisation_id": None, "creditor": None, "creditor_id": None, "debt": None,
        "debt_id": None, "entitlement": None, "supersedes": None, "is_superseded": False, "currency": "THB",
        "matched_percent": None, "agreed_on": TODAY, "instalments": (), "signature": None, "outside": (),
    }  # fmt: skip
    return AgreementRead(
        id=made, reference=f"AG-{made.hex[-8:]}", chain_id=made, case_id=new_id(), instrument=instrument, payer=payer,
        amount_minor=amount_minor, **values | others,
    )  # fmt: skip


def _instalment(number, amount, *, state=None, ended=None):
    due_on = TODAY + timedelta(days=30 * number)
    return InstalmentRead(new_id(), number, amount, due_on, ended, None, None, None, state)


def _outside(amount):
    return OutsideRead(new_id(), "OP-1", amount, "THB", TODAY)


def _thing(agreement, amount=500, *, kind="payment", on=TODAY, received=None):
    reference = f"PY-{new_id().hex[-8:]}"
    return Thing(new_id(), reference, kind, agreement, amount, "THB", on, None, received, False)


CASE = CaseRead(
    new_id(), "RL-1", "FUND", new_id(), new_id(), "JS-1", new_id(), "J-1", new_id(), "Crew", CaseState.AGREED, 3, TODAY
)


@pytest.fixture
def receipt(monkeypatch):
    """Return the receipt of agreements and what was delivered of them, without a database."""

    def make(agreements, things=(), **given):
        monkeypatch.setattr(queries, "agreements_of", lambda session, case: list(agreements))
        monkeypatch.setattr(queries, "things_of", lambda session, cases: {case: list(things) for case in cases})
        return receipt_of(None, CASE, made_on=TODAY, organisation="Harbour Friends", **given)

    return make


class TestReceiptOf:
    def test_what_was_delivered_stands_in_order_of_days(self, receipt):
        of = _agreement()
        late, early = _thing(of), _thing(of, on=TODAY - timedelta(days=9))
        made = receipt([of], [late, early])
        assert [each.reference for each in made.given] == [early.reference, late.reference]
        assert made.reference == "RL-1"

    def test_of_one_thing_there_is_one_receipt(self, receipt):
        of = _agreement()
        one, other = _thing(of), _thing(of)
        assert [each.reference for each in receipt([of], [one, other], thing=other.reference).given] == [
            other.reference
        ]
        with pytest.raises(ThingUnknown, match="nothing called PY-0"):
            receipt([of], [one, other], thing="PY-0")

    @pytest.mark.parametrize("received", [500, 499, 0])
    def test_what_the_worker_said_of_it_changes_nothing_on_the_paper(self, receipt, received):
        of = _agreement()
        thing = _thing(of)
        assert receipt([of], [replace(thing, received_minor=received)]) == receipt([of], [thing])

    def test_the_share_of_an_owner_and_what_was_superseded_are_no_business_of_the_worker(self, receipt):
        kept = _agreement(Instrument.REIMBURSEMENT, "employer")
        made = receipt([_agreement(Instrument.CO_FINANCING), _agreement(is_superseded=True), kept])
        assert [each.instrument for each in made.agreed] == [Instrument.REIMBURSEMENT]

    def test_what_is_not_signed_yet_is_not_done(self, receipt):
        open_one = _agreement(Instrument.CANCELLATION, "creditor")
        signed = replace(open_one, signature=SignatureRead(new_id(), TODAY, TODAY))
        assert [each.unsigned for each in receipt([open_one, signed]).agreed] == [True, False]

    def test_what_failed_is_still_to_come_and_what_ended_is_not(self, receipt):
        of = _agreement(
            instalments=(
                _instalment(1, 100, state=PaymentState.CONFIRMED),
                _instalment(2, 200, state=PaymentState.FAILED),
                _instalment(3, 300, state=PaymentState.SENT),
                _instalment(4, 400, ended="withdrawn"),
                _instalment(5, 500),
            )
        )
        assert [minor for _on, minor in receipt([of]).agreed[0].to_come] == [200, 300, 500]

    @given(amounts=st.lists(st.integers(1, 10**15), max_size=12), paid=st.lists(st.integers(1, 10**15), max_size=6))
    def test_what_is_to_come_is_what_was_agreed_less_what_was_paid(self, amounts, paid):
        of = _agreement(
            Instrument.REIMBURSEMENT,
            "employer",
            instalments=tuple(_instalment(number, amount) for number, amount in enumerate(amounts, start=1)),
            outside=tuple(_outside(amount) for amount in paid),
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(queries, "agreements_of", lambda session, case: [of])
            patch.setattr(queries, "things_of", lambda session, cases: {case: [] for case in cases})
            (agreed,) = receipt_of(None, CASE, made_on=TODAY, organisation="X").agreed
        assert sum(minor for _on, minor in agreed.to_come) == max(0, sum(amounts) - sum(paid))
        assert all(minor > 0 for _on, minor in agreed.to_come)
        assert list(agreed.to_come) == sorted(agreed.to_come)

    def test_nobody_is_named_but_whom_to_tell(self, receipt):
        of = _agreement(Instrument.REIMBURSEMENT, "employer", instalments=(_instalment(1, 100),))
        told = repr(receipt([of], [_thing(of)]))
        assert "Harbour Friends" in told
        assert not any(each in told for each in ("EMP-1", "FUND", "JS-1", "Crew", str(CASE.id)))
