"""Making the releases that are due. Nobody can ask for one, and what was made is never made again."""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from recruitment.audit import service as audit
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.canonical import canonical_json
from recruitment.core.ids import new_id
from recruitment.database.bulk import fewer_collections, insert_many
from recruitment.organisations.rules import OrganisationKind
from recruitment.releases import queries, rules
from recruitment.releases.errors import NothingKept
from recruitment.releases.models import (
    Release,
    ReleaseArtefact,
    ReleaseCell,
    ReleaseContributor,
    ReleaseDisclosure,
)
from recruitment.releases.rules import CellState, MadeRelease
from recruitment.releases.services.gathering import gather
from recruitment.releases.services.naming import decide_names
from recruitment.verification.rules import RULES_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.organisations.rules import OrganisationRead
    from recruitment.releases.queries import Letter
    from recruitment.releases.rules import Calendar, CellKey, Due, Figures, Party, WorkedCell
    from recruitment.releases.services.gathering import Gathered
    from recruitment.releases.services.naming import DecidedName

_RELEASE_COLUMNS = (
    "id", "period", "due_at", "cut_off_at", "made_at", "seed", "recheck_rate", "rules_version",
)  # fmt: skip
_ARTEFACT_COLUMNS = ("organisation_id", "period", "release_id", "released_on", "body", "sha256")
_CELL_COLUMNS = (
    "id", "release_id", "organisation_id", "kind", "fee_item", "state", "workers", "median_minor", "currency", "percent",
    "since", "contributors", "new_contributors", "cohorts", "reasons",
)  # fmt: skip
_CONTRIBUTOR_COLUMNS = ("organisation_id", "kind", "fee_item", "jobseeker_id", "release_id")
_DISCLOSURE_COLUMNS = ("release_id", "disclosure_id", "state", "reason")


def make_due(
    session: Session, actor: Actor, calendar: Calendar, *, at_most: int | None = None, dry_run: bool = False
) -> list[MadeRelease]:
    """Make the releases that are due and not made yet, one after the other, each as of its own day; return them.

    Every agency and employer of the register gets an artefact, also when there is nothing to say. Who may: whoever may
    make releases. Two that make the same release at once: one of them meets ``WriteConflict`` at its commit. A dry run
    raises ``NothingKept`` with what it would have made.
    """
    actor.require(Permission.MAKE_RELEASES)
    due = rules.due_releases(
        calendar, opened_at=queries.opened_at(session), last=queries.last_period(session), now=clock.now()
    )[:at_most]
    # All lots at first, so that nothing that is looked at afterwards can lean on them.
    seeds = [secrets.token_bytes(32) for _ in due]
    with fewer_collections():
        made = [_make(session, actor, calendar, each, seed) for each, seed in zip(due, seeds, strict=True)]
    if dry_run:
        raise NothingKept(made)
    return made


def _make(session: Session, actor: Actor, calendar: Calendar, due: Due, seed: bytes) -> MadeRelease:
    before = queries.last_period(session)
    organisations, letters = queries.parties(session), queries.letters(session)
    names = decide_names(session, due)
    named = queries.named_before(session) | {name.jobseeker_id for name in names if name.remedy is not None}
    gathered = gather(session, letters, due.cut_off_at, named=named)
    worked = _work_out(session, gathered, organisations, before, due)
    drawn = _drawn(session, letters, seed, calendar.recheck_rate)

    release_id = new_id()
    rate = str(calendar.recheck_rate)
    row = (release_id, due.period, due.due_at, due.cut_off_at, clock.now(), seed, rate, RULES_VERSION)
    insert_many(session, Release.__table__, _RELEASE_COLUMNS, [row])
    digests = _save_artefacts(session, release_id, due, organisations, worked, drawn, names, Decimal(rate))
    _save_workings(session, release_id, worked, names)
    states = [cell.state for cells in worked.values() for cell in cells]
    made = MadeRelease(due.period, len(organisations), *(states.count(state) for state in CellState))
    audit.record(
        session, actor, "releases.made", ("release", due.period), organisations=made.organisations,
        published=made.published, repeated=made.repeated, withheld=made.withheld,
        artefacts_sha256=hashlib.sha256(b"".join(digests)).hexdigest(),
    )  # fmt: skip
    return made


