"""Where a webhook goes: an https address with the name of a host, in one spelling.

Stricter than RFC 3986, on purpose. Two programmes that read one address differently are how a check is passed and
another host is reached, so whatever has a second reading is refused: literal addresses in any notation, user
information, other ports, fragments, percent signs and letters beyond ASCII in the name, a trailing dot, backslashes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from recruitment.webhooks.errors import AddressInvalid

URL_CHARACTERS_MAX = 500
HOST_CHARACTERS_MAX = 253

_URL = re.compile(r"https://(?P<authority>[^/?#]*)(?P<path>/[^?#]*)?(?P<query>\?[^#]*)?", re.IGNORECASE | re.ASCII)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# No top-level domain has a digit, but for those in Punycode; every notation of a number ends in one.
_TOP = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,57}[a-z0-9]")
_NEVER_PUBLIC = frozenset({"alt", "arpa", "internal", "invalid", "local", "localhost", "onion"})
_PATH = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*")


@dataclass(frozen=True, slots=True)
class Place:
    """A checked address: the host, and what is asked of it. The port is 443, always."""

    host: str
    target: str

    @property
    def url(self) -> str:
        """The address in its one spelling."""
        return f"https://{self.host}{self.target}"


def place_of(url: str) -> Place:
    """Return the place that an address names, in its one spelling. Raises ``AddressInvalid``."""
    if len(url) > URL_CHARACTERS_MAX:
        raise _wrong(f"The address of a webhook has at most {URL_CHARACTERS_MAX} characters.")
    found = _URL.fullmatch(url)
    if found is None:
        raise _wrong(
            "The address of a webhook begins with https:// and has no fragment (#). Write https://host.example/path."
        )
    authority = found["authority"]
    if "@" in authority:
        raise _wrong("The address of a webhook holds no user name and no password. The signature says who sends.")
    name, _, port = authority.partition(":")
    if ":" in authority and port != "443":
        raise _wrong("A webhook is sent to port 443 of a host with a name. Leave the port out.")
    target = (found["path"] or "/") + (found["query"] or "")
    if not _PATH.fullmatch(target):
        raise _wrong("The path of the address holds characters that want percent-encoding, such as %20 for a blank.")
    return Place(host_of(name, field="url"), target)


def host_of(name: str, *, field: str = "host") -> str:
    """Return the name of a host in its one spelling: lower case. Raises ``AddressInvalid`` for what is no such name.

    ``field``: where the name stood in what was sent.
    """
    host = name.lower() if name.isascii() else name
    labels = host.split(".")
    if (
        len(host) > HOST_CHARACTERS_MAX
        or len(labels) < 2
        or not all(_LABEL.fullmatch(label) for label in labels)
        or not _TOP.fullmatch(labels[-1])
        or labels[-1] in _NEVER_PUBLIC
    ):
        raise _wrong(
            "A webhook goes to a host with a public name, such as hooks.brand.example: letters, digits and hyphens, no "
            "number in place of a name, no dot at the end. Write names in other scripts as xn--…",
            field,
        )
    return host


def _wrong(sentence: str, field: str = "url") -> AddressInvalid:
    return AddressInvalid(sentence, **{field: "not an address for a webhook"})
