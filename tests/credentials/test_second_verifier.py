"""The verifier and a second one, written from the text alone by somebody else, say the same word of everything."""

from __future__ import annotations

import copy
import hashlib
import random
import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from recruitment.credentials import log, statement
from recruitment.credentials.verifier import (
    NOT_VALID,
    VALID,
    Trust,
    is_logged,
    is_subject,
    reading,
    verify,
)
from tests.credentials import issuer
from tests.credentials.issuer import AT, ISSUED
from tests.credentials.mutants import CREDENTIAL, mutants
from tests.credentials.word_matrix import (
    DAY,
    GOOD,
    MATRIX,
    SUSPENSION,
    bundle,
    by_second_key,
    changed,
    list_of,
    signed,
    with_lists,
)
from tests.oracle import certificate_verifier as second

if TYPE_CHECKING:
    pass

FEW, MANY = pytest.param(320, id="few"), pytest.param(6_000, id="many", marks=pytest.mark.slow)
SOME = pytest.param(160, id="some")


def words(content: bytes, trusted: bytes, at=AT) -> tuple[str, str]:
    """Return the word of the verifier and that of the second one."""
    return verify(content, Trust.read(trusted), at).word, second.check(content, trusted, at)[0]


KEY = issuer.keys().proof_id
"""Made anew in each process: the name of a test must not hang on it."""


@pytest.mark.parametrize("case", MATRIX, ids=lambda case: case.replace(KEY, "KEY"))
def test_both_say_the_word_that_the_text_says(case):
    word, content, trusted, at = MATRIX[case]
    assert words(content, trusted, at) == (word, word)


