"""Who acts, what they may do, and how far they see. Pure, so that the lowest room can ask.

A *permission* opens an act; a *scope* says whose rows the act may touch. Which role holds which permissions is decided
in ``access/rules/policy.py``; what a scope lets one see of a table is said by the room that owns the table, in its
queries (``database/scoping.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from recruitment.core.errors import NotPermitted

if TYPE_CHECKING:
    from collections.abc import Collection


class Permission(StrEnum):
    """An act that a service or a page can require."""

    POST_ENTRIES = "post_entries"
    READ_LEDGER = "read_ledger"
    COMPARE_ACCOUNTS = "compare_accounts"
    READ_COMPARISONS = "read_comparisons"
    READ_REFERENCE_DATA = "read_reference_data"

    ENTER_ORGANISATIONS = "enter_organisations"
    READ_ORGANISATIONS = "read_organisations"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_OWN_ACCOUNT = "manage_own_account"
    READ_AUDIT = "read_audit"
    READ_METRICS = "read_metrics"

    REGISTER_JOBSEEKERS = "register_jobseekers"
    FIND_JOBSEEKERS = "find_jobseekers"
    READ_PERSONS = "read_persons"
    RECORD_CONSENTS = "record_consents"
    COPY_PERSONS = "copy_persons"
    ERASE_PERSONS = "erase_persons"
    REVIEW_TWINS = "review_twins"

    FILE_DEMAND_LETTERS = "file_demand_letters"
    READ_DEMAND_LETTERS = "read_demand_letters"
    SEND_NAME_LISTS = "send_name_lists"
    READ_NAME_LISTS = "read_name_lists"
    FILE_COMMITMENTS = "file_commitments"
    READ_COMMITMENTS = "read_commitments"
    RECORD_SUPPLY_CHAINS = "record_supply_chains"
    READ_SUPPLY_CHAINS = "read_supply_chains"

    START_JOURNEYS = "start_journeys"
    READ_JOURNEYS = "read_journeys"
    RECORD_STAGES = "record_stages"

    DECLARE_FEES = "declare_fees"
    READ_DECLARATIONS = "read_declarations"
    RECORD_STATEMENTS = "record_statements"
    READ_STATEMENTS = "read_statements"
    RECORD_RATES = "record_rates"
    READ_RATES = "read_rates"
    RECORD_EARNINGS = "record_earnings"
    EDIT_LEGAL_RULES = "edit_legal_rules"

    ADJUDICATE = "adjudicate"
    RECORD_VALIDATIONS = "record_validations"
    READ_CASES = "read_cases"
    RAISE_CASES = "raise_cases"
    WORK_CASES = "work_cases"
    READ_INTERVIEWS = "read_interviews"
    RECORD_REACH = "record_reach"
    READ_RELEASES = "read_releases"
    READ_RELEASE_WORKINGS = "read_release_workings"
    MAKE_RELEASES = "make_releases"
    DISCLOSE_NAMES = "disclose_names"
    READ_MEASURES = "read_measures"

    ISSUE_CERTIFICATES = "issue_certificates"
    REVOKE_CERTIFICATES = "revoke_certificates"
    DRAW_SAMPLES = "draw_samples"
    SHARE_CERTIFICATES = "share_certificates"
    READ_CERTIFICATES = "read_certificates"
    READ_CERTIFICATE_WORKINGS = "read_certificate_workings"
    REVIEW_CERTIFICATES = "review_certificates"
    CHECK_CERTIFICATES = "check_certificates"
    MANAGE_CERTIFICATE_KEYS = "manage_certificate_keys"
    MANAGE_WEBHOOKS = "manage_webhooks"
    APPROVE_WEBHOOK_HOSTS = "approve_webhook_hosts"

    MANAGE_POTS = "manage_pots"
    RECORD_RECEIPTS = "record_receipts"
    PREPARE_PLANS = "prepare_plans"
    APPROVE_PLANS = "approve_plans"
    RELEASE_PLANS = "release_plans"
    RECONCILE_PAYMENTS = "reconcile_payments"
    READ_FUND = "read_fund"
    RECORD_PAYEES = "record_payees"

    NOMINATE_RELIEF = "nominate_relief"
    WORK_RELIEF = "work_relief"
    CONFIRM_PAYMENTS = "confirm_payments"
    READ_RELIEF = "read_relief"


class Role(StrEnum):
    """What a person does in an organisation. A person has one role; another role is another account."""

    OPERATOR = "operator"
    CSO_FIELDWORKER = "cso_fieldworker"
    CSO_SUPERVISOR = "cso_supervisor"
    AGENCY_OFFICER = "agency_officer"
    EMPLOYER_OFFICER = "employer_officer"
    PARTNER_REVIEWER = "partner_reviewer"
    CASE_WORKER = "case_worker"
    FUND_PREPARER = "fund_preparer"
    FUND_APPROVER = "fund_approver"
    FUND_RELEASER = "fund_releaser"
    AUDITOR = "auditor"


class Audience(StrEnum):
    """A group of actors for whom the same rows exist."""

    INSIDE = "inside"
    SUPERVISOR = "supervisor"
    FIELDWORKER = "fieldworker"
    AGENCY = "agency"
    EMPLOYER = "employer"
    PARTNER = "partner"
    STAFF = "staff"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Scope:
    """How far an actor sees. ``INSIDE`` sees every row; for all others each table says what is theirs.

    ``SUPERVISOR`` and ``FIELDWORKER`` see the caseload of their CSO, and of themselves; ``AGENCY``, ``EMPLOYER`` and
    ``PARTNER`` what belongs to their organisation; ``STAFF`` (operators, the fund) what is about no person; ``NOBODY``
    is before sign-in.
    """

    audience: Audience
    organisation: UUID | None = None
    person: UUID | None = None

    @property
    def is_limited(self) -> bool:
        """Whether some rows do not exist for this scope."""
        return self.audience is not Audience.INSIDE


EVERYTHING = Scope(Audience.INSIDE)
NOTHING = Scope(Audience.NOBODY)


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a programme that acts, complete with its permissions and its scope."""

    id: UUID
    name: str
    permissions: frozenset[Permission]
    scope: Scope = EVERYTHING
    role: Role | None = None

    @property
    def organisation_id(self) -> UUID | None:
        """The organisation that the actor works for; None for the house itself."""
        return self.scope.organisation

    def may(self, permission: Permission) -> bool:
        """Say whether the actor holds ``permission``."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise ``NotPermitted`` unless the actor holds ``permission``."""
        if permission not in self.permissions:
            raise NotPermitted(f"{self.name} may not do this: it needs the permission {permission}.")

    def require_any(self, permissions: Collection[Permission]) -> None:
        """Raise ``NotPermitted`` unless the actor holds one of ``permissions``."""
        if not self.permissions.intersection(permissions):
            needed = " or ".join(sorted(permissions))
            raise NotPermitted(f"{self.name} may not do this: it needs the permission {needed}.")


# The person at the command line of the machine that holds the database. Whoever can start the command can read the
# file, so nothing is won by asking for a password here.
LOCAL_OPERATOR = Actor(UUID("00000000-0000-8000-8000-000000000001"), "the local operator", frozenset(Permission))

# The house's own work behind the scenes: what `recruitment work` does with the outbox.
THE_HOUSE = Actor(UUID("00000000-0000-8000-8000-000000000002"), "First Mile itself", frozenset(Permission))

# Whoever has not signed in. A route that is public is answered for this actor.
STRANGER = Actor(UUID("00000000-0000-8000-8000-000000000000"), "a stranger", frozenset(), NOTHING)
