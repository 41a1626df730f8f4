"""``recruitment relief``: from a debt to money that the worker confirms, step by step."""

from __future__ import annotations

from recruitment.relief.cli import agreements, cases, register
from recruitment.relief.cli.group import relief

__all__ = ["agreements", "cases", "register", "relief"]
