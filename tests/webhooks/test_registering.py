"""What partners may do with their webhooks, what operators decide, and who sees what of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from recruitment.audit.models import AuditEvent
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Audience, Role, Scope
from recruitment.core.errors import InvariantViolated, NotPermitted
from recruitment.core.ids import new_id
from recruitment.database.changing import change
from recruitment.webhooks import errors, services
from recruitment.webhooks.models import Webhook, WebhookDelivery, WebhookHost
from recruitment.webhooks.rules import WEBHOOKS_MAX, HostState, MessageType, WebhookState
from tests.factories.actors import actor_of
from tests.webhooks.conftest import URL


def counted(database, scope, model) -> int:
    with database.read_session(scope) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def events(partners) -> list[tuple[str, str, dict]]:
    with partners.database.read_session() as session:
        query = select(AuditEvent.action, AuditEvent.subject_id, AuditEvent.facts).where(
            AuditEvent.action.like("webhooks.%")
        )
        return [tuple(row) for row in session.execute(query.order_by(AuditEvent.id))]


class TestRegistering:
    def test_waits_for_the_host_and_shows_a_secret_of_32_bytes(self, partners):
        webhook, secret = partners.register(approved=False)
        assert (webhook.url, webhook.state, webhook.host_state) == (URL, WebhookState.ON, HostState.WAITING)
        assert webhook.reference.startswith("WB-")
        assert secret.startswith("whsec_")
        assert len(secret) == 6 + 44
        assert partners.register("https://other.brand.example/")[1] != secret

    def test_is_for_those_who_manage_webhooks_in_an_organisation(self, partners):
        for role in set(Role) - {Role.PARTNER_REVIEWER}:
            actor = actor_of(role, new_id())
            with pytest.raises(NotPermitted), partners.database.unit_of_work() as session:
                services.register(session, actor, URL)
        with pytest.raises(NotPermitted, match="partner"), partners.database.unit_of_work() as session:
            services.register(session, LOCAL_OPERATOR, URL)

    def test_refuses_the_same_address_twice_until_it_is_removed(self, partners):
        webhook, _ = partners.register()
        with pytest.raises(errors.WebhookKnown):
            partners.register(URL.replace("https", "HTTPS").replace("example/", "example:443/"))
        partners.register(by=partners.other)
        self.switched(partners, webhook, WebhookState.REMOVED)
        partners.register()

    def test_ends_at_five(self, partners):
        for number in range(WEBHOOKS_MAX):
            partners.register(f"https://hooks.brand.example/{number}", approved=False)
        with pytest.raises(errors.TooManyWebhooks):
            partners.register()

    def test_keeps_the_secret_sealed(self, partners):
        _, secret = partners.register()
        with partners.database.read_session() as session:
            (sealed,) = session.scalars(select(Webhook.secret_sealed))
        assert secret.encode() not in sealed
        assert secret[6:40].encode() not in sealed

    def test_what_is_removed_stays_and_does_not_come_back(self, partners):
        webhook, _ = partners.register()
        self.switched(partners, webhook, WebhookState.OFF)
        self.switched(partners, webhook, WebhookState.ON)
        assert self.switched(partners, webhook, WebhookState.REMOVED).state is WebhookState.REMOVED
        with pytest.raises(errors.WebhookRemoved):
            self.switched(partners, webhook, WebhookState.ON)
        with pytest.raises(errors.WebhookRemoved), partners.database.unit_of_work(partners.brand.scope) as session:
            services.rotate(session, partners.brand, webhook.reference)
        assert counted(partners.database, partners.brand.scope, Webhook) == 1

    def test_a_new_secret_leaves_the_old_one_a_day(self, partners):
        webhook, first = partners.register()
        with partners.database.unit_of_work(partners.brand.scope) as session:
            after, second = services.rotate(session, partners.brand, webhook.reference)
        assert second != first
        assert timedelta(hours=23) < after.old_secret_until - clock.now() <= timedelta(hours=24)

    def test_each_deed_leaves_one_event_without_address_and_secret(self, partners):
        webhook, secret = partners.register(approved=False)
        partners.approve()
        with partners.database.unit_of_work(partners.brand.scope) as session:
            _, second = services.rotate(session, partners.brand, webhook.reference)
        self.switched(partners, webhook, WebhookState.OFF)
        with partners.database.unit_of_work(partners.operator.scope) as session:
            services.withdraw_named(session, partners.operator, "PT-1", webhook.host)
        found = events(partners)
        assert [each[0] for each in found] == [
            "webhooks.registered", "webhooks.host_approved", "webhooks.secret_rotated", "webhooks.switched",
            "webhooks.host_withdrawn",
        ]  # fmt: skip
        for text in (secret, second, secret[6:], second[6:], "brand.example", "https"):
            assert text not in repr(found)

    @staticmethod
    def switched(partners, webhook, state):
        with partners.database.unit_of_work(partners.brand.scope) as session:
            return services.switch(session, partners.brand, webhook.reference, state)


class TestHosts:
    def test_are_approved_for_one_partner_and_withdrawn_again(self, partners):
        mine, _ = partners.register()
        theirs, _ = partners.register(by=partners.other, approved=False)
        assert partners.webhook(mine).host_state is HostState.APPROVED
        assert theirs.host_state is HostState.WAITING
        with partners.database.unit_of_work(partners.operator.scope) as session:
            found = services.withdraw_named(session, partners.operator, "PT-1", "HOOKS.brand.example")
        assert found.state is HostState.WITHDRAWN
        assert partners.webhook(mine).host_state is HostState.WITHDRAWN

    def test_may_be_approved_before_anybody_asks(self, partners):
        partners.approve()
        webhook, _ = partners.register(approved=False)
        assert webhook.host_state is HostState.APPROVED

    def test_stay_withdrawn_when_they_are_asked_for_again(self, partners):
        partners.register()
        with partners.database.unit_of_work(partners.operator.scope) as session:
            services.withdraw_named(session, partners.operator, "PT-1", "hooks.brand.example")
        again, _ = partners.register("https://hooks.brand.example/other", approved=False)
        assert again.host_state is HostState.WITHDRAWN

    def test_are_decided_by_operators_alone(self, partners):
        partners.register(approved=False)
        for role in set(Role) - {Role.OPERATOR}:
            actor = actor_of(role, new_id())
            for verb in (
                lambda session, actor: services.approve(session, actor, "PT-1", "hooks.brand.example"),
                lambda session, actor: services.withdraw_named(session, actor, "PT-1", "hooks.brand.example"),
                services.hosts,
            ):
                with pytest.raises(NotPermitted), partners.database.unit_of_work() as session:
                    verb(session, actor)

    def test_are_named_as_names_and_for_partners(self, partners):
        with partners.database.unit_of_work(partners.operator.scope) as session:
            for code, host, error in (
                ("PT-1", "127.0.0.1", errors.AddressInvalid),
                ("PT-1", "https://hooks.brand.example", errors.AddressInvalid),
                ("PT-9", "hooks.brand.example", errors.PartnerUnknown),
            ):
                with pytest.raises(error):
                    services.approve(session, partners.operator, code, host)
            for find in (
                lambda: services.withdraw_named(session, partners.operator, "PT-1", "hooks.brand.example"),
                lambda: services.withdraw(session, partners.operator, "WH-0000"),
            ):
                with pytest.raises(errors.HostUnknown):
                    find()


class TestOthers:
    @pytest.fixture
    def webhook(self, partners):
        found, _ = partners.register()
        partners.announce()
        return found

    def test_partners_find_nothing(self, partners, webhook):
        self.finds_nothing(partners, webhook, partners.other.scope)
        # The negative control of the scope: without it the services still ask whose it is.
        self.finds_nothing(partners, webhook, Scope(Audience.INSIDE))

    @staticmethod
    def finds_nothing(partners, webhook, scope):
        other = partners.other
        with partners.database.unit_of_work(scope) as session:
            for find in (
                lambda: services.webhook_of(session, other, webhook.reference),
                lambda: services.rotate(session, other, webhook.reference),
                lambda: services.switch(session, other, webhook.reference, WebhookState.REMOVED),
                lambda: services.deliveries(session, other, webhook.reference, after=None, limit=9),
                lambda: services.webhook_of(session, other, "WB-0000-0000-00"),
            ):
                with pytest.raises(errors.WebhookUnknown, match="no such webhook of your organisation"):
                    find()
            assert services.webhooks(session, other, after=None, limit=9) == []

    def test_audiences_see_no_row(self, partners, webhook):
        see = {
            Audience.PARTNER: partners.brand.scope,
            Audience.STAFF: partners.operator.scope,
            Audience.INSIDE: Scope(Audience.INSIDE),
        }
        for model in (Webhook, WebhookHost, WebhookDelivery):
            for audience in Audience:
                stranger = Scope(audience, new_id(), new_id())
                assert counted(partners.database, stranger, model) == (audience is Audience.INSIDE)
                if audience in see:
                    assert counted(partners.database, see[audience], model) == 1

    def test_partners_change_nothing_and_approve_nothing(self, partners, webhook):
        with partners.database.unit_of_work(partners.other.scope) as session:
            assert change(session, update(Webhook).values(state="off")) == 0
        for scope, statement in (
            (partners.brand.scope, update(WebhookHost).values(state="approved")),
            (partners.brand.scope, update(WebhookDelivery).values(state="waiting")),
            (partners.brand.scope, update(Webhook).values(partner_id=partners.other.organisation_id)),
            (partners.operator.scope, update(Webhook).values(state="off")),
        ):
            with pytest.raises(InvariantViolated), partners.database.unit_of_work(scope) as session:
                change(session, statement)

    def test_the_server_holds_it_too(self, partners, webhook):
        if partners.database.engine.dialect.name != "postgresql":
            pytest.skip("SQLite has no row-level security")
        from recruitment.database.scoping import bare_connection

        new = "INSERT INTO webhook_hosts (id, reference, partner_id, host, state, decided_at)"
        with partners.database.unit_of_work(partners.brand.scope) as session:
            bare = bare_connection(session)
            values = (
                f"SELECT gen_random_uuid(), 'WH-1', '{partners.brand.organisation_id}', 'x.example', 'approved', now()"
            )
            for statement in (
                f"{new} {values}",
                f"{new} {values}".replace("'approved', now()", "'waiting', NULL").replace(
                    str(partners.brand.organisation_id), str(partners.other.organisation_id)
                ),
            ):
                with pytest.raises(DBAPIError, match="row-level security"), bare.begin_nested():
                    bare.exec_driver_sql(statement)
            assert bare.exec_driver_sql("UPDATE webhook_hosts SET state = 'approved'").rowcount == 0
            assert bare.exec_driver_sql("UPDATE webhook_deliveries SET attempts = 0").rowcount == 0

    def test_nobody_announces_but_the_house(self, partners, webhook):
        for scope in (partners.brand.scope, partners.operator.scope):
            with pytest.raises(InvariantViolated), partners.database.unit_of_work(scope) as session:
                services.announce(session, MessageType.CERTIFICATES_CHANGED, clock.today(), None)
