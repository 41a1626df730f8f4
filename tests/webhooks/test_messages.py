"""What a message says and how it is signed, against the published vector."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from recruitment.core.errors import InvariantViolated
from recruitment.webhooks.rules import (
    ATTEMPTS_MAX,
    Failure,
    MessageType,
    body_of,
    headers_of,
    outcome_of,
    rest_after,
    signature,
    spelled,
    text_of_secret,
)

# From the tests of the reference implementations of Standard Webhooks.
_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
_VECTOR = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
_SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_vector_is_reproduced():
    assert signature(_SECRET, *_VECTOR) == _SIGNED


def test_each_part_is_signed():
    id_, at, body = _VECTOR
    others = [(f"{id_}x", at, body), (id_, at + 1, body), (id_, at, body + b" ")]
    assert _SIGNED not in {signature(_SECRET, *other) for other in others}
    assert signature(text_of_secret(b"\x01" * 32), *_VECTOR) != _SIGNED


def test_the_body_is_type_and_timestamp_and_nothing_else():
    body = body_of(MessageType.CERTIFICATES_CHANGED, spelled(date(2026, 12, 1)))
    assert body == b'{"timestamp":"2026-12-01","type":"certificates.changed"}'
    assert set(json.loads(body)) == {"type", "timestamp"}


def test_a_day_stays_a_day_and_an_instant_is_told_in_utc_to_the_second():
    assert spelled(date(2026, 12, 1)) == "2026-12-01"
    bangkok = timezone(timedelta(hours=7))
    assert spelled(datetime(2026, 12, 1, 7, 0, 1, 999, bangkok)) == "2026-12-01T00:00:01Z"
    assert len(spelled(datetime(2026, 12, 1, tzinfo=UTC))) <= 20


def test_two_secrets_sign_each_for_itself():
    old, new = text_of_secret(b"o" * 32), text_of_secret(b"n" * 32)
    found = headers_of([new, old], *_VECTOR)["webhook-signature"].split(" ")
    assert found == [signature(new, *_VECTOR), signature(old, *_VECTOR)]


def test_a_receiver_that_knows_the_standard_alone_accepts_it():
    secret = text_of_secret(b"k" * 32)
    headers = headers_of([secret], *_VECTOR)
    key = base64.b64decode(secret.split("_")[1])
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + _VECTOR[2]
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_what_would_be_read_as_two_parts_is_not_signed():
    with pytest.raises(InvariantViolated):
        signature(_SECRET, "msg.1", 1, b"")
    with pytest.raises(InvariantViolated):
        signature("whsec_%%%", "msg", 1, b"")


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (200, None),
        (204, None),
        (299, None),
        (301, Failure.NOT_ACCEPTED),
        (307, Failure.NOT_ACCEPTED),
        (410, Failure.GONE),
        (404, Failure.NOT_ACCEPTED),
        (500, Failure.NOT_ACCEPTED),
    ],
)
def test_only_2xx_is_success(status, failure):
    assert outcome_of(status).failure is failure


def test_rests_grow_and_end_after_ten_attempts():
    rests = [rest_after(number) for number in range(1, ATTEMPTS_MAX)]
    assert ATTEMPTS_MAX == 10
    assert rests[:6] == [timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)] + [
        timedelta(hours=hours) for hours in (2, 5, 10)
    ]
    assert rests == sorted(rests)
    assert rest_after(ATTEMPTS_MAX) is None
