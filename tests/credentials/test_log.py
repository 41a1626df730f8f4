"""The log of certificates: what was said is shown to be in it, and that it only grows."""

from __future__ import annotations

import pytest

from recruitment.credentials import log, proofs, statement
from recruitment.credentials.verifier import Trust, is_logged
from tests.credentials import issuer


@pytest.fixture(scope="module")
def leaves():
    return (
        [log.new_padding() for _ in range(200)]
        + [statement.leaf(issuer.about_person())]
        + [log.new_padding() for _ in range(55)]
    )


@pytest.fixture(scope="module")
def shown(leaves):
    return log.inclusion(issuer.signed_head(leaves), leaves, 200)


class TestInclusion:
    def test_a_statement_in_the_log_is_shown_by_both_programmes(self, shown):
        assert log.is_included(statement.leaf(issuer.about_person()), shown)
        assert is_logged(issuer.about_person(), shown, issuer.trust())

    def test_every_place_of_every_small_log(self):
        for size in range(1, 12):
            leaves = [statement.leaf({"number": number}) for number in range(size)]
            head = issuer.signed_head(leaves)
            for place in range(size):
                shown = log.inclusion(head, leaves, place)
                assert log.Inclusions(head, leaves).of(place) == shown
                assert is_logged({"number": place}, shown, issuer.trust())
                assert not is_logged({"number": place + 1}, shown, issuer.trust())

    @pytest.mark.parametrize(
        "change",
        [
            {"position": 199},
            {"position": -1},
            {"position": "200"},
            {"position": True},
            {"path": []},
            {"path": ["00" * 32] * 8},
            {"path": ["zz"]},
            {"path": ["00" * 32] * 1000},
            {"head": {}},
            {"more": 1},
        ],
    )
    def test_nothing_else_is_shown(self, shown, change):
        assert not is_logged(issuer.about_person(), shown | change, issuer.trust())
        assert "more" in change or not log.is_included(statement.leaf(issuer.about_person()), shown | change)

    @pytest.mark.parametrize("change", [{"size": 255}, {"root": "00" * 32}, {"issuer": "did:web:other.example"}])
    def test_a_head_that_was_changed_shows_nothing(self, shown, change):
        assert not is_logged(issuer.about_person(), shown | {"head": shown["head"] | change}, issuer.trust())

    def test_a_head_that_differs_from_the_one_kept_shows_nothing(self, leaves, shown):
        # The issuer shows two people two different logs of one size.
        other = issuer.signed_head([*leaves[:-1], log.new_padding()])
        for kept, expected in ((shown["head"], True), (other, False)):
            trust = Trust.of(issuer.document(), issuer.lists(), kept, issuer.AT)
            assert is_logged(issuer.about_person(), shown, trust) is expected

    def test_a_place_outside_is_refused(self, leaves, shown):
        for make in (
            log.Inclusions(shown["head"], leaves).of,
            lambda place: log.inclusion(shown["head"], leaves, place),
        ):
            for place in (-1, 256):
                with pytest.raises(IndexError):
                    make(place)

    def test_the_head_is_signed(self, shown):
        assert proofs.is_signed(shown["head"], issuer.keys().proof.public_key().public_bytes_raw())
        assert not proofs.is_signed(shown["head"], issuer.keys(2).proof.public_key().public_bytes_raw())


class TestConsistency:
    def test_a_log_that_has_grown_is_shown_to(self, leaves):
        older, newer = (issuer.signed_head(leaves[:size]) for size in (100, 256))
        path = log.consistency(leaves, 100)
        assert log.is_consistent(older, newer, path)

    def test_a_log_that_took_something_back_is_not(self, leaves):
        path = log.consistency(leaves, 100)
        changed = [log.new_padding(), *leaves[1:]]
        older, newer = issuer.signed_head(leaves[:100]), issuer.signed_head(changed)
        assert not log.is_consistent(older, newer, log.consistency(changed, 100))
        assert not log.is_consistent(older, issuer.signed_head(leaves), path[1:])
        assert not log.is_consistent({}, newer, path)
        assert not log.is_consistent(older, newer, ["no hexadecimal"])
