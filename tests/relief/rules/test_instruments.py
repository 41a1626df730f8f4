"""Six instruments, each apart; no seventh in which a worker gives something up; and when an owner gets no share."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from enum import Enum, StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.relief import rules
from recruitment.relief.errors import ParameterInvalid
from recruitment.relief.rules.instruments import (
    RULES,
    AgreedPayer,
    Beneficiary,
    CreditorDebt,
    IncentiveHindrance,
    Signature,
    co_financing,
    incentive_hindrance,
    missing_signatures,
    still_owed,
)
from recruitment.relief.rules.kinds import Instrument
from recruitment.relief.rules.parameters import Parameters

GIVEN_UP = (
    "waive", "waiv", "quitclaim", "settlement", "full_and_final", "confidential", "non_disclosure", "gag", "renounce",
    "discharge", "release_of", "forfeit", "no_further",
)  # fmt: skip
"""Words of papers in which a worker gives up a claim or keeps silent."""


def vocabulary() -> set[str]:
    """Return every code, field and public name of the rules of relief."""
    words: set[str] = set()
    for each in pkgutil.iter_modules(rules.__path__, f"{rules.__name__}."):
        for name, found in vars(importlib.import_module(each.name)).items():
            if name.startswith("_") or not getattr(found, "__module__", "").startswith("recruitment.relief"):
                continue
            words.add(name.lower())
            if inspect.isclass(found) and issubclass(found, Enum):
                words |= {str(member.value) for member in found}
            if is_dataclass(found):
                words |= {field.name for field in fields(found)}
    return words


def giving_up(words: set[str]) -> list[str]:
    return sorted(word for word in words if any(part in word for part in GIVEN_UP))


class TestNoWaiver:
    def test_no_word_of_relief_can_record_one(self):
        assert giving_up(vocabulary()) == []

    def test_the_words_were_really_looked_at(self):
        assert {"cancellation", "worker_copy", "co_financing", "principal_minor", "still_owed"} <= vocabulary()

    def test_one_would_be_noticed(self):
        class Paper(StrEnum):
            SIGNED = "waiver_of_claims"

        assert giving_up({member.value for member in Paper}) == ["waiver_of_claims"]

    def test_of_a_worker_nothing_but_their_own_copy_is_wanted(self):
        wanted = set().union(*(rule.signatures for rule in RULES.values()))
        assert wanted == {Signature.CREDITOR, Signature.EMPLOYER, Signature.WORKER_COPY}


class TestWhatEachDoes:
    def test_every_instrument_has_its_rule(self):
        assert set(RULES) == set(Instrument)

    def test_a_cancellation_moves_no_cash(self):
        rule = RULES[Instrument.CANCELLATION]
        assert (rule.moves_cash, rule.paid_to, rule.ends_debt) == (False, Beneficiary.NOBODY, True)

    def test_all_others_do(self):
        assert [each for each in Instrument if not RULES[each].moves_cash] == [Instrument.CANCELLATION]

    def test_the_fund_pays_advances_shares_and_cash_without_conditions(self):
        assert {each for each in Instrument if RULES[each].paid_by is AgreedPayer.FUND} == {
            Instrument.ADVANCE,
            Instrument.CO_FINANCING,
            Instrument.UNCONDITIONAL_CASH,
        }

    def test_only_an_advance_is_had_back_and_not_from_the_worker(self):
        assert [each for each in Instrument if RULES[each].makes_receivable] == [Instrument.ADVANCE]

    def test_only_a_share_waits_for_the_workers_word(self):
        assert [each for each in Instrument if RULES[each].after_confirmation] == [Instrument.CO_FINANCING]

    def test_what_the_fund_pays_to_a_worker_waits_for_nobodys_signature(self):
        assert missing_signatures(Instrument.ADVANCE, ()) == ()
        assert missing_signatures(Instrument.UNCONDITIONAL_CASH, ()) == ()

    def test_a_cancellation_stands_with_the_creditors_signature_and_the_workers_copy(self):
        assert missing_signatures(Instrument.CANCELLATION, ()) == (Signature.CREDITOR, Signature.WORKER_COPY)
        assert missing_signatures(Instrument.CANCELLATION, {Signature.CREDITOR}) == (Signature.WORKER_COPY,)
        assert missing_signatures(Instrument.CANCELLATION, set(Signature)) == ()

    def test_a_take_over_with_the_employers_too(self):
        assert set(missing_signatures(Instrument.TAKE_OVER, ())) == set(Signature)


class TestWhatIsStillOwed:
    def test_a_reimbursement_and_an_advance_count(self):
        assert still_owed(1_000, {Instrument.REIMBURSEMENT: 300, Instrument.ADVANCE: 200}) == 500

    @given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
    def test_cash_without_conditions_is_set_against_nothing(self, entitled, advance, cash):
        without = still_owed(entitled, {Instrument.ADVANCE: advance})
        assert still_owed(entitled, {Instrument.ADVANCE: advance, Instrument.UNCONDITIONAL_CASH: cash}) == without

    @given(st.integers(0, 10**9), st.dictionaries(st.sampled_from(Instrument), st.integers(0, 10**9)))
    def test_it_is_never_below_zero_nor_above_what_was_due(self, entitled, received):
        assert 0 <= still_owed(entitled, received) <= entitled


class TestCoFinancing:
    PARAMETERS = Parameters(match_percent=50, cap_person_minor=500_00, cap_vessel_minor=2_000_00)

    @pytest.mark.parametrize(
        ("confirmed", "person", "vessel", "granted"),
        [
            (600_00, 0, 0, 300_00),
            (2_000_00, 0, 0, 500_00),
            (2_000_00, 450_00, 450_00, 50_00),
            (2_000_00, 0, 1_900_00, 100_00),
            (2_000_00, 0, 2_000_00, 0),
            (600_00, 300_00, 300_00, 0),
            (333, 0, 0, 166),
            (0, 0, 0, 0),
        ],
    )
    def test_a_matched_share_up_to_the_caps(self, confirmed, person, vessel, granted):
        assert co_financing(confirmed, person, vessel, self.PARAMETERS) == granted

    def test_without_caps_the_match_alone(self):
        assert co_financing(2_000_00, 0, 10**9, Parameters(match_percent=30)) == 600_00

    @given(st.lists(st.integers(0, 700_00), max_size=12))
    def test_shares_granted_bit_by_bit_never_pass_a_cap(self, payments):
        confirmed = granted = 0
        for payment in payments:
            confirmed += payment
            granted += co_financing(confirmed, granted, granted, self.PARAMETERS)
        assert granted == min(confirmed * 50 // 100, 500_00)

    @pytest.mark.parametrize("wrong", [{"match_percent": 101}, {"match_percent": -1}, {"cap_person_minor": -1}])
    def test_a_share_of_more_than_all_cannot_be_set(self, wrong):
        with pytest.raises(ParameterInvalid):
            Parameters(**wrong)


class TestDebtsMadeAgain:
    CONFIRMED = date(2024, 9, 1)
    ANNOUNCED = date(2024, 3, 1)

    def hindrance(self, *days: date, owner: str = "CR-1", **changed: Any) -> IncentiveHindrance | None:
        told: dict[str, Any] = {"confirmed_on": self.CONFIRMED, "announced_on": self.ANNOUNCED}
        return incentive_hindrance("CR-1", debts=[CreditorDebt(owner, day) for day in days], **(told | changed))

    @pytest.mark.parametrize("days", [0, 1, 90])
    def test_none_where_the_same_owner_makes_a_debt_again_while_the_case_is_watched(self, days):
        made = self.CONFIRMED + timedelta(days=days)
        assert self.hindrance(made) is IncentiveHindrance.DEBT_MADE_AGAIN

    def test_none_where_a_debt_was_made_since_the_announcement(self):
        assert self.hindrance(self.ANNOUNCED) is IncentiveHindrance.DEBT_AFTER_ANNOUNCEMENT
        assert self.hindrance(self.CONFIRMED + timedelta(days=91)) is IncentiveHindrance.DEBT_AFTER_ANNOUNCEMENT

    def test_an_older_debt_and_the_debt_of_another_owner_hinder_nothing(self):
        assert self.hindrance(self.ANNOUNCED - timedelta(days=1)) is None
        assert self.hindrance(self.CONFIRMED, owner="CR-2") is None

    def test_a_debt_that_a_person_reviewed_as_genuine_hinders_nothing(self):
        genuine = [CreditorDebt("CR-1", self.CONFIRMED, reviewed_genuine=True)]
        assert self.hindrance() is None
        assert (
            incentive_hindrance("CR-1", confirmed_on=self.CONFIRMED, debts=genuine, announced_on=self.ANNOUNCED) is None
        )

    def test_nothing_goes_to_an_owner_before_the_worker_confirmed(self):
        assert self.hindrance(confirmed_on=None) is IncentiveHindrance.NOT_CONFIRMED

    def test_watching_for_less_than_90_days_cannot_be_set(self):
        with pytest.raises(ParameterInvalid):
            Parameters(monitoring_days=89)
