"""However a statement is put, a limited session answers it as a database would that holds nobody else's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    String,
    and_,
    case,
    cast,
    column,
    create_engine,
    delete,
    except_,
    exists,
    func,
    insert,
    join,
    literal,
    literal_column,
    or_,
    outerjoin,
    select,
    table,
    tablesample,
    text,
    true,
    tuple_,
    union_all,
    update,
)  # fmt: skip
from sqlalchemy.orm import Bundle, aliased, load_only
from sqlalchemy.pool import StaticPool

from recruitment.core.actor import EVERYTHING, Scope
from recruitment.core.errors import InvariantViolated
from recruitment.database.bulk import insert_many
from recruitment.database.scoping import ScopedSession, bare_connection, scope_of
from tests.ledger.shared import shared_database, shared_settings
from tests.scoping.toys import (
    BLUE,
    COUNT,
    OF_BLUE,
    OF_NOBODY,
    OF_RED,
    RED,
    Forgotten,
    Person,
    Plain,
    Report,
    Toy,
    Trip,
    cso_of,
    fill,
    guarded,
)  # fmt: skip

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["shared_database", "shared_settings"]

SCOPES = {"blue": OF_BLUE, "red": OF_RED, "nobody": OF_NOBODY}
P, T, R, R2 = aliased(Person), aliased(Trip), aliased(Report), aliased(Report)


def count_of_reports(owner: Any) -> Any:
    return select(func.count()).where(Report.trip_id == owner.id).scalar_subquery()


SHAPES = {
    "columns": select(Person.name),
    "entity": select(Person),
    "count": select(func.count(Person.id)),
    "count of all": select(func.count()).select_from(Person),
    "alias": select(P.name),
    "count of an alias": select(func.count(T.id)),
    "far from its owner": select(Report.id),
    "join": select(Person.name, Trip.id).join(Trip, Trip.person_id == Person.id),
    "join of aliases": select(func.count()).select_from(T).join(P, P.id == T.person_id).join(R, R.trip_id == T.id),
    "outer join": select(Plain.id, Trip.id).outerjoin(Trip, Trip.id == Plain.id),
    "outer join of an alias": select(Plain.id, P.name).outerjoin(P, P.id == Plain.id),
    "outer joins in a row": select(Plain.id, P.name).outerjoin(T, T.id == Plain.id).outerjoin(P, P.id == T.person_id),
    "exists": select(Plain.id).where(exists().where(Trip.id == Plain.id)),
    "exists with nothing beside": select(literal(1)).where(exists(select(Trip.id))),
    "exists of a literal": select(Plain.id).where(exists(select(literal(1)).where(Trip.id == Plain.id))),
    "not exists": select(Plain.id).where(~exists().where(R.trip_id == Plain.id)),
    "exists in exists": select(Person.id).where(exists().where(Trip.person_id == Person.id, exists().where(R.trip_id == Trip.id))),
    "not superseded": select(Report.id).where(~exists().where(R2.supersedes_id == Report.id)),
    "scalar": select(Plain.id, count_of_reports(Plain)),
    "scalar of an owner": select(Trip.id, count_of_reports(Trip)),
    "union": union_all(select(Person.id), select(Trip.id)),
    "union below": select(union_all(select(Person.id), select(Trip.id)).subquery()),
    "except": select(except_(select(Plain.id), select(Trip.id)).subquery().c[0]),
    "cte": select(select(Person.name).cte().c.name),
    "count of a cte": select(func.count()).select_from(select(T.id).cte()),
    "only in where": select(Plain.id).where(Trip.id == Plain.id),
    "only in or": select(Plain.id).where(or_(Trip.id == Plain.id, and_(Trip.id == Plain.id, true()))),
    "only in case": select(Plain.id).where(case((Trip.id == Plain.id, 1), else_=0) == 1),
    "beside a function": select(Plain.id).where(func.coalesce(Trip.id, 0) == Plain.id, Trip.id == Plain.id),
    "made of columns": select(Trip.id + Plain.id).where(Plain.id == 1),
    "case": select(case((Trip.id >= 0, 1), else_=0)),
    "cast": select(cast(Trip.id, String)),
    "functions": select(func.max(Person.id), func.max(T.id)),
    "function of a function": select(func.coalesce(func.max(func.abs(Trip.id)), 0)),
    "function beside another from": select(func.abs(Trip.id)).select_from(Plain).where(Plain.id == 1),
    "window": select(Plain.id, func.count(Trip.id).over()).where(Plain.id == 1),
    "bundle": select(Bundle("both", Trip.id, Trip.person_id)),
    "load only": select(Trip).options(load_only(Trip.id)),
    "other columns": select(Trip).with_only_columns(Trip.id),
    "in": select(Plain.id).where(Plain.id.in_(select(Trip.id))),
    "tuples": select(Plain.id).where(tuple_(Plain.id, Plain.id).in_(select(Trip.id, Trip.person_id))),
    "in a sub-query of a sub-query": select(Plain.id).where(Plain.id.in_(select(select(Trip.id).subquery().c.id))),
    "function in a sub-query": select(Plain.id).where(Plain.id.in_(select(func.coalesce(func.abs(T.id), 0)))),
    "sum in a sub-query": select(Plain.id).where(Plain.id.in_(select(Trip.id + 0))),
    "order": select(Plain.id).order_by(select(Trip.id).where(Trip.id == Plain.id).scalar_subquery()),
    "limit": select(Plain.id).order_by(Plain.id).limit(select(func.count(Trip.id)).scalar_subquery()),
    "having": select(func.count(Plain.id)).having(func.count(Plain.id) > select(func.count(Trip.id)).scalar_subquery()),
    "group": select(Person.cso_id, func.count()).group_by(Person.cso_id),
    "sums": select(Trip.person_id, func.sum(Report.amount)).join(Report, Report.trip_id == Trip.id).group_by(Trip.person_id),
    "literal from": select(literal(1)).select_from(Trip),
    "distinct": select(Trip.person_id).distinct(),
    "class over a sub-query": select(func.count(aliased(Trip, select(Trip).subquery()).id)),
    "correlated": select(Trip.id).where(exists().where(func.abs(Trip.id) == Report.trip_id).correlate(Trip)),
}  # fmt: skip

REFUSED = {
    "table": select(Trip.__table__),
    "column of a table": select(Trip.__table__.c.id),
    "table beside a class": select(Plain.id).where(Trip.__table__.c.id == Plain.id),
    "alias of a table": select(Plain.id, Trip.__table__.alias().c.id),
    "table in a sub-query": select(Plain.id).where(Plain.id.in_(select(Trip.__table__.c.id))),
    "join of tables": select(Plain.id).select_from(join(Plain.__table__, Trip.__table__, Plain.id == Trip.__table__.c.id)),
    "table by its name": select(table("toy_trips", column("id"))),
    "sample": select(tablesample(Trip.__table__, 1)),
    "function alone": func.count(Trip.__table__.c.id),
    "text": text("SELECT 1"),
    "text in where": select(Plain.id).where(text("1 = 1")),
    "text in order": select(Plain.id).order_by(text("id")),
    "text with columns": text("SELECT id FROM toy_trips").columns(column("id")),
    "literal column": select(Plain.id, literal_column("(SELECT count(*) FROM toy_trips)")),
    "entities from text": select(Trip).from_statement(text("SELECT * FROM toy_trips")),
    "entities from a statement": select(Trip).from_statement(select(Trip.__table__)),
    "only in a function": select(Plain.id).where(func.abs(Trip.id) == Plain.id),
    "only in a function of a sub-query": select(Trip.id).where(exists(select(literal(1)).where(func.abs(Trip.id) == 4))),
    "only in a window": select(func.row_number().over(order_by=Trip.id)),
    "forgotten": select(Forgotten.id),
    "forgotten in a sub-query": select(Plain.id).where(exists().where(Forgotten.id == Plain.id)),
    "insert of a select": insert(Plain).from_select(["id"], select(Trip.id + 100)),
    "insert past insert_many": insert(Person).values(id=99, cso_id=BLUE),
    "insert of what is not written": insert(Report).values(id=99),
    "update beside another": update(Plain).where(Plain.id == Trip.id).values(id=Plain.id),
    "update to somebody else": update(Person).values(cso_id=RED),
    "update to an expression": update(Person).values({Person.cso_id: select(func.max(Person.cso_id)).scalar_subquery()}),
    "update in an order": update(Person).ordered_values((Person.cso_id, RED)),
    "update of what is not written": update(Report).values(amount=3),
    "delete of what is not written": delete(Report),
    "delete in a cte": select(select(Plain.id).cte().c.id).add_cte(delete(Trip).where(Trip.id == 1).cte()),
}  # fmt: skip


@pytest.fixture
def toys(shared_database) -> Iterator[Any]:
    engine = shared_database.engine
    Toy.metadata.drop_all(engine)
    Toy.metadata.create_all(engine)
    with guarded():
        with shared_database.unit_of_work() as session:
            fill(session)
        yield shared_database
    Toy.metadata.drop_all(engine)


def rows_of(session, statement) -> list[str]:
    return sorted(str([getattr(cell, "id", cell) for cell in row]) for row in session.execute(statement))


def alone(scope: Scope) -> ScopedSession:
    """Return a session on a database in memory in which there are only the rows of a scope."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Toy.metadata.create_all(engine)
    session = ScopedSession(engine, EVERYTHING)
    fill(session, {OF_BLUE: BLUE, OF_RED: RED}.get(scope, UUID(int=0)))
    return session


