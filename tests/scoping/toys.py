"""Tables that stand for real ones, small enough to know every row by heart: people of two CSOs, their trips and reports."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ForeignKey, Integer, MetaData, String, Uuid, insert
from sqlalchemy.orm import DeclarativeBase, mapped_column

from recruitment.core.actor import Audience, Scope
from recruitment.database import scoping
from recruitment.database.scoping import guard, open_to_all, organisation_of, own_organisation, seen, within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

BLUE, RED = UUID(int=1), UUID(int=2)
OF_BLUE, OF_RED = Scope(Audience.SUPERVISOR, BLUE), Scope(Audience.SUPERVISOR, RED)
OF_NOBODY = Scope(Audience.AGENCY, BLUE)
COUNT = 10


class Toy(DeclarativeBase):
    metadata = MetaData()


class Plain(Toy):
    __tablename__ = "toy_plain"
    id = mapped_column(Integer, primary_key=True, autoincrement=False)


class Person(Toy):
    __tablename__ = "toy_people"
    id = mapped_column(Integer, primary_key=True, autoincrement=False)
    cso_id = mapped_column(Uuid)
    name = mapped_column(String(20))


class Trip(Toy):
    __tablename__ = "toy_trips"
    id = mapped_column(Integer, primary_key=True, autoincrement=False)
    person_id = mapped_column(ForeignKey("toy_people.id"))


class Report(Toy):
    __tablename__ = "toy_reports"
    id = mapped_column(Integer, primary_key=True, autoincrement=False)
    trip_id = mapped_column(ForeignKey("toy_trips.id"))
    amount = mapped_column(Integer)
    supersedes_id = mapped_column(Integer)


class Forgotten(Toy):
    """Nobody said whose this is."""

    __tablename__ = "toy_forgotten"
    id = mapped_column(Integer, primary_key=True, autoincrement=False)


def cso_of(number: int) -> UUID:
    """Return whose person, trip and reports bear a number."""
    return BLUE if number % 2 else RED


@contextmanager
def guarded() -> Iterator[None]:
    """Say whose the toys are, for the length of the block."""
    before = dict(scoping._guarded), dict(scoping._open_to_all)
    everybody = Audience.SUPERVISOR
    open_to_all(Plain, because="numbers")
    guard(Person, read={everybody: own_organisation("cso_id")}, write={everybody: {"cso_id": organisation_of}})
    guard(Trip, read={everybody: within("person_id", Person)}, write={everybody: {"person_id": seen(Person)}})
    guard(Report, read={everybody: within("trip_id", Trip)})
    try:
        yield
    finally:
        scoping._guarded.clear()
        scoping._guarded.update(before[0])
        scoping._open_to_all.clear()
        scoping._open_to_all.update(before[1])
        scoping._criterion.cache_clear()


def fill(session: Session, only: UUID | None = None) -> None:
    """Put the toys' rows in, those of one CSO when it is named. Everybody has two reports, the second after the first."""
    session.execute(insert(Plain), [{"id": number} for number in range(COUNT)])
    for number in range(COUNT):
        if only in {None, cso_of(number)}:
            session.execute(insert(Person), {"id": number, "cso_id": cso_of(number), "name": f"p{number}"})
            session.execute(insert(Trip), {"id": number, "person_id": number})
            reports: list[dict[str, Any]] = [
                {"id": number * 2, "trip_id": number, "amount": number, "supersedes_id": None},
                {"id": number * 2 + 1, "trip_id": number, "amount": 1, "supersedes_id": number * 2},
            ]
            session.execute(insert(Report), reports)
