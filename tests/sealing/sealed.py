"""Sealing in units of work of its own, and what ``verify`` finds, for the tests of this folder."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.database.unit_of_work import Database
from recruitment.ledger.models import LedgerSealLeaf
from recruitment.ledger.queries import seals as queries
from recruitment.ledger.rules import Fault, Seal
from recruitment.ledger.services import sealing
from recruitment.ledger.services.verifying import verify
from recruitment.ledger.signing import Head, SealKeyFile, read_head

IS_DEEP = os.environ.get("HYPOTHESIS_PROFILE") in {"deep", "check-long"}


def a_seed() -> int:
    """Return the seed of a harness, printed: ``SEALING_SEED`` when a failure is to be seen again, else a new one."""
    seed = int(os.environ.get("SEALING_SEED") or random.randrange(10**9))
    print(f"SEALING_SEED={seed}")
    return seed


def key_file_of(database: Database) -> SealKeyFile:
    return SealKeyFile(database.settings.seal_key_path)


def rotated(database: Database) -> str:
    """Make the next key and let it sign."""
    key_file = key_file_of(database)
    with database.unit_of_work() as session:
        key_id = sealing.register_key(session, LOCAL_OPERATOR, key_file)
    key_file.adopt()
    return key_id


def sealed_once(database: Database) -> Seal | None:
    with database.unit_of_work() as session:
        return sealing.seal(session, LOCAL_OPERATOR, key_file_of(database))


def sealed(database: Database) -> list[Seal]:
    """Seal until there is nothing left to seal."""
    made: list[Seal] = []
    while (seal := sealed_once(database)) is not None:
        made.append(seal)
    return made


def head_of(database: Database) -> Head:
    """Return the newest head after it has left the house and come back."""
    with database.read_session() as session:
        return read_head(json.dumps(sealing.head(session, LOCAL_OPERATOR)))


def found(database: Database, *, heads: Sequence[Head] = (), anchors: Sequence[bytes] | None = None) -> list[Fault]:
    """Return what ``verify`` finds; the key file vouches for its key unless ``anchors`` are given."""
    if anchors is None:
        key_file = key_file_of(database)
        anchors = [key_file.public_key()] if key_file.exists() else []
    with database.read_session() as session:
        return list(verify(session, LOCAL_OPERATOR, anchors=anchors, heads=heads))


def seals_of(database: Database) -> list[Seal]:
    with database.read_session() as session:
        return list(queries.seals(session))


def leaf_rows(database: Database) -> list[LedgerSealLeaf]:
    """Return every leaf in order of seal and position."""
    with database.read_session() as session:
        query = select(LedgerSealLeaf).order_by(LedgerSealLeaf.number, LedgerSealLeaf.position)
        return list(session.scalars(query))


def is_once_in_a_seal(database: Database, entry_id: UUID) -> bool:
    return [leaf.entry_id for leaf in leaf_rows(database)].count(entry_id) == 1


def faults_of_chain(seals: Sequence[Seal], rows: Sequence[LedgerSealLeaf], subjects: set[object]) -> list[str]:
    """Say, by counting alone, where seals and leaves are not what they should be: each subject once, no gap anywhere."""
    told = []
    if [seal.number for seal in seals] != list(range(1, len(seals) + 1)):
        told.append("the numbers have a gap")
    if sorted(str(row.entry_id) for row in rows) != sorted(map(str, subjects)):
        told.append("not every subject is in exactly one seal")
    for seal in seals:
        positions = [row.position for row in rows if row.number == seal.number]
        if sorted(positions) != list(range(seal.leaves)):
            told.append(f"seal {seal.number} does not have its leaves")
    return told


def copied(settings_folder: Path, target: Path) -> None:
    """Copy every file of a folder that holds an SQLite database nobody writes to."""
    target.mkdir(parents=True, exist_ok=True)
    for file in settings_folder.iterdir():
        if file.is_file():
            (target / file.name).write_bytes(file.read_bytes())
