"""Every page of every role in a real browser, as wide as a small telephone: nothing reaches beyond the right edge.

The pages are fetched without a server and put into frames of one document, so that one start of the browser sees them
all. That a reader can follow them is looked at there too: one main heading, no step between headings left out, a label
for every field.
"""

from __future__ import annotations

import html
import io
import json
import re
import subprocess
from pathlib import Path

import pytest

from recruitment.access import queries as access
from recruitment.app import create_app
from recruitment.demo import ACCOUNTS
from recruitment.web.context import EXTENSION
from recruitment.web.templating import static_folder
from tests.conftest import runner
from tests.factories import people as factory

pytestmark = pytest.mark.browser

WIDTH = 320

_BEGINNINGS = ("/jobseekers/JS-0002", "/jobseekers/JS-0002/copy", "/jobseekers/JS-0002/erasure")
"""Pages to which no link leads without a search; whoever may not see them sees the page that says so."""

_LOOK = """
addEventListener('load', () => {
  const wrong = {};
  for (const frame of document.querySelectorAll('iframe')) {
    const page = frame.contentDocument, root = page.documentElement, found = [];
    if (root.scrollWidth > root.clientWidth) {
      const wide = [...page.querySelectorAll('body *')].filter(
        each => each.getBoundingClientRect().right > root.clientWidth + 1 && !each.closest('.scroll'));
      found.push(`${root.scrollWidth} wide: ${wide.slice(0, 2).map(each => each.outerHTML.slice(0, 80)).join(' ')}`);
    }
    const levels = [...page.querySelectorAll('h1, h2, h3, h4')].map(each => Number(each.tagName[1]));
    if (levels.filter(level => level === 1).length !== 1 || levels.some((level, i) => i && level > levels[i - 1] + 1))
      found.push(`headings ${levels}`);
    for (const field of page.querySelectorAll('input:not([type=hidden]), select'))
      if (!field.labels.length) found.push(`no label: ${field.name}`);
    if (found.length) wrong[frame.title] = found;
  }
  document.querySelector('#found').textContent = JSON.stringify({wrong, frames: document.querySelectorAll('iframe').length});
});
"""


def look(chromium: str, folder: Path, pages: dict[str, str]) -> dict[str, list[str]]:
    """Return what is wrong with each page, by its name; a page without a mistake is not in it."""
    frames = "".join(
        f'<iframe title="{html.escape(name)}" width="{WIDTH}" height="800" srcdoc="{html.escape(page)}"></iframe>'
        for name, page in pages.items()
    )
    document = folder / "pages.html"
    document.write_text(
        f'<!doctype html><meta charset="utf-8"><pre id="found"></pre><script>{_LOOK}</script>{frames}', encoding="utf-8"
    )
    options = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}")
    arguments = [chromium, *options, "--virtual-time-budget=20000", "--dump-dom", document.as_uri()]
    answer = subprocess.run(arguments, capture_output=True, text=True, check=True, timeout=120)
    told = re.search(r'<pre id="found">(.*?)</pre>', answer.stdout, re.DOTALL)
    assert told, answer.stderr
    found = json.loads(html.unescape(told[1]))
    assert found["frames"] == len(pages)
    return found["wrong"]


def with_style(page: str) -> str:
    """Return a page with the style sheet written into it, because a frame without an address loads none."""
    sheet = (static_folder() / "first-mile.css").read_text(encoding="utf-8")
    return re.sub(r'<link rel="stylesheet"[^>]*>', lambda _: f"<style>{sheet}</style>", page)


def pages_of(app, name: str, person) -> dict[str, str]:
    """Return every page to which the links of a person lead, two steps deep, and what some wrong forms answer."""
    client = factory.client_for(app, person)
    found, waiting, kinds = {}, dict.fromkeys(_BEGINNINGS, 2) | {"/": 0}, {"/"}
    while waiting:
        path, depth = waiting.popitem()
        answer = client.get(path, follow_redirects=True)
        found[f"{name} {path}"] = answer.text
        for link in re.findall(r'<a [^>]*href="(/[^"#?]*)"', answer.text) if depth < 2 else ():
            kind = re.sub(r"\d+", "0", link)  # one journey stands for all of them
            if kind not in kinds:
                kinds.add(kind)
                waiting[link] = depth + 1
    broken = io.BytesIO(b"name;other\na;b\n"), "broken.csv"
    for path, fields in (
        ("/jobseekers/new", {"phone": "12"}),
        ("/account/password", {"password": "wrong", "new_password": "short"}),
        ("/name-lists", {"file": broken, "what": "look"}),
        ("/nowhere", {}),
    ):
        answer = client.post(path, data={"csrf_token": client.csrf_token} | fields)
        found[f"{name} sends {path}"] = answer.text
    return found


def test_no_page_is_wider_than_a_small_telephone(chromium, sqlite_databases, tmp_path, monkeypatch):
    factory.cheap_hashing(monkeypatch)
    with sqlite_databases.migrated(tmp_path / "home") as settings:
        runner(settings, monkeypatch)("demo")
        app = create_app(settings)
        with app.extensions[EXTENSION].read_session() as session:
            people = {name: access.person_by_login(session, f"{name}@demo.example") for name, *_ in ACCOUNTS}
        pages = {"nobody /sign-in": factory.browser(app).get("/sign-in").text}
        for name, person in people.items():
            pages |= pages_of(app, name, person)
        app.extensions[EXTENSION].dispose()
    assert len(pages) > 50
    assert look(chromium, tmp_path, {name: with_style(page) for name, page in pages.items()}) == {}


def test_what_is_too_wide_skips_a_heading_or_lacks_a_label_is_caught(chromium, tmp_path):
    pages = {
        "good": "<h1>One</h1><h2>Two</h2><label>Name <input name=name></label>",
        "wide": "<h1>One</h1><p style='width: 400px'>wide",
        "steps": "<h1>One</h1><h3>Three</h3>",
        "bare": "<h1>One</h1><input name=bare>",
    }
    assert set(look(chromium, tmp_path, pages)) == {"wide", "steps", "bare"}
