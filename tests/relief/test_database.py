"""What the database holds by itself, on both engines, whoever writes past the services."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from recruitment.core import clock
from recruitment.core.ids import new_id, new_reference
from recruitment.relief.models import APPEND_ONLY, Confirmation, ReliefCase, ReliefCaseEvent
from recruitment.relief.rules.machine import CaseState


def attempt(relief, *statements):
    with relief.field.database.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql("SELECT set_config('app.audience', 'inside', true)")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def moved(case, to_state, **more):
    """Statements that move a case past the services."""
    event = {
        "case_id": case.id, "number": case.number + 1, "previous_number": case.number, "event": "confirm",
        "from_state": case.state.value, "to_state": to_state, "occurred_on": clock.today(), "actor_id": new_id(),
        "recorded_at": clock.now(),
    } | more  # fmt: skip
    standing = update(ReliefCase).where(ReliefCase.id == case.id)
    return standing.values(state=to_state, number=event["number"]), insert(ReliefCaseEvent).values(event)


def word(case, signature, **more):
    values = {
        "id": new_id(), "reference": new_reference("CO"), "case_id": case.id, "signature_id": signature,
        "answer": "all", "received_minor": 1, "asked_for_part": "no", "channel": "hotline", "witnessed": False,
        "is_independent": True, "is_full": True, "stated_on": clock.today(), "recorded_by": new_id(),
        "recorded_at": clock.now(),
    } | more  # fmt: skip
    return values["id"], insert(Confirmation).values(values)


def test_no_case_is_confirmed_without_the_whole_free_word_of_its_own_worker(relief):
    case = relief.verified()
    agreement = relief.cancelled(case, relief.debt(case))
    relief.signed(agreement)
    relief.follow()
    other, _ = relief.relieved_of_debt("J-2")
    case, heard_by = relief.case(case), relief.caseload.organisation("CSO-1")
    assert case.state is CaseState.FUNDED
    signature = relief.agreement(agreement).signature.id
    with relief.field.database.read_session() as session:
        elsewhere = session.scalar(select(Confirmation.id).where(Confirmation.case_id == relief.case(other).id))
    less, said_less = word(case, signature, answer="less", is_full=False, heard_by=heard_by)
    refused = [
        moved(case, "confirmed"),
        moved(case, "confirmed", confirmation_id=elsewhere, is_full=True),
        moved(case, "confirmed", confirmation_id=elsewhere),
        moved(case, "confirmed", is_full=True),
        (said_less, *moved(case, "confirmed", confirmation_id=less, is_full=True)),
        (said_less, *moved(case, "confirmed", confirmation_id=less, is_full=False)),
        moved(case, "agreed", confirmation_id=elsewhere, is_full=True),
        (word(case, signature, answer="less", heard_by=heard_by)[1],),
        (word(case, signature, asked_for_part="yes", heard_by=heard_by)[1],),
        (word(case, signature, is_independent=False, heard_by=heard_by)[1],),
        (word(case, signature, channel="employer_form", heard_by=heard_by)[1],),
        (word(case, signature, witnessed=True, heard_by=heard_by)[1],),
        (word(case, None, heard_by=heard_by)[1],),
    ]
    for statements in refused:
        with pytest.raises(IntegrityError):
            attempt(relief, *statements)
    # The same way with a whole word goes, so it is the word that was missing.
    whole, said = word(case, signature, heard_by=heard_by)
    attempt(relief, said, *moved(case, "confirmed", confirmation_id=whole, is_full=True))
    assert relief.state(case.reference) is CaseState.CONFIRMED


def test_no_event_stands_out_of_its_chain_and_no_standing_without_one(relief):
    (reference,) = relief.nominated()
    case = relief.case(reference)
    standing, _event = moved(case, "verified")
    refused = [
        (standing,),
        moved(case, "funded"),
        moved(case, "closed"),
        moved(case, "verified", from_state="reopened"),
        moved(case, "verified", number=3, previous_number=2),
        moved(case, "verified", previous_number=None),
        moved(case, "nominated", from_state=None),
        (update(ReliefCase).where(ReliefCase.id == case.id).values(state="agreed"),),
    ]
    for statements in refused:
        with pytest.raises(IntegrityError):
            attempt(relief, *statements)
    attempt(relief, *moved(case, "verified"))
    assert relief.state(reference) is CaseState.VERIFIED


def test_nothing_that_was_written_is_changed_or_deleted(relief):
    relief.relieved_of_debt()
    for table in APPEND_ONLY:
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET recorded_at = recorded_at"):
            if relief.field.count(table) == 0 or ("recorded_at" in statement and not _has(table, "recorded_at")):
                continue
            with pytest.raises(DBAPIError), relief.field.database.engine.begin() as connection:
                if connection.dialect.name != "sqlite":
                    connection.exec_driver_sql("SELECT set_config('app.audience', 'inside', true)")
                connection.exec_driver_sql(statement)


def _has(table, column):
    from recruitment.metadata import metadata

    return column in metadata.tables[table].c
