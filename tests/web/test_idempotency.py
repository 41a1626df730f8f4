"""A POST that is sent twice is done once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from recruitment.core.actor import Audience, Role
from recruitment.core.errors import InvariantViolated
from recruitment.database import idempotency as kept
from recruitment.database.idempotency import IdempotencyKey
from recruitment.web import context, idempotency
from recruitment.web.gate import public
from recruitment.web.idempotency import HEADER, REPLAYED, answer, answer_unkept, idempotent
from tests.factories.rows import row

if TYPE_CHECKING:
    from tests.factories.desk import Desk

RATES = "/api/v1/rates"


def rates(*, on: str = "2024-03-01") -> dict:
    return {"rows": [row("rates", on=on)]}


def keys_of(desk: Desk) -> list[IdempotencyKey]:
    with desk.field.database.read_session() as session:
        return list(session.scalars(select(IdempotencyKey)))


class TestKeys:
    def test_without_one_nothing_is_made_and_the_header_is_named(self, sqlite_desk):
        sqlite_desk.be(Role.OPERATOR)
        refused = sqlite_desk.post(RATES, json=rates(), key=None)
        assert refused.status_code == 400
        assert refused.json["type"] == "/problems/idempotency.key_missing"
        assert refused.json["errors"][0]["parameter"] == HEADER
        assert HEADER in refused.json["detail"]
        assert sqlite_desk.field.count("exchange_rates") == 0

    @pytest.mark.parametrize("key", ["x" * 201, "two words", "tab\t", "caf\xe9"])
    def test_one_that_cannot_be_seen_or_is_too_long_is_refused(self, sqlite_desk, key):
        sqlite_desk.be(Role.OPERATOR)
        refused = sqlite_desk.post(RATES, json=rates(), key=key)
        assert (refused.status_code, refused.json["type"]) == (400, "/problems/idempotency.key_invalid")

    def test_the_longest_that_fits_is_taken(self, desk):
        desk.be(Role.OPERATOR)
        assert desk.post(RATES, json=rates(), key="~" * 200).status_code == 201

    def test_a_preview_makes_nothing_and_wants_none(self, sqlite_desk):
        sqlite_desk.be(Role.OPERATOR)
        assert sqlite_desk.post(f"{RATES}?preview=true", json=rates(), key=None).status_code == 200
        assert keys_of(sqlite_desk) == []


class TestReplays:
    def test_the_same_request_is_answered_as_the_first_time_and_nothing_is_done(self, desk):
        desk.be(Role.OPERATOR)
        first = desk.post(RATES, json=rates(), key="A")
        before = desk.field.everything()
        second = desk.post(RATES, json=rates(), key="A")
        assert (second.status_code, second.data, second.mimetype) == (201, first.data, first.mimetype)
        assert (first.headers.get(REPLAYED), second.headers[REPLAYED]) == (None, "true")
        assert desk.field.everything() == before

    def test_another_request_with_the_same_key_is_refused(self, sqlite_desk):
        sqlite_desk.be(Role.OPERATOR)
        assert sqlite_desk.post(RATES, json=rates(), key="A").status_code == 201
        other = rates(on="2024-03-02")
        for path, body in ((RATES, other), (f"{RATES}?preview=false", rates())):
            refused = sqlite_desk.post(path, json=body, key="A")
            assert (refused.status_code, refused.json["type"]) == (422, "/problems/idempotency.key_used_otherwise")
        assert sqlite_desk.field.count("exchange_rates") == 1

    def test_a_key_belongs_to_its_person_and_its_route(self, sqlite_desk):
        sqlite_desk.be(Role.OPERATOR)
        assert sqlite_desk.post(RATES, json=rates(), key="A").status_code == 201
        chains = {"rows": [row("supply-chains")]}
        assert sqlite_desk.post("/api/v1/supply-chains", json=chains, key="A").status_code == 201
        sqlite_desk.be(Role.OPERATOR)
        other = sqlite_desk.post(RATES, json=rates(on="2024-03-02"), key="A")
        assert (other.status_code, other.headers.get(REPLAYED)) == (201, None)

    def test_an_error_keeps_nothing_so_the_mended_request_may_take_the_key(self, sqlite_desk):
        sqlite_desk.be(Role.OPERATOR)
        bad = {"rows": [row("rates", rate="much")]}
        assert [sqlite_desk.post(RATES, json=bad, key="A").status_code for _ in range(2)] == [422, 422]
        assert keys_of(sqlite_desk) == []
        assert sqlite_desk.post(RATES, json=rates(), key="A").status_code == 201

    def test_what_is_kept_holds_nothing_of_a_person(self, sqlite_desk):
        sqlite_desk.sender_of("jobseekers")
        person = row("jobseekers", name="Daw Mya Mya", phone="09 420 000 009")
        assert sqlite_desk.send("jobseekers", [person]).status_code == 201
        (found,) = keys_of(sqlite_desk)
        assert "Mya" not in repr(vars(found))
        assert set(sqlite_desk.app.json.loads(found.body)) == {
            "reference", "kind", "saved", "replayed", "rows", "added", "corrected", "skipped", "warnings",
        }  # fmt: skip


class TestTogether:
    @pytest.fixture
    def both_look_first(self, monkeypatch):
        """Two requests see that the key is new before either of them does anything."""
        barrier, looks = threading.Barrier(2), iter(range(2))
        look = kept.kept_answer

        def wait(*arguments, **named):
            found = look(*arguments, **named)
            if next(looks, None) is not None:
                barrier.wait(timeout=20)
            return found

        monkeypatch.setattr(idempotency, "kept_answer", wait)

    def test_two_at_once_do_it_once_and_get_one_answer(self, desk, both_look_first):
        desk.be(Role.OPERATOR)
        imports = desk.field.count("imports")
        with ThreadPoolExecutor(2) as pool:
            sent = [pool.submit(desk.post, RATES, json=rates(), key="A") for _ in range(2)]
            answers = [each.result() for each in sent]
        assert [each.status_code for each in answers] == [201, 201]
        assert len({each.data for each in answers}) == 1
        assert sorted(each.headers.get(REPLAYED, "") for each in answers) == ["", "true"]
        assert (desk.field.count("exchange_rates"), desk.field.count("imports"), len(keys_of(desk))) == (
            1,
            imports + 1,
            1,
        )

    def test_two_requests_with_one_key_at_once_leave_one(self, desk, both_look_first):
        desk.be(Role.OPERATOR)
        with ThreadPoolExecutor(2) as pool:
            sent = [pool.submit(desk.post, RATES, json=rates(on=on), key="A") for on in ("2024-03-01", "2024-03-02")]
            statuses = sorted(each.result().status_code for each in sent)
        assert statuses == [201, 422]
        assert desk.field.count("exchange_rates") == 1

    def test_a_loser_who_finds_no_answer_is_told_when_to_come_back(self, desk, monkeypatch):
        desk.be(Role.OPERATOR)
        assert desk.post(RATES, json=rates(), key="A").status_code == 201
        monkeypatch.setattr(idempotency, "kept_answer", lambda *_: None)
        lost = desk.post(RATES, json=rates(on="2024-03-02"), key="A")
        assert (lost.status_code, lost.headers["Retry-After"]) == (409, "1")
        assert desk.field.count("exchange_rates") == 1


class TestViews:
    @pytest.fixture
    def view(self, sqlite_desk):
        """A view of a test in the place of another one."""

        def put(made):
            sqlite_desk.app.view_functions["imports.send_rates"] = public("a test tries it")(made)
            sqlite_desk.be(Role.OPERATOR)
            return sqlite_desk

        return put

    def test_a_secret_that_is_shown_once_is_not_kept(self, view):
        @idempotent
        def make():
            with context.unit_of_work() as session:
                return answer(session, {"token": "fm_secret", "id": 1}, kept={"token": None, "id": 1})

        desk = view(make)
        told = [desk.post(RATES, json={}, key="A").json for _ in range(2)]
        assert told == [{"token": "fm_secret", "id": 1}, {"token": None, "id": 1}]
        assert "fm_secret" not in keys_of(desk)[0].body

    def test_a_view_that_forgets_to_keep_its_answer_is_a_mistake_of_ours(self, view):
        @idempotent
        def forget():
            return {"made": True}

        assert view(forget).post(RATES, json={}, key="A").status_code == 500

    def test_a_view_that_changed_nothing_says_so(self, view):
        desk = view(idempotent(lambda: answer_unkept({"made": False})))
        assert desk.post(RATES, json={}, key="A").status_code == 200
        assert keys_of(desk) == []

    def test_only_marked_views_keep_answers(self, sqlite_desk):
        with sqlite_desk.app.test_request_context(), pytest.raises(InvariantViolated, match="marked idempotent"):
            answer_unkept({})


class TestRows:
    def test_are_never_changed_or_taken_away(self, desk):
        desk.be(Role.OPERATOR)
        desk.post(RATES, json=rates(), key="A")
        for change in ("UPDATE idempotency_keys SET status = 500", "DELETE FROM idempotency_keys"):
            with pytest.raises(DBAPIError), desk.field.database.engine.begin() as connection:
                connection.exec_driver_sql(change)

    def test_are_seen_by_nobody_but_their_person(self, desk):
        actors = [desk.be(Role.OPERATOR) for _ in range(2)]
        answer_of = kept.KeptAnswer(b"h" * 32, 201, "{}", "application/json")
        with desk.field.database.unit_of_work(actors[0].scope) as session:
            kept.keep_answer(session, actors[0].id, "route", "A", answer_of)
        for actor, expected in zip(actors, (answer_of, None), strict=True):
            with desk.field.database.read_session(actor.scope) as session:
                assert kept.kept_answer(session, actors[0].id, "route", "A") == expected

    def test_are_not_written_for_somebody_else(self, desk):
        actors = [desk.be(Role.OPERATOR) for _ in range(2)]
        answer_of = kept.KeptAnswer(b"h" * 32, 201, "{}", "application/json")
        with pytest.raises(InvariantViolated), desk.field.database.unit_of_work(actors[0].scope) as session:
            kept.keep_answer(session, actors[1].id, "route", "A", answer_of)

    def test_every_audience_that_signs_in_has_its_own(self):
        assert set(Audience) - {Audience.INSIDE, Audience.NOBODY} == kept._SIGNED_IN

    def test_a_row_holds_what_the_model_says(self, desk):
        values = {
            "id": desk.be(Role.OPERATOR).id, "actor_id": desk.actor.id, "route": "r" * 120, "key": "k" * 200,
            "request_hash": b"h" * 32, "status": 201, "body": "{}", "content_type": "application/json",
            "recorded_at": kept.clock.now(),
        }  # fmt: skip
        with desk.field.database.engine.begin() as connection:
            connection.execute(insert(IdempotencyKey).values(**values))
        assert keys_of(desk)[0].key == "k" * 200
