"""Every read of journeys, their stages, what organisations call them, and which of them are one."""

from recruitment.journeys.queries.found import (
    by_id,
    by_reference,
    by_reference_for,
    digests,
    journeys_of_letters,
    of_demand_letters,
    of_jobseekers,
    open_near,
    references_for,
    unreferred,
)
from recruitment.journeys.queries.joined import (
    cso_further_on,
    joined_to,
    known_pairs,
    match_by_reference,
    matches_for,
    roots_of,
)
from recruitment.journeys.queries.listed import page, party_journey, party_page, stage_page, told
from recruitment.journeys.queries.stages import stage_codes, stages_of

__all__ = [
    "by_id",
    "by_reference",
    "by_reference_for",
    "cso_further_on",
    "digests",
    "joined_to",
    "journeys_of_letters",
    "known_pairs",
    "match_by_reference",
    "matches_for",
    "of_demand_letters",
    "of_jobseekers",
    "open_near",
    "page",
    "party_journey",
    "party_page",
    "references_for",
    "roots_of",
    "stage_codes",
    "stage_page",
    "stages_of",
    "told",
    "unreferred",
]
