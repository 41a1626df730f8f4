"""How endpoints that change something are written here: one decorator for address, permission, body and answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recruitment.web.gate import allow
from recruitment.web.idempotency import idempotent

if TYPE_CHECKING:
    from collections.abc import Callable

    from marshmallow import Schema

    from recruitment.core.actor import Permission
    from recruitment.web.api import ApiBlueprint


def posts(
    api: ApiBlueprint,
    rule: str,
    permission: Permission,
    takes: type[Schema] | None,
    answers: type[Schema],
    *,
    status: int = 201,
) -> Callable[[Any], Any]:
    """Make a view the endpoint ``POST rule`` for actors with ``permission``. Sent again, it is done once.

    ``takes`` is the schema of the body, which the view is given loaded and first; None where there is none.
    ``status`` is only described here; the view answers with it.
    """

    def declare(view: Any) -> Any:
        made: Any = api.response(status, answers)(view)
        if takes is not None:
            made = api.arguments(takes)(made)
        api.post(rule)(allow(permission)(idempotent(made)))
        return view

    return declare
