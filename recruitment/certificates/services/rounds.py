"""What a release does with the certificates: all cohorts are looked at once, by the facts of its cut-off, and never again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from recruitment.audit import service as audit
from recruitment.certificates import queries, rules
from recruitment.certificates.models import CertificateAssessment, CertificateRound
from recruitment.certificates.rules import Action, CertificateState, EventKind
from recruitment.certificates.services.gathering import gather
from recruitment.certificates.services.issuing import Issuer, made_of
from recruitment.certificates.services.lists import append_to_log, refresh_lists
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.canonical import canonical_json
from recruitment.database.bulk import fewer_collections, insert_many
from recruitment.releases.rules import Calendar, due_releases
from recruitment.verification.rules import RULES_VERSION
from recruitment.webhooks import services as webhooks
from recruitment.webhooks.rules import MessageType

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from recruitment.certificates.queries import DueRound, Issued
    from recruitment.certificates.rules import CohortAssessment, PersonsAssessment
    from recruitment.certificates.services.gathering import GatheredCohort
    from recruitment.core.actor import Actor
    from recruitment.core.settings import Settings

_ROUND_COLUMNS = ("release_id", "seed", "recheck_rate", "rules_version", "made_at")
_ASSESSMENT_COLUMNS = ("cohort_id", "release_id", "action", "document", "recorded_at")


@dataclass(frozen=True, slots=True)
class RoundMade:
    """What a release did with the certificates: how many cohorts it looked at, and how often it did what."""

    period: str
    cohorts: int
    actions: dict[str, int]
    persons: int


def release(session: Session, actor: Actor, *, at_most: int | None = None) -> list[RoundMade]:
    """Look at the certificates for each release that was made since, the oldest first, each as of its own day.

    Every enrolled cohort is assessed: certificates are issued, renewed, checked again, replaced or left, and those of
    persons issued to a whole cohort or to nobody. Who may: whoever may make releases. Raises ``KeyMissing`` where there is
    no key to sign with; then nothing is kept.
    """
    actor.require(Permission.MAKE_RELEASES)
    due = queries.rounds_due(session)[:at_most]
    # All lots at first, so that nothing that is looked at afterwards can lean on them.
    seeds = [secrets.token_bytes(32) for _ in due]
    with fewer_collections():
        return [_make(session, actor, each, seed) for each, seed in zip(due, seeds, strict=True)]


def _make(session: Session, actor: Actor, due: DueRound, seed: bytes) -> RoundMade:
    settings: Settings = session.info["settings"]
    cohorts = queries.cohorts(session, until=due.due_at)
    gathered = gather(session, cohorts, due.cut_off_at)
    newest = queries.newest_of(session, gathered)
    issuer = Issuer(session, actor, due)
    issuer.know_parties(gathered.values())
    work = _Round(session, issuer, due, seed, settings.certificate_lots, _next_due_at(due, settings.release_day))
    for cohort in cohorts:
        work.look_at(gathered[cohort.id], newest.get(cohort.id))
    append_to_log(session, issuer.signer, issuer.save())
    row = (due.release_id, seed, str(settings.certificate_lots), RULES_VERSION, clock.now())
    insert_many(session, CertificateRound.__table__, _ROUND_COLUMNS, [row])
    insert_many(session, CertificateAssessment.__table__, _ASSESSMENT_COLUMNS, work.assessments)
    refresh_lists(session, actor, issuer.signer)
    # Everybody is told at each release, whether or not there is anything new.
    webhooks.announce(session, MessageType.CERTIFICATES_CHANGED, due.due_at.date(), None)
    made = RoundMade(
        due.period, len(cohorts), {action.value: work.actions.count(action) for action in Action}, work.persons
    )
    audit.record(
        session, actor, "certificates.released", ("release", due.period), cohorts=made.cohorts, persons=made.persons,
        issued=sum(action in rules.MAKING for action in work.actions), re_checks=work.actions.count(Action.SUSPEND),
    )  # fmt: skip
    return made


@dataclass(slots=True)
class _Round:
    """The certificates of one release: by which lots it is looked at, and what it has come to so far."""

    session: Session
    issuer: Issuer
    due: DueRound
    seed: bytes
    rate: Decimal
    next_due_at: datetime
    assessments: list[tuple[Any, ...]] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    persons: int = 0

    def look_at(self, gathered: GatheredCohort, current: Issued | None) -> None:
        """Assess one cohort with its newest certificate, and do what follows."""
        found = rules.assess_cohort(gathered.members, headcount=gathered.headcount, drawn=gathered.drawn)
        persons = rules.assess_persons(gathered.members)
        drawn = rules.is_drawn_again(self.seed, gathered.cohort.reference, self.rate)
        state = None
        if current is not None:
            state = rules.state_at(current.events, valid_until=current.valid_until, at=self.due.due_at)
        action = rules.action_of(
            rules.standing_of(state), eligible=found.eligible, drawn=drawn,
            valid_until=current.valid_until if current and state is CertificateState.VALID else None,
            next_due_at=self.next_due_at,
        )  # fmt: skip
        count = self._do(action, gathered, current, found, persons)
        self.actions.append(action)
        self.persons += count
        document = canonical_json(assessment_document(found, persons, drawn=drawn, issued=count)).decode()
        row = (gathered.cohort.id, self.due.release_id, action.value, document, clock.now())
        self.assessments.append(row)

    def _do(
        self,
        action: Action,
        gathered: GatheredCohort,
        current: Issued | None,
        found: CohortAssessment,
        persons: PersonsAssessment,
    ) -> int:
        """Do to a cohort's certificate what the rules say; return how many of its people get one of theirs."""
        at = self.due.due_at
        if action in rules.MAKING:
            made = self.issuer.issue(gathered, found, valid_from=at, before=current, at=at)
            return self.issuer.issue_to_persons(gathered, made, persons, cohort=found, held=set())
        if current is None:
            return 0
        if action is Action.SUSPEND:
            self.issuer.note(current.id, EventKind.RE_CHECK, at)
        # One that is kept because it is being checked again passes nothing on.
        stands = action is Action.KEEP and EventKind.RE_CHECK not in current.events
        if not stands or persons.kind is None:
            return 0
        held = queries.holders_of(self.session, current.id, persons.kind)
        return self.issuer.issue_to_persons(gathered, made_of(current), persons, cohort=found, held=held)


def assessment_document(
    found: CohortAssessment, persons: PersonsAssessment, *, drawn: bool, issued: int
) -> dict[str, object]:
    """Return what an assessment came to, for the inside: exact numbers, and no name."""
    numbers = found.numbers
    return {
        "eligible": found.eligible,
        "drawn_by_lot": drawn,
        "reasons": [{"code": reason.code.value, "people": reason.count} for reason in found.reasons],
        "heard": found.heard,
        "paid": found.paid,
        "told": None if numbers is None else list(numbers),
        "level": None if found.evidence is None else found.evidence.level.value,
        "person_kind": None if persons.kind is None else persons.kind.value,
        "person_certificates": issued,
        "person_reasons": _counted(persons),
    }


def _counted(persons: PersonsAssessment) -> dict[str, int]:
    counts: dict[str, int] = {}
    for reasons in persons.reasons.values():
        for reason in reasons:
            counts[reason.code.value] = counts.get(reason.code.value, 0) + 1
    return dict(sorted(counts.items()))


def _next_due_at(due: DueRound, day: int) -> datetime:
    calendar = Calendar(day, Decimal(0))
    following = due_releases(calendar, opened_at=None, last=due.period, now=due.due_at + timedelta(days=62))
    return following[0].due_at
