"""The ledger against a model of a few dozen lines: random operations, restarts and jumps of the clock, step by step.

About 10,000 steps on SQLite, five times as many in the deep profiles; every answer of the ledger is what the model says it is.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from recruitment.core import clock, merkle
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.database.unit_of_work import Database
from recruitment.ledger.errors import (
    AlreadyReversed,
    BookUnknown,
    EntryNotSealed,
    EntryUnknown,
    KeyReused,
    ReversalOfReversal,
)
from recruitment.ledger.rules import EntryDraft, PostingDraft
from recruitment.ledger.services import sealing
from tests.ledger.books import (
    LOAN,
    MEDICAL,
    REPORTED,
    VISA,
    a_draft,
    balances_of,
    entries_of,
    opened,
    posted,
    reversed_,
)
from tests.sealing.model import Model
from tests.sealing.sealed import IS_DEEP, found, sealed_once

START = datetime(2024, 5, 1, 12, tzinfo=UTC)
STEPS = 50
NAMES = {
    KeyReused: "reused", BookUnknown: "book unknown", EntryUnknown: "entry unknown",
    ReversalOfReversal: "a reversal itself", AlreadyReversed: "reversed before",
}  # fmt: skip

positions = st.integers(0, 10**6)
days = st.dates(date(2024, 4, 20), date(2024, 5, 10))
postings = st.lists(st.sampled_from([VISA, MEDICAL, REPORTED, LOAN]), min_size=1, max_size=3).map(tuple)


class LedgerMachine(RuleBasedStateMachine):
    """Drives the service and the model; ``databases`` and ``counted`` are given by the test."""

    databases: object
    counted: Counter
    model_of = Model

    @initialize(position=positions, day=days, postings=postings)
    def begin(self, position: int, day: date, postings: tuple[PostingDraft, ...]) -> None:
        self.count("begin")
        self.stack = ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="model-"))
        self.settings = self.stack.enter_context(self.databases.migrated(self.folder))  # type: ignore[attr-defined]
        self.database = Database(self.settings)
        self.model, self.now, self.latest = self.model_of(), START, START
        self.drafts: list[EntryDraft] = []
        with self.at_now():
            self.model.books += opened(self.database, count=2)
        self.drafts.append(a_draft(self.model.books[0], VISA, key="0"))
        self.both_post(self.drafts[0])
        self.one_of_everything(position, day, postings)

    def one_of_everything(self, position: int, day: date, postings: tuple[PostingDraft, ...]) -> None:
        """Hypothesis leaves many rules out of many examples on purpose, so each example begins with all of them."""
        for act in (
            self.open_a_book, lambda: self.post(position, 1, day, postings), self.post_to_an_unknown_book,
            lambda: self.post_in_bulk(position, day, [postings, postings]), lambda: self.prove(position, 1), self.seal,
            lambda: self.prove(position, 1), lambda: self.post_again(position), self.restart,
            lambda: self.post_something_else_under_a_key(position, 1), lambda: self.let_time_pass(90),
            lambda: self.reverse(position, "a mistake", 1), lambda: self.put_the_clock_back(20), self.verify,
            lambda: self.read_balances(position, day, 60), self.seal,
        ):  # fmt: skip
            act()
            self.count("step")

    def count(self, name: str) -> None:
        self.counted[name] += 1

    def at_now(self):
        return clock.stopped_at(self.now)

    def book(self, position: int) -> UUID:
        return self.model.books[position % len(self.model.books)]

    @rule()
    def open_a_book(self) -> None:
        self.count("open a book")
        with self.at_now():
            self.model.books += opened(self.database)

    @rule(position=positions, key=st.integers(0, 12), day=days, postings=postings)
    def post(self, position: int, key: int, day: date, postings: tuple[PostingDraft, ...]) -> None:
        self.count("post")
        draft = a_draft(self.book(position), *postings, key=f"{key}", effective_on=day)
        self.drafts.append(draft)
        self.both_post(draft)

    @rule(position=positions, day=days, chosen=st.lists(postings, min_size=2, max_size=4))
    def post_in_bulk(self, position: int, day: date, chosen: list[tuple[PostingDraft, ...]]) -> None:
        self.count("post in bulk")
        drafts = [a_draft(self.book(position + n), *each, effective_on=day) for n, each in enumerate(chosen)]
        with self.at_now():
            done = posted(self.database, *drafts)
        expected = [self.model.post(draft, self.now) for draft in drafts]
        assert [("posted", one.entry_id) for one in done] == expected
        assert not any(one.replayed for one in done)

    @rule(position=positions)
    def post_again(self, position: int) -> None:
        self.count("post again")
        draft = self.drafts[position % len(self.drafts)]
        self.both_post(a_draft(draft.book_id, *draft.postings, key=draft.key, effective_on=draft.effective_on))

    @rule(position=positions, amount=st.integers(1, 9))
    def post_something_else_under_a_key(self, position: int, amount: int) -> None:
        self.count("post something else")
        draft = self.drafts[position % len(self.drafts)]
        other = PostingDraft(VISA.debit, VISA.credit, "JPY", amount)
        self.both_post(a_draft(draft.book_id, other, key=draft.key, effective_on=draft.effective_on))

    @rule()
    def post_to_an_unknown_book(self) -> None:
        self.count("post to nowhere")
        self.both_post(a_draft(uuid4()))

    def both_post(self, draft: EntryDraft) -> None:
        expected = self.model.post(draft, self.now)
        self.count(f"post: {expected[0]}")
        with self.at_now():
            assert self.answered(lambda: posted(self.database, draft)) == expected

    @rule(position=positions, reason=st.sampled_from(["a mistake", "another"]), known=st.integers(0, 9))
    def reverse(self, position: int, reason: str, known: int) -> None:
        self.count("reverse")
        entry = self.model.held[position % len(self.model.held)]
        wanted = entry.id if known else uuid4()
        with self.at_now():
            answer = self.answered(lambda: reversed_(self.database, (entry.book, wanted), reason=reason))
        expected = self.model.reverse(entry.book, wanted, reason, answer[1], self.now)
        self.count(f"reverse: {expected[0]}")
        assert answer == expected

    def answered(self, act) -> tuple[str, UUID | None]:
        try:
            (done,) = act()
        except tuple(NAMES) as error:
            return NAMES[type(error)], None
        return "replayed" if done.replayed else "posted", done.entry_id

    @rule(position=positions, as_of=st.none() | days, back=st.none() | st.integers(0, 300))
    def read_balances(self, position: int, as_of: date | None, back: int | None) -> None:
        self.count("balances")
        known_at = None if back is None else self.now - timedelta(minutes=back)
        for book in (None, self.book(position)):
            expected = self.model.balances(book, as_of, known_at)
            assert balances_of(self.database, book, as_of=as_of, known_at=known_at) == expected
            assert balances_of(self.database, book) == self.model.balances(book)

    @rule()
    def seal(self) -> None:
        self.count("seal")
        expected = self.model.seal()
        with self.at_now():
            made = sealed_once(self.database)
        assert (made.leaves if made else None) == expected
        if made:
            assert (made.number, made.caught_up) == (len(self.model.seals), True)

    @rule(position=positions, known=st.integers(0, 9))
    def prove(self, position: int, known: int) -> None:
        self.count("prove")
        entry = self.model.held[position % len(self.model.held)].id if known else uuid4()
        expected = self.model.prove(entry)
        self.count(f"prove: {expected if isinstance(expected, str) else 'proven'}")
        assert self.proven(entry) == expected

    def proven(self, entry: UUID) -> int | str:
        try:
            with self.database.read_session() as session:
                proof = sealing.prove(session, LOCAL_OPERATOR, entry)
        except EntryNotSealed:
            return "not sealed"
        except EntryUnknown:
            return "unknown"
        sealed = proof.seal
        assert merkle.verify_inclusion(proof.leaf, proof.position, sealed.leaves, proof.path, sealed.root)
        return sealed.number

    @rule()
    def verify(self) -> None:
        self.count("verify")
        assert found(self.database) == []

    @rule()
    def restart(self) -> None:
        self.count("restart")
        self.database.dispose()
        self.database = Database(self.settings)

    @rule(minutes=st.integers(1, 600))
    def let_time_pass(self, minutes: int) -> None:
        self.count("time passes")
        self.now += timedelta(minutes=minutes, microseconds=minutes)
        self.latest = max(self.latest, self.now)

    @rule(minutes=st.integers(1, 30))
    def put_the_clock_back(self, minutes: int) -> None:
        self.count("clock goes back")
        self.now = max(self.now - timedelta(minutes=minutes), self.latest - timedelta(minutes=30))

    @invariant()
    def count_the_step(self) -> None:
        self.count("step")

    def teardown(self) -> None:
        if not hasattr(self, "stack"):
            return
        for book in self.model.books:
            assert {entry.id for entry in entries_of(self.database, book)} == {
                one.id for one in self.model.held if one.book == book
            }
        assert found(self.database) == []
        self.database.dispose()
        self.stack.close()
        shutil.rmtree(self.folder, ignore_errors=True)


RULES = (
    "open a book", "post", "post in bulk", "post again", "post something else", "post to nowhere", "reverse", "balances",
    "seal", "prove", "verify", "restart", "time passes", "clock goes back",
)  # fmt: skip
ANSWERS = ("post: posted", "post: replayed", "post: reused", "reverse: posted", "prove: proven", "prove: not sealed")


def driven(databases, examples: int, model=Model) -> Counter:
    """Run a machine and return how often it did what."""
    counted: Counter = Counter()
    machine = type("Machine", (LedgerMachine,), {"databases": databases, "counted": counted, "model_of": model})
    health = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=STEPS, deadline=None, suppress_health_check=health, database=None
        ),
    )
    return counted


@pytest.mark.slow
def test_every_answer_is_what_the_model_says(engine_databases, engine_name):
    examples = {"sqlite": 1_000 if IS_DEEP else 175, "postgresql": 20 if IS_DEEP else 3}[engine_name]
    counted = driven(engine_databases, examples)
    print(f"{counted['step']} steps on {engine_name}: {dict(counted)}")
    wanted = {"sqlite": 50_000 if IS_DEEP else 10_000, "postgresql": 300 if IS_DEEP else 30}[engine_name]
    assert counted["step"] >= wanted
    if engine_name == "sqlite":
        assert {name: counted[name] for name in RULES if counted[name] < 30} == {}
        assert {name: counted[name] for name in ANSWERS if counted[name] < 5} == {}


class _ForgetsReversals(Model):
    def reverse(self, book, entry, reason, new, at):
        answer = super().reverse(book, entry, reason, new, at)
        if answer[0] == "posted":
            self.held[-1] = self.held[-1].__class__(**{**self.held[-1].__dict__, "postings": ()})
        return answer


class _ForgetsKeys(Model):
    def keyed(self, book, key):
        return None


class _SealsWhatIsNewer(Model):
    def unsealed(self):
        return {one.id for one in self.held} - {leaf for seal in self.seals for leaf in seal}


@pytest.mark.parametrize("model", [_ForgetsReversals, _ForgetsKeys, _SealsWhatIsNewer])
def test_a_model_that_is_wrong_is_contradicted(sqlite_databases, model, monkeypatch):
    """The negative control: the ledger and a model that differ do not agree for long."""
    from hypothesis import Phase

    real = settings

    def quickly(**given):
        return real(phases=[Phase.generate], **given)

    monkeypatch.setitem(globals(), "settings", quickly)
    with pytest.raises(AssertionError):
        driven(sqlite_databases, 40, model)
