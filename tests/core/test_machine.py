"""A machine of states moves as its table says, says what else could be done, and draws itself."""

from enum import StrEnum

import pytest

from recruitment.core.machine import Machine, MoveNotAllowed, on_the_way


class Light(StrEnum):
    RED = "red"
    GREEN = "green"
    OUT = "out"


class Turn(StrEnum):
    GO = "go"
    HALT = "halt"
    BREAK = "break"


LIGHT = Machine(
    "The light",
    Light.RED,
    {(Light.RED, Turn.GO): Light.GREEN, (Light.GREEN, Turn.HALT): Light.RED, (Light.GREEN, Turn.BREAK): Light.OUT},
)


def test_it_moves_as_its_table_says():
    assert LIGHT.after(Light.RED, Turn.GO) is Light.GREEN
    assert LIGHT.allows(Light.GREEN, Turn.BREAK)
    assert not LIGHT.allows(Light.RED, Turn.BREAK)
    assert LIGHT.leading_to(Turn.HALT) == {Light.GREEN}


def test_what_does_not_follow_is_refused_with_what_would():
    with pytest.raises(MoveNotAllowed, match="The light is green, so it cannot be moved by 'go'.*break, halt"):
        LIGHT.after(Light.GREEN, Turn.GO)
    with pytest.raises(MoveNotAllowed, match="Nothing more can be done with it"):
        LIGHT.after(Light.OUT, Turn.GO)


def test_it_draws_itself():
    assert LIGHT.drawing().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> red",
        "    green --> out: break",
        "    green --> red: halt",
        "    red --> green: go",
        "    out --> [*]",
    ]


def test_the_database_is_told_the_same_moves():
    told = on_the_way(LIGHT)
    assert "to_state = 'red') OR" in told
    assert (
        "(from_state = 'green' AND to_state IN ('out', 'red')) OR (from_state = 'red' AND to_state IN ('green'))"
        in told
    )
