"""Sealing the audit record, and finding what is wrong with it."""

from recruitment.audit.services.sealing import seal
from recruitment.audit.services.verifying import unsealed_count, verify

__all__ = ["seal", "unsealed_count", "verify"]
