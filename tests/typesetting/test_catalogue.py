"""Every language has every text, with its places; what no speaker has reviewed is given out to nobody who did not ask for it."""

from __future__ import annotations

import pytest

from recruitment.core.errors import InvariantViolated
from recruitment.typesetting import catalogue as module
from recruitment.typesetting.catalogue import Catalogue, fill, languages, placeholders
from recruitment.typesetting.errors import LanguageUnknown, TextNotReviewed
from recruitment.typesetting.printable import printable

ENGLISH = Catalogue.of("en")
OTHERS = [language for language in languages() if language != "en"]


def test_there_are_six_languages():
    assert languages() == ["en", "km", "lo", "my", "ne", "th"]


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_every_text_and_no_other(language):
    # A text whose English has changed since counts as missing: translate it anew.
    assert Catalogue.of(language).keys() == ENGLISH.keys()


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_keeps_the_places_of_the_english_text(language):
    found = Catalogue.of(language)
    for key in ENGLISH.keys():  # noqa: SIM118 - a method of its own
        assert placeholders(found._texts[key]) == placeholders(ENGLISH._texts[key]), key


@pytest.mark.parametrize("language", languages())
def test_every_text_can_be_printed_as_it_is(language):
    for key, text in Catalogue.of(language)._texts.items():
        assert printable(text) == text, key


@pytest.mark.parametrize("language", OTHERS)
def test_no_speaker_has_reviewed_a_draft_yet(language):
    # Whoever takes a mark away after a review changes this test too, and says in the change who reviewed.
    found = Catalogue.of(language)
    assert not any(found.is_reviewed({key}) for key in found.keys())  # noqa: SIM118
    text = (module.CATALOGUES / f"{language}.po").read_text(encoding="utf-8")
    assert text.count("# unreviewed\n#, fuzzy") == len(found.keys())


def test_a_draft_is_given_out_only_by_name():
    found = Catalogue.of("my")
    with pytest.raises(TextNotReviewed, match="no speaker has reviewed"):
        found.text("paper.title")
    assert found.text("paper.title", draft=True) != ENGLISH.text("paper.title")


def test_a_region_is_left_aside():
    assert Catalogue.of("ne-NP") is Catalogue.of("ne_NP") is Catalogue.of("NE")


@pytest.mark.parametrize("language", ["shn", "../my", "", "messages"])
def test_a_language_without_a_catalogue_is_refused(language):
    with pytest.raises(LanguageUnknown, match="There is no catalogue"):
        Catalogue.of(language)


def test_english_is_reviewed():
    assert ENGLISH.is_reviewed(ENGLISH.keys())


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A catalogue of two texts, one reviewed, and one whose English has changed since."""
    pot = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    po = pot
    for key, english, theirs, fuzzy in (
        ("a", "One", "Ek", ""),
        ("b", "Two", "Dui", "#, fuzzy\n"),
        ("c", "New", "Tin", ""),
    ):
        pot += f'msgctxt "{key}"\nmsgid "{english}"\nmsgstr ""\n\n'
        po += f'{fuzzy}msgctxt "{key}"\nmsgid "{"Old" if key == "c" else english}"\nmsgstr "{theirs}"\n\n'
    (tmp_path / "messages.pot").write_text(pot, encoding="utf-8")
    (tmp_path / "ne.po").write_text(po, encoding="utf-8")
    monkeypatch.setattr(module, "CATALOGUES", tmp_path)
    module._source.cache_clear()
    module._catalogue.cache_clear()
    yield Catalogue.of("ne")
    module._source.cache_clear()
    module._catalogue.cache_clear()


def test_a_reviewed_text_is_given_out_and_a_fuzzy_one_is_not(small):
    assert small.text("a") == "Ek"
    assert small.is_reviewed({"a"})
    assert not small.is_reviewed({"a", "b"})
    with pytest.raises(TextNotReviewed):
        small.text("b")


def test_a_translation_of_what_english_said_before_is_none(small):
    assert not small.is_reviewed({"c"})
    with pytest.raises(InvariantViolated, match="has no text c"):
        small.text("c", draft=True)


def test_a_value_is_never_read_as_a_place():
    assert fill("{a} {b}", {"a": "{b}", "b": "{a.__class__}"}) == "{b} {a.__class__}"


def test_a_place_without_a_value_is_our_mistake():
    with pytest.raises(InvariantViolated, match="No value for name"):
        ENGLISH.text("paper.name")