@pytest.mark.filterwarnings("ignore:SELECT statement has a cartesian product")
@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_every_shape_is_answered_as_if_nobody_else_were_there(toys, scope):
    with alone(scope) as oracle, toys.read_session(scope) as session:
        found = {name: rows_of(session, shape) for name, shape in SHAPES.items()}
        assert found == {name: rows_of(oracle, shape) for name, shape in SHAPES.items()}
    oracle.get_bind().dispose()


@pytest.mark.parametrize("shape", REFUSED.values(), ids=REFUSED)
def test_what_no_criterion_reaches_is_refused(toys, shape):
    with toys.unit_of_work(OF_BLUE) as session, pytest.raises(InvariantViolated):
        session.execute(shape)


@pytest.mark.parametrize("joined", [join, outerjoin])
def test_an_explicit_join_of_classes_shows_nothing_of_others(toys, joined):
    """It may hide more than it must: with ``join()`` of Core a criterion stands in WHERE, or the statement is refused."""
    try:
        with toys.read_session(OF_BLUE) as session:
            query = select(Plain.id, Trip.id).select_from(joined(Plain, Trip, Plain.id == Trip.id))
            assert {trip for _, trip in session.execute(query) if trip is not None} == {1, 3, 5, 7, 9}
    except InvariantViolated:
        pass


