"""Sessions that see every row are opened at an edge by the views written here, and by no other."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.architecture.sources import called, made_up, package

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.architecture.sources import Source

# A new line here is a decision: what the view reads must be narrowed by a code that cannot be guessed, be signed for
# everybody, or be a paper that the actor may have, as was seen in a session of their own scope right before.
BEYOND_SCOPE = {
    "certificates.api.check_many",
    "certificates.api.make_share",
    "certificates.api.show_paper",
    "certificates.pages.public._told",
    "certificates.pages.public.identity_show",
    "certificates.pages.public.log_head",
    "certificates.pages.public.log_leaves",
    "certificates.pages.public.paper_check",
    "certificates.pages.public.status_show",
    "certificates.pages.public.trust_show",
    "certificates.pages.shares._paper",
}
_OPENS = {"house_unit_of_work", "public_session"}


def beyond_scope(sources: Iterable[Source]) -> Iterator[str]:
    for source in sources:
        for function in ast.walk(source.tree):
            if isinstance(function, ast.FunctionDef) and any(
                isinstance(node, ast.Call) and called(node) in _OPENS for node in ast.walk(function)
            ):
                yield f"{'.'.join(source.path.with_suffix('').parts)}.{function.name}"


def test_only_these_views_see_beyond_the_scope_of_who_asks():
    assert set(beyond_scope(package())) == BEYOND_SCOPE


def test_another_one_is_caught():
    text = "def peek():\n    with public_session() as session:\n        return session\n"
    assert list(beyond_scope([made_up("fees/pages.py", text)])) == ["fees.pages.peek"]
