"""Who may let a certificate be checked, when, and what is kept of it."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from recruitment.audit.models import AuditEvent
from recruitment.certificates import services
from recruitment.certificates.errors import NothingToShare, ShareEnded, ShareUnknown
from recruitment.certificates.models import CertificatePaper, CertificateShare
from recruitment.certificates.rules import CertificateState, RevocationReason, ShareState
from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.core.errors import InvalidInput, NotPermitted
from recruitment.jobseekers.rules import ConsentPurpose
from recruitment.journeys.errors import JourneyUnknown
from recruitment.organisations import queries as organisations
from recruitment.privacy import service as privacy
from tests.certificates.edges import LATER
from tests.factories.actors import actor_of


def of_cso(edges, code: str, role: Role = Role.CSO_SUPERVISOR):
    with edges.certified.database.read_session() as session:
        return actor_of(role, organisations.by_code(session, [code])[code].id)


def test_a_cso_shares_for_its_people_in_its_own_scope_and_leaves_one_event(edges):
    actor = of_cso(edges, "CSO-1")
    with edges.certified.database.unit_of_work(actor.scope) as session:
        made = services.share(session, actor, "CJ-1", 7)
    assert (made.expires_at - LATER).days == 7
    with edges.certified.database.read_session() as session:
        events = session.execute(
            select(AuditEvent.action, AuditEvent.subject_id, AuditEvent.facts).order_by(AuditEvent.id.desc())
        ).first()
        row = session.scalars(select(CertificateShare)).one()
    assert events[:2] == ("certificates.shared", made.reference)
    kept = json.dumps([str(events[2]), row.reference, row.code_hash.hex(), row.link_hash.hex()])
    assert made.code.replace("-", "") not in kept
    assert made.link.rpartition("/")[2] not in kept


def test_a_cso_sees_where_the_certificate_of_its_people_stands(edges):
    actor = of_cso(edges, "CSO-1")
    made = edges.share("1")
    with edges.certified.database.unit_of_work() as session:
        services.revoke(session, LOCAL_OPERATOR, edges.reference, RevocationReason.OWN_ERROR)
    with edges.certified.database.read_session(actor.scope) as session:
        found = services.standing_of_person(session, actor, "CJ-1")
    assert (found.kind, found.state, found.may_be_shared) == ("pre_departure", CertificateState.REVOKED, False)
    assert [(each.reference, each.state) for each in found.shares] == [(made.reference, ShareState.OPEN)]


@pytest.mark.parametrize(("code", "role"), [("CSO-2", Role.CSO_SUPERVISOR), ("CSO-1", Role.CSO_FIELDWORKER)])
def test_nobody_shares_for_people_of_others(edges, code, role):
    actor = of_cso(edges, code, role)
    made = edges.share("1")
    with edges.certified.database.unit_of_work(actor.scope) as session:
        with pytest.raises(JourneyUnknown):
            services.share(session, actor, "CJ-1")
        with pytest.raises(ShareUnknown):
            services.end_share(session, actor, made.reference)


@pytest.mark.parametrize("role", [Role.AGENCY_OFFICER, Role.EMPLOYER_OFFICER, Role.PARTNER_REVIEWER, Role.OPERATOR])
def test_who_stands_outside_may_not(sqlite_edges, role):
    actor = actor_of(role)
    with sqlite_edges.certified.database.read_session() as session:
        for act in (services.share, services.prepare_share, services.standing_of_person, services.end_share):
            with pytest.raises(NotPermitted):
                act(session, actor, "CJ-1")


@pytest.mark.parametrize("days", [0, 91, -1])
def test_a_share_is_for_one_to_ninety_days(sqlite_edges, days):
    with pytest.raises(InvalidInput):
        sqlite_edges.share("1", days)


def test_without_a_certificate_in_force_or_a_yes_there_is_nothing_to_share(sqlite_edges):
    edges = sqlite_edges
    nothing_yet = pytest.raises(NothingToShare, match="no certificate of this person yet")
    with nothing_yet, edges.certified.database.unit_of_work() as session:
        services.share(session, LOCAL_OPERATOR, "J-1")
    edges.certified.consent("1", ConsentPurpose.CERTIFICATE, False, LATER)
    with pytest.raises(NothingToShare, match="does not agree"):
        edges.share("1")
    with edges.certified.database.unit_of_work() as session:
        services.revoke(session, LOCAL_OPERATOR, edges.reference, RevocationReason.OWN_ERROR)
    with pytest.raises(NothingToShare, match="REVOKED"):
        edges.share("2")


def test_a_share_is_ended_once(sqlite_edges):
    made = sqlite_edges.share("1")
    with sqlite_edges.certified.database.unit_of_work() as session:
        assert services.end_share(session, LOCAL_OPERATOR, made.reference).state is ShareState.ENDED
        with pytest.raises(ShareEnded):
            services.end_share(session, LOCAL_OPERATOR, made.reference)


def test_a_draft_is_neither_signed_nor_noted(sqlite_edges):
    from recruitment.certificates.exports.issued import draft_paper

    database = sqlite_edges.certified.database
    with database.unit_of_work() as session:
        certificate = services.seen_certificate(session, LOCAL_OPERATOR, sqlite_edges.reference)
        drawn = draft_paper(services.material_of_cohort(session, LOCAL_OPERATOR, certificate), "my")
    assert b"/ByteRange" not in drawn
    with database.read_session() as session:
        assert session.scalar(select(func.count()).select_from(CertificatePaper)) == 0


def test_the_copy_of_a_person_lists_certificates_and_shares_without_codes(edges):
    made = edges.share("1")
    actor = of_cso(edges, "CSO-1")
    with edges.certified.database.unit_of_work(actor.scope) as session:
        copied = privacy.copy(session, actor, "C-1")
    journey = copied["journeys"][0]
    assert [(each["kind"], each["state"]) for each in journey["certificates"]] == [("pre_departure", "valid")]
    assert [(each["reference"], each["state"]) for each in journey["certificate_shares"]] == [(made.reference, "open")]
    assert made.code not in json.dumps(copied, default=str)
