"""Every read of this room: possible twins, erasures, what is past its time, and the copy of all that is kept of a person."""

from recruitment.privacy.queries.copying import copy_of
from recruitment.privacy.queries.erasures import erasure_decided, erasure_of, listed_as, orphan_keys, persons_at_rest
from recruitment.privacy.queries.twins import caseload, fresh_people, known_pairs, same_numbers, twin, twins

__all__ = [
    "caseload",
    "copy_of",
    "erasure_decided",
    "erasure_of",
    "fresh_people",
    "known_pairs",
    "listed_as",
    "orphan_keys",
    "persons_at_rest",
    "same_numbers",
    "twin",
    "twins",
]
