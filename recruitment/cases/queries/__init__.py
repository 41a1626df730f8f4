"""Every read of cases, their events and validations, and of what opens them."""

from recruitment.cases.queries.listed import after, by_reference, how_many_open, journeys_named, journeys_of, page
from recruitment.cases.queries.opening import (
    BATCH_JOURNEYS,
    Standing,
    bonds_of,
    cases_of,
    findings_of,
    newly_compared,
    statuses_of,
    with_open_case,
)
from recruitment.cases.queries.whole import (
    NOTE,
    events_of,
    for_the_copy,
    kind_of_organisation,
    opened_notes,
    people_of,
    rounds_of,
    whole,
)

__all__ = [
    "BATCH_JOURNEYS",
    "NOTE",
    "Standing",
    "after",
    "bonds_of",
    "by_reference",
    "cases_of",
    "events_of",
    "findings_of",
    "for_the_copy",
    "how_many_open",
    "journeys_named",
    "journeys_of",
    "kind_of_organisation",
    "newly_compared",
    "opened_notes",
    "page",
    "people_of",
    "rounds_of",
    "statuses_of",
    "whole",
    "with_open_case",
]
