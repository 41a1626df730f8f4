"""Links lead somewhere, lines are short enough to read in a diff, and nothing of the maker's machine is in the text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Page, pages

_LINE_MAX = 122
_HOSTS = {"127.0.0.1:8000", "firstmile.example", "keepachangelog.com", "localhost", "semver.org"}
"""The hosts that our pages may name."""

# The addresses of our own pages look like paths, too, and so do the folders in which a server is set up.
_MACHINE_PATH = re.compile(
    r"(?<![\w:/.~#])/(?!journeys\b|ledger\b|problems\b|api\b|etc/|opt/first-mile\b|usr/local/sbin/first-mile\b"
    r"|var/(?:lib|backups)/first-mile\b)[A-Za-z]+/\w+"
)
_HOST = re.compile(r"\w://(?:[^@/\s]+@)?([A-Za-z0-9.:-]+)")
_PAGES = pages()


def _broken(found: Page) -> list[str]:
    """Return the links of a page that lead nowhere."""
    broken = []
    for link in found.links:
        if re.match(r"(https?|mailto):", link):
            continue
        path, _, anchor = link.partition("#")
        target = (found.path.parent / path).resolve() if path else found.path
        if not target.exists() or (anchor and anchor not in Page(target, target.read_text(encoding="utf-8")).anchors):
            broken.append(link)
    return broken


def _too_long(found: Page) -> list[int]:
    """Return the numbers of lines that are too long; rows of tables and what programmes print may be."""
    lines = found.text.splitlines()
    return [
        number
        for number, line in enumerate(lines, start=1)
        if len(line) > _LINE_MAX and not line.startswith("|") and line in found.prose
    ]


@pytest.fixture(params=_PAGES, ids=lambda found: found.path.relative_to(ROOT).as_posix())
def found(request) -> Page:
    return request.param


def test_the_pages_are_found():
    names = {found.path.relative_to(ROOT).as_posix() for found in _PAGES}
    assert {"README.md", "CHANGELOG.md", "docs/ledger.md", "docs/decisions/0001-rooms-and-stack.md"} <= names


def test_every_link_leads_somewhere(found):
    assert _broken(found) == []


def _foreign(found: Page) -> set[str]:
    """Return the paths of a machine and the hosts that do not belong into our pages."""
    return set(_MACHINE_PATH.findall(found.text)) | (set(_HOST.findall(found.text)) - _HOSTS)


def test_nothing_is_told_of_a_machine_or_of_hosts_that_we_do_not_know(found):
    assert _foreign(found) == set()


def test_lines_are_short(found):
    if ROOT / "examples" not in found.path.parents:
        assert _too_long(found) == []


def test_one_title_and_an_end_of_line(found):
    assert re.match(r"# \S", found.text)
    assert len(re.findall(r"^# ", found.prose, re.MULTILINE)) == 1
    assert found.text.endswith("\n")
    assert not found.text.endswith("\n\n")


class TestABadPage:
    def _page(self, text: str) -> Page:
        return Page(ROOT / "docs" / "made-up.md", text)

    def test_a_link_to_a_missing_file_is_noticed(self):
        assert _broken(self._page("[x](nowhere.md)")) == ["nowhere.md"]

    def test_a_link_to_a_missing_heading_is_noticed(self):
        assert _broken(self._page("[x](ledger.md#no-such-heading) [y](ledger.md#books)")) == [
            "ledger.md#no-such-heading"
        ]

    def test_a_path_of_a_machine_is_noticed(self):
        assert _foreign(self._page("Look into /home/somebody/firstmile.")) == {"/home/somebody"}

    def test_a_strange_host_is_noticed(self):
        assert _foreign(self._page("[x](https://packages.example.org/y)")) == {"packages.example.org"}

    def test_a_long_line_is_noticed(self):
        assert _too_long(self._page(f"# Title\n\n{'word ' * 30}\n")) == [3]


def test_the_licence_is_whole():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text.splitlines()[0]
    assert [str(number) for number in range(1, 10)] == re.findall(r"^   (\d)\. ", text, re.MULTILINE)
    assert "END OF TERMS AND CONDITIONS" in text
    assert "Copyright [yyyy] [name of copyright owner]" in text
    assert Path(ROOT / "README.md").read_text(encoding="utf-8").rstrip().endswith("[Apache License 2.0](LICENSE).")
