"""The paper: six languages looked at, a square code that can be read, no unreviewed word, and names that can do nothing."""

from __future__ import annotations

import copy
import re
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
import zxingcpp

from recruitment.certificates.exports.paper import BAND, draw, needed_keys
from recruitment.certificates.exports.words import sections_of
from recruitment.certificates.rules.evidence import (
    EVIDENCE_SENTENCES,
    HEARD_BY,
    PERSON_EVIDENCE_SENTENCES,
    EvidencePart,
)
from recruitment.certificates.rules.kinds import NOT_FOUND, PERSON_KINDS, TOLD, CertificateKind, Result
from recruitment.certificates.rules.statement import NotChecked
from recruitment.typesetting import catalogue as catalogues
from recruitment.typesetting.catalogue import Catalogue, languages
from recruitment.typesetting.saying import keys_of, spoken
from recruitment.verification.rules import FindingKind
from tests.typesetting.pictures import assert_golden, looks_alike, pages

GOLDEN = Path(__file__).parent / "golden"
LINK = "https://certificates.example.org/c/abcdefghijklmnopqrstuvwxyz"
CODE = "7K2M-9QX4-T3"
STATEMENT = {
    "version": 1,
    "kind": "cohort",
    "reference": "DC-7K2M9QX4",
    "nonce": "0" * 32,
    "issuer": "did:web:certificates.example.org",
    "release": "2026-11",
    "covered_until": "2026-11-17",
    "valid_from": "2026-12-01T00:00:00Z",
    "valid_until": "2027-03-01T00:00:00Z",
    "scope": {
        "demand_letter": "DL-7",
        "agency": "Blue Kite Overseas (fictitious)",
        "employer": "Orchard Garments (fictitious)",
        "corridor": "NP-MY",
        "cohort_quarter": None,
    },
    "result": "debt_free",
    "evidence": {
        "level": "C",
        "independence": "A",
        "timing": "B",
        "documents": "B",
        "words": "C",
        "heard_by": "an_independent_organisation",
        "quarter": "2026-Q4",
    },
    "numbers": {
        "population": 20,
        "chosen": 15,
        "heard": "all",
        "paid": 0,
        "bound_percent": 14,
        "confidence_percent": 95,
    },
    "subject": None,
    "other_findings": ["late_commitment", "missing_commitment"],
    "not_checked": [code.value for code in NotChecked],
}
EMPTY_SCOPE = {"demand_letter": None, "employer": None, "corridor": None, "cohort_quarter": "2026-Q3"}


def _statement(**changes):
    found = copy.deepcopy(STATEMENT)
    for path, value in changes.items():
        *way, last = path.split("__")
        place = found
        for step in way:
            place = place[step]
        place[last] = value
    return found


def _person(kind="deployment", **changes):
    return _statement(
        kind=kind,
        numbers=None,
        subject={"commitment": "0" * 64},
        evidence__words="A",
        evidence__level="B",
        not_checked=[code.value for code in NotChecked if code is not NotChecked.PEOPLE_NOT_HEARD],
        **changes,
    )


def _draw(statement=STATEMENT, **given):
    return draw(statement, **{"code": CODE, "link": LINK, "language": "en", **given})


def _said(statement, language="en"):
    words = Catalogue.of(language)
    return {
        section.heading.key: [spoken(said, words, draft=True) for paragraph in section.paragraphs for said in paragraph]
        for section in sections_of(statement, code=CODE, link=LINK)
    }


@pytest.fixture
def nepali_reviewed(monkeypatch):
    """A world in which a speaker has reviewed every Nepali text."""
    draft = Catalogue.of("ne")
    reviewed = Catalogue("ne", dict(draft._texts), draft.keys())
    real = catalogues._catalogue
    monkeypatch.setattr(catalogues, "_catalogue", lambda language: reviewed if language == "ne" else real(language))


class TestGoldenPictures:
    @pytest.mark.parametrize("language", languages())
    def test_a_cohorts_paper_looks_as_it_was_looked_at(self, language):
        for number, page in enumerate(pages(_draw(language=language, draft=language != "en"), 1.15), start=1):
            assert_golden(page, GOLDEN / f"cohort-{language}-{number}.png")

    def test_a_persons_paper_looks_as_it_was_looked_at(self):
        pdf = _draw(_person(result="remediated"), language="my", name="ကိုမောင်မောင် (Ko Maung Maung)", draft=True)
        for number, page in enumerate(pages(pdf, 1.15), start=1):
            assert_golden(page, GOLDEN / f"person-my-{number}.png")

    def test_a_hostile_name_looks_as_it_was_looked_at(self):
        name = "Ali \u202egpj.exe <script>alert(1)</script> %%EOF রহিম " + "x\u0301\u0301" * 30 + "W" * 120
        assert_golden(pages(_draw(_person(), name=name), 1.15)[0], GOLDEN / "person-hostile-1.png")

    @pytest.mark.parametrize("language", ["en", "lo", "ne", "th"])
    def test_one_page_is_enough(self, language):
        assert len(pages(_draw(language=language, draft=language != "en"), 0.2)) == 1


