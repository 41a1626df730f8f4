"""The composition root: where rooms meet settings, and pages meet the web."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.database import migrating
from recruitment.database.unit_of_work import Database
from recruitment.database.vault import create_key_file
from recruitment.fees.services import reference_data
from recruitment.journeys.service import load_stages

if TYPE_CHECKING:
    from recruitment.core.settings import Settings


def upgrade_database(settings: Settings) -> bool:
    """Make or migrate the database, bring in the reference data, and make a key file for a new one.

    Returns whether a key file was made. A database that has been used before never gets a new key: its personal fields
    could not be read with it.
    """
    database = Database(settings)
    try:
        is_new = migrating.current(database.engine) is None
        migrating.migrate(database.engine)
        with database.unit_of_work() as session:
            load_stages(session)
            reference_data.load(session)
        return is_new and create_key_file(settings.key_path)
    finally:
        database.dispose()
