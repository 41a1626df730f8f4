"""The pure part of double entry: pairing, mirrors, what may be posted, digests."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from recruitment.core.dates import Precision
from recruitment.core.money import AMOUNT_CAP
from recruitment.ledger.errors import (
    AccountCodeInvalid,
    AmountOutOfRange,
    BasisMixed,
    EntryEmpty,
    LegsUnbalanced,
    SameAccountTwice,
)
from recruitment.ledger.rules import (
    Basis,
    EntryRead,
    Fault,
    Leg,
    PostingDraft,
    Side,
    account,
    check,
    is_mirror,
    legs_of,
    mirror,
    pair,
    request_hash,
)
from tests.ledger.books import LOAN, MEDICAL, REPORTED, VISA, a_draft, postings_any, postings_of_an_entry

BOOK = UUID(int=1)
codes = st.sampled_from(["a", "b", "c", "d"])
legs_any = st.builds(Leg, codes, st.sampled_from(Side), st.sampled_from(["THB", "MMK"]), st.integers(1, 500))


def balanced(legs: list[Leg]) -> list[Leg]:
    """Add one leg for each currency that makes it even."""
    made_even = list(legs)
    for currency in sorted({leg.currency for leg in legs}):
        difference = sum(
            leg.amount_minor * (1 if leg.side is Side.DEBIT else -1) for leg in legs if leg.currency == currency
        )
        if difference:
            side = Side.CREDIT if difference > 0 else Side.DEBIT
            made_even.append(Leg("rest", side, currency, abs(difference)))
    return made_even


def sums(legs) -> Counter:
    found: Counter = Counter()
    for leg in legs:
        found[leg.account, leg.side, leg.currency] += leg.amount_minor
    return found


def entry_read(*postings: PostingDraft, **changes) -> EntryRead:
    entry = EntryRead(
        UUID(int=2), BOOK, date(2024, 5, 1), Precision.MONTH, datetime(2024, 5, 2, tzinfo=UTC), "a fee", "line",
        UUID(int=3), None, postings,
    )  # fmt: skip
    return replace(entry, **changes)


class TestPair:
    @given(st.lists(legs_any, max_size=12).map(balanced))
    def test_keeps_what_each_account_has_on_each_side(self, legs):
        assert sums(legs_of(pair(legs))) == sums(legs)

    @given(st.lists(legs_any, min_size=1, max_size=12).map(balanced))
    def test_needs_at_most_one_posting_less_than_legs_in_each_currency(self, legs):
        postings = Counter(posting.currency for posting in pair(legs))
        for currency, count in Counter(leg.currency for leg in legs).items():
            assert 1 <= postings[currency] <= count - 1

    @given(st.data(), st.lists(legs_any, max_size=10).map(balanced))
    def test_gives_the_same_postings_in_whatever_order_the_legs_come(self, data, legs):
        assert pair(data.draw(st.permutations(legs))) == pair(legs)

    @given(st.lists(legs_any, max_size=10).map(balanced))
    def test_makes_no_posting_of_nothing(self, legs):
        assert all(posting.amount_minor > 0 for posting in pair(legs))

    @given(st.lists(legs_any, max_size=10).map(balanced), legs_any)
    def test_refuses_legs_that_do_not_balance(self, legs, one_more):
        with pytest.raises(LegsUnbalanced, match=one_more.currency):
            pair([*legs, one_more])

    def test_two_currencies_do_not_make_up_for_each_other(self):
        with pytest.raises(LegsUnbalanced):
            pair([Leg("a", Side.DEBIT, "THB", 5), Leg("b", Side.CREDIT, "MMK", 5)])

    def test_of_no_legs_is_no_postings(self):
        assert pair([]) == ()


class TestLegsOf:
    @given(postings_of_an_entry)
    def test_debits_equal_credits_in_every_currency(self, postings):
        found: Counter = Counter()
        for leg in legs_of(postings):
            found[leg.currency] += leg.amount_minor if leg.side is Side.DEBIT else -leg.amount_minor
        assert not any(found.values())

    @given(postings_of_an_entry)
    def test_has_one_leg_for_each_account_side_and_currency(self, postings):
        legs = legs_of(postings)
        assert len({(leg.account, leg.side, leg.currency) for leg in legs}) == len(legs)

    def test_adds_up_in_the_order_of_the_postings(self):
        assert legs_of([VISA, MEDICAL, VISA]) == [
            Leg(VISA.debit, Side.DEBIT, "THB", 2 * VISA.amount_minor),
            Leg(VISA.credit, Side.CREDIT, "THB", 2 * VISA.amount_minor),
            Leg(MEDICAL.debit, Side.DEBIT, "THB", MEDICAL.amount_minor),
            Leg(MEDICAL.credit, Side.CREDIT, "THB", MEDICAL.amount_minor),
        ]


class TestMirror:
    @given(postings_of_an_entry)
    def test_takes_back_exactly_the_original(self, postings):
        original = entry_read(*postings)
        draft = mirror(original, UUID(int=4), "a mistake")
        assert is_mirror(original.postings, draft.postings)
        assert draft.reverses_id == original.id
        assert (draft.book_id, draft.source_type, draft.source_id) == (BOOK, "line", UUID(int=3))
        check(draft)

    @given(postings_of_an_entry)
    def test_of_a_mirror_has_the_original_postings(self, postings):
        once = mirror(entry_read(*postings), UUID(int=4), "once")
        assert mirror(entry_read(*once.postings), UUID(int=5), "twice").postings == postings

    def test_happens_on_the_day_of_the_original_as_exactly_as_that_is_known(self):
        draft = mirror(entry_read(VISA), UUID(int=4), "a mistake")
        assert (draft.effective_on, draft.precision) == (date(2024, 5, 1), Precision.MONTH)

    def test_has_one_key_whatever_its_id(self):
        one, two = (mirror(entry_read(VISA), UUID(int=number), "a mistake") for number in (4, 5))
        assert (one.scope, one.key) == (two.scope, two.key)
        assert request_hash(one) == request_hash(two)


class TestIsMirror:
    @given(st.data(), postings_of_an_entry)
    def test_notices_any_other_amount(self, data, postings):
        turned = list(mirror(entry_read(*postings), UUID(int=4), "").postings)
        position = data.draw(st.integers(0, len(turned) - 1))
        turned[position] = replace(turned[position], amount_minor=turned[position].amount_minor + 1)
        assert not is_mirror(postings, tuple(turned))

    @given(postings_of_an_entry)
    def test_notices_a_missing_posting(self, postings):
        assert not is_mirror(postings, mirror(entry_read(*postings), UUID(int=4), "").postings[1:])

    @given(postings_of_an_entry)
    def test_a_copy_is_no_mirror(self, postings):
        assert not is_mirror(postings, postings)


class TestCheck:
    @given(postings_of_an_entry)
    def test_lets_through_what_the_books_bear(self, postings):
        check(a_draft(BOOK, *postings))

    def test_refuses_an_entry_of_nothing(self):
        with pytest.raises(EntryEmpty):
            check(a_draft(BOOK, postings=()))

    @pytest.mark.parametrize("amount", [0, -1, AMOUNT_CAP + 1])
    def test_refuses_an_amount_out_of_range(self, amount):
        with pytest.raises(AmountOutOfRange, match=str(amount)):
            check(a_draft(BOOK, replace(VISA, amount_minor=amount)))

    @pytest.mark.parametrize("amount", [1, AMOUNT_CAP])
    def test_takes_the_smallest_and_the_largest_amount(self, amount):
        check(a_draft(BOOK, replace(VISA, amount_minor=amount)))

    def test_refuses_one_account_on_both_sides(self):
        with pytest.raises(SameAccountTwice):
            check(a_draft(BOOK, replace(VISA, credit=VISA.debit)))

    @pytest.mark.parametrize("side", ["debit", "credit"])
    def test_refuses_a_code_that_is_none_on_either_side(self, side):
        with pytest.raises(AccountCodeInvalid):
            check(a_draft(BOOK, replace(VISA, **{side: "Declared"})))

    @pytest.mark.parametrize("other", [REPORTED.credit, LOAN.credit, "verified:borne:worker"])
    def test_refuses_to_mix_what_was_declared_with_anything_else(self, other):
        with pytest.raises(BasisMixed):
            check(a_draft(BOOK, replace(VISA, credit=other)))

    def test_postings_of_one_entry_may_have_different_bases(self):
        check(a_draft(BOOK, VISA, REPORTED, LOAN))

    def test_looks_at_every_posting(self):
        with pytest.raises(AmountOutOfRange):
            check(a_draft(BOOK, VISA, VISA, replace(VISA, amount_minor=0)))

    @pytest.mark.parametrize(
        ("posting", "first"),
        [
            (PostingDraft("X", "X", "THB", 0), AmountOutOfRange),
            (PostingDraft("X", "X", "THB", 1), SameAccountTwice),
            (PostingDraft("X", "declared:cost:a", "THB", 1), AccountCodeInvalid),
            (PostingDraft("reported:cost:a", "declared:cost:a", "THB", 1), BasisMixed),
        ],
    )
    def test_finds_errors_in_the_order_that_is_written_down(self, posting, first):
        with pytest.raises(first):
            check(a_draft(BOOK, posting))


class TestRequestHash:
    CHANGES = {
        "book_id": UUID(int=99),
        "postings": (VISA, VISA),
        "effective_on": date(2024, 5, 2),
        "scope": "other",
        "key": "other",
        "source_type": "other",
        "source_id": UUID(int=99),
        "narrative": "other",
        "precision": Precision.YEAR,
        "reverses_id": UUID(int=99),
        "metadata": {"rate": "1.5"},
    }

    def test_knows_every_field_but_the_id(self):
        """A field that is added to drafts has to be added to the digest too, or a test says so here."""
        assert {field.name for field in fields(a_draft(BOOK))} == {*self.CHANGES, "id"}

    @pytest.mark.parametrize("name", CHANGES)
    def test_changes_with_every_field(self, name):
        draft = a_draft(BOOK)
        assert request_hash(replace(draft, **{name: self.CHANGES[name]})) != request_hash(draft)

    @pytest.mark.parametrize("name", ["debit", "credit", "currency", "amount_minor"])
    def test_changes_with_every_part_of_a_posting(self, name):
        value = 7 if name == "amount_minor" else "other"
        draft = a_draft(BOOK)
        assert request_hash(replace(draft, postings=(replace(VISA, **{name: value}),))) != request_hash(draft)

    def test_does_not_change_with_the_id(self):
        draft = a_draft(BOOK)
        assert request_hash(replace(draft, id=UUID(int=99))) == request_hash(draft)

    def test_does_not_change_with_the_order_of_metadata(self):
        one, two = {"a": "1", "b": 2}, {"b": 2, "a": "1"}
        draft = a_draft(BOOK)
        assert request_hash(replace(draft, metadata=one)) == request_hash(replace(draft, metadata=two))

    @given(st.lists(postings_any, min_size=1, max_size=3).map(tuple), st.lists(postings_any, min_size=1).map(tuple))
    def test_is_that_of_the_postings_in_their_order(self, one, two):
        assume(one != two)
        draft = a_draft(BOOK)
        assert request_hash(replace(draft, postings=one)) != request_hash(replace(draft, postings=two))


class TestAccount:
    @pytest.mark.parametrize(
        ("code", "basis"),
        [
            ("declared:cost:visa_fee", Basis.DECLARED),
            ("reported:borne:worker", Basis.REPORTED),
            ("verified:cost:visa_fee", Basis.VERIFIED),
            ("debt:owed:broker", Basis.MONEY),
            ("opening", Basis.MONEY),
            ("declaredly:cost", Basis.MONEY),
        ],
    )
    def test_its_first_segment_decides_the_basis(self, code, basis):
        assert account(code, "THB").basis is basis

    @pytest.mark.parametrize(
        "code", ["", "Declared:cost", "declared:", ":cost", "a::b", "declared cost", "a:b\n", "1a", "a:é", "a" * 81]
    )
    def test_refuses_what_is_no_code(self, code):
        with pytest.raises(AccountCodeInvalid):
            account(code, "THB")

    def test_takes_a_code_of_80_letters(self):
        assert account("a" * 80, "THB").code == "a" * 80

    def test_its_id_follows_from_code_and_currency_for_ever(self):
        """The id is in the books: whoever changes how it is made splits every account in two."""
        assert account("opening", "THB").id == UUID("9e5614fa-9067-5e63-9791-2ff901b0a6c0")
        assert len({account(code, currency).id for code in ("a", "b") for currency in ("THB", "MMK")}) == 4


class TestFault:
    def test_names_its_entry_or_else_its_book(self):
        assert str(Fault(BOOK, UUID(int=2), "is wrong")) == f"entry {UUID(int=2)} of book {BOOK} is wrong"
        assert str(Fault(BOOK, None, "is wrong")) == f"book {BOOK} is wrong"