class TestSquareCode:
    @pytest.mark.parametrize("link", [LINK, "https://x.example/c/a", "https://certificates.example.org/s/" + "q" * 60])
    def test_it_is_read_back_from_the_page(self, link):
        (page, *_rest) = pages(_draw(link=link), 2.0)
        (found,) = zxingcpp.read_barcodes(page)
        assert found.text == link
        assert found.format == zxingcpp.BarcodeFormat.QRCode
        assert found.ec_level == "M"


class TestReview:
    def test_unreviewed_words_never_stand_on_a_certificate(self):
        for language in languages():
            pdf = _draw(language=language)
            if language == "en":
                continue
            told = _said(STATEMENT, language)
            assert told
            # No font of the other script is in the file: not a letter of it was drawn.
            assert set(re.findall(rb"/BaseFont /[A-Z]+\+(\w+)-", pdf)) == {b"NotoSans"}
            assert not looks_alike(pages(pdf)[0], pages(_draw())[0]), "it says why it is in English"

    @pytest.mark.parametrize("language", ["ne", "en", "shn"])
    def test_a_draft_is_drawn_under_a_band(self, language):
        ground = 228  # what the band's colour is in grey
        for page in pages(_draw(language=language, draft=True)):
            for top in (3, page.height - 17):
                assert abs(page.crop((0, top, 150, top + 13)).getextrema()[1] - ground) < 12
        assert BAND == "Unreviewed draft translation – not a certificate"

    def test_what_is_no_draft_has_no_band(self):
        assert pages(_draw())[0].crop((0, 0, 595, 20)).getextrema() == (255, 255)

    @pytest.mark.usefixtures("nepali_reviewed")
    def test_reviewed_words_stand_beside_the_english_ones_without_a_band(self):
        pdf = _draw(language="ne")
        assert b"NotoSansDevanagari" in pdf
        assert pages(pdf)[0].crop((0, 0, 595, 20)).getextrema() == (255, 255)

    def test_one_unreviewed_text_among_those_needed_is_enough_for_english_alone(self, monkeypatch):
        draft = Catalogue.of("ne")
        reviewed = Catalogue("ne", dict(draft._texts), draft.keys() - {"not_checked.wages"})
        real = catalogues._catalogue
        monkeypatch.setattr(catalogues, "_catalogue", lambda language: reviewed if language == "ne" else real(language))
        assert b"Devanagari" not in _draw(language="ne")
        assert b"Devanagari" in _draw(_statement(not_checked=["housing"]), language="ne")

    def test_what_is_needed_can_be_asked(self):
        assert {"paper.title", "says.cohort.debt_free", "not_checked.wages", "evidence.cohort.words.C"} <= needed_keys(
            STATEMENT
        )
        assert "paper.name" not in needed_keys(STATEMENT)
        assert "paper.name" in needed_keys(_person(), named=True)

    @pytest.mark.parametrize("language", ["shn", "zz-zz", "", "not a language at all"])
    def test_a_language_without_a_catalogue_is_drawn_in_english(self, language):
        assert _draw(language=language).startswith(b"%PDF-")


class TestBytes:
    def test_the_same_statement_gives_the_same_bytes_whatever_was_drawn_before(self):
        code = (
            "import sys, json, hashlib\n"
            "from recruitment.certificates.exports.paper import draw\n"
            "statement, order = json.loads(sys.argv[1])\n"
            "for language in order:\n"
            f"    pdf = draw(statement, code={CODE!r}, link={LINK!r}, language=language, name='Sok', draft=True)\n"
            "print(hashlib.sha256(pdf).hexdigest())\n"
        )
        import hashlib
        import json

        for order in (["km"], ["th", "en", "km"]):
            given = json.dumps([_person(), order])
            result = subprocess.run([sys.executable, "-c", code, given], capture_output=True, text=True, check=True)
            here = hashlib.sha256(_draw(_person(), language="km", name="Sok", draft=True)).hexdigest()
            assert result.stdout.strip() == here

    def test_another_statement_gives_others(self):
        assert _draw() != _draw(_statement(evidence__level="D"))
        assert _draw() != _draw(_statement(valid_until="2027-03-02T00:00:00Z"))
        assert _draw() != _draw(link=LINK + "x")


class TestNames:
    @pytest.mark.parametrize(
        "name",
        [
            "%%EOF\nendobj\ntrailer",
            "<script>alert(1)</script>",
            ") Tj /JS (x",
            "\u202egpj",
            "a" * 1200,
            "\x00\ud800",
            "।" * 40,
        ],
    )
    def test_a_name_is_only_ever_ink(self, name):
        pdf = _draw(_person(), name=name, language="ne", draft=True)
        assert pdf.count(b"%%EOF") == 1
        names = set(re.findall(rb"/[A-Za-z]+", re.sub(rb"stream\n.*?endstream", b"", pdf, flags=re.DOTALL)))
        assert not names & {b"/JS", b"/JavaScript", b"/OpenAction", b"/AA", b"/Launch", b"/URI"}
        assert 1 <= len(pages(pdf, 0.2)) <= 6

    def test_no_name_of_a_worker_stays_in_memory(self):
        from recruitment.typesetting import lines, paragraph

        known = (lines._shape_known, lines._set_known_lines, paragraph._known_operators)
        _draw(_person(), name="Somebody", language="km", draft=True)
        before = [each.cache_info().currsize for each in known]
        _draw(_person(), name="កញ្ញា Another", language="km", draft=True)
        assert [each.cache_info().currsize for each in known] == before

    def test_a_business_has_a_hostile_name_too(self):
        pdf = _draw(_statement(scope__agency="\u202e%%EOF" + "ក" * 400, scope__employer="<b>" * 300))
        assert pdf.count(b"%%EOF") == 1
        assert len(pages(pdf, 0.2)) >= 1