def test_the_house_is_not_looked_at(toys):
    with toys.read_session() as session:
        assert session.scalar(select(func.count()).select_from(Trip.__table__)) == COUNT
        assert session.scalar(text("SELECT count(*) FROM toy_forgotten")) == 0


def test_ways_that_are_no_statement(toys):
    with toys.unit_of_work(OF_BLUE) as session:
        assert (session.get(Person, 2), session.get(Person, 1).name) == (None, "p1")
        assert [row.id for row in session.query(Trip).order_by(Trip.id)] == [1, 3, 5, 7, 9]
        streamed = session.scalars(select(Trip.id).order_by(Trip.id), execution_options={"yield_per": 2})
        assert [list(part) for part in streamed.partitions()] == [[1, 3], [5, 7], [9]]
        with session.begin_nested():
            assert session.scalar(select(func.count(Trip.id))) == 5
        session.refresh(session.get(Person, 1))
        for call in (
            session.connection,
            lambda: session.bulk_save_objects([Person(id=50, cso_id=BLUE)]),
            lambda: session.bulk_insert_mappings(Person, [{"id": 50, "cso_id": BLUE}]),
            lambda: session.bulk_update_mappings(Person, [{"id": 2, "cso_id": BLUE}]),
            lambda: session.execute(update(Person), [{"id": 2, "name": "taken"}]),
            lambda: session.execute(update(Person).where(Person.id == 1), {"cso_id": RED}),
            lambda: setattr(session, "scope", EVERYTHING),
        ):
            with pytest.raises((InvariantViolated, AttributeError)):
                call()


@pytest.mark.parametrize("write", ["add", "change", "delete"])
def test_the_session_itself_writes_nothing(toys, write):
    with toys.read_session(OF_BLUE) as session, pytest.raises(InvariantViolated):
        if write == "add":
            session.add(Person(id=50, cso_id=BLUE))
        else:
            one = session.get(Person, 1)
            one.name = "changed"
            if write == "delete":
                session.delete(one)
        session.flush()


