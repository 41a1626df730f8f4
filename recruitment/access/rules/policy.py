"""The policy: for each role the organisations it belongs to, how far it sees, and what it may do. Pure data.

It is checked in a second time as ``docs/policy.csv``, one line for each role, method and route; a test compares the two
and another one calls every route as every role. A change here shows there, and is reviewed there.

Deny by default: what does not stand here may not be done. The rules behind it: an agency or employer never sees, counts,
infers or times a worker's report; an operator runs the service and does not read people; who reads a worker's word does
not pay money out, and of the fund one role prepares, one approves and one releases.
"""

from __future__ import annotations

from dataclasses import dataclass

from recruitment.core.actor import Audience, Permission, Role
from recruitment.organisations.rules import OrganisationKind


@dataclass(frozen=True, slots=True)
class RolePolicy:
    """What a role is. ``kinds``: where its people may work; an empty one: for the house itself, in no organisation.

    ``second_factor``: whether nobody of this role comes in by a password alone.
    """

    kinds: frozenset[OrganisationKind]
    audience: Audience
    permissions: frozenset[Permission]
    second_factor: bool = True


_EVERYBODY = frozenset({
    Permission.MANAGE_OWN_ACCOUNT,
    Permission.READ_ORGANISATIONS,
    Permission.READ_RATES,
    Permission.READ_REFERENCE_DATA,
})  # fmt: skip

_FIELDWORK = _EVERYBODY | {
    Permission.CONFIRM_PAYMENTS,
    Permission.COPY_PERSONS,
    Permission.FIND_JOBSEEKERS,
    Permission.NOMINATE_RELIEF,
    Permission.POST_ENTRIES,
    Permission.RAISE_CASES,
    Permission.READ_CASES,
    Permission.READ_COMPARISONS,
    Permission.READ_DEMAND_LETTERS,
    Permission.READ_INTERVIEWS,
    Permission.READ_JOURNEYS,
    Permission.READ_PERSONS,
    Permission.READ_RELIEF,
    Permission.READ_STATEMENTS,
    Permission.RECORD_CONSENTS,
    Permission.RECORD_EARNINGS,
    Permission.RECORD_PAYEES,
    Permission.RECORD_REACH,
    Permission.RECORD_STAGES,
    Permission.RECORD_STATEMENTS,
    Permission.RECORD_VALIDATIONS,
    Permission.REGISTER_JOBSEEKERS,
    Permission.SHARE_CERTIFICATES,
    Permission.START_JOURNEYS,
}

