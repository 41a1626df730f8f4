"""Random worlds, imported and compared, against an independent implementation of the same contract."""

from __future__ import annotations

import os

import pytest

from recruitment.fees.reference import fee_item_facts
from tests.databases import chosen_engines
from tests.factories.cases import all_differences, compared, faults, import_folder
from tests.oracle.comparison import compare_folder
from tests.oracle.law import rules_of
from tests.oracle.world_draft import TARGET
from tests.oracle.worlds import write_world

pytestmark = pytest.mark.slow

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
SEEDS = {"sqlite": 100 if DEEP else 8, "postgresql": 30 if DEEP else 3}
JOURNEYS = 40

LAW = {corridor: rules_of(corridor) for corridor in TARGET}
VERDICTS = {fact.code: (fact.ilo.value, fact.epp.value) for fact in fee_item_facts()}


@pytest.mark.parametrize(
    ("engine_name", "seed"), [(engine, seed) for engine in chosen_engines() for seed in range(SEEDS[engine])]
)
def test_a_random_world_is_compared_as_the_oracle_compares_it(database, tmp_path, seed):
    folder = tmp_path / "world"
    write_world(folder, seed, JOURNEYS)
    import_folder(database, folder)
    found = compared(database)
    assert len(found) == JOURNEYS
    assert all_differences(compare_folder(folder, VERDICTS, LAW), found) == []
    assert faults(database) == []


def test_one_altered_amount_in_a_file_is_noticed(sqlite_databases, tmp_path):
    """The negative control: the oracle reads another world than the one that was imported."""
    from recruitment.database.unit_of_work import Database

    folder = tmp_path / "world"
    write_world(folder, 1, 10)
    home = tmp_path / "home"
    home.mkdir()
    with sqlite_databases.migrated(home) as settings:
        database = Database(settings)
        import_folder(database, folder)
        found = compared(database)
        database.dispose()
    wanted = compare_folder(folder, VERDICTS, LAW)
    assert all_differences(wanted, found) == []
    rates = (folder / "rates.csv").read_text(encoding="utf-8-sig")
    (folder / "rates.csv").write_text(rates.splitlines()[0] + "\n", encoding="utf-8")
    assert all_differences(compare_folder(folder, VERDICTS, LAW), found) != []


def test_worlds_differ_by_their_seed_and_by_nothing_else(tmp_path):
    for name, seed in (("one", 1), ("again", 1), ("two", 2)):
        write_world(tmp_path / name, seed, 5)

    def content(name: str) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in (tmp_path / name).iterdir()}

    assert content("one") == content("again")
    assert content("one") != content("two")
