"""``recruitment work``: what the house does behind the scenes. It delivers the outbox and keeps house.

To receive news, put one line into ``HANDLERS``: the topic, and a function ``(session, message)`` that calls a service of
the room that wants to know, as ``THE_HOUSE``. It is called in a unit of work of its own, in which the message is marked as
done: what it writes is there exactly once; what it does elsewhere must bear repeating. What it raises lets the message rest.

Work that nobody has to ask for stands in ``CHORES``, with how often it is done.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import click

from recruitment.access.services import throttle, visits
from recruitment.audit import services as audit
from recruitment.cases import services as cases
from recruitment.certificates import services as certificates
from recruitment.core import clock
from recruitment.core.actor import THE_HOUSE
from recruitment.core.errors import RecruitmentError
from recruitment.database import outbox
from recruitment.database.outbox import Message, MessageState
from recruitment.database.unit_of_work import WriteConflict
from recruitment.fees.services import facts
from recruitment.fund import services as fund
from recruitment.jobseekers import service as jobseekers
from recruitment.journeys import service as journeys
from recruitment.ledger.services import sealing
from recruitment.ledger.signing import SealKeyFile
from recruitment.name_lists import service as name_lists
from recruitment.privacy import service as privacy
from recruitment.privacy.rules import kept
from recruitment.releases import services as releases
from recruitment.releases.rules import Calendar
from recruitment.relief.services import confirming, following
from recruitment.verification import service as verification
from recruitment.web import logs
from recruitment.web.terminal import open_database, table, told
from recruitment.webhooks import services as webhooks

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from recruitment.database.unit_of_work import Database

Handler = Callable[["Session", Message], None]

_log = logging.getLogger(__name__)

POLL_SECONDS = 2.0
"""How long a worker rests when nothing is due."""

KEPT_DONE = timedelta(days=30)
"""How long a delivered message is kept."""

UNKNOWN_TOPIC = "outbox.unknown_topic"
"""The reason of a message that nobody receives. It is given up at once: trying again would not help."""


def compare_changed(session: Session, _message: Message) -> None:
    """Compare a batch of the journeys whose facts changed, and open cases about them; what is left is news again."""
    compared = verification.refresh(session, THE_HOUSE)
    if cases.open_from_findings(session, THE_HOUSE) or compared:
        outbox.emit(session, "facts.changed")


def match_name_list(session: Session, message: Message) -> None:
    """Look for the people of a name list among those whom a CSO or the other party named."""
    name_lists.match_list(session, THE_HOUSE, message.uuid("name_list"))


def match_journeys(session: Session, message: Message) -> None:
    """Look for the people of new journeys on name lists."""
    name_lists.match_started(session, THE_HOUSE, message.uuid("first"), message.uuid("last"))


def count_up_promised(session: Session, message: Message) -> None:
    """Count up the journeys of a letter for which an employer promised something."""
    facts.count_up_letter(session, message.uuid("demand_letter"))
    outbox.emit(session, "facts.changed")


def count_up_rated(session: Session, message: Message) -> None:
    """Count up the journeys with amounts that a new rate may convert."""
    days = (date.fromisoformat(message.ids[name]) for name in ("first", "last"))
    facts.count_up_rated(session, message.ids["currency"], *days)
    outbox.emit(session, "facts.changed")


def count_up_law(session: Session, message: Message) -> None:
    """Count up the journeys of the corridors for which a rule of law was revised."""
    facts.count_up_law(session, message.ids["scope"])
    outbox.emit(session, "facts.changed")


def find_twins(session: Session, message: Message) -> None:
    """Look whether people who were registered, or have a new telephone number, may be known already or stand on a list."""
    people = [message.uuid(name) for name in message.ids]
    privacy.find_twins(session, THE_HOUSE, people)
    name_lists.match_people(session, THE_HOUSE, people)


def finish_erasure(session: Session, message: Message) -> None:
    """Delete what is left of a person who was erased: the key, should it still be there, and lines of name lists."""
    privacy.finish_erasure(session, THE_HOUSE, message.uuid("jobseeker"))


def follow_payments(session: Session, _message: Message) -> None:
    """Let relief follow what happened to money, or what a worker said of it."""
    following.follow_payments(session, THE_HOUSE)


HANDLERS: dict[str, Handler] = {
    "facts.changed": compare_changed,
    facts.PROMISED: count_up_promised,
    facts.RATED: count_up_rated,
    facts.LAW_CHANGED: count_up_law,
    name_lists.SENT: match_name_list,
    journeys.STARTED: match_journeys,
    jobseekers.REGISTERED: find_twins,
    privacy.ERASE_KEY: finish_erasure,
    following.CHANGED: follow_payments,
    confirming.CONFIRMED: follow_payments,
}
"""Who receives which news."""


def refresh_comparisons(database: Database) -> int:
    """Compare all journeys whose facts changed, also where no message told of it."""
    return database.until_nothing_is_left(lambda session: verification.refresh(session, THE_HOUSE))


def open_cases(database: Database) -> int:
    """Open, widen or reopen cases about all journeys that were compared anew; return how many were looked at."""
    return database.until_nothing_is_left(lambda session: cases.open_from_findings(session, THE_HOUSE))


def follow_money(database: Database) -> int:
    """Let relief follow all money that moved, also where no message told of it; return how many things changed."""
    return database.until_nothing_is_left(lambda session: following.follow_payments(session, THE_HOUSE))


def seal_ledger(database: Database) -> int:
    """Seal what is not sealed yet; return how many leaves."""
    key_file = SealKeyFile(database.settings.seal_key_path)

    def seal(session: Session) -> int:
        made = sealing.seal(session, THE_HOUSE, key_file)
        return made.leaves if made else 0

    return database.until_nothing_is_left(seal)


def seal_audit(database: Database) -> int:
    """Seal the events of the audit record that are in no seal yet; return how many."""

    def seal(session: Session) -> int:
        made = audit.seal(session, THE_HOUSE, database.settings.seal_key_path)
        return made.leaves if made else 0

    return database.until_nothing_is_left(seal)


def make_releases(database: Database) -> int:
    """Make the releases that are due, each in a unit of work of its own; return how many."""
    calendar = Calendar(database.settings.release_day, database.settings.recheck_rate)
    return database.until_nothing_is_left(
        lambda session: len(releases.make_due(session, THE_HOUSE, calendar, at_most=1))
    )


def release_certificates(database: Database) -> int:
    """Look at the certificates for each release that was made since, each in a unit of work of its own; return how many."""
    return database.until_nothing_is_left(lambda session: len(certificates.release(session, THE_HOUSE, at_most=1)))


def refresh_status_lists(database: Database) -> int:
    """Sign the lists of states anew whose day is over; return how many. Nothing to do where nothing was issued yet."""
    with database.unit_of_work() as session:
        return certificates.refresh_lists(session, THE_HOUSE, certificates.Signer(session))


def deliver_webhooks(database: Database) -> int:
    """Send the messages to partners that are due; return how many."""
    return webhooks.deliver_due(database).total


def forget_webhook_deliveries(database: Database) -> int:
    """Delete deliveries to partners that ended long ago, and secrets past their day; return how many deliveries."""
    with database.unit_of_work() as session:
        return webhooks.forget_old(session)


def forget_delivered(database: Database) -> int:
    """Delete the messages that were delivered long ago; return how many."""
    with database.unit_of_work() as session:
        return outbox.forget_done(session, before=clock.now() - KEPT_DONE)


def sweep_keys(database: Database) -> int:
    """Delete keys that belong to no person: crashes leave them behind; return how many."""
    with database.unit_of_work() as session:
        return privacy.sweep_keys(session, THE_HOUSE, apply=True)


def forget_payment_files(database: Database) -> int:
    """Delete the bytes of payment files whose plans ended long ago; return how many."""
    return database.until_nothing_is_left(lambda session: fund.forget_files(session, THE_HOUSE))


def forget_visits(database: Database) -> int:
    """Delete sessions and counts of failed sign-ins that are past their time; they are not counted."""
    with database.unit_of_work() as session:
        visits.forget_old(session, timedelta(days=kept("sessions").days))
        throttle.forget_old(session)
    return 0


@dataclass(frozen=True, slots=True)
class Chore:
    """House work: its name in the log, how often it is done, and what it does; that returns how much it was."""

    name: str
    every: timedelta
    do: Callable[[Database], int]


CHORES: tuple[Chore, ...] = (
    Chore("comparisons", timedelta(minutes=1), refresh_comparisons),
    Chore("cases", timedelta(minutes=1), open_cases),
    Chore("relief", timedelta(minutes=1), follow_money),
    Chore("ledger_seal", timedelta(minutes=5), seal_ledger),
    Chore("audit_seal", timedelta(minutes=5), seal_audit),
    Chore("releases", timedelta(hours=1), make_releases),
    Chore("certificates", timedelta(hours=1), release_certificates),
    Chore("status_lists", timedelta(hours=1), refresh_status_lists),
    Chore("webhooks", timedelta(minutes=1), deliver_webhooks),
    Chore("outbox_tidy", timedelta(hours=1), forget_delivered),
    Chore("sign_ins_tidy", timedelta(hours=1), forget_visits),
    Chore("webhooks_tidy", timedelta(hours=1), forget_webhook_deliveries),
    Chore("payment_files_tidy", timedelta(hours=24), forget_payment_files),
    Chore("keys_tidy", timedelta(hours=24), sweep_keys),
)
"""What is done without being asked."""


@dataclass
class Summary:
    """What became of the messages that were due, and what the chores did."""

    delivered: int = 0
    put_off: int = 0
    given_up: int = 0
    chores: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


class Worker:
    """Delivers what is due and keeps house, until it is told to stop. Any number may work on one database."""

    def __init__(self, database: Database, stopped: threading.Event | None = None) -> None:
        self._database = database
        self._stopped = stopped or threading.Event()
        self._next: dict[str, datetime] = {}

    def run(self) -> None:
        """Work until stopped, at the latest after the message or the chore at hand."""
        _log.info("work.began")
        while not self._stopped.is_set():
            try:
                self.drain(Summary())
            except RecruitmentError as error:  # the database is away or busy: it may come back
                _log.warning("work.interrupted", exc_info=error, extra={"reason": error.code})
            self.keep_house(Summary())
            self._stopped.wait(POLL_SECONDS)
        _log.info("work.ended")

    def drain(self, summary: Summary) -> Summary:
        """Deliver messages until none is due, or until stopped."""
        while not self._stopped.is_set():
            with self._database.unit_of_work() as session:
                message = outbox.claim(session)
            if message is None:
                break
            self._deliver(message, summary)
        return summary

    def _deliver(self, message: Message, summary: Summary) -> None:
        facts = {"topic": message.topic, "message_id": str(message.id), "attempts": message.attempts}
        handler = HANDLERS.get(message.topic)
        if handler is None:
            self._note(message, UNKNOWN_TOPIC, summary, for_good=True)
            _log.error("message.unknown_topic", extra=facts)
            return
        try:
            with self._database.unit_of_work() as session:
                if not outbox.hold(session, message):
                    return  # somebody else has it by now
                handler(session, message)
                outbox.done(session, message)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, the message rests and the others go on
            reason = error.code if isinstance(error, RecruitmentError) else type(error).__name__
            self._note(message, reason, summary, for_good=False)
            _log.warning("message.refused", exc_info=error, extra={**facts, "reason": reason})
            return
        summary.delivered += 1
        _log.info("message.delivered", extra=facts)

    def _note(self, message: Message, reason: str, summary: Summary, *, for_good: bool) -> None:
        with self._database.unit_of_work() as session:
            given_up = outbox.refused(session, message, reason, for_good=for_good)
        summary.given_up += given_up
        summary.put_off += not given_up

    def keep_house(self, summary: Summary) -> Summary:
        """Do the chores whose time has come. One that is refused is left for its next time."""
        for chore in CHORES:
            if self._stopped.is_set():
                break
            if self._next.get(chore.name, clock.now()) > clock.now():
                continue
            self._next[chore.name] = clock.now() + chore.every
            try:
                count = chore.do(self._database)
            except WriteConflict:
                _log.info("chore.met_another", extra={"chore": chore.name})  # another worker is at the same
            except Exception as error:  # noqa: BLE001 - one chore must not keep the others from being done
                summary.refused.append(chore.name)
                _log.error("chore.refused", exc_info=error, extra={"chore": chore.name})
            else:
                summary.chores[chore.name] = count
                if count:
                    _log.info("chore.done", extra={"chore": chore.name, "count": count})
        return summary


@click.command()
@click.option("--once", is_flag=True, help="Deliver what is due, keep house once, and end.")
@click.option("--list", "listing", is_flag=True, help="Show the messages that wait and those that were given up.")
@click.option("--retry", is_flag=True, help="Let the messages that were given up begin again.")
@told
def work(once: bool, listing: bool, retry: bool) -> None:
    """Deliver news between the rooms and keep house (compare, seal, tidy) until stopped."""
    if once + listing + retry > 1:
        raise click.UsageError("Choose one of --once, --list and --retry.")
    database = open_database()
    if listing:
        _show(database)
    elif retry:
        with database.unit_of_work() as session:
            count = outbox.retry(session)
        click.echo(f"{count} messages begin again. They are delivered by: recruitment work")
    elif once:
        _work_once(database)
    else:
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        with logs.lines():
            Worker(database, stopped).run()


def _work_once(database: Database) -> None:
    with logs.lines(logging.WARNING):
        worker, summary = Worker(database), Summary()
        worker.keep_house(worker.drain(summary))
    click.echo(f"{summary.delivered} delivered, {summary.put_off} put off, {summary.given_up} given up.")
    for name, count in summary.chores.items():
        click.echo(f"{name}: {count}")
    for name in summary.refused:
        click.echo(f"{name}: could not be done; see the line above", err=True)
    if summary.put_off or summary.given_up or summary.refused:
        sys.exit(1)


def _show(database: Database) -> None:
    with database.read_session() as session:
        counts = outbox.counts(session)
        found = [
            (state.value, each)
            for state in (MessageState.FAILED, MessageState.WAITING)
            for each in outbox.listed(session, state)
        ]
    rows = [
        (state, each.topic, f"{each.emitted_at:%Y-%m-%d %H:%M:%S}", each.attempts, each.failed_reason or "",
         " ".join(f"{name}={value}" for name, value in sorted(each.ids.items())))
        for state, each in found
    ]  # fmt: skip
    click.echo(table(("state", "topic", "emitted (UTC)", "attempts", "last reason", "about"), rows, numbers=(3,)))
    click.echo(f"{counts[MessageState.WAITING]} waiting, {counts[MessageState.FAILED]} failed.")