@pytest.mark.parametrize("number", [FEW, MANY])
def test_both_say_the_same_word_of_changed_ones(number):
    trust = Trust.read(GOOD)
    for content in (issuer.credential(), issuer.credential(issuer.about_cohort())):
        differing = [
            (way, verify(mutant, trust, AT).reason, second.check(mutant, GOOD, AT), mutant)
            for way, mutant in mutants(content, CREDENTIAL, number // 2, random.Random(number))
            if verify(mutant, trust, AT).word != second.check(mutant, GOOD, AT)[0]
        ]
        assert differing == []


def odd(chance: random.Random, document: dict[str, Any], ways: int) -> dict[str, Any]:
    """Return a document that is odd in some places, for the issuer to sign."""
    found = copy.deepcopy(document)
    for _ in range(ways):
        holder: Any = found
        while True:
            place = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
            if not isinstance(holder[place], dict | list) or not holder[place] or chance.random() < 0.25:
                break
            holder = holder[place]
        value = holder[place]
        others = [
            None,
            0,
            1,
            2,
            "",
            "x",
            [],
            {},
            [value],
            {"type": value},
            "revocation",
            "5",
            "2026-12-05T12:00:00Z",
            AT.year,
        ]
        match chance.randrange(4):
            case 0:
                del holder[place]
            case 1 if isinstance(holder, dict):
                holder[chance.choice(("id", "name", "type", "issuer", "version"))] = chance.choice(others)
            case _:
                holder[place] = chance.choice(others)
    return found


@pytest.mark.parametrize("number", [SOME, MANY])
def test_both_say_the_same_word_of_odd_ones_that_the_issuer_signed(number):
    # Here the signature is good, so everything after it must be looked at, and in the same way.
    chance, trust = random.Random(number), Trust.read(GOOD)
    heard: dict[str, int] = {}
    for _ in range(number):
        made = odd(chance, issuer.unsigned(issuer.about_person()), chance.choice((1, 1, 2)))
        made.pop("proof", None)
        content = issuer.spell(issuer.sign(made))
        verdict, (word, why) = verify(content, trust, AT), second.check(content, GOOD, AT)
        assert verdict.word == word, (verdict.reason, why, made)
        heard[word] = heard.get(word, 0) + 1
    assert heard.keys() >= {VALID, NOT_VALID}


@pytest.mark.parametrize("number", [SOME, MANY])
def test_both_say_the_same_word_by_odd_status_lists(number):
    chance, content = random.Random(number), issuer.credential(suspension=issuer.SUSPENDED_AT)
    for _ in range(number // 2):
        lists = issuer.lists()
        which = chance.randrange(2)
        made = odd(chance, lists[which], 1)
        if chance.random() < 0.8:
            made.pop("proof", None)
            made = issuer.sign(made)
        lists[which] = made
        if not isinstance(made.get("id"), str):
            continue
        trusted = bundle(lists)
        verdict, (word, why) = verify(content, Trust.read(trusted), AT), second.check(content, trusted, AT)
        assert verdict.word == word, (verdict.reason, why, made)


def test_both_say_the_same_word_at_any_time():
    content = issuer.credential()
    begins = AT.replace(month=12, day=1, hour=0)
    marks = (begins, AT - DAY, AT + 2 * DAY, begins.replace(year=2027, month=3))
    for mark in marks:
        for seconds in (-61, -60, -59, -1, 0, 1, 59, 60, 61):
            found = words(content, GOOD, mark + timedelta(seconds=seconds))
            assert found[0] == found[1], (mark, seconds)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_both_say_the_same_of_a_place_in_the_log(size):
    told, trust = issuer.about_cohort(), Trust.read(GOOD)
    for position in range(size):
        leaves = [hashlib.sha256(bytes([number])).digest() for number in range(size)]
        leaves[position] = statement.leaf(told)
        shown = log.inclusion(issuer.signed_head(leaves), leaves, position)
        forged = log.inclusion(log.head(issuer.DID, size, b"0" * 32, ISSUED) | {"proof": {}}, leaves, position)
        for each, expected in (
            (shown, True),
            (shown | {"position": position + 1}, False),
            (shown | {"position": -1}, False),
            (shown | {"path": [*shown["path"], "00" * 32]}, False),
            (shown | {"path": shown["path"][1:]}, size == 1),
            (shown | {"head": shown["head"] | {"size": size + 1}}, False),
            (forged, False),
        ):
            assert is_logged(told, each, trust) == second.is_logged(told, each, GOOD, AT) == expected
        assert not is_logged(told | {"result": "remediated"}, shown, trust)
        assert not second.is_logged(told | {"result": "remediated"}, shown, GOOD, AT)


@pytest.mark.parametrize(
    ("name", "salt", "expected"),
    [
        (issuer.NAME, issuer.SALT, True),
        (issuer.NAME + " ", issuer.SALT, False),
        (unicodedata.normalize("NFC", issuer.NAME), issuer.SALT.upper(), False),
        (issuer.SALT, issuer.NAME, False),
        ("", "", False),
    ],
)
def test_both_say_the_same_of_a_name(name, salt, expected):
    told = issuer.about_person()
    assert is_subject(told, name, salt) == second.is_subject(told, name, salt) == expected
    assert not is_subject(issuer.about_cohort(), name, salt)
    assert not second.is_subject(issuer.about_cohort(), name, salt)


def test_both_spell_alike():
    words_of = 'aé€\U0001f600\ufb01"\\/ö'
    value = {letter: [letter, {letter + other: None for other in words_of}] for letter in words_of} | {"n": 2**53 - 1}
    assert second.spell(value).encode() == reading.canonical(value)


# What follows was found by attacking the verifier, and mended.


@pytest.mark.parametrize("blanks", [" ", "   "])
def test_a_blank_after_the_signature_is_refused(blanks):
    content = changed(lambda it: it["proof"].update(proofValue=it["proof"]["proofValue"] + blanks))
    assert words(content, GOOD) == (NOT_VALID, NOT_VALID)


def test_a_key_that_may_not_sign_certificates_is_not_believed():
    content, _ = by_second_key()
    document = issuer.document(*issuer.history(1, 2))
    document["assertionMethod"] = [issuer.method(1)]
    assert VALID not in words(content, bundle(document=document))


def test_an_older_list_after_the_newer_one_does_not_undo_a_revocation():
    older, newer = list_of("revocation", begins=AT - 2 * DAY), list_of("revocation", 5, begins=AT - DAY)
    for both in ((older, newer), (newer, older)):
        assert VALID not in words(issuer.credential(), with_lists(*both, SUSPENSION))


def test_a_kind_that_is_no_text_is_answered():
    content = signed(lambda it: it["credentialSubject"]["statement"].update(kind={"type": "cohort"}))
    assert words(content, GOOD) == (NOT_VALID, NOT_VALID)


def test_a_truth_value_that_was_signed_is_refused():
    content = signed(lambda it: it["credentialSubject"]["statement"].update(result=True))
    assert words(content, GOOD) == (NOT_VALID, NOT_VALID)


@pytest.mark.parametrize(
    "character", ["\u17b4", "\u17b5", "\u180b", "\ufe0f", "\u2800", "\U0001d173", "\U0001bca0"], ids=ascii
)
def test_a_character_that_is_not_seen_is_refused(character):
    assert not reading.is_plain(f"Golden{character} Bridge")