class TestWords:
    def test_every_code_of_a_statement_has_words(self):
        known = Catalogue.of("en").keys()
        wanted = {f"says.{kind}.{result}" for kind, result in product(CertificateKind, Result)}
        wanted |= {f"kind.{kind}" for kind in CertificateKind} | {f"finding.{kind}" for kind in FindingKind}
        wanted |= {f"not_checked.{code}" for code in NotChecked} | {f"evidence.{part}" for part in EvidencePart}
        assert wanted | {f"heard_by.{HEARD_BY}"} <= known

    def test_a_level_means_on_paper_what_it_means_in_the_rules(self):
        english = Catalogue.of("en")
        for about, meant in (("cohort", EVIDENCE_SENTENCES), ("person", PERSON_EVIDENCE_SENTENCES)):
            for part, sentences in meant.items():
                for level, sentence in sentences.items():
                    assert english.text(f"evidence.{about}.{part}.{level}") == sentence

    def test_the_answers_of_the_check_are_those_of_the_public_page(self):
        text = Catalogue.of("en").text("check.words")
        assert all(told.word in text for told in (*TOLD.values(), NOT_FOUND))

    @pytest.mark.parametrize(
        ("chosen", "heard", "paid", "told"),
        [
            ("all", "all", 0, "All workers of this recruitment (at most 20) were asked and heard."),
            (15, "all", 0, "At least 15 of at most 20 workers were drawn by lot; all of these were asked and heard."),
            ("all", 15, 0, "at least 15 were heard. Whoever was not heard counts as if they had paid."),
            (
                15,
                10,
                0,
                "drawn by lot; at least 10 of these were heard. Whoever was not heard counts as if they had paid.",
            ),
            ("all", "all", 10, "About 10 of those who were heard had paid."),
        ],
    )
    def test_numbers_are_told_in_words(self, chosen, heard, paid, told):
        statement = _statement(numbers__chosen=chosen, numbers__heard=heard, numbers__paid=paid)
        sentences = " ".join(_said(statement)["heading.numbers"])
        assert told in sentences
        assert ("Nobody who was heard had paid." in sentences) is not bool(paid)
        assert "With 95% confidence, at most 14% of all workers of this recruitment had paid." in sentences

    def test_a_quarter_stands_where_there_is_no_letter(self):
        told = _said(_statement(scope={"agency": "An agency", **EMPTY_SCOPE}))["heading.scope"]
        assert told == ["Recruitment agency: An agency", "Workers recruited in quarter 3 of 2026"]

    def test_days_and_countries_are_written_as_the_language_writes_them(self):
        assert (
            _said(STATEMENT)["heading.dates"][0]
            == "Valid from 1 December 2026, 00:00\u00a0UTC until 1 March 2027, 00:00\u00a0UTC."
        )
        assert "From Nepal to Malaysia" in _said(STATEMENT)["heading.scope"]
        assert "จากเนปาลไปมาเลเซีย" in _said(STATEMENT, "th")["heading.scope"]
        assert _said(_statement(scope__corridor="XQ-MY"))["heading.scope"][-1] == "From XQ to Malaysia"

    def test_nothing_else_found_is_said_too(self):
        assert _said(_statement(other_findings=[]))["heading.findings"] == ["Nothing else was found."]

    @pytest.mark.parametrize("kind", PERSON_KINDS)
    def test_a_persons_paper_has_no_numbers_of_a_group(self, kind):
        told = _said(_person(kind))
        assert "heading.numbers" not in told
        assert any("The worker was heard." in sentence for sentence in told["heading.evidence"])

    @pytest.mark.parametrize("language", languages())
    def test_everything_on_every_paper_is_in_every_catalogue(self, language):
        words = Catalogue.of(language)
        for statement in (STATEMENT, *(_person(kind, result="remediated") for kind in PERSON_KINDS)):
            for section in sections_of(statement, code=CODE, link=LINK):
                for paragraph in ((section.heading,), *section.paragraphs):
                    assert {key for said in paragraph for key in keys_of(said)} <= words.keys()

    def test_the_signature_is_told_for_what_it_is(self):
        told = " ".join(_said(STATEMENT)["heading.signature"])
        assert "What is signed is the credential attached to this file." in told
        assert "unknown until an organisation brings a trusted one" in told
