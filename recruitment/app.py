"""The composition root: where rooms meet settings, and pages meet the web."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.access import queries as accounts
from recruitment.audit import queries as audit_record
from recruitment.certificates import queries as certificates
from recruitment.certificates.services import make_keys, missing_key
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.errors import Unavailable
from recruitment.credentials.keys import IssuingKeyFile
from recruitment.database import key_store, migrating, outbox
from recruitment.database.engine import make_file
from recruitment.database.outbox import MessageState
from recruitment.database.unit_of_work import Database
from recruitment.database.vault import create_key_file
from recruitment.fees.services import reference_data
from recruitment.jobseekers import queries as jobseekers
from recruitment.journeys.service import load_stages
from recruitment.ledger.queries import seals
from recruitment.ledger.rules import CHAIN
from recruitment.ledger.services.sealing import register_key
from recruitment.ledger.signing import SealKeyFile

if TYPE_CHECKING:
    from flask import Blueprint, Flask

    from recruitment.core.settings import Settings
    from recruitment.web.api import ApiBlueprint


_LINKS = (
    ("Cases", "casework.case_list"),
    ("Interviews due", "interviews.due_list"),
    ("Ask about payments", "relief_pages.question_list"),
    ("Payment plans", "fund_pages.plan_list"),
    ("The fund", "fund_pages.fund_show"),
    ("Decisions waiting", "verification.decision_list"),
    ("Relief", "relief_pages.case_list"),
    ("Journeys", "reporting.journey_list"),
    ("Jobseekers", "persons.jobseeker_search"),
    ("Declarations", "intake.declaration_list"),
    ("Name lists", "name_lists.list_page"),
    ("Releases", "release_pages.release_list"),
    ("Possible matches", "name_lists.match_list"),
    ("Possible twins", "privacy.twin_list"),
    ("The law", "legal_rules.rule_list"),
    ("Cost of recruitment", "reporting.measures_show"),
    ("What was released", "release_pages.workings_list"),
    ("Accounts to call about", "fund_pages.payee_list"),
    ("People", "access.people_list"),
    ("Audit record", "audit.event_list"),
    ("Your account", "access.account"),
)
"""What the top of a page leads to, for whom it is: what is to be done each day first, what is looked up after it."""


def upgrade_database(settings: Settings) -> bool:
    """Make or migrate the database, bring in the reference data, and make the keys that it needs and does not have yet.

    Returns whether a key file was made. Once a person is registered, a missing key file or key store is never replaced by
    a new one: the personal fields could not be read with it. Nor is a key file once anybody was invited: it opens their
    second factors too.
    """
    database = Database(settings)
    try:
        _migrate(database)
        with database.unit_of_work() as session:
            load_stages(session)
            reference_data.load(session)
            made = False
            if not jobseekers.anybody(session):
                database.key_store.make()
                made = not accounts.anybody(session) and create_key_file(settings.key_path)
            key_file = SealKeyFile(settings.seal_key_path)
            if not seals.seal_keys(session):
                register_key(session, LOCAL_OPERATOR, key_file)
            known = {key.id for key in seals.seal_keys(session)}
            certificate_keys = IssuingKeyFile(settings.certificate_key_path)
            if not certificates.keys(session):
                make_keys(session, LOCAL_OPERATOR, certificate_keys)
            known_issuing = {key.id for key in certificates.keys(session)}
        key_file.adopt(known)
        certificate_keys.adopt(known_issuing)
        return made
    finally:
        database.dispose()


def _migrate(database: Database) -> None:
    """Bring the schema to its newest revision. The keys of persons leave before the revision that drops their table."""
    make_file(database.engine)
    if key_store.holds_keys(database.engine):
        migrating.migrate(database.engine, key_store.LAST_REVISION_WITH_KEYS)
        database.key_store.make()
        key_store.move_keys(database.engine, database.key_store)
    migrating.migrate(database.engine)


def why_nothing_can_be_signed(database: Database) -> str | None:
    """Return in a sentence what keeps certificates and papers from being signed; None when all is there, or no database.

    For the start of the service: without it everything else works, and everything signed before stays good.
    """
    try:
        with database.read_session() as session:
            return missing_key(session)
    except Unavailable:
        return None


def create_app(settings: Settings) -> Flask:
    """Make the web application: its database, its pages, and what stands before and behind every page.

    Flask and the pages are imported here, so that the command line need not wait for them.
    """
    from flask import Flask

    from recruitment.access.pages.doorkeeper import AccessDoorkeeper
    from recruitment.audit.api import api as audit_events
    from recruitment.intake.api import api as imports
    from recruitment.web import (
        api,
        context,
        errors,
        forms,
        gate,
        headers,
        identity,
        limits,
        logs,
        metrics,
        navigation,
        rate,
        templating,
    )
    from recruitment.web.health import health

    app = Flask(
        "recruitment",
        template_folder=str(templating.template_folder()),
        static_folder=str(templating.static_folder()),
        static_url_path="/static",
    )
    database = app.extensions[context.EXTENSION] = Database(settings)
    limits.install(app)
    errors.install(app)
    logs.install(app)
    metrics.install(app, lambda: numbers_of_the_house(database))
    headers.install(app)
    rate.install(app)
    templating.install(app)

    identity.install(app, AccessDoorkeeper())
    api.install(app, [audit_events, imports, *_endpoints_that_read()])
    for blueprint in (health, metrics.metrics, *_pages()):
        app.register_blueprint(blueprint)
    serve_file = app.view_functions["static"]
    app.view_functions["static"] = gate.public("the style sheet tells nothing about anybody")(serve_file)
    forms.install(app)
    navigation.install(app, _LINKS)
    gate.install(app)
    return app


def _pages() -> list[Blueprint]:
    """Return the pages of the rooms."""
    from recruitment.access.pages import pages as access
    from recruitment.audit.pages import pages as audit
    from recruitment.cases.pages import pages as cases
    from recruitment.certificates.pages import pages as certificates
    from recruitment.certificates.pages import public as certificate_check
    from recruitment.fees.pages import pages as legal_rules
    from recruitment.fund.pages import pages as fund
    from recruitment.intake.pages import pages as intake
    from recruitment.interviews.pages import pages as interviews
    from recruitment.jobseekers.pages import pages as people
    from recruitment.name_lists.pages import pages as name_lists
    from recruitment.privacy.pages import pages as privacy
    from recruitment.releases.pages import pages as releases
    from recruitment.relief.pages import pages as relief
    from recruitment.reporting.pages import pages as reporting
    from recruitment.verification.pages import pages as verification

    return [
        access, reporting, verification, intake, people, interviews, name_lists, cases, releases, legal_rules, privacy,
        audit, certificates, certificate_check, relief, fund,
    ]  # fmt: skip


def _endpoints_that_read() -> list[ApiBlueprint]:
    """Return the endpoints of the rooms, in the order in which the document lists them."""
    from recruitment.access import api as access
    from recruitment.agencies.api import api as licences
    from recruitment.cases.api import api as cases
    from recruitment.certificates import api as certificates
    from recruitment.employers.api import api as demand_letters
    from recruitment.fees import api as fees
    from recruitment.fund import api as fund
    from recruitment.interviews.api import api as interviews
    from recruitment.jobseekers import api as jobseekers
    from recruitment.journeys import api as journeys
    from recruitment.ledger.api import api as ledger
    from recruitment.name_lists import api as name_lists
    from recruitment.organisations.api import api as organisations
    from recruitment.partners.api import api as supply_chains
    from recruitment.privacy import api as privacy
    from recruitment.releases import api as releases
    from recruitment.relief import api as relief
    from recruitment.reporting.api import api as measures
    from recruitment.verification import api as verification
    from recruitment.webhooks import api as webhooks

    return [
        access.people_api, access.tokens_api, jobseekers.api, jobseekers.consents, interviews, privacy.erasures,
        privacy.possible_twins, organisations, licences, demand_letters, name_lists.api, name_lists.matches,
        fees.commitments, supply_chains, webhooks.api, webhooks.hosts, journeys.api, fees.declarations,
        fees.statements, fees.rates, verification.api, verification.decisions, cases, releases.api, releases.naming,
        certificates.api, certificates.cohorts, certificates.checks, certificates.shares, *relief.API, *fund.BLUEPRINTS,
        measures, ledger, fees.reference_data, fees.legal_rules, verification.law_previews, journeys.reference_data,
    ]  # fmt: skip


def numbers_of_the_house(database: Database) -> dict[str, tuple[str, float | None]]:
    """Return what the house says of itself to who watches it: name, sentence and number. Nothing about anybody."""
    with database.read_session() as session:
        messages = outbox.counts(session)
        newest = {"ledger": seals.last_seal(session, CHAIN), "audit": audit_record.last_seal(session)}
    ages = {name: (clock.now() - seal.sealed_at).total_seconds() if seal else None for name, seal in newest.items()}
    return {
        "recruitment_outbox_waiting": ("Messages that wait for delivery.", messages[MessageState.WAITING]),
        "recruitment_outbox_failed": ("Messages that were given up.", messages[MessageState.FAILED]),
        "recruitment_ledger_seal_age_seconds": ("How long ago the books were last sealed.", ages["ledger"]),
        "recruitment_audit_seal_age_seconds": ("How long ago the audit record was last sealed.", ages["audit"]),
    }
