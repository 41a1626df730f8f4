"""A machine of states, as a table: from a state, by an event, to a state. Pure, explicit, and drawn from itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from recruitment.core.errors import RuleBroken

if TYPE_CHECKING:
    from collections.abc import Mapping

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


class MoveNotAllowed(RuleBroken):
    """What is asked for does not follow from where the thing stands."""

    code = "machine.move_not_allowed"


@dataclass(frozen=True)
class Machine(Generic[S, E]):
    """All moves that there are. ``name`` is what moves, in a sentence; ``start`` the state in which it begins."""

    name: str
    start: S
    moves: Mapping[tuple[S, E], S]

    def after(self, state: S, event: E) -> S:
        """Return the state after ``event``. Raises ``MoveNotAllowed``, which tells what could be done instead."""
        try:
            return self.moves[state, event]
        except KeyError:
            possible = ", ".join(sorted(each.value for at, each in self.moves if at is state))
            after = f"From here only this is possible: {possible}." if possible else "Nothing more can be done with it."
            raise MoveNotAllowed(
                f"{self.name} is {state.value}, so it cannot be moved by {event.value!r}. {after}",
                state=state.value,
                event=event.value,
            ) from None

    def allows(self, state: S, event: E) -> bool:
        """Say whether ``event`` is possible in ``state``."""
        return (state, event) in self.moves

    def leading_to(self, event: E) -> frozenset[S]:
        """Return the states in which ``event`` is possible."""
        return frozenset(state for state, each in self.moves if each is event)

    def pairs(self) -> frozenset[tuple[str, str]]:
        """Return from where to where something may move, by any event: what the database holds."""
        return frozenset((before.value, after.value) for (before, _), after in self.moves.items())

    def drawing(self) -> str:
        """Return the machine as a state diagram of Mermaid, each line in a steady order."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start.value}"]
        lines += sorted(
            f"    {before.value} --> {after.value}: {event.value}" for (before, event), after in self.moves.items()
        )
        ends = {state for state in type(self.start) if not any(before is state for before, _ in self.moves)}
        lines += sorted(f"    {state.value} --> [*]" for state in ends)
        return "\n".join(lines)


def on_the_way(machine: Machine[S, E]) -> str:
    """Return the condition, in SQL, that an event row follows the row before it by a move of the machine.

    For a table with ``number``, ``previous_number``, ``from_state`` and ``to_state``. Blanks are refused by name: a CHECK
    that comes to NULL passes.
    """
    by_state: dict[str, list[str]] = {}
    for before, after in sorted(machine.pairs()):
        by_state.setdefault(before, []).append(after)
    steps = " OR ".join(
        f"(from_state = '{before}' AND to_state IN ({', '.join(repr(each) for each in after)}))"
        for before, after in by_state.items()
    )
    return (
        "(number = 1 AND from_state IS NULL AND previous_number IS NULL AND "
        f"to_state = '{machine.start.value}') OR "
        "(number > 1 AND previous_number IS NOT NULL AND from_state IS NOT NULL AND previous_number = number - 1 "
        f"AND ({steps}))"
    )
