"""The composition root: where rooms meet settings, and pages meet the web."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.database import migrating
from recruitment.database.unit_of_work import Database
from recruitment.database.vault import create_key_file
from recruitment.fees.services import reference_data
from recruitment.jobseekers import queries as jobseekers
from recruitment.journeys.service import load_stages
from recruitment.ledger.queries import seals
from recruitment.ledger.services.sealing import register_key
from recruitment.ledger.signing import SealKeyFile

if TYPE_CHECKING:
    from flask import Flask

    from recruitment.core.settings import Settings


def upgrade_database(settings: Settings) -> bool:
    """Make or migrate the database, bring in the reference data, and make the keys that it needs and does not have yet.

    Returns whether a key file was made. Once a person is registered, a missing key file is never replaced by a new one:
    the personal fields could not be read with it.
    """
    database = Database(settings)
    try:
        migrating.migrate(database.engine)
        with database.unit_of_work() as session:
            load_stages(session)
            reference_data.load(session)
            made = not jobseekers.anybody(session) and create_key_file(settings.key_path)
            key_file = SealKeyFile(settings.seal_key_path)
            if not seals.seal_keys(session):
                register_key(session, LOCAL_OPERATOR, key_file)
            known = {key.id for key in seals.seal_keys(session)}
        key_file.adopt(known)
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
