"""Relief over HTTP: each answer is expected to have its status, and comes back as its document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from recruitment.core import clock

if TYPE_CHECKING:
    from recruitment.core.actor import Actor
    from tests.factories.relieved import Relieved


@dataclass
class Wire:
    """The endpoints of relief, as the case worker unless somebody else is named."""

    relief: Relieved

    @property
    def today(self) -> str:
        return clock.today().isoformat()

    def ask(self, method: str, path: str, status: int, actor: Actor | None = None, **options: Any) -> Any:
        answer = self.relief.caseload.ask(actor or self.relief.worker, method, path, **options)
        assert answer.status_code == status, answer.text
        return answer.get_json()

    def get(self, path: str, status: int = 200, **options: Any) -> Any:
        return self.ask("GET", path, status, **options)

    def post(self, path: str, body: dict[str, Any], status: int = 201, **options: Any) -> Any:
        return self.ask("POST", path, status, json=body, **options)

    def pointers(self, path: str, body: dict[str, Any], status: int = 422, **options: Any) -> list[str]:
        """Send what is wrong; return where it is wrong."""
        found = self.post(path, body, status, **options)
        return sorted(each.get("pointer", each.get("parameter")) for each in found.get("errors", ()))


@pytest.fixture
def wire(relief: Relieved) -> Wire:
    return Wire(relief)


@pytest.fixture
def sqlite_wire(sqlite_relief: Relieved) -> Wire:
    return Wire(sqlite_relief)
