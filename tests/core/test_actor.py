"""Who may do what."""

from __future__ import annotations

from uuid import UUID

import pytest

from recruitment.core.actor import LOCAL_OPERATOR, Actor, Permission
from recruitment.core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RecruitmentError, RuleBroken


class TestRequire:
    @pytest.mark.parametrize("permission", Permission)
    def test_lets_through_who_holds_exactly_that_permission(self, permission):
        Actor(UUID(int=1), "somebody", frozenset({permission})).require(permission)

    @pytest.mark.parametrize("permission", Permission)
    def test_refuses_who_holds_all_others(self, permission):
        actor = Actor(UUID(int=1), "somebody", frozenset(set(Permission) - {permission}))
        with pytest.raises(NotPermitted, match=f"somebody may not do this: it needs the permission {permission}"):
            actor.require(permission)

    @pytest.mark.parametrize("permission", Permission)
    def test_lets_the_operator_do_everything(self, permission):
        LOCAL_OPERATOR.require(permission)


class TestErrors:
    def test_carry_a_sentence_a_code_and_facts(self):
        error = Conflict("Somebody was first.", key="K")
        assert (str(error), error.detail, error.facts) == ("Somebody was first.", "Somebody was first.", {"key": "K"})

    def test_have_a_code_for_each_kind(self):
        kinds = [RecruitmentError, InvalidInput, NotFound, NotPermitted, Conflict, RuleBroken]
        assert len({kind.code for kind in kinds}) == len(kinds)
        assert all(issubclass(kind, RecruitmentError) for kind in kinds)
