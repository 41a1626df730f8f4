"""Drafts the next migration: what the models have and the newest schema has not. ``make migration M="…"`` calls it.

It compares with a database of its own, made by the migrations that are there; yours is not touched.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from alembic import command

from recruitment.database import migrating
from recruitment.database.engine import build_engine
from tests.migrations.steps import revisions


def draft(story: str) -> Path:
    """Write the draft, numbered and named after ``story``, and return its path."""
    revision = f"{len(revisions()) + 1:04d}_{re.sub(r'[^a-z0-9]+', '_', story.lower()).strip('_')}"
    config = migrating.alembic_config()
    config.set_main_option("file_template", "%%(rev)s")
    with tempfile.TemporaryDirectory() as folder:
        engine = build_engine(f"sqlite:///{folder}/draft.sqlite3")
        if revisions():
            migrating.migrate(engine)
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.revision(config, message=story, autogenerate=True, rev_id=revision)
        engine.dispose()
    return migrating.migrations_folder() / "versions" / f"{revision}.py"


if __name__ == "__main__":
    sys.stdout.write(f"{draft(sys.argv[1])}\n")