POLICY: dict[Role, RolePolicy] = {
    Role.OPERATOR: RolePolicy(
        frozenset(),
        Audience.STAFF,
        _EVERYBODY
        | {
            Permission.APPROVE_WEBHOOK_HOSTS,
            Permission.EDIT_LEGAL_RULES,
            Permission.ENTER_ORGANISATIONS,
            Permission.FILE_DEMAND_LETTERS,
            Permission.MANAGE_PEOPLE,
            Permission.READ_COMMITMENTS,
            Permission.READ_DEMAND_LETTERS,
            Permission.READ_METRICS,
            Permission.READ_SUPPLY_CHAINS,
            Permission.RECORD_RATES,
            Permission.RECORD_SUPPLY_CHAINS,
        },
    ),
    Role.CSO_FIELDWORKER: RolePolicy(
        frozenset({OrganisationKind.CSO}), Audience.FIELDWORKER, _FIELDWORK, second_factor=False
    ),
    Role.CSO_SUPERVISOR: RolePolicy(
        frozenset({OrganisationKind.CSO}),
        Audience.SUPERVISOR,
        _FIELDWORK
        | {
            Permission.ERASE_PERSONS,
            Permission.MANAGE_PEOPLE,
            Permission.READ_AUDIT,
            Permission.REVIEW_TWINS,
        },
        second_factor=False,
    ),
    Role.AGENCY_OFFICER: RolePolicy(
        frozenset({OrganisationKind.AGENCY}),
        Audience.AGENCY,
        _EVERYBODY
        | {
            Permission.DECLARE_FEES,
            Permission.POST_ENTRIES,
            Permission.READ_DECLARATIONS,
            Permission.READ_DEMAND_LETTERS,
            Permission.READ_JOURNEYS,
            Permission.READ_NAME_LISTS,
            Permission.READ_RELEASES,
            Permission.RECORD_STAGES,
            Permission.SEND_NAME_LISTS,
        },
    ),
    Role.EMPLOYER_OFFICER: RolePolicy(
        frozenset({OrganisationKind.EMPLOYER}),
        Audience.EMPLOYER,
        _EVERYBODY
        | {
            Permission.FILE_COMMITMENTS,
            Permission.FILE_DEMAND_LETTERS,
            Permission.POST_ENTRIES,
            Permission.READ_COMMITMENTS,
            Permission.READ_DEMAND_LETTERS,
            Permission.READ_JOURNEYS,
            Permission.READ_NAME_LISTS,
            Permission.READ_RELEASES,
            Permission.RECORD_STAGES,
            Permission.SEND_NAME_LISTS,
        },
    ),
    Role.PARTNER_REVIEWER: RolePolicy(
        frozenset({OrganisationKind.PARTNER}),
        Audience.PARTNER,
        _EVERYBODY
        | {
            Permission.CHECK_CERTIFICATES,
            Permission.MANAGE_WEBHOOKS,
            Permission.READ_CERTIFICATES,
            Permission.READ_SUPPLY_CHAINS,
            Permission.REVIEW_CERTIFICATES,
        },
    ),
    Role.CASE_WORKER: RolePolicy(
        frozenset({OrganisationKind.CSO, OrganisationKind.FUND_OPERATOR}),
        Audience.INSIDE,
        _EVERYBODY
        | {
            Permission.ADJUDICATE,
            Permission.CHECK_CERTIFICATES,
            Permission.CONFIRM_PAYMENTS,
            Permission.COPY_PERSONS,
            Permission.DISCLOSE_NAMES,
            Permission.DRAW_SAMPLES,
            Permission.FIND_JOBSEEKERS,
            Permission.ISSUE_CERTIFICATES,
            Permission.NOMINATE_RELIEF,
            Permission.POST_ENTRIES,
            Permission.RAISE_CASES,
            Permission.READ_CASES,
            Permission.READ_CERTIFICATES,
            Permission.READ_CERTIFICATE_WORKINGS,
            Permission.READ_COMMITMENTS,
            Permission.READ_COMPARISONS,
            Permission.READ_DECLARATIONS,
            Permission.READ_DEMAND_LETTERS,
            Permission.READ_INTERVIEWS,
            Permission.READ_JOURNEYS,
            Permission.READ_MEASURES,
            Permission.READ_PERSONS,
            Permission.READ_RELEASE_WORKINGS,
            Permission.READ_RELIEF,
            Permission.READ_STATEMENTS,
            Permission.RECORD_CONSENTS,
            Permission.RECORD_EARNINGS,
            Permission.RECORD_PAYEES,
            Permission.RECORD_REACH,
            Permission.RECORD_STATEMENTS,
            Permission.RECORD_VALIDATIONS,
            Permission.REVIEW_TWINS,
            Permission.REVOKE_CERTIFICATES,
            Permission.SHARE_CERTIFICATES,
            Permission.WORK_CASES,
            Permission.WORK_RELIEF,
        },
    ),
    Role.FUND_PREPARER: RolePolicy(
        frozenset({OrganisationKind.FUND_OPERATOR}),
        Audience.STAFF,
        _EVERYBODY
        | {
            Permission.MANAGE_POTS,
            Permission.POST_ENTRIES,
            Permission.PREPARE_PLANS,
            Permission.READ_FUND,
            Permission.RECONCILE_PAYMENTS,
            Permission.RECORD_RATES,
            Permission.RECORD_RECEIPTS,
        },
    ),
    Role.FUND_APPROVER: RolePolicy(
        frozenset({OrganisationKind.FUND_OPERATOR}),
        Audience.STAFF,
        _EVERYBODY | {Permission.APPROVE_PLANS, Permission.READ_FUND},
    ),
    Role.FUND_RELEASER: RolePolicy(
        frozenset({OrganisationKind.FUND_OPERATOR}),
        Audience.STAFF,
        _EVERYBODY | {Permission.POST_ENTRIES, Permission.READ_FUND, Permission.RELEASE_PLANS},
    ),
    Role.AUDITOR: RolePolicy(
        frozenset(),
        Audience.INSIDE,
        _EVERYBODY
        | {
            Permission.CHECK_CERTIFICATES,
            Permission.READ_AUDIT,
            Permission.READ_CASES,
            Permission.READ_CERTIFICATES,
            Permission.READ_CERTIFICATE_WORKINGS,
            Permission.READ_COMMITMENTS,
            Permission.READ_COMPARISONS,
            Permission.READ_DECLARATIONS,
            Permission.READ_DEMAND_LETTERS,
            Permission.READ_FUND,
            Permission.READ_JOURNEYS,
            Permission.READ_LEDGER,
            Permission.READ_MEASURES,
            Permission.READ_RELEASE_WORKINGS,
            Permission.READ_RELIEF,
            Permission.READ_SUPPLY_CHAINS,
        },
    ),
}