def test_changes_reach_own_rows_alone(toys):
    with toys.unit_of_work(OF_BLUE) as session:
        session.execute(update(Person).values(name="seen", cso_id=BLUE))
        session.execute(delete(Trip).where(Trip.id.in_(select(Trip.id).where(Trip.id > 100))))
        assert (
            session.execute(update(Trip).where(exists().where(Report.trip_id == Trip.id)).values(person_id=1)).rowcount
            == 5
        )
        with pytest.raises(InvariantViolated):
            session.execute(update(Trip).values(person_id=2))
    with toys.read_session() as session:
        assert [name for (name,) in session.execute(select(Person.name).order_by(Person.id))] == [
            "seen" if cso_of(number) == BLUE else f"p{number}" for number in range(COUNT)
        ]


def test_insert_many_takes_own_rows_alone(toys):
    columns = ("id", "cso_id", "name")
    with toys.unit_of_work(OF_BLUE) as session:
        insert_many(session, Person.__table__, columns, [(20, BLUE, "new")])
        insert_many(session, Trip.__table__, ("id", "person_id"), [(20, 20), (21, 1), (22, None)])
        for rows in ([(30, RED, "x")], [(30, BLUE, "x"), (31, RED, "x")], [(30, None, "x")]):
            with pytest.raises(InvariantViolated):
                insert_many(session, Person.__table__, columns, rows)
        for target, some, rows in (
            (Trip, ("id", "person_id"), [(30, 2)]),
            (Trip, ("id",), [(30,)]),
            (Report, ("id",), [(30,)]),
            (Forgotten, ("id",), [(30,)]),
        ):
            with pytest.raises(InvariantViolated):
                insert_many(session, target.__table__, some, rows)


def test_an_organisation_that_is_not_named_is_not_a_blank_one(toys):
    """Negative control: with a blank organisation ``cso_id = NULL`` would be written ``cso_id IS NULL``."""
    with toys.unit_of_work() as session:
        insert_many(session, Person.__table__, ("id", "cso_id"), [(60, None)])
    with toys.unit_of_work(Scope(OF_BLUE.audience)) as session:
        assert session.scalar(select(func.count(Person.id))) == 0
        with pytest.raises(InvariantViolated):
            insert_many(session, Person.__table__, ("id", "cso_id"), [(61, None)])


def test_a_bare_connection_is_the_hole_that_is_closed(toys):
    with toys.read_session(OF_BLUE) as session:
        assert bare_connection(session).execute(select(func.count(Trip.id))).scalar() == COUNT
        assert scope_of(session) is OF_BLUE


_STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(SCOPES)), st.integers(0, 4), st.integers(-1, COUNT * 2)), min_size=1, max_size=25
)


def _asked(which: int, least: int) -> Any:
    return [
        select(Person.id).where(Person.id >= least),
        select(R.id).where(R.amount >= least),
        select(Trip.id).where(exists().where(Report.trip_id == Trip.id, Report.amount >= least)),
        select(Plain.id).outerjoin(T, T.id == Plain.id).where(T.id.is_(None), Plain.id >= least),
        select(func.count()).select_from(Report).where(Report.id.in_([least, least + 1])),
    ][which]


def _known(scope: Scope, which: int, least: int) -> list[int]:
    own = [
        number for number in range(COUNT) if scope.audience is OF_BLUE.audience and cso_of(number) == scope.organisation
    ]
    reports = [(number * 2 + second, 1 if second else number, number) for number in own for second in (0, 1)]
    return [
        [number for number in own if number >= least],
        [report for report, amount, _ in reports if amount >= least],
        sorted({trip for _, amount, trip in reports if amount >= least}),
        [number for number in range(COUNT) if number not in own and number >= least],
        [sum(report in {least, least + 1} for report, _, _ in reports)],
    ][which]


def test_no_value_of_one_scope_is_kept_for_another(toys):
    """One engine keeps what it compiled: whatever was asked before, by whomever, the answer is one's own."""

    @given(_STEPS)
    def asked(steps):
        for name, which, least in steps:
            scope = SCOPES[name]
            with toys.read_session(scope) as session:
                assert sorted(session.scalars(_asked(which, least))) == _known(scope, which, least)

    asked()
