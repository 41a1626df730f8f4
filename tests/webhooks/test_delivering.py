"""From a change to a receiver: written with it, sent after it, again until it is taken, and never twice at once."""

from __future__ import annotations

import json
import logging
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from recruitment import work
from recruitment.audit.models import AuditEvent
from recruitment.core import clock
from recruitment.database.changing import change
from recruitment.webhooks import services
from recruitment.webhooks.models import Webhook, WebhookDelivery
from recruitment.webhooks.rules import (
    ATTEMPTS_MAX,
    KEPT,
    LEASE,
    DeliveryState,
    Failure,
    MessageType,
    Outcome,
    WebhookState,
    rest_after,
    signature,
)
from recruitment.webhooks.services import Delivered, deliver_due
from recruitment.webhooks.services.delivering import AT_ONCE
from tests.webhooks.conftest import URL
from tests.webhooks.receiver import status

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
OTHER_URL = "https://hooks.other.example/"


class Post:
    """Takes the place of the network: notes what is sent, and answers what it is told."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.sent: list[tuple[str, dict[str, str], bytes]] = []
        self.outcomes = list(outcomes)

    def send(self, place, headers, body):
        self.sent.append((place.url, dict(headers), body))
        return self.outcomes.pop(0) if self.outcomes else Outcome(200, None)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for _, headers, _ in self.sent]


def deliver(partners, post, **options) -> Delivered:
    return deliver_due(partners.database, sender=post, **options)


class TestAnnouncing:
    def test_writes_one_delivery_for_each_webhook_that_listens(self, partners):
        mine, _ = partners.register()
        second, _ = partners.register("https://hooks.brand.example/second")
        theirs, _ = partners.register(OTHER_URL, by=partners.other)
        partners.register("https://waiting.brand.example/", approved=False)
        off, _ = partners.register("https://hooks.brand.example/off")
        with partners.database.unit_of_work(partners.brand.scope) as session:
            services.switch(session, partners.brand, off.reference, WebhookState.OFF)
        assert partners.announce([partners.brand.organisation_id]) == 2
        assert partners.announce([]) == 0
        assert partners.announce() == 3
        assert [len(partners.deliveries(each)) for each in (mine, second, off)] == [2, 2, 0]
        assert len(partners.deliveries(theirs, by=partners.other)) == 1

    def test_is_for_hosts_that_were_approved_for_this_very_partner(self, partners):
        partners.register(approved=False)
        partners.register(by=partners.other)
        assert partners.announce() == 1
        assert partners.announce([partners.brand.organisation_id]) == 0

    def test_goes_with_the_unit_of_work(self, partners):
        partners.register()
        with pytest.raises(ZeroDivisionError), partners.database.unit_of_work() as session:
            services.announce(session, MessageType.CERTIFICATES_CHANGED, date(2026, 12, 1), None)
            raise ZeroDivisionError
        post = Post()
        assert deliver(partners, post) == Delivered()
        assert post.sent == []

    def test_gives_each_message_a_random_id_and_every_partner_the_same_body(self, partners):
        partners.register()
        partners.register(OTHER_URL, by=partners.other)
        partners.announce()
        post = Post()
        assert deliver(partners, post) == Delivered(delivered=2)
        assert {url for url, _, _ in post.sent} == {URL, OTHER_URL}
        assert {body for _, _, body in post.sent} == {b'{"timestamp":"2026-12-01","type":"certificates.changed"}'}
        assert len(set(post.ids)) == 2
        assert all(id_.startswith("msg_") and len(id_) == 36 for id_ in post.ids)

    def test_tells_nothing_of_anybody_in_the_headers(self, partners):
        partners.register()
        partners.announce()
        post = Post()
        deliver(partners, post)
        assert set(post.sent[0][1]) == {"webhook-id", "webhook-timestamp", "webhook-signature"}


class TestDelivering:
    @pytest.fixture
    def partners(self, sqlite_partners):
        """On SQLite: what takes and notes deliveries is tried on both engines by ``TestWorkers``."""
        return sqlite_partners

    def test_over_the_wire_is_signed_with_the_secret(self, partners, receiver):
        webhook, secret = partners.register()
        partners.announce()
        assert deliver(partners, receiver.sender()) == Delivered(delivered=1)
        (heard,) = receiver.heard
        id_, at = heard.headers["webhook-id"], int(heard.headers["webhook-timestamp"])
        assert heard.headers["webhook-signature"] == signature(secret, id_, at, heard.body)
        assert set(json.loads(heard.body)) == {"timestamp", "type"}
        assert abs(at - clock.now().timestamp()) < 60
        (delivery,) = partners.deliveries(webhook)
        assert (delivery.message_id, delivery.state) == (id_, DeliveryState.DELIVERED)
        assert (delivery.attempts, delivery.last_status, delivery.last_failure) == (1, 200, None)
        assert deliver(partners, receiver.sender()) == Delivered()

    def test_signs_with_the_old_secret_too_for_a_day(self, partners):
        webhook, old = partners.register()
        with partners.database.unit_of_work(partners.brand.scope) as session:
            _, new = services.rotate(session, partners.brand, webhook.reference)
        for later, signing in ((timedelta(hours=23), [new, old]), (timedelta(hours=25), [new])):
            partners.announce()
            post = Post()
            with clock.stopped_at(clock.now() + later):
                deliver(partners, post)
            ((_, headers, body),) = post.sent
            at = int(headers["webhook-timestamp"])
            expected = [signature(secret, headers["webhook-id"], at, body) for secret in signing]
            assert headers["webhook-signature"].split(" ") == expected

    def test_rests_longer_each_time_and_is_given_up_after_ten(self, partners):
        webhook, _ = partners.register()
        now = clock.now()
        partners.announce()
        post = Post(*[Outcome(500, Failure.NOT_ACCEPTED)] * ATTEMPTS_MAX)
        for number in range(1, ATTEMPTS_MAX + 1):
            now += timedelta(seconds=1)
            with clock.stopped_at(now):
                done = deliver(partners, post)
            rest = rest_after(number)
            assert done == (Delivered(put_off=1) if rest else Delivered(given_up=1))
            if rest:
                with clock.stopped_at(now + rest - timedelta(seconds=1)):
                    assert deliver(partners, post) == Delivered()
                now += rest
        assert len(post.sent) == ATTEMPTS_MAX
        assert len(set(post.ids)) == 1
        assert len({headers["webhook-timestamp"] for _, headers, _ in post.sent}) == ATTEMPTS_MAX
        (delivery,) = partners.deliveries(webhook)
        assert (delivery.state, delivery.last_status, delivery.last_failure) == (
            DeliveryState.GIVEN_UP, 500, Failure.NOT_ACCEPTED,
        )  # fmt: skip
        with clock.stopped_at(now + timedelta(days=9)):
            assert deliver(partners, post) == Delivered()

    def test_a_redirect_is_put_off_and_not_followed(self, partners, receiver):
        webhook, _ = partners.register()
        partners.announce()
        receiver.answer = status(302, Location="https://169.254.169.254/")
        assert deliver(partners, receiver.sender()) == Delivered(put_off=1)
        assert partners.deliveries(webhook)[0].last_status == 302
        assert receiver.connections == 1

    def test_410_switches_the_webhook_off(self, partners):
        webhook, _ = partners.register()
        partners.announce()
        partners.announce()
        post = Post(Outcome(410, Failure.GONE), Outcome(410, Failure.GONE))
        assert deliver(partners, post) == Delivered(given_up=2)
        found = partners.webhook(webhook)
        assert (found.state, found.is_gone) == (WebhookState.OFF, True)
        with partners.database.read_session() as session:
            gone = session.scalar(select(func.count()).where(AuditEvent.action == "webhooks.gone"))
        assert gone == 1
        assert partners.announce() == 0
        with partners.database.unit_of_work(partners.brand.scope) as session:
            assert not services.switch(session, partners.brand, webhook.reference, WebhookState.ON).is_gone
        assert partners.announce() == 1

    @pytest.mark.parametrize("hindrance", [Failure.SWITCHED_OFF, Failure.HOST_NOT_APPROVED])
    def test_what_may_not_be_sent_any_more_is_given_up_unsent(self, partners, hindrance):
        webhook, _ = partners.register()
        partners.announce()
        actor = partners.brand if hindrance is Failure.SWITCHED_OFF else partners.operator
        with partners.database.unit_of_work(actor.scope) as session:
            if actor is partners.brand:
                services.switch(session, actor, webhook.reference, WebhookState.OFF)
            else:
                services.withdraw_named(session, actor, "PT-1", webhook.host)
        post = Post()
        assert deliver(partners, post) == Delivered(given_up=1)
        assert post.sent == []
        assert partners.deliveries(webhook)[0].last_failure is hindrance

    def test_a_secret_that_was_moved_or_changed_holds_up_nobody_else(self, partners):
        broken, _ = partners.register("https://hooks.brand.example/broken")
        partners.register()
        with partners.database.unit_of_work() as session:
            other = session.scalars(select(Webhook.secret_sealed).where(Webhook.id != broken.id)).one()
            change(session, update(Webhook).where(Webhook.id == broken.id).values(secret_sealed=other))
        partners.announce()
        post = Post()
        assert deliver(partners, post) == Delivered(delivered=1, given_up=1)
        assert partners.deliveries(broken)[0].last_failure is Failure.SECRET_UNREADABLE

    def test_an_address_that_a_stricter_rule_refuses_is_given_up(self, partners):
        webhook, _ = partners.register()
        partners.announce()
        with partners.database.unit_of_work() as session:
            change(session, update(Webhook).values(url="https://127.0.0.1/"))
        post = Post()
        assert deliver(partners, post) == Delivered(given_up=1)
        assert post.sent == []
        assert partners.deliveries(webhook)[0].last_failure is Failure.ADDRESS_REFUSED

    def test_ends_at_most_so_many_in_a_call(self, partners):
        partners.register()
        for _ in range(AT_ONCE + 3):
            partners.announce()
        post = Post()
        assert deliver(partners, post, at_most=AT_ONCE + 1) == Delivered(delivered=AT_ONCE + 1)
        assert deliver(partners, post) == Delivered(delivered=2)
        assert len(set(post.ids)) == AT_ONCE + 3

    def test_says_nothing_of_secrets_and_addresses_in_the_log(self, partners, receiver, caplog):
        caplog.set_level(logging.DEBUG)
        _, secret = partners.register()
        partners.announce()
        receiver.answer = status(500)
        deliver(partners, receiver.sender())
        for text in (secret, secret[6:], "brand.example"):
            assert text not in caplog.text


class Killed(BaseException):
    pass


class TestWorkers:
    def test_one_that_is_killed_after_sending_leaves_the_same_message_to_be_sent_again(self, partners, receiver):
        partners.register()
        partners.announce()
        real = receiver.sender()

        class Dying(Post):
            def send(self, place, headers, body):
                real.send(place, headers, body)
                raise Killed

        with pytest.raises(Killed):
            deliver(partners, Dying())
        assert deliver(partners, real) == Delivered()
        with clock.stopped_at(clock.now() + LEASE + timedelta(seconds=1)):
            assert deliver(partners, real) == Delivered(delivered=1)
        first, second = receiver.heard
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.body == second.body
        assert len({heard.headers["webhook-id"] for heard in receiver.heard}) == 1, "what a receiver sees once"

    def test_that_end_each_time_give_it_up_at_last(self, partners):
        webhook, _ = partners.register()
        partners.announce()
        with partners.database.unit_of_work() as session:
            change(session, update(WebhookDelivery).values(attempts=ATTEMPTS_MAX))
        assert deliver(partners, Post()) == Delivered(given_up=1)
        assert partners.deliveries(webhook)[0].last_failure is Failure.WORKER_ENDED

    def test_that_come_late_note_nothing(self, partners):
        webhook, _ = partners.register()
        partners.announce()
        later = clock.now() + LEASE + timedelta(seconds=1)

        class Slow(Post):
            def send(self, place, headers, body):
                with clock.stopped_at(later):
                    assert deliver(partners, Post()) == Delivered(delivered=1)
                return Outcome(410, Failure.GONE)

        assert deliver(partners, Slow()) == Delivered()
        assert partners.deliveries(webhook)[0].state is DeliveryState.DELIVERED
        assert partners.webhook(webhook).state is WebhookState.ON

    def test_that_come_late_do_not_disturb_what_another_put_off(self, partners):
        webhook, _ = partners.register()
        partners.announce()
        later = clock.now() + LEASE + timedelta(seconds=1)

        class Slow(Post):
            def send(self, place, headers, body):
                with clock.stopped_at(later):
                    assert deliver(partners, Post(Outcome(500, Failure.NOT_ACCEPTED))) == Delivered(put_off=1)
                return Outcome(410, Failure.GONE)

        assert deliver(partners, Slow()) == Delivered()
        (delivery,) = partners.deliveries(webhook)
        assert (delivery.state, delivery.attempts, delivery.last_status) == (DeliveryState.WAITING, 2, 500)
        assert partners.webhook(webhook).state is WebhookState.ON

    def test_never_send_the_same_at_once(self, partners):
        partners.register()
        for _ in range(12):
            partners.announce()
        posts = [Post(), Post()]
        start = threading.Barrier(2)

        def run(post):
            start.wait(5)
            deliver(partners, post)

        threads = [threading.Thread(target=run, args=(post,)) for post in posts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        ids = [id_ for post in posts for id_ in post.ids]
        assert len(ids) == len(set(ids)) == 12


class TestChores:
    def test_the_worker_delivers_and_tidies(self, partners, monkeypatch):
        webhook, _ = partners.register()
        with partners.database.unit_of_work(partners.brand.scope) as session:
            services.rotate(session, partners.brand, webhook.reference)
        partners.announce()
        post = Post()
        monkeypatch.setattr("recruitment.webhooks.services.delivering.Sender", lambda: post)
        chores = {chore.name: chore for chore in work.CHORES}
        assert chores["webhooks"].every == timedelta(minutes=1)
        assert chores["webhooks"].do(partners.database) == 1
        assert chores["webhooks_tidy"].do(partners.database) == 0
        with clock.stopped_at(clock.now() + KEPT + timedelta(days=1)):
            partners.announce()
            assert chores["webhooks_tidy"].do(partners.database) == 1
        assert [each.state for each in partners.deliveries(webhook)] == [DeliveryState.WAITING]
        assert partners.webhook(webhook).old_secret_until is None
