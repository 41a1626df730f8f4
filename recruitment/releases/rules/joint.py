"""What an agency and an employer may learn when they lay their releases side by side.

Both read about the same people. What one of them reads beyond the other is about the difference of the two groups, so that
must be nobody, or at least five. The same for an agency and all its employers together, and the other way round. Where it
is not so, the employer's cell waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.releases.rules.cells import WORKERS_MIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation with a cell: who was ever counted in it, and who would be now; None when nothing new is to go out.

    ``earlier``: who had been counted in it after each of the releases that changed it, but for the last one.
    """

    id: UUID
    is_employer: bool
    counted: frozenset[UUID]
    proposed: frozenset[UUID] | None
    earlier: tuple[frozenset[UUID], ...] = ()


def held_back(parties: Sequence[Party]) -> frozenset[UUID]:
    """Return the organisations for which what is proposed must wait. All parties are about one cell, in a steady order.

    What went out before cannot be taken back, so one after the other of what is proposed is left out until nothing is told
    apart: employers first, the last in order first.
    """
    going_out = {party.id for party in parties if party.proposed is not None}
    everything = frozenset(going_out)
    while going_out:
        involved = _told_apart(parties, going_out)
        if involved is None:
            break
        blamed = [party for party in involved if party.id in going_out]
        if not blamed:
            return everything
        employers = [party for party in blamed if party.is_employer]
        going_out.discard((employers or blamed)[-1].id)
    return everything - going_out


def is_few(people: int) -> bool:
    """Say whether a group is somebody, but too few to be told apart."""
    return 0 < people < WORKERS_MIN


def _told_apart(parties: Sequence[Party], going_out: set[UUID]) -> list[Party] | None:
    """Return the parties of the first few who could be told apart; None when nobody can."""
    # Once by everybody who was ever counted, and once by those whom two new figures are about.
    ever = {party.id: _ever(party, party.id in going_out) for party in parties}
    now = {party.id: party.proposed or frozenset() for party in parties if party.id in going_out}
    for sets in (ever, now):
        those = [party for party in parties if sets.get(party.id)]
        for party in those:
            others = [each for each in those if each.is_employer is not party.is_employer]
            near = [each for each in others if not sets[party.id].isdisjoint(sets[each.id])]
            few = _few_of(sets[party.id], [(each, sets[each.id]) for each in near])
            if few is not None:
                return sorted([party, *few], key=parties.index)
            if party.id in going_out and _differs_by_few(sets[party.id], party, parties):
                return [party]
    return None


def _differs_by_few(own: frozenset[UUID], party: Party, parties: Sequence[Party]) -> bool:
    """Say whether an earlier release told another side of ``own`` but for a few, or of them and a few more.

    Whoever reads releases keeps the old ones. Where each group has somebody whom the other has not, neither can be taken
    away from the other.
    """
    earlier = [
        group
        for each in parties
        if each.is_employer is not party.is_employer
        for group in (*each.earlier, each.counted)
    ]
    return any(group and (own < group or group < own) and is_few(len(own ^ group)) for group in earlier)


def _ever(party: Party, goes_out: bool) -> frozenset[UUID]:
    return party.counted | party.proposed if goes_out and party.proposed is not None else party.counted


def _few_of(own: frozenset[UUID], others: Iterable[tuple[Party, frozenset[UUID]]]) -> list[Party] | None:
    """Return with whose groups a few can be told apart in ``own``: one by one, all together, or all but one."""
    listed = list(others)
    for party, group in listed:
        if is_few(len(own - group)) or is_few(len(group - own)):
            return [party]
    rest = own.difference(*(group for _, group in listed)) if listed else frozenset()
    if is_few(len(rest)):
        return [party for party, _ in listed]
    if listed and not rest:
        # All but one: who stands in that one, and who stands in that one alone where some of it stand in several.
        for place, (_, group) in enumerate(listed):
            the_others = [each for number, (_, each) in enumerate(listed) if number != place]
            if is_few(len(own & group)) or is_few(len(own.difference(*the_others))):
                return [party for party, _ in listed]
    return None
