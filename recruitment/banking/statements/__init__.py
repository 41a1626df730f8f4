"""Statements of account as banks send them: ISO 20022 camt.053."""

from __future__ import annotations

from recruitment.banking.statements.parsing import ANSWER_BYTES_MAX
from recruitment.banking.statements.reading import read_camt053

__all__ = ["ANSWER_BYTES_MAX", "read_camt053"]
