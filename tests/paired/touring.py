"""Every route about certificates and webhooks that there is, called as each outsider with all codes that anybody could know.

Routes are read from the app, so one that is added later is called too.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.paired.looking import ABSENT, PURPOSES, Key, issued
from tests.paired.probing import Probe
from tests.paired.worlds import OUTSIDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.routing import Rule

    from tests.paired.certifying import CertifiedWorld
    from tests.paired.probing import Seen

ROUTES = (
    "/api/v1/certificate", "/api/v1/webhook", "/certificate", "/check", "/status", "/.well-known", "/leak",
)  # fmt: skip
CHECKS = ("/api/v1/certificate-checks",)
_ABSENT_REFERENCE = "ZZ-0000-0000-00"
_ABOUT_NOBODY = ("/.well-known", "/api/v1/webhook")
"""Routes that tell of no certificate: they never differ, whatever a release told."""

_SIGNATURE = re.compile(rb"/Contents <[0-9A-Fa-f]+>")
_ACCEPTED = ("text/html", "application/json")


def tour(world: CertifiedWorld, hour: int, routes: tuple[str, ...] = ROUTES) -> dict[Key, Seen]:
    """Return what every outsider gets from the routes that begin so, keyed by the letter that it is about, if by one."""
    chance = world.reproducible
    found: dict[Key, Seen] = {}
    for who in OUTSIDERS:
        with chance.step(f"sign-in-{who}-{hour}", hour):
            visitor = world.visitor(who)
        probe = Probe(world.app, visitor, chance, hour)
        for letter, address in _addresses(world, routes):
            # Pages and JSON are told apart by what is asked for; the others take either.
            for accepted in _ACCEPTED if address.startswith("/check") else _ACCEPTED[1:]:
                seen = probe.call("GET", address, headers={"Accept": accepted})
                found[Key(letter, f"{who} asks for {address} as {accepted}")] = _without_signature(seen)
        for letter, code in _codes(world):
            for address in CHECKS if CHECKS[0].startswith(routes) else ():
                key = {"Idempotency-Key": f"{who}-{hour}-{code}"}
                found[Key(letter, f"{who} sends {code} to {address}")] = probe.call(
                    "POST", address, json={"codes": [code]}, headers=key
                )
    return found


def _addresses(world: CertifiedWorld, routes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    found = (rule for rule in world.app.url_map.iter_rules() if rule.rule.startswith(routes))
    rules = [rule for rule in found if "GET" in (rule.methods or ())]
    for rule in sorted(rules, key=lambda rule: rule.rule):
        values = [_values(world, name, rule) for name in sorted(rule.arguments)]
        for chosen in itertools.product(*values):
            address, letter = rule.rule, ""
            for name, (of, value) in zip(sorted(rule.arguments), chosen, strict=True):
                address = re.sub(rf"<(?:[^<>:]+:)?{name}>", value, address)
                letter = letter or of
            yield letter, address
        if rule.rule == "/api/v1/certificates":
            queries = ("state=valid", "state=re_check", "state=superseded", "level=C", "employer=EM-1", "limit=1")
            yield from (("", f"{rule.rule}?{query}") for query in queries)


def _values(world: CertifiedWorld, name: str, rule: Rule) -> list[tuple[str, str]]:
    """Return what stands in an address in the place of ``name``: each with the letter that it is about, if any."""
    certificates = issued(world)
    if name == "purpose":
        return [("", purpose) for purpose in (*PURPOSES, "nothing")]
    if name == "number":
        return [("", "1"), ("", "2")]
    if name == "reference":
        if "webhook" in rule.rule:
            return [("", hook) for hook in world.hooks] + [("", _ABSENT_REFERENCE)]
        return [(each.letter, each.reference) for each in certificates] + [("", _ABSENT_REFERENCE)]
    return [*_codes(world), *((each.letter, key) for each in certificates for key in (each.link, each.reference))]


def _codes(world: CertifiedWorld) -> list[tuple[str, str]]:
    """Return all codes that somebody outside may have, each with its letter, and one that nobody has."""
    return [*((each.letter, each.code) for each in issued(world)), *world.shares, ("", ABSENT)]


def difference(looks: tuple[dict[Key, Seen], dict[Key, Seen]], letter: str | None) -> list[str]:
    """Return what tells two worlds apart by their routes, leaving out what is about ``letter`` if one is given.

    What is about all certificates is then looked at by its status alone; what it holds is compared where it is read
    without a route.
    """
    first, second = (
        {key: _told(key, seen, letter) for key, seen in each.items() if key.letter != letter} for each in looks
    )
    return [
        f"{key.letter} {key.what}: {_short(first.get(key))} | {_short(second.get(key))}"
        for key in sorted(first.keys() | second.keys())
        if first.get(key) != second.get(key)
    ]


def _told(key: Key, seen: Seen, letter: str | None) -> Seen:
    address = seen.call.split()[1]
    is_about_all = not key.letter and not address.startswith(_ABOUT_NOBODY)
    # To every paper the newest head of the log is attached, and that is about all certificates.
    if letter is not None and seen.status == 200 and (is_about_all or seen.body.startswith(b"%PDF")):
        return replace(seen, headers=(), body=b"", statements=0 if is_about_all else seen.statements)
    return seen


def _without_signature(seen: Seen) -> Seen:
    """Leave out what is drawn past Python each time: the signature of a paper, and the tag that follows from it."""
    if not seen.body.startswith(b"%PDF"):
        return seen
    headers = tuple((name, value) for name, value in seen.headers if name != "etag")
    return replace(seen, headers=headers, body=_SIGNATURE.sub(b"", seen.body))


def _short(seen: Seen | None) -> str:
    if seen is None:
        return "nothing"
    return f"{seen.status} {seen.headers} {seen.body[:300]!r} by {seen.statements}"
