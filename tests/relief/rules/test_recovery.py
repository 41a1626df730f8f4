"""A demand for recovery names nobody, but by their word and safely."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.relief.errors import ParameterInvalid
from recruitment.relief.rules.parameters import Parameters
from recruitment.relief.rules.recovery import Concerned, NoticeForm, notice_form


def people(named: int = 0, silent: int = 0) -> list[Concerned]:
    return [
        *(Concerned(f"n{n}", consents=True, assessed_safe=True) for n in range(named)),
        *(Concerned(f"s{n}", consents=False, assessed_safe=True) for n in range(silent)),
    ]


class TestNotices:
    def test_five_people_go_out_as_one_sum(self):
        assert notice_form(people(silent=5)) is NoticeForm.BATCH

    def test_four_wait(self):
        assert notice_form(people(silent=4)) is None

    def test_nobody_is_no_demand(self):
        assert notice_form([]) is None

    def test_one_person_goes_out_by_name_when_they_agree_and_it_is_safe(self):
        assert notice_form(people(named=1)) is NoticeForm.NAMED

    def test_one_who_does_not_agree_keeps_all_names_back(self):
        assert notice_form(people(named=3, silent=1)) is None
        assert notice_form(people(named=4, silent=1)) is NoticeForm.BATCH

    @pytest.mark.parametrize(("consents", "safe"), [(True, False), (False, True), (False, False)])
    def test_consent_and_assessment_are_both_needed(self, consents, safe):
        assert notice_form([Concerned("p", consents=consents, assessed_safe=safe)]) is None

    def test_a_person_counts_once(self):
        one = Concerned("p", consents=False, assessed_safe=True)
        assert notice_form([one] * 9) is None

    def test_of_two_words_about_one_person_the_more_careful_stands(self):
        words = [Concerned("p", consents=True, assessed_safe=True), Concerned("p", consents=False, assessed_safe=True)]
        assert notice_form(words) is notice_form(words[::-1]) is None

    def test_batches_may_be_set_larger_and_never_smaller(self):
        assert notice_form(people(silent=5), Parameters(batch_min=8)) is None
        with pytest.raises(ParameterInvalid):
            Parameters(batch_min=4)

    @given(st.lists(st.builds(Concerned, st.sampled_from("abcdefgh"), st.booleans(), st.booleans()), max_size=12))
    def test_whatever_goes_out_is_safe_for_everybody_in_it(self, concerned):
        form = notice_form(concerned)
        if form is NoticeForm.NAMED:
            assert all(each.may_be_named for each in concerned)
        if form is NoticeForm.BATCH:
            assert len({each.person for each in concerned}) >= 5
