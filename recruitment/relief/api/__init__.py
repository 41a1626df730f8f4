"""The endpoints of relief. No agency, employer, partner or operator, and nobody of the fund, is answered here."""

from __future__ import annotations

from recruitment.relief.api.agreements import agreements, recoveries
from recruitment.relief.api.cases import cases
from recruitment.relief.api.owed import owed
from recruitment.relief.api.register import debts

API = (cases, debts, owed, agreements, recoveries)
"""In the order in which the document lists them."""

__all__ = ["API"]
