from __future__ import annotations

import re

import pytest
from flask import Flask

from recruitment.web.headers import HEADERS
from recruitment.web.templating import static_folder, template_folder

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def answers(app: Flask):
    """Yield the answer of every route, with and without an error, in every kind."""
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]*filename>", "first-mile.css", rule.rule)
        yield rule.rule, client.get(re.sub(r"<[^>]*>", "J-1", path), buffered=True)
        yield rule.rule, client.post(re.sub(r"<[^>]*>", "J-1", path))
    yield "missing", client.get("/no/such/page")
    yield "elsewhere", client.get("/", headers={"Host": "rebound.example"})
    yield "options", client.options("/journeys")


def lacking(headers) -> list[str]:
    return [name for name, value in HEADERS.items() if headers.get(name) != value]


def test_every_answer_carries_every_header(app):
    for name, answer in answers(app):
        other = ["Content-Security-Policy"] if (name, answer.status_code) == ("/api/v1/docs", 200) else []
        assert lacking(answer.headers) == other, name


def test_the_page_to_try_the_api_runs_files_of_ours_and_asks_us_alone(client):
    answer = client.get("/api/v1/docs")
    policy = dict(each.split(" ", 1) for each in answer.headers["Content-Security-Policy"].split("; "))
    assert (policy["default-src"], policy["script-src"], policy["connect-src"]) == ("'none'", "'self'", "'self'")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    scripts = re.findall(r'src="([^"]*)"', answer.text)
    assert len(scripts) == 2
    assert all(
        script.startswith("/static/") and client.get(script, buffered=True).status_code == 200 for script in scripts
    )


def test_an_answer_without_them_would_be_caught():
    bare = Flask("bare").test_client().get("/")
    assert lacking(bare.headers) == list(HEADERS)


def test_the_headers_are_the_strict_ones(client):
    headers = client.get("/healthz").headers
    assert {name: headers[name] for name in EXPECTED} == EXPECTED
    assert "camera=()" in headers["Permissions-Policy"]


def test_the_policy_allows_our_style_sheet_and_no_script(client):
    policy = client.get("/healthz").headers["Content-Security-Policy"]
    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))
    assert directives == {
        "default-src": "'none'",
        "style-src": "'self'",
        "font-src": "'self'",
        "img-src": "'self' data:",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


def test_no_page_is_kept_and_the_style_sheet_is(app):
    for name, answer in answers(app):
        is_file = name.startswith("/static/") and answer.status_code == 200
        assert ("public" if is_file else "no-store") in answer.headers["Cache-Control"], name


def test_a_file_that_is_not_there_is_not_kept_either(client):
    answer = client.get("/static/nothing.css")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_no_answer_sets_a_cookie(app):
    assert [name for name, answer in answers(app) if "Set-Cookie" in answer.headers] == []


_FORBIDDEN = re.compile(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:|https?://|\|\s*safe\b", re.IGNORECASE)


def test_no_template_holds_what_the_policy_forbids():
    allowed = {template_folder() / "api" / "docs.html": ["<script", "<script"]}
    for path in template_folder().rglob("*.html"):
        assert _FORBIDDEN.findall(path.read_text(encoding="utf-8")) == allowed.get(path, []), path


def test_the_style_sheet_loads_nothing():
    for path in static_folder().glob("*.css"):
        assert not re.search(r"url\(|@import", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("text", ["<script>", '<p style="x">', '<a onclick="x">', "{{ name | safe }}"])
def test_what_the_policy_forbids_would_be_caught(text):
    assert _FORBIDDEN.search(text)
