"""The pages of relief."""

from __future__ import annotations

from recruitment.relief.pages import recording
from recruitment.relief.pages.cases import pages

__all__ = ["pages", "recording"]
