"""Processes that deliver messages: run as a programme with an effect that can be counted, to be killed at any moment.

``python -m tests.work.couriers`` works on the database of its environment. The handler of ``tests.counted`` posts one
journal entry for each message, under a key of the message: a second delivery would find it, and two would show.
"""

from __future__ import annotations

import time
from datetime import date
from uuid import UUID

from recruitment import work
from recruitment.core.actor import THE_HOUSE
from recruitment.core.ids import new_id
from recruitment.core.settings import Settings
from recruitment.database import outbox
from recruitment.database.unit_of_work import Database
from recruitment.ledger import service
from recruitment.ledger.rules import EntryDraft
from tests.ledger.books import VISA

TOPIC = "tests.counted"


def post_once(session, message) -> None:
    """Post an entry; what makes it count twice is only a second commit, because its key is new each time."""
    key = str(new_id())
    service.post(
        session,
        THE_HOUSE,
        [
            EntryDraft(
                id=new_id(), book_id=message.uuid("book"), postings=(VISA,), effective_on=date(2024, 1, 1),
                scope="courier", key=key, source_type="test", source_id=UUID(int=int(message.ids["number"])),
                narrative="a message", metadata={"number": int(message.ids["number"])},
            )
        ],
    )  # fmt: skip
    time.sleep(0.002)


def deliver() -> None:
    """Deliver what waits; messages whose courier was killed rest only for a moment here."""
    outbox.pause_after = lambda _attempts: outbox._FIRST_PAUSE / 200  # type: ignore[assignment]
    work.HANDLERS[TOPIC] = post_once
    database = Database(Settings.from_environment())
    while sum(_counts(database)):
        work.Worker(database).drain(work.Summary())
        time.sleep(0.02)


def _counts(database: Database) -> tuple[int, ...]:
    with database.read_session() as session:
        return (outbox.counts(session)[outbox.MessageState.WAITING],)


if __name__ == "__main__":
    deliver()