def _work_out(
    session: Session, gathered: Gathered, organisations: Sequence[OrganisationRead], before: str | None, due: Due
) -> dict[UUID, list[WorkedCell]]:
    """Return the cells of each organisation. Cells of an agency and an employer that would single out a few wait."""
    told, counted = queries.told_before(session, before), queries.counted_before(session)
    by_key: dict[CellKey, set[UUID]] = defaultdict(set)
    for owner_id, key in (*gathered.cells, *told):
        by_key[key].add(owner_id)
    found: dict[UUID, list[WorkedCell]] = defaultdict(list)
    for key, owner_ids in sorted(by_key.items()):
        owners = [organisation for organisation in organisations if organisation.id in owner_ids]

        def work(owner: OrganisationRead, *, combines: bool, key: CellKey = key) -> WorkedCell:
            return rules.work_out(
                key, gathered.group(owner.id, key), before=told.get((owner.id, key)),
                counted=(counted.get((owner.id, key)) or [frozenset()])[-1], asked=len(gathered.asked[owner.id]), period=due.period,
                combines=combines, others=gathered.others(owner.id, key),
            )  # fmt: skip

        alone = {owner.id: work(owner, combines=False) for owner in owners}
        waiting = rules.held_back([
            _party(owner, counted.get((owner.id, key), []), gathered, alone[owner.id]) for owner in owners
        ])  # fmt: skip
        for owner in owners:
            found[owner.id].append(work(owner, combines=True) if owner.id in waiting else alone[owner.id])
    return found


def _party(owner: OrganisationRead, counted: Sequence[frozenset[UUID]], gathered: Gathered, cell: WorkedCell) -> Party:
    goes_out = cell.state is CellState.PUBLISHED
    now = frozenset(gathered.cells[owner.id, cell.key]) if goes_out else None
    ever = counted[-1] if counted else frozenset()
    return rules.Party(owner.id, owner.kind is OrganisationKind.EMPLOYER, ever, now, tuple(counted[:-1]))


def _drawn(session: Session, letters: Mapping[UUID, Letter], seed: bytes, rate: Decimal) -> dict[UUID, list[str]]:
    """Return by organisation the letters on which the lot falls, of those that are for five people or more.

    Who they are for is counted as the organisation itself knows it, so that a letter on the list tells nothing of a CSO.
    """
    named, found = queries.named_people(session), defaultdict(list)
    for letter in letters.values():
        if not rules.is_drawn(seed, letter.reference, rate):
            continue
        for organisation in (letter.agency_id, letter.employer_id):
            people = max(letter.headcount or 0, named.get((organisation, letter.id), 0))
            if people >= rules.RECHECK_PEOPLE_MIN:
                found[organisation].append(letter.reference)
    return found


def _save_artefacts(
    session: Session,
    release_id: UUID,
    due: Due,
    organisations: Sequence[OrganisationRead],
    worked: Mapping[UUID, Sequence[WorkedCell]],
    drawn: Mapping[UUID, Sequence[str]],
    names: Sequence[DecidedName],
    rate: Decimal,
) -> list[bytes]:
    """Save what each organisation is told, and return the digests in the order of their codes."""
    rows, digests = [], []
    for organisation in organisations:
        cells: dict[CellKey, Figures] = {
            cell.key: cell.told for cell in worked.get(organisation.id, ()) if cell.told is not None
        }
        carried = [name.remedy for name in names if name.organisation_id == organisation.id and name.remedy is not None]
        document = rules.artefact(due, cells, re_checks=drawn.get(organisation.id, ()), rate=rate, disclosures=carried)
        body = canonical_json(document)
        digests.append(hashlib.sha256(body).digest())
        rows.append((organisation.id, due.period, release_id, due.due_at.date(), body.decode(), digests[-1]))
    insert_many(session, ReleaseArtefact.__table__, _ARTEFACT_COLUMNS, rows)
    return digests


def _save_workings(
    session: Session,
    release_id: UUID,
    worked: Mapping[UUID, Sequence[WorkedCell]],
    names: Sequence[DecidedName],
) -> None:
    cells: list[tuple[Any, ...]] = []
    people: list[tuple[Any, ...]] = []
    for organisation, several in worked.items():
        for cell in several:
            kind, item = cell.key.kind.value, cell.key.fee_item
            told = cell.told or (None,) * 5
            cells.append((
                new_id(), release_id, organisation, kind, item, cell.state.value, *told, cell.contributors, cell.new,
                cell.cohorts, " ".join(cell.reasons),
            ))  # fmt: skip
            people.extend((organisation, kind, item, person, release_id) for person in sorted(cell.counted))
    insert_many(session, ReleaseCell.__table__, _CELL_COLUMNS, cells)
    insert_many(session, ReleaseContributor.__table__, _CONTRIBUTOR_COLUMNS, people)
    insert_many(
        session, ReleaseDisclosure.__table__, _DISCLOSURE_COLUMNS,
        [
            (release_id, name.disclosure_id, name.state.value, name.reason.value if name.reason else None)
            for name in names
        ],
    )  # fmt: skip
