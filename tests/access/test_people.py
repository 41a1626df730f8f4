"""Inviting, ending access, recovery by two people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from recruitment.access import errors, queries
from recruitment.access.models import Person, Recovery, WebSession
from recruitment.access.reference import common_passwords
from recruitment.access.rules.passwords import check_password
from recruitment.access.rules.people import actor_of, normal_login
from recruitment.access.rules.policy import POLICY
from recruitment.access.services import accounts, second_factor, tokens
from recruitment.access.services import people as service
from recruitment.access.services.codes import hash_of_code, new_code
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Audience, Permission, Role, Scope
from recruitment.core.errors import InvariantViolated, NotPermitted
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.database.vault import SealBroken
from recruitment.organisations.rules import OrganisationKind
from tests.factories.people import PASSWORD, client_for, new_organisation, settle, token_for


def invite(database, actor, login="new@x.example", role=Role.CSO_FIELDWORKER, organisation=None):
    with database.unit_of_work(actor.scope) as session:
        return service.invite(session, actor, login=login, role=role, organisation=organisation)


class TestInviting:
    def test_a_code_sets_the_first_password_once(self, database):
        _, code = invite(database, LOCAL_OPERATOR, role=Role.AUDITOR)
        with database.unit_of_work() as session:
            service.accept_invitation(session, code, PASSWORD)
        with pytest.raises(errors.CodeUnknown), database.unit_of_work() as session:
            service.accept_invitation(session, code, PASSWORD)

    def test_a_code_is_good_for_seven_days(self, database):
        _, code = invite(database, LOCAL_OPERATOR, role=Role.AUDITOR)
        later = clock.now() + timedelta(days=7, seconds=1)
        with clock.stopped_at(later), pytest.raises(errors.CodeUnknown), database.unit_of_work() as session:
            service.accept_invitation(session, code, PASSWORD)

    def test_a_weak_password_does_not_use_the_code_up(self, database):
        _, code = invite(database, LOCAL_OPERATOR, role=Role.AUDITOR)
        for weak in ("short", "password1234", "aaaaaaaaaaaaaaaa"):
            with pytest.raises(errors.PasswordTooWeak), database.unit_of_work() as session:
                service.accept_invitation(session, code, weak)
        with database.unit_of_work() as session:
            service.accept_invitation(session, code, PASSWORD)

    def test_inviting_again_makes_the_code_before_void(self, database):
        _, first = invite(database, LOCAL_OPERATOR, role=Role.AUDITOR)
        _, second = invite(database, LOCAL_OPERATOR, login="NEW@x.example", role=Role.AUDITOR)
        with pytest.raises(errors.CodeUnknown), database.unit_of_work() as session:
            service.accept_invitation(session, first, PASSWORD)
        with database.unit_of_work() as session:
            service.accept_invitation(session, second, PASSWORD)
        with pytest.raises(errors.LoginTaken):
            invite(database, LOCAL_OPERATOR, role=Role.AUDITOR)

    def test_codes_are_kept_as_hashes(self, database):
        _, code = invite(database, LOCAL_OPERATOR, role=Role.AUDITOR)
        with database.engine.connect() as connection:
            rows = str(connection.execute(text("SELECT * FROM invitations")).all())
        assert code not in rows

    def test_a_role_belongs_to_a_kind_of_organisation(self, database):
        made = {kind: new_organisation(database, kind) for kind in OrganisationKind}
        for number, (role, kind) in enumerate((role, kind) for role in Role for kind in [None, *OrganisationKind]):
            organisation = made[kind] if kind else None
            fits = kind in POLICY[role].kinds if kind else not POLICY[role].kinds
            login = f"{role}-{number}@x.example"
            if fits:
                invite(database, LOCAL_OPERATOR, login, role, organisation)
            else:
                with pytest.raises(errors.RoleElsewhere):
                    invite(database, LOCAL_OPERATOR, login, role, organisation)

    def test_the_database_refuses_a_role_without_its_organisation(self, database):
        with pytest.raises(IntegrityError), database.engine.begin() as connection:
            connection.execute(
                Person.__table__.insert().values(
                    id=new_id(), role="agency_officer", login="x", display_name="x", is_active=True,
                    created_at=clock.now(), version=1,
                )
            )  # fmt: skip


class TestWhoManagesWhom:
    def test_a_supervisor_invites_into_the_own_cso_alone(self, database, people):
        supervisor = actor_of(people[Role.CSO_SUPERVISOR])
        elsewhere = new_organisation(database, OrganisationKind.CSO)
        invite(database, supervisor, organisation=supervisor.organisation_id)
        for role, organisation in (
            (Role.CASE_WORKER, supervisor.organisation_id),
            (Role.CSO_FIELDWORKER, elsewhere),
            (Role.OPERATOR, None),
        ):
            with pytest.raises(errors.RoleNotYours):
                invite(database, supervisor, "z@x.example", role, organisation)

    def test_an_operator_invites_nobody_who_reads_people(self, database, people):
        operator = actor_of(people[Role.OPERATOR])
        cso, fund = people[Role.CSO_SUPERVISOR].organisation_id, people[Role.FUND_PREPARER].organisation_id
        for role, organisation in (
            (Role.CASE_WORKER, fund),
            (Role.AUDITOR, None),
            (Role.OPERATOR, None),
            (Role.CSO_FIELDWORKER, cso),
            (Role.CSO_SUPERVISOR, cso),
        ):
            with pytest.raises(errors.RoleNotYours):
                invite(database, operator, "z@x.example", role, organisation)

    def test_an_operator_invites_the_first_supervisor_of_a_cso(self, database, people):
        operator, cso = actor_of(people[Role.OPERATOR]), new_organisation(database, OrganisationKind.CSO)
        _, code = invite(database, operator, "first@x.example", Role.CSO_SUPERVISOR, cso)
        invite(database, operator, "instead@x.example", Role.CSO_SUPERVISOR, cso)
        with database.unit_of_work() as session:
            service.accept_invitation(session, code, PASSWORD)
        with pytest.raises(errors.RoleNotYours, match="has a supervisor"):
            invite(database, operator, "second@x.example", Role.CSO_SUPERVISOR, cso)

    def test_nobody_else_invites_or_sees_anybody(self, database, people):
        for role in (role for role in Role if Permission.MANAGE_PEOPLE not in POLICY[role].permissions):
            actor = actor_of(people[role])
            with pytest.raises((NotPermitted, InvariantViolated)):
                invite(database, actor, organisation=actor.organisation_id)
            if actor.scope.is_limited and actor.scope.audience is not Audience.STAFF:
                with database.read_session(actor.scope) as session:
                    assert queries.people(session) == []

    def test_a_supervisor_sees_the_own_organisation_an_operator_everybody(self, database, people):
        other = settle(database, Role.CSO_FIELDWORKER)
        supervisor, operator = actor_of(people[Role.CSO_SUPERVISOR]), actor_of(people[Role.OPERATOR])
        with database.read_session(supervisor.scope) as session:
            seen = {each.id for each in queries.people(session)}
        assert people[Role.CSO_FIELDWORKER].id in seen
        assert other.id not in seen
        with database.read_session(operator.scope) as session:
            assert len(queries.people(session)) == len(people) + 1

    def test_the_staff_of_the_fund_sees_nobody(self, database, people):
        fund = new_organisation(database, OrganisationKind.FUND_OPERATOR)
        for role in (Role.FUND_PREPARER, Role.FUND_APPROVER, Role.FUND_RELEASER):
            with database.read_session(Scope(POLICY[role].audience, fund, new_id())) as session:
                assert queries.people(session) == []

    def test_who_is_not_yours_is_not_there(self, database, people):
        other, supervisor = settle(database, Role.CSO_FIELDWORKER), actor_of(people[Role.CSO_SUPERVISOR])
        for person in (other.id, new_id()):
            with pytest.raises(errors.PersonUnknown), database.unit_of_work(supervisor.scope) as session:
                service.deactivate(session, supervisor, person)

    def test_a_supervisor_does_not_reach_a_case_worker_of_the_own_cso(self, database, people):
        supervisor, worker = actor_of(people[Role.CSO_SUPERVISOR]), people[Role.CASE_WORKER]
        assert worker.organisation_id == supervisor.organisation_id
        with pytest.raises(errors.RoleNotYours), database.unit_of_work(supervisor.scope) as session:
            accounts.request_recovery(session, supervisor, worker.id)

    def test_a_code_that_nobody_types_is_refused(self, app, people):
        answer = client_for(app, people[Role.OPERATOR]).send(
            "/people", login="new@x.example", role="auditor", organisation="A\x00"
        )
        assert answer.status_code == 422

    def test_a_name_that_somebody_unseen_has_is_taken(self, database, people):
        supervisor = actor_of(people[Role.CSO_SUPERVISOR])
        with pytest.raises(errors.LoginTaken):
            invite(database, supervisor, people[Role.AUDITOR].login, organisation=supervisor.organisation_id)

    def test_ending_the_access_ends_sessions_and_tokens(self, app, database, people):
        supervisor, worker = actor_of(people[Role.CSO_SUPERVISOR]), people[Role.CSO_FIELDWORKER]
        client_for(app, worker)
        token = token_for(database, worker)
        with database.unit_of_work(supervisor.scope) as session:
            service.deactivate(session, supervisor, worker.id)
        with database.read_session() as session:
            assert tokens.find(session, token) is None
            assert session.scalars(select(WebSession.ended_at).where(WebSession.person_id == worker.id)).all() != [None]

    def test_nobody_ends_the_own_access(self, database, people):
        operator = actor_of(people[Role.OPERATOR])
        with pytest.raises(errors.NotForYourself), database.unit_of_work(operator.scope) as session:
            service.deactivate(session, operator, operator.id)


_RECOVERY = (
    "id", "person_id", "requested_by", "confirmed_by", "code_hash", "created_at", "expires_at", "used_at",
)  # fmt: skip


class TestRecovery:
    def ask(self, database, actor, person):
        with database.unit_of_work(actor.scope) as session:
            accounts.request_recovery(session, actor, person.id)

    def confirm(self, database, actor, person):
        with database.unit_of_work(actor.scope) as session:
            return accounts.confirm_recovery(session, actor, person.id)

    def test_takes_an_operator_and_a_second_person(self, app, database, people):
        operator, supervisor = actor_of(people[Role.OPERATOR]), actor_of(people[Role.CSO_SUPERVISOR])
        lost = settle(database, Role.CSO_FIELDWORKER, supervisor.organisation_id, enrolled=True)
        client, token = client_for(app, lost), token_for(database, lost)
        self.ask(database, operator, lost)
        with pytest.raises(errors.NotForYourself):
            self.confirm(database, operator, lost)
        code = self.confirm(database, supervisor, lost)
        assert client.get("/account").status_code == 200
        with database.unit_of_work() as session:
            accounts.recover(session, code, "entirely other words here")
        assert client.get("/account").status_code == 303
        with database.read_session() as session:
            assert tokens.find(session, token) is None
            assert not queries.people(session, ids=[lost.id])[0].has_second_factor
        with pytest.raises(errors.CodeUnknown), database.unit_of_work() as session:
            accounts.recover(session, code, "entirely other words here")

    def test_two_accounts_of_one_supervisor_are_not_enough(self, database, people):
        # Supervisors invite supervisors, so one of them may hold two accounts.
        supervisor = actor_of(people[Role.CSO_SUPERVISOR])
        invited, code = invite(database, supervisor, "again@x.example", Role.CSO_SUPERVISOR, supervisor.organisation_id)
        with database.unit_of_work() as session:
            service.accept_invitation(session, code, PASSWORD)
        lost = settle(database, Role.CSO_FIELDWORKER, supervisor.organisation_id)
        self.ask(database, supervisor, lost)
        with pytest.raises(errors.NotForYourself, match="operator"):
            self.confirm(database, actor_of(invited), lost)
        assert self.confirm(database, actor_of(people[Role.OPERATOR]), lost)

    def test_nobody_asks_or_confirms_for_themselves(self, database, people):
        first, second = actor_of(people[Role.OPERATOR]), actor_of(settle(database, Role.OPERATOR))
        with pytest.raises(errors.NotForYourself):
            self.ask(database, first, people[Role.OPERATOR])
        self.ask(database, second, people[Role.OPERATOR])
        with pytest.raises(errors.NotForYourself):
            self.confirm(database, first, people[Role.OPERATOR])

    def test_without_a_request_there_is_nothing_to_confirm(self, database, people):
        with pytest.raises(errors.RecoveryUnknown):
            self.confirm(database, actor_of(people[Role.OPERATOR]), people[Role.AUDITOR])

    def test_a_request_is_old_after_two_days(self, database, people):
        operator, other = actor_of(people[Role.OPERATOR]), actor_of(settle(database, Role.OPERATOR))
        self.ask(database, operator, people[Role.AUDITOR])
        with clock.stopped_at(clock.now() + timedelta(days=2, seconds=1)), pytest.raises(errors.RecoveryUnknown):
            self.confirm(database, other, people[Role.AUDITOR])

    def test_the_database_refuses_one_person_alone(self, database, people):
        operator, lost = people[Role.OPERATOR].id, people[Role.AUDITOR].id
        for by in (operator, lost):
            row = (new_id(), lost, operator, by, b"\x01" * 32, clock.now(), clock.now(), None)
            with pytest.raises(IntegrityError, match="recoveries"), database.engine.begin() as connection:
                connection.execute(Recovery.__table__.insert().values(dict(zip(_RECOVERY, row, strict=True))))

    def test_two_people_are_not_refused(self, database, people):
        lost, first, second = (people[role].id for role in (Role.AUDITOR, Role.OPERATOR, Role.CSO_SUPERVISOR))
        row = (new_id(), lost, first, second, b"\x01" * 32, clock.now(), clock.now(), None)
        with database.unit_of_work() as session:
            insert_many(session, Recovery.__table__, _RECOVERY, [row])


class TestAudit:
    def test_every_act_leaves_one_event(self, database, people):
        operator = actor_of(people[Role.OPERATOR])
        with database.engine.connect() as connection:
            before = connection.execute(text("SELECT count(*) FROM audit_events")).scalar_one()
        home = new_organisation(database, OrganisationKind.AGENCY)
        person, code = invite(database, operator, role=Role.AGENCY_OFFICER, organisation=home)
        with database.unit_of_work() as session:
            service.accept_invitation(session, code, PASSWORD)
        with database.unit_of_work(operator.scope) as session:
            service.deactivate(session, operator, person.id)
        with database.engine.connect() as connection:
            actions = (
                connection.execute(text("SELECT action FROM audit_events ORDER BY occurred_at, id")).scalars().all()
            )
        assert actions[before:] == ["access.invited", "access.joined", "access.deactivated"]


class TestSecrets:
    def test_the_secret_of_a_second_factor_is_sealed_and_bound_to_its_person(self, database, people):
        first, second = people[Role.AUDITOR], people[Role.OPERATOR]
        with database.engine.begin() as connection:
            sealed = connection.execute(select(Person.totp_sealed).where(Person.id == first.id)).scalar_one()
            connection.execute(Person.__table__.update().where(Person.id == second.id).values(totp_sealed=sealed))
        with database.unit_of_work() as session:
            second_factor.code_now(session, first.login)
            with pytest.raises(SealBroken):
                second_factor.use(session, second.id, "000000")

    @given(st.text(max_size=300))
    def test_a_name_is_the_same_however_often_it_is_tidied(self, text):
        once = normal_login(text)
        assert normal_login(once) == once
        assert len(once) <= 254
        assert once.isprintable()

    def test_a_code_is_read_with_and_without_dashes(self):
        code = new_code()
        assert hash_of_code(code) == hash_of_code(code.lower().replace("-", " ")) != hash_of_code(new_code())

    def test_common_passwords_are_long_ones(self):
        assert len(common_passwords()) > 150
        for password in common_passwords():
            with pytest.raises(errors.PasswordTooWeak):
                check_password(password, "somebody", common_passwords())
        check_password(PASSWORD, "somebody", common_passwords())
