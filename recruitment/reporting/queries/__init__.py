"""Every read of the pages. They join tables that rooms below own, and return dataclasses that templates show."""

from recruitment.reporting.queries.journey_list import JourneyLine, JourneyList, journey_list, status_totals
from recruitment.reporting.queries.journey_page import Book, EntryLine, JourneyHead, JourneyPage, journey_page

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
