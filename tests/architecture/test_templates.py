"""Templates and code fit together: what is rendered is there, what is there is rendered, and every link leads somewhere."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jinja2 import Environment, nodes
from jinja2.meta import find_referenced_templates

from tests.architecture.sources import ROOT, called, made_up, package

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from tests.architecture.sources import Source

TEMPLATES = ROOT / "templates"


@dataclass(frozen=True)
class Template:
    """What one template refers to: other templates, endpoints by ``url_for``, and static files by ``asset``."""

    name: str
    uses: frozenset[str]
    links: frozenset[str]
    assets: frozenset[str] = frozenset()


def read_template(environment: Environment, name: str, text: str) -> Template:
    tree = environment.parse(text, name)
    uses = {str(used) for used in find_referenced_templates(tree)}
    return Template(
        name, frozenset(uses), frozenset(_first_words(tree, "url_for")), frozenset(_first_words(tree, "asset"))
    )


def _first_words(tree: nodes.Template, function: str) -> Iterator[str]:
    """Yield what a function of templates is called with, where that is written out."""
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == function:
            for argument in call.args[:1]:
                if isinstance(argument, nodes.Const):
                    yield str(argument.value)


def named_in(sources: Iterable[Source]) -> dict[str, str]:
    """Return the templates that the code names, and where: every text constant that ends in .html."""
    return {
        node.value: source.at(node)
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value.endswith(".html") and " " not in node.value
    }


def linked_in(sources: Iterable[Source]) -> dict[str, str]:
    """Return the endpoints that the code links to by ``url_for``, and where."""
    return {
        str(call.args[0].value): source.at(call)
        for source in sources
        for call in source.calls()
        if called(call) == "url_for" and call.args and isinstance(call.args[0], ast.Constant)
    }


def missing(named: Mapping[str, str], templates: Mapping[str, Template]) -> Iterator[str]:
    wanted = dict(named) | {name: f"templates/{each.name}" for each in templates.values() for name in each.uses}
    for name, where in sorted(wanted.items()):
        if name not in templates:
            yield f"{where} asks for templates/{name}, which is not there"


def orphans(named: Collection[str], templates: Mapping[str, Template]) -> Iterator[str]:
    reached: set[str] = set()
    waiting = [name for name in named if name in templates]
    while waiting:
        name = waiting.pop()
        if name not in reached and name in templates:
            reached.add(name)
            waiting.extend(templates[name].uses)
    for name in sorted(set(templates) - reached):
        yield f"templates/{name} is rendered by no code"


def dead_links(links: Mapping[str, str], endpoints: Collection[str]) -> Iterator[str]:
    for endpoint, where in sorted(links.items()):
        # A link that begins with a dot stays in the blueprint of the page.
        if not any(known == endpoint or (endpoint[0] == "." and known.endswith(endpoint)) for known in endpoints):
            yield f"{where} links to {endpoint}, which no route answers"


@pytest.fixture(scope="module")
def templates(app) -> dict[str, Template]:
    found = [path for path in TEMPLATES.rglob("*") if path.is_file()]
    names = {path: path.relative_to(TEMPLATES).as_posix() for path in found}
    return {name: read_template(app.jinja_env, name, path.read_text(encoding="utf-8")) for path, name in names.items()}


def test_every_template_that_is_asked_for_is_there(templates):
    assert list(missing(named_in(package()), templates)) == []


def test_no_template_is_an_orphan(templates):
    assert list(orphans(named_in(package()), templates)) == []


def test_every_link_leads_to_a_route(app, templates):
    links = {link: f"templates/{each.name}" for each in templates.values() for link in each.links}
    assert list(dead_links(links | linked_in(package()), app.view_functions)) == []


def test_every_static_file_that_is_asked_for_is_there_and_no_other(app, templates):
    files = [path for path in Path(app.static_folder).rglob("*") if path.is_file()]
    # What was taken over from others brings its licence and version along.
    taken_over = {path for path in files if path.parent.name == "swagger-ui" and path.suffix not in {".css", ".js"}}
    static = {path.relative_to(app.static_folder).as_posix() for path in set(files) - taken_over}
    assert {asset for each in templates.values() for asset in each.assets} == static


def test_every_template_compiles(app, templates):
    for name in templates:
        app.jinja_env.get_template(name)


_PAGE = made_up("fees/pages.py", "def show():\n    return render('fees/debt_show.html', url=url_for('fees.show'))")
_SHOW = read_template(
    Environment(autoescape=True),
    "fees/debt_show.html",
    "{% extends '_layout/base.html' %}{% from '_components/money.html' import money %}"
    "{{ url_for('fees.list', page=2) }}{{ asset('house.css') }}",
)


def test_what_code_and_templates_refer_to_is_seen():
    assert set(named_in([_PAGE])) == {"fees/debt_show.html"}
    assert set(linked_in([_PAGE])) == {"fees.show"}
    assert _SHOW.uses == {"_layout/base.html", "_components/money.html"}
    assert _SHOW.links == {"fees.list"}
    assert _SHOW.assets == {"house.css"}


def test_a_missing_template_is_caught():
    assert len(list(missing(named_in([_PAGE]), {}))) == 1
    assert len(list(missing({}, {_SHOW.name: _SHOW}))) == 2


def test_an_orphan_is_caught():
    assert list(orphans({_SHOW.name}, {_SHOW.name: _SHOW})) == []
    assert len(list(orphans(set(), {_SHOW.name: _SHOW}))) == 1


def test_a_dead_link_is_caught():
    assert list(dead_links({"fees.list": "here", ".show": "here"}, {"fees.list", "fees.show"})) == []
    assert len(list(dead_links({"fees.gone": "here"}, {"fees.list"}))) == 1
