"""What may be done with releases: make those that are due, look behind them, and ask to name somebody."""

from recruitment.releases.services.disclosing import ask_disclosure, assess, withdraw
from recruitment.releases.services.making import make_due
from recruitment.releases.services.telling import artefact, list_artefacts, list_releases, workings

__all__ = [
    "artefact",
    "ask_disclosure",
    "assess",
    "list_artefacts",
    "list_releases",
    "make_due",
    "withdraw",
    "workings",
]
