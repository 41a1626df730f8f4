"""The stages of a recruitment and their order, as facts from a data file.

Not here: a jobseeker's own stages (``models.py``), and what an unusual order means (``rules.py``): the facts only say
which order is usual.
"""

import dataclasses
import functools
from collections.abc import Iterator

from recruitment.sheets.facts import (
    Basis,
    Citation,
    Confidence,
    Document,
    Fact,
    data_text,
    keys_of,
    read_facts,
    repeated_in,
    texts_of,
    unknown_in,
)


class StagePathUnknown(LookupError):
    """No order of stages is known for this channel."""


@dataclasses.dataclass(frozen=True, slots=True)
class StageFact(Fact):
    """One stage: who acts, why, on which papers, and what workers are commonly asked to pay there."""

    code: str
    number: int
    actors: tuple[str, ...]
    purpose: str
    documents: tuple[str, ...]
    typical_fees: tuple[str, ...]
    checkpoint: bool
    notes: tuple[str, ...]
    basis: Basis
    confidence: Confidence
    sources: tuple[Citation, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Specific(Fact):
    """Something peculiar to one path, with its own basis."""

    key: str
    values: tuple[str, ...]
    basis: Basis


@dataclasses.dataclass(frozen=True, slots=True)
class StagePath(Fact):
    """The usual order of stages on a corridor, for the channels that follow it."""

    code: str
    channels: tuple[str, ...]
    order: tuple[str, ...]
    specifics: tuple[Specific, ...]
    notes: tuple[str, ...]
    basis: Basis
    confidence: Confidence
    sources: tuple[Citation, ...]

    def problems(self) -> Iterator[str]:
        """Refuse a path without a channel or stages, or one that visits a stage twice."""
        if not self.channels:
            yield "names no channel"
        if not self.order:
            yield "has no stages"
        if len(set(self.order)) != len(self.order):
            yield "visits a stage twice"


@dataclasses.dataclass(frozen=True, slots=True)
class EvidenceRanking(Fact):
    """What proves a payment best, and what proves it least."""

    strongest: tuple[str, ...]
    weakest: tuple[str, ...]
    note: str
    basis: Basis
    confidence: Confidence
    sources: tuple[Citation, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class CheckpointModel(Fact):
    """At which stages fees are asked about, and what silence there does not mean."""

    points: tuple[str, ...]
    note: str
    caution: str
    basis: Basis
    confidence: Confidence
    sources: tuple[Citation, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class StagesFile(Fact):
    """The whole of `stages.toml`."""

    version: int
    actors: tuple[str, ...]
    outcomes: tuple[str, ...]
    notes: tuple[str, ...]
    evidence: EvidenceRanking
    checkpoints: CheckpointModel
    stages: tuple[StageFact, ...]
    paths: tuple[StagePath, ...]

    def problems(self) -> Iterator[str]:
        """Count stages from one, and hold the checkpoints against the model."""
        if [stage.number for stage in self.stages] != list(range(1, len(self.stages) + 1)):
            yield "stages are not numbered 1, 2, 3 … in their order"
        if {stage.code for stage in self.stages if stage.checkpoint} != set(self.checkpoints.points):
            yield "the checkpoints of the stages are not those of the model"


def _across_stages(document: Document) -> Iterator[str]:
    yield from repeated_in(document, "stages", "code")
    yield from repeated_in(document, "paths", "code")
    yield from unknown_in(document, "stages", "actors", frozenset(texts_of(document, "actors")))
    yield from unknown_in(document, "paths", "order", keys_of(document, "stages", "code"))


@functools.cache
def stages_file(text: str | None = None, path: str = "stages.toml") -> StagesFile:
    """Read and check a stages file; without a text the one that the package carries."""
    text = data_text("recruitment.journeys", path) if text is None else text
    return read_facts(text, path, StagesFile, _across_stages)


def stages() -> tuple[StageFact, ...]:
    """Give all stages in order of their number."""
    return stages_file().stages


def path_for(corridor: str, channel: str) -> StagePath:
    """Choose the usual path of a corridor and channel, or the channel's general one where it has none of its own."""
    following = [path for path in stages_file().paths if channel in path.channels]
    own = [path for path in following if path.code == corridor]
    general = [path for path in following if path.code in {"DEFAULT", "FISHING"}]
    if not own and not general:
        message = f"No path of stages is known for the channel {channel}."
        raise StagePathUnknown(message)
    return (own or general)[0]
