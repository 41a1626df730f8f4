"""Guarded balances and holds against a model that only adds up: whatever is asked, in any order, wherever it is refused."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.errors import RecruitmentError
from recruitment.ledger import service
from recruitment.ledger.errors import FundsInsufficient, HoldExceeded, HoldResolved
from recruitment.ledger.queries import holds as queries
from recruitment.ledger.rules import EntryDraft, HoldDraft, PostingDraft, Settlement
from recruitment.ledger.services import guarding, holds, posting
from tests.ledger.books import a_draft, faults_of, on_databases
from tests.ledger.funds import BANK, THB, a_fund, a_hold, paid, received
from tests.ledger.shared import shared_database, shared_settings

__all__ = ["shared_database", "shared_settings"]


@dataclass
class Model:
    """One fund: the sums of its entries, and its holds with what became of them. Nothing is kept beside the rows."""

    entries: dict[UUID, int] = field(default_factory=dict)
    reversed_ids: set[UUID] = field(default_factory=set)
    holds: dict[UUID, int] = field(default_factory=dict)
    ended: dict[UUID, str] = field(default_factory=dict)

    @property
    def reserved(self) -> int:
        return sum(amount for hold, amount in self.holds.items() if hold not in self.ended)

    @property
    def available(self) -> int:
        undone = sum(self.entries[entry] for entry in self.reversed_ids)
        return sum(self.entries.values()) - undone - self.reserved

    def refusal(self, change: int) -> type[RecruitmentError] | None:
        return FundsInsufficient if self.available + change < 0 else None


@dataclass
class Run:
    """One example: the same asked of the service and of the model."""

    session: Session
    book: UUID
    model: Model
    hold_drafts: list[HoldDraft] = field(default_factory=list)
    entry_drafts: list[EntryDraft] = field(default_factory=list)

    def post(self, sizes: list[int]) -> None:
        """Post a batch: positive sizes come in, negative ones leave."""
        drafts = [a_draft(self.book, _posting(size)) for size in sizes]
        expected = self.model.refusal(sum(sizes))
        if self.asked(lambda: service.post(self.session, LOCAL_OPERATOR, drafts), expected):
            self.model.entries |= {draft.id: size for draft, size in zip(drafts, sizes, strict=True)}
            self.entry_drafts += drafts

    def post_again(self, pick: int) -> None:
        if self.entry_drafts:
            draft = self.entry_drafts[pick % len(self.entry_drafts)]
            assert self.asked(lambda: service.post(self.session, LOCAL_OPERATOR, [replace(draft, id=uuid4())]), None)

    def reverse(self, pick: int) -> None:
        if self.entry_drafts:
            entry = self.entry_drafts[pick % len(self.entry_drafts)].id
            change = 0 if entry in self.model.reversed_ids else -self.model.entries[entry]
            places = [(self.book, entry)]
            if self.asked(
                lambda: service.reverse(self.session, LOCAL_OPERATOR, places, "wrong"), self.model.refusal(change)
            ):
                self.model.reversed_ids.add(entry)

    def hold(self, sizes: list[int]) -> None:
        drafts = [a_hold(self.book, abs(size)) for size in sizes]
        expected = self.model.refusal(-sum(map(abs, sizes)))
        if self.asked(lambda: holds.hold(self.session, LOCAL_OPERATOR, drafts), expected):
            self.model.holds |= {draft.id: draft.amount_minor for draft in drafts}
            self.hold_drafts += drafts

    def hold_again(self, pick: int) -> None:
        if self.hold_drafts:
            draft = replace(self.hold_drafts[pick % len(self.hold_drafts)], id=uuid4())
            assert self.asked(lambda: holds.hold(self.session, LOCAL_OPERATOR, [draft]), None)

    def settle(self, pick: int, size: int) -> None:
        if self.hold_drafts:
            hold = self.hold_drafts[pick % len(self.hold_drafts)].id
            draft = a_draft(self.book, paid(abs(size)))
            expected: type[RecruitmentError] | None = None
            if abs(size) > self.model.holds[hold]:
                expected = HoldExceeded
            elif hold in self.model.ended:
                expected = HoldResolved
            wanted = [Settlement(self.book, hold, draft)]
            if self.asked(lambda: holds.settle(self.session, LOCAL_OPERATOR, wanted), expected):
                self.model.ended[hold] = "settled"
                self.model.entries[draft.id] = -abs(size)
                self.entry_drafts.append(draft)
                assert holds.settle(self.session, LOCAL_OPERATOR, wanted)[0].replayed

    def release(self, pick: int) -> None:
        if self.hold_drafts:
            hold = self.hold_drafts[pick % len(self.hold_drafts)].id
            expected = HoldResolved if self.model.ended.get(hold) == "settled" else None
            places = [(self.book, hold)]
            if self.asked(lambda: holds.release(self.session, LOCAL_OPERATOR, places, "over"), expected):
                self.model.ended[hold] = "released"

    def asked(self, do, expected: type[RecruitmentError] | None) -> bool:
        """Ask the service; it must refuse as the model says, or not at all."""
        outcome: type[RecruitmentError] | None = None
        try:
            do()
        except RecruitmentError as error:
            outcome = type(error)
        assert outcome is expected
        return outcome is None

    def agrees(self) -> None:
        available = queries.available(self.session, self.book, BANK, THB)
        reserved = queries.reserved(self.session, self.book).get(THB, 0)
        assert (available, reserved) == (self.model.available, self.model.reserved)


def _posting(size: int) -> PostingDraft:
    return received(size) if size > 0 else paid(-size)


sizes = st.integers(-12, 12).filter(bool)
picks = st.integers(0, 7)
steps = st.one_of(
    st.tuples(st.just("post"), st.lists(sizes, min_size=1, max_size=3)),
    st.tuples(st.just("hold"), st.lists(sizes, min_size=1, max_size=2)),
    st.tuples(st.just("settle"), picks, sizes),
    st.tuples(st.sampled_from(["release", "hold_again", "post_again", "reverse"]), picks),
)


def the_service_agrees(database, start: int, plan: list[tuple]) -> None:
    """Carry a plan out in one unit of work, where what is refused must leave nothing, and compare after each step."""
    book = a_fund(database)
    with database.unit_of_work() as session:
        run = Run(session, book, Model())
        for name, *arguments in [("post", [start]), *plan]:
            getattr(run, name)(*arguments)
            run.agrees()


@on_databases
@given(st.integers(1, 30), st.lists(steps, max_size=14))
def _agrees(database, start, plan):
    the_service_agrees(database, start, plan)


class TestAnyOrder:
    def test_of_anything_agrees_with_adding_up(self, shared_database):
        _agrees(shared_database)
        assert faults_of(shared_database) == []


class TestWithoutWhatItNeeds:
    """Negative controls: the comparison is worth something."""

    def test_a_service_that_forgets_the_balance_is_caught(self, database, monkeypatch):
        monkeypatch.setattr(posting, "keep_guarded", lambda *_: None)
        with pytest.raises(AssertionError):
            the_service_agrees(database, 5, [("post", [-3])])

    def test_one_that_moves_it_again_with_a_replay_is_caught(self, database, monkeypatch):
        real = posting._write_alone

        def forgetful(*arguments):
            return replace(real(*arguments), replayed=False)

        monkeypatch.setattr(posting, "_write_alone", forgetful)
        with pytest.raises(AssertionError):
            the_service_agrees(database, 5, [("post_again", 0)])

    def test_one_that_takes_what_is_not_there_is_stopped_by_the_database(self, database, monkeypatch):
        """Should the condition of the statement ever go, the CHECK of the table refuses."""
        monkeypatch.setattr(guarding, "change", _unconditional)
        with pytest.raises(Exception, match="(?i)check constraint|Nothing was saved"):
            the_service_agrees(database, 5, [("post", [-6])])


def _unconditional(session, statement) -> int:
    statement._where_criteria = statement._where_criteria[:2]  # book and account, without what must be there
    return session.execute(statement, execution_options={"synchronize_session": False}).rowcount
