"""Whoever approves or releases money shows the second factor for that one act; a code counts once."""

from datetime import timedelta

import pytest

from recruitment.access.errors import CodeWrong, PersonUnknown, TooManyAttempts
from recruitment.access.rules.people import actor_of
from recruitment.access.services import second_factor
from recruitment.access.services.stepping_up import GOOD_FOR, as_person, step_up
from recruitment.core import clock
from recruitment.core.actor import Role
from tests.factories.people import settle

NOW = clock.now().replace(hour=10, minute=0, second=5, microsecond=0)


@pytest.fixture
def person(database):
    return settle(database, Role.FUND_APPROVER)


def _code(database, person):
    with database.read_session() as session:
        return second_factor.code_now(session, person.login)


def test_the_code_of_now_makes_a_step_that_is_the_persons_own_and_short_lived(database, person):
    with clock.stopped_at(NOW):
        step = step_up(database, actor_of(person), _code(database, person), address="here")
        assert step.covers(actor_of(person))
        assert not step.covers(actor_of(settle(database, Role.FUND_RELEASER)))
    with clock.stopped_at(NOW + GOOD_FOR + timedelta(seconds=1)):
        assert not step.covers(actor_of(person))
    with clock.stopped_at(NOW - timedelta(seconds=1)):
        assert not step.covers(actor_of(person)), "a clock that goes back makes nothing good"


def test_a_code_counts_once(database, person):
    with clock.stopped_at(NOW):
        code = _code(database, person)
        step_up(database, actor_of(person), code, address="here")
        with pytest.raises(CodeWrong, match="used before"):
            step_up(database, actor_of(person), code, address="here")


def test_guesses_are_made_slow_and_leave_a_trace(database, person):
    with clock.stopped_at(NOW):
        right = _code(database, person)
        wrong = f"{(int(right) + 1) % 1_000_000:06d}"
        with pytest.raises(TooManyAttempts, match="Wait"):
            for _ in range(100):
                with pytest.raises(CodeWrong):
                    step_up(database, actor_of(person), wrong, address="here")
        with pytest.raises(TooManyAttempts):
            step_up(database, actor_of(person), right, address="here")
    with clock.stopped_at(NOW + timedelta(hours=2)):
        assert step_up(database, actor_of(person), _code(database, person), address="here").covers(actor_of(person))


def test_at_the_machine_somebody_acts_in_their_own_name_after_their_second_factor(database, person):
    with clock.stopped_at(NOW):
        actor, step = as_person(database, person.login, _code(database, person))
        assert actor == actor_of(person)
        assert step.covers(actor)
        with pytest.raises(PersonUnknown, match="Nobody signs in as"):
            as_person(database, "nobody@people.example", "123456")
