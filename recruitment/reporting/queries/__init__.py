"""Every read of the pages. They join tables that rooms below own, and return dataclasses that templates show."""

from recruitment.reporting.queries.dossier import Book, EntryLine, JourneyHead, JourneyPage, journey_page
from recruitment.reporting.queries.lines import JourneyLine, JourneyList, journey_list, status_totals

__all__ = [
    "Book",
    "EntryLine",
    "JourneyHead",
    "JourneyLine",
    "JourneyList",
    "JourneyPage",
    "journey_list",
    "journey_page",
    "status_totals",
]
