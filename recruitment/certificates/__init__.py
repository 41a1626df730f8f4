"""Debt-free certificates: computed from verification, signed, short-lived, revocable; never telling of a worker."""
