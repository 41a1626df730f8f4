"""The glossary has every code: each enum of the field has a section of its own, with all its members."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from enum import Enum, StrEnum

import pytest

import recruitment
from tests.docs.pages import Page, page

_ALSO = {
    "recruitment.core.actor", "recruitment.core.dates", "recruitment.sheets.facts",
    "recruitment.fees.reference.corridors", "recruitment.fees.reference.fee_items",
}  # fmt: skip
"""Where enums of the field stand outside ``rules``."""


def _enums() -> list[type[Enum]]:
    names = [module.name for module in pkgutil.walk_packages(recruitment.__path__, "recruitment.")]
    modules = [importlib.import_module(name) for name in names if name in _ALSO or "rules" in name.split(".")]
    found = {
        each
        for module in modules
        for each in vars(module).values()
        if inspect.isclass(each) and issubclass(each, Enum) and each.__module__ == module.__name__
    }
    return sorted(found, key=lambda each: (each.__module__, each.__name__))


def _missing(enum: type[Enum], glossary: Page) -> list[str]:
    """Return the members that the section of an enum does not explain."""
    section = glossary.section(f"{enum.__module__.split('.')[1]}: {enum.__name__}")
    return [str(member.value) for member in enum if f"| `{member.value}` | " not in section]


@pytest.mark.parametrize("enum", _enums(), ids=lambda enum: f"{enum.__module__}.{enum.__name__}")
def test_every_member_is_explained(enum):
    assert _missing(enum, page("docs/glossary.md")) == []


def test_enums_of_the_field_are_found():
    names = {enum.__name__ for enum in _enums()}
    assert {"Permission", "Status", "FindingKind", "Payer", "FileKind", "Basis", "StatementKind"} <= names


class TestAGlossaryWithAGap:
    def test_a_member_without_a_line_is_noticed(self):
        from recruitment.verification.rules import Status

        whole = page("docs/glossary.md")
        gap = Page(whole.path, whole.text.replace("| `review` |", "| `reviewed` |"))
        assert _missing(Status, gap) == ["review"]

    def test_a_line_under_another_class_does_not_count(self):
        class Payer(StrEnum):
            VESSEL_OWNER = "vessel_owner"  # a creditor, and no payer

        Payer.__module__ = "recruitment.fees.rules"
        assert _missing(Payer, page("docs/glossary.md")) == ["vessel_owner"]

    def test_a_class_without_a_section_is_noticed(self):
        class Weather(StrEnum):
            RAIN = "rain"

        Weather.__module__ = "recruitment.journeys.rules"
        assert _missing(Weather, page("docs/glossary.md")) == ["rain"]
