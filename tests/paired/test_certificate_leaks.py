"""Leaks of certificates put in on purpose: each is a mistake that is easily made, and the paired worlds must catch it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flask import jsonify
from sqlalchemy import func, select

from recruitment.certificates import rules, services
from recruitment.certificates.models import CertificateEvent
from recruitment.certificates.rules import EventKind, ToldNumbers, numbers
from recruitment.certificates.services import lists
from recruitment.certificates.services.issuing import _EVENT_COLUMNS
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Permission
from recruitment.credentials.proofs import spell
from recruitment.database.bulk import insert_many
from recruitment.fees.models import ReportedPaymentRow
from recruitment.web.context import database
from recruitment.web.gate import allow
from recruitment.webhooks import services as webhooks
from recruitment.webhooks.rules import MessageType
from tests.paired import certifying, expecting
from tests.paired.certifying import CertifiedWorld
from tests.paired.pairing import told_apart

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from sqlalchemy.orm import Session

_NEWS = "/api/v1/certificate-news"


def _last_word(session: Session) -> datetime | None:
    return session.scalar(select(func.max(ReportedPaymentRow.recorded_at)))


def the_check_tells_since_when(patch: pytest.MonkeyPatch) -> None:
    honest = services.check

    def eager(session, text):
        found = honest(session, text)
        return (found, f"checked again since {_last_word(session)}") if found.state else found

    patch.setattr(services, "check", eager)


def a_list_is_signed_when_somebody_spoke(patch: pytest.MonkeyPatch) -> None:
    honest = services.status_list

    def eager(session, purpose, number):
        said, document = _last_word(session), json.loads(honest(session, purpose, number))
        return json.dumps(document | {"validFrom": spell(said)} if said else document)

    patch.setattr(services, "status_list", eager)


def a_message_goes_out_when_somebody_speaks(patch: pytest.MonkeyPatch) -> None:
    honest = CertifiedWorld.report

    def eager(world, *rows):
        honest(world, *rows)
        with world.database.unit_of_work() as session:
            webhooks.announce(session, MessageType.CERTIFICATES_CHANGED, clock.now().date(), None)

    patch.setattr(CertifiedWorld, "report", eager)


def a_certificate_is_suspended_when_somebody_speaks(patch: pytest.MonkeyPatch) -> None:
    honest = CertifiedWorld.report

    def eager(world, *rows):
        honest(world, *rows)
        with world.database.unit_of_work() as session:
            for cohort in services.list_cohorts(session, LOCAL_OPERATOR):
                if cohort.standing.value == "valid":
                    row = (
                        _id_of(session, cohort.certificate),
                        EventKind.RE_CHECK.value,
                        None,
                        None,
                        clock.now(),
                        LOCAL_OPERATOR.id,
                    )
                    insert_many(session, CertificateEvent.__table__, _EVENT_COLUMNS, [row])

    patch.setattr(CertifiedWorld, "report", eager)


def _id_of(session, reference):
    return services.seen_certificate(session, LOCAL_OPERATOR, reference)


def numbers_are_exact(patch: pytest.MonkeyPatch) -> None:
    honest = numbers.tell

    def eager(population, chosen, heard, paid):
        told = honest(population, chosen, heard, paid)
        return told and ToldNumbers(population, None, None if heard == population else heard, paid, told.bound_percent)

    patch.setattr(f"{rules.__name__}.cohort_rules.tell", eager)


def all_but_who_spoke_are_certified(patch: pytest.MonkeyPatch) -> None:
    cohort, persons = rules.assess_cohort, rules.assess_persons

    def eager_cohort(members, **options):
        clean = next((each for each in members if each.is_heard and not each.has_paid), None)
        kept = ("comparison", "independent", "heard_days", "agrees_aggregate")
        of_clean = {name: getattr(clean, name) for name in kept} if clean else {}
        return cohort([replace(each, **of_clean) if each.has_paid else each for each in members], **options)

    def eager_persons(members):
        return persons([each for each in members if not each.has_paid])

    patch.setattr(rules, "assess_cohort", eager_cohort)
    patch.setattr(rules, "assess_persons", eager_persons)


def the_log_counts_certificates(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(lists, "BATCH_LEAVES", 1)


def a_partner_reads_updated_at(_patch: pytest.MonkeyPatch) -> None:
    """Do nothing here: the leak is the route below."""


def _add_news(app: Flask) -> None:
    @allow(Permission.READ_CERTIFICATES)
    def news():
        with database().read_session() as session:
            return jsonify(updated_at=str(_last_word(session)))

    app.add_url_rule(_NEWS, "certificate_news", news)


BETWEEN = {
    the_check_tells_since_when: "broker",
    a_list_is_signed_when_somebody_spoke: "none",
    a_message_goes_out_when_somebody_speaks: "none",
    a_certificate_is_suspended_when_somebody_speaks: "wages",
    the_log_counts_certificates: "correction",
}
"""Leaks that tell two worlds apart, and a kind of word that shows it."""

AT_A_RELEASE = {numbers_are_exact: ("none", "numbers"), all_but_who_spoke_are_certified: ("wages", "persons")}
"""Leaks of what a release tells: there two worlds may differ, and what they tell is not what follows from the rows.

With a kind of word that shows it, and in what.
"""


def first_caught(pairs, monkeypatch, leak, kind, caught_by, **options) -> str | None:
    """Return the first thing that is noticed of a leak in a few seasons."""
    for seed in range(30):
        lived = certifying.season(seed, months=2, kind=kind)
        with monkeypatch.context() as patch:
            leak(patch)
            pair = pairs.make(seed, lived, **options)
        found = caught_by(pair, lived)
        if found:
            return found[0]
    return None


@pytest.mark.slow
@pytest.mark.parametrize(("leak", "kind"), BETWEEN.items())
def test_a_leak_that_tells_worlds_apart_is_caught(pairs, leak, kind, monkeypatch):
    assert first_caught(pairs, monkeypatch, leak, kind, told_apart)


@pytest.mark.slow
@pytest.mark.parametrize(("leak", "kind", "part"), [(leak, *shown) for leak, shown in AT_A_RELEASE.items()])
def test_a_release_that_tells_too_much_of_certificates_is_caught(pairs, leak, kind, part, monkeypatch):
    def misdone(pair, lived):
        done = [
            (expecting.observed(world, lived.months), expecting.expected(world, lived.months)) for world, *_ in pair
        ]
        return [
            place
            for did, should in done
            for place in did
            if getattr(did[place], part) not in {getattr(should[place], part), None, 0}
        ]

    assert first_caught(pairs, monkeypatch, leak, kind, misdone)


@pytest.mark.slow
def test_a_route_for_partners_that_dates_what_was_said_is_caught(pairs, monkeypatch):
    options = {"routes": (_NEWS,), "add_leak": _add_news}
    assert first_caught(pairs, monkeypatch, a_partner_reads_updated_at, "none", told_apart, **options)
