"""The composition root: where rooms meet settings, and pages meet the web."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.database import migrating
from recruitment.database.unit_of_work import Database
from recruitment.database.vault import create_key_file
from recruitment.fees.services import reference_data
from recruitment.journeys.service import load_stages
from recruitment.ledger.services.sealing import register_key
from recruitment.ledger.signing import SealKeyFile

if TYPE_CHECKING:
    from flask import Flask

    from recruitment.core.settings import Settings


def upgrade_database(settings: Settings) -> bool:
    """Make or migrate the database, bring in the reference data, and make a key file and a seal key for a new one.

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
        made = is_new and create_key_file(settings.key_path)
        key_file = SealKeyFile(settings.seal_key_path)
        if is_new:
            with database.unit_of_work() as session:
                register_key(session, LOCAL_OPERATOR, key_file)
            key_file.adopt()
        return made
    finally:
        database.dispose()


def create_app(settings: Settings) -> Flask:
    """Make the web application: its database, its pages, and what stands before and behind every page.

    Flask and the pages are imported here, so that the command line need not wait for them.
    """
    from flask import Flask, g

    from recruitment.reporting.pages import pages as reporting
    from recruitment.web import context, errors, gate, headers, templating
    from recruitment.web.health import health

    app = Flask(
        "recruitment",
        template_folder=str(templating.template_folder()),
        static_folder=str(templating.static_folder()),
        static_url_path="/static",
    )
    app.extensions[context.EXTENSION] = Database(settings)
    errors.install(app)
    headers.install(app)
    templating.install(app)

    @app.before_request
    def be_the_operator() -> None:
        g.actor = LOCAL_OPERATOR  # sign-in comes with the access room

    for blueprint in (health, reporting):
        app.register_blueprint(blueprint)
    serve_file = app.view_functions["static"]
    app.view_functions["static"] = gate.public("the style sheet tells nothing about anybody")(serve_file)
    gate.install(app)
    return app
