"""Whatever is changed in the audit record behind the service's back, verify finds. Every change is one mutant, alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, delete, insert

from recruitment.audit import rules
from recruitment.audit.rules import Event
from recruitment.core import merkle
from recruitment.core.ids import new_id
from recruitment.ledger.rules import head_after
from tests.audit.record import NOON, events, faults, recorded, sealed
from tests.audit.tampered import EVENTS, LEAVES, SEALS, TABLES, TamperedRecord
from tests.sealing import world
from tests.sealing.sealed import IS_DEEP, a_seed
from tests.sealing.world import Mutant, replaced, rows_in

pytestmark = pytest.mark.filterwarnings("ignore:.*ServerCursor.*:ResourceWarning")


def missed(tampered: TamperedRecord, mutants: Iterator[Mutant]) -> tuple[list[str], int]:
    """Try every mutant and return those that verify missed, or for which it named no event, with how many were tried."""
    told, tried = [], 0
    for mutant in list(mutants):
        found = tampered.faults(mutant)
        if found is None:
            continue
        tried += 1
        if not found:
            told.append(f"not found: {mutant.name}")
        elif mutant.entry is not None and not any(str(mutant.entry) in sentence for sentence in found):
            told.append(f"not named: {mutant.name}: {found[0]}")
    return told, tried


class TestVerify:
    def test_finds_nothing_wrong_with_the_record_as_it_is(self, tampered):
        assert tampered.faults(None) == []

    def test_finds_a_change_of_any_value_of_any_column(self, tampered):
        chance = random.Random(a_seed())
        told, tried = missed(tampered, world.changed_values(tampered.connection, chance, 20 if IS_DEEP else 2, TABLES))
        assert told == []
        assert tried > 80

    def test_finds_that_any_row_was_deleted(self, tampered):
        told, tried = missed(tampered, world.deleted_rows(tampered.connection, 50, TABLES))
        # A place that is taken away leaves an event that a seal should hold; the seal says so.
        assert told == []
        assert tried > 20

    def test_finds_that_two_rows_exchanged_something(self, tampered):
        chance = random.Random(a_seed())
        told, tried = missed(tampered, world.swapped_rows(tampered.connection, chance, 100 if IS_DEEP else 15, TABLES))
        assert told == []
        assert tried > 15

    def test_finds_an_event_put_into_the_past_with_its_leaf_right(self, tampered):
        def inserted(hours: int) -> Mutant:
            row = with_leaf(rows_in(tampered.connection, EVENTS)[0] | {
                "id": new_id(), "occurred_at": NOON + timedelta(hours=hours),
            })  # fmt: skip
            return Mutant("inserted", replaced(EVENTS, [], [row]), row["id"])

        told, tried = missed(tampered, (inserted(hours) for hours in (-2, 1, 4)))
        assert told == []
        assert tried == 3

    def test_finds_an_event_put_into_an_old_seal(self, tampered):
        row = with_leaf(rows_in(tampered.connection, EVENTS)[0] | {"id": new_id()})
        place = {"event_id": row["id"], "number": 1, "position": 4, "leaf": row["leaf"]}

        def change(connection: Connection) -> None:
            connection.execute(insert(EVENTS), row)
            connection.execute(insert(LEAVES), place)

        assert tampered.faults(Mutant("", change)) == ["The seal 1 does not hold the events that it was made of."]

    def test_names_an_event_that_was_changed_with_its_leaf(self, tampered):
        row = rows_in(tampered.connection, EVENTS)[0]
        after = with_leaf(row | {"action": "journeys.stopped"})
        assert tampered.faults(Mutant("", replaced(EVENTS, [row], [after]))) == [
            f"The event {row['id']} is not what seal 1 holds of it."
        ]

    def test_finds_an_event_that_was_changed_in_its_seal_too(self, tampered):
        assert tampered.faults(Mutant("", forged(tampered))) == [
            "The seal 1 does not hold the events that it was made of."
        ]

    def test_finds_that_roots_and_heads_were_made_again_without_the_key(self, tampered):
        found = tampered.faults(Mutant("", forged(tampered, with_seals=True)))
        assert found == [f"The seal {number} has a signature that is not of its key." for number in (1, 2, 3)]

    def test_finds_that_an_event_went_with_its_place(self, tampered):
        row = rows_in(tampered.connection, LEAVES)[0]

        def change(connection: Connection) -> None:
            connection.execute(delete(EVENTS).where(EVENTS.c.id == row["event_id"]))
            connection.execute(delete(LEAVES).where(LEAVES.c.event_id == row["event_id"]))

        assert tampered.faults(Mutant("", change)) == [
            f"The seal {row['number']} does not hold the events that it was made of."
        ]

    def test_finds_that_a_seal_is_missing(self, tampered):
        (row,) = (row for row in rows_in(tampered.connection, SEALS) if row["number"] == 2)
        found = tampered.faults(Mutant("", replaced(SEALS, [row], [])))
        assert found == [
            "The seal 2 is missing, though places of events in it are there.",
            "The seal 3 follows a gap: seal 2 is missing.",
        ]

    def test_finds_with_a_head_that_was_noted_that_the_last_seal_was_cut_off(self, tampered):
        last = rows_in(tampered.connection, SEALS)[-1]

        def change(connection: Connection) -> None:
            held = [row["event_id"] for row in rows_in(connection, LEAVES) if row["number"] == last["number"]]
            connection.execute(delete(LEAVES).where(LEAVES.c.number == last["number"]))
            connection.execute(delete(SEALS).where(SEALS.c.number == last["number"]))
            connection.execute(delete(EVENTS).where(EVENTS.c.id.in_(held)))

        assert tampered.faults(Mutant("", change)) == []
        (found,) = tampered.faults(Mutant("", change), {last["number"]: last["head"]}) or []
        assert "the last seals were cut off, or an older copy" in found

    def test_finds_that_a_head_is_another_one(self, database):
        recorded(database)
        (seal,) = sealed(database)
        assert faults(database, {1: seal.head}) == []
        assert faults(database, {1: bytes(32)}) == ["The seal 1 is not the one whose head was noted."]

    def test_trusts_nobody_without_the_key_file(self, database, settings):
        recorded(database)
        sealed(database)
        settings.seal_key_path.unlink()
        (found,) = faults(database)
        assert "which the seal key file does not vouch for" in found

    def test_does_not_take_a_seal_of_the_books_for_one_of_the_record(self):
        """The heads of the two chains begin elsewhere, and their signatures are for different domains."""
        from recruitment.ledger.rules import FIRST_HEAD

        assert rules.FIRST_HEAD != FIRST_HEAD


class TestWithoutTampering:
    def test_every_kind_of_event_is_read_as_it_was_hashed(self, database):
        from tests.audit import record

        record.build(database)
        assert faults(database) == []
        assert len(events(database)) == 10


def with_leaf(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row of an event with the leaf that it would have, had the service recorded it."""
    told = {name: value for name, value in row.items() if name != "leaf"}
    return row | {"leaf": rules.leaf(Event(**told))}


def forged(tampered: TamperedRecord, *, with_seals: bool = False) -> Any:
    """Return the change of an event with its leaf and its place, and, if asked, roots and heads from there on."""
    row = rows_in(tampered.connection, EVENTS)[0]
    after = with_leaf(row | {"actor_id": UUID(int=7)})

    def change(connection: Connection) -> None:
        replaced(EVENTS, [row], [after])(connection)
        (place,) = (each for each in rows_in(connection, LEAVES) if each["event_id"] == row["id"])
        replaced(LEAVES, [place], [place | {"leaf": after["leaf"]}])(connection)
        before = rules.FIRST_HEAD
        for seal in rows_in(connection, SEALS) if with_seals else ():
            held = sorted(
                (each["position"], each["leaf"])
                for each in rows_in(connection, LEAVES)
                if each["number"] == seal["number"]
            )
            root = merkle.root([leaf for _, leaf in held])
            head = head_after(before, root, seal["number"], seal["leaves"])
            replaced(SEALS, [seal], [seal | {"root": root, "head": head}])(connection)
            before = head

    return change
