"""Passwords that everybody tries first, from a data file."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def common_passwords() -> frozenset[str]:
    """Return the passwords that are refused, without case and blanks."""
    text = (resources.files("recruitment.access") / "data" / "common_passwords.txt").read_text(encoding="utf-8")
    lines = (line.strip().casefold() for line in text.splitlines())
    return frozenset(line.replace(" ", "") for line in lines if line and not line.startswith("#"))
