"""A statement in words: which sentences of the catalogue stand on the paper, in which order, and what is put into them.

Nothing is drawn here. The words are those of ``typesetting/catalogues``; this module knows which code wants which of them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from recruitment.typesetting.saying import Country, Said, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PARTS = ("independence", "timing", "documents", "words")
"""The four parts of a level of evidence, in the order in which they are told."""


def title_of(statement: Mapping[str, Any]) -> tuple[Said, Said]:
    """Return the title of the paper, and the line below it that says of whom it speaks."""
    return Said("paper.title"), Said(f"kind.{statement['kind']}")


def sections_of(statement: Mapping[str, Any], *, code: str, link: str) -> list[Section]:
    """Return all parts of the paper in order. ``code`` as it is shown, ``link`` the address that checks this certificate."""
    kind = statement["kind"]
    parts = [
        Section(Said("heading.says"), ((Said(f"says.{kind}.{statement['result']}"),),)),
        Section(Said("heading.scope"), tuple((said,) for said in _scope(statement["scope"]))),
        Section(Said("heading.dates"), tuple((said,) for said in _dates(statement))),
        Section(Said("heading.evidence"), tuple((said,) for said in _evidence(statement["evidence"], kind))),
    ]
    if statement["numbers"] is not None:
        parts.append(Section(Said("heading.numbers"), tuple((said,) for said in _numbers(statement["numbers"]))))
    return [
        *parts,
        Section(Said("heading.findings"), tuple(_findings(statement["other_findings"]))),
        Section(
            Said("heading.not_checked"),
            (tuple(Said(f"not_checked.{each}") for each in statement["not_checked"]),),
        ),
        Section(
            Said("heading.check"),
            (
                (Said("check.link", {"link": link}),),
                (Said("check.code", {"code": code}),),
                (Said("check.words"),),
            ),
        ),
        Section(Said("heading.signature"), ((Said("signature.attached"),), (Said("signature.unknown"),))),
    ]


def _scope(scope: Mapping[str, Any]) -> Iterator[Said]:
    for name in ("agency", "employer", "demand_letter"):
        if scope[name] is not None:
            yield Said(f"scope.{name}", {"value": scope[name]})
    if scope["corridor"] is not None:
        origin, destination = scope["corridor"].split("-")
        yield Said("scope.corridor", {"origin": Country(origin), "destination": Country(destination)})
    if scope["cohort_quarter"] is not None:
        yield Said("scope.cohort_quarter", _quarter(scope["cohort_quarter"]))


def _quarter(quarter: str) -> dict[str, object]:
    year, number = quarter.split("-Q")
    return {"number": number, "year": year}


def _dates(statement: Mapping[str, Any]) -> Iterator[Said]:
    start, end = (datetime.fromisoformat(statement[name]) for name in ("valid_from", "valid_until"))
    yield Said("dates.valid", {"start": start, "end": end})
    covered = date.fromisoformat(statement["covered_until"])
    yield Said("dates.covered", {"date": covered, "release": statement["release"]})


def _evidence(evidence: Mapping[str, Any], kind: str) -> Iterator[Said]:
    """The level, what each of its parts means for a group or for one person, and who asked."""
    about = "cohort" if kind == "cohort" else "person"
    yield Said("evidence.level", {"level": evidence["level"]})
    for part in PARTS:
        letter = evidence[part]
        meaning = Said(f"evidence.{about}.{part}.{letter}")
        yield Said(f"evidence.{part}", {"letter": letter, "sentence": meaning})
    yield Said(f"heard_by.{evidence['heard_by']}", _quarter(evidence["quarter"]))


def _numbers(numbers: Mapping[str, Any]) -> Iterator[Said]:
    """Who was asked, who had paid, and the bound. ``all`` chosen: everybody; ``all`` heard: whoever was chosen."""
    is_everybody_chosen, are_all_heard = numbers["chosen"] == "all", numbers["heard"] == "all"
    if is_everybody_chosen:
        asked = "all_heard" if are_all_heard else "all_chosen"
    else:
        asked = "drawn_all_heard" if are_all_heard else "drawn"
    yield Said(f"numbers.{asked}", {name: numbers[name] for name in ("population", "chosen", "heard")})
    yield Said("numbers.some_paid", {"paid": numbers["paid"]}) if numbers["paid"] else Said("numbers.nobody_paid")
    yield Said("numbers.bound", {"confidence": numbers["confidence_percent"], "bound": numbers["bound_percent"]})


def _findings(codes: list[str]) -> Iterator[tuple[Said, ...]]:
    if not codes:
        yield (Said("findings.none"),)
        return
    yield (Said("findings.intro"),)
    yield tuple(Said(f"finding.{code}") for code in codes)
