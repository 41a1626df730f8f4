"""No sequence of acts by fewer than three people moves money, whoever they are and whatever they may do.

Every way in which one or two people can share the five acts of a plan out among themselves is tried, each with every permission there
is, which is more than anybody has. Then three people: those ways alone in which nobody has two of the three parts.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recruitment.core.errors import RecruitmentError
from recruitment.fund.rules.segregation import BackReason
from recruitment.fund.services import locking, planning
from tests.factories.forced import Forced
from tests.fund.force.checking import Seen, faults

ACTS = ("draft", "lock", "approve", "release", "export")
NAMES = ("one", "two", "three")


@pytest.fixture(scope="module")
def crew(shared_fund) -> Forced:
    """Three people who may do everything, at the machine as well as in the service."""
    for number, name in enumerate(NAMES):
        shared_fund.people[name] = replace(shared_fund["local"], id=UUID(int=0xAB00 + number))
    return shared_fund


@pytest.fixture(scope="module")
def pot(crew) -> str:
    return crew.a_pot(1_000_000)


def gone_through(fund: Forced, pot: str, due: str, hands: tuple[str, ...]) -> bool:
    """Let people do the acts in their order, each whatever became of the one before; say whether money moved."""
    draft, lock, approve, release, export = hands
    plan, digest = fund.drafted(pot, [due], draft), "0" * 64
    tries: list[Any] = [
        lambda: fund.approve(plan, digest, approve), lambda: fund.release(plan, digest, release), lambda: fund.export(plan, export),
    ]  # fmt: skip
    digest = fund.digest(plan, lock)
    for act in tries:
        try:
            act()
        except RecruitmentError:
            continue
    is_sent = {each.state.value for each in fund.payments(plan)} == {"sent"}
    if not is_sent:
        fund.did(lock, locking.cancel, plan, BackReason.OTHER)
    return is_sent


def sent(fund: Forced) -> int:
    return sum(row["to_state"] == "sent" for row in Seen(fund.database).rows["payment_events"])


def test_one_or_two_people_move_nothing_however_they_share_it_out(crew, pot):
    (due,) = crew.owed(100)
    before = sent(crew)
    for hands in product(NAMES[:2], repeat=len(ACTS)):
        if hands[0] == NAMES[0]:  # the other half is the same with the names the other way round
            assert not gone_through(crew, pot, due, hands), hands
    assert sent(crew) == before
    assert faults(crew.database) == []


@pytest.mark.slow
def test_three_people_move_money_only_where_nobody_has_two_parts(crew, pot):
    for draft, lock, approve, release in product(NAMES, repeat=4):
        (due,) = crew.owed(100, worker=0)
        hands = (draft, lock, approve, release, draft)
        parts = [{draft, lock}, {approve}, {release}]
        is_apart = not (parts[0] & parts[1] or parts[0] & parts[2] or parts[1] & parts[2])
        assert gone_through(crew, pot, due, hands) is is_apart, hands
    assert faults(crew.database) == []


acts = st.lists(
    st.tuples(
        st.sampled_from(["draft", "add", "remove", "lock", "unlock", "approve", "release", "export", "answer"]),
        st.sampled_from(NAMES[:2]), st.integers(0, 3),
    ),
    min_size=4, max_size=14,
)  # fmt: skip


@pytest.mark.slow
class TestAnySequence:
    @settings(
        max_examples=max(10, (settings.default.max_examples if settings.default else 100) // 5),
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(sequence=acts)
    def test_of_acts_of_two_people_moves_nothing(self, crew, pot, sequence):
        owed = crew.owed(100, 200)
        plans = [crew.drafted(pot, owed, NAMES[0])]
        digests = ["0" * 64]
        before = sent(crew)
        for act, who, place in sequence:
            plan, digest, due = plans[place % len(plans)], digests[-1 - place % len(digests)], owed[place % 2]
            try:
                self.done(crew, (act, who), (plan, digest, due), pot, plans, digests)
            except RecruitmentError:
                continue
        assert sent(crew) == before
        for plan in plans:
            try:
                crew.did(NAMES[0], locking.cancel, plan, BackReason.OTHER)
            except RecruitmentError:
                continue
        assert faults(crew.database, books=False) == []

    def done(
        self,
        fund: Forced,
        what: tuple[str, str],
        on: tuple[str, str, str],
        pot: str,
        plans: list[str],
        digests: list[str],
    ) -> None:
        (act, who), (plan, digest, due) = what, on
        if act == "draft":
            plans.append(fund.drafted(pot, [], who))
        elif act == "add":
            fund.did(who, planning.add_to_plan, plan, [due])
        elif act == "remove":
            fund.did(who, planning.remove_from_plan, plan, [due])
        elif act == "lock":
            digests.append(fund.digest(plan, who))
        elif act == "unlock":
            fund.unlock(plan, who)
        elif act == "approve":
            fund.approve(plan, digest, who)
        elif act == "release":
            fund.release(plan, digest, who)
        else:
            fund.export(plan, who)


def test_a_check_that_looks_at_the_role_alone_would_be_caught(crew, pot, monkeypatch):
    """The negative control: the rule alone is taken away; the constraints of the database still hold two people back."""
    from recruitment.database.unit_of_work import WriteConflict
    from recruitment.fund.services import approving

    monkeypatch.setattr(approving, "check_approver", lambda *_: None)
    plan = crew.drafted(pot, crew.owed(100), "one")
    lock = crew.digest(plan, "one")
    with pytest.raises(WriteConflict):
        crew.approve(plan, lock, "one")
    assert faults(crew.database) == []
