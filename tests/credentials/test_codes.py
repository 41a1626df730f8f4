"""Codes that are typed by hand: every single slip and every swap is told as a slip."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.credentials.codes import (
    ALPHABET,
    LENGTH,
    MODULUS,
    RANDOM_LENGTH,
    check_of,
    is_link_token,
    new_code,
    new_link_token,
    normal_code,
    shown_code,
)

codes = st.text(ALPHABET, min_size=RANDOM_LENGTH, max_size=RANDOM_LENGTH).map(lambda text: text + check_of(text))


class TestCode:
    def test_a_new_one_is_read_as_it_is(self):
        made = {new_code() for _ in range(200)}
        assert len(made) == 200
        assert all(normal_code(code) == code and len(code) == LENGTH for code in made)

    def test_the_alphabet_has_no_letter_that_is_taken_for_another(self):
        assert len(ALPHABET) == 32
        assert not set("ILOU") & set(ALPHABET)

    @given(codes)
    def test_every_wrong_character_is_noticed(self, code):
        # All 10 places times 31 other characters.
        wrong = (code[:i] + other + code[i + 1 :] for i in range(LENGTH) for other in ALPHABET if other != code[i])
        assert [each for each in wrong if normal_code(each) is not None] == []

    @given(codes)
    def test_every_swap_of_two_characters_is_noticed(self, code):
        for i in range(LENGTH):
            for j in range(i + 1, LENGTH):
                swapped = code[:i] + code[j] + code[i + 1 : j] + code[i] + code[j + 1 :]
                assert swapped == code or normal_code(swapped) is None

    def test_every_weight_notices_every_slip(self):
        # What the two tests above try, for all codes: one place changed, and two places changed with each other.
        def check(places: dict[int, int]) -> str:
            return check_of("".join(ALPHABET[places.get(place, 0)] for place in range(RANDOM_LENGTH)))

        for i in range(RANDOM_LENGTH):
            assert len({check({i: value}) for value in range(32)}) == 32
            for j in range(i + 1, RANDOM_LENGTH):
                assert all(check({i: a, j: b}) != check({i: b, j: a}) for a in range(32) for b in range(a))

    def test_a_modulus_that_is_no_prime_would_miss_some(self):
        # The negative control: 1024 lets through what is a multiple of its factors.
        assert any((value * 32) % 1024 == 0 for value in range(1, 32)) is False
        assert any((value * 64) % 1024 == 0 for value in range(1, 32))
        assert all(value * weight % MODULUS for value in range(1, 32) for weight in range(1, MODULUS))

    @given(codes)
    def test_it_may_be_typed_in_many_ways(self, code):
        assert normal_code(shown_code(code)) == code
        assert normal_code(f"  {code[:4].lower()} {code[4:7]}–{code[7:]}\n") == code
        assert normal_code(code.replace("0", "O").replace("1", "l")) == code
        assert normal_code(code.replace("1", "i").replace("0", "o")) == code

    def test_digits_of_other_scripts_are_read(self):
        code = "12345678" + check_of("12345678")
        assert normal_code("၁၂၃၄၅၆၇၈" + code[8:]) == code
        assert normal_code("１２３４５６７８" + code[8:]) == code

    @pytest.mark.parametrize("text", ["", "ABC", "U" * 10, "0" * 11, "🙂" * 10, "A" * 100_000, "0000-0000-01"])
    def test_what_is_no_code_is_none(self, text):
        assert normal_code(text) is None

    def test_it_is_shown_in_groups(self):
        assert shown_code("ABCDEFGHJK") == "ABCD-EFGH-JK"


class TestLinkToken:
    def test_a_new_one_has_128_bits_and_no_sign_that_a_mail_breaks(self):
        made = {new_link_token() for _ in range(200)}
        assert len(made) == 200
        assert all(is_link_token(token) and token.isalnum() and len(token) == 26 for token in made)

    @pytest.mark.parametrize("text", ["", "a" * 25, "a" * 27, "A" * 26, "1" * 26, "á" * 26])
    def test_what_is_no_token_is_told(self, text):
        assert not is_link_token(text)
