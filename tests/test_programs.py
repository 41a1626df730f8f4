"""A missing program skips its tests where one works, and fails them in CI."""

from __future__ import annotations

import pytest

from tests.programs import program


@pytest.fixture(autouse=True)
def nowhere(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("REQUIRE_PROGRAMS", raising=False)


def test_the_first_that_is_there_is_taken():
    assert program("no-such-program", "sh", hint="").endswith("/sh")


def test_a_missing_one_skips_and_says_how_to_get_it():
    with pytest.raises(pytest.skip.Exception, match="no-such-program is missing: apt-get install it"):
        program("no-such-program", hint="apt-get install it")


@pytest.mark.parametrize("name", ["CI", "REQUIRE_PROGRAMS"])
def test_in_ci_a_missing_one_fails(monkeypatch, name):
    monkeypatch.setenv(name, "true")
    with pytest.raises(pytest.fail.Exception, match="no-such-program is missing"):
        program("no-such-program", hint="apt-get install it")
